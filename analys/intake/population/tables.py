"""Where the table is in a sheet or a text, and what its columns hold.

A table is found by its rows, not by its place: rows that name a region and hold a number are the data, the block above
them is the heading (often several rows with merged cells), what stands above that is the title, below it are notes.
What the headings leave open, the cells decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from analys.finder.dates import parse_period
from analys.intake.population import headings
from analys.intake.population.headings import Column, Role
from analys.intake.population.regions import RegionFinder, cell_text, is_code, looks_like_region
from analys.register import Region
from analys.swedish import is_missing, parse_number, plain

Row = Sequence[object]
_SAMPLE: Final = 2_000
_WIDEST: Final = 500
_HEADING_ROWS: Final = 12
#: How many digits of a municipality's code are its county's.
_COUNTY_DIGITS: Final = 2
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*")


@dataclass(frozen=True)
class Grid:
    """The rows of one sheet or text; ``rows[i]`` is row ``numbers[i]`` of the file.

    ``merged`` are (first row, first column, last row, last column) from 0, the first cell holding the value.
    ``problems`` says, by index, what the reader already found wrong with a row; ``is_unended`` that a text has lines,
    but no line end after the last one.
    """

    name: str
    rows: Sequence[Row]
    numbers: Sequence[int]
    merged: Sequence[tuple[int, int, int, int]] = ()
    problems: dict[int, str] = field(default_factory=dict)
    is_text: bool = False
    is_unended: bool = False


@dataclass(frozen=True)
class Table:
    """A table in a grid. ``first`` and ``last`` index its data rows, ``titles`` are the texts above its heading."""

    grid: Grid
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    first: int
    last: int

    def of(self, *roles: Role) -> list[Column]:
        return [column for column in self.columns if column.role in roles]

    @property
    def values(self) -> list[Column]:
        """The columns of population; those called only "2023" or "Antal" when none says more."""
        return self.of(Role.POPULATION) or self.of(Role.VALUE)


def grouping(table: Table, column: Column) -> str:
    """The point or comma that groups the thousands of a column's figures; "" when nothing does.

    There are no parts of persons, so "144.932" is 144 932, provided that no figure of the column is written otherwise.
    """
    rows = table.grid.rows[table.first : table.last + 1]
    figures = [plain(value) for row in rows if isinstance(value := cell(row, column.index), str) and is_number(value)]
    marks = {match[1] if (match := _GROUPED.fullmatch(figure)) else "" for figure in figures if len(figure) > 3}
    return marks.pop() if len(marks) == 1 else ""


def find_table(grid: Grid) -> Table | str:
    """The table of the grid, or why it has none with the population of regions."""
    grid = _with_full_codes(grid)
    name, code = _region_columns(grid)
    regions = [column for column in (code, name) if column is not None]
    data = [at for at, row in enumerate(grid.rows) if _names_region(row, regions) and sum(map(_filled, row)) > 1]
    if not any(_has_number(grid.rows[at], regions) for at in data):
        return "inga rader med en kommun, ett län eller riket och ett tal"
    first, last = data[0], data[-1]
    while first > 0 and _names_region(grid.rows[first - 1], regions):
        first -= 1
    start = _heading_start(grid.rows, first)
    first = _heading_end(grid.rows, start, first, regions)
    table = _described(grid, start, first, last, name, code)
    if table.values and (higher := _above(table, regions)) < first:
        table = _described(grid, min(start, higher), higher, last, name, code)
    if lacking := _missing_headings(grid, start, first, last):
        return lacking
    if headings.are_of_a_ledger(column.heading for column in table.columns):
        return "rubrikerna i en leverantörsreskontra"
    if not table.values:
        named = ", ".join(repr(column.heading[:40]) for column in table.columns if column.heading)
        return f"ingen kolumn med folkmängd bland {named or 'kolumner utan rubriker'}"
    title = " ".join(table.titles)
    if not table.of(Role.POPULATION) and headings.is_only_other_measure(title):
        return f"titeln säger {title[:80]!r}, vilket inte är folkmängden"
    if headings.says_thousands(table.titles):
        return f"titeln säger {title[:80]!r}, och tusental är inget antal personer"
    if headings.is_forecast(table.titles):
        return f"titeln säger {title[:80]!r}, och en prognos är ingen registrerad folkmängd"
    return replace(table, last=_last(table, regions))


def _with_full_codes(grid: Grid) -> Grid:
    """The grid with a municipality's code in one cell, where the county's two digits stand in a column of their own."""
    for at, row in enumerate(grid.rows[:_HEADING_ROWS]):
        roles = [(column, text(row, column)) for column in range(len(row))]
        codes = [column for column, heading in roles if headings.role_of(heading) is Role.CODE]
        counties = [column for column in codes if headings.says_county(text(row, column))]
        if len(codes) == 2 and len(counties) == 1:
            (county,), (own,) = counties, set(codes) - set(counties)
            joined = [_joined_code(below, county, own) for below in grid.rows[at + 1 :]]
            known = [below for below in joined if below is not None]
            return replace(grid, rows=[*grid.rows[: at + 1], *known]) if len(known) == len(joined) else grid
    return grid


def _joined_code(row: Row, county: int, own: int) -> Row | None:
    """The row with the whole code in its own column; ``None`` where the two are no parts of one."""
    digits = text(row, county), text(row, own)
    if not any(digits):
        return row
    if not all(part.isdigit() and len(part) <= _COUNTY_DIGITS for part in digits):
        return None
    whole = "".join(part.zfill(_COUNTY_DIGITS) for part in digits).removesuffix("00")
    return [whole if column == own else value for column, value in enumerate(row)] if is_code(whole) else None


def _missing_headings(grid: Grid, start: int, first: int, last: int) -> str:
    """What to say of a text with fewer headings than columns: each may stand above another's figures."""
    headed = max((len(row) for row in grid.rows[start:first]), default=0)
    filled = [max((at for at, value in enumerate(row, start=1) if _filled(value)), default=0) for row in grid.rows]
    width, _ = Counter(filled[first : last + 1]).most_common(1)[0]
    if not grid.is_text or not headed or width <= headed:
        return ""
    return f"{headed} rubriker över {width} kolumner: en har fallit bort, och de andra kan stå över fel tal"


