"""The annex's sheets: their columns, and the formulas that share, round and bound as the engine does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from analys.evidence import Interval
from analys.export.annex.cells import (
    DATE,
    EXACT,
    KR,
    KR_ORE,
    PERCENT,
    PERSONS,
    YEAR,
    Book,
    Column,
    Formula,
    Grid,
    Input,
    Plain,
)
from analys.reconstruct import outward
from analys.rounding import Mode, Residual, Rounding

START: Final = (
    Column("rubrik", "Läs mig", 26),
    Column("text", "", 80),
    Column("varde", "", 16, KR_ORE),
    Column("till", "", 16, KR_ORE),
    Column("underlag", "", 16),
)
INPUTS: Final = (
    Column("uppgift", "Uppgift", 36),
    Column("avser", "Avser", 24),
    Column("kommunkod", "Kommunkod", 12),
    Column("kommun", "Kommun", 16),
    Column("varde", "Värde", 14, KR_ORE),
    Column("enhet", "Enhet", 11),
    Column("underlag", "Underlag", 17),
    Column("kalla", "Källa", 75),
)
SHARING: Final = (
    Column("fordelning", "Fördelning", 34),
    Column("ar", "År", 7, YEAR),
    Column("kommunkod", "Kommunkod", 12),
    Column("kommun", "Kommun", 16),
    Column("nyckel", "Nyckeltal", 12, PERSONS),
    Column("andel", "Andel", 9, PERCENT),
    Column("exakt_lagst", "Oavrundat, lägst, kr", 15, EXACT),
    Column("exakt_hogst", "Oavrundat, högst, kr", 15, EXACT),
    Column("lagst", "Belopp, lägst, kr", 14, KR_ORE),
    Column("hogst", "Belopp, högst, kr", 14, KR_ORE),
    Column("underlag", "Underlag", 17),
    Column("enligt", "Enligt", 24),
)
PER_HEAD: Final = (
    Column("ar", "År", 7, YEAR),
    Column("enligt", "Enligt", 24),
    Column("kommunkod", "Kommunkod", 12),
    Column("kommun", "Kommun", 16),
    Column("folkmangd", "Folkmängd 31 december", 12, PERSONS),
    Column("lagst", "Kr per invånare, lägst", 12, KR_ORE),
    Column("hogst", "Kr per invånare, högst", 12, KR_ORE),
    Column("fast_lagst", "I {price_year} års priser, lägst", 12, KR_ORE),
    Column("fast_hogst", "I {price_year} års priser, högst", 12, KR_ORE),
    Column("jamn_lagst", "Jämn fördelning, lägst", 12, KR_ORE),
    Column("jamn_hogst", "Jämn fördelning, högst", 12, KR_ORE),
    Column("avvikelse_lagst", "Avvikelse, lägst", 12, KR_ORE),
    Column("avvikelse_hogst", "Avvikelse, högst", 12, KR_ORE),
    Column("underlag", "Underlag", 17),
)
SAVING: Final = (
    Column("enligt", "Enligt", 24),
    Column("kommunkod", "Kommunkod", 12),
    Column("kommun", "Kommun", 16),
    Column("ar", "Slutår", 8, YEAR),
    Column("manader", "Månader utan kostnad", 11, KR),
    Column("del_lagst", "Slutåret, lägst, kr", 14, KR_ORE),
    Column("del_hogst", "Slutåret, högst, kr", 14, KR_ORE),
    Column("helar", "Helår", 8, YEAR),
    Column("helar_lagst", "Helåret, lägst, kr", 14, KR_ORE),
    Column("helar_hogst", "Helåret, högst, kr", 14, KR_ORE),
    Column("underlag", "Underlag", 17),
)
REVIEW: Final = (
    Column("kontroll", "Kontroll", 40),
    Column("avser", "Avser", 36),
    Column("kommun", "Kommun", 16),
    Column("cell", "Cell", 8),
    Column("dokument", "Dokumentets tal", 16, KR_ORE),
    Column("formel", "Enligt formlerna", 16, KR_ORE),
    Column("skillnad", "Skillnad", 14, KR_ORE),
    Column("resultat", "Resultat", 75),
)

#: The columns of ``Fördelning`` that hold unrounded amounts.
EXACT_ENDS: Final = ("exakt_lagst", "exakt_hogst")
SHOWN: Final = {
    "kr": KR_ORE,
    "personer": PERSONS,
    "andel": PERCENT,
    "datum": DATE,
    "månader": KR,
    "": KR,
    "index": KR_ORE,
}


class Inputs:
    """The sheet of inputs: a row each, with its unit, what it rests on and where it stands."""

    def __init__(self, book: Book, own: str) -> None:
        self.book = book
        self.grid = Grid(book, "Underlag", INPUTS, own)

    def add(
        self,
        what: str,
        about: str,
        value: Plain | Formula,
        unit: str,
        underlag: str,
        source: str,
        *,
        place: tuple[str, str] = ("", ""),
        name: str = "",
    ) -> str:
        """Add an input (or a figure worked out from inputs); returns its address. ``place``: the member's code and name.

        ``name`` names the cell.
        """
        shown = replace(value, shown=SHOWN[unit]) if isinstance(value, Formula) else Input(value, SHOWN[unit])
        row = self.grid.add([what, about, *place, shown, unit, underlag, source])
        if name:
            self.book.name(name, self.grid, "varde", row)
        return self.grid.ref(row, "varde")


@dataclass(frozen=True)
class Lines:
    """Where a block of members' rows lies: the first and last row, and the row of their sum."""

    first: int
    last: int

    @property
    def total(self) -> int:
        return self.last + 1


