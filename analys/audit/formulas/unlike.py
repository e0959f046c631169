"""Cells that are unlike their neighbours: a typed value among formulas, a formula that is no copy of those beside it.

A cell that is a copy of any neighbour is left alone, so that blocks, sections and rows of sums need no rules of their
own; one that is none is told only where the cells around it show what it should be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analys.audit.formulas.likeness import End, Likeness
from analys.audit.formulas.lines import ALONG, DOWN, line, step
from analys.audit.formulas.sheet import NO_FORMULA, Formula, Place, Reference, Shift

#: The part of a column's rows that must agree before the rest are unlike, and the fewest that may.
MOST: Final = 0.8
FEWEST: Final = 3
#: What stands between the cells in a whole less its other parts: ``=F1-(D2+D3+D5)``, ``=F1-SUM(D2:D6)``.
_LESS: Final = frozenset({"-", "+", "(", ")", "SUM("})


@dataclass(frozen=True)
class Odd:
    """A cell that is unlike, what it should be where that is known, and the others that may be wrong instead."""

    place: Place
    expected: Formula | None
    others: tuple[Place, ...] = ()
    why: str = "grannarna"


def odd(likeness: Likeness) -> Iterator[Odd]:
    """Every cell that is unlike, once."""
    told: set[Place] = set()
    for find in (_inside, _at_ends, _of_other_shape, _beside, _twice):
        for found in find(likeness):
            cells = {found.place, *found.others}
            if not told & cells and not _is_rest(likeness, found.place):
                told |= cells
                yield found


def _is_rest(likeness: Likeness, place: Place) -> bool:
    """Whether a cell carries what the other cells of its unbroken line leave of a whole, as one member often does."""
    _, *less = likeness.formulas.get(place, NO_FORMULA).words or ("",)
    parts = [word for word in less if isinstance(word, Reference) and not word.sheet]
    if less[:1] != ["-"] or not _LESS.issuperset(word for word in less if word not in parts):
        return False
    cells = {place, *(cell for part in parts for cell in likeness.sheet.places(part))}
    first, last = min(cells), max(cells)
    unbroken = {(row, place[1]) for row in range(first[0], last[0] + 1)}
    is_whole_line = not likeness.links(first, DOWN, -1) and not likeness.links(last, DOWN, 1)
    return cells == unbroken and len(cells) >= FEWEST and is_whole_line


# -- a cell among copies, or at their end ------------------------------------------------------------------------------


def _inside(likeness: Likeness) -> Iterator[Odd]:
    """Loose cells between the end of a line and where it goes on."""
    for end in likeness.ends:
        for far in likeness.gap(end):
            if _is_of_line(likeness, end.out(far), end):
                yield Odd(end.out(far), likeness.shown(end, far))


def _is_of_line(likeness: Likeness, place: Place, end: End) -> bool:
    """Whether a cell may be held against the line around it: along a row only in a table on its side, or a row of sums."""
    own, last = likeness.formulas.get(place), likeness.formulas[end.place]
    if end.way == DOWN or own is None or own.shape == last.shape:
        return True
    return own.adds_columns or place[1] not in likeness.copied_columns


def _at_ends(likeness: Likeness) -> Iterator[Odd]:
    """The first or last of a line of copies. Where a whole row is unlike, it is another kind of row."""
    found: dict[tuple[Place, int, int], dict[Place, Odd]] = defaultdict(dict)
    for end in likeness.ends:
        place, copy = end.out(1), end.copy(1)
        if copy is not None and place in likeness.loose and _belongs(likeness, place, copy, end):
            row_of_ends = found[end.way, end.side, line(place, (end.way[1], end.way[0]))]
            row_of_ends.setdefault(place, Odd(place, likeness.shown(end, 1)))
    for ends in found.values():
        if len(ends) == 1:
            yield from ends.values()


def _belongs(likeness: Likeness, place: Place, copy: Formula, end: End) -> bool:
    """Whether a cell beside a line of copies is one of the line."""
    own, last = likeness.formulas.get(place, NO_FORMULA), likeness.formulas[end.place]
    if last.points_at(place) or own.points_at(end.place):
        return False  # one goes on from the other, or sums it up
    if end.way == ALONG:
        is_alike = own is NO_FORMULA or own.adds_columns
        return is_alike and copy.adds_columns and likeness.has_work(place, copy)
    return _is_below(likeness, place, copy, end)


def _is_below(likeness: Likeness, place: Place, copy: Formula, end: End) -> bool:
    """Whether a cell above or below a line of copies is one of the line: its row has others of theirs, or figures to
    work on; or the line fetches by name, and so does the cell."""
    sheet, own = likeness.sheet, likeness.formulas.get(place, NO_FORMULA)
    if sheet.is_total(place[0]) or sheet.is_total(end.place[0]):
        return False
    fetches = end.lines is not likeness.written and own.shape == likeness.formulas[end.place].shape
    row = ((place[0], column) for column in range(len(sheet.grid.rows[place[0]])))
    linked = any(likeness.links(each, DOWN, -end.side) for each in row)
    return fetches or linked or likeness.has_work(place, copy)


# -- lines that point hither and thither -------------------------------------------------------------------------------


def _of_other_shape(likeness: Likeness) -> Iterator[Odd]:
    """A formula of another shape than all others of its column, wherever those point."""
    formulas = likeness.formulas
    sizes = Counter((place[1], formula.shape) for place, formula in formulas.items())
    for place in filter(formulas.__contains__, likeness.loose):
        above, below = (formulas.get(step(place, DOWN, side), NO_FORMULA).shape for side in (-1, 1))
        if above == below != formulas[place].shape and sizes[place[1], above] >= FEWEST:
            yield Odd(place, None)


def _beside(likeness: Likeness) -> Iterator[Odd]:
    """Two columns whose formulas are copies of each other in all rows but few: where a row's two are not, one is wrong."""
    pairs: dict[int, dict[Place, Shift | None]] = defaultdict(dict)
    for place in likeness.formulas:
        if step(place, ALONG) in likeness.formulas:
            pairs[place[1]][place] = likeness.written.shifts.get((place, ALONG))
    for shifts in pairs.values():
        usual, count = Counter(shifts.values()).most_common(1)[0]
        if usual is None or count < max(FEWEST, MOST * len(shifts)):
            continue
        for left in (place for place, shift in shifts.items() if shift != usual):
            if len(usual) == len(likeness.formulas[left].references):
                yield from _one_of(likeness, left, likeness.formulas[left].moved(usual))


def _one_of(likeness: Likeness, left: Place, expected: Formula | None) -> Iterator[Odd]:
    """The one of two neighbours in a row that is no copy in its column; both where neither is."""
    right = step(left, ALONG)
    match [place for place in (left, right) if not likeness.copied(place, DOWN)]:
        case [first, second]:
            yield Odd(first, None, (second,), "de andra radernas")
        case [place]:
            yield Odd(place, expected if place == right else None, why="kolumnen bredvid")


def _twice(likeness: Likeness) -> Iterator[Odd]:
    """Two formulas that fetch the same, in a column where each of the others fetches its own."""
    columns: dict[object, dict[Formula, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for place, formula in likeness.formulas.items():
        if formula.references and not likeness.is_regular(place):
            columns[place[1], formula.shape][formula].append(place)
    for by_words in columns.values():
        alike = [places for places in by_words.values() if len(places) > 1]
        if [len(places) for places in alike] == [2] and len(by_words) > FEWEST:
            yield Odd(alike[0][0], None, (alike[0][1],), "raderna, som var och en hämtar sitt,")
