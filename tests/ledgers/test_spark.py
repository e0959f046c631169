"""Spark gives what polars gives: the same sums, the same rows reported. Left out where Spark or Java is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from analys import ledgers
from analys.errors import AnalysError
from analys.ledgers import Engine, stream

if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
    pytest.skip("Spark left out: install Java 17 (Debian: openjdk-17-jre-headless)", allow_module_level=True)
pytest.importorskip("pyspark", reason="Spark left out: make .venv-spark/ready", exc_type=ImportError)
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

HEADING = "kopare;faktura_nr;leverantor;leverantor_id;konto_nr;belopp;datum;kommun_id\n"
NUMBERS = ("202100-2270", "2021002270", "162021002270", "556036-0793", "", "8501011236")
AMOUNTS = ("1 234,56", "-1\u00a0234,5", "12", "0,10", "1.234", "1e5", "", "123456789012,99")
DAYS = ("2023-05-31", "20230531", "2024-02-29", "2023-02-29", "2023-0531", "202305", "1900-01-01", "")
CODES = ("0581", "0581", "0586", "581", "9999", "", "Norrköping")
DAMAGED = (
    "kort;rad",
    '"öppen;1',
    "",
    'K;1;"över\nflera\nrader";;4;7;2023-05-31;0581',
    "K;1;L;;4;7;2023-05-31;0581;extra",
)


@pytest.fixture(scope="module", autouse=True)
def _two_workers() -> None:
    os.environ.setdefault(
        "PYSPARK_SUBMIT_ARGS", "--master local[2] --conf spark.sql.shuffle.partitions=4 pyspark-shell"
    )


def messy(path: Path, encoding: str) -> Path:
    """Every combination of forms some time, damage in between, and a line in another encoding."""

    def picked(number: int) -> str:
        forms = (NUMBERS, ("4",), AMOUNTS, DAYS, CODES)
        number_, account, amount, day, code = (form[(number * (7 + at)) % len(form)] for at, form in enumerate(forms))
        line = f'Nämnden;F{number};"Åkeri; {number}";{number_};{account};{amount};{day};{code}'
        return f"{line}\n{DAMAGED[number // 9 % len(DAMAGED)]}" if number % 9 == 0 else line

    other = "latin-1" if encoding == "utf-8" else "utf-8"
    odd = "K;1;Åkeri;202100-2270;4;1;2023-05-31;0581\n".encode(other)
    lines = "\n".join(map(picked, range(400))) + "\n"
    path.write_bytes(HEADING.encode(encoding) + lines.encode(encoding) + odd + lines.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "suppliers", "stored"),
    [("utf-8", [], False), ("cp1252", ["202100-2270"], False), ("utf-8", ["202100-2270"], True)],
)
def test_the_same_as_polars(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, suppliers: list[str], stored: bool
) -> None:
    monkeypatch.setattr(stream, "BLOCK", 9000)
    monkeypatch.setattr(stream, "_SAMPLE", 5000)
    path, store = messy(tmp_path / "a.csv", encoding), tmp_path / "store" if stored else None
    usual = ledgers.totals([path], suppliers=suppliers, store=store)
    told: list[int] = []
    spark = ledgers.totals([path], suppliers=suppliers, store=store, engine=Engine.SPARK, progress=told.append)
    assert spark == usual
    assert usual.rows_out > 20
    assert usual.rows_reported > 20
    assert sum(told) == path.stat().st_size


def test_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    path = messy(tmp_path / "a.csv", "utf-8")
    with pytest.raises(AnalysError, match="engine spark: väntade Java, fann inget: installera Java 17 eller senare"):
        ledgers.totals([path], engine=Engine.SPARK)
