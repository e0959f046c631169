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
        agreed = {payer(name): question.agreed(f"Andel, {name}", part, "andel") for name, part in self.parts.items()}
        if lacking := [region.name for region in question.members if region.code not in agreed]:
            raise question.fault(f"de fasta andelarna saknar {', '.join(lacking)}")
        parts = Weights(agreed).of(filter(question.has, agreed))
        if away := [regions()[code].name for code in agreed if code not in parts]:
            question.assumptions.append(f"De fasta andelarna räknas om i proportion utan {', '.join(away)}.")
        return question.parts(parts, "andelar")

    def told(self) -> str:
        return "fasta andelar"

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        yield from scope.names(list(self.parts), (*place, "andelar"))

    def needs(self, year: int) -> list[Need]:
        return []
