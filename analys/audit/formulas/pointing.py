"""What formulas point at: sums a row short or over hidden rows, shares of the wrong whole, another year's column."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openpyxl.formula.tokenizer import Token

from analys.audit.formulas.likeness import Likeness
from analys.audit.formulas.sheet import Formula, Place, Reference, Sheet

_SUMS: Final = frozenset({"SUM(", "AVERAGE(", "SUBTOTAL("})
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Pointed:
    """A formula that points at the wrong cells: which ones it should point at, or leave out, and why."""

    place: Place
    reference: Reference
    cells: tuple[Place, ...]
    expected: Formula | None = None


def _replaced(formula: Formula, old: Reference, new: Reference) -> Formula:
    return Formula(tuple(new if word == old else word for word in formula.words), formula.tokens)


def _is_sum(formula: Formula) -> bool:
    return formula.words[0] in _SUMS and formula.tokens[0].subtype == Token.OPEN


def sums(sheet: Sheet) -> Iterator[tuple[Place, Formula, Reference]]:
    """Each formula that adds a column right above it, or a row to its left: its place, itself, and what it adds."""
    for place, formula in sheet.formulas.items():
        for reference in formula.references:
            top, left, bottom, right = reference.bounds
            is_column = left == right == place[1] and bottom < place[0]
            is_row = top == bottom == place[0] and right < place[1]
            if _is_sum(formula) and reference.is_range and not reference.sheet and (is_column or is_row):
                yield place, formula, reference


def short_ranges(sheet: Sheet) -> Iterator[Pointed]:
    """Sums that leave out figures between themselves and what they add, or right before it."""
    for place, formula, reference in sums(sheet):
        top, left, bottom, right = reference.bounds
        down = left == right
        after = (
            [(r, left) for r in range(bottom + 1, place[0])] if down else [(top, c) for c in range(right + 1, place[1])]
        )
        step = (-1, 0) if down else (0, -1)
        before, at = [], (top + step[0], left + step[1])
        while sheet.is_figure(at) and _adds_nothing(sheet, at) and _like_the_first(sheet, at, (top, left)):
            before.append(at)
            at = at[0] + step[0], at[1] + step[1]
        left_out = [p for p in after if sheet.is_figure(p) and _adds_nothing(sheet, p)]
        if left_out == after[: len(left_out)] and (left_out or before):
            cells = [*left_out, *before, (top, left), (bottom, right)]
            rows, columns = [r for r, _ in cells], [c for _, c in cells]
            bounds = (min(rows), min(columns), max(rows), max(columns))
            longer = Reference("", bounds, reference.fixed, is_range=True)
            yield Pointed(place, reference, (*reversed(before), *left_out), _replaced(formula, reference, longer))


def _adds_nothing(sheet: Sheet, place: Place) -> bool:
    """Whether a cell is no sum itself."""
    formula = sheet.formulas.get(place)
    return not sheet.is_total(place[0]) and (formula is None or not _is_sum(formula))


def _like_the_first(sheet: Sheet, place: Place, first: Place) -> bool:
    """Whether a cell before a range is of its kind: typed as its first cell is, or reckoned alike."""
    mine, its = sheet.formulas.get(place), sheet.formulas.get(first)
    if mine is None or its is None:
        return mine is its is None and bool(sheet.texts(place[0])) == bool(sheet.texts(first[0]))
    return mine.shape == its.shape


def hidden_in_sums(sheet: Sheet) -> Iterator[Pointed]:
    """Sums over rows or columns that a reader does not see, with figures in them."""
    for place, formula in sheet.formulas.items():
        for reference in formula.references:
            if reference.sheet or not reference.is_range or not _is_sum(formula):
                continue
            hidden = [
                each
                for each in sheet.places(reference)
                if (each[0] in sheet.grid.hidden_rows or each[1] in sheet.grid.hidden_columns)
                and sheet.is_figure(each)
                and sheet.typed(each) != 0
            ]
            if hidden:
                yield Pointed(place, reference, tuple(hidden))


def wrong_wholes(likeness: Likeness) -> Iterator[list[Pointed]]:
    """Columns of shares of a whole that moves along, that is one of the rows, or that leaves some of the rows out."""
    sheet = likeness.sheet
    lines: dict[tuple[int, tuple[str, ...]], list[Place]] = defaultdict(list)
    for place, formula in sorted(sheet.formulas.items()):
        lines[place[1], formula.shape].append(place)
    for places in lines.values():
        blocks = _blocks(likeness, places)
        for block in blocks:
            found = [each for place in block if (each := _whole(sheet, place, block)) is not None]
            if found and 2 * len(found) > len(block):
                yield found


def _blocks(likeness: Likeness, places: list[Place]) -> Iterator[list[Place]]:
    """Unbroken lines of copies, two cells or more."""
    block: list[Place] = []
    for place in places:
        if block and not (place[0] == block[-1][0] + 1 and likeness.links(block[-1], (1, 0), 1)):
            if len(block) > 1:
                yield block
            block = []
        block.append(place)
    if len(block) > 1:
        yield block


def _whole(sheet: Sheet, place: Place, block: list[Place]) -> Pointed | None:
    """What is wrong with the whole that a share is taken of, where both stand in one column."""
    share = _share(sheet.formulas[place])
    if share is None:
        return None
    part, whole = share
    same_column = part.bounds[1] == whole.bounds[1] == whole.bounds[3] and not part.sheet and not whole.sheet
    if not same_column or part.bounds[0] != place[0]:
        return None
    rows, top, bottom = range(block[0][0], block[-1][0] + 1), whole.bounds[0], whole.bounds[2]
    if whole.is_range:
        return None if top <= rows[0] and rows[-1] <= bottom else Pointed(place, whole, ())
    total = _total_of(sheet, part.bounds[1], rows)
    if total is None or total == whole.bounds[:2] or (top not in rows and whole.bounds[:2] in sheet.formulas):
        return None
    right = Reference("", (*total, *total), (True, True, True, True), is_range=False)
    return Pointed(place, whole, (), _replaced(sheet.formulas[place], whole, right))


def _share(formula: Formula) -> tuple[Reference, Reference] | None:
    """The part and the whole of a formula that is nothing but a share, rounded or not. An amount that is so much of what
    one member pays is none."""
    words = formula.words[1:] if formula.words[0] == "ROUND(" else formula.words
    if len(words) < 3 or words[1] != "/":
        return None
    part, whole = words[0], words[3] if words[2] == "SUM(" else words[2]
    return (part, whole) if isinstance(part, Reference) and isinstance(whole, Reference) and not part.is_range else None


def _total_of(sheet: Sheet, column: int, rows: range) -> Place | None:
    """The sum of a column over rows, below them: a sum by formula, or a figure in a row of sums."""
    for row in range(rows[-1] + 1, min(rows[-1] + 4, len(sheet.grid.rows))):
        formula = sheet.formulas.get((row, column))
        if (formula and _is_sum(formula)) or (sheet.is_total(row) and sheet.is_figure((row, column))):
            return row, column
    return None


def other_years(sheet: Sheet) -> Iterator[Pointed]:
    """Whole columns headed by a year that fetch from another year than the columns of other years do."""
    lags: dict[
        tuple[tuple[str, ...], str, int, str], dict[int, tuple[Counter[int], list[tuple[Place, Reference]]]]
    ] = {}
    for place, formula in sheet.formulas.items():
        heading = sheet.heading(place)
        own = _YEAR.findall(heading)
        if len(own) != 1:
            continue
        for slot, reference in enumerate(formula.references):
            its_heading = sheet.heading(reference.bounds[:2]) if not reference.sheet else ""
            its = _YEAR.findall(its_heading)
            if len(its) != 1 or reference.bounds[1] == place[1]:
                continue
            key = (formula.shape, _YEAR.sub("", heading), slot, _YEAR.sub("", its_heading))
            counts, places = lags.setdefault(key, {}).setdefault(place[1], (Counter(), []))
            counts[int(own[0]) - int(its[0])] += 1
            places.append((place, reference))
    for columns in lags.values():
        lag_of = {column: counts.most_common(1)[0][0] for column, (counts, _) in columns.items()}
        usual = Counter(lag_of.values()).most_common()
        if len(usual) < 2 or usual[0][1] < 2 or usual[0][1] == usual[1][1]:
            continue
        for column, lag in lag_of.items():
            if lag != usual[0][0]:
                place, reference = columns[column][1][0]
                yield Pointed(place, reference, tuple(each for each, _ in columns[column][1]))
