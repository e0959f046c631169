"""Workbooks as plain values, by python-calamine: old ones (xls), OpenDocument spreadsheets, and large ones of any kind.

The library is many times faster than others, lays a sheet out densely and trusts the file; so it reads in a process
with bounds (:mod:`analys.documents.confined`), and hands on what it read in blocks of rows.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analys.documents.confined import Bounds, confined
from analys.documents.files import MIB, Kind, Limits, unusable
from analys.documents.model import Document, Grid
from analys.documents.sheets import MAX_CELLS, check_extent, rectangle, whole
from analys.masking import mask

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

#: The kinds of files that :func:`read_workbook` reads.
WORKBOOKS: Final = frozenset({Kind.XLSX, Kind.XLS, Kind.ODS})
#: What the day numbers of a workbook count from: of most, and of those that began on an old Mac.
DAY_ZERO: Final = dt.date(1899, 12, 30)
DAY_ZERO_1904: Final = dt.date(1904, 1, 1)
_COUNTS_FROM_1904: Final = re.compile(rb"""\bdate1904\s*=\s*["'](1|true)["']""")
#: The records of an xls file that say so and that it is enciphered (MS-XLS 2.4.77, 2.4.117), and how far into it they
#: stand.
_FROM_1904, _FILEPASS, _GLOBALS = 0x0022, 0x002F, MIB
_PASSWORD: Final = ("en arbetsbok utan lösenord", "ett lösenord", "ta bort lösenordet och spara den")
_BLOCK: Final = 5_000  # rows
#: What reading takes of memory and time: a start, and for each byte of the file.
_MEMORY, _MEMORY_A_BYTE, _SECONDS, _SECONDS_A_MIB = 600 * MIB, 60, 8, 2


@dataclass(frozen=True)
class Sheet:
    """One worksheet. ``rows[0]`` is the spreadsheet's row 1; empty cells are ``""``.

    ``merged`` holds (first row, first column, last row, last column) from 0; only the first cell has the value.
    ``day_zero`` is what the workbook's day numbers count from.
    """

    name: str
    merged: tuple[tuple[int, int, int, int], ...]
    day_zero: dt.date = DAY_ZERO
    hidden: bool = False
    rows: list[list[Value]] = field(default_factory=list)


def read(path: Path, kind: Kind, why: str) -> Document:
    """A workbook as a document."""
    grids = tuple(
        Grid(
            mask(sheet.name),
            rectangle(
                path, sheet.name, [[None if value == "" else whole(value) for value in row] for row in sheet.rows]
            ),
            merged=sheet.merged,
            hidden=sheet.hidden,
        )
        for sheet in read_workbook(path, Limits(path.stat().st_size, MAX_CELLS))
    )
    return Document(path.name, kind, why, grids)


def read_workbook(path: Path, limits: Limits) -> Iterator[Sheet]:
    """The worksheets in order, hidden ones too. Formulas give their cached values; links and macros are not followed.

    Raises :class:`InputError` for a workbook that is damaged, encrypted or hostile, or beyond ``limits``.
    """
    size = path.stat().st_size
    bounds = Bounds(_MEMORY + _MEMORY_A_BYTE * size, _SECONDS + _SECONDS_A_MIB * size // MIB)
    sheet: Sheet | None = None
    for item in confined(sheets, path, limits.cells, bounds=bounds):
        if isinstance(item, Sheet):
            if sheet is not None:
                yield sheet
            sheet = item
        elif sheet is not None:
            sheet.rows.extend(item)
    if sheet is not None:
        yield sheet


def sheets(path: Path, cells: int) -> Iterator[Sheet | list[list[Value]]]:
    """Each sheet without its rows, then blocks of them: the job of a confined process."""
    import python_calamine as calamine

    day_zero = _day_zero(path)
    try:
        # From the open file: by its name the library would believe the ending.
        with path.open("rb") as file, calamine.load_workbook(file) as workbook:
            for meta in workbook.sheets_metadata:
                if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_name(meta.name)
                check_extent(path, meta.name, sheet.total_height, sheet.total_width, cells)
                merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
                yield Sheet(meta.name, merged, day_zero, meta.visible is not calamine.SheetVisibleEnum.Visible)
                rows = sheet.to_python(skip_empty_area=False)
                for at in range(0, len(rows), _BLOCK):
                    yield rows[at : at + _BLOCK]
    except calamine.PasswordError as error:
        raise unusable(path, *_PASSWORD) from error


def _day_zero(path: Path) -> dt.date:
    """What day numbers count from. Refuses an old workbook whose records are enciphered."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            parts = (name for name in archive.namelist() if name.endswith("workbook.xml"))
            is_1904 = any(_COUNTS_FROM_1904.search(archive.open(name).read(MIB)) for name in parts)
    else:
        records = dict(_records(path))
        if _FILEPASS in records:
            raise unusable(path, *_PASSWORD)
        is_1904 = records.get(_FROM_1904, b"")[:1] == b"\1"
    return DAY_ZERO_1904 if is_1904 else DAY_ZERO


def _records(path: Path) -> Iterator[tuple[int, bytes]]:
    """The records at the beginning of an xls file's workbook (MS-XLS 2.1.4): what goes for all of it."""
    import olefile

    with olefile.OleFileIO(path) as container:
        name = "Workbook" if container.exists("Workbook") else "Book"
        content: bytes = container.openstream(name).read(_GLOBALS)
    at = 0
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, at)
        yield kind, content[at + 4 : at + 4 + length]
        at += 4 + length
