"""Are the inputs right? Each population against SCB's figure of its date, and what explains those that differ."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import compress, product
from typing import Any, Final, NamedTuple

import numpy as np

from analys.audit import intervals, population
from analys.audit.finding import Code, Finding, Severity
from analys.intake.annex import Annex, Column, Kind
from analys.register import regions
from analys.swedish import format_date, format_number, genitive

#: How far a month's figure may lie from the one at hand (1 = the whole figure).
_PRELIMINARY: Final = Fraction(2, 1000)
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
    found, right = inputs.found, inputs.corrected
    wrong = [i for i in range(len(found)) if found[i] != right[i]]
    groups = list(dict.fromkeys(frozenset({i, *_exchanged_with(i, wrong, found, right)}) for i in wrong))
    if len(groups) > _MOST_SUBSETS:
        return [found, right]
    result = []
    for choice in product((False, True), repeat=len(groups)):
        corrected = frozenset[int]().union(*compress(groups, choice))
        result.append(tuple(right[i] if i in corrected else figure for i, figure in enumerate(found)))
    return result


def _exchanged_with(i: int, wrong: list[int], found: Sequence[int], right: Sequence[int]) -> list[int]:
    return [j for j in wrong if (found[j], right[j]) == (right[i], found[i])]


def check(annex: Annex, cost_year: int | None = None) -> tuple[Inputs, ...]:
    """Question one for each population column. ``cost_year``: the year that is shared, for undated columns."""
    return tuple(_check(annex, column, cost_year) for column in annex.of_kind(Kind.POPULATION))


#: A heading of some ages, which are no whole population.
_AGES: Final = re.compile(
    r"\d\s{0,3}år\b|\d{1,3}\s{0,3}[-–]\s{0,3}\d{1,3}\s{0,3}år|äldre|yngre|barn|ungdom|vuxna|ålder|elever", re.I
)


def _check(annex: Annex, column: Column, cost_year: int | None) -> Inputs:
    figures, codes = annex.values(column), [member.municipality.code for member in annex.members]
    nothing: tuple[int | None, ...] = (None,) * len(codes)
    found = tuple(int(figure.value) for figure in figures)
    unknown = Inputs(
        column, tuple(figure.cell for figure in figures), found, None, column.date is not None, nothing, ()
    )
    if _AGES.search(column.heading):
        return unknown
    date, shown, notes = _date_of(annex, column, (codes, found), cost_year)
    expected = [population.at(code, date) if date else None for code in codes]
    if shown is None and 2 * expected.count(None) > len(codes):
        between, findings = intervals.check(annex, column)
        return replace(unknown, date=date, expected=between, findings=findings)
    step = _rounding(found, expected)
    # Figures within the year are preliminary, and published anew; those of a year's end are not.
    loose = Fraction(0) if date is not None and population.as_known(date).month == 12 else _PRELIMINARY
    known = [(i, right) for i, right in enumerate(expected) if right is not None]
    wrong = {i: right for i, right in known if abs(right - found[i]) > max(Fraction(step // 2), loose * right)}
    explained = [_explained(_Wrong(annex, column, i, wrong), date) for i in wrong if date is not None]
    return replace(unknown, date=date, expected=tuple(expected), findings=(*notes, *explained), rounded_to=step)


def _date_of(
    annex: Annex, column: Column, stated: tuple[list[str], tuple[int, ...]], cost_year: int | None
) -> tuple[dt.date | None, dt.date | None, list[Finding]]:
    """The day that a column's figures are held against, the year end that the figures themselves show, and what is to be
    said where that is another than the stated one. ``stated``: the members' codes, and their figures."""
    codes, found = stated
    year, day = _shown_year(codes, found, _likely_year(annex, cost_year)), column.date
    shown = None if year is None else dt.date(year, 12, 31)
    if day is None:
        is_far = cost_year is not None and year not in (None, cost_year, cost_year - 1)
        return (dt.date((cost_year or 0) - 1, 12, 31) if is_far else shown), shown, []
    if any(population.at(code, day) is not None for code in codes):
        return day, shown, []
    if shown is None or not _shows_surely(codes, found, shown.year):
        return day, None, []
    return shown, shown, [_other_date_than_stated(annex, column, day, shown)]


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


