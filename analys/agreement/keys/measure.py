"""Figures that members are weighed by: registered population, or a column of the agreement's own folder."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from analys.agreement.fields import UNKNOWN, DateOrUnknown, Exact, MonthDayOrUnknown, Name, Strict
from analys.agreement.keys.base import KeyRule, Need, Scope, payer
from analys.agreement.lines import Path as Place
from analys.agreement.problem import Problem
from analys.agreement.question import Figure, Question, Weights
from analys.agreement.values import read_values
from analys.agreement.words import format_day
from analys.errors import AnalysError
from analys.population import by_date, latest_year, population
from analys.register import Region

Lookup = Callable[[Region], Fraction]

_DAY = dt.timedelta(days=1)
#: Members whose missing figures are told one by one.
_TOLD = 3


class Values(Strict):
    """One year's key values: a ``column`` of a csv or xlsx ``file`` beside the agreement, or ``numbers`` by member."""

    file: str | None = Field(None, alias="fil")
    column: str | None = Field(None, alias="kolumn")
    numbers: dict[str, Exact] = Field(default_factory=dict, alias="tal")
    reference_date: DateOrUnknown = Field(UNKNOWN, alias="referensdatum")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (not self.numbers) or (self.file is None) != (self.column is None):
            raise ValueError("antingen fil och kolumn, eller tal")
        return self


class Measured(KeyRule):
    """A key by figures of each member, or their mean over ``mean_years``.

    ``values`` by the cost's year are figures that the agreement's own folder has. ``missing`` says what counts when a
    year's figures are not out yet: an error, or the latest ones before, which is then said.
    """

    mean_years: int = Field(1, alias="medel_ar", ge=1, le=20)
    values: dict[int, Values] = Field(default_factory=dict, alias="varden")
    missing: Literal["fel", "senaste"] = Field("fel", alias="saknas")

    @property
    @abstractmethod
    def measure_name(self) -> str:
        """What is counted, as a heading."""

    @property
    @abstractmethod
    def measure_unit(self) -> str:
        """What one of it is."""

    @abstractmethod
    def lookup(self, year: int, question: Question) -> tuple[str, Lookup]:
        """The reference date, and each member's figure, for the cost of a year."""

    @property
    def is_population(self) -> bool:
        return False

    def measured(self, question: Question) -> Weights:
        """The members' figures of the year, or their mean. Raises :class:`AnalysError` with all that are missing."""
        found = [self.lookup(year, question) for year in range(question.year, question.year - self.mean_years, -1)]
        references = [reference for reference, _ in found]
        reference = references[0] if len(references) == 1 else f"medel av {', '.join(references)}"
        values, lacking = Weights(), []
        for region in question.members:
            try:
                figures = [figure(region) for _, figure in found]
            except AnalysError as error:
                lacking.append(str(error))
            else:
                values[region.code] = Fraction(sum(figures), self.mean_years)
        if len(lacking) > _TOLD:
            lacking = [*lacking[:1], f"detsamma gäller {len(lacking) - 1} medlemmar till"]
        if lacking:
            raise AnalysError("\n".join(lacking))
        counted = self.is_population and self.mean_years == 1
        return question.noted(Figure(self.measure_name, self.measure_unit, reference, values, counted))

    def supplied(self, year: int, question: Question) -> tuple[str, Lookup]:
        """The reference date and the figures that the agreement's own folder states for a year."""
        source = self.values[year]
        where = f"nyckel.varden.{year}"
        figures = {payer(name): number for name, number in source.numbers.items()}
        if source.file and source.column:
            where = f"{source.file}, {source.column}"
            figures = read_values(question.folder / source.file, source.column)

        def figure(region: Region) -> Fraction:
            if region.code not in figures:
                raise AnalysError(f"uppgift för {region.name} ({region.code}) saknas för {year} i {where}")
            return figures[region.code]

        return str(source.reference_date), figure

    def earlier(self, year: int, question: Question) -> int | None:
        """The year whose own figures stand in for those of ``year``; ``None`` where none may."""
        before = [own for own in self.values if own < year]
        if self.missing != "senaste" or not before:
            return None
        stand_in = max(before)
        name = self.measure_name.lower()
        question.remarks.append(
            f"Uppgift ({name}) för {year} finns inte än; {stand_in} års används, som avtalet säger."
        )
        return stand_in

    def faults(self, scope: Scope, place: Place) -> Iterator[Problem]:
        for year, values in self.values.items():
            at = (*place, "varden", str(year))
            yield from scope.names(list(values.numbers), (*at, "tal"))
            if values.file:
                yield from scope.file(values.file, values.column or "", (*at, "fil"))


