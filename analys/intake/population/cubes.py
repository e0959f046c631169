"""Statistical cubes (PC-Axis, json-stat, PxWebApi 1): dimensions and one value for each combination, read row by row."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Final

from analys.documents.files import unusable
from analys.finder.dates import parse_period
from analys.intake.population import headings
from analys.intake.population.headings import Role
from analys.intake.population.observations import Breakdown, Observation
from analys.intake.population.regions import as_county, looks_like_region
from analys.swedish import fold

#: Cells of the largest cube that is read.
MAX_CELLS: Final = 2_000_000
#: The contents code of "Folkmängd" in SCB's tables.
POPULATION_CONTENTS: Final = "BE0101N1"
#: What a dimension is by what its name would head in a table.
_ROLES: Final = {
    Role.CODE: Role.CODE,
    Role.NAME: Role.CODE,
    Role.PERIOD: Role.PERIOD,
    Role.CONTENTS: Role.CONTENTS,
    Role.BREAKDOWN: Role.BREAKDOWN,
}
#: So many categories are looked at where its name does not tell.
_SAMPLE: Final = 50
_TOTAL_CODES: Final = frozenset({"tot", "total", "totalt"})


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

    @property
    def division(self) -> str:
        """The breakdown that it is, by the name that such have, or ""."""
        return headings.dimension_of(self.label) or headings.dimension_of(self.name)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and the row that it stands on; ``problem`` when the file broke off or breaks its format there, ``note`` for
    what the file says of a value that it gives."""

    value: object
    row: int
    problem: str = ""
    note: str = ""


