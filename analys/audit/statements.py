"""What documents state of payments and costs, held against each other and against the annexes.

A stated "64 tkr" is the interval [63 500, 64 500) kr. Divided by the payer's share it bounds the year's total; payments
of one year that bound totals which do not meet cannot both be true. The audit never says which of them is wrong.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analys.agreement import Agreement, Version
from analys.agreement.question import Question
from analys.allocation import Residual
from analys.audit.finding import Code, Finding, Severity
from analys.audit.single import Audit
from analys.errors import AnalysError
from analys.evidence import Interval, common
from analys.intake.annex import Kind
from analys.intake.statements import COST_PER_YEAR, PAYMENT, PAYMENT_PER_YEAR, Statement, stated_interval
from analys.swedish import format_kr


def in_force(agreement: Agreement, day: dt.date) -> Version | None:
    """The version that governs a day: of those that cover it, the one that began last."""
    covering = [
        version
        for version in agreement.versions
        if version.validity.from_date <= day and (version.validity.to_date is None or day <= version.validity.to_date)
    ]
    return max(covering, key=lambda version: version.validity.from_date, default=None)


def of_year(agreement: Agreement, year: int) -> Version | None:
    """The version that governs a year's cost: the one in force at its end, else at its beginning."""
    return in_force(agreement, dt.date(year, 12, 31)) or in_force(agreement, dt.date(year, 1, 1))


def share(agreement: Agreement, code: str, year: int) -> Fraction | None:
    """A member's exact share of a year's cost by the terms in force; ``None`` when a term or a figure is not known."""
    version = of_year(agreement, year)
    if version is None or isinstance(version.members, str) or isinstance(version.key, str):
        return None
    if version.is_tariff:
        return None
    try:
        members = version.members.municipalities
        weights = version.key.weigh(Question(agreement.file.parent, year, members, "nyckel"))
    except AnalysError:
        return None
    return weights.get(code)


@dataclass(frozen=True)
class Implied:
    """The year's total that one stated payment implies."""

    year: int
    statement: Statement
    share: Fraction
    total: Interval


def implied_totals(agreement: Agreement, statements: Iterable[Statement]) -> tuple[Implied, ...]:
    """Each stated payment of a whole calendar year with the total that it implies; one stated twice comes once."""
    seen: dict[tuple[int, str, Interval], Implied] = {}
    for statement in statements:
        year = statement.from_date.year
        whole_year = (statement.from_date, statement.to_date) == (dt.date(year, 1, 1), dt.date(year, 12, 31))
        if statement.kind != PAYMENT or not statement.code or not whole_year:
            continue
        part = share(agreement, statement.code, year)
        if part:
            implied = Implied(year, statement, part, _total_of(statement.interval, part, agreement, year))
            seen.setdefault((year, statement.code, statement.interval), implied)
    return tuple(seen.values())


def _total_of(paid: Interval, part: Fraction, agreement: Agreement, year: int) -> Interval:
    """The totals of which a part may be what was paid.

    What is stated to the krona is what was charged, rounded, of a share that may have been rounded before it. What is
    stated in thousands is wider than that by itself.
    """
    return _open(paid, part, agreement, year) if paid.is_point else paid / part


def _open(paid: Interval, part: Fraction, agreement: Agreement, year: int) -> Interval:
    """The totals that a payment leaves open when amounts and shares were rounded: a unit more or less, for whoever
    carries the rest a unit for each member, and half a step of the share.
    """
    version = of_year(agreement, year)
    rounding = version.rounding if version is not None and not isinstance(version.rounding, str) else None
    unit = Fraction(int(rounding.unit) if rounding else 100, 100)
    if rounding and rounding.residual in (Residual.LARGEST_MEMBER, Residual.HOST):
        unit *= max(1, len(nothing_for(version)))
    decimals = rounding.share_decimals if rounding else None
    step = Fraction(0) if decimals is None else Fraction(1, 2 * 10**decimals)
    low = (paid.low - unit) / (part + step)
    return Interval(max(low, Fraction(0)), (paid.high + unit) / max(part - step, part / 2))


def payment_findings(
    agreement: Agreement, implied: Sequence[Implied], statements: Sequence[Statement]
) -> list[Finding]:
    """The years whose stated payments cannot share one total."""
    findings = []
    for year in sorted({each.year for each in implied}):
        stated = [each for each in implied if each.year == year]
        possible = [_open(each.statement.interval, each.share, agreement, year) for each in stated]
        if len(stated) < 2 or common(possible) is not None:
            continue
        told = [
            f"{each.statement.name} {each.statement.text} ger {format_kr(each.total.low)}–{format_kr(each.total.high)}"
            for each in stated
        ]
        message = (
            f"De angivna betalningarna för {year} kan inte gälla samma totalkostnad: {'; '.join(told)}. "
            "Handlingarna visar inte vilken uppgift som är fel."
        )
        explanation = {
            "year": year,
            "implied_kr": {each.statement.code: [round(each.total.low), round(each.total.high)] for each in stated},
            "one_digit": [candidate.as_json() for candidate in digit_candidates(agreement, stated)],
        }
        same = [s for s in statements if any(_same(s, each.statement) for each in stated)]
        sources = dict.fromkeys(_named(agreement, statement) for statement in same)
        findings.append(
            Finding(
                Code.PAYMENTS_DISAGREE,
                Severity.OFORENLIGT,
                message,
                found="; ".join(f"{each.statement.name} {each.statement.text}" for each in stated),
                explanation=explanation,
                effect_kr=nothing_for(of_year(agreement, year))
                | {each.statement.code: _apart(each, stated) for each in stated},
                evidence="; ".join(sources),
            )
        )
    return findings


