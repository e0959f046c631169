"""Finds the one table of members in a grid of cells, and reads it; every bad cell is reported, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from analys.errors import Fault, InputError
from analys.intake.annex import headings
from analys.intake.annex.columns import (
    dotted_columns,
    kind_of,
    numbers_of,
    pointed_columns,
    share_unit,
    written_unit,
)
from analys.intake.annex.grid import Grids, Value, cell_name, column_letter
from analys.intake.annex.model import Annex, Column, Figure, Kind, Member, Mention, Text, TotalRow
from analys.intake.annex.places import (
    FOOTNOTE,
    TOTAL,
    Place,
    find_tables,
    is_heading_text,
    is_number,
    is_year,
    municipality,
    named,
    text_of,
    unmarked,
    with_comma,
)
from analys.register import Region, UnknownRegionError, find, resolve_municipality
from analys.swedish import PARTS, UNITS, is_missing, parse_number, plain

_MENTION: Final = re.compile(
    r"(?<![\d,.])(?P<number>\d{1,3}(?: \d{3})+(?:,\d+)?|\d+(?:,\d+)?)\s?"
    r"(?P<unit>kronor|kr|tkr|mnkr|mkr|%|procent|personer|invånare)(?![a-zåäö])",
    re.I,
)
#: Rows beside the municipalities' that totals may count: parties to the agreement that are none, tax, and rounding.
_PARTY: Final = re.compile(
    r"(region|landsting|staten|svenska staten|länsstyrelse|samordningsförbund|kommunalförbund|kommunförbund)\w*\b.*"
    r"|.*(läns landsting|förbund|förbundet|myndigheten|universitet|universitetet|högskola|högskolan|stiftelsen|föreningen)"
    r"|(\w*avrundning|öresutjämning|utjämning|differens|moms|mervärdesskatt)\b.*"
    r"|.* ab( \(publ\))?|(försäkringskassan|arbetsförmedlingen|polisen|kriminalvården|trafikverket)\b.*",
    re.I,
)
_DATED_POPULATION: Final = re.compile(r"(folkmängd|befolkning|invånar)\w*\s+(per|den|vid|år|i|\d).{0,40}", re.I)
_NUMERIC: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT, Kind.PER_HEAD)
_AUDITED: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT)
#: Sweden has 290 municipalities; some may stand twice. More rows are another kind of table.
MAX_MEMBERS: Final = 400
_ONE_TABLE: Final = "one table with a row for each municipality under headings such as Kommun, Folkmängd, Andel, Belopp"


def read_annex(grids: Grids) -> Annex:
    """The annex in a file's sheets. Raises :class:`InputError` when there is not exactly one table, or bad cells."""
    places = [place for sheet in grids.sheets for place in find_tables(sheet)]
    # A sheet that nobody sees holds drafts and lists: it counts only where nothing else does.
    places = [place for place in places if not place.sheet.hidden] or places
    if not places:
        found = "only a picture, which holds no cells" if grids.pictures else "none"
        action = "write the table's numbers into cells" if grids.pictures else "add the headings and the members' rows"
        raise InputError([Fault(grids.file, "", _ONE_TABLE, found, action)])
    if len(places) > 1:
        found = f"{len(places)} tables, at {' and '.join(_where(place) for place in places)}"
        raise InputError([Fault(grids.file, "", _ONE_TABLE, found, "keep one table, save the others as files")])
    return _Reader(grids.file, places[0]).annex()


def _where(place: Place) -> str:
    cell = cell_name(place.header, place.name)
    return f"{place.sheet.name}!{cell}" if place.sheet.name else cell


