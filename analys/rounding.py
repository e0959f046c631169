"""How an agreement rounds: shares, amounts, and who carries what rounding leaves over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction

Exact = int | Decimal | Fraction


class Mode(StrEnum):
    """Which neighbour a value between two steps goes to. Written for amounts of zero or more."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    FLOOR = "floor"
    UP = "up"


class Unit(IntEnum):
    """The step that amounts are rounded to; the value is the step in öre."""

    ORE = 1
    KRONA = 100
    TEN = 1_000
    HUNDRED = 10_000
    TKR = 100_000


class Residual(StrEnum):
    """Who carries the difference between the total and the rounded amounts.

    ``none``: nobody; it is stated beside the amounts. ``largest_member`` and ``host``: one member carries all of it.
    ``largest_remainder``: amounts are floored and the units left over go to the largest remainders (Hamilton).
    ``divisor``: the amounts are those that one common divisor gives; the amounts' rounding mode says which of the
    divisor methods (half up: Sainte-Laguë, floor: D'Hondt, up: Adams).
    """

    NONE = "none"
    LARGEST_REMAINDER = "largest_remainder"
    LARGEST_MEMBER = "largest_member"
    HOST = "host"
    DIVISOR = "divisor"

    @property
    def is_proportional(self) -> bool:
        """Whether the method hands out the whole total by itself, so that shares always count as parts of their sum."""
        return self in (Residual.LARGEST_REMAINDER, Residual.DIVISOR)


@dataclass(frozen=True)
class Rounding:
    """An agreement's rounding rule.

    ``share_decimals``: decimals of a share as a part of one (2 decimals of a percentage are 4), ``None`` for exact
    shares. ``rescaled``: whether rounded shares are divided by their sum. ``unit`` and ``mode``: of the amounts.
    """

    share_decimals: int | None = None
    share_mode: Mode = Mode.HALF_UP
    rescaled: bool = False
    unit: Unit = Unit.KRONA
    mode: Mode = Mode.HALF_UP
    residual: Residual = Residual.NONE


def round_exact(value: Exact, mode: Mode) -> int:
    """The whole number that ``value`` (zero or more) rounds to.

    >>> [round_exact(Fraction(5, 2), mode) for mode in Mode]
    [3, 2, 2, 3]
    """
    exact = Fraction(value)
    floor = exact.numerator // exact.denominator
    rest = exact - floor
    half = Fraction(1, 2)
    if mode is Mode.FLOOR:
        return floor
    if mode is Mode.UP:
        return floor + (rest > 0)
    if mode is Mode.HALF_UP:
        return floor + (rest >= half)
    return floor + (rest > half or (rest == half and floor % 2 == 1))
