"""From what the readers saw to the canonical table: one observation is one figure, for one region and one date.

Every observation ends either in the table or among the reported rows. Parts (men, women) are added only where no
total stands, and never from reference year 2025: SCB then adds noise to every figure, so that a sum of parts is not
the total.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Final

import pandas as pd

from analys.documents.files import unusable
from analys.finder.dates import FIRST_YEAR
from analys.intake.population.headings import MEN, WOMEN
from analys.intake.population.plausible import is_far_off, registered
from analys.intake.population.regions import RegionFinder
from analys.intake.population.several import against_repeats, listed
from analys.intake.result import ReadResult, Reported
from analys.masking import printable
from analys.register import Region
from analys.swedish import fold, is_missing, parse_number

COLUMNS: Final = ("regionkod", "region", "referensdatum", "folkmangd", "kalla")
#: From this reference year SCB's figures carry noise (SCB, note to the tables on population, "Obs", 2026-02-24).
NOISE_FROM: Final = 2025
#: More people than this in one region is a slip.
MAX_POPULATION: Final = 100_000_000
#: What to do about a table without totals.
GET_TOTALS: Final = (
    "hämta tabellen på nytt med total för kön och ålder (hos SCB: välj Totalt, eller utelämna variabeln)"
)
BREAKDOWNS: Final = ("kon", "alder", "civilstand")


#: The part of the population that a figure is of: (dimension, category), empty for all of it.
Breakdown = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure as the file states it. ``breakdown`` names what part of the population it is; empty is all of it.

    ``problem`` says why the reader already knows that the row cannot be used, ``is_last_of_unended`` that the file ends
    within its row: what stands there may be the beginning of a longer figure. ``note`` is for the figure's ``kalla``.
    """

    sheet: str
    row: int
    code: str
    name: str
    date: dt.date | None
    value: object
    breakdown: Breakdown = ()
    problem: str = ""
    is_last_of_unended: bool = False
    note: str = ""

    @property
    def whose(self) -> tuple[object, ...]:
        """What the columns of one row have in common: whose figures they are, and when."""
        return self.sheet, self.row, self.code, self.name, self.date


@dataclass(frozen=True)
class Source:
    """What the reader learned of a file as a whole. ``citation`` goes into ``kalla``.

    ``is_ascii``: there is no å, ä or ö in all of it, so that "Habo" may be Habo or Håbo.
    """

    path: Path
    format: str
    why: str
    citation: str
    is_ascii: bool = False


_Key = tuple[str, dt.date, Breakdown]


@dataclass(frozen=True, slots=True)
class _Figure:
    """An observation that holds: whose, when, how many. ``note`` is what its ``kalla`` must say beside the file;
    ``sexes`` are the men and women that it is the sum of."""

    seen: Observation
    region: Region
    date: dt.date
    population: int
    breakdown: Breakdown
    note: str = ""
    sexes: tuple[int, ...] = ()

    @property
    def place(self) -> str:
        return f"rad {self.seen.row}"

    @property
    def key(self) -> _Key:
        return self.region.code, self.date, self.breakdown

    @property
    def dimensions(self) -> set[str]:
        return {dimension for dimension, _ in self.breakdown}

    @property
    def sex(self) -> str:
        return dict(self.breakdown).get("kon", "")

    @property
    def of_both_sexes(self) -> _Key:
        return self.region.code, self.date, tuple(part for part in self.breakdown if part[0] != "kon")


#: The men and the women of one region, date and other breakdowns.
_Sexes = Mapping[str, Sequence[_Figure]]


def settle(source: Source, observations: Iterable[Observation], by: Sequence[str] = ()) -> ReadResult:
    """The canonical table and every observation that is not in it.

    ``by`` names the breakdowns to keep (of :data:`BREAKDOWNS`); each becomes a column after ``kalla``, with "totalt"
    for all. Raises :class:`InputError` when there is nothing at all to read.
    """
    seen = list(observations)
    if not seen:
        raise unusable(
            source.path,
            "rader med en kommun, ett län eller riket och en folkmängd",
            "inga",
            "kontrollera att det är rätt fil",
        )
    finder = RegionFinder(without_diacritics=source.is_ascii or _without_diacritics(seen))
    checked = [_check(observation, finder) for observation in seen]
    figures = [found for found in checked if isinstance(found, _Figure)]
    account = _Account(printable(str(source.path)), frozenset(by))
    chosen = account.chosen(figures)
    answered = {figure.seen.whose for figure in chosen}
    for observation, reason in zip(seen, checked, strict=True):
        if isinstance(reason, _Figure):
            continue
        if observation.breakdown and observation.whose in answered:
            account.unasked += 1
        else:
            account.report(observation, reason)
    kept = account.once(chosen)
    return ReadResult(
        source.format,
        _joined(source.why, _doubts(kept)),
        len(seen) - account.unasked,
        _frame(kept, source.citation, by),
        tuple(sorted(account.reported, key=lambda entry: (entry.sheet, entry.row))),
        tuple((figure.seen.sheet, figure.seen.row) for figure in kept),
    )


