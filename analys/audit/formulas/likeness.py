"""Cells that are unlike their neighbours: a typed value among formulas, a formula that is no copy of those beside it.

A cell that is a copy of any neighbour is left alone, so that blocks, sections and rows of sums need no rules of their
own; one that is none is told only where the cells around it show what it should be. Formulas are read two ways: as they
stand, and with a reference to another row of the same municipality taken as one to the own row, so that a table may
fetch from another that has its rows in another order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from analys.audit.formulas.lines import ALONG, DIRECTIONS, DOWN, Lines, line, step
from analys.audit.formulas.sheet import Formula, Place, Reference, Sheet, Shift

#: Added to the own row where a municipality's row is read as such: more than any sheet has, so that no other is meant.
OWN: Final = 2**21
#: How many cells on either side are searched for the formulas that a loose cell stands among.
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


class Likeness:
    """How the formulas of one sheet relate to their neighbours."""

    def __init__(self, sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
        self.sheet, self.formulas = sheet, sheet.formulas
        by_name = {place: _by_name(place, formula, sheet, sheets) for place, formula in self.formulas.items()}
        self.written = Lines(self.formulas)
        self.readings = (self.written, Lines(by_name))

    def links(self, place: Place, way: Place, side: int) -> bool:
        """Whether the cell and its neighbour on one side are copies of each other, read in any way."""
        return any(lines.links(place, way, side) for lines in self.readings)

    def is_copy(self, place: Place) -> bool:
        """Whether the cell is a copy of any neighbour."""
        return any(lines.is_copy(place, way) for lines in self.readings for way in DIRECTIONS)

    def odd(self) -> Iterator[Odd]:
        """Every cell that is unlike, once."""
        told: set[Place] = set()
        for find in (self._among, self._at_ends, self._other_shape, self._beside, self._twice):
            for found in find():
                cells = {found.place, *found.others}
                if not told & cells:
                    told |= cells
                    yield found

    @cached_property
    def loose(self) -> list[Place]:
        """Formulas that are copies of no neighbour, and typed figures."""
        places = ((r, c) for r, row in enumerate(self.sheet.grid.rows) for c in range(len(row)))
        return [place for place in places if self.sheet.is_figure(place) and not self.is_copy(place)]

    # -- a cell among copies, or at their end --------------------------------------------------------------------------

    def _among(self) -> Iterator[Odd]:
        """Loose cells between two that are copies of each other."""
        loose = set(self.loose)
        for place in self.loose:
            for way in DIRECTIONS:
                before, after = (self._distance(place, way, side, loose) for side in (-1, 1))
                if before and after and (way == DOWN or self._is_of_row(place, step(place, way, -before))):
                    yield from self._between(place, way, before, after)

    def _is_of_row(self, place: Place, source: Place) -> bool:
        """Whether a cell may be held against its row: of a table on its side, or in a row of sums one that is a sum."""
        own = self.formulas.get(place)
        if own is None or own.shape == self.formulas[source].shape or _adds_columns(own):
            return True
        return not any(
            each.is_copy(there, DOWN) for there in self.formulas if there[1] == place[1] for each in self.readings
        )

    def _distance(self, place: Place, way: Place, side: int, loose: set[Place]) -> int:
        """How many steps away, past other loose cells, the next copy stands; 0 for none."""
        for far in range(1, FARTHEST + 1):
            there = step(place, way, side * far)
            if there not in loose:
                return far if there in self.formulas else 0
        return 0

    def _between(self, place: Place, way: Place, before: int, after: int) -> Iterator[Odd]:
        source, target = step(place, way, -before), step(place, way, after)
        for lines in self.readings:
            expected = lines.expected(source, way, before + after)
            if expected is not None and expected.words == lines.formulas[target].words:
                yield Odd(place, lines.expected(source, way, before) if lines is self.written else None)

    def _at_ends(self) -> Iterator[Odd]:
        """The first or last of a line of copies. Where a whole row is unlike, it is another kind of row."""
        found: dict[tuple[Place, int, int], list[Odd]] = defaultdict(list)
        sides = [(way, side, lines) for way in DIRECTIONS for side in (1, -1) for lines in self.readings]
        for place in self.loose:
            for way, side, lines in sides:
                source = step(place, way, side)
                expected = lines.expected(source, way, -side) if lines.links(source, way, side) else None
                if expected is not None and self._belongs(place, source, expected, way, lines):
                    odd = Odd(place, expected if lines is self.written else None)
                    found[way, side, line(place, way[::-1])].append(odd)
        for at_an_end in found.values():
            if len({odd.place for odd in at_an_end}) == 1:
                yield at_an_end[0]

    def _belongs(self, place: Place, source: Place, expected: Formula, way: Place, lines: Lines) -> bool:
        """Whether a cell beside a line of copies, which ends with ``source``, is one of the line."""
        own, last = self.formulas.get(place), self.formulas[source]
        if _points(last, place) or (own is not None and _points(own, source)):
            return False  # one goes on from the other, or sums it up
        if way == ALONG:
            adds = _adds_columns(expected) and (own is None or _adds_columns(own))
            return adds and self._has_what_it_takes(place, expected)
        if self.sheet.is_total(place[0]) or self.sheet.is_total(source[0]):
            return False
        if lines is not self.written and own is not None and own.shape == last.shape:
            return True  # of the lines that fetch by name
        beside = [(place[0], c) for c in range(len(self.sheet.grid.rows[place[0]])) if c != place[1]]
        return any(self.links(each, way, source[0] - place[0]) for each in beside) or self._has_what_it_takes(
            place, expected
        )

    def _has_what_it_takes(self, place: Place, expected: Formula) -> bool:
        """Whether what the copy would work on here, and not everywhere, are figures of this sheet."""
        near = [r for r in expected.references if r.bounds[0] == place[0] or r.bounds[1] == place[1]]
        own = [reference for reference in near if not reference.sheet and reference.bounds[0] < OWN]
        return bool(own) and all(
            self.sheet.is_figure(each) for reference in own for each in self.sheet.places(reference)
        )

    # -- lines that point hither and thither ---------------------------------------------------------------------------

    def _other_shape(self) -> Iterator[Odd]:
        """A formula of another shape than all others of its column, wherever those point."""
        columns: dict[int, list[Place]] = defaultdict(list)
        for place in self.formulas:
            columns[place[1]].append(place)
        for place in self.loose:
            around = [self.formulas.get(step(place, DOWN, side)) for side in (-1, 1)]
            shapes = {formula.shape for formula in around if formula is not None}
            own = self.formulas.get(place)
            if len(shapes) == 1 and own and own.shape not in shapes and None not in around:
                alike = sum(self.formulas[each].shape in shapes for each in columns[place[1]])
                if alike >= FEWEST:
                    yield Odd(place, None)

    def _beside(self) -> Iterator[Odd]:
        """Two columns whose formulas are copies of each other in all rows but few: where a row's two are not, one is
        wrong."""
        pairs: dict[int, list[Place]] = defaultdict(list)
        for place in self.formulas:
            if step(place, ALONG) in self.formulas:
                pairs[place[1]].append(place)
        for lefts in pairs.values():
            shifts = [self._shift_along(left) for left in lefts]
            usual, count = Counter(shifts).most_common(1)[0]
            if usual is not None and count >= max(FEWEST, MOST * len(lefts)):
                for left, shift in zip(lefts, shifts, strict=True):
                    if shift != usual:
                        yield from self._one_of(left, self.formulas[left].moved(usual))

    def _shift_along(self, left: Place) -> Shift | None:
        first, second = self.formulas[left], self.formulas[step(left, ALONG)]
        return first.shift_to(second) if first.shape == second.shape else None

    def _one_of(self, left: Place, expected: Formula | None) -> Iterator[Odd]:
        """The one of two neighbours in a row that is no copy in its column; both where neither is."""
        loose = [p for p in (left, step(left, ALONG)) if not any(each.is_copy(p, DOWN) for each in self.readings)]
        if len(loose) == 1:
            yield Odd(loose[0], expected if loose[0] != left else None, why="kolumnen bredvid")
        elif loose:
            yield Odd(loose[0], None, (loose[1],), "de andra radernas")

    def _twice(self) -> Iterator[Odd]:
        """Two formulas that fetch the same, in a column where each of the others fetches its own."""
        columns: dict[object, list[Place]] = defaultdict(list)
        for place, formula in self.formulas.items():
            if formula.references and not any(lines.key(place, DOWN) in lines.usual for lines in self.readings):
                columns[place[1], formula.shape].append(place)
        for places in columns.values():
            words = Counter(self.formulas[place].words for place in places)
            twice = [place for place in places if words[self.formulas[place].words] > 1]
            if len(places) > FEWEST + 1 and len(twice) == 2:
                yield Odd(twice[0], None, (twice[1],), "raderna, som var och en hämtar sitt,")


def _points(formula: Formula, place: Place) -> bool:
    return any(not reference.sheet and reference.holds(place) for reference in formula.references)


def _adds_columns(formula: Formula) -> bool:
    """Whether it works on ranges alone, as the formulas in a row of sums do."""
    return bool(formula.references) and all(reference.is_range for reference in formula.references)


def _by_name(place: Place, formula: Formula, sheet: Sheet, sheets: Mapping[str, Sheet]) -> Formula:
    """The formula with each cell of another row of the same municipality taken as one of the own row."""
    own = sheet.municipality(place[0])
    if own is None:
        return formula

    def read(reference: Reference) -> Reference:
        there = sheets.get(reference.sheet_name) if reference.sheet else sheet
        row = reference.bounds[0]
        is_own = there is not None and not reference.is_range and there.municipality(row) == own
        to_own = place[0] + OWN - row
        return reference.moved((to_own, 0, to_own, 0)) if is_own else reference

    words = tuple(read(word) if isinstance(word, Reference) else word for word in formula.words)
    return Formula(words, formula.tokens)
