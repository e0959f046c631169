"""How the formulas of a sheet relate to their neighbours: which are copies, where a line of copies ends, who is loose.

Formulas are read two ways: as they stand, and with a reference to another row of the same municipality taken as one to
the own row, so that a table may fetch from another that has its rows in another order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from analys.audit.formulas.lines import DIRECTIONS, DOWN, Lines, step
from analys.audit.formulas.sheet import Formula, Place, Reference, Sheet

#: Added to the own row where a municipality's row is read as such: more than any sheet has, so that no other is meant.
OWN: Final = 2**21
#: How many loose cells a line may go on beyond.
FARTHEST: Final = 3


@dataclass(frozen=True)
class End:
    """The last cell of a line of copies; ``way`` and ``side`` point out of the line."""

    lines: Lines
    place: Place
    way: Place
    side: int

    def out(self, far: int) -> Place:
        """The cell so far outside the line."""
        return step(self.place, self.way, self.side * far)

    def copy(self, far: int) -> Formula | None:
        """The formula that the line would have there."""
        return self.lines.expected(self.place, self.way, self.side * far)

    def goes_on(self, far: int) -> bool:
        """Whether the formula that far out is the one that the line would have there."""
        beyond = self.lines.formulas.get(self.out(far))
        return beyond is not None and beyond == self.copy(far)


class Likeness:
    """The formulas of one sheet and their neighbours."""

    def __init__(self, sheet: Sheet, sheets: Mapping[str, Sheet]) -> None:
        self.sheet, self.formulas = sheet, sheet.formulas
        by_name = {place: _by_name(place, formula, sheet, sheets) for place, formula in self.formulas.items()}
        self.written = Lines(self.formulas)
        self.readings = (self.written, Lines(by_name))

    def links(self, place: Place, way: Place, side: int) -> bool:
        """Whether the cell and its neighbour on one side are copies of each other, read in any way."""
        return any(lines.links(place, way, side) for lines in self.readings)

    def copied(self, place: Place, way: Place) -> bool:
        """Whether the cell is a copy of a neighbour in a direction."""
        return self.links(place, way, 1) or self.links(place, way, -1)

    def is_regular(self, place: Place) -> bool:
        """Whether the references of the cell's column move as a line's do."""
        return any(lines.key(place, DOWN) in lines.usual for lines in self.readings)

    @cached_property
    def loose(self) -> dict[Place, None]:
        """Formulas that are copies of no neighbour, and typed figures, in reading order."""
        return dict.fromkeys(place for place in self.sheet.figures if not self._is_copy(place))

    def _is_copy(self, place: Place) -> bool:
        return any(self.copied(place, way) for way in DIRECTIONS)

    @cached_property
    def copied_columns(self) -> frozenset[int]:
        """The columns that have copies one under another."""
        return frozenset(place[1] for place in self.formulas if self.copied(place, DOWN))

    @property
    def ends(self) -> Iterator[End]:
        """Both ends of every line of copies."""
        for lines in self.readings:
            for place, way, side in lines.ends():
                yield End(lines, place, way, side)

    def gap(self, end: End) -> range:
        """How far out the loose cells lie between the end of a line and where it goes on; none where it does not."""
        beyond = 1
        while end.out(beyond) in self.loose and beyond <= FARTHEST + 1:
            beyond += 1
        return range(1, beyond) if end.goes_on(beyond) else range(0)

    def shown(self, end: End, far: int) -> Formula | None:
        """What a line would have, for a reader: nothing where it was read by name."""
        return end.copy(far) if end.lines is self.written else None

    def has_work(self, place: Place, copy: Formula) -> bool:
        """Whether what a copy would work on in a cell, and not everywhere, are figures of this sheet."""
        own = [each for each in copy.references if not each.sheet and each.bounds[0] < OWN]
        cells = [cell for each in own if each.is_beside(place) for cell in self.sheet.places(each)]
        return bool(cells) and all(map(self.sheet.is_figure, cells))


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

    return formula.with_references(map(read, formula.references))