def _doubts(figures: Sequence[_Figure]) -> str:
    """In words, the figures that are far from what is registered: they stand as they are, for a reader to judge."""
    odd = [figure for figure in figures if not figure.breakdown and _is_odd(figure)]
    if not odd:
        return ""
    examples = ", ".join(
        f"{figure.region.name} {figure.date}: {figure.population} ({figure.place}; "
        f"registrerat {registered(figure.region.code, figure.date.year)})"
        for figure in odd[:3]
    )
    count = "1 tal är" if len(odd) == 1 else f"{len(odd)} tal är"
    return f"TVEKSAMT: {count} mindre än hälften eller mer än dubbelt mot det registrerade: {examples}"


def _is_odd(figure: _Figure) -> bool:
    code, date = figure.region.code, figure.date
    return is_far_off(code, date, figure.population) or any(is_far_off(code, date, sex, 0.5) for sex in figure.sexes)


def _without_diacritics(observations: Sequence[Observation]) -> bool:
    """Whether the file has names whose å ä ö are all gone: "Norrkoping", and no name that keeps them."""
    names = {observation.name for observation in observations if observation.name}
    return bool(names) and all(name.isascii() for name in names) and any(_lost_diacritics(name) for name in names)


def _lost_diacritics(name: str) -> bool:
    region = RegionFinder().find("", name) if len(name) < 60 else ""
    return isinstance(region, Region) and not region.name.isascii() and fold(region.name) in fold(name)


def _check(observation: Observation, finder: RegionFinder) -> _Figure | str:
    """The figure, or why the observation is none."""
    if observation.problem:
        return observation.problem
    region = finder.find(observation.code, observation.name)
    if isinstance(region, str):
        return region
    if observation.date is None:
        return "inget referensdatum: varken rubrik, rad, titel eller filnamn säger det"
    if observation.date.year < FIRST_YEAR:
        return f"referensdatum {observation.date}: tidigare än {FIRST_YEAR}, då kommunernas serier börjar"
    if observation.date > dt.date.today():
        return f"referensdatum {observation.date} har inte varit: en prognos är ingen registrerad folkmängd"
    population = _population(observation.value)
    if isinstance(population, str):
        return population
    if observation.is_last_of_unended and _is_cut(region, observation, population):
        return f"filen slutar mitt i raden, och {population} är långt från det registrerade: talet är avkapat"
    return _Figure(observation, region, observation.date, population, observation.breakdown, observation.note)


def _is_cut(region: Region, observation: Observation, people: int) -> bool:
    """Whether a figure of everybody, or of men or women, is much too small or large."""
    if not observation.date or any(dimension != "kon" for dimension, _ in observation.breakdown):
        return False
    return is_far_off(region.code, observation.date, people, share=0.5 if observation.breakdown else 1)


def _population(value: object) -> int | str:
    if is_missing(value):
        return "ingen folkmängd" if value in ("", None) else f"ingen folkmängd: {str(value).strip()!r}"
    try:
        number = parse_number(value)
    except ValueError as error:
        return f"folkmängd: väntade {error}, fann {str(value)[:60]!r}"
    if number.unit or number.value != number.value.to_integral_value():
        return f"folkmängd: väntade ett helt antal personer, fann {str(value)[:60]!r}"
    if not 0 <= number.value <= MAX_POPULATION:
        return f"folkmängd: väntade 0 till {MAX_POPULATION}, fann {str(value)[:60]!r}"
    return int(number.value)


