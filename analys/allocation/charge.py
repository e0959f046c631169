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
from analys.population import latest_year, population, table
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
    key: KeyRule
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
    def exact_parts(self) -> Weights:
        """Each payer's part of the total before rounding; where limits leave something over they make less than one."""
        return self.weights if self.settled else self.weights.parts

    @property
    def is_proportional(self) -> bool:
        """Whether the amounts are a total times weights divided by their sum, as a workbook's formula reckons."""
        whole = not self.settled or sum(self.weights.values()) == 1
        return self.total_ore is not None and whole and self.rule.residual is not Residual.DIVISOR

    def problem(self, total_ore: int) -> Problem:
        """The charge of another total, for the engine."""
        weights, host = list(self.weights.values()), self._host()
        if not self.settled:
            return Problem(total_ore, weights, self.rule, host)
        carried = sum(weights, Fraction(0))
        if self.uncarried and carried and self.rule.residual is not Residual.NONE:
            # what the limits leave to nobody is no residual of the rounding, so nobody gets it by way of that
            return Problem(round_exact(total_ore * carried, Mode.HALF_UP), weights, self.rule, host)
        return Problem(total_ore, weights, self.rule, host, Fraction(1))

    def _host(self) -> int | None:
        """The place among the payers of who carries what rounding leaves, where the rule names one."""
        term = known(self.period.version.rounding)
        host = term.host if term else None
        if host is None:
            return None
        if host.code not in self.weights:
            span = f"{self.period.first} till {self.period.last}"
            raise AnalysError(f"{host.name}, som bär öresutjämningen, är inte medlem {span}")
        return list(self.weights).index(host.code)


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
        return rounded_shares(weights, rule, rule.rescaled or rule.residual.is_proportional)


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
    if total_ore is None:
        return rounded_together([_cost(agreement, span, year) for span in spans])
    if any(span.version.is_tariff for span in spans):
        raise AnalysError("nyckeln är en taxa, som själv ger totalen; utelämna --total")
    return list(split(total_ore, _proportions(spans, year), TO_THE_ORE).amounts_ore)


def _cost(agreement: Agreement, span: Period, year: int) -> Fraction | None:
    """A period's exact part of the year's cost in öre; ``None`` for a tariff."""
    version = span.version
    if version.is_tariff:
        return None
    cost = yearly_cost(version, year)
    if cost is None:
        at = agreement.place_of(version, "kostnad")
        hint = _last_known(version, year)
        raise AnalysError(f"{at}: inget dokument anger kostnaden {year}{hint}; ange årets total med --total")
    if cost >= MOST_ORE:
        raise AnalysError(f"kostnaden {year} är {float(cost / 100):.3g} kr, mer än som kan menas")
    return cost * span.part


def _proportions(spans: Sequence[Period], year: int) -> list[Fraction]:
    """How a total that is given divides over the periods: as their costs do, or as their parts of the year."""
    try:
        costs = [yearly_cost(span.version, year) for span in spans]
    except AnalysError:  # no index of that year
        costs = [None]
    if None in costs:
        return [span.part for span in spans]
    return [cost * span.part for cost, span in zip(costs, spans, strict=True) if cost is not None]


def _last_known(version: Version, year: int) -> str:
    """The cost that was stated last, as a hint: costs are not carried forward by themselves."""
    stated = known(version.cost)
    costs = {own: stated.yearly(own) for own in range(version.valid_from.year, year)} if stated else {}
    known_costs = [(own, cost) for own, cost in costs.items() if cost is not None]
    if not known_costs:
        return ""
    last, cost = known_costs[-1]
    return f" (den senast angivna är {format_kr(cost / 100)} för {last})"


def rounded_together(amounts: Sequence[Fraction | None]) -> list[int | None]:
    """Whole öre that make the rounded sum of exact amounts (zero or more); a tariff's, ``None``, stay so."""
    known = [amount for amount in amounts if amount is not None]
    total = sum(known, Fraction(0))
    whole = split(round_exact(total, Mode.HALF_UP), known, TO_THE_ORE).amounts_ore if total else (0,) * len(known)
    rounded = iter(whole)
    return [None if amount is None else next(rounded) for amount in amounts]


