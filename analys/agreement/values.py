"""Key values from a table beside the agreement: one column of members and one of figures, in any file with tables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analys.agreement.fields import exact
from analys.errors import Fault, InputError
from analys.register import Region, find
from analys.swedish import is_missing

if TYPE_CHECKING:
    from analys.documents import Cell, Grid

#: Headings of the column that says whose row it is.
MEMBER_HEADINGS: Final = ("kommun", "kommunkod", "medlem", "region", "regionkod")


def read_values(file: Path, column: str) -> dict[str, Fraction]:
    """Municipality code -> figure. Raises :class:`InputError` listing every cell that is no figure or comes twice.

    The header row is the first that holds both a member heading and ``column``. Rows whose member cell is empty or no
    municipality (totals, notes) are left out, and so are municipalities without a figure.
    """
    return _read_values(file, column, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read_values(file: Path, column: str, _: int) -> dict[str, Fraction]:
    from analys import documents  # here: most agreements have no such file

    grids = documents.open(file).grids
    rows = [(grid, at, _texts(row)) for grid in grids for at, row in enumerate(grid.rows)]
    for grid, at, headings in rows:
        member = [headings.index(name) for name in MEMBER_HEADINGS if name in headings]
        if member and column.strip().casefold() in headings:
            return _collect(file, grid, at + 1, member[0], headings.index(column.strip().casefold()))
    found = next((", ".join(filter(None, headings)) for *_, headings in rows if any(headings)), "")
    expected = f"kolumnerna {MEMBER_HEADINGS[0]!r} och {column!r}"
    action = "skriv kolumnens namn (kolumn) som filen gör"
    raise InputError([Fault(str(file), "rubrikraden", expected, repr(found) if found else "inga rader", action)])


def _texts(row: Sequence[Cell]) -> list[str]:
    return [str(cell.value or "").strip().casefold() for cell in row]


def _collect(file: Path, grid: Grid, start: int, member: int, column: int) -> dict[str, Fraction]:
    values: dict[str, Fraction] = {}
    faults: list[Fault] = []
    for row in grid.rows[start:]:
        region, cell = _region(row[member]), row[column]
        if region is None or is_missing(cell.value):
            continue  # whoever needs the figure says that it is missing
        place = f"{grid.name}, {cell.place}" if grid.name else cell.place
        if region.code in values:
            once = "ta bort en av dess rader"
            faults.append(Fault(str(file), place, "varje kommun en gång", region.name, once))
            continue
        try:
            values[region.code] = _figure(cell)
        except ValueError as error:
            values[region.code] = Fraction(0)
            faults.append(Fault(str(file), place, f"{error} för {region.name}", repr(cell.value), "rätta talet"))
    if faults:
        raise InputError(faults)
    return values


def _figure(cell: Cell) -> Fraction:
    figure = exact(cell.value)
    if figure < 0:
        raise ValueError("noll eller mer")
    return figure


def _region(cell: Cell) -> Region | None:
    region = None if is_missing(cell.value) else find(str(cell.value))
    return region if region and region.is_municipality else None
