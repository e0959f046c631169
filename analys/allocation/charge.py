"""A period's cost on its way to its payers: the total, the weights, and the amounts that the rule makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

from analys.agreement.fields import MOST_ORE, known
from analys.agreement.keys import KeyRule
from analys.agreement.limits import NOBODY
from analys.agreement.model import Agreement, Version
from analys.agreement.question import Cells, Question, Weights
from analys.agreement.traced import Traced
from analys.allocation.cost import yearly_cost
from analys.allocation.engine import Problem, solve
from analys.allocation.limits import Yearly, limited
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

    ``settled``: fees and limits make the weights parts of the total as they stand, which need not be one together;
    otherwise they are parts of their sum. ``uncarried``: limits cut or bring what nobody carries. ``budget``: the
    period's budget, where the actual cost is shared.
    """

    period: Period
    total_ore: int | None
    question: Question
    weights: Weights
    settled: bool
    uncarried: bool
    budget: Charge | None = None

    @property
    def rule(self) -> Rounding:
        """The agreed rounding; shares that fees or limits have gone into are not rounded again."""
        term = known(self.period.version.rounding)
        rule = term.rule if term else TO_THE_ORE
        return replace(rule, share_decimals=None) if self.settled else rule

    @property
    def is_proportional(self) -> bool:
        """Whether the amounts are a total times weights divided by their sum, as a workbook's formula reckons."""
        whole = not self.settled or sum(self.weights.values()) == 1
        return self.total_ore is not None and whole and self.rule.residual is not Residual.DIVISOR

    def problem(self, total_ore: int) -> Problem:
        """The charge of another total, for the engine."""
        term, host = known(self.period.version.rounding), None
        if term and term.host:
            if term.host.code not in self.weights:
                span = f"{self.period.first} till {self.period.last}"
                raise AnalysError(f"{term.host.name}, som bär öresutjämningen, är inte medlem {span}")
            host = list(self.weights).index(term.host.code)
        weights = list(self.weights.values())
        if not self.settled:
            return Problem(total_ore, weights, self.rule, host)
        carried = sum(weights, Fraction(0))
        if self.uncarried and carried and self.rule.residual is not Residual.NONE:
            # what the limits leave to nobody is no residual of the rounding, so nobody gets it by way of that
            return Problem(round_exact(total_ore * carried, Mode.HALF_UP), weights, self.rule, host)
        return Problem(total_ore, weights, self.rule, host, Fraction(1))


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
        if self.charge.settled or not any(weights.values()):
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
    for span in spans:
        known_key(agreement, span.version)
    by_tariff = [span.version.is_tariff for span in spans]
    if total_ore is not None and any(by_tariff):
        raise AnalysError("nyckeln är en taxa, som själv ger totalen; utelämna --total")
    exact = []
    for span, tariff in zip(spans, by_tariff, strict=True):
        cost = yearly_cost(span.version, year)
        if cost is None and not tariff and total_ore is None:
            at = agreement.place("version", agreement.versions.index(span.version), "kostnad")
            raise AnalysError(
                f"{at}: inget dokument anger kostnaden {year}{_last_known(span.version, year)}; "
                "ange årets total med --total"
            )
        if cost is not None and cost >= MOST_ORE:
            raise AnalysError(f"kostnaden {year} är {float(cost / 100):.3g} kr, mer än som kan menas")
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
            return f" (den senast angivna är {format_kr(cost / 100)} för {earlier})"
    return ""


def rounded_together(amounts: Sequence[Fraction]) -> list[int]:
    """Whole öre that make the rounded sum of exact amounts (zero or more)."""
    total = sum(amounts, Fraction(0))
    if total == 0:
        return [0] * len(amounts)
    return list(split(round_exact(total, Mode.HALF_UP), amounts, TO_THE_ORE).amounts_ore)


def known_key(agreement: Agreement, version: Version) -> KeyRule:
    """The version's key. Raises :class:`AnalysError` when no document states it."""
    key = known(version.key)
    if key is None:
        at = _key_place(agreement, version)
        raise AnalysError(f"{at}: nyckeln i version {version.id} är okänd, så inget kan fördelas")
    return key


def _key_place(agreement: Agreement, version: Version) -> str:
    ids = [own.id for own in agreement.versions]
    return agreement.place("version", ids.index(version.id), "nyckel")


