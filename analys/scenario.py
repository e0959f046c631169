"""What if: an agreement ends, members leave it, or its key or its index is another. Who gains and who loses?

A scenario changes the periods and totals of the agreement's own years and shares them by the same engine. What it
answers is an estimate (``skattad``) by stated assumptions, also where it starts from documented amounts.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from analys.agreement.costs import Index
from analys.agreement.keys import Key, Limits
from analys.agreement.model import Agreement, Members, Notice, Refund, RefundRule
from analys.allocation.billing import invoices
from analys.allocation.charge import Charge, Shared, charge, rounded_together, share
from analys.allocation.cost import index_factor
from analys.allocation.periods import DAY, Period
from analys.allocation.year import YearAllocation, allocate_years, year_of
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.register import Region
from analys.swedish import format_date, format_number

if TYPE_CHECKING:
    import pandas as pd

GAINS: Final = "vinner"
LOSES: Final = "förlorar"
SAME: Final = "oförändrat"


@dataclass(frozen=True)
class Scenario:
    """What is changed; everything else stays as the agreement says.

    ``end``: the agreement's last day. ``leaving``: members out from ``leave_date`` on, the rest carrying it on;
    ``stranded``: the part of the leavers' cost that does not fall away. ``key``, ``index``: instead of the agreement's.
    """

    end: dt.date | None = None
    leaving: tuple[Region, ...] = ()
    leave_date: dt.date | None = None
    stranded: Fraction = Fraction(0)
    key: Key | None = None
    index: Index | None = None


@dataclass(frozen=True)
class Change:
    """One payer's year before and after, in öre. ``inhabitants`` is ``None`` for parties that are no municipality."""

    year: int
    payer: str
    code: str
    name: str
    before_ore: int
    after_ore: int
    inhabitants: int | None

    @property
    def difference_ore(self) -> int:
        """What the payer pays more; a saving is negative."""
        return self.after_ore - self.before_ore

    @property
    def outcome(self) -> str:
        if self.difference_ore == 0:
            return SAME
        return LOSES if self.difference_ore > 0 else GAINS

    def per_head(self, ore: int) -> Fraction | None:
        """An amount in kronor an inhabitant."""
        return Fraction(ore, 100 * self.inhabitants) if self.inhabitants else None


@dataclass(frozen=True)
class YearTotals:
    """A year's sums in öre. ``uncovered_ore`` is cost that nobody is left to pay."""

    year: int
    before_ore: int
    after_ore: int
    residual_before_ore: int
    residual_after_ore: int
    uncovered_ore: int


@dataclass(frozen=True)
class Comparison:
    """A scenario's answer: a change for each payer and year, the years' sums, and what was assumed (Swedish)."""

    agreement: Agreement
    changes: tuple[Change, ...]
    totals: tuple[YearTotals, ...]
    assumptions: tuple[str, ...]
    underlag: Underlag = Underlag.SKATTAD

    def to_frame(self) -> pd.DataFrame:
        """A row a payer and year: ar, kommunkod, kommun, fore_kr, efter_kr, skillnad_kr, the same kr_per_invanare,
        utfall, underlag. Kronor are ``Decimal``, kronor an inhabitant floats."""
        import pandas as pd

        def kronor(ore: int) -> Decimal:
            return Decimal(ore).scaleb(-2)

        def rate(change: Change, ore: int) -> float | None:
            value = change.per_head(ore)
            return None if value is None else float(value)

        return pd.DataFrame(
            {
                "ar": change.year,
                "kommunkod": change.code,
                "kommun": change.name,
                "fore_kr": kronor(change.before_ore),
                "efter_kr": kronor(change.after_ore),
                "skillnad_kr": kronor(change.difference_ore),
                "fore_kr_per_invanare": rate(change, change.before_ore),
                "efter_kr_per_invanare": rate(change, change.after_ore),
                "skillnad_kr_per_invanare": rate(change, change.difference_ore),
                "utfall": change.outcome,
                "underlag": str(self.underlag),
            }
            for change in self.changes
        )


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
    before = allocate_years(agreement, years, totals_ore, carry_forward=True)
    for scenario in scenarios:
        _check(scenario, before)
    drafts = [[_after(agreement, scenario, year, years[0]) for year in before] for scenario in scenarios]
    shared = iter(share([one for draft in drafts for year in draft for one in year.charges]))
    comparisons = []
    for scenario, draft in zip(scenarios, drafts, strict=True):
        answers = [[next(shared) for _ in year.charges] for year in draft]
        comparisons.append(_comparison(agreement, scenario, before, draft, answers))
    return comparisons


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


