"""Are the members the right ones? Against each other, the totals, the county that the text names, and the agreement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from analys.audit import population
from analys.audit.finding import Code, Finding, Severity
from analys.audit.inputs import Inputs
from analys.audit.keys import vectors
from analys.audit.rules import Charged, Rule
from analys.intake.annex import Annex, Kind, Member
from analys.register import Region, municipalities, regions
from analys.swedish import format_kr, format_number

_ALL_OF: re.Pattern[str] = re.compile(r"(samtliga|alla)\s+(\w+\s+)?kommuner\s+i\s+(?P<where>[\w ]+?)(s län)?\b", re.I)


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

    @property
    def whole(self) -> bool:
        return not (self.surplus or self.missing)


def check(annex: Annex, inputs: Sequence[Inputs], agreed: Collection[Region] | None) -> Membership:
    """Repeated rows always; missing and extra members by the agreement, else by totals, else by the text's county."""
    repeated = _repeated(annex)
    findings = [_repeated_finding(annex, i) for i in repeated]
    if agreed is not None:
        found = _against(annex, agreed, "avtalet", repeated)
    else:
        found = _by_population(annex, inputs, repeated) or _by_text(annex, repeated) or Membership()
    return Membership(tuple(repeated), found.extra, found.missing, (*findings, *found.findings))


def _repeated(annex: Annex) -> list[int]:
    seen: set[str] = set()
    rows = []
    for i, member in enumerate(annex.members):
        if member.municipality.code in seen:
            rows.append(i)
        seen.add(member.municipality.code)
    return rows


def _place(annex: Annex, member: Member) -> dict[str, str | None]:
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
        column = max(columns, key=lambda c: c.period.years or 0)
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


def _by_population(annex: Annex, inputs: Sequence[Inputs], repeated: Sequence[int]) -> Membership | None:
    """A total that lacks or exceeds the sum by just one municipality's population, where the other totals agree."""
    for stated in inputs:
        total = annex.total(stated.column)
        if total is None:
            continue
        for weights in vectors(stated):
            gap = int(total.value) - sum(w for i, w in enumerate(weights) if i not in repeated)
            if gap == 0:
                return None
        if not _others_agree(annex, stated.column.letter, sign=1 if gap > 0 else -1):
            continue
        for weights in vectors(stated):
            gap = int(total.value) - sum(w for i, w in enumerate(weights) if i not in repeated)
            found = _lacking(annex, stated, gap) if gap > 0 else _exceeding(annex, weights, -gap, repeated)
            if found:
                return found
    return None


def _others_agree(annex: Annex, letter: str, sign: int) -> bool:
    """Whether the other columns' totals lie on the same side of their sums, where there are such totals."""
    for column in (*annex.of_kind(Kind.SHARE), *annex.of_kind(Kind.AMOUNT)):
        total = annex.total(column)
        if column.letter == letter or total is None:
            continue
        figures = annex.values(column)
        rounding = sum(figure.step for figure in figures) / 2 + total.step
        if sign * (total.value - sum(figure.value for figure in figures)) <= -rounding:
            return False
        if column.kind is Kind.AMOUNT and abs(total.value - sum(f.value for f in figures)) <= rounding:
            smallest = min((figure.value for figure in figures), default=0)
            if smallest > 2 * rounding:
                return False
    return True


def _lacking(annex: Annex, stated: Inputs, gap: int) -> Membership | None:
    """The municipality (or two of the same county) whose population is what the members' sum lacks."""
    present = {member.municipality.code for member in annex.members}
    counties = Counter(code[:2] for code in present)
    year = stated.date.year if stated.date else None
    owners = {code for code, known in population.owners_of(gap) if code not in present and year in (None, known)}
    named: list[tuple[str, ...]] = [(code,) for code in sorted(owners, key=lambda code: -counties[code[:2]])]
    if not named and year in population.year_ends():
        table = population.year_ends()[year]
        home = counties.most_common(1)[0][0]
        absent = [region.code for region in municipalities(home) if region.code not in present]
        named = [pair for pair in combinations(absent, 2) if table[pair[0]] + table[pair[1]] == gap]
    if not named:
        return None
    codes = named[0]
    why = f"summan för {stated.column.heading} är {format_number(gap)} större än raderna, vilket är kommunens folkmängd"
    if len(codes) == 2:
        why = why.replace("kommunens", "de båda saknade kommunernas")
    found = [regions()[code] for code in codes]
    others = [regions()[code].name for code, *_ in named[1:3]]
    findings = [
        _missing(annex, region, why, "kolumnens summa och SCB", population=gap, **({"or": others} if others else {}))
        for region in found
    ]
    people = [gap] if len(codes) == 1 else [population.year_ends()[year or 0][code] for code in codes]
    return Membership((), (), tuple(zip(found, people, strict=True)), tuple(findings))


def _exceeding(annex: Annex, weights: Sequence[int], gap: int, repeated: Sequence[int]) -> Membership | None:
    rows = [i for i, weight in enumerate(weights) if weight == gap and i not in repeated]
    if len(rows) != 1 or len(annex.members) < 2:
        return None
    why = f"summan för folkmängden är {format_number(gap)} mindre än raderna, vilket är kommunens folkmängd"
    return Membership((), (rows[0],), (), (_extra(annex, rows[0], why, "kolumnens summa"),))


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


def by_amounts(annex: Annex, rule: Rule, column: Charged, repeated: Sequence[int]) -> Membership | None:
    """Without a sum of populations: a total of amounts that lacks or exceeds the sum by one member's amount.

    Believed only when the rule's base is the stated total (so that the total is right), or when the shares lack or
    exceed one in the same way.
    """
    if not column.totals_ore or not rule.trusted:
        return None
    total = column.totals_ore[0]
    kept = [i for i in range(len(column.amounts_ore)) if i not in repeated]
    gap = total - sum(column.amounts_ore[i] for i in kept)
    slack = len(kept) * int(rule.rounding.unit)
    if abs(gap) <= slack or not rule.stated:
        return None
    lacking = 1 - sum(rule.parts[i] for i in kept)
    if gap > 0 and lacking > 0 and abs(rule.used_ore * lacking - gap) <= slack:
        amount = format_kr(gap // 100)
        why = f"beloppens summa är {amount} större än raderna, och andelarna saknar lika mycket"
        return Membership((), (), ((None, None),), (_missing(annex, None, why, "beloppens och andelarnas summor"),))
    if gap < 0 and lacking < 0:
        rows = [
            i
            for i in kept
            if abs(column.amounts_ore[i] + gap) <= slack and abs(rule.parts[i] + lacking) * rule.used_ore <= slack
        ]
        if len(rows) == 1:
            why = "beloppens och andelarnas summor räknar inte med raden"
            return Membership((), (rows[0],), (), (_extra(annex, rows[0], why, "beloppens och andelarnas summor"),))
    return None
