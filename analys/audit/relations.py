"""What a column may be made of the others: a sum, a difference, a multiple, a part, a figure per head, a change.

A relation is worked out for all rows at once, in exact numbers. One that holds for most rows of a column is what the
column is, and the rows beside it are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, permutations, product
from typing import Final

import numpy as np
import numpy.typing as npt

from analys.intake.annex import Annex, Column, Figure, Kind
from analys.swedish import format_number

#: Exact numbers, one a row.
Exact = npt.NDArray[np.object_]

#: The part of the rows that must hold before the others are wrong, and the fewest rows.
_MOSTLY: Final = Fraction(7, 10)
_FEWEST: Final = 3
#: A heading that says what the column is made of: more than half of the rows are enough then, and two at least.
_SAYS: Final = re.compile(r"per inv|per capita|förändr|ökning|minskning|skillnad|differens|avvikelse|netto", re.I)
#: More columns than this are not tried against each other three at a time.
_MANY: Final = 12
#: How many times what rounding leaves open a figure must be, for its share of a sum to be told from chance.
_TELLING: Final = 50
_COUNTED: Final = (Kind.POPULATION, Kind.OTHER)


@dataclass(frozen=True)
class Numbers:
    """A column's figures, and what rounding leaves open of each: half its last digit."""

    column: Column
    values: Exact
    half: Exact

    @classmethod
    def of(cls, column: Column, figures: Iterable[Figure]) -> Numbers:
        values, steps = zip(*((Fraction(each.value), Fraction(each.step)) for each in figures), strict=True)
        halves = [step / 2 for step in steps]
        return cls(column, np.array(values, dtype=object), np.array(halves, dtype=object))

    @property
    def heading(self) -> str:
        return self.column.heading

    @property
    def is_positive(self) -> bool:
        return bool((self.values > 0).all())


@dataclass(frozen=True)
class Related:
    """How a column follows from others: the exact figure of each row, and which rows have it, but for rounding."""

    text: str
    expected: Exact
    hits: npt.NDArray[np.bool_]

    @property
    def is_whole(self) -> bool:
        """Whether every row holds."""
        return bool(self.hits.all())


def _related(own: Numbers, text: str, expected: Exact, slack: Exact) -> Related:
    return Related(text, expected, (abs(own.values - expected) <= slack).astype(bool))


def _of(kinds: Sequence[Kind], others: Sequence[Numbers]) -> list[Numbers]:
    return [each for each in others if each.column.kind in kinds]


# -- one relation each: the column and all others, a candidate for each way that it may be made ------------------------


def _per_head(own: Numbers, others: Sequence[Numbers]) -> Iterator[Related]:
    """An amount for each inhabitant, or for each of something else that is counted."""
    for amount, by in product(_of((Kind.AMOUNT,), others), _of(_COUNTED, others)):
        if by.is_positive:
            slack = 2 * own.half + amount.half / by.values
            yield _related(own, f"{amount.heading} / {by.heading}", amount.values / by.values, slack)


def _change(own: Numbers, others: Sequence[Numbers]) -> Iterator[Related]:
    """A change from one column to another, written as per cent or as a part of one."""
    pairs = chain.from_iterable(permutations(_of((kind,), others), 2) for kind in (Kind.AMOUNT, Kind.POPULATION))
    for (before, after), scale in product(pairs, (1, 100)):
        if before.is_positive:
            expected = scale * (after.values - before.values) / before.values
            yield _related(own, f"förändring från {before.heading} till {after.heading}", expected, own.half)


#: Which columns may be added to, or taken from, each other to make one of a kind.
_ADDED: Final[Mapping[Kind, tuple[tuple[Kind, ...], ...]]] = {
    Kind.AMOUNT: ((Kind.AMOUNT, Kind.OTHER),),
    Kind.OTHER: ((Kind.AMOUNT, Kind.OTHER), (Kind.POPULATION,), (Kind.SHARE,)),
}


def _sums(own: Numbers, others: Sequence[Numbers]) -> Iterator[Related]:
    """The sum of two columns or more that stand together, or the difference of two."""
    for kinds in _ADDED.get(own.column.kind, ((own.column.kind,),)):
        alike = _of(kinds, others)
        if len(alike) > _MANY:
            continue
        for start, end in combinations(range(len(alike) + 1), 2):
            if end - start > 1:
                yield _added(own, alike[start:end])
        for first, second in permutations(alike, 2):
            slack = own.half + first.half + second.half
            yield _related(own, f"{first.heading} − {second.heading}", first.values - second.values, slack)


def _added(own: Numbers, run: Sequence[Numbers]) -> Related:
    text = " + ".join(each.heading for each in run)
    expected, slack = sum(each.values for each in run), own.half + sum(each.half for each in run)
    return _related(own, text, np.asarray(expected), slack)


