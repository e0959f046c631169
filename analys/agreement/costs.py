"""The cost bases that an agreement may state: what is to be shared in a year, before anybody's share."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, model_validator

from analys.agreement.fields import Change, Exact, Ore, Part, Term


class PartYear(StrEnum):
    """How a part of a year is counted: whole months and parts of them as twelfths, or days of the year's 365 or 366."""

    MONTHS = "manader"
    DAYS = "dagar"


class CostRule(Term):
    """``stated_ore`` by year is the total that the document prints, which the shared amounts are reconciled with."""

    part_year: PartYear = Field(PartYear.MONTHS, alias="del_av_ar")
    stated_ore: dict[int, Ore] = Field(default_factory=dict, alias="angiven_summa_kr")


class FixedCost(CostRule):
    """A yearly amount, or amounts by year; a year that is not there is unknown."""

    type: Literal["fast"] = Field(alias="typ")
    amount_ore: Ore | None = Field(None, alias="belopp_kr")
    amounts_ore: dict[int, Ore] = Field(default_factory=dict, alias="belopp_per_ar_kr")

    @model_validator(mode="after")
    def _some_amount(self) -> Self:
        if self.amount_ore is None and not self.amounts_ore:
            raise ValueError("belopp_kr or belopp_per_ar_kr")
        return self

    def yearly(self, year: int) -> Fraction | None:
        amount = self.amounts_ore.get(year, self.amount_ore)
        return None if amount is None else Fraction(amount)


class BuiltCost(CostRule):
    """Monthly pay x (1 + employer's contributions) x months + overhead."""

    type: Literal["uppbyggd"] = Field(alias="typ")
    monthly_pay_ore: Ore = Field(alias="manadslon_kr")
    contributions: Exact = Field(alias="paslag")
    months: int = Field(12, alias="manader", ge=1, le=12)
    overhead_ore: Ore = Field(0, alias="overhead_kr")

    @property
    def yearly_ore(self) -> Fraction:
        return self.monthly_pay_ore * (1 + self.contributions) * self.months + self.overhead_ore

    def yearly(self, year: int) -> Fraction | None:
        return self.yearly_ore


class BudgetCost(CostRule):
    """A budget that is charged, and the actual cost (utfall) that it is settled against when it is known."""

    type: Literal["budget"] = Field(alias="typ")
    budget_ore: dict[int, Ore] = Field(alias="budget_kr", min_length=1)
    actual_ore: dict[int, Ore] = Field(default_factory=dict, alias="utfall_kr")

    def yearly(self, year: int) -> Fraction | None:
        amount = self.actual_ore.get(year, self.budget_ore.get(year))
        return None if amount is None else Fraction(amount)


class ThresholdCost(CostRule):
    """``part`` of what the actual cost is above a threshold."""

    type: Literal["over_troskel"] = Field(alias="typ")
    actual_ore: dict[int, Ore] = Field(alias="utfall_kr", min_length=1)
    threshold_ore: Ore = Field(alias="troskel_kr")
    part: Part = Field(Fraction(1), alias="andel")

    def yearly(self, year: int) -> Fraction | None:
        if year not in self.actual_ore:
            return None
        return max(0, self.actual_ore[year] - self.threshold_ore) * self.part


class TariffCost(CostRule):
    """No cost is shared: the key's fees are the total."""

    type: Literal["taxa"] = Field(alias="typ")

    def yearly(self, year: int) -> Fraction | None:
        return None


Cost = Annotated[FixedCost | BuiltCost | BudgetCost | ThresholdCost | TariffCost, Discriminator("type")]


class Index(Term):
    """How the cost follows prices from ``base_year``, whose prices the stated amounts are in.

    ``lag``: the index of so many years before the cost's. ``base_value``: the index figure that the agreement itself
    starts from. ``cap`` and ``floor`` bound each year's change. ``percent``: the yearly change of a fixed index.
    """

    series: Literal["kpi", "pkv", "fast"] = Field(alias="serie")
    base_year: int = Field(alias="basar", ge=1900, le=2200)
    lag: int = Field(0, alias="efterslapning", ge=0, le=20)
    base_value: Exact | None = Field(None, alias="basvarde")
    percent: Change | None = Field(None, alias="procent")
    cap: Change | None = Field(None, alias="tak")
    floor: Change | None = Field(None, alias="golv")

    @model_validator(mode="after")
    def _fits_its_series(self) -> Self:
        if (self.series == "fast") != (self.percent is not None):
            raise ValueError('procent with serie "fast", and only there')
        if self.base_value is not None and self.series != "kpi":
            raise ValueError('basvarde only with serie "kpi"')
        return self
