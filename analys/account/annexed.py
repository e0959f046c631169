"""What the annexes state: who shall be charged what, by which invoice and for which months."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Final

import pandas as pd

from analys.account.folder import Attached, Folder
from analys.account.model import ACCRUAL, INVOICE_YEAR, Amount, Basis, Origin, Payer
from analys.agreement import Agreement, Version
from analys.agreement.fields import known
from analys.allocation.billing import due_dates
from analys.allocation.charge import TO_THE_ORE
from analys.allocation.periods import Period, governing, members_on
from analys.allocation.split import split
from analys.evidence import Interval, Underlag
from analys.intake.annex import Annex, Column, Figure, Kind, Member

YEAR: Final = 12


@dataclass(frozen=True)
class AmountColumn:
    """One column of amounts of an annex. ``months`` is what it pays for, ``year`` where the heading says it."""

    annex: Attached
    heading: str
    months: int
    year: int | None
    figures: dict[Payer, Figure]
    printed_total: Figure | None

    @property
    def version(self) -> Version:
        return self.annex.version

    @property
    def first_year(self) -> int:
        """The year that the column is of, or else the first of its version."""
        return self.year or self.version.valid_from.year

    def ore(self, payer: Payer) -> int:
        return int(self.figures[payer].value * 100)


@dataclass(frozen=True)
class AnnexInvoice:
    """A column that is charged on one day, or in equal parts on several, for which months. ``stated``: the agreement says
    when."""

    column: AmountColumn
    dues: tuple[dt.date, ...]
    first_month: pd.Period
    months: int
    stated: bool

    @property
    def version(self) -> Version:
        return self.column.version

    @property
    def named(self) -> bool:
        """Whether the agreement names the invoice itself, not a day of every year."""
        billing = known(self.version.billing)
        return bool(billing and billing.invoices)

    @property
    def due(self) -> dt.date:
        """The day of the last part."""
        return self.dues[-1]

    def months_by_year(self) -> dict[int, int]:
        """How many of the months paid for lie in each calendar year."""
        return dict(Counter((self.first_month + month).year for month in range(self.months)))


def payer_of(agreement: Agreement, row: Member) -> Payer:
    """The payer of an annex row: a municipality, or the party that is called so."""
    region = row.municipality
    if region.is_municipality:
        return Payer(region.code, region.code, region.name)
    named = {party.name.casefold(): party.id for party in agreement.parties}
    return Payer(named.get(region.name.casefold(), region.name), "", region.name)


def printed(folder: Folder, attached: Attached, kind: Kind) -> dict[str, Figure]:
    """What an annex prints of one kind, in its first such column, by payer; nothing where it has none."""
    columns = attached.annex.of_kind(kind)
    figures = _figures(folder.agreement, attached.annex, columns[0]) if columns else {}
    return {payer.key: figure for payer, figure in figures.items()}


def _figures(agreement: Agreement, annex: Annex, column: Column) -> dict[Payer, Figure]:
    rows = [row for row in (*annex.members, *annex.others) if column.letter in row.figures]
    of_payer = {payer_of(agreement, row): row.figures[column.letter] for row in rows}
    return {payer: of_payer[payer] for payer in sorted(of_payer, key=lambda payer: payer.place)}


def columns(folder: Folder) -> list[AmountColumn]:
    """Every column of amounts of the agreement's annexes; of one with VAT and one without, the one without."""
    return list(chain.from_iterable(_columns(folder.agreement, attached) for attached in folder.annexes))


def _columns(agreement: Agreement, attached: Attached) -> Iterator[AmountColumn]:
    annex = attached.annex
    amounts = annex.of_kind(Kind.AMOUNT)
    for column in [column for column in amounts if not column.vat] or amounts:
        months = int((column.period.years or 1) * YEAR)
        figures = _figures(agreement, annex, column)
        yield AmountColumn(attached, column.heading, months, column.period.year, figures, annex.total(column))


def invoices(folder: Folder) -> list[AnnexInvoice]:
    """The invoices whose amounts an annex states, in order of date."""
    found: list[AnnexInvoice] = []
    for version in folder.agreement.versions:
        own = [column for column in columns(folder) if column.version is version]
        found += list(_named(version, own)) or list(_yearly(folder, version, own))
    return sorted(found, key=lambda invoice: invoice.due)


def _named(version: Version, own: list[AmountColumn]) -> Iterator[AnnexInvoice]:
    """The invoices that the agreement names, one after another from its first month, but not past its last."""
    billing = known(version.billing)
    of_months = {column.months: column for column in reversed(own)}
    start = pd.Period(version.valid_from, "M")
    last = pd.Period(version.valid_to or dt.date.max, "M")
    for invoice in billing.invoices if billing else ():
        months = min(invoice.months, last.ordinal - start.ordinal + 1)
        if invoice.months in of_months and months > 0:
            yield AnnexInvoice(of_months[invoice.months], (invoice.due,), start, months, stated=True)
        start += months


