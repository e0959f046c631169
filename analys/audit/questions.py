"""What to ask when two stated payments of a year cannot both be a member's part of one cost.

One of them is taken at its word, and the other might be: mistyped in one digit, another member's row, another year's
amount, one with VAT, or one for more or fewer months. Each that would make the two meet is a question to whoever has the
invoices, never a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from analys.agreement import Agreement
from analys.audit.shares import Implied, share, shares_by_year_end
from analys.audit.single import Audit
from analys.evidence import Interval, common
from analys.intake.annex import Kind
from analys.intake.statements import Statement, stated_interval
from analys.population import table
from analys.register import regions
from analys.swedish import format_kr, format_number, genitive, listed

VAT: Final = Fraction(5, 4)
#: The months that an invoice may be for.
MONTHS: Final = range(1, 25)


@dataclass(frozen=True)
class Question:
    """One question about a stated payment: ``kind`` for programs, ``text`` for readers, and ``fits``, the amounts in
    kronor that would then hold."""

    kind: str
    statement: Statement
    text: str
    fits: Interval
    would_be: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "kommunkod": self.statement.code,
            "found": self.statement.text,
            "question": self.text,
            "fits_kr": _bounds(self.fits),
        }


@dataclass(frozen=True)
class Case:
    """A stated payment that is asked about, held against ``total``, what the ``others`` of its year say of the whole."""

    agreement: Agreement
    audits: Sequence[Audit]
    others: Sequence[Implied]
    total: Interval
    asked: Implied

    @property
    def told(self) -> str:
        """The payment that is asked about, as a reader knows it."""
        return f"{genitive(self.asked.statement.name)} {self.asked.statement.text}"

    def meets(self, paid: Interval) -> Interval | None:
        """The totals that are left if this is what was paid."""
        return common([paid / self.asked.share, self.total])


def questions(agreement: Agreement, audits: Sequence[Audit], stated: Sequence[Implied]) -> list[Question]:
    """Every question about each of one year's payments, held against all the others where those have a total in common,
    else against each of them."""
    cases = [case for asked in stated for case in _cases(agreement, audits, stated, asked)]
    return [question for ask in ASKED for case in cases for question in ask(case)]


def _cases(agreement: Agreement, audits: Sequence[Audit], stated: Sequence[Implied], asked: Implied) -> Iterator[Case]:
    others = [each for each in stated if each is not asked]
    together = common([each.total for each in others]) if others else None
    if together is not None:
        yield Case(agreement, audits, others, together, asked)
    else:
        yield from (Case(agreement, audits, [each], each.total, asked) for each in others)


def _one_digit(case: Case) -> Iterator[Question]:
    statement = case.asked.statement
    for text in one_digit_off(statement.text):
        total = case.meets(stated_interval(text, statement.precision))
        if total is not None:
            asked = f"Ska {case.told} vara {text}? Då ryms båda i en totalkostnad på {span(total)}."
            yield Question("one-digit", statement, asked, total, text)


def _other_member(case: Case) -> Iterator[Question]:
    """Is the figure another member's, in a row beside?"""
    year, own = case.asked.year, case.asked.statement
    for region in regions().values():
        part = share(case.agreement, region.code, year) if region.is_municipality and region.code != own.code else None
        amount = None if part is None else case.total * part
        shared = None if amount is None else common([amount, own.interval])
        if amount is None or shared is None:
            continue
        how = "Hela uppgiften ryms där" if shared == own.interval else "Uppgiften ryms delvis där"
        by = listed([f"{genitive(each.statement.name)} {each.statement.text}" for each in case.others])
        asked = f"Är {case.told} {genitive(region.name)} rad? Av {by} följer {span(amount)} för {region.name}. {how}."
        yield Question("other-member", own, asked, amount, region.code)


def _other_year(case: Case) -> Iterator[Question]:
    """Is the figure what an annex charges the member for another time?"""
    own = case.asked.statement
    for audit in case.audits:
        for column in audit.annex.of_kind(Kind.AMOUNT):
            amounts = [m.figures[column.letter] for m in audit.annex.members if m.municipality.code == own.code]
            for figure in amounts:
                if column.period.year != case.asked.year and figure.value in own.interval:
                    where = f"{format_kr(figure.value)} ({audit.annex.file}, {column.heading}, cell {figure.cell})"
                    asked = f"Är {case.told} ett annat års belopp? Bilagan anger {where}."
                    yield Question("other-year", own, asked, Interval.point(Fraction(figure.value)))


def _vat(case: Case) -> Iterator[Question]:
    own = case.asked.statement
    total = case.meets(own.interval / VAT)
    if total is not None:
        asked = f"Är {case.told} med moms? Utan den ryms båda i en totalkostnad på {span(total)}."
        yield Question("vat", own, asked, total)


def _months(case: Case) -> Iterator[Question]:
    own = case.asked.statement
    for months in MONTHS:
        total = case.meets(own.interval * Fraction(12, months)) if months != 12 else None
        if total is not None:
            asked = f"Avser {case.told} {months} månader? Då ryms båda i en totalkostnad på {span(total)} för ett år."
            yield Question("months", own, asked, total, str(months))


Asked = Callable[[Case], Iterator[Question]]
ASKED: Final[tuple[Asked, ...]] = (_one_digit, _other_member, _other_year, _vat, _months)


def one_digit_off(text: str) -> Iterator[str]:
    """The text with each of its digits changed, never to a leading zero."""
    for i, old in enumerate(text):
        if old.isdigit():
            first = not any(c.isdigit() for c in text[:i])
            yield from (text[:i] + new + text[i + 1 :] for new in "0123456789"[first:] if new != old)


def reconciling_year_ends(agreement: Agreement, stated: Sequence[Implied]) -> tuple[int, int, list[int]] | None:
    """(first year, last year, those whose populations of 31 December give shares by which the payments meet); ``None``
    where the agreement's key is not the population."""
    year = stated[0].year
    tried = sorted({known for _, known in table()})
    meet = []
    for day in tried:
        parts = shares_by_year_end(agreement, year, day)
        if parts is None:
            return None
        if common([each.statement.interval / parts[each.statement.code] for each in stated]) is not None:
            meet.append(day)
    return tried[0], tried[-1], meet


def _bounds(interval: Interval) -> list[int]:
    return [round(interval.low), round(interval.high)]


def span(interval: Interval) -> str:
    """The interval in whole kronor, its unit told once."""
    low, high = _bounds(interval)
    return format_kr(low) if low == high else f"{format_number(low)}–{format_kr(high)}"
