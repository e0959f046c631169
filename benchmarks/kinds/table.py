"""An annex as its maker has it, before it is written: columns of exact figures, totals, and what is said beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

ROUNDINGS = ("half_up", "half_even", "floor", "up")


def rounded(value: Fraction, step: Fraction | int, mode: str) -> Fraction:
    """``value`` to a whole number of ``step``."""
    units = value / step
    below = units.numerator // units.denominator
    rest = units - below
    half = Fraction(1, 2)
    up = {
        "floor": False,
        "up": rest > 0,
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and below % 2 == 1),
    }[mode]
    return (below + up) * Fraction(step)


@dataclass
class Column:
    """One column. ``kind``: population, volume, share, amount or rate (kronor per inhabitant); shares are parts of one.

    ``step`` is what the figures are printed to; ``total`` is ``None`` where none is printed. ``day`` is that of a
    population, ``year`` what an amount is for.
    """

    kind: str
    heading: str
    values: list[Fraction]
    step: Fraction = Fraction(1)
    total: Fraction | None = None
    day: dt.date | None = None
    year: int | None = None

    def add_up(self) -> None:
        """Print the rows' sum, where a total is printed at all."""
        if self.total is not None:
            self.total = sum(self.values, Fraction(0))


@dataclass
class Table:
    """``amount`` is the column that the rule makes; ``key`` the exact parts, or ``None`` where no parts make it.

    ``base`` is what is handed out; ``parameters`` how many figures beside the base the rule takes; ``family`` its name.
    ``section_of`` names each row's section, where there are sections. ``exact`` are the amounts before rounding.
    """

    family: str
    known: bool
    codes: list[str]
    columns: list[Column]
    amount: Column
    exact: list[Fraction]
    mode: str
    base: Fraction
    parameters: int
    base_is_stated: bool
    carries_rest: bool
    notes: list[str] = field(default_factory=list)
    section_of: list[str] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Column]:
        """The columns of a kind, from the left."""
        return [column for column in self.columns if column.kind == kind]

    def drop(self, row: int) -> None:
        """Take a row away from every column; totals stay."""
        self.codes.pop(row)
        for column in self.columns:
            column.values.pop(row)
        if self.section_of:
            self.section_of.pop(row)

    def insert(self, row: int, code: str, figures: list[Fraction]) -> None:
        """Put a row into every column; totals stay."""
        self.codes.insert(row, code)
        for column, figure in zip(self.columns, figures, strict=True):
            column.values.insert(row, figure)
        if self.section_of:
            self.section_of.insert(row, self.section_of[min(row, len(self.section_of) - 1)])


def plain(value: Fraction) -> Decimal | int:
    """A terminating fraction as a cell holds it."""
    return int(value) if value.denominator == 1 else Decimal(value.numerator) / Decimal(value.denominator)
