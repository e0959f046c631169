"""Where the blocks of a reconstructed agreement lie in the sheets, and what the engine makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analys import population
from analys.export.annex.cells import Book, Grid
from analys.export.annex.shared_cost import Lines
from analys.export.annex.sheets import Inputs
from analys.export.case import Case
from analys.export.wording import DOCUMENTED, underlag
from analys.figures.sources import official_population
from analys.reconstruct import Amount, Statement


@dataclass(frozen=True)
class Block:
    """What one source makes of one year: where its rows lie in ``Fördelning``, and the engine's amounts."""

    year: int
    label: str
    lines: Lines
    amounts: Sequence[Amount]
    statement: Statement | None = None

    @property
    def underlag(self) -> list[str]:
        return [underlag(amount.underlag) for amount in self.amounts]


@dataclass
class Sheets:
    """The sheets as they are filled, and where their blocks lie."""

    book: Book
    case: Case
    inputs: Inputs
    sharing: Grid
    blocks: list[Block] = field(default_factory=list)
    columns: dict[tuple[str, str], Lines] = field(default_factory=dict)
    statements: dict[str, tuple[str, str]] = field(default_factory=dict)
    populations: dict[tuple[str, int], str] = field(default_factory=dict)


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
