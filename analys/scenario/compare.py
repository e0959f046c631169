"""Before and after, for each payer and year."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from analys.agreement.model import Agreement, RefundRule
from analys.allocation.billing import invoices
from analys.allocation.charge import Shared, limits_change, share
from analys.allocation.limits import Yearly
from analys.allocation.year import YearAllocation, allocate_each, allocate_years, year_of, years_with_cost
from analys.errors import AnalysError
from analys.register import Region
from analys.scenario.answer import Change, Comparison, Scenario, YearTotals
from analys.scenario.assumptions import refund_rule
from analys.scenario.change import Draft, after


def compare(
    agreement: Agreement, scenario: Scenario, years: Sequence[int], totals_ore: Mapping[int, int] | None = None
) -> Comparison:
    """Before and after for each payer and year. ``totals_ore`` by year stand in for costs that no document states.

    Raises :class:`AnalysError` for a scenario that cannot be: a leaver that is no member, an end before the years, a
    tariff whose leavers leave cost behind.
    """
    return compare_all(agreement, [scenario], years, totals_ore)[0]


def compare_all(
    agreement: Agreement,
    scenarios: Sequence[Scenario],
    years: Sequence[int],
    totals_ore: Mapping[int, int] | None = None,
) -> list[Comparison]:
    """As :func:`compare` for several scenarios of the same years: all of them are rounded in one call of the engine."""
    before, left_out = allocate_each(agreement, years, totals_ore, carry_forward=True)
    said = tuple(f"{year} utelämnas: {error}" for year, error in left_out.items())
    if not before:
        raise AnalysError("\n".join(said))
    for scenario in scenarios:
        _check(scenario, before)
    if limits_change(agreement):
        return [_one_after_another(agreement, scenario, before, totals_ore, said) for scenario in scenarios]
    drafts = [[after(agreement, scenario, year, before[0].year) for year in before] for scenario in scenarios]
    shared = iter(share([one for draft in drafts for year in draft for one in year.charges]))
    comparisons = []
    for scenario, draft in zip(scenarios, drafts, strict=True):
        answers = [[next(shared) for _ in year.charges] for year in draft]
        comparisons.append(_comparison(agreement, scenario, before, draft, answers, said))
    return comparisons


def _one_after_another(
    agreement: Agreement,
    scenario: Scenario,
    before: Sequence[YearAllocation],
    totals_ore: Mapping[int, int] | None,
    said: tuple[str, ...],
) -> Comparison:
    """A limit on the yearly change starts from the year before as the scenario leaves it."""
    first = before[0].year
    rates: dict[str, Yearly] = {}
    if first - 1 in years_with_cost(agreement):
        rates = allocate_years(agreement, [first - 1], totals_ore, carry_forward=True)[0].yearly_rates()
    drafts, answers = [], []
    for year in before:
        drafts.append(after(agreement, scenario, year, first, rates))
        answers.append(share(drafts[-1].charges))
        rates = year_of(agreement, year.year, answers[-1]).yearly_rates() if answers[-1] else {}
    return _comparison(agreement, scenario, before, drafts, answers, said)


def each_leaving(
    agreement: Agreement,
    date: dt.date,
    stranded: Fraction,
    years: Sequence[int],
    totals_ore: Mapping[int, int] | None = None,
) -> dict[Region, Comparison]:
    """What each member leaving alone would mean, by the member that leaves."""
    first = allocate_years(agreement, [date.year], totals_ore, carry_forward=True)[0]
    members = first.periods[-1].period.members
    scenarios = [Scenario(leaving=(member,), leave_date=date, stranded=stranded) for member in members]
    return dict(zip(members, compare_all(agreement, scenarios, years, totals_ore), strict=True))


def _check(scenario: Scenario, before: Sequence[YearAllocation]) -> None:
    members = {member for year in before for shared in year.periods for member in shared.period.members}
    strangers = [region.name for region in scenario.leaving if region not in members]
    if strangers:
        raise AnalysError(f"{', '.join(strangers)}: no member, so it cannot leave")
    if scenario.leaving and scenario.leave_date is None:
        raise AnalysError("say from which date the members leave")
    if not 0 <= scenario.stranded <= 1:
        raise AnalysError(f"the stranded part is between 0 and 1, not {float(scenario.stranded)}")
    last = before[-1].periods[-1].period.last
    for date, what in ((scenario.end, "end"), (scenario.leave_date, "leave date")):
        if date and date > last:
            raise AnalysError(f"the {what} {date} lies after the last day that is compared, {last}; ask for more years")


def _comparison(
    agreement: Agreement,
    scenario: Scenario,
    before: Sequence[YearAllocation],
    drafts: Sequence[Draft],
    answers: Sequence[Sequence[Shared]],
    said: tuple[str, ...],
) -> Comparison:
    changes, totals = [], []
    assumptions = [*said, *(assumption for year in before for assumption in year.assumptions)]
    for year, draft, shared in zip(before, drafts, answers, strict=True):
        amounts: Counter[str] = Counter()
        for part in shared:
            amounts.update(part.amounts_ore)
        kept = _kept(scenario, year)
        changes += [
            Change(
                year.year,
                row.payer,
                row.code,
                row.name,
                row.amount_ore,
                max(amounts[row.payer], kept.get(row.payer, 0)),
                row.inhabitants,
            )
            for row in year.rows
        ]
        own = changes[-len(year.rows) :]
        totals.append(
            YearTotals(
                year.year,
                sum(change.before_ore for change in own),
                sum(change.after_ore for change in own),
                year.residual_ore,
                sum(part.residual_ore for part in shared),
                draft.uncovered_ore,
            )
        )
        assumptions += draft.assumptions
        assumptions += [assumption for part in shared for assumption in part.charge.question.assumptions]
    return Comparison(agreement, tuple(changes), tuple(totals), tuple(dict.fromkeys(assumptions)))


def _kept(scenario: Scenario, year: YearAllocation) -> dict[str, int]:
    """What has been charged by the end and does not come back, where the agreement refunds nothing."""
    if scenario.end is None:
        return {}
    if refund_rule(year.periods[-1].period) is not RefundRule.NONE:
        return {}
    kept: dict[str, int] = {}
    for bill in invoices(year):
        if bill.due <= scenario.end:
            for payer, amount in bill.amounts_ore.items():
                kept[payer] = kept.get(payer, 0) + amount
    return {row.payer: min(row.amount_ore, kept.get(row.payer, 0)) for row in year.rows}
