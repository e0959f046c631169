"""The cost bases that an agreement may state: what is to be shared in a year, before anybody's share."""

from __future__ import annotations

from abc import abstractmethod
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, model_validator

from analys.agreement.fields import Change, Exact, Ore, Part, Term
from analys.agreement.words import kr, months, number, percent
from analys.evidence import Underlag
from analys.swedish import listed


class PartYear(StrEnum):
    """How a part of a year is counted: whole months and parts of them as twelfths, or days of the year's 365 or 366."""

    MONTHS = "manader"
    DAYS = "dagar"


class CostRule(Term):
    """``stated_ore`` by year is the total that the document prints, which the shared amounts are reconciled with."""

    type: Any = Field(alias="typ")
    part_year: PartYear = Field(PartYear.MONTHS, alias="del_av_ar")
    stated_ore: dict[int, Ore] = Field(default_factory=dict, alias="angiven_summa_kr")

    @abstractmethod
    def yearly(self, year: int) -> Fraction | None:
        """The cost of a whole year in öre; ``None`` when no document states it."""

    def years(self) -> set[int]:
        """The years that have an amount of their own."""
        return set()

    @property
    def is_tariff(self) -> bool:
        """Whether nothing is shared: the key's fees are the total."""
        return False

    def budgeted(self, year: int) -> int | None:
        """A year's budget in öre, where the actual cost is known too and is settled against it."""
        return None


class FixedCost(CostRule):
    """A yearly amount, or amounts by year; a year that is not there is unknown."""

    type: Literal["fast"] = Field(alias="typ")
    amount_ore: Ore | None = Field(None, alias="belopp_kr")
    amounts_ore: dict[int, Ore] = Field(default_factory=dict, alias="belopp_per_ar_kr")

    @model_validator(mode="after")
    def _some_amount(self) -> Self:
        if self.amount_ore is None and not self.amounts_ore:
            raise ValueError("belopp_kr eller belopp_per_ar_kr")
        return self

    def yearly(self, year: int) -> Fraction | None:
        amount = self.amounts_ore.get(year, self.amount_ore)
        return None if amount is None else Fraction(amount)

    def years(self) -> set[int]:
        return set(self.amounts_ore)

    def told(self) -> str:
        amounts = [f"{kr(ore)} för {year}" for year, ore in sorted(self.amounts_ore.items())]
        yearly = [f"{kr(self.amount_ore)} per år"] if self.amount_ore is not None else []
        stated = [f"{kr(ore)} för {year}" for year, ore in sorted(self.stated_ore.items())]
        if stated and self.underlag is not Underlag.DOKUMENTERAD:
            return f"{listed(stated)}; beloppen följer av {listed([*yearly, *amounts])}, som ingen handling anger"
        return f"ett fast belopp, {listed([*yearly, *amounts])}"


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

    def told(self) -> str:
        more = f" och {kr(self.overhead_ore)} i overhead" if self.overhead_ore else ""
        pay, extra = kr(self.monthly_pay_ore), percent(self.contributions)
        return f"en månadslön på {pay} med {extra} påslag i {months(self.months)} per år{more}, {kr(self.yearly_ore)} per år"


class BudgetCost(CostRule):
    """A budget that is charged, and the actual cost (utfall) that it is settled against when it is known."""

    type: Literal["budget"] = Field(alias="typ")
    budget_ore: dict[int, Ore] = Field(alias="budget_kr", min_length=1)
    actual_ore: dict[int, Ore] = Field(default_factory=dict, alias="utfall_kr")

    def yearly(self, year: int) -> Fraction | None:
        amount = self.actual_ore.get(year, self.budget_ore.get(year))
        return None if amount is None else Fraction(amount)

    def years(self) -> set[int]:
        return {*self.budget_ore, *self.actual_ore}

    def budgeted(self, year: int) -> int | None:
        return self.budget_ore.get(year) if year in self.actual_ore else None

    def told(self) -> str:
        return "årets budget" + (", avräknad mot utfallet" if self.actual_ore else "")


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

    def years(self) -> set[int]:
        return set(self.actual_ore)

    def told(self) -> str:
        return f"{percent(self.part)} av utfallet över {kr(self.threshold_ore)}"


class TariffCost(CostRule):
    """No cost is shared: the key's fees are the total."""

    type: Literal["taxa"] = Field(alias="typ")

    @property
    def is_tariff(self) -> bool:
        return True

    def yearly(self, year: int) -> Fraction | None:
        return None

    def told(self) -> str:
        return "avgifter enligt taxa"


Cost = Annotated[FixedCost | BuiltCost | BudgetCost | ThresholdCost | TariffCost, Discriminator("type")]


class Index(Term):
    """How the cost follows prices from ``base_year``, whose prices the stated amounts are in.

    ``lag``: the index of so many years before the cost's. ``base_value``: the index figure that the agreement itself
    starts from. ``cap`` and ``floor`` bound each year's change. ``percent``: the yearly change of a fixed index.
    ``values`` by year are the index figures where the agreement's folder has them (``lci``, ``opi`` and ``egen`` have no
    others); they go before the statistics.
    """

    series: Literal["kpi", "pkv", "lci", "opi", "egen", "fast"] = Field(alias="serie")
    base_year: int = Field(alias="basar", ge=1900, le=2200)
    lag: int = Field(0, alias="efterslapning", ge=0, le=20)
    base_value: Exact | None = Field(None, alias="basvarde")
    values: dict[int, Exact] = Field(default_factory=dict, alias="varden")
    percent: Change | None = Field(None, alias="procent")
    cap: Change | None = Field(None, alias="tak")
    floor: Change | None = Field(None, alias="golv")

    @model_validator(mode="after")
    def _fits_its_series(self) -> Self:
        if (self.series == "fast") != (self.percent is not None):
            raise ValueError('procent med serie "fast", och bara då')
        if (self.base_value is not None or self.values) and self.series in ("fast", "pkv"):
            raise ValueError("basvarde och varden med en serie av indextal, inte av årliga ändringar")
        if self.series in ("lci", "opi", "egen") and not self.values:
            raise ValueError(f'varden med indextal per år för serie "{self.series}", som ingen medföljande tabell har')
        if not all([*self.values.values(), self.base_value is None or self.base_value]):
            raise ValueError("indextal över noll")
        return self

    def told(self) -> str:
        series = f"{percent(self.percent)} per år" if self.percent is not None else _SERIES[self.series]
        lag = f" {self.lag} år tidigare" if self.lag else ""
        bounds = (("högst", self.cap), ("lägst", self.floor))
        within = "".join(f", {name} {percent(at)}" for name, at in bounds if at is not None)
        start = f" med basvärdet {number(self.base_value)}" if self.base_value is not None else ""
        return f"{series}{lag} från {self.base_year} års priser{start}{within}"


#: The series by the names that the file has, as sentences name them.
_SERIES: Final = {"kpi": "KPI", "pkv": "PKV", "lci": "LCI", "opi": "OPI", "egen": "avtalets eget index"}
