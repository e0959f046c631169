"""What to ask when two stated payments of a year cannot both be a member's part of one cost.

One of them is taken at its word, and the other might be: mistyped in one digit, another member's row, another year's
amount, one with VAT, or one for more or fewer months. Each that would make the two meet is a question to whoever has the
invoices, never a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, Final

from analys.agreement import Agreement
from analys.audit.shares import Implied, shares, shares_by_year_end
from analys.audit.single import Audit
from analys.evidence import Interval, common
from analys.intake.annex import Column, Figure, Kind
from analys.intake.statements import Statement, stated_interval
from analys.population import table
from analys.register import regions
from analys.swedish import format_kr, format_number, genitive, listed

VAT: Final = Fraction(5, 4)
#: The months that an invoice may be for.
YEAR: Final = 12
MONTHS: Final = [months for months in range(1, 25) if months != YEAR]


@dataclass(frozen=True)
class Question:
    """One question about a stated payment: ``kind`` for programs, ``text`` for readers, and ``fits``, the amounts in
    kronor that would then hold; ``None`` where nothing of the kind would make the payments meet."""

    kind: str
    statement: Statement
    text: str
    fits: Interval | None
    would_be: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "kommunkod": self.statement.code,
            "found": self.statement.text,
            "question": self.text,
            "fits_kr": bounds(self.fits) if self.fits else None,
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
    def statement(self) -> Statement:
        return self.asked.statement

    @property
    def told(self) -> str:
        """The payment that is asked about, as a reader knows it."""
        return _told(self.asked)

    def meets(self, paid: Interval) -> Interval | None:
        """The totals that are left if this is what was paid."""
        return common([paid / self.asked.share, self.total])


def questions(agreement: Agreement, audits: Sequence[Audit], stated: Sequence[Implied]) -> list[Question]:
    """Every question about each of one year's payments, held against all the others where those have a total in common,
    else against each of them. Each kind of question is asked of each payment, also where nothing would fit."""
    found: list[Question] = []
    for (kind, ask), asked in product(ASKED.items(), stated):
        fitting = [question for case in _cases(agreement, audits, stated, asked) for question in ask(case)]
        nothing = Question(kind, asked.statement, _NOTHING[kind].format(_told(asked)), None)
        found += fitting or [nothing]
    return found


def _told(payment: Implied) -> str:
    return f"{genitive(payment.statement.name)} {payment.statement.text}"


def _cases(agreement: Agreement, audits: Sequence[Audit], stated: Sequence[Implied], asked: Implied) -> list[Case]:
    others = [each for each in stated if each is not asked]
    together = common([each.total for each in others]) if others else None
    if together is not None:
        return [Case(agreement, audits, others, together, asked)]
    return [Case(agreement, audits, [each], each.total, asked) for each in others]


def _one_digit(case: Case) -> Iterator[Question]:
    for text in one_digit_off(case.statement.text):
        total = case.meets(stated_interval(text, case.statement.precision))
        if total is not None:
            asked = f"Ska {case.told} vara {text}? Då ryms båda i en totalkostnad på {span(total)}."
            yield Question("one-digit", case.statement, asked, total, text)


def _other_member(case: Case) -> Iterator[Question]:
    """Is the figure another member's, in a row beside?"""
    own, by = case.statement, listed([_told(each) for each in case.others])
    parts = shares(case.agreement, case.asked.year)
    for code in sorted(parts.keys() & regions().keys() - {own.code}):
        name, amount = regions()[code].name, case.total * parts[code]
        shared = common([amount, own.interval])
        if shared is not None:
            how = "Hela uppgiften ryms där" if shared == own.interval else "Uppgiften ryms delvis där"
            asked = f"Är {case.told} {genitive(name)} rad? Av {by} följer {span(amount)} för {name}. {how}."
            yield Question("other-member", own, asked, amount, code)


def _other_year(case: Case) -> Iterator[Question]:
    """Is the figure what an annex charges the member for another time?"""
    own = case.statement
    for audit in case.audits:
        for column, figure in _charged(audit, own.code):
            if column.period.year != case.asked.year and figure.value in own.interval:
                where = f"{format_kr(figure.value)} ({audit.annex.file}, {column.heading}, cell {figure.cell})"
                asked = f"Är {case.told} ett annat års belopp? Bilagan anger {where}."
                yield Question("other-year", own, asked, Interval.point(Fraction(figure.value)))


