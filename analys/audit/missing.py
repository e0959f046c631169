"""Which rows are missing or too many, when totals do not fit the rows: every change that would mend a total.

A total of populations lacks or exceeds the rows by just somebody's population; totals of shares and amounts by the part
that somebody would take. Each change is only a candidate: the audit keeps the one that leaves the fewest faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Final

from analys.audit import population
from analys.audit.inputs import Inputs, vectors
from analys.audit.members import Membership, extra_finding, missing_finding
from analys.intake.annex import Annex, Column, Kind
from analys.register import municipalities, regions
from analys.swedish import format_kr, format_number, format_percent

#: What shares rounded to tenths of a per cent may lose of an amount: one part of so many.
_SHARES_LOSE: Final = 500
#: At most so many candidates of each kind.
_MOST: Final = 4


@dataclass(frozen=True)
class _Gap:
    """What a column's total exceeds its rows by, and how much of that rounding can explain: of the amounts alone
    (``tight``), and of the shares before them (``slack``)."""

    column: Column
    gap: Fraction
    tight: Fraction
    slack: Fraction
    values: tuple[Fraction, ...]

    @property
    def whole(self) -> Fraction:
        """The printed total."""
        return sum(self.values, self.gap)

    def lacks(self, part: Fraction) -> bool:
        """Whether the gap is about that part of the total."""
        return abs(self.gap - part * self.whole) <= self.slack + part * self.whole / 200

    def leaves_out(self, rows: Sequence[int]) -> bool:
        """Whether the total is that of all rows but these, which are too large to be a matter of rounding."""
        of_rows = sum((self.values[i] for i in rows), Fraction(0))
        return any(abs(self.gap + of_rows) <= slack < of_rows / 2 for slack in (self.tight, self.slack))

    def exchanges(self, row: int, part: Fraction) -> bool:
        """Whether the gap is about a missing member's part of the total less the row too many."""
        return abs(self.gap + self.values[row] - part * self.whole) <= self.slack + part * self.whole / 200


@dataclass(frozen=True)
class _Case:
    """An annex's rows that count, with what the totals of its columns exceed them by.

    ``populations`` holds (inputs, the figures as printed or corrected, the gap) for each column of populations.
    """

    annex: Annex
    kept: tuple[int, ...]
    others: tuple[_Gap, ...]
    populations: tuple[tuple[Inputs, tuple[int, ...], int], ...]

    @property
    def present(self) -> set[str]:
        return {member.municipality.code for member in self.annex.members}

    def people(self, stated: Inputs) -> dict[str, int]:
        """The populations of the municipalities without a row, at the date of the column."""
        year = stated.date.year if stated.date else population.years()[-1]
        table, present = population.year_ends().get(year, {}), self.present
        return {code: people for code, people in table.items() if len(code) == 4 and code not in present}


def changes(
    annex: Annex, inputs: Sequence[Inputs], repeated: Sequence[int], right: Mapping[str, Fraction]
) -> Iterator[Membership]:
    """The changes of rows that would mend a total, the plainest first; none where the populations' total holds.

    ``right``: cell -> what a share or amount should be, where it is known to be wrong.
    """
    kept = tuple(i for i in range(len(annex.members)) if i not in repeated)
    populations = []
    for stated in inputs:
        if total := annex.own_total(stated.column):
            populations += [(stated, w, int(total) - sum(w[i] for i in kept)) for w in vectors(stated)]
    case = _Case(annex, kept, tuple(_gaps(annex, kept, right)), tuple(populations))
    if any(gap == 0 for _, _, gap in populations):
        return
    for found in (_one_lacking, _one_exceeding, _left_out, _part_lacking, _exchanged, _several):
        yield from (change for change in found(case) if not _denied(case, change))


def _denied(case: _Case, change: Membership) -> bool:
    """Whether more totals fit the rows as they are, though the change would move them, than speak for it."""
    speaking, denying = (1 if case.populations else 0), 0
    lacking = sum(people or 0 for _, people in change.missing)
    for each in case.others:
        of_rows = sum((each.values[case.kept.index(row)] for row in change.extra), Fraction(0))
        rest = sum(case.populations[0][1][i] for i in case.kept) if case.populations else 0
        of_missing = each.whole * Fraction(lacking, rest + lacking) if lacking else Fraction(0)
        if abs(of_missing - of_rows) > 2 * each.slack:
            fits_as_is = abs(each.gap) <= each.slack
            denying += fits_as_is
            speaking += not fits_as_is
    return denying > speaking


