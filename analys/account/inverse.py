"""The cost that makes one member pay an amount, where what it pays is no fixed part of the cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final

#: No amount implies a cost of more öre than this: a hundred billion kronor.
_MOST: Final = 10**13

#: What a payer pays in kronor of a cost in öre; ``None`` for a cost that the terms cannot share.
PaidOf = Callable[[int], Fraction | None]


def least_total(paid: PaidOf, kronor: Fraction, low: int) -> Fraction | None:
    """The least cost in kronor of which a payer pays ``kronor`` or more, to the öre; ``None`` where no cost does it.

    No payer pays less of a larger cost, and the costs that can be shared lie together: from ``low`` (the floors' sum) to
    the sum of the caps.
    """
    if _reaches(paid, low, kronor):
        return Fraction(low, 100)
    high = _doubled(lambda ore: _reaches(paid, ore, kronor), low)
    if high is None:
        return None
    least = _between(paid, low, high, kronor)
    return None if paid(least) is None else Fraction(least, 100)


def _reaches(paid: PaidOf, ore: int, kronor: Fraction) -> bool:
    """Whether so much is paid; of what is more than the caps together, as much as anybody asks for."""
    amount = paid(ore)
    return amount is None or amount >= kronor


def _between(paid: PaidOf, low: int, high: int, kronor: Fraction) -> int:
    """The least cost from ``low``, which is too little, to ``high``, which is not.

    What is paid is straight between the costs where somebody meets a bound, so that a straight line mostly hits; every
    other step halves, for where it does not.
    """
    straight = True
    while high - low > 1:
        middle = _on_a_line(paid, low, high, kronor) if straight else (low + high) // 2
        straight = not straight
        if not _reaches(paid, middle, kronor):
            low = middle
        elif not _reaches(paid, middle - 1, kronor):
            return middle
        else:
            high = middle - 1
    return high


def _on_a_line(paid: PaidOf, low: int, high: int, kronor: Fraction) -> int:
    least, most = paid(low), paid(high)
    if least is None or most is None or most <= least:
        return (low + high) // 2
    line = low + math.ceil((kronor - least) * (high - low) / (most - least))
    return min(max(line, low + 1), high - 1)


def _doubled(holds: Callable[[int], bool], start: int) -> int | None:
    """A number for which something holds, doubled from ``start`` until it does; ``None`` where it never does."""
    ore = max(1, start)
    while not holds(ore):
        ore *= 2
        if ore > _MOST:
            return None
    return ore


def first_shared(paid: PaidOf) -> int | None:
    """The least cost in öre that the terms can share: the floors together; ``None`` where there is none."""
    high = _doubled(lambda ore: paid(ore) is not None, 1)
    low = 0 if high is None else high // 2
    while high is not None and high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if paid(middle) is None else (low, middle)
    return high
