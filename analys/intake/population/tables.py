"""Where the table is in a sheet or a text, and what its columns hold.

A table is found by its rows, not by its place: rows that name a region and hold a number are the data, the block above
them is the heading (often several rows with merged cells), what stands above that is the title, below it are notes.
What the headings leave open, the cells decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from typing import Final

from analys.finder import marks
from analys.finder.areas import Block, unfolded
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
#: Titles stand in so many rows above the headings.
_TITLE_ROWS: Final = 20
#: So large a part of a column's whole numbers are codes where no heading says so.
_MOSTLY: Final = 0.8
#: What is put over the regions and the figures that stood in columns; what the figures are the rest must say.
_UNFOLDED_HEADINGS: Final = ("Kommun", "Antal")
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
        return any(looks_like_region(self.text(at, column)) for column in columns)

    def tops(self, column: int) -> list[str]:
        """The texts near the top of a column, were they its heading; a text alone in its row is a title."""
        near = [at for at in range(min(_TOP_ROWS, len(self.rows))) if len(self.filled(at)) > 1]
        return [self.text(at, column) for at in near if not _is_figure(self.at(at, column))]


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

    @cached_property
    def regions(self) -> list[int]:
        return [column.index for column in self.of(Role.CODE, Role.NAME)]

    @cached_property
    def values(self) -> list[Column]:
        """The columns of population; those called only "2023" or "Antal" when none says more."""
        return self.of(Role.POPULATION) or self.of(Role.VALUE)

    @cached_property
    def marks(self) -> dict[int, Marks]:
        """How the figures of each column are written: there are no parts of persons, so "144.932" is 144 932."""
        rows = range(self.first, self.last + 1)
        columns = {column.index: [self.grid.at(at, column.index) for at in rows] for column in self.values}
        return {at: marks.decide({at: Written(Size.WHOLE, cells)})[at] for at, cells in columns.items()}

    def cells(self, column: int) -> list[Content]:
        """What the column holds in the first data rows."""
        rows = range(self.first, min(self.last + 1, self.first + _SAMPLE))
        return [cell for at in rows if (cell := self.grid.at(at, column)) is not None]

    def has_figure(self, at: int) -> bool:
        """Whether a row holds a figure where the population stands. Years alone are a heading, unless something that is
        no heading stands where the region should."""
        if not any(_is_figure(self.grid.at(at, column.index)) for column in self.values):
            return False
        numbers = [cell for _, cell in self.grid.filled(at) if _is_figure(cell)]
        return _heads_no_region(self.grid, at, self.regions) or not all(map(parse_period, numbers))


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
    found = _find_table(_with_full_codes(grid))
    heads = (at for at in range(min(_HEADING_ROWS, len(grid.rows))) if len(_regions_across(grid, at)) > 1)
    if isinstance(found, Table) or (head := next(heads, None)) is None:
        return found
    places, rows = unfolded(grid, head, _regions_across(grid, head), _UNFOLDED_HEADINGS)
    problems = {at: grid.problems[place] for at, place in enumerate(places) if place in grid.problems}
    numbers = [grid.numbers[place] for place in places]
    return _find_table(replace(grid, rows=rows, numbers=numbers, merged=(), problems=problems))


def _regions_across(grid: Grid, at: int) -> list[int]:
    """The columns of a row that name regions."""
    return [at for at, cell in grid.filled(at) if looks_like_region(shown(cell)) and not shown(cell).isdigit()]


def _find_table(grid: Grid) -> Table | str:
    roles = _region_columns(grid)
    data = [at for at in range(len(grid.rows)) if grid.names_region(at, roles) and len(grid.filled(at)) > 1]
    if not any(_has_number(grid, at, roles) for at in data):
        return "inga rader med en kommun, ett län eller riket och ett tal"
    first, last = _joined_above(data[0], lambda at: grid.names_region(at, roles)), data[-1]
    start = _heading_start(grid, first)
    # A row below the first that fills a region column with anything but a heading is data, if damaged.
    first = next((at for at in range(start + 1, first) if _heads_no_region(grid, at, roles)), first)
    table = _described(grid, start, first, last, roles)
    higher = _joined_above(first, table.has_figure)
    if higher < first:
        table = _described(grid, min(start, higher), higher, last, roles)
    return _missing_headings(grid, start, first, last) or _refused(table) or replace(table, last=_last(table))


def _joined_above(first: int, belongs: Callable[[int], bool]) -> int:
    """The first of the rows just above a row that belong to it."""
    return min(takewhile(belongs, range(first - 1, -1, -1)), default=first)


def _refused(table: Table) -> str:
    said = next((said for holds, said in _REFUSALS if holds(table)), "")
    named = ", ".join(repr(column.heading[:40]) for column in table.columns if column.heading)
    return said.format(columns=named or "kolumner utan rubriker", title=" ".join(table.titles)[:80])


def _with_full_codes(grid: Grid) -> Grid:
    """The grid with a municipality's code in one cell, where the county's two digits stand in a column of their own."""
    for at in range(min(_HEADING_ROWS, len(grid.rows))):
        codes = [column for column, cell in grid.filled(at) if headings.role_of(shown(cell)) is Role.CODE]
        codes.sort(key=lambda column: not headings.says_county(grid.text(at, column)))
        if [headings.says_county(grid.text(at, column)) for column in codes] == [True, False]:
            joined = [_joined_code(grid, below, *codes) for below in range(at + 1, len(grid.rows))]
            known = [row for row in joined if row is not None]
            return replace(grid, rows=[*grid.rows[: at + 1], *known]) if len(known) == len(joined) else grid
    return grid


def _joined_code(grid: Grid, at: int, county: int, own: int) -> Row | None:
    """The row with the whole code in its own column; ``None`` where the two are no parts of one."""
    digits = grid.text(at, county), grid.text(at, own)
    if not any(digits):
        return grid.rows[at]
    code = "".join(part.zfill(_COUNTY_DIGITS) for part in digits).removesuffix("00")
    if any(len(part) > _COUNTY_DIGITS for part in digits) or not is_code(code):
        return None
    return [*grid.rows[at][:own], code, *grid.rows[at][own + 1 :]]


def _missing_headings(grid: Grid, start: int, first: int, last: int) -> str:
    """What to say of a text with fewer headings than columns: each may stand above another's figures."""
    headed = max((len(row) for row in grid.rows[start:first]), default=0)
    ends = Counter(max((column for column, _ in grid.filled(at)), default=-1) for at in range(first, last + 1))
    width = ends.most_common(1)[0][0] + 1
    if not grid.is_text or not 0 < headed < width:
        return ""
    return f"{headed} rubriker över {width} kolumner: en har fallit bort, och de andra kan stå över fel tal"


