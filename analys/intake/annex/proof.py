"""Was a number read right? What a page or a picture gave is proven by arithmetic, or it is to be confirmed.

No reader of pages knows when it is wrong, but an annex holds relations that a misread digit breaks: rows add to the
printed total, a share is a part of the whole, a population is SCB's of its date, a year is two half-years. A figure in a
relation that holds is ``styrkt``; every other one is ``att bekräfta``, with the place on the page where it stands. What a
picture was read as is mended where exactly one reading that looks alike makes such a relation hold, and that is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import permutations
from typing import Final

from analys.documents.model import Certainty
from analys.intake.annex.model import Annex, Column, Figure, Kind, Member, TotalRow
from analys.population import by_date, table
from analys.swedish import UNITS, format_date, parse_number

#: Signs that a picture's dots make of each other, one for one.
_ALIKE: Final = ("0689", "174", "38", "35", "56", "27", "49", "59", "58")
#: What is read for a per cent sign.
_PERCENT: Final = ("90", "96", "9o", "%o", "0/0", "9", "96.")
_MEASURED: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT, Kind.PER_HEAD, Kind.OTHER)
#: A relation that so many of the rows follow is the table's, and tells which of the others do not.
_MOST: Final = Decimal("0.5")
#: A payment for a year is so many of one for a part of it.
_PARTS_OF_A_YEAR: Final = (2, 3, 4, 6, 12)


class Standing(StrEnum):
    PROVEN = "styrkt"
    UNPROVEN = "att bekräfta"


@dataclass(frozen=True)
class Checked:
    """A figure, and ``why`` it is proven: the relation that it stands in, "" when it is to be confirmed. Its place on the
    page is ``figure.source.box``."""

    column: Column
    figure: Figure
    why: str = ""

    @property
    def standing(self) -> Standing:
        return Standing.PROVEN if self.why else Standing.UNPROVEN

    def as_json(self) -> dict[str, str]:
        """As published: where the figure stands, what was read and in which column."""
        return {"cell": self.figure.cell, "text": self.figure.text, "column": self.column.heading}


@dataclass(frozen=True)
class Mended:
    """A figure that was read as ``read`` and is ``text``, as ``why`` proves."""

    place: str
    read: str
    text: str
    why: str


@dataclass(frozen=True)
class Review:
    """The annex with what was mended in it, and each of its figures; none of a file that holds its cells itself."""

    annex: Annex
    checked: tuple[Checked, ...] = ()
    mended: tuple[Mended, ...] = ()

    @property
    def to_confirm(self) -> tuple[Checked, ...]:
        return tuple(each for each in self.checked if each.standing is Standing.UNPROVEN)


def review(annex: Annex) -> Review:
    """Each figure of an annex that was read from a page or a picture, and whether a relation proves it."""
    if annex.certainty is Certainty.GIVEN:
        return Review(annex)
    mended: list[Mended] = []
    if annex.certainty is Certainty.RECOGNISED:
        while (step := next(_mendable(annex), None)) is not None and len(mended) < len(annex.members):
            figure, right, why = step
            mended.append(Mended(figure.cell, figure.text, right.text, why))
            annex = _with(annex, figure.cell, right)
    proofs = dict(_proofs(annex))
    rows: tuple[Member | TotalRow, ...] = (*annex.members, *annex.others, *annex.totals)
    checked = [
        Checked(column, figure, proofs.get(figure.cell, ""))
        for column in annex.columns
        if column.kind in _MEASURED
        for row in rows
        for figure in row.figures.values()
        if figure is row.figures.get(column.letter)
    ]
    return Review(annex, tuple(checked), tuple(mended))


# -- relations ---------------------------------------------------------------------------------------------------------


def _proofs(annex: Annex) -> Iterator[tuple[str, str]]:
    """(place, why) of each figure that a relation proves."""
    yield from _added(annex)
    yield from _registered(annex)
    yield from _multiplied(annex)
    yield from _shared(annex)


def _added(annex: Annex) -> Iterator[tuple[str, str]]:
    """Rows that add to the total that is printed below them."""
    for column in _exact(annex):
        for rows, total in _sums(annex, column):
            if sum(figure.value for figure in rows) == total.value:
                yield from ((figure.cell, "raderna ger den tryckta summan") for figure in (*rows, total))


def _exact(annex: Annex) -> list[Column]:
    """The columns whose totals are sums to the last digit: shares are rounded one by one."""
    return [column for column in annex.columns if column.kind in (Kind.POPULATION, Kind.AMOUNT, Kind.OTHER)]


def _sums(annex: Annex, column: Column) -> Iterator[tuple[list[Figure], Figure]]:
    """The rows and the total of the whole table, with its other parties and without, and of each section."""
    parts = [(section.members, section.others, section.totals) for section in annex.sections]
    for members, others, totals in [(annex.members, annex.others, annex.totals), *parts]:
        for total in (row.figures[column.letter] for row in totals if column.letter in row.figures):
            for parties in (members, (*members, *others)) if others else (members,):
                rows = [party.figures[column.letter] for party in parties if column.letter in party.figures]
                if len(rows) > 1:
                    yield rows, total


def _registered(annex: Annex) -> Iterator[tuple[str, str]]:
    """Populations that are SCB's of the column's date, or of the year end that most of them are of."""
    for column in annex.of_kind(Kind.POPULATION):
        registered, told = _official(annex, column)
        for member in annex.members:
            figure = member.figures.get(column.letter)
            if figure and registered.get(member.municipality.code) == figure.value:
                yield figure.cell, told


def _official(annex: Annex, column: Column) -> tuple[dict[str, int], str]:
    """Municipality -> SCB's figure of the column's date, and what to tell of it."""
    codes = [member.municipality.code for member in annex.members]
    if column.date is not None:
        year = column.date.year if (column.date.month, column.date.day) == (12, 31) else column.date.year - 1
        ends = {code: table()[code, year] for code in codes if (code, year) in table()}
        months = {code: by_date()[code, column.date] for code in codes if (code, column.date) in by_date()}
        at_year_end = (column.date.month, column.date.day) in ((12, 31), (1, 1))
        return (ends if at_year_end else months), f"SCB:s folkmängd {format_date(column.date)}"
    matches = {year: 0 for _, year in table()}
    for member in annex.members:
        figure = member.figures.get(column.letter)
        for year in matches:
            matches[year] += figure is not None and table().get((member.municipality.code, year)) == figure.value
    year = max(matches, key=matches.__getitem__)
    if matches[year] <= _MOST * len(codes):
        return {}, ""
    return {
        code: table()[code, year] for code in codes if (code, year) in table()
    }, f"SCB:s folkmängd årsskiftet {year}"


def _multiplied(annex: Annex) -> Iterator[tuple[str, str]]:
    """Amounts of a year that are, in every row, so many of another column's."""
    for part, whole in permutations(annex.of_kind(Kind.AMOUNT), 2):
        pairs = [
            (row.figures[part.letter], row.figures[whole.letter])
            for row in annex.members
            if part.letter in row.figures and whole.letter in row.figures
        ]
        for times in _PARTS_OF_A_YEAR:
            if len(pairs) > 1 and all(few.value * times == many.value != 0 for few, many in pairs):
                for few, many in pairs:
                    yield few.cell, f"{times} gånger beloppet är beloppet i {whole.heading}"
                    yield many.cell, f"{times} gånger beloppet i {part.heading}"


