"""Which formulas of a sheet are copies of each other: all but their references is the same, and those have moved as they
do between the line's other cells. Dollar signs are not asked: a book may write ``$B$3`` in row 3 and ``$B$4`` in row 4.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from analys.audit.formulas.sheet import Formula, Place, Shift

#: Down the rows, and along the columns.
DOWN: Final = (1, 0)
ALONG: Final = (0, 1)
DIRECTIONS: Final = (DOWN, ALONG)


def step(place: Place, way: Place, times: int = 1) -> Place:
    """The cell so many steps on."""
    return place[0] + way[0] * times, place[1] + way[1] * times


def line(place: Place, way: Place) -> int:
    """The column of a cell when going down, its row when going along."""
    return place[way[0]]


_Key = tuple[Place, int, tuple[str, ...]]


@dataclass(frozen=True)
class Lines:
    """The formulas of a sheet, read one way."""

    formulas: Mapping[Place, Formula]

    def key(self, place: Place, way: Place) -> _Key:
        """The formulas that a cell may be a copy of: of its shape, in its line."""
        return way, line(place, way), self.formulas[place].shape

    @cached_property
    def shifts(self) -> dict[tuple[Place, Place], Shift]:
        """(cell, direction) -> how far the references of the next cell lie from its own, where both have one shape."""
        found = {}
        for place, formula in self.formulas.items():
            for way in DIRECTIONS:
                following = self.formulas.get(step(place, way))
                if following is not None and following.shape == formula.shape:
                    found[place, way] = formula.shift_to(following)
        return found

    @cached_property
    def usual(self) -> dict[_Key, Shift]:
        """How the references of each line's formulas mostly move from one cell to the next, where they do."""
        seen: dict[_Key, Counter[Shift]] = defaultdict(Counter)
        for (place, way), shift in self.shifts.items():
            seen[self.key(place, way)][shift] += 1
        mostly = {key: _mostly(counts, key[0]) for key, counts in seen.items()}
        return {key: shift for key, shift in mostly.items() if shift is not None}

    @cached_property
    def between_columns(self) -> dict[_Key, Shift]:
        """How the formulas of a column mostly move to the next column, where several rows have them in both."""
        seen: dict[_Key, Counter[Shift]] = defaultdict(Counter)
        for (place, way), shift in self.shifts.items():
            if way == ALONG:
                seen[self.key(place, DOWN)][shift] += 1
        return {key: counts.most_common(1)[0][0] for key, counts in seen.items() if counts.total() > 2}

    @cached_property
    def linked(self) -> frozenset[tuple[Place, Place]]:
        """(cell, direction) of each cell that the next one is a copy of."""
        return frozenset(
            (place, way)
            for (place, way), shift in self.shifts.items()
            if shift == self.usual.get(self.key(place, way))
            and (way == DOWN or shift == self.between_columns.get(self.key(place, DOWN), shift))
        )

    def links(self, place: Place, way: Place, side: int) -> bool:
        """Whether the cell and its neighbour on one side are copies of each other."""
        return (place if side > 0 else step(place, way, -1), way) in self.linked

    def ends(self) -> Iterator[tuple[Place, Place, int]]:
        """Each cell at an end of a line of copies, the direction, and the side that points out of the line."""
        for place in self.formulas:
            for way in DIRECTIONS:
                sides = [side for side in (1, -1) if self.links(place, way, side)]
                if len(sides) == 1:
                    yield place, way, -sides[0]

    def expected(self, source: Place, way: Place, times: int) -> Formula | None:
        """The formula that a copy of ``source`` has so many steps on."""
        usual = self.usual.get(self.key(source, way)) if source in self.formulas else None
        return None if usual is None else self.formulas[source].moved(usual, times)


def _mostly(counts: Counter[Shift], way: Place) -> Shift | None:
    """The commonest shift, if there is one: of few, only one where every bound stands still or moves one step."""
    shift, count = counts.most_common(1)[0]
    if count > 2 and 2 * count >= counts.total():
        return shift
    plain = Counter({each: seen for each, seen in counts.items() if _is_plain(each, way)})
    (first, most), (_, next_most) = [*plain.most_common(2), (None, 0), (None, 0)][:2]
    return first if most > next_most else None


def _is_plain(shift: Shift, way: Place) -> bool:
    rows, columns = {0, way[0]}, {0, way[1]}
    return all({top, bottom} <= rows and {left, right} <= columns for top, left, bottom, right in shift)