def _multiple(own: Numbers, others: Sequence[Numbers]) -> Iterator[Related]:
    """Another column of amounts, so many times: with VAT, half, a quarter, or by an index that all rows share."""
    for other in _of((Kind.AMOUNT,), others):
        positive = other.values > 0
        ratios = sorted(own.values[positive] / other.values[positive])
        if ratios:
            times = ratios[len(ratios) // 2].limit_denominator(24)
            slack = own.half + abs(times) * other.half
            yield _related(own, f"{format_number(times, 3)} gånger {other.heading}", times * other.values, slack)


def _shared_by(own: Numbers, others: Sequence[Numbers]) -> Iterator[Related]:
    """The column's own sum, a cost or an income, shared as another column is."""
    for key in _of((Kind.AMOUNT, *_COUNTED), others):
        if key.is_positive and (abs(own.values) >= _TELLING * own.half).all():
            expected = own.values.sum() * key.values / key.values.sum()
            yield _related(own, f"fördelat som {key.heading}", expected, 2 * own.half)


def _by_share(own: Numbers, others: Sequence[Numbers]) -> Iterator[Related]:
    """The column's own sum, by shares that stand beside it."""
    for share in _of((Kind.SHARE,), others):
        yield by_share(own, share)


def by_share(own: Numbers, share: Numbers) -> Related:
    """The amounts as their shares of what they add to, to the krona and the last digit of the shares."""
    whole = own.values.sum()
    return _related(own, f"andelarna i {share.heading}", whole * share.values, 2 * abs(whole) * share.half + 1)


def _part(own: Numbers, others: Sequence[Numbers]) -> Iterator[Related]:
    """Each amount's part of the sum."""
    for amount in _of((Kind.AMOUNT,), others):
        if amount.values.sum() > 0:
            yield _related(own, f"delar av {amount.heading}", amount.values / amount.values.sum(), 2 * own.half)


_Relation = Callable[[Numbers, Sequence[Numbers]], Iterator[Related]]
#: What a column of each kind may be.
_RELATIONS: Final[Mapping[Kind, tuple[_Relation, ...]]] = {
    Kind.POPULATION: (_sums,),
    Kind.SHARE: (_sums, _change, _part),
    Kind.AMOUNT: (_per_head, _sums, _multiple, _change, _by_share),
    Kind.PER_HEAD: (_per_head, _sums),
    Kind.OTHER: (_per_head, _sums, _change, _shared_by),
}
#: Those that hold of the totals as of each row; of the others the total is the sum of the rows.
_OF_RATIOS: Final = (_per_head, _change)


class Relations:
    """What the columns of an annex are made of. ``numbers`` are those with a figure for every member, by letter."""

    def __init__(self, annex: Annex) -> None:
        whole = [column for column in annex.columns if column.kind in _RELATIONS and annex.is_whole(column)]
        self.numbers = {column.letter: Numbers.of(column, annex.values(column)) for column in whole}
        totals = [(column, total) for column in whole if (total := annex.total(column))]
        self._totals = {column.letter: Numbers.of(column, [total]) for column, total in totals}

    def best(self, column: Column) -> Related | None:
        """The relation that the most rows hold of, where all do or so many that the others are wrong."""
        own = self.numbers[column.letter]
        rows, differing = len(own.values), len(set(own.values))
        if rows < 2 or (differing < 2 and column.kind is not Kind.PER_HEAD):
            return None
        found = _candidates(_RELATIONS[column.kind], self.numbers, column)
        best = max(found, key=lambda each: each.hits.sum(), default=None)
        return best if best and (best.is_whole or best.hits.sum() >= _needed(column, rows)) else None

    def holds_of_total(self, column: Column, relation: Related) -> bool:
        """Whether the printed totals follow from each other as the rows do."""
        again = _candidates(_OF_RATIOS, self._totals, column)
        return any(each.text == relation.text and each.is_whole for each in again)


def _candidates(relations: Sequence[_Relation], numbers: Mapping[str, Numbers], column: Column) -> Iterator[Related]:
    """A result, such as a difference, is made of the others; they are not made of it."""
    is_result = _SAYS.search(column.heading) is not None
    beside = [each for each in numbers.values() if each.column != column]
    others = [each for each in beside if is_result or not _SAYS.search(each.heading)]
    return chain.from_iterable(relation(numbers[column.letter], others) for relation in relations)


def _needed(column: Column, rows: int) -> Fraction:
    if _SAYS.search(column.heading):
        return max(Fraction(2), Fraction(rows + 1, 2))
    return max(Fraction(_FEWEST), rows * _MOSTLY)
