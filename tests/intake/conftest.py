from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

Rows = list[list[object]]


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows to a workbook: ``workbook(rows)``, or ``workbook(Blad1=rows, Blad2=rows)``; returns its path."""

    def write(rows: Rows | None = None, *, merge: tuple[str, ...] = (), **sheets: Rows) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in (sheets or {"Bilaga": rows or []}).items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
            for cells in merge:
                sheet.merge_cells(cells)
        path = tmp_path / "bilaga.xlsx"
        book.save(path)
        return path

    return write


@pytest.fixture
def table() -> Rows:
    return [
        ["Kommun", "Folkmängd 2017", "Andel", "Kostnad 2018"],
        ["Boxholm", 5453, "1,21%", "9 244 kr"],
        ["Finspång", "21 577", "4,79%", "36 597 kr"],
        ["Kinda", "9\u00a0882", "2,19%", "16 732 kr"],
        ["Total", "36 912", "8,19%", "62 573 kr"],
    ]
