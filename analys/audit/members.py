"""Are the members the right ones? Against each other, the totals, the county that the text names, and the agreement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from analys.audit import population
from analys.audit.finding import Code, Finding, Severity
from analys.audit.inputs import Inputs, vectors
from analys.intake.annex import Annex, Column, Kind, Member
from analys.register import Region, municipalities, regions
from analys.swedish import format_kr, format_number

_ALL_OF: Final = re.compile(r"(samtliga|alla)\s+(\w+\s+)?kommuner\s+i\s+(?P<where>[\w ]+?)(s län)?\b", re.I)


@dataclass(frozen=True)
class Membership:
    """Rows that should not count (``repeated``, ``extra``: indices of members), and municipalities that have no row.

    ``missing`` holds (municipality or ``None`` when it cannot be named, its population or ``None``).
    """

    repeated: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()
    missing: tuple[tuple[Region | None, int | None], ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def surplus(self) -> tuple[int, ...]:
        """The rows that totals leave out."""
        return tuple(sorted({*self.repeated, *self.extra}))


def without(annex: Annex, rows: Collection[int]) -> Annex:
    """The annex with only the rows that count."""
    return replace(annex, members=tuple(member for i, member in enumerate(annex.members) if i not in rows))


def check(annex: Annex, inputs: Sequence[Inputs], agreed: Collection[Region] | None) -> Membership:
    """Repeated rows always; missing and extra members by the agreement, else by totals, else by the text's county."""
    repeated = _repeated(annex)
    findings = [_repeated_finding(annex, i) for i in repeated]
    if agreed is not None:
        found = _against(annex, agreed, "avtalet", repeated)
    else:
        found = _by_totals(annex, inputs, repeated) or _by_text(annex, repeated) or Membership()
    return Membership(tuple(repeated), found.extra, found.missing, (*findings, *found.findings))


def _repeated(annex: Annex) -> list[int]:
    seen: set[str] = set()
    rows = []
    for i, member in enumerate(annex.members):
        if member.municipality.code in seen:
            rows.append(i)
        seen.add(member.municipality.code)
    return rows


def _place(annex: Annex, member: Member) -> dict[str, Any]:
    name = annex.columns[0].heading if annex.columns else None
    region = member.municipality
    return {
        "kommunkod": region.code,
        "kommun": region.name,
        "column": name,
        "sheet": annex.sheet,
        "cell": member.cell,
    }


def _repeated_finding(annex: Annex, i: int) -> Finding:
    member = annex.members[i]
    rows = [other.row for other in annex.members if other.municipality == member.municipality]
    message = f"{member.municipality.name} står {len(rows)} gånger i tabellen, på rad {_listed(rows)}."
    return Finding(
        Code.MEMBER_DUPLICATE,
        Severity.FEL,
        message,
        **_place(annex, member),
        expected=1,
        found=len(rows),
        explanation={"rows": rows},
        effect_kr=_charged_for(annex, i, 1),
        evidence="tabellens rader",
    )


def _listed(items: Sequence[object]) -> str:
    texts = [str(item) for item in items]
    return " och ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]


def _charged_for(annex: Annex, i: int, sign: int) -> dict[str, int]:
    """What the row charges its municipality, from the longest period's column."""
    columns = annex.of_kind(Kind.AMOUNT)
    effect = {member.municipality.code: 0 for member in annex.members}
    if columns:
        column = max(columns, key=lambda c: c.period.years or Fraction(0))
        member = annex.members[i]
        effect[member.municipality.code] = sign * round(member.figures[column.letter].value)
    return effect


def _missing(annex: Annex, region: Region | None, why: str, evidence: str, **explanation: object) -> Finding:
    name = region.name if region else "En kommun"
    return Finding(
        Code.MEMBER_MISSING,
        Severity.FEL,
        f"{name} saknas i tabellen: {why}.",
        region.code if region else None,
        region.name if region else None,
        sheet=annex.sheet,
        explanation=explanation,
        evidence=evidence,
    )


def _extra(annex: Annex, i: int, why: str, evidence: str) -> Finding:
    member = annex.members[i]
    message = f"{member.municipality.name} (rad {member.row}) hör inte till: {why}."
    return Finding(
        Code.MEMBER_EXTRA,
        Severity.FEL,
        message,
        **_place(annex, member),
        effect_kr=_charged_for(annex, i, 1),
        evidence=evidence,
    )


def _against(annex: Annex, wanted: Collection[Region], of: str, repeated: Sequence[int]) -> Membership:
    present = {member.municipality for member in annex.members}
    missing = sorted((region for region in wanted if region not in present), key=lambda region: region.code)
    extra = [i for i, member in enumerate(annex.members) if member.municipality not in wanted and i not in repeated]
    findings = [_missing(annex, region, f"kommunen är med i {of}", of) for region in missing]
    findings += [_extra(annex, i, f"kommunen är inte med i {of}", of) for i in extra]
    return Membership((), tuple(extra), tuple((region, None) for region in missing), tuple(findings))


