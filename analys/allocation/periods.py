"""A year in periods within which the version, and the members, are the same."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from analys.agreement.costs import PartYear
from analys.agreement.fields import known
from analys.agreement.model import Agreement, Version
from analys.errors import AnalysError
from analys.register import Region

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days from ``first`` to ``last`` of one year, both included, with the members in code order."""

    version: Version
    first: dt.date
    last: dt.date
    members: tuple[Region, ...]

    @property
    def part(self) -> Fraction:
        """The period's part of its year, counted as the version's cost says."""
        cost = known(self.version.cost)
        return part_of_year(self.first, self.last, cost.part_year if cost else PartYear.MONTHS)


def part_of_year(first: dt.date, last: dt.date, rule: PartYear = PartYear.MONTHS) -> Fraction:
    """The days from ``first`` to ``last``, of one year, as a part of that year.

    By months, each month is a twelfth whatever its length, and a part of a month the part of its days.

    >>> part_of_year(dt.date(2024, 1, 1), dt.date(2024, 9, 30))
    Fraction(3, 4)
    """
    if rule is PartYear.DAYS:
        return Fraction((last - first).days + 1, 366 if calendar.isleap(first.year) else 365)
    months = Fraction(0)
    for month in range(first.month, last.month + 1):
        days = calendar.monthrange(first.year, month)[1]
        start = first.day if month == first.month else 1
        end = last.day if month == last.month else days
        months += Fraction(end - start + 1, days)
    return months / 12


def periods(agreement: Agreement, year: int) -> list[Period]:
    """The year's periods in order; days outside every version are in none. Raises :class:`AnalysError` if all are."""
    found: list[Period] = []
    borders = sorted(_borders(agreement, year))
    for first, beyond in pairwise(borders):
        version = governing(agreement, first)
        if version is None:
            continue
        members = members_on(agreement, version, first)
        last = beyond - DAY
        if found and found[-1].version is version and (found[-1].members, found[-1].last + DAY) == (members, first):
            first = found.pop().first
        found.append(Period(version, first, last, members))
    if not found:
        raise AnalysError(f"{agreement.name} gäller inte {year}: {_validity(agreement)}")
    return found


def governing(agreement: Agreement, day: dt.date) -> Version | None:
    """The version that counts on a day; where two are in force, the stated overlap says which."""
    in_force = [version for version in agreement.versions if version.in_force(day)]
    for version in in_force:
        for overlap in version.overlaps:
            if overlap.from_date <= day <= overlap.to_date:
                return agreement.version(overlap.governs)
    return in_force[0] if in_force else None


def members_on(agreement: Agreement, version: Version, day: dt.date) -> tuple[Region, ...]:
    """The members on a day, in code order, so that the order in the file never matters."""
    members = known(version.members)
    if members is None:
        at = agreement.place("version", agreement.versions.index(version), "medlemmar")
        raise AnalysError(f"{at}: medlemmarna i version {version.id} är okand, så inget kan fördelas")
    away = {
        change.municipality
        for change in members.changes
        if (change.from_date and day < change.from_date) or (change.to_date and day > change.to_date)
    }
    return tuple(sorted((m for m in members.municipalities if m not in away), key=lambda m: m.code))


def _borders(agreement: Agreement, year: int) -> set[dt.date]:
    start, beyond = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    borders = {start, beyond}
    spans: list[tuple[dt.date | None, dt.date | None]] = []
    for version in agreement.versions:
        spans.append((version.valid_from, version.valid_to))
        spans += [(overlap.from_date, overlap.to_date) for overlap in version.overlaps]
        members = known(version.members)
        spans += [(change.from_date, change.to_date) for change in members.changes] if members else []
    for first, last in spans:
        borders |= {day for day in (first, last and last < dt.date.max and last + DAY) if day and start < day < beyond}
    return borders


def _validity(agreement: Agreement) -> str:
    return "; ".join(f"version {version.id} {version.validity.told()}" for version in agreement.versions)
