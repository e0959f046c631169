"""Was a number read right? What a page or a picture gave is proven by arithmetic, or it is to be confirmed.

No reader of pages knows when it is wrong, but an annex holds relations that a misread digit breaks: rows add to the
printed total, a share is a part of the whole, a population is SCB's of its date, a year is two half-years. A figure in a
relation that holds is ``styrkt``; every other one is ``att bekräfta``, with the place on the page where it stands. What a
picture was read as is mended where exactly one reading that looks alike makes such a relation hold, and that is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import chain, permutations
from typing import Final, TypeVar

from analys.documents.model import Certainty
from analys.intake.annex.model import Annex, Column, Figure, Kind, Member, Section, TotalRow, in_column
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


_Row = TypeVar("_Row", Member, TotalRow)
_Part = TypeVar("_Part", Annex, Section)
_When = TypeVar("_When")
#: The place of a figure that is proven, and why.
_Proof = tuple[str, str]
#: A figure as it was read, as it is, and why.
_Step = tuple[Figure, Figure, str]


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
    proofs = _proofs(annex)
    rows: tuple[Member | TotalRow, ...] = (*annex.members, *annex.others, *annex.totals)
    measured = [column for column in annex.columns if column.kind in _MEASURED]
    checked = (
        Checked(column, figure, proofs.get(figure.cell, ""))
        for column in measured
        for figure in in_column(rows, column)
    )
    return Review(annex, tuple(checked), tuple(mended))


# -- relations ---------------------------------------------------------------------------------------------------------


def _proofs(annex: Annex) -> dict[str, str]:
    """Place -> why, of each figure that a relation proves."""
    return dict(chain.from_iterable(relation(annex) for relation in _RELATIONS))


def _added(annex: Annex) -> Iterator[_Proof]:
    """Rows that add to the total that is printed below them."""
    for column in _exact(annex):
        for rows, total in _sums(annex, column):
            if sum(figure.value for figure in rows) == total.value:
                yield from ((figure.cell, "raderna ger den tryckta summan") for figure in (*rows, total))


def _exact(annex: Annex) -> list[Column]:
    """The columns whose totals are sums to the last digit: shares are rounded one by one."""
    return [column for column in annex.columns if column.kind in (Kind.POPULATION, Kind.AMOUNT, Kind.OTHER)]


def _sums(annex: Annex, column: Column) -> Iterator[tuple[list[Figure], Figure]]:
    """The rows and the total of the whole table, without its other parties and with them, and of each section."""
    parts: tuple[Annex | Section, ...] = (annex, *annex.sections)
    for part in parts:
        for parties in (part.members, part.members + part.others):
            rows = in_column(parties, column)
            yield from ((rows, total) for total in in_column(part.totals, column) if len(rows) > 1)


def _registered(annex: Annex) -> Iterator[_Proof]:
    """Populations that are SCB's of the column's date, or of the year end that most of them are of."""
    for column in annex.of_kind(Kind.POPULATION):
        figures = _by_code(annex, column)
        registered, told = _official(column, figures)
        yield from ((figure.cell, told) for code, figure in figures.items() if registered.get(code) == figure.value)


def _by_code(annex: Annex, column: Column) -> dict[str, Figure]:
    """Municipality -> its figure in a column."""
    rows = [member for member in annex.members if column.letter in member.figures]
    return {member.municipality.code: member.figures[column.letter] for member in rows}


def _official(column: Column, figures: Mapping[str, Figure]) -> tuple[dict[str, int], str]:
    """Municipality -> SCB's figure of the column's date, and what to tell of it."""
    date = column.date
    if date is None:
        read = {code: figure.value for code, figure in figures.items()}
        matches = Counter(year for (code, year), people in table().items() if read.get(code) == people)
        year, count = matches.most_common(1)[0] if matches else (0, 0)
        told = f"SCB:s folkmängd årsskiftet {year}"
        return (_known(table(), figures, year), told) if count > _MOST * len(figures) else ({}, "")
    told = f"SCB:s folkmängd {format_date(date)}"
    if (date.month, date.day) in ((12, 31), (1, 1)):
        return _known(table(), figures, date.year - (date.month == 1)), told
    return _known(by_date(), figures, date), told


def _known(source: Mapping[tuple[str, _When], int], codes: Iterable[str], when: _When) -> dict[str, int]:
    return {code: source[code, when] for code in codes if (code, when) in source}


def _multiplied(annex: Annex) -> Iterator[_Proof]:
    """Amounts of a year that are, in every row, so many of another column's."""
    for part, whole in permutations(annex.of_kind(Kind.AMOUNT), 2):
        some, all_of_them = _by_code(annex, part), _by_code(annex, whole)
        pairs = [(some[code], all_of_them[code]) for code in some if code in all_of_them]
        for times in _PARTS_OF_A_YEAR if len(pairs) > 1 else ():
            if all(few.value * times == many.value != 0 for few, many in pairs):
                yield from ((few.cell, f"{times} gånger beloppet är beloppet i {whole.heading}") for few, _ in pairs)
                yield from ((many.cell, f"{times} gånger beloppet i {part.heading}") for _, many in pairs)


