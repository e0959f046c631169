"""A grid as a formula audit sees it: each formula as its words and its references, which can be moved and compared."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import column_index_from_string, get_column_letter

from analys.documents.model import Cell, Grid
from analys.register import find

Place = tuple[int, int]
Shift = tuple[tuple[int, int, int, int], ...]

_CORNER: Final = r"(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})"
_REFERENCE: Final = re.compile(rf"(?:(.*)!)?{_CORNER}(?::{_CORNER})?")
#: What stands in a formula's shape for a reference to its own sheet.
OWN_SHEET: Final = "!:"
#: The hidden figures that sums are held against.
MOST_HIDDEN: Final = 100
#: The signs that Excel allows a formula.
LONGEST: Final = 8192
#: What a year is, as a heading has it: such a number is no amount.
YEARS: Final = range(1950, 2101)
_SUMS: Final = frozenset({"SUM(", "AVERAGE(", "SUBTOTAL("})
#: Words that open a row of sums.
TOTALS: Final = re.compile(r"(?i)\s*(summa|delsumma|total|totalt|totalsumma)\b")


@dataclass(frozen=True)
class Reference:
    """The cells that a formula points at, from 0, both ends included; ``sheet`` is "" for its own.

    ``fixed`` tells which of the four bounds are written with a dollar sign.
    """

    sheet: str
    bounds: tuple[int, int, int, int]
    fixed: tuple[bool, bool, bool, bool]
    is_range: bool

    @property
    def sheet_name(self) -> str:
        """The name of the other sheet, without the quotation marks of the formula."""
        return self.sheet.removeprefix("'").removesuffix("'").replace("''", "'")

    @property
    def first(self) -> Place:
        """The first cell that it points at."""
        return self.bounds[0], self.bounds[1]

    def holds(self, place: Place) -> bool:
        """Whether it points at the cell, if of the same sheet."""
        top, left, bottom, right = self.bounds
        return top <= place[0] <= bottom and left <= place[1] <= right

    def with_cells(self, places: Sequence[Place]) -> Reference:
        """The smallest range that holds these cells too."""
        rows = [*self.bounds[::2], *(row for row, _ in places)]
        columns = [*self.bounds[1::2], *(column for _, column in places)]
        return replace(self, bounds=(min(rows), min(columns), max(rows), max(columns)), is_range=True)

    def is_beside(self, place: Place) -> bool:
        """Whether it begins in the cell's row or column."""
        return self.bounds[0] == place[0] or self.bounds[1] == place[1]

    def moved(self, by: tuple[int, int, int, int]) -> Reference:
        """The reference with each bound moved."""
        top, left, bottom, right = map(operator.add, self.bounds, by)
        return replace(self, bounds=(top, left, bottom, right))

    def shift_to(self, other: Reference) -> tuple[int, int, int, int]:
        """How far each bound lies from that of another."""
        top, left, bottom, right = map(operator.sub, other.bounds, self.bounds)
        return top, left, bottom, right

    def __str__(self) -> str:
        corners = []
        for at in (0, 2)[: 1 + self.is_range]:
            row, column = self.bounds[at], self.bounds[at + 1]
            fixed_row, fixed_column = self.fixed[at], self.fixed[at + 1]
            corners.append(f"{'$' * fixed_column}{get_column_letter(column + 1)}{'$' * fixed_row}{row + 1}")
        return (f"{self.sheet}!" if self.sheet else "") + ":".join(corners)


def _reference(text: str) -> Reference | None:
    found = _REFERENCE.fullmatch(text)
    if not found:
        return None
    sheet, *parts = found.groups()
    first, last = parts[:4], parts[4:] if parts[5] else parts[:4]
    bounds, fixed = [], []
    for column_mark, column, row_mark, row in (first, last):
        bounds += [int(row) - 1, column_index_from_string(column) - 1]
        fixed += [bool(row_mark), bool(column_mark)]
    top, left, bottom, right = bounds
    marks = (fixed[0], fixed[1], fixed[2], fixed[3])
    return Reference(sheet or "", (top, left, bottom, right), marks, bool(parts[5]))


@dataclass(frozen=True)
class Formula:
    """A formula's words in order. ``shape`` is all that is no reference, so that copies of a formula share it."""

    words: tuple[str | Reference, ...]
    tokens: tuple[Token, ...] = field(repr=False, compare=False)

    @cached_property
    def shape(self) -> tuple[str, ...]:
        return tuple(f"{word.sheet}!:" if isinstance(word, Reference) else word for word in self.words)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        return tuple(word for word in self.words if isinstance(word, Reference))

    def shift_to(self, other: Formula) -> Shift:
        """How far each bound lies from that of another formula of the same shape."""
        return tuple(map(Reference.shift_to, self.references, other.references))

    def moved(self, by: Shift, times: int = 1) -> Formula | None:
        """The formula as it stands ``times`` copies further on; ``None`` outside the sheet."""
        moved = [
            reference.moved((a * times, b * times, c * times, d * times))
            for reference, (a, b, c, d) in zip(self.references, by, strict=True)
        ]
        inside = all(min(reference.bounds) >= 0 for reference in moved)
        return self.with_references(moved) if inside else None

    def with_references(self, references: Iterable[Reference]) -> Formula:
        """The same words around other references, in their order."""
        others = iter(references)
        words = tuple(next(others) if isinstance(word, Reference) else word for word in self.words)
        return Formula(words, self.tokens)

    def points_at(self, place: Place) -> bool:
        """Whether a reference to its own sheet holds the cell."""
        return any(each.holds(place) for each in self.references if not each.sheet)

    @property
    def adds_columns(self) -> bool:
        """Whether it works on ranges alone, as the formulas in a row of sums do."""
        return bool(self.references) and all(reference.is_range for reference in self.references)

    def __str__(self) -> str:
        return "=" + "".join(map(str, self.words))