def known_key(agreement: Agreement, version: Version) -> KeyRule:
    """The version's key. Raises :class:`AnalysError` when no document states it."""
    key = known(version.key)
    if key is None:
        at = agreement.place_of(version, "nyckel")
        raise AnalysError(f"{at}: nyckeln i version {version.id} är okänd, så inget kan fördelas")
    return key


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
    place = agreement.place_of(period.version, "nyckel")
    members, year = period.members, period.first.year
    return Question(agreement.file.parent, year, members, place, total, carry_forward, period.part, cells)


def _weighed(agreement: Agreement, period: Period, question: Question, before: Mapping[str, Yearly]) -> Charge:
    key, limits = known_key(agreement, period.version), known(period.version.limits)
    rounding = known(period.version.rounding)
    rule = rounding.rule if rounding else TO_THE_ORE
    if rule.share_decimals is not None:
        question.round_shares = lambda weights: rounded_shares(weights, rule, rule.rescaled)
    ore = None if question.total_ore is None else int(question.total_ore)
    weights = key.weigh(question)
    settled = key.has_fees and ore is not None
    if ore is None:
        weights = period.part * weights
    if limits:
        shared = weights if settled else question.round_shares(weights)
        heads = {payer: _heads(payer, question) for payer in weights} if limits.per_head else {}
        weights = limited(limits, shared, question, heads, before)
        settled = ore is not None
    in_order = weights.of(sorted(weights, key=lambda payer: (payer not in regions(), payer)))
    return Charge(period, key, ore, question, in_order, settled, limits is not None and limits.carried_by == NOBODY)


def rounded_shares(weights: Weights, rule: Rounding, rescaled: bool) -> Weights:
    """Weights as parts of one, with the decimals that the rule says."""
    values = shares(list(weights.values()), rule.share_decimals, rule.share_mode, rescaled=rescaled)
    return Weights(zip(weights, values, strict=True))


def share(charges: Sequence[Charge]) -> list[Shared]:
    """Round all charges in one call of the engine: of any years, any groups and any rules."""
    budgets = [one.budget for one in charges if one.budget]
    asked = [one for one in [*charges, *budgets] if one.total_ore is not None]
    solved = solve([one.problem(one.total_ore) for one in asked if one.total_ore is not None])
    answers = {id(one): _by_payer(one, answer) for one, answer in zip(asked, solved, strict=True)}
    return [_shared(one, answers) for one in charges]


def _by_payer(one: Charge, answer: Split) -> dict[str, int]:
    return dict(zip(one.weights, answer.amounts_ore, strict=True))


def _shared(one: Charge, answers: Mapping[int, dict[str, int]]) -> Shared:
    amounts = answers.get(id(one)) or _tariff(one)
    charged = sum(amounts.values())
    total = charged if one.total_ore is None else one.total_ore
    return Shared(one, total, amounts, total - charged, answers.get(id(one.budget), {}))


def _tariff(one: Charge) -> dict[str, int]:
    """Each fee is rounded by itself, and their sum is the total."""
    rule = one.rule
    return {payer: rule.unit * round_exact(fee / rule.unit, rule.mode) for payer, fee in one.weights.items()}


def limits_change(agreement: Agreement) -> bool:
    """Whether a version limits the yearly change, so that a year depends on the one before."""
    limits = [known(version.limits) for version in agreement.versions]
    return any(own.changes for own in limits if own)


def inhabitants(payer: str, question: Question) -> int | None:
    """By the key's own population figures, or else on 31 December the year before; ``None`` where neither is known."""
    if payer not in regions():
        return None
    counted = [figure.values[payer] for figure in question.figures if figure.inhabitants and payer in figure.values]
    own = int(counted[0]) if counted else 0
    return own or table().get((payer, question.year - 1))


def _heads(payer: str, question: Question) -> int | None:
    """The inhabitants that a limit is reckoned on; ``None`` for whoever is no municipality.

    Those of the latest year stand in where figures may be carried forward, and it is said. Raises :class:`AnalysError`
    where none are known, for a limit that is not applied is no limit.
    """
    persons = inhabitants(payer, question)
    if persons is not None or payer not in regions():
        return persons
    asked, latest = dt.date(question.year - 1, 12, 31), dt.date(latest_year(), 12, 31)
    if not question.carry_forward:
        name = regions()[payer].name
        raise question.fault(f"gränserna är per invånare, och folkmängden {asked} för {name} finns inte i tabellen")
    question.assumptions.append(f"Folkmängden {asked} är inte känd; {latest} används.")
    return population(regions()[payer], latest)