def _last(table: Table, regions: Sequence[int]) -> int:
    """The last row that names a region or holds a figure, or is joined to those and fills a column of population.

    In text any line joined to them is a row, perhaps cut off; in a sheet a lone cell there is a note.
    """
    rows = table.grid.rows
    last = table.last
    for at in range(len(rows) - 1, last, -1):
        if _names_region(rows[at], regions) or _has_figure(table, rows[at], regions):
            last = at
            break
    for row in rows[last + 1 :]:
        cells = row if table.grid.is_text else [cell(row, column.index) for column in table.values]
        if not any(map(_filled, cells)):
            break
        last += 1
    return last


def _described(grid: Grid, start: int, first: int, last: int, name: int | None, code: int | None) -> Table:
    """The table with heading rows ``start`` to ``first`` and data rows ``first`` to ``last``."""
    titles = tuple(cell_text(value)[:500] for row in grid.rows[:start][-20:] for value in row if _filled(value))
    joined = enumerate(_joined(_fill_merged(grid, start, first)))
    columns = [headings.describe(at, text, headings.day_named(titles)) for at, text in joined]
    columns = [_settled(grid, column, name, code, first, last) for column in columns]
    return _with_values(Table(grid, titles, tuple(columns), first, last))


def cell(row: Row, column: int) -> object:
    """The cell, or "" beyond the row's end."""
    return row[column] if column < len(row) else ""


def text(row: Row, column: int) -> str:
    return cell_text(cell(row, column)) if _filled(cell(row, column)) else ""


