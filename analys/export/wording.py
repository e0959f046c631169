"""The words and numbers that a report's paragraphs and tables share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from analys.account import Origin
from analys.evidence import Underlag
from analys.figures.sources import documents
from analys.swedish import NBSP, format_number, format_percent

#: What a municipality has done so far.
STATUS_IN_WORDS: Final = {"forslag": "förslag", "beslut": "beslut"}

DOCUMENTED, COMPUTED, ESTIMATED = (each.in_words for each in Underlag)

TKR: Final = "Belopp anges i tusental kronor (tkr)."

EVIDENCE: Final = (
    "Dokumenterad: en handling anger beloppet. Beräknad: det följer av handlingarnas belopp och villkor. Skattad: det "
    "bygger "
    "på ett angivet antagande och visas som intervall."
)

#: On what an amount is reckoned, by where it comes from.
BASIS_OF_ORIGIN: Final = {
    Origin.ANNEX: "enligt bilagan",
    Origin.TERMS: "enligt villkoren",
    Origin.TOTAL: "ur den angivna kostnaden",
    Origin.PAYMENT: "ur uppgiven betalning",
    Origin.RANGE: "ur uppgivet intervall",
}


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
            return "En besparing anges med plus."
        return "Ändrad kostnad anges, så att en minskad kostnad (besparing) har minustecken."

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


def tkr(row: Any) -> str:
    """A row's amount in tkr without the unit: as it was stated, or as the interval that it is estimated to."""
    return (thousands if row.underlag == Underlag.SKATTAD else stated_thousands)(row.lagst_kr, row.hogst_kr)


def signed(row: Any, stem: str, sign: Sign) -> str:
    """A row's saving in tkr without the unit, with the report's sign."""
    low, high = (getattr(row, f"{stem}_{end}_kr") * sign.factor for end in ("lagst", "hogst"))
    return thousands(low, high) if row.underlag == Underlag.SKATTAD else stated_thousands(low, high)


def per_head(low: Decimal, high: Decimal) -> str:
    """Kronor an inhabitant with two decimals, or the interval."""
    first, last = format_number(low, 2), format_number(high, 2)
    if first == last:
        return first
    return f"{first}{NBSP}till{NBSP}{last}" if low < 0 else f"{first}–{last}"


def underlag(value: str) -> str:
    """``beraknad`` as people write it."""
    return Underlag(value).in_words


def per_cent(part: Decimal) -> str:
    """A part of one with one decimal."""
    return format_percent(part, 1)


def municipalities(count: int) -> str:
    """``"1 kommun"``, ``"13 kommuner"``."""
    return f"{count} kommun{'er' if count != 1 else ''}"


def cited(agreement_id: str, ids: Iterable[str]) -> str:
    """The citation of the documents that the cells of a column ``kalla`` name, each once."""
    return documents(agreement_id, ", ".join(dict.fromkeys(part for cell in ids for part in cell.split(", ") if part)))
