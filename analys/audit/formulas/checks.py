"""What each check of a sheet's formulas found, as Swedish findings. A value that is right all the same is a note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from openpyxl.utils import get_column_letter

from analys.audit.finding import Code, Finding, Severity
from analys.audit.formulas import pointing, unlike
from analys.audit.formulas.likeness import Likeness
from analys.audit.formulas.pointing import Pointed
from analys.audit.formulas.sheet import Formula, Place, Sheet
from analys.audit.formulas.values import Amount, Values
from analys.register import regions
from analys.swedish import format_number, quantize

#: The decimals of a number format that shows whole numbers or decimals and nothing else.
_FORMAT: Final = re.compile(r"""[#, \u00a0\\]*0(?:\.(0+))?(?:[\\ ]*"?kr"?)?(?:;.*)?""")
#: The decimals of the smallest money: who rounds finer than to the öre rounds away nothing that anybody pays.
_ORE_DECIMALS: Final = 2
#: The parts of a unit that two values may differ by and still be the same: what Excel's own floats leave.
_SAME: Final = Fraction(1, 10**9)


def name(place: Place) -> str:
    """A cell's address."""
    return f"{get_column_letter(place[1] + 1)}{place[0] + 1}"


def names(places: Iterable[Place]) -> str:
    """The addresses of cells; an unbroken line as a range."""
    cells = sorted(places)
    first, last = cells[0], cells[-1]
    area = (last[0] - first[0] + 1) * (last[1] - first[1] + 1)
    return f"{name(first)}:{name(last)}" if len(cells) == area > 2 else ", ".join(map(name, cells))


class Checks:
    """The checks of one sheet."""

    def __init__(self, sheet: Sheet, values: Values) -> None:
        self.sheet, self.values = sheet, values
        self.likeness = Likeness(sheet, values.sheets)

    def findings(self) -> Iterator[Finding]:
        """Everything found, a cell once: what a formula points at tells more than that it is unlike."""
        told: set[Place] = set()
        for found in pointing.short_ranges(self.sheet):
            told.add(found.place)
            yield self._short(found)
        for block in pointing.wrong_wholes(self.likeness):
            told |= {each.place for each in block}
            yield self._whole(block)
        yield from (self._odd(odd) for odd in unlike.odd(self.likeness) if odd.place not in told)
        yield from map(self._other_year, pointing.other_years(self.sheet))
        yield from map(self._hidden, pointing.hidden_in_sums(self.sheet))
        yield from self._shown()

    # -- one kind each -------------------------------------------------------------------------------------------------

    def _odd(self, odd: unlike.Odd) -> Finding:
        actual, formula = self.values.of(self.sheet, odd.place), self.sheet.formulas.get(odd.place)
        right = self._gives(odd.expected)
        cells = (odd.place, *odd.others)
        should = f" Som {odd.why} vore den {odd.expected}{_that_gives(right)}." if odd.expected else ""
        if formula is None:
            text = f"{self._what(odd.place)} {_number(actual)} (cell {name(odd.place)}) är inskrivet bland formler."
            return self._finding(Code.FORMULA_TYPED, cells, text + should, odd.expected, right)
        if odd.others:
            text = f"En av formlerna i {names(cells)} stämmer inte med {odd.why}: {self._formulas(cells)}."
            return self._finding(Code.FORMULA_UNLIKE, cells, text, None, None)
        text = f"Formeln {formula} (cell {name(odd.place)}) är inte som {odd.why}{_that_gives(actual)}."
        return self._finding(Code.FORMULA_UNLIKE, cells, text + should, odd.expected, right)

    def _short(self, found: Pointed) -> Finding:
        right = self._gives(found.expected)
        formula = self.sheet.formulas[found.place]
        text = f"Summan {formula} (cell {name(found.place)}) utelämnar {names(found.cells)}{_that_gives(right, 'med')}."
        return self._finding(Code.FORMULA_RANGE, (found.place, *found.cells), text, found.expected, right)

    def _whole(self, block: list[Pointed]) -> Finding:
        first, places = block[0], tuple(each.place for each in block)
        shares = [self.values.of(self.sheet, place) for place in places]
        total = None if None in shares else sum((share for share in shares if share), Fraction(0))
        told = "" if total is None else f"; de ger tillsammans {format_number(total * 100, 2)} %"
        should = f" Nämnaren ska vara den i {first.expected}." if first.expected else ""
        formula = self.sheet.formulas[first.place]
        text = (
            f"Andelarna i {names(places)} delas inte med hela summan, till exempel {formula} (cell {name(first.place)})"
        )
        right = self._gives(first.expected)
        return self._finding(Code.FORMULA_DENOMINATOR, places, f"{text}{told}.{should}", first.expected, right)

    def _other_year(self, found: Pointed) -> Finding:
        its = self.sheet.heading((found.reference.bounds[0], found.reference.bounds[1]))
        where = f"{self._what(found.place)} ({names(found.cells)})"
        text = f"{where} hämtar från {its}; de andra årens kolumner hämtar inte från så många år innan."
        return self._finding(Code.FORMULA_YEAR, found.cells, text, None, None)

    def _hidden(self, found: Pointed) -> Finding:
        formula = self.sheet.formulas[found.place]
        text = f"Summan {formula} (cell {name(found.place)}) räknar med dolda celler: {names(found.cells)}."
        return self._finding(Code.FORMULA_HIDDEN, (found.place, *found.cells), text, None, None, note=True)

    def _shown(self) -> Iterator[Finding]:
        """Sums that are not what the figures above them show, because those are rounded only to the eye."""
        for each in pointing.sums(self.sheet):
            place, cells = each.place, self.sheet.places(each.reference)
            decimals = {self._decimals(one) for one in (place, *cells)}
            shown = decimals.pop() if len(decimals) == 1 else None
            whole, parts = self.values.of(self.sheet, place), [self.values.of(self.sheet, p) for p in cells]
            if (
                shown is None
                or shown > _ORE_DECIMALS
                or whole is None
                or not any(p in self.sheet.formulas for p in cells)
            ):
                continue
            as_seen = sum((_seen(part, shown) for part in parts if part is not None), Fraction(0))
            if each.formula.words[0] == "SUM(" and as_seen != _seen(whole, shown):
                text = (
                    f"{names(cells)} visas avrundade men räknas oavrundade: de visade talen ger"
                    f" {format_number(as_seen, shown)}, och summan (cell {name(place)}) visas som"
                    f" {format_number(_seen(whole, shown), shown)}."
                )
                yield self._finding(Code.FORMULA_ROUNDING, (place, *cells), text, None, as_seen, note=True)

    def _decimals(self, place: Place) -> int | None:
        cell = self.sheet.cell(place)
        found = _FORMAT.fullmatch(cell.number_format) if cell else None
        return len(found[1] or "") if found else None

    # -- how they are told ---------------------------------------------------------------------------------------------

    def _gives(self, formula: Formula | None) -> Amount:
        return None if formula is None else self.values.gives(self.sheet, formula)

    def _what(self, place: Place) -> str:
        return self.sheet.heading(place) or "Värdet"

    def _formulas(self, places: Iterable[Place]) -> str:
        return " och ".join(str(self.sheet.formulas[place]) for place in places)

    def _finding(
        self,
        code: Code,
        cells: tuple[Place, ...],
        text: str,
        expected: Formula | None,
        right: Amount,
        *,
        note: bool = False,
    ) -> Finding:
        place = cells[0]
        actual = self.values.of(self.sheet, place)
        is_right = right is not None and actual is not None and abs(right - actual) <= _SAME
        code_of_row = self.sheet.municipality(place[0])
        explanation: dict[str, object] = {"cells": [name(each) for each in cells]}
        if expected is not None:
            explanation |= {"formula": str(self.sheet.formulas.get(place, "")), "expected_formula": str(expected)}
        return Finding(
            code,
            Severity.UPPLYSNING if note or is_right else Severity.FEL,
            text + (" Värdet är ändå rätt." if is_right else ""),
            kommunkod=code_of_row,
            kommun=regions()[code_of_row].name if code_of_row else None,
            column=self.sheet.heading(place) or None,
            sheet=self.sheet.grid.name,
            cell=name(place),
            expected=right,
            found=actual,
            explanation=explanation,
            evidence="arbetsbokens formler",
        )


def _seen(value: Fraction, decimals: int) -> Fraction:
    return Fraction(quantize(value, decimals))


def _number(value: Amount) -> str:
    if value is None:
        return "okänt"
    return format_number(value, 0 if value.denominator == 1 else 4)


def _that_gives(value: Amount, word: str = "som ger") -> str:
    return "" if value is None else f", {word} {_number(value)}"
