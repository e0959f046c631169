"""Sums of a ledger by municipality and year: which expressions, on any engine, and polars as the usual one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import pandas as pd
import polars as pl

from analys.documents.separated import Row
from analys.intake.invoices import tables
from analys.intake.invoices.layouts import Target
from analys.intake.result import Reported
from analys.ledgers import expressions
from analys.ledgers.store import StoredLedger
from analys.ledgers.stream import Letters, in_order
from analys.ledgers.text import ROW, Part, Progress, TextLedger, answered
from analys.masking import mask

#: Of the rows reported, this many are kept with their reasons; all are counted.
KEPT: Final = 1000

#: So many parts' sums are held before they are brought together.
_PENDING: Final = 32
#: So few of a part's rows are read one by one: to parse the other columns of all rows takes longer.
_FEW: Final = 200

_PLAIN, _YEAR, _KR, _COUNT = "_plain", "_year", "_kr", "_count"
_INVOICE: Final = (Target.FAKTURA_NR, Target.VERIFIKATION)
#: What may say that a row does not count, å ä ö unread; such rows are read one by one.
_PERHAPS_VOIDED: Final = r"(?i)makul|annul|terf|vf|utg|ogiltig|cancel|void"
#: Parts the cells of a payer; stands in no cell.
_BETWEEN: Final = "\x1f"


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


class Summer:
    """Sums one ledger into an answer. An engine evaluates :meth:`judged` and :meth:`sums`, and gives the sums to
    :meth:`add` and the rows that are left to :meth:`read_rows`."""

    def __init__(self, ledger: TextLedger | StoredLedger, suppliers: Sequence[str], answer: Totals) -> None:
        self.ledger, self.answer = ledger, answer
        self.numbers = [re.sub("[- ]", "", number) for number in suppliers]
        self.suppliers = "|".join(map(expressions.written, suppliers))
        self.payer, self.own_only = self._payer_columns()
        self.codes: dict[tuple[str, ...], str | None] = {}

    def _payer_columns(self) -> tuple[list[str], bool]:
        """The columns that say who paid, and whether it is the municipality's own alone: the first rows all fill it."""
        own = self.ledger.reader.columns.get(Target.KOMMUN, [])
        if own and all("" not in [row.cells[i] for i in own] for row in self.ledger.sample):
            return self.ledger.columns(Target.KOMMUN), True
        return self.ledger.columns(*tables.PAYER), False

    @property
    def cells(self) -> list[str]:
        """The columns of cells that the sums need."""
        amounts = self.ledger.columns(*tables.AMOUNTS, Target.KREDIT, Target.MOMS)
        marks = self.ledger.columns(
            Target.DATUM, Target.AR, Target.VALUTA, Target.MAKULERAD, *tables.SAYS_VOIDED, *_INVOICE
        )
        others = [*amounts, *marks]
        return list(dict.fromkeys([*self.payer, *others, *self._to_supplier]))

    @property
    def _to_supplier(self) -> list[str]:
        """The columns of suppliers' numbers, and the next one that is used: a line cut before them has none of them."""
        numbers = self.ledger.columns(Target.LEVERANTOR_ID)
        used = [f"c{i}" for i, target in enumerate(self.ledger.match.targets) if target is not Target.ANVANDS_EJ]
        return [*numbers, *used[used.index(numbers[-1]) + 1 :][:1]] if numbers else []

    @property
    def needs_letters(self) -> bool:
        """Whether the first rows have other letters than those of ASCII in what says who paid."""
        payers = [str(row.cells[int(name[1:])]) for row in self.ledger.sample for name in self.payer]
        return not all(map(str.isascii, payers))

    @property
    def letters(self) -> Letters:
        """How parts are read. Of the few rows of some suppliers each is decoded by itself."""
        if self.needs_letters:
            return Letters.DECODED
        return Letters.KEPT if self.suppliers else Letters.OVERWRITTEN

    def wanted(self, table: Any) -> Any:
        """The rows of the suppliers asked for, and those without such a cell, of which :meth:`read_rows` says whose
        they are."""
        if not self.suppliers:
            return table
        return table.filter(self._is_theirs() | self._lacks(self._to_supplier))

    def perhaps_wanted(self, table: Any) -> Any:
        """The wanted rows, and others without a supplier's number: quicker, as one column tells."""
        return table.filter(self._is_theirs() | self._lacks(self.ledger.columns(Target.LEVERANTOR_ID)))

    @staticmethod
    def _lacks(columns: Sequence[str]) -> nw.Expr:
        return nw.all_horizontal(nw.lit(True), *(nw.col(name) == "" for name in columns), ignore_nulls=True)

    def _is_theirs(self) -> nw.Expr:
        """Whether a supplier's number of the row is one that is asked for."""
        numbers = [nw.col(name) for name in self.ledger.columns(Target.LEVERANTOR_ID)]
        hits = (number.str.contains(self.suppliers) for number in numbers)
        return nw.any_horizontal(nw.lit(False), *hits, ignore_nulls=True)

    def judged(self, table: Any, whole: nw.Expr, *place: str) -> Any:
        """The wanted rows of a Narwhals table of cells: payer, ``place``, amount, year, and whether the expressions
        know all of a row's forms."""
        table = self.wanted(table)
        amount = nw.col(self.ledger.columns(*tables.AMOUNTS)[0])
        plain = whole & expressions.plain_amount(amount)
        if self.ledger.match.takes_several_cells:  # what several cells give together is read row by row
            plain = plain & nw.lit(False)
        if self.suppliers:
            plain = plain & self._is_theirs()
        year: Any = nw.lit(self.ledger.reader.period[:4])
        if days := self.ledger.columns(Target.DATUM):
            plain = plain & expressions.plain_date(nw.col(days[0]))
            year = expressions.year(nw.col(days[0]))
        else:  # a row that has no number either may be a total
            invoice = self.ledger.columns(*_INVOICE)
            plain = plain & (expressions.has_digit(nw.col(invoice[0])) if invoice else nw.lit(False))
        for voided in self.ledger.columns(Target.MAKULERAD):
            plain = plain & (nw.col(voided) == "")
        for telling in self.ledger.columns(*tables.SAYS_VOIDED):
            plain = plain & ~nw.col(telling).str.contains(_PERHAPS_VOIDED)
        for currency in self.ledger.columns(Target.VALUTA):
            plain = plain & nw.col(currency).is_in(["", "SEK"])
        columns = {_PLAIN: plain.fill_null(False), _YEAR: year, _KR: expressions.kronor(amount)}
        return table.with_columns(**columns).select(*self.payer, *place, *columns)

    def sums(self, judged: Any) -> Any:
        """The rows' sums by payer, year and whether they are plain."""
        return judged.group_by(*self.payer, _YEAR, _PLAIN).agg(nw.col(_KR).sum(), nw.len().alias(_COUNT))

    def left(self, groups: pl.DataFrame) -> nw.Expr | None:
        """Which of the judged rows need a closer look, when these are their sums; ``None`` for none of them."""
        payers = set(zip(*(groups[name].to_list() for name in self.payer), strict=True)) if self.payer else {()}
        refused = [payer for payer in payers if self._code(payer) is None]
        if not refused:
            return None if groups[_PLAIN].all() else ~nw.col(_PLAIN)
        return ~nw.col(_PLAIN) | self._is_one_of(refused)

    def add(self, groups: pl.DataFrame) -> None:
        """Add the plain rows' sums."""
        for *payer, year, plain, kronor, postings in groups.select(*self.payer, _YEAR, _PLAIN, _KR, _COUNT).iter_rows():
            code = self._code(tuple(payer))
            if plain and code is not None:
                self.answer.add(code, year, int(kronor * 100), postings)

    def _is_one_of(self, payers: list[tuple[str, ...]]) -> nw.Expr:
        if not self.payer:
            return nw.lit(True)
        return nw.concat_str(*self.payer, separator=_BETWEEN).is_in([_BETWEEN.join(payer) for payer in payers])

    def _code(self, payer: tuple[str, ...]) -> str | None:
        """The paying municipality by the cells that say it; ``None`` when they say what cannot be."""
        if payer not in self.codes:
            cells = [""] * self.ledger.width
            for name, cell in zip(self.payer, payer, strict=True):
                cells[int(name[1:])] = cell
            reasons: list[str] = []
            code = self.ledger.reader.payer(Row(0, cells), reasons)
            # Where its own column says nothing, columns that are not at hand here may. Of some letters only that they
            # are letters is known here.
            unsure = (self.own_only and not any(payer)) or any(re.search("[\ufffd\x7f]", cell) for cell in payer)
            self.codes[payer] = None if reasons or unsure else code
        return self.codes[payer]

    def read_rows(self, rows: Iterable[Row]) -> None:
        """The rows that need a closer look, one by one."""
        for row in rows:
            if row.is_blank or not self._is_wanted(row):
                continue
            taken, reasons = self.ledger.reader.read(row)
            if reasons:
                tables.check_order(self.ledger.reader, row, self.ledger.path)
                self.answer.report(self.ledger.path, row.number, "; ".join(reasons))
            else:
                self.answer.add(taken["kommunkod"], taken["datum"][:4], int(taken["belopp_kr"] * 100))

    def _is_wanted(self, row: Row) -> bool:
        """Whether the row may be of the suppliers asked for; where its cells cannot be told apart, by any of them."""
        width = self.ledger.width
        apart = not row.fault and len(row.cells) >= width and not any(row.cells[width:])
        numbers = self.ledger.reader.columns.get(Target.LEVERANTOR_ID, ()) if apart else range(len(row.cells))
        text = "|".join(str(row.cells[i]) for i in numbers).replace("\u00a0", " ")
        return not self.suppliers or bool(re.search(self.suppliers, text))


