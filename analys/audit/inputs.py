"""Are the inputs right? Each population against SCB's figure of its date, and what explains those that differ."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np

from analys.audit import intervals, population
from analys.audit.finding import Code, Finding, Severity
from analys.intake.annex import Annex, Column, Kind
from analys.register import regions
from analys.swedish import format_date, format_number, genitive

#: How far a month's figure may lie from the one at hand (1 = the whole figure).
_PRELIMINARY: Final = 0.002
#: So few figures are round by chance.
_FEW_ROUND: Final = 3
#: With more contradicted figures than this, only all or none of them are corrected.
_MOST_SUBSETS: Final = 3


@dataclass(frozen=True)
class Inputs:
    """The populations that an annex states, beside SCB's.

    ``expected`` holds SCB's figure at ``date`` for each member, ``None`` where there is none at hand. ``date`` is the
    stated date, or the one that the figures themselves show; ``stated`` tells which. ``rounded_to``: what all are multiples
    of, where they are SCB's but for that.
    """

    column: Column
    cells: tuple[str, ...]
    found: tuple[int, ...]
    date: dt.date | None
    stated: bool
    expected: tuple[int | None, ...]
    findings: tuple[Finding, ...]
    rounded_to: int = 1

    @property
    def corrected(self) -> tuple[int, ...]:
        """The figures as they should be: SCB's where the annex contradicts it, otherwise the annex's."""
        wrong = {finding.cell for finding in self.findings if finding.severity is Severity.FEL}
        return tuple(
            expected if expected is not None and cell in wrong else found
            for expected, found, cell in zip(self.expected, self.found, self.cells, strict=True)
        )


def vectors(inputs: Inputs) -> list[tuple[int, ...]]:
    """The populations as printed, then with contradicted figures corrected: each subset of them while they are few.

    Two figures that have changed places are corrected together or not at all.
    """
    groups: dict[frozenset[int], None] = {}
    for i, (found, right) in enumerate(zip(inputs.found, inputs.corrected, strict=True)):
        if found != right:
            pair = (j for j, other in enumerate(inputs.found) if other == right and inputs.corrected[j] == found)
            groups[frozenset({i, *pair})] = None
    if len(groups) > _MOST_SUBSETS:
        return [inputs.found, inputs.corrected]
    result = []
    for choice in product((False, True), repeat=len(groups)):
        corrected = {i for group, chosen in zip(groups, choice, strict=True) if chosen for i in group}
        result.append(tuple(inputs.corrected[i] if i in corrected else f for i, f in enumerate(inputs.found)))
    return result


def check(annex: Annex, cost_year: int | None = None) -> tuple[Inputs, ...]:
    """Question one for each population column. ``cost_year``: the year that is shared, for undated columns."""
    return tuple(_check(annex, column, cost_year) for column in annex.of_kind(Kind.POPULATION))


#: A heading of some ages, which are no whole population.
_AGES: Final = re.compile(r"\d\s{0,3}år\b|\d{1,3}\s{0,3}[-–]\s{0,3}\d{1,3}\s{0,3}år|äldre|yngre|barn|ungdom|vuxna|ålder|elever", re.I)


def _check(annex: Annex, column: Column, cost_year: int | None) -> Inputs:
    found = tuple(int(figure.value) for figure in annex.values(column))
    cells = tuple(figure.cell for figure in annex.values(column))
    codes = [member.municipality.code for member in annex.members]
    nothing: tuple[int | None, ...] = (None,) * len(codes)
    if _AGES.search(column.heading):
        return Inputs(column, cells, found, None, column.date is not None, nothing, ())
    shown = _shown_year(codes, found, _likely_year(annex, cost_year))
    date, notes = column.date, []
    known = date is not None and any(population.at(code, date) is not None for code in codes)
    if date is not None and not known and shown is not None and not _shows_surely(codes, found, shown):
        shown = None
    if date is None and cost_year is not None and shown not in (None, cost_year, cost_year - 1):
        date = dt.date(cost_year - 1, 12, 31)
    elif date is None or (not known and shown is not None):
        if date is not None and shown is not None:
            notes.append(_other_date_than_stated(annex, column, date, dt.date(shown, 12, 31)))
        date = dt.date(shown, 12, 31) if shown is not None else date
    expected: list[int | None] = [population.at(code, date) if date else None for code in codes]
    stated = column.date is not None
    if shown is None and 2 * sum(figure is not None for figure in expected) < len(codes):
        between, findings = intervals.check(annex, column)
        return Inputs(column, cells, found, date, stated, between, findings)
    step = _rounding(found, expected)
    # Figures within the year are preliminary, and published anew; those of a year's end are not.
    is_year_end = date is not None and population.as_known(date).month == 12
    wrong = [
        i
        for i, figure in enumerate(expected)
        if figure is not None and abs(figure - found[i]) > max(step // 2, 0 if is_year_end else _PRELIMINARY * figure)
    ]
    explained = [_explained(annex, column, i, expected, wrong, date) for i in wrong]
    return Inputs(column, cells, found, date, stated, tuple(expected), (*notes, *explained), step)


def _shows_surely(codes: list[str], found: tuple[int, ...], year: int) -> bool:
    """Whether so many figures are those of a year end that they are not of the stated day: of two members one is, of a
    few some, by chance."""
    ends = population.year_ends()[year]
    count = sum(ends.get(code) == figure for code, figure in zip(codes, found, strict=True))
    return count >= 2 and 10 * count >= 6 * len(codes)


def _rounding(found: tuple[int, ...], expected: Sequence[int | None]) -> int:
    """What all the figures are whole multiples of, where most are then SCB's; 1 where they are not rounded."""
    for step in (1000, 100, 10):
        if len(found) >= _FEW_ROUND and all(figure % step == 0 for figure in found):
            near = sum(abs(f - e) * 2 <= step for f, e in zip(found, expected, strict=True) if e is not None)
            return step if 10 * near >= 8 * len(found) else 1
    return 1


