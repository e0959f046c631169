"""A period's cost on its way to its payers: the total, the weights, and the amounts that the rule makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from analys.agreement.costs import BudgetCost
from analys.agreement.fields import MOST_ORE, UNKNOWN
from analys.agreement.keys import KeyRule, Limits
from analys.agreement.model import Agreement, RoundingTerm, Version
from analys.allocation.cost import yearly_cost
from analys.allocation.engine import Problem, solve
from analys.allocation.key import Question, Weights, is_tariff, weigh
from analys.allocation.limits import Bounds, within
from analys.allocation.periods import Period
from analys.allocation.split import Split, shares, split
from analys.errors import AnalysError
from analys.population import latest_year, population
from analys.register import regions
from analys.rounding import Mode, Residual, Rounding, Unit, round_exact
from analys.swedish import format_kr

#: How amounts are shared when no document says how they round: to the öre, nothing left over.
TO_THE_ORE: Final = Rounding(unit=Unit.ORE, residual=Residual.LARGEST_REMAINDER)


@dataclass(frozen=True)
class Charge:
    """One period before rounding. ``total_ore`` is ``None`` for a tariff, whose weights are fees in öre.

    ``budget_ore`` is the period's budget, where the actual cost is shared.
    """

    period: Period
    total_ore: int | None
    budget_ore: int | None
    question: Question
    weights: Weights

    @property
    def rule(self) -> Rounding:
        term = self.period.version.rounding
        return term.rule if isinstance(term, RoundingTerm) else TO_THE_ORE

    def problem(self, total_ore: int) -> Problem:
        """The charge of another total, for the engine."""
        term, host = self.period.version.rounding, None
        if isinstance(term, RoundingTerm) and term.host:
            if term.host.code not in self.weights:
                span = f"{self.period.first} to {self.period.last}"
                raise AnalysError(f"{term.host.name}, which carries the residual, is no member from {span}")
            host = list(self.weights).index(term.host.code)
        return Problem(total_ore, list(self.weights.values()), self.rule, host)


@dataclass(frozen=True)
class Shared:
    """A charge and its amounts by payer.

    ``budget_ore`` are the amounts that the budget made, where the actual cost has been shared since.
    """

    charge: Charge
    total_ore: int
    amounts_ore: dict[str, int]
    residual_ore: int
    budget_ore: dict[str, int]

    @property
    def period(self) -> Period:
        return self.charge.period

    @cached_property
    def parts(self) -> Weights:
        """The shares, rounded as the rule says; of a tariff, the fees' parts of their sum."""
        rule, weights = self.charge.rule, self.charge.weights
        if not any(weights.values()):
            return weights
        rescaled = rule.rescaled or rule.residual.is_proportional
        values = shares(list(weights.values()), rule.share_decimals, rule.share_mode, rescaled=rescaled)
        return dict(zip(weights, values, strict=True))


def period_totals(
    agreement: Agreement, spans: Sequence[Period], year: int, total_ore: int | None = None
) -> list[int | None]:
    """Each period's part of the year's cost in öre; ``None`` for a tariff, which makes the total itself.

    ``total_ore`` takes the place of the agreement's own cost. The periods' exact costs are rounded together, half up to
    the öre, so that they make the year's total. Raises :class:`AnalysError` when a cost is unknown, or is given to a
    tariff.
    """
    by_tariff = [is_tariff(known_key(agreement, span.version)) for span in spans]
    if total_ore is not None and any(by_tariff):
        raise AnalysError("the key is a tariff, which makes the total itself; leave out --total")
    exact = []
    for span, tariff in zip(spans, by_tariff, strict=True):
        cost = yearly_cost(span.version, year)
        if cost is None and not tariff and total_ore is None:
            at = agreement.place("version", agreement.versions.index(span.version), "kostnad")
            raise AnalysError(
                f"{at}: no document states the cost of {year}{_last_known(span.version, year)}; "
                "give the year's total with --total"
            )
        if cost is not None and cost >= MOST_ORE:
            raise AnalysError(f"the cost of {year} is {float(cost / 100):.3g} kr, more than can be meant")
        exact.append(None if cost is None else cost * span.part)
    if total_ore is not None:
        weights = [
            span.part if cost is None or None in exact else cost for span, cost in zip(spans, exact, strict=True)
        ]
        return list(split(total_ore, weights, TO_THE_ORE).amounts_ore)
    rounded = iter(rounded_together([cost for cost in exact if cost is not None]))
    return [None if cost is None else next(rounded) for cost in exact]


def _last_known(version: Version, year: int) -> str:
    """The cost that was stated last, as a hint: costs are not carried forward by themselves."""
    for earlier in range(year - 1, version.valid_from.year - 1, -1):
        try:
            cost = yearly_cost(version, earlier)
        except AnalysError:  # no index of that year
            continue
        if cost is not None:
            return f" (the last stated is {format_kr(cost / 100)} for {earlier})"
    return ""


def rounded_together(amounts: Sequence[Fraction]) -> list[int]:
    """Whole öre that make the rounded sum of exact amounts (zero or more)."""
    total = sum(amounts, Fraction(0))
    if total == 0:
        return [0] * len(amounts)
    return list(split(round_exact(total, Mode.HALF_UP), amounts, TO_THE_ORE).amounts_ore)


