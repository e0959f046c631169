"""Every annex of a file: the tables of municipalities in its grids, and what is said of those that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from analys.documents.model import Cell, Document, Grid, Line
from analys.errors import Fault, InputError
from analys.finder.areas import upright
from analys.finder.cells import content, is_number
from analys.finder.parts import whole_tables
from analys.finder.places import Place, find_places
from analys.intake.annex.model import Annex, Text
from analys.intake.annex.table import PROFILE, read_annex

ONE_TABLE: Final = "en tabell med en rad för varje kommun under rubriker som Kommun, Folkmängd, Andel, Belopp"
#: So many lines above and below a table in a long text speak of it; beyond them it is another matter's.
_LINES_ABOVE: Final = 12
_LINES_BELOW: Final = 8
#: A document of so many lines is about its table alone.
_SHORT_DOCUMENT: Final = 60
_LINE_NUMBER: Final = re.compile(r"^rad (\d+)")


def annexes(document: Document) -> tuple[Annex, ...]:
    """Every annex of an opened file, in reading order, with remarks on its other tables."""
    grids = whole_tables(document.grids)
    places = [place for grid in grids for area in upright(grid) for place in find_places(area, PROFILE)]
    # A sheet that nobody sees holds drafts and lists: it counts only where nothing else does.
    places = [place for place in places if not place.area.grid.hidden] or places
    if not places:
        raise InputError([_nothing(document)])
    found: list[Annex] = []
    faults: list[Fault] = []
    for place in places:
        try:
            found.append(read_annex(document, place, _around(document, place, grids)))
        except InputError as error:
            faults += error.faults
    if not found:
        raise InputError(faults)
    remarks = (*found[0].remarks, *faults, *_others(document, grids, places))
    return (replace(found[0], remarks=remarks), *found[1:])


def _nothing(document: Document) -> Fault:
    """What to say of a file without an annex."""
    found, action = "ingen", "lägg till rubriker och medlemmarnas rader"
    if document.pictures and not any(map(_holds_figures, document.grids)):
        found, action = "bara en bild, som inte har några celler", "skriv tabellens tal i celler"
    return Fault(document.file, "", ONE_TABLE, found, action)


def _others(document: Document, grids: Sequence[Grid], places: Sequence[Place]) -> list[Fault]:
    """The file's tables of figures that name no municipality beside them."""
    used = {place.area.grid.name for place in places}
    others = [grid for grid in grids if grid.name not in used and not grid.hidden and _holds_figures(grid)]
    action = "läs tabellen själv: den är ingen bilaga"
    return [Fault(document.file, grid.name, ONE_TABLE, "en tabell utan kommuner", action) for grid in others]


def _holds_figures(grid: Grid) -> bool:
    """Whether at least two rows have a number beside something else."""
    rows = [[cell for cell in map(content, row) if cell is not None] for row in grid.rows]
    return sum(len(row) > 1 and any(map(is_number, row)) for row in rows) > 1


def _around(document: Document, place: Place, grids: Sequence[Grid]) -> tuple[Text, ...]:
    """The lines of text that speak of a table: of a page those on it, of a long text the nearest, of a document that
    tells what stands above what those right above and below, of a short document with one table all."""
    first, last = _ends(place.area.grid)
    lines = document.lines
    if first.box:
        pages = range(first.box.page, (last.box or first.box).page + 1)
        lines = tuple(line for line in lines if line.box and line.box.page in pages)
    elif rows := [int(row) for cell in (first, last) for row in _LINE_NUMBER.findall(cell.place)[:1]]:
        near = range(rows[0] - _LINES_ABOVE, rows[-1] + _LINES_BELOW + 1)
        lines = tuple(line for line in lines if int(_LINE_NUMBER.findall(line.place)[0]) in near)
    elif len(grids) > 1 or len(lines) > _SHORT_DOCUMENT:
        lines = tuple(_beside(document, place.area.grid, grids))
    return tuple(Text(line.place, line.text) for line in lines)


def _beside(document: Document, grid: Grid, grids: Sequence[Grid]) -> Iterator[Line]:
    """The lines right above and below a table, in a document that tells which stand where. ``grids`` are those of the
    document, each with its continuations."""
    starts = [next(at for at, part in enumerate(document.grids) if part.name == whole.name) for whole in grids]
    starts = [*starts, len(document.grids)]
    at = next(at for at, whole in enumerate(grids) if whole.name == grid.name)
    above = [line for line in document.lines if line.above == starts[at]]
    below = [line for line in document.lines if line.above == starts[at + 1]]
    yield from above[_divide(above) if at else 0 :][-_LINES_ABOVE:]
    yield from below[: _divide(below) if at + 1 < len(grids) else None][:_LINES_BELOW]


def _divide(between: Sequence[Line]) -> int:
    """Which of the lines between two tables is the first that belongs to the lower one: its heading, else the last."""
    return next((at for at, line in enumerate(between) if line.heads), max(len(between) - 1, 0))


def _ends(grid: Grid) -> tuple[Cell, Cell]:
    """The first and the last cell of a grid that say where they stand."""
    cells = [cell for row in grid.rows for cell in row]
    return cells[0], cells[-1]
