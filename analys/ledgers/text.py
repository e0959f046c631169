"""A text ledger of any size under its heading row: its blocks as tables, its lines as rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol, TypeVar

import narwhals as nw
import numpy as np
import polars as pl

from analys.documents.files import Kind, detect, unusable
from analys.documents.letters import damaged_by, repaired
from analys.documents.separated import Row, records
from analys.intake.invoices import layouts, tables
from analys.intake.invoices.layouts import Layout, Match, Target
from analys.intake.invoices.tables import RowReader
from analys.ledgers.lines import count, counts, is_utf8
from analys.ledgers.stream import Block, Letters, Shape, block_at, blocks, checked, encoding_of, first_lines
from analys.masking import file_name

#: A larger file is no ledger of one country; the limit only guards against mistakes.
LARGEST: Final = 1 << 40

#: Columns that a block's table has besides the ledger's own ``c0``, ``c1`` ...: the line in the block, and cells beyond
#: those of the heading row.
ROW: Final = "_row"
EXTRA: Final = "_extra"

#: Lines at the beginning of a file that tell what its columns usually hold.
_SAMPLE: Final = 1000

Progress = Callable[[int], None]

_Answer = TypeVar("_Answer")


class TextLedger:
    """One text file. ``reader`` reads its rows one by one, ``columns`` names a target's columns in the tables."""

    def __init__(self, path: Path, layout: Path | str | None, member: str = "") -> None:
        found = detect(path, LARGEST)
        if found.kind is not Kind.TEXT:
            raise unusable(path, "en reskontra som text med skilda kolumner", str(found.kind), "exportera den som csv")
        self.path = path
        encoding = encoding_of(path)
        lines = first_lines(path, encoding)[:_SAMPLE]
        delimiter, heading_row, self.match = _heading(path, layouts.tried(layout, member), _mended(lines))
        self.reader = RowReader(self.match, path, "")
        self.width = len(self.match.headings)
        #: Records of the first part of the file: what its columns usually hold.
        self.sample = [
            row
            for row in records(lines, delimiter)
            if len(row.cells) >= self.width and not any(row.cells[self.width :])
        ]
        extra = min(self.width, max([1, *(len(row.cells) - self.width for row in self.sample)]))
        names = (*(f"c{i}" for i in range(self.width)), *(f"{EXTRA}{i}" for i in range(extra)))
        last_may_be_empty = any(row.cells[self.width - 1] == "" for row in self.sample)
        self.shape = Shape(encoding, delimiter, names, heading_row, self.width, last_may_be_empty)

    def columns(self, *targets: Target) -> list[str]:
        """The names of the targets' columns."""
        return [f"c{i}" for target in targets for i in self.reader.columns.get(target, ())]

    def parts(self, letters: Letters = Letters.DECODED, *, one_by_one: bool = False) -> Iterator[TextPart]:
        """The file block by block; with ``one_by_one`` each has to be done with when the next is asked for."""
        found = blocks(self.path, self.shape, letters, one_by_one=one_by_one)
        return (TextPart(self.path, self.shape, block) for block in found)


class Part(Protocol):
    """A part of a ledger that fits in memory: its rows as a table of text cells, and one by one."""

    @property
    def read(self) -> int:
        """The bytes of the file that reading it took."""

    def table(self) -> pl.LazyFrame:
        """The rows as text cells ``c0``, ``c1`` ...; :data:`ROW` names a row for :meth:`rows`."""

    def of(self, numbers: Sequence[str]) -> Part:
        """The part, perhaps without rows that surely are of other suppliers than those of ``numbers``."""

    def whole(self, *, surely: bool = True) -> nw.Expr:
        """Whether a row of the table has as many cells as the heading row, or more and they are empty.

        Not ``surely`` is quicker: a line that is too long may be missed where another is as much too short.
        """

    def has_long_lines(self) -> bool:
        """Whether there is a line with more cells than the table has columns."""

    def mended(self) -> Part:
        """The part without the lines that made polars refuse it (``ComputeError``), or itself when there are none."""

    def rows(self, at: Sequence[int]) -> Iterator[Row]:
        """The table's rows that :data:`ROW` names, as the reader for small ledgers reads them."""


