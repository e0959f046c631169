"""Which rows are missing or too many? Each change of rows is an edit with a price, weighed against what totals then cost.

A printed total counts the rows, and whoever has none. It costs little where a change makes it follow, and a figure of its
own where it does not; a change costs what it takes to say whose row it is. The cheapest few are audited in full, in the
same currency (:mod:`analys.audit.bits`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Final

import numpy as np

from analys.audit import bits, population
from analys.audit.inputs import Inputs, vectors
from analys.audit.members import Membership, extra_finding, missing_finding
from analys.intake.annex import Annex, Column, Kind
from analys.register import Region, regions
from analys.swedish import format_kr, format_number, format_percent

#: At most so many changes are audited in full.
_MOST: Final = 4
#: Missing by their population together, or rows too many: no more than so many are sought.
_TOGETHER: Final = 3
#: What shares rounded to tenths of a per cent may lose of an amount: one part of so many.
_SHARES_LOSE: Final = 500
#: Figures that lie this far from their line, as a part of the typical one, follow no population.
_LOOSE: Final = 0.05


@dataclass(frozen=True)
class Total:
    """A printed total in its column's smallest step. ``ways``: the rows' figures as printed or corrected; ``slack``: how
    much rounding leaves open of the amounts, then of the shares before them; ``line``: what somebody takes without a
    row, fixed and per head, ``None`` where the rows follow no population."""

    column: Column
    figure: float
    ways: tuple[np.ndarray, ...]
    slack: tuple[float, ...]
    line: tuple[float, float] | None

    @property
    def gap(self) -> float:
        """What the total exceeds the rows by."""
        return self.figure - float(self.ways[0].sum())

    @property
    def own(self) -> float:
        """What the total costs that follows from nothing."""
        return bits.FAULT + bits.of_any(round(self.figure))

    def lacking_alike(self, other: Total) -> float:
        """The total's price where it lacks the part of itself that another does, as exactly as that is known."""
        times = self.figure / other.figure
        slack = self.slack[-1] + times * other.slack[-1]
        return bits.of_any(round(2 * slack)) if abs(self.gap - times * other.gap) <= slack else self.own

    def bits(self, people: np.ndarray, count: int, without: Sequence[np.ndarray]) -> np.ndarray:
        """The total's price when so many who have no row, with these populations together, and not some rows count;
        ``without``: for each way what those rows hold."""
        fixed, per_head = self.line or (0.0, 0.0)
        untold = count > 0 and self.line is None
        best = np.full(np.broadcast_shapes(people.shape, without[0].shape), self.own)
        for figures, gone in zip(self.ways, without, strict=True):
            right = figures.sum() - gone + fixed * count + per_head * people
            apart = np.abs(self.figure - right)
            slips = list(population.slips_of(round(self.figure))) if self.column.kind is Kind.POPULATION else []
            price = np.where(np.isin(right, slips), bits.of_slip(round(self.figure)), self.own)
            for slack in reversed(self.slack):
                price = np.where(apart <= slack, bits.of_any(round(2 * slack)), price)
            if untold:
                price = np.where(self.figure - right >= -self.slack[-1], self.own - bits.FAULT, self.own)
            best = np.minimum(best, price)
        return best