def add_up(summer: Summer, progress: Progress) -> None:
    """Sum a ledger with polars, part by part."""

    def work(part: Part) -> tuple[Part, pl.DataFrame | list[Row]]:
        return answered(part.of(summer.numbers), found_in)

    def found_in(part: Part) -> pl.DataFrame | list[Row]:
        if summer.suppliers and len(few := numbers(summer.perhaps_wanted(table(part)))) <= _FEW:
            return list(part.rows(few))
        groups: pl.DataFrame = summer.sums(judged(part, surely=False)).to_native().collect()
        if groups[_PLAIN].all() or not part.has_long_lines():
            return groups
        surely: pl.DataFrame = summer.sums(judged(part)).to_native().collect()
        return surely

    def table(part: Part) -> Any:
        return nw.from_native(part.table())

    def judged(part: Part, *, surely: bool = True) -> Any:
        return summer.judged(table(part), part.whole(surely=surely), ROW)

    def numbers(rows: Any) -> list[int]:
        found: list[int] = rows.select(ROW).to_native().collect()[ROW].sort().to_list()
        return found

    parts: Iterator[Part] = summer.ledger.parts(summer.letters)
    pending: list[pl.DataFrame] = []
    for part, found in in_order(work, parts):
        progress(part.read)
        if isinstance(found, list):
            summer.read_rows(found)
            continue
        if (left := summer.left(found)) is not None:
            summer.read_rows(part.rows(numbers(judged(part).filter(left))))
        pending = _settled([*pending, found], summer) if len(pending) >= _PENDING else [*pending, found]
    _settled(pending, summer)


def _settled(parts: list[pl.DataFrame], summer: Summer) -> list[pl.DataFrame]:
    """Bring the parts' sums into the answer, together: there are thousands of groups in each."""
    if parts:
        keys = [*summer.payer, _YEAR, _PLAIN]
        summer.add(pl.concat(parts).group_by(keys).agg(pl.col(_KR).sum(), pl.col(_COUNT).sum()))
    return []