def _yearly(folder: Folder, version: Version, own: list[AmountColumn]) -> Iterator[AnnexInvoice]:
    """One charge a year that a column is of: on the agreed days, or within the year itself where none is known."""
    billing = known(version.billing)
    for year in sorted({column.first_year for column in own}):
        of_year = [column for column in own if column.first_year == year]
        whole = [column for column in of_year if column.months == YEAR]
        dues = sorted(due_dates(billing, whole_year(folder.agreement, version, year))) if billing else []
        days, first = tuple(dues) or (dt.date(year, 12, 31),), pd.Period(year=year, month=1, freq="M")
        for column in whole[:1] or of_year:
            yield AnnexInvoice(column, days, first, column.months, stated=bool(dues))


def whole_year(agreement: Agreement, version: Version, year: int, months: int = YEAR) -> Period:
    """A year of a version, or its first months, with the members of the version's first day in it."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    if months < YEAR:
        last = dt.date(year, months + 1, 1) - dt.timedelta(days=1)
    return Period(version, first, last, members_on(agreement, version, max(first, version.valid_from)))


def amounts(folder: Folder) -> Iterator[Amount]:
    """What the annexes say shall be charged: by the invoice's year, by the months paid for, and by twelve months."""
    for invoice in invoices(folder):
        yield from _charged(invoice)
        yield from _accrued(invoice)
    yield from _yearly_rates(folder)


def _charged(invoice: AnnexInvoice) -> Iterator[Amount]:
    """By the year of the invoice; parts that fall due in different years are equal, to the öre."""
    assumptions = () if invoice.stated else (INVOICE_YEAR,)
    by_year = Counter(due.year for due in invoice.dues)
    of = invoice.due.year if invoice.named else invoice.first_month.year
    for amount in _stated(invoice.column, invoice.due.year, Basis.INVOICE):
        for year, kronor, underlag in _spread(amount, by_year):
            yield replace(amount, year=year, kronor=kronor, underlag=underlag, assumptions=assumptions, part=str(of))


def _accrued(invoice: AnnexInvoice) -> Iterator[Amount]:
    """An invoice spread evenly over its months; what falls in one year alone is as documented as the invoice."""
    by_year = invoice.months_by_year()
    assumptions = (ACCRUAL,) if len(by_year) > 1 else ()
    for amount in _stated(invoice.column, invoice.due.year, Basis.ACCRUAL):
        for year, kronor, underlag in _spread(amount, by_year):
            part = invoice.version.id
            yield replace(amount, year=year, kronor=kronor, underlag=underlag, assumptions=assumptions, part=part)


def _spread(amount: Amount, weights: Mapping[int, int]) -> Iterator[tuple[int, Interval, Underlag]]:
    """An amount over years by whole weights; of one year alone it is whole, and as it was."""
    if len(weights) == 1:
        yield next(iter(weights)), amount.kronor, amount.underlag
        return
    parts = split(int(amount.kronor.low * 100), list(weights.values()), TO_THE_ORE).amounts_ore
    for year, ore in zip(weights, parts, strict=True):
        yield year, Interval.point(Fraction(ore, 100)), Underlag.BERAKNAD


def _yearly_rates(folder: Folder) -> Iterator[Amount]:
    """What twelve months cost by the annex of the version that governs a year's last days, or those that it has left."""
    every = columns(folder)
    years = {year for column in every for year in _years(column)}
    for year in sorted(years):
        version = _last_governing(folder.agreement, year)
        own = [column for column in every if column.version is version]
        of_year = [column for column in own if column.year == year] or [each for each in own if not each.year]
        if of_year:
            yield from _twelve_months(min(of_year, key=lambda column: abs(column.months - YEAR)), year)


def _years(column: AmountColumn) -> range:
    """The years that a column may tell of: those of its version, or up to its own where that has no end."""
    version = column.version
    last = version.valid_to.year if version.valid_to else max(version.valid_from.year, column.year or 0)
    return range(version.valid_from.year, last + 1)


def _twelve_months(column: AmountColumn, year: int) -> Iterator[Amount]:
    underlag = Underlag.DOKUMENTERAD if column.months == YEAR else Underlag.BERAKNAD
    for amount in _stated(column, year, Basis.TWELVE_MONTHS):
        yield replace(amount, kronor=amount.kronor * Fraction(YEAR, column.months), underlag=underlag)


def _last_governing(agreement: Agreement, year: int) -> Version | None:
    """The version that counts on the last day of a year on which any does."""
    last = [min(version.valid_to or dt.date.max, dt.date(year, 12, 31)) for version in agreement.versions]
    days = sorted((day for day in last if day.year == year), reverse=True)
    return next(filter(None, (governing(agreement, day) for day in days)), None)


def _stated(column: AmountColumn, year: int, basis: Basis) -> Iterator[Amount]:
    version = column.version
    for payer, figure in column.figures.items():
        yield Amount(
            payer,
            year,
            basis,
            Origin.ANNEX,
            column.annex.label,
            Underlag.DOKUMENTERAD,
            Interval.point(figure.value),
            (),
            (version.document,),
            f"{column.heading}, {figure.cell}",
        )


def total(column: AmountColumn) -> Decimal:
    """The sum of a column's amounts in kronor."""
    return sum((figure.value for figure in column.figures.values()), Decimal(0))
