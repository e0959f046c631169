"""What a cost-sharing annex says, cell by cell: members, columns, figures, totals and the text around the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from analys.documents.model import Cell, Certainty
from analys.errors import Fault
from analys.register import Region


class Kind(StrEnum):
    """What a column holds, as far as its heading and cells tell."""

    NAME = "kommun"
    CODE = "kommunkod"
    ORGANISATION_NUMBER = "organisationsnummer"
    POPULATION = "folkmangd"
    SHARE = "andel"
    AMOUNT = "belopp"
    PER_HEAD = "kr_per_invanare"
    OTHER = "annat"


@dataclass(frozen=True)
class Period:
    """What time an amount is for: ``years`` is its length (1/2, 1, 3/2), ``year`` the calendar year, where stated."""

    years: Fraction | None = None
    year: int | None = None


@dataclass(frozen=True)
class Column:
    """One column of the table. ``letter`` and ``cell`` (the heading's) are as a spreadsheet shows them.

    ``unit`` is what the figures are written in: ``personer``, ``andel`` (parts of one), ``%``, ``kr`` or ``tkr``.
    ``date`` is a population's stated reference date; a bare year means 31 December. ``vat`` is True for "inkl. moms",
    False for "exkl. moms", None when the heading does not say.
    """

    letter: str
    cell: str
    heading: str
    kind: Kind
    unit: str | None = None
    date: dt.date | None = None
    period: Period = Period()
    vat: bool | None = None


@dataclass(frozen=True)
class Figure:
    """A number with its place: ``value`` in persons, parts of one or kronor, ``text`` as written.

    ``step`` is the worth of the last digit written, in the same unit: 1 for "9 244 kr", 0.0001 for "1,21%", 1000 for
    "64 tkr", 0.001 for a share that a workbook shows as "17,5 %" whatever more it holds. ``unit`` is the unit written in
    the cell itself, ``None`` when it holds a bare number. A mark for nothing ("–") is a zero. ``source`` is the cell as
    the file has it: its formula, its number format, where on a page it stands.
    """

    cell: str
    text: str
    value: Decimal
    step: Decimal
    unit: str | None = None
    source: Cell | None = None

    @property
    def decimals(self) -> int:
        """How many decimals ``value`` was written with."""
        return max(0, -int(self.step.as_tuple().exponent))


@dataclass(frozen=True)
class Member:
    """A party's row. ``figures`` goes from column letter to figure.

    ``municipality`` of a party that is none has the county's code for a region, no code for others.
    """

    municipality: Region
    cell: str
    row: int
    figures: Mapping[str, Figure]
    organisation_number: str | None = None


@dataclass(frozen=True)
class TotalRow:
    """A row of totals, with its label wherever in the row that stands ("" when it has none)."""

    label: str
    cell: str
    row: int
    figures: Mapping[str, Figure]

    @property
    def is_called_a_part(self) -> bool:
        """Whether its label says that it is no total of the whole."""
        return self.label.casefold().startswith(("delsumma", "undersumma"))


def in_column(rows: Iterable[Member | TotalRow], column: Column) -> list[Figure]:
    """The figures that rows have in a column, of those that have one."""
    return [row.figures[column.letter] for row in rows if column.letter in row.figures]


@dataclass(frozen=True)
class Section:
    """A part of the table that has totals of its own, such as a county's municipalities; ``label`` is "" without one."""

    label: str
    members: tuple[Member, ...]
    others: tuple[Member, ...]
    totals: tuple[TotalRow, ...]


@dataclass(frozen=True)
class Text:
    """A text outside the table."""

    cell: str
    text: str


@dataclass(frozen=True)
class Mention:
    """A number with its unit in the text outside the table: kronor, parts of one, or ``personer``."""

    cell: str
    text: str
    value: Decimal
    unit: str


@dataclass(frozen=True)
class Annex:
    """A table of members with population, share and/or amount, its totals, and the text around it.

    ``sheet`` names the sheet, or the table's place in a document; ``place`` is where the table begins. ``others`` are
    parties that are no municipality (a region, the state, a joint authority, "Övriga intäkter"): rows with the figures
    that stand there; ``references`` are rows to compare with, such as the country's. ``sections`` are the table's parts
    where these have totals of their own. ``remarks`` tell what stands in the table and was not read, for no need of it;
    those of what else the file holds stand with its first annex. ``certainty`` tells how the cells came about, and
    ``formulas`` goes from a cell's place to its formula.
    """

    file: str
    sheet: str
    title: str
    columns: tuple[Column, ...]
    members: tuple[Member, ...]
    totals: tuple[TotalRow, ...]
    texts: tuple[Text, ...]
    mentions: tuple[Mention, ...]
    others: tuple[Member, ...] = ()
    sections: tuple[Section, ...] = ()
    references: tuple[Member, ...] = ()
    remarks: tuple[Fault, ...] = ()
    certainty: Certainty = Certainty.GIVEN
    formulas: Mapping[str, str] = field(default_factory=dict)
    place: str = ""

    def of_kind(self, kind: Kind) -> tuple[Column, ...]:
        """The columns that hold ``kind``, from left to right."""
        return tuple(column for column in self.columns if column.kind is kind)

    @property
    def volumes(self) -> tuple[Column, ...]:
        """The columns of something else that is counted ("Antal ärenden"), with a figure for every member."""
        return tuple(column for column in self.of_kind(Kind.OTHER) if self.is_whole(column))

    def is_whole(self, column: Column) -> bool:
        """Whether every member has a figure in a column, as each has in those of population, shares and amounts."""
        return all(column.letter in member.figures for member in self.members)

    def values(self, column: Column) -> tuple[Figure, ...]:
        """A column's figures, one a member, in the members' order."""
        return tuple(member.figures[column.letter] for member in self.members)

    def total(self, column: Column) -> Figure | None:
        """The printed total of a column, or ``None``: the first that is no section's, and is not called a part's."""
        first, last = self.members[0].row, self.members[-1].row
        parts = {row.row for section in self.sections for row in section.totals} | {*range(first, last)}
        whole = (row for row in self.totals if row.row not in parts and not row.is_called_a_part)
        return next(iter(in_column(whole, column)), None)

    def beside(self, column: Column) -> tuple[Decimal, ...]:
        """A column's figures of parties that are no municipality."""
        return tuple(figure.value for figure in in_column(self.others, column))

    def own_total(self, column: Column) -> Decimal | None:
        """What the municipalities' figures should add to: the printed total, less what it counts of other parties."""
        printed = self.total(column)
        if printed is None:
            return None
        own = sum((figure.value for figure in self.values(column)), Decimal(0))
        return min((printed.value, printed.value - sum(self.beside(column))), key=lambda total: abs(total - own))