class ColumnRule(Measured):
    """Any supplied column: pupils, hours, area, tax base, an age band. ``values`` by the cost's year."""

    measure: Name = Field(alias="matt")
    values: dict[int, Values] = Field(alias="varden", min_length=1)

    @property
    def measure_name(self) -> str:
        return self.measure

    @property
    def measure_unit(self) -> str:
        return ""

    def lookup(self, year: int, question: Question) -> tuple[str, Lookup]:
        if year in self.values:
            return self.supplied(year, question)
        stand_in = self.earlier(year, question)
        if stand_in is None:
            there = ", ".join(map(str, sorted(self.values)))
            raise question.fault(f"uppgifter ({self.measure}) saknas för {year}; nyckel.varden har {there}")
        return self.supplied(stand_in, question)

    def needs(self, year: int) -> list[Need]:
        return [Need(self.measure, None)]


#: How many years before the cost's, in words.
_YEARS_BACK: Final = {0: "samma år", 1: "året före", 2: "två år före", 3: "tre år före"}


class PopulationRule(Measured):
    """Registered population on ``reference_day`` of the year that lies ``years_back`` before the cost's.

    "12-31" and 1 mean 31 December of the year before. ``values`` are the figures that the agreement itself prints; they
    go before the statistics. The population on the first of a month is that of the day before.
    """

    reference_day: MonthDayOrUnknown = Field(UNKNOWN, alias="referensdag")
    years_back: int = Field(1, alias="ar_bakat", ge=0, le=20)

    @property
    def measure_name(self) -> str:
        return "Folkmängd"

    @property
    def measure_unit(self) -> str:
        return "invånare"

    @property
    def is_population(self) -> bool:
        return True

    def populations(self) -> list[PopulationRule]:
        return [self]

    def with_populations(self, changed: Callable[[PopulationRule], dict[str, Any]]) -> KeyRule:
        return self.model_copy(update=changed(self))

    def date(self, year: int) -> dt.date | None:
        """The day that the population of a year's cost is of; ``None`` when no document states it."""
        return None if isinstance(self.reference_day, str) else dt.date(year - self.years_back, *self.reference_day)

    def needs(self, year: int) -> list[Need]:
        return [Need("folkmängd", self.date(year))]

    def of_population(self) -> str:
        """Which population, in words."""
        if isinstance(self.reference_day, str):
            day = "utan angiven referensdag"
        else:
            when = _YEARS_BACK.get(self.years_back, f"{self.years_back} år före")
            day = f"{format_day(*self.reference_day)} {when}"
        mean = f", medeltal av {self.mean_years} år" if self.mean_years > 1 else ""
        return f"folkmängden {day}{mean}"

    def lookup(self, year: int, question: Question) -> tuple[str, Lookup]:
        if year in self.values:
            return self._printed(year, year, question)
        date = self.date(year)
        known = self._in_statistics(date, question)
        stand_in = self.earlier(year, question) if known is None else None
        if stand_in is not None:
            return self._printed(stand_in, year, question)
        if date is None:
            raise question.fault(
                f"folkmängdens referensdag är okänd och avtalet har inga tal (nyckel.varden) för {year}"
            )
        used = known or date
        if used != date:
            noted, why = (
                (question.remarks, ", som avtalet säger") if self.missing == "senaste" else (question.assumptions, "")
            )
            noted.append(f"Folkmängden {date} är inte känd; {used} används{why}.")
        return str(used), lambda region: _inhabitants(region, used)

    def _in_statistics(self, date: dt.date | None, question: Question) -> dt.date | None:
        """The day, or the same of the latest year where that may stand in for it, if every member's figure is known."""
        if date is None:
            return None
        latest = latest_year()
        if _counted(date).year > latest and (question.carry_forward or self.missing == "senaste"):
            date = date.replace(year=latest)
        known = by_date()
        return date if all((region.code, _counted(date)) in known for region in question.members) else None

    def _printed(self, source: int, year: int, question: Question) -> tuple[str, Lookup]:
        """What the agreement prints, with the date of its own entry or else of the key."""
        reference, supplied = self.supplied(source, question)

        def inhabitants(region: Region) -> Fraction:
            figure = supplied(region)
            if figure == 0:
                raise AnalysError(f"folkmängden för {region.name} ({region.code}) {year} är noll; skriv talet")
            return figure

        date = self.date(source)
        return (str(date) if reference == UNKNOWN and date else reference), inhabitants


def _counted(date: dt.date) -> dt.date:
    """The day that the statistics count: they have ends of months, and a month's first has its eve's population."""
    return date - _DAY if date.day == 1 else date


def _inhabitants(region: Region, date: dt.date) -> Fraction:
    """The official figure."""
    try:
        return Fraction(population(region, _counted(date)))
    except AnalysError:
        raise AnalysError(
            f"folkmängden för {region.name} ({region.code}) {date} finns inte i tabellen; "
            "skriv talen i avtalet (nyckel.varden)"
        ) from None
