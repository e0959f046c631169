"""Which rows are missing or too many, when totals do not fit the rows: every change that would mend a total.

A total of populations lacks or exceeds the rows by just somebody's population, or would but for a slip of the hand;
totals of shares and amounts by the part that somebody would take. Each change is only a candidate: the audit keeps the
one that leaves the fewest faults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Final

import numpy as np

from analys.audit import population
from analys.audit.gaps import Gap, Gaps
from analys.audit.inputs import Inputs
from analys.audit.members import Membership, extra_finding, missing_finding
from analys.intake.annex import Kind
from analys.register import Region, regions
from analys.swedish import format_kr, format_number, format_percent

#: At most so many candidates of each kind.
_MOST: Final = 4


@dataclass(frozen=True)
class Change:
    """A change of rows with the fewest faults that it can leave: its own, and a total that is wrong all the same.

    ``doubt``, in faults: how easily chance makes one, among all the rows and municipalities that were tried.
    """

    membership: Membership
    faults: float
    doubt: float = 0


def changes(gaps: Gaps) -> Iterator[Change]:
    """The changes of rows that would mend a total, those of the fewest faults first; none where the populations' total
    holds."""
    if any(gap == 0 for _, _, gap in gaps.populations):
        return
    kinds: tuple[tuple[Callable[[Gaps], Iterator[Membership]], int, float], ...] = (
        (_one_lacking, 1, 0),
        (_one_exceeding, 1, 0),
        (_left_out, 1, 0.1),
        (_part_lacking, 1, 0.5),
        (_several_of_county, 2, 0),
        (_several_exceeding, 2, 0),
        (_exchanged, 2, 0.3),
        (_lacking_but_for_a_slip, 2, 0.6),
        (_exceeding_but_for_a_slip, 2, 0.2),
        (_two_of_country, 2, 1.1),
        (_three_of_country, 3, 0.1),
        (_unnamed, 2, 1.2),
        (_exchanged_but_for_a_slip, 3, 0.8),
    )
    seen = set()
    for found, faults, doubt in kinds:
        for membership in found(gaps):
            key = (membership.extra, membership.missing)
            if key not in seen:
                seen.add(key)
                yield Change(
                    membership, faults, doubt + _against(gaps, membership) + _abroad(gaps, membership) * bool(doubt)
                )


def _against(gaps: Gaps, change: Membership) -> float:
    """A fault more where two other columns or more lack anything but what such a change would make."""
    lacking = [people or 0 for _, people in change.missing]
    positions = [gaps.kept.index(row) for row in change.extra]
    follow = [each for each in gaps.others if each.line and change.missing]
    return 1.1 if len(follow) > 1 and all(each.miss(lacking, positions) > 2 for each in follow) else 0


def _abroad(gaps: Gaps, change: Membership) -> float:
    """Half a fault more where all rows are of one county, and somebody of another should be missing among them."""
    missing = [region for region, _ in change.missing if region]
    return 0.6 if gaps.is_of_one_county and any(region.code[:2] != gaps.home for region in missing) else 0


def _one_lacking(gaps: Gaps) -> Iterator[Membership]:
    """The municipality whose population is what the rows lack, one of the county before others."""
    for stated, _, gap in gaps.populations:
        codes = _owners(gaps, stated, gap)
        if codes:
            named = sorted(codes, key=lambda code: (code[:2] != gaps.home, code))
            yield _lacking(gaps, stated, gap, [[code] for code in named], dict.fromkeys(named, gap))


def _owners(gaps: Gaps, stated: Inputs, gap: int) -> set[str]:
    """The municipalities without a row that have just the population that the rows lack."""
    year = population.as_known(stated.date).year if stated.date else None
    known = population.owners_of(gap) if gap > 0 else []
    return {code for code, of in known if code not in gaps.present and year in (None, of)}


def _lacking(
    gaps: Gaps, stated: Inputs, gap: int, named: Sequence[Sequence[str]], people: dict[str, int]
) -> Membership:
    """The first of the named groups of municipalities is missing; the others could be."""
    whose = "kommunens folkmängd" if len(named[0]) == 1 else "de saknade kommunernas folkmängd tillsammans"
    why = f"summan för {stated.column.heading} är {format_number(gap)} större än raderna, vilket är {whose}"
    explanation: dict[str, object] = {"population": gap}
    if len(named) > 1:
        explanation["or"] = [[regions()[code].name for code in other] for other in named[1:4]]
    missing = tuple((regions()[code], people[code]) for code in named[0])
    findings = tuple(
        missing_finding(gaps.annex, region, why, "kolumnens summa och SCB", False, **explanation)
        for region, _ in missing
    )
    return Membership((), (), missing, findings)


def _one_exceeding(gaps: Gaps) -> Iterator[Membership]:
    """The row whose population is what the rows exceed the total by."""
    for _, weights, gap in gaps.populations:
        yield from (_exceeding(gaps, [i], -gap) for i in gaps.kept if weights[i] == -gap)


def _exceeding(gaps: Gaps, rows: Sequence[int], gap: int) -> Membership:
    whose = "radens folkmängd" if len(rows) == 1 else "de överflödiga radernas folkmängd tillsammans"
    why = f"summan för folkmängden är {format_number(gap)} mindre än raderna, vilket är {whose}"
    return _extra(gaps, rows, why, "kolumnens summa")


def _extra(gaps: Gaps, rows: Sequence[int], why: str, evidence: str) -> Membership:
    findings = tuple(extra_finding(gaps.annex, row, why, evidence) for row in rows)
    return Membership((), tuple(rows), (), findings)


def _left_out(gaps: Gaps) -> Iterator[Membership]:
    """The row that totals of shares or amounts leave out, by most of these columns."""
    fits = {k: sum(gap.leaves_out([k]) for gap in gaps.others) for k in range(len(gaps.kept))}
    apart = {
        k: min((abs(gap.gap + gap.values[k]) / gap.whole for gap in gaps.others if gap.whole), default=0) for k in fits
    }
    for k in sorted(fits, key=lambda k: (-fits[k], apart[k]))[:_MOST]:
        if fits[k]:
            headings = " och ".join(gap.column.heading for gap in gaps.others if gap.leaves_out([k]))
            yield _extra(gaps, [gaps.kept[k]], f"summan för {headings} räknar inte med raden", "kolumnernas summor")


def _part_lacking(gaps: Gaps) -> Iterator[Membership]:
    """The only municipality whose part the totals of shares and amounts lack, or somebody where nothing tells who."""
    lacking = [gap for gap in gaps.others if gap.gap > gap.slack]
    if not lacking:
        return
    people = gaps.people(gaps.populations[0][0] if gaps.populations else None)
    fitting = [code for code, figure in people.items() if gaps.miss([figure]) <= 1]
    of_county = [code for code in fitting if code[:2] == gaps.home] if gaps.is_of_one_county else []
    for codes in (fitting, of_county):
        if len(codes) == 1:
            yield _fitting(gaps, lacking[0], regions()[codes[0]], people[codes[0]])
            break
    if gaps.are_alike() and not gaps.populations:
        why = f"{_larger(lacking[0])}, och de andra kolumnerna saknar lika mycket"
        yield Membership((), (), ((None, None),), (missing_finding(gaps.annex, None, why, "kolumnernas summor"),))


def _larger(gap: Gap) -> str:
    amount = format_kr(gap.gap) if gap.column.kind is Kind.AMOUNT else format_percent(gap.gap)
    return f"summan för {gap.column.heading} är {amount} större än raderna"


def _fitting(gaps: Gaps, gap: Gap, region: Region, people: int) -> Membership:
    why = f"{_larger(gap)}, vilket stämmer med folkmängden {format_number(people)}"
    found = missing_finding(gaps.annex, region, why, "kolumnernas summor och SCB", population=people)
    return Membership((), (), ((region, people),), (found,))


def _exchanged(gaps: Gaps) -> Iterator[Membership]:
    """One row too many and one too few: the gap is the difference of their populations."""
    for stated, weights, gap in gaps.populations:
        people = gaps.people(stated)
        absent: dict[int, list[str]] = {}
        for code, figure in people.items():
            absent.setdefault(figure, []).append(code)
        found = [(k, code) for k, row in enumerate(gaps.kept) for code in absent.get(gap + weights[row], ())]
        for k, code in sorted(found, key=lambda pair: _unlikely(gaps, pair[0], pair[1], people[pair[1]]))[:_MOST]:
            yield _exchange(gaps, stated, gaps.kept[k], code, people[code])


def _unlikely(gaps: Gaps, k: int, code: str, people: int) -> tuple[float, bool, bool]:
    """What puts one exchange after another: that other totals do not follow it, then that it crosses the county's
    border the wrong way."""
    own = gaps.annex.members[gaps.kept[k]].municipality.code
    return max(1.0, gaps.miss([people], [k])), code[:2] != gaps.home, own[:2] == gaps.home


def _exchange(gaps: Gaps, stated: Inputs, row: int, code: str, people: int) -> Membership:
    region, name = regions()[code], gaps.annex.members[row].municipality.name
    why = f"summan för {stated.column.heading} räknar inte med raden men med {region.name}, som saknas"
    lacking = f"summan för {stated.column.heading} räknar med kommunen men inte med {name}"
    findings = (
        extra_finding(gaps.annex, row, why, "kolumnens summa och SCB"),
        missing_finding(gaps.annex, region, lacking, "kolumnens summa och SCB", population=people),
    )
    return Membership((), (row,), ((region, people),), findings)


def _several_of_county(gaps: Gaps) -> Iterator[Membership]:
    """Two or three of the county that all rows are of, with the other columns' word."""
    if gaps.is_of_one_county:
        for stated, _, gap in gaps.populations:
            people = {code: figure for code, figure in gaps.people(stated).items() if code[:2] == gaps.home}
            yield from _several(gaps, stated, gap, people)


