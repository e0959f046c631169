"""Statistical cubes (PC-Axis, json-stat): dimensions and one value for each combination, read row by row."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analys.documents.files import unusable
from analys.finder.dates import parse_period
from analys.intake.population.headings import (
    Role,
    day_named,
    dimension_of,
    is_not_in_persons,
    is_only_other_measure,
    is_population,
    mentions_population,
    names_another_measure,
    part_of,
    role_of,
    says_county,
)
from analys.intake.population.observations import Observation
from analys.intake.population.regions import as_county, looks_like_region
from analys.swedish import fold

#: Cells of the largest cube that is read.
MAX_CELLS: Final = 2_000_000
#: The contents code of "Folkmängd" in SCB's tables.
POPULATION_CONTENTS: Final = "BE0101N1"


@dataclass(frozen=True)
class Dimension:
    """``codes[i]`` and ``labels[i]`` belong together; ``role`` is CODE for regions, else as in :class:`Role`.

    ``units`` are those of the measures, where a dimension of contents says them.
    """

    name: str
    label: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    role: Role
    units: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Cube:
    """``cell(position)`` is the cell in row-major order, the last dimension fastest; ``None`` where the file, made of
    rows, has none."""

    title: str
    contents: str
    source: str
    dimensions: tuple[Dimension, ...]
    cell: Callable[[int], Cell | None]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and the row that it stands on; ``problem`` when the file broke off or breaks its format there, ``note`` for
    what the file says of a value that it gives."""

    value: object
    row: int
    problem: str = ""
    note: str = ""


def guess_role(name: str, label: str, codes: Sequence[str], labels: Sequence[str]) -> Role:
    """The role of a dimension that the file itself gives none."""
    for heading in (name, label):
        role = role_of(heading)
        if role in (Role.CODE, Role.NAME):
            return Role.CODE
        if role in (Role.PERIOD, Role.CONTENTS, Role.BREAKDOWN):
            return role
    sample = list(itertools.islice(zip(codes, labels, strict=True), 50))
    if sample and all(parse_period(code) or parse_period(text) for code, text in sample):
        return Role.PERIOD
    named = sum(looks_like_region(text) for _, text in sample)
    return Role.CODE if sample and named * 2 > len(sample) else Role.BREAKDOWN


def observations(path: Path, cube: Cube) -> Iterator[Observation]:
    """Every cell of the cube. Raises :class:`InputError` when it has no regions, no time or no population."""
    regions = _only(path, cube, Role.CODE, "en dimension av regioner")
    times = _only(path, cube, Role.PERIOD, "en tidsdimension")
    _require_population(path, cube)
    day = day_named([cube.title, cube.contents])
    periods = zip(times.codes, times.labels, strict=True)
    dates = [_date(code, label, day) for code, label in periods]
    are_counties = says_county(regions.label)
    names = [as_county(label) if are_counties else label for label in regions.labels]
    sizes = [range(len(dimension)) for dimension in cube.dimensions]
    for position, indexes in enumerate(itertools.product(*sizes)):
        if (cell := cube.cell(position)) is None:
            continue
        breakdown: list[tuple[str, str]] = []
        problem = ""
        region, time = 0, 0
        for dimension, index in zip(cube.dimensions, indexes, strict=True):
            if dimension is regions:
                region = index
            elif dimension is times:
                time = index
            elif dimension.role is Role.CONTENTS:
                problem = problem or _measure_problem(cube, dimension, index)
            elif dimension.role is Role.BREAKDOWN and (part := _category(dimension, index)):
                breakdown.append(
                    (dimension_of(dimension.label) or dimension_of(dimension.name) or dimension.name, part)
                )
        code, name = regions.codes[region], names[region]
        yield Observation(
            sheet="",
            row=cell.row,
            code="" if code == name else code,
            name=name.removeprefix(code).strip() or name,
            date=dates[time],
            value=cell.value,
            breakdown=tuple(breakdown),
            problem=cell.problem or problem,
            note=cell.note,
        )


def _only(path: Path, cube: Cube, role: Role, expected: str) -> Dimension:
    found = [dimension for dimension in cube.dimensions if dimension.role is role]
    if len(found) == 1:
        return found[0]
    names = ", ".join(dimension.name for dimension in found or cube.dimensions)
    raise unusable(path, expected, f"{len(found) or 'ingen'} bland {names}", "välj tabellens regioner och år på nytt")


def _require_population(path: Path, cube: Cube) -> None:
    """A cube without contents dimension says in its title what it counts; its unit must be persons."""
    if is_not_in_persons(cube.unit):
        raise unusable(path, "ett antal personer", f"enheten {cube.unit[:100]!r}", "välj antal personer")
    if any(dimension.role is Role.CONTENTS for dimension in cube.dimensions):
        return
    text = cube.contents or cube.title
    if text and not _says_population(cube, text):
        raise unusable(path, "folkmängd", f"{text[:100]!r}", "välj innehållet Folkmängd")


def _says_population(cube: Cube, measure: str) -> bool:
    """Whether a measure's name is the population's, or says nothing ("Antal") and the title no other measure."""
    if measure == cube.title:
        return mentions_population(measure)
    return not names_another_measure(measure) and (is_population(measure) or not is_only_other_measure(cube.title))


def _date(code: str, label: str, day: tuple[int, int]) -> dt.date | None:
    """What a period's code and label say together; a label may name the day of its year ("1 januari 2025")."""
    by_code, by_label = parse_period(code, day), parse_period(label, day)
    if by_code is None or by_label is None or by_code == by_label:
        return by_code or by_label
    return by_label if code == str(by_label.year) else None


def _measure_problem(cube: Cube, dimension: Dimension, index: int) -> str:
    code, label = dimension.codes[index], dimension.labels[index]
    if not (code == POPULATION_CONTENTS or _says_population(cube, label)):
        return f"ett annat mått: {label}"
    if dimension.units and is_not_in_persons(dimension.units[index]):
        return f"{label} i {dimension.units[index]!r}, vilket inte är ett antal personer"
    return ""


def _category(dimension: Dimension, index: int) -> str:
    """The category's name, or nothing for a total."""
    found = part_of(dimension_of(dimension.label) or dimension_of(dimension.name), dimension.labels[index])
    return "" if fold(dimension.codes[index]) in {"tot", "total", "totalt"} else found
