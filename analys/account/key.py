"""Each payer's exact part of a year's cost, by the terms in force that year.

A part of one exists only where the terms share whatever the cost is in the same proportions; where fees, floors or
agreed kronor are in them a stated payment implies no total.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from analys.account.model import REFERENCE_DAY, Payer
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.keys import KeyRule, PopulationRule
from analys.allocation.charge import charge, known_key
from analys.allocation.key import is_tariff
from analys.allocation.periods import Period, periods
from analys.errors import AnalysError
from analys.register import Region, regions

#: Two totals, in öre, that a key must share alike: ten million and thirty million kronor.
_TRIED: Final = (10**9, 3 * 10**9)

Change = Callable[[Period], Period]


@dataclass(frozen=True)
class Key:
    """The parts of one by payer, in the order of the charge, the figures behind them and the figures' date.

    ``reference`` is empty where the key is no population; ``assumed`` where the terms do not say its day.
    """

    parts: dict[str, Fraction]
    figures: dict[str, Fraction]
    reference: str
    assumed: bool

    @property
    def assumptions(self) -> tuple[str, ...]:
        return (REFERENCE_DAY,) if self.reference else ()


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


def official(period: Period) -> Period:
    """The period with the statistics' population in place of what the agreement prints.

    Where no document says the day, 31 December of the year before is assumed.
    """
    key = period.version.key
    if not isinstance(key, PopulationRule):
        return period
    changed: dict[str, object] = {"values": {}}
    if key.reference_day == UNKNOWN:
        changed |= {"reference_day": (12, 31), "years_back": 1}
    return with_key(period, key.model_copy(update=changed))


def with_key(period: Period, key: KeyRule) -> Period:
    """The period by another key."""
    return replace(period, version=period.version.model_copy(update={"key": key}))


def agreed(agreement: Agreement, year: int) -> Key | None:
    """The key of a year as the terms have it; by the statistics where a population is meant and its day is unknown.

    ``None`` where the terms do not share every cost in the same proportions. Raises :class:`AnalysError` for a missing
    term or figure.
    """
    try:
        return key(agreement, year)
    except AnalysError:
        return by_statistics(agreement, year)


def by_statistics(agreement: Agreement, year: int) -> Key | None:
    """As :func:`agreed`, always by the statistics' population where a population is meant."""
    return key(agreement, year, official)


def key(agreement: Agreement, year: int, changed: Change = lambda period: period) -> Key | None:
    """The key of a year whose periods are ``changed`` first. ``None`` and errors as :func:`agreed`."""
    parts: dict[str, Fraction] = {}
    found = [(period, changed(period)) for period in periods(agreement, year)]
    whole = sum(period.part for period, _ in found)
    figures: dict[str, Fraction] = {}
    reference, assumed = "", False
    if any(is_tariff(known_key(agreement, period.version)) for _, period in found):
        return None
    for before, period in found:
        first, second = (charge(agreement, period, total, carry_forward=True) for total in _TRIED)
        own = proportions(first.weights)
        if proportions(second.weights) != own:
            return None
        for name, part in own.items():
            parts[name] = parts.get(name, Fraction(0)) + part * period.part / whole
        figures |= first.question.values
        if first.question.counts_inhabitants:
            reference = first.question.reference
        rule = before.version.key
        assumed |= isinstance(rule, PopulationRule) and rule.reference_day == UNKNOWN and changed is official
    return Key(parts, figures, reference, assumed)


def proportions(weights: dict[str, Fraction]) -> dict[str, Fraction]:
    """Weights as parts of one; of weights that are all zero, zeros."""
    whole = sum(weights.values(), Fraction(0))
    return {name: weight / whole if whole else Fraction(0) for name, weight in weights.items()}


def known(agreement: Agreement, year: int) -> Key | None:
    """As :func:`by_statistics`; ``None`` too where a term or a figure is missing."""
    try:
        return by_statistics(agreement, year)
    except AnalysError:
        return None
