"""Where the table is in a sheet or a text, and what its columns hold.

A table is found by its rows, not by its place: rows that name a region and hold a number are the data, the block above
them is the heading (often several rows with merged cells), what stands above that is the title, below it are notes.
What the headings leave open, the cells decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from typing import Final

import pandas as pd

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
#: What is said over columns that hold no codes, though years and populations may look like them.
_NO_CODES: Final = {Role.POPULATION, Role.VALUE, Role.PERIOD}


@dataclass(frozen=True)
class Grid(Block):
    """The rows of one sheet or text; ``rows[i]`` is row ``numbers[i]`` of the file.

    ``problems`` says, by index, what the reader already found wrong with a row; ``empty`` what is wrong where a figure
    should be and no cell is filled; ``is_unended`` that a text has lines, but no line end after the last one.
    """

    name: str
    rows: Sequence[Row]
    numbers: Sequence[int]
    merged: Sequence[tuple[int, int, int, int]] = ()
    problems: dict[int, str] = field(default_factory=dict)
    empty: str = ""
    is_text: bool = False
    is_unended: bool = False

    def names_region(self, at: int, columns: Iterable[int]) -> bool:
        return any(looks_like_region(self.text(at, column)) for column in columns)

    @cached_property
    def top(self) -> list[int]:
        """The rows near the top where headings may stand; a text alone in its row is a title."""
        return [at for at in range(min(_TOP_ROWS, len(self.rows))) if len(self.filled(at)) > 1]

    def tops(self, column: int) -> list[str]:
        """The texts near the top of a column, were they its heading."""
        return [self.text(at, column) for at in self.top if not _is_figure(self.at(at, column))]


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
        columns = [column.index for column in self.values]
        figures = self.grid.contents(range(self.first, self.last + 1), columns)
        return marks.decide({at: Written(Size.WHOLE, figures[at].tolist()) for at in columns})

    def cells(self, columns: Iterable[Column]) -> list[Content]:
        """What columns hold in the first data rows, without empty cells."""
        rows = range(self.first, min(self.last + 1, self.first + _SAMPLE))
        found = self.grid.contents(rows, [column.index for column in columns])
        return found.melt()["value"].dropna().tolist()

    @cached_property
    def value_columns(self) -> set[int]:
        return {column.index for column in self.values}

    def with_roles(self, columns: Iterable[Column]) -> Table:
        """The table whose columns hold what these say, the rest being as they are."""
        others = {column.index: column for column in self.columns}
        return replace(self, columns=tuple((others | {column.index: column for column in columns}).values()))

    def has_figure(self, at: int) -> bool:
        """Whether a row holds a figure where the population stands. Years alone are a heading, unless something that is
        no heading stands where the region should."""
        figures = {column: cell for column, cell in self.grid.filled(at) if _is_figure(cell)}
        if not figures.keys() & self.value_columns:
            return False
        return _heads_no_region(self.grid, at, self.regions) or not all(map(parse_period, figures.values()))


class NoTableError(Exception):
    """Why a grid has no table with the population of regions, in Swedish."""


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


def find_table(grid: Grid) -> Table:
    """The table of the grid. Raises :class:`NoTableError` where it has none with the population of regions."""
    try:
        return _find_table(_with_full_codes(grid))
    except NoTableError:
        for head in range(min(_HEADING_ROWS, len(grid.rows))):
            if len(across := _regions_across(grid, head)) > 1:
                return _find_table(_unfolded(grid, head, across))
        raise


def _regions_across(grid: Grid, at: int) -> list[int]:
    """The columns of a row that name regions."""
    return [at for at, cell in grid.filled(at) if looks_like_region(shown(cell)) and not shown(cell).isdigit()]


def _unfolded(grid: Grid, head: int, across: Sequence[int]) -> Grid:
    """The grid with a row for each region of a row of figures; its rows keep the numbers that they have in the file."""
    places, rows = unfolded(grid, head, across, _UNFOLDED_HEADINGS)
    problems = {at: grid.problems[place] for at, place in enumerate(places) if place in grid.problems}
    return replace(grid, rows=rows, numbers=[grid.numbers[place] for place in places], merged=(), problems=problems)


def _find_table(grid: Grid) -> Table:
    roles = _region_columns(grid)
    data = [at for at in range(len(grid.rows)) if grid.names_region(at, roles) and len(grid.filled(at)) > 1]
    if not any(_has_number(grid, at, roles) for at in data):
        raise NoTableError("inga rader med en kommun, ett län eller riket och ett tal")
    first, last = _joined_above(data[0], lambda at: grid.names_region(at, roles)), data[-1]
    start = _heading_start(grid, first)
    # A row below the first that fills a region column with anything but a heading is data, if damaged.
    first = next((at for at in range(start + 1, first) if _heads_no_region(grid, at, roles)), first)
    _check_headings(grid, start, first, last)
    table = _described(grid, start, first, last, roles)
    higher = _joined_above(first, table.has_figure)
    if higher < first:
        table = _described(grid, min(start, higher), higher, last, roles)
    _check_contents(table)
    return replace(table, last=_last(table))


def _joined_above(first: int, belongs: Callable[[int], bool]) -> int:
    """The first of the rows just above a row that belong to it."""
    return min(takewhile(belongs, range(first - 1, -1, -1)), default=first)


def _check_contents(table: Table) -> None:
    named = ", ".join(repr(column.heading[:40]) for column in table.columns if column.heading)
    for holds, said in _REFUSALS:
        if holds(table):
            title = " ".join(table.titles)[:80]
            raise NoTableError(said.format(columns=named or "kolumner utan rubriker", title=title))


def _with_full_codes(grid: Grid) -> Grid:
    """The grid with a municipality's code in one cell, where the county's two digits stand in a column of their own."""
    for at in range(min(_HEADING_ROWS, len(grid.rows))):
        texts = [(column, shown(cell)) for column, cell in grid.filled(at)]
        codes = sorted((headings.says_county(text), at) for at, text in texts if headings.role_of(text) is Role.CODE)
        if [is_county for is_county, _ in codes] == [False, True]:
            (_, own), (_, county) = codes
            return _with_joined(grid, at + 1, county, own)
    return grid


def _with_joined(grid: Grid, first: int, county: int, own: int) -> Grid:
    """The grid with whole codes in the column ``own`` from a row on; as it is, where some are no parts of a code."""
    digits = grid.texts(range(first, len(grid.rows)), [county, own])
    filled = digits[(digits != "").any(axis=1)]
    codes = (filled[county].str.zfill(2) + filled[own].str.zfill(2)).str.removesuffix("00")
    if not codes.map(is_code).all():
        return grid
    rows = list(grid.rows)
    for at, code in zip(filled.index.tolist(), codes, strict=True):
        rows[at] = [*rows[at][:own], code, *rows[at][own + 1 :]]
    return replace(grid, rows=rows)


def _check_headings(grid: Grid, start: int, first: int, last: int) -> None:
    """In a text with fewer headings than columns each heading may stand above another's figures."""
    headed = max((len(row) for row in grid.rows[start:first]), default=0)
    ((width, _),) = Counter(map(grid.extent, range(first, last + 1))).most_common(1)
    if grid.is_text and 0 < headed < width:
        missing = "en har fallit bort, och de andra kan stå över fel tal"
        raise NoTableError(f"{headed} rubriker över {width} kolumner: {missing}")


