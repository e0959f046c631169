"""Where a table of municipalities stands in an area: its headings, its column of names, its rows and its columns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Final

from analys.finder.areas import Area
from analys.finder.cells import TOTAL, Content, coded, is_figure, is_number, is_year, municipality, shown

#: A longer text is a sentence and no heading.
_LONGEST_HEADING: Final = 80
#: The heading row of a table that has none.
_UNSAID: Final = -1


@dataclass(frozen=True)
class Profile:
    """What a kind of table has: whether a heading is one of its figures' or of its codes'."""

    heads_figures: Callable[[str], bool]
    heads_codes: Callable[[str], bool]


@dataclass(frozen=True)
class Place:
    """Where a table stands: the rows of its headings, its column of names, its members' rows,
    the columns from ``left`` up to ``right``, and the rows from ``top`` up to ``bottom`` that no other table has; what
    stands under the table is told from the next one's title by the empty row ``foot``."""

    area: Area
    header: int
    name: int
    rows: tuple[int, ...]
    left: int
    right: int
    top: int = 0
    bottom: int = 0

    foot: int = 0

    @property
    def has_headings(self) -> bool:
        return self.header != _UNSAID

    @property
    def top_row(self) -> int:
        return self.header if self.has_headings else self.rows[0]

    @property
    def names(self) -> set[str]:
        return {self.area.text(row, self.name) for row in self.rows}

    @property
    def columns(self) -> range:
        return range(self.left, self.right)


def find_places(area: Area, profile: Profile) -> Iterator[Place]:
    """The tables of an area: rows that name a municipality and hold figures, grouped by the headings above them."""
    headers = [row for row in range(len(area.rows)) if _is_header(area, row, profile)]
    found = _grouped(headers, _named_rows(area) or _coded_rows(area, headers, profile))
    places = [place for header, by_column in found.items() for place in _beside(area, header, by_column)]
    yield from _bounded(_continued(places))


def _grouped(headers: Sequence[int], members: Iterable[tuple[int, int]]) -> dict[int, dict[int, list[int]]]:
    """Header row -> column of names -> rows of municipalities."""
    tables: dict[int, dict[int, list[int]]] = {}
    for row, column in members:
        tables.setdefault(_header_of(row, headers), {}).setdefault(column, []).append(row)
    return tables


def _header_of(row: int, headers: Sequence[int]) -> int:
    """The nearest row of headings above a row."""
    above = bisect_left(headers, row)
    return headers[above - 1] if above else _UNSAID


def _named_rows(area: Area) -> list[tuple[int, int]]:
    """(row, column) of each municipality's name that has a figure, or a mark for none, to its right."""
    found = []
    for row in range(len(area.rows)):
        last = max((column for column, cell in area.filled(row) if is_figure(cell)), default=0)
        found += [(row, column) for column, cell in area.filled(row, beyond=last) if municipality(cell)]
    return found


def _coded_rows(area: Area, headers: Sequence[int], profile: Profile) -> Iterator[tuple[int, int]]:
    """(row, column) of each municipality's code, in a column headed as such: for tables without names."""
    for header, end in pairwise([*headers, len(area.rows)]):
        columns = [column for column, cell in area.filled(header) if profile.heads_codes(shown(cell))]
        cells = product(range(header + 1, end), columns)
        yield from ((row, column) for row, column in cells if coded(area.at(row, column)))


def _beside(area: Area, header: int, by_column: dict[int, list[int]]) -> Iterator[Place]:
    """The tables under one row of headings: that of the most names, and those that stand beside it."""
    main = max(by_column, key=lambda column: (len(by_column[column]), -column))
    names = sorted(
        column for column, rows in by_column.items() if column == main or _is_apart(area, main, column, rows)
    )
    for column, (left, right) in zip(names, pairwise([0, *names[1:], area.width]), strict=True):
        rows = by_column[column]
        told = _unknown_header(area, rows[0]) if header == _UNSAID else header
        yield Place(area, told, column, tuple(rows), left, right)


def _is_apart(area: Area, main: int, column: int, rows: Sequence[int]) -> bool:
    """Whether a further column of names heads a table of its own, with figures between the two columns of names."""
    between = range(min(main, column) + 1, max(main, column))
    return len(rows) > 1 and any(is_number(area.at(row, at)) for row in rows for at in between)


def _unknown_header(area: Area, first: int) -> int:
    """Without headings that are known as such, the last row of several texts above the members must hold them."""
    texts = (row for row in range(first - 1, -1, -1) if is_heading_text(area, row, 2))
    above = next(texts, first - 1)
    return above if above >= 0 and area.filled(above) else _UNSAID


def _continued(places: Sequence[Place]) -> list[Place]:
    """Tables under the same headings as the one above, with other members, are its next part: a section, or a page."""
    joined: list[Place] = []
    for place in places:
        if joined and _is_next_part(joined[-1], place):
            joined[-1] = replace(joined[-1], rows=joined[-1].rows + place.rows)
        else:
            joined.append(place)
    return joined


def _is_next_part(above: Place, below: Place) -> bool:
    if above.name != below.name or len({above.header, below.header, _UNSAID}) < 3:
        return False
    rows = above.area.rows
    return rows[above.header] == rows[below.header] and above.names.isdisjoint(below.names)


def _bounded(places: Sequence[Place]) -> Iterator[Place]:
    """The places with the rows around them that are nearest to each."""
    for place in places:
        bottom = min(
            (other.top_row for other in places if other.top_row > place.rows[-1]), default=len(place.area.rows)
        )
        above = [_foot(other, place.top_row) for other in places if other.rows[-1] < place.top_row]
        foot = bottom if bottom == len(place.area.rows) else _foot(place, bottom)
        yield replace(place, top=max(above, default=0), bottom=bottom, foot=foot)


def _foot(place: Place, bottom: int) -> int:
    """The first empty row under a table, before the next one's headings."""
    return next((row for row in range(place.rows[-1], bottom) if not place.area.filled(row)), bottom)


def _is_header(area: Area, row: int, profile: Profile) -> bool:
    """A row of headings has at least two texts, one of them for figures that the table needs, and no numbers."""
    texts = [shown(cell) for cell in _without_figures(area, row, range(area.width)) if not is_number(cell)]
    if len(texts) < 2 or municipality(texts[0]) or TOTAL.match(texts[0]):
        return False
    return any(profile.heads_figures(text) for text in texts if len(text) < _LONGEST_HEADING)


def is_heading_text(area: Area, row: int, least: int, columns: range | None = None) -> bool:
    """Whether a row holds so many texts or years, and nothing else: no figures, no member, no total.

    "Summa" before two other texts heads a column of amounts.
    """
    cells = _without_figures(area, row, columns or range(area.width))
    is_total = 0 < len(cells) < 3 and TOTAL.match(shown(cells[0])) is not None
    return len(cells) >= least and not is_total and not any(map(municipality, cells))


def _without_figures(area: Area, row: int, columns: range) -> list[Content]:
    """The cells of a row without figures; nothing of one that has any. Years may be headings."""
    cells = [cell for column, cell in area.filled(row) if column in columns]
    return [] if any(is_number(cell) and not is_year(cell) for cell in cells) else cells
