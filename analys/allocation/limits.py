"""Ceilings, floors and limits on the yearly change: what is cut from one member is carried by those within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from analys.errors import AnalysError
from analys.swedish import format_kr

#: Payer -> (least, most) in öre; ``None`` where there is no bound.
Bounds = Mapping[str, tuple[Fraction, Fraction | None]]


class LimitsError(AnalysError):
    """Bounds that cannot hold the total."""


def within(weights: Mapping[str, Fraction], total: Fraction, bounds: Bounds) -> dict[str, Fraction]:
    """``total`` in proportion to the weights, as far as each payer's bounds let it; exact.

    Of the payers outside their bounds, those on the side that distorts the total more are fixed at their bound, and the
    rest is shared anew, until nobody is outside. Raises :class:`LimitsError` when the bounds cannot hold the total.
    """
    least = sum((bounds[payer][0] for payer in weights), Fraction(0))
    caps = [cap for payer in weights if (cap := bounds[payer][1]) is not None]
    if total < least:
        raise _too_narrow("at least", least, total)
    if len(caps) == len(weights) and total > sum(caps):
        raise _too_narrow("at most", sum(caps, Fraction(0)), total)
    fixed: dict[str, Fraction] = {}
    while len(fixed) < len(weights):
        free = {payer: weight for payer, weight in weights.items() if payer not in fixed}
        rest, weight_sum = total - sum(fixed.values(), Fraction(0)), sum(free.values(), Fraction(0))
        wanted = {p: rest * weight / weight_sum if weight_sum else Fraction(0) for p, weight in free.items()}
        bounded = {payer: _bound(amount, bounds[payer]) for payer, amount in wanted.items()}
        distortion = sum(bounded.values(), Fraction(0)) - sum(wanted.values(), Fraction(0))
        if distortion == 0:
            return {payer: fixed.get(payer, bounded.get(payer, Fraction(0))) for payer in weights}
        side = 1 if distortion > 0 else -1
        fixed |= {payer: amount for payer, amount in bounded.items() if (amount - wanted[payer]) * side > 0}
    raise _too_narrow("at most", sum(fixed.values(), Fraction(0)), total)


def _too_narrow(side: str, limit: Fraction, total: Fraction) -> LimitsError:
    return LimitsError(
        f"the limits let {side} {format_kr(limit / 100, 2)} be charged, but {format_kr(total / 100, 2)} is to be shared"
    )


def _bound(amount: Fraction, bounds: tuple[Fraction, Fraction | None]) -> Fraction:
    low, high = bounds
    raised = max(amount, low)
    return raised if high is None else min(raised, high)
