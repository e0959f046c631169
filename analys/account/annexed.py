"""What the annexes state: who shall be charged what, by which invoice and for which months."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pandas as pd

from analys.account.folder import Attached, Folder
from analys.account.model import ACCRUAL, INVOICE_YEAR, Amount, Basis, Origin, Payer
from analys.agreement import UNKNOWN, Agreement, Version
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
class Invoice:
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
    named = [party.id for party in agreement.parties if party.name.casefold() == region.name.casefold()]
    return Payer(named[0] if named else region.name, "", region.name)


def printed(folder: Folder, attached: Attached, kind: Kind) -> dict[str, Figure]:
    """What an annex prints of one kind, in its first such column, by payer; nothing where it has none."""
    columns = attached.annex.of_kind(kind)
    figures = _figures(folder.agreement, attached.annex, columns[0]) if columns else {}
    return {payer.key: figure for payer, figure in figures.items()}


def _figures(agreement: Agreement, annex: Annex, column: Column) -> dict[Payer, Figure]:
    rows = [row for row in (*annex.members, *annex.others) if column.letter in row.figures]
    of_payer = {payer_of(agreement, row): row.figures[column.letter] for row in rows}
    return dict(sorted(of_payer.items(), key=lambda item: (not item[0].code, item[0].key)))


def columns(folder: Folder) -> list[AmountColumn]:
    """Every column of amounts of the agreement's annexes; of one with VAT and one without, the one without."""
    found = []
    for attached in folder.annexes:
        amounts = attached.annex.of_kind(Kind.AMOUNT)
        for column in [column for column in amounts if not column.vat] or amounts:
            months = int(column.period.years * YEAR) if column.period.years else YEAR
            figures = _figures(folder.agreement, attached.annex, column)
            total = attached.annex.total(column)
            found.append(AmountColumn(attached, column.heading, months, column.period.year, figures, total))
    return found


def invoices(folder: Folder) -> list[Invoice]:
    """The invoices whose amounts an annex states, in order of date."""
    found: list[Invoice] = []
    for version in folder.agreement.versions:
        own = [column for column in columns(folder) if column.version is version]
        found += list(_named(version, own)) or list(_yearly(folder, version, own))
    return sorted(found, key=lambda invoice: invoice.due)


def _named(version: Version, own: list[AmountColumn]) -> Iterator[Invoice]:
    """The invoices that the agreement names, one after another from its first month, but not past its last."""
    if version.billing == UNKNOWN:
        return
    start = pd.Period(version.valid_from, "M")
    for invoice in version.billing.invoices:
        months = invoice.months
        column = next((each for each in own if each.months == months), None)
        if version.valid_to is not None:
            months = min(months, (pd.Period(version.valid_to, "M") - start).n + 1)
        if column is not None and months > 0:
            yield Invoice(column, (invoice.due,), start, months, stated=True)
        start += months


def _yearly(folder: Folder, version: Version, own: list[AmountColumn]) -> Iterator[Invoice]:
    """One charge a year that a column is of: on the agreed days, or within the year itself where none is known."""
    billing = known(version.billing)
    for year in sorted({column.first_year for column in own}):
        of_year = [column for column in own if column.first_year == year]
        whole = [column for column in of_year if column.months == YEAR]
        period = whole_year(folder.agreement, version, year)
        dues = tuple(sorted(due_dates(billing, period))) if billing else ()
        for column in whole[:1] or of_year:
            first = pd.Period(year=year, month=1, freq="M")
            yield Invoice(column, dues or (dt.date(year, 12, 31),), first, column.months, stated=bool(dues))


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


def _charged(invoice: Invoice) -> Iterator[Amount]:
    """By the year of the invoice; parts that fall due in different years are equal, to the öre."""
    assumptions = () if invoice.stated else (INVOICE_YEAR,)
    by_year = Counter(due.year for due in invoice.dues)
    of = invoice.due.year if invoice.named else invoice.first_month.year
    for amount in _stated(invoice.column, invoice.due.year, Basis.INVOICE):
        for year, kronor, underlag in _spread(amount, by_year):
            yield replace(amount, year=year, kronor=kronor, underlag=underlag, assumptions=assumptions, part=str(of))


def _accrued(invoice: Invoice) -> Iterator[Amount]:
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
    for version in folder.agreement.versions:
        own = [column for column in every if column.version is version]
        dated = {column.year for column in own if column.year}
        last = version.valid_to.year if version.valid_to else max([version.valid_from.year, *dated])
        for year in range(version.valid_from.year, last + 1):
            of_year = [column for column in own if column.year == year] or [each for each in own if not each.year]
            if not of_year or not _governs(folder.agreement, version, year):
                continue
            column = min(of_year, key=lambda column: abs(column.months - YEAR))
            for amount in _stated(column, year, Basis.TWELVE_MONTHS):
                exact = column.months == YEAR
                underlag = Underlag.DOKUMENTERAD if exact else Underlag.BERAKNAD
                yield replace(amount, kronor=amount.kronor * Fraction(YEAR, column.months), underlag=underlag)


def _governs(agreement: Agreement, version: Version, year: int) -> bool:
    """Whether the version counts on the last day of a year on which any does."""
    ends = [own.valid_to for own in agreement.versions if own.valid_to and own.valid_to.year == year]
    days = [dt.date(year, 12, 31), *sorted(ends, reverse=True)]
    found = next((own for day in days if (own := governing(agreement, day))), None)
    return found is version


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
