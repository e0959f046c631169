"""Populations of a day of which no official figures are at hand: each lies between the year ends around it, or is wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np

from analys.audit import population
from analys.audit.finding import Code, Finding, Severity
from analys.intake.annex import Annex, Column
from analys.swedish import format_date, format_number, genitive

#: A figure of a date between two year ends may lie this far outside them (1 = the whole figure).
_SLACK: Final = 0.003
#: How far from the neighbouring year ends no municipality moves within a year.
_FAR: Final = 0.05


def check(annex: Annex, column: Column) -> tuple[tuple[int | None, ...], tuple[Finding, ...]]:
    """Figures of no known date: nothing contradicts those that lie between two year ends; say where they lie.

    A figure far from where it should lie cannot be of the day that the column states, or that the others show. Two that
    lie where the other should have changed places: what each should be is the first of what is returned.
    """
    nothing: tuple[int | None, ...] = (None,) * len(annex.members)
    codes = [member.municipality.code for member in annex.members]
    found = np.array([int(figure.value) for figure in annex.values(column)])
    table = population.table_of(codes)
    low, high = np.minimum(table[:-1], table[1:]), np.maximum(table[:-1], table[1:])
    inside = (found >= low * (1 - _SLACK)) & (found <= high * (1 + _SLACK))
    # Growth is slow, so neighbouring brackets look alike: the one that holds most figures without slack wins.
    strictly = (found >= low) & (found <= high)
    best = int(np.lexsort((strictly.sum(axis=1), inside.sum(axis=1)))[-1])
    around = _around(column.date)
    if around is not None and 2 * (inside[around].sum() + 2 * len(_swaps(found, low[around], high[around]))) >= len(
        codes
    ):
        best = around
    year = population.years()[best]
    swaps = _swaps(found, low[best], high[best])
    placed = inside[best].copy()
    placed[[i for pair in swaps for i in pair]] = True
    if placed.sum() < max(2, (0.5 if best == around else 0.8) * len(codes)):
        return nothing, (_no_known_date(annex, column),)
    expected = list(nothing)
    notes = [_lies_between(annex, column, year, strictly[best])]
    for pair in swaps:
        for i, j in (pair, pair[::-1]):
            expected[i] = int(found[j])
            notes.append(_exchanged(annex, column, i, j, year))
    for i in np.flatnonzero(~placed).tolist():
        near = (int(low[best][i]), int(high[best][i]))
        if not near[0] * (1 - _FAR) <= found[i] <= near[1] * (1 + _FAR):
            notes.append(_far_from(annex, column, i, near, year))
    return tuple(expected), tuple(notes)


def _around(date: dt.date | None) -> int | None:
    """The index of the year end before a date, where that and the next are known."""
    years = population.years()
    before = date.year - 1 if date else None
    return years.index(before) if before in years and before + 1 in years else None


def _swaps(found: np.ndarray, low: np.ndarray, high: np.ndarray) -> list[tuple[int, int]]:
    """The pairs of figures that lie far from their own place, and each in the other's."""
    away = np.flatnonzero((found < low * (1 - _FAR)) | (found > high * (1 + _FAR))).tolist()

    def fits(i: int, j: int) -> bool:
        return bool(low[j] * (1 - _SLACK) <= found[i] <= high[j] * (1 + _SLACK))

    pairs = [(i, j) for i in away for j in away if i < j and fits(i, j) and fits(j, i)]
    return [pair for pair in pairs if sum(bool(set(pair) & set(other)) for other in pairs) == 1]


def _exchanged(annex: Annex, column: Column, i: int, j: int, year: int) -> Finding:
    member, other = annex.members[i].municipality, annex.members[j].municipality
    figure, right = annex.members[i].figures[column.letter], int(annex.members[j].figures[column.letter].value)
    message = (
        f"{genitive(member.name)} folkmängd {format_number(figure.value)} (cell {figure.cell}) ligger långt från SCB:s "
        f"tal vid årsskiftena {year} och {year + 1}; talet har bytt plats med {genitive(other.name)}, "
        f"{format_number(right)}."
    )
    return Finding(
        Code.POPULATION_SWAPPED,
        Severity.FEL,
        message,
        member.code,
        member.name,
        column.heading,
        annex.sheet,
        figure.cell,
        right,
        int(figure.value),
        {"kommunkod": other.code, "kommun": other.name},
        evidence="SCB, folkmängd 31 december",
    )


def _no_known_date(annex: Annex, column: Column) -> Finding:
    years = population.years()
    message = (
        f"Talen i kolumnen {column.heading} stämmer inte med SCB:s folkmängd vid något årsskifte "
        f"{years[0]}–{years[-1]}; datumet bör anges."
    )
    return Finding(
        Code.POPULATION_UNKNOWN,
        Severity.UPPLYSNING,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=column.cell,
        evidence="SCB, folkmängd 31 december",
    )


def _lies_between(annex: Annex, column: Column, year: int, strictly: np.ndarray) -> Finding:
    first, last = dt.date(year, 12, 31), dt.date(year + 1, 12, 31)
    shown = {}
    for member in annex.members:
        dates = population.dates_of(member.municipality.code, int(member.figures[column.letter].value))
        if dates:
            shown[member.municipality.name] = dates
    known = "".join(f" {genitive(name)} tal är SCB:s för {format_date(dates[0])}." for name, dates in shown.items())
    undated = "anger inget datum" if column.date is None else f"anger {format_date(column.date)}"
    contradicts = ", så inget motsäger dem" if strictly.all() else ""
    message = (
        f"Kolumnen {column.heading} {undated}; {int(strictly.sum())} av {len(annex.members)} tal ligger mellan SCB:s "
        f"för {format_date(first)} och {format_date(last)}{contradicts}.{known}"
    )
    told = {name: [day.isoformat() for day in days] for name, days in shown.items()}
    return Finding(
        Code.POPULATION_UNKNOWN,
        Severity.UPPLYSNING,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=column.cell,
        explanation={"between": [first, last], "dates": told},
        evidence="SCB, folkmängd 31 december och folkmängd per månad",
    )


def _far_from(annex: Annex, column: Column, i: int, near: tuple[int, int], year: int) -> Finding:
    member = annex.members[i]
    figure = member.figures[column.letter]
    found = int(figure.value)
    slips = sorted(slip for slip in population.slips_of(found) if near[0] <= slip <= near[1])
    explanation: dict[str, Any] = {"between": list(near), "candidates": slips} if slips else {"between": list(near)}
    message = (
        f"{genitive(member.municipality.name)} folkmängd {format_number(found)} (cell {figure.cell}) ligger långt "
        f"från SCB:s tal vid årsskiftena {year} och {year + 1}, {format_number(near[0])}–{format_number(near[1])}, "
        f"som de andra kommunernas tal följer{'; en ändrad siffra skulle räcka' if slips else ''}."
    )
    return Finding(
        Code.POPULATION_DIGIT if slips else Code.POPULATION_UNKNOWN,
        Severity.FEL,
        message,
        member.municipality.code,
        member.municipality.name,
        column.heading,
        annex.sheet,
        figure.cell,
        slips[0] if len(slips) == 1 else None,
        found,
        explanation,
        evidence="SCB, folkmängd 31 december",
    )
