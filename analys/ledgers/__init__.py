"""Ledgers of any size: read in a stream, filtered before the costly parsing, summed by municipality and year.

Memory stays bounded: the file goes through in blocks, polars works on one block while the next is read. The cells are
parsed by expressions (:mod:`analys.ledgers.expressions`); what they do not know goes through the reader for small
ledgers, row by row, so that both give the same answers. Rows in = rows out + rows reported here too.
"""

from __future__ import annotations

import io
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
#: heading row, whether the line has all cells, whether the expressions know all of its forms.
_ROW, _EXTRA, _WHOLE, _PLAIN, _YEAR, _ORE = "_row", "_extra", "_whole", "_plain", "_year", "_ore"

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
        self.delimiter, self.heading_row, self.match = self._heading(layout)
        self.width = len(self.match.headings)
        self.reader = RowReader(self.match, path, "")
        self.codes: dict[tuple[str | None, ...], str | None] = {}
        self.suppliers = "|".join(number.replace("-", "") for number in suppliers)
        self.payer = [f"c{i}" for target in tables.PAYER for i in self.reader.columns.get(target, ())]
        used = [Target.BELOPP, Target.DATUM, Target.VALUTA, *([Target.LEVERANTOR_ID] if suppliers else [])]
        others = [f"c{i}" for target in used for i in self.reader.columns.get(target, ())]
        self.needed = list(dict.fromkeys([*self.payer, *others, f"c{self.width - 1}", _EXTRA, _ROW]))

    def _heading(self, layout: Path | str | None) -> tuple[str, int, Match]:
        maps = [layouts.named(layout)] if layout else layouts.bundled()
        first = next(blocks(self.path, self.encoding, 1 << 20))
        lines = list(io.StringIO(first.content.decode(errors="replace")))[: tables.HEADING_ROWS * 2]
        delimiter, heading = tables.choose_delimiter(lines, maps)
        if heading is None:
            raise unusable(self.path, "a heading row of a ledger", "none among the first 30 rows", "add a heading row")
        if not heading.match.fits:
            raise InputError(layouts.faults(heading.match, str(self.path), f"line {heading.row}"))
        return delimiter, heading.row, heading.match

    def read(self, progress: Progress) -> None:
        for block in blocks(self.path, self.encoding):
            try:
                self._read_block(block)
            except pl.exceptions.ComputeError:  # not UTF-8 throughout
                self._read_block(checked(block))
            progress(block.read)

    def _read_block(self, block: Block) -> None:
        table = self._table(block)
        for number, line in block.odd:
            if number > self.heading_row and line.strip():
                reason = f"expected text in {self.encoding.name} as in the rest, found another encoding"
                self.answer.report(self.path, number, reason)
        if table is None:
            lines = list(io.StringIO(block.content.decode(), newline="\n"))
            rows = tables.records(lines, self.delimiter, self.width)
            self._read_rows(replace(row, number=row.number + block.first_line - 1) for row in rows)
            return
        judged = self._judge(table)
        plain = judged.filter(pl.col(_PLAIN))
        left = set(judged.filter(~pl.col(_PLAIN))[_ROW]) | self._add_plain(plain)
        if left:
            lines_of = block.content.split(b"\n")
            self._read_rows(
                tables.parse_record(lines_of[at].decode(), block.first_line + at, self.delimiter) for at in sorted(left)
            )

    def _table(self, block: Block) -> pl.DataFrame | None:
        """The block's lines as a table of text, one row a line; ``None`` when its records are not its lines."""
        quoted = b'"' in block.content
        try:
            table = (
                pl.scan_csv(
                    io.BytesIO(block.content),
                    separator=self.delimiter,
                    has_header=False,
                    schema=dict.fromkeys([*(f"c{i}" for i in range(self.width)), _EXTRA], pl.String()),
                    quote_char='"' if quoted else None,
                    truncate_ragged_lines=True,
                    missing_columns="insert",
                    empty_string_is_null=False,
                    row_index_name=_ROW,
                )
                .select(self.needed)
                .collect()
            )
        except pl.exceptions.ComputeError:
            if quoted:
                return None
            raise
        lines = block.content.count(b"\n") + (not block.content.endswith(b"\n"))
        if quoted and len(table) != lines:
            return None
        if block.first_line <= self.heading_row:
            table = table.filter(pl.col(_ROW) + block.first_line > self.heading_row)
        if self.suppliers:
            table = self._of_suppliers(table)
        return self._with_whole_lines(table, block.content, quoted=quoted)

    def _of_suppliers(self, table: pl.DataFrame) -> pl.DataFrame:
        """Only the rows with one of the suppliers' numbers, before anything is parsed."""
        numbers = [f"c{i}" for i in self.reader.columns.get(Target.LEVERANTOR_ID, ())]
        compact = [nw.col(name).str.replace_all("[- ]", "").str.contains(self.suppliers) for name in numbers]
        return nw.from_native(table).filter(nw.any_horizontal(*compact, ignore_nulls=True)).to_native()

    def _with_whole_lines(self, table: pl.DataFrame, content: bytes, *, quoted: bool) -> pl.DataFrame:
        """Marks the lines that have all their cells: one cut short ends in empty cells here."""
        short = table.filter(pl.col(f"c{self.width - 1}").fill_null("") == "")[_ROW].to_list()
        if short and not quoted:
            lines, delimiter = content.split(b"\n"), self.delimiter.encode()
            short = [at for at in short if lines[at].count(delimiter) < self.width - 1]
        whole = ~pl.col(_ROW).is_in(short) if short else pl.lit(True)
        return table.with_columns(whole.alias(_WHOLE))

    def _judge(self, table: pl.DataFrame) -> pl.DataFrame:
        """The table with the amount in öre, the year, and whether the expressions know all of a row's forms."""
        (belopp,) = self.reader.columns[Target.BELOPP]
        amount = nw.col(f"c{belopp}")
        plain = nw.col(_WHOLE) & (nw.col(_EXTRA).fill_null("") == "") & expressions.plain_amount(amount)
        year: Any = nw.lit(self.reader.period[:4])
        if days := self.reader.columns.get(Target.DATUM):
            day = nw.col(f"c{days[0]}")
            plain, year = plain & expressions.plain_day(day), expressions.year(day)
        else:
            plain = plain & nw.lit(False)  # without dates every row is looked at: it may be a total
        for currency in self.reader.columns.get(Target.VALUTA, ()):
            plain = plain & nw.col(f"c{currency}").is_in(["", "SEK"])
        columns = {_PLAIN: plain.fill_null(False), _YEAR: year, _ORE: expressions.ore(amount)}
        judged = nw.from_native(table.lazy()).with_columns(**columns).select(*self.payer, _ROW, *columns)
        return judged.to_native().collect()

    def _add_plain(self, plain: pl.DataFrame) -> set[int]:
        """Sum the plain rows; the lines of those whose payer cannot be read come back."""
        refused: set[int] = set()
        groups = nw.from_native(plain).group_by(*self.payer, _YEAR).agg(nw.col(_ORE).sum(), nw.len().alias("antal"))
        for *payer, year, ore, postings in groups.to_native().iter_rows():
            code = self._code(tuple(payer))
            if code is None:
                same = [pl.col(name).eq_missing(cell) for name, cell in zip(self.payer, payer, strict=True)]
                refused.update(plain.filter(*same)[_ROW])
            else:
                self.answer.add(code, year, ore, postings)
        return refused

    def _code(self, payer: tuple[str | None, ...]) -> str | None:
        """The paying municipality by the cells that say it; ``None`` when they say what cannot be."""
        if payer not in self.codes:
            cells = [""] * self.width
            for name, cell in zip(self.payer, payer, strict=True):
                cells[int(name[1:])] = cell or ""
            reasons: list[str] = []
            code = self.reader.payer(Row(0, cells), reasons)
            self.codes[payer] = None if reasons else code
        return self.codes[payer]

    def _read_rows(self, rows: Iterable[Row]) -> None:
        """The rows that need a closer look, one by one."""
        for row in rows:
            if row.is_blank or row.number <= self.heading_row:
                continue
            taken, reasons = self.reader.read(row)
            if reasons:
                self.answer.report(self.path, row.number, "; ".join(reasons))
            else:
                self.answer.add(taken["kommunkod"], taken["datum"][:4], int(taken["belopp_kr"] * 100))
