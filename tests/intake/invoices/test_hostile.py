"""Damaged and hostile ledgers: a clear message, bounded work, nothing lost of the good rows."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from analys.cli.read import command
from analys.errors import InputError
from analys.intake import invoices
from analys.ledgers import totals

HEADINGS = ["Leverantör", "Org nr", "Fakturanr", "Datum", "Konto", "Belopp"]
GOOD = ["Länsstyrelsen", "202100-2270", "7", "2023-05-31", "46310", 100]


def workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADINGS, *rows]:
        sheet.append(row)
    book.save(path)
    return path


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.csv", GOOD)
    result = invoices.read(path)
    assert (len(result.frame), "fast namnet slutar på .csv" in result.why) == (1, True)


def test_a_formula_without_a_value_and_an_error_cell_are_reported(tmp_path: Path) -> None:
    bad: list[list[object]] = [[*GOOD[:5], "=SUM(A1:A2)"], [*GOOD[:5], "#REF!"]]
    result = invoices.read(workbook(tmp_path / "a.xlsx", GOOD, *bad, GOOD))
    assert (len(result.frame), [row.row for row in result.reported]) == (2, [3, 4])
    assert all(row.reason.startswith("Belopp: väntade") for row in result.reported)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(";".join(HEADINGS) + '\n=HYPERLINK("x");;7;2023-05-31;4;1\n', encoding="utf-8")
    assert invoices.read(path).frame["leverantor"][0] == '=HYPERLINK("x")'


def test_whatever_a_file_is_called_its_name_is_one_line_of_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"l\xe5\nrad\x1b.csv")
    path.write_text(";".join(HEADINGS) + "\nLst;;7;2023-05-31;4;1\n", encoding="utf-8")
    result = invoices.read(path)
    assert result.frame["kalla"][0] == "l\ufffd rad\ufffd.csv, rad 2"
    written = CliRunner().invoke(command, [str(path), "--as", "invoices", "-o", str(tmp_path / "ut.csv")])
    assert written.exit_code == 0
    assert len((tmp_path / "ut.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_a_cut_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"a\.xlsx: väntade en hel arbetsbok"):
        invoices.read(path)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "en tom fil"),
        (b"%PDF-1.7", "PDF"),
        (b"PAR1....", "Parquet"),
        (b'{"a": 1}', "JSON"),
        (b"leverantor;belopp\n" + b"x" * (2 << 20), "en längre rad"),
        (b"leverantor;belopp\n1;\x002\n", "binära data|en NUL-byte"),
    ],
)
def test_no_ledger_at_all(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=found):
        invoices.read(path)


def test_a_sheet_of_accounts_beside_the_ledger_is_reported(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    book = openpyxl.load_workbook(path)
    accounts = book.create_sheet("Konton")
    accounts.append(["Konto", "Kontotext"])
    accounts.append(["46310", "Köp"])
    book.save(path)
    result = invoices.read(path)
    assert [(row.sheet, row.row, row.reason) for row in result.reported] == [
        ("Konton", 1, "väntade en reskontra, fann en tabell utan belopp: bladet läses inte")
    ]


def test_a_second_ledger_with_other_columns_is_an_error(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    book = openpyxl.load_workbook(path)
    book.create_sheet("Februari").append([*HEADINGS, "Hemligt"])
    book.save(path)
    with pytest.raises(InputError, match=r"blad Februari, rad 1, kolumn 'Hemligt'.*en okänd rubrik"):
        invoices.read(path)


LINE = "Länsstyrelsen;202100-2270;{0};2023-05-31;46310;{0}"


@pytest.mark.parametrize(
    ("damaged", "used"),
    [
        (LINE.replace("Läns", '"Läns'), 4),  # closed by the next line's, with one cell in between
        ('"' + LINE, 4),
        (LINE.replace("46310", '46310"'), 4),
        (LINE.replace("46310", '"46310'), 4),
        (LINE.replace("Länsstyrelsen", '"Läns; styrelsen"').replace("46310", '"46310'), 0),
    ],
)
def test_a_quotation_mark_opened_on_every_line_makes_no_row_of_two(tmp_path: Path, damaged: str, used: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([";".join(HEADINGS), *(damaged.format(at) for at in range(1, 5))]), encoding="utf-8")
    result, large = invoices.read(path), totals([path])
    assert (result.rows_in, len(result.frame)) == (4, used)
    assert (large.rows_in, large.rows_out) == (4, used)
    reasons = {row.reason for row in result.reported}
    assert reasons <= {"väntade hela celler, fann ett citattecken som aldrig stängs"}


def test_a_quoted_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cell = '"Länsstyrelsen\nBox 1; Linköping\nSverige"'
    path.write_text("\n".join([";".join(HEADINGS), LINE.format(1).replace("Länsstyrelsen", cell), LINE.format(2)]))
    result = invoices.read(path)
    assert (result.rows_in, list(result.frame["leverantor"])) == (
        2,
        ["Länsstyrelsen Box 1; Linköping Sverige", "Länsstyrelsen"],
    )
