"""Every annex of a file: the tables of municipalities in its grids, and what is said of those that are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analys.documents.model import Document, Grid
from analys.errors import Fault, InputError
from analys.finder.areas import upright
from analys.finder.cells import content, is_number
from analys.finder.places import Place, find_places
from analys.intake.annex.model import Annex
from analys.intake.annex.table import PROFILE, read_annex, where

ONE_TABLE: Final = "en tabell med en rad för varje kommun under rubriker som Kommun, Folkmängd, Andel, Belopp"


def annexes(document: Document) -> tuple[Annex, ...]:
    """Every annex of an opened file, in reading order, with remarks on its other tables."""
    places = [place for grid in document.grids for area in upright(grid) for place in find_places(area, PROFILE)]
    # A sheet that nobody sees holds drafts and lists: it counts only where nothing else does.
    places = [place for place in places if not place.area.grid.hidden] or places
    if not places:
        raise InputError([_nothing(document)])
    found: list[Annex] = []
    faults: list[Fault] = []
    for place in places:
        try:
            found.append(replace(read_annex(document, place), place=where(place.area, place)))
        except InputError as error:
            faults += error.faults
    if not found:
        raise InputError(faults)
    remarks = (*found[0].remarks, *faults, *_others(document, places))
    return (replace(found[0], remarks=remarks), *found[1:])


def _nothing(document: Document) -> Fault:
    if document.pictures and not any(map(_holds_figures, document.grids)):
        found, action = "bara en bild, som inte har några celler", "skriv tabellens tal i celler"
        return Fault(document.file, "", ONE_TABLE, found, action)
    return Fault(document.file, "", ONE_TABLE, "ingen", "lägg till rubriker och medlemmarnas rader")


def _others(document: Document, places: Sequence[Place]) -> list[Fault]:
    """The file's tables of figures that name no municipality beside them."""
    used = {place.area.grid.name for place in places}
    others = [grid for grid in document.grids if grid.name not in used and not grid.hidden and _holds_figures(grid)]
    action = "läs tabellen själv: den är ingen bilaga"
    return [Fault(document.file, grid.name, ONE_TABLE, "en tabell utan kommuner", action) for grid in others]


def _holds_figures(grid: Grid) -> bool:
    """Whether at least two rows have a number beside something else."""
    rows = [[content(cell.value) for cell in row if cell.value not in (None, "")] for row in grid.rows]
    return sum(len(row) > 1 and any(map(is_number, row)) for row in rows) > 1
