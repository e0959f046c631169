"""Excel formulas that round and bound as the engine does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from analys.evidence import Interval
from analys.export.annex import cells
from analys.export.annex.cells import KR, KR_ORE, Formula
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


@dataclass(frozen=True)
class Outward:
    """How the two ends of an interval are rounded away from each other, and shown: to so many ``decimals`` of a krona.
    What a binary fraction misses by, beyond ``kept`` more, counts for nothing."""

    decimals: int
    shown: str
    kept: int = 6

    def low(self, formula: str) -> str:
        return f"INT(ROUND(({formula}){self._times},{self.kept})){self._over}"

    def high(self, formula: str) -> str:
        return f"-INT(-ROUND(({formula}){self._times},{self.kept})){self._over}"

    @property
    def _times(self) -> str:
        return f"*{10**self.decimals}" if self.decimals else ""

    @property
    def _over(self) -> str:
        return f"/{10**self.decimals}" if self.decimals else ""

    def bounds(self, interval: Interval, formulas: Iterable[str]) -> tuple[Formula, Formula]:
        """The formulas of an interval's two ends; of a point, the same value twice, rounded to the nearest."""
        first, last = formulas
        texts = (
            [f"ROUND({end},{self.decimals})" for end in (first, last)]
            if interval.is_point
            else [self.low(first), self.high(last)]
        )
        low, high = (
            Formula(text, value, self.shown) for text, value in zip(texts, interval.outward(self.decimals), strict=True)
        )
        return low, high


#: Amounts that a document bears are shown to the öre; estimates to the krona, to which they are also rounded.
ORE: Final = Outward(2, KR_ORE)
WHOLE: Final = Outward(0, KR)
RATE: Final = Outward(2, cells.RATE, kept=9)
