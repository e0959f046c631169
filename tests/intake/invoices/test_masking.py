"""Personal identity numbers never leave a reader. The numbers here are made up; the test series of years is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from analys.intake import invoices
from analys.intake.invoices.cells import supplier_number
from analys.intake.invoices.masking import MASK, mask


@pytest.mark.parametrize(
    "number",
    ["850101-1236", "8501011236", "19850101-1236", "198501011236", "850161-1234", "850101+1236", "SE850101123601",
     "850101–1236", "850101 1236", "16850101-1236", "850101-T123", 8501011236.0, 8501011236],
)  # fmt: skip
def test_a_sole_traders_number_is_masked(number: object) -> None:
    assert supplier_number(number) == (MASK, "")


@pytest.mark.parametrize(
    ("number", "kept"),
    [("2021002270", "202100-2270"), ("162021002270", "202100-2270"), ("SE202100227001", "202100-2270"),
     ("10004007", "10004007"), ("DE123456789", "DE123456789"), (2021002270.0, "202100-2270")],
)  # fmt: skip
def test_other_numbers_are_kept(number: object, kept: str) -> None:
    assert supplier_number(number) == (kept, "")


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
    assert mask("OCR 8501011234 bg 5050-1055") == "OCR 8501011234 bg 5050-1055"
    assert mask("230115-1001", certain=True) == "230115-1001"


def test_reports_are_masked_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("leverantor,leverantor_id,konto_nr,belopp\nEk,1,4,850101-1236\n", encoding="utf-8")
    result = invoices.read(path)
    assert "850101" not in repr(result)
    assert MASK in result.reported[0].reason
