"""Which region a row of a population table means: by code, by name, or by both in agreement."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from analys import register
from analys.register import Region, UnknownRegionError
from analys.swedish import fold, plain

_CODE: Final = re.compile(r"(?:SE)?(\d{1,4})(?:\.0+)?", re.IGNORECASE)
_CODE_AND_NAME: Final = re.compile(r"(\d{2,4})[\s.:_-]+([^\W\d].*)", re.DOTALL)
_NAME_AND_CODE: Final = re.compile(r"([^\W\d].*?)\s*\((\d{2,4})\)", re.DOTALL)
_FOOTNOTE: Final = re.compile(r"\s*(?:\d\)?|\*+|[\u00b9\u00b2\u00b3\u2070-\u2079]+\)?)$")
#: What stands for a letter that a wrong code page destroyed.
_DAMAGED: Final = re.compile(r"[^\w\s().,:/&-]+|[^\Wa-zåäöéüA-ZÅÄÖÉÜ\d_]+|\?+")
#: How systems without å ä ö may spell a name: Norrkoeping, Aatvidaberg.
_TWO_LETTERS: Final = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "Å": "Aa", "Ä": "Ae", "Ö": "Oe"})
_COUNTRY: Final = frozenset(
    {"riket", "hela riket", "sverige", "sweden", "hela sverige", "hela landet", "the whole country"}
)
#: The country's code among those of municipalities, where its name says so too.
_WHOLE_COUNTRY: Final = "0000"

#: A suggestion costs milliseconds; a file of a million unknown names must not cost hours.
MAX_SUGGESTIONS: Final = 200


def cell_text(value: object) -> str:
    """A cell as text: whole numbers without decimals, special spaces as plain ones, runs of spaces as one."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return " ".join(plain(str(value)).split())


def split_code(text: str) -> tuple[str, str]:
    """Code and name out of one cell; either may be missing: "0581 Norrköping", "Norrköping (0581)", "0581"."""
    if match := _CODE.fullmatch(text):
        return match[1], ""
    if match := _CODE_AND_NAME.fullmatch(text):
        return match[1], match[2]
    if match := _NAME_AND_CODE.fullmatch(text):
        return match[2], match[1]
    return "", text


def looks_like_region(text: str) -> bool:
    """Whether ``text`` is a region's code or name, told without searching for similar ones."""
    code, name = split_code(text)
    if name:
        return _find(name) is not None
    return _by_code(code) is not None


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
        key = (code, name)
        if key not in self._known:
            self._known[key] = self._resolve(code, name)
        return self._known[key]

    def _resolve(self, code: str, name: str) -> Region | str:
        inner, bare = split_code(name)
        if not name:
            code, name = split_code(code)
        elif inner and (bare or not code):
            if code and _by_code(code) != _by_code(inner):
                return f"två koder, {code} och {inner}"
            code, name = inner, bare
        code = split_code(code)[0] or code  # 580.0, SE0580
        if code == _WHOLE_COUNTRY and fold(name) in _COUNTRY:
            code = _WHOLE_COUNTRY[:2]
        if code:
            region = _by_code(code)
            if region is None:
                return f"{code!r} är ingen kommuns eller läns kod"
            if name and not _agree(region, name):
                return f"kod {code} är {region.name}, men namnet är {name!r}"
            return region
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


def _by_code(code: str) -> Region | None:
    if not code:
        return None
    return register.regions().get(code.zfill(2) if len(code) <= 2 else code.zfill(4))


def _key(name: str) -> str:
    """A municipality's name without what may follow it: genitive s, kommun, stad, a footnote mark."""
    return re.sub(r" (kommun|stad|municipality)$", "", fold(_FOOTNOTE.sub("", name)))


@cache
def _by_plain_name() -> dict[str, tuple[Region, ...]]:
    """Municipalities and counties by folded name; a county also as "Östergötland" and "Östergötland county"."""
    index: dict[str, list[Region]] = {
        "falu": [register.regions()["2080"]],
        "region gotland": [register.regions()["0980"]],
    }
    for region in register.regions().values():
        folded, spelt_out = fold(region.name), fold(region.name.translate(_TWO_LETTERS))
        if region.is_municipality:
            spellings = {folded, f"{folded}s", spelt_out, f"{spelt_out}s"}
        elif region.code == "00":
            spellings = set(_COUNTRY)
        else:
            spellings = {
                folded,
                spelt_out,
                *(f"{stem} {word}" for stem in _stems(region) for word in ("lan", "county")),
            }
        for spelling in spellings:
            index.setdefault(spelling, []).append(region)
    # "Västra Götaland" alone is the county, "Stockholm" alone the municipality.
    for region in register.regions().values():
        if len(region.code) == 2 and region.code != "00":
            for stem in _stems(region):
                index.setdefault(stem, [region])
    return {spelling: tuple(regions) for spelling, regions in index.items()}


def _stems(county: Region) -> set[str]:
    """ "Östergötlands län" -> ostergotlands, ostergotland."""
    stem = fold(county.name).removesuffix(" lan")
    return {stem, stem.removesuffix("s")}


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
    if len(region.code) == 2 and region.code != "00":
        return key.removesuffix(" lan").removesuffix(" county") in _stems(region)
    return region in _by_plain_name().get(key, ())