def _two_of_country(gaps: Gaps) -> Iterator[Membership]:
    """The only two municipalities of the country, or one of a few pairs, with the other columns' word."""
    for stated, _, gap in gaps.populations:
        yield from _several(gaps, stated, gap, gaps.people(stated), (2,))


def _three_of_country(gaps: Gaps) -> Iterator[Membership]:
    """The only three municipalities of the country: hardly ever, for three have almost any population."""
    for stated, _, gap in gaps.populations:
        yield from (each for each in _several(gaps, stated, gap, gaps.people(stated), (3,)) if each.missing[0][0])


def _several(
    gaps: Gaps, stated: Inputs, gap: int, people: dict[str, int], sizes: Sequence[int] = (2, 3)
) -> Iterator[Membership]:
    codes, figures = list(people), list(people.values())
    for size in sizes:
        if gap > 0 and gaps.bear_out(gap, size):
            groups = list(islice(_adding(figures, gap, size), _MOST + 1))
            named = [[codes[i] for i in some] for some in groups]
            if len(named) == 1:
                yield _lacking(gaps, stated, gap, named, people)
            elif 1 < len(named) <= _MOST:
                yield _one_of(gaps, stated, gap, named)


def _several_exceeding(gaps: Gaps) -> Iterator[Membership]:
    """Two or three rows too many, with another column's word."""
    for _, weights, gap in gaps.populations:
        for size in (2, 3):
            if gap < 0 and size < len(gaps.kept):
                for positions in _adding([weights[i] for i in gaps.kept], -gap, size):
                    if any(each.leaves_out(positions) for each in gaps.others):
                        yield _exceeding(gaps, [gaps.kept[k] for k in positions], -gap)