def _gaps(annex: Annex, kept: Sequence[int], right: Mapping[str, Fraction]) -> Iterator[_Gap]:
    """The gaps of the columns of shares and amounts that have totals, over the rows that count."""
    for column in (*annex.of_kind(Kind.SHARE), *annex.of_kind(Kind.AMOUNT)):
        total, own = annex.total(column), annex.own_total(column)
        if total is None or own is None:
            continue
        figures = [annex.members[i].figures[column.letter] for i in kept]
        values = tuple(right.get(figure.cell, Fraction(figure.value)) for figure in figures)
        steps = [Fraction(figure.step) for figure in figures]
        if column.kind is Kind.AMOUNT:  # amounts may be rounded to more than they are written to
            round_to = max(
                unit for unit in (1, 10, 100, 1000) if all(value % unit == 0 for value in values) or unit == 1
            )
            steps = [max(step, Fraction(round_to)) for step in steps]
        tight = sum(steps) + Fraction(total.step)
        lost = abs(Fraction(own)) / _SHARES_LOSE if column.kind is Kind.AMOUNT else 0
        yield _Gap(column, Fraction(own) - sum(values), tight, tight + lost, values)


def _one_lacking(case: _Case) -> Iterator[Membership]:
    """The municipality whose population is what the rows lack."""
    for stated, gap, named in _owners(case):
        yield _lacking(case.annex, stated, gap, [[code] for code in named], {named[0]: gap})


def _owners(case: _Case) -> Iterator[tuple[Inputs, int, list[str]]]:
    """The municipalities without a row that have just the population that the rows lack, those of the county first."""
    home = Counter(code[:2] for code in case.present).most_common(1)[0][0]
    for stated, _, gap in case.populations:
        year = stated.date.year if stated.date else None
        known = population.owners_of(gap) if gap > 0 else []
        codes = {code for code, of in known if code not in case.present and year in (None, of)}
        if codes:
            yield stated, gap, sorted(codes, key=lambda code: (code[:2] != home, code))


def _lacking(
    annex: Annex, stated: Inputs, gap: int, named: Sequence[Sequence[str]], people: dict[str, int]
) -> Membership:
    """The first of the named groups of municipalities is missing; the others could be."""
    whose = "kommunens folkmängd" if len(people) == 1 else "de saknade kommunernas folkmängd tillsammans"
    why = f"summan för {stated.column.heading} är {format_number(gap)} större än raderna, vilket är {whose}"
    explanation: dict[str, object] = {"population": gap}
    if len(named) > 1:
        explanation["or"] = [[regions()[code].name for code in other] for other in named[1:4]]
    missing = tuple((regions()[code], people[code]) for code in named[0])
    findings = tuple(
        missing_finding(annex, region, why, "kolumnens summa och SCB", **explanation) for region, _ in missing
    )
    return Membership((), (), missing, findings)


def _one_exceeding(case: _Case) -> Iterator[Membership]:
    """The row whose population is what the rows exceed the total by."""
    for _, weights, gap in case.populations:
        yield from (_exceeding(case, [i], -gap) for i in case.kept if weights[i] == -gap)


def _exceeding(case: _Case, rows: Sequence[int], gap: int) -> Membership:
    whose = "radens folkmängd" if len(rows) == 1 else "de överflödiga radernas folkmängd tillsammans"
    why = f"summan för folkmängden är {format_number(gap)} mindre än raderna, vilket är {whose}"
    return _extra(case, rows, why, "kolumnens summa")


def _extra(case: _Case, rows: Sequence[int], why: str, evidence: str) -> Membership:
    findings = tuple(extra_finding(case.annex, row, why, evidence) for row in rows)
    return Membership((), tuple(rows), (), findings)


def _left_out(case: _Case) -> Iterator[Membership]:
    """The row that totals of shares or amounts leave out, by most of these columns."""
    fits = {k: sum(gap.leaves_out([k]) for gap in case.others) for k in range(len(case.kept))}
    apart = {
        k: min((abs(gap.gap + gap.values[k]) / gap.whole for gap in case.others if gap.whole), default=0) for k in fits
    }
    for k in sorted(fits, key=lambda k: (-fits[k], apart[k]))[:_MOST]:
        if fits[k]:
            headings = " och ".join(gap.column.heading for gap in case.others if gap.leaves_out([k]))
            yield _extra(case, [case.kept[k]], f"summan för {headings} räknar inte med raden", "kolumnernas summor")


