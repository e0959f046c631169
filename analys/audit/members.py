"""Are the members the right ones? Against each other, the county that the text names, and the agreement.

What totals say of missing rows, and of rows too many, is in :mod:`analys.audit.rows`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from analys.audit import population
from analys.audit.finding import Code, Finding, Severity
from analys.intake.annex import Annex, Kind, Member
from analys.register import Region, municipalities, regions

_ALL_OF: Final = re.compile(r"(samtliga|alla)\s+(\w+\s+)?kommuner\s+i\s+(?P<where>\w.*)", re.I)

#: So many of a county may lack a row before the table is one of something else than the county.
_FEW: Final = 3


@dataclass(frozen=True)
class Membership:
    """Rows that should not count (``repeated``, ``extra``: indices of members), and municipalities that have no row.

    ``missing`` holds (municipality or ``None`` when it cannot be named, its population or ``None``). ``by_totals`` tells
    that totals say so: then they leave out the extra rows, which they otherwise may count or not; ``bits`` is the price of
    saying who.
    """

    repeated: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()
    missing: tuple[tuple[Region | None, int | None], ...] = ()
    findings: tuple[Finding, ...] = ()
    by_totals: bool = False
    bits: float = 0.0

    @property
    def surplus(self) -> tuple[int, ...]:
        """The rows that do not count."""
        return tuple(sorted({*self.repeated, *self.extra}))

    @property
    def countable(self) -> tuple[int, ...]:
        """The rows that do not count, but that totals may count all the same."""
        return self.repeated if self.by_totals else self.surplus

    def people_at(self, date: dt.date | None) -> tuple[int | None, ...]:
        """The populations of those who have no row: at a column's date those who are named, otherwise as the totals say."""
        return tuple(
            (population.at(region.code, date) if region and date else None) or people for region, people in self.missing
        )


def without(annex: Annex, rows: Collection[int]) -> Annex:
    """The annex with only the rows that count."""
    return replace(annex, members=tuple(member for i, member in enumerate(annex.members) if i not in rows))


def check(annex: Annex, agreed: Collection[Region] | None) -> Membership:
    """Repeated rows, and missing and extra members by the agreement, else by the county that the text names."""
    repeated = _repeated(annex)
    own = tuple(_repeated_finding(annex, i) for i in repeated)
    found = _by_text(annex, repeated) if agreed is None else _against(annex, agreed, "avtalet", repeated)
    return replace(found, repeated=tuple(repeated), findings=(*own, *found.findings))


def _repeated(annex: Annex) -> list[int]:
    seen: set[str] = set()
    rows = []
    for i, member in enumerate(annex.members):
        if member.municipality.code in seen:
            rows.append(i)
        seen.add(member.municipality.code)
    return rows


def _place(annex: Annex, member: Member) -> dict[str, Any]:
    name = next((column.heading for column in annex.of_kind(Kind.NAME)), None)
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


def missing_finding(
    annex: Annex, region: Region | None, why: str, evidence: str, several: bool = False, **explanation: object
) -> Finding:
    """A municipality has no row; one or ``several`` where nothing names it."""
    name = region.name if region else "Kommuner" if several else "En kommun"
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


def disjoint_finding(annex: Annex) -> Finding:
    """No member of the annex is one of the agreement's: it is another's annex, and is audited by itself."""
    return Finding(
        Code.MEMBER_EXTRA,
        Severity.OFORENLIGT,
        "Ingen av bilagans kommuner är med i avtalet: bilagan hör till ett annat avtal och är granskad för sig.",
        sheet=annex.sheet,
        cell=annex.members[0].cell,
        evidence="avtalet",
    )


def extra_finding(annex: Annex, i: int, why: str, evidence: str) -> Finding:
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
    findings = [missing_finding(annex, region, f"kommunen är med i {of}", of) for region in missing]
    findings += [extra_finding(annex, i, f"kommunen är inte med i {of}", of) for i in extra]
    return Membership((), tuple(extra), tuple((region, None) for region in missing), tuple(findings))


def _by_text(annex: Annex, repeated: Sequence[int]) -> Membership:
    """The county whose municipalities the text says are all there ("Samtliga kommuner i Östergötland")."""
    counties = [region for region in regions().values() if len(region.code) == 2 and region.code != "00"]
    for text in annex.texts:
        for match in _ALL_OF.finditer(text.text):
            for county in counties:
                name = county.name.removesuffix(" län").removesuffix("s")
                if re.match(rf"{name}s?\b", match["where"], re.I):
                    return _against(annex, set(municipalities(county.code)), county.name, repeated)
    return Membership()


def by_county(annex: Annex, repeated: Sequence[int]) -> Iterator[Membership]:
    """The rows as they would be if all of one county took part and nobody else, where but a few of it lack a row or a few
    of others have one."""
    codes = [member.municipality.code for member in annex.members]
    home = Counter(code[:2] for code in codes).most_common(1)[0][0]
    lacking = [region for region in municipalities(home) if region.code not in codes]
    away = [i for i, code in enumerate(codes) if code[:2] != home and i not in repeated]
    if len(lacking) + len(away) > _FEW or bool(lacking) == bool(away) or 2 * len(lacking) >= len(set(codes)):
        return
    county = regions()[home].name
    evidence = f"kommunerna i {county}"
    found = [
        *(
            missing_finding(annex, each, f"tabellen går ihop bara med alla kommuner i {county}", evidence)
            for each in lacking
        ),
        *(extra_finding(annex, i, f"tabellen går ihop bara med kommunerna i {county}", evidence) for i in away),
    ]
    yield Membership((), tuple(away), tuple((region, None) for region in lacking), tuple(found))
