"""What each member of an agreement should have been billed, and when, also where the amount is not known.

The amounts are the account's: what an annex says, else what the terms give. A year whose cost no document states still
has its dates: its bills are there with an amount of ``None``, which is unknown and not zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Final

from analys.account import account
from analys.agreement import Agreement, Version
from analys.agreement.fields import known
from analys.agreement.keys import PopulationRule, Values
from analys.agreement.model import Billing
from analys.allocation.billing import due_dates, invoices
from analys.allocation.charge import TO_THE_ORE
from analys.allocation.periods import Period, periods
from analys.allocation.split import split
from analys.allocation.year import YearAllocation, allocate_year
from analys.errors import AnalysError
from analys.evidence import Underlag
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

    @property
    def known_ore(self) -> int:
        """The amount, 0 where it is not known."""
        return self.amount_ore or 0


class Bills:
    """An agreement's bills due no later than ``until``, and what they would be with other populations."""

    def __init__(self, agreement: Agreement, until: dt.date) -> None:
        self.agreement = agreement
        self.until = until
        self._account = account(agreement.file.parent)

    @cached_property
    def agreed(self) -> list[Bill]:
        """By member and date. A version without billing terms, or whose members are unknown, gives none."""
        by_terms = {shared.year: shared for shared in self._account.shared if shared.underlag is not Underlag.SKATTAD}
        by_annex = self._annexed()
        found: list[Bill] = []
        for year in range(min(version.valid_from.year for version in self.agreement.versions), self.until.year + 1):
            of_year = _of(by_terms[year]) if year in by_terms else _without_amounts(self.agreement, year)
            found += [
                replace(bill, amount_ore=by_annex.get((bill.code, bill.due), bill.amount_ore)) for bill in of_year
            ]
        return sorted((bill for bill in found if bill.due <= self.until), key=lambda bill: (bill.code, bill.due))

    def _annexed(self) -> dict[tuple[str, dt.date], int]:
        """What the annexes say that each payer is charged on each day, in öre; equal parts where one has several days."""
        charged: dict[tuple[str, dt.date], int] = {}
        for invoice in self._account.invoices():
            for payer in invoice.column.figures:
                parts = split(invoice.column.ore(payer), [1] * len(invoice.dues), TO_THE_ORE).amounts_ore
                charged |= {(payer.code, due): ore for due, ore in zip(invoice.dues, parts, strict=True)}
        return charged

    def with_population(self, bill: Bill) -> Iterator[tuple[int, int]]:
        """Years, and the amount in öre if the key were everybody's population at that year's end."""
        for year, of_year in self._by_population.items():
            other = of_year.get((bill.code, bill.due, bill.covers))
            if other:
                yield year, other

    @cached_property
    def _by_population(self) -> dict[int, dict[tuple[str, dt.date, str], int | None]]:
        if not any(isinstance(version.key, PopulationRule) for version in self.agreement.versions):
            return {}
        years = sorted({bill.due.year for bill in self.agreed if bill.amount_ore})
        found: dict[int, dict[tuple[str, dt.date, str], int | None]] = {}
        for of_population, year in product(sorted({year for _, year in table()}), years):
            try:
                shared = allocate_year(_with_population(self.agreement, year, of_population), year)
            except AnalysError:  # only an annex says what the year costs
                continue
            amounts = {(bill.code, bill.due, bill.covers): bill.amount_ore for bill in _of(shared)}
            found.setdefault(of_population, {}).update(amounts)
        return found


def _of(shared: YearAllocation) -> Iterator[Bill]:
    """The bills of a year by the terms, of the payers that are municipalities."""
    for bill in invoices(shared):
        version = _version(shared.agreement, bill.due)
        months = _months(version, bill.due)
        for code in bill.amounts_ore.keys() & regions().keys():
            yield Bill(code, version.id, months, bill.due, bill.covers, bill.amounts_ore[code])


def _with_population(agreement: Agreement, year: int, of_year: int) -> Agreement:
    """The agreement with everybody's population at the end of ``of_year`` as the key values of ``year``."""
    versions = []
    for version in agreement.versions:
        key, members = version.key, known(version.members)
        if isinstance(key, PopulationRule) and members:
            numbers = {region.code: table()[region.code, of_year] for region in members.municipalities}
            values = Values(tal=numbers, referensdatum=dt.date(of_year, 12, 31))
            version = version.model_copy(update={"key": key.model_copy(update={"values": {year: values}})})
        versions.append(version)
    copied = agreement.model_copy(update={"versions": tuple(versions)})
    copied._file = agreement.file
    return copied


def _without_amounts(agreement: Agreement, year: int) -> Iterator[Bill]:
    for version in agreement.versions:
        members, billing = known(version.members), known(version.billing)
        if members and billing:
            for due, covers in _days(agreement, version, billing, year):
                months = _months(_version(agreement, due), due)
                yield from (Bill(each.code, version.id, months, due, covers, None) for each in members.municipalities)


def _days(agreement: Agreement, version: Version, billing: Billing, year: int) -> Iterator[tuple[dt.date, str]]:
    """When a version charges a year, and what each invoice covers: the invoices that it names, and its yearly days."""
    for invoice in billing.invoices:
        if invoice.due.year == year:
            yield invoice.due, invoice.covers
    for period in _periods(agreement, year):
        if period.version.id == version.id:
            yield from ((due, str(year)) for due in due_dates(billing, period))


def _periods(agreement: Agreement, year: int) -> list[Period]:
    try:
        return periods(agreement, year)
    except AnalysError:  # not in force, or nobody knows with whom
        return []


def _version(agreement: Agreement, due: dt.date) -> Version:
    """The version that an invoice belongs to: the one that names it, else the last in force on its day."""
    named = [version for version in agreement.versions if due in _named(version)]
    in_force = [version for version in agreement.versions if version.in_force(due)]
    return [*agreement.versions[-1:], *in_force, *named[:1]][-1]


def _named(version: Version) -> dict[dt.date, int]:
    """The days of the invoices that a version names, with the months of each."""
    billing = known(version.billing)
    return {invoice.due: invoice.months for invoice in billing.invoices} if billing else {}


def _months(version: Version, due: dt.date) -> int:
    """How many months an invoice charges, by the terms of its version."""
    billing = known(version.billing)
    instalments = len(billing.instalments) if billing else 1
    return _named(version).get(due, _YEAR // max(1, instalments))
