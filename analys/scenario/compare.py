"""Before and after, for each payer and year."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analys.account.book import Account
from analys.account.folder import Folder
from analys.agreement.model import Agreement, RefundRule
from analys.allocation.billing import invoices
from analys.allocation.charge import Shared, limits_change, share
from analys.allocation.limits import Yearly
from analys.allocation.year import Row, YearAllocation, year_of, years_with_cost
from analys.errors import AnalysError
from analys.register import Region
from analys.scenario.answer import Change, Comparison, Scenario, YearTotals
from analys.scenario.assumptions import refund_rule
from analys.scenario.change import Draft, after


@dataclass(frozen=True)
class _Before:
    """The compared years as the account has them, and which years it could not share."""

    account: Account
    years: Sequence[YearAllocation]
    totals_ore: Mapping[int, int] | None
    left_out: tuple[str, ...]

    @property
    def first(self) -> int:
        return self.years[0].year


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
    before = _before(agreement, years, totals_ore)
    for scenario in scenarios:
        _check(scenario, before.years)
    if limits_change(agreement):
        return [_one_after_another(scenario, before) for scenario in scenarios]
    drafts = [[after(agreement, scenario, year, before.first) for year in before.years] for scenario in scenarios]
    shared = iter(share([one for draft in drafts for year in draft for one in year.charges]))
    answers = [[[next(shared) for _ in year.charges] for year in draft] for draft in drafts]
    return [_comparison(before, *each) for each in zip(scenarios, drafts, answers, strict=True)]


def _before(agreement: Agreement, years: Sequence[int], totals_ore: Mapping[int, int] | None) -> _Before:
    own = Account(Folder(agreement))
    found, left_out = own.allocated(years, totals_ore)
    said = tuple(f"{year} utelämnas: {error}" for year, error in left_out.items())
    if not found:
        raise AnalysError("\n".join(said))
    return _Before(own, found, totals_ore, said)


def _one_after_another(scenario: Scenario, before: _Before) -> Comparison:
    """A limit on the yearly change starts from the year before as the scenario leaves it."""
    own, first = before.account, before.first
    rates: Mapping[str, Yearly] = {}
    if first - 1 in years_with_cost(own.agreement):
        earlier, _ = own.allocated([first - 1], before.totals_ore)
        rates = earlier[0].yearly_rates() if earlier else {}
    drafts, answers = [], []
    for year in before.years:
        drafts.append(after(own.agreement, scenario, year, first, rates))
        answers.append(share(drafts[-1].charges))
        rates = year_of(own.agreement, year.year, answers[-1]).yearly_rates() if answers[-1] else {}
    return _comparison(before, scenario, drafts, answers)


def each_leaving(
    agreement: Agreement,
    date: dt.date,
    stranded: Fraction,
    years: Sequence[int],
    totals_ore: Mapping[int, int] | None = None,
) -> dict[Region, Comparison]:
    """What each member leaving alone would mean, by the member that leaves."""
    (first,) = _before(agreement, [date.year], totals_ore).years
    members = first.periods[-1].period.members
    scenarios = [Scenario(leaving=(member,), leave_date=date, stranded=stranded) for member in members]
    return dict(zip(members, compare_all(agreement, scenarios, years, totals_ore), strict=True))


def _check(scenario: Scenario, before: Sequence[YearAllocation]) -> None:
    periods = [shared.period for year in before for shared in year.periods]
    members = {member for period in periods for member in period.members}
    strangers = [region.name for region in scenario.leaving if region not in members]
    if strangers:
        raise AnalysError(f"{', '.join(strangers)} är inte medlem och kan inte lämna avtalet")
    last = periods[-1].last
    for date, what in ((scenario.end, "avtalets sista dag"), (scenario.leave_date, "dagen för utträdet")):
        if date and date > last:
            raise AnalysError(
                f"{what}, {date}, ligger efter den sista dag som jämförs, {last}; ta med fler år (--years)"
            )


def _comparison(
    before: _Before, scenario: Scenario, drafts: Sequence[Draft], answers: Sequence[Sequence[Shared]]
) -> Comparison:
    changes: list[Change] = []
    totals: list[YearTotals] = []
    said = [*before.left_out]
    noted: list[str] = []
    for year, draft, shared in zip(before.years, drafts, answers, strict=True):
        own = _changes(scenario, year, shared)
        changes += own
        totals.append(_totals(year, own, shared, draft))
        said += year.assumptions
        noted += draft.assumptions
        for part in shared:
            noted += part.charge.question.assumptions
    return Comparison(before.account.agreement, tuple(changes), tuple(totals), tuple(dict.fromkeys(said + noted)))


def _changes(scenario: Scenario, year: YearAllocation, shared: Sequence[Shared]) -> list[Change]:
    amounts: Counter[str] = Counter()
    for part in shared:
        amounts.update(part.amounts_ore)
    kept = _kept(scenario, year)

    def change(row: Row) -> Change:
        later = max(amounts[row.payer], min(row.amount_ore, kept[row.payer]))
        return Change(year.year, row.payer, row.code, row.name, row.amount_ore, later, row.inhabitants)

    return [change(row) for row in year.rows]


def _totals(year: YearAllocation, own: Sequence[Change], shared: Sequence[Shared], draft: Draft) -> YearTotals:
    return YearTotals(
        year.year,
        sum(change.before_ore for change in own),
        sum(change.after_ore for change in own),
        year.residual_ore,
        sum(part.residual_ore for part in shared),
        draft.uncovered_ore,
    )


def _kept(scenario: Scenario, year: YearAllocation) -> Counter[str]:
    """What has been charged by the end and does not come back, where the agreement refunds nothing."""
    kept: Counter[str] = Counter()
    if scenario.end is None or refund_rule(year.periods[-1].period) is not RefundRule.NONE:
        return kept
    for bill in invoices(year):
        if bill.due <= scenario.end:
            kept.update(bill.amounts_ore)
    return kept
