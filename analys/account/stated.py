"""What members state that they pay, and what the service is stated to cost, with the total that each implies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from analys.account import key as keys
from analys.account.folder import Folder
from analys.account.key import Key
from analys.account.model import ONE_MEMBER, RANGE, Amount, Basis, Origin, Payer
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag
from analys.intake.statements import COST_PER_YEAR, PAYMENT, PAYMENT_PER_YEAR, Statement
from analys.swedish import NBSP, genitive


@dataclass(frozen=True)
class Stated:
    """What is stated of one year, and the total that this implies through the key, in kronor.

    ``payer`` is ``None`` for the cost of the service as a whole. ``total`` is ``None`` where the terms do not share
    every cost in the same proportions. The same figure in several documents is one statement with all as its source.
    """

    payer: Payer | None
    year: int
    text: str
    kronor: Interval
    total: Interval | None
    origin: Origin
    documents: tuple[str, ...]
    place: str

    @property
    def label(self) -> str:
        who = genitive(self.payer.name) if self.payer else "tjänstens"
        return f"{who} {self.text.replace(' ', NBSP)}"


_ORIGINS: Final = {PAYMENT: Origin.PAYMENT, PAYMENT_PER_YEAR: Origin.RANGE, COST_PER_YEAR: Origin.TOTAL}


def _years(statement: Statement) -> range:
    """The calendar years that a statement is of: a payment is of one whole year, a yearly figure of all it touches."""
    first, last = statement.from_date, statement.to_date
    if statement.kind == PAYMENT and (first, last) != (dt.date(first.year, 1, 1), dt.date(first.year, 12, 31)):
        return range(0)
    return range(first.year, last.year + 1)


def years(folder: Folder) -> list[int]:
    """The years that any statement touches, in order."""
    spans = (range(statement.from_date.year, statement.to_date.year + 1) for statement in folder.statements)
    return sorted(set(chain.from_iterable(spans)))


def unused(folder: Folder) -> list[str]:
    """The payments that are of a part of a year or of several, and so of no year, in Swedish."""
    return [
        f"{statement.name} {statement.text} ({statement.document}) avser {statement.from_date} till "
        f"{statement.to_date}, inget helt kalenderår, och läggs inte till något år"
        for statement in folder.statements
        if statement.kind in _ORIGINS and not _years(statement)
    ]


def statements(folder: Folder, year: int) -> list[Stated]:
    """Everything that is stated of a year. Raises :class:`AnalysError` for a payment of one that is no member then."""
    found: dict[tuple[str, str, Origin], list[Statement]] = {}
    for statement in folder.statements:
        if statement.kind in _ORIGINS and year in _years(statement):
            found.setdefault((statement.code, statement.text, _ORIGINS[statement.kind]), []).append(statement)
    if not found:
        return []
    key = keys.agreed(folder.agreement, year)
    return [_stated(folder, year, same, origin, key) for (_, _, origin), same in found.items()]


def _stated(folder: Folder, year: int, same: list[Statement], origin: Origin, key: Key | None) -> Stated:
    first = same[0]
    kronor, total, payer = first.interval, None, None
    if not first.code:
        total = kronor
    else:
        payer = keys.payer(folder.agreement, first.code)
        if first.code not in {member.code for member in keys.members(folder.agreement, year)}:
            raise AnalysError(
                f"{folder.agreement.id}: {first.document} anger vad {payer.name} har betalat, men kommunen är inte "
                f"medlem {year}"
            )
        total = key.total(first.code, kronor) if key else None
    documents = tuple(statement.document for statement in same)
    return Stated(payer, year, first.text, kronor, total, origin, documents, first.place)


def amounts(folder: Folder, year: int, statements: list[Stated]) -> Iterator[Amount]:
    """Each statement's own amount, and what it implies for the others through the key: an estimate."""
    key = keys.agreed(folder.agreement, year) if statements else None
    for stated in statements:
        if stated.payer:
            yield from on_every_basis(_own(_amount(stated, stated.payer, stated.kronor), stated))
        if key and stated.total:
            yield from _implied(folder, stated, key, stated.total)


_WHY: Final = {Origin.RANGE: (RANGE,), Origin.PAYMENT: (ONE_MEMBER,)}


def _implied(folder: Folder, stated: Stated, key: Key, total: Interval) -> Iterator[Amount]:
    """What everybody else pays of the total that a statement implies."""
    low, high = key.share(total.low), key.share(total.high)
    assumptions = (*key.assumptions, *_WHY.get(stated.origin, ()))
    for name in low:
        if stated.payer is None or name != stated.payer.key:
            kronor = Interval(low[name], high[name])
            estimate = _amount(stated, keys.payer(folder.agreement, name), kronor)
            yield from on_every_basis(replace(estimate, assumptions=assumptions))


def _amount(stated: Stated, payer: Payer, kronor: Interval) -> Amount:
    return Amount(
        payer,
        stated.year,
        Basis.INVOICE,
        stated.origin,
        stated.label,
        Underlag.SKATTAD,
        kronor,
        (),
        stated.documents,
        stated.place,
    )


def _own(amount: Amount, stated: Stated) -> Amount:
    """What the member itself states; that a range over several years is of each of them is an assumption."""
    underlag, assumptions = (Underlag.BERAKNAD, (RANGE,)) if stated.origin is Origin.RANGE else (Underlag.DOKUMENTERAD, ())
    return replace(amount, underlag=underlag, assumptions=assumptions, own=True)


def on_every_basis(amount: Amount) -> Iterator[Amount]:
    """A statement of a year is of its twelve months, and taken as its invoice too (assumption ``fakturaar``); what the
    service is stated to cost is no invoice."""
    for basis in Basis:
        if basis is not Basis.INVOICE or amount.origin is not Origin.TOTAL:
            yield replace(amount, basis=basis)
