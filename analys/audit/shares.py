"""What the terms give each member of a year's cost, and what a stated payment therefore says of the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analys.agreement import Agreement, Version
from analys.agreement.question import Question
from analys.allocation import Residual
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.intake.statements import PAYMENT, Statement
from analys.population import table


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


def shares_by_year_end(agreement: Agreement, year: int, day: int) -> Mapping[str, Fraction] | None:
    """The members' shares of a year's cost if the key were the population of 31 December of year ``day``; ``None``
    where the key is another."""
    version = of_year(agreement, year)
    if version is None or isinstance(version.members, str) or getattr(version.key, "type", "") != "folkmangd":
        return None
    people = {region.code: table()[region.code, day] for region in version.members.municipalities}
    whole = sum(people.values())
    return {code: Fraction(persons, whole) for code, persons in people.items()}


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
    return open_totals(paid, part, agreement, year) if paid.is_point else paid / part


def open_totals(paid: Interval, part: Fraction, agreement: Agreement, year: int) -> Interval:
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


def nothing_for(version: Version | None) -> dict[str, int]:
    """No kronor for each of a version's members."""
    members = () if version is None or isinstance(version.members, str) else version.members.municipalities
    return {region.code: 0 for region in members}
