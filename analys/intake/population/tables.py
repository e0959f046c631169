"""Where the table is in a sheet or a text, and what its columns hold.

A table is found by its rows, not by its place: rows that name a region and hold a number are the data, the block above
them is the heading (often several rows with merged cells), what stands above that is the title, below it are notes.
What the headings leave open, the cells decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from analys.finder import marks
from analys.finder.areas import Block
from analys.finder.cells import Content, is_number, shown
from analys.finder.dates import parse_period
from analys.finder.marks import Marks, Size, Written
from analys.intake.population import headings
from analys.intake.population.headings import Column, Role
from analys.intake.population.regions import RegionFinder, is_code, looks_like_region
from analys.register import Region
from analys.swedish import is_missing

Row = Sequence[Content]
_SAMPLE: Final = 2_000
_WIDEST: Final = 500
_HEADING_ROWS: Final = 12
#: A heading stands in one of the first rows; so many of them are asked what a column is.
_TOP_ROWS: Final = 30
_LONGEST_NAME: Final = 80
#: So large a part of a column's whole numbers are codes where no heading says so.
_MOSTLY: Final = 0.8
#: What is put over the regions and the figures that stood in columns; what the figures are the rest must say.
_TURNED_HEADINGS: Final = ("Kommun", "Antal")
#: How many digits of a municipality's code are its county's.
_COUNTY_DIGITS: Final = 2


@dataclass(frozen=True)
class Grid(Block):
    """The rows of one sheet or text; ``rows[i]`` is row ``numbers[i]`` of the file.

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

    def names_region(self, at: int, columns: Iterable[int]) -> bool:
        return any(_is_region(self.at(at, column)) for column in columns)

    def tops(self, column: int) -> Iterator[Content]:
        """What stands near the top of a column, were it a heading; a text alone in its row is a title."""
        near = (at for at in range(min(_TOP_ROWS, len(self.rows))) if len(self.filled(at)) > 1)
        return (cell for at in near if (cell := self.at(at, column)) is not None)


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

    def cells(self, column: int) -> list[Content]:
        """What the column holds in the first data rows."""
        rows = range(self.first, min(self.last + 1, self.first + _SAMPLE))
        return [cell for at in rows if (cell := self.grid.at(at, column)) is not None]


def marks_of(table: Table, column: Column) -> Marks:
    """How a column's figures are written: there are no parts of persons, so "144.932" is 144 932."""
    figures = [table.grid.at(at, column.index) for at in range(table.first, table.last + 1)]
    return marks.decide({column.index: Written(Size.WHOLE, figures)})[column.index]


#: What keeps a table from being one of population, and how that is said.
_REFUSALS: Final[Sequence[tuple[Callable[[Table], bool], str]]] = (
    (
        lambda table: headings.are_of_a_ledger(column.heading for column in table.columns),
        "rubrikerna i en leverantörsreskontra",
    ),
    (lambda table: not table.values, "ingen kolumn med folkmängd bland {columns}"),
    (
        lambda table: not table.of(Role.POPULATION) and headings.is_only_other_measure(" ".join(table.titles)),
        "titeln säger {title!r}, vilket inte är folkmängden",
    ),
    (
        lambda table: headings.says_thousands(table.titles),
        "titeln säger {title!r}, och tusental är inget antal personer",
    ),
    (
        lambda table: headings.is_forecast(table.titles),
        "titeln säger {title!r}, och en prognos är ingen registrerad folkmängd",
    ),
)


def find_table(grid: Grid) -> Table | str:
    """The table of the grid, or why it has none with the population of regions."""
    found = _find_table(grid)
    if isinstance(found, str) and (turned := _with_regions_in_rows(grid)):
        return _find_table(turned)
    return found


def _find_table(grid: Grid) -> Table | str:
    grid = _with_full_codes(grid)
    name, code = _region_columns(grid)
    regions = [column for column in (code, name) if column is not None]
    data = [at for at in range(len(grid.rows)) if grid.names_region(at, regions) and len(grid.filled(at)) > 1]
    if not any(_has_number(grid, at, regions) for at in data):
        return "inga rader med en kommun, ett län eller riket och ett tal"
    first, last = data[0], data[-1]
    while first > 0 and grid.names_region(first - 1, regions):
        first -= 1
    start = _heading_start(grid, first)
    first = _heading_end(grid, start, first, regions)
    table = _described(grid, start, first, last, name, code)
    if table.values and (higher := _above(table, regions)) < first:
        table = _described(grid, min(start, higher), higher, last, name, code)
    return _missing_headings(grid, start, first, last) or _refused(table) or replace(table, last=_last(table, regions))


