"""When a year's amounts are charged, by the agreement's own dates."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from analys.agreement.fields import known
from analys.agreement.model import Billing, Timing
from analys.allocation.charge import TO_THE_ORE, Shared
from analys.allocation.cost import yearly_cost
from analys.allocation.engine import solve
from analys.allocation.periods import Period
from analys.allocation.split import split
from analys.allocation.year import YearAllocation
from analys.rounding import Mode, round_exact


@dataclass(frozen=True)
class Bill:
    """One round of invoices: the latest day, what it covers (Swedish), each payer's amount; a credit is negative."""

    due: dt.date
    covers: str
    amounts_ore: dict[str, int]

    @property
    def total_ore(self) -> int:
        return sum(self.amounts_ore.values())


def invoices(allocation: YearAllocation) -> list[Bill]:
    """What is charged for the year, in order of date; nothing where the dates are unknown.

    Invoices that the agreement names are those due in the year: their months of a year's cost, shared anew by the same
    rule, so that they can charge more or less than the year's own part. Otherwise the amounts of each period are
    charged on :func:`due_dates`, equal to the öre. A budget is charged first, and settled the year after.
    """
    bills: list[Bill] = []
    for shared in allocation.periods:
        if billing := known(shared.period.version.billing):
            bills += [*_named(billing, shared, allocation.year), *_yearly(billing, shared, allocation.year)]
    return sorted(bills, key=lambda bill: bill.due)


def due_dates(billing: Billing, period: Period) -> list[dt.date]:
    """The days on which a period's amounts are charged.

    They are the yearly days that lie in it, or the last of the year's where none does. In arrears (efterskott) each
    covers its part of the period, and a day before that part has ended is the one of the year after.
    """
    year = period.first.year
    dates = [dt.date(year, *day) for day in billing.days]
    dates = [date for date in dates if period.first <= date <= period.last] or dates[-1:]
    if billing.timing is not Timing.ARREARS:
        return dates
    ends = _ends_of_parts(period, len(dates))
    return [date if date >= end else date.replace(year=year + 1) for date, end in zip(dates, ends, strict=True)]


def _ends_of_parts(period: Period, count: int) -> list[dt.date]:
    """The last days of a period's equal parts: of whole months, and the period's own last day for the last."""
    first, months = period.first.month, period.last.month - period.first.month + 1
    ends = []
    for n in range(1, count + 1):
        month = max(first, first + months * n // count - 1)
        end = dt.date(period.first.year, month, calendar.monthrange(period.first.year, month)[1])
        ends.append(min(end, period.last))
    return ends


def _named(billing: Billing, shared: Shared, year: int) -> Iterator[Bill]:
    cost = yearly_cost(shared.period.version, year)
    for invoice in billing.invoices:
        if invoice.due.year == year and cost is not None:
            total = round_exact(cost * Fraction(invoice.months, 12), Mode.HALF_UP)
            (answer,) = solve([shared.charge.problem(total)])
            yield Bill(invoice.due, invoice.covers, dict(zip(shared.amounts_ore, answer.amounts_ore, strict=True)))


def _yearly(billing: Billing, shared: Shared, year: int) -> Iterator[Bill]:
    dates = due_dates(billing, shared.period)
    charged = shared.budget_ore or shared.amounts_ore
    parts = {
        payer: split(amount, [1] * len(dates), TO_THE_ORE).amounts_ore for payer, amount in charged.items() if dates
    }
    for n, date in enumerate(dates):
        part = "" if len(dates) == 1 else f", del {n + 1} av {len(dates)}"
        yield Bill(date, _what(shared) + part, {payer: own[n] for payer, own in parts.items()})
    if shared.budget_ore and billing.settlement_day:
        owed = {payer: amount - shared.budget_ore[payer] for payer, amount in shared.amounts_ore.items()}
        yield Bill(dt.date(year + 1, *billing.settlement_day), f"avräkning mot utfallet {year}", owed)


def _what(shared: Shared) -> str:
    first, last = shared.period.first, shared.period.last
    whole = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    name = str(first.year) if whole else f"{first}–{last}"
    return f"{name}, preliminärt" if shared.budget_ore else name
