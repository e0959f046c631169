"""A text ledger of any size under its heading row: its blocks as tables, its lines as rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import narwhals as nw
import polars as pl

from analys.errors import InputError
from analys.intake.files import Kind, detect, unusable
from analys.intake.invoices import layouts, tables
from analys.intake.invoices.layouts import Match, Target
from analys.intake.invoices.tables import Row, RowReader
from analys.ledgers.stream import Block, blocks, checked, encoding_of

#: A larger file is no ledger of one country; the limit only guards against mistakes.
LARGEST: Final = 1 << 40

#: Columns that a block's table has besides the ledger's own ``c0``, ``c1`` ...: the line in the block, and cells beyond
#: those of the heading row.
ROW: Final = "_row"
EXTRA: Final = "_extra"

#: Lines at the beginning of a file that tell what its columns usually hold.
_SAMPLE: Final = 1000

Progress = Callable[[int], None]


class TextLedger:
    """One text file. ``reader`` reads its rows one by one, ``columns`` names a target's columns in the tables."""

    def __init__(self, path: Path, layout: Path | str | None) -> None:
        found = detect(path, LARGEST)
        if found.kind is not Kind.TEXT:
            raise unusable(path, "a ledger as text with separated columns", str(found.kind), "export it as csv")
        self.path = path
        self.encoding = encoding_of(path)
        first = b"".join(block.content for block in islice(blocks(path, self.encoding, 1 << 20), 2))
        lines = list(islice(io.StringIO(first.decode(errors="replace")), _SAMPLE))
        self.delimiter, self.heading_row, self.match = _heading(path, layout, lines)
        self.reader = RowReader(self.match, path, "")
        self.width = len(self.match.headings)
        #: Records of the first part of the file: what its columns usually hold.
        self.sample = [row for row in tables.records(lines, self.delimiter) if len(row.cells) == self.width]
        self.last_may_be_empty = any(row.cells[-1] == "" for row in self.sample)

    @property
    def other_encoding(self) -> str:
        """Why a line is reported that is in another encoding than the rest."""
        return f"expected text in {self.encoding.name} as in the rest, found another encoding"

    def columns(self, *targets: Target) -> list[str]:
        """The names of the targets' columns."""
        return [f"c{i}" for target in targets for i in self.reader.columns.get(target, ())]

    def parts(self) -> Iterator[TextPart]:
        """The file block by block."""
        return (TextPart(self, block) for block in blocks(self.path, self.encoding))


class Part(Protocol):
    """A part of a ledger that fits in memory: its rows as a table of text cells, and one by one."""

    @property
    def read(self) -> int:
        """The bytes of the file that reading it took."""

    def table(self) -> pl.LazyFrame:
        """The rows as text cells ``c0``, ``c1`` ...; :data:`ROW` names a row for :meth:`rows`."""

    def whole(self) -> nw.Expr:
        """Whether a row of the table has as many cells as the heading row."""

    def collect(self, query: pl.LazyFrame) -> pl.DataFrame | None:
        """The answer to a query on the table; ``None`` when only :meth:`all_rows` can give the rows."""

    def mended(self) -> Part:
        """The part without the lines that make polars refuse it."""

    def rows(self, at: Sequence[int]) -> Iterator[Row]:
        """The table's rows that :data:`ROW` names."""

    def loose_rows(self) -> Iterator[Row]:
        """Rows that are not in the table."""

    def all_rows(self) -> Iterator[Row]:
        """Every row, as the reader for small ledgers reads it."""


@dataclass(frozen=True)
class TextPart:
    """A block of lines. Its records are its lines, unless quotation marks say otherwise."""

    ledger: TextLedger
    block: Block

    @property
    def read(self) -> int:
        return self.block.read

    def table(self) -> pl.LazyFrame:
        names = [*(f"c{i}" for i in range(self.ledger.width)), EXTRA]
        # A heading of our own: without one, polars counts the columns on the first line, which may be cut or a title.
        table = pl.scan_csv(
            io.BytesIO(self.ledger.delimiter.join(names).encode() + b"\n" + self.block.content),
            separator=self.ledger.delimiter,
            schema=dict.fromkeys(names, pl.String()),
            quote_char='"' if b'"' in self.block.content else None,
            truncate_ragged_lines=True,
            empty_string_is_null=False,
            row_index_name=ROW,
        )
        if self.block.first_line <= self.ledger.heading_row:
            table = table.filter(pl.col(ROW) + self.block.first_line > self.ledger.heading_row)
        return table

    def whole(self) -> nw.Expr:
        exact = nw.col(EXTRA).fill_null("") == ""
        if self.ledger.last_may_be_empty:
            return exact & ~nw.col(ROW).is_in(self._short_lines())
        return exact & (nw.col(f"c{self.ledger.width - 1}") != "")  # a line cut short ends in empty cells

    def _short_lines(self) -> list[int]:
        """The lines with fewer cells than the heading row."""
        delimiter, width = self.ledger.delimiter, self.ledger.width

        def cells(line: bytes) -> int:
            if b'"' in line:
                return len(next(csv.reader([line.decode(errors="replace")], delimiter=delimiter), ()))
            return line.count(delimiter.encode()) + 1

        return [at for at, line in enumerate(self.block.content.split(b"\n")) if cells(line) < width]

    def collect(self, query: pl.LazyFrame) -> pl.DataFrame | None:
        """Raises ``polars.exceptions.ComputeError`` for a block that is not UTF-8 throughout."""
        content = self.block.content
        if b'"' not in content:
            return query.collect()
        if any(line.count(b'"') % 2 for line in content.split(b"\n")):  # a cell over lines, or a mark never closed
            return None
        try:
            return query.collect()
        except pl.exceptions.ComputeError:
            return None

    def mended(self) -> TextPart:
        return TextPart(self.ledger, checked(self.block))

    def rows(self, at: Sequence[int]) -> Iterator[Row]:
        lines = self.block.content.split(b"\n")
        for index in at:
            number = self.block.first_line + index
            try:
                row = next(tables.records([lines[index].decode()], self.ledger.delimiter, self.ledger.width))
                yield replace(row, number=number)
            except UnicodeDecodeError:
                yield Row(number, (lines[index].decode("latin-1"),), self.ledger.other_encoding)

    def loose_rows(self) -> Iterator[Row]:
        """The lines that were taken out of the block because they are in another encoding."""
        for number, line in self.block.odd:
            if number > self.ledger.heading_row and line.strip():
                yield Row(number, (line,), self.ledger.other_encoding)

    def all_rows(self) -> Iterator[Row]:
        mended = self.mended()
        yield from self.loose_rows()
        yield from mended.loose_rows()
        lines = list(io.StringIO(mended.block.content.decode(), newline="\n"))
        for row in tables.records(lines, self.ledger.delimiter, self.ledger.width):
            number = row.number + self.block.first_line - 1
            if number > self.ledger.heading_row:
                yield replace(row, number=number)


def _heading(path: Path, layout: Path | str | None, lines: list[str]) -> tuple[str, int, Match]:
    """The delimiter, the heading row and what its columns hold."""
    maps = [layouts.named(layout)] if layout else layouts.bundled()
    delimiter, heading = tables.choose_delimiter(lines, maps)
    if heading is None:
        raise unusable(path, "a heading row of a ledger", "none among the first 30 rows", "add a heading row")
    if not heading.match.fits:
        raise InputError(layouts.faults(heading.match, str(path), f"line {heading.row}"))
    return delimiter, heading.row, heading.match
