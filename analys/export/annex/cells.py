"""A workbook of live formulas: tables with typed cells, and beside each formula the value that the engine gives it.

The value is stored in the file as Excel stores what it last calculated, so that previews and readers that do not
calculate show the right figures; a spreadsheet program calculates everything anew when the file is opened.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from analys.export.archive import check_clock, without_time

KR: Final = "#,##0"
#: Whole kronor are written without öre.
KR_ORE: Final = "#,##0.00"
RATE: Final = "0.00"
EXACT: Final = "#,##0.0000"
PERCENT: Final = "0.00%"
PERSONS: Final = "#,##0"
YEAR: Final = "0"
DATE: Final = "yyyy-mm-dd"
TEXT: Final = "@"

_INPUT: Final = "FFF2CC"
_OWN: Final = "DCE8F1"
_HEAD_FILL: Final = PatternFill("solid", fgColor="E9EEF2")
_PLAIN: Final = Font(name="Calibri", size=11)
_BOLD: Final = Font(name="Calibri", size=11, bold=True)
#: Points; rows of wrapped text are given their height, because not every program works it out.
_LINE_HEIGHT: Final = 15
_LINE: Final = Border(bottom=Side("thin", color="D9D9D9"))
#: Centimetres of A4 within the margins, by how the paper lies: width and height.
_PAPER: Final = {"portrait": (19.0, 26.0), "landscape": (27.7, 17.3)}
#: Centimetres: the width of a column's letter, and a point of height.
_LETTER, _POINT = 0.19, 2.54 / 72
_MARGINS: Final = PageMargins(left=0.4, right=0.4, top=0.7, bottom=0.6, header=0.3, footer=0.3)
_FORMULA: Final = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)><f>(.*?)</f><v ?/?>(?:</v>)?</c>', re.DOTALL)
_SHEET: Final = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_DRAWING: Final = re.compile(r"xl/drawings/drawing(\d+)\.xml")

Plain = str | int | float | Decimal | Fraction | dt.date | None


@dataclass(frozen=True)
class Formula:
    """A formula (without ``=``) and the value that the engine gives it."""

    text: str
    value: Plain
    shown: str | None = None


@dataclass(frozen=True)
class Stated:
    """A figure of a document; ``shown`` is its number format, where it is not the column's."""

    value: Plain
    shown: str | None = None


@dataclass(frozen=True)
class Input:
    """A figure that the reader may change."""

    value: Plain
    shown: str | None = None


Value = Plain | Formula | Input | Stated


@dataclass(frozen=True)
class SheetColumn:
    """A column of a table: its heading, its width in letters, and its number format."""

    key: str
    heading: str
    width: int
    shown: str = TEXT


