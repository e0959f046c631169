"""What formulas point at: sums a row short or over hidden rows, shares of the wrong whole, another year's column."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Final

from analys.audit.formulas.likeness import Likeness
from analys.audit.formulas.lines import ALONG, DOWN
from analys.audit.formulas.sheet import Formula, Place, Reference, Sheet, is_sum

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


def sums(sheet: Sheet) -> Iterator[Sum]:
    """Each formula that adds a column right above it, or a row to its left."""
    for place, formula in sheet.formulas.items():
        for reference in formula.references if is_sum(formula) else ():
            top, left, bottom, right = reference.bounds
            if reference.sheet or not reference.is_range:
                continue
            if left == right == place[1] and bottom < place[0]:
                yield Sum(place, formula, reference, DOWN)
            elif top == bottom == place[0] and right < place[1]:
                yield Sum(place, formula, reference, ALONG)


def short_ranges(sheet: Sheet) -> Iterator[Pointed]:
    """Sums that leave out figures between themselves and what they add, or right before it."""
    for each in sums(sheet):
        after = list(takewhile(sheet.is_part, each.after))
        before = list(
            takewhile(partial(sheet.continues, (each.reference.bounds[0], each.reference.bounds[1])), each.before)
        )
        if after or before:
            left_out = [*reversed(before), *after]
            longer = each.reference.with_cells(left_out)
            yield Pointed(each.place, each.reference, tuple(left_out), _replaced(each.formula, each.reference, longer))


def hidden_in_sums(sheet: Sheet) -> Iterator[Pointed]:
    """Sums over rows or columns that a reader does not see, with figures in them."""
    for place, formula in sheet.formulas.items():
        for reference in formula.references if is_sum(formula) else ():
            cells = [] if reference.sheet else sheet.places(reference)
            hidden = tuple(each for each in cells if sheet.is_hidden(each) and sheet.typed(each) != 0)
            if reference.is_range and hidden:
                yield Pointed(place, reference, hidden)


def wrong_wholes(likeness: Likeness) -> Iterator[list[Pointed]]:
    """Columns of shares of a whole that moves along, that is one of the rows, or that leaves some of the rows out."""
    sheet = likeness.sheet
    lines: dict[tuple[int, tuple[str, ...]], list[Place]] = defaultdict(list)
    for place, formula in sorted(sheet.formulas.items()):
        lines[place[1], formula.shape].append(place)
    for places in lines.values():
        blocks = _blocks(likeness, places)
        for block in blocks:
            found = [each for place in block if (each := _whole(sheet, place, block)) is not None]
            if found and 2 * len(found) > len(block):
                yield found


def _blocks(likeness: Likeness, places: list[Place]) -> Iterator[list[Place]]:
    """Unbroken lines of copies, two cells or more."""
    block: list[Place] = []
    for place in places:
        if block and not (place[0] == block[-1][0] + 1 and likeness.links(block[-1], (1, 0), 1)):
            if len(block) > 1:
                yield block
            block = []
        block.append(place)
    if len(block) > 1:
        yield block


def _whole(sheet: Sheet, place: Place, block: list[Place]) -> Pointed | None:
    """What is wrong with the whole that a share is taken of, where both stand in one column."""
    share = _share(sheet.formulas[place])
    if share is None:
        return None
    part, whole = share
    same_column = part.bounds[1] == whole.bounds[1] == whole.bounds[3] and not part.sheet and not whole.sheet
    if not same_column or part.bounds[0] != place[0]:
        return None
    rows, top, bottom = range(block[0][0], block[-1][0] + 1), whole.bounds[0], whole.bounds[2]
    if whole.is_range:
        return None if top <= rows[0] and rows[-1] <= bottom else Pointed(place, whole, ())
    total = _total_of(sheet, part.bounds[1], rows)
    if total in (None, whole.bounds[:2]) or (top not in rows and whole.bounds[:2] in sheet.formulas):
        return None
    right = Reference("", (*total, *total), (True, True, True, True), is_range=False)
    return Pointed(place, whole, (), _replaced(sheet.formulas[place], whole, right))


def _share(formula: Formula) -> tuple[Reference, Reference] | None:
    """The part and the whole of a formula that is nothing but a share, rounded or not. An amount that is so much of what
    one member pays is none."""
    words = formula.words[1:] if formula.words[0] == "ROUND(" else formula.words
    if len(words) < 3 or words[1] != "/":
        return None
    part, whole = words[0], words[3] if words[2] == "SUM(" else words[2]
    return (part, whole) if isinstance(part, Reference) and isinstance(whole, Reference) and not part.is_range else None


def _total_of(sheet: Sheet, column: int, rows: range) -> Place | None:
    """The sum of a column over rows, below them: a sum by formula, or a figure in a row of sums."""
    for row in range(rows[-1] + 1, min(rows[-1] + 4, len(sheet.grid.rows))):
        formula = sheet.formulas.get((row, column))
        if (formula and is_sum(formula)) or (sheet.is_total(row) and sheet.is_figure((row, column))):
            return row, column
    return None


def other_years(sheet: Sheet) -> Iterator[Pointed]:
    """Whole columns headed by a year that fetch from another year than the columns of other years do."""
    fetched: dict[object, dict[int, list[tuple[int, Place, Reference]]]] = defaultdict(lambda: defaultdict(list))
    for place, formula in sheet.formulas.items():
        for slot, reference in enumerate(formula.references):
            lag = None if reference.sheet else _lag(sheet, place, reference)
            if lag is not None:
                years, headings = lag
                fetched[formula.shape, slot, headings][place[1]].append((years, place, reference))
    for columns in fetched.values():
        lags = {
            column: Counter(years for years, _, _ in cells).most_common(1)[0][0] for column, cells in columns.items()
        }
        (usual, count), *others = Counter(lags.values()).most_common()
        if count > 1 and others and count > others[0][1]:
            for column, years in lags.items():
                _, place, reference = columns[column][0]
                if years != usual:
                    yield Pointed(place, reference, tuple(each for _, each, _ in columns[column]))


def _lag(sheet: Sheet, place: Place, reference: Reference) -> tuple[int, tuple[str, str]] | None:
    """How many years before its own column's heading a formula fetches, and both headings without their years."""
    headings = sheet.heading(place), sheet.heading((reference.bounds[0], reference.bounds[1]))
    years = [_YEAR.findall(heading) for heading in headings]
    if reference.bounds[1] == place[1] or not len(years[0]) == len(years[1]) == 1:
        return None
    return int(years[0][0]) - int(years[1][0]), (_YEAR.sub("", headings[0]), _YEAR.sub("", headings[1]))
