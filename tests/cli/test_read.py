"""The verb ``read`` and ``fetch population`` from the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from analys.cli import main

GOOD = "Kommun;Folkmängd 2023\nNorrköping;144932\nMjölby;28000\n"
SOME = GOOD.replace("2023", "2022") + "Norrkping;5\nXköpin;6\nMotala;..\n"


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return int(caught.value.code or 0), captured.out, captured.err


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    return tmp_path / "good.csv"


@pytest.fixture
def some(tmp_path: Path) -> Path:
    (tmp_path / "some.csv").write_text(SOME, encoding="utf-8")
    return tmp_path / "some.csv"


def test_all_rows_used(capsys: pytest.CaptureFixture[str], good: Path) -> None:
    code, out, err = _run(capsys, "read", good, "--as", "population")
    assert code == 0
    assert out == (
        "regionkod,region,referensdatum,folkmangd,kalla\n"
        "0581,Norrköping,2023-12-31,144932,fil good.csv\n"
        "0586,Mjölby,2023-12-31,28000,fil good.csv\n"
    )
    assert f"{good}: 2 rader in, 2 ut, 0 redovisade" in err


def test_some_rows_reported(capsys: pytest.CaptureFixture[str], some: Path) -> None:
    code, out, err = _run(capsys, "read", some, "--as", "population")
    assert code == 1
    assert out.count("\n") == 3
    assert "  rad 4: 'Norrkping' är ingen svensk kommun och inget län; menade du Norrköping (0581)?" in err
    assert "  rad 6: ingen folkmängd: '..'" in err


def test_files_that_contradict_each_other(capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Kommun;Folkmängd 2023\nNorrköping;144933\nMjölby;28000\n", encoding="utf-8")
    code, out, err = _run(capsys, "read", good, other, "--as", "population")
    assert code == 1
    assert out == "regionkod,region,referensdatum,folkmangd,kalla\n0586,Mjölby,2023-12-31,28000,fil good.csv\n"
    several = f"Norrköping 2023-12-31 har flera tal: 144932 ({good}, rad 2), 144933 ({other}, rad 2)"
    assert err.count(several) == 2
    assert f"rad 3: samma tal som {good}, rad 3" in err


def test_json(capsys: pytest.CaptureFixture[str], some: Path, good: Path) -> None:
    code, out, err = _run(capsys, "read", some, good, "--as", "population", "--json")
    first, second = map(json.loads, out.splitlines())
    assert (code, err) == (1, "")
    assert {"format", "why", "rows_in", "rows_out", "reported"} <= first.keys()
    assert (first["rows_in"], first["rows_out"], len(first["reported"])) == (5, 2, 3)
    assert first["reported"][0].keys() == {"file", "sheet", "row", "reason"}
    assert second["reported"] == []


def test_output_file(capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    code, out, _ = _run(capsys, "read", good, "--as", "population", "-o", target)
    assert (code, out) == (0, "")
    with target.open(encoding="utf-8", newline="") as file:
        assert [row["folkmangd"] for row in csv.DictReader(file)] == ["144932", "28000"]


def test_unreadable_leaves_the_output_and_reads_the_others(
    capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path
) -> None:
    bad, target = tmp_path / "bad.csv", tmp_path / "out.csv"
    bad.write_bytes(b"")
    target.write_text("old")
    code, out, err = _run(capsys, "read", bad, "--as", "population", "-o", target)
    assert (code, out, target.read_text()) == (2, "", "old")
    assert err == f"{bad}: väntade en tabell, fann en tom fil (0 byte); be om filen på nytt: ingenting levererades\n"
    code, out, _ = _run(capsys, "read", bad, good, "--as", "population")
    assert (code, out.count("\n")) == (2, 3)


LEDGER = "leverantor;leverantor_id;konto_nr;belopp;kommun_id\nLst;202100-2270;4631;100,00;0581\n"


def test_says_what_a_file_of_the_other_kind_looks_like(
    capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.csv"
    ledger.write_text(LEDGER, encoding="utf-8")
    code, out, err = _run(capsys, "read", ledger, "--as", "population")
    assert (code, out) == (2, "")
    assert "fann rubrikerna i en leverantörsreskontra" in err
    assert err.endswith(f"{ledger}: den kan läsas med --as invoices\n")
    code, out, err = _run(capsys, "read", good, "--as", "invoices")
    assert (code, out) == (2, "")
    assert err.endswith(f"{good}: den kan läsas med --as population\n")


def test_one_of_several_files_cannot_be_read(capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path) -> None:
    code, out, err = _run(capsys, "read", tmp_path, good, "x" * 300, "--as", "population", "-o", tmp_path / "out.csv")
    assert (code, out) == (2, "")
    assert f"{tmp_path}: väntade en vanlig fil, fann en mapp" in err
    assert "väntade en läsbar fil, fann ett för långt namn" in err
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") == 3


def test_never_overwrites_what_it_reads(capsys: pytest.CaptureFixture[str], good: Path) -> None:
    code, _, err = _run(capsys, "read", good, "--as", "population", "-o", good)
    assert code == 2
    assert "är en av filerna som läses; välj ett annat namn" in err
    assert good.read_text(encoding="utf-8") == GOOD


def test_a_full_disk_is_no_finding(
    capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device", str(path))

    (tmp_path / "out.csv").write_text("old")
    monkeypatch.setattr(Path, "write_bytes", full)
    code, _, err = _run(capsys, "read", good, "--as", "population", "-o", tmp_path / "out.csv")
    assert code == 2
    assert "väntade en fil att skriva, fann en full disk; " in err
    assert (tmp_path / "out.csv").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"good.csv", "out.csv"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--as", "population", "--by", "sex"),
            "--by: det finns ingen indelning sex; de som finns är kon, alder, civilstand",
        ),
        (("--as", "weather"), "'weather' är inte något av 'population', 'invoices', 'documents'"),
        ((), "Saknar flaggan '--as'"),
    ],
)
def test_wrong_requests(
    capsys: pytest.CaptureFixture[str], good: Path, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = _run(capsys, "read", good, *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_fetch_says_what_is_wrong_with_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, "fetch", "population", "--year", 1900)
    assert (code, out) == (2, "")
    assert err == "--year 1900: väntade ett år från 1968 vars 31 december har varit\n"


def test_the_sums_of_a_ledger_are_never_written_over_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ledger = tmp_path / "reskontra.csv"
    ledger.write_bytes(b"whole")
    (tmp_path / "link.csv").symlink_to(ledger)
    for output in (ledger, tmp_path / "link.csv"):
        code, _, err = _run(capsys, "ledgers", ledger, "-o", output)
        assert code == 2
        assert "är en av filerna som läses" in err
    assert ledger.read_bytes() == b"whole"
