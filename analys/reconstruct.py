"""Who paid what: shares and amounts by municipality and year, each with what it rests on.

Where an annex states amounts they are documented. Where it does not, every statement that a member has made about its
own payments implies a total through the key; statements that imply different totals stand side by side (column
``enligt``), never averaged. The arithmetic in words: ``docs/metod.md``; the assumptions: ``docs/antaganden.md``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analys import agreement as agreements
from analys import population, project, tables
from analys.agreement import UNKNOWN, Agreement, Version
from analys.allocation import Residual, Rounding, Unit, split
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag, common
from analys.intake.statements import PAYMENT, PAYMENT_PER_YEAR
from analys.register import Region
from analys.swedish import NBSP, genitive, quantize

#: The years that the bundled agreement was in force and the documents speak of.
YEARS: Final = range(2016, 2024)

#: Ids of the assumptions (``docs/antaganden.md``) that this module makes.
REFERENCE_DAY: Final = "referensdag"
ONE_MEMBER: Final = "enskild-uppgift"
RANGE: Final = "spann"
ACCRUAL: Final = "periodisering"

_EXACT_ORE: Final = Rounding(unit=Unit.ORE, residual=Residual.LARGEST_REMAINDER)


class View(StrEnum):
    """Which year an amount belongs to: the year of its invoice, or the year that it pays for."""

    INVOICE = "faktura"
    ACCRUAL = "period"


@dataclass(frozen=True)
class Amount:
    """What one municipality paid in one year according to one source (``according_to``), in kronor."""

    municipality: Region
    year: int
    according_to: str
    underlag: Underlag
    kronor: Interval
    assumptions: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Charge:
    """An annex column that is charged by one invoice: when, for which months, and how much for each member, by code."""

    version: Version
    due: dt.date
    first_month: pd.Period
    months: int
    column: str
    amounts: dict[str, Decimal]

    def months_by_year(self) -> dict[int, int]:
        """How many of the months paid for lie in each calendar year."""
        return dict(Counter((self.first_month + month).year for month in range(self.months)))


def members(agreement: Agreement, year: int) -> tuple[Region, ...]:
    """The municipalities of the version that governs a year. Raises :class:`AnalysError` when none is known."""
    version = governing(agreement, year)
    if version.members == UNKNOWN:
        raise AnalysError(f"{agreement.id}: version {version.id} does not say who the members are")
    return tuple(version.members.municipalities)


def governing(agreement: Agreement, year: int) -> Version:
    """The version in force on the last day of a year on which any is."""
    within = [
        version
        for version in agreement.versions
        if version.valid_from <= dt.date(year, 12, 31)
        and (version.valid_to is None or version.valid_to >= dt.date(year, 1, 1))
    ]
    if not within:
        raise AnalysError(f"{agreement.id}: no version of the agreement is in force in {year}")
    return max(within, key=lambda version: version.valid_from)


def key(agreement: Agreement, year: int) -> dict[Region, int]:
    """The members' population on 31 December of the year before (assumption ``referensdag``)."""
    return {member: population.year_end(member.code, year - 1) for member in members(agreement, year)}


def share(agreement: Agreement, year: int, member: Region) -> Fraction:
    """One member's exact part of the key."""
    figures = key(agreement, year)
    return Fraction(figures[member], sum(figures.values()))


# --- documented: the annexes ------------------------------------------------------------------------------------------


