"""``trappa``: a tariff by size band."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, final

from pydantic import Field, field_validator

from analys.agreement.fields import Exact, Ore, Strict
from analys.agreement.keys.base import Total, family
from analys.agreement.keys.measure import PopulationRule
from analys.agreement.question import Question, Weights


class Step(Strict):
    """Members with up to ``up_to`` inhabitants (all others, when unsaid) pay a fee, kronor an inhabitant, or both."""

    up_to: int | None = Field(None, alias="till_och_med", ge=1)
    fee_ore: Ore = Field(0, alias="avgift_kr")
    rate: Exact = Field(Fraction(0), alias="kr_per_invanare")


@family("trappa")
@final
class StepKey(PopulationRule):
    """A tariff by size band: the total is the result."""

    type: Literal["trappa"] = Field(alias="typ")
    total = Total.MADE
    steps: tuple[Step, ...] = Field(alias="steg", min_length=1)
    joined_by = "med"

    @field_validator("steps")
    @classmethod
    def _rising(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        *bounds, last = [step.up_to for step in steps]
        whole = [bound for bound in bounds if bound is not None]
        if len(whole) < len(bounds) or whole != sorted(set(whole)) or last is not None:
            raise ValueError("steg med stigande till_och_med, och ett sista steg utan")
        return steps

    @property
    def has_fees(self) -> bool:
        return True

    def weigh(self, question: Question) -> Weights:
        fees = Weights()
        for payer, value in self.measured(question).items():
            step = next(step for step in self.steps if step.up_to is None or value <= step.up_to)
            size = "övriga" if step.up_to is None else f"till och med {step.up_to} invånare"
            fee = question.agreed(f"Avgift, {size}", Fraction(step.fee_ore, 100), "kr") * 100
            rate = question.agreed(f"Avgift, {size}", step.rate, "kr per invånare") * 100
            fees[payer] = fee + rate * value
        return question.after(fees, None)

    def told(self) -> str:
        return f"avgift efter storlek och {self.of_population()}"