def _last(table: Table) -> int:
    """The last row that names a region or holds a figure, or is joined to those and fills a column of population.

    In text any line joined to them is a row, perhaps cut off; in a sheet a lone cell there is a note.
    """
    grid, end = table.grid, len(table.grid.rows)
    values = {column.index for column in table.values}

    def is_joined(at: int) -> bool:
        filled = {column for column, _ in grid.filled(at)}
        return bool(filled if grid.is_text else filled & values)

    below = (
        at for at in range(end - 1, table.last, -1) if grid.names_region(at, table.regions) or table.has_figure(at)
    )
    last = next(below, table.last)
    return max(takewhile(is_joined, range(last + 1, end)), default=last)


def _described(grid: Grid, start: int, first: int, last: int, roles: dict[int, Role]) -> Table:
    """The table with heading rows ``start`` to ``first`` and data rows ``first`` to ``last``; ``roles`` are those of the
    columns of regions."""
    above = range(max(start - _TITLE_ROWS, 0), start)
    titles = tuple(shown(cell)[:500] for at in above for _, cell in grid.filled(at))
    day = headings.day_named(titles)
    columns = [headings.describe(at, heading, day) for at, heading in enumerate(_headings(grid, start, first))]
    table = Table(grid, titles, tuple(columns), first, last)
    settled = tuple(_settled(table, column, roles) for column in columns)
    return _with_values(replace(table, columns=settled))


def _headings(grid: Grid, start: int, first: int) -> list[str]:
    """One heading a column: its texts from the top down, each once, with those of merged cells and of groups."""
    columns = range(min(grid.width, _WIDEST))
    rows = [[grid.spanned(at, column) for column in columns] for at in range(start, first)]
    for at, row in enumerate(rows[:-1]):
        # Database exports write "Folkmängd" once, above the first of its years, and merge nothing.
        has_more = [any(below) for below in zip(*rows[at + 1 :], strict=True)]
        for column in columns[1:]:
            if has_more[column] and has_more[column - 1]:
                row[column] = row[column] or row[column - 1]
    return [" ".join(dict.fromkeys(row[column] for row in rows if row[column])) for column in columns]


def _is_figure(cell: Content) -> bool:
    """Whether a cell holds a bare number: people have no unit."""
    return is_number(cell) and shown(cell)[-1].isdigit()


def _has_number(grid: Grid, at: int, regions: Iterable[int]) -> bool:
    return any(_is_figure(cell) or cell in (".", "..") for column, cell in grid.filled(at) if column not in regions)


def _region_columns(grid: Grid) -> dict[int, Role]:
    """The column of names (perhaps with codes in the same cell), and the column of codes; either may be missing."""
    rows = _sample(len(grid.rows))
    texts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for at in rows:
        for column, cell in grid.filled(at, beyond=_WIDEST):
            texts[column][shown(cell)] += 1
    regions = {column: [text for text in seen if looks_like_region(text)] for column, seen in texts.items()}
    codes = {column: set(filter(is_code, found)) for column, found in regions.items()}
    name = _fullest(grid, {column: set(found) - codes[column] for column, found in regions.items()})
    roles = {column: set(map(headings.role_of, grid.tops(column))) for column in texts if codes[column]}
    headed = [column for column in roles if Role.CODE in roles[column]]
    unheaded = [
        column
        for column in roles
        if not roles[column] & {Role.POPULATION, Role.VALUE, Role.PERIOD}
        if _are_mostly(codes[column], texts[column])
        if name is None or _codes_agree(grid, rows, column, name)
    ]
    code = _fullest(grid, {column: codes[column] for column in headed or unheaded if column != name})
    return {at: role for at, role in ((code, Role.CODE), (name, Role.NAME)) if at is not None}


