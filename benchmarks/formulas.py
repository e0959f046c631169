"""Does the audit of formulas find planted faults? Mutants of workbooks with live formulas, by eight operators.

    python -m benchmarks.formulas [--scale 1] [--seed 1] [--verbose]

The operators are those of the literature on spreadsheets (Abraham and Erwig's list, as the mutated EUSES books use it):

- AOR: an arithmetic operator for another; ROR: a relational operator for another; FFR: a function for another.
- CRP: a constant for another; CRR: a constant for a reference; RFR: a reference for a neighbouring one.
- CRS: a range that lost its first or last cell; FRC: a formula for a constant, the value that stood there.

A mutant is found when a finding names its cell. The books are the
project's own live annexes, and ones made here: annexes whose shares, amounts and totals are formulas.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import get_column_letter

from analys import documents
from analys.audit.formulas import formula_findings
from analys.documents.model import Cell, Document, Grid
from benchmarks.kinds import world
from benchmarks.table import Row, Run, main, of

LIVE = Path(__file__).resolve().parent.parent / "exports" / "rapporter"
_CELL = re.compile(r"(.*!)?(\$?)([A-Z]{1,3})(\$?)(\d+)")

Change = Callable[[random.Random, Token], str | None]


def _other(choices: str | list[str]) -> Change:
    """One of the choices that is another than the token's own."""
    kinds = choices.split() if isinstance(choices, str) else choices
    return lambda rng, token: rng.choice([c for c in kinds if c != token.value]) if token.value in kinds else None


def _constant(rng: random.Random, token: Token) -> str | None:
    """Another number: one more or less, or twice as much."""
    if token.subtype != Token.NUMBER:
        return None
    number = float(token.value)
    return f"{rng.choice([number + 1, number - 1, number * 2 + 1]):g}"


def _constant_for_reference(rng: random.Random, token: Token) -> str | None:
    return str(rng.randint(2, 900)) if _CELL.fullmatch(token.value) else None


def _neighbour(rng: random.Random, token: Token) -> str | None:
    """A cell beside the one that is pointed at."""
    found = _CELL.fullmatch(token.value)
    if not found:
        return None
    sheet, column_mark, column, row_mark, row = found.groups()
    number = openpyxl.utils.column_index_from_string(column)
    moves = [(0, 1), (0, -1), (1, 0), (-1, 0)]
    across, down = rng.choice([(a, d) for a, d in moves if number + a > 0 and int(row) + d > 0])
    return f"{sheet or ''}{column_mark}{get_column_letter(number + across)}{row_mark}{int(row) + down}"


def _shrunk(rng: random.Random, token: Token) -> str | None:
    """The range without its first or its last row, or column where it lies along a row."""
    first, colon, last = token.value.partition(":")
    start, end = _CELL.fullmatch(first), _CELL.fullmatch(last)
    if not colon or not start or not end or token.subtype != Token.RANGE:
        return None
    down = start[3] == end[3]
    part = 5 if down else 3
    at = [int(each[5]) if down else openpyxl.utils.column_index_from_string(each[3]) for each in (start, end)]
    if at[1] - at[0] < 2:
        return None
    which = rng.randrange(2)
    moved = at[which] + (1, -1)[which]
    pieces = [[each or "" for each in found.groups()] for found in (start, end)]
    pieces[which][part - 1] = str(moved) if down else get_column_letter(moved)
    return ":".join("".join(piece) for piece in pieces)


OPERATORS: dict[str, Change] = {
    "AOR": lambda rng, token: _other("+ - * /")(rng, token) if token.type == Token.OP_IN else None,
    "CRP": _constant,
    "CRR": _constant_for_reference,
    "CRS": _shrunk,
    "FFR": _other(["SUM(", "AVERAGE(", "MIN(", "MAX(", "ROUND(", "ROUNDUP(", "ROUNDDOWN("]),
    "FRC": lambda rng, token: None,
    "RFR": _neighbour,
    "ROR": lambda rng, token: _other("= <> < > <= >=")(rng, token) if token.type == Token.OP_IN else None,
}


def mutant(rng: random.Random, operator: str, cell: Cell) -> Cell | None:
    """The cell with its formula changed by an operator, in one random word that it fits."""
    if operator == "FRC":
        number = cell.value if isinstance(cell.value, int | float) else rng.randint(2, 90_000)
        return replace(cell, formula="", value=number)
    tokens = Tokenizer(f"={cell.formula}").items
    order = list(range(len(tokens)))
    rng.shuffle(order)
    for i in order:
        word = OPERATORS[operator](rng, tokens[i])
        if word is not None and word != tokens[i].value:
            words = [word if k == i else token.value for k, token in enumerate(tokens)]
            return replace(cell, formula="".join(words))
    return None


