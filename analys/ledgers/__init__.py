"""Ledgers of any size: read in a stream, filtered before the costly parsing, summed by municipality and year.

Memory stays bounded: the file goes through in blocks, polars works on one block while the next is read. The cells are
parsed by expressions (:mod:`analys.ledgers.expressions`); what they do not know goes through the reader for small
ledgers, row by row, so that both give the same sums. Rows in = rows out + rows reported here too. Cells that a sum does
not need are not looked at: a supplier's name in another encoding than the rest of the file is no reason to report it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import pandas as pd
import polars as pl

from analys.intake.invoices import tables
from analys.intake.invoices.layouts import Target
from analys.intake.invoices.masking import mask
from analys.intake.invoices.tables import Row
from analys.intake.result import Reported
from analys.ledgers import expressions
from analys.ledgers.store import StoredLedger, stored
from analys.ledgers.text import ROW, Part, Progress, TextLedger

#: Of the rows reported, this many are kept with their reasons; all are counted.
KEPT: Final = 1000

#: So many parts' sums are held before they are brought together.
_PENDING: Final = 32

_PLAIN, _YEAR, _KR = "_plain", "_year", "_kr"


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
    store: Path | None = None,
    progress: Progress = lambda _: None,
) -> Totals:
    """Sum ledgers by municipality and year; with ``suppliers`` (organisation numbers) only their postings.

    The filter goes before the parsing: rows of other suppliers are neither parsed nor counted. With a folder ``store``
    each ledger is kept there as parquet (:mod:`analys.ledgers.store`), and read from there while it has not changed.
    ``progress`` is told of the bytes read. Raises :class:`InputError` as :func:`analys.intake.invoices.read` does.
    """
    answer = Totals()
    for path in paths:
        ledger = stored(Path(path), store, layout, progress) if store else TextLedger(Path(path), layout)
        _Summer(ledger, suppliers, answer).read(progress)
    return answer


class _Summer:
    """Sums one ledger into an answer."""

    def __init__(self, ledger: TextLedger | StoredLedger, suppliers: Sequence[str], answer: Totals) -> None:
        self.ledger = ledger
        self.reader, self.answer = self.ledger.reader, answer
        self.suppliers = "|".join(number.replace("-", "") for number in suppliers)
        self.payer, self.own_only = self._payer_columns()
        self.codes: dict[tuple[str | None, ...], str | None] = {}
        self.pending: list[pl.DataFrame] = []

    def _payer_columns(self) -> tuple[list[str], bool]:
        """The columns that say who paid, and whether it is the municipality's own alone: the first rows all fill it."""
        own = self.reader.columns.get(Target.KOMMUN, [])
        if own and all("" not in [row.cells[i] for i in own] for row in self.ledger.sample):
            return self.ledger.columns(Target.KOMMUN), True
        return self.ledger.columns(*tables.PAYER), False

    def read(self, progress: Progress) -> None:
        for part in self.ledger.parts():
            try:
                self._read_part(part)
            except pl.exceptions.ComputeError:  # not UTF-8 throughout
                self._read_part(part.mended())
            progress(part.read)
        self._settle()

    def _read_part(self, part: Part) -> None:
        judged = self._judged(part)
        sums = nw.from_native(judged).group_by(*self.payer, _YEAR, _PLAIN).agg(nw.col(_KR).sum(), nw.len())
        groups = part.collect(sums.to_native())
        if groups is None:
            self._read_rows(part.all_rows())
            return
        self._read_rows(part.loose_rows())
        left = self._add(groups)
        if left is not None:
            doubtful = judged.filter(left).select(ROW).collect()[ROW].sort()
            self._read_rows(part.rows(doubtful.to_list()))

    def _judged(self, part: Part) -> pl.LazyFrame:
        """The part's rows with the amount, the year, and whether the expressions know all of a row's forms."""
        table = nw.from_native(part.table())
        if self.suppliers:
            numbers = [nw.col(name) for name in self.ledger.columns(Target.LEVERANTOR_ID)]
            theirs = [number.str.replace_all("[- ]", "").str.contains(self.suppliers) for number in numbers]
            table = table.filter(nw.any_horizontal(*theirs, ignore_nulls=True))
        (amount,) = (nw.col(name) for name in self.ledger.columns(Target.BELOPP))
        plain = part.whole() & expressions.plain_amount(amount)
        year: Any = nw.lit("")
        if days := self.ledger.columns(Target.DATUM):
            plain = plain & expressions.plain_day(nw.col(days[0]))
            year = expressions.year(nw.col(days[0]))
        else:
            plain = plain & nw.lit(False)  # without dates every row is looked at: it may be a total
        for currency in self.ledger.columns(Target.VALUTA):
            plain = plain & nw.col(currency).is_in(["", "SEK"])
        columns = {_PLAIN: plain.fill_null(False), _YEAR: year, _KR: expressions.kronor(amount)}
        return table.with_columns(**columns).select(*self.payer, ROW, *columns).to_native()

    def _add(self, groups: pl.DataFrame) -> pl.Expr | None:
        """Add the plain rows' sums. Comes back: which rows need a closer look, ``None`` for none."""
        left = [] if groups[_PLAIN].all() else [~pl.col(_PLAIN)]
        plain = groups.filter(pl.col(_PLAIN))
        payers = plain.select(self.payer).unique().iter_rows() if self.payer else [()]
        refused = [self._is(payer) for payer in payers if self._code(payer) is None]
        self.pending.append(plain.filter(~pl.any_horizontal(refused)) if refused else plain)
        if len(self.pending) >= _PENDING:
            self._settle()
        return pl.any_horizontal(*left, *refused) if left or refused else None

    def _is(self, payer: tuple[str | None, ...]) -> pl.Expr:
        """Whether a row's payer has just these cells."""
        same = [pl.col(name).eq_missing(cell) for name, cell in zip(self.payer, payer, strict=True)]
        return pl.all_horizontal(*same) if same else pl.lit(True)

    def _settle(self) -> None:
        """Bring the parts' sums into the answer, together: there are thousands of groups in each."""
        if self.pending:
            together = nw.from_native(pl.concat(self.pending)).group_by(*self.payer, _YEAR)
            sums = together.agg(nw.col(_KR).sum(), nw.col("len").sum()).to_native()
            for *payer, year, kronor, postings in sums.iter_rows():
                self.answer.add(self._code(tuple(payer)) or "", year, int(kronor * 100), postings)
        self.pending = []

    def _code(self, payer: tuple[str | None, ...]) -> str | None:
        """The paying municipality by the cells that say it; ``None`` when they say what cannot be."""
        if payer not in self.codes:
            cells = [""] * self.ledger.width
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
            if row.is_blank:
                continue
            written = "|".join(str(row.cells[i]) for i in numbers if i < len(row.cells))
            if wanted and not wanted.search(re.sub("[- ]", "", written)):
                continue
            taken, reasons = self.reader.read(row)
            if reasons:
                self.answer.report(self.ledger.path, row.number, "; ".join(reasons))
            else:
                self.answer.add(taken["kommunkod"], taken["datum"][:4], int(taken["belopp_kr"] * 100))
