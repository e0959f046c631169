"""How the terms in force share a year's cost, whatever it is; and the cost that makes one member pay an amount."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, TypeVar

from analys.account.inverse import first_shared, least_total
from analys.account.model import CARRIED, REFERENCE_DAY, Payer
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.fields import Strict
from analys.agreement.keys import KeyRule, PopulationRule
from analys.allocation.charge import Charge, charge, known_key
from analys.allocation.limits import LimitsError
from analys.allocation.periods import Period, periods
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag
from analys.register import Region, regions

#: Two totals, in öre, that a proportional key shares alike: thirty million and ninety million kronor.
_TRIED: Final = (3 * 10**9, 9 * 10**9)

Parts = dict[str, Fraction]
Change = Callable[[Period], Period]
AnyKey = TypeVar("AnyKey", bound=Strict)


@dataclass(frozen=True)
class Key:
    """A year's periods, ready to share any cost.

    ``parts``: each payer's part of one, or ``None`` where fees, floors or caps make the parts depend on the cost.
    ``figures`` are the figures behind the parts, ``reference`` the day that they are of where they are a population, and
    ``assumptions`` what sharing by them assumes.
    """

    agreement: Agreement
    periods: tuple[Period, ...]
    parts: Parts | None
    figures: Parts
    reference: str
    assumptions: tuple[str, ...]

    def share(self, total: Fraction) -> Parts:
        """What each payer pays, exactly, of a year's cost in kronor. Raises :class:`LimitsError` for a cost that the
        terms' limits cannot hold."""
        if self.parts is not None:
            return {payer: total * part for payer, part in self.parts.items()}
        whole = sum(period.part for period in self.periods)
        paid: Parts = {}
        for period in self.periods:
            own = total * period.part / whole
            parts = exact_parts(charge(self.agreement, period, int(own * 100), carry_forward=True))
            for payer, part in parts.items():
                paid[payer] = paid.get(payer, Fraction(0)) + own * part
        return paid

    def total(self, payer: str, kronor: Interval) -> Interval | None:
        """The costs in kronor from which a payer's amount lies within ``kronor``; ``None`` where there is none.

        Where the parts depend on the cost, to the öre: the least cost that gives each end.
        """
        if self.parts is not None:
            part = self.parts.get(payer)
            return kronor / part if part else None
        if self._first_shared is None:
            return None
        low = self._first_shared
        ends = [least_total(lambda ore: self.paid(payer, ore), end, low) for end in (kronor.low, kronor.high)]
        if None in ends or ends[0] == ends[1]:
            return Interval.point(ends[0]) if kronor.is_point and ends[0] is not None else None
        return Interval(*(end for end in ends if end is not None))

    @cached_property
    def _first_shared(self) -> int | None:
        return first_shared(lambda ore: self.paid("", ore))

    def paid(self, payer: str, total_ore: int) -> Fraction | None:
        """What a payer pays of a cost in öre; ``None`` where the terms' limits cannot hold it."""
        try:
            return self.share(Fraction(total_ore, 100)).get(payer, Fraction(0))
        except LimitsError:
            return None


def payer(agreement: Agreement, key: str) -> Payer:
    """Who a key of the allocation's stands for: a municipality by its code, a party by its id."""
    if key in regions():
        return Payer(key, key, regions()[key].name)
    names = {party.id: party.name for party in agreement.parties}
    return Payer(key, "", names.get(key, key))


def members(agreement: Agreement, year: int) -> tuple[Region, ...]:
    """The municipalities that are in on some day of a year, in code order. Raises :class:`AnalysError` when none is."""
    found = {member for period in periods(agreement, year) for member in period.members}
    return tuple(sorted(found, key=lambda member: member.code))


def populations(model: Strict) -> Iterator[PopulationRule]:
    """The population rules of a key, also inside one that mixes or nests keys."""
    if isinstance(model, PopulationRule):
        yield model
    for _, value in model:
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Strict):
                yield from populations(inner)


