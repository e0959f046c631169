"""Which region a row of a population table means: by code, by name, or by both in agreement."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache
from typing import Final

from analys import register
from analys.register import Region, UnknownRegionError
from analys.swedish import fold

#: A code, perhaps with a name before or after it: "0581", "SE0581", "581.0", "0581 Norrköping", "Norrköping (0581)".
_CODED: Final = re.compile(
    r"(?i:SE)?(\d{1,4})(?:\.0+)?|(\d{2,4})[\s.:_-]+([^\W\d].*)|([^\W\d](?:.*\S)?)\s*\((\d{2,4})\)", re.DOTALL
)
#: A figure, stars or superscripts at the end of a name; each is looked for from its beginning alone.
_FOOTNOTE: Final = re.compile(
    r"(?<!\s)\s*+(?:\d\)?|(?<!\*)\*++|(?<![\u00b9\u00b2\u00b3\u2070-\u2079])[\u00b9\u00b2\u00b3\u2070-\u2079]++\)?)$"
)
#: What stands for a letter that a wrong code page destroyed.
_DAMAGED: Final = re.compile(r"[^\w\s().,:/&-]+|[^\Wa-zåäöéüA-ZÅÄÖÉÜ\d_]+|\?+")
#: How systems without å ä ö may spell a name: Norrkoeping, Aatvidaberg.
_TWO_LETTERS: Final = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "Å": "Aa", "Ä": "Ae", "Ö": "Oe"})
_COUNTRY: Final = frozenset(
    {"riket", "hela riket", "sverige", "sweden", "hela sverige", "hela landet", "the whole country"}
)
#: The country's code among those of municipalities, where its name says so too.
_WHOLE_COUNTRY: Final = "0000"

#: A longer text is a sentence.
_LONGEST_NAME: Final = 80
#: A suggestion costs milliseconds; a file of a million unknown names must not cost hours.
MAX_SUGGESTIONS: Final = 200


def split_code(text: str) -> tuple[str, str]:
    """Code and name out of one cell; either may be missing."""
    match = _CODED.fullmatch(text)
    if match is None:
        return "", text
    # One of the forms matches: the groups of the others are empty.
    alone, before, name, name_before, behind = match.groups("")
    return alone + before + behind, name + name_before


def looks_like_region(text: str) -> bool:
    """Whether ``text`` is a region's code or name, told without searching for similar ones."""
    if len(text) >= _LONGEST_NAME:
        return False
    code, name = split_code(text)
    return (_find(name) if name else _by_code(code)) is not None


def is_code(text: str) -> bool:
    """Whether ``text`` is a region's code, perhaps without its leading zero."""
    code, name = split_code(text)
    return not name and _by_code(code) is not None


def as_county(name: str) -> str:
    """A name that stands where counties do, as the county's: "Stockholm" -> "Stockholm län"; others as they are."""
    return f"{name} län" if _find(f"{name} län") else name


class RegionFinder:
    """Finds the regions of one file.

    ``without_diacritics`` says that the file writes no å ä ö at all, so that "Habo" may stand for Habo or Håbo.
    """

    def __init__(self, *, without_diacritics: bool = False, suggest: bool = True) -> None:
        self.without_diacritics = without_diacritics
        self._suggestions_left = MAX_SUGGESTIONS if suggest else 0
        self._known: dict[tuple[str, str], Region | str] = {}

    def find(self, code: str, name: str) -> Region | str:
        """The region, or in Swedish-reader's terms why there is none: unknown, ambiguous or contradictory."""
        if (code, name) not in self._known:
            self._known[code, name] = self._resolve(code, name)
        return self._known[code, name]

    def _resolve(self, code: str, name: str) -> Region | str:
        inner, bare = split_code(name or code)
        if not name:
            code, name = inner, bare
        elif inner and (bare or not code):
            if code and _by_code(code) != _by_code(inner):
                return f"två koder, {code} och {inner}"
            code, name = inner, bare
        code = split_code(code)[0] or code  # 580.0, SE0580
        return _coded(code, name) if code else self._named(name)

    def _named(self, name: str) -> Region | str:
        if not name:
            return "ingen region"
        if self.without_diacritics and len(same := _by_plain_name().get(_key(name), ())) > 1:
            return str(UnknownRegionError(name, list(same), ambiguous=True))
        return _find(name) or self._suggest(name)

    def _suggest(self, name: str) -> Region | str:
        if self._suggestions_left <= 0 or len(name) > 100:
            return f"{name[:100]!r} är ingen svensk kommun och inget län"
        self._suggestions_left -= 1
        try:
            return register.resolve(name)
        except UnknownRegionError as error:
            return str(error)