def _charged(audit: Audit, code: str) -> Iterator[tuple[Column, Figure]]:
    """A member's amounts in an annex."""
    members = [member for member in audit.annex.members if member.municipality.code == code]
    for column, member in product(audit.annex.of_kind(Kind.AMOUNT), members):
        yield column, member.figures[column.letter]


def _vat(case: Case) -> Iterator[Question]:
    total = case.meets(case.statement.interval / VAT)
    if total is not None:
        asked = f"Är {case.told} med moms? Utan den ryms båda i en totalkostnad på {span(total)}."
        yield Question("vat", case.statement, asked, total)


def _months(case: Case) -> Iterator[Question]:
    for months in MONTHS:
        total = case.meets(case.statement.interval * Fraction(YEAR, months))
        if total is not None:
            asked = f"Avser {case.told} {months} månader? Då ryms båda i en totalkostnad på {span(total)} för ett år."
            yield Question("months", case.statement, asked, total, str(months))


#: Each kind of question that is asked.
ASKED: Final[Mapping[str, Callable[[Case], Iterator[Question]]]] = {
    "one-digit": _one_digit,
    "other-member": _other_member,
    "other-year": _other_year,
    "vat": _vat,
    "months": _months,
}
#: What each kind is called in a table.
KINDS: Final = {
    "one-digit": "en siffra",
    "other-member": "en annan medlems rad",
    "other-year": "ett annat års belopp",
    "vat": "moms",
    "months": "del av ett år",
    "reference-day": "en annan dags folkmängd",
}
#: The question where nothing would fit.
_NOTHING: Final = {
    "one-digit": "Är en siffra i {} fel? Ingen ändrad siffra får betalningarna att rymmas i en totalkostnad.",
    "other-member": "Är {} en annan medlems rad? Ingen annans del ryms i uppgiften.",
    "other-year": "Är {} ett annat års belopp? Ingen bilaga anger det för kommunen.",
    "vat": "Är {} med moms? Inte heller utan den ryms betalningarna i en totalkostnad.",
    "months": "Avser {} en del av ett år, eller mer? Inget antal månader upp till 24 får dem att rymmas i en totalkostnad.",
}


def one_digit_off(text: str) -> Iterator[str]:
    """The text with each of its digits changed, never to a leading zero."""
    for i, old in enumerate(text):
        if old.isdigit():
            first = not any(c.isdigit() for c in text[:i])
            yield from (text[:i] + new + text[i + 1 :] for new in "0123456789"[first:] if new != old)


@dataclass(frozen=True)
class Days:
    """The year ends from ``first`` to ``last`` whose populations were tried as the key, and by which the payments meet."""

    first: int
    last: int
    meet: tuple[int, ...]

    @property
    def text(self) -> str:
        if self.meet:
            return f"Med folkmängden den 31 december {', '.join(map(str, self.meet))} skulle de rymmas."
        return f"Ingen folkmängd den 31 december {self.first}–{self.last} förenar dem."

    def as_json(self) -> dict[str, Any]:
        return {"from": self.first, "to": self.last, "meet": list(self.meet)}


def reference_days(agreement: Agreement, stated: Sequence[Implied]) -> Days | None:
    """Whether the payments would meet by the populations of another day; ``None`` where the key is not the population."""
    tried = sorted({year for _, year in table()})
    by_day = [(day, shares_by_year_end(agreement, stated[0].year, day)) for day in tried]
    known = [(day, parts) for day, parts in by_day if parts]
    totals = {day: [each.statement.interval / parts[each.statement.code] for each in stated] for day, parts in known}
    meet = tuple(day for day, implied in totals.items() if common(implied) is not None)
    return Days(tried[0], tried[-1], meet) if known else None


def bounds(interval: Interval) -> list[int]:
    """The interval's ends in whole kronor."""
    return [int(bound) for bound in interval.outward(0)]


def span(interval: Interval) -> str:
    """The interval in whole kronor, its unit told once."""
    low, high = bounds(interval)
    return format_kr(low) if low == high else f"{format_number(low)}–{format_kr(high)}"