@dataclass(frozen=True)
class _Gap:
    """What a column's total exceeds its rows by, and how much of that rounding can explain."""

    column: Column
    gap: Fraction
    slack: Fraction
    values: tuple[Fraction, ...]

    @property
    def denies(self) -> bool:
        """Whether the total fits the rows as they are, so that none can be missing or too many."""
        return abs(self.gap) <= self.slack < max(self.values, default=Fraction(0)) / 2


def _gaps(annex: Annex, kept: Sequence[int]) -> list[_Gap]:
    """The gaps of the columns of shares and amounts that have totals, over the rows that count."""
    gaps = []
    for column in (*annex.of_kind(Kind.SHARE), *annex.of_kind(Kind.AMOUNT)):
        total = annex.total(column)
        if total is not None:
            figures = [annex.members[i].figures[column.letter] for i in kept]
            slack = sum((Fraction(figure.step) for figure in figures), Fraction(0)) / 2 + Fraction(total.step)
            values = tuple(Fraction(figure.value) for figure in figures)
            gaps.append(_Gap(column, Fraction(total.value) - sum(values), slack, values))
    return gaps


def _by_totals(annex: Annex, inputs: Sequence[Inputs], repeated: Sequence[int]) -> Membership | None:
    """A total of populations that lacks or exceeds the rows by just one to three members', with the other totals.

    A total that fits its rows denies it. Where the populations' total itself is wrong, or there is none, the others
    decide when they are at least two and agree on the row.
    """
    kept = [i for i in range(len(annex.members)) if i not in repeated]
    others = _gaps(annex, kept)
    if sum(each.denies for each in others) * 2 > len(others) or (others and others[0].denies and len(others) == 1):
        return None
    gaps: list[tuple[Inputs, tuple[int, ...], int]] = []
    for stated in inputs:
        if total := annex.total(stated.column):
            gaps += [(stated, w, int(total.value) - sum(w[i] for i in kept)) for w in vectors(stated)]
    if any(gap == 0 for _, _, gap in gaps):
        return None
    # The plainest explanation first; those with more members in them need the other columns' word.
    for size in (1, 2, 3):
        for stated, weights, gap in gaps:
            found = _lacking(annex, stated, gap, size, others)
            if found := found or _exceeding(annex, weights, -gap, size, kept, others):
                return found
        if size == 1 and (found := _by_the_others(annex, kept, others)):
            return found
        if size == 1:
            for stated, weights, gap in gaps:
                if found := _exchanged(annex, stated, weights, gap, kept, others):
                    return found
    return None


def _lacking(annex: Annex, stated: Inputs, gap: int, size: int, others: Sequence[_Gap]) -> Membership | None:
    """The municipality (or two or three of the same county) whose population is what the rows lack."""
    if gap <= 0:
        return None
    present = {member.municipality.code for member in annex.members}
    home = Counter(code[:2] for code in present).most_common(1)[0][0]
    year = stated.date.year if stated.date else None
    table = population.year_ends().get(year or 0, {})
    if size == 1:
        owners = {code for code, known in population.owners_of(gap) if code not in present and year in (None, known)}
        named: list[tuple[str, ...]] = [(code,) for code in sorted(owners, key=lambda code: code[:2] != home)]
    else:
        absent = [region.code for region in municipalities(home) if table and region.code not in present]
        named = [codes for codes in combinations(absent, size) if sum(table[code] for code in codes) == gap]
        total = annex.total(stated.column)
        if not total or not any(_lacks(each, Fraction(gap, int(total.value))) for each in others):
            return None
    if not named:
        return None
    codes = named[0]
    whose = "kommunens folkmängd" if size == 1 else "de saknade kommunernas folkmängd tillsammans"
    why = f"summan för {stated.column.heading} är {format_number(gap)} större än raderna, vilket är {whose}"
    explanation: dict[str, object] = {"population": gap}
    if len(named) > 1:
        explanation["or"] = [[regions()[code].name for code in other] for other in named[1:4]]
    findings = [_missing(annex, regions()[code], why, "kolumnens summa och SCB", **explanation) for code in codes]
    people = [gap] if size == 1 else [table[code] for code in codes]
    return Membership((), (), tuple((regions()[c], p) for c, p in zip(codes, people, strict=True)), tuple(findings))


def _lacks(gap: _Gap, part: Fraction) -> bool:
    """Whether a column's gap is about that part of its total."""
    whole = sum(gap.values) + gap.gap
    return abs(gap.gap - part * whole) <= gap.slack + part * whole / 200


def _exceeding(
    annex: Annex, weights: Sequence[int], gap: int, size: int, kept: Sequence[int], others: Sequence[_Gap]
) -> Membership | None:
    """Rows that the totals leave out: their populations make the gap, and for several rows another gap agrees."""
    if gap <= 0 or size >= len(kept):
        return None
    found = list(_adding([weights[i] for i in kept], gap, size))
    if size > 1:
        found = [rows for rows in found if any(_fits(each, rows) for each in others)]
    if not found:
        return None
    best = max(found, key=lambda rows: sum(_fits(each, rows) for each in others))
    rows = tuple(kept[i] for i in best)
    whose = "radens folkmängd" if size == 1 else "de överflödiga radernas folkmängd tillsammans"
    why = f"summan för folkmängden är {format_number(gap)} mindre än raderna, vilket är {whose}"
    return Membership((), rows, (), tuple(_extra(annex, row, why, "kolumnens summa") for row in rows))


