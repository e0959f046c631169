"""What the terms give each member of a year's cost, and what a stated payment therefore says of the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from analys.agreement import Agreement, Version
from analys.agreement.fields import known
from analys.agreement.question import Question
from analys.allocation import Residual
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.intake.statements import PAYMENT, Statement
from analys.population import table
from analys.register import Region


def in_force(agreement: Agreement, day: dt.date) -> Version | None:
    """The version that governs a day: of those that cover it, the one that began last."""
    covering = [version for version in agreement.versions if version.in_force(day)]
    return max(covering, key=lambda version: version.valid_from, default=None)


def of_year(agreement: Agreement, year: int) -> Version | None:
    """The version that governs a year's cost: the one in force at its end, else at its beginning."""
    return in_force(agreement, dt.date(year, 12, 31)) or in_force(agreement, dt.date(year, 1, 1))


def members(version: Version | None) -> tuple[Region, ...]:
    """A version's members; nobody where no document says who they are."""
    stated = known(version.members) if version else None
    return stated.municipalities if stated else ()


def shares(agreement: Agreement, year: int) -> Mapping[str, Fraction]:
    """The members' exact shares of a year's cost by the terms in force; none where a term or a figure is not known."""
    version = of_year(agreement, year)
    key = known(version.key) if version else None
    if version is None or key is None or version.is_tariff or not members(version):
        return {}
    try:
        return key.weigh(Question(agreement.file.parent, year, members(version), "nyckel"))
    except AnalysError:
        return {}


def shares_by_year_end(agreement: Agreement, year: int, day: int) -> Mapping[str, Fraction]:
    """The members' shares of a year's cost if the key were the population of 31 December of year ``day``; none where
    the key is another."""
    version = of_year(agreement, year)
    if version is None or getattr(known(version.key), "type", "") != "folkmangd":
        return {}
    people = {region.code: table()[region.code, day] for region in members(version)}
    return {code: Fraction(persons, sum(people.values())) for code, persons in people.items()}


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
        part = shares(agreement, year).get(statement.code) if _is_yearly_payment(statement) else None
        if part:
            implied = Implied(year, statement, part, _total_of(statement.interval, part, agreement, year))
            seen.setdefault((year, statement.code, statement.interval), implied)
    return tuple(seen.values())


def _is_yearly_payment(statement: Statement) -> bool:
    first, last = statement.from_date, statement.to_date
    return statement.kind == PAYMENT and first == dt.date(first.year, 1, 1) and last == dt.date(first.year, 12, 31)


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
    rounding = known(version.rounding) if version else None
    unit, step = Fraction(1), Fraction(0)
    if rounding:
        carried = len(members(version)) if rounding.residual in _CARRIED_BY_ONE else 1
        unit = Fraction(int(rounding.unit) * max(1, carried), 100)
        step = Fraction(0) if rounding.share_decimals is None else Fraction(1, 2 * 10**rounding.share_decimals)
    low = (paid.low - unit) / (part + step)
    return Interval(max(low, Fraction(0)), (paid.high + unit) / max(part - step, part / 2))


#: The rests that one member carries for all.
_CARRIED_BY_ONE: Final = (Residual.LARGEST_MEMBER, Residual.HOST)


def nothing_for(version: Version | None) -> dict[str, int]:
    """No kronor for each of a version's members."""
    return {region.code: 0 for region in members(version)}
