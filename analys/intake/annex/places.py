"""Where the table of members stands in a grid of cells: its headings, its column of names, its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from analys.intake.annex import headings
from analys.intake.annex.grid import Sheet, Value
from analys.intake.annex.model import Kind
from analys.register import Region, find
from analys.swedish import parse_number, plain

TOTAL: Final = re.compile(
    r"^\W*(total|(del|under)summ?a|summ?a|sum\b|s:a|samtliga|hela länet|länet|riket|alla kommuner|tillsammans)", re.I
)
FOOTNOTE: Final = re.compile(r"\s*((?<![\d(])\d\)|[¹²³⁴]|\*)+$")
#: What may follow a figure without being a part of it: a footnote's mark, whom it counts, how often it is paid.
_MARK: Final = re.compile(
    r"(?<=[\dkr%‰.-])\s?([*†¹²³⁴⁵]+|(?<=\s)\d\)|(?<=\d\s)(inv(ånare)?|pers(oner)?|st)\.?|(?<=kr)( ?/ ?| per )(år|halvår))$",
    re.I,
)
#: What a municipality's name may have after it: "Hammarö kommun (värd)", "Mjölby, värdkommun", "Motala k:n".
_AFTER_NAME: Final = re.compile(r"\s*(\([^)]*\)|,.*|\bk:?n\.?)$")
DOTTED: Final = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?(:-|,-|\s?(kr|kronor|tkr)\.?)?")
#: A figure that only its column can tell the meaning of: a thousand and more, or three decimals.
POINTED: Final = re.compile(r"\d{1,4}( \d{3})*\.\d{3}(\s?(%|procent|‰|promille|kr|kronor|tkr))?")
_AUDITED: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT)


@dataclass(frozen=True)
class Place:
    """Where a table stands: the sheet, its heading row, its name column, and the members' rows."""

    sheet: Sheet
    header: int
    name: int
    rows: tuple[int, ...]


def text_of(value: Value) -> str:
    """A cell as text, on one line."""
    if value is None:
        return ""
    return plain(" ".join(value.split())) if isinstance(value, str) else str(value)


def unmarked(value: Value) -> Value:
    """A cell without the mark of a footnote after its number ("1 234 kr*", "1 234 1)")."""
    return _MARK.sub("", plain(value)) if isinstance(value, str) else value


def with_comma(text: str) -> str:
    """A figure whose point marks decimals, with a comma in its place."""
    return text.replace(".", ",") if POINTED.fullmatch(str(unmarked(text))) else text


def is_number(value: Value) -> bool:
    """Whether a cell holds a number, also one that only its column can tell the meaning of ("1.234")."""
    return parses(value) or (
        isinstance(value, str) and any(f.fullmatch(str(unmarked(value))) for f in (DOTTED, POINTED))
    )


def parses(value: Value) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return True
    if not isinstance(value, str) or not any(character.isdigit() for character in value):
        return False
    try:
        parse_number(unmarked(value))
    except ValueError:
        return False
    return True


def named(text: str) -> Region | None:
    """The region that a name means, without a footnote's mark and what else may stand after it."""
    name = FOOTNOTE.sub("", plain(text))
    short = _AFTER_NAME.sub("", name)
    # What digits are left of may be an amount in kronor and öre, or a year.
    return find(name) or (None if short.isdigit() else find(short))


def municipality(value: Value) -> Region | None:
    """The municipality that a text cell names; bare digits name none, they may be a figure."""
    region = None if not isinstance(value, str) or FOOTNOTE.sub("", plain(value)).isdigit() else named(value)
    return region if region and region.is_municipality else None


def find_tables(sheet: Sheet) -> Iterator[Place]:
    """The tables of a sheet: rows that name a municipality and hold figures, grouped by the headings above them."""
    headers = [index for index, row in enumerate(sheet.rows) if _is_header(row)]
    tables: dict[int, dict[int, list[int]]] = {}
    for index, column in _named_rows(sheet) or _coded_rows(sheet, headers):
        header = max((header for header in headers if header < index), default=-1)
        tables.setdefault(header, {}).setdefault(column, []).append(index)
    for header, by_column in tables.items():
        main = max(by_column, key=lambda column: (len(by_column[column]), -column))
        for column, rows in by_column.items():
            if column == main or _stands_beside(sheet, main, column, rows):
                yield Place(sheet, _unknown_header(sheet, rows[0]) if header < 0 else header, column, tuple(rows))


def _unknown_header(sheet: Sheet, first: int) -> int:
    """Without headings that are known as such, the last row of several texts above the members must hold them."""
    texts = (row for row in range(first - 1, -1, -1) if is_heading_text(sheet.rows[row], 2))
    return next(texts, first - 1)


def _named_rows(sheet: Sheet) -> list[tuple[int, int]]:
    """(row, column) of each municipality's name that has a figure to its right."""
    return [
        (index, column)
        for index, row in enumerate(sheet.rows)
        for column, value in enumerate(row)
        if municipality(value) and any(is_number(other) for other in row[column + 1 :])
    ]


def _coded_rows(sheet: Sheet, headers: list[int]) -> list[tuple[int, int]]:
    """(row, column) of each municipality's code, in a column headed as such: for tables without names."""
    found = []
    for header, last in pairwise([*headers, len(sheet.rows)]):
        for column, heading in enumerate(sheet.rows[header]):
            if headings.kind_of(text_of(heading)) in (Kind.CODE, Kind.NAME):
                rows = range(header + 1, last)
                found += [(row, column) for row in rows if _is_code(sheet.rows[row][column : column + 1])]
    return found


def _is_code(cell: list[Value]) -> bool:
    region = find(text_of(cell[0])) if cell and text_of(cell[0]).isdigit() else None
    return region is not None and region.is_municipality


def _stands_beside(sheet: Sheet, name: int, column: int, rows: list[int]) -> bool:
    """Whether a further column of names heads a table of its own, with figures between the two columns of names."""
    left, right = sorted((name, column))
    return len(rows) > 1 and any(is_number(sheet.rows[row][index]) for row in rows for index in range(left + 1, right))


def _is_header(row: list[Value]) -> bool:
    """A row of headings has at least two texts, one of them for figures that an annex shares, and no numbers."""
    texts = [text_of(value) for value in row if isinstance(value, str) and value.strip()]
    if len(texts) < 2 or any(municipality(text) or TOTAL.match(text) for text in texts[:1]):
        return False
    if any(is_number(value) and not is_year(value) for value in row):
        return False
    return any(headings.kind_of(text) in _AUDITED for text in texts if len(text) < 80)


def is_heading_text(row: list[Value], least: int) -> bool:
    """Whether a row holds so many texts or years, and nothing else: no figures, no member, no total.

    "Summa" before two other texts heads a column of amounts.
    """
    cells = [value for value in row if text_of(value)]
    is_total = len(cells) < 3 and any(TOTAL.match(text_of(value)) for value in cells[:1])
    named = any(municipality(value) for value in cells) or is_total
    return len(cells) >= least and not named and not any(is_number(v) and not is_year(v) for v in cells)


def is_year(value: Value) -> bool:
    """Whether a cell is a year as headings have it, bare or with a unit ("2021 tkr")."""
    return bool(re.fullmatch(r"(19|20)\d\d( ?(kr|tkr|mnkr|%))?", text_of(unmarked(value))))