def _exchanged(
    annex: Annex, stated: Inputs, weights: Sequence[int], gap: int, kept: Sequence[int], others: Sequence[_Gap]
) -> Membership | None:
    """One row too many and one too few: the gap is the difference of their populations, and the other columns agree."""
    table = population.year_ends().get(stated.date.year if stated.date else 0, {})
    present = {member.municipality.code for member in annex.members}
    absent: dict[int, list[str]] = {}
    for code, people in table.items():
        if len(code) == 4 and code not in present:
            absent.setdefault(people, []).append(code)
    found = []
    for i, row in enumerate(kept):
        for code in absent.get(gap + weights[row], ()):
            part = Fraction(table[code], sum(weights[k] for k in kept) - weights[row] + table[code])
            if others and all(_exchange_fits(each, i, part) for each in others):
                found.append((row, code))
    if not found:
        return None
    row, code = found[0]
    why = f"summan för {stated.column.heading} räknar inte med raden men med {regions()[code].name}, som saknas"
    lacking = f"summan för {stated.column.heading} räknar med kommunen men inte med {_name(annex, row)}"
    findings = (
        _extra(annex, row, why, "kolumnens summa och SCB"),
        _missing(annex, regions()[code], lacking, "kolumnens summa och SCB", population=table[code]),
    )
    return Membership((), (row,), ((regions()[code], table[code]),), findings)


def _exchange_fits(gap: _Gap, row: int, part: Fraction) -> bool:
    """Whether a column's gap is about the missing member's part of its total less the row too many."""
    whole = sum(gap.values) + gap.gap
    return abs(gap.gap + gap.values[row] - part * whole) <= gap.slack + part * whole / 200


def _name(annex: Annex, row: int) -> str:
    return annex.members[row].municipality.name


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


def _fits(gap: _Gap, rows: Sequence[int]) -> bool:
    return abs(gap.gap + sum(gap.values[i] for i in rows)) <= gap.slack


def _by_the_others(annex: Annex, kept: Sequence[int], others: Sequence[_Gap]) -> Membership | None:
    """Shares and amounts alone: the row that both totals leave out, or a part of the whole that both of them lack."""
    if len(others) < 2 or any(each.denies for each in others):
        return None
    if all(each.gap < 0 for each in others):
        rows = [i for i in range(len(kept)) if all(_fits(each, (i,)) for each in others)]
        if len(rows) != 1:
            return None
        why = "andelarnas och beloppens summor räknar inte med raden"
        return Membership((), (kept[rows[0]],), (), (_extra(annex, kept[rows[0]], why, "kolumnernas summor"),))
    shares = [each for each in others if each.column.kind is Kind.SHARE]
    money = [each for each in others if each.column.kind is Kind.AMOUNT]
    if not shares or not money or not all(each.gap > each.slack for each in others):
        return None
    for each in money:
        whole = sum(each.values) + each.gap
        if abs(whole * shares[0].gap - each.gap) > each.slack + whole * shares[0].slack:
            return None
    amount = format_kr(money[0].gap)
    why = f"beloppens summa är {amount} större än raderna, och andelarna saknar lika mycket"
    region = _of_part(annex, kept, [*shares, *money])
    finding = _missing(annex, region, why, "beloppens och andelarnas summor")
    return Membership((), (), ((region, None),), (finding,))


def _of_part(annex: Annex, kept: Sequence[int], gaps: Sequence[_Gap]) -> Region | None:
    """The one municipality whose population would make what every column lacks, if only one would."""
    columns = annex.of_kind(Kind.POPULATION)
    if not columns:
        return None
    rest = sum(int(annex.members[i].figures[columns[0].letter].value) for i in kept)
    present = {member.municipality.code for member in annex.members}
    year = columns[0].date.year if columns[0].date else population.years()[-1]
    table = population.year_ends().get(year, {})
    fitting = [code for code in table if len(code) == 4 and code not in present]
    for each in gaps:
        own = sum(each.values)
        low, high = (rest * max(each.gap + side * each.slack, Fraction(0)) / own for side in (-1, 1))
        fitting = [code for code in fitting if low - 1 <= table[code] <= high + 1]
    return regions()[fitting[0]] if len(fitting) == 1 else None


def _by_text(annex: Annex, repeated: Sequence[int]) -> Membership | None:
    """The county whose municipalities the text says are all there ("Samtliga kommuner i Östergötland")."""
    counties = [region for region in regions().values() if len(region.code) == 2 and region.code != "00"]
    for text in annex.texts:
        for match in _ALL_OF.finditer(text.text):
            where = match["where"].casefold().removesuffix(" län").removesuffix("s")
            for county in counties:
                if county.name.casefold().removesuffix(" län").removesuffix("s") == where:
                    found = _against(annex, set(municipalities(county.code)), county.name, repeated)
                    return found if found.findings else None
    return None
