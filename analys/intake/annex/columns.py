"""What a column holds, told by its heading and, where that leaves it open, by its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from analys.finder.cells import Content, parses, unmarked
from analys.finder.marks import ABOUT_ONE, Size
from analys.intake.annex import headings
from analys.intake.annex.model import Kind
from analys.swedish import PARTS, Number, parse_number

#: What no jointly financed service costs an inhabitant, in kronor.
_MOST_PER_HEAD: Final = 10_000
#: So many decimals have shares that nobody rounded to be read.
_FINE: Final = 4

_FIGURES: Final = frozenset({Kind.POPULATION, Kind.SHARE, Kind.AMOUNT})
_OPEN: Final = frozenset({Kind.OTHER, Kind.NAME})


@dataclass(frozen=True)
class Described:
    """A column before its kind is decided: its heading, its members' cells, and what the texts above speak of."""

    heading: str
    cells: Sequence[Content]
    around: Kind = Kind.OTHER

    @cached_property
    def headed(self) -> Kind:
        return headings.kind_of(self.heading)

    @cached_property
    def numbers(self) -> list[Number]:
        return [
            parse_number(unmarked(cell) if isinstance(cell, str) else cell)
            for cell in self.cells
            if isinstance(cell, Decimal) or (cell is not None and parses(cell))
        ]

    @cached_property
    def values(self) -> list[Decimal]:
        return [number.value for number in self.numbers]

    @cached_property
    def written_unit(self) -> str | None:
        """The unit that most of the cells hold themselves."""
        units = Counter(number.unit for number in self.numbers)
        return units.most_common(1)[0][0] if units else None

    @cached_property
    def is_bare(self) -> bool:
        """Whether most of the cells are numbers without a unit."""
        return self.written_unit is None and 2 * len(self.numbers) > len(self.cells) and bool(self.numbers)

    def adds_to(self, whole: int) -> bool:
        low, high = ABOUT_ONE
        return low * whole < sum(self.values) < high * whole

    @property
    def are_parts(self) -> bool:
        """Whether the numbers are parts of one, though one that is wrong may make them add to less: no amount is less
        than a krona."""
        return self.adds_to(1) or (all(0 <= value <= 1 for value in self.values) and any(self.values))

    @property
    def are_parts_but_one(self) -> bool:
        """Whether all numbers but one are parts of one: a share divided by something else is above one. Per cents of a
        part of a whole are not written so finely."""
        if len(self.values) < 3 or self.adds_to(100):
            return False
        finely = 2 * sum(number.decimals >= _FINE for number in self.numbers) > len(self.numbers)
        return finely and max(self.values) > 1 and sum(self.values) - max(self.values) < 1

    def are_mostly_above(self, most: int) -> bool:
        return 2 * sum(value > most for value in self.values) > len(self.values)

    @property
    def adds_to_a_whole(self) -> bool:
        return self.adds_to(1) or (self.adds_to(100) and headings.may_be_share(self.heading))


def _writes(units: Callable[[str], bool]) -> Callable[[Described], bool]:
    return lambda column: column.written_unit is not None and units(column.written_unit)


#: The kinds that a heading may say, what the cells say against it, and what the column holds then; the first rule wins.
_RULES: Final[Sequence[tuple[frozenset[Kind], Callable[[Described], bool], Kind | None]]] = (
    (frozenset(Kind), lambda column: headings.is_beside(column.heading), None),
    ({*_OPEN, Kind.AMOUNT, Kind.POPULATION}, _writes(PARTS.__contains__), Kind.SHARE),
    ({*_OPEN, Kind.SHARE}, _writes(lambda unit: unit not in PARTS), Kind.AMOUNT),
    (frozenset(Kind), lambda column: not column.is_bare, None),
    (
        {Kind.SHARE},
        lambda column: column.are_mostly_above(1000 if headings.is_per_mille(column.heading) else 100),
        Kind.AMOUNT,
    ),
    ({Kind.PER_HEAD}, lambda column: column.are_mostly_above(_MOST_PER_HEAD), Kind.AMOUNT),
    ({Kind.AMOUNT}, lambda column: headings.stated_unit(column.heading) is not None or min(column.values) < 0, None),
    ({Kind.AMOUNT}, lambda column: column.adds_to_a_whole, Kind.SHARE),
    (
        _OPEN,
        lambda column: headings.may_be_share(column.heading) and (column.are_parts or column.adds_to(100)),
        Kind.SHARE,
    ),
    (_OPEN, lambda column: headings.may_be_amount(column.heading), Kind.AMOUNT),
    (_OPEN, lambda column: headings.is_only_time(column.heading) and column.around is Kind.AMOUNT, Kind.AMOUNT),
    (_OPEN, lambda column: headings.is_only_time(column.heading) and column.around is Kind.POPULATION, Kind.POPULATION),
    (_OPEN, lambda column: headings.is_only_time(column.heading) and column.around is Kind.SHARE, Kind.SHARE),
    ({Kind.NAME}, lambda _: True, Kind.OTHER),
)  # type: ignore[assignment]


def kind_of(column: Described) -> Kind:
    """What a column holds. A unit written in its cells goes before the heading, and so does the size of its figures."""
    for kinds, holds, kind in _RULES:
        if column.headed in kinds and holds(column):
            return kind or column.headed
    return column.headed


def share_unit(column: Described) -> str:
    """Whether bare numbers are per mille, per cent or parts of one: by their sum; the heading settles what that leaves
    open."""
    if column.written_unit in PARTS:
        return str(column.written_unit)
    total = sum(column.values)
    if total > 2 and not column.are_parts_but_one:
        return "‰" if headings.is_per_mille(column.heading) and total > 110 else "%"
    # Of three or more, one that is wrong moves the sum, and per cent would add to a hundred.
    about_one = column.adds_to(1) or column.are_parts_but_one or (len(column.values) > 2 and 2 * total > 1)
    return "%" if headings.is_per_cent(column.heading) and not about_one else "andel"


def size_of(heading: str, unit: str | None) -> Size:
    """What the figures under a heading can be; ``unit`` is what the table says of its money as a whole."""
    sizes = {
        Kind.POPULATION: Size.WHOLE,
        Kind.SHARE: Size.PARTS,
        Kind.PER_HEAD: Size.KRONOR,
        Kind.AMOUNT: Size.KRONOR if (headings.stated_unit(heading) or unit or "kr") == "kr" else Size.THOUSANDS,
    }
    return sizes.get(headings.kind_of(heading), Size.OTHER)
