"""Large ledgers that are damaged: bounded memory, every row used or reported, and a killed run leaves what was."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analys import ledgers
from analys.errors import InputError
from analys.ledgers import store, stream

HEADING = "kopare;faktura_nr;leverantor;leverantor_id;konto_nr;belopp;datum;kommun_id\n"
GOOD = "Norrköpings kommun;F1;Åkeri AB;202100-2270;4631;1 234,56;2023-05-31;0581\n"


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 2000)
    monkeypatch.setattr(stream, "_SAMPLE", 4000)


def rows(path: Path) -> tuple[int, dict[int, str]]:
    """How many rows were used, and the reported ones with their reasons."""
    answer = ledgers.totals([path])
    assert answer.rows_in == answer.rows_out + len(answer.reported)
    return answer.rows_out, {row.row: row.reason for row in answer.reported}


def test_columns_shifted_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    left = GOOD.replace(";4631", "")
    right = GOOD.replace(";4631", ";;4631")
    swapped = GOOD.replace("2023-05-31;0581", "0581;2023-05-31")
    path.write_text(HEADING + GOOD * 100 + left + right + swapped + GOOD * 100)
    used, reported = rows(path)
    assert (used, set(reported)) == (200, {102, 103, 104})
    assert reported[102] == "väntade 8 celler som i rubrikraden, fann 7: förskjutna kolumner eller en avkapad rad"
    assert reported[103] == "väntade 8 celler som i rubrikraden, fann 9: förskjutna kolumner eller en avkapad rad"
    assert "datum: väntade ett datum" in reported[104]


@pytest.mark.parametrize(("most", "some"), [("utf-8", "latin-1"), ("cp1252", "utf-8")])
def test_two_encodings_in_one_file(tmp_path: Path, most: str, some: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADING + GOOD * 100).encode(most) + GOOD.encode(some) * 2 + (GOOD * 100).encode(most))
    reason = f"väntade text i {most} som i resten, fann en annan teckenkodning"
    assert rows(path) == (200, {102: reason, 103: reason})


def test_nul_bytes_after_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADING + GOOD * 1000 + GOOD.replace("AB", "A\0B") + GOOD).encode() + b"\0" * 5000)
    reason = "väntade text, fann a NUL byte"
    assert rows(path) == (1001, {1002: reason, 1004: reason})


def test_cells_with_line_ends_across_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    record = GOOD.replace("Åkeri AB", '"Åkeri\nAB\n;"')
    path.write_text(HEADING + record * 200 + '"öppen;1\n' + record * 50 + "kort;rad\n")
    used, reported = rows(path)
    assert (used, sorted(reported)[-1]) == (250, 2 + 200 * 3 + 1 + 50 * 3)
    assert reported[602] == "väntade hela celler, fann ett citattecken som aldrig stängs"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_characters(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    mark = "\ufeff" if encoding.endswith("be") else ""
    path.write_text(mark + HEADING + GOOD * 300 + "kort\n", encoding=encoding, newline="\r\n")
    assert rows(path) == (
        300,
        {302: "väntade 8 celler som i rubrikraden, fann 1: förskjutna kolumner eller en avkapad rad"},
    )


def test_short_lines_make_short_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_LINES", 10)
    path = tmp_path / "a.csv"
    path.write_text(HEADING + "\n" * 1000 + ";;;;;;;\n" * 500 + GOOD + "kort\n")
    used, reported = rows(path)
    assert (used, list(reported)) == (1, [1503])


@pytest.mark.parametrize("first", [GOOD.replace("Åkeri", "Å" * 9000), 'K;"öppen' + GOOD * 5])
def test_short_lines_after_a_long_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    monkeypatch.setattr(stream, "MAX_LINES", 10)
    path = tmp_path / "a.csv"
    path.write_text(HEADING + first + "\n" * 30 + GOOD)
    few_lines = rows(path)
    monkeypatch.undo()
    assert rows(path) == few_lines
    assert few_lines[0] + len(few_lines[1]) == first.count("\n") + 1


def test_all_on_one_line_of_two_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write((HEADING + GOOD * 1000).encode())
        file.truncate(2_000_000_000)  # sparse: it takes no room on the disk
    with pytest.raises(InputError, match="rad 1002: väntade rader på högst 1024 KiB, fann en längre rad"):
        ledgers.totals([path])


def test_a_compressed_ledger(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress((HEADING + GOOD).encode()))
    with pytest.raises(InputError, match="väntade en tabell, fann ett gzip-arkiv; packa upp det först"):
        ledgers.totals([path])


KILLED = """
import sys
from pathlib import Path
from analys import ledgers
from analys.cli.ledgers import command
from analys.ledgers import store, stream
stream.BLOCK = 2000
print("started", flush=True)
command([sys.argv[1], "--store", sys.argv[2], "-o", sys.argv[3]])
"""


def test_a_killed_run_leaves_the_old_store_and_output(tmp_path: Path) -> None:
    path, store, output = tmp_path / "a.csv", tmp_path / "store", tmp_path / "ut.csv"
    path.write_text(HEADING + GOOD * 100)
    before = ledgers.totals([path], store=store)
    output.write_text("det gamla svaret")
    kept = {file: file.read_bytes() for file in store.rglob("*") if file.is_file()}
    path.write_text(HEADING + GOOD * 100_000)
    run = subprocess.Popen([sys.executable, "-c", KILLED, path, store, output], stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not any(store.glob(".*/store/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    assert output.read_text() == "det gamla svaret"
    assert {file: file.read_bytes() for file in kept} == kept
    assert [folder.name for folder in store.iterdir() if not folder.name.startswith(".")] == [
        next(iter(kept)).parent.name
    ]
    path.write_text(HEADING + GOOD * 200)
    assert ledgers.totals([path], store=store).rows_out == 2 * before.rows_out


@pytest.mark.parametrize("ending", [".json", ".parquet"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff" * 50, None])
def test_a_damaged_store_is_written_anew(tmp_path: Path, ending: str, damage: bytes | None) -> None:
    path, store = tmp_path / "a.csv", tmp_path / "store"
    path.write_text(HEADING + GOOD * 100)
    right = ledgers.totals([path], store=store)
    file = sorted(store.rglob(f"*{ending}"))[0]
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(content[:middle] + b"7" + content[middle + 1 :] if damage is None else damage)
    assert ledgers.totals([path], store=store) == right
    file = sorted(store.rglob(f"*{ending}"))[0]
    assert file.read_bytes() == content


def test_a_store_of_another_format_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder = tmp_path / "a.csv", tmp_path / "store"
    path.write_text(HEADING + GOOD * 100)
    with monkeypatch.context() as before:
        before.setattr(store, "_FORMAT", 1)
        right = ledgers.totals([path], store=folder)
    (old,) = folder.iterdir()
    assert ledgers.totals([path], store=folder) == right
    assert len([each for each in folder.iterdir() if each != old]) == 1


def test_a_store_is_named_without_personal_numbers(tmp_path: Path) -> None:
    path, store = tmp_path / "850101-1236 Anna.csv", tmp_path / "store"
    path.write_text(HEADING + GOOD)
    ledgers.totals([path], store=store)
    (folder,) = store.iterdir()
    assert "850101" not in folder.name
    assert "1236" not in folder.name