def mutants(rng: random.Random, document: Document, operator: str, count: int) -> Iterator[tuple[Document, str, Cell]]:
    """So many mutants of a book: the book, the sheet, and the cell that is wrong in it."""
    places = [
        (g, r, c)
        for g, grid in enumerate(document.grids)
        for r, row in enumerate(grid.rows)
        for c, cell in enumerate(row)
        if cell.formula
    ]
    rng.shuffle(places)
    for g, r, c in places:
        grid = document.grids[g]
        changed = mutant(rng, operator, grid.rows[r][c])
        if changed is None:
            continue
        rows = list(grid.rows)
        rows[r] = (*rows[r][:c], changed, *rows[r][c + 1 :])
        grids = list(document.grids)
        grids[g] = replace(grid, rows=tuple(rows))
        yield replace(document, grids=tuple(grids)), grid.name, changed
        count -= 1
        if not count:
            return


def made(rng: random.Random) -> Document:
    """An annex whose shares, amounts, totals and perhaps kronor per inhabitant and last year are formulas.

    As a document: openpyxl stores no values with its formulas, and a book without values is refused when it is opened.
    """
    codes = world.group(rng, rng.randint(4, 25))
    years = rng.choice([1, 1, 2, 3])
    first = rng.choice([2, 4, 6])
    last = first + len(codes) - 1
    total = last + 1
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    headings, sums = ["Kommun"], [rng.choice(["Summa", "Totalt"])]
    typed: dict[int, int] = {}  # the column of a population -> its year
    formulas: dict[int, str] = {}  # the column of a formula -> what each row has
    cost_column = get_column_letter(2 + years * 4 + 1)
    per_head = rng.random() < 0.4
    for k in range(years):
        year, at = 2023 - k, len(headings)
        people, share, amount = (get_column_letter(at + i) for i in (1, 2, 3))
        whole = rng.choice([f"{people}${total}", f"${people}${total}", f"SUM({people}${first}:{people}${last})"])
        headings += [f"Folkmängd {year}", f"Andel {year}", f"Belopp {year + 1} (kr)"]
        typed[at] = year
        formulas[at + 1] = f"={people}{{row}}/{whole}"
        formulas[at + 2] = f"=ROUND(${cost_column}${1 + k}*{share}{{row}},0)"
        sums += [f"=SUM({each}{first}:{each}{last})" for each in (people, share, amount)]
        if per_head:
            headings.append(f"Kr per invånare {year + 1}")
            formulas[at + 3] = f'=IF({people}{{row}}>0,ROUND({amount}{{row}}/{people}{{row}},2),"-")'
            sums.append(f"=ROUND({amount}{total}/{people}{total},2)")
        sheet[f"{cost_column}{1 + k}"] = rng.randint(200, 900) * 1000
    for column, heading in enumerate(headings):
        sheet.cell(first - 1, column + 1, heading)
        sheet.cell(total, column + 1, sums[column])
        for row, code in enumerate(codes, first):
            figure = world.POPULATION[code][typed[column]] if column in typed else world.NAMES[code]
            sheet.cell(row, column + 1, formulas[column].format(row=row) if column in formulas else figure)
    grid = tuple(
        tuple(
            Cell(None, cell.coordinate, formula=str(cell.value)[1:])
            if cell.data_type == "f"
            else Cell(cell.value, cell.coordinate)
            for cell in row
        )
        for row in sheet.iter_rows()
    )
    return Document("made.xlsx", "xlsx", "", (Grid(sheet.title, grid),))


#: Mutants for each operator and kind of book in the published size.
MUTANTS = 60


def rows(run: Run) -> Iterator[Row]:
    """Recall by operator and together, and the findings on what is not mutated."""
    rng, size = random.Random(run.seed), run.of(MUTANTS)
    books = {
        "projektets egna": [documents.open(path) for path in sorted(LIVE.glob("*.xlsx"))],
        "gjorda": [made(rng) for _ in range(size)],
    }
    for name, each in books.items():
        alarms = sum(bool(formula_findings(book)) for book in each)
        yield Row(f"{name} arbetsböcker utan fel, med fynd", "0 %", of(alarms, len(each)))
    for name, each in books.items():
        hits = {operator: _found(rng, operator, each, size, run.verbose) for operator in OPERATORS}
        for operator, told in hits.items():
            yield Row(f"{name}, {operator}: hittade", "", of(sum(told), len(told)))
        every = [hit for told in hits.values() for hit in told]
        yield Row(f"{name}, alla operatorer: hittade", ">= 95 %", of(sum(every), len(every)))


def _found(rng: random.Random, operator: str, books: list[Document], size: int, verbose: bool) -> list[bool]:
    """For each of so many mutants, as many of each book, whether a finding names its cell."""
    told = []
    for book in books:
        for changed, sheet, cell in mutants(rng, book, operator, max(1, size // len(books))):
            findings = [f for f in formula_findings(changed) if f.sheet == sheet]
            told.append(any(cell.place in f.explanation["cells"] for f in findings))
            if verbose and not told[-1]:
                print("MISSED", operator, sheet, cell.place, cell.formula, book.file)
    return told


if __name__ == "__main__":
    main(rows, __doc__)
