"""Reads the table at one place as an annex; every cell that is needed and bad is reported, all at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from analys.documents.model import Cell, Document
from analys.errors import Fault, InputError
from analys.finder.cells import Content, coded, content, is_number, is_year, named, shown, without_footnote
from analys.finder.dates import find_period
from analys.finder.marks import Marks, Written, decide, rewritten
from analys.finder.places import Place, Profile, is_heading_text
from analys.intake.annex import headings
from analys.intake.annex.columns import Described, kind_of, share_unit, size_of
from analys.intake.annex.figures import UnreadableError, read_figure
from analys.intake.annex.model import Annex, Column, Figure, Kind, Member, Text, TotalRow
from analys.intake.annex.rows import Role, Row, meant, roles
from analys.intake.annex.sections import sections
from analys.intake.annex.texts import MENTION, dated, mentions
from analys.register import Region, find, municipalities, resolve_municipality
from analys.swedish import is_missing

AUDITED: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT)
PROFILE: Final = Profile(
    heads_figures=lambda heading: headings.kind_of(heading) in AUDITED,
    heads_codes=lambda heading: headings.kind_of(heading) in (Kind.CODE, Kind.NAME),
)
#: Sweden has 290 municipalities; some may stand twice. More rows are another kind of table.
MAX_MEMBERS: Final = 400
#: The kinds whose cells must be read for every member, and those that are read where they can be.
_NUMERIC: Final = (*AUDITED, Kind.PER_HEAD, Kind.OTHER)

#: The unit of a row of totals, where its label says one: "Summa (tkr)".
_TOTAL_UNIT: Final = re.compile(r"\b(tkr|mnkr|mkr|kr|kronor)\b", re.I)
_COUNTY_PARTY: Final = re.compile(r"^region(en)?\s+|(?<!\s)\s++läns landsting$", re.I)


def read_annex(document: Document, place: Place, around: Sequence[Text] = ()) -> Annex:
    """The annex at one place; ``around`` are texts of the document that belong to it. Raises :class:`InputError` with
    every cell that is needed and cannot be read."""
    reader = _Reader(document.file, place, around)
    annex = reader.annex()
    if reader.faults:
        raise InputError(reader.faults)
    formulas = {cell.place: cell.formula for row in place.area.grid.rows for cell in row if cell.formula}
    return replace(
        annex,
        place=where(place),
        remarks=tuple(reader.remarks),
        certainty=place.area.grid.certainty,
        formulas=formulas,
    )


@dataclass
class _Column:
    """A column while it is read: its index and cells, and what could not be read in it."""

    index: int
    column: Column
    figures: dict[int, Figure] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    is_said_missing: bool = True


class _Reader:
    """Reads the table at one place; collects faults, to raise them together, and remarks on what is not needed."""

    def __init__(self, file: str, place: Place, around: Sequence[Text]) -> None:
        self.file, self.place, self.area, self.around = file, place, place.area, around
        self.faults: list[Fault] = []
        self.remarks: list[Fault] = []

    # --- headings -------------------------------------------------------------------------------------------------

    @cached_property
    def headings(self) -> list[int]:
        """The rows of headings: the one that tells what the columns hold, and those of texts right above and below."""
        header, first = self.place.header, self.place.rows[0]
        rows = [header]
        while rows[0] > self.place.top and self._belongs_above(rows[0] - 1):
            rows.insert(0, rows[0] - 1)
        return rows + [row for row in range(header + 1, first) if self._tells_more(row)]

    def _belongs_above(self, row: int) -> bool:
        return is_heading_text(self.area, row, 2, self.place.columns) or self._completes(row)

    def _tells_more(self, row: int) -> bool:
        """Whether a row under the headings belongs to them; a text in the column of names alone heads a section."""
        over_figures = [column for column, _ in self.area.filled(row) if column in self.place.columns]
        return is_heading_text(self.area, row, 1, self.place.columns) and over_figures != [self.place.name]

    def _completes(self, row: int) -> bool:
        """Whether a row's only text says what the figures under it are, where the row of headings does not."""
        filled = [(column, cell) for column, cell in self.area.filled(row) if column in self.place.columns]
        if len(filled) != 1 or filled[0][0] <= self.place.name or not is_heading_text(self.area, row, 1):
            return False
        column, cell = filled[0]
        below = self.area.text(self.place.header, column)
        open_below = headings.kind_of(below) not in AUDITED or headings.is_unit(below)
        told = headings.kind_of(shown(cell)) in AUDITED or is_year(cell)
        return told and bool(below) and open_below

    def heading(self, column: int) -> str:
        """The column's heading, from top to bottom; what heads several columns is said of each that needs it."""
        own = [headings.without_footnote(self.area.spanned(row, column)) for row in self.headings]
        if column != self.place.name and own[-1]:
            alone = headings.tells_alone(" ".join(filter(None, own)))
            own[:-1] = [
                text or self._heads_from_the_left(row, column, only_time=alone)
                for text, row in zip(own[:-1], self.headings, strict=False)
            ]
        return " ".join(dict.fromkeys(text for text in own if text))

    def _heads_from_the_left(self, row: int, column: int, *, only_time: bool) -> str:
        """The nearest text to the left in an upper row of headings, for it heads the columns to its right as well; of a
        column that tells alone what it holds only the time."""
        lefts = (self.area.text(row, left) for left in range(column - 1, self.place.name, -1))
        text = headings.without_footnote(next((text for text in lefts if text), ""))
        return text if headings.is_only_time(text) or not only_time else ""

    # --- the whole ------------------------------------------------------------------------------------------------

    def annex(self) -> Annex:
        place = self.place
        if not place.has_headings:
            self._fault(
                place.rows[0], place.name, "en rad med rubriker ovanför medlemmarna", "ingen", "skriv rubrikerna"
            )
            raise InputError(self.faults)
        found = roles(place, self.headings[-1] + 1)
        rows: dict[Role, list[Row]] = {role: [] for role in Role}
        for row, role in found:
            rows[role].append(row)
        self._settle_unknown(rows)
        self._check_members(rows[Role.MEMBER])
        self._settle_counties(rows)
        columns = self._columns([row.index for row in rows[Role.MEMBER]], [row.index for row in rows[Role.TOTAL]])
        members = tuple(self._member(row, columns) for row in rows[Role.MEMBER])
        others, references = (
            tuple(self._party(row, columns) for row in rows[role]) for role in (Role.PARTY, Role.REFERENCE)
        )
        totals = tuple(self._total(row, columns) for row in rows[Role.TOTAL])
        used = {row.index for row, role in found if role not in (Role.NOTE, Role.SECTION)}
        texts = self._texts(used)
        above = self._above(texts)
        audited = (each.column for each in columns if each.column.kind in AUDITED)
        return Annex(
            file=self.file,
            sheet=self.area.grid.name,
            title=above[0].text if above else "",
            columns=tuple(dated(each.column, texts) for each in columns),
            members=members,
            totals=totals,
            texts=texts,
            mentions=tuple(mentions(texts)),
            others=others,
            sections=sections(members, others, totals, rows[Role.SECTION], next(audited, None)),
            references=references,
        )

    def _settle_unknown(self, rows: dict[Role, list[Row]]) -> None:
        """A name that resembles a municipality's is misspelt; one that resembles none is another party's."""
        for row in rows[Role.UNKNOWN]:
            near = meant(row.name)
            if row.name and not near:
                rows[Role.PARTY].append(row)
                continue
            away = "flytta raden ur tabellen om den inte är en kommun"
            action = f"menas {near}? Annars {away}" if near else f"skriv namnet, eller {away}"
            found = repr(row.name) if row.name else "en tom cell"
            self._fault(row.index, self.place.name, "en kommuns namn", found, action)
        rows[Role.PARTY].sort(key=lambda row: row.index)

    def _settle_counties(self, rows: dict[Role, list[Row]]) -> None:
        """A county's row adds up all of its municipalities; beside some of them it is there to compare with."""
        codes = {row.region.code for row in rows[Role.MEMBER] if row.region}
        for row in list(rows[Role.TOTAL]):
            own = {region.code for region in municipalities(row.region.code)} if row.region and not row.label else set()
            if own - codes:
                rows[Role.TOTAL].remove(row)
                rows[Role.REFERENCE].append(row)

    def _check_members(self, members: Sequence[Row]) -> None:
        if not members:
            expected, found = "tal bredvid kommunens namn", "inget som kan läsas som ett tal"
            self._fault(self.place.rows[0], self.place.name, expected, found, "skriv talen som tal")
            raise InputError(self.faults)
        if len(members) > MAX_MEMBERS:
            expected, action = f"högst {MAX_MEMBERS} rader med kommuner", "spara bilagans tabell som en egen fil"
            raise InputError([Fault(self.file, self.area.grid.name, expected, str(len(members)), action)])

    # --- columns --------------------------------------------------------------------------------------------------

    def _columns(self, members: Sequence[int], totals: Sequence[int]) -> list[_Column]:
        self.headed = {index: self.heading(index) for index in self.place.columns}
        unit = self._unit_above
        self.marks = decide(
            {
                index: Written(
                    size_of(heading, unit),
                    [self.area.at(row, index) for row in members],
                    [self.area.at(row, index) for row in totals],
                )
                for index, heading in self.headed.items()
            }
        )
        described = {index: self._column(index, members) for index in self.headed}
        columns = [_Column(index, column) for index, column in described.items() if column]
        for each in columns:
            self._read_cells(each, members)
        self._judge(columns)
        return columns

    def _column(self, index: int, members: Sequence[int]) -> Column | None:
        """The column as its heading and cells tell; ``None`` where there is neither."""
        heading, cells = self.headed[index], [self._content(row, index) for row in members]
        head = self.area.cell(self.headings[0], index)
        letter = _letter(head, index, is_turned=self.area.is_turned)
        if index == self.place.name:
            return Column(letter, head.place, heading, Kind.NAME)
        if not heading and not any(map(is_number, cells)):
            return None
        described = Described(heading, cells, self._kind_around)
        kind = kind_of(described)
        if kind is Kind.OTHER and self._are_codes(cells, members):
            kind = Kind.CODE
        column = Column(letter, head.place, heading, kind)
        if column.kind is Kind.POPULATION:
            return replace(column, unit="personer", date=find_period(heading))
        if column.kind is Kind.SHARE:
            return replace(column, unit=share_unit(described))
        if column.kind in (Kind.AMOUNT, Kind.PER_HEAD):
            unit = headings.stated_unit(heading) or self._unit_above or "kr"
            return replace(column, unit=unit, period=headings.stated_period(heading), vat=headings.stated_vat(heading))
        return column

    def _are_codes(self, cells: Sequence[Content], members: Sequence[int]) -> bool:
        """Whether a column without a heading, or with one that says nothing, holds the municipalities' codes."""
        names = [named(self.area.text(row, self.place.name)) for row in members]
        return all(cell is not None and coded(cell) == name for cell, name in zip(cells, names, strict=True))

    def _read_cells(self, column: _Column, members: Sequence[int]) -> None:
        """The members' figures. Of what is counted beside, texts are no figures; of kronor per inhabitant some lack."""
        if column.column.kind not in _NUMERIC:
            return
        needed = column.column.kind in AUDITED
        for row in members:
            cell = self._content(row, column.index)
            if not needed and not is_number(cell) and not shown(cell).startswith("-"):
                continue
            try:
                column.figures[row] = read_figure(self.area.cell(row, column.index), cell, column.column)
            except UnreadableError as error:
                column.faults.append(self._at(row, column.index, error.expected, error.found, error.action))
                column.is_said_missing &= cell is not None and is_missing(cell)

    def _judge(self, columns: Sequence[_Column]) -> None:
        """A column with cells that cannot be read stops the file only where no other holds what it should; one that says
        itself that figures are missing ("uppgift saknas") only where no other holds any."""
        audited = [each for each in columns if each.column.kind in AUDITED]
        whole = {each.column.kind for each in audited if not each.faults}
        for each in audited:
            if each.faults and (whole if each.is_said_missing else whole & {each.column.kind}):
                each.column = replace(each.column, kind=Kind.OTHER, unit=None)
        for each in columns:
            told = self.faults if each.column.kind in AUDITED else self.remarks
            told += each.faults
        for each in (each for each in columns if not each.column.heading and each.column.kind is Kind.OTHER):
            expected, found = "en rubrik över talen", "en tom cell"
            self.remarks.append(self._at(self.headings[0], each.index, expected, found, "skriv en rubrik"))
        if not any(each.column.kind in AUDITED for each in columns):
            found = ", ".join(repr(each.column.heading) for each in columns)
            expected = "en rubrik för folkmängd, andel eller belopp"
            self._fault(self.place.header, self.place.name, expected, found, "skriv vad kolumnerna innehåller")

    @cached_property
    def _texts_above(self) -> list[str]:
        rows = range(self.headings[0] - 1, self.place.top - 1, -1)
        inside = [cell for row in rows for _, cell in self.area.filled(row)]
        beside = [content(cell) for cell in self.area.around]
        return [cell for cell in (*inside, *beside) if isinstance(cell, str)] + [text.text for text in self.around]

    @cached_property
    def _unit_above(self) -> str | None:
        """A unit stated for the whole table above it: "Belopp i tkr", "(tkr)", not a sum of money in a sentence."""
        units = (headings.stated_unit(text) for text in self._texts_above if not MENTION.search(text))
        return next((unit for unit in units if unit), None)

    @cached_property
    def _kind_around(self) -> Kind:
        """What the nearest title above speaks of, for columns that say only which year they are of."""
        kinds = (headings.kind_of(text) for text in self._texts_above if len(text) < headings.LONGEST)
        return next((kind for kind in kinds if kind in AUDITED), Kind.OTHER)

    # --- rows -----------------------------------------------------------------------------------------------------

    def _content(self, row: int, column: int) -> Content:
        return rewritten(self.area.at(row, column), self.marks.get(column, Marks.SWEDISH))

    def _figures(self, row: int, columns: Sequence[_Column]) -> dict[str, Figure]:
        """The figures of a row that need not have all of them."""
        figures = {}
        for each in columns:
            cell = self._content(row, each.index)
            if each.column.kind not in _NUMERIC or not is_number(cell):
                continue
            try:
                figures[each.column.letter] = read_figure(self.area.cell(row, each.index), cell, each.column)
            except UnreadableError as error:
                self.remarks.append(self._at(row, each.index, error.expected, error.found, error.action))
        return figures

    def _member(self, row: Row, columns: Sequence[_Column]) -> Member:
        region = row.region or resolve_municipality(without_footnote(row.name))
        number = None
        for each in columns:
            text = self.area.text(row.index, each.index)
            if each.column.kind is Kind.ORGANISATION_NUMBER:
                number = text or None
            elif each.column.kind is Kind.CODE and text and named(text) != region:
                expected, action = f"koden för {region.name}, {region.code}", "rätta koden eller namnet"
                self.remarks.append(self._at(row.index, each.index, expected, repr(text), action))
        figures = {each.column.letter: each.figures[row.index] for each in columns if row.index in each.figures}
        return Member(region, self._cell(row).place, row.index + 1, figures, number)

    def _party(self, row: Row, columns: Sequence[_Column]) -> Member:
        """A party that is no municipality; a region has its county's code."""
        name = without_footnote(row.name)
        county = find(_COUNTY_PARTY.sub("", name))
        code = county.code if county and not county.is_municipality else ""
        return Member(Region(code, name), self._cell(row).place, row.index + 1, self._figures(row.index, columns))

    def _total(self, row: Row, columns: Sequence[_Column]) -> TotalRow:
        label = row.label or row.name
        if unit := _TOTAL_UNIT.search(label):
            columns = [_in_unit(each, unit[1].lower()) for each in columns]
        at = next((column for column, cell in self.area.filled(row.index) if label and shown(cell) == label), None)
        place = self.area.cell(row.index, self.place.name if at is None else at).place
        return TotalRow(label, place, row.index + 1, self._figures(row.index, columns))

    def _cell(self, row: Row) -> Cell:
        return self.area.cell(row.index, self.place.name)

    # --- texts ----------------------------------------------------------------------------------------------------

    def _texts(self, used: set[int]) -> tuple[Text, ...]:
        """What stands outside the table's rows, in reading order."""
        rows = [row for row in range(self.place.top, self.place.foot) if row not in used and row not in self.headings]
        cells = [*self.area.around, *(cell for row in rows for cell in self.area.cells[row])]
        texts = [(cell.place, content(cell)) for cell in cells]
        inside = [Text(place, text) for place, text in texts if isinstance(text, str)]
        return (*self.around, *inside)

    def _above(self, texts: Sequence[Text]) -> list[Text]:
        if self.around or self.area.is_turned:
            return list(texts)
        rows = range(self.place.top, self.headings[0])
        places = {cell.place for row in rows for cell in self.area.cells[row]}
        return [text for text in texts if text.cell in places]

    # --- faults ---------------------------------------------------------------------------------------------------

    def _at(self, row: int, column: int, expected: str, found: str, action: str) -> Fault:
        place = self.area.cell(row, column).place
        named_place = f"blad {self.area.grid.name}, cell {place}" if self.area.grid.name else f"cell {place}"
        return Fault(self.file, named_place if _CELL_NAME.fullmatch(place) else place, expected, found, action)

    def _fault(self, row: int, column: int, expected: str, found: str, action: str) -> None:
        self.faults.append(self._at(row, column, expected, found, action))


def _in_unit(each: _Column, unit: str) -> _Column:
    """A column of amounts read in another unit than its heading's."""
    return replace(each, column=replace(each.column, unit=unit)) if each.column.kind is Kind.AMOUNT else each


_CELL_NAME: Final = re.compile(r"[A-Z]+\d+")


def where(place: Place) -> str:
    """Where a table begins, as a message says it: "Bilaga!A3", "rad 274–288", "sida 3, tabell 2"."""
    cell, name = place.area.cell(place.top_row, place.name).place, place.area.grid.name
    if not _CELL_NAME.fullmatch(cell):
        return name or cell
    return f"{name}!{cell}" if name else cell


def _letter(head: Cell, index: int, *, is_turned: bool) -> str:
    """The column's name: a sheet's letter, of a turned table the row's number, else the column's number."""
    match = _CELL_NAME.fullmatch(head.place)
    if match is None:
        return str(index + 1)
    return head.place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") if is_turned else head.place.rstrip("0123456789")
