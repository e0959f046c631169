"""The allocation keys (fördelningsnycklar) that an agreement may state, and the limits put on their outcome."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, field_validator, model_validator

from analys.agreement.fields import (
    UNKNOWN,
    Citation,
    DateOrUnknown,
    Exact,
    MonthDayOrUnknown,
    Municipality,
    Ore,
    Part,
    Strict,
    Term,
)
from analys.evidence import Underlag


class KeyRule(Strict):
    """A key. The outermost one of a version must have its citation; parts of a mixed or nested key need none."""

    citation: Citation | None = Field(None, alias="kalla")
    underlag: Underlag = Underlag.DOKUMENTERAD
    note: str | None = Field(None, alias="anmarkning")


class Values(Strict):
    """One year's key values: a ``column`` of a csv or xlsx ``file`` beside the agreement, or ``numbers`` by member."""

    file: str | None = Field(None, alias="fil")
    column: str | None = Field(None, alias="kolumn")
    numbers: dict[str, Exact] = Field(default_factory=dict, alias="tal")
    reference_date: DateOrUnknown = Field(UNKNOWN, alias="referensdatum")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (not self.numbers) or (self.file is None) != (self.column is None):
            raise ValueError("either fil and kolumn, or tal")
        return self


class PopulationRule(KeyRule):
    """Registered population on ``reference_day`` of the year that lies ``years_back`` before the cost's.

    "12-31" and 1 mean 31 December of the year before. ``values`` by the cost's year are the figures that the agreement
    itself prints; they go before the statistics. ``mean_years`` takes the mean of that many years' figures.
    """

    reference_day: MonthDayOrUnknown = Field(UNKNOWN, alias="referensdag")
    years_back: int = Field(1, alias="ar_bakat", ge=0, le=20)
    mean_years: int = Field(1, alias="medel_ar", ge=1, le=20)
    values: dict[int, Values] = Field(default_factory=dict, alias="varden")


class PopulationKey(PopulationRule):
    """By registered population."""

    type: Literal["folkmangd"] = Field(alias="typ")


class ColumnKey(KeyRule):
    """By any supplied column: pupils, hours, area, tax base, an age band. ``values`` by the cost's year."""

    type: Literal["kolumn"] = Field(alias="typ")
    measure: str = Field(alias="matt")
    mean_years: int = Field(1, alias="medel_ar", ge=1, le=20)
    values: dict[int, Values] = Field(alias="varden", min_length=1)


class EqualKey(KeyRule):
    """The same for each member."""

    type: Literal["lika"] = Field(alias="typ")


def _make_one(parts: list[Fraction], what: str) -> None:
    if sum(parts) != 1:
        raise ValueError(f"{what} that make 100 %, not {float(sum(parts) * 100):.10g} %")


class FixedKey(KeyRule):
    """Fixed shares by municipality or party id, which must make one."""

    type: Literal["andelar"] = Field(alias="typ")
    parts: dict[str, Part] = Field(alias="andelar", min_length=1)

    @field_validator("parts")
    @classmethod
    def _whole(cls, parts: dict[str, Part]) -> dict[str, Part]:
        _make_one(list(parts.values()), "shares")
        return parts


class MixedPart(Strict):
    weight: Part = Field(alias="vikt")
    key: Key = Field(alias="nyckel")


class MixedKey(KeyRule):
    """A weighted mix, such as 30 % equal and 70 % by population."""

    type: Literal["blandad"] = Field(alias="typ")
    parts: tuple[MixedPart, ...] = Field(alias="delar", min_length=1)

    @field_validator("parts")
    @classmethod
    def _whole(cls, parts: tuple[MixedPart, ...]) -> tuple[MixedPart, ...]:
        _make_one([part.weight for part in parts], "weights (vikt)")
        return parts