def is_number(value: object) -> bool:
    """Whether the cell holds a number, as a number or as Swedish text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    if not isinstance(value, str) or len(value) > 40 or not any(letter.isdigit() for letter in value):
        return False
    if _GROUPED.fullmatch(plain(value)):
        return True
    try:
        return parse_number(value).unit is None
    except ValueError:
        return False


def _filled(value: object) -> bool:
    return value is not None and value != "" and (not isinstance(value, str) or bool(value.strip()))


def _is_region(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return looks_like_region(cell_text(value)) if not isinstance(value, str) or len(value) < 80 else False


def _names_region(row: Row, columns: Iterable[int]) -> bool:
    return any(_is_region(cell(row, column)) for column in columns)


def _has_number(row: Row, regions: Sequence[int]) -> bool:
    return any(is_number(value) or value in (".", "..") for at, value in enumerate(row) if at not in regions)


def _region_columns(grid: Grid) -> tuple[int | None, int | None]:
    """The column of names (perhaps with codes in the same cell), and the column of codes; either may be missing."""
    rows = grid.rows
    if len(rows) > 3 * _SAMPLE:
        rows = [*rows[:_SAMPLE], *rows[_SAMPLE : -_SAMPLE : len(rows) // _SAMPLE], *rows[-_SAMPLE:]]
    names: dict[int, set[str]] = {}
    codes: dict[int, set[str]] = {}
    numbers: Counter[int] = Counter()
    for row in rows:
        for at, value in enumerate(row[:_WIDEST]):
            if isinstance(value, bool) or not isinstance(value, str | int | float) or not _filled(value):
                continue
            content = cell_text(value)
            numbers[at] += content.replace(" ", "").isdigit()
            if _is_region(value):
                (codes if is_code(content) else names).setdefault(at, set()).add(content)
    # Of two with as many names, such as one row a county, the one that does not say it holds counties.
    name = max(names, key=lambda at: (len(names[at]), not _holds_counties(grid.rows, at), -at), default=None)
    roles = {at: _roles_above(grid.rows, at) for at in codes}
    likely = [at for at in codes if Role.CODE in roles[at]]
    if not likely:
        likely = [
            at
            for at in codes
            if not roles[at] & {Role.POPULATION, Role.VALUE, Role.PERIOD}
            and sum(is_code(text(row, at)) for row in rows) * 10 >= numbers[at] * 8
            and (name is None or _codes_agree(rows, at, name))
        ]
    others = (at for at in likely if at != name)
    code = max(others, key=lambda at: (len(codes[at]), not _holds_counties(grid.rows, at), -at), default=None)
    return name, code


def _holds_counties(rows: Sequence[Row], column: int) -> bool:
    """Whether a text near the top of a column, were it its heading, says that counties stand there."""
    near = (text(row, column) for row in rows[:30] if sum(map(_filled, row)) > 1)
    return any(headings.says_county(found) for found in near if found)


def _roles_above(rows: Sequence[Row], column: int) -> set[Role]:
    """What the texts near the top of a column would make it, were they its heading; a text alone is a title."""
    near = (cell(row, column) for row in rows[:30] if sum(map(_filled, row)) > 1)
    texts = (value for value in near if isinstance(value, str) and not is_number(value))
    return {headings.role_of(text) for text in texts if _filled(text)} - {Role.OTHER}


def _codes_agree(rows: Sequence[Row], code: int, name: int) -> bool:
    """Whether most codes of a column are those of the names beside them; the years 2021 and 2023 are codes too."""
    finder = RegionFinder(suggest=False)
    pairs = [(text(row, code), text(row, name)) for row in rows]
    found = [finder.find(*pair) for pair in pairs if is_code(pair[0]) and looks_like_region(pair[1])]
    return sum(isinstance(region, Region) for region in found) * 2 > len(found)


def _heading_start(rows: Sequence[Row], first: int) -> int:
    """The index of the heading's first row: the block above the data, without the one-cell rows on top of it."""
    start = first
    while start > 0 and first - start < _HEADING_ROWS and any(map(_filled, rows[start - 1])):
        start -= 1
    if start == first and first > 0:  # empty rows between heading and data
        above = next((at for at in range(first - 1, -1, -1) if any(map(_filled, rows[at]))), None)
        return first if above is None else _heading_start(rows, above + 1)
    while start < first and len({cell_text(value) for value in rows[start] if _filled(value)}) < 2:
        start += 1
    lowest = next((value for value in rows[first - 1] if _filled(value)), "") if start == first > 0 else ""
    # A single word just above the data may still be a heading: exports leave the names of their first columns out.
    return start - 1 if isinstance(lowest, str) and headings.role_of(lowest) is not Role.OTHER else start


def _heading_end(rows: Sequence[Row], start: int, first: int, regions: Sequence[int]) -> int:
    """The index after the heading's last row: a row below the first one that fills a region column with anything but
    a heading is data, if damaged."""
    for at in range(start + 1, first):
        texts = [text(rows[at], column) for column in regions]
        if any(found and headings.role_of(found) not in (Role.NAME, Role.CODE) for found in texts):
            return at
    return first


def _fill_merged(grid: Grid, start: int, first: int) -> list[list[object]]:
    """The heading's rows with the value of merged cells, and of a group's first column, in each of their cells."""
    width = min(max(map(len, grid.rows)), _WIDEST)
    filled = [[cell(row, column) for column in range(width)] for row in grid.rows[start:first]]
    for top, left, bottom, right in grid.merged:
        if start <= top < first:
            for at in range(top, min(bottom + 1, first)):
                for column in range(left, min(right + 1, width)):
                    filled[at - start][column] = cell(grid.rows[top], left)
    _fill_groups(filled)
    return filled or [[""] * width]


