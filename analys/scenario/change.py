"""A year as it would be after the change: its periods cut, its members fewer, its total, key and index others."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from analys.agreement.model import Agreement, RefundRule
from analys.allocation.charge import Charge, Shared, charge, rounded_together
from analys.allocation.cost import index_factor
from analys.allocation.limits import LimitsError, Yearly
from analys.allocation.periods import DAY, Period
from analys.allocation.split import whole_weights
from analys.allocation.year import YearAllocation
from analys.errors import AnalysError
from analys.scenario.answer import Scenario
from analys.scenario.assumptions import assumptions, refund_rule


@dataclass(frozen=True)
class Draft:
    """A year after the change, before rounding."""

    charges: list[Charge]
    uncovered_ore: int
    assumptions: list[str]


@dataclass(frozen=True)
class _Piece:
    """A part of a period whose total is still exact. ``cost`` is ``None`` for a tariff."""

    period: Period
    cost: Fraction | None
    carried: Fraction


def after(
    agreement: Agreement,
    scenario: Scenario,
    before: YearAllocation,
    first_year: int,
    rates: Mapping[str, Yearly] | None = None,
) -> Draft:
    """The year changed as the scenario says, not yet rounded.

    ``first_year``: where an index starts. ``rates``: what each paid the year before, for a limit on the change;
    where the limit cannot hold what the change brings, it gives way, and an assumption says so.
    """
    factor = _factor(scenario, before.year, first_year)
    every = [
        _changed(scenario, shared, period, factor)
        for shared in before.periods
        for period in _pieces(scenario, shared.period)
    ]
    pieces = [piece for piece in every if piece.period.members]
    uncovered = sum((piece.carried for piece in every if not piece.period.members), Fraction(0))
    totals = rounded_together([piece.cost for piece in pieces])
    stated = assumptions(scenario, agreement, before.periods[-1].period)

    def charges(rates: Mapping[str, Yearly] | None) -> list[Charge]:
        asked = zip(pieces, totals, strict=True)
        return [
            charge(agreement, piece.period, total, carry_forward=True, rates_before=rates) for piece, total in asked
        ]

    try:
        return Draft(charges(rates), int(uncovered), stated)
    except LimitsError:
        given_way = f"Gränsen för årlig ändring räcker inte till {before.year} och tillämpas inte det året."
        return Draft(charges(None), int(uncovered), [*stated, given_way])


def _pieces(scenario: Scenario, period: Period) -> list[Period]:
    """The period cut at the end and at the leaving date, without the leavers from then on."""
    last = min(period.last, _last_day(scenario.end, period)) if scenario.end else period.last
    if last < period.first:
        return []
    kept = replace(period, last=last)
    cut = scenario.leave_date
    if not scenario.leaving or cut is None or cut > last:
        return [kept]
    leaving = {member.code for member in scenario.leaving}
    remaining = tuple(member for member in period.members if member.code not in leaving)
    if cut <= period.first:
        return [replace(kept, members=remaining)]
    return [replace(kept, last=cut - DAY), replace(kept, first=cut, members=remaining)]


def _last_day(end: dt.date, period: Period) -> dt.date:
    """The last day that is paid for: refunds from the first day of the month after the end leave the whole month."""
    if refund_rule(period) is not RefundRule.FROM_NEXT_MONTH:
        return end
    return end.replace(day=calendar.monthrange(end.year, end.month)[1])


def _changed(scenario: Scenario, shared: Shared, period: Period, factor: Fraction) -> _Piece:
    """The piece's total: its part of the period's, less what falls away with the leavers, by the new index and key."""
    whole, key = shared.period, scenario.key
    tariff = shared.charge.total_ore is None
    cost = Fraction(shared.total_ore) * period.part / whole.part * factor
    gone = {member.code for member in whole.members} - {member.code for member in period.members}
    leaving = _part_of(gone, shared.charge.weights) if gone else Fraction(0)
    if tariff and gone and scenario.stranded and key is None:
        raise AnalysError(
            "nyckeln är en taxa, så ingen bär vad de utträdande lämnar; ange en annan nyckel (--key) eller --stranded 0"
        )
    carried = cost * (1 - leaving * (1 - scenario.stranded))
    version = period.version
    if key is not None:
        version = version.model_copy(update={"key": key})
    return _Piece(replace(period, version=version), None if tariff and key is None else carried, carried)


def _part_of(gone: set[str], weights: Mapping[str, Fraction]) -> Fraction:
    """The leavers' part of one by the key's exact weights."""
    whole = dict(zip(weights, whole_weights(list(weights.values())), strict=True))
    return Fraction(sum(whole[payer] for payer in gone), sum(whole.values()) or 1)


def _factor(scenario: Scenario, year: int, first_year: int) -> Fraction:
    if scenario.index is None:
        return Fraction(1)
    return index_factor(scenario.index.model_copy(update={"base_year": first_year}), year)