def _shared(annex: Annex) -> Iterator[tuple[str, str]]:
    """Shares that are a row's part of what is shared or counted, to their last digit."""
    for column in annex.of_kind(Kind.SHARE):
        for _, parts, why in _wholes(annex, column):
            yield from (
                (figure.cell, why)
                for member in annex.members
                if (figure := member.figures.get(column.letter)) and _is_share(figure, parts[member.cell])
            )
        rows = [member.figures[column.letter] for member in annex.members if column.letter in member.figures]
        off = sum((figure.value for figure in rows), Decimal(-1))
        if rows and abs(off) <= len(rows) * max(figure.step for figure in rows) / 2:
            whole = [row.figures[column.letter] for row in annex.totals if column.letter in row.figures]
            yield from ((figure.cell, "andelarna är tillsammans ett") for figure in whole if figure.value == 1)


def _wholes(annex: Annex, shares: Column) -> Iterator[tuple[Column, Mapping[str, Decimal], str]]:
    """The columns that most shares are parts of: each member's part of the column's sum, by its cell."""
    for column in (*annex.of_kind(Kind.AMOUNT), *annex.of_kind(Kind.POPULATION), *annex.volumes):
        figures = {member.cell: member.figures.get(column.letter) for member in annex.members}
        whole = sum((figure.value for figure in figures.values() if figure), Decimal(0))
        if whole <= 0 or not all(figures.values()):
            continue
        parts = {cell: figure.value / whole for cell, figure in figures.items() if figure}
        read = [(member.figures.get(shares.letter), parts[member.cell]) for member in annex.members]
        held = sum(figure is not None and _is_share(figure, part) for figure, part in read)
        if held > _MOST * len(read):
            yield column, parts, f"andelen av summan i {column.heading}"


def _is_share(figure: Figure, part: Decimal) -> bool:
    return abs(figure.value - part) <= figure.step * Decimal("0.51")


# -- other readings ----------------------------------------------------------------------------------------------------


