"""Cells that are unlike their neighbours: a typed value among formulas, a formula that is no copy of those beside it.

A cell that is a copy of any neighbour is left alone, so that blocks, sections and rows of sums need no rules of their
own; one that is none is told only where the cells around it show what it should be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from analys.audit.formulas.likeness import OWN, End, Likeness
from analys.audit.formulas.lines import ALONG, DOWN, step
from analys.audit.formulas.sheet import Formula, Place

#: How many loose cells a line may go on beyond.
FARTHEST: Final = 3
#: The part of a column's rows that must agree before the rest are unlike, and the fewest that may.
MOST: Final = 0.8
FEWEST: Final = 3


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
            if not told & cells:
                told |= cells
                yield found


def _expected(likeness: Likeness, end: End, far: int) -> Formula | None:
    """What a line would have, for a reader: nothing where it was read by name."""
    return end.copy(far) if end.lines is likeness.written else None


# -- a cell among copies, or at their end ------------------------------------------------------------------------------


def _inside(likeness: Likeness) -> Iterator[Odd]:
    """Loose cells between the end of a line and where it goes on."""
    for end in likeness.ends:
        cells = [end.out(far) for far in range(1, FARTHEST + 2)]
        loose = list(takewhile(likeness.loose.__contains__, cells))
        beyond = end.lines.formulas.get(end.out(len(loose) + 1))
        goes_on = end.copy(len(loose) + 1) if beyond is not None else None
        if loose and beyond is not None and goes_on is not None and goes_on.words == beyond.words:
            for far, place in enumerate(loose, 1):
                if _is_of_line(likeness, place, end):
                    yield Odd(place, _expected(likeness, end, far))


def _is_of_line(likeness: Likeness, place: Place, end: End) -> bool:
    """Whether a cell may be held against the line around it: along a row only in a table on its side, or a row of sums."""
    own = likeness.formulas.get(place)
    if end.way == DOWN or own is None or own.shape == likeness.formulas[end.place].shape:
        return True
    return _adds_columns(own) or place[1] not in likeness.copied_columns


def _at_ends(likeness: Likeness) -> Iterator[Odd]:
    """The first or last of a line of copies. Where a whole row is unlike, it is another kind of row."""
    found: dict[tuple[Place, int, int], dict[Place, Odd]] = defaultdict(dict)
    for end in likeness.ends:
        place, expected = end.out(1), end.copy(1)
        if place in likeness.loose and expected is not None and _belongs(likeness, place, expected, end):
            across = place[end.way[1]]
            found[end.way, end.side, across].setdefault(place, Odd(place, _expected(likeness, end, 1)))
    for at_an_end in found.values():
        if len(at_an_end) == 1:
            yield from at_an_end.values()


def _belongs(likeness: Likeness, place: Place, expected: Formula, end: End) -> bool:
    """Whether a cell beside a line of copies is one of the line."""
    own, last = likeness.formulas.get(place), likeness.formulas[end.place]
    if _points(last, place) or _points(own, end.place):
        return False  # one goes on from the other, or sums it up
    if end.way == ALONG:
        return _adds_columns(expected) and _adds_columns(own or expected) and _has_work(likeness, place, expected)
    if likeness.sheet.is_total(place[0]) or likeness.sheet.is_total(end.place[0]):
        return False
    if end.lines is not likeness.written and own is not None and own.shape == last.shape:
        return True  # of the lines that fetch by name
    row = [(place[0], column) for column in range(len(likeness.sheet.grid.rows[place[0]]))]
    return any(likeness.links(each, DOWN, -end.side) for each in row) or _has_work(likeness, place, expected)


def _has_work(likeness: Likeness, place: Place, expected: Formula) -> bool:
    """Whether what the copy would work on here, and not everywhere, are figures of this sheet."""
    sheet = likeness.sheet
    own = [r for r in expected.references if not r.sheet and r.bounds[0] < OWN and r.is_beside(place)]
    return bool(own) and all(sheet.is_figure(each) for reference in own for each in sheet.places(reference))


# -- lines that point hither and thither -------------------------------------------------------------------------------


def _of_other_shape(likeness: Likeness) -> Iterator[Odd]:
    """A formula of another shape than all others of its column, wherever those point."""
    formulas = likeness.formulas
    sizes = Counter((place[1], formula.shape) for place, formula in formulas.items())
    for place in likeness.loose:
        above, own, below = (formulas.get(step(place, DOWN, side)) for side in (-1, 0, 1))
        around = above and below and above.shape == below.shape
        if own and above and around and own.shape != above.shape and sizes[place[1], above.shape] >= FEWEST:
            yield Odd(place, None)


def _beside(likeness: Likeness) -> Iterator[Odd]:
    """Two columns whose formulas are copies of each other in all rows but few: where a row's two are not, one is wrong."""
    pairs: dict[int, list[Place]] = defaultdict(list)
    for place in likeness.formulas:
        if step(place, ALONG) in likeness.formulas:
            pairs[place[1]].append(place)
    for lefts in pairs.values():
        shifts = [likeness.written.shifts.get((left, ALONG)) for left in lefts]
        usual, count = Counter(shifts).most_common(1)[0]
        if usual is not None and count >= max(FEWEST, MOST * len(lefts)):
            for left, shift in zip(lefts, shifts, strict=True):
                if shift != usual and len(usual) == len(likeness.formulas[left].references):
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
    columns: dict[object, list[Place]] = defaultdict(list)
    for place, formula in likeness.formulas.items():
        if formula.references and not likeness.is_regular(place):
            columns[place[1], formula.shape].append(place)
    for places in columns.values():
        words = Counter(likeness.formulas[place].words for place in places)
        twice = [place for place in places if words[likeness.formulas[place].words] > 1]
        if len(places) > FEWEST + 1 and len(twice) == 2:
            yield Odd(twice[0], None, (twice[1],), "raderna, som var och en hämtar sitt,")


def _points(formula: Formula | None, place: Place) -> bool:
    return formula is not None and any(not each.sheet and each.holds(place) for each in formula.references)


def _adds_columns(formula: Formula) -> bool:
    """Whether it works on ranges alone, as the formulas in a row of sums do."""
    return bool(formula.references) and all(reference.is_range for reference in formula.references)
