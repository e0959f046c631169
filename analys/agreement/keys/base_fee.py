"""``grundavgift``: a fee for each member, and the rest of the total by population."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, final

from pydantic import Field

from analys.agreement.fields import Ore
from analys.agreement.keys.base import family
from analys.agreement.keys.measure import PopulationRule
from analys.agreement.question import Question, Weights
from analys.agreement.words import kr


@family("grundavgift")
@final
class BaseFeeKey(PopulationRule):
    """The same fee for each member, and the rest of the total by population."""

    type: Literal["grundavgift"] = Field(alias="typ")
    base_fee_ore: Ore = Field(alias="grundavgift_kr")
    joined_by = "med"

    @property
    def has_fees(self) -> bool:
        return True

    def weigh(self, question: Question) -> Weights:
        fee = question.agreed("Grundavgift", Fraction(self.base_fee_ore, 100), "kr") * 100
        fees = Weights.each((region.code for region in question.members), fee)
        return question.after(fees, lambda rest: rest.parts(self.measured(rest), "folkmängd"))

    def told(self) -> str:
        return f"en grundavgift på {kr(self.base_fee_ore)} och resten efter {self.of_population()}"
