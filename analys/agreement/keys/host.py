"""``vard``: a host that carries a part or an amount first, a surcharge on its share, or the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self, final

from pydantic import Field, model_validator

from analys.agreement.fields import Exact, Municipality, Ore, Part
from analys.agreement.keys.base import Composite, KeyRule, Scope, Total, family
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights
from analys.agreement.words import kr, percent

if TYPE_CHECKING:
    from analys.agreement.keys import Key


@family("vard")
@final
class HostKey(Composite):
    """The members share by ``key``, and the host carries something besides.

    ``part`` or ``amount_ore`` (a year): the host carries it first, and all, the host too, share the rest.
    ``surcharge``: the host's share counts so much more. ``difference``: the others pay the fees of ``key``, the host what
    they leave of the cost.
    """

    type: Literal["vard"] = Field(alias="typ")
    host: Municipality = Field(alias="kommun")
    part: Part | None = Field(None, alias="andel")
    amount_ore: Ore | None = Field(None, alias="belopp_kr")
    surcharge: Exact | None = Field(None, alias="paslag")
    difference: Literal[True] | None = Field(None, alias="mellanskillnad")
    key: Key = Field(alias="nyckel")
    joined_by = "med"

    @model_validator(mode="after")
    def _one_burden(self) -> Self:
        burdens = (self.part, self.amount_ore, self.surcharge, self.difference)
        if sum(burden is not None for burden in burdens) != 1:
            raise ValueError("en av andel, belopp_kr, paslag och mellanskillnad")
        if self.difference and self.key.total is Total.SHARED:
            raise ValueError("en nyckel med avgifter, av vilka värden bär mellanskillnaden")
        return self

    @property
    def has_fees(self) -> bool:
        return self.amount_ore is not None or self.difference is not None or super().has_fees

    def keys_within(self) -> list[tuple[Place, KeyRule]]:
        return [(("nyckel",), self.key)]

    def with_keys(self, changed: Callable[[KeyRule], KeyRule]) -> KeyRule:
        return self.model_copy(update={"key": changed(self.key)})

    def weigh(self, question: Question) -> Weights:
        code, name = self.host.code, self.host.name
        if self.host not in question.members:
            raise question.fault(f"värden {name} är inte medlem {question.year}")
        if self.amount_ore is not None:
            fee = question.agreed(f"Belopp som {name} bär först", Fraction(self.amount_ore, 100), "kr") * 100
            return question.after(Weights({code: fee}), self.key.weigh)
        if self.difference:
            return self._after_the_others(question)
        if self.surcharge is not None:
            shares = self.key.weigh(question)
            own = shares.get(code, Fraction(0)) * (1 + question.agreed(f"Påslag, {name}", self.surcharge, "andel"))
            return question.parts(Weights({**shares, code: own}), "andelar")
        part = question.agreed(f"Del som {name} bär först", self.part or 0, "andel")
        return (1 - part) * self.key.weigh(question.within(1 - Fraction(part))) + {code: part}

    def _after_the_others(self, question: Question) -> Weights:
        """The others' fees as they stand; the host takes what they leave."""
        others = tuple(member for member in question.members if member != self.host)
        tariff = question.within(Fraction(1), others)
        tariff.total_ore = None
        fees = self.key.weigh(tariff) if others else Weights()
        if question.total_ore is None:
            raise question.fault(f"{self.host.name} bär mellanskillnaden, men kostnaden {question.year} är inte känd")
        if question.part * Fraction(fees.total) > question.total_ore:
            raise question.fault(
                f"de andras avgifter {question.year} är mer än kostnaden, så värden har inget att bära"
            )
        return question.after(fees, lambda rest: Weights({self.host.code: Fraction(1)}))

    def told(self) -> str:
        shared = f"{self.key.joined_by} {self.key.told()}"
        if self.difference:
            return f"de andras avgifter {shared}, {self.host.name} mellanskillnaden"
        if self.surcharge is not None:
            return f"{self.key.told()}, {self.host.name} med {percent(self.surcharge)} påslag"
        first = percent(self.part) if self.part is not None else kr(self.amount_ore or 0)
        return f"{first} på {self.host.name} och resten {shared}"

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        yield from scope.regions([self.host], (*place, "kommun"))
        check = self.key.faults if self.difference else self.key.faults_within
        yield from check(scope, (*place, "nyckel"))
