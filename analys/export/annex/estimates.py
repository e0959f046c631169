"""What stated payments and costs imply for everybody: the estimated rows of the sheet ``Fördelning``."""

from __future__ import annotations

from fractions import Fraction

from analys.account import Amount, Basis, Origin, total
from analys.account import key as keys
from analys.account.key import Key
from analys.account.stated import Stated
from analys.agreement.question import Weights
from analys.export.annex.blocks import Block, Sheets, population_cell, year_end
from analys.export.annex.cells import Formula, Value
from analys.export.annex.formulas import WHOLE
from analys.export.annex.shared_cost import Lines, key_format
from analys.export.annex.sheets import EXACT_ENDS, SHOWN_ENDS
from analys.export.wording import COMPUTED, DOCUMENTED, ESTIMATED, cited, underlag
from analys.figures.sources import titled


def estimates(sheets: Sheets) -> None:
    """The years that statements head: what each implies for everybody, and for a range that stands beside them."""
    for (year, label), amounts in sheets.account.sources(Basis.TWELVE_MONTHS).items():
        origin = amounts[0].origin
        if not origin.is_stated:
            continue
        (stated,) = (each for each in sheets.account.stated(year, origin) if each.label == label)
        key = keys.agreed(sheets.account.agreement, year)
        cells = stated_cells(sheets, stated)
        if key is None or stated.total is None:
            sheets.blocks.append(Block(year, label, origin, amounts, {a.payer.key: cells for a in amounts}))
            continue
        lines = _estimate(sheets, stated, key, amounts, cells)
        payers = [amount.payer.key for amount in amounts]
        exact, rounded = (sheets.ends(lines, payers, columns) for columns in (EXACT_ENDS, SHOWN_ENDS))
        sheets.blocks.append(Block(year, label, origin, amounts, exact, total=lines.total, rounded=rounded))


def stated_cells(sheets: Sheets, stated: Stated) -> tuple[str, str]:
    """The addresses of a statement's two ends."""
    if stated.label not in sheets.statements:
        source = cited(sheets.case.agreement_id, stated.documents)
        place = (stated.payer.code, stated.payer.name) if stated.payer else ("", "")
        what = {Origin.RANGE: "Betalning per år", Origin.TOTAL: f"Kostnad {stated.year}"}.get(
            stated.origin, f"Betalning {stated.year}"
        )
        ends = {"lägst": stated.kronor.low, "högst (själv inte med)": stated.kronor.high}
        first, last = (
            sheets.inputs.add(f"{what}, {end}", stated.label, value, "kr", DOCUMENTED, source, place=place)
            for end, value in ends.items()
        )
        sheets.statements[stated.label] = (first, last)
    return sheets.statements[stated.label]


def _key_cells(sheets: Sheets, key: Key, amounts: list[Amount]) -> tuple[list[str], list[Fraction]]:
    """The addresses and values of the key figures: official populations where they are the parts, else the parts."""
    of, parts = year_end(key.reference), key.parts or Weights()
    if of is not None and keys.proportions(key.figures) == parts:
        named = [(amount.payer.code, amount.payer.name) for amount in amounts]
        cells = [population_cell(sheets, code, name, of) for code, name in named]
        return cells, [key.figures[amount.payer.key] for amount in amounts]
    source, year = titled(sheets.account.agreement), amounts[0].year
    cells = []
    for amount in amounts:
        payer, part = amount.payer, parts[amount.payer.key]
        place = (payer.code, payer.name)
        cells.append(sheets.inputs.add("Andel enligt nyckeln", str(year), part, "andel", COMPUTED, source, place=place))
    return cells, [parts[amount.payer.key] for amount in amounts]


def _estimate(sheets: Sheets, stated: Stated, key: Key, amounts: list[Amount], ends: tuple[str, str]) -> Lines:
    """What one statement implies for all: its amount times their key figures, divided by its own, or by all of them."""
    grid = sheets.sharing
    lines = Lines(grid.row + 1, grid.row + len(amounts))
    weights: list[Fraction] = []
    if key.parts is None:
        for amount in amounts:
            _values(sheets, stated, amount)
    else:
        cells, values = _key_cells(sheets, key, amounts)
        weights = values
        payers = [amount.payer for amount in amounts]
        whole = f"SUM({grid.span(lines.first, lines.last, 'nyckel')})"
        own = grid.at(lines.first + payers.index(stated.payer), "nyckel") if stated.payer else whole
        for place, amount in enumerate(amounts):
            at = grid.at(lines.first + place, "nyckel")
            exact = [
                Formula(f"{end}*{at}/{own}", value)
                for end, value in zip(ends, (amount.kronor.low, amount.kronor.high), strict=True)
            ]
            part = Formula(f"{at}/{whole}", values[place] / sum(values))
            _row(sheets, stated, amount, [Formula(cells[place], values[place], key_format(values)), part, *exact])
    _sum(sheets, stated, lines, amounts, weights)
    return lines


def _row(sheets: Sheets, stated: Stated, amount: Amount, shared: list[Value]) -> None:
    grid, row = sheets.sharing, sheets.sharing.row + 1
    rounded = WHOLE.bounds(amount.kronor, [grid.at(row, key) for key in EXACT_ENDS])
    payer, label = amount.payer, f"{stated.year} enligt {stated.label}"
    grid.add([label, stated.year, payer.code, payer.name, *shared, *rounded, underlag(amount.underlag), stated.label])


def _values(sheets: Sheets, stated: Stated, amount: Amount) -> None:
    """A row whose parts depend on the cost, so that no formula of one cell gives them."""
    _row(sheets, stated, amount, [None, None, amount.kronor.low, amount.kronor.high])


def _sum(sheets: Sheets, stated: Stated, lines: Lines, amounts: list[Amount], weights: list[Fraction]) -> None:
    grid, whole = sheets.sharing, stated.total or total(amounts)

    def summed(column: str, value: Fraction, shown: str | None = None) -> Formula:
        return Formula(f"SUM({grid.span(lines.first, lines.last, column)})", value, shown)

    shares = (
        [summed("nyckel", sum(weights, Fraction(0)), key_format(weights)), summed("andel", Fraction(1))]
        if weights
        else [None, None]
    )
    exact = [
        summed(column, sum((getattr(each.kronor, end) for each in amounts), Fraction(0)))
        for column, end in zip(EXACT_ENDS, ("low", "high"), strict=True)
    ]
    totals = WHOLE.bounds(whole, [grid.at(lines.total, key) for key in EXACT_ENDS])
    label = f"{stated.year} enligt {stated.label}"
    grid.add([label, stated.year, None, "Summa", *shares, *exact, *totals, ESTIMATED, stated.label], bold=True)
