"""What an annex's totals exceed its rows by, and whether somebody's part explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np

from analys.audit import population
from analys.audit.inputs import Inputs, vectors
from analys.intake.annex import Annex, Column, Kind

#: What shares rounded to tenths of a per cent may lose of an amount: one part of so many.
_SHARES_LOSE: Final = 500
#: Figures that lie this far from their line, as a part of the typical one, follow no population.
_LOOSE: Final = 0.05


@dataclass(frozen=True)
class Gap:
    """What a column's total exceeds its rows by, and how much of that rounding can explain: of the amounts alone
    (``tight``), and of the shares before them (``slack``).

    ``line``: the fixed part and the part per head that the rows show, ``None`` where they follow no population.
    """

    column: Column
    gap: Fraction
    tight: Fraction
    slack: Fraction
    values: tuple[Fraction, ...]
    line: tuple[float, float] | None

    @property
    def whole(self) -> Fraction:
        """The printed total."""
        return sum(self.values, self.gap)

    def leaves_out(self, positions: Sequence[int]) -> bool:
        """Whether the total is that of all rows but these, which are too large to be a matter of rounding."""
        of_rows = sum((self.values[k] for k in positions), Fraction(0))
        return any(abs(self.gap + of_rows) <= slack < of_rows / 2 for slack in (self.tight, self.slack))

    def miss(self, lacking: Sequence[int], positions: Sequence[int] = ()) -> float:
        """How far the total is from counting those who lack a row (their populations) and not these rows, in ``slack``;
        infinite where the rows do not tell what somebody without a row would take."""
        if self.line is None:
            return float("inf")
        fixed, per_head = self.line
        due = fixed * len(lacking) + per_head * sum(lacking)
        of_rows = float(sum((self.values[k] for k in positions), Fraction(0)))
        return abs(float(self.gap) + of_rows - due) / float(self.slack)


@dataclass(frozen=True)
class Gaps:
    """An annex's rows that count (``kept``), with what the totals of its columns exceed them by.

    ``populations`` holds (inputs, the figures as printed or corrected, the gap) for each way to read each column of
    populations that has a total; ``others`` are the columns of shares and amounts that have one.
    """

    annex: Annex
    kept: tuple[int, ...]
    others: tuple[Gap, ...]
    populations: tuple[tuple[Inputs, tuple[int, ...], int], ...]

    @cached_property
    def present(self) -> frozenset[str]:
        return frozenset(member.municipality.code for member in self.annex.members)

    @cached_property
    def home(self) -> str:
        """The county of most rows."""
        return Counter(code[:2] for code in self.present).most_common(1)[0][0]

    @cached_property
    def is_of_one_county(self) -> bool:
        """Whether all rows but at most one, of four or more, are of the same county."""
        away = sum(code[:2] != self.home for code in self.present)
        return away == 0 or (away == 1 and len(self.present) > 4)

    def people(self, stated: Inputs) -> dict[str, int]:
        """The populations of the municipalities without a row, at the date of the column."""
        year = population.as_known(stated.date).year if stated.date else population.years()[-1]
        table = population.year_ends().get(year, {})
        return {code: people for code, people in table.items() if len(code) == 4 and code not in self.present}

    def are_alike(self) -> bool:
        """Whether all the other columns, two or more, lack the same part of their totals."""
        part = self.others[0].gap / self.others[0].whole if self.others and self.others[0].whole else Fraction(0)
        alike = (abs(each.gap - part * each.whole) <= each.slack + part * each.whole / 200 for each in self.others)
        return len(self.others) > 1 and part > 0 and all(alike)

    def bear_out(self, people: int, count: int) -> bool:
        """Whether the other columns lack what so many who together have that population would take; where they follow
        no population, whether they lack the same part."""
        parts = [people // count] * (count - 1)
        follow = any(each.line for each in self.others)
        return self.miss([*parts, people - sum(parts)]) <= 2 if follow else self.are_alike()

    def miss(self, lacking: Sequence[int], positions: Sequence[int] = ()) -> float:
        """How far the nearest of the other columns' totals is from such a change; 0 where there are none."""
        return min((each.miss(lacking, positions) for each in self.others), default=0.0)


def gaps(annex: Annex, inputs: Sequence[Inputs], repeated: Sequence[int], right: Mapping[str, Fraction]) -> Gaps:
    """The gaps of all columns that have totals. ``right``: cell -> what a share or amount should be, where it is known
    to be wrong."""
    kept = tuple(i for i in range(len(annex.members)) if i not in repeated)
    populations = []
    for stated in inputs:
        if total := annex.own_total(stated.column):
            populations += [(stated, w, int(total) - sum(w[i] for i in kept)) for w in vectors(stated)]
    people = [inputs[0].corrected[i] for i in kept] if inputs else []
    return Gaps(annex, kept, tuple(_others(annex, kept, right, people)), tuple(populations))


def _others(annex: Annex, kept: Sequence[int], right: Mapping[str, Fraction], people: Sequence[int]) -> Iterator[Gap]:
    for column in (*annex.of_kind(Kind.SHARE), *annex.of_kind(Kind.AMOUNT)):
        total, own = annex.total(column), annex.own_total(column)
        if total is None or own is None:
            continue
        figures = [annex.members[i].figures[column.letter] for i in kept]
        values = tuple(right.get(figure.cell, Fraction(figure.value)) for figure in figures)
        steps = [Fraction(figure.step) for figure in figures]
        if column.kind is Kind.AMOUNT:  # amounts may be rounded to more than they are written to
            round_to = max(
                unit for unit in (1, 10, 100, 1000) if all(value % unit == 0 for value in values) or unit == 1
            )
            steps = [max(step, Fraction(round_to)) for step in steps]
        tight = sum(steps) + Fraction(total.step)
        lost = abs(Fraction(own)) / _SHARES_LOSE if column.kind is Kind.AMOUNT else 0
        yield Gap(column, Fraction(own) - sum(values), tight, tight + lost, values, _line(people, values))


def _line(people: Sequence[int], values: Sequence[Fraction]) -> tuple[float, float] | None:
    """The line through most rows: the medians of what each two of them show, which few wrong figures do not move."""
    if len(people) < 2:
        return None
    x, y = np.array(people, dtype=float), np.array(values, dtype=float)
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] != x[first]
    if not apart.any():
        return None
    per_head = float(np.median((y[second] - y[first])[apart] / (x[second] - x[first])[apart]))
    fixed = float(np.median(y - per_head * x))
    off = np.abs(y - per_head * x - fixed)
    return (fixed, per_head) if np.median(off) <= _LOOSE * np.median(np.abs(y)) else None
