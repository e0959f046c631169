"""The one currency of the audit: what it takes, in bits, to write a number, a choice or a fault that a rule leaves open.

To point at one of so many costs the logarithm of how many there are; to write a number, that of how many are no larger.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, comb, floor, log2
from typing import Final

#: Accounts of an annex that differ by less than this cannot be told apart (one in sixty four).
CLOSE: Final = 6.0
#: To say that a figure is not what the account gives: one in sixty-four is wrong.
FAULT: Final = log2(64)
#: What a hand does often: VAT or a thousand, each too much or too little, digits exchanged, one digit, dropped, doubled.
COMMON: Final = log2(8)
#: That it is a member of the county that all others are of (as good as all are), and that it is not.
HOME: Final = log2(8 / 7)
ABROAD: Final = log2(8)
#: How many powers of ten a number may be rounded to.
_SCALES: Final = log2(7)


def of_choice(count: int) -> float:
    """To point at one of so many."""
    return log2(max(1, count))


def of_places(count: int, taken: int) -> float:
    """To point at so many of a number of places, in whatever order."""
    return log2(max(1, comb(count, taken)))


def of_number(value: int | Fraction) -> float:
    """To write a number in whole öre: its digits down to the last that is not zero, and how many zeros follow."""
    whole = abs(round(value))
    if not whole:
        return 1.0
    while whole % 10 == 0:
        whole //= 10
    return log2(whole + 1) + _SCALES


def of_any(value: int | Fraction) -> float:
    """To write any number of this size, to its last unit."""
    return log2(abs(Fraction(value)) + 1)


def of_slip(figure: int) -> float:
    """That a figure is another but for one digit, or two exchanged: which digit, and what stands there."""
    return FAULT + of_choice(10 * len(str(abs(figure))))


def plainest(low: Fraction, high: Fraction) -> Fraction:
    """The number with the fewest digits from ``low`` up to, not including, ``high``; ``low`` where they are equal."""
    step = Fraction("1" + "0" * len(str(floor(abs(high)))))
    while step >= 1:
        for finer in (step, step / 2):
            multiple: Fraction = ceil(low / finer) * finer
            if multiple < high:
                return multiple
        step /= 10
    return low if low == high else (low + high) / 2


def of_amount_fault(found: int, members: int, common: bool) -> float:
    """A wrong amount: that it is one, whose, and what was done, or the whole figure where nothing ``common`` explains it."""
    return FAULT + of_choice(members) + (COMMON if common else of_number(found))
