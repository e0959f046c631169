"""What ``kr_per_invanare`` and ``kr_per_enhet`` have in common: kronor for each unit, and perhaps a fee."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from pydantic import Field

from analys.agreement.fields import Ore
from analys.agreement.keys.base import Total
from analys.agreement.keys.measure import Measured
from analys.agreement.question import Question, Weights


class RateRule(Measured):
    """A rate for each unit of the measure, and a fee for each member where there is one: the total is the result."""

    total: ClassVar[Total] = Total.MADE
    joined_by: ClassVar[str] = "med"
    base_fee_ore: Ore = Field(0, alias="grundavgift_kr")

    @property
    def has_fees(self) -> bool:
        return True

    def charged(self, question: Question, rates: dict[int, Fraction], one: Fraction | None, unit: str) -> Weights:
        """The fees of a year in öre, by that year's rate or else the one for all years; ``unit`` is the rate's own."""
        rate = rates.get(question.year, one)
        if rate is None:
            there = ", ".join(map(str, sorted(rates)))
            raise question.fault(f"avgiften ({unit}) saknas för {question.year}; det finns {there}")
        price = question.agreed(f"Avgift, {unit}", rate, unit) * 100
        fee = question.agreed("Grundavgift", Fraction(self.base_fee_ore, 100), "kr") * 100
        measured = self.measured(question)
        return question.after(Weights.each(measured, fee) + price * measured, None)
