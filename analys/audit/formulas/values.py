"""What a formula gives, reckoned exactly: as much of Excel's language as annexes use, and nothing where more is needed."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from openpyxl.formula.tokenizer import Token

from analys.audit.formulas.sheet import Formula, Place, Reference, Sheet

Amount = Fraction | None
#: Cells looked up for one book before no more is reckoned: seconds, in a book where every sum starts at the first row.
MOST_CELLS: Final = 1_000_000


class _UnknownError(Exception):
    """Something that is not reckoned here."""


def _rounded(value: Fraction, digits: Fraction, to: Callable[[Fraction], int]) -> Fraction:
    """Away from or towards zero, as Excel does it."""
    scale = Fraction(10) ** int(digits)
    return (1 if value >= 0 else -1) * to(abs(value) * scale) / scale


_OPERATORS: Final[Mapping[str, tuple[int, Callable[[Fraction, Fraction], Fraction | bool]]]] = {
    "=": (0, operator.eq),
    "<>": (0, operator.ne),
    "<": (0, operator.lt),
    ">": (0, operator.gt),
    "<=": (0, operator.le),
    ">=": (0, operator.ge),
    "+": (1, operator.add),
    "-": (1, operator.sub),
    "*": (2, operator.mul),
    "/": (2, operator.truediv),
}
_FUNCTIONS: Final[Mapping[str, Callable[[Sequence[Fraction]], Fraction]]] = {
    "SUM": lambda given: sum(given, Fraction(0)),
    "AVERAGE": lambda given: sum(given, Fraction(0)) / len(given),
    "COUNT": lambda given: Fraction(len(given)),
    "MIN": min,
    "MAX": max,
    "ABS": lambda given: abs(given[0]),
    "INT": lambda given: Fraction(math.floor(given[0])),
    "ROUND": lambda given: _rounded(given[0], given[1], lambda v: math.floor(v + Fraction(1, 2))),
    "ROUNDDOWN": lambda given: _rounded(given[0], given[1], math.floor),
    "ROUNDUP": lambda given: _rounded(given[0], given[1], math.ceil),
}


class Values:
    """The values of a book's cells, each reckoned once."""

    def __init__(self, sheets: Mapping[str, Sheet]) -> None:
        self.sheets = sheets
        self._known: dict[tuple[str, Place], Amount] = {}
        self._looked_up = 0

    def of(self, sheet: Sheet, place: Place) -> Amount:
        """What a cell is, by its formula or as typed; ``None`` where that is not known."""
        key = (sheet.grid.name, place)
        if key not in self._known:
            self._known[key] = None  # a circle gives nothing
            formula = sheet.formulas.get(place)
            reckoned = None if formula is None else self.gives(sheet, formula)
            self._known[key] = sheet.stored(place) if reckoned is None else reckoned
        return self._known[key]

    def gives(self, sheet: Sheet, formula: Formula) -> Amount:
        """What a formula would give in a sheet; ``None`` where that cannot be reckoned."""
        try:
            reader = _Reader(self, sheet, formula)
            result = reader.expression(0)
            return result if reader.at_end else None
        except (_UnknownError, ArithmeticError, ValueError, IndexError, RecursionError):
            return None

    def pointed_at(self, sheet: Sheet, reference: Reference) -> list[Fraction]:
        """The numbers that a reference points at; text and empty cells are none."""
        where = self.sheets.get(reference.sheet_name) if reference.sheet else sheet
        if where is None or self._looked_up > MOST_CELLS:
            raise _UnknownError
        places = where.places(reference)
        self._looked_up += len(places)
        found = []
        for place in places:
            value = self.of(where, place)
            if value is None and place in where.formulas:
                raise _UnknownError
            found += [] if value is None else [value]
        return found


class _Reader:
    """Reads a formula's words from the left, by the rank of its operators."""

    def __init__(self, values: Values, sheet: Sheet, formula: Formula) -> None:
        self._values, self._sheet = values, sheet
        self._pairs = list(zip(formula.words, formula.tokens, strict=True))
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at == len(self._pairs)

    def _next(self) -> tuple[str | Reference, Token]:
        self._at += 1
        return self._pairs[self._at - 1]

    def _token(self) -> Token | None:
        return None if self.at_end else self._pairs[self._at][1]

    def expression(self, rank: int) -> Fraction:
        value = self._operand()
        while (token := self._token()) and token.type == Token.OP_IN:
            its_rank, work = _OPERATORS.get(token.value, (-1, operator.add))
            if its_rank < rank:
                if its_rank < 0:
                    raise _UnknownError
                break
            self._next()
            value = Fraction(work(value, self.expression(its_rank + 1)))
        return value

    def _operand(self) -> Fraction:
        word, token = self._next()
        if token.type == Token.OP_PRE:
            return self._operand() * (-1 if token.value == "-" else 1)
        if isinstance(word, Reference):
            cells = self._values.pointed_at(self._sheet, word)
            if word.is_range:
                raise _UnknownError
            value = cells[0] if cells else Fraction(0)
        elif token.subtype == Token.NUMBER:
            value = Fraction(token.value)
        elif token.type == Token.PAREN:
            value = self.expression(0)
            self._next()
        elif token.type == Token.FUNC:
            value = _function(token.value.rstrip("(").upper(), self._arguments())
        else:
            raise _UnknownError
        while (after := self._token()) and after.type == Token.OP_POST:
            self._next()
            value /= 100
        return value

    def _arguments(self) -> list[Fraction]:
        """The numbers given to a function, ranges laid out."""
        given: list[Fraction] = []
        while True:
            word, token = self._pairs[self._at]
            if token.type == Token.FUNC and token.subtype == Token.CLOSE:
                self._next()
                return given
            if token.type == Token.SEP:
                self._next()
            elif isinstance(word, Reference) and word.is_range:
                self._next()
                given += self._values.pointed_at(self._sheet, word)
            else:
                given.append(self.expression(0))


def _function(name: str, given: list[Fraction]) -> Fraction:
    if name not in _FUNCTIONS:
        raise _UnknownError
    return _FUNCTIONS[name](given)