def _refused(table: Table) -> str:
    said = next((said for holds, said in _REFUSALS if holds(table)), "")
    named = ", ".join(repr(column.heading[:40]) for column in table.columns if column.heading)
    return said.format(columns=named or "kolumner utan rubriker", title=" ".join(table.titles)[:80])


def _with_full_codes(grid: Grid) -> Grid:
    """The grid with a municipality's code in one cell, where the county's two digits stand in a column of their own."""
    for at in range(min(_HEADING_ROWS, len(grid.rows))):
        codes = [column for column, cell in grid.filled(at) if headings.role_of(shown(cell)) is Role.CODE]
        counties = [column for column in codes if headings.says_county(grid.text(at, column))]
        if (len(codes), len(counties)) == (2, 1):
            (county,), (own,) = counties, set(codes) - set(counties)
            joined = [_joined_code(grid, below, county, own) for below in range(at + 1, len(grid.rows))]
            known = [below for below in joined if below is not None]
            return replace(grid, rows=[*grid.rows[: at + 1], *known]) if len(known) == len(joined) else grid
    return grid


def _with_regions_in_rows(grid: Grid) -> Grid | None:
    """The grid with a row for each region of a row of figures, where regions stand over the columns; its rows keep the
    numbers that they have in the file. ``None`` where no row names several regions."""
    for heading in range(min(_HEADING_ROWS, len(grid.rows))):
        across = [at for at, cell in grid.filled(heading) if _is_region(cell) and not shown(cell).isdigit()]
        if len(across) > 1:
            break
    else:
        return None
    labels = [at for at in range(grid.width) if at not in across]
    rows: list[Row] = [*grid.rows[:heading], [*(grid.at(heading, at) for at in labels), *_TURNED_HEADINGS]]
    places = list(range(heading + 1))
    for below in range(heading + 1, len(grid.rows)):
        label = [grid.at(below, at) for at in labels]
        figures = {at: cell for at, cell in grid.filled(below) if at in across}
        turned = [[*label, grid.at(heading, at), grid.at(below, at)] for at in across] if figures else [label]
        rows.extend(turned)
        places.extend([below] * len(turned))
    problems = {at: grid.problems[place] for at, place in enumerate(places) if place in grid.problems}
    return replace(grid, rows=rows, numbers=[grid.numbers[place] for place in places], merged=(), problems=problems)


def _joined_code(grid: Grid, at: int, county: int, own: int) -> Row | None:
    """The row with the whole code in its own column; ``None`` where the two are no parts of one."""
    digits = grid.text(at, county), grid.text(at, own)
    if not any(digits):
        return grid.rows[at]
    whole = "".join(part.zfill(_COUNTY_DIGITS) for part in digits)
    if not whole.isdigit() or len(whole) != 2 * _COUNTY_DIGITS or not is_code(whole.removesuffix("00")):
        return None
    return [*grid.rows[at][:own], whole.removesuffix("00"), *grid.rows[at][own + 1 :]]


def _missing_headings(grid: Grid, start: int, first: int, last: int) -> str:
    """What to say of a text with fewer headings than columns: each may stand above another's figures."""
    headed = max((len(row) for row in grid.rows[start:first]), default=0)
    ends = Counter(max((column for column, _ in grid.filled(at)), default=-1) for at in range(first, last + 1))
    width = ends.most_common(1)[0][0] + 1
    if not grid.is_text or not 0 < headed < width:
        return ""
    return f"{headed} rubriker över {width} kolumner: en har fallit bort, och de andra kan stå över fel tal"


def _last(table: Table, regions: Sequence[int]) -> int:
    """The last row that names a region or holds a figure, or is joined to those and fills a column of population.

    In text any line joined to them is a row, perhaps cut off; in a sheet a lone cell there is a note.
    """
    grid = table.grid
    below = range(len(grid.rows) - 1, table.last, -1)
    last = next((at for at in below if grid.names_region(at, regions) or _has_figure(table, at, regions)), table.last)
    values = {column.index for column in table.values}
    while last + 1 < len(grid.rows) and (filled := {column for column, _ in grid.filled(last + 1)}):
        if not grid.is_text and not filled & values:
            break
        last += 1
    return last


