"""``lika``: the same for each member."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, final

from pydantic import Field

from analys.agreement.keys.base import KeyRule, Need, Scope, family
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights


@family("lika")
@final
class EqualKey(KeyRule):
    """The same for each member."""

    type: Literal["lika"] = Field(alias="typ")
    joined_by = "i"

    def weigh(self, question: Question) -> Weights:
        return question.equal(question.members)

    def told(self) -> str:
        return "lika delar"

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        yield from ()

    def needs(self, year: int) -> list[Need]:
        return []
