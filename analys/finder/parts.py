"""Tables that go on: on the next page of a document, under the same headings or under none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from analys.documents.model import Cell, Grid
from analys.finder.cells import content, is_number, municipality

#: Sheets of a workbook and files of separated columns have such places; they are tables of their own.
_SHEET_PLACE: Final = re.compile(r"[A-Z]{1,3}\d+")


def whole_tables(grids: Iterable[Grid]) -> list[Grid]:
    """The grids, each with its continuations: tables right after it, as wide, that have the same row of headings or
    none at all, and other municipalities."""
    whole: list[Grid] = []
    for grid in grids:
        above = whole[-1] if whole else None
        skip = None if above is None else _headings_to_skip(above, grid)
        if above is None or skip is None:
            whole.append(grid)
        else:
            whole[-1] = _appended(above, grid, skip)
    return whole


def _headings_to_skip(above: Grid, below: Grid) -> int | None:
    """How many rows of headings a continuation repeats; ``None`` where it is a table of its own."""
    if not (above.rows and below.rows) or len(above.rows[0]) != len(below.rows[0]):
        return None
    if _SHEET_PLACE.fullmatch(below.rows[0][0].place) or _names(above) & _names(below) or not _names(above):
        return None
    repeated = 0
    while repeated < min(len(above.rows), len(below.rows)) and _same(above, below, repeated):
        repeated += 1
    return repeated if repeated or any(is_number(content(cell)) for cell in below.rows[0]) else None


def _same(above: Grid, below: Grid, row: int) -> bool:
    return list(map(content, above.rows[row])) == list(map(content, below.rows[row]))


def _names(grid: Grid) -> set[str]:
    return {region.name for row in grid.rows for cell in row if (region := municipality(content(cell)))}


def _appended(above: Grid, below: Grid, skip: int) -> Grid:
    rows: tuple[tuple[Cell, ...], ...] = (*above.rows, *below.rows[skip:])
    down = len(above.rows) - skip
    merged = [(top + down, left, bottom + down, right) for top, left, bottom, right in below.merged if top >= skip]
    return replace(above, rows=rows, merged=(*above.merged, *merged))