def _described(grid: Grid, start: int, first: int, last: int, name: int | None, code: int | None) -> Table:
    """The table with heading rows ``start`` to ``first`` and data rows ``first`` to ``last``."""
    above = range(max(start - 20, 0), start)
    titles = tuple(shown(cell)[:500] for at in above for _, cell in grid.filled(at))
    day = headings.day_named(titles)
    columns = [headings.describe(at, heading, day) for at, heading in enumerate(_headings(grid, start, first))]
    table = Table(grid, titles, tuple(columns), first, last)
    settled = tuple(_settled(table, column, name, code) for column in columns)
    return _with_values(replace(table, columns=settled))


def _headings(grid: Grid, start: int, first: int) -> list[str]:
    """One heading a column: its texts from the top down, each once, with those of merged cells and of groups."""
    columns = range(min(grid.width, _WIDEST))
    rows = [[grid.spanned(at, column) for column in columns] for at in range(start, first)]
    for at, row in enumerate(rows[:-1]):
        # Database exports write "Folkmängd" once, above the first of its years, and merge nothing.
        has_more = [any(below[column] for below in rows[at + 1 :]) for column in columns]
        for column in columns[1:]:
            if has_more[column] and has_more[column - 1]:
                row[column] = row[column] or row[column - 1]
    return [" ".join(dict.fromkeys(row[column] for row in rows if row[column])) for column in columns]


def _is_figure(cell: Content) -> bool:
    """Whether a cell holds a bare number: people have no unit."""
    return is_number(cell) and shown(cell)[-1].isdigit()


def _is_region(cell: Content) -> bool:
    text = shown(cell)
    return 0 < len(text) < _LONGEST_NAME and looks_like_region(text)


def _has_number(grid: Grid, at: int, regions: Sequence[int]) -> bool:
    return any(_is_figure(cell) or cell in (".", "..") for column, cell in grid.filled(at) if column not in regions)


def _region_columns(grid: Grid) -> tuple[int | None, int | None]:
    """The column of names (perhaps with codes in the same cell), and the column of codes; either may be missing."""
    rows = _sample(len(grid.rows))
    names: dict[int, set[str]] = {}
    codes: dict[int, set[str]] = {}
    whole, coded = Counter[int](), Counter[int]()
    for column, text in ((column, shown(cell)) for at in rows for column, cell in grid.filled(at, beyond=_WIDEST)):
        whole[column] += text.replace(" ", "").isdigit()
        if _is_region(text):
            coded[column] += is_code(text)
            (codes if is_code(text) else names).setdefault(column, set()).add(text)
    name = _fullest(grid, names)
    roles = {column: _roles_above(grid, column) for column in codes}
    headed = [column for column in codes if Role.CODE in roles[column]]
    unheaded = [
        column
        for column in codes
        if not roles[column] & {Role.POPULATION, Role.VALUE, Role.PERIOD}
        if coded[column] >= _MOSTLY * whole[column]
        if name is None or _codes_agree(grid, rows, column, name)
    ]
    likely = headed or unheaded
    return name, _fullest(grid, {column: codes[column] for column in likely if column != name})


