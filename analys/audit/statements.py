"""What documents state of payments and costs, held against each other and against the annexes.

A stated "64 tkr" is the interval [63 500, 64 500) kr. Divided by the payer's share it bounds the year's total; payments
of one year that bound totals which do not meet cannot both be a member's part of one cost by one key. The audit never
says which of them is wrong, or that any is: it says on what condition they collide, and what to ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from analys.agreement import Agreement, Version
from analys.agreement.fields import Span, known
from analys.audit import questions
from analys.audit.finding import Code, Finding, Severity
from analys.audit.shares import Implied, nothing_for, of_year, open_totals
from analys.audit.single import Audit
from analys.evidence import Interval, common
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.intake.statements import COST_PER_YEAR, PAYMENT, PAYMENT_PER_YEAR, Statement
from analys.swedish import format_kr, genitive, listed

#: A statement told once for each document that makes it.
Sources = Sequence[str]


def payment_findings(
    agreement: Agreement, implied: Sequence[Implied], statements: Sequence[Statement], audits: Sequence[Audit] = ()
) -> list[Finding]:
    """The years whose stated payments cannot share one total, each with what to ask."""
    findings = []
    for year in sorted({each.year for each in implied}):
        stated = [each for each in implied if each.year == year]
        possible = [open_totals(each.statement.interval, each.share, agreement, year) for each in stated]
        if len(stated) > 1 and common(possible) is None:
            findings.append(_disagreement(agreement, stated, statements, audits))
    return findings


def _disagreement(
    agreement: Agreement, stated: Sequence[Implied], statements: Sequence[Statement], audits: Sequence[Audit]
) -> Finding:
    year = stated[0].year
    told = "; ".join(f"{each.statement.name} {each.statement.text} ger {questions.span(each.total)}" for each in stated)
    asked = questions.questions(agreement, audits, stated)
    fitting = [(each, each.fits) for each in asked if each.fits is not None]
    days = questions.reference_days(agreement, stated)
    message = (
        f"De angivna betalningarna för {year} ryms inte i en och samma totalkostnad, om en nyckel gäller för alla: "
        f"{told}. {f'{days.text} ' if days else ''}Handlingarna visar inte om någon uppgift är fel."
    )
    explanation: dict[str, object] = {
        "year": year,
        "condition": "en nyckel gäller för alla",
        "implied_kr": {each.statement.code: questions.bounds(each.total) for each in stated},
        "one_digit": [_digit_as_json(each, fits) for each, fits in fitting if each.kind == "one-digit"],
        "questions": [each.as_json() for each, _ in fitting],
        "without_fit": [each.as_json() for each in asked if each.fits is None],
    }
    if days:
        explanation["year_ends"] = days.as_json()
    payments = [_content(each.statement) for each in stated]
    same = [statement for statement in statements if _content(statement) in payments]
    return Finding(
        Code.PAYMENTS_DISAGREE,
        Severity.OFORENLIGT,
        message,
        found="; ".join(f"{each.statement.name} {each.statement.text}" for each in stated),
        explanation=explanation,
        effect_kr=nothing_for(of_year(agreement, year))
        | {each.statement.code: _apart(each, stated) for each in stated},
        evidence="; ".join(dict.fromkeys(_named(agreement, statement) for statement in same)),
    )


def _digit_as_json(question: questions.Question, fits: Interval) -> dict[str, object]:
    return {
        "kommunkod": question.statement.code,
        "found": question.statement.text,
        "would_be": question.would_be,
        "total_kr": questions.bounds(fits),
    }


def _apart(paid: Implied, stated: Sequence[Implied]) -> int:
    """By how many kronor at least the payment is above (plus) or below all that the other payers' totals leave for it."""
    others = [each.total for each in stated if each.statement.code != paid.statement.code]
    if not others:
        return 0
    left = Interval(min(total.low for total in others), max(total.high for total in others)) * paid.share
    own = paid.statement.interval
    return int(max(own.low - left.high, Fraction(0)) + min(own.high - left.low, Fraction(0)))


def _content(statement: Statement) -> tuple[object, ...]:
    """What a statement says, whatever document it stands in."""
    return statement.code, statement.kind, statement.from_date, statement.to_date, statement.interval


# -- yearly amounts and ranges against the annexes ---------------------------------------------------------------------


@dataclass(frozen=True)
class Charge:
    """What an annex charges a member, or all of them, in one cell."""

    audit: Audit
    version: Version | None
    column: Column
    figure: Figure

    @property
    def amount(self) -> Decimal:
        return self.figure.value

    @property
    def is_yearly(self) -> bool:
        """Whether it is for a year; an annex that does not say is taken to charge for one."""
        return (self.column.period.years or 1) == 1


def range_findings(
    agreement: Agreement, statements: Sequence[Statement], audits: Sequence[tuple[Audit, Version | None]]
) -> list[Finding]:
    """Stated yearly amounts and ranges against what the annexes charge for a year; each range once, with its sources.

    ``audits``: each annex with the version that it belongs to, whose time an annex without a year is for. What an annex
    charges for half a year is not held against a yearly range.
    """
    findings: list[Finding] = []
    for alike in _yearly(statements):
        first, sources = alike[0], [_named(agreement, each) for each in alike]
        charges = [charge for audit, version in audits for charge in _charges(first, audit, version)]
        beside = (each for each in charges if each.is_yearly and not _holds(first, each.amount))
        findings += [_outside(first, charge, sources) for charge in beside]
        paid = {each.from_date.year for each in statements if (each.kind, each.code) == (PAYMENT, first.code)}
        findings += _nowhere(first, charges, paid, sources)
    return findings