def charges(agreement: Agreement) -> list[Charge]:
    """The invoices whose amounts an annex states, in order of date."""
    annexes = tables.read(tables.BILAGOR)
    annexes = annexes[(annexes["avtal"] == agreement.id) & (annexes["storhet"] == "belopp")]
    found: list[Charge] = []
    for version in agreement.versions:
        columns = annexes[annexes["version"] == version.id]
        if version.billing == UNKNOWN or columns.empty:
            continue
        start = pd.Period(version.valid_from, "M")
        for invoice in version.billing.invoices:
            column = columns[columns["manader"] == invoice.months]
            months = invoice.months
            if version.valid_to is not None:
                months = min(months, (pd.Period(version.valid_to, "M") - start).n + 1)
            found.append(_charge(version, invoice.due, start, months, column))
            start += months
        if version.billing.yearly_by:
            for year in sorted({int(year) for year in columns["ar"].dropna()}):
                due, january = dt.date(year, *version.billing.yearly_by), pd.Period(year=year, month=1, freq="M")
                found.append(_charge(version, due, january, 12, columns[columns["ar"] == year]))
    return sorted(found, key=lambda charge: charge.due)


def _charge(version: Version, due: dt.date, start: pd.Period, months: int, column: pd.DataFrame) -> Charge:
    amounts = {row["kommunkod"]: row["varde"] for row in column.to_dict("records")}
    return Charge(version, due, start, months, str(column["kolumn"].iloc[0]), amounts)


def _documented(agreement: Agreement, view: View) -> Iterator[Amount]:
    for charge in charges(agreement):
        source = f"bilaga {charge.version.id}"
        by_year = charge.months_by_year()
        for member in members(agreement, charge.due.year):
            kronor = charge.amounts[member.code]
            if view is View.INVOICE:
                point = Interval.point(kronor)
                yield Amount(member, charge.due.year, source, Underlag.DOKUMENTERAD, point, (), source)
                continue
            underlag = Underlag.DOKUMENTERAD if len(by_year) == 1 else Underlag.BERAKNAD
            assumptions = () if len(by_year) == 1 else (ACCRUAL,)
            parts = split(int(kronor * 100), list(by_year.values()), _EXACT_ORE).amounts_ore
            for year, ore in zip(by_year, parts, strict=True):
                yield Amount(member, year, source, underlag, Interval.point(Fraction(ore, 100)), assumptions, source)


def _sum_by_year(amounts: Iterable[Amount]) -> Iterator[Amount]:
    """One amount a municipality and year: several invoices for the same year are added."""
    summed: dict[tuple[str, int], Amount] = {}
    for amount in amounts:
        place = (amount.municipality.code, amount.year)
        if (before := summed.get(place)) is None:
            summed[place] = amount
            continue
        both = dict.fromkeys((before.source, amount.source))
        summed[place] = replace(
            before,
            kronor=before.kronor + amount.kronor,
            underlag=max(before.underlag, amount.underlag, key=list(Underlag).index),
            assumptions=tuple(dict.fromkeys((*before.assumptions, *amount.assumptions))),
            according_to=" och ".join(both),
            source=" och ".join(both),
        )
    yield from summed.values()


# --- estimated: what the members' own statements imply ---------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """What a member says that it paid for a year, and the total that this implies through the key."""

    member: Region
    year: int
    stated: str
    kronor: Interval
    total: Interval
    is_range: bool
    documents: str

    @property
    def label(self) -> str:
        return f"{genitive(self.member.name)} {self.stated.replace(' ', NBSP)}"


def statements(agreement: Agreement, year: int) -> list[Statement]:
    """The members' statements about a year: payments for just that year or, failing those, ranges that cover it."""
    return payments(agreement, year) or ranges(agreement, year)


def payments(agreement: Agreement, year: int) -> list[Statement]:
    """What members state that they paid for just this year."""
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    rows = [
        row
        for row in _stated_by_members(agreement.id)
        if row.typ == PAYMENT and (row.period_fran, row.period_till) == (first, last)
    ]
    return _statements(agreement, year, rows, is_range=False)


def ranges(agreement: Agreement, year: int) -> list[Statement]:
    """What members state that they paid a year, over a period that this year belongs to."""
    first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    rows = [
        row
        for row in _stated_by_members(agreement.id)
        if row.typ == PAYMENT_PER_YEAR and row.period_fran <= last and row.period_till >= first
    ]
    return _statements(agreement, year, rows, is_range=True)


