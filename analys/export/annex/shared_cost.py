"""One cost shared by a rule: its rows in the sheet ``Fördelning``, with formulas that share as the engine does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analys.export.annex.cells import EXACT, PERSONS, Formula, Grid
from analys.export.annex.formulas import plain, rounded
from analys.rounding import Residual, Rounding


@dataclass(frozen=True)
class Lines:
    """Where a block of members' rows lies: the first and last row, and the row of their sum."""

    first: int
    last: int

    @property
    def total(self) -> int:
        return self.last + 1


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
                Formula(sharing.weights[place], sharing.values[place], key_format(sharing.values)),
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


def key_format(values: Iterable[Fraction]) -> str:
    """How a block's key figures are shown: as whole ones, or with decimals where any of them is a part."""
    return PERSONS if all(Fraction(value).denominator == 1 for value in values) else EXACT


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
    step = plain(_step(sharing))
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
    return f"INT(ROUND({sharing.cost}/{plain(step)},6))*{plain(step)}", whole


def _sum(grid: Grid, sharing: Sharing, lines: Lines) -> None:
    def summed(key: str, values: Sequence[Fraction], shown: str | None = None) -> Formula:
        return Formula(f"SUM({grid.span(lines.first, lines.last, key)})", sum(values, Fraction(0)), shown)

    amounts = [Fraction(ore, 100) for ore in sharing.amounts_ore]
    exact = [_shared_cost(sharing)[1] * part for part in sharing.parts]
    grid.add(
        [
            sharing.label,
            sharing.year,
            None,
            "Summa",
            summed("nyckel", sharing.values, key_format(sharing.values)),
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