def _are_mostly(codes: Iterable[str], texts: Counter[str]) -> bool:
    """Whether most whole numbers of a column are codes."""
    whole = sum(count for text, count in texts.items() if text.replace(" ", "").isdigit())
    return sum(texts[code] for code in codes) >= _MOSTLY * whole


def _sample(rows: int) -> Sequence[int]:
    """The first rows, the last, and some of those between."""
    if rows <= 3 * _SAMPLE:
        return range(rows)
    return [*range(_SAMPLE), *range(_SAMPLE, rows - _SAMPLE, rows // _SAMPLE), *range(rows - _SAMPLE, rows)]


def _fullest(grid: Grid, found: dict[int, set[str]]) -> int | None:
    """The column of most regions; of two with as many, such as one row a county, the one that does not say it holds
    counties."""

    def rank(column: int) -> tuple[int, bool, int]:
        return len(found[column]), not any(map(headings.says_county, grid.tops(column))), -column

    return max((column for column in found if found[column]), key=rank, default=None)


def _codes_agree(grid: Grid, rows: Iterable[int], code: int, name: int) -> bool:
    """Whether most codes of a column are those of the names beside them; the years 2021 and 2023 are codes too."""
    finder = RegionFinder(suggest=False)
    pairs = [(grid.text(at, code), grid.text(at, name)) for at in rows]
    found = [finder.find(*pair) for pair in pairs if is_code(pair[0]) and looks_like_region(pair[1])]
    return sum(isinstance(region, Region) for region in found) * 2 > len(found)


def _heading_start(grid: Grid, first: int) -> int:
    """The index of the heading's first row: the block above the data, without the one-cell rows on top of it."""
    # Empty rows may part the heading from the data.
    lowest = next((at for at in range(first - 1, -1, -1) if grid.filled(at)), None)
    if lowest is None:
        return first
    block = list(takewhile(grid.filled, range(lowest, max(lowest - _HEADING_ROWS, -1), -1)))
    several = (at for at in reversed(block) if len({shown(cell) for _, cell in grid.filled(at)}) > 1)
    # A single word just above the data may still be a heading: exports leave the names of their first columns out.
    _, alone = grid.filled(lowest)[0]
    is_heading = isinstance(alone, str) and headings.role_of(alone) is not Role.OTHER
    return next(several, lowest if is_heading else lowest + 1)


def _heads_no_region(grid: Grid, at: int, regions: Iterable[int]) -> bool:
    """Whether something that heads no region stands where the region should."""
    texts = (grid.text(at, column) for column in regions)
    return any(headings.role_of(text) not in (Role.NAME, Role.CODE) for text in texts if text)


def _settled(table: Table, column: Column, roles: dict[int, Role]) -> Column:
    """The column's role where its cells say more than its heading does."""
    if column.index in roles or column.role in (Role.NAME, Role.CODE):
        return replace(column, role=roles.get(column.index, Role.OTHER))
    cells = table.cells(column.index)
    is_open = not column.heading or column.role in (Role.OTHER, Role.VALUE)
    rule = next((rule for rule in _SETTLED if is_open and cells and rule[0](column, cells)), None)
    return replace(column, role=rule[1], dimension=rule[2]) if rule else column


#: What the cells of a column tell of it, whose heading leaves that open: its role and dimension; the first rule wins.
_SETTLED: Final[Sequence[tuple[Callable[[Column, Sequence[Content]], bool], Role, str]]] = (
    (lambda _, cells: headings.is_contents(cells), Role.CONTENTS, ""),
    (lambda column, _: column.role is Role.VALUE, Role.VALUE, ""),
    (lambda _, cells: headings.are_sexes(map(shown, cells)), Role.BREAKDOWN, "kon"),
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
    if len(candidates) != 1 or (candidates[0].heading and not announced):
        return table
    columns = (replace(column, role=Role.VALUE) if column in candidates else column for column in table.columns)
    return replace(table, columns=tuple(columns))


def _are_figures(cells: Iterable[Content]) -> bool:
    """Whether most cells are numbers, and not those that number the rows."""
    figures = [cell for cell in cells if not is_missing(cell)]
    numbered = list(map(shown, figures)) in ([str(at + start) for at in range(len(figures))] for start in (0, 1))
    return sum(map(_is_figure, figures)) * 2 > len(figures) and not (numbered and len(figures) > 1)
