"""A small annex of invented figures, and files that hold it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl

#: Three municipalities and their sum; the amounts are the shares of 60 000 kr.
TABLE = (
    ("Kommun", "Folkmängd 2023", "Andel", "Belopp 2024, kr"),
    ("Åmål", "12 000", "20,0 %", "12 000"),
    ("Säffle", "15 000", "25,0 %", "15 000"),
    ("Örebro", "33 000", "55,0 %", "33 000"),
    ("Summa", "60 000", "100,0 %", "60 000"),
)
SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(path: Path, rows: Sequence[Sequence[object]] = TABLE) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def changed(path: Path, parts: dict[str, str | bytes]) -> Path:
    """The package with parts replaced or added."""
    with zipfile.ZipFile(path) as old:
        content: dict[str, str | bytes] = {name: old.read(name) for name in old.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in content.items():
            new.writestr(name, part)
    return path


def with_sheet(path: Path, rows: str, *, before: str = "", after: str = "") -> Path:
    """A workbook whose sheet holds these elements."""
    sheet = f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    return changed(workbook(path), {SHEET: sheet})