@dataclass(frozen=True)
class _Draft:
    """A year after the change, before rounding."""

    charges: list[Charge]
    uncovered_ore: int
    assumptions: list[str]


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


@dataclass(frozen=True)
class _Piece:
    """A part of a period whose total is still exact. ``cost`` is ``None`` for a tariff."""

    period: Period
    cost: Fraction | None
    carried: Fraction


def _after(agreement: Agreement, scenario: Scenario, before: YearAllocation, first_year: int) -> _Draft:
    pieces: list[_Piece] = []
    uncovered = Fraction(0)
    factor = _factor(scenario, before.year, first_year)
    for shared in before.periods:
        for period in _pieces(scenario, shared.period):
            piece = _changed(scenario, shared, period, factor)
            if piece.period.members:
                pieces.append(piece)
            else:
                uncovered += piece.carried
    costs = iter(rounded_together([piece.cost for piece in pieces if piece.cost is not None]))
    charges = [
        charge(agreement, piece.period, None if piece.cost is None else next(costs), carry_forward=True)
        for piece in pieces
    ]
    return _Draft(charges, int(uncovered), _assumptions(scenario, before))


def _pieces(scenario: Scenario, period: Period) -> list[Period]:
    """The period cut at the end and at the leaving date, without the leavers from then on."""
    last = min(period.last, _last_day(scenario.end, period)) if scenario.end else period.last
    if last < period.first:
        return []
    kept = replace(period, last=last)
    cut = scenario.leave_date
    if not scenario.leaving or cut is None or cut > last:
        return [kept]
    remaining = tuple(member for member in period.members if member not in scenario.leaving)
    if cut <= period.first:
        return [replace(kept, members=remaining)]
    return [replace(kept, last=cut - DAY), replace(kept, first=cut, members=remaining)]


def _last_day(end: dt.date, period: Period) -> dt.date:
    """The last day that is paid for: refunds from the first day of the month after the end leave the whole month."""
    if _refund(period) is not RefundRule.FROM_NEXT_MONTH:
        return end
    return end.replace(day=calendar.monthrange(end.year, end.month)[1])


def _refund(period: Period) -> RefundRule | None:
    return period.version.refund.rule if isinstance(period.version.refund, Refund) else None


def _changed(scenario: Scenario, shared: Shared, period: Period, factor: Fraction) -> _Piece:
    """The piece's total: its part of the period's, less what falls away with the leavers, by the new index and key."""
    whole, key = shared.period, scenario.key
    tariff = shared.charge.total_ore is None
    cost = Fraction(shared.total_ore) * period.part / whole.part * factor
    gone = [member.code for member in whole.members if member not in period.members]
    parts = sum(shared.charge.weights.values(), Fraction(0))
    leaving = (
        sum((shared.charge.weights[code] for code in gone), Fraction(0)) / parts if gone and parts else Fraction(0)
    )
    if tariff and gone and scenario.stranded and key is None:
        raise AnalysError("the key is a tariff, so nobody carries what leavers leave behind; give another key")
    carried = cost * (1 - leaving * (1 - scenario.stranded))
    version = period.version
    if key is not None:
        version = version.model_copy(update={"key": key})
    return _Piece(replace(period, version=version), None if tariff and key is None else carried, carried)


def _factor(scenario: Scenario, year: int, first_year: int) -> Fraction:
    if scenario.index is None:
        return Fraction(1)
    return index_factor(scenario.index.model_copy(update={"base_year": first_year}), year)