@project.per_project
def _stated_by_members(agreement_id: str) -> tuple[Any, ...]:
    """The stated amounts that are some municipality's, by municipality, amount and document."""
    stated = tables.read(tables.UPPGIFTER)
    own = stated[(stated["avtal"] == agreement_id) & (stated["kommunkod"] != "")]
    return tuple(tables.rows(own.sort_values(["kommunkod", "angivet", "dokument"])))


def _statements(agreement: Agreement, year: int, rows: list[Any], *, is_range: bool) -> list[Statement]:
    """The same figure stated in several documents is one statement, with all of them as its source."""
    by_code = {member.code: member for member in members(agreement, year)}
    documents: dict[tuple[str, str], list[str]] = {}
    bounds: dict[tuple[str, str], Interval] = {}
    for row in rows:
        if row.kommunkod not in by_code:
            raise AnalysError(
                f"{agreement.id}: {row.dokument} states what {row.kommun} paid, which is no member in {year}"
            )
        statement = (row.kommunkod, row.angivet)
        documents.setdefault(statement, []).append(row.dokument)
        bounds[statement] = Interval(Fraction(row.lagst_kr), Fraction(row.hogst_kr))
    found = []
    for (code, amount), kronor in bounds.items():
        total = kronor / share(agreement, year, by_code[code])
        sources = ", ".join(documents[code, amount])
        found.append(Statement(by_code[code], year, amount, kronor, total, is_range, sources))
    return found


def _estimated(agreement: Agreement, years: Iterable[int]) -> Iterator[Amount]:
    for year in years:
        for statement in statements(agreement, year):
            own = Underlag.SKATTAD if statement.is_range else Underlag.DOKUMENTERAD
            why = (RANGE if statement.is_range else ONE_MEMBER,)
            for member in members(agreement, year):
                estimate = Amount(
                    member,
                    year,
                    statement.label,
                    Underlag.SKATTAD,
                    statement.total * share(agreement, year, member),
                    (REFERENCE_DAY, *why),
                    statement.documents,
                )
                if member == statement.member:
                    reasons = why if statement.is_range else ()
                    estimate = replace(estimate, underlag=own, kronor=statement.kronor, assumptions=reasons)
                yield estimate


# --- tables -----------------------------------------------------------------------------------------------------------


def amounts(agreement_id: str, view: View = View.INVOICE, years: Iterable[int] = YEARS) -> list[Amount]:
    """Every municipality's amount for every year: documented, computed by accrual, or estimated from statements.

    A year for which two members' statements imply different totals has one amount for each of them.
    """
    agreement = agreements.load(agreement_id)
    documented = list(_sum_by_year(_documented(agreement, view)))
    covered = {amount.year for amount in documented}
    estimated = _estimated(agreement, [year for year in years if year not in covered])
    return [amount for amount in [*documented, *estimated] if amount.year in years]


def outward(interval: Interval, decimals: int = 2) -> tuple[Decimal, Decimal]:
    """The bounds as decimals, rounded away from each other so that nothing possible is left out.

    An exactly known value is rounded half up and stays one value.
    """
    if interval.is_point:
        return (quantize(interval.low, decimals),) * 2
    step = Decimal(1).scaleb(-decimals)
    low, high = (interval.low * 10**decimals).__floor__(), (interval.high * 10**decimals).__ceil__()
    return low * step, high * step


