"""A grid as a formula audit sees it: each formula as its words and its references, which can be moved and compared."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
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
        top, left, bottom, right = (bound + step for bound, step in zip(self.bounds, by, strict=True))
        return replace(self, bounds=(top, left, bottom, right))

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
        return tuple(
            (b[0] - a[0], b[1] - a[1], b[2] - a[2], b[3] - a[3])
            for a, b in ((mine.bounds, its.bounds) for mine, its in zip(self.references, other.references, strict=True))
        )

    def moved(self, by: Shift, times: int = 1) -> Formula | None:
        """The formula as it stands ``times`` copies further on; ``None`` outside the sheet."""
        steps = iter(by)
        words: list[str | Reference] = []
        for word in self.words:
            if isinstance(word, Reference):
                a, b, c, d = next(steps)
                word = word.moved((a * times, b * times, c * times, d * times))
                if min(word.bounds) < 0:
                    return None
            words.append(word)
        return Formula(tuple(words), self.tokens)

    def __str__(self) -> str:
        return "=" + "".join(map(str, self.words))


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
    return formula.words[0] in _SUMS and formula.tokens[0].subtype == Token.OPEN


@dataclass(frozen=True)
class Sheet:
    """One grid with its formulas parsed."""

    grid: Grid
    _municipalities: dict[int, str | None] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def formulas(self) -> dict[Place, Formula]:
        return {
            (r, c): parse(cell.formula)
            for r, row in enumerate(self.grid.rows)
            for c, cell in enumerate(row)
            if cell.formula
        }

    def cell(self, place: Place) -> Cell | None:
        """The cell, where the grid has one."""
        row, column = place
        inside = 0 <= row < len(self.grid.rows) and 0 <= column < len(self.grid.rows[row])
        return self.grid.rows[row][column] if inside else None

    def typed(self, place: Place) -> Fraction | None:
        """The number that is typed in a cell."""
        cell = self.cell(place)
        value = cell.value if cell and not cell.formula else None
        is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        return Fraction(str(value)) if is_number else None

    def is_figure(self, place: Place) -> bool:
        """Whether a cell holds a number or a formula, and no year."""
        number = self.typed(place)
        return place in self.formulas or (number is not None and number not in YEARS)

    def texts(self, row: int) -> frozenset[str]:
        """What is written in a row, beside numbers."""
        cells = self.grid.rows[row] if row < len(self.grid.rows) else ()
        return frozenset(str(c.value).strip() for c in cells if isinstance(c.value, str) and not c.formula)

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
        formula = self.formulas.get(place)
        return self.is_figure(place) and not self.is_total(place[0]) and (formula is None or not is_sum(formula))

    def continues(self, first: Place, place: Place) -> bool:
        """Whether a cell is such a figure and of the kind of another: reckoned alike, or typed in rows that both have
        words or both have none."""
        mine, its = self.formulas.get(place), self.formulas.get(first)
        if mine is not None and its is not None:
            return self.is_part(place) and mine.shape == its.shape
        return self.is_part(place) and mine is its and bool(self.texts(place[0])) == bool(self.texts(first[0]))

    def is_hidden(self, place: Place) -> bool:
        """Whether a figure stands in a row or column that a reader does not see."""
        hidden = place[0] in self.grid.hidden_rows or place[1] in self.grid.hidden_columns
        return hidden and self.is_figure(place)

    def heading(self, place: Place) -> str:
        """The nearest text above a cell in its column."""
        rows, texts = self._texts_of_columns.get(place[1], ([], []))
        above = bisect_left(rows, place[0])
        return texts[above - 1] if above else ""

    @cached_property
    def _texts_of_columns(self) -> dict[int, tuple[list[int], list[str]]]:
        columns: dict[int, tuple[list[int], list[str]]] = {}
        for r, row in enumerate(self.grid.rows):
            for c, cell in enumerate(row):
                if isinstance(cell.value, str) and cell.value.strip() and not cell.formula:
                    rows, texts = columns.setdefault(c, ([], []))
                    rows.append(r)
                    texts.append(cell.value.strip())
        return columns

    def places(self, reference: Reference) -> list[Place]:
        """Every cell of the grid that a reference to it points at."""
        top, left, bottom, right = reference.bounds
        rows = range(top, min(bottom + 1, len(self.grid.rows)))
        return [(r, c) for r in rows for c in range(left, min(right + 1, len(self.grid.rows[r])))]
