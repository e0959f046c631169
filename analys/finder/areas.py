"""A grid with its cells' contents, upright: every municipality is a row, whichever way the file lays them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from analys.documents.model import Cell, Grid
from analys.finder.cells import Content, content, is_number, municipality, shown

if TYPE_CHECKING:
    import pandas as pd

#: So many municipalities beside each other, and more than below each other, are columns and no rows.
_LEAST_TURNED: Final = 2
_EMPTY: Final = Cell(None, "")


class Block:
    """Rows of contents where a table may stand: of a sheet, a text, a table of a document. A row may be short."""

    rows: Sequence[Sequence[Content]]
    merged: Sequence[tuple[int, int, int, int]]

    @cached_property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def at(self, row: int, column: int) -> Content:
        contents = self.rows[row]
        return contents[column] if column < len(contents) else None

    def text(self, row: int, column: int) -> str:
        return shown(self.at(row, column))

    def contents(self, rows: Iterable[int], columns: Iterable[int]) -> pd.DataFrame:
        """The contents of rows and columns, labelled by them; ``None`` in empty cells."""
        import pandas as pd  # half a second that an annex, which is read without frames, need not wait for

        at, beside = list(rows), list(columns)
        return pd.DataFrame([[self.at(row, column) for column in beside] for row in at], at, beside, "object")

    def texts(self, rows: Iterable[int], columns: Iterable[int]) -> pd.DataFrame:
        """What rows and columns show, labelled by them; "" in empty cells."""
        return self.contents(rows, columns).map(shown)

    def filled(self, row: int, *, first: int = 0, beyond: int | None = None) -> list[tuple[int, Content]]:
        """(column, content) of a row's cells that are not empty."""
        return [(at, cell) for at, cell in enumerate(self.rows[row][:beyond]) if cell is not None and at >= first]

    def extent(self, row: int) -> int:
        """How many columns a row has up to its last cell that is not empty."""
        return max((column + 1 for column, _ in self.filled(row)), default=0)

    def spanned(self, row: int, column: int) -> str:
        """The text of a heading cell, or of the merged cells that it is a part of."""
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and left <= column <= right:
                return self.text(top, left)
        return self.text(row, column)

    def headings(self, rows: range, columns: range) -> list[str]:
        """One heading a column: the texts of rows of headings from the top down, each once.

        A text heads the columns to its right as well, where those have more headings under it: database exports write
        "Folkmängd" once, above the first of its years, and merge nothing.
        """
        texts = np.array([[self.spanned(row, column) for column in columns] for row in rows], dtype=object)
        texts = texts.reshape(len(rows), len(columns))
        filled = texts != ""
        goes_on = filled[::-1].cumsum(axis=0)[::-1] > filled
        for at in range(1, len(columns)):
            is_headed = ~filled[:, at] & goes_on[:, at] & goes_on[:, at - 1]
            texts[is_headed, at] = texts[is_headed, at - 1]
        return [" ".join(dict.fromkeys(text for text in column if text)) for column in texts.T]


@dataclass(frozen=True)
class Area(Block):
    """Rows of cells where a table may stand. ``is_turned`` tells that the file has the municipalities as columns;
    ``around`` are the grid's cells outside the area, in reading order."""

    grid: Grid
    cells: Sequence[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    is_turned: bool = False
    around: Sequence[Cell] = ()

    @cached_property
    def rows(self) -> Sequence[Sequence[Content]]:  # type: ignore[override]
        return [[content(cell) for cell in row] for row in self.cells]

    def cell(self, row: int, column: int) -> Cell:
        cells = self.cells[row]
        return cells[column] if column < len(cells) else _EMPTY


def upright(grid: Grid) -> Iterator[Area]:
    """The grid's areas: itself, or, where it has municipalities beside each other over figures, that part turned."""
    area = Area(grid, grid.rows, grid.merged)
    across = [(row, _municipalities(contents)) for row, contents in enumerate(area.rows)]
    heads = [row for row, columns in across if len(columns) >= _LEAST_TURNED and _figures_under(area, row, columns)]
    if not heads:
        yield area
        return
    first = 0
    for head, after in zip(heads, [*heads[1:], len(area.rows)], strict=True):
        last = max(row for row in range(head, after) if row == head or area.filled(row, first=1))
        yield _turned(area, first, head, last)
        first = last + 1


def unfolded(
    block: Block, head: int, across: Sequence[int], headings: Sequence[str]
) -> tuple[list[int], list[Sequence[Content]]]:
    """The rows, and which of the block's each comes from, with one for each name of the row ``head`` and row of figures
    under it, where names stand over the columns ``across``; ``headings`` head the names and their figures."""
    labels = [at for at in range(block.width) if at not in across]
    places = list(range(head + 1))
    rows = [*block.rows[:head], [*(block.at(head, at) for at in labels), *headings]]
    for below in range(head + 1, len(block.rows)):
        label = [block.at(below, at) for at in labels]
        has_figures = any(block.at(below, at) is not None for at in across)
        each = [[*label, block.at(head, at), block.at(below, at)] for at in across] if has_figures else [label]
        rows += each
        places += [below] * len(each)
    return places, rows


def _municipalities(contents: Sequence[Content]) -> list[int]:
    return [column for column, cell in enumerate(contents) if municipality(cell)]


def _figures_under(area: Area, row: int, columns: Sequence[int]) -> bool:
    """Whether what stands right under names beside each other are figures, and no further names."""
    below = next((under for under in range(row + 1, len(area.rows)) if area.filled(under, first=1)), row)
    figures = [column for column in columns if is_number(area.at(below, column))]
    return 2 * len(figures) > len(columns) and not _municipalities(area.rows[below])


def _turned(area: Area, first: int, head: int, last: int) -> Area:
    """The rows ``head`` to ``last`` as columns; the rows from ``first`` to ``head`` are what stands around them."""
    block = range(head, last + 1)
    cells = [[area.cell(row, column) for row in block] for column in range(area.width)]
    merged = [
        (left, top - head, right, bottom - head)
        for top, left, bottom, right in area.merged
        if top >= head and bottom <= last
    ]
    outside = [*range(first, head), *range(last + 1, len(area.cells))]
    around = [cell for row in outside for cell in area.cells[row]]
    return Area(area.grid, cells, merged, True, around)
