"""What must hold between the terms of an agreement, beyond the form of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from analys.agreement.fields import Span, known, municipality
from analys.agreement.keys import KeyRule, Scope, Total
from analys.agreement.limits import Limits
from analys.agreement.lines import Path, walk
from analys.agreement.model import Agreement, Document, Members, Overlap, Party, Version
from analys.agreement.problem import Problem, meant
from analys.agreement.rounded import RoundingTerm
from analys.register import Region
from analys.rounding import Residual


def problems(agreement: Agreement, data: dict[str, Any]) -> list[Problem]:
    """Everything that does not hold; ``data`` is the file as ``tomllib`` gives it."""
    found = [
        *_ids(agreement),
        *_citations(data, {document.id for document in agreement.documents}),
        *_overlaps(agreement),
    ]
    for i, version in enumerate(agreement.versions):
        found += _twice(data["version"][i].get("medlemmar"), ("version", i, "medlemmar", "kommuner"))
        found += [problem._replace(path=("version", i, *problem.path)) for problem in _version(agreement, version)]
    members = {region for version in agreement.versions for region in _municipalities(version)}
    for i, decision in enumerate(agreement.decisions):
        if members and decision.municipality not in members:
            name = decision.municipality.name
            found.append(Problem(("beslut", i, "kommun"), "en medlem i avtalet", name, "rätta namnet"))
    return found


def _ids(agreement: Agreement) -> Iterator[Problem]:
    named: dict[str, Sequence[Document | Party | Version]] = {
        "dokument": agreement.documents,
        "part": agreement.parties,
        "version": agreement.versions,
    }
    for key, tables in named.items():
        ids = [table.id for table in tables]
        for i, own in enumerate(ids):
            if own in ids[:i]:
                yield Problem((key, i, "id"), "ett eget id", repr(own), "ge var och en sitt id")


def _citations(data: dict[str, Any], known: set[str]) -> Iterator[Problem]:
    for path, value in walk(data):
        if path[-1] == "dokument" and isinstance(value, str) and value not in known:
            action = meant(value, known, "lägg till det under [[dokument]]")
            yield Problem(path, "id för ett dokument", repr(value), action)


def _overlaps(agreement: Agreement) -> Iterator[Problem]:
    """Versions meet day to day; where two are in force together, one of them says so and which one counts."""
    stated = {
        frozenset((version.id, overlap.version)): overlap.span
        for version in agreement.versions
        for overlap in version.overlaps
    }
    actual = {}
    for (_, first), (i, second) in combinations(enumerate(agreement.versions), 2):
        both, pair = first.validity.span.common(second.validity.span), frozenset((first.id, second.id))
        if both.is_empty:
            continue
        actual[pair] = both
        if stated.get(pair) != both:
            yield Problem(
                ("version", i, "giltighet", "fran"),
                f"versionerna {first.id} och {second.id} i kraft en i taget, eller [[version.overlappar]] för dagarna",
                f"båda i kraft {both.told()}",
                "rätta datumen, eller skriv överlappningen och vilken version som gäller (galler)",
            )
    for i, version in enumerate(agreement.versions):
        for n, overlap in enumerate(version.overlaps):
            yield from _overlap(version, overlap, set(actual), ("version", i, "overlappar", n))


def _overlap(version: Version, overlap: Overlap, actual: set[frozenset[str]], path: Path) -> Iterator[Problem]:
    if frozenset((version.id, overlap.version)) not in actual:
        yield Problem(path, "versioner som överlappar", f"ingen med {overlap.version!r}", "ta bort den")
    elif overlap.governs not in (version.id, overlap.version):
        expected = f"{version.id} eller {overlap.version}"
        yield Problem((*path, "galler"), expected, repr(overlap.governs), "skriv den version som gäller")


def _municipalities(version: Version) -> tuple[Region, ...]:
    members = known(version.members)
    return members.municipalities if members else ()


def _version(agreement: Agreement, version: Version) -> Iterator[Problem]:
    yield from _backwards(version.validity.span, ("giltighet",))
    if members := known(version.members):
        yield from _members(members)
    if key := known(version.key):
        yield from _key(agreement, version, key)
    if rounding := known(version.rounding):
        yield from _rounding(rounding, _municipalities(version))
    if limits := known(version.limits):
        yield from _limits(limits, _scope(agreement, version))


def _key(agreement: Agreement, version: Version, key: KeyRule) -> Iterator[Problem]:
    if key.citation is None:
        yield Problem(("nyckel", "kalla"), "nyckelns källa", "ingen", "skriv var nyckeln står")
    yield from key.faults(_scope(agreement, version), ("nyckel",))
    cost = known(version.cost)
    if cost is None:
        return
    by_tariff = cost.is_tariff
    wanted = {Total.MADE: True, Total.SHARED: False, Total.EITHER: by_tariff and key.has_fees}[key.total]
    if by_tariff != wanted:
        expected = '"taxa"' if wanted else 'en annan kostnad än "taxa"'
        yield Problem(("kostnad", "typ"), f"{expected} med den här nyckeln", repr(cost.type), "rätta en av dem")


def _twice(members: Any, path: Path) -> Iterator[Problem]:
    """From the file's own text, so that a name that is no municipality does not hide another that comes twice."""
    names = members.get("kommuner", []) if isinstance(members, dict) else []
    seen: dict[str, str] = {}
    for n, name in enumerate(names if isinstance(names, list) else []):
        try:
            code = municipality(name).code
        except ValueError:
            continue
        if code in seen:
            yield Problem(
                (*path, n), "varje medlem en gång", f"{name!r} igen, efter {seen[code]!r}", "ta bort en av dem"
            )
        seen[code] = str(name)


def _members(members: Members) -> Iterator[Problem]:
    if members.minimum and members.minimum > len(members.municipalities):
        found = f"{members.minimum} av {len(members.municipalities)} medlemmar"
        yield Problem(("medlemmar", "minst"), "ett antal som medlemmarna räcker till", found, "rätta antalet")
    for n, change in enumerate(members.changes):
        path: Path = ("medlemmar", "andringar", n)
        if change.municipality not in members.municipalities:
            yield Problem((*path, "kommun"), "en av kommuner", change.municipality.name, "lägg till den i kommuner")
        yield from _backwards(change.span, path)


def _backwards(span: Span, path: Path) -> Iterator[Problem]:
    if span.is_empty:
        yield Problem((*path, "till"), f"en dag från {span.first}", str(span.last), "rätta datumen")


def _rounding(term: RoundingTerm, members: tuple[Region, ...]) -> Iterator[Problem]:
    if (term.residual is Residual.HOST) != (term.host is not None):
        found = term.host.name if term.host else "ingen"
        yield Problem(("avrundning", "vard"), 'en värd med rest = "vard", och bara då', found, "skriv vem värden är")
    elif term.host and term.host not in members:
        yield Problem(("avrundning", "vard"), "en av medlemmarna", term.host.name, "skriv en av medlemmarna")


def _scope(agreement: Agreement, version: Version) -> Scope:
    """What the names and files of a version's terms may refer to."""
    parties = frozenset(party.id for party in agreement.parties)
    return Scope(agreement.file.parent, _municipalities(version), parties)


def _limits(limits: Limits, scope: Scope) -> Iterator[Problem]:
    yield from scope.names(list(limits.by_member), ("granser", "per_medlem"))
    for n, rebate in enumerate(limits.rebates):
        yield from scope.regions(rebate.municipalities, ("granser", "rabatter", n, "kommuner"))
    yield from scope.regions([limits.carrier] if limits.carrier else [], ("granser", "bars_av"))
