"""Observations out of grids: the sheets of a workbook and separated text."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analys.documents.files import Limits, unusable
from analys.documents.separated import DELIMITERS, SEPARATION, records, splits
from analys.documents.spreadsheets import read_workbook
from analys.documents.text import Encoding, read_text
from analys.finder.cells import Content, content_of, shown
from analys.finder.dates import find_period, is_reference_day, join_periods
from analys.finder.marks import Marks, rewritten
from analys.intake.population import headings
from analys.intake.population.headings import Column, Role
from analys.intake.population.observations import Breakdown, Observation
from analys.intake.population.regions import as_county, is_code
from analys.intake.population.tables import Grid, NoTableError, Row, Table, find_table
from analys.swedish import is_missing

_MUNICIPALITY_DIGITS: Final = 4
_LONGEST_LINE: Final = 64 * 1024
#: So many columns are named.
_TOLD: Final = 5
_FILE_NAME: Final = "filens namn"
_EMPTY_CELL: Final = "ingen folkmängd: en tom cell, eller en formel som aldrig har räknats"


def read_sheets(path: Path, limits: Limits) -> list[Grid]:
    """The workbook's sheets as grids."""
    return [
        Grid(sheet.name, _contents(sheet.rows), range(1, len(sheet.rows) + 1), sheet.merged, empty=_EMPTY_CELL)
        for sheet in read_workbook(path, limits)
    ]


def _contents(rows: Iterable[Sequence[object]]) -> list[Row]:
    return [[content_of(value) for value in row] for row in rows]  # type: ignore[arg-type]


def read_separated(path: Path, limits: Limits) -> tuple[Grid, Encoding, str]:
    """The text's lines as one grid, its encoding, and the delimiter's name.

    Raises :class:`InputError` for a line without end and for more cells than ``limits`` allow; lines in another
    encoding than the rest have a problem each.
    """
    content, encoding = read_text(path, max_line=_LONGEST_LINE)
    lines = re.split(r"\r\n|\r|\n", content)
    if SEPARATION.fullmatch(lines[0]):
        lines[0] = ""
    delimiter = splits(lines)[0].mark
    if (cells := content.count(delimiter) + len(lines)) > limits.cells:
        raise unusable(path, f"högst {limits.cells} celler", str(cells), "klipp ut de rader som frågan gäller")
    found = [row for row in records(lines, delimiter) if not _is_rule(row.cells)]
    odd = set(encoding.odd_lines)
    strange = f"bokstäver som inte är i filens teckenkodning, {encoding.name}"
    problems = {
        at: strange for at, row in enumerate(found) if odd.intersection(range(row.number, row.number + row.lines))
    }
    problems |= {at: row.fault.rpartition("fann ")[2] for at, row in enumerate(found) if row.fault}
    grid = Grid(
        "",
        _contents(row.cells for row in found),
        [row.number for row in found],
        problems=problems,
        is_text=True,
        is_unended=len(found) > 1 and bool(lines[-1]),
    )
    return grid, encoding, DELIMITERS[delimiter]


def _is_rule(cells: Sequence[object]) -> bool:
    """Whether a line only parts headings from rows, as in Markdown: "|---|---:|"."""
    written = "".join(map(str, cells))
    return "--" in written and not written.strip("-: ")


@dataclass(frozen=True)
class Found:
    """What the tables of a file hold; ``account`` says what was found where, ``citation`` is for ``kalla``."""

    observations: list[Observation]
    account: str
    citation: str


def read_grids(path: Path, grids: Sequence[Grid], by: Sequence[str]) -> Found:
    """The observations of all tables in the grids.

    Sheets of men or women alone are read only on request. Raises :class:`InputError` when no grid holds a table.
    """
    only_totals = len(grids) > 1 and "kon" not in by
    tables: list[Table] = []
    accounts: list[str] = []
    refusals: list[str] = []
    for grid in grids:
        place = f"blad {grid.name}: " if grid.name else ""
        try:
            tables.append(_wanted(grid, only_totals=only_totals))
        except NoTableError as refusal:
            refusals.append(f"{place}{refusal}")
        else:
            accounts.append(place + account(tables[-1], path.stem))
    if not tables:
        raise unusable(
            path,
            "en tabell med kommuner och deras folkmängd",
            "; ".join(refusals)[:500] or "inga blad",
            "kontrollera att det är rätt fil, eller ge kolumnerna rubriker som Kommun och Folkmängd 2023",
        )
    titles = [title for table in tables for title in table.titles][:1]
    taken = "; ".join(accounts)
    if _FILE_NAME in taken:
        titles.append("datum ur filnamnet")
    told = "; ".join([taken, *(f"läses inte: {refusal}" for refusal in refusals)])
    found = [each for table in tables for each in observations(table, path.stem)]
    return Found(found, told, ", ".join(titles))


