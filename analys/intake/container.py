"""Zip containers of workbooks (xlsx, ods), found harmless before anything reads them.

Everything is unpacked once in a stream, keeping nothing. Refused are archives that swell, nest or declare entities, and
those whose few bytes become many cells, or many copies of one long text, once they are read.
"""

from __future__ import annotations

import copy
import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, Final
from xml.parsers import expat

from analys.intake.files import MIB, Limits, unusable

MAX_MEMBERS: Final = 10_000
MAX_COLUMNS: Final = 16_384
#: Whatever begins like a cell or a row, with its place where it is written as nearly every program does: quick to find.
_PLAIN_CELL: Final = re.compile(rb'<c(?: r="([A-Z]{1,4}\d{1,12})")?')
_PLAIN_ROW: Final = re.compile(rb'<row(?: r="(\d{1,12})")?')
_ANY_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACED_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s[^>]{0,200}?\br\s*=\s*["']\s*([A-Za-z]+\d+)\s*["']""")
_PLACED_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s[^>]{0,300}?\br\s*=\s*["']\s*(\d+)\s*["']""")
_DIGITS: Final = b"0123456789"
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: A text that cells share, and the cells that have one, as nearly every program writes them and otherwise.
_SHARED_TEXT: Final = re.compile(rb"<(?:\w+:)?si[\s/>]")
_PLAIN_TEXT_CELL: Final = re.compile(rb'\st="s"[^<>]*><v>(\d{1,9})<')
_TEXT_CELL: Final = re.compile(rb"""\st\s*=\s*["']s["']""")
#: Where an OpenDocument spreadsheet has its cells.
_CONTENT: Final = "content.xml"
_TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


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
            left, cells, longest = limits.expanded, 0, 0
            for member in members:
                size, extent = _check_member(path, archive, member, left, limits)
                left, cells, longest = left - size, cells + extent.count, max(longest, extent.longest_text)
            if cells * longest > limits.expanded:
                _check_shared_texts(path, archive, limits)
            if _CONTENT in archive.namelist():
                _check_repeats(path, archive, limits)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise unusable(path, "a whole workbook", f"a damaged one: {error}", "get the file again") from error


def too_wide(path: Path, place: str, cells: int, limits: Limits) -> Exception:
    """The error for cells that take more memory than their text."""
    return unusable(
        path,
        f"a sheet of at most {limits.cells} cells",
        f"cells spread over {cells}",
        "delete the stray cells far from the table and save",
        place,
    )


def too_much_text(path: Path, place: str, limits: Limits) -> Exception:
    """The error for long texts that stand in many cells."""
    return unusable(
        path,
        f"texts of at most {limits.expanded // MIB} MiB in all cells together",
        "more: a long text repeated in many cells",
        "delete the columns of long texts and save",
        place,
    )


def _check_member(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, limits: Limits
) -> tuple[int, _Extent]:
    """How many bytes the member really holds, and what its cells come to."""
    place = member.filename[:100]
    if member.flag_bits & 1:
        raise unusable(path, "a workbook without password", "an encrypted part", "remove the password", place)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise unusable(path, "parts packed as Excel packs them", "another method", "save it anew in Excel", place)
    with archive.open(_unbounded(member)) as content:
        size, extent = _measure(path, place, content, left, limits)
    if size != member.file_size:
        raise unusable(path, f"{member.file_size} bytes as declared", f"{size} bytes or more", "get it again", place)
    if extent.cells > limits.cells:
        raise too_wide(path, place, extent.cells, limits)
    return size, extent


def _unbounded(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The member, to be read to its real end."""
    unbounded = copy.copy(member)
    unbounded.file_size = 1 << 62
    return unbounded


def _measure(path: Path, place: str, content: IO[bytes], left: int, limits: Limits) -> tuple[int, _Extent]:
    """The member's size and what its cells come to, should it be a sheet: any part may be."""
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
        if b"!" in window and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
            raise unusable(path, "plain workbook parts", "a document type or entity", "save it anew in Excel", place)
        if b"\0" in block:
            raise unusable(path, "workbook parts in UTF-8", "another encoding", "save it anew in Excel", place)
        end = window.rfind(b">") + 1 if len(window) < 3 * MIB else len(window)
        extent.add(window[:end])
        tail = window[end:]
    return size, extent


class _Extent:
    """How far a sheet's cells spread and how many they are, or how long the longest text is that cells share; from the
    tags, in pieces that end with a whole tag."""

    def __init__(self) -> None:
        self.rows = self.columns = self.unplaced = self.count = 0
        self.longest_text = self._length = 0

    def add(self, tags: bytes) -> None:
        cells, rows = _PLAIN_CELL.findall(tags), _PLAIN_ROW.findall(tags)
        count = len(cells)
        # One rare byte first: searching is what costs.
        if b"" in cells or b"" in rows or (b":" in tags and (b":c" in tags or b":row" in tags)):
            cells, rows, count = _PLACED_CELL.findall(tags), _PLACED_ROW.findall(tags), len(_ANY_CELL.findall(tags))
        places = b" ".join(cells).upper()
        numbers = {*places.translate(None, _LETTERS).split(), *rows}
        self.rows = max(self.rows, max(map(int, numbers), default=0))
        self.columns = max(self.columns, max(map(_column, set(places.translate(None, _DIGITS).split())), default=0))
        self.unplaced += count - len(cells)
        self.count += count
        if self._length or b"si" in tags:
            self._add_texts(tags)

    def _add_texts(self, tags: bytes) -> None:
        """A text, with its markup, reaches from one ``<si>`` to the next."""
        starts = [match.start() for match in _SHARED_TEXT.finditer(tags)]
        if not starts and not self._length:
            return
        between = [end - start for start, end in pairwise([*starts, len(tags)])]
        before = self._length + (starts[0] if starts else len(tags)) if self._length else 0
        self._length = between[-1] if between else before
        self.longest_text = max(self.longest_text, before, *between)

    @property
    def cells(self) -> int:
        """The area of the rectangle that the cells span."""
        # Cells may leave out their place and then follow each other: at worst all of them in one row.
        return self.rows * max(self.columns, min(self.unplaced, MAX_COLUMNS))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_shared_texts(path: Path, archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse texts that cells share whose copies come to more than the limit: each cell gets one of its own."""
    lengths = array("Q")
    for content in _windows(archive):
        if b"si" in content:
            starts = (match.start() for match in _SHARED_TEXT.finditer(content))
            lengths.extend(end - start for start, end in pairwise([*starts, len(content)]))
    longest, volume = max(lengths, default=0), 0
    for content in _windows(archive):
        plain = [int(index) for index in _PLAIN_TEXT_CELL.findall(content)]
        # A look at all of them only where there may be others: it takes as long again.
        may_be = content.count(b'"s"') + content.count(b"'s'")
        others = len(_TEXT_CELL.findall(content)) - len(plain) if may_be > len(plain) else 0
        volume += others * longest + sum(lengths[index] for index in plain if index < len(lengths))
        if volume > limits.expanded:
            raise too_much_text(path, "", limits)


def _windows(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """All parts in pieces that end with a whole text or row where one ends within reach."""
    for member in archive.infolist():
        tail = b""
        with archive.open(_unbounded(member)) as content:
            while block := content.read(MIB):
                window = tail + block
                end = max(window.rfind(b"</si>"), window.rfind(b"</row>")) if len(window) < 64 * MIB else len(window)
                end = end if end > 0 else 0
                yield window[:end]
                tail = window[end:]
        yield tail


def _check_repeats(path: Path, archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse an OpenDocument spreadsheet whose cells and rows say "and so on" too often."""
    repeats = _Repeats(path, limits)
    with archive.open(_CONTENT) as content:
        try:
            repeats.parser.ParseFile(content)
        except (expat.ExpatError, LookupError) as error:
            raise ValueError(f"{_CONTENT}: {error}") from error


class _Repeats:
    """Counts the cells and the text that a table comes to once every repetition is written out, empty ends left out."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.cells = self.text = 0
        self._width = self._row_text = self._empty = self._cell_text = 0
        self._columns, self._rows = 1, 1
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE} table-row":
            self._rows = _times(attributes, "rows")
            self._width = self._row_text = self._empty = 0
        elif name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            self._columns, self._cell_text = _times(attributes, "columns"), 0
            # A number's value stands in an attribute.
            self._cell_text += sum(map(len, attributes.values())) if _has_value(attributes) else 0
        elif name == f"{_TEXT} s":
            self._cell_text += max(1, int(attributes.get(f"{_TEXT} c", "1")))  # so many spaces

    def _characters(self, written: str) -> None:
        self._cell_text += len(written)

    def _end(self, name: str) -> None:
        if name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            if not self._cell_text:
                self._empty += self._columns
                return
            self._width += self._empty + self._columns
            self._row_text += self._columns * self._cell_text
            self._empty = 0
        elif name == f"{_TABLE} table-row":
            self.cells += self._rows * max(self._width, 1) if self._width else 0
            self.text += self._rows * self._row_text
            if self.cells > self.limits.cells:
                raise too_wide(self.path, _CONTENT, self.cells, self.limits)
            if self.text > self.limits.expanded:
                raise too_much_text(self.path, _CONTENT, self.limits)


def _times(attributes: dict[str, str], of: str) -> int:
    """How often a cell or a row stands there."""
    return max(1, int(attributes.get(f"{_TABLE} number-{of}-repeated", "1")))


def _has_value(attributes: dict[str, str]) -> bool:
    return any(name.endswith((" value", "-value")) for name in attributes)
