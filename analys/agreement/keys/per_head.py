"""``kr_per_invanare``: kronor an inhabitant."""

from __future__ import annotations

from typing import Literal, Self, final

from pydantic import Field, model_validator

from analys.agreement.fields import Exact
from analys.agreement.keys.base import family
from analys.agreement.keys.measure import PopulationRule
from analys.agreement.keys.rate import RateRule
from analys.agreement.question import Question, Weights
from analys.agreement.words import kr


@family("kr_per_invanare")
@final
class PerHeadKey(RateRule, PopulationRule):
    """Kronor an inhabitant, and a fee for each member where there is one. ``rates`` by year go before ``rate``."""

    type: Literal["kr_per_invanare"] = Field(alias="typ")
    rate: Exact | None = Field(None, alias="kr_per_invanare")
    rates: dict[int, Exact] = Field(default_factory=dict, alias="kr_per_invanare_per_ar")

    @model_validator(mode="after")
    def _some_rate(self) -> Self:
        if self.rate is None and not self.rates:
            raise ValueError("kr_per_invanare eller kr_per_invanare_per_ar")
        return self

    def weigh(self, question: Question) -> Weights:
        return self.charged(question, self.rates, self.rate, "kr per invånare")

    def told(self) -> str:
        fee = f"{kr(self.base_fee_ore)} var och " if self.base_fee_ore else ""
        return f"{fee}kronor per invånare efter {self.of_population()}"
