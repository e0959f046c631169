"""Tables as csv and xlsx: typed cells, Swedish number formats, the header row frozen, the same bytes on every run."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analys import csvtext
from analys.evidence import Underlag
from analys.export.archive import check_clock, without_time
from analys.figures.table import heading
from analys.files import write_atomically

#: How a column's unit is shown in Excel; the first ending that fits a column's name decides.
NUMBER_FORMATS: Final = {
    "kr_per_invanare": "#,##0.00",
    "_kr": "#,##0.00",
    "andel": "0.00%",
    "folkmangd": "#,##0",
    "ar": "0",
}
_EXACT: Final = "#,##0.00"
#: An estimate is not shown to the öre, which its bounds only have so that nothing possible is left out.
_ESTIMATED: Final = "#,##0"
_DATE_FORMAT: Final = "yyyy-mm-dd"
_WIDEST: Final = 60


def _number_format(column: str, value: Any) -> str | None:
    if isinstance(value, dt.date):
        return _DATE_FORMAT
    if isinstance(value, int | float | Decimal):
        for ending, shown in NUMBER_FORMATS.items():
            if column == ending or (ending != "ar" and ending in column):
                return shown
    return None


def _cell_value(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value


def people_heading(column: str) -> str:
    """A column's heading in words, where the csv has the codebook's name: ``helar_lagst_kr`` -> "Helårseffekt, lägst"."""
    for end, word in (("lagst", "lägst"), ("hogst", "högst")):
        if end in column:
            plain = column.replace(f"{end}_", "").replace(f"_{end}", "")
            return f"{heading(plain)}, {word}"
    return heading(column)


def fill(sheet: Worksheet, frame: pd.DataFrame) -> None:
    """Write a frame to a sheet. Text stays text, also when it begins with =, +, - or @."""
    names = [str(name) for name in frame.columns]
    kinds = list(frame["underlag"]) if "underlag" in names else []
    estimated = {place for place, kind in enumerate(kinds) if kind == Underlag.SKATTAD}
    for column, name in enumerate(names, start=1):
        header = sheet.cell(1, column, people_heading(name))
        header.font = Font(bold=True)
        header.alignment = Alignment(wrap_text=True, vertical="top")
        longest = max([len(name), *(len(str(value)) for value in frame[name])])
        sheet.column_dimensions[get_column_letter(column)].width = min(longest, _WIDEST) + 2
        for row, raw in enumerate(frame[name], start=2):
            value = _cell_value(raw)
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
            elif shown := _number_format(name, value):
                cell.number_format = _ESTIMATED if (row - 2) in estimated and shown == _EXACT else shown
    sheet.freeze_panes = "A2"


def fixed_bytes(workbook: Workbook) -> bytes:
    """The workbook as a file without time stamps, so that the same content is the same bytes."""
    check_clock()
    buffer = io.BytesIO()
    workbook.save(buffer)
    return without_time(buffer.getvalue())


def save(frame: pd.DataFrame, name: str, folder: Path) -> list[Path]:
    """Write ``<name>.csv`` and ``<name>.xlsx``; returns the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    text, book = folder / f"{name}.csv", folder / f"{name}.xlsx"
    write_atomically(text, csvtext.from_frame(frame).encode())
    workbook = Workbook()
    workbook.properties.title, workbook.properties.language = name, "sv-SE"
    sheet = workbook.active
    sheet.title = name[:31]
    fill(sheet, frame)
    write_atomically(book, fixed_bytes(workbook))
    return [text, book]
