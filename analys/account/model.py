"""What the account holds: one amount of one payer in one year, on one basis, by one source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from analys.evidence import Interval, Underlag

#: Ids of the assumptions that amounts may rest on; what each is worth stands in the assumption log.
REFERENCE_DAY: Final = "referensdag"
ONE_MEMBER: Final = "enskild-uppgift"
RANGE: Final = "spann"
ACCRUAL: Final = "periodisering"
INVOICE_YEAR: Final = "fakturaar"
CARRIED: Final = "framskriven-folkmangd"


class Basis(StrEnum):
    """Which year an amount belongs to: that of its invoice, the one that it pays for, or twelve months at its rate."""

    INVOICE = "faktura"
    ACCRUAL = "period"
    TWELVE_MONTHS = "tolv manader"


class Origin(StrEnum):
    """Where an amount comes from: a year is headed by the most certain that it has (the lowest ``rank``)."""

    ANNEX = "bilaga"
    TERMS = "villkor"
    TOTAL = "kostnad"
    PAYMENT = "betalning"
    RANGE = "spann"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @property
    def is_stated(self) -> bool:
        """Whether somebody has stated it in words, as against what an annex or the terms give."""
        return self not in (Origin.ANNEX, Origin.TERMS)


#: A stated payment and a stated cost are equally certain: each implies a total, and they stand side by side.
_RANKS: Final = {Origin.ANNEX: 0, Origin.TERMS: 1, Origin.TOTAL: 2, Origin.PAYMENT: 2, Origin.RANGE: 3}


@dataclass(frozen=True)
class Payer:
    """Who pays: ``key`` is a municipality's code or a party's id; ``code`` is empty for whoever is no municipality."""

    key: str
    code: str
    name: str

    @property
    def place(self) -> tuple[bool, str]:
        """Municipalities first, in code order."""
        return not self.code, self.key


@dataclass(frozen=True)
class Amount:
    """What one payer is charged, or pays, in one year according to one source, in kronor.

    ``according_to`` names the source to a reader, ``documents`` are ids of the agreement's documents, ``place`` the
    clause, cell or passage. ``own``: the payer itself has stated it. ``part``: which part of the year's amount it is, by
    the year that an invoice is of, or the version that months are of; of each part one source counts, and parts add up.
    """

    payer: Payer
    year: int
    basis: Basis
    origin: Origin
    according_to: str
    underlag: Underlag
    kronor: Interval
    assumptions: tuple[str, ...]
    documents: tuple[str, ...]
    place: str
    own: bool = False
    part: str = ""


def weakest(*kinds: Underlag) -> Underlag:
    """What rests on several kinds of evidence rests on the weakest of them."""
    return max(kinds, key=list(Underlag).index)


def added(amounts: Iterable[Amount]) -> list[Amount]:
    """One amount a payer, year, basis and part: several of the same are added, and as certain as the least certain."""
    summed: dict[tuple[Payer, int, Basis, str], Amount] = {}
    for amount in amounts:
        at = (amount.payer, amount.year, amount.basis, amount.part)
        before = summed.get(at)
        summed[at] = amount if before is None else _sum(before, amount)
    return list(summed.values())


def _sum(first: Amount, second: Amount) -> Amount:
    return replace(
        first,
        kronor=first.kronor + second.kronor,
        origin=max(first.origin, second.origin, key=lambda origin: origin.rank),
        underlag=weakest(first.underlag, second.underlag),
        assumptions=tuple(dict.fromkeys((*first.assumptions, *second.assumptions))),
        according_to=" och ".join(dict.fromkeys((first.according_to, second.according_to))),
        documents=tuple(dict.fromkeys((*first.documents, *second.documents))),
        place="; ".join(dict.fromkeys((first.place, second.place))),
    )
