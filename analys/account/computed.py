"""What the terms give: each year's cost, shared by the allocation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from analys.account.key import payer
from analys.account.model import INVOICE_YEAR, Amount, Basis, Origin
from analys.agreement import Agreement
from analys.allocation.billing import invoices
from analys.allocation.year import YearAllocation, allocate_years, years_with_cost
from analys.errors import AnalysError
from analys.evidence import Interval

LABEL = "avtalets villkor"


def years(agreement: Agreement) -> tuple[list[YearAllocation], dict[int, str]]:
    """The years that the terms give a cost for, shared; and why a year that has a cost could not be."""
    shared, lacking = [], {}
    for year in years_with_cost(agreement):
        try:
            shared += allocate_years(agreement, [year], carry_forward=True)
        except AnalysError as error:
            lacking[year] = str(error)
    return shared, lacking


def amounts(shared: list[YearAllocation]) -> Iterator[Amount]:
    """What each payer shall pay by the terms: of the year's own days, by invoice, and of twelve months."""
    for year in shared:
        for period in year.periods:
            yield from _of(year, year.year, Basis.ACCRUAL, period.amounts_ore, period.period.version.id)
        yield from _twelve_months(year)
        yield from _invoiced(year)


def _whole(year: YearAllocation) -> dict[str, int]:
    return {row.payer: row.amount_ore for row in year.rows}


def _twelve_months(year: YearAllocation) -> Iterator[Amount]:
    part = sum(shared.period.part for shared in year.periods)
    for amount in _of(year, year.year, Basis.TWELVE_MONTHS, _whole(year)):
        yield replace(amount, kronor=amount.kronor / part)


def _invoiced(year: YearAllocation) -> Iterator[Amount]:
    """By the year of each invoice; where no document says when, in the year that is paid for."""
    bills = invoices(year)
    for bill in bills:
        yield from _of(year, bill.due.year, Basis.INVOICE, bill.amounts_ore, str(year.year))
    if not bills:
        for amount in _of(year, year.year, Basis.INVOICE, _whole(year), str(year.year)):
            yield replace(amount, assumptions=(INVOICE_YEAR,))


def _of(year: YearAllocation, of: int, basis: Basis, amounts_ore: dict[str, int], part: str = "") -> Iterator[Amount]:
    clauses = year.clauses()
    documents = tuple(dict.fromkeys(clause["dokument"] for clause in clauses if "dokument" in clause))
    place = "; ".join(f"{clause['villkor']}: {clause['stalle']}" for clause in clauses if "stalle" in clause)
    for key, ore in amounts_ore.items():
        kronor = Interval.point(Fraction(ore, 100))
        who = payer(year.agreement, key)
        yield Amount(who, of, basis, Origin.TERMS, LABEL, year.underlag, kronor, (), documents, place, part=part)