def rounded(numerator: str, divisor: int, rounding: Rounding) -> str:
    """The formula that rounds ``numerator / divisor`` kronor to the rule's unit by its mode.

    ``numerator`` is a formula whose value is a whole number of kronor (of öre, where those are the unit) times the
    divisor, so that one division alone decides which way an amount falls.
    """
    step = Fraction(int(rounding.unit), 100)
    quotient = f"({numerator})/{divisor}" if divisor != 1 else f"({numerator})"
    units = quotient if step <= 1 else f"{quotient}/{_plain(step)}"
    whole = {
        Mode.HALF_UP: f"ROUND({units},0)",
        Mode.FLOOR: f"INT(ROUND({units},7))",
        Mode.UP: f"-INT(-ROUND({units},7))",
        Mode.HALF_EVEN: f"IF(ROUND(MOD({units},2),9)=0.5,INT({units}),ROUND({units},0))",
    }[rounding.mode]
    if step < 1:
        return f"{whole}/100"
    return whole if step == 1 else f"{whole}*{_plain(step)}"


def _plain(value: Fraction) -> str:
    return f"{float(value):g}"


def low(formula: str, decimals: int = 6) -> str:
    """Two decimals, downwards; what a binary fraction misses by counts for nothing."""
    return f"INT(ROUND(({formula})*100,{decimals}))/100"


def high(formula: str, decimals: int = 6) -> str:
    """Two decimals, upwards."""
    return f"-INT(-ROUND(({formula})*100,{decimals}))/100"


def bounds(interval: Interval, formulas: Iterable[str], *, decimals: int = 6) -> tuple[Formula, Formula]:
    """The formulas of an interval's two ends with two decimals, outwards; of a point, the same rounded value twice."""
    (first, last), ends = formulas, outward(interval)
    if interval.is_point:
        return Formula(f"ROUND({first},2)", ends[0]), Formula(f"ROUND({last},2)", ends[1])
    return Formula(low(first, decimals), ends[0]), Formula(high(last, decimals), ends[1])


@dataclass(frozen=True)
class Sharing:
    """One cost that is shared by a rule: all that the sheet ``Fördelning`` needs of it.

    ``cost``: a formula in kronor; ``weights``: an address each; ``amounts_ore`` and ``parts``: the engine's.
    """

    label: str
    year: int
    cost: str
    cost_kr: Fraction
    members: Sequence[tuple[str, str]]
    weights: Sequence[str]
    values: Sequence[Fraction]
    parts: Sequence[Fraction]
    amounts_ore: Sequence[int]
    rounding: Rounding
    host: int | None
    underlag: str
    source: str


def share(grid: Grid, sharing: Sharing) -> Lines:
    """Write a cost's sharing: a row a member, and their sum."""
    first = grid.row + 1
    lines = Lines(first, first + len(sharing.members) - 1)
    cost, cost_kr = _shared_cost(sharing)
    for place, (code, name) in enumerate(sharing.members):
        row = first + place
        exact = Formula(f"{cost}*{grid.at(row, 'andel')}", cost_kr * sharing.parts[place])
        grid.add(
            [
                sharing.label,
                sharing.year,
                code,
                name,
                Formula(sharing.weights[place], sharing.values[place]),
                Formula(_part(grid, sharing, lines, row), sharing.parts[place]),
                exact,
                Formula(grid.at(row, "exakt_lagst"), exact.value),
                Formula(_amount(grid, sharing, lines, row, place), Fraction(sharing.amounts_ore[place], 100)),
                Formula(grid.at(row, "lagst"), Fraction(sharing.amounts_ore[place], 100)),
                sharing.underlag,
                sharing.source,
            ]
        )
    _sum(grid, sharing, lines)
    return lines


