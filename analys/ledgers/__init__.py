"""Ledgers of any size: read in a stream, filtered before the costly parsing, summed by municipality and year.

Memory stays bounded: the file goes through in blocks, polars works on one block while the next is read. The cells are
parsed by expressions (:mod:`analys.ledgers.expressions`); what they do not know goes through the reader for small
ledgers, row by row, so that both give the same answers. Rows in = rows out + rows reported here too.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import pandas as pd
import polars as pl

from analys.errors import InputError
from analys.intake.files import Kind, detect, unusable
from analys.intake.invoices import layouts, tables
from analys.intake.invoices.layouts import Match, Target
from analys.intake.invoices.masking import mask
from analys.intake.invoices.tables import Row, RowReader
from analys.intake.result import Reported
from analys.ledgers import expressions
from analys.ledgers.stream import Block, blocks, checked, encoding_of

#: A larger file is no ledger of one country; the limit only guards against mistakes.
LARGEST: Final = 1 << 40
#: Of the rows reported, this many are kept with their reasons; all are counted.
KEPT: Final = 1000

#: Columns that a block's table has besides the ledger's own ``c0``, ``c1`` ...: line in the block, cells beyond the
#: heading row, whether the expressions know all forms of the row, its year and its amount.
_ROW, _EXTRA, _PLAIN, _YEAR, _KR = "_row", "_extra", "_plain", "_year", "_kr"

Progress = Callable[[int], None]


@dataclass
class Totals:
    """Sums by municipality code and year (``""`` where unknown), and what became of every row."""

    ore: Counter[tuple[str, str]] = field(default_factory=Counter)
    postings: Counter[tuple[str, str]] = field(default_factory=Counter)
    reported: list[Reported] = field(default_factory=list)
    rows_reported: int = 0

    @property
    def rows_out(self) -> int:
        return sum(self.postings.values())

    @property
    def rows_in(self) -> int:
        return self.rows_out + self.rows_reported

    def add(self, code: str, year: str, ore: int, postings: int = 1) -> None:
        self.ore[code, year] += ore
        self.postings[code, year] += postings

    def report(self, file: Path, row: int, reason: str) -> None:
        self.rows_reported += 1
        if len(self.reported) < KEPT:
            self.reported.append(Reported(str(file), "", row, mask(reason)))

    def frame(self) -> pd.DataFrame:
        """``kommunkod, ar, antal, belopp_kr``, sorted; ``belopp_kr`` is exact ``Decimal``."""
        rows = [
            (code, year, count, (Decimal(self.ore[code, year]) / 100).quantize(Decimal("0.01")))
            for (code, year), count in sorted(self.postings.items())
        ]
        return pd.DataFrame(rows, columns=["kommunkod", "ar", "antal", "belopp_kr"])


def totals(
    paths: Iterable[Path],
    *,
    layout: Path | str | None = None,
    suppliers: Sequence[str] = (),
    progress: Progress = lambda _: None,
) -> Totals:
    """Sum ledgers by municipality and year; with ``suppliers`` (organisation numbers) only their postings.

    The filter goes before the parsing: rows of other suppliers are neither parsed nor counted. ``progress`` is told of
    the bytes read. Raises :class:`InputError` as :func:`analys.intake.invoices.read` does.
    """
    answer = Totals()
    for path in paths:
        _Ledger(Path(path), layout, suppliers, answer).read(progress)
    return answer


class _Ledger:
    """One text file under its heading row."""

    def __init__(self, path: Path, layout: Path | str | None, suppliers: Sequence[str], answer: Totals) -> None:
        found = detect(path, LARGEST)
        if found.kind is not Kind.TEXT:
            raise unusable(path, "a ledger as text with separated columns", str(found.kind), "export it as csv")
        self.path, self.answer = path, answer
        self.encoding = encoding_of(path)
        first = next(blocks(path, self.encoding, 1 << 20))
        self.delimiter, self.heading_row, self.match = _heading(path, layout, first)
        self.reader = RowReader(self.match, path, "")
        self.width = len(self.match.headings)
        self.suppliers = "|".join(number.replace("-", "") for number in suppliers)
        self.codes: dict[tuple[str | None, ...], str | None] = {}
        sample = list(tables.records(list(io.StringIO(first.content.decode(errors="replace"))), self.delimiter))
        self.payer, self.own_only = self._payer_columns(sample)
        self.last_may_be_empty = any(row.cells[self.width - 1 :] == [""] for row in sample)

    def _payer_columns(self, sample: Sequence[Row]) -> tuple[list[str], bool]:
        """The columns that say who paid, and whether it is the municipality's own alone: the first rows all fill it."""
        own = self.reader.columns.get(Target.KOMMUN, [])
        if own and all("" not in [row.cells[i] for i in own] for row in sample if len(row.cells) == self.width):
            return [f"c{i}" for i in own], True
        return [f"c{i}" for target in tables.PAYER for i in self.reader.columns.get(target, ())], False

    def read(self, progress: Progress) -> None:
        for block in blocks(self.path, self.encoding):
            try:
                self._read_block(block)
            except pl.exceptions.ComputeError:  # not UTF-8 throughout
                self._read_block(checked(block))
            progress(block.read)

    def _read_block(self, block: Block) -> None:
        for number, line in block.odd:
            if number > self.heading_row and line.strip():
                reason = f"expected text in {self.encoding.name} as in the rest, found another encoding"
                self.answer.report(self.path, number, reason)
        judged = self._judged(block)
        sums = nw.from_native(judged).group_by(*self.payer, _YEAR, _PLAIN).agg(nw.col(_KR).sum(), nw.len())
        try:
            groups = sums.to_native().collect()
        except pl.exceptions.ComputeError:
            if b'"' not in block.content:
                raise
            groups = None
        if groups is None or not self._records_are_lines(block, groups):
            lines = list(io.StringIO(block.content.decode(), newline="\n"))
            rows = tables.records(lines, self.delimiter, self.width)
            self._read_rows(replace(row, number=row.number + block.first_line - 1) for row in rows)
            return
        left = self._add(groups)
        if left is not None:
            doubtful = judged.filter(left).select(_ROW).collect()[_ROW].sort()
            lines_of = block.content.split(b"\n")
            self._read_rows(
                tables.parse_record(lines_of[at].decode(), block.first_line + at, self.delimiter) for at in doubtful
            )

    def _judged(self, block: Block) -> pl.LazyFrame:
        """The block's lines, one row a line, with what the expressions make of them."""
        table = pl.scan_csv(
            io.BytesIO(block.content),
            separator=self.delimiter,
            has_header=False,
            schema=dict.fromkeys([*(f"c{i}" for i in range(self.width)), _EXTRA], pl.String()),
            quote_char='"' if b'"' in block.content else None,
            truncate_ragged_lines=True,
            missing_columns="insert",
            empty_string_is_null=False,
            row_index_name=_ROW,
        )
        if block.first_line <= self.heading_row:
            table = table.filter(pl.col(_ROW) + block.first_line > self.heading_row)
        if self.suppliers:
            numbers = [nw.col(f"c{i}") for i in self.reader.columns.get(Target.LEVERANTOR_ID, ())]
            theirs = [number.str.replace_all("[- ]", "").str.contains(self.suppliers) for number in numbers]
            table = nw.from_native(table).filter(nw.any_horizontal(*theirs, ignore_nulls=True)).to_native()
        return self._with_judgement(table, block)

    def _with_judgement(self, table: pl.LazyFrame, block: Block) -> pl.LazyFrame:
        """Adds the amount, the year, and whether the expressions know all forms of the row."""
        (belopp,) = self.reader.columns[Target.BELOPP]
        amount, last = nw.col(f"c{belopp}"), nw.col(f"c{self.width - 1}")
        plain = (nw.col(_EXTRA).fill_null("") == "") & expressions.plain_amount(amount)
        if self.last_may_be_empty:
            plain = plain & ~nw.col(_ROW).is_in(self._short_lines(block.content))
        else:
            plain = plain & (last != "")  # a line cut short ends in empty cells
        year: Any = nw.lit("")
        if days := self.reader.columns.get(Target.DATUM):
            plain = plain & expressions.plain_day(nw.col(f"c{days[0]}"))
            year = expressions.year(nw.col(f"c{days[0]}"))
        else:
            plain = plain & nw.lit(False)  # without dates every row is looked at: it may be a total
        for currency in self.reader.columns.get(Target.VALUTA, ()):
            plain = plain & nw.col(f"c{currency}").is_in(["", "SEK"])
        columns = {_PLAIN: plain.fill_null(False), _YEAR: year, _KR: expressions.kronor(amount)}
        return nw.from_native(table).with_columns(**columns).select(*self.payer, _ROW, *columns).to_native()

    def _short_lines(self, content: bytes) -> list[int]:
        """The lines with fewer cells than the heading row."""
        delimiter = self.delimiter.encode()
        return [
            at
            for at, line in enumerate(content.split(b"\n"))
            if (len(next(csv.reader([line.decode(errors="replace")], delimiter=self.delimiter), ())) if b'"' in line
                else line.count(delimiter) + 1) < self.width
        ]  # fmt: skip

    def _records_are_lines(self, block: Block, groups: pl.DataFrame) -> bool:
        """Without quotation marks always; with them, a cell may run over lines, or a mark never be closed."""
        if b'"' not in block.content:
            return True
        if self.suppliers:
            return not _has_open_quotation(block.content)
        lines = block.content.count(b"\n") + (not block.content.endswith(b"\n"))
        return int(groups["len"].sum()) == lines - max(0, self.heading_row - block.first_line + 1)

    def _add(self, groups: pl.DataFrame) -> pl.Expr | None:
        """Add the plain rows' sums. Comes back: which rows need a closer look, ``None`` for none."""
        left = []
        if not groups[_PLAIN].all():
            left.append(~pl.col(_PLAIN))
        for *payer, year, kronor, postings in groups.filter(pl.col(_PLAIN)).drop(_PLAIN).iter_rows():
            code = self._code(tuple(payer))
            if code is None:
                same = [pl.col(name).eq_missing(cell) for name, cell in zip(self.payer, payer, strict=True)]
                left.append(pl.all_horizontal(pl.col(_YEAR) == year, *same))
            else:
                self.answer.add(code, year, int(kronor * 100), postings)
        return pl.any_horizontal(*left) if left else None

    def _code(self, payer: tuple[str | None, ...]) -> str | None:
        """The paying municipality by the cells that say it; ``None`` when they say what cannot be."""
        if payer not in self.codes:
            cells = [""] * self.width
            for name, cell in zip(self.payer, payer, strict=True):
                cells[int(name[1:])] = cell or ""
            reasons: list[str] = []
            code = self.reader.payer(Row(0, cells), reasons)
            # Where its own column says nothing, columns that are not at hand here may.
            self.codes[payer] = None if reasons or (self.own_only and not any(payer)) else code
        return self.codes[payer]

    def _read_rows(self, rows: Iterable[Row]) -> None:
        """The rows that need a closer look, one by one."""
        wanted = re.compile(self.suppliers) if self.suppliers else None
        numbers = self.reader.columns.get(Target.LEVERANTOR_ID, ())
        for row in rows:
            if row.is_blank or row.number <= self.heading_row:
                continue
            written = "|".join(str(row.cells[i]) for i in numbers if i < len(row.cells))
            if wanted and not wanted.search(re.sub("[- ]", "", written)):
                continue
            taken, reasons = self.reader.read(row)
            if reasons:
                self.answer.report(self.path, row.number, "; ".join(reasons))
            else:
                self.answer.add(taken["kommunkod"], taken["datum"][:4], int(taken["belopp_kr"] * 100))


def _heading(path: Path, layout: Path | str | None, first: Block) -> tuple[str, int, Match]:
    """The delimiter, the heading row and what its columns hold."""
    maps = [layouts.named(layout)] if layout else layouts.bundled()
    lines = list(io.StringIO(first.content.decode(errors="replace")))[: tables.HEADING_ROWS * 2]
    delimiter, heading = tables.choose_delimiter(lines, maps)
    if heading is None:
        raise unusable(path, "a heading row of a ledger", "none among the first 30 rows", "add a heading row")
    if not heading.match.fits:
        raise InputError(layouts.faults(heading.match, str(path), f"line {heading.row}"))
    return delimiter, heading.row, heading.match


def _has_open_quotation(content: bytes) -> bool:
    """Whether a line holds an odd number of quotation marks, so that its record may go on below it."""
    return any(line.count(b'"') % 2 for line in content.split(b"\n"))
