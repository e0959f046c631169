"""A workbook with its formulas, by openpyxl."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from analys.documents.model import Cell, Document, Grid


def workbook(path: Path) -> Document:
    """Every sheet with formulas and the values of the last reckoning."""
    written, stored = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    grids = []
    for sheet in written.worksheets:
        values = stored[sheet.title]
        rows = tuple(
            tuple(
                Cell(
                    values.cell(cell.row, cell.column).value,
                    cell.coordinate,
                    number_format=cell.number_format,
                    formula=cell.value[1:] if cell.data_type == "f" and isinstance(cell.value, str) else "",
                )
                for cell in row
            )
            for row in sheet.iter_rows(min_row=1, min_col=1)
        )
        hidden = frozenset(number - 1 for number, each in sheet.row_dimensions.items() if each.hidden)
        grids.append(Grid(sheet.title, rows, hidden_rows=hidden))
    return Document(path.name, "xlsx", "", tuple(grids))