@dataclass(frozen=True)
class Table:
    """The rows that count (``kept``), the printed totals, and the populations of those who have no row, by code."""

    annex: Annex
    kept: tuple[int, ...]
    totals: tuple[Total, ...]
    stated: Inputs | None
    absent: Mapping[str, int]
    codes: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", tuple(self.absent))

    @property
    def home(self) -> str:
        """The county of all rows but at most one of four or more, else nothing."""
        counties = Counter(self.annex.members[i].municipality.code[:2] for i in self.kept)
        county, count = counties.most_common(1)[0]
        return county if count == len(self.kept) or (count + 1 == len(self.kept) > 3) else ""

    def bits(self, people: np.ndarray, count: int = 0, rows: Sequence[int] = ()) -> np.ndarray:
        """What all totals cost together; ``rows``: positions of those that are too many."""
        gone = [[np.asarray(way[list(rows)].sum()) for way in total.ways] for total in self.totals]
        return sum((t.bits(people, count, g) for t, g in zip(self.totals, gone, strict=True)), np.zeros(people.shape))

    def of_missing(self, count: int, at_home: bool) -> float:
        """To say who has no row: of the county that all rows are of, else of the country."""
        if not self.home:
            return bits.FAULT * count + bits.of_choice(comb(len(self.codes), count))
        pool = sum(code[:2] == self.home for code in self.codes) if at_home else len(self.codes)
        return bits.FAULT * count + (bits.HOME if at_home else bits.ABROAD) + bits.of_choice(comb(pool, count))

    def of_extra(self, rows: Sequence[int]) -> float:
        """To say which rows are too many: those of another county before the others."""
        away = [k for k, i in enumerate(self.kept) if self.annex.members[i].municipality.code[:2] != self.home]
        is_away = bool(self.home) and {*rows} <= {*away}
        place = bits.HOME if is_away else bits.ABROAD if self.home and away else 0.0
        return bits.FAULT * len(rows) + place + bits.of_choice(comb(len(away if is_away else self.kept), len(rows)))


@dataclass(frozen=True)
class Change:
    """Rows too many (positions), and the codes of those who have none; ``unnamed``: so many whom nothing names, with a
    population together where one is known; ``price``: of the change, ``bits``: with the totals that it leaves."""

    rows: tuple[int, ...]
    codes: tuple[str, ...]
    price: float
    bits: float
    unnamed: tuple[int, int | None] = (0, None)
    rivals: tuple[tuple[str, ...], ...] = ()


def changes(
    annex: Annex, inputs: Sequence[Inputs], repeated: Sequence[int], right: Mapping[str, Fraction]
) -> list[Membership]:
    """The memberships that make the totals cheaper than the rows as they stand do, the cheapest first.

    ``right``: cell -> what a share or an amount should be, where it is known to be wrong.
    """
    table = _table(annex, inputs, [i for i in range(len(annex.members)) if i not in repeated], right)
    if not table.totals:
        return []
    as_it_stands = float(table.bits(np.zeros(1))[0])
    found = [each for each in _candidates(table) if each.bits < as_it_stands]
    found.sort(key=lambda each: each.bits)
    return [_membership(table, each) for each in found[:_MOST]]


def _candidates(table: Table) -> Iterator[Change]:
    """Every change of one row, each exchange of two, and those of several that a total of populations speaks for."""
    n, people = len(table.kept), np.array(list(table.absent.values()), dtype=float)
    at_home = np.array([code[:2] == table.home for code in table.codes], dtype=bool)
    one_missing = np.where(at_home, table.of_missing(1, True), table.of_missing(1, False))
    for rows in [(), *((k,) for k in range(n if n > 1 else 0))]:
        of_rows = table.of_extra(rows) if rows else 0.0
        if rows:
            yield Change(rows, (), of_rows, of_rows + float(table.bits(np.zeros(1), 0, rows)[0]))
        prices = of_rows + one_missing
        whole = prices + table.bits(people, 1, rows)
        best = float(whole.min(initial=np.inf))
        # Of the same population, or within what rounding leaves open, nothing tells them apart.
        close = np.flatnonzero(whole <= best + 1e-9)
        if len(close):
            first = int(close[0])
            others = tuple((table.codes[i],) for i in close[1:])
            yield Change(rows, (table.codes[first],), float(prices[first]), best, rivals=others)
    yield from _several(table)
    yield from _unnamed(table)


def _several(table: Table) -> Iterator[Change]:
    """Two or three of the county, two of the country, or two or three rows, that a total of populations counts or not."""
    for total in (each for each in table.totals if each.column.kind is Kind.POPULATION):
        home = [code for code in table.codes if table.home and code[:2] == table.home]
        for size, codes in ((2, home), (3, home), (2, list(table.codes))):
            groups = list(_adding([table.absent[code] for code in codes], round(total.gap), size))
            if groups and total.gap > 0:
                named = [tuple(codes[i] for i in some) for some in groups]
                price = table.of_missing(size, codes is home)
                whole = price + float(table.bits(np.array([total.gap]), size)[0])
                yield Change((), named[0], price, whole, rivals=tuple(named[1:]))
        for size in range(2, min(_TOGETHER, len(table.kept) - 1) + 1):
            for rows in _adding([int(each) for each in total.ways[0]], -round(total.gap), size):
                price = table.of_extra(rows)
                yield Change(rows, (), price, price + float(table.bits(np.zeros(1), 0, rows)[0]))


