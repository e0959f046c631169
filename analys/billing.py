"""What an agreement's members should have been billed, when, and by which rule.

A bill's amount is ``None`` where no document states the cost of its year: it is unknown, not zero. The rule that made
an amount stays with the bill, so that a payment which differs can be tried against the same rule with other figures.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final

from analys import catalog
from analys.agreement import UNKNOWN, Agreement, Version
from analys.agreement.model import BuiltCost, ColumnFile, EqualKey, FixedCost, FixedKey, PopulationKey
from analys.allocation import Rounding, split
from analys.errors import AnalysError
from analys.intake.files import MIB, Limits
from analys.intake.workbook import read_workbook
from analys.register import Region, UnknownRegionError, resolve_municipality
from analys.swedish import fold, parse_number

_LIMITS: Final = Limits(bytes=16 * MIB, expanded=128 * MIB, cells=1_000_000)

Weights = Mapping[Region, Fraction]


@dataclass(frozen=True)
class Rule:
    """How one charge is shared: the total in öre, the members' key values and the rounding."""

    total_ore: int
    weights: Weights
    rounding: Rounding

    def amount_ore(self, member: Region, weights: Weights | None = None) -> int:
        """One member's amount by this rule, or by the same rule with other key values."""
        used = weights or self.weights
        members = sorted(used, key=lambda region: region.code)
        amounts = split(self.total_ore, [used[region] for region in members], self.rounding).amounts_ore
        return amounts[members.index(member)]


@dataclass(frozen=True, eq=False)
class Bill:
    """One invoice that one member should have had by ``due``. ``rule`` is ``None`` where the total is unknown.

    A bill is equal to itself only.
    """

    member: Region
    version: str
    year: int
    months: int
    due: dt.date
    covers: str
    rule: Rule | None

    @property
    def amount_ore(self) -> int | None:
        return self.rule.amount_ore(self.member) if self.rule else None


def bills(agreement: Agreement, until: dt.date) -> list[Bill]:
    """The agreed invoices due no later than ``until``, by member and date. Versions without billing terms give none."""
    return sorted(
        (bill for version in agreement.versions for bill in _of_version(agreement, version, until)),
        key=lambda bill: (bill.member.code, bill.due),
    )


def _of_version(agreement: Agreement, version: Version, until: dt.date) -> Iterator[Bill]:
    terms = version.billing
    if terms == UNKNOWN or version.members == UNKNOWN:
        return
    for invoice in terms.invoices:
        if invoice.due <= until:
            yield from _charge(agreement, version, invoice.due, invoice.months, invoice.covers)
    last = min(until, version.valid_to or until)
    for year in range(version.valid_from.year, last.year + 1):
        days = terms.instalments or ((terms.yearly_by,) if terms.yearly_by else ())
        for number, day in enumerate(days, 1):
            due = dt.date(year, *day)
            if version.valid_from <= due <= last:
                part = f", delbetalning {number} av {len(days)}" if len(days) > 1 else ""
                yield from _charge(agreement, version, due, Fraction(12, len(days)), f"år {year}{part}")


def _charge(
    agreement: Agreement, version: Version, due: dt.date, months: int | Fraction, covers: str
) -> Iterator[Bill]:
    assert version.members != UNKNOWN
    members = [
        region
        for region in version.members.municipalities
        if all(
            change.municipality != region or ((change.from_date or due) <= due and due <= (change.to_date or due))
            for change in version.members.changes
        )
    ]
    rule = rule_of(agreement, version, due.year, Fraction(months) / 12, members)
    for member in members:
        yield Bill(member, version.id, due.year, int(months), due, covers, rule)


def rule_of(
    agreement: Agreement, version: Version, year: int, part: Fraction, members: list[Region]
) -> Rule | None:  # fmt: skip
    """How the version shares ``part`` of ``year``'s cost; ``None`` where its cost, key or rounding is not stated."""
    cost, rounding = version.cost, version.rounding
    if cost == UNKNOWN or version.key == UNKNOWN or rounding == UNKNOWN:
        return None
    yearly: Fraction | int | None
    if isinstance(cost, BuiltCost):
        yearly = cost.yearly_ore
    else:
        assert isinstance(cost, FixedCost)
        yearly = cost.amounts_ore.get(year, cost.amount_ore)
    if yearly is None or (yearly * part).denominator != 1:
        return None
    return Rule(int(yearly * part), _weights(agreement, version, year, members), rounding.rule)


def _weights(agreement: Agreement, version: Version, year: int, members: list[Region]) -> Weights:
    key = version.key
    if isinstance(key, EqualKey):
        return dict.fromkeys(members, Fraction(1))
    if isinstance(key, FixedKey):
        parts = {resolve_municipality(name): part for name, part in key.parts.items()}
        return {member: parts[member] for member in members}
    assert isinstance(key, PopulationKey)
    if year in key.values:
        return _column(agreement.file.parent, key.values[year])
    return population(members, year - key.years_back)


def population(members: Iterable[Region], year: int) -> Weights:
    """Registered population on 31 December of a year. Raises :class:`AnalysError` for a figure that is missing."""
    figures = _population()
    weights = {member: figures.get((member.code, year)) for member in members}
    if missing := [member.name for member, figure in weights.items() if figure is None]:
        raise AnalysError(f"no population on 31 December {year} for {', '.join(missing)}")
    return {member: Fraction(figure or 0) for member, figure in weights.items()}


@cache
def _population() -> dict[tuple[str, int], int]:
    with catalog.resource("folkmangd").file.open(encoding="utf-8", newline="") as file:
        return {(row["regionkod"], int(row["ar"])): int(row["folkmangd"]) for row in csv.DictReader(file)}


def population_years() -> list[int]:
    """The years whose 31 December the population table has."""
    return sorted({year for _, year in _population()})


def _column(folder: Path, source: ColumnFile) -> Weights:
    return _read_column(folder / source.file, source.column)


@cache
def _read_column(file: Path, heading: str) -> Weights:
    """Key values by member from a table in a workbook: the member stands in the row's first cell."""
    for sheet in read_workbook(file, _LIMITS):
        column = next((i for row in sheet.rows for i, cell in enumerate(row) if fold(str(cell)) == fold(heading)), None)
        if column is None:
            continue
        values = {}
        for row in sheet.rows:
            try:
                values[resolve_municipality(str(row[0]))] = Fraction(parse_number(row[column]).value)
            except (UnknownRegionError, ValueError):
                continue
        return values
    raise AnalysError(f"{file}: no column {heading!r}")