def _yearly(statements: Sequence[Statement]) -> Collection[list[Statement]]:
    """The statements of what is paid or costs a year; those that say the same of the same together."""
    stated: dict[tuple[str, Interval], list[Statement]] = {}
    for statement in statements:
        if statement.kind in (PAYMENT_PER_YEAR, COST_PER_YEAR):
            stated.setdefault((statement.code, statement.interval), []).append(statement)
    return stated.values()


def _charges(statement: Statement, audit: Audit, version: Version | None) -> Iterator[Charge]:
    """What an annex of the statement's time charges whom it speaks of, for up to a year."""
    for column in audit.annex.of_kind(Kind.AMOUNT):
        if (column.period.years or 1) <= 1 and _same_time(statement, column.period.year, version):
            figures = _figures(statement, audit.annex, column)
            yield from (Charge(audit, version, column, figure) for figure in figures)


def _figures(statement: Statement, annex: Annex, column: Column) -> list[Figure]:
    """The amounts of the member that a statement speaks of; the year's total where it speaks of the whole cost."""
    if statement.code:
        return [m.figures[column.letter] for m in annex.members if m.municipality.code == statement.code]
    total = annex.total(column)
    return [total] if total and column.period.years == 1 else []


def _holds(statement: Statement, amount: Decimal) -> bool:
    return statement.interval.low <= amount <= statement.interval.high


def _outside(statement: Statement, charge: Charge, sources: Sources) -> Finding:
    annex, amount = charge.audit.annex, Fraction(charge.amount)
    who = f"{statement.name}, " if statement.code else ""
    message = (
        f"{who}{charge.column.heading}: bilagan {annex.file} anger {format_kr(amount)} (cell {charge.figure.cell}), "
        f"men {sources[0]}, säger {statement.text} per år."
    )
    bound = max(statement.interval.low, min(amount, statement.interval.high))
    effect = {member.municipality.code: 0 for member in annex.members}
    if statement.code:
        effect[statement.code] = int(amount - bound)
    return Finding(
        Code.RANGE,
        Severity.OFORENLIGT,
        message,
        statement.code or None,
        statement.name or None,
        charge.column.heading,
        annex.sheet,
        charge.figure.cell,
        statement.text,
        charge.amount,
        {"file": annex.file, "bounds_kr": [statement.interval.low, statement.interval.high]},
        effect,
        "; ".join(sources),
    )


def _nowhere(
    statement: Statement, charges: Sequence[Charge], stated: Collection[int], sources: Sources
) -> Iterator[Finding]:
    """A member's range of several years that no annex's amount lies in: whatever rests on it in years that neither an
    annex nor a stated payment tells of rests on that."""
    amounts = list(dict.fromkeys(charge.amount for charge in charges))
    first, last = statement.from_date.year, statement.to_date.year
    tested = set(stated).union(*map(_years, charges))
    untested = [year for year in range(first, last + 1) if year not in tested]
    is_met = any(_holds(statement, amount) for amount in amounts)
    if is_met or not (statement.code and amounts and untested):
        return
    message = (
        f"{genitive(statement.name)} uppgift {statement.text} per år, {first}–{last}, innehåller inget av bilagornas "
        f"belopp för kommunen: {listed([format_kr(amount) for amount in amounts])}. Vad som bygger på uppgiften för "
        f"{', '.join(map(str, untested))} bygger alltså på en uppgift som ingen bilaga stöder."
    )
    yield Finding(
        Code.RANGE_UNMET,
        Severity.OFORENLIGT,
        message,
        statement.code,
        statement.name,
        expected=statement.text,
        found="; ".join(map(format_kr, amounts)),
        explanation={
            "amounts_kr": list(map(Fraction, amounts)),
            "bounds_kr": [statement.interval.low, statement.interval.high],
            "years": untested,
        },
        evidence="; ".join(sources),
    )


def _years(charge: Charge) -> Sequence[int]:
    """The years that a charge is for: its column's, else those of the version that its annex belongs to."""
    if charge.column.period.year is not None:
        return [charge.column.period.year]
    version = charge.version
    ends = version.valid_to if version else None
    return range(version.valid_from.year, ends.year + 1) if version and ends else []


def _named(agreement: Agreement, statement: Statement) -> str:
    """A statement's document as a reader knows it: who, when, where in it."""
    return f"{document_name(agreement, statement.document)}, {statement.place}"


def document_name(agreement: Agreement, document_id: str) -> str:
    """A document by its publisher and date; by its id when the agreement does not list it."""
    document = next((each for each in agreement.documents if each.id == document_id), None)
    if document is None:
        return document_id
    date = known(document.date)
    return f"{document.publisher} {date.isoformat()}" if date else document.publisher


def _same_time(statement: Statement, year: int | None, version: Version | None) -> bool:
    """Whether the statement covers the column's year, or at least half of the version that the annex belongs to."""
    if year is not None:
        return statement.from_date.year <= year <= statement.to_date.year
    if version is None:
        return True
    times = (Span(statement.from_date, statement.to_date), version.validity.span)
    shared = times[0].common(times[1])
    return 2 * (shared.last - shared.first) >= min(time.last - time.first for time in times)