def _unnamed(table: Table) -> Iterator[Change]:
    """Some whom nothing names: by the population that a total lacks, else by the part that all totals lack alike."""
    for total in (each for each in table.totals if each.gap > each.slack[-1]):
        written = bits.of_any(round(total.gap))
        if total.column.kind is Kind.POPULATION:
            for count in (2, 3):
                price = bits.FAULT * count + written
                whole = price + float(table.bits(np.array([total.gap]), count)[0])
                yield Change((), (), price, whole, (count, round(total.gap)))
        elif len(table.totals) > 1:
            # Whom nothing names tells nothing of what the totals should be: the change pays for them.
            price = bits.FAULT + written + sum(each.lacking_alike(total) for each in table.totals if each is not total)
            yield Change((), (), price, price, (1, None))


def _adding(figures: Sequence[int], whole: int, size: int) -> Iterator[tuple[int, ...]]:
    """The ``size`` positions whose figures add to the whole."""
    last: dict[int, list[int]] = {}
    for i, figure in enumerate(figures):
        last.setdefault(figure, []).append(i)
    for first in combinations(range(len(figures)), size - 1):
        for i in last.get(whole - sum(figures[k] for k in first), ()):
            if i > first[-1]:
                yield (*first, i)


def _membership(table: Table, change: Change) -> Membership:
    """The change as the audit knows it, with its findings."""
    rows = tuple(table.kept[k] for k in change.rows)
    gone = [table.annex.members[i].municipality.name for i in rows]
    named = [regions()[code] for code in change.codes]
    count, together = change.unnamed
    columns = [total for total in table.totals if _is_mended(table, total, change)] or list(table.totals[:1])
    headings = " och ".join(total.column.heading for total in columns[:2])
    lacking = [(region, table.absent[region.code]) for region in named]
    parts = [together // count if together else None] * count
    unnamed: list[tuple[Region | None, int | None]] = [(None, each) for each in parts]
    findings = [
        extra_finding(table.annex, row, _why_extra(headings, [each.name for each in named]), "kolumnernas summor")
        for row in rows
    ]
    missing = [(region, people) for region, people in lacking]
    for region, people in missing:
        why = _why_missing(columns[0], headings, sum(each for _, each in lacking), gone)
        told: dict[str, object] = {"population": people if len(missing) == 1 else sum(each for _, each in lacking)}
        if change.rivals:
            told["or"] = [[regions()[code].name for code in other] for other in change.rivals[:3]]
        findings.append(missing_finding(table.annex, region, why, "kolumnernas summor och SCB", False, **told))
    if count:
        told = {"population": together} if together else {}
        why = f"summan för {headings} är {_more(columns[0])} större än raderna, och ingen kommun kan pekas ut"
        findings.append(missing_finding(table.annex, None, why, "kolumnernas summor och SCB", count > 1, **told))
    return Membership((), rows, (*missing, *unnamed), tuple(findings), bits=change.price)


def _is_mended(table: Table, total: Total, change: Change) -> bool:
    """Whether a total that is wrong as the rows stand follows from the change."""
    nobody, count = np.zeros(1), len(change.codes) + change.unnamed[0]
    people = np.array([float(sum(table.absent[code] for code in change.codes) or change.unnamed[1] or 0)])
    gone = [np.asarray(way[list(change.rows)].sum()) for way in total.ways]
    none = [np.asarray(0.0)] * len(total.ways)
    return bool(total.bits(people, count, gone)[0] < total.bits(nobody, 0, none)[0])


def _more(total: Total) -> str:
    shown = {Kind.SHARE: format_percent, Kind.AMOUNT: format_kr}.get(total.column.kind, format_number)
    return shown(Fraction(total.gap).limit_denominator(10**6) * _step(total.column))


def _why_extra(headings: str, instead: Sequence[str]) -> str:
    but = f" men med {' och '.join(instead)}, som saknas" if instead else ""
    return f"summan för {headings} räknar inte med raden{but}"


def _why_missing(total: Total, headings: str, people: int, gone: Sequence[str]) -> str:
    if gone:
        return f"summan för {headings} räknar med kommunen men inte med {' och '.join(gone)}"
    fits = "vilket stämmer med folkmängden" if total.gap != people else "vilket är folkmängden"
    return f"summan för {headings} är {_more(total)} större än raderna, {fits} {format_number(people)}"


def _table(annex: Annex, inputs: Sequence[Inputs], kept: Sequence[int], right: Mapping[str, Fraction]) -> Table:
    present = {member.municipality.code for member in annex.members}
    ends = population.year_ends()
    codes = [annex.members[i].municipality.code for i in kept]
    dated = next((each for each in inputs if each.date), inputs[0] if inputs else None)
    if dated:
        candidates = {population.as_known(dated.date).year if dated.date else population.years()[-1]: dated.corrected}
        people_of = {year: [figures[i] for i in kept] for year, figures in candidates.items()}
    else:
        people_of = dict(zip(population.years(), population.table_of(codes).tolist(), strict=True))
    counted = [total for stated in inputs if (total := _of_people(annex, stated, kept))]
    ways = {year: [*counted, *_of_others(annex, kept, right, people)] for year, people in people_of.items()}
    # Without dated populations, the year that most columns follow.
    year = max(ways, key=lambda each: sum(total.line is not None for total in ways[each]))
    known = ends.get(year, ends[population.years()[-1]])
    absent = {code: people for code, people in known.items() if len(code) == 4 and code not in present}
    return Table(annex, tuple(kept), tuple(ways[year]), dated, absent)


def _of_people(annex: Annex, stated: Inputs, kept: Sequence[int]) -> Total | None:
    total = annex.own_total(stated.column)
    if total is None:
        return None
    ways = tuple(np.array([way[i] for i in kept], dtype=float) for way in vectors(stated))
    return Total(stated.column, float(total), ways, (0.0,), (0.0, 1.0))


def _step(column: Column) -> Fraction:
    """What totals of a kind are counted in: ten-thousandths of one, kronor."""
    return Fraction(1, 10_000) if column.kind is Kind.SHARE else Fraction(1)


def _of_others(
    annex: Annex, kept: Sequence[int], right: Mapping[str, Fraction], people: Sequence[int]
) -> Iterator[Total]:
    for column in (*annex.of_kind(Kind.SHARE), *annex.of_kind(Kind.AMOUNT)):
        total, own = annex.total(column), annex.own_total(column)
        if total is None or own is None:
            continue
        figures, step = [annex.members[i].figures[column.letter] for i in kept], _step(column)
        values = [right.get(figure.cell, Fraction(figure.value)) for figure in figures]
        coarse = max(unit for unit in (1, 10, 100, 1000) if unit == 1 or all(each % unit == 0 for each in values))
        steps = [
            max(Fraction(figure.step), Fraction(coarse) if column.kind is Kind.AMOUNT else 0) for figure in figures
        ]
        tight = sum(steps) + Fraction(total.step)
        lost = abs(Fraction(own)) / _SHARES_LOSE if column.kind is Kind.AMOUNT else Fraction(0)
        slack = tuple(float(each / step) for each in dict.fromkeys((tight, tight + lost)))
        in_steps = np.array([float(value / step) for value in values])
        yield Total(column, float(Fraction(own) / step), (in_steps,), slack, _line(people, in_steps))


def _line(people: Sequence[int], values: np.ndarray) -> tuple[float, float] | None:
    """The line through most rows, ``None`` where they follow none: the medians of what each two of them show, which few
    wrong figures do not move."""
    x = np.array(people, dtype=float)
    first, second = np.triu_indices(len(x), 1)
    first, second = first[x[first] != x[second]], second[x[first] != x[second]]
    if not len(first):
        return None
    per_head = float(np.median((values[second] - values[first]) / (x[second] - x[first])))
    fixed = float(np.median(values - per_head * x))
    off = np.median(np.abs(values - per_head * x - fixed))
    return (fixed, per_head) if off <= _LOOSE * max(float(np.median(np.abs(values))), 1e-9) else None
