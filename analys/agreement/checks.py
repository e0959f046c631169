"""What must hold between the terms of an agreement, beyond the form of each."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from analys.agreement.costs import TariffCost
from analys.agreement.fields import UNKNOWN, municipality
from analys.agreement.keys import (
    BaseFeeKey,
    ColumnKey,
    FixedKey,
    GroupKey,
    Key,
    KeyRule,
    Limits,
    MixedKey,
    PerHeadKey,
    PopulationRule,
    StepKey,
)
from analys.agreement.lines import Path
from analys.agreement.model import Agreement, Members, RoundingTerm, Version
from analys.agreement.values import read_values
from analys.errors import InputError
from analys.rounding import Residual


class Problem(NamedTuple):
    """A fault of the file before its line is looked up."""

    path: Path
    expected: str
    found: str
    action: str


def problems(agreement: Agreement, data: dict[str, Any]) -> list[Problem]:
    """Everything that does not hold; ``data`` is the file as ``tomllib`` gives it."""
    found = [
        *_ids(agreement),
        *_citations(data, {document.id for document in agreement.documents}),
        *_overlaps(agreement),
    ]
    for i, version in enumerate(agreement.versions):
        found += _twice(data["version"][i].get("medlemmar"), ("version", i, "medlemmar", "kommuner"))
        found += [
            Problem(("version", i, *path), expected, value, action)
            for path, expected, value, action in _version(agreement, version)
        ]
    members = {region for version in agreement.versions for region in _municipalities(version)}
    for i, decision in enumerate(agreement.decisions):
        if members and decision.municipality not in members:
            name = decision.municipality.name
            found.append(Problem(("beslut", i, "kommun"), "a member of the agreement", name, "correct the name"))
    return found


def _ids(agreement: Agreement) -> Iterator[Problem]:
    for key, ids in (
        ("dokument", [document.id for document in agreement.documents]),
        ("part", [party.id for party in agreement.parties]),
        ("version", [version.id for version in agreement.versions]),
    ):
        for i, own in enumerate(ids):
            if own in ids[:i]:
                yield Problem((key, i, "id"), "an id of its own", repr(own), "give each its own id")


def _citations(data: Any, known: set[str], path: Path = ()) -> Iterator[Problem]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        if key == "dokument" and isinstance(value, str):
            if value not in known:
                near = difflib.get_close_matches(value, known, n=1)
                hint = f"did you mean {near[0]}?" if near else "add it under [[dokument]]"
                yield Problem((*path, key), "the id of a document", repr(value), hint)
        else:
            yield from _citations(value, known, (*path, key))


def _overlaps(agreement: Agreement) -> Iterator[Problem]:
    """Versions meet day to day; where two are in force together, one of them says so and which one counts."""
    stated = {
        frozenset((version.id, overlap.version)): (overlap.from_date, overlap.to_date)
        for version in agreement.versions
        for overlap in version.overlaps
    }
    actual = {}
    for (_, first), (i, second) in combinations(enumerate(agreement.versions), 2):
        start = max(first.valid_from, second.valid_from)
        end = min(first.valid_to or dt.date.max, second.valid_to or dt.date.max)
        if start > end:
            continue
        pair = frozenset((first.id, second.id))
        actual[pair] = (start, end)
        if stated.get(pair) != (start, end):
            until = "until further notice" if end == dt.date.max else str(end)
            yield Problem(
                ("version", i, "giltighet", "fran"),
                f"versions {first.id} and {second.id} in force one at a time, or [[version.overlappar]] for the days",
                f"both in force {start} to {until}",
                "correct the dates, or state the overlap and which version counts (galler)",
            )
    for i, version in enumerate(agreement.versions):
        for n, overlap in enumerate(version.overlaps):
            path: Path = ("version", i, "overlappar", n)
            if frozenset((version.id, overlap.version)) not in actual:
                yield Problem(path, "versions that overlap", f"none with {overlap.version!r}", "remove it")
            elif overlap.governs not in (version.id, overlap.version):
                expected = f"{version.id} or {overlap.version}"
                yield Problem((*path, "galler"), expected, repr(overlap.governs), "name the version that counts")


def _municipalities(version: Version) -> list[Any]:
    return list(version.members.municipalities) if isinstance(version.members, Members) else []


def _version(agreement: Agreement, version: Version) -> Iterator[Problem]:
    validity = version.validity
    if validity.to_date and validity.to_date < validity.from_date:
        yield Problem(
            ("giltighet", "till"), f"a day from {validity.from_date}", str(validity.to_date), "correct the dates"
        )
    if isinstance(version.members, Members):
        yield from _members(version.members)
    if isinstance(version.key, KeyRule):
        if version.key.citation is None:
            yield Problem(("nyckel", "kalla"), "the key's citation", "none", "say where the key stands")
        yield from _key(agreement, version, version.key, ("nyckel",))
        is_tariff = isinstance(version.key, PerHeadKey | StepKey)
        if version.cost != UNKNOWN and isinstance(version.cost, TariffCost) != is_tariff:
            expected = '"taxa"' if is_tariff else 'another cost than "taxa"'
            yield Problem(
                ("kostnad", "typ"), f"{expected} with this key", repr(version.cost.type), "correct one of them"
            )
    if isinstance(version.rounding, RoundingTerm):
        yield from _rounding(version)
    if isinstance(version.limits, Limits):
        yield from _limits(version.limits)


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
            yield Problem((*path, n), "each member once", f"{name!r} again, after {seen[code]!r}", "remove one of them")
        seen[code] = str(name)


def _members(members: Members) -> Iterator[Problem]:
    if members.minimum and members.minimum > len(members.municipalities):
        found = f"{members.minimum} of {len(members.municipalities)} members"
        yield Problem(("medlemmar", "minst"), "a number that the members reach", found, "correct the number")
    for n, change in enumerate(members.changes):
        path: Path = ("medlemmar", "andringar", n)
        if change.municipality not in members.municipalities:
            yield Problem((*path, "kommun"), "one of kommuner", change.municipality.name, "add it to kommuner")
        if change.from_date and change.to_date and change.to_date < change.from_date:
            yield Problem((*path, "till"), f"a day from {change.from_date}", str(change.to_date), "correct the dates")


def _key(agreement: Agreement, version: Version, key: Key, path: Path) -> Iterator[Problem]:
    """The names and files that a key refers to, and those of the keys within it."""
    parties = {party.id for party in agreement.parties}
    members = _municipalities(version)
    with_fees = isinstance(key, BaseFeeKey | PerHeadKey | StepKey) or (isinstance(key, GroupKey) and key.fees_ore)
    if len(path) > 1 and with_fees:
        expected = "a key that only shares: fees belong to the outermost key"
        yield Problem((*path, "typ"), expected, repr(key.type), "make it the version's own key")
    if isinstance(key, MixedKey):
        for n, part in enumerate(key.parts):
            yield from _key(agreement, version, part.key, (*path, "delar", n, "nyckel"))
    elif isinstance(key, GroupKey):
        for n, group in enumerate(key.groups):
            at: Path = (*path, "grupper", n)
            if group.party and group.party not in parties:
                yield Problem((*at, "part"), "the id of a party", repr(group.party), "add it under [[part]]")
            for m, region in enumerate(group.municipalities):
                if members and region not in members:
                    yield Problem((*at, "kommuner", m), "a member", region.name, "correct the name or the members")
            if group.key:
                yield from _key(agreement, version, group.key, (*at, "nyckel"))
        yield from _left_out(key, members, (*path, "grupper"))
    elif isinstance(key, FixedKey):
        yield from _names(list(key.parts), members, parties, (*path, "andelar"))
    elif isinstance(key, PopulationRule | ColumnKey):
        for year, values in key.values.items():
            at = (*path, "varden", str(year))
            yield from _names(list(values.numbers), members, parties, (*at, "tal"))
            if values.file:
                yield from _file(agreement, values.file, values.column or "", (*at, "fil"))


def _left_out(key: GroupKey, members: list[Any], path: Path) -> Iterator[Problem]:
    """Members that no group has would pay nothing, which an agreement says by fixed shares of zero."""
    sharing = [group for group in key.groups if group.key]
    covered = {region for group in sharing for region in group.municipalities or members}
    if sharing and (absent := [region.name for region in members if region not in covered]):
        yield Problem(path, "each member in a group", f"none with {', '.join(absent)}", "add them to a group")


def _names(names: list[str], members: list[Any], parties: set[str], path: Path) -> Iterator[Problem]:
    for name in names:
        if name in parties:
            continue
        try:
            region = municipality(name)
        except ValueError as error:
            yield Problem((*path, name), str(error), repr(name), "correct the name")
        else:
            if members and region not in members:
                yield Problem((*path, name), "a member", region.name, "correct the name or the members")


def _file(agreement: Agreement, name: str, column: str, path: Path) -> Iterator[Problem]:
    folder = agreement.file.parent
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        yield Problem(path, "a file beside the agreement", repr(name), "correct the name or add the file")
        return
    try:
        read_values(file, column)
    except InputError as error:
        for fault in error.faults:
            yield Problem(path, fault.expected, f"{fault.found} in {name}, {fault.place}", fault.action)


def _rounding(version: Version) -> Iterator[Problem]:
    term = version.rounding
    assert isinstance(term, RoundingTerm)
    if (term.residual is Residual.HOST) != (term.host is not None):
        found = term.host.name if term.host else "none"
        yield Problem(("avrundning", "vard"), 'a host with rest = "vard", and only then', found, "name the host")
    elif term.host and term.host not in _municipalities(version):
        yield Problem(("avrundning", "vard"), "a member", term.host.name, "name one of the members")


def _limits(limits: Limits) -> Iterator[Problem]:
    for least, most, name in (
        (limits.least_ore, limits.most_ore, "golv_kr"),
        (limits.least_per_head, limits.most_per_head, "golv_kr_per_invanare"),
    ):
        if least is not None and most is not None and least > most:
            yield Problem(("granser", name), "a floor under the ceiling", str(least), "correct one of them")
