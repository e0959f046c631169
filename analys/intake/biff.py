"""Old Excel workbooks (xls), found harmless before anything reads them.

They are a stream of records in a container of their own (MS-XLS 2.1, MS-CFB). A record takes a few bytes, but two cells
far apart span millions, and a long text may stand in every cell; so the records' places and texts are counted first.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from analys.intake import compound
from analys.intake.container import too_much_text, too_wide
from analys.intake.files import Limits, unusable

#: Where a workbook has its records.
STREAMS: Final = ("Workbook", "Book")
_CONTINUE, _TEXTS, _TEXT_CELL = 0x003C, 0x00FC, 0x00FD
#: A sheet begins.
_BEGINS: Final = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_PASSWORD: Final = 0x002F
_FROM_1904: Final = 0x0022
#: Says how far a sheet reaches, which is only believed from its cells.
_DIMENSIONS: Final = 0x0200
#: The records of cells: their row and (first) column come first. Those of several cells end with the last column.
_CELLS: Final = frozenset(
    {0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x0406, 0x027E, 0x00D6,
     _TEXT_CELL}
)  # fmt: skip
_SEVERAL_CELLS: Final = frozenset({0x00BD, 0x00BE})


def harmless(path: Path, limits: Limits) -> tuple[bytes, bool]:
    """An old workbook in a sound container, without what would only reserve memory, and whether its day numbers count
    from 1904.

    Raises :class:`InputError` for one that is damaged, has a password or could exhaust memory.
    """
    try:
        name, *_ = compound.streams(path, *STREAMS)
        content, from_1904 = _checked(path, bytearray(compound.stream(path, name)), limits)
        return compound.container(name, content), from_1904
    except (ValueError, IndexError, struct.error) as error:
        raise unusable(path, "a whole workbook", f"a damaged one: {error}", "open and save it in Excel") from error


def _checked(path: Path, content: bytearray, limits: Limits) -> tuple[bytes, bool]:
    extent, from_1904, previous = _Extent(), False, 0
    texts: list[tuple[int, bytes]] = []
    for at, kind, record in _records(bytes(content)):
        if kind == _PASSWORD:
            raise unusable(path, "a workbook without password", "a password", "remove it in Excel and save")
        if kind == _CONTINUE and previous == _TEXTS:
            kind = _TEXTS
        if kind == _TEXTS:
            texts.append((at, record))
        elif kind == _DIMENSIONS:
            content[at : at + len(record)] = bytes(len(record))
        from_1904 |= kind == _FROM_1904 and record[:2] == b"\1\0"
        extent.add(kind, record)
        if extent.cells > limits.cells:
            raise too_wide(path, "", extent.cells, limits)
        previous = kind
    lengths = array("H", _lengths([record for _, record in texts]))
    if sum(lengths[index] for index in extent.texts if index < len(lengths)) > limits.expanded:
        raise too_much_text(path, "", limits)
    if texts:  # how many texts there are is stated before them, too
        struct.pack_into("<II", content, texts[0][0], len(extent.texts), len(lengths))
    return bytes(content), from_1904


def _records(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each record's content begins, its kind and its content."""
    at = 0
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield at + 4, kind, content[at + 4 : at + 4 + size]
        at += 4 + size


class _Extent:
    """The area of the rectangles that the cells of each sheet span, all sheets together, and which text each cell has
    of those that cells share."""

    def __init__(self) -> None:
        self.texts = array("I")
        self._before = self._rows = self._columns = 0

    def add(self, kind: int, record: bytes) -> None:
        if kind in _BEGINS:
            self._before, self._rows, self._columns = self.cells, 0, 0
        elif (kind in _CELLS or kind in _SEVERAL_CELLS) and len(record) >= 6:
            row, column = struct.unpack_from("<HH", record)
            if kind in _SEVERAL_CELLS:
                column = max(column, *struct.unpack_from("<H", record, len(record) - 2))
            self._rows, self._columns = max(self._rows, row + 1), max(self._columns, column + 1)
            if kind == _TEXT_CELL and len(record) >= 10:
                self.texts.append(*struct.unpack_from("<I", record, 6))

    @property
    def cells(self) -> int:
        return self._before + self._rows * self._columns


def _lengths(segments: Sequence[bytes]) -> Iterator[int]:
    """The characters of each shared text (MS-XLS 2.5.293). A text that does not fit goes on in the next segment, after
    a byte that says anew whether its characters take one byte or two."""
    number, at = 0, 8
    while number < len(segments):
        segment = segments[number]
        if at + 3 > len(segment):
            number, at = number + 1, 0
            continue
        left, flags = struct.unpack_from("<HB", segment, at)
        yield left
        at += 3
        after = 0
        if flags & 8:
            after, at = 4 * struct.unpack_from("<H", segment, at)[0], at + 2
        if flags & 4:
            after, at = after + struct.unpack_from("<I", segment, at)[0], at + 4
        while (fit := (len(segment) - at) // (1 + (flags & 1))) < left and number + 1 < len(segments):
            left, number, at = left - max(0, fit), number + 1, 1
            segment, flags = segments[number], segments[number][0]
        at += left * (1 + (flags & 1))
        while (after := after - (len(segment) - at)) > 0 and number + 1 < len(segments):
            number, at = number + 1, 0
            segment = segments[number]
        at = len(segment) + min(0, after)