def amounts_by_municipality_year(
    agreement_id: str, view: View = View.INVOICE, years: Iterable[int] = YEARS
) -> pd.DataFrame:
    """:func:`amounts` as a table: one row a municipality, year and source.

    Columns: ``vy``, ``kommunkod``, ``kommun``, ``ar``, ``enligt``, ``underlag``, ``lagst_kr`` and ``hogst_kr``
    (kronor, equal when the amount is exact; otherwise the high bound itself is not included), ``antagande``, ``kalla``.
    """
    rows = []
    for amount in amounts(agreement_id, view, years):
        low, high = outward(amount.kronor)
        rows.append(
            {
                "vy": view.value,
                "kommunkod": amount.municipality.code,
                "kommun": amount.municipality.name,
                "ar": amount.year,
                "enligt": amount.according_to,
                "underlag": amount.underlag.value,
                "lagst_kr": low,
                "hogst_kr": high,
                "antagande": ", ".join(amount.assumptions),
                "kalla": amount.source,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.sort_values(["ar", "enligt", "kommunkod"], ignore_index=True)


def totals_by_year(agreement_id: str, view: View = View.INVOICE, years: Iterable[int] = YEARS) -> pd.DataFrame:
    """The whole cost by year and source: ``vy``, ``ar``, ``enligt``, ``underlag``, ``lagst_kr``, ``hogst_kr``,
    ``kalla``, and ``oforenlig``: whether the year's sources imply totals that cannot all be true."""
    agreement = agreements.load(agreement_id)
    rows = []
    of_year: dict[tuple[int, str], list[Amount]] = {}
    for amount in amounts(agreement_id, view, years):
        of_year.setdefault((amount.year, amount.according_to), []).append(amount)
    for (year, according_to), parts in of_year.items():
        stated = [s for s in statements(agreement, year) if s.label == according_to]
        total = stated[0].total if stated else sum((p.kronor for p in parts[1:]), parts[0].kronor)
        low, high = outward(total)
        underlag = Underlag.SKATTAD if stated else max((p.underlag for p in parts), key=list(Underlag).index)
        rows.append([view.value, year, according_to, underlag.value, low, high, parts[0].source, total])
    columns = ["vy", "ar", "enligt", "underlag", "lagst_kr", "hogst_kr", "kalla", "total"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["ar", "enligt"], ignore_index=True)
    clash = {year: common(totals) is None for year, totals in frame.groupby("ar")["total"]}
    frame["oforenlig"] = frame["ar"].map(clash)
    return frame.drop(columns="total")


def shares_by_municipality_year(agreement_id: str, years: Iterable[int] = YEARS) -> pd.DataFrame:
    """Shares by population for every year, and the shares that the annexes state for the years they were charged in.

    Columns: ``kommunkod``, ``kommun``, ``ar``, ``underlag``, ``folkmangd``, ``andel`` (part of one; eight decimals
    where computed, as printed where documented), ``kalla``.
    """
    agreement = agreements.load(agreement_id)
    rows = []
    for year in years:
        figures = key(agreement, year)
        total = sum(figures.values())
        source = f"SCB, folkmängd {year - 1}-12-31"
        for member, persons in figures.items():
            computed = [persons, quantize(Fraction(persons, total), 8), source]
            rows.append([member.code, member.name, year, Underlag.BERAKNAD.value, *computed])
    for charge in charges(agreement):
        inhabitants, parts = (printed(agreement, charge.version, what) for what in ("folkmangd", "andel"))
        source = f"bilaga {charge.version.id}"
        for member in members(agreement, charge.due.year):
            stated = [int(inhabitants[member.code]), parts[member.code], source]
            rows.append([member.code, member.name, charge.due.year, Underlag.DOKUMENTERAD.value, *stated])
    columns = ["kommunkod", "kommun", "ar", "underlag", "folkmangd", "andel", "kalla"]
    return pd.DataFrame(rows, columns=columns).sort_values(["ar", "underlag", "kommunkod"], ignore_index=True)


def printed(agreement: Agreement, version: Version, quantity: str) -> dict[str, Decimal]:
    """What a version's annex prints of one quantity, by municipality code."""
    annex = tables.read(tables.BILAGOR)
    of_version = (annex["avtal"] == agreement.id) & (annex["version"] == version.id) & (annex["storhet"] == quantity)
    return {row["kommunkod"]: row["varde"] for row in annex[of_version].to_dict("records")}
