"""The few postings that a question needs, out of a ledger of any size; only they are parsed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import narwhals as nw
import polars as pl

from analys.documents.separated import Row
from analys.intake.invoices import tables
from analys.intake.invoices.layouts import Target
from analys.intake.invoices.tables import Collector
from analys.ledgers import expressions
from analys.ledgers.stream import in_order
from analys.ledgers.text import ROW, Part, Progress, TextLedger, answered

#: Letters that a folded word may stand for, and what stands for one that a wrong code page destroyed.
_VARIANTS: Final = {"a": "[aåäàáâ\ufffd?]", "e": "[eéèêë\ufffd?]", "o": "[oöóòô\ufffd?]", "u": "[uüú]"}


@dataclass(frozen=True)
class Wanted:
    """What to look for: suppliers' organisation numbers, names (all of one's words), words in the text (any of them).

    Words are folded (:func:`analys.swedish.fold`). A row that fits only nearly may come too; none that fits is left.
    """

    numbers: Sequence[str]
    names: Sequence[Sequence[str]]
    words: Sequence[str]

    @property
    def number_pattern(self) -> str:
        return "|".join(map(expressions.written, self.numbers))

    @property
    def patterns(self) -> tuple[list[list[str]], list[str]]:
        """The names and the words as patterns that find them whatever their accents and capitals."""
        return [[_pattern(word) for word in name] for name in self.names], [_pattern(word) for word in self.words]


def _pattern(word: str) -> str:
    return "(?i)" + "".join(_VARIANTS.get(letter, re.escape(letter)) for letter in word)


@dataclass
class Selection:
    """The wanted rows taken and reported, and by municipality code the first and last date of all its rows."""

    collector: Collector
    dates: dict[str, tuple[str, str]] = field(default_factory=dict)

    def note(self, code: str, first: str, last: str) -> None:
        if first and last:
            low, high = self.dates.get(code, (first, last))
            self.dates[code] = (min(low, first), max(high, last))


def select(
    path: Path,
    wanted: Wanted,
    *,
    layout: Path | str | None = None,
    member: str = "",
    progress: Progress = lambda _: None,
) -> Selection:  # fmt: skip
    """The wanted postings of a text ledger, read as :func:`analys.intake.invoices.read` reads them.

    Rows that are not wanted are not judged: only wanted ones are reported. Raises :class:`InputError` for a file that
    cannot be used at all.
    """
    selector = _Selector(TextLedger(path, layout, member), wanted, Selection(Collector(str(path))))
    for part, found, dates in in_order(selector.work, selector.ledger.parts()):
        selector.take(part, found, dates)
        progress(part.read)
    return selector.answer


class _Selector:
    def __init__(self, ledger: TextLedger, wanted: Wanted, answer: Selection) -> None:
        self.ledger, self.answer = ledger, answer
        self.numbers = wanted.number_pattern
        self.names, self.words = wanted.patterns
        self.payer = ledger.columns(*tables.PAYER)
        self.days, self.years = ledger.columns(Target.DATUM), ledger.columns(Target.AR)
        self.texts = ledger.columns(Target.TEXT, Target.KONTO)
        self.amounts = ledger.columns(*tables.AMOUNTS)

    def work(self, part: Part) -> tuple[Part, list[int], pl.DataFrame | None]:
        """Which of a part's rows are wanted, and the first and last date by payer of all its plain ones."""
        part, (found, spans) = answered(part, lambda part: (self._found(part), self._spans(part)))
        return part, found, spans

    def _found(self, part: Part) -> list[int]:
        """The wanted rows, and those that are no whole rows: what they are only :meth:`take` can tell."""
        table = nw.from_native(part.table())
        found = table.filter(self._wanted() | ~part.whole()).select(ROW).to_native().collect()
        return found[ROW].sort().to_list()

    def _wanted(self) -> nw.Expr:
        hits = [nw.lit(False)]
        for name in self.ledger.columns(Target.LEVERANTOR_ID):
            hits += [nw.col(name).str.contains(self.numbers)] if self.numbers else []
        for name in self.ledger.columns(Target.LEVERANTOR):
            for words in self.names:
                hits.append(nw.all_horizontal(*(nw.col(name).str.contains(word) for word in words), ignore_nulls=True))
        for text in self.texts:
            hits += [nw.col(text).str.contains(word) for word in self.words]
            hits += [
                nw.all_horizontal(*(nw.col(text).str.contains(word) for word in words), ignore_nulls=True)
                for words in self.names
            ]
        # A heading row that comes again, perhaps in another order.
        hits += [nw.col(name).is_in(self.ledger.match.headings) for name in self.amounts]
        return nw.any_horizontal(*hits, ignore_nulls=True)

    def _spans(self, part: Part) -> pl.DataFrame | None:
        """The first and last plain date by payer, and all others as they are written, each once.

        Where no column dates the rows the file's name does, for each payer.
        """
        table = nw.from_native(part.table())
        if not self.days and not self.years:
            named = nw.lit(self.ledger.reader.period)
            payers: pl.DataFrame = table.select(*self.payer, first=named, last=named).unique().to_native().collect()
            return payers
        if self.years:  # and months, where these have a column of their own
            months = [nw.col(name).str.zfill(2) for name in self.days[:1]]
            table = table.with_columns(_day=nw.concat_str(nw.col(self.years[0]), *months, separator="-"))
        day = nw.col("_day" if self.years else self.days[0])
        compact = day.str.replace_all("-", "", literal=True)
        dated = table.filter(expressions.plain_date(day)).group_by(*self.payer)
        spans = dated.agg(compact.min().alias("first"), compact.max().alias("last"))
        others = (
            table.filter(~expressions.plain_date(day) & (day != "")).select(*self.payer, day.alias("first")).unique()
        )
        both = [spans, others.with_columns(nw.col("first").alias("last"))]
        collected: pl.DataFrame = nw.concat(both).to_native().collect()
        return collected

    def take(self, part: Part, found: list[int], spans: pl.DataFrame | None) -> None:
        """The wanted ones of the rows found, and the dates."""
        for *payer, first, last in spans.iter_rows() if spans is not None else ():
            cells = [""] * self.ledger.width
            for name, cell in zip(self.payer, payer, strict=True):
                cells[int(name[1:])] = cell or ""
            reasons: list[str] = []
            code = self.ledger.reader.payer(Row(0, cells), reasons)
            if not reasons:
                self.answer.note(code, self._date(first), self._date(last))
        for row in part.rows(found):
            if row.is_blank:
                continue
            tables.check_order(self.ledger.reader, row, self.ledger.path)
            if not self._is_wanted(row):
                continue
            taken, reasons = self.ledger.reader.read(row)
            if reasons:
                self.answer.collector.report("", row.number, "; ".join(reasons))
            else:
                self.answer.note(taken["kommunkod"], taken["datum"], taken["datum"])
                self.answer.collector.take("", row.number, **taken)

    def _date(self, written: str) -> str:
        """The canonical date; empty for what is none."""
        try:
            return self.ledger.reader.date_of(written)
        except ValueError:
            return ""

    def _is_wanted(self, row: Row) -> bool:
        """As :meth:`_wanted`, for one row; a row without cells of its own might be."""
        cells = "|".join(map(str, row.cells))
        return (
            bool(row.fault)
            or bool(self.numbers and re.search(self.numbers, cells))
            or any(all(re.search(word, cells) for word in words) for words in self.names)
            or any(re.search(word, cells) for word in self.words)
        )
