"""``andelar``: fixed shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, final

from pydantic import Field, field_validator

from analys.agreement.fields import Part
from analys.agreement.keys.base import KeyRule, Need, Scope, family, make_one, payer
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights
from analys.register import regions


@family("andelar")
@final
class FixedKey(KeyRule):
    """Fixed shares by municipality or party id, which must make one."""

    type: Literal["andelar"] = Field(alias="typ")
    parts: dict[str, Part] = Field(alias="andelar", min_length=1)

    @field_validator("parts")
    @classmethod
    def _whole(cls, parts: dict[str, Part]) -> dict[str, Part]:
        make_one(list(parts.values()), "andelar")
        return parts

    def weigh(self, question: Question) -> Weights:
        parts = {payer(name): question.agreed(f"Andel, {name}", part, "andel") for name, part in self.parts.items()}
        if lacking := [region.name for region in question.members if region.code not in parts]:
            raise question.fault(f"de fasta andelarna saknar {', '.join(lacking)}")
        away = [code for code in parts if not question.has(code)]
        if away:
            names = ", ".join(regions()[code].name for code in away)
            question.assumptions.append(f"De fasta andelarna räknas om i proportion utan {names}.")
        return question.parts({code: part for code, part in parts.items() if code not in away}, "andelar")

    def told(self) -> str:
        return "fasta andelar"

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        yield from scope.names(list(self.parts), (*place, "andelar"))

    def needs(self, year: int) -> list[Need]:
        return []
