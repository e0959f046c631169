"""What an opened file is: grids of cells and lines of text, each with the place where a reader finds it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

Value = str | int | float | Decimal | bool | dt.date | dt.time | dt.timedelta | None


class Certainty(StrEnum):
    """How the value of a cell came about, and so whether it has to be proven before it is believed."""

    GIVEN = "angiven"  # the file holds the cell: a workbook, a csv, a Word table, a web page
    READ = "avläst"  # the text is the file's, but which cell it belongs to is inferred: a PDF, pasted columns
    RECOGNISED = "tolkad"  # the text itself is inferred: a scan, a picture


@dataclass(frozen=True, slots=True)
class Box:
    """Where on a page something stands: in points from the top left corner; ``page`` counts from 1. ``turn`` is how
    far the page was turned clockwise to be read, in degrees, beside what it says itself."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    turn: int = 0

    @classmethod
    def around(cls, boxes: Sequence[Box]) -> Box:
        """The smallest box that holds all of a page's."""
        edges = ((box.left, box.top, box.right, box.bottom) for box in boxes)
        lefts, tops, rights, bottoms = zip(*edges, strict=True)
        return cls(boxes[0].page, min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``place`` is what a reader looks up ("B11", "sida 3, tabell 2, rad 5, kolumn 2").

    ``text`` is what is shown, where the file says that; ``number_format`` is a workbook's ("0.0%"), and ``formula`` its
    formula without the equals sign. ``box`` is where a page shows the cell.
    """

    value: Value
    place: str
    text: str = ""
    number_format: str = ""
    formula: str = ""
    box: Box | None = None


@dataclass(frozen=True)
class Grid:
    """One table of cells: a sheet, or a table of a page. ``rows`` are equally long; ``rows[0][0]`` is a sheet's A1.

    ``name`` is the sheet's name or the table's place ("sida 3, tabell 2"); ``merged`` holds (first row, first column,
    last row, last column) counted from 0. ``hidden`` tells that a reader does not see the sheet, ``hidden_rows`` and
    ``hidden_columns`` (from 0) which of it.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    certainty: Certainty = Certainty.GIVEN
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text outside the grids, in reading order. Where the file tells, ``above`` is how many of its grids
    stand above the line, and ``heads`` whether it is a heading of what follows."""

    text: str
    place: str
    box: Box | None = None
    above: int | None = None
    heads: bool = False


@dataclass(frozen=True)
class Document:
    """A file as :func:`analys.documents.open` found it. ``why`` tells what gave its kind away, and what was undone
    (damaged letters) or masked (personal numbers). ``pictures`` tells that it holds pictures, which are not read."""

    file: str
    kind: str
    why: str
    grids: tuple[Grid, ...]
    lines: tuple[Line, ...] = ()
    pictures: bool = False
