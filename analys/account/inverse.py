"""The cost that makes one member pay an amount, where what it pays is no fixed part of the cost."""

from __future__ import annotations

from bisect import bisect_left
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

    def reaches(ore: int) -> bool:
        """Whether so much is paid; of what is more than the caps together, as much as anybody asks for."""
        amount = paid(ore)
        return amount is None or amount >= kronor

    least = _first(reaches, low)
    return None if least is None or paid(least) is None else Fraction(least, 100)


def first_shared(paid: PaidOf) -> int | None:
    """The least cost in öre that the terms can share: the floors together; ``None`` where there is none."""
    return _first(lambda ore: paid(ore) is not None, 1)


def _first(holds: Callable[[int], bool], start: int) -> int | None:
    """The first whole number from ``start`` for which something holds, that holds for all after it up to where it was
    met by doubling; ``None`` where it is met nowhere."""
    low, high = start, max(1, start)
    while not holds(high):
        low, high = high, high * 2
        if high > _MOST:
            return None
    return low + bisect_left(range(low, high), True, key=holds)
