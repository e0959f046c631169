"""Observations out of grids: the sheets of a workbook and separated text."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analys.documents.files import Limits, unusable
from analys.documents.separated import DELIMITERS, SEPARATION, records, splits
from analys.documents.spreadsheets import read_workbook
from analys.documents.text import Encoding, read_text
from analys.finder.cells import Content, content_of, shown
from analys.finder.dates import find_period, is_reference_day, join_periods
from analys.finder.marks import Marks, rewritten
from analys.intake.population import headings
from analys.intake.population.headings import Column, Role
from analys.intake.population.observations import Observation
from analys.intake.population.regions import as_county, is_code
from analys.intake.population.tables import Grid, Row, Table, find_table
from analys.swedish import is_missing

_MUNICIPALITY_DIGITS: Final = 4
_LONGEST_LINE: Final = 64 * 1024
_RULE: Final = re.compile(r"(:?-{2,}:?)+")
_FILE_NAME: Final = "filens namn"
_EMPTY_CELL: Final = "ingen folkmängd: en tom cell, eller en formel som aldrig har räknats"


def read_sheets(path: Path, limits: Limits) -> list[Grid]:
    """The workbook's sheets as grids."""
    return [
        Grid(sheet.name, _contents(sheet.rows), range(1, len(sheet.rows) + 1), sheet.merged)
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
    return bool(written := "".join(map(str, cells)).replace(" ", "")) and _RULE.fullmatch(written) is not None


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
    tables: list[Table] = []
    accounts: list[str] = []
    refusals: list[str] = []
    for grid in grids:
        table = find_table(grid)
        place = f"blad {grid.name}: " if grid.name else ""
        if isinstance(table, str):
            refusals.append(f"{place}{table}")
        elif (sex := headings.sex_in(grid.name)) and "kon" not in by and len(grids) > 1:
            refusals.append(f"{place}bara {sex}, läses på begäran")
        else:
            tables.append(table)
            accounts.append(place + account(table, path.stem))
    if not tables:
        raise unusable(
            path,
            "en tabell med kommuner och deras folkmängd",
            "; ".join(refusals)[:500] or "inga blad",
            "kontrollera att det är rätt fil, eller ge kolumnerna rubriker som Kommun och Folkmängd 2023",
        )
    citation = next((title for table in tables for title in table.titles), "")
    if any(_FILE_NAME in text for text in accounts):
        citation = ", ".join(filter(None, (citation, "datum ur filnamnet")))
    found = [observation for table in tables for observation in observations(table, path.stem)]
    return Found(found, "; ".join(accounts + [f"läses inte: {refusal}" for refusal in refusals]), citation)


def account(table: Table, file: str) -> str:
    """In words, where the table lies, which columns were taken and where the date comes from."""
    numbers, rows = table.grid.numbers, table.grid.rows
    taken = ", ".join(
        f"kolumn {column.index + 1} ({column.heading[:60] or 'utan rubrik'})"
        + _said_of_marks(table.marks[column.index])
        for column in table.values[:5]
    )
    more = f" och {len(table.values) - 5} till" if len(table.values) > 5 else ""
    below = sum(any(not is_missing(value) for value in row) for row in rows[table.last + 1 :])
    notes = f", {below} rader med anmärkningar under" if below else ""
    date, origin = general_date(table, file)
    dated = all(column.period for column in table.values) or bool(table.of(Role.PERIOD))
    dating = "" if dated or date is None else f", referensdatum {date} ur {origin}"
    return f"data på rad {numbers[table.first]} till {numbers[table.last]}, folkmängd i {taken}{more}{dating}{notes}"


def _said_of_marks(marks: Marks) -> str:
    return "" if marks is Marks.SWEDISH else f" med {marks}"


def general_date(table: Table, file: str) -> tuple[dt.date | None, str]:
    """The reference date of the whole table and where it stands: in a title, the sheet's name or the file's."""
    origins = [*((title, f"titeln {title[:60]!r}") for title in table.titles)]
    origins.append((table.grid.name, "bladets namn"))
    found = next(((date, origin) for text, origin in origins if (date := find_period(text))), None)
    if found is None and (date := find_period(file)) and is_reference_day(date):
        found = date, _FILE_NAME
    return found or (None, "")


def observations(table: Table, file: str) -> Iterator[Observation]:
    """One observation for each data row and population column.

    The date comes from the column's heading, else from the row, else from the title, the sheet's or the file's name.
    """
    grid = table.grid
    general, _ = general_date(table, file)
    limits = _limits(table)
    at_rows = [at for at in range(table.first, table.last + 1) if grid.filled(at)]
    width = Counter(len(grid.rows[at]) for at in at_rows).most_common(1)[0][0]
    told = _told_in_full(table, at_rows)
    region_of = _regions(told, at_rows)
    divided = [c for c in table.of(Role.BREAKDOWN) if any(told.grid.text(at, c.index) for at in at_rows)]
    day = headings.day_named(table.titles)
    for at in at_rows:
        date, date_problem = _date(told, at, day)
        problem = (
            grid.problems.get(at)
            or _shape_problem(grid.rows[at], width)
            or _contents_problem(table, at)
            or _label_problem(told, at, divided)
            or _torn_problem(table, at, width)
        )
        breakdown = _breakdown(told, at) + limits
        code, name = region_of(at)
        for column in table.values:
            value = rewritten(grid.at(at, column.index), table.marks[column.index])
            empty = _EMPTY_CELL if value is None and not grid.is_text else ""
            yield Observation(
                sheet=grid.name,
                row=grid.numbers[at],
                code=code,
                name=name,
                date=column.period or date or general,
                value=value,
                breakdown=breakdown + column.breakdown,
                problem=problem or ("" if column.period else date_problem) or empty,
                note="preliminär enligt källan" if column.is_preliminary else "",
                is_last_of_unended=grid.is_unended and at == len(grid.rows) - 1,
            )


def _first_text(grid: Grid, at: int, among: Sequence[Column]) -> str:
    return next((found for column in among if (found := grid.text(at, column.index))), "")


def _told_in_full(table: Table, at_rows: Sequence[int]) -> Table:
    """The table whose rows have the labels that they inherit.

    Database exports write a label once, on the first of its rows. The rows below inherit region, period and breakdown
    where that is the table's way (at least a third of the rows name no region); a few rows without region are damage,
    and reported as such.
    """
    regions, divisions = table.of(Role.CODE, Role.NAME), table.of(Role.PERIOD, Role.BREAKDOWN)
    nameless = {at for at in at_rows if not _first_text(table.grid, at, regions)}
    if len(nameless) * 3 < len(at_rows) or not (divisions or table.of(Role.CONTENTS)):
        return table
    labels = [column.index for column in (*regions, *divisions)]
    rows = [list(row) for row in table.grid.rows]
    above = dict[int, Content]()
    for at in at_rows:
        row = rows[at]
        for column in labels if at in nameless else ():
            row[column : column + 1] = [
                above.get(column) if cell is None else cell for cell in row[column : column + 1]
            ]
        above = dict(enumerate(row))
    return replace(table, grid=replace(table.grid, rows=rows))


def _regions(table: Table, at_rows: Iterable[int]) -> Callable[[int], tuple[str, str]]:
    """What tells a row's code and name. A county may stand in a column of its own, above its municipalities; where
    both columns are filled the county's is no more than the municipality's county."""
    grid, codes, names = table.grid, table.of(Role.CODE), table.of(Role.NAME)
    are_counties = any(headings.says_county(column.heading) for column in names)
    others = [column for column in table.of(Role.OTHER) if headings.says_county(column.heading)]
    if any(_first_text(grid, at, others) and _first_text(grid, at, [*codes, *names]) for at in at_rows):
        others = []

    def region_of(at: int) -> tuple[str, str]:
        code, name, county = (_first_text(grid, at, columns) for columns in (codes, names, others))
        if are_counties and len(code) == _MUNICIPALITY_DIGITS:
            return code, ""  # the name beside a municipality's code is its county's
        return code, as_county(name or county) if are_counties or county else name

    return region_of


def _label_problem(table: Table, at: int, columns: Sequence[Column]) -> str:
    """A row that does not say which part it is, in a table that does elsewhere, need not be the total."""
    empty = (column for column in columns if not table.grid.text(at, column.index))
    return next((f"{column.heading[:40]}: en tom cell" for column in empty), "")


def _limits(table: Table) -> tuple[tuple[str, str], ...]:
    """The part of the population that the sheet's name or a title limits the table to, where no column says more."""
    said = dict(headings.parts_in_titles(table.titles))
    if sex := headings.sex_in(table.grid.name):
        said["kon"] = sex
    columns = {column.dimension for column in table.of(Role.BREAKDOWN)}
    columns |= {dimension for column in table.values for dimension, _ in column.breakdown}
    return tuple((dimension, part) for dimension, part in said.items() if dimension not in columns)


def _shape_problem(row: Row, width: int) -> str:
    """Why a row with more or fewer cells than the others cannot be trusted: its figures may have moved."""
    if len(row) < width or any(cell is not None for cell in row[width:]):
        return f"{len(row)} celler där de andra raderna har {width}: kolumnerna kan vara förskjutna"
    return ""


def _torn_problem(table: Table, at: int, width: int) -> str:
    """Why the last figure of a line of text may not be whole: the line below holds digits alone."""
    grid = table.grid
    below = grid.rows[at + 1] if at + 1 < len(grid.rows) else ()
    rest = shown(below[0]) if grid.is_text and len(below) == 1 < width else ""
    if not rest.isdigit() or (table.columns[0].role is Role.CODE and is_code(rest)):
        return ""
    return f"raden under är {rest[:20]!r} ensamt: det kan vara resten av den här radens sista tal"


def _contents_problem(table: Table, at: int) -> str:
    measures = (table.grid.text(at, column.index) for column in table.of(Role.CONTENTS))
    others = (measure for measure in measures if measure and headings.names_another_measure(measure))
    return next((f"ett annat mått: {measure[:60]}" for measure in others), "")


def _date(table: Table, at: int, day: tuple[int, int]) -> tuple[dt.date | None, str]:
    """What the row's own period cells say; a cell that says nothing intelligible is a problem."""
    cells = [(column.heading, table.grid.at(at, column.index)) for column in table.of(Role.PERIOD)]
    filled = [(heading, cell) for heading, cell in cells if cell is not None] or cells[:1]
    date = join_periods(filled, day) if filled else None
    if date or not filled:
        return date, ""
    found = " och ".join(repr(shown(cell)[:40]) for _, cell in filled)
    return None, f"referensdatum: väntade ett år, en månad eller ett datum, fann {found}"


def _breakdown(table: Table, at: int) -> tuple[tuple[str, str], ...]:
    divided = [(column.dimension, table.grid.text(at, column.index)) for column in table.of(Role.BREAKDOWN)]
    parts = ((dimension, headings.part_of(dimension, text)) for dimension, text in divided)
    return tuple((dimension, part) for dimension, part in parts if part)