@dataclass
class Book:
    """The workbook, its formulas' values by sheet and cell, and its charts' alt texts by sheet."""

    title: str
    workbook: Workbook = field(default_factory=Workbook)
    values: dict[tuple[str, str], Plain] = field(default_factory=dict)
    alts: list[str] = field(default_factory=list)
    styles: dict[tuple[bool, str | None, bool, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.workbook.remove(self.workbook.active)
        properties = self.workbook.properties
        properties.title, properties.language, properties.creator = self.title, "sv-SE", "analys"
        self.workbook.calculation.fullCalcOnLoad = True

    def name(self, name: str, grid: Grid, key: str, first: int, last: int | None = None) -> None:
        """Name a cell or a column's part, for formulas and for finding it."""
        cells = grid.ref(first, key) if last is None else f"{grid.ref(first, key)}:{grid.at(last, key)}"
        self.workbook.defined_names[name] = DefinedName(name, attr_text=cells)

    def content(self) -> bytes:
        """The file, with the formulas' values and the charts' alt texts in it; the same bytes on every run."""
        check_clock()
        buffer = io.BytesIO()
        self.workbook.save(buffer)
        return without_time(buffer.getvalue(), self._edit)

    def _edit(self, name: str, part: bytes) -> bytes:
        if match := _SHEET.fullmatch(name):
            sheet = self.workbook.worksheets[int(match[1]) - 1].title
            return _FORMULA.sub(lambda found: self._with_value(sheet, found), part)
        if match := _DRAWING.fullmatch(name):
            alt = quoteattr(self.alts[int(match[1]) - 1]).encode()
            return part.replace(b'name="Chart 1"', b'name="Diagram" descr=' + alt)
        return part

    def _with_value(self, sheet: str, found: re.Match[bytes]) -> bytes:
        cell, attributes, formula = found[1], found[2], found[3]
        value = self.values[sheet, cell.decode()]
        if isinstance(value, str):
            attributes, text = attributes + b' t="str"', escape(value)
        else:
            text = repr(_number(value))
        return b'<c r="%s"%s><f>%s</f><v>%s</v></c>' % (cell, attributes, formula, text.encode())


def _number(value: Plain) -> float | int:
    """A figure as a spreadsheet holds it: a whole number, or the nearest double. Dates are days since 1899-12-30."""
    if isinstance(value, dt.date):
        return (value - dt.date(1899, 12, 30)).days
    if value is None or isinstance(value, str):
        raise TypeError(f"a formula's value is a number, not {value!r}")
    number = float(value)
    return int(number) if number.is_integer() else number


class Grid:
    """A sheet that holds one table: a header row, then the rows as they are added. Nothing is ever merged."""

    def __init__(self, book: Book, title: str, columns: Sequence[SheetColumn], own: str = "") -> None:
        self.book, self.columns, self.own = book, tuple(columns), own
        self.sheet: Worksheet = book.workbook.create_sheet(title)
        self.row = 1
        self._places = {column.key: place for place, column in enumerate(columns, start=1)}
        for place, column in enumerate(columns, start=1):
            cell = self.sheet.cell(1, place, column.heading)
            cell.font, cell.fill = _BOLD, _HEAD_FILL
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            self.sheet.column_dimensions[get_column_letter(place)].width = column.width
        headings = [math.ceil(len(column.heading) / (column.width - 1)) for column in columns]
        self.sheet.row_dimensions[1].height = _LINE_HEIGHT * max(headings)
        self.sheet.freeze_panes = "A2"

    def _set_up_print(self, last: int, pages: int) -> None:
        """The rows down to ``last`` on at most so many pages, with the paper lying so that the text is largest."""
        page, sheet = self.sheet.page_setup, self.sheet
        width = _LETTER * sum(column.width for column in self.columns)
        height = _POINT * sum(sheet.row_dimensions[row].height for row in range(1, last + 1))
        scales = {lies: min(wide / width, high * pages / height) for lies, (wide, high) in _PAPER.items()}
        page.orientation, page.paperSize = max(scales, key=scales.__getitem__), 9
        page.fitToWidth, page.fitToHeight = 1, pages
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins, sheet.print_title_rows = _MARGINS, "1:1"
        sheet.print_area = f"A1:{get_column_letter(len(self.columns))}{last}"
        sheet.oddHeader.left.text, sheet.oddHeader.right.text = self.book.title, "&A"
        sheet.oddFooter.right.text = "Sida &P (&N)"

    def add(self, values: Sequence[Value], *, bold: bool = False) -> int:
        """Add a row; returns its number. The member's own rows (by any cell that is its name) are marked."""
        self.row += 1
        own = bool(self.own) and self.own in values
        for column, value in zip(self.columns, values, strict=True):
            self._put(self.row, column, value, bold=bold or own, own=own)
        lines = [
            math.ceil(len(value) * (1 if bold or own else 0.9) / (column.width - 1))
            for column, value in zip(self.columns, values, strict=True)
            if isinstance(value, str)
        ]
        self.sheet.row_dimensions[self.row].height = _LINE_HEIGHT * max([1, *lines])
        return self.row

    def _put(self, row: int, column: SheetColumn, value: Value, *, bold: bool, own: bool) -> None:
        cell = self.sheet.cell(row, self._places[column.key])
        shown, plain = column.shown, value
        if isinstance(value, Formula | Input | Stated):
            shown = value.shown or shown
            plain = value.value
        if isinstance(value, Formula):
            self.book.values[self.sheet.title, cell.coordinate] = value.value
            cell.value = f"={value.text}"
        else:
            cell.value = _number(plain) if isinstance(plain, int | float | Decimal | Fraction) else plain
            if isinstance(plain, str):
                cell.data_type = "s"  # text from a source that begins with = + - or @ stays text
        if shown == KR_ORE and isinstance(plain, int | Decimal | Fraction) and Fraction(plain).denominator == 1:
            shown = KR
        fill = _INPUT if isinstance(value, Input) else _OWN if own else None
        self._style(cell, bold, fill, column.shown == TEXT, TEXT if isinstance(plain, str) else shown)

    def _style(self, cell: Cell, bold: bool, fill: str | None, is_text: bool, shown: str) -> None:
        """Styles are made once and copied: making them cell by cell takes half the time of a workbook."""
        look = (bold, fill, is_text, shown)
        if look in self.book.styles:
            cell._style = copy.copy(self.book.styles[look])
            return
        cell.border, cell.font, cell.number_format = _LINE, _BOLD if bold else _PLAIN, shown
        side = "left" if is_text else None
        cell.alignment = Alignment(horizontal=side, wrap_text=is_text, vertical="top", indent=int(is_text))
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        self.book.styles[look] = copy.copy(cell._style)

    def at(self, row: int, key: str) -> str:
        """The absolute address of a cell within its sheet."""
        return f"${get_column_letter(self._places[key])}${row}"

    def ref(self, row: int, key: str) -> str:
        """The address of a cell from any sheet."""
        return f"{quote_sheetname(self.sheet.title)}!{self.at(row, key)}"

    def span(self, first: int, last: int, key: str) -> str:
        """A part of a column, from its own sheet."""
        return f"{self.at(first, key)}:{self.at(last, key)}"

    def finish(self, pages: int, *, last: int | None = None, filtered: bool = True) -> None:
        """The filter over the whole table, once all rows are there, and what is printed on at most so many pages: the
        table, or its rows down to ``last``. Charts are for the screen; the memo has them on paper."""
        if filtered:
            table = CellRange(min_col=1, min_row=1, max_col=len(self.columns), max_row=max(self.row, 2))
            self.sheet.auto_filter.ref = table.coord
        self._set_up_print(last or self.row, pages)

    def bar_chart(self, title: str, unit: str, figures: str, series: Sequence[tuple[str, int, int]], alt: str) -> None:
        """A chart of the spreadsheet program's own, right of the table: one bar a row, one colour a series.

        ``figures``: their column; ``series``: each one's name, and its first and last row. The column ``kommun`` names
        the bars. The sheet may have one chart.
        """
        chart = BarChart()
        chart.type, chart.style, chart.title = "bar", 10, title
        chart.y_axis.title, chart.y_axis.delete, chart.x_axis.delete = unit, False, False
        cells = [self.at(row, figures).replace("$", "") for _, first, last in series for row in range(first, last + 1)]
        typed = self.sheet
        values = [_number(self.book.values.get((typed.title, cell), typed[cell].value)) for cell in cells]
        chart.y_axis.numFmt = KR if max(map(abs, values)) >= 10 else RATE
        chart.dataLabels = DataLabelList(showVal=True, numFmt=chart.y_axis.numFmt, **_ONLY_VALUES)
        chart.y_axis.majorGridlines = None  # each bar says its value
        chart.x_axis.tickLblPos = "low"  # left of the bars, also of those below zero
        if min(values) >= 0:
            chart.y_axis.scaling.min = 0  # a bar's length is its value
        chart.x_axis.scaling.orientation = "maxMin"
        chart.gapWidth, chart.height, chart.width = 40, 12, 18
        for (name, first, last), colour in zip(series, ("00497A", "B3400E"), strict=False):
            chart.add_data(Reference(self.sheet, self._places[figures], first, max_row=last))
            chart.set_categories(Reference(self.sheet, self._places["kommun"], first, max_row=last))
            chart.series[-1].graphicalProperties = GraphicalProperties(solidFill=colour)
            chart.series[-1].tx = SeriesLabel(v=name)
        if len(series) == 1:
            chart.legend = None
        else:
            chart.legend.position = "b"
        self.sheet.add_chart(chart, f"{get_column_letter(len(self.columns) + 2)}2")
        self.book.alts.append(alt)


_ONLY_VALUES: Final = dict.fromkeys(
    ("showSerName", "showCatName", "showLegendKey", "showPercent", "showLeaderLines"), False
)


def as_name(text: str) -> str:
    """A name that spreadsheet programs allow: letters, digits and underscores."""
    return re.sub(r"\W+", "_", text).strip("_")