def _likely_year(annex: Annex, cost_year: int | None) -> int | None:
    """The reference year to prefer among equals: the one before the year whose cost is shared."""
    stated = [column.period.year for column in annex.of_kind(Kind.AMOUNT) if column.period.year]
    year = cost_year or (stated[0] if stated else None)
    return year - 1 if year else None


def _shown_year(codes: list[str], found: tuple[int, ...], preferred: int | None) -> int | None:
    """The year end whose figures most of the figures are, if at least half of them are: of whichever member, for
    figures that have changed places are of the date all the same."""
    table, figures = population.table_of(codes), np.array(found)
    matches = np.maximum((table == figures).sum(axis=1), [int(np.isin(figures, row).sum()) for row in table])
    best = int(matches.max())
    if best == 0 or 2 * best < len(codes):
        return None
    candidates = [year for year, count in zip(population.years(), matches, strict=True) if count == best]
    return preferred if preferred in candidates else candidates[-1]


def _explained(
    annex: Annex, column: Column, i: int, expected: list[int | None], wrong: list[int], date: dt.date | None
) -> Finding:
    """Why member ``i`` has another figure than SCB's: another date, an exchange, a slip, another municipality."""
    member = annex.members[i]
    figure = member.figures[column.letter]
    code, found, right = member.municipality.code, int(figure.value), expected[i]
    assert right is not None
    assert date is not None
    kind, explanation, because = _cause(annex, column, i, expected, wrong)
    name = member.municipality.name
    message = (
        f"{genitive(name)} folkmängd {format_number(found)} (cell {figure.cell}) är inte SCB:s tal för "
        f"{format_date(date)}, {format_number(right)}{because}."
    )
    basis = "rubriken anger datumet" if column.date else "de flesta av bilagans tal gäller detta datum"
    return Finding(
        kind,
        Severity.FEL,
        message,
        code,
        name,
        column.heading,
        annex.sheet,
        figure.cell,
        right,
        found,
        explanation,
        evidence=f"SCB, folkmängd {date.isoformat()}; {basis}",
    )


def _cause(
    annex: Annex, column: Column, i: int, expected: list[int | None], wrong: list[int]
) -> tuple[Code, dict[str, Any], str]:
    """The code, its explanation as data, and the end of the sentence.

    A figure that is both another date's and a slip of a digit is taken for the date's; the slip stands beside it.
    """
    member = annex.members[i]
    code, right = member.municipality.code, expected[i]
    found = int(member.figures[column.letter].value)
    assert right is not None
    slip = population.lone_change(right, found)
    dates = population.dates_of(code, found)
    for j in wrong:
        other = annex.members[j].municipality
        if j != i and expected[j] == found and int(annex.members[j].figures[column.letter].value) == right:
            text = f"; talet har bytt plats med {genitive(other.name)}"
            return Code.POPULATION_SWAPPED, {"kommunkod": other.code, "kommun": other.name}, text
    if dates:
        explanation: dict[str, Any] = {"date": dates[0]}
        if slip:
            explanation["or"] = slip
        return Code.POPULATION_DATE, explanation, f", utan kommunens tal för {format_date(dates[0])}"
    if slip:
        return Code.POPULATION_DIGIT, {"slip": slip}, f"; {_SLIPS[slip]}"
    owners = population.owners_of(found)
    if owners:
        owner, year = max(owners, key=lambda item: (_is_near(item, code, column, annex), item[1]))
        name = regions()[owner].name
        date = dt.date(year, 12, 31)
        explanation = {"kommunkod": owner, "kommun": name, "date": date}
        return Code.POPULATION_UNKNOWN, explanation, f"; talet är {genitive(name)} för {format_date(date)}"
    return Code.POPULATION_UNKNOWN, {}, ", och inget annat känt tal för kommunen"


_SLIPS: Final = {
    "digit": "en siffra skiljer",
    "transposition": "två siffror har bytt plats",
    "missing": "en siffra har fallit bort",
    "extra": "en siffra är för mycket",
}


def _is_near(owner: tuple[str, int], code: str, column: Column, annex: Annex) -> tuple[bool, bool, bool]:
    members = {member.municipality.code for member in annex.members}
    same_date = column.date is not None and column.date.year == owner[1]
    return owner[0] in members, same_date, owner[0][:2] == code[:2]


def _other_date_than_stated(annex: Annex, column: Column, stated: dt.date, shown: dt.date) -> Finding:
    message = (
        f"Kolumnen {column.heading} anger {format_date(stated)}, men talen är SCB:s för {format_date(shown)}: "
        "folkmängden rör sig och kan inte vara densamma båda dagarna för så många kommuner."
    )
    return Finding(
        Code.POPULATION_DATE,
        Severity.OFORENLIGT,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=column.cell,
        expected=stated.isoformat(),
        found=shown.isoformat(),
        explanation={"date": shown},
        evidence=f"SCB, folkmängd {shown.isoformat()}",
    )
