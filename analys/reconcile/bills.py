"""What each member of an agreement should have been billed, year by year, also where the amount is not known.

The amounts are those of :mod:`analys.allocation`. A year whose cost no document states still has its dates: its bills
are there with an amount of ``None``, which is unknown and not zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from analys.agreement import Agreement, Version
from analys.agreement.fields import UNKNOWN
from analys.agreement.keys import PopulationRule, Values
from analys.agreement.model import Billing, Members
from analys.allocation.billing import due_dates, invoices
from analys.allocation.periods import Period, periods
from analys.allocation.year import allocate_year
from analys.errors import AnalysError
from analys.population import table
from analys.register import regions

_YEAR: Final = 12


@dataclass(frozen=True)
class Bill:
    """One invoice that one member should have had by ``due``, for ``months`` months."""

    code: str
    version: str
    months: int
    due: dt.date
    covers: str
    amount_ore: int | None

    @property
    def name(self) -> str:
        return regions()[self.code].name


class Bills:
    """An agreement's bills due no later than ``until``, and what they would be with other populations."""

    def __init__(self, agreement: Agreement, until: dt.date) -> None:
        self.agreement = agreement
        self.until = until

    @cached_property
    def agreed(self) -> list[Bill]:
        """By member and date. A version without billing terms, or whose members are unknown, gives none."""
        first = min(version.valid_from.year for version in self.agreement.versions)
        found = [bill for year in range(first, self.until.year + 1) for bill in self._of_year(self.agreement, year)]
        found = [bill for bill in found if bill.due <= self.until]
        return sorted(found, key=lambda bill: (bill.code, bill.due))

    def with_population(self, bill: Bill) -> Iterator[tuple[int, int]]:
        """Years, and the amount in öre if the key were everybody's population at that year's end."""
        for year, bills in self._by_population.items():
            for other in bills:
                if (other.code, other.due, other.covers) == (bill.code, bill.due, bill.covers) and other.amount_ore:
                    yield year, other.amount_ore

    @cached_property
    def _by_population(self) -> dict[int, list[Bill]]:
        known = {version.id for version in self.agreement.versions if isinstance(version.key, PopulationRule)}
        if not known:
            return {}
        years = sorted({bill.due.year for bill in self.agreed if bill.amount_ore})
        return {
            of_population: [
                bill
                for year in years
                for bill in self._of_year(_with_population(self.agreement, year, of_population), year)
            ]
            for of_population in sorted({year for _, year in table()})
        }

    def _of_year(self, agreement: Agreement, year: int) -> list[Bill]:
        try:
            allocation = allocate_year(agreement, year)
        except AnalysError:  # what the year costs, or how it is shared, is not known
            return list(_without_amounts(agreement, year))
        return [
            Bill(code, _version(agreement, bill.due).id, _months(agreement, bill.due), bill.due, bill.covers, amount)
            for bill in invoices(allocation)
            for code, amount in bill.amounts_ore.items()
            if code in regions()
        ]


def _with_population(agreement: Agreement, year: int, of_year: int) -> Agreement:
    """The agreement with everybody's population at the end of ``of_year`` as the key values of ``year``."""
    versions = []
    for version in agreement.versions:
        key, members = version.key, version.members
        if isinstance(key, PopulationRule) and isinstance(members, Members):
            numbers = {region.code: table()[region.code, of_year] for region in members.municipalities}
            values = Values(tal=numbers, referensdatum=dt.date(of_year, 12, 31))
            version = version.model_copy(update={"key": key.model_copy(update={"values": {year: values}})})
        versions.append(version)
    copied = agreement.model_copy(update={"versions": tuple(versions)})
    copied._file = agreement.file
    return copied


def _without_amounts(agreement: Agreement, year: int) -> Iterator[Bill]:
    for version in agreement.versions:
        members, terms = version.members, version.billing
        if members == UNKNOWN or terms == UNKNOWN:
            continue
        named = [(invoice.due, invoice.covers) for invoice in terms.invoices if invoice.due.year == year]
        own = [period for period in _periods(agreement, year) if period.version.id == version.id]
        yearly = [(due, str(year)) for period in own for due in due_dates(terms, period)]
        for due, covers in [*named, *yearly]:
            for region in members.municipalities:
                yield Bill(region.code, version.id, _months(agreement, due), due, covers, None)


def _periods(agreement: Agreement, year: int) -> list[Period]:
    try:
        return periods(agreement, year)
    except AnalysError:  # not in force, or nobody knows with whom
        return []


def _version(agreement: Agreement, due: dt.date) -> Version:
    """The version that an invoice belongs to: the one that names it, else the last in force on its day."""
    for version in agreement.versions:
        if isinstance(version.billing, Billing) and any(invoice.due == due for invoice in version.billing.invoices):
            return version
    in_force = [version for version in agreement.versions if version.in_force(due)]
    return in_force[-1] if in_force else agreement.versions[-1]


def _months(agreement: Agreement, due: dt.date) -> int:
    """How many months an invoice charges, by the terms of its version."""
    terms = _version(agreement, due).billing
    if not isinstance(terms, Billing):
        return _YEAR
    named = [invoice.months for invoice in terms.invoices if invoice.due == due]
    return named[0] if named else _YEAR // max(1, len(terms.instalments))