def _shared(annex: Annex) -> Iterator[_Proof]:
    """Shares that are a row's part of what is shared or counted, to their last digit."""
    for column in annex.of_kind(Kind.SHARE):
        shares = _by_code(annex, column)
        for _, parts, why in _wholes(annex, column):
            yield from ((share.cell, why) for code, share in shares.items() if _is_share(share, parts[code]))
        off = abs(sum((share.value for share in shares.values()), Decimal(-1)))
        if shares and off <= len(shares) * max(share.step for share in shares.values()) / 2:
            totals = in_column(annex.totals, column)
            yield from ((total.cell, "andelarna är tillsammans ett") for total in totals if total.value == 1)


def _wholes(annex: Annex, column: Column) -> Iterator[tuple[Column, Mapping[str, Decimal], str]]:
    """The columns that most shares are parts of: each municipality's part of the column's sum."""
    shares = _by_code(annex, column)
    for whole in (*annex.of_kind(Kind.AMOUNT), *annex.of_kind(Kind.POPULATION), *annex.volumes):
        figures = _by_code(annex, whole)
        total = sum((figure.value for figure in figures.values()), Decimal(0))
        if total <= 0 or len(figures) < len(annex.members):
            continue
        parts = {code: figure.value / total for code, figure in figures.items()}
        held = sum(_is_share(share, parts[code]) for code, share in shares.items())
        if held > _MOST * len(annex.members):
            yield whole, parts, f"andelen av summan i {whole.heading}"


def _is_share(figure: Figure, part: Decimal) -> bool:
    return abs(figure.value - part) <= figure.step * Decimal("0.51")


_RELATIONS: Final[Sequence[Callable[[Annex], Iterator[_Proof]]]] = (_added, _registered, _multiplied, _shared)


# -- other readings ----------------------------------------------------------------------------------------------------


def _mendable(annex: Annex) -> Iterator[_Step]:
    """Figures for which exactly one reading that looks alike makes relations hold."""
    proven = _proofs(annex)
    for mending in (_mendable_shares, _mendable_people, _mendable_sums):
        yield from mending(annex, proven)


def _mendable_shares(annex: Annex, proven: Container[str]) -> Iterator[_Step]:
    """A share tells nothing beside an amount that may be misread itself."""
    for column in annex.of_kind(Kind.SHARE):
        for whole, parts, why in _wholes(annex, column):
            sure = {code for code, figure in _by_code(annex, whole).items() if figure.cell in proven}
            open_shares = [(code, share) for code, share in _unproven(annex, column, proven) if code in sure]
            for code, share in open_shares:
                yield from _only_reading(share, column, partial(_is_share, part=parts[code]), why)


def _mendable_people(annex: Annex, proven: Container[str]) -> Iterator[_Step]:
    for column in annex.of_kind(Kind.POPULATION):
        registered, told = _official(column, _by_code(annex, column))
        for code, figure in _unproven(annex, column, proven):
            yield from _only_reading(figure, column, partial(_is_worth, people=registered.get(code)), told)


