"""``kr_per_enhet``: kronor for something other than inhabitants, or a part of it, such as per mille of the tax base."""

from __future__ import annotations

from typing import Literal, Self, final

from pydantic import Field, model_validator

from analys.agreement.fields import Exact, Name
from analys.agreement.keys.base import family
from analys.agreement.keys.measure import ColumnRule
from analys.agreement.keys.rate import RateRule
from analys.agreement.question import Question, Weights
from analys.agreement.words import kr


@family("kr_per_enhet")
@final
class PerUnitKey(RateRule, ColumnRule):
    """A rate for each ``unit`` ("16-åring", "krona skatteunderlag") of a supplied column."""

    type: Literal["kr_per_enhet"] = Field(alias="typ")
    unit: Name = Field(alias="enhet")
    rate: Exact | None = Field(None, alias="kr_per_enhet")
    rates: dict[int, Exact] = Field(default_factory=dict, alias="kr_per_enhet_per_ar")

    @model_validator(mode="after")
    def _some_rate(self) -> Self:
        if self.rate is None and not self.rates:
            raise ValueError("kr_per_enhet eller kr_per_enhet_per_ar")
        return self

    @property
    def measure_unit(self) -> str:
        return self.unit

    def weigh(self, question: Question) -> Weights:
        return self.charged(question, self.rates, self.rate, f"kr per {self.unit}")

    def told(self) -> str:
        fee = f"{kr(self.base_fee_ore)} var och " if self.base_fee_ore else ""
        return f"{fee}kronor per {self.unit} efter {self.measure}"