def _coded(code: str, name: str) -> Region | str:
    """The region of a code, where a name beside it does not say another."""
    if code == _WHOLE_COUNTRY and fold(name) in _COUNTRY:
        code = _WHOLE_COUNTRY[:2]
    region = _by_code(code)
    if region is None:
        return f"{code!r} är ingen kommuns eller läns kod"
    return f"kod {code} är {region.name}, men namnet är {name!r}" if name and not _agree(region, name) else region


def _by_code(code: str) -> Region | None:
    return register.regions().get(code.zfill(2 if len(code) <= 2 else 4)) if code else None


def _key(name: str) -> str:
    """A municipality's name without what may follow it: genitive s, kommun, stad, a footnote mark."""
    return re.sub(r" (kommun|stad|municipality)$", "", fold(_FOOTNOTE.sub("", name)))


@cache
def _by_plain_name() -> dict[str, tuple[Region, ...]]:
    """Municipalities and counties by folded name; a county also as "Östergötland" and "Östergötland county"."""
    index: defaultdict[str, list[Region]] = defaultdict(list)
    for region in register.regions().values():
        for spelling in _spellings(region):
            index[spelling].append(region)
    # "Västra Götaland" alone is the county, "Stockholm" alone the municipality.
    stems = {stem: [county] for county in register.regions().values() for stem in _stems(county)}
    return {spelling: tuple(regions) for spelling, regions in (stems | index).items()}


def _spellings(region: Region) -> set[str]:
    """How a region's own name is written, folded."""
    if region.code == _WHOLE_COUNTRY[:2]:
        return set(_COUNTRY)
    names = {fold(region.name), fold(region.name.translate(_TWO_LETTERS))}
    if region.is_municipality:
        return names | {f"{name}s" for name in names} | set(map(_key, region.also))
    return names | {f"{stem} {word}" for stem in _stems(region) for word in ("lan", "county")}


def _stems(county: Region) -> set[str]:
    """ "Östergötlands län" -> ostergotlands, ostergotland; none for what is no county."""
    stem, county_word, _ = fold(county.name).partition(" lan")
    return {stem, stem.removesuffix("s")} if county_word else set()


@lru_cache(maxsize=100_000)
def _find(name: str) -> Region | None:
    """The one region of that name; å ä ö decide between Habo and Håbo."""
    found = _by_plain_name().get(_key(name), ())
    if len(found) > 1:
        start = _FOOTNOTE.sub("", name).casefold()
        found = tuple(region for region in found if start.startswith(region.name.casefold()))
    return found[0] if len(found) == 1 else None


def _is_damaged_name_of(name: str, region: Region) -> bool:
    """Whether what is left of a name whose letters a wrong code page destroyed is the region's, å, ä and ö being gone."""
    left = [re.escape(part) for part in _DAMAGED.split(name.casefold())]
    whole = re.compile(r"\w{1,2}".join(left) + r"(s? (kommun|stad|län))?")
    return not region.name.isascii() and whole.fullmatch(region.name.casefold()) is not None


def _agree(region: Region, name: str) -> bool:
    """Whether a row's name fits its code: SCB's workbooks write the county of Stockholm "01 Stockholm"."""
    key = _key(name)
    if _DAMAGED.search(name) and _is_damaged_name_of(name, region):
        return True
    if stems := _stems(region):
        return key.removesuffix(" lan").removesuffix(" county") in stems
    return region in _by_plain_name().get(key, ())
