"""``belopp``: agreed or frozen kronor for each member, or for some of them; the others share what is left."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self, final

from pydantic import Field, model_validator

from analys.agreement.fields import Ore
from analys.agreement.keys.base import KeyRule, Need, Scope, Total, family, payer
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights
from analys.register import regions

if TYPE_CHECKING:
    from analys.agreement.keys import Key


@family("belopp")
@final
class AmountsKey(KeyRule):
    """Yearly kronor by municipality or party id; ``by_year`` goes before them, and holds until a later year is stated.

    ``others`` is how the members without an amount share what is left. Without it the amounts must make the cost, or
    the cost is a tariff, whose total they are.
    """

    type: Literal["belopp"] = Field(alias="typ")
    total = Total.EITHER
    amounts_ore: dict[str, Ore] = Field(default_factory=dict, alias="belopp_kr")
    by_year: dict[int, dict[str, Ore]] = Field(default_factory=dict, alias="belopp_per_ar_kr")
    others: Key | None = Field(None, alias="ovriga")

    @model_validator(mode="after")
    def _some_amount(self) -> Self:
        if not self.amounts_ore and not any(self.by_year.values()):
            raise ValueError("belopp_kr eller belopp_per_ar_kr")
        return self

    @property
    def has_fees(self) -> bool:
        return True

    def keys_within(self) -> list[KeyRule]:
        return [self.others] if self.others else []

    def _of_year(self, year: int) -> dict[str, int]:
        stated = max((own for own in self.by_year if own <= year), default=None)
        return self.amounts_ore | (self.by_year[stated] if stated is not None else {})

    def weigh(self, question: Question) -> Weights:
        present = {region.code for region in question.members}
        fees: Weights = {}
        for name, amount in self._of_year(question.year).items():
            code = payer(name)
            if code in present or code not in regions():
                fees[code] = question.agreed(f"Avtalat belopp, {name}", Fraction(amount, 100), "kr") * 100
        without = tuple(region for region in question.members if region.code not in fees)
        others = self.others
        if without and others is None:
            names = ", ".join(region.name for region in without)
            raise question.fault(f"inget belopp för {names} {question.year}; skriv det, eller nyckeln för dem (ovriga)")
        if others is None or not without:
            return question.after(fees, None)
        return question.after(fees, lambda rest: others.weigh(rest.within(Fraction(1), without)))

    def told(self) -> str:
        rest = f", övriga {self.others.joined_by} {self.others.told()}" if self.others else ""
        return f"avtalade belopp för var och en{rest}" if not rest else f"avtalade belopp för vissa{rest}"

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        yield from scope.names(list(self.amounts_ore), (*place, "belopp_kr"))
        for year, amounts in self.by_year.items():
            yield from scope.names(list(amounts), (*place, "belopp_per_ar_kr", str(year)))
        if self.others:
            yield from self.others.faults_within(scope, (*place, "ovriga"))

    def needs(self, year: int) -> list[Need]:
        return self.others.needs(year) if self.others else []
