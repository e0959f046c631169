"""Excel formulas that round and bound as the engine does."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from analys.account import outward
from analys.evidence import Interval
from analys.export.annex.cells import Formula
from analys.rounding import Mode, Rounding


def rounded(numerator: str, divisor: int, rounding: Rounding) -> str:
    """The formula that rounds ``numerator / divisor`` kronor to the rule's unit by its mode.

    ``numerator`` is a formula whose value is a whole number of kronor (of öre, where those are the unit) times the
    divisor, so that one division alone decides which way an amount falls.
    """
    step = Fraction(int(rounding.unit), 100)
    quotient = f"({numerator})/{divisor}" if divisor != 1 else f"({numerator})"
    units = quotient if step <= 1 else f"{quotient}/{plain(step)}"
    whole = {
        Mode.HALF_UP: f"ROUND({units},0)",
        Mode.FLOOR: f"INT(ROUND({units},7))",
        Mode.UP: f"-INT(-ROUND({units},7))",
        Mode.HALF_EVEN: f"IF(ROUND(MOD({units},2),9)=0.5,INT({units}),ROUND({units},0))",
    }[rounding.mode]
    if step < 1:
        return f"{whole}/100"
    return whole if step == 1 else f"{whole}*{plain(step)}"


def plain(value: Fraction) -> str:
    """A number as a formula writes it."""
    return f"{float(value):g}"


def low(formula: str, decimals: int = 6) -> str:
    """Two decimals, downwards; what a binary fraction misses by counts for nothing."""
    return f"INT(ROUND(({formula})*100,{decimals}))/100"


def high(formula: str, decimals: int = 6) -> str:
    """Two decimals, upwards."""
    return f"-INT(-ROUND(({formula})*100,{decimals}))/100"


def bounds(
    interval: Interval, formulas: Iterable[str], *, decimals: int = 6, shown: str | None = None
) -> tuple[Formula, Formula]:
    """The formulas of an interval's two ends with two decimals, outwards; of a point, the same rounded value twice."""
    (first, last), ends = formulas, outward(interval)
    if interval.is_point:
        return Formula(f"ROUND({first},2)", ends[0], shown), Formula(f"ROUND({last},2)", ends[1], shown)
    return Formula(low(first, decimals), ends[0], shown), Formula(high(last, decimals), ends[1], shown)