@dataclass(frozen=True)
class _Wrong:
    """Member ``i`` of an annex has another figure than SCB's; ``wrong`` has the right one of each who has."""

    annex: Annex
    column: Column
    i: int
    wrong: Mapping[int, int]

    @property
    def code(self) -> str:
        return self.annex.members[self.i].municipality.code

    @property
    def right(self) -> int:
        return self.wrong[self.i]

    def printed(self, i: int) -> int:
        return int(self.annex.members[i].figures[self.column.letter].value)

    @property
    def found(self) -> int:
        return self.printed(self.i)


def _explained(wrong: _Wrong, date: dt.date) -> Finding:
    """Why a member has another figure than SCB's: another date, an exchange, a slip, another municipality."""
    member, column = wrong.annex.members[wrong.i], wrong.column
    cell, name = member.figures[column.letter].cell, member.municipality.name
    cause = next(found for ask in _CAUSES if (found := ask(wrong)))
    message = (
        f"{genitive(name)} folkmängd {format_number(wrong.found)} (cell {cell}) är inte SCB:s tal för "
        f"{format_date(date)}, {format_number(wrong.right)}{cause.text}."
    )
    basis = "rubriken anger datumet" if column.date else "de flesta av bilagans tal gäller detta datum"
    return Finding(
        cause.code,
        Severity.FEL,
        message,
        wrong.code,
        name,
        column.heading,
        wrong.annex.sheet,
        cell,
        wrong.right,
        wrong.found,
        cause.explanation,
        evidence=f"SCB, folkmängd {date.isoformat()}; {basis}",
    )


# -- causes, the surest first: each one or nothing ---------------------------------------------------------------------


class _Cause(NamedTuple):
    """The code of a finding, its explanation as data, and the end of its sentence."""

    code: Code
    explanation: dict[str, Any]
    text: str


def _exchanged(wrong: _Wrong) -> _Cause | None:
    for j, right in wrong.wrong.items():
        if j != wrong.i and (right, wrong.printed(j)) == (wrong.found, wrong.right):
            other = wrong.annex.members[j].municipality
            text = f"; talet har bytt plats med {genitive(other.name)}"
            return _Cause(Code.POPULATION_SWAPPED, {"kommunkod": other.code, "kommun": other.name}, text)
    return None


def _of_other_date(wrong: _Wrong) -> _Cause | None:
    """Another date's figure. One that is a slip of a digit too is taken for the date's; the slip stands beside it."""
    dates, slip = population.dates_of(wrong.code, wrong.found), population.lone_change(wrong.right, wrong.found)
    if not dates:
        return None
    explanation = {"date": dates[0]} | ({"or": slip} if slip else {})
    return _Cause(Code.POPULATION_DATE, explanation, f", utan kommunens tal för {format_date(dates[0])}")


def _slipped(wrong: _Wrong) -> _Cause | None:
    slip = population.lone_change(wrong.right, wrong.found)
    return _Cause(Code.POPULATION_DIGIT, {"slip": slip}, f"; {_SLIPS[slip]}") if slip else None


def _of_other_municipality(wrong: _Wrong) -> _Cause | None:
    """Another municipality's figure: of those that have had it a member's, of the same year, of the county first."""
    owners = population.owners_of(wrong.found)
    if not owners:
        return None
    owner, year = max(owners, key=lambda each: (_nearness(each, wrong), each[1]))
    name, date = regions()[owner].name, dt.date(year, 12, 31)
    explanation = {"kommunkod": owner, "kommun": name, "date": date}
    return _Cause(Code.POPULATION_UNKNOWN, explanation, f"; talet är {genitive(name)} för {format_date(date)}")


def _nearness(owner: tuple[str, int], wrong: _Wrong) -> tuple[bool, bool, bool]:
    code, year = owner
    members = {member.municipality.code for member in wrong.annex.members}
    same_date = wrong.column.date is not None and wrong.column.date.year == year
    return code in members, same_date, code[:2] == wrong.code[:2]


def _unknown(_: _Wrong) -> _Cause:
    return _Cause(Code.POPULATION_UNKNOWN, {}, ", och inget annat känt tal för kommunen")


_CAUSES: Final = (_exchanged, _of_other_date, _slipped, _of_other_municipality, _unknown)
_SLIPS: Final = {
    "digit": "en siffra skiljer",
    "transposition": "två siffror har bytt plats",
    "missing": "en siffra har fallit bort",
    "extra": "en siffra är för mycket",
}


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
