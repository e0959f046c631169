"""A year in periods within which the version, and the members, are the same."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from analys.agreement.costs import PartYear
from analys.agreement.fields import Span, known
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
    for first, beyond in pairwise(_borders(agreement, year)):
        version = governing(agreement, first)
        if version is not None:
            found.append(Period(version, first, beyond - DAY, members_on(agreement, version, first)))
    if not found:
        versions = "; ".join(f"version {version.id} {version.validity.told()}" for version in agreement.versions)
        raise AnalysError(f"{agreement.name} gäller inte {year}: {versions}")
    return _joined(found)


def _joined(pieces: list[Period]) -> list[Period]:
    """Pieces that follow on each other with the same version and members as one period."""
    joined = pieces[:1]
    for piece in pieces[1:]:
        before = joined[-1]
        if (before.version.id, before.members, before.last + DAY) == (piece.version.id, piece.members, piece.first):
            joined[-1] = replace(before, last=piece.last)
        else:
            joined.append(piece)
    return joined


def governing(agreement: Agreement, day: dt.date) -> Version | None:
    """The version that counts on a day; where two are in force, the stated overlap says which."""
    in_force = [version for version in agreement.versions if version.in_force(day)]
    overlaps = [overlap for version in in_force for overlap in version.overlaps]
    for overlap in overlaps:
        if overlap.span.holds(day):
            return agreement.version(overlap.governs)
    return in_force[0] if in_force else None


def members_on(agreement: Agreement, version: Version, day: dt.date) -> tuple[Region, ...]:
    """The members on a day, in code order, so that the order in the file never matters."""
    members = known(version.members)
    if members is None:
        at = agreement.place_of(version, "medlemmar")
        raise AnalysError(f"{at}: medlemmarna i version {version.id} är okända, så inget kan fördelas")
    away = {change.municipality for change in members.changes if not change.span.holds(day)}
    return tuple(sorted(set(members.municipalities) - away, key=lambda region: region.code))


def _borders(agreement: Agreement, year: int) -> list[dt.date]:
    """The first days of the year's pieces, and the day after its last."""
    spans: list[Span] = []
    for version in agreement.versions:
        members = known(version.members)
        moves = members.changes if members else ()
        spans += [
            version.validity.span,
            *(overlap.span for overlap in version.overlaps),
            *(move.span for move in moves),
        ]
    whole = Span(dt.date(year, 1, 1), dt.date(year, 12, 31))
    within = [span.common(whole) for span in spans]
    borders = {whole.first, whole.last + DAY}
    for span in within:
        if not span.is_empty:
            borders |= {span.first, span.last + DAY}
    return sorted(borders)