def _wanted(grid: Grid, *, only_totals: bool) -> Table:
    """The table of a sheet, unless that holds men or women alone and only totals are read."""
    table, sex = find_table(grid), headings.sex_in(grid.name)
    if sex and only_totals:
        raise NoTableError(f"bara {sex}, läses på begäran")
    return table


def account(table: Table, file: str) -> str:
    """In words, where the table lies, which columns were taken and where the date comes from."""
    numbers, rows = table.grid.numbers, table.grid.rows
    taken = ", ".join(_taken(column, table.marks[column.index]) for column in table.values[:_TOLD])
    more = f" och {len(table.values) - _TOLD} till" if len(table.values) > _TOLD else ""
    below = sum(not all(map(is_missing, row)) for row in rows[table.last + 1 :])
    notes = f", {below} rader med anmärkningar under" if below else ""
    date, origin = general_date(table, file)
    dated = table.of(Role.PERIOD) or all(column.period for column in table.values)
    dating = "" if dated or date is None else f", referensdatum {date} ur {origin}"
    return f"data på rad {numbers[table.first]} till {numbers[table.last]}, folkmängd i {taken}{more}{dating}{notes}"


def _taken(column: Column, marks: Marks) -> str:
    said = "" if marks is Marks.SWEDISH else f" med {marks}"
    return f"kolumn {column.index + 1} ({column.heading[:60] or 'utan rubrik'}){said}"


def general_date(table: Table, file: str) -> tuple[dt.date | None, str]:
    """The reference date of the whole table and where it stands: in a title, the sheet's name or the file's."""
    titles = [(title, f"titeln {title[:60]!r}") for title in table.titles]
    for text, origin in (*titles, (table.grid.name, "bladets namn")):
        if date := find_period(text):
            return date, origin
    date = find_period(file)
    return (date, _FILE_NAME) if date and is_reference_day(date) else (None, "")


def observations(table: Table, file: str) -> Iterator[Observation]:
    """One observation for each data row and population column.

    The date comes from the column's heading, else from the row, else from the title, the sheet's or the file's name.
    """
    grid = table.grid
    general, _ = general_date(table, file)
    rows = _Rows(table)
    said = zip(rows.at, rows.codes, rows.names(), rows.dates(), rows.breakdowns(), rows.problems(), strict=True)
    for at, code, name, (date, undated), breakdown, problem in said:
        for column in table.values:
            value = rewritten(grid.at(at, column.index), table.marks[column.index])
            empty = grid.empty if value is None else ""
            yield Observation(
                sheet=grid.name,
                row=grid.numbers[at],
                code=code,
                name=name,
                date=column.period or date or general,
                value=value,
                breakdown=breakdown + column.breakdown,
                problem=problem or ("" if column.period else undated) or empty,
                note=column.note,
                is_last_of_unended=grid.is_unended and at == len(grid.rows) - 1,
            )


