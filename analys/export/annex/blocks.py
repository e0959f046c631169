"""Where the amounts of each year and source lie in the sheets, and what the account has of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from analys import population
from analys.account import Account, Amount, Origin
from analys.export.annex.cells import Book, Formula, Grid
from analys.export.annex.formulas import ORE, WHOLE, Outward
from analys.export.annex.shared_cost import Lines
from analys.export.annex.sheets import Inputs
from analys.export.blocks import Measure
from analys.export.case import Case
from analys.export.wording import DOCUMENTED
from analys.figures.sources import official_population

#: The addresses of an amount's low and high end, by the payer's key.
Ends = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Block:
    """Twelve months' amounts of one year by one source: where they lie in ``Fördelning``, and the account's own.

    ``ends``: the amounts as they were charged, or unrounded where they are estimated, and ``rounded`` then as they are
    shown; ``scale`` makes twelve months of them. ``total``: the row of their sum, where there is one.
    """

    year: int
    label: str
    origin: Origin
    amounts: list[Amount]
    ends: Ends
    scale: Fraction = Fraction(1)
    total: int | None = None
    rounded: Ends = field(default_factory=dict)

    @property
    def estimated(self) -> bool:
        return self.origin.is_stated

    @property
    def precision(self) -> Outward:
        """Estimates are rounded, and shown, to the krona; what a document bears to the öre."""
        return WHOLE if self.estimated else ORE

    def of(self, key: str) -> tuple[str, str]:
        """The formulas of a payer's two ends."""
        low, high = self.ends[key]
        if self.scale == 1:
            return low, high
        factor = f"*{self.scale.numerator}/{self.scale.denominator}"
        return f"({low}){factor}", f"({high}){factor}"

    def added(self, amounts: Sequence[Amount]) -> tuple[str, str]:
        """The formulas of several payers' sum."""
        low, high = ("+".join(ends) for ends in zip(*(self.of(amount.payer.key) for amount in amounts), strict=True))
        return low, high


@dataclass
class Sheets:
    """The sheets as they are filled, where their blocks lie, and the cells that give the report's headline values."""

    book: Book
    case: Case
    account: Account
    inputs: Inputs
    sharing: Grid
    blocks: list[Block] = field(default_factory=list)
    places: dict[tuple[Measure, str], tuple[Formula, Formula]] = field(default_factory=dict)
    columns: dict[tuple[str, str], Lines] = field(default_factory=dict)
    statements: dict[str, tuple[str, str]] = field(default_factory=dict)
    populations: dict[tuple[str, int], str] = field(default_factory=dict)

    def block(self, year: int, label: str) -> Block | None:
        """The year's amounts by one source."""
        return next((each for each in self.blocks if (each.year, each.label) == (year, label)), None)

    def ends(self, lines: Lines, payers: Sequence[str], columns: tuple[str, str]) -> Ends:
        """Where the payers' amounts lie in two columns of ``Fördelning``."""
        low, high = columns
        return {
            key: (self.sharing.ref(row, low), self.sharing.ref(row, high))
            for row, key in enumerate(payers, start=lines.first)
        }


def population_cell(sheets: Sheets, code: str, name: str, year: int) -> str:
    """The address of an official population, added to the inputs when it is first asked for."""
    if (code, year) not in sheets.populations:
        sheets.populations[code, year] = sheets.inputs.add(
            "Folkmängd, SCB",
            f"{year}-12-31",
            population.year_end(code, year),
            "personer",
            DOCUMENTED,
            official_population(),
            place=(code, name),
        )
    return sheets.populations[code, year]


def year_end(reference: str) -> int | None:
    """The year whose 31 December a key's figures are of; ``None`` for another day, or a mean of several."""
    try:
        day = dt.date.fromisoformat(reference)
    except ValueError:
        return None
    return day.year if (day.month, day.day) == (12, 31) and day.year <= population.latest_year() else None