def _fill_groups(rows: list[list[object]]) -> None:
    """Database exports write "Folkmängd" once, above the first of its years, and merge nothing."""
    for at, row in enumerate(rows[:-1]):
        has_more = [any(_filled(below[column]) for below in rows[at + 1 :]) for column in range(len(row))]
        for column in range(1, len(row)):
            if not _filled(row[column]) and has_more[column] and has_more[column - 1]:
                row[column] = row[column - 1]


def _joined(rows: Sequence[Row]) -> list[str]:
    """One heading a column: its texts from the top down, each once."""
    return [
        " ".join(dict.fromkeys(cell_text(value) for value in column if _filled(value)))
        for column in zip(*rows, strict=True)
    ]


def _settled(grid: Grid, column: Column, name: int | None, code: int | None, first: int, last: int) -> Column:
    """The column's role where its cells say more than its heading does."""
    if column.index in (name, code):
        return replace(column, role=Role.NAME if column.index == name else Role.CODE)
    if column.role in (Role.NAME, Role.CODE):
        return replace(column, role=Role.OTHER)
    if column.heading and column.role not in (Role.OTHER, Role.VALUE):
        return column
    cells = [value for row in grid.rows[first : last + 1][:_SAMPLE] if _filled(value := cell(row, column.index))]
    if not cells:
        return column
    if headings.is_contents(cells):
        return replace(column, role=Role.CONTENTS)
    if column.role is Role.VALUE:
        return column

    def all_are(test: Callable[[object], bool]) -> bool:
        return all(map(test, cells))

    if all_are(lambda value: isinstance(value, str)) and headings.are_sexes(map(str, cells)):
        return replace(column, role=Role.BREAKDOWN, dimension="kon")
    if not column.heading and all_are(lambda value: parse_period(value) is not None):
        return replace(column, role=Role.PERIOD)
    return column


def _with_values(table: Table) -> Table:
    """When no heading speaks of population: the only column of numbers, if there is just one and it has no heading.
    One with a heading of its own counts something else, unless a title, the sheet's name or a column of measures says
    population."""
    if table.values:
        return table
    rows = table.grid.rows[table.first : table.last + 1][:_SAMPLE]
    candidates = [column for column in table.of(Role.OTHER) if _holds_figures(rows, column)]
    announced = _announces_population(table, rows)
    if announced:
        candidates = [column for column in candidates if not headings.is_other_measure(column.heading)]
    if len(candidates) != 1 or (candidates[0].heading and not announced):
        return table
    chosen = candidates[0]
    columns = (replace(column, role=Role.VALUE) if column is chosen else column for column in table.columns)
    return replace(table, columns=tuple(columns))


def _holds_figures(rows: Sequence[Row], column: Column) -> bool:
    """Whether most cells are numbers, and not those that number the rows."""
    cells = [value for row in rows if not is_missing(value := cell(row, column.index))]
    texts = [cell_text(value) for value in cells]
    if len(texts) > 1 and any(texts == [str(at) for at in range(start, start + len(texts))] for start in (0, 1)):
        return False
    return sum(map(is_number, cells)) * 2 > len(cells)


def _announces_population(table: Table, rows: Sequence[Row]) -> bool:
    measures = (text(row, column.index) for column in table.of(Role.CONTENTS) for row in rows)
    return any(map(headings.mentions_population, (*table.titles, table.grid.name, *measures)))


def _has_figure(table: Table, row: Row, regions: Sequence[int]) -> bool:
    """Whether a row holds a figure where the population stands. Years alone are a heading, unless something that is
    no heading stands where the region should."""
    if not any(is_number(cell(row, column.index)) for column in table.values):
        return False
    named = [found for column in regions if (found := text(row, column))]
    if any(headings.role_of(found) not in (Role.NAME, Role.CODE) for found in named):
        return True
    return not all(parse_period(value) for value in row if is_number(value))


def _above(table: Table, regions: Sequence[int]) -> int:
    """The first of the rows with a figure that stand just above the first known region."""
    first = table.first
    while first > 0 and _has_figure(table, table.grid.rows[first - 1], regions):
        first -= 1
    return first
