"""Who paid, by a ledger's cells or its file's name, and the month that a file's name says."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

from analys import register
from analys.intake.invoices import cells
from analys.swedish import MONTHS, fold

_LONGEST_NAME: Final = 30
#: Names that are words too: "mark och exploatering 2020" is no ledger of Mark.
_WORDS_TOO: Final = frozenset({"mark", "berg", "vara"})


@lru_cache(maxsize=4096)
def municipality_code(written: str) -> tuple[str, str]:
    """The code or what is wrong. Where columns have shifted, none of many cells is like any name: looking for similar
    names, which is slow, is left to what could be one."""
    region = register.find(written)
    could_be_one = len(written) <= _LONGEST_NAME and re.search(r"[^\W\d]", written)
    if region is None and not could_be_one:
        return "", str(register.UnknownRegionError(written, []))
    try:
        return register.resolve_municipality(written).code, ""
    except register.UnknownRegionError as error:
        return "", str(error)


@lru_cache(maxsize=4096)
def municipality_of_buyer(number: str, name: str) -> str:
    """The code of the municipality that has this organisation number or name; empty when it is none."""
    party = register.parties().get(cells.supplier_number(number)[0])
    if party and party.municipality_code:
        return party.municipality_code
    region = register.find(name) if re.search(r"[^\W\d]", name) else None
    return region.code if region and region.is_municipality else ""


def municipality_in_name(stem: str) -> str:
    """The one municipality that a file's name names (``goteborg-202001``); empty when it names none or several."""
    words = fold(re.sub(r"\d+", " ", stem)).split()
    names = {*words, *map(" ".join, pairwise(words))} - _WORDS_TOO
    codes = {municipality_of_buyer("", name) for name in names if len(name) > 2} - {""}
    return codes.pop() if len(codes) == 1 else ""


def period_in_name(stem: str) -> str:
    """The month (``2018-03``) or at least the year that a file's name says; empty when it says neither."""
    days = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)")
    rest = days.sub(" ", stem)  # the day when it was drawn up says nothing of what it holds
    months = re.findall(r"(?<!\d)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])(?!\d)", rest)
    years = set(re.findall(r"(?<!\d)((?:19|20)\d\d)(?:[-_. ]?(?:0[1-9]|1[0-2]))?(?!\d)", rest))
    if len(years) != 1:
        return ""
    (year,) = years
    words = fold(rest).split()
    found = {int(month) for _, month in months} or {
        number for number, name in enumerate(MONTHS, 1) if name in words or name[:3] in words
    }
    return f"{year}-{found.pop():02}" if len(found) == 1 else year