def nothing_for(version: Version | None) -> dict[str, int]:
    """No kronor for each of a version's members."""
    members = () if version is None or isinstance(version.members, str) else version.members.municipalities
    return {region.code: 0 for region in members}


def _apart(paid: Implied, stated: Sequence[Implied]) -> int:
    """By how many kronor at least the payment is above (plus) or below all that the other payers' totals leave for it."""
    others = [each.total for each in stated if each.statement.code != paid.statement.code]
    if not others:
        return 0
    left = Interval(min(total.low for total in others), max(total.high for total in others)) * paid.share
    own = paid.statement.interval
    return int(max(own.low - left.high, Fraction(0)) + min(own.high - left.low, Fraction(0)))


def _same(first: Statement, second: Statement) -> bool:
    kept = [(s.code, s.kind, s.from_date, s.to_date, s.interval) for s in (first, second)]
    return kept[0] == kept[1]


@dataclass(frozen=True)
class Candidate:
    """A stated payment with one digit changed, after which all of the year's payments can share one total."""

    year: int
    statement: Statement
    text: str
    total: Interval

    def as_json(self) -> dict[str, Any]:
        bounds = [round(self.total.low), round(self.total.high)]
        return {
            "kommunkod": self.statement.code,
            "found": self.statement.text,
            "would_be": self.text,
            "total_kr": bounds,
        }


def digit_candidates(agreement: Agreement, implied: Sequence[Implied]) -> list[Candidate]:
    """Which single changed digit would make one year's payments meet. A question to ask, never a verdict."""
    candidates = []
    for each in implied:
        others = [other.total for other in implied if other is not each]
        for text in _one_digit_off(each.statement.text):
            total = _total_of(stated_interval(text, each.statement.precision), each.share, agreement, each.year)
            shared = common([total, *others])
            if shared is not None:
                candidates.append(Candidate(each.year, each.statement, text, shared))
    return candidates


def _one_digit_off(text: str) -> Iterator[str]:
    for i, old in enumerate(text):
        if old.isdigit():
            for new in "0123456789":
                leading = new == "0" and not any(c.isdigit() for c in text[:i])
                if new != old and not leading:
                    yield text[:i] + new + text[i + 1 :]


def range_findings(
    agreement: Agreement, statements: Sequence[Statement], audits: Sequence[tuple[Audit, Version | None]]
) -> list[Finding]:
    """Stated yearly amounts and ranges against what the annexes charge; each range once, with all its sources.

    ``audits``: each annex with the version that it belongs to, whose time an annex without a year is for.
    """
    findings: list[Finding] = []
    seen: set[tuple[str, Interval]] = set()
    for statement in statements:
        key = (statement.code, statement.interval)
        if statement.kind not in (PAYMENT_PER_YEAR, COST_PER_YEAR) or key in seen:
            continue
        seen.add(key)
        sources = [_named(agreement, other) for other in statements if (other.code, other.interval) == key]
        for audit, version in audits:
            findings += _outside(statement, audit, version, sources)
    return findings


def _named(agreement: Agreement, statement: Statement) -> str:
    """A statement's document as a reader knows it: who, when, where in it."""
    return f"{document_name(agreement, statement.document)}, {statement.place}"


def document_name(agreement: Agreement, document_id: str) -> str:
    """A document by its publisher and date; by its id when the agreement does not list it."""
    document = next((each for each in agreement.documents if each.id == document_id), None)
    if document is None:
        return document_id
    return (
        f"{document.publisher} {document.date.isoformat()}"
        if isinstance(document.date, dt.date)
        else document.publisher
    )


def _outside(statement: Statement, audit: Audit, version: Version | None, sources: Sequence[str]) -> Iterator[Finding]:
    annex = audit.annex
    for column in annex.of_kind(Kind.AMOUNT):
        # A charge for more than a year is no yearly amount; one for less is what the member paid that year.
        if (column.period.years or 1) > 1 or not _same_time(statement, column.period.year, version):
            continue
        if not statement.code:
            figures = [figure for figure in [annex.total(column)] if figure and column.period.years == 1]
        else:
            figures = [m.figures[column.letter] for m in annex.members if m.municipality.code == statement.code]
        for figure in figures:
            if statement.interval.low <= figure.value <= statement.interval.high:
                continue
            who = f"{statement.name}, " if statement.code else ""
            message = (
                f"{who}{column.heading}: bilagan {annex.file} anger {format_kr(figure.value)} (cell {figure.cell}), "
                f"men {sources[0]}, säger {statement.text} per år."
            )
            bound = max(statement.interval.low, min(Fraction(figure.value), statement.interval.high))
            effect = {member.municipality.code: 0 for member in annex.members}
            if statement.code:
                effect[statement.code] = int(Fraction(figure.value) - bound)
            yield Finding(
                Code.RANGE,
                Severity.OFORENLIGT,
                message,
                statement.code or None,
                statement.name or None,
                column.heading,
                annex.sheet,
                figure.cell,
                statement.text,
                figure.value,
                {"file": annex.file, "bounds_kr": [statement.interval.low, statement.interval.high]},
                effect,
                "; ".join(sources),
            )


def _same_time(statement: Statement, year: int | None, version: Version | None) -> bool:
    """Whether the statement covers the column's year, or at least half of the version that the annex belongs to."""
    if year is not None:
        return statement.from_date.year <= year <= statement.to_date.year
    if version is None:
        return True
    first = max(statement.from_date, version.validity.from_date)
    last = min(statement.to_date, version.validity.to_date or statement.to_date)
    ends = [(statement.from_date, statement.to_date), (version.validity.from_date, version.validity.to_date)]
    shortest = min(((end - start).days for start, end in ends if end is not None), default=0)
    return 2 * (last - first).days >= shortest
