"""Rebates, ceilings, floors and limits on the yearly change, and who carries what they cut or bring."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from analys.agreement.limits import OTHERS, Limits
from analys.agreement.question import Question, Weights
from analys.agreement.traced import total
from analys.errors import AnalysError
from analys.register import Region
from analys.swedish import format_kr

#: Payer -> (least, most) in öre.
Bounds = Mapping[str, tuple[Fraction, Fraction]]

_NOTHING: Final = Fraction(0)
#: More than anybody pays (:data:`analys.agreement.fields.MOST_ORE`): no ceiling.
NO_CEILING: Final = Fraction(10**30)


class Yearly(NamedTuple):
    """What a payer paid in a whole year: öre, and kronor an inhabitant where the inhabitants are known."""

    ore: Fraction
    rate: Fraction | None


class LimitsError(AnalysError):
    """Bounds that cannot hold the total."""


def limited(
    limits: Limits,
    weights: Weights,
    question: Question,
    heads: Mapping[str, int | None],
    before: Mapping[str, Yearly],
) -> Weights:
    """The weights after rebates and bounds: parts of the total, or fees in öre where there is no total.

    ``heads``: inhabitants by payer, where the limits ask for them. ``before``: the whole year before. Raises
    :class:`LimitsError` when the limits cannot hold the total.
    """
    rebated = {payer: limits.rebate(payer, heads.get(payer)) for payer in weights}
    bounds = {payer: _bounds(limits, payer, question, heads.get(payer), before.get(payer)) for payer in weights}
    whole = question.total_ore
    if whole is None:  # a tariff: what is cut from one member nobody else carries
        return _cut(weights, rebated, bounds)
    if not whole:
        return weights
    amounts = whole * weights
    if limits.carried_by == OTHERS:
        return within(_carried_by_others(amounts, rebated), whole, bounds) / whole
    cut = _cut(amounts, rebated, bounds)
    return (_carried_by_one(limits.carrier, cut, whole) if limits.carrier else cut) / whole


def _cut(amounts: Weights, rebated: Mapping[str, Fraction], bounds: Bounds) -> Weights:
    """Each amount less its rebate, within its bounds."""
    return Weights({payer: _bound(ore * (1 - rebated[payer]), bounds[payer]) for payer, ore in amounts.items()})


def _carried_by_others(amounts: Weights, rebated: Mapping[str, Fraction]) -> Weights:
    """What is rebated is added to those without a rebate, in proportion to what they pay."""
    if not any(rebated.values()):
        return amounts
    given = Weights({payer: ore * rebated[payer] for payer, ore in amounts.items()})
    carriers = amounts.of(payer for payer, part in rebated.items() if not part)
    if not given.total:
        return amounts
    if not any(carriers.values()):
        raise LimitsError("alla har rabatt, så ingen bär den; skriv vem som gör det (granser.bars_av)")
    return amounts + -1 * given + (given.total / carriers.total) * carriers


def _carried_by_one(host: Region, settled: Weights, whole: Fraction) -> Weights:
    """One member pays what the others leave."""
    if host.code not in settled:
        raise LimitsError(f"den som bär skillnaden (granser.bars_av) är inte medlem: {host.name}")
    others = settled.total - settled[host.code]
    if others > whole:
        raise _too_narrow("minst", others, whole)
    return Weights({**settled, host.code: whole - others})


def _bounds(
    limits: Limits, payer: str, question: Question, persons: int | None, before: Yearly | None
) -> tuple[Fraction, Fraction]:
    """A payer's least and most öre in the period; yearly bounds count for the period's part of the year."""
    own, earlier = limits.kronor(payer), before or Yearly(_NOTHING, None)
    year = None if question.total_ore is None else question.total_ore / question.part
    per_head = None if persons is None else Fraction(100 * persons)
    ranges = [
        _range(own.least_ore, own.most_ore, Fraction(1)),
        _range(limits.least_share, limits.most_share, year),
        _range(limits.least_per_head, limits.most_per_head, per_head),
        _around(earlier.rate, limits.change_per_head, per_head),
        _around(None if before is None else Fraction(1), limits.change_part, earlier.ore),
    ]
    least, most = max(low for low, _ in ranges), min(high for _, high in ranges)
    return least * question.part, most * question.part


def _range(
    least: Fraction | int | None, most: Fraction | int | None, unit: Fraction | None
) -> tuple[Fraction, Fraction]:
    """Two ends in so many öre; open where one, or the unit, is not known."""
    if unit is None:
        return _NOTHING, NO_CEILING
    return (least or 0) * unit, NO_CEILING if most is None else most * unit


def _around(middle: Fraction | None, change: Fraction | None, unit: Fraction | None) -> tuple[Fraction, Fraction]:
    """As far as ``change`` lets it move from ``middle``."""
    if middle is None or change is None:
        return _NOTHING, NO_CEILING
    return _range(middle - change, middle + change, unit)


def within(weights: Mapping[str, Fraction], whole: Fraction, bounds: Bounds) -> Weights:
    """``whole`` in proportion to the weights, as far as each payer's bounds let it; exact.

    Of the payers outside their bounds, those on the side that distorts the total more are fixed at their bound, and the
    rest is shared anew, until nobody is outside. Raises :class:`LimitsError` when the bounds cannot hold the total.
    """
    least, most = (total(bounds[payer][end] for payer in weights) for end in (0, 1))
    if whole < least:
        raise _too_narrow("minst", least, whole)
    if whole > most:
        raise _too_narrow("högst", most, whole)
    fixed, free = Weights(), Weights(weights)
    while free:
        wanted = (whole - fixed.total) * free.parts
        bounded = Weights({payer: _bound(amount, bounds[payer]) for payer, amount in wanted.items()})
        distortion = bounded.total - wanted.total
        if distortion == 0:
            return (fixed + bounded).of(weights)
        outside = [payer for payer, amount in bounded.items() if (amount - wanted[payer]) * distortion > 0]
        fixed += bounded.of(outside)
        free = free.of(payer for payer in free if payer not in outside)
    raise _too_narrow("högst", fixed.total, whole)


def _too_narrow(side: str, limit: Fraction, whole: Fraction) -> LimitsError:
    allowed, shared = format_kr(limit / 100, 2), format_kr(whole / 100, 2)
    return LimitsError(f"gränserna ger {side} {allowed}, men {shared} ska fördelas")


def _bound(amount: Fraction, bounds: tuple[Fraction, Fraction]) -> Fraction:
    low, high = bounds
    return min(max(amount, low), high)
