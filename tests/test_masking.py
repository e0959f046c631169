"""Personal identity numbers never leave a reader. The numbers here are made up; the test series of years is used."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from stdnum import luhn

from analys.errors import InputError
from analys.intake import invoices
from analys.intake.invoices.cells import supplier_number
from analys.intake.result import ReadResult, Reported
from analys.masking import MASK, MAY_HOLD, mask, shown_path


@pytest.mark.parametrize(
    "number",
    ["850101-1236", "8501011236", "19850101-1236", "198501011236", "850161-1234", "850101+1236", "SE850101123601",
     "850101–1236", "850101 1236", "16850101-1236", "850101-T123", 8501011236.0, 8501011236,
     "8501011236.0", "850101\u2014\u200b1236", "\uff18501011236"],
)  # fmt: skip
def test_a_sole_traders_number_is_masked(number: object) -> None:
    assert supplier_number(number) == (MASK, "")


@pytest.mark.parametrize(
    ("number", "kept"),
    [("2021002270", "202100-2270"), ("162021002270", "202100-2270"), ("SE202100227001", "202100-2270"),
     ("10004007", "10004007"), ("DE123456789", "DE123456789"), (2021002270.0, "202100-2270"),
     ("2021002270.0", "202100-2270")],
)  # fmt: skip
def test_other_numbers_are_kept(number: object, kept: str) -> None:
    assert supplier_number(number) == (kept, "")


@pytest.mark.parametrize(
    "number", ["850101-12361e999", "850101-1236 EF", "X850101-1236", "8501011236001", "98501011236", "850101-99991"]
)
def test_a_number_within_a_longer_one_is_masked(number: str) -> None:
    assert supplier_number(number) == (MASK, "")


@pytest.mark.parametrize("number", ["7300010000001", "NL001234567B01", "556036-0793A", "2021002270001", "FI01120389"])
def test_longer_numbers_of_others_are_kept(number: str) -> None:
    assert supplier_number(number) == (number, "")


@st.composite
def personal_numbers(draw: st.DrawFn) -> str:
    """A made-up number with its check digit, ``YYMMDDNNNN``."""
    day = draw(st.dates(dt.date(1930, 1, 1), dt.date(2015, 12, 31)))
    digits = f"{day:%y%m%d}{draw(st.integers(0, 999)):03}"
    return digits + luhn.calc_check_digit(digits)


@given(personal_numbers(), st.text("abcXYZ019.-/ ", max_size=5), st.text("abcXYZ019.-/ ", max_size=5))
def test_whatever_stands_around_a_personal_number(number: str, before: str, after: str) -> None:
    hyphenated = f"{number[:6]}-{number[6:]}"
    for written in (hyphenated, number):
        told = " ".join(supplier_number(f"{before}{written}{after}"))
        assert written not in told
    # In running text two days with a hyphen between them are a period.
    if not re.match(r"\d\d", after):
        assert hyphenated not in mask(f"{before}{hyphenated}{after}")


#: What may stand between the date and the last four digits: hyphens and dashes, blanks, and marks that nobody sees.
BETWEEN = ["-", "+", "\u2013", "\u2014", "\u2011", "\u2212", "\uff0d", "--", " - ", "\u00a0-\u00a0", "\u00ad-", "-\u200b",
           "\ufffd-", "-\n", " ", "", "\t", "/", "_", ":", "\u00b7", "'", "\u200b"]  # fmt: skip


@given(
    personal_numbers(), st.sampled_from(BETWEEN), st.sampled_from(["", "19", "20", "SE"]), st.booleans(), st.booleans()
)
def test_however_a_number_is_written(number: str, between: str, before: str, parted: bool, full_width: bool) -> None:
    """With any hyphen, in parts, and in the digits of other scripts."""
    date, serial = number[:6], number[6:]
    if parted and between and between[0] in "-+\u2013 ":
        date = "-".join((date[:2], date[2:4], date[4:]))
    written = f"{before}{date}{between}{serial}" if not parted or before != "SE" else f"{date}{between}{serial}"
    if full_width:
        written = written.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    assert MASK in mask(written)
    assert serial not in mask(written)
    assert pl.Series([written]).str.contains(MAY_HOLD).item()
    assert re.search(MAY_HOLD, written)
    assert serial not in shown_path(f"{written}.xlsx")


@pytest.mark.parametrize(
    "text",
    ["2019\u20132020, 15 000 kr", "210131;4610", "210131, 1236", "2024-01-31 2024-12-31", "1 052 280", "210101.1236"],
)
def test_what_is_no_personal_number_is_kept_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_what_readers_report_is_masked_at_the_door() -> None:
    told = Reported("Ek 850101-1236.xlsx", "850101-1236", 1, "fann '850101-1236'")
    assert "850101" not in repr(told)
    assert "850101" not in ReadResult("csv", "blad 850101-1236", 0, pd.DataFrame()).why


def test_periods_and_references_in_running_text_are_kept() -> None:
    for text in ("Period 230101-231231", "230101-230630", "OCR 985010112361"):
        assert mask(text) == text
    assert mask("pnr850101-1236x") == f"pnr{MASK}x"


def test_words_where_a_number_should_stand() -> None:
    hidden = "[innehåller personuppgifter]"
    assert supplier_number(hidden) == ("", f"leverantörsnummer i källan: {hidden}")


def test_two_numbers_in_one_cell() -> None:
    assert supplier_number("202100-2270 / 10004007") == ("202100-2270", "")
    assert supplier_number("202100-2270 212000-0480") == (
        "",
        "leverantörsnummer i källan: 202100-2270 och 212000-0480",
    )
    assert supplier_number("850101-1236 212000-0480")[1] == f"leverantörsnummer i källan: {MASK} och 212000-0480"


def test_numbers_in_running_text() -> None:
    assert mask("Firma Ek 850101-1234, uppdrag") == f"Firma Ek {MASK}, uppdrag"
    assert mask("avser 198501011236") == f"avser {MASK}"
    assert mask("16850101-1236 och 168501011236") == f"{MASK} och {MASK}"
    assert mask("OCR 8501011234 bg 5050-1055") == "OCR 8501011234 bg 5050-1055"
    assert mask("230115-1001", certain=True) == "230115-1001"


def test_reports_are_masked_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("leverantor,leverantor_id,konto_nr,belopp\nEk,1,4,850101-1236\n", encoding="utf-8")
    result = invoices.read(path)
    assert "850101" not in repr(result)
    assert MASK in result.reported[0].reason


def test_what_a_message_cuts_short_is_masked_first(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cell = "Betalning till enskild firma 850101-1236"
    for at in range(len(cell)):
        row = f"Ek,1,4,{'x' * at}{cell}\n"
        path.write_text(f"leverantor,leverantor_id,konto_nr,belopp\n{row}", encoding="utf-8")
        assert "850101" not in invoices.read(path).reported[0].reason


def test_names_of_files_sheets_and_columns_are_masked_too(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.create_sheet("850101-1236").append(["leverantor", "leverantor_id", "konto_nr", "belopp"])
    workbook["850101-1236"].append(["Ek", "1", "4", 5])
    workbook["850101-1236"].append(["Ek", "1", "4", "x"])
    workbook.save(tmp_path / "Ek 850101-1236.xlsx")
    result = invoices.read(tmp_path / "Ek 850101-1236.xlsx")
    told = (result.why, *result.frame["kalla"], *(f"{row.sheet}: {row.reason}" for row in result.reported))
    assert "850101" not in " ".join(told)
    (tmp_path / "a.csv").write_text("leverantor,leverantor_id,konto_nr,850101-1236\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        invoices.read(tmp_path / "a.csv")
    assert "850101" not in str(caught.value)


def test_a_number_whose_end_its_publisher_has_hidden() -> None:
    """The birth date is masked too."""
    for written in ("811228-XXXX", "19811228-xxxx", "811228-****", "811228 – XXXX"):
        assert mask(f"Nils ({written})") == f"Nils ({MASK})"
        assert mask(written, certain=True) == MASK
    assert mask("210101-XXXXL") == "210101-XXXXL"