def _last(table: Table) -> int:
    """The last row that names a region or holds a figure, or is joined to those and fills a column of population.

    In text any line joined to them is a row, perhaps cut off; in a sheet a lone cell there is a note.
    """
    grid, end = table.grid, len(table.grid.rows)

    def is_joined(at: int) -> bool:
        filled = {column for column, _ in grid.filled(at)}
        return bool(filled if grid.is_text else filled & table.value_columns)

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
    headed = enumerate(grid.headings(range(start, first), range(min(grid.width, _WIDEST))))
    table = Table(grid, titles, tuple(headings.describe(at, text, day) for at, text in headed), first, last)
    return _with_values(table.with_roles(_settled(table, column, roles) for column in table.columns))


def _is_figure(cell: Content) -> bool:
    """Whether a cell holds a bare number: people have no unit."""
    return is_number(cell) and shown(cell)[-1].isdigit()


def _has_number(grid: Grid, at: int, regions: Iterable[int]) -> bool:
    return any(_is_figure(cell) or cell in (".", "..") for column, cell in grid.filled(at) if column not in regions)


def _region_columns(grid: Grid) -> dict[int, Role]:
    """The column of names (perhaps with codes in the same cell), and the column of codes; either may be missing."""
    texts = grid.texts(_sample(len(grid.rows)), range(min(grid.width, _WIDEST)))
    are_regions, are_codes = texts.map(looks_like_region), texts.map(is_code)
    names = _fullest(grid, texts.where(are_regions & ~are_codes).nunique())
    codes = texts.where(are_codes).nunique()
    coded = codes.index[codes > 0].tolist()
    roles = {column: set(map(headings.role_of, grid.tops(column))) for column in coded}
    headed = [column for column in coded if Role.CODE in roles[column]]
    # Years and numbers of rows may be codes too.
    mostly = are_codes.sum() >= _MOSTLY * texts.map(lambda text: text.replace(" ", "").isdigit()).sum()
    unheaded = [column for column in coded if mostly[column] and not roles[column] & _NO_CODES]
    for name in names:
        unheaded = [column for column in unheaded if _codes_agree(texts[column], texts[name])]
    found = _fullest(grid, codes[headed or unheaded].drop(index=names, errors="ignore"))
    return dict.fromkeys(found, Role.CODE) | dict.fromkeys(names, Role.NAME)


