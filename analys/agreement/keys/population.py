"""``folkmangd``: by registered population."""

from __future__ import annotations

from typing import Literal, final

from pydantic import Field

from analys.agreement.keys.base import family
from analys.agreement.keys.measure import PopulationRule
from analys.agreement.question import Question, Weights


@family("folkmangd")
@final
class PopulationKey(PopulationRule):
    """By registered population."""

    type: Literal["folkmangd"] = Field(alias="typ")

    def weigh(self, question: Question) -> Weights:
        return question.parts(self.measured(question), "folkmängd")

    def told(self) -> str:
        return self.of_population()
