"""A cell to its figure: what each kind of column accepts, in which units and how large, and how exactly it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analys.documents.model import Cell
from analys.finder.cells import Content, is_nothing, shown, unmarked
from analys.intake.annex.model import Column, Figure, Kind
from analys.swedish import MONEY, PARTS, UNITS, Number, parse_number

_LONGEST_SHOWN: Final = 40
_PERCENT_FORMAT: Final = re.compile(r"0(?:\.(0+))?\s?\\?%")


@dataclass(frozen=True)
class Accepted:
    """What a kind of column accepts: ``below`` is what no figure of a municipality reaches, in persons, parts of one or
    kronor; ``nothing`` tells whether a dash means zero."""

    noun: str
    units: frozenset[str | None]
    below: int
    negative: bool = False
    whole: bool = False
    nothing: bool = True


_KRONOR: Final = frozenset[str | None](MONEY)
ACCEPTED: Final = {
    Kind.POPULATION: Accepted("ett antal invånare", frozenset({"personer"}), 100_000_000, whole=True, nothing=False),
    Kind.SHARE: Accepted("en andel", frozenset({"andel", *PARTS}), 100),
    Kind.AMOUNT: Accepted("ett belopp", _KRONOR, 10**12, negative=True),
    Kind.PER_HEAD: Accepted("ett belopp per invånare", _KRONOR, 10**12, negative=True),
    Kind.OTHER: Accepted("ett tal", frozenset({None, *UNITS}), 10**12, negative=True),
}


class UnreadableError(Exception):
    """A cell that is not what its column holds: what was expected and found, and what to do."""

    def __init__(self, expected: str, found: str, action: str = "rätta cellen") -> None:
        self.expected, self.found, self.action = expected, found, action
        super().__init__(expected)


def read_figure(cell: Cell, content: Content, column: Column) -> Figure:
    """The figure of a cell. Raises :class:`UnreadableError` where it holds none that the column accepts."""
    accepted, text = ACCEPTED[column.kind], shown(content)
    if is_nothing(content) and accepted.nothing:
        return Figure(cell.place, text, Decimal(0), Decimal(1), None, cell)
    number = _number(cell, content, accepted)
    unit = number.unit or column.unit
    if unit not in accepted.units:
        raise UnreadableError(accepted.noun, repr(text), "rätta talets enhet")
    factor = UNITS.get(unit or "", Decimal(1))
    step = _step(cell, column, number) * factor
    figure = Figure(cell.place, text, number.value * factor, step, number.unit, cell)
    _check(figure, accepted)
    return figure


def _number(cell: Cell, content: Content, accepted: Accepted) -> Number:
    text = shown(content)
    if cell.formula and cell.value is None:
        found = f"formeln ={cell.formula} utan beräknat värde"
        raise UnreadableError(accepted.noun, found, "öppna filen i Excel, räkna om och spara den")
    if content is None:
        raise UnreadableError(accepted.noun, "en tom cell", "skriv talet")
    try:
        return parse_number(unmarked(content) if isinstance(content, str) else content)
    except ValueError as error:
        expected = f"{accepted.noun} i svensk form, som 1 234,50"
        raise UnreadableError(expected, repr(text[:_LONGEST_SHOWN])) from error


def _step(cell: Cell, column: Column, number: Number) -> Decimal:
    """The worth of the last digit: a workbook shows a share with the decimals of its format, whatever it holds."""
    told = _PERCENT_FORMAT.search(cell.number_format)
    if told and column.kind is Kind.SHARE and not isinstance(cell.value, str):
        return Decimal(1).scaleb(-2 - len(told[1] or ""))
    return Decimal(1).scaleb(-number.decimals)


def _check(figure: Figure, accepted: Accepted) -> None:
    shown_text = repr(figure.text) if len(figure.text) < _LONGEST_SHOWN else f"ett tal med {len(figure.text)} siffror"
    if accepted.whole and figure.value != figure.value.to_integral_value():
        raise UnreadableError("ett helt antal invånare", shown_text)
    if figure.value < 0 and not accepted.negative:
        raise UnreadableError(f"{accepted.noun} som inte är negativt" if accepted.whole else "en andel av noll eller mer",
                              shown_text)  # fmt: skip
    if abs(figure.value) >= accepted.below:
        raise UnreadableError(f"{accepted.noun} under {accepted.below}", shown_text)
