"""The words and numbers that a report's paragraphs and tables share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

from analys.evidence import Underlag
from analys.figures.sources import annex_source, documents
from analys.swedish import NBSP, format_number

#: How the kinds of evidence are written.
UNDERLAG_IN_WORDS: Final = {
    Underlag.DOKUMENTERAD: "dokumenterad",
    Underlag.BERAKNAD: "beräknad",
    Underlag.SKATTAD: "skattad",
}

#: What a municipality has done so far.
STATUS_IN_WORDS: Final = {"forslag": "förslag", "beslut": "beslut"}

DOCUMENTED, COMPUTED, ESTIMATED = UNDERLAG_IN_WORDS.values()

TKR: Final = f"Belopp anges i tusental kronor (tkr): 1{NBSP}tkr är 1{NBSP}000{NBSP}kr."

EVIDENCE: Final = (
    "Varje belopp är märkt med vad det vilar på: dokumenterad (en handling anger det), beräknad (följer av "
    "dokumenterade villkor genom en angiven regel) eller skattad (bygger på ett angivet antagande och visas som "
    "ett intervall)."
)


class Sign(StrEnum):
    """How a saving is written: as a positive saving, or as a negative change of cost."""

    SAVING = "besparing"
    COST = "kostnad"

    @property
    def factor(self) -> int:
        return 1 if self is Sign.SAVING else -1

    @property
    def convention(self) -> str:
        """The sentence that tells the reader."""
        if self is Sign.SAVING:
            return "Tecken: en besparing anges med plus, det vill säga som ett positivt belopp."
        return "Tecken: ändrad kostnad anges, så att en minskad kostnad (besparing) har minustecken."

    @property
    def noun(self) -> str:
        return "besparing" if self is Sign.SAVING else "ändrad kostnad"


def thousands(low: Decimal, high: Decimal) -> str:
    """An amount or interval in kronor as thousands, without the unit: ``"216"``, ``"5,7"``, ``"317–444"``.

    Less than 100 tkr has one decimal. An interval no wider than 1 000 kr around whole thousands is the amount that a
    document states in tkr, and is written as it stands there.
    """
    decimals = 0 if max(abs(low), abs(high)) >= 100_000 else 1
    if low == high:
        return format_number(low / 1000, decimals)
    ends = sorted((low, high))
    texts = [format_number(end / 1000, decimals) for end in ends]
    if texts[0] == texts[1]:
        return texts[0]
    return f"{texts[0]}{NBSP}till{NBSP}{texts[1]}" if ends[0] < 0 else f"{texts[0]}–{texts[1]}"


def stated_thousands(low: Decimal, high: Decimal) -> str:
    """What a document states in whole tkr, from the interval that it stands for: ``"376"``; ranges as they are."""
    if 0 < abs(high - low) <= 1000:
        return format_number((low + high) / 2000)
    return thousands(low, high)


def per_head(low: Decimal, high: Decimal) -> str:
    """Kronor an inhabitant with two decimals, or the interval."""
    first, last = format_number(low, 2), format_number(high, 2)
    if first == last:
        return first
    return f"{first}{NBSP}till{NBSP}{last}" if low < 0 else f"{first}–{last}"


def underlag(value: str) -> str:
    """``beraknad`` as people write it."""
    return UNDERLAG_IN_WORDS[Underlag(value)]


def municipalities(count: int) -> str:
    """``"1 kommun"``, ``"13 kommuner"``."""
    return f"{count} kommun{'er' if count != 1 else ''}"


def listed(parts: Sequence[str]) -> str:
    """``"a, b och c"``."""
    *first, last = parts
    return f"{', '.join(first)} och {last}" if first else last


def cited(agreement_id: str, labels: Iterable[str]) -> str:
    """The citations of a column ``kalla``: annex labels and comma-separated document ids."""
    annexes: dict[str, None] = {}
    ids: dict[str, None] = {}
    for label in labels:
        for part in re.split(r" och |, ", label):
            (annexes if part.startswith("bilaga ") else ids)[part] = None
    sources = []
    if annexes:
        sources.append(annex_source(agreement_id, " och ".join(annexes)))
    if ids:
        sources.append(documents(agreement_id, ", ".join(ids)))
    return "; ".join(sources)