def known_key(agreement: Agreement, version: Version) -> KeyRule:
    """The version's key. Raises :class:`AnalysError` when no document states it."""
    if isinstance(version.key, KeyRule):
        return version.key
    at = _key_place(agreement, version)
    raise AnalysError(f"{at}: the key of version {version.id} is {UNKNOWN}, so nothing can be shared")


def _key_place(agreement: Agreement, version: Version) -> str:
    ids = [own.id for own in agreement.versions]
    return agreement.place("version", ids.index(version.id), "nyckel")


def charge(
    agreement: Agreement,
    period: Period,
    total_ore: int | None,
    *,
    carry_forward: bool = False,
    rates_before: Mapping[str, Fraction] | None = None,
) -> Charge:
    """Weigh the payers of one period.

    ``rates_before``: kronor an inhabitant of the whole year before, by payer, which limits on the change start from.
    ``carry_forward`` takes the latest known population for years that have none yet. Raises :class:`AnalysError` for a
    missing figure, or limits that cannot hold the total.
    """
    year = period.first.year
    total = None if total_ore is None else Fraction(total_ore)
    key = known_key(agreement, period.version)
    place = _key_place(agreement, period.version)
    question = Question(agreement, year, period.members, place, total, carry_forward, period.part)
    weights = weigh(key, question)
    if total is None:
        weights = {payer: fee * period.part for payer, fee in weights.items()}
    if isinstance(period.version.limits, Limits):
        bounds = _bounds(period, period.version.limits, weights, question, rates_before or {})
        weights = _clipped(weights, bounds) if total is None else within(weights, total, bounds)
    return Charge(period, total_ore, _budget(period), question, weights)


def share(charges: Sequence[Charge]) -> list[Shared]:
    """Round all charges in one call of the engine: of any years, any groups and any rules."""
    problems = [one.problem(one.total_ore) for one in charges if one.total_ore is not None]
    budgets = [one.problem(one.budget_ore) for one in charges if one.budget_ore is not None]
    answers = iter(solve([*problems, *budgets]))
    split_charges = {n: next(answers) for n, one in enumerate(charges) if one.total_ore is not None}
    split_budgets = {n: next(answers) for n, one in enumerate(charges) if one.budget_ore is not None}
    return [_shared(one, split_charges.get(n), split_budgets.get(n)) for n, one in enumerate(charges)]


def _shared(one: Charge, answer: Split | None, budget: Split | None) -> Shared:
    rule, weights = one.rule, list(one.weights.values())
    if answer is None:  # a tariff: each fee is rounded by itself, and their sum is the total
        amounts = tuple(rule.unit * round_exact(fee / rule.unit, rule.mode) for fee in weights)
        answer = Split(amounts, 0)
    return Shared(
        one,
        sum(answer.amounts_ore) + answer.residual_ore,
        dict(zip(one.weights, answer.amounts_ore, strict=True)),
        answer.residual_ore,
        dict(zip(one.weights, budget.amounts_ore, strict=True)) if budget else {},
    )


def limits_change(agreement: Agreement) -> bool:
    """Whether a version limits the yearly change, so that a year depends on the one before."""
    limits = [version.limits for version in agreement.versions]
    return any(isinstance(own, Limits) and own.change_per_head is not None for own in limits)


def inhabitants(payer: str, question: Question) -> int | None:
    """By the key's own population figures, or else on 31 December the year before; ``None`` for other parties."""
    if payer not in regions():
        return None
    own = question.values.get(payer)
    if own and question.counts_inhabitants:
        return int(own)
    year = min(question.year - 1, latest_year()) if question.carry_forward else question.year - 1
    return population(regions()[payer], dt.date(year, 12, 31))


def _budget(period: Period) -> int | None:
    cost, year = period.version.cost, period.first.year
    if not isinstance(cost, BudgetCost) or year not in cost.budget_ore or year not in cost.actual_ore:
        return None
    return round_exact(cost.budget_ore[year] * period.part, Mode.HALF_UP)


def _bounds(
    period: Period, limits: Limits, weights: Weights, question: Question, before: Mapping[str, Fraction]
) -> Bounds:
    """Each payer's least and most öre in the period; yearly bounds count for the period's part of the year."""
    bounds: dict[str, tuple[Fraction, Fraction | None]] = {}
    for payer in weights:
        heads = Fraction(inhabitants(payer, question) or 0)
        low = [Fraction(limits.least_ore or 0), (limits.least_per_head or 0) * 100 * heads]
        high = [Fraction(limits.most_ore)] if limits.most_ore is not None else []
        if heads and limits.most_per_head is not None:
            high.append(limits.most_per_head * 100 * heads)
        if limits.change_per_head is not None and (rate := before.get(payer)) is not None:
            low.append((rate - limits.change_per_head) * 100 * heads)
            high.append((rate + limits.change_per_head) * 100 * heads)
        if limits.most_share is not None and question.total_ore is not None:
            high.append(limits.most_share * question.total_ore / period.part)
        bounds[payer] = (max(low) * period.part, min(high) * period.part if high else None)
    return bounds


def _clipped(fees: Weights, bounds: Bounds) -> Weights:
    """A tariff's fees within their bounds: what is cut from one member nobody else carries."""
    clipped = {}
    for payer, fee in fees.items():
        least, most = bounds[payer]
        clipped[payer] = max(fee, least) if most is None else min(max(fee, least), most)
    return clipped
