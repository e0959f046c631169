"""Workbooks (xlsx) as rows of values, after the container has been found harmless.

python-calamine reads: it is many times faster than openpyxl and knows merged cells. It lays a sheet out densely and
trusts the container, so :func:`check_container` first unpacks everything once in a stream, keeping nothing, and
refuses archives that swell, nest, declare entities or spread their cells over an absurd area.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from python_calamine import CalamineError, CalamineSheet, PasswordError, SheetTypeEnum, load_workbook

from analys.intake.files import MIB, Limits, unusable

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
#: What the day numbers of a workbook count from: of most, and of those that began on an old Mac.
DAY_ZERO: Final = dt.date(1899, 12, 30)
DAY_ZERO_1904: Final = dt.date(1904, 1, 1)
MAX_MEMBERS: Final = 10_000
MAX_COLUMNS: Final = 16_384
#: Cells and rows as nearly every program writes them, quick to find.
_PLAIN_CELL: Final = re.compile(rb'<c r="([A-Z]{1,4}\d{1,12})"')
_PLAIN_ROW: Final = re.compile(rb'<row r="(\d{1,12})"')
_ANY_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACED_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s[^>]{0,200}?\br\s*=\s*["']([A-Z]{1,4}\d{1,12})["']""")
_PLACED_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s[^>]{0,300}?\br\s*=\s*["'](\d{1,12})["']""")
_DIGITS: Final = b"0123456789"
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
    check_container(path, limits)
    try:
        with load_workbook(str(path)) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ is SheetTypeEnum.WorkSheet:
                    yield _sheet(path, workbook.get_sheet_by_name(sheet.name), limits)
    except PasswordError as error:
        raise unusable(path, "a workbook without password", "a password", "remove it in Excel and save") from error
    except (CalamineError, OSError, ValueError) as error:
        raise unusable(path, "a whole workbook", f"a damaged one: {error}", "open and save it in Excel") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a panic of the Rust library arrives: not an Exception
            raise
        raise unusable(path, "a whole workbook", f"a damaged one: {error}", "open and save it in Excel") from error


def _sheet(path: Path, sheet: CalamineSheet, limits: Limits) -> Sheet:
    if sheet.total_height * sheet.total_width > limits.cells:
        raise _too_wide(path, sheet.name, sheet.total_height * sheet.total_width, limits)
    ranges = sheet.merged_cell_ranges or []
    merged = tuple((top, left, bottom, right) for (top, left), (bottom, right) in ranges)
    return Sheet(sheet.name, sheet.to_python(skip_empty_area=False), merged)


def check_container(path: Path, limits: Limits) -> None:
    """Refuse a zip container that could exhaust memory or smuggle something in.

    Every member is unpacked in a stream to the last byte that it really holds, whatever its header claims.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise unusable(path, f"at most {MAX_MEMBERS} parts in a workbook", str(len(members)), "save it anew")
            if len(members) > len({member.filename for member in members}):
                raise unusable(
                    path, "parts with names of their own", "two parts with one name", "save it anew in Excel"
                )
            left = limits.expanded
            for member in members:
                left -= _check_member(path, archive, member, left, limits)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise unusable(path, "a whole workbook", f"a damaged one: {error}", "get the file again") from error


def _check_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, limits: Limits) -> int:
    """How many bytes the member really holds."""
    place = member.filename[:100]
    if member.flag_bits & 1:
        raise unusable(path, "a workbook without password", "an encrypted part", "remove the password", place)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise unusable(path, "parts packed as Excel packs them", "another method", "save it anew in Excel", place)
    unbounded = copy.copy(member)
    unbounded.file_size = 1 << 62
    with archive.open(unbounded) as content:
        size, extent = _measure(path, place, content, left, limits)
    if size != member.file_size:
        raise unusable(path, f"{member.file_size} bytes as declared", f"{size} bytes or more", "get it again", place)
    if extent > limits.cells:
        raise _too_wide(path, place, extent, limits)
    return size


def _measure(path: Path, place: str, content: IO[bytes], left: int, limits: Limits) -> tuple[int, int]:
    """The member's size and the area of the rectangle that its cells span, should it be a sheet: any part may be."""
    size, extent, tail = 0, _Extent(), b""
    while block := content.read(MIB):
        if size == 0 and block.startswith(b"PK\x03\x04"):
            raise unusable(path, "a workbook", "an archive inside the archive", "unpack it first", place)
        size += len(block)
        if size > left:
            raise unusable(
                path,
                f"at most {limits.expanded // MIB} MiB when unpacked",
                "more (a zip bomb, or far more data than this table has)",
                "save the sheet that is needed as a workbook of its own",
                place,
            )
        if not place.endswith((".xml", ".rels")) and not block.lstrip().startswith(b"<") and not extent.rows:
            continue
        window = tail + block
        if b"<!" in window and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
            raise unusable(path, "plain workbook parts", "a document type or entity", "save it anew in Excel", place)
        if b"\0" in block:
            raise unusable(path, "workbook parts in UTF-8", "another encoding", "save it anew in Excel", place)
        end = window.rfind(b">") + 1 if len(window) < 3 * MIB else len(window)
        extent.add(window[:end])
        tail = window[end:]
    return size, extent.cells


class _Extent:
    """How far a sheet's cells spread, from its tags, in pieces that end with a whole tag."""

    def __init__(self) -> None:
        self.rows = self.columns = self.unplaced = 0

    def add(self, tags: bytes) -> None:
        cells, rows = _PLAIN_CELL.findall(tags), _PLAIN_ROW.findall(tags)
        count = len(cells)
        # Whatever else begins like a cell or a row is looked at closely. One needle each: searching is what costs.
        if (
            tags.count(b"<c") > count
            or tags.count(b"<row") > len(rows)
            or (b":" in tags and (b":c" in tags or b":row" in tags))
        ):
            cells, rows, count = _PLACED_CELL.findall(tags), _PLACED_ROW.findall(tags), len(_ANY_CELL.findall(tags))
        places = b" ".join(cells)
        numbers = {*places.translate(None, _LETTERS).split(), *rows}
        self.rows = max(self.rows, max(map(int, numbers), default=0))
        self.columns = max(self.columns, max(map(_column, set(places.translate(None, _DIGITS).split())), default=0))
        self.unplaced += count - len(cells)

    @property
    def cells(self) -> int:
        # Cells may leave out their place and then follow each other: at worst all of them in one row.
        return self.rows * max(self.columns, min(self.unplaced, MAX_COLUMNS))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_wide(path: Path, place: str, cells: int, limits: Limits) -> Exception:
    return unusable(
        path,
        f"a sheet of at most {limits.cells} cells",
        f"cells spread over {cells}",
        "delete the stray cells far from the table and save",
        place,
    )
