"""What an amount rests on, and the intervals that rounded or estimated amounts stand for.

Every amount says its ``underlag``: documented (a document states it), computed (follows from documented terms by a
stated rule) or estimated (a stated assumption; always with its interval). Bounds are exact fractions: a figure
reported as "64 tkr" *is* the interval [63 500, 64 500) kr, and dividing it by a share keeps it exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from analys.swedish import quantize

Exact = int | Decimal | Fraction


class Underlag(StrEnum):
    """What an amount rests on; the values are those of the column ``underlag``."""

    DOKUMENTERAD = "dokumenterad"
    BERAKNAD = "beraknad"
    SKATTAD = "skattad"

    @property
    def in_words(self) -> str:
        """As a sentence has it, where the column is without å ä ö."""
        return {"beraknad": "beräknad"}.get(self, self)


@dataclass(frozen=True)
class Interval:
    """The half-open interval [``low``, ``high``), or the single point ``low`` when both are equal."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", Fraction(self.low))
        object.__setattr__(self, "high", Fraction(self.high))
        if self.low > self.high:
            raise ValueError(f"an interval's low bound {self.low} is above its high bound {self.high}")

    @classmethod
    def point(cls, value: Exact) -> Interval:
        """The exactly known value."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def of_rounded(cls, value: Exact, precision: Exact) -> Interval:
        """All that rounds half up to ``value`` in steps of ``precision``: 64 000 in thousands is [63 500, 64 500).

        An amount stated to the krona is taken as exact: kronor are what was charged.
        """
        half = Fraction(precision) / 2 if precision > 1 else Fraction(0)
        return cls(Fraction(value) - half, Fraction(value) + half)

    @property
    def is_point(self) -> bool:
        return self.low == self.high

    @property
    def middle(self) -> Fraction:
        return (self.low + self.high) / 2

    def outward(self, decimals: int = 2) -> tuple[Decimal, Decimal]:
        """The bounds as they are written, in every output: rounded away from each other, so that nothing possible is left
        out and no interval looks like one value. An exactly known value is rounded half up and stays one."""
        if self.is_point:
            return (quantize(self.low, decimals),) * 2
        low, high = floor(self.low * 10**decimals), ceil(self.high * 10**decimals)
        return Decimal(low).scaleb(-decimals), Decimal(high).scaleb(-decimals)

    def __contains__(self, value: Exact) -> bool:
        return self.low <= value < self.high or (self.is_point and value == self.low)

    def __mul__(self, factor: Exact) -> Interval:
        bounds = (self.low * Fraction(factor), self.high * Fraction(factor))
        return Interval(min(bounds), max(bounds))

    def __truediv__(self, divisor: Exact) -> Interval:
        return self * (1 / Fraction(divisor))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def span(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def intersection(self, other: Interval) -> Interval | None:
        """What both allow; ``None`` when they cannot both be true."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low > high or (low == high and not (low in self and low in other)):
            return None
        return Interval(low, high)


def common(intervals: Iterable[Interval]) -> Interval | None:
    """What all of the intervals allow; ``None`` when they cannot all be true. At least one is needed."""
    first, *rest = intervals
    shared: Interval | None = first
    for interval in rest:
        shared = shared.intersection(interval) if shared else None
    return shared