def _sample(rows: int) -> Sequence[int]:
    """The first rows, the last, and some of those between."""
    if rows <= 3 * _SAMPLE:
        return range(rows)
    return [*range(_SAMPLE), *range(_SAMPLE, rows - _SAMPLE, rows // _SAMPLE), *range(rows - _SAMPLE, rows)]


def _fullest(grid: Grid, found: dict[int, set[str]]) -> int | None:
    """The column of most regions; of two with as many, such as one row a county, the one that does not say it holds
    counties."""

    def rank(column: int) -> tuple[int, bool, int]:
        counties = any(headings.says_county(shown(cell)) for cell in grid.tops(column))
        return len(found[column]), not counties, -column

    return max(found, key=rank, default=None)


def _roles_above(grid: Grid, column: int) -> set[Role]:
    """What the texts near the top of a column would make it, were they its heading."""
    return {headings.role_of(shown(cell)) for cell in grid.tops(column) if not _is_figure(cell)} - {Role.OTHER}


def _codes_agree(grid: Grid, rows: Iterable[int], code: int, name: int) -> bool:
    """Whether most codes of a column are those of the names beside them; the years 2021 and 2023 are codes too."""
    finder = RegionFinder(suggest=False)
    pairs = [(grid.text(at, code), grid.text(at, name)) for at in rows]
    found = [finder.find(*pair) for pair in pairs if is_code(pair[0]) and looks_like_region(pair[1])]
    return sum(isinstance(region, Region) for region in found) * 2 > len(found)


def _heading_start(grid: Grid, first: int) -> int:
    """The index of the heading's first row: the block above the data, without the one-cell rows on top of it."""
    # Empty rows may part the heading from the data.
    end = next((at + 1 for at in range(first - 1, -1, -1) if grid.filled(at)), 0)
    if end == 0:
        return first
    start = end
    while start > max(end - _HEADING_ROWS, 0) and grid.filled(start - 1):
        start -= 1
    while start < end and len({shown(cell) for _, cell in grid.filled(start)}) < 2:
        start += 1
    # A single word just above the data may still be a heading: exports leave the names of their first columns out.
    lowest = grid.filled(end - 1)[0][1]
    is_heading = start == end and isinstance(lowest, str) and headings.role_of(lowest) is not Role.OTHER
    return start - 1 if is_heading else start


def _heading_end(grid: Grid, start: int, first: int, regions: Sequence[int]) -> int:
    """The index after the heading's last row: a row below the first one that fills a region column with anything but
    a heading is data, if damaged."""
    below = (at for at in range(start + 1, first) if _holds_no_headings(grid, at, regions))
    return next(below, first)


def _holds_no_headings(grid: Grid, at: int, regions: Sequence[int]) -> bool:
    """Whether something that heads no region stands where the region should."""
    texts = (grid.text(at, column) for column in regions)
    return any(headings.role_of(text) not in (Role.NAME, Role.CODE) for text in texts if text)


def _settled(table: Table, column: Column, name: int | None, code: int | None) -> Column:
    """The column's role where its cells say more than its heading does."""
    if column.index in (name, code):
        return replace(column, role=Role.NAME if column.index == name else Role.CODE)
    if column.role in (Role.NAME, Role.CODE):
        return replace(column, role=Role.OTHER)
    cells = table.cells(column.index)
    is_open = not column.heading or column.role in (Role.OTHER, Role.VALUE)
    rule = next((rule for rule in _SETTLED if is_open and cells and rule[0](column, cells)), None)
    return replace(column, role=rule[1], dimension=rule[2]) if rule else column


#: What the cells of a column tell of it, whose heading leaves that open: its role and dimension; the first rule wins.
_SETTLED: Final[Sequence[tuple[Callable[[Column, Sequence[Content]], bool], Role, str]]] = (
    (lambda _, cells: headings.is_contents(cells), Role.CONTENTS, ""),
    (lambda column, _: column.role is Role.VALUE, Role.VALUE, ""),
    (
        lambda _, cells: headings.are_sexes(map(shown, cells)),
        Role.BREAKDOWN,
        "kon",
    ),
    (lambda column, cells: not column.heading and all(map(parse_period, cells)), Role.PERIOD, ""),
)


def _with_values(table: Table) -> Table:
    """When no heading speaks of population: the only column of numbers, if there is just one and it has no heading.
    One with a heading of its own counts something else, unless a title, the sheet's name or a column of measures says
    population."""
    if table.values:
        return table
    measures = (shown(cell) for column in table.of(Role.CONTENTS) for cell in table.cells(column.index))
    announced = any(map(headings.mentions_population, (*table.titles, table.grid.name, *measures)))
    figures = [column for column in table.of(Role.OTHER) if _are_figures(table.cells(column.index))]
    candidates = [column for column in figures if not announced or not headings.is_other_measure(column.heading)]
    chosen = candidates[0] if len(candidates) == 1 else None
    if chosen is None or (chosen.heading and not announced):
        return table
    columns = (replace(column, role=Role.VALUE) if column is chosen else column for column in table.columns)
    return replace(table, columns=tuple(columns))


def _are_figures(cells: Iterable[Content]) -> bool:
    """Whether most cells are numbers, and not those that number the rows."""
    figures = [cell for cell in cells if not is_missing(cell)]
    texts = list(map(shown, figures))
    numbering = [[str(at) for at in range(start, start + len(texts))] for start in (0, 1)]
    return sum(map(_is_figure, figures)) * 2 > len(figures) and (len(texts) < 2 or texts not in numbering)


def _has_figure(table: Table, at: int, regions: Sequence[int]) -> bool:
    """Whether a row holds a figure where the population stands. Years alone are a heading, unless something that is
    no heading stands where the region should."""
    grid = table.grid
    if not any(_is_figure(grid.at(at, column.index)) for column in table.values):
        return False
    numbers = [cell for _, cell in grid.filled(at) if _is_figure(cell)]
    return _holds_no_headings(grid, at, regions) or not all(map(parse_period, numbers))


def _above(table: Table, regions: Sequence[int]) -> int:
    """The first of the rows with a figure that stand just above the first known region."""
    first = table.first
    while first > 0 and _has_figure(table, first - 1, regions):
        first -= 1
    return first