def _part_lacking(case: _Case) -> Iterator[Membership]:
    """A part of the whole that the totals of shares and amounts lack: those whose population it may be, or somebody."""
    lacking = [gap for gap in case.others if gap.gap > gap.slack]
    if not lacking:
        return
    column, evidence = lacking[0].column, "kolumnernas summor"
    amount = format_kr(lacking[0].gap) if column.kind is Kind.AMOUNT else format_percent(lacking[0].gap)
    why = f"summan för {column.heading} är {amount} större än raderna"
    for stated, weights, gap in case.populations:
        people, rest = case.people(stated), sum(weights[i] for i in case.kept)
        for code in _of_part(case, people, rest, gap):
            region, more = regions()[code], f"{why}, vilket stämmer med folkmängden {format_number(people[code])}"
            found = missing_finding(case.annex, region, more, f"{evidence} och SCB", population=people[code])
            yield Membership((), (), ((region, people[code]),), (found,))
    part = lacking[0].gap / lacking[0].whole
    if len(case.others) > 1 and all(gap.lacks(part) for gap in case.others) and not any(_owners(case)):
        found = missing_finding(case.annex, None, f"{why}, och de andra kolumnerna saknar lika mycket", evidence)
        yield Membership((), (), ((None, None),), (found,))


def _of_part(case: _Case, people: dict[str, int], rest: int, gap: int) -> list[str]:
    """The municipalities whose population would make what the columns lack: the only one, or those whose population
    with the rows' makes the printed total but for a slip."""
    fits = {
        code: sum(each.lacks(Fraction(figure, rest + figure)) for each in case.others)
        for code, figure in people.items()
    }
    home = Counter(code[:2] for code in case.present).most_common(1)[0][0]
    order = sorted(fits, key=lambda code: (-fits[code], code[:2] != home))
    fitting = [code for code in order if fits[code]]
    slips = [code for code in order if population.lone_change(rest + people[code], rest + gap)]
    return list(dict.fromkeys([*(fitting if len(fitting) == 1 else ()), *slips[: 2 * _MOST]]))


def _exchanged(case: _Case) -> Iterator[Membership]:
    """One row too many and one too few: the gap is the difference of their populations."""
    for stated, weights, gap in case.populations:
        absent: dict[int, list[str]] = {}
        people = case.people(stated)
        for code, figure in people.items():
            absent.setdefault(figure, []).append(code)
        whole = sum(weights[i] for i in case.kept)
        found = []
        for k, row in enumerate(case.kept):
            for code in absent.get(gap + weights[row], ()):
                part = Fraction(people[code], whole - weights[row] + people[code])
                found.append((sum(each.exchanges(k, part) for each in case.others), row, code))
        home = Counter(code[:2] for code in case.present).most_common(1)[0][0]
        for _, row, code in sorted(found, key=lambda each: (-each[0], each[2][:2] != home))[:_MOST]:
            yield _exchange(case, stated, row, code, people[code])


def _exchange(case: _Case, stated: Inputs, row: int, code: str, people: int) -> Membership:
    region, name = regions()[code], case.annex.members[row].municipality.name
    why = f"summan för {stated.column.heading} räknar inte med raden men med {region.name}, som saknas"
    lacking = f"summan för {stated.column.heading} räknar med kommunen men inte med {name}"
    findings = (
        extra_finding(case.annex, row, why, "kolumnens summa och SCB"),
        missing_finding(case.annex, region, lacking, "kolumnens summa och SCB", population=people),
    )
    return Membership((), (row,), ((region, people),), findings)


def _several(case: _Case) -> Iterator[Membership]:
    """Two or three municipalities of the county that are missing, or rows too many, with another column's word."""
    home = Counter(code[:2] for code in case.present).most_common(1)[0][0]
    for stated, weights, gap in case.populations:
        people = case.people(stated)
        for size in (2, 3):
            if gap > 0:
                absent = [region.code for region in municipalities(home) if region.code in people]
                part = Fraction(gap, gap + sum(weights[i] for i in case.kept))
                named = [codes for codes in combinations(absent, size) if sum(people[code] for code in codes) == gap]
                if named and any(each.lacks(part) for each in case.others):
                    yield _lacking(case.annex, stated, gap, named, people)
            elif size < len(case.kept):
                for positions in _adding([weights[i] for i in case.kept], -gap, size):
                    if any(each.leaves_out(positions) for each in case.others):
                        yield _exceeding(case, [case.kept[k] for k in positions], -gap)


def _adding(weights: Sequence[int], gap: int, size: int) -> Iterator[tuple[int, ...]]:
    """The ``size`` positions whose weights add to the gap."""
    last: dict[int, list[int]] = {}
    for i, weight in enumerate(weights):
        last.setdefault(weight, []).append(i)
    for rows in combinations(range(len(weights)), size - 1):
        rest = gap - sum(weights[i] for i in rows)
        for i in last.get(rest, ()):
            if not rows or i > rows[-1]:
                yield (*rows, i)