#: What a cell without a formula has: it points at nothing, and is a copy of nothing.
NO_FORMULA: Final = Formula((), ())


@lru_cache(maxsize=20_000)
def parse(text: str) -> Formula:
    """A formula without its equals sign; one that is no formula of Excel's is one word."""
    try:
        tokens = tuple(t for t in Tokenizer(f"={text[:LONGEST]}").items if t.type != Token.WSPACE)
    except TokenizerError:
        tokens = (Token(text, Token.OPERAND, Token.TEXT),)
    words = tuple(
        _reference(token.value) or token.value if token.subtype == Token.RANGE else token.value for token in tokens
    )
    return Formula(words, tokens)


def is_sum(formula: Formula) -> bool:
    """Whether a formula is a sum or a mean of cells."""
    return not _SUMS.isdisjoint(formula.words[:1]) and formula.tokens[0].subtype == Token.OPEN


def _written(cell: Cell) -> str:
    """What is written in a cell; "" for numbers and formulas."""
    return cell.value.strip() if isinstance(cell.value, str) and not cell.formula else ""


@dataclass(frozen=True)
class Sheet:
    """One grid with its formulas parsed."""

    grid: Grid
    _municipalities: dict[int, str | None] = field(default_factory=dict, repr=False, compare=False)

    def cells(self) -> Iterator[tuple[Place, Cell]]:
        """Every cell with its place, in reading order."""
        for r, row in enumerate(self.grid.rows):
            yield from (((r, c), cell) for c, cell in enumerate(row))

    @cached_property
    def formulas(self) -> dict[Place, Formula]:
        return {place: parse(cell.formula) for place, cell in self.cells() if cell.formula}

    @cached_property
    def figures(self) -> list[Place]:
        """The cells that hold a number or a formula, and no year, in reading order."""
        return [place for place, _ in self.cells() if self.is_figure(place)]

    def cell(self, place: Place) -> Cell | None:
        """The cell, where the grid has one."""
        row, column = place
        inside = 0 <= row < len(self.grid.rows) and 0 <= column < len(self.grid.rows[row])
        return self.grid.rows[row][column] if inside else None

    def typed(self, place: Place) -> Fraction | None:
        """The number that is typed in a cell."""
        return None if place in self.formulas else self.stored(place)

    def stored(self, place: Place) -> Fraction | None:
        """The number that a cell holds: typed, or as the book was last reckoned."""
        cell = self.cell(place)
        value = cell.value if cell else None
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return Fraction(str(value)) if is_number else None

    def is_figure(self, place: Place) -> bool:
        """Whether a cell holds a number or a formula, and no year."""
        number = self.typed(place)
        return place in self.formulas or (number is not None and number not in YEARS)

    def texts(self, row: int) -> frozenset[str]:
        """What is written in a row, beside numbers."""
        cells = self.grid.rows[row] if row < len(self.grid.rows) else ()
        return frozenset(filter(None, map(_written, cells)))

    def municipality(self, row: int) -> str | None:
        """The code of the municipality that a row names, if it names one."""
        if row not in self._municipalities:
            regions = {region.code for text in self.texts(row) if (region := find(text)) and region.is_municipality}
            self._municipalities[row] = regions.pop() if len(regions) == 1 else None
        return self._municipalities[row]

    def is_total(self, row: int) -> bool:
        """Whether a row's words say that it is a sum."""
        return any(TOTALS.match(text) for text in self.texts(row))

    def is_part(self, place: Place) -> bool:
        """Whether a cell is a figure that a sum may add: no sum itself."""
        is_sum_itself = self.is_total(place[0]) or is_sum(self.formulas.get(place, NO_FORMULA))
        return self.is_figure(place) and not is_sum_itself

    def continues(self, first: Place, place: Place) -> bool:
        """Whether a cell is such a figure and of the kind of another: reckoned alike, or typed in rows that both have
        words or both have none."""
        mine, its = (self.formulas.get(each, NO_FORMULA).shape for each in (place, first))
        is_alike = mine == its and (mine != () or bool(self.texts(place[0])) == bool(self.texts(first[0])))
        return is_alike and self.is_part(place)

    @cached_property
    def hidden_figures(self) -> list[Place]:
        """The figures other than 0 in rows and columns that a reader does not see; of very many the first."""
        rows, columns = self.grid.hidden_rows, self.grid.hidden_columns
        if not rows and not columns:
            return []
        hidden = (place for place in self.figures if place[0] in rows or place[1] in columns)
        return list(islice((place for place in hidden if self.typed(place) != 0), MOST_HIDDEN))

    def heading(self, place: Place) -> str:
        """The nearest text above a cell in its column."""
        rows, texts = self._texts_of_columns.get(place[1], ([], []))
        above = bisect_left(rows, place[0])
        return texts[above - 1] if above else ""

    @cached_property
    def _texts_of_columns(self) -> dict[int, tuple[list[int], list[str]]]:
        columns: dict[int, tuple[list[int], list[str]]] = {}
        for (row, column), cell in self.cells():
            if text := _written(cell):
                rows, texts = columns.setdefault(column, ([], []))
                rows.append(row)
                texts.append(text)
        return columns

    def places(self, reference: Reference) -> list[Place]:
        """Every cell of the grid that a reference to it points at."""
        top, left, bottom, right = reference.bounds
        rows = range(top, min(bottom + 1, len(self.grid.rows)))
        return [(r, c) for r in rows for c in range(left, min(right + 1, len(self.grid.rows[r])))]
