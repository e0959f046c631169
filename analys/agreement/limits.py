"""``granser``: rebates, floors, ceilings and limits on the yearly change of what a member pays, and who carries the
difference."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from analys.agreement.fields import Exact, Municipality, Ore, Part, Strict, Term, municipality
from analys.agreement.keys.base import payer
from analys.agreement.words import kr, percent
from analys.register import Region
from analys.swedish import format_kr, listed


class Bounds(Strict):
    """A ceiling and a floor in yearly kronor."""

    most_ore: Ore | None = Field(None, alias="tak_kr")
    least_ore: Ore | None = Field(None, alias="golv_kr")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.most_ore is not None and self.least_ore is not None and self.least_ore > self.most_ore:
            raise ValueError("golv_kr under tak_kr")
        return self

    def told(self) -> str:
        stated = (("högst", self.most_ore), ("lägst", self.least_ore))
        return listed([f"{name} {kr(ore)}" for name, ore in stated if ore is not None])


class Rebate(Strict):
    """A part less, for named members, or for those with more than so many inhabitants."""

    part: Part = Field(alias="andel")
    above: int | None = Field(None, alias="over_invanare", ge=1)
    municipalities: tuple[Municipality, ...] = Field((), alias="kommuner")

    @model_validator(mode="after")
    def _for_somebody(self) -> Self:
        if (self.above is None) == (not self.municipalities):
            raise ValueError("antingen over_invanare eller kommuner")
        return self

    def holds(self, code: str, inhabitants: int | None) -> bool:
        if self.above is None:
            return any(region.code == code for region in self.municipalities)
        return inhabitants is not None and inhabitants > self.above

    def told(self) -> str:
        who = listed([region.name for region in self.municipalities]) or f"kommuner över {self.above} invånare"
        return f"{percent(self.part)} rabatt för {who}"


#: Who carries what is cut from a member, or is glad of what another's floor brings.
OTHERS: Final = "ovriga"
NOBODY: Final = "ingen"


def _carrier(value: object) -> object:
    if value in (OTHERS, NOBODY):
        return value
    try:
        return municipality(value)
    except ValueError as error:
        raise ValueError(f'"{OTHERS}", "{NOBODY}" eller {error}') from error


class Limits(Term):
    """Bounds on what a member pays in a year: in kronor, an inhabitant, as a share, or as a change from the year before.

    ``by_member`` goes before the bounds in kronor for all. ``carried_by``: the others in proportion to the key (the
    default), nobody, or one municipality.
    """

    most_ore: Ore | None = Field(None, alias="tak_kr")
    least_ore: Ore | None = Field(None, alias="golv_kr")
    most_share: Part | None = Field(None, alias="tak_andel")
    least_share: Part | None = Field(None, alias="golv_andel")
    most_per_head: Exact | None = Field(None, alias="tak_kr_per_invanare")
    least_per_head: Exact | None = Field(None, alias="golv_kr_per_invanare")
    change_per_head: Exact | None = Field(None, alias="andring_kr_per_invanare")
    change_part: Exact | None = Field(None, alias="andring_procent")
    by_member: dict[str, Bounds] = Field(default_factory=dict, alias="per_medlem")
    rebates: tuple[Rebate, ...] = Field((), alias="rabatter")
    carried_by: Annotated[Literal["ovriga", "ingen"] | Region, BeforeValidator(_carrier)] = Field(
        OTHERS, alias="bars_av"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for least, most, name in (
            (self.least_ore, self.most_ore, "golv_kr"),
            (self.least_share, self.most_share, "golv_andel"),
            (self.least_per_head, self.most_per_head, "golv_kr_per_invanare"),
        ):
            if least is not None and most is not None and least > most:
                raise ValueError(f"{name} under taket")
        return self

    @property
    def changes(self) -> bool:
        """Whether a year depends on the one before."""
        return self.change_per_head is not None or self.change_part is not None

    @property
    def per_head(self) -> bool:
        """Whether the outcome depends on inhabitants."""
        rates = (self.most_per_head, self.least_per_head, self.change_per_head)
        return any(rate is not None for rate in rates) or any(rebate.above is not None for rebate in self.rebates)

    def kronor(self, code: str) -> Bounds:
        """A member's own bounds in kronor, or those of all."""
        own = {payer(name): bounds for name, bounds in self.by_member.items()}
        return own.get(code, self._of_all)

    def rebate(self, code: str, inhabitants: int | None) -> Fraction:
        """The largest rebate that a payer has."""
        return max((own.part for own in self.rebates if own.holds(code, inhabitants)), default=Fraction(0))

    @property
    def _of_all(self) -> Bounds:
        return Bounds.model_construct(most_ore=self.most_ore, least_ore=self.least_ore)

    def told(self) -> str:
        stated: list[tuple[Any, str, Callable[[Any], str]]] = [
            (self._of_all.told() or None, "{}", str),
            (self.most_share, "högst {} av kostnaden", percent),
            (self.least_share, "lägst {} av kostnaden", percent),
            (self.most_per_head, "högst {} per invånare", _rate),
            (self.least_per_head, "lägst {} per invånare", _rate),
            (self.change_per_head, "ändrat högst {} per invånare", _rate),
            (self.change_part, "ändrat högst {} per år", percent),
        ]
        bounds = [rebate.told() for rebate in self.rebates]
        bounds += [words.format(write(bound)) for bound, words, write in stated if bound is not None]
        bounds += [f"{name} {own.told()}" for name, own in self.by_member.items()]
        return listed(bounds) + _CARRIED.get(str(self.carried_by), f", skillnaden bärs av {self._carrier_name}")

    @property
    def carrier(self) -> Region | None:
        """The municipality that carries the difference, where one does."""
        return None if isinstance(self.carried_by, str) else self.carried_by

    @property
    def _carrier_name(self) -> str:
        return self.carrier.name if self.carrier else str(self.carried_by)


_CARRIED: Final = {OTHERS: "", NOBODY: ", skillnaden bärs av ingen"}


def _rate(kronor: Fraction) -> str:
    return format_kr(kronor, 2)