def _one_of(gaps: Gaps, stated: Inputs, gap: int, named: Sequence[Sequence[str]]) -> Membership:
    """Several are missing: one of the named groups, and nothing tells which."""
    groups = [[regions()[code].name for code in codes] for codes in named]
    told = ", eller ".join(" och ".join(names) for names in groups[:3])
    why = (
        f"summan för {stated.column.heading} är {format_number(gap)} större än raderna, vilket är folkmängden i {told}"
        f"{', eller i fler' if len(groups) > 3 else ''}"
    )
    return _some(gaps, gap, len(named[0]), why, groups)


def _some(gaps: Gaps, gap: int, count: int, why: str, groups: Sequence[Sequence[str]] = ()) -> Membership:
    """So many who together have that population are missing, and nothing names them."""
    explanation: dict[str, object] = {"population": gap, **({"or": groups[:4]} if groups else {})}
    found = missing_finding(gaps.annex, None, why, "kolumnernas summor och SCB", True, **explanation)
    parts = [gap // count] * (count - 1)
    return Membership((), (), tuple((None, each) for each in (*parts, gap - sum(parts))), (found,))


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


def _unnamed(gaps: Gaps) -> Iterator[Membership]:
    """Two or three that nothing names: no municipality alone has what the total of populations lacks, but the other
    columns lack what so many people would take."""
    for stated, _, gap in gaps.populations:
        for count in (2, 3):
            if gap > 0 and not _owners(gaps, stated, gap) and gaps.bear_out(gap, count):
                why = (
                    f"summan för {stated.column.heading} är {format_number(gap)} större än raderna och de andra "
                    "kolumnerna saknar motsvarande, men ingen ensam kommun har den folkmängden"
                )
                yield _some(gaps, gap, count, why)


def _lacking_but_for_a_slip(gaps: Gaps) -> Iterator[Membership]:
    """The municipalities with whose population the rows make the printed total but for a slip."""
    found: dict[str, tuple[float, Inputs, int]] = {}
    for stated, weights, gap in gaps.populations:
        rest = sum(weights[i] for i in gaps.kept)
        for code, people in gaps.people(stated).items():
            if code not in found and population.lone_change(rest + people, rest + gap):
                found[code] = gaps.miss([people]), stated, people
    order = sorted(found, key=lambda code: (max(1.0, found[code][0]), code[:2] != gaps.home))
    for code in order[: 2 * _MOST]:
        _, stated, people = found[code]
        why = (
            f"summan för {stated.column.heading} skiljer bara genom ett skrivfel från raderna och kommunens "
            f"folkmängd {format_number(people)}"
        )
        finding = missing_finding(gaps.annex, regions()[code], why, "kolumnens summa och SCB", population=people)
        yield Membership((), (), ((regions()[code], people),), (finding,))


def _exceeding_but_for_a_slip(gaps: Gaps) -> Iterator[Membership]:
    """The rows without whose population the others make the printed total but for a slip."""
    found: dict[int, Inputs] = {}
    for stated, weights, gap in gaps.populations:
        rest = sum(weights[i] for i in gaps.kept)
        for k, row in enumerate(gaps.kept):
            if population.lone_change(rest - weights[row], rest + gap):
                found.setdefault(k, stated)
    for k in sorted(found, key=lambda k: gaps.miss([], [k]))[: 2 * _MOST]:
        why = f"summan för {found[k].column.heading} skiljer bara genom ett skrivfel från de andra raderna"
        yield _extra(gaps, [gaps.kept[k]], why, "kolumnens summa")


def _exchanged_but_for_a_slip(gaps: Gaps) -> Iterator[Membership]:
    """One row too many and one too few that make the printed total of populations but for a slip, where all other
    totals follow."""
    found: dict[tuple[int, str], tuple[Inputs, int]] = {}
    for stated, weights, gap in gaps.populations:
        rest, people = sum(weights[i] for i in gaps.kept), gaps.people(stated)
        codes, figures = list(people), list(people.values())
        for k, c in np.argwhere(_follow(gaps, figures)).tolist():
            if population.lone_change(rest - weights[gaps.kept[k]] + figures[c], rest + gap):
                found.setdefault((k, codes[c]), (stated, figures[c]))
    order = sorted(found, key=lambda pair: gaps.miss([found[pair][1]], [pair[0]]))
    for k, code in order[:_MOST]:
        yield _exchange(gaps, found[k, code][0], gaps.kept[k], code, found[k, code][1])


def _follow(gaps: Gaps, people: Sequence[int]) -> np.ndarray:
    """Whether all other totals count somebody without a row (by population) and not a row; shape (rows, people)."""
    result = np.full((len(gaps.kept), len(people)), bool(gaps.others))
    for each in gaps.others:
        fixed, per_head = each.line or (0.0, 0.0)
        due = fixed + per_head * np.array(people, dtype=float)
        off = np.array(each.values, dtype=float)[:, None] + float(each.gap) - due[None, :]
        result &= (np.abs(off) <= float(each.slack)) & (each.line is not None)
    return result
