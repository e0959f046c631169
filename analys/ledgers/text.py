"""A text ledger of any size under its heading row: its blocks as tables, its lines as rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

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
        lines = list(io.StringIO(first.decode(errors="replace")))
        self.delimiter, self.heading_row, self.match = _heading(path, layout, lines)
        self.reader = RowReader(self.match, path, "")
        self.width = len(self.match.headings)
        #: Records of the first part of the file: what its columns usually hold.
        self.sample = [row for row in tables.records(lines, self.delimiter) if len(row.cells) == self.width]

    def columns(self, *targets: Target) -> list[str]:
        """The names of the targets' columns."""
        return [f"c{i}" for target in targets for i in self.reader.columns.get(target, ())]

    def blocks(self) -> Iterator[Block]:
        return blocks(self.path, self.encoding)

    def table(self, block: Block) -> pl.LazyFrame:
        """The block's lines below the heading row as text cells, one row a line."""
        names = [*(f"c{i}" for i in range(self.width)), EXTRA]
        # A heading of our own: without one, polars counts the columns on the first line, which may be cut or a title.
        table = pl.scan_csv(
            io.BytesIO(self.delimiter.join(names).encode() + b"\n" + block.content),
            separator=self.delimiter,
            schema=dict.fromkeys(names, pl.String()),
            quote_char='"' if b'"' in block.content else None,
            truncate_ragged_lines=True,
            empty_string_is_null=False,
            row_index_name=ROW,
        )
        if block.first_line <= self.heading_row:
            table = table.filter(pl.col(ROW) + block.first_line > self.heading_row)
        return table

    def collect(self, block: Block, query: pl.LazyFrame) -> pl.DataFrame | None:
        """The answer to a query on :meth:`table`; ``None`` when the block's records are not its lines.

        Without quotation marks they always are. With them a cell may run over lines, or a mark never be closed.
        Raises ``polars.exceptions.ComputeError`` for a block that is not UTF-8 throughout.
        """
        if b'"' not in block.content:
            return query.collect()
        if any(line.count(b'"') % 2 for line in block.content.split(b"\n")):
            return None
        try:
            return query.collect()
        except pl.exceptions.ComputeError:
            return None

    def short_lines(self, content: bytes) -> list[int]:
        """The lines of a block with fewer cells than the heading row."""
        delimiter = self.delimiter.encode()
        return [
            at
            for at, line in enumerate(content.split(b"\n"))
            if (len(next(csv.reader([line.decode(errors="replace")], delimiter=self.delimiter), ())) if b'"' in line
                else line.count(delimiter) + 1) < self.width
        ]  # fmt: skip

    def rows(self, block: Block, at: Sequence[int]) -> Iterator[Row]:
        """The rows on the lines ``at`` of a block whose records are its lines."""
        lines = block.content.split(b"\n")
        for index in at:
            number = block.first_line + index
            try:
                row = next(tables.records([lines[index].decode()], self.delimiter, self.width))
                yield replace(row, number=number)
            except UnicodeDecodeError:
                yield Row(number, (lines[index].decode("latin-1"),), self._other_encoding)

    def all_rows(self, block: Block) -> Iterator[Row]:
        """Every row of a block, as the reader for small ledgers reads it."""
        block = checked(block)
        yield from self.odd_rows(block)
        lines = list(io.StringIO(block.content.decode(), newline="\n"))
        for row in tables.records(lines, self.delimiter, self.width):
            number = row.number + block.first_line - 1
            if number > self.heading_row:
                yield replace(row, number=number)

    def odd_rows(self, block: Block) -> Iterator[Row]:
        """The lines that were taken out of a block because they are in another encoding."""
        for number, line in block.odd:
            if number > self.heading_row and line.strip():
                yield Row(number, (line,), self._other_encoding)

    @property
    def _other_encoding(self) -> str:
        return f"expected text in {self.encoding.name} as in the rest, found another encoding"


def _heading(path: Path, layout: Path | str | None, lines: list[str]) -> tuple[str, int, Match]:
    """The delimiter, the heading row and what its columns hold."""
    maps = [layouts.named(layout)] if layout else layouts.bundled()
    delimiter, heading = tables.choose_delimiter(lines, maps)
    if heading is None:
        raise unusable(path, "a heading row of a ledger", "none among the first 30 rows", "add a heading row")
    if not heading.match.fits:
        raise InputError(layouts.faults(heading.match, str(path), f"line {heading.row}"))
    return delimiter, heading.row, heading.match