class _Reader:
    """Reads the table at one place; collects faults and raises them together."""

    def __init__(self, file: str, place: Place) -> None:
        self.file, self.place, self.rows = file, place, place.sheet.rows
        self.dotted: set[int] = set()
        self.pointed: set[int] = set()
        self.headings: list[int] = [place.header]
        self.headings = self._heading_rows()
        self.faults: list[Fault] = []

    def _heading_rows(self) -> list[int]:
        """The rows of headings: the one that tells what the columns hold, and those of texts right above and below."""
        header, first = self.place.header, self.place.rows[0]
        rows = [header]
        while rows[0] > 0 and (is_heading_text(self.rows[rows[0] - 1], 2) or self._completes(rows[0] - 1)):
            rows.insert(0, rows[0] - 1)
        return rows + [row for row in range(header + 1, first) if self._tells_more(row)]

    def _tells_more(self, row: int) -> bool:
        """Whether a row under the headings belongs to them; a text in the column of names alone heads a section."""
        over_figures = (value for column, value in enumerate(self.rows[row]) if column != self.place.name)
        return is_heading_text(self.rows[row], 1) and any(map(text_of, over_figures))

    def _completes(self, row: int) -> bool:
        """Whether a row's only text says what the figures under it are, where the row of headings does not."""
        over = [column for column, value in enumerate(self.rows[row]) if text_of(value)]
        if len(over) != 1 or not is_heading_text(self.rows[row], 1):
            return False
        below = text_of(self._value(self.place.header, over[0]))
        told = headings.kind_of(text_of(self.rows[row][over[0]])) in _AUDITED
        open_below = headings.kind_of(below) not in _AUDITED or headings.is_unit(below)
        return told and bool(below) and over[0] > self.place.name and open_below

    def _heading(self, column: int) -> str:
        texts = (headings.without_footnote(text_of(self._value(row, column))) for row in self.headings)
        return " ".join(text for text in texts if text)

    def annex(self) -> Annex:
        if self.place.header < 0 or not any(text_of(value) for value in self.rows[self.place.header]):
            row = self.place.rows[0]
            self._fault(row, self.place.name, "a row of headings above the members", "none", "write the headings")
            raise InputError(self.faults)
        member_rows, party_rows, total_rows = self._table_rows()
        if not member_rows:
            expected, found = "figures beside the municipality's name", "none that can be read as a number"
            self._fault(self.place.rows[0], self.place.name, expected, found, "write the figures as numbers")
            raise InputError(self.faults)
        if len(member_rows) > MAX_MEMBERS:
            expected, action = (
                f"at most {MAX_MEMBERS} rows of municipalities",
                "save the annex's table as a file of its own",
            )
            raise InputError([Fault(self.file, self.place.sheet.name, expected, str(len(member_rows)), action)])
        columns = self._columns(member_rows, [row for row, _ in total_rows])
        members = tuple(self._member(row, columns) for row in member_rows)
        others = tuple(self._party(row, columns) for row in party_rows)
        totals = tuple(self._total(row, label, columns) for row, label in total_rows)
        if self.faults:
            raise InputError(self.faults)
        table = {*self.headings, *member_rows, *party_rows, *(row for row, _ in total_rows)}
        texts = tuple(
            Text(cell_name(index, column), text_of(value))
            for index, row in enumerate(self.rows)
            if index not in table
            for column, value in enumerate(row)
            if isinstance(value, str) and value.strip()
        )
        above = [text.text for text in texts if int(re.sub(r"\D", "", text.cell)) <= self.headings[0]]
        mentions = tuple(mention for text in texts for mention in _mentions(text))
        kept = tuple(_dated(column, texts) for column, _ in columns)
        sheet = self.place.sheet.name
        return Annex(self.file, sheet, above[0] if above else "", kept, members, totals, texts, mentions, others)

    def _fault(self, row: int, column: int, expected: str, found: str, action: str) -> None:
        sheet = f"sheet {self.place.sheet.name}, " if self.place.sheet.name else ""
        self.faults.append(Fault(self.file, f"{sheet}cell {cell_name(row, column)}", expected, found, action))

    def _value(self, row: int, column: int) -> Value:
        cells = self.rows[row]
        value = cells[column] if column < len(cells) else None
        if not isinstance(value, str) or row <= self.headings[-1]:
            return value
        if column in self.dotted:
            return value.replace(".", "")
        return with_comma(value) if column in self.pointed else value

    def _table_rows(self) -> tuple[list[int], list[int], list[tuple[int, str]]]:
        """The rows of members, of other parties, and of totals. A row with figures that is none of these is a fault."""
        members: list[int] = []
        parties: list[int] = []
        totals: list[tuple[int, str]] = []
        for index in range(self.headings[-1] + 1, len(self.rows)):
            row = self.rows[index]
            numbers = [column for column, value in enumerate(row) if column != self.place.name and is_number(value)]
            name = text_of(self._value(index, self.place.name))
            texts = [
                text_of(value) for value in row if isinstance(value, str) and value.strip() and not is_number(value)
            ]
            if not numbers:
                if municipality(name) and index <= self.place.rows[-1] + 1:
                    members.append(index)
                continue
            label = next((text for text in texts if TOTAL.match(text)), None)
            region = named(name) if name else None
            if region and region.is_municipality:
                members.append(index)
            elif region is None and label is None and _PARTY.fullmatch(FOOTNOTE.sub("", name)):
                parties.append(index)
            elif label is not None or (region and not region.is_municipality):
                totals.append((index, label or name))
            elif not name and index > self.place.rows[-1]:
                totals.append((index, ""))
            elif not name and index < self.place.rows[0]:
                continue  # a second row of headings
            elif index <= self.place.rows[-1] or index == members[-1] + 1:
                self._unknown(index, name)
        return members, parties, totals

    def _unknown(self, row: int, name: str) -> None:
        try:
            resolve_municipality(name)
        except UnknownRegionError as error:
            near = ", ".join(f"{region.name} ({region.code})" for region in error.candidates)
            away = "move the row out of the table if it is none"
            action = f"did you mean {near}? Otherwise {away}" if near else f"write its name, or {away}"
            self._fault(row, self.place.name, "a municipality's name", repr(name) if name else "an empty cell", action)

    def _columns(self, member_rows: list[int], total_rows: list[int]) -> list[tuple[Column, int]]:
        """The table's columns with their indices. Figures without a heading of their own are faults."""
        width = max(len(self.rows[row]) for row in (self.place.header, *member_rows))
        self._refuse_merged(member_rows[0], width)
        self.dotted = dotted_columns(
            {
                column: (
                    self._heading(column),
                    [self._value(row, column) for row in member_rows],
                    [self._value(row, column) for row in total_rows],
                )
                for column in range(width)
            }
        )
        self.pointed = pointed_columns(
            {
                column: (self._heading(column), [self._value(row, column) for row in member_rows])
                for column in range(width)
                if column not in self.dotted
            }
        )
        columns = []
        for index in range(width):
            heading = self._heading(index)
            values = [self._value(row, index) for row in member_rows]
            if index == self.place.name:
                columns.append((Column(column_letter(index), self._cell(index), heading, Kind.NAME), index))
            elif self._is_headed(index, heading) or (heading and not any(map(is_number, values))):
                columns.append((self._column(index, heading, values), index))
            elif any(is_number(value) for value in values):
                self._fault(self.headings[0], index, "a heading over the figures", "an empty cell", _HEADING_ACTION)
        if not any(column.kind in _AUDITED for column, _ in columns):
            expected = "a heading for population, share or amount"
            found = ", ".join(repr(column.heading) for column, _ in columns)
            self._fault(self.place.header, self.place.name, expected, found, "name the columns")
        return columns

    def _is_headed(self, column: int, heading: str) -> bool:
        """Whether a column's heading is its own: a year or a period under nothing says more of a heading beside it."""
        if text_of(self._value(self.headings[0], column)) or headings.kind_of(heading) is not Kind.OTHER:
            return True
        return bool(heading) and not is_year(heading) and not headings.may_be_amount(heading)

    def _refuse_merged(self, first_member: int, width: int) -> None:
        """Headings over two rows or several columns leave open which figures each of them means."""
        for top, left, bottom, right in self.place.sheet.merged:
            over_figures = (
                right > left
                and left < width
                and any(is_number(self._value(first_member, column)) for column in range(left, right + 1))
            )
            several_rows = bottom > top and left < width
            touches = top <= self.headings[-1] and bottom >= self.headings[0]
            if touches and (over_figures or several_rows):
                found = f"the merged cells {cell_name(top, left)}:{cell_name(bottom, right)}"
                self._fault(top, left, "one heading cell a column", found, _HEADING_ACTION)

    def _cell(self, column: int) -> str:
        return cell_name(self.headings[0], column)

    def _column(self, index: int, heading: str, values: list[Value]) -> Column:
        kind = kind_of(heading, values)
        column = Column(column_letter(index), self._cell(index), heading, kind)
        if kind is Kind.POPULATION:
            return replace(column, unit="personer", date=headings.stated_date(heading))
        if kind is Kind.SHARE:
            numbers = numbers_of(values)
            unit = share_unit(heading, [number.value for number in numbers], written_unit(numbers))
            return replace(column, unit=unit)
        if kind in (Kind.AMOUNT, Kind.PER_HEAD):
            above = [text_of(v) for row in self.rows[: self.headings[0]] for v in row if isinstance(v, str)]
            stated = headings.stated_unit(heading) or next((u for u in map(_table_unit, above) if u), "kr")
            vat, period = headings.stated_vat(heading), headings.stated_period(heading)
            return replace(column, unit=stated, period=period, vat=vat)
        return column

    def _figure(self, row: int, index: int, column: Column) -> Figure | None:
        value = self._value(row, index)
        place, text = cell_name(row, index), text_of(value)
        try:
            number = parse_number(unmarked(value))
        except ValueError as error:
            empty = is_missing(value)
            found = "an empty cell" if not text else repr(text)
            expected = f"{_NOUNS[column.kind]}: {error}" if not empty else _NOUNS[column.kind]
            self._fault(row, index, expected, found, "write the figure" if empty else "correct the cell")
            return None
        unit = number.unit if number.unit else column.unit
        if unit not in _UNITS_OF[column.kind]:
            self._fault(row, index, _NOUNS[column.kind], repr(text), "correct the figure's unit")
            return None
        factor = UNITS.get(unit or "", Decimal(1))
        step = Decimal(1).scaleb(int(number.value.as_tuple().exponent)) if number.decimals else Decimal(1)
        figure = Figure(place, text, number.value * factor, step * factor, number.unit)
        if column.kind is Kind.POPULATION and (figure.value < 0 or figure.value != int(figure.value)):
            self._fault(row, index, "a whole number of inhabitants", repr(text), "correct the cell")
            return None
        if abs(figure.value) >= _LIMITS[column.kind] or (column.kind is Kind.SHARE and figure.value < 0):
            expected = f"{_NOUNS[column.kind]} of zero or more" if figure.value < 0 else _NOUNS[column.kind]
            shown = repr(text) if len(text) < 40 else f"a number of {len(text)} digits"
            self._fault(row, index, f"{expected}, below {_LIMITS[column.kind]}", shown, "correct the cell")
            return None
        return figure

    def _figures(self, row: int, columns: list[tuple[Column, int]], *, required: bool) -> dict[str, Figure]:
        figures = {}
        for column, index in columns:
            if column.kind not in _NUMERIC:
                continue
            value = self._value(row, index)
            if not required and (is_missing(value) or (isinstance(value, str) and not _has_digit_first(value))):
                continue
            if column.kind is Kind.PER_HEAD and is_missing(value):
                continue
            if figure := self._figure(row, index, column):
                figures[column.letter] = figure
        return figures

    def _member(self, row: int, columns: list[tuple[Column, int]]) -> Member:
        name = text_of(self._value(row, self.place.name))
        region = named(name) or resolve_municipality(FOOTNOTE.sub("", name))
        number = None
        for column, index in columns:
            text = text_of(self._value(row, index))
            if column.kind is Kind.ORGANISATION_NUMBER:
                number = text or None
            elif column.kind is Kind.CODE and text and find(text) != region:
                action = "correct the code or the name"
                self._fault(row, index, f"the code of {region.name}, {region.code}", repr(text), action)
        figures = self._figures(row, columns, required=True)
        return Member(region, cell_name(row, self.place.name), row + 1, figures, number)

    def _party(self, row: int, columns: list[tuple[Column, int]]) -> Member:
        """A party that is no municipality; a region has its county's code."""
        name = FOOTNOTE.sub("", text_of(self._value(row, self.place.name)))
        county = find(re.sub(r"^region(en)?\s+|\s+läns landsting$", "", name, flags=re.I))
        code = county.code if county and len(county.code) == 2 else ""
        cell = cell_name(row, self.place.name)
        return Member(Region(code, name), cell, row + 1, self._figures(row, columns, required=False))

    def _total(self, row: int, label: str, columns: list[tuple[Column, int]]) -> TotalRow:
        cells = (index for index, value in enumerate(self.rows[row]) if label and text_of(value) == label)
        place = cell_name(row, next(cells, self.place.name))
        return TotalRow(label, place, row + 1, self._figures(row, columns, required=False))