def _sample(rows: int) -> Sequence[int]:
    """The first rows, the last, and some of those between."""
    if rows <= 3 * _SAMPLE:
        return range(rows)
    return [*range(_SAMPLE), *range(_SAMPLE, rows - _SAMPLE, rows // _SAMPLE), *range(rows - _SAMPLE, rows)]


def _fullest(grid: Grid, regions: pd.Series[int]) -> list[int]:
    """The column of most regions, if any has one; of two with as many, such as one row a county, the one that does not
    say it holds counties."""

    def rank(column: int) -> tuple[int, bool, int]:
        return -regions[column], any(map(headings.says_county, grid.tops(column))), column

    return sorted(regions.index[regions > 0], key=rank)[:1]


def _codes_agree(codes: pd.Series[str], names: pd.Series[str]) -> bool:
    """Whether most codes of a column are those of the names beside them; the years 2021 and 2023 are codes too."""
    finder = RegionFinder(suggest=False)
    both = codes.map(is_code) & names.map(looks_like_region)
    found = [finder.find(code, name) for code, name in zip(codes[both], names[both], strict=True)]
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
    texts = {grid.text(at, column) for column in regions} - {""}
    return any(headings.role_of(text) not in (Role.NAME, Role.CODE) for text in texts)


def _settled(table: Table, column: Column, roles: dict[int, Role]) -> Column:
    """The column's role where its cells say more than its heading does."""
    if column.index in roles or column.role in (Role.NAME, Role.CODE):
        return replace(column, role=roles.get(column.index, Role.OTHER))
    cells = table.cells([column])
    if not cells or (column.heading and column.role not in (Role.OTHER, Role.VALUE)):
        return column
    for holds, role, dimension in _SETTLED:
        if holds(column, cells):
            return replace(column, role=role, dimension=dimension)
    return column


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
    measures = map(shown, table.cells(table.of(Role.CONTENTS)))
    announced = any(map(headings.mentions_population, (*table.titles, table.grid.name, *measures)))
    figures = [column for column in table.of(Role.OTHER) if _are_figures(table.cells([column]))]
    if announced:
        figures = [column for column in figures if not headings.is_other_measure(column.heading)]
    is_told = len(figures) == 1 and (announced or not figures[0].heading)
    return table.with_roles(replace(column, role=Role.VALUE) for column in figures if is_told)


def _are_figures(cells: Iterable[Content]) -> bool:
    """Whether most cells are numbers, and not those that number the rows."""
    figures = [cell for cell in cells if not is_missing(cell)]
    numbers = list(map(str, range(len(figures) + 1)))
    are_of_rows = len(figures) > 1 and list(map(shown, figures)) in (numbers[1:], numbers[:-1])
    return sum(map(_is_figure, figures)) * 2 > len(figures) and not are_of_rows
