"""The rule backwards: which totals would have given these amounts?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from analys.allocation.split import split_by_shares
from analys.evidence import Interval, common
from analys.rounding import Mode, Residual, Rounding


def implied_base(
    parts: Sequence[Fraction], amounts_ore: Sequence[int], rounding: Rounding, host: int | None = None
) -> Interval | None:
    """The totals **in kronor** from which ``rounding`` makes every one of ``amounts_ore`` by these shares of one.

    ``parts`` are used as they stand (an annex's printed, rounded shares). ``None`` when no total gives all amounts.
    Exact for totals in whole öre; when amounts are floored or rounded half up, for every real total.
    Raises ``ValueError`` when no share is above zero or an amount is negative.
    """
    if len(parts) != len(amounts_ore):
        raise ValueError(f"{len(parts)} shares for {len(amounts_ore)} amounts")
    if not any(parts) or min(amounts_ore) < 0:
        raise ValueError("at least one share above zero and no negative amount are needed")
    if rounding.residual is not Residual.NONE:
        return _from_sum(parts, amounts_ore, rounding, host)
    intervals = []
    for part, amount in zip(parts, amounts_ore, strict=True):
        if amount % rounding.unit or (part == 0 and amount != 0):
            return None
        if part:
            intervals.append(_of_one(Fraction(part), amount, rounding))
    if None in intervals:
        return None
    shared = common(interval for interval in intervals if interval is not None)
    return shared / 100 if shared else None


def _from_sum(
    parts: Sequence[Fraction], amounts: Sequence[int], rounding: Rounding, host: int | None
) -> Interval | None:
    """Rules that leave nothing over: the total is the amounts' sum, if the rule then gives the amounts."""
    total = sum(amounts)
    if split_by_shares(total, parts, rounding, host).amounts_ore != tuple(amounts):
        return None
    if rounding.residual.is_proportional:
        return Interval(Fraction(total), Fraction(total + rounding.unit)) / 100
    return Interval.point(total) / 100


def _of_one(part: Fraction, amount: int, rounding: Rounding) -> Interval | None:
    """The totals in öre that give one member this amount.

    Where a bound belongs to the other side than a half-open interval has it, it moves to the next whole öre.
    """
    exact, unit, half = Fraction(amount), Fraction(rounding.unit), Fraction(rounding.unit, 2)
    even = amount // rounding.unit % 2 == 0
    low, high, low_open, high_closed = {
        Mode.FLOOR: (exact, exact + unit, False, False),
        Mode.HALF_UP: (exact - half, exact + half, False, False),
        Mode.UP: (exact - unit, exact, True, True),
        Mode.HALF_EVEN: (exact - half, exact + half, not even, even),
    }[rounding.mode]
    lowest = max(low / part, Fraction(0))
    highest = high / part
    if low_open and low >= 0:
        lowest = Fraction(floor(lowest) + 1)
    if high_closed:
        highest = Fraction(floor(highest) + 1)
    elif rounding.mode is Mode.HALF_EVEN:
        highest = Fraction(ceil(highest))
    return Interval(lowest, highest) if lowest < highest else None
