"""Sweden's municipalities and counties by code and name, and the parties' organisation numbers.

Both come from the reference data. Names resolve with or without "kommun", with or without å ä ö, with a genitive s, and
by code, also one that lost its leading zero in a spreadsheet or that the municipality no longer has.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from analys import catalog
from analys.errors import AnalysError
from analys.masking import shown
from analys.swedish import fold, plain


@dataclass(frozen=True)
class Region:
    """A municipality (four-digit code), a county (two digits) or the country (``00``)."""

    code: str
    name: str
    also: tuple[str, ...] = field(default=(), compare=False, repr=False)
    former_codes: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def is_municipality(self) -> bool:
        return len(self.code) == 4

    @property
    def county_code(self) -> str:
        return self.code[:2]


class UnknownRegionError(AnalysError):
    """A name or code that is no region, or could be several; ``candidates`` are those that it resembles."""

    def __init__(self, text: str, candidates: list[Region], *, ambiguous: bool = False) -> None:
        self.candidates = candidates
        names = ", ".join(f"{region.name} ({region.code})" for region in candidates)
        if ambiguous:
            message = f"{shown(text)} kan vara vilken som helst av {names}; skriv koden"
        else:
            message = f"{shown(text)} är ingen svensk kommun och inget län" + (f"; menade du {names}?" if names else "")
        super().__init__(message)


@cache
def regions() -> dict[str, Region]:
    """All regions by code: the country, 21 counties and 290 municipalities, in SCB's order."""
    with catalog.resource("regioner").file.open(encoding="utf-8", newline="") as file:
        return {
            row["regionkod"]: Region(
                row["regionkod"], row["region"], _several(row["aven"]), _several(row["tidigare_koder"])
            )
            for row in csv.DictReader(file)
        }


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


@cache
def _by_code() -> dict[str, Region]:
    """By today's codes and by those that municipalities have had."""
    former = {code: region for region in regions().values() for code in region.former_codes}
    return former | regions()


def municipalities(county_code: str | None = None) -> list[Region]:
    """The 290 municipalities, or those of one county, in code order."""
    return [
        region for region in regions().values() if region.is_municipality and county_code in (None, region.county_code)
    ]


def _spellings(region: Region) -> set[str]:
    """How a region's name is written: with or without kommun, stad or län, in the genitive or not."""
    names = {region.name, *region.also}
    if region.is_municipality:
        names |= {f"{region.name}s", f"{region.name} kommun", f"{region.name}s kommun"}
    elif region.name.endswith("s län"):
        short = region.name.removesuffix("s län")
        # Four counties are named after their towns: the bare name means the municipality.
        if short not in {other.name for other in regions().values() if other.is_municipality}:
            names |= {short, f"{short}s"}
    return names


def _index(key: Callable[[str], str]) -> dict[str, list[Region]]:
    index: dict[str, list[Region]] = {}
    for region in regions().values():
        for spelling in {key(name) for name in _spellings(region)}:
            index.setdefault(spelling, []).append(region)
    return index


@cache
def _by_name() -> dict[str, list[Region]]:
    return _index(str.casefold)


@cache
def _by_folded_name() -> dict[str, list[Region]]:
    return _index(fold)


def _matches(wanted: str) -> list[Region]:
    """The regions that a plain text names or codes; several when a name is ambiguous, none when it is no region."""
    if wanted.isdigit():
        region = _by_code().get(wanted.zfill(4) if len(wanted) > 2 else wanted.zfill(2))
        return [region] if region else []
    code, _, name = wanted.partition(" ")
    if code in _by_code() and _matches(name.strip()) == [_by_code()[code]]:
        return [_by_code()[code]]
    # Håbo and Habo differ only in the ring: what is spelt exactly goes before what is spelt without å ä ö.
    return _by_name().get(wanted.casefold()) or _by_folded_name().get(fold(wanted), [])


@lru_cache(maxsize=4096)
def find(text: str) -> Region | None:
    """The region that a name or code means, or ``None``: as :func:`resolve`, without the cost of suggestions."""
    found = _matches(plain(text))
    return found[0] if len(found) == 1 else None


def resolve(text: str) -> Region:
    """The region that a name or code means. Raises :class:`UnknownRegionError` with suggestions when not just one is.

    >>> resolve("Norrköpings kommun").code
    '0581'
    """
    wanted = plain(str(text))
    found = _matches(wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownRegionError(text, found, ambiguous=True)
    names = _by_folded_name()
    near = difflib.get_close_matches(fold(wanted), names, n=3, cutoff=0.75)
    near = near or [name for name in names if fold(wanted) and name.startswith(fold(wanted))][:3]
    raise UnknownRegionError(text, list(dict.fromkeys(r for name in near for r in names[name])))


def resolve_municipality(text: str) -> Region:
    """As :func:`resolve`, but only a municipality will do."""
    region = resolve(text)
    if not region.is_municipality:
        raise UnknownRegionError(text, municipalities(region.code)[:3])
    return region


@dataclass(frozen=True)
class Party:
    """Who an organisation number belongs to, and how sure the register is of it."""

    organisation_number: str
    name: str
    municipality_code: str | None
    source: str
    certainty: str


@cache
def parties() -> dict[str, Party]:
    """The parties by organisation number, written ``NNNNNN-NNNN``."""
    with catalog.resource("organisationsnummer").file.open(encoding="utf-8", newline="") as file:
        return {
            row["organisationsnummer"]: Party(
                row["organisationsnummer"],
                row["part"],
                row["kommunkod"] or None,
                row["kalla"],
                row["sakerhet"],
            )
            for row in csv.DictReader(file)
        }