def _comparison(
    agreement: Agreement,
    scenario: Scenario,
    before: Sequence[YearAllocation],
    drafts: Sequence[_Draft],
    answers: Sequence[Sequence[Shared]],
) -> Comparison:
    changes, totals = [], []
    assumptions = [assumption for year in before for assumption in year.assumptions]
    for year, draft, shared in zip(before, drafts, answers, strict=True):
        after = year_of(agreement, year.year, shared) if shared else None
        amounts = {row.payer: row.amount_ore for row in after.rows} if after else {}
        kept = _kept(scenario, year)
        changes += [
            Change(
                year.year,
                row.payer,
                row.code,
                row.name,
                row.amount_ore,
                max(amounts.get(row.payer, 0), kept.get(row.payer, 0)),
                row.inhabitants,
            )
            for row in year.rows
        ]
        own = [change for change in changes if change.year == year.year]
        totals.append(
            YearTotals(
                year.year,
                sum(change.before_ore for change in own),
                sum(change.after_ore for change in own),
                year.residual_ore,
                after.residual_ore if after else 0,
                draft.uncovered_ore,
            )
        )
        assumptions += draft.assumptions + list(after.assumptions if after else ())
    return Comparison(agreement, tuple(changes), tuple(totals), tuple(dict.fromkeys(assumptions)))


def _kept(scenario: Scenario, year: YearAllocation) -> dict[str, int]:
    """What has been charged by the end and does not come back, where the agreement refunds nothing."""
    if scenario.end is None:
        return {}
    if _refund(year.periods[-1].period) is not RefundRule.NONE:
        return {}
    kept: dict[str, int] = {}
    for bill in invoices(year):
        if bill.due <= scenario.end:
            for payer, amount in bill.amounts_ore.items():
                kept[payer] = kept.get(payer, 0) + amount
    return {row.payer: min(row.amount_ore, kept.get(row.payer, 0)) for row in year.rows}


def _assumptions(scenario: Scenario, before: YearAllocation) -> list[str]:
    """What a reader must know to believe the numbers, in Swedish."""
    version = before.periods[-1].period.version
    stated = []
    if scenario.end:
        stated.append(f"Avtalet upphör {format_date(scenario.end)}.")
        stated.append(_REFUND_TEXT[_refund(before.periods[-1].period)])
        if isinstance(version.notice, Notice) and version.notice.months:
            latest = _months_before(scenario.end, version.notice.months)
            stated.append(f"Uppsägning senast {format_date(latest)} ({version.notice.months} månaders uppsägningstid).")
    if scenario.leaving and scenario.leave_date:
        names = ", ".join(region.name for region in scenario.leaving)
        part = format_number(scenario.stranded * 100, 1).removesuffix(",0")
        stated.append(
            f"{names} lämnar från och med {format_date(scenario.leave_date)}; övriga fortsätter. "
            f"{part} % av de utträdandes kostnad finns kvar och fördelas på övriga."
        )
        staying = [m for m in before.periods[-1].period.members if m not in scenario.leaving]
        least = version.members.minimum if isinstance(version.members, Members) else None
        if least and len(staying) < least:
            stated.append(f"Avtalet förutsätter minst {least} medlemmar; {len(staying)} skulle vara kvar.")
    for decision in before.agreement.decisions:
        if decision.condition and (scenario.end or decision.municipality in scenario.leaving):
            what = {"forslag": "Förslaget", "beslut": "Beslutet"}[decision.status]
            stated.append(f"{what} från {decision.municipality.name} gäller under förutsättning: {decision.condition}.")
    if scenario.key:
        stated.append("Kostnaden fördelas med en annan nyckel än avtalets.")
    if scenario.index:
        stated.append("Kostnaden följer ett antaget index från det första jämförda året.")
    if isinstance(version.limits, Limits) and version.limits.change_per_head is not None:
        stated.append("Avtalets gräns för årlig ändring tillämpas inte efter förändringen.")
    return stated


_REFUND_TEXT: Final = {
    RefundRule.NONE: "Fakturerade belopp återbetalas inte.",
    RefundRule.FROM_NEXT_MONTH: "Betalda belopp återbetalas från och med första dagen i månaden efter upphörandet.",
    None: "Villkoren för återbetalning är okända; kostnaden räknas till och med sista dagen.",
}


def _months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or that month's last day."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