def with_populations(model: AnyKey, changed: Callable[[PopulationRule], dict[str, Any]]) -> AnyKey:
    """The key with every population rule in it updated by what ``changed`` says of it."""
    update: dict[str, Any] = {}
    for name, value in model:
        if isinstance(value, Strict):
            update[name] = with_populations(value, changed)
        elif isinstance(value, tuple):
            update[name] = tuple(
                with_populations(inner, changed) if isinstance(inner, Strict) else inner for inner in value
            )
    if isinstance(model, PopulationRule):
        update |= changed(model)
    return model.model_copy(update=update)


def _by_statistics(rule: PopulationRule) -> dict[str, Any]:
    assumed = {"reference_day": (12, 31), "years_back": 1} if rule.reference_day == UNKNOWN else {}
    return {"values": {}, **assumed}


def official(period: Period) -> Period:
    """The period with the statistics' population in place of what the agreement prints.

    Where no document says the day, 31 December of the year before is assumed.
    """
    key = period.version.key
    return with_key(period, with_populations(key, _by_statistics)) if isinstance(key, KeyRule) else period


def with_key(period: Period, key: KeyRule) -> Period:
    """The period by another key."""
    return replace(period, version=period.version.model_copy(update={"key": key}))


def agreed(agreement: Agreement, year: int) -> Key | None:
    """The key of a year as the terms have it; by the statistics where a population is meant and its day is unknown.

    ``None`` where the terms share no cost, because they are a tariff, or because a term or a figure is missing.
    """
    return _found(agreement, year) or _found(agreement, year, official)


def by_statistics(agreement: Agreement, year: int) -> Key | None:
    """As :func:`agreed`, always by the statistics' population where a population is meant."""
    return _found(agreement, year, official)


def _found(agreement: Agreement, year: int, changed: Change = lambda period: period) -> Key | None:
    try:
        return _key(agreement, [changed(period) for period in periods(agreement, year)])
    except AnalysError:
        return None


def _key(agreement: Agreement, own: list[Period]) -> Key | None:
    if any(period.version.is_tariff for period in own):
        return None
    free = [_without_limits(period) for period in own]
    tried = [[charge(agreement, period, total, carry_forward=True) for period in free] for total in _TRIED]
    parts = [_together(charges) for charges in tried]
    questions = [one.question for one in tried[0]]
    counted = [figure for question in questions for figure in question.figures if figure.inhabitants]
    figures = {name: value for figure in counted for name, value in figure.values.items()}
    reference = counted[0].reference if counted else ""
    rules = [known_key(agreement, period.version) for period in own]
    inferred = any(rule.underlag is not Underlag.DOKUMENTERAD for rule in rules if any(populations(rule)))
    carried = any(question.assumptions for question in questions)
    assumptions = (*([REFERENCE_DAY] if inferred else []), *([CARRIED] if carried else []))
    alike = parts[0] == parts[1] and not any(period.version.limits for period in own)
    return Key(agreement, tuple(own), parts[0] if alike else None, figures, reference, assumptions)


def _without_limits(period: Period) -> Period:
    """The period as its key alone shares it, which any cost can be tried on."""
    return replace(period, version=period.version.model_copy(update={"limits": None}))


def _together(charges: list[Charge]) -> Parts:
    """The parts of one of a year in periods, each by its part of the year."""
    whole = sum(one.period.part for one in charges)
    parts: Parts = {}
    for one in charges:
        for name, part in exact_parts(one).items():
            parts[name] = parts.get(name, Fraction(0)) + part * one.period.part / whole
    return parts


def exact_parts(one: Charge) -> Parts:
    """Each payer's part of a charge's total before rounding; where limits leave something over they make less than one."""
    return dict(one.weights) if one.settled else proportions(one.weights)


def proportions(weights: Parts) -> Parts:
    """Weights as parts of one; of weights that are all zero, zeros."""
    whole = sum(weights.values(), Fraction(0))
    return {name: weight / whole if whole else Fraction(0) for name, weight in weights.items()}