class Group(Strict):
    """A part of the cost that one ``party`` carries, or that ``municipalities`` (all, when unsaid) share by ``key``.

    A party may instead carry a fixed yearly amount; the groups with a part then share the rest.
    """

    part: Part | None = Field(None, alias="andel")
    amount_ore: Ore | None = Field(None, alias="belopp_kr")
    party: str | None = Field(None, alias="part")
    municipalities: tuple[Municipality, ...] = Field((), alias="kommuner")
    key: Key | None = Field(None, alias="nyckel")

    @model_validator(mode="after")
    def _one_payer(self) -> Self:
        if (self.party is None) == (self.key is None):
            raise ValueError("either part (a party's id) or nyckel")
        if (self.part is None) == (self.amount_ore is None) or (self.amount_ore is not None and not self.party):
            raise ValueError("andel, or for a party belopp_kr")
        return self


class GroupKey(KeyRule):
    """Nested shares: state 1/2, region 1/4, the municipalities together 1/4 and then by a key of their own."""

    type: Literal["grupper"] = Field(alias="typ")
    groups: tuple[Group, ...] = Field(alias="grupper", min_length=1)

    @field_validator("groups")
    @classmethod
    def _whole(cls, groups: tuple[Group, ...]) -> tuple[Group, ...]:
        _make_one([group.part for group in groups if group.part is not None], "shares (andel)")
        return groups

    @property
    def fees_ore(self) -> int:
        """The fixed amounts together."""
        return sum(group.amount_ore or 0 for group in self.groups)


class BaseFeeKey(PopulationRule):
    """The same fee for each member, and the rest of the total by population."""

    type: Literal["grundavgift"] = Field(alias="typ")
    base_fee_ore: Ore = Field(alias="grundavgift_kr")


class PerHeadKey(PopulationRule):
    """Kronor an inhabitant, and a fee for each member where there is one: the total is the result.

    ``rates`` by year go before ``rate``.
    """

    type: Literal["kr_per_invanare"] = Field(alias="typ")
    base_fee_ore: Ore = Field(0, alias="grundavgift_kr")
    rate: Exact | None = Field(None, alias="kr_per_invanare")
    rates: dict[int, Exact] = Field(default_factory=dict, alias="kr_per_invanare_per_ar")

    @model_validator(mode="after")
    def _some_rate(self) -> Self:
        if self.rate is None and not self.rates:
            raise ValueError("kr_per_invanare or kr_per_invanare_per_ar")
        return self


class Step(Strict):
    """Members with up to ``up_to`` inhabitants (all others, when unsaid) pay a fee, kronor an inhabitant, or both."""

    up_to: int | None = Field(None, alias="till_och_med", ge=1)
    fee_ore: Ore = Field(0, alias="avgift_kr")
    rate: Exact = Field(Fraction(0), alias="kr_per_invanare")


class StepKey(PopulationRule):
    """A tariff by size band: the total is the result."""

    type: Literal["trappa"] = Field(alias="typ")
    steps: tuple[Step, ...] = Field(alias="steg", min_length=1)

    @field_validator("steps")
    @classmethod
    def _rising(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        *bounds, last = [step.up_to for step in steps]
        whole = [bound for bound in bounds if bound is not None]
        if len(whole) < len(bounds) or whole != sorted(set(whole)) or last is not None:
            raise ValueError("steps with rising till_och_med, and a last step without one")
        return steps


Key = Annotated[
    PopulationKey | ColumnKey | EqualKey | FixedKey | MixedKey | GroupKey | BaseFeeKey | PerHeadKey | StepKey,
    Discriminator("type"),
]
for _model in (MixedPart, Group, MixedKey, GroupKey):
    _model.model_rebuild()


class Limits(Term):
    """Bounds on what a member pays in a year: in kronor, an inhabitant, as a share, or as a change an inhabitant."""

    most_ore: Ore | None = Field(None, alias="tak_kr")
    least_ore: Ore | None = Field(None, alias="golv_kr")
    most_share: Part | None = Field(None, alias="tak_andel")
    most_per_head: Exact | None = Field(None, alias="tak_kr_per_invanare")
    least_per_head: Exact | None = Field(None, alias="golv_kr_per_invanare")
    change_per_head: Exact | None = Field(None, alias="andring_kr_per_invanare")
