"""``kolumn``: by any column that the agreement's folder has."""

from __future__ import annotations

from typing import Literal, final

from pydantic import Field

from analys.agreement.keys.base import family
from analys.agreement.keys.measure import ColumnRule
from analys.agreement.question import Question, Weights


@family("kolumn")
@final
class ColumnKey(ColumnRule):
    """By a supplied column: pupils, hours, area, tax base, an age band."""

    type: Literal["kolumn"] = Field(alias="typ")

    def weigh(self, question: Question) -> Weights:
        return question.parts(self.measured(question), self.measure)

    def told(self) -> str:
        return self.measure