def _part(grid: Grid, sharing: Sharing, lines: Lines, row: int) -> str:
    own, whole = grid.at(row, "nyckel"), f"SUM({grid.span(lines.first, lines.last, 'nyckel')})"
    decimals = sharing.rounding.share_decimals
    if decimals is None:
        return f"{own}/{whole}"
    step = 10**decimals
    if not sharing.rounding.rescaled:
        return f"ROUND({own}*{step}/{whole},0)/{step}"
    keys = grid.span(lines.first, lines.last, "nyckel")
    return f"ROUND({own}*{step}/{whole},0)/SUMPRODUCT(ROUND({keys}*{step}/{whole},0))"


def _amount(grid: Grid, sharing: Sharing, lines: Lines, row: int, place: int) -> str:
    rule = sharing.rounding
    own, keys = grid.at(row, "nyckel"), grid.span(lines.first, lines.last, "nyckel")
    cost = f"ROUND({sharing.cost}*100,0)" if _step(sharing) < 1 else sharing.cost
    if rule.share_decimals is None or rule.rescaled:
        numerator, divisor = f"{cost}*{own}/SUM({keys})", 1
        if rule.rescaled:
            numerator = f"{cost}*{grid.at(row, 'andel')}"
    else:
        divisor = 10**rule.share_decimals
        numerator = f"{cost}*ROUND({grid.at(row, 'andel')}*{divisor},0)"
    if rule.residual is Residual.LARGEST_REMAINDER:
        return _with_largest_remainder(grid, sharing, lines, row)
    own_amount = rounded(numerator, divisor, rule)
    carrier = _carrier(sharing)
    if carrier is None or carrier != place:
        return own_amount
    others = [grid.at(lines.first + n, "lagst") for n in range(len(sharing.members)) if n != place]
    return f"{sharing.cost}-({'+'.join(others)})" if others else sharing.cost


def _carrier(sharing: Sharing) -> int | None:
    """Who carries what rounding leaves: the host, or the largest by key value (the first of several)."""
    if sharing.rounding.residual is Residual.HOST:
        return sharing.host
    if sharing.rounding.residual is Residual.LARGEST_MEMBER:
        return max(range(len(sharing.values)), key=lambda place: (sharing.values[place], -place))
    return None


def _with_largest_remainder(grid: Grid, sharing: Sharing, lines: Lines, row: int) -> str:
    """Floors, and one unit more for the largest remainders; of equal ones the first in order."""
    step = _plain(_step(sharing))
    own, everyone, until = (
        f"{cells}/{step}" if step != "1" else cells
        for cells in (
            grid.at(row, "exakt_lagst"),
            grid.span(lines.first, lines.last, "exakt_lagst"),
            grid.span(lines.first, row, "exakt_lagst"),
        )
    )
    floor, rest = f"INT(ROUND({own},7))", f"ROUND(MOD({own},1),6)"
    larger, equal = (
        f"SUMPRODUCT(--(ROUND(MOD({cells},1),6){sign}{rest}))" for cells, sign in ((everyone, ">"), (until, "="))
    )
    left = f"ROUND(SUMPRODUCT({everyone}),0)-SUMPRODUCT(INT(ROUND({everyone},7)))"
    units = f"{floor}+IF({larger}+{equal}<={left},1,0)"
    return units if step == "1" else f"({units})*{step}"


def _step(sharing: Sharing) -> Fraction:
    """The unit that amounts are rounded to, in kronor."""
    return Fraction(int(sharing.rounding.unit), 100)


def _shared_cost(sharing: Sharing) -> tuple[str, Fraction]:
    """The formula and value of what is handed out: by largest remainders, whole units only."""
    if sharing.rounding.residual is not Residual.LARGEST_REMAINDER:
        return sharing.cost, sharing.cost_kr
    step = _step(sharing)
    whole = sharing.cost_kr // step * step
    return f"INT(ROUND({sharing.cost}/{_plain(step)},6))*{_plain(step)}", whole


def _sum(grid: Grid, sharing: Sharing, lines: Lines) -> None:
    def summed(key: str, values: Sequence[Fraction]) -> Formula:
        return Formula(f"SUM({grid.span(lines.first, lines.last, key)})", sum(values, Fraction(0)))

    amounts = [Fraction(ore, 100) for ore in sharing.amounts_ore]
    exact = [_shared_cost(sharing)[1] * part for part in sharing.parts]
    grid.add(
        [
            sharing.label,
            sharing.year,
            None,
            "Summa",
            summed("nyckel", sharing.values),
            summed("andel", sharing.parts),
            summed("exakt_lagst", exact),
            summed("exakt_hogst", exact),
            summed("lagst", amounts),
            summed("hogst", amounts),
            sharing.underlag,
            sharing.source,
        ],
        bold=True,
    )
