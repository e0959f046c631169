"""``belopp``: agreed or frozen kronor for each member, or for some of them; the others share what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Self, final

from pydantic import Field, model_validator

from analys.agreement.fields import Ore
from analys.agreement.keys.base import Composite, KeyRule, Scope, Total, family, payer, stated
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Question, Weights

if TYPE_CHECKING:
    from analys.agreement.keys import Key


@family("belopp")
@final
class AmountsKey(Composite):
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

    def keys_within(self) -> list[tuple[Place, KeyRule]]:
        return [(("ovriga",), self.others)] if self.others else []

    def with_keys(self, changed: Callable[[KeyRule], KeyRule]) -> KeyRule:
        return self.model_copy(update={"others": changed(self.others)}) if self.others else self

    def weigh(self, question: Question) -> Weights:
        fees = Weights()
        for name, amount in (self.amounts_ore | (stated(self.by_year, question.year) or {})).items():
            if question.has(code := payer(name)):
                fees[code] = question.agreed(f"Avtalat belopp, {name}", Fraction(amount, 100), "kr") * 100
        without = tuple(region for region in question.members if region.code not in fees)
        others = self.others
        if not without:
            return question.after(fees, None)
        if others is None:
            names = ", ".join(region.name for region in without)
            raise question.fault(f"inget belopp för {names} {question.year}; skriv det, eller nyckeln för dem (ovriga)")
        return question.after(fees, lambda rest: others.weigh(rest.within(Fraction(1), without)))

    def told(self) -> str:
        if self.others is None:
            return "avtalade belopp för var och en"
        return f"avtalade belopp för vissa, övriga {self.others.joined_by} {self.others.told()}"

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        yield from scope.names(list(self.amounts_ore), (*place, "belopp_kr"))
        for year, amounts in self.by_year.items():
            yield from scope.names(list(amounts), (*place, "belopp_per_ar_kr", str(year)))
        yield from super().faults(scope, place)