def _mendable(annex: Annex) -> Iterator[tuple[Figure, Figure, str]]:
    """(as read, as it is, why) of figures for which exactly one reading that looks alike makes relations hold."""
    proven = {place for place, _ in _proofs(annex)}
    for shares in annex.of_kind(Kind.SHARE):
        for column, parts, why in _wholes(annex, shares):
            for member in annex.members:
                figure = member.figures.get(shares.letter)
                # A share tells nothing beside an amount that may be misread itself.
                if figure is None or figure.cell in proven or member.figures[column.letter].cell not in proven:
                    continue
                fits = {
                    other.value: other for other in _readings(figure, shares) if _is_share(other, parts[member.cell])
                }
                if len(fits) == 1:
                    yield figure, next(iter(fits.values())), why
    for column in annex.of_kind(Kind.POPULATION):
        registered, told = _official(annex, column)
        for member in annex.members:
            read, right = member.figures.get(column.letter), registered.get(member.municipality.code)
            if read is not None and read.cell not in proven:
                yield from ((read, other, told) for other in _readings(read, column) if other.value == right)
    for column in _exact(annex):
        for member in annex.members:
            figure = member.figures.get(column.letter)
            if figure is None or figure.cell in proven:
                continue
            fits = {other.value: other for other in _readings(figure, column) if _fits(annex, column, member, other)}
            if len(fits) == 1 and not _holds_shares(annex, column, member, figure):
                yield figure, next(iter(fits.values())), "raderna ger då den tryckta summan, och andelen stämmer"


def _fits(annex: Annex, column: Column, member: Member, other: Figure) -> bool:
    """Whether with another reading of one figure the rows add to the printed total and its share is right as well."""
    read = member.figures[column.letter]
    for rows, total in _sums(annex, column):
        if read in rows and sum(figure.value for figure in rows) + other.value - read.value == total.value:
            return _holds_shares(annex, column, member, other)
    return False


def _holds_shares(annex: Annex, column: Column, member: Member, figure: Figure) -> bool:
    """Whether a figure is such a part of its column's printed total as the row's share, or its population, is."""
    total = annex.total(column)
    if total is None or total.value <= 0:
        return False
    shares = [member.figures[each.letter] for each in annex.of_kind(Kind.SHARE) if each.letter in member.figures]
    if shares:
        return any(_is_share(share, figure.value / total.value) for share in shares)
    for people in annex.of_kind(Kind.POPULATION):
        counted, whole = member.figures.get(people.letter), annex.total(people)
        if people != column and counted and whole and whole.value > 0:
            return abs(counted.value / whole.value * total.value - figure.value) <= figure.step
    return False


def _readings(figure: Figure, column: Column) -> list[Figure]:
    """The figure with one sign read otherwise: one that looks alike, a lost or doubled one, a per cent sign."""
    text = figure.text
    texts = {
        text[:at] + other + text[at + 1 :]
        for at, sign in enumerate(text)
        for signs in _ALIKE
        if sign in signs
        for other in signs
    }
    texts |= {text[:at] + sign + text[at:] for at, sign in enumerate(text) if sign.isdigit()}
    texts |= {text[:at] + text[at + 1 :] for at in range(1, len(text)) if text[at] == text[at - 1]}
    if column.kind is Kind.SHARE:
        texts |= {text.removesuffix(end) + "%" for end in _PERCENT if text.endswith(end)}
        texts |= {f"{text[:at]},{text[at:]}" for at in range(1, len(text)) if "," not in text}
    return [read for other in sorted(texts - {text}) if (read := _read(other, figure, column))]


def _read(text: str, figure: Figure, column: Column) -> Figure | None:
    digits = "".join(text.split())
    try:
        number = parse_number(digits)
    except ValueError:
        return None
    factor = UNITS.get(number.unit or column.unit or "", Decimal(1))
    return replace(figure, text=text, value=number.value * factor, step=Decimal(1).scaleb(-number.decimals) * factor)


def _with(annex: Annex, place: str, right: Figure) -> Annex:
    """The annex with one figure in another's place, wherever it stands."""

    def mended(row: Member | TotalRow) -> dict[str, Figure]:
        return {letter: right if figure.cell == place else figure for letter, figure in row.figures.items()}

    members = tuple(replace(row, figures=mended(row)) for row in annex.members)
    others = tuple(replace(row, figures=mended(row)) for row in annex.others)
    totals = tuple(replace(row, figures=mended(row)) for row in annex.totals)
    sections = tuple(
        replace(
            section,
            members=tuple(replace(row, figures=mended(row)) for row in section.members),
            others=tuple(replace(row, figures=mended(row)) for row in section.others),
            totals=tuple(replace(row, figures=mended(row)) for row in section.totals),
        )
        for section in annex.sections
    )
    return replace(annex, members=members, others=others, totals=totals, sections=sections)
