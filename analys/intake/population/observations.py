"""From what the readers saw to the canonical table: one observation is one figure, for one region and one date.

Every observation ends either in the table or among the reported rows. Parts (men, women) are added only where no
total stands, and never from reference year 2025: SCB then adds noise to every figure, so that a sum of parts is not
the total.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pandas as pd

from analys.documents.files import unusable
from analys.finder.dates import FIRST_YEAR
from analys.intake.population.headings import MEN, WOMEN
from analys.intake.population.plausible import is_far_off, registered
from analys.intake.population.regions import RegionFinder
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
    breakdown: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    is_last_of_unended: bool = False
    note: str = ""


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


_Breakdown = tuple[tuple[str, str], ...]
_Key = tuple[str, dt.date, _Breakdown]


@dataclass(frozen=True, slots=True)
class _Figure:
    """An observation that holds: whose, when, how many. ``note`` is what its ``kalla`` must say beside the file;
    ``sexes`` are the men and women that it is the sum of."""

    sheet: str
    row: int
    region: Region
    date: dt.date
    population: int
    breakdown: tuple[tuple[str, str], ...]
    note: str = ""
    sexes: tuple[int, ...] = ()

    @property
    def key(self) -> _Key:
        return self.region.code, self.date, self.breakdown


@dataclass
class _Outcome:
    """``unasked`` counts the figures in columns that nobody asked for, such as men beside all."""

    kept: list[_Figure] = field(default_factory=list)
    reported: list[Reported] = field(default_factory=list)
    unasked: int = 0


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
    file = printable(str(source.path))
    finder = RegionFinder(without_diacritics=source.is_ascii or _without_diacritics(seen))
    checked = [(observation, _check(observation, finder)) for observation in seen]
    chosen = _choose([figure for _, figure in checked if isinstance(figure, _Figure)], frozenset(by), file)
    kept = {(figure.sheet, figure.row, figure.region.code, figure.date) for figure in chosen.kept}
    answered = {
        _whose(observation)
        for observation, figure in checked
        if isinstance(figure, _Figure) and (figure.sheet, figure.row, figure.region.code, figure.date) in kept
    }
    for observation, reason in checked:
        if isinstance(reason, _Figure):
            continue
        if observation.breakdown and _whose(observation) in answered:
            chosen.unasked += 1
        else:
            chosen.reported.append(Reported(file, observation.sheet, observation.row, printable(reason)))
    repeats = _without_repeats(chosen.kept, file)
    reported = sorted([*chosen.reported, *repeats.reported], key=lambda entry: (entry.sheet, entry.row))
    frame = _frame(repeats.kept, source.citation, by)
    why = _joined(source.why, _doubts(repeats.kept))
    places = tuple((figure.sheet, figure.row) for figure in repeats.kept)
    return ReadResult(source.format, why, len(seen) - chosen.unasked, frame, tuple(reported), places)


def _doubts(figures: Sequence[_Figure]) -> str:
    """In words, the figures that are far from what is registered: they stand as they are, for a reader to judge."""
    odd = [figure for figure in figures if not figure.breakdown and _is_odd(figure)]
    if not odd:
        return ""
    examples = ", ".join(
        f"{figure.region.name} {figure.date} {figure.population} (rad {figure.row}; "
        f"registrerat {registered(figure.region.code, figure.date.year)})"
        for figure in odd[:3]
    )
    count = "1 tal är" if len(odd) == 1 else f"{len(odd)} tal är"
    return f"TVEKSAMT: {count} mindre än hälften eller mer än dubbelt mot det registrerade: {examples}"


def _is_odd(figure: _Figure) -> bool:
    code, date = figure.region.code, figure.date
    return is_far_off(code, date, figure.population) or any(is_far_off(code, date, sex, 0.5) for sex in figure.sexes)


def _whose(observation: Observation) -> tuple[object, ...]:
    """What the columns of one row have in common: whose figures they are, and when."""
    return observation.sheet, observation.row, observation.code, observation.name, observation.date


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
    place = observation.sheet, observation.row
    return _Figure(*place, region, observation.date, population, observation.breakdown, observation.note)


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


def _choose(figures: Sequence[_Figure], by: frozenset[str], file: str) -> _Outcome:
    """Keep the totals (and the breakdowns asked for), add men and women where no total stands, report the rest.

    Until 2024 men and women make the total exactly; where they do not, the total stays and its ``kalla`` says so.

    Figures on a row that also gives a kept figure of the same region and date are columns that nobody asked for, as
    births and deaths are; they are no rows and not reported.
    """
    outcome = _Outcome()
    parts: dict[_Key, dict[str, list[_Figure]]] = {}
    wanted = [figure for figure in figures if {dimension for dimension, _ in figure.breakdown} <= by]
    totals = {figure.key for figure in wanted}
    answered = {(figure.sheet, figure.row, figure.region.code, figure.date) for figure in wanted}
    for figure in figures:
        dimensions = {dimension for dimension, _ in figure.breakdown}
        sex = dict(figure.breakdown).get("kon", "")
        whole = _whole(figure)
        is_half = sex in (MEN, WOMEN) and dimensions - {"kon"} <= by
        if is_half:
            parts.setdefault(whole, {}).setdefault(sex, []).append(figure)
        if dimensions <= by:
            outcome.kept.append(figure)
        elif (figure.sheet, figure.row, figure.region.code, figure.date) in answered:
            outcome.unasked += 1
        elif not is_half or whole in totals:
            outcome.reported.append(_report(file, figure, _why_a_part(figure, totals)))
    outcome.kept = [_compared(figure, parts.get(figure.key, {})) for figure in outcome.kept]
    if "kon" not in by:
        for whole in parts.keys() - totals:
            _add(parts[whole], whole, file, outcome)
    return outcome


def _why_a_part(figure: _Figure, totals: Collection[_Key]) -> str:
    label = ", ".join(f"{dimension}: {value}" for dimension, value in figure.breakdown)
    if any(key[:2] == figure.key[:2] for key in totals):
        return f"en del av folkmängden ({label}); totalerna läses"
    dimensions = " och ".join(dimension for dimension, _ in figure.breakdown)
    return f"en del av folkmängden (efter {dimensions}), och ingen total: {GET_TOTALS}"


def _whole(figure: _Figure) -> _Key:
    return figure.region.code, figure.date, tuple(item for item in figure.breakdown if item[0] != "kon")


def _compared(total: _Figure, sexes: Mapping[str, list[_Figure]]) -> _Figure:
    """The total, with a note when its men and women make another number."""
    if total.date.year >= NOISE_FROM or len(sexes) < 2 or any(len(figures) > 1 for figures in sexes.values()):
        return total
    added = sum(figure.population for figures in sexes.values() for figure in figures)
    if added == total.population:
        return total
    return replace(total, note=_joined(total.note, f"men källans män och kvinnor ger {added}"))


def _joined(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _add(sexes: Mapping[str, list[_Figure]], whole: _Key, file: str, outcome: _Outcome) -> None:
    """Men and women of one region and date, without a total: their sum where that is the total."""
    _, date, breakdown = whole
    everyone = [figure for figures in sexes.values() for figure in figures]
    reason = ""
    for sex, figures in sexes.items():
        if len({figure.population for figure in figures}) > 1:
            values = ", ".join(f"{figure.population} (rad {figure.row})" for figure in figures[:5])
            reason = f"{everyone[0].region.name} {date} har flera tal för {sex}: {values}; de summeras inte"
    if len(sexes) < 2:
        reason = f"bara {next(iter(sexes))}, och ingen total: {GET_TOTALS}"
    elif date.year >= NOISE_FROM:
        noise = f"från referensår {NOISE_FROM} lägger SCB på brus, så de summeras inte"
        reason = f"män och kvinnor utan total: {noise}: {GET_TOTALS}"
    if reason:
        outcome.reported.extend(_report(file, figure, reason) for figure in everyone)
        return
    (first, *again), (other, *other_again) = sexes.values()
    total = first.population + other.population
    note = _joined(first.note, "summan av män och kvinnor")
    sexes_added = first.population, other.population
    outcome.kept.append(replace(first, population=total, breakdown=breakdown, note=note, sexes=sexes_added))
    if (other.sheet, other.row) == (first.sheet, first.row):
        outcome.unasked += 1
    else:
        outcome.reported.append(_report(file, other, f"summerad med rad {first.row}: män och kvinnor ger totalen"))
    for kept, repeats in ((first, again), (other, other_again)):
        outcome.reported.extend(_report(file, figure, f"samma tal som rad {kept.row}") for figure in repeats)


def _without_repeats(figures: Sequence[_Figure], file: str) -> _Outcome:
    """One figure a region and date. The same figure twice is reported once; contradicting ones are all reported."""
    outcome = _Outcome()
    groups: dict[object, list[_Figure]] = {}
    for figure in figures:
        groups.setdefault(figure.key, []).append(figure)
    for group in groups.values():
        first, *others = group
        if len({figure.population for figure in group}) == 1:
            outcome.kept.append(first)
            outcome.reported.extend(_report(file, other, f"samma tal som rad {first.row}") for other in others)
            continue
        values = ", ".join(f"{figure.population} (rad {figure.row})" for figure in group[:5])
        reason = f"{first.region.name} {first.date} har flera tal: {values}"
        outcome.reported.extend(_report(file, figure, reason) for figure in group)
    return outcome


def _report(file: str, figure: _Figure, reason: str) -> Reported:
    return Reported(file, figure.sheet, figure.row, printable(reason))


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
