"""How the terms in force share a year's cost, whatever it is; and the cost that makes one member pay an amount."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any, Final

from analys.account.inverse import first_shared, least_total
from analys.account.model import CARRIED, REFERENCE_DAY, Payer
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.fields import known
from analys.agreement.keys import KeyRule, PopulationRule
from analys.agreement.question import Weights
from analys.allocation.charge import Charge, charge
from analys.allocation.limits import LimitsError
from analys.allocation.periods import Period, periods
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag
from analys.register import Region, regions

#: Two totals, in öre, that a proportional key shares alike: thirty million and ninety million kronor.
_TRIED: Final = (3 * 10**9, 9 * 10**9)


@dataclass(frozen=True)
class Key:
    """A year's periods, ready to share any cost.

    ``parts``: each payer's part of one, or ``None`` where fees, floors or caps make the parts depend on the cost.
    ``figures`` are the figures behind the parts, ``reference`` the day that they are of where they are a population, and
    ``assumptions`` what sharing by them assumes.
    """

    agreement: Agreement
    periods: tuple[Period, ...]
    parts: Weights | None
    figures: Weights
    reference: str
    assumptions: tuple[str, ...]

    def share(self, total: Fraction) -> Weights:
        """What each payer pays, exactly, of a year's cost in kronor. Raises :class:`LimitsError` for a cost that the
        terms' limits cannot hold."""
        if self.parts is not None:
            return total * self.parts
        whole = sum(period.part for period in self.periods)
        return reduce(operator.add, [self._paid(period, total * period.part / whole) for period in self.periods])

    def _paid(self, period: Period, kronor: Fraction) -> Weights:
        return kronor * charge(self.agreement, period, int(kronor * 100), carry_forward=True).exact_parts

    def total(self, payer: str, kronor: Interval) -> Interval | None:
        """The costs in kronor from which a payer's amount lies within ``kronor``; ``None`` where there is none.

        Where the parts depend on the cost, to the öre: the least cost that gives each end.
        """
        if self.parts is not None:
            part = self.parts.get(payer)
            return kronor / part if part else None
        least = self._first_shared
        if least is None:
            return None
        low, high = (least_total(lambda ore: self.paid(payer, ore), end, least) for end in (kronor.low, kronor.high))
        if low is None or high is None or (low == high and not kronor.is_point):
            return None
        return Interval(low, high)

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


def _by_statistics(rule: PopulationRule) -> dict[str, Any]:
    assumed = {"reference_day": (12, 31), "years_back": 1} if rule.reference_day == UNKNOWN else {}
    return {"values": {}, **assumed}


def official(period: Period) -> Period:
    """The period with the statistics' population in place of what the agreement prints.

    Where no document says the day, 31 December of the year before is assumed.
    """
    key = known(period.version.key)
    return with_key(period, key.with_populations(_by_statistics)) if key else period


def with_key(period: Period, key: KeyRule) -> Period:
    """The period by another key."""
    return replace(period, version=period.version.model_copy(update={"key": key}))


def agreed(agreement: Agreement, year: int) -> Key | None:
    """The key of a year as the terms have it; by the statistics where a population is meant and its day is unknown.

    ``None`` where the terms share no cost, because they are a tariff, or because a term or a figure is missing.
    """
    return _found(agreement, year, lambda period: period) or by_statistics(agreement, year)


def by_statistics(agreement: Agreement, year: int) -> Key | None:
    """As :func:`agreed`, always by the statistics' population where a population is meant."""
    return _found(agreement, year, official)


def _found(agreement: Agreement, year: int, changed: Callable[[Period], Period]) -> Key | None:
    try:
        own = tuple(map(changed, periods(agreement, year)))
        return None if any(period.version.is_tariff for period in own) else _key(agreement, own)
    except AnalysError:
        return None


def _key(agreement: Agreement, own: tuple[Period, ...]) -> Key:
    free = [replace(each, version=each.version.model_copy(update={"limits": None})) for each in own]
    first, second = ([charge(agreement, period, total, carry_forward=True) for period in free] for total in _TRIED)
    parts = _together(first)
    limited = any(period.version.limits for period in own)
    counted = [figure for one in first for figure in one.question.figures if figure.inhabitants]
    figures: Mapping[str, Fraction] = reduce(operator.or_, [figure.values for figure in counted], {})
    return Key(
        agreement,
        own,
        parts if parts == _together(second) and not limited else None,
        Weights(figures),
        counted[0].reference if counted else "",
        _assumed(first),
    )


def _assumed(charges: list[Charge]) -> tuple[str, ...]:
    """What sharing by these figures assumes: a day that is inferred, a population of another year."""
    rules = [one.key for one in charges]
    inferred = any(rule.populations() and rule.underlag is not Underlag.DOKUMENTERAD for rule in rules)
    carried = any(one.question.assumptions for one in charges)
    return tuple(name for name, holds in ((REFERENCE_DAY, inferred), (CARRIED, carried)) if holds)


def _together(charges: list[Charge]) -> Weights:
    """The parts of one of a year in periods, each by its part of the year."""
    whole = sum(one.period.part for one in charges)
    return reduce(operator.add, [one.period.part / whole * one.exact_parts for one in charges])


def proportions(weights: Mapping[str, Fraction]) -> Weights:
    """Weights as parts of one; of weights that are all zero, zeros."""
    return Weights(weights).parts