@dataclass(frozen=True)
class TextPart:
    """A block of lines; :data:`ROW` is the line in it."""

    path: Path
    shape: Shape
    block: Block

    @property
    def read(self) -> int:
        return self.block.span.size

    def table(self) -> pl.LazyFrame:
        shape = self.shape
        # Under a heading of our own: without, polars counts the columns on the first line, which may be cut or a title.
        table = pl.scan_csv(
            self.block.text.content,
            separator=shape.delimiter,
            schema=dict.fromkeys(shape.heading, pl.String()),
            quote_char='"' if self.block.text.may_hold(b'"') else None,
            truncate_ragged_lines=True,
            empty_string_is_null=False,
            row_index_name=ROW,
            row_index_offset=1,
            encoding="utf8" if self.block.encoding in ("utf-8", "ascii") else "utf8-lossy",
        )
        if self.block.span.before < self.shape.heading_row:
            return table.filter(pl.col(ROW) + self.block.span.before > self.shape.heading_row)
        return table

    def whole(self, *, surely: bool = True) -> nw.Expr:
        width = self.shape.width
        whole = nw.all_horizontal(*(nw.col(name) == "" for name in self.shape.heading[width:]), ignore_nulls=False)
        if not self.shape.last_may_be_empty:
            whole = whole & (nw.col(f"c{width - 1}") != "")  # a line cut short ends in empty cells
            if not surely and self.block.span.before >= self.shape.heading_row - 1 and self._adds_up():
                return whole
        short = self._delimiters < width - 1
        return whole & ~nw.col(ROW).is_in(np.flatnonzero(short | self._is_long).tolist())

    def _adds_up(self) -> bool:
        """Whether there are as many delimiters as in whole lines: where one has more, another has less."""
        own = len(self.shape.heading) - 1
        below = count(self.block.text.content, ord(self.shape.delimiter)) - own
        return below == (self.block.text.line_ends - 1) * (self.shape.width - 1)

    def of(self, numbers: Sequence[str]) -> TextPart:
        return self

    def has_long_lines(self) -> bool:
        return bool(self._is_long.any())

    @cached_property
    def _delimiters(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """How many stand on each line."""
        return counts(self.block.text.content, ord(self.shape.delimiter), outside_quotes=True)

    @property
    def _is_long(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return self._delimiters >= len(self.shape.heading)

    def mended(self) -> TextPart:
        block = checked(self.block)
        return self if block.text == self.block.text else replace(self, block=block)

    def rows(self, at: Sequence[int]) -> Iterator[Row]:
        block = self.block
        if block.encoding == "ascii" and at:
            block = block_at(self.path, self.shape, block.span)
        lines = zip(at, block.text.lines(at), strict=True)
        return (row for index, line in lines if (row := self._row(block, index, line)))

    def _row(self, block: Block, at: int, line: bytes) -> Row | None:
        """The row on a line of a block; ``None`` where nothing stands."""
        number = block.span.before + at
        line, fault = block.aside.get(at, (line, ""))
        encoding = block.encoding
        if encoding == "utf-8" and not is_utf8(line):
            encoding, fault = "latin-1", fault or self.shape.other_encoding
        text = line.decode(encoding, errors="replace")
        if fault:
            return Row(number, (text,), fault)
        if not line.strip(f"{self.shape.delimiter} ".encode()):
            return None
        return replace(next(records([text], self.shape.delimiter, self.shape.width)), number=number)


def answered(part: Part, ask: Callable[[Part], _Answer]) -> tuple[Part, _Answer]:
    """What a part answers, and that part; where polars refuses it, the part without what it refuses."""
    try:
        return part, ask(part)
    except pl.exceptions.ComputeError:
        mended = part.mended()
        if mended is part:
            raise
        return answered(mended, ask)


def _mended(lines: Sequence[str]) -> list[str]:
    return list(io.StringIO(repaired("".join(lines))[0]))


def damage(path: Path) -> str:
    """What to tell of a ledger as text whose letters are damaged: a stream mends none; "" of any other file."""
    if detect(path, LARGEST).kind is not Kind.TEXT:
        return ""
    damaged = damaged_by("".join(first_lines(path, encoding_of(path))))
    mend = "begär filen på nytt, eller lita bara på organisationsnumren"
    return (
        f"{file_name(path)}: å, ä och ö är skadade ({damaged}) och lagas inte i en stor reskontra; {mend}"
        if damaged
        else ""
    )


def _heading(path: Path, maps: Sequence[Layout], lines: list[str]) -> tuple[str, int, Match]:
    """The delimiter, the heading row and what its columns hold."""
    delimiter, heading = tables.choose_delimiter(lines, maps)
    if heading is None:
        raise unusable(path, "en reskontras rubrikrad", "ingen bland de första 30 raderna", "lägg till en rubrikrad")
    if not heading.match.fits:
        raise layouts.UnmappedError(layouts.faults(heading.match, str(path), f"rad {heading.row}"), heading.match)
    tables.check_titles(records(lines[: heading.row - 1], delimiter), str(path), "rad")
    return delimiter, heading.row, heading.match