@dataclass
class _Account:
    """What becomes of each figure, ``by`` being the breakdowns that are kept. ``unasked`` counts the figures in columns
    that nobody asked for, such as men beside all: they are no rows."""

    file: str
    by: frozenset[str]
    reported: list[Reported] = field(default_factory=list)
    unasked: int = 0

    def report(self, seen: Observation, reason: str) -> None:
        self.reported.append(Reported(self.file, seen.sheet, seen.row, printable(reason)))

    def chosen(self, figures: Sequence[_Figure]) -> list[_Figure]:
        """The totals (and the breakdowns asked for), and men and women added where no total stands; the rest is
        reported, but for columns beside a figure of the same row that is kept."""
        wanted = [figure for figure in figures if figure.dimensions <= self.by]
        totals = {figure.key for figure in wanted}
        answered = {figure.seen.whose for figure in wanted}
        told = {key[:2] for key in totals}
        by_sex: dict[_Key, dict[str, list[_Figure]]] = {}
        for figure in figures:
            is_half = figure.sex in (MEN, WOMEN) and figure.dimensions - {"kon"} <= self.by
            if is_half:
                by_sex.setdefault(figure.of_both_sexes, {}).setdefault(figure.sex, []).append(figure)
            if figure.dimensions <= self.by or (is_half and figure.of_both_sexes not in totals):
                continue
            if figure.seen.whose in answered:
                self.unasked += 1
            else:
                self.report(figure.seen, _why_a_part(figure, told))
        kept = [_compared(figure, by_sex.get(figure.key, {})) for figure in wanted]
        untold = [sexes for key, sexes in by_sex.items() if key not in totals and "kon" not in self.by]
        return kept + [total for sexes in untold for total in self._added(sexes)]

    def _added(self, sexes: _Sexes) -> list[_Figure]:
        """The sum of men and women of one region and date that have no total; nothing where it is not the total."""
        if reason := _why_not_added(sexes):
            for figure in chain.from_iterable(sexes.values()):
                self.report(figure.seen, reason)
            return []
        (first, *_), (other, *_) = sexes.values()
        if (other.seen.sheet, other.seen.row) == (first.seen.sheet, first.seen.row):
            self.unasked += 1
        else:
            self.report(other.seen, f"summerad med {first.place}: män och kvinnor ger totalen")
        for figures in sexes.values():
            self.once(figures)
        both = first.population, other.population
        note = _joined(first.note, "summan av män och kvinnor")
        return [replace(first, population=sum(both), breakdown=first.of_both_sexes[2], note=note, sexes=both)]

    def once(self, figures: Iterable[_Figure]) -> list[_Figure]:
        """One figure a region and date. The same figure twice is reported once; contradicting ones are all reported."""
        groups: dict[_Key, list[_Figure]] = {}
        for figure in figures:
            groups.setdefault(figure.key, []).append(figure)
        kept = []
        for group in groups.values():
            whose = f"{group[0].region.name} {group[0].date}"
            reasons = against_repeats(whose, [(figure.population, figure.place) for figure in group])
            for figure, reason in zip(group, reasons, strict=True):
                if reason:
                    self.report(figure.seen, reason)
                else:
                    kept.append(figure)
        return kept


def _why_a_part(figure: _Figure, told: Container[tuple[str, dt.date]]) -> str:
    """``told`` are the regions and dates that have a total."""
    if (figure.region.code, figure.date) in told:
        label = ", ".join(f"{dimension}: {value}" for dimension, value in figure.breakdown)
        return f"en del av folkmängden ({label}); totalerna läses"
    dimensions = " och ".join(dimension for dimension, _ in figure.breakdown)
    return f"en del av folkmängden (efter {dimensions}), och ingen total: {GET_TOTALS}"


def _compared(total: _Figure, sexes: _Sexes) -> _Figure:
    """The total, with a note when its men and women make another number: until 2024 they make it exactly."""
    if total.date.year >= NOISE_FROM or [len(figures) for figures in sexes.values()] != [1, 1]:
        return total
    added = sum(figure.population for figure in chain.from_iterable(sexes.values()))
    note = "" if added == total.population else f"men källans män och kvinnor ger {added}"
    return replace(total, note=_joined(total.note, note))


def _joined(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _why_not_added(sexes: _Sexes) -> str:
    """Why men and women of one region and date do not make their total, or ``""``."""
    (sex, (first, *_)), *others = sexes.items()
    if not others:
        return f"bara {sex}, och ingen total: {GET_TOTALS}"
    if first.date.year >= NOISE_FROM:
        noise = f"från referensår {NOISE_FROM} lägger SCB på brus, så de summeras inte"
        return f"män och kvinnor utan total: {noise}: {GET_TOTALS}"
    for sex, figures in sexes.items():
        if len({figure.population for figure in figures}) > 1:
            values = listed([(figure.population, figure.place) for figure in figures])
            return f"{first.region.name} {first.date} har flera tal för {sex}: {values}; de summeras inte"
    return ""


def _frame(figures: Sequence[_Figure], citation: str, by: Sequence[str]) -> pd.DataFrame:
    noise = "SCB:s publicerade total med brus, aldrig summerad"
    columns: dict[str, list[object]] = {
        "regionkod": [figure.region.code for figure in figures],
        "region": [figure.region.name for figure in figures],
        "referensdatum": [figure.date.isoformat() for figure in figures],
        "folkmangd": [figure.population for figure in figures],
        "kalla": [
            _joined(citation, noise if figure.date.year >= NOISE_FROM else "", figure.note) for figure in figures
        ],
    }
    for dimension in by:
        columns[dimension] = [printable(dict(figure.breakdown).get(dimension, "totalt")) for figure in figures]
    types = {column: "int64" if column == "folkmangd" else "str" for column in columns}
    return pd.DataFrame(columns).astype(types)
