"""What formulas point at: sums a row short or over hidden rows, shares of the wrong whole, another year's column."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, takewhile
from typing import Final

from analys.audit.formulas.likeness import Likeness
from analys.audit.formulas.lines import ALONG, DOWN, step
from analys.audit.formulas.sheet import OWN_SHEET, Formula, Place, Reference, Sheet, is_sum

_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Pointed:
    """A formula that points at the wrong cells: which ones it should point at, or leave out, and why."""

    place: Place
    reference: Reference
    cells: tuple[Place, ...]
    expected: Formula | None = None


def _replaced(formula: Formula, old: Reference, new: Reference) -> Formula:
    return Formula(tuple(new if word == old else word for word in formula.words), formula.tokens)


@dataclass(frozen=True)
class Sum:
    """A formula that adds cells of its own column above it, or of its own row to the left; ``way`` is along them."""

    place: Place
    formula: Formula
    reference: Reference
    way: Place

    def cells(self, first: int, last: int, by: int = 1) -> Iterator[Place]:
        """Cells of the line by their row, or their column along a row."""
        row, column = self.reference.bounds[:2]
        return ((each, column) if self.way == DOWN else (row, each) for each in range(first, last, by))

    @property
    def after(self) -> Iterator[Place]:
        """The cells between what is added and the sum."""
        axis = self.way[1]
        return self.cells(self.reference.bounds[2 + axis] + 1, self.place[axis])

    @property
    def before(self) -> Iterator[Place]:
        """The cells before what is added, the nearest first."""
        return self.cells(self.reference.bounds[self.way[1]] - 1, -1, -1)


def _summed(sheet: Sheet) -> Iterator[tuple[Place, Formula, Reference]]:
    """Each range of its own sheet that a formula adds."""
    for place, formula in sheet.formulas.items():
        if is_sum(formula):
            ranges = (each for each in formula.references if each.is_range and not each.sheet)
            yield from ((place, formula, each) for each in ranges)


def sums(sheet: Sheet) -> Iterator[Sum]:
    """Each formula that adds a column right above it, or a row to its left."""
    for place, formula, reference in _summed(sheet):
        top, left, bottom, right = reference.bounds
        if left == right == place[1] and bottom < place[0]:
            yield Sum(place, formula, reference, DOWN)
        elif top == bottom == place[0] and right < place[1]:
            yield Sum(place, formula, reference, ALONG)


def short_ranges(sheet: Sheet) -> Iterator[Pointed]:
    """Sums that leave out figures between themselves and what they add, or right before it."""
    for each in sums(sheet):
        after = list(takewhile(sheet.is_part, each.after))
        before = list(takewhile(partial(sheet.continues, each.reference.first), each.before))
        left_out = [*reversed(before), *after]
        if left_out:
            longer = _replaced(each.formula, each.reference, each.reference.with_cells(left_out))
            yield Pointed(each.place, each.reference, tuple(left_out), longer)


def hidden_in_sums(sheet: Sheet) -> Iterator[Pointed]:
    """Sums over rows or columns that a reader does not see, with figures in them."""
    if not sheet.hidden_figures:
        return
    for place, _, reference in _summed(sheet):
        hidden = tuple(filter(reference.holds, sheet.hidden_figures))
        if hidden:
            yield Pointed(place, reference, hidden)


# -- shares ------------------------------------------------------------------------------------------------------------


def wrong_wholes(likeness: Likeness) -> Iterator[list[Pointed]]:
    """Columns of shares of a whole that moves along, that is one of the rows, or that leaves some of the rows out."""
    sheet = likeness.sheet
    shares = {place: share for place, formula in sorted(sheet.formulas.items()) if (share := _share(formula))}
    for block in _blocks(likeness, shares):
        rows = range(block[0][0], block[-1][0] + 1)
        found = [each for place in block if (each := _whole(sheet, place, shares[place], rows))]
        if 2 * len(found) > len(block):
            yield found


def _blocks(likeness: Likeness, places: Iterable[Place]) -> list[list[Place]]:
    """Unbroken lines of copies down a column, two cells or more."""
    blocks: dict[object, list[list[Place]]] = defaultdict(list)
    for place in places:
        of_line, above = blocks[place[1], likeness.formulas[place].shape], step(place, DOWN, -1)
        if not of_line or of_line[-1][-1] != above or not likeness.links(above, DOWN, 1):
            of_line.append([])
        of_line[-1].append(place)
    return [block for block in chain.from_iterable(blocks.values()) if len(block) > 1]


def _whole(sheet: Sheet, place: Place, share: tuple[Reference, Reference], rows: range) -> Pointed | None:
    """What is wrong with the whole that a share is taken of, where both stand in one column."""
    part, whole = share
    top, left, bottom, right = whole.bounds
    if part.bounds[0] != place[0] or not part.bounds[1] == left == right:
        return None
    if whole.is_range:
        return None if top <= rows[0] and rows[-1] <= bottom else Pointed(place, whole, ())
    total = _total_of(sheet, left, rows)
    is_other_sum = top not in rows and whole.first in sheet.formulas
    if total in (None, whole.first) or is_other_sum:
        return None
    right_one = Reference("", (*total, *total), (True, True, True, True), is_range=False)
    return Pointed(place, whole, (), _replaced(sheet.formulas[place], whole, right_one))


def _share(formula: Formula) -> tuple[Reference, Reference] | None:
    """The part and the whole of a formula that is nothing but a share, rounded or not, of this sheet. An amount that is
    so much of what one member pays is none."""
    plain = [word for word in formula.shape if word not in ("ROUND(", "SUM(")]
    if plain[:3] != [OWN_SHEET, "/", OWN_SHEET] or formula.references[0].is_range:
        return None
    return formula.references[0], formula.references[1]


def _total_of(sheet: Sheet, column: int, rows: range) -> Place | None:
    """The sum of a column over rows, below them: a sum by formula, or a figure in a row of sums."""
    for row in range(rows[-1] + 1, min(rows[-1] + 4, len(sheet.grid.rows))):
        formula = sheet.formulas.get((row, column))
        if (formula and is_sum(formula)) or (sheet.is_total(row) and sheet.is_figure((row, column))):
            return row, column
    return None


# -- years -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fetched:
    """What a formula fetches from another column: so many ``years`` before its own, both told by their headings.

    ``alike`` is the same for the formulas that do the same in other years' columns.
    """

    place: Place
    reference: Reference
    years: int
    alike: tuple[object, ...]


def other_years(sheet: Sheet) -> Iterator[Pointed]:
    """Whole columns headed by a year that fetch from another year than the columns of other years do."""
    fetched: dict[object, dict[int, list[_Fetched]]] = defaultdict(lambda: defaultdict(list))
    for each in _fetches(sheet):
        fetched[each.alike][each.place[1]].append(each)
    for columns in fetched.values():
        lags = {column: _commonest(each.years for each in cells) for column, cells in columns.items()}
        counts = Counter(lags.values())
        usual, count = counts.most_common(1)[0]
        if max(1, counts.total() - count) < count:
            for column in (each for each, years in lags.items() if years != usual):
                first = columns[column][0]
                yield Pointed(first.place, first.reference, tuple(each.place for each in columns[column]))


def _commonest(numbers: Iterable[int]) -> int:
    return Counter(numbers).most_common(1)[0][0]


def _fetches(sheet: Sheet) -> Iterator[_Fetched]:
    """Every reference from a column headed by one year to another such column."""
    for place, formula in sheet.formulas.items():
        to, its_year = _dated(sheet, place)
        for slot, reference in enumerate(formula.references):
            source, year = _dated(sheet, reference.first)
            if its_year and year and not reference.sheet and reference.bounds[1] != place[1]:
                yield _Fetched(place, reference, its_year - year, (formula.shape, slot, to, source))


def _dated(sheet: Sheet, place: Place) -> tuple[str, int]:
    """A column's heading without its year, and the year; 0 where it has none, or several."""
    heading = sheet.heading(place)
    years = _YEAR.findall(heading)
    return _YEAR.sub("", heading), int(years[0]) if len(years) == 1 else 0