_HEADING_ACTION: Final = "write one heading for each column in one row, and unmerge the cells"
_NOUNS: Final = {
    Kind.POPULATION: "a number of inhabitants",
    Kind.SHARE: "a share",
    Kind.AMOUNT: "an amount",
    Kind.PER_HEAD: "an amount per inhabitant",
}
#: What no figure of a municipality reaches: persons, parts of one, kronor.
_LIMITS: Final = {
    Kind.POPULATION: 100_000_000,
    Kind.SHARE: 100,
    Kind.AMOUNT: 1_000_000_000_000,
    Kind.PER_HEAD: 1_000_000_000_000,
}
_UNITS_OF: Final = {
    Kind.POPULATION: {"personer"},
    Kind.SHARE: {"andel", *PARTS},
    Kind.AMOUNT: {"kr", "kronor", "sek", "tkr", "mnkr", "mkr"},
    Kind.PER_HEAD: {"kr", "kronor", "sek", "tkr", "mnkr", "mkr"},
}


def _has_digit_first(value: str) -> bool:
    return bool(re.match(r"[\s\u2212+-]*\d", plain(value)))


def _table_unit(text: str) -> str | None:
    """A unit stated for the whole table above it: "Belopp i tkr", "(tkr)", not a sum of money in a sentence."""
    if _MENTION.search(text):
        return None
    return headings.stated_unit(text)


def _dated(column: Column, texts: tuple[Text, ...]) -> Column:
    """A population column without a date takes the one that the text states for the population, if it states one."""
    if column.kind is not Kind.POPULATION or column.date:
        return column
    for text in texts:
        for sentence in re.split(r"(?<=[a-zåäö)])[.;]\s", text.text):
            match = _DATED_POPULATION.search(sentence)
            if match and (date := headings.stated_date(match[0])):
                return replace(column, date=date)
    return column


def _mentions(text: Text) -> Iterator[Mention]:
    for match in _MENTION.finditer(plain(text.text)):
        unit = match["unit"].lower()
        value = Decimal(match["number"].replace(" ", "").replace(",", "."))
        people = unit in ("personer", "invånare")
        kept = "personer" if people else "andel" if unit in ("%", "procent") else "kr"
        yield Mention(text.cell, match[0].strip(), value if people else value * UNITS[unit], kept)