def charge(
    agreement: Agreement,
    period: Period,
    total_ore: int | None,
    *,
    carry_forward: bool = False,
    rates_before: Mapping[str, Yearly] | None = None,
    cells: Cells | None = None,
) -> Charge:
    """Weigh the payers of one period.

    ``rates_before``: what each payer paid in the whole year before, which limits on the change start from.
    ``carry_forward`` takes the latest known population for years that have none yet. ``cells``: a workbook that the
    weights are traced in. Raises :class:`AnalysError` for a missing figure, or limits that cannot hold the total.
    """
    question = _question(agreement, period, total_ore, carry_forward, cells)
    own = _weighed(agreement, period, question, rates_before or {})
    budget = known(period.version.cost)
    ore = budget.budgeted(period.first.year) if budget else None
    if ore is None:
        return own
    budgeted = round_exact(ore * period.part, Mode.HALF_UP)
    asked = _question(agreement, period, budgeted, carry_forward, None)
    return replace(own, budget=_weighed(agreement, period, asked, rates_before or {}))


def _question(
    agreement: Agreement, period: Period, total_ore: int | None, carry_forward: bool, cells: Cells | None
) -> Question:
    total = None if total_ore is None else Fraction(total_ore)
    if cells is not None and total is not None:
        total = Traced(total / 100, cells.agreed("Kostnad att fördela", total / 100, "kr")) * 100
    place = _key_place(agreement, period.version)
    members, year = period.members, period.first.year
    return Question(agreement.file.parent, year, members, place, total, carry_forward, period.part, cells)


def _weighed(agreement: Agreement, period: Period, question: Question, before: Mapping[str, Yearly]) -> Charge:
    key, limits = known_key(agreement, period.version), known(period.version.limits)
    rounding = known(period.version.rounding)
    rule = rounding.rule if rounding else TO_THE_ORE
    if rule.share_decimals is not None:
        question.round_shares = lambda weights: _rounded_shares(weights, rule)
    weights = key.weigh(question)
    settled = key.has_fees and question.total_ore is not None
    if question.total_ore is None:
        weights = {payer: fee * period.part for payer, fee in weights.items()}
    if limits:
        if question.round_shares and not settled:
            weights = question.round_shares(weights)
        heads = {payer: inhabitants(payer, question) for payer in weights} if limits.per_head else {}
        weights = limited(limits, weights, question, heads, before)
        settled = question.total_ore is not None
    in_order = {payer: weights[payer] for payer in sorted(weights, key=lambda payer: (payer not in regions(), payer))}
    ore = None if question.total_ore is None else int(question.total_ore)
    return Charge(period, ore, question, in_order, settled, limits is not None and limits.carried_by == NOBODY)


def _rounded_shares(weights: Weights, rule: Rounding) -> Weights:
    values = shares(list(weights.values()), rule.share_decimals, rule.share_mode, rescaled=rule.rescaled)
    return dict(zip(weights, values, strict=True))


def share(charges: Sequence[Charge]) -> list[Shared]:
    """Round all charges in one call of the engine: of any years, any groups and any rules."""
    budgets = [one.budget for one in charges if one.budget]
    asked = [one for one in [*charges, *budgets] if one.total_ore is not None]
    solved = solve([one.problem(one.total_ore) for one in asked if one.total_ore is not None])
    answers = {id(one): answer for one, answer in zip(asked, solved, strict=True)}
    return [_shared(one, answers) for one in charges]


def _shared(one: Charge, answers: Mapping[int, Split]) -> Shared:
    rule = one.rule
    answer = answers.get(id(one))
    if answer is None:  # a tariff: each fee is rounded by itself, and their sum is the total
        fees = one.weights.values()
        answer = Split(tuple(rule.unit * round_exact(fee / rule.unit, rule.mode) for fee in fees), 0)
    budget = dict(zip(one.weights, answers[id(one.budget)].amounts_ore, strict=True)) if one.budget else {}
    amounts = dict(zip(one.weights, answer.amounts_ore, strict=True))
    charged = sum(amounts.values())
    total = charged if one.total_ore is None else one.total_ore
    return Shared(one, total, amounts, total - charged, budget)


def limits_change(agreement: Agreement) -> bool:
    """Whether a version limits the yearly change, so that a year depends on the one before."""
    limits = [known(version.limits) for version in agreement.versions]
    return any(own.changes for own in limits if own)


def inhabitants(payer: str, question: Question) -> int | None:
    """By the key's own population figures, or else on 31 December the year before; ``None`` where neither is known."""
    if payer not in regions():
        return None
    own = next(
        (figure.values[payer] for figure in question.figures if figure.inhabitants and payer in figure.values), 0
    )
    if own:
        return int(own)
    year = min(question.year - 1, latest_year()) if question.carry_forward else question.year - 1
    try:
        return population(regions()[payer], dt.date(year, 12, 31))
    except AnalysError:
        return None
