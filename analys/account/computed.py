"""What the terms give: each year's cost, shared by the allocation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from analys.account.key import payer
from analys.account.model import INVOICE_YEAR, Amount, Basis, Origin
from analys.allocation.billing import invoices
from analys.allocation.year import YearAllocation
from analys.evidence import Interval

LABEL = "avtalets villkor"


def amounts(shared: list[YearAllocation]) -> Iterator[Amount]:
    """What each payer shall pay by the terms: of the year's own days, of twelve months, and by invoice."""
    return chain.from_iterable(map(_of_year, shared))


def _of_year(year: YearAllocation) -> Iterator[Amount]:
    by_period = [(shared.amounts_ore, shared.period) for shared in year.periods]
    whole = {row.payer: row.amount_ore for row in year.rows}
    own_part = sum(period.part for _, period in by_period)
    for amounts_ore, period in by_period:
        yield from _amounts(year, year.year, Basis.ACCRUAL, amounts_ore, period.version.id)
    for amount in _amounts(year, year.year, Basis.TWELVE_MONTHS, whole):
        yield replace(amount, kronor=amount.kronor / own_part)
    bills = invoices(year)
    for bill in bills:
        yield from _amounts(year, bill.due.year, Basis.INVOICE, bill.amounts_ore, str(year.year))
    if not bills:  # no document says when: in the year that is paid for
        for amount in _amounts(year, year.year, Basis.INVOICE, whole, str(year.year)):
            yield replace(amount, assumptions=(INVOICE_YEAR,))


def _amounts(
    year: YearAllocation, of: int, basis: Basis, amounts_ore: dict[str, int], part: str = ""
) -> Iterator[Amount]:
    clauses = year.clauses()
    documents = tuple(dict.fromkeys(clause["dokument"] for clause in clauses if "dokument" in clause))
    place = "; ".join(f"{clause['villkor']}: {clause['stalle']}" for clause in clauses if "stalle" in clause)
    for key, ore in amounts_ore.items():
        kronor = Interval.point(Fraction(ore, 100))
        who = payer(year.agreement, key)
        yield Amount(who, of, basis, Origin.TERMS, LABEL, year.underlag, kronor, (), documents, place, part=part)
