"""Workbooks (xlsx, ods and old xls) as rows of values, after the container has been found harmless.

python-calamine reads: it is many times faster than openpyxl and knows merged cells. It lays a sheet out densely and
trusts the container, so :mod:`analys.intake.container` and :mod:`analys.intake.biff` look first.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineSheet, PasswordError, SheetTypeEnum, load_workbook

from analys.intake import biff
from analys.intake.container import check_container, too_wide
from analys.intake.files import Kind, Limits, is_ole, unusable

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

#: What the day numbers of a workbook count from: of most, and of those that began on an old Mac.
DAY_ZERO: Final = dt.date(1899, 12, 30)
DAY_ZERO_1904: Final = dt.date(1904, 1, 1)
_COUNTS_FROM_1904: Final = re.compile(rb"""\bdate1904\s*=\s*["'](1|true)["']""")

#: The kinds of files that :func:`read_workbook` reads.
WORKBOOKS: Final = frozenset({Kind.XLSX, Kind.XLS, Kind.ODS})


@dataclass(frozen=True)
class Sheet:
    """One worksheet. ``rows[0]`` is the spreadsheet's row 1; empty cells are ``""``.

    ``merged`` holds (first row, first column, last row, last column) from 0; only the first cell has the value.
    ``day_zero`` is what the workbook's day numbers count from.
    """

    name: str
    rows: list[list[Value]]
    merged: tuple[tuple[int, int, int, int], ...]
    day_zero: dt.date = DAY_ZERO


def read_workbook(path: Path, limits: Limits) -> Iterator[Sheet]:
    """The worksheets in order, hidden ones too. Formulas give their cached values; links and macros are not followed.

    Raises :class:`InputError` for a container that is damaged, encrypted or hostile, or beyond ``limits``.
    """
    content: BytesIO | Path
    if is_ole(path):
        sound, from_1904 = biff.harmless(path, limits)
        content = BytesIO(sound)
    else:
        content, from_1904 = path, _check_zip(path, limits)
    try:
        # From the open file: by its name the library would believe the ending.
        with content.open("rb") if isinstance(content, Path) else content as file, load_workbook(file) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ is SheetTypeEnum.WorkSheet:
                    read = workbook.get_sheet_by_name(sheet.name)
                    yield _sheet(path, read, limits, DAY_ZERO_1904 if from_1904 else DAY_ZERO)
    except PasswordError as error:
        raise unusable(path, "a workbook without password", "a password", "remove it in Excel and save") from error
    except (CalamineError, OSError, ValueError) as error:
        raise unusable(path, "a whole workbook", f"a damaged one: {error}", "open and save it in Excel") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a panic of the Rust library arrives: not an Exception
            raise
        raise unusable(path, "a whole workbook", f"a damaged one: {error}", "open and save it in Excel") from error


def _check_zip(path: Path, limits: Limits) -> bool:
    """Whether the harmless container's day numbers count from 1904."""
    check_container(path, limits)
    with zipfile.ZipFile(path) as archive:
        parts = (name for name in archive.namelist() if name.endswith("workbook.xml"))
        return any(_COUNTS_FROM_1904.search(archive.read(name)) for name in parts)


def _sheet(path: Path, sheet: CalamineSheet, limits: Limits, day_zero: dt.date) -> Sheet:
    if sheet.total_height * sheet.total_width > limits.cells:
        raise too_wide(path, sheet.name, sheet.total_height * sheet.total_width, limits)
    ranges = sheet.merged_cell_ranges or []
    merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in ranges)
    return Sheet(sheet.name, sheet.to_python(skip_empty_area=False), merged, day_zero)
