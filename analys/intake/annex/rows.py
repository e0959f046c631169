"""What each row under an annex's headings is: a member, another party, a total, a part's title, or a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from analys.finder.cells import (
    COUNTRY,
    LONGEST_NAME,
    TOTAL,
    Content,
    is_figure,
    municipality,
    named,
    without_footnote,
)
from analys.finder.places import Place
from analys.register import Region, UnknownRegionError, resolve_municipality

#: Rows beside the municipalities' that totals may count: parties to the agreement that are none, tax, and rounding.
_PARTY: Final = re.compile(
    r"(region|landsting|staten|svenska staten|länsstyrelse|samordningsförbund|kommunalförbund|kommunförbund)\w*\b.*"
    r"|.*(läns landsting|förbund|förbundet|myndigheten|universitet|universitetet|högskola|högskolan|stiftelsen|föreningen)"
    r"|(\w*avrundning|öresutjämning|utjämning|differens|moms|mervärdesskatt)\b.*"
    r"|(övriga?|andra|externa?|statliga?)\b.*"
    r"|.* ab( \(publ\))?|(försäkringskassan|arbetsförmedlingen|polisen|kriminalvården|trafikverket)\b.*",
    re.I,
)


class Role(Enum):
    """What a row is."""

    MEMBER = auto()
    PARTY = auto()
    TOTAL = auto()
    REFERENCE = auto()
    SECTION = auto()
    NOTE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Row:
    """A row under the headings, with what tells its role. ``label`` is the text that says that it is a total;
    ``joins`` that it stands among the members' rows or right beside them, with something beside its name."""

    index: int
    name: str
    region: Region | None
    label: str | None
    has_figures: bool
    has_only_name: bool
    joins: bool
    is_inside: bool
    is_below: bool

    @property
    def is_municipality(self) -> bool:
        return self.region is not None and self.region.is_municipality

    @property
    def is_known_party(self) -> bool:
        return self.region is None and self.label is None and _PARTY.fullmatch(without_footnote(self.name)) is not None

    @property
    def is_total(self) -> bool:
        return self.label is not None or self.region is not None or (not self.name and self.is_below)


#: The first that holds is the row's role.
_ROLES: Final[Sequence[tuple[Role, Callable[[Row], bool]]]] = (
    (Role.MEMBER, lambda row: row.is_municipality and (row.has_figures or row.joins)),
    (Role.SECTION, lambda row: row.has_only_name and not row.is_below),
    (Role.NOTE, lambda row: not row.has_figures),
    (Role.REFERENCE, lambda row: COUNTRY.match(row.name) is not None),
    (Role.PARTY, lambda row: row.is_known_party),
    (Role.TOTAL, lambda row: row.is_total),
    (Role.UNKNOWN, lambda row: row.is_inside and bool(row.name or row.is_below)),
    (Role.NOTE, lambda _: True),
)


def roles(place: Place, first: int) -> list[tuple[Row, Role]]:
    """The rows from ``first`` on, each with what it is."""
    until = _end_of_rows(place)
    found = []
    for index in range(first, place.bottom):
        row = _described(place, index, until)
        found.append((row, next(role for role, holds in _ROLES if holds(row))))
    return found


def _end_of_rows(place: Place) -> int:
    """The last row that joins the members': what has a name, and figures or for a municipality anything else."""
    last = place.rows[-1]
    while last + 1 < place.bottom and _joins(place, last + 1):
        last += 1
    return last


def _joins(place: Place, index: int) -> bool:
    name = place.area.at(index, place.name)
    others = [cell for cell in _cells(place, index) if cell is not None and cell != name]
    return name is not None and bool(_figures(place, index) or (others and municipality(name)))


def _described(place: Place, index: int, until: int) -> Row:
    cells = _cells(place, index)
    name = place.area.text(index, place.name)
    label = next((cell for cell in cells if isinstance(cell, str) and TOTAL.match(cell)), None)
    filled = [cell for cell in cells if cell is not None]
    return Row(
        index=index,
        name=name,
        region=named(name) if name else None,
        label=label,
        has_figures=bool(_figures(place, index)),
        has_only_name=len(filled) == 1 and bool(name),
        joins=index <= until and len(filled) > 1,
        is_inside=place.rows[0] <= index <= until,
        is_below=index > place.rows[-1],
    )


def _figures(place: Place, index: int) -> list[Content]:
    beside = (place.area.at(index, column) for column in place.columns if column != place.name)
    return list(filter(is_figure, beside))


def _cells(place: Place, index: int) -> list[Content]:
    return [place.area.at(index, column) for column in place.columns]


def meant(name: str) -> str:
    """The municipalities that a misspelt name resembles, in words; "" where it resembles none."""
    if len(name) > LONGEST_NAME:
        return ""
    try:
        resolve_municipality(name)
    except UnknownRegionError as error:
        return ", ".join(f"{region.name} ({region.code})" for region in error.candidates)
    return ""
