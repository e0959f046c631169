"""``blandad``: a weighted mix of keys, whose weights may slide from year to year."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Literal, Self, final

from pydantic import Field, field_validator, model_validator

from analys.agreement.fields import Part, Strict
from analys.agreement.keys.base import Composite, KeyRule, Need, family, make_one, stated
from analys.agreement.lines import Path as Place
from analys.agreement.question import Question, Weights
from analys.agreement.words import percent
from analys.swedish import listed

if TYPE_CHECKING:
    from analys.agreement.keys import Key


class MixedPart(Strict):
    """A key and its weight: one for all years, or ``weights`` by the year from which each holds."""

    weight: Part | None = Field(None, alias="vikt")
    weights: dict[int, Part] = Field(default_factory=dict, alias="vikt_per_ar")
    key: Key = Field(alias="nyckel")

    @model_validator(mode="after")
    def _one_weight(self) -> Self:
        if (self.weight is None) == (not self.weights):
            raise ValueError("antingen vikt eller vikt_per_ar")
        return self

    def of_year(self, year: int) -> Fraction | None:
        """The weight of a year; ``None`` before the first that is stated."""
        return stated(self.weights, year, self.weight)

    def weigh(self, question: Question) -> Weights:
        """The part's share of the whole; a key that counts for nothing needs no figures."""
        weight = self.of_year(question.year)
        if weight is None:
            raise question.fault(f"vikten är inte angiven för {question.year}; den första är för {min(self.weights)}")
        if not weight:
            return Weights()
        return question.agreed(f"Vikt, {self.key.told()}", weight, "andel") * self.key.weigh(question.within(weight))

    def told(self) -> str:
        weights = [percent(self.weight)] if self.weight is not None else []
        weights += [f"{percent(weight)} från {year}" for year, weight in sorted(self.weights.items())]
        return f"{listed(weights)} {self.key.joined_by} {self.key.told()}"


@family("blandad")
@final
class MixedKey(Composite):
    """A weighted mix, such as 30 % equal and 70 % by population."""

    type: Literal["blandad"] = Field(alias="typ")
    parts: tuple[MixedPart, ...] = Field(alias="delar", min_length=1)
    joined_by = "med"

    @field_validator("parts")
    @classmethod
    def _whole(cls, parts: tuple[MixedPart, ...]) -> tuple[MixedPart, ...]:
        years = sorted({year for part in parts for year in part.weights})
        for year in years or [0]:
            weights = [weight for part in parts if (weight := part.of_year(year)) is not None]
            make_one(weights, f"vikter (vikt) {year}" if year else "vikter (vikt)")
        return parts

    def keys_within(self) -> list[tuple[Place, KeyRule]]:
        return [(("delar", n, "nyckel"), part.key) for n, part in enumerate(self.parts)]

    def with_keys(self, changed: Callable[[KeyRule], KeyRule]) -> KeyRule:
        parts = tuple(part.model_copy(update={"key": changed(part.key)}) for part in self.parts)
        return self.model_copy(update={"parts": parts})

    def weigh(self, question: Question) -> Weights:
        return reduce(operator.add, [part.weigh(question) for part in self.parts])

    def told(self) -> str:
        return listed([part.told() for part in self.parts])

    def needs(self, year: int) -> list[Need]:
        return [need for part in self.parts if part.of_year(year) for need in part.key.needs(year)]