@dataclass(frozen=True)
class Cube:
    """``cells`` in row-major order, the last dimension fastest; ``None`` where the file, made of rows, has none."""

    title: str
    contents: str
    source: str
    dimensions: Sequence[Dimension]
    cells: Sequence[Cell | None]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one category of a dimension says of the cells under it."""

    code: str = ""
    name: str = ""
    date: dt.date | None = None
    breakdown: Breakdown = ()
    problem: str = ""


def size_of(path: Path, dimensions: Iterable[Dimension]) -> int:
    """How many cells the cube has. Raises :class:`InputError` for more than are read."""
    size = prod(map(len, dimensions))
    if size > MAX_CELLS:
        raise unusable(path, f"högst {MAX_CELLS} celler", str(size), "välj färre värden och hämta tabellen på nytt")
    return size


def placed(
    path: Path,
    keys: Sequence[Sequence[str]],
    rows: Iterable[tuple[int, Sequence[str], Sequence[object]]],
    cells: list[Cell | None],
) -> list[Cell | None]:
    """``cells`` with those of rows (number, a key for each of the first dimensions, a value for each combination of the
    rest), ``keys`` being what the first dimensions may say.

    Raises :class:`InputError` for a key that no dimension has, and for a row that has the keys of another.
    """
    places = [{key: at for at, key in enumerate(known)} for known in keys]
    first_rows: dict[int, int] = {}
    for number, key, values in rows:
        start = 0
        for place, text in zip(places, key, strict=True):
            if text not in place:
                expected = "nycklar som CODES eller VALUES nämner"
                raise unusable(path, expected, repr(text), "spara tabellen på nytt", f"rad {number}")
            start = start * len(place) + place[text]
        if first_rows.setdefault(start, number) != number:
            found = f"{', '.join(key)[:80]} igen på rad {number}"
            raise unusable(path, "varje nyckel en gång", found, "hämta filen på nytt")
        start *= len(values)
        cells[start : start + len(values)] = [Cell(value, number) for value in values]
    return cells


def guess_role(name: str, label: str, codes: Sequence[str], labels: Sequence[str]) -> Role:
    """The role of a dimension that the file itself gives none."""
    for heading in (name, label):
        if role := _ROLES.get(headings.role_of(heading)):
            return role
    sample = list(zip(codes, labels, strict=True))[:_SAMPLE]
    if sample and all(parse_period(code) or parse_period(text) for code, text in sample):
        return Role.PERIOD
    named = sum(looks_like_region(text) for _, text in sample)
    return Role.CODE if named * 2 > len(sample) else Role.BREAKDOWN


def observations(path: Path, cube: Cube) -> Iterator[Observation]:
    """Every cell of the cube. Raises :class:`InputError` when it has no regions, no time or no population."""
    regions = _only(path, cube, Role.CODE, "en dimension av regioner")
    times = _only(path, cube, Role.PERIOD, "en tidsdimension")
    _require_population(path, cube)
    said = [_SAID[dimension.role](cube, dimension) for dimension in cube.dimensions]
    for cell, told in zip(cube.cells, itertools.product(*said), strict=True):
        if cell is None:
            continue
        yield Observation(
            sheet="",
            row=cell.row,
            code=told[regions].code,
            name=told[regions].name,
            date=told[times].date,
            value=cell.value,
            breakdown=tuple(part for each in told for part in each.breakdown),
            problem=cell.problem or next((each.problem for each in told if each.problem), ""),
            note=cell.note,
        )


def _only(path: Path, cube: Cube, role: Role, expected: str) -> int:
    """The place of the only dimension with a role."""
    found = [at for at, dimension in enumerate(cube.dimensions) if dimension.role is role]
    if len(found) == 1:
        return found[0]
    names = ", ".join(dimension.name for dimension in cube.dimensions if not found or dimension.role is role)
    raise unusable(path, expected, f"{len(found) or 'ingen'} bland {names}", "välj tabellens regioner och år på nytt")


def _require_population(path: Path, cube: Cube) -> None:
    """A cube without contents dimension says in its title what it counts; its unit must be persons."""
    if headings.is_not_in_persons(cube.unit):
        raise unusable(path, "ett antal personer", f"enheten {cube.unit[:100]!r}", "välj antal personer")
    measured = any(dimension.role is Role.CONTENTS for dimension in cube.dimensions)
    text = cube.contents or cube.title
    if text and not measured and not _says_population(cube, text):
        raise unusable(path, "folkmängd", f"{text[:100]!r}", "välj innehållet Folkmängd")


def _says_population(cube: Cube, measure: str) -> bool:
    """Whether a measure's name is the population's, or says nothing ("Antal") and the title no other measure."""
    if measure == cube.title:
        return headings.mentions_population(measure)
    if headings.names_another_measure(measure):
        return False
    return headings.is_population(measure) or not headings.is_only_other_measure(cube.title)


def _regions(_: Cube, dimension: Dimension) -> list[_Said]:
    told = as_county if headings.says_county(dimension.label) else str
    names = [(code, told(label)) for code, label in zip(dimension.codes, dimension.labels, strict=True)]
    return [_Said(code, name.removeprefix(code).strip()) if code != name else _Said("", name) for code, name in names]


def _periods(cube: Cube, dimension: Dimension) -> list[_Said]:
    day = headings.day_named([cube.title, cube.contents])
    periods = zip(dimension.codes, dimension.labels, strict=True)
    return [_Said(date=_date(code, label, day)) for code, label in periods]


def _date(code: str, label: str, day: tuple[int, int]) -> dt.date | None:
    """What a period's code and label say together; a label may name the day of its year ("1 januari 2025")."""
    by_code, by_label = parse_period(code, day), parse_period(label, day)
    if by_code is None or by_label is None or by_code == by_label:
        return by_code or by_label
    return by_label if code == str(by_label.year) else None


def _measures(cube: Cube, dimension: Dimension) -> list[_Said]:
    units = dimension.units or ("",) * len(dimension)
    measures = zip(dimension.codes, dimension.labels, units, strict=True)
    return [_Said(problem=_measure_problem(cube, *measure)) for measure in measures]


def _measure_problem(cube: Cube, code: str, label: str, unit: str) -> str:
    if code != POPULATION_CONTENTS and not _says_population(cube, label):
        return f"ett annat mått: {label}"
    return f"{label} i {unit!r}, vilket inte är ett antal personer" if headings.is_not_in_persons(unit) else ""


def _categories(_: Cube, dimension: Dimension) -> list[_Said]:
    """Each category by its name; a total is no part."""
    name, division = dimension.division or dimension.name, dimension.division
    parts = [
        "" if fold(code) in _TOTAL_CODES else headings.part_of(division, label)
        for code, label in zip(dimension.codes, dimension.labels, strict=True)
    ]
    return [_Said(breakdown=((name, part),) if part else ()) for part in parts]


#: What the categories of a dimension say, by its role.
_SAID: Final[Mapping[Role, Callable[[Cube, Dimension], list[_Said]]]] = {
    Role.CODE: _regions,
    Role.PERIOD: _periods,
    Role.CONTENTS: _measures,
    Role.BREAKDOWN: _categories,
}