def _is_worth(figure: Figure, people: int | None) -> bool:
    return figure.value == people


def _mendable_sums(annex: Annex, proven: Container[str]) -> Iterator[_Step]:
    why = "raderna ger då den tryckta summan, och andelen stämmer"
    for column in _exact(annex):
        for code, figure in _unproven(annex, column, proven):
            if not _holds_shares(annex, column, code, figure):
                yield from _only_reading(figure, column, partial(_fits, annex, column, code), why)


def _unproven(annex: Annex, column: Column, proven: Container[str]) -> list[tuple[str, Figure]]:
    return [(code, figure) for code, figure in _by_code(annex, column).items() if figure.cell not in proven]


def _only_reading(figure: Figure, column: Column, holds: Callable[[Figure], bool], why: str) -> Iterator[_Step]:
    found = {other.value: other for other in _readings(figure, column) if holds(other)}
    if len(found) == 1:
        yield figure, found.popitem()[1], why


def _fits(annex: Annex, column: Column, code: str, other: Figure) -> bool:
    """Whether with another reading of one figure the rows add to the printed total and its share is right as well."""
    read = _by_code(annex, column)[code]
    sums = ((sum(figure.value for figure in rows), total.value) for rows, total in _sums(annex, column) if read in rows)
    adds = any(added + other.value - read.value == total for added, total in sums)
    return adds and _holds_shares(annex, column, code, other)


def _holds_shares(annex: Annex, column: Column, code: str, figure: Figure) -> bool:
    """Whether a figure is such a part of its column's printed total as the row's share, or its population, is."""
    total = annex.total(column)
    if total is None or total.value <= 0:
        return False
    shares = [by_code[code] for each in annex.of_kind(Kind.SHARE) if code in (by_code := _by_code(annex, each))]
    if shares:
        return any(_is_share(share, figure.value / total.value) for share in shares)
    people = [
        (_by_code(annex, each).get(code), annex.total(each))
        for each in annex.of_kind(Kind.POPULATION)
        if each != column
    ]
    counted = [one.value / all_.value for one, all_ in people if one and all_ and all_.value > 0]
    return bool(counted) and abs(counted[0] * total.value - figure.value) <= figure.step


def _readings(figure: Figure, column: Column) -> list[Figure]:
    """The figure with one sign read otherwise: one that looks alike, a lost or doubled one, a per cent sign."""
    text = figure.text
    alike = ((at, other) for at, sign in enumerate(text) for signs in _ALIKE if sign in signs for other in signs)
    texts = {text[:at] + other + text[at + 1 :] for at, other in alike}
    texts |= {text[:at] + sign + text[at:] for at, sign in enumerate(text) if sign.isdigit()}
    texts |= {text[:at] + text[at + 1 :] for at in range(1, len(text)) if text[at] == text[at - 1]}
    if column.kind is Kind.SHARE:
        texts |= {text.removesuffix(end) + "%" for end in _PERCENT if text.endswith(end)}
        texts |= {f"{text[:at]},{text[at:]}" for at in range(1, len(text)) if "," not in text}
    return [read for other in sorted(texts - {text}) if (read := _read(other, figure, column))]


def _read(text: str, figure: Figure, column: Column) -> Figure | None:
    try:
        number = parse_number("".join(text.split()))
    except ValueError:
        return None
    factor = UNITS.get(number.unit or column.unit or "", Decimal(1))
    return replace(figure, text=text, value=number.value * factor, step=Decimal(1).scaleb(-number.decimals) * factor)


def _with(annex: Annex, place: str, right: Figure) -> Annex:
    """The annex with one figure in another's place, wherever it stands."""

    def mended(rows: Iterable[_Row]) -> tuple[_Row, ...]:
        return tuple(
            replace(row, figures={at: right if each.cell == place else each for at, each in row.figures.items()})
            for row in rows
        )

    def part(whole: _Part) -> _Part:
        return replace(whole, members=mended(whole.members), others=mended(whole.others), totals=mended(whole.totals))

    return replace(part(annex), sections=tuple(map(part, annex.sections)))