class _Rows:
    """What the rows of a table say beside their figures."""

    def __init__(self, table: Table) -> None:
        self.table, self.grid = table, table.grid
        self.at = [at for at in range(table.first, table.last + 1) if table.grid.filled(at)]
        self.width = Counter(len(table.grid.rows[at]) for at in self.at).most_common(1)[0][0]
        self.periods, self.divisions = table.of(Role.PERIOD), table.of(Role.BREAKDOWN)
        self.measures = table.of(Role.CONTENTS)
        self.cells = self._cells()
        self.texts = self.cells.map(shown)
        self.codes = self._first(table.of(Role.CODE))

    def _cells(self) -> pd.DataFrame:
        """The cells of the columns without figures, "" where they are empty.

        Database exports write a label once, on the first of its rows. The rows below inherit region, period and
        breakdown where that is the table's way (at least a third of the rows name no region); a few rows without region
        are damage, and reported as such.
        """
        columns = [column.index for column in self.table.columns if column.index not in self.table.value_columns]
        cells = self.grid.contents(self.at, columns)
        named = cells[self.table.regions].notna().any(axis=1)
        divisions = [column.index for column in (*self.periods, *self.divisions)]
        if 3 * (~named).sum() >= len(named) and (divisions or self.measures):
            labels = [*self.table.regions, *divisions]
            cells[labels] = cells[labels].groupby(named.cumsum()).ffill()
        return cells.fillna("")

    def _of(self, frame: pd.DataFrame, columns: Iterable[Column]) -> Iterator[Sequence[Any]]:
        """What each row of a frame holds in columns."""
        return frame[[column.index for column in columns]].itertuples(index=False, name=None)

    def _first(self, columns: Iterable[Column]) -> pd.Series[str]:
        """The first text of each row in columns."""
        return self._first_of(self.texts[column.index] for column in columns)

    def _first_of(self, texts: Iterable[pd.Series[str]]) -> pd.Series[str]:
        first = pd.Series("", self.at, object)
        for text in texts:
            first = first.where(first != "", text)
        return first

    def names(self) -> pd.Series[str]:
        """The name of each row's region. A county may stand in a column of its own, above its municipalities; where both
        columns are filled the county's is no more than the municipality's county."""
        names, codes = self._first(self.table.of(Role.NAME)), self.codes
        counties = self._first(c for c in self.table.of(Role.OTHER) if headings.says_county(c.heading))
        if ((counties != "") & ((names != "") | (codes != ""))).any():
            counties[:] = ""
        names = names.where(names != "", counties)
        if any(headings.says_county(column.heading) for column in self.table.of(Role.NAME)):
            # The name beside a municipality's code is its county's.
            return names.map(as_county).mask(codes.str.len() == _MUNICIPALITY_DIGITS, "")
        return names.where(counties == "", names.map(as_county))

    def breakdowns(self) -> Iterator[Breakdown]:
        dimensions, limits = [column.dimension for column in self.divisions], _limits(self.table)
        for texts in self._of(self.texts, self.divisions):
            parts = zip(dimensions, map(headings.part_of, dimensions, texts), strict=True)
            yield tuple(part for part in parts if part[1]) + limits

    def dates(self) -> Iterator[tuple[dt.date | None, str]]:
        """What the row's own period cells say; a cell that says nothing intelligible is a problem."""
        named, day = [column.heading for column in self.periods], headings.day_named(self.table.titles)
        for cells in self._of(self.cells, self.periods):
            headed = list(zip(named, cells, strict=True))
            filled = [cell for cell in headed if cell[1] != ""] or headed[:1]
            date = join_periods(filled, day)
            yield date, "" if date or not filled else _undated(cell for _, cell in filled)

    def problems(self) -> pd.Series[str]:
        """Why each row cannot be used, or ``""``; the first reason is told."""
        # A row that does not say which part it is, in a table that does elsewhere, need not be the total.
        return self._first_of(
            [
                pd.Series(self.grid.problems, dtype=object).reindex(self.at, fill_value=""),
                self._misshapen(),
                *(self.texts[column.index].map(_another_measure) for column in self.measures),
                *(
                    (self.texts[column.index] == "").map({True: f"{column.heading[:40]}: en tom cell", False: ""})
                    for column in self.divisions
                    if self.texts[column.index].any()
                ),
                pd.Series(list(map(self._torn, self.at)), self.at, "object"),
            ]
        )

    def _misshapen(self) -> pd.Series[str]:
        """A row with more or fewer cells than the others cannot be trusted: its figures may have moved."""
        cells = pd.Series([len(self.grid.rows[at]) for at in self.at], self.at)
        filled = pd.Series(list(map(self.grid.extent, self.at)), self.at)
        moved = f" celler där de andra raderna har {self.width}: kolumnerna kan vara förskjutna"
        return (cells.astype(str) + moved).where((cells < self.width) | (filled > self.width), "")

    def _torn(self, at: int) -> str:
        """The last figure of a line of text may not be whole where the line below holds digits alone."""
        below = self.grid.rows[at + 1 : at + 2] if self.grid.is_text else ()
        (rest,) = [shown(row[0]) for row in below if len(row) == 1 < self.width] or [""]
        if not rest.isdigit() or (self.table.columns[0].role is Role.CODE and is_code(rest)):
            return ""
        return f"raden under är {rest[:20]!r} ensamt: det kan vara resten av den här radens sista tal"


def _undated(cells: Iterable[Content]) -> str:
    found = " och ".join(repr(shown(cell)[:40]) for cell in cells)
    return f"referensdatum: väntade ett år, en månad eller ett datum, fann {found}"


def _another_measure(text: str) -> str:
    return f"ett annat mått: {text[:60]}" if text and headings.names_another_measure(text) else ""


def _limits(table: Table) -> Breakdown:
    """The part of the population that the sheet's name or a title limits the table to, where no column says more."""
    said = dict(headings.parts_in_titles(table.titles))
    if sex := headings.sex_in(table.grid.name):
        said["kon"] = sex
    told = {column.dimension for column in table.of(Role.BREAKDOWN)}
    told |= dict(chain.from_iterable(column.breakdown for column in table.values)).keys()
    return tuple((dimension, part) for dimension, part in said.items() if dimension not in told)
