"""Which payment is for which bill: what assumes least is tried first, for all bills before the next way is tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, TypeVar

from analys.reconcile.bills import Bill, Bills
from analys.reconcile.differences import TOLERANCE_ORE, Explanation, Kind, explain
from analys.reconcile.payments import Payment
from analys.swedish import format_kr

#: An invoice may come this much before or after its latest day and still be taken for the bill.
_WINDOW: Final = dt.timedelta(days=200)
#: The parts of a year's bill may come this much before or after it.
_WINDOW_OF_INSTALMENTS: Final = dt.timedelta(days=366)
_MOST_INSTALMENTS: Final = 12
#: What may explain the sum of several payments; parts of a year would explain nearly any.
_OF_INSTALMENTS: Final = (Kind.ROUNDING, Kind.VAT, Kind.OTHER_POPULATION)


_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Match:
    """A bill with the ``payments`` taken for it and why they were; ``again`` are those that repeat or take back.

    ``part_ore`` is the bill's part of a payment that is for other bills too.
    """

    bill: Bill
    payments: tuple[Payment, ...]
    why: str
    again: tuple[Payment, ...] = ()
    part_ore: int | None = None

    @property
    def all_payments(self) -> tuple[Payment, ...]:
        return self.payments + self.again

    @property
    def paid_ore(self) -> int:
        return _total(self.all_payments) if self.part_ore is None else self.part_ore + _total(self.again)


#: Bills, the agreement's bills and payments; groups of matches that are taken together or not at all.
_Way = Callable[[Sequence[Bill], Bills, Sequence[Payment]], list[tuple[Match, ...]]]


def match(due: Sequence[Bill], bills: Bills, payments: Sequence[Payment]) -> tuple[dict[Bill, Match], list[Payment]]:
    """The bills of ``due`` (one member's) that a payment was taken for, and the payments that no bill accounts for."""
    left = list(payments)
    matches: dict[Bill, Match] = {}
    for way in _EXACT_WAYS:
        left = _taken(way, due, bills, left, matches)
    unpaid = [bill for bill in due if bill not in matches]
    left = _with_repeats(matches, left, lambda payment, taken: _is_the_same_again(payment, taken, unpaid))
    for way in _OTHER_WAYS:
        left = _taken(way, due, bills, left, matches)
    return matches, _with_repeats(matches, left, _repeats)


def _taken(
    way: _Way, due: Sequence[Bill], bills: Bills, left: list[Payment], matches: dict[Bill, Match]
) -> list[Payment]:
    """The payments left when all that ``way`` finds has been put into ``matches``."""
    while taken := way([bill for bill in due if bill not in matches], bills, left):
        for group in taken:
            used = {payment for candidate in group for payment in candidate.payments}
            if used <= set(left) and not matches.keys() & {candidate.bill for candidate in group}:
                matches |= {candidate.bill: candidate for candidate in group}
                left = [payment for payment in left if payment not in used]
    return left


def _for_each(way: Callable[[Bill, Bills, Sequence[Payment]], Match | None], window: dt.timedelta = _WINDOW) -> _Way:
    """The way that looks at each bill for itself, and the payments in the ``window`` around it."""

    def found(due: Sequence[Bill], bills: Bills, left: Sequence[Payment]) -> list[tuple[Match, ...]]:
        candidates = [candidate for bill in due if (candidate := way(bill, bills, _near(bill, left, window)))]
        candidates.sort(key=lambda candidate: candidate.payments[0].apart(candidate.bill.due))
        return [(candidate,) for candidate in candidates]

    return found


def is_near(payment: Payment, bill: Bill) -> bool:
    """Whether the payment may be for the bill by its date."""
    return payment.apart(bill.due) <= _WINDOW


def _near(bill: Bill, left: Iterable[Payment], window: dt.timedelta = _WINDOW) -> list[Payment]:
    """The payments that may be for the bill by their dates, the nearest first."""
    near = [payment for payment in left if payment.apart(bill.due) <= window]
    return sorted(near, key=lambda payment: (payment.apart(bill.due), payment.invoice))


def _by_amount(bill: Bill, _: Bills, near: Sequence[Payment]) -> Match | None:
    exact = [payment for payment in near if payment.amount_ore == bill.amount_ore]
    return Match(bill, (exact[0],), "beloppet är avtalets på öret") if exact else None


def _by_instalments(bill: Bill, _: Bills, near: Sequence[Payment]) -> Match | None:
    for pool in ([payment for payment in near if payment.names_agreement], near):
        for run in _runs(pool):
            if _total(run) == bill.amount_ore:
                return Match(bill, run, f"{len(run)} fakturor blir avtalets belopp")
    return None


def _by_rounded_instalments(bill: Bill, _: Bills, near: Sequence[Payment]) -> Match | None:
    """A twelfth rounded to öre, twelve times."""
    for run in _runs(near):
        if bill.amount_ore and abs(_total(run) - bill.amount_ore) < TOLERANCE_ORE:
            return Match(bill, run, f"{len(run)} fakturors summa skiljer sig mindre än en krona")
    return None


def _by_several_bills(due: Sequence[Bill], _: Bills, left: Sequence[Payment]) -> list[tuple[Match, ...]]:
    """One payment whose amount is that of two or more bills together, one of them near in time; the nearest ones."""
    found = []
    unpaid = _next_to_each_other([bill for bill in due if bill.amount_ore])
    for payment in left:
        runs = [run for run in unpaid if sum(bill.amount_ore or 0 for bill in run) == payment.amount_ore]
        near = {run: min(payment.apart(bill.due) for bill in run) for run in runs}
        if near and min(near.values()) <= _WINDOW:
            run = min(near, key=lambda run: near[run])
            amount, named = format_kr(Fraction(payment.amount_ore, 100), 2), " och ".join(bill.covers for bill in run)
            why = f"betalningen på {amount} är på öret {len(run)} avtalade fakturor: {named}"
            found.append(tuple(Match(bill, (payment,), why, part_ore=bill.amount_ore) for bill in run))
    return found


def _by_explained_instalments(bill: Bill, bills: Bills, near: Sequence[Payment]) -> Match | None:
    for run in _runs([payment for payment in near if payment.names_agreement]):
        explanations = explain(bill, _total(run), bills)
        if explanations and explanations[0].kind in _OF_INSTALMENTS:
            return Match(bill, run, f"{len(run)} fakturors summa skiljer sig på ett sätt som har en förklaring")
    return None


def _runs(payments: Sequence[Payment]) -> list[tuple[Payment, ...]]:
    """Two to twelve payments of one sign, next to each other in time."""
    parts = [payment for payment in payments if payment.amount_ore > 0]
    return _next_to_each_other(sorted(parts, key=lambda payment: payment.date))


def _next_to_each_other(parts: Sequence[_Part]) -> list[tuple[_Part, ...]]:
    return [
        tuple(parts[start:end])
        for start in range(len(parts))
        for end in range(start + 2, min(start + _MOST_INSTALMENTS, len(parts)) + 1)
    ]


def _by_explanation(bill: Bill, bills: Bills, near: Sequence[Payment]) -> Match | None:
    for payment in near:
        if explain(bill, payment.amount_ore, bills):
            return Match(bill, (payment,), "beloppet skiljer sig på ett sätt som har en förklaring")
    return None


def _by_words(bill: Bill, _: Bills, near: Sequence[Payment]) -> Match | None:
    named = [payment for payment in near if payment.names_agreement and payment.amount_ore > 0]
    return Match(bill, (named[0],), "texten nämner avtalet och datumet ligger närmast") if named else None


def _by_size(bill: Bill, bills: Bills, near: Sequence[Payment]) -> Match | None:
    """The nearest payment of the same order as the bill, or as the last bill before it whose amount is known."""
    known = [
        other.amount_ore
        for other in bills.agreed
        if other.code == bill.code and other.amount_ore and other.due <= bill.due
    ]
    if not known:
        return None
    similar = [payment for payment in near if known[-1] <= 2 * payment.amount_ore <= 4 * known[-1]]
    return Match(bill, (similar[0],), "beloppets storlek och datumet ligger närmast") if similar else None


#: In the order of how much they assume; the first ones agree to the öre, but for what parts round.
_EXACT_WAYS: Final[tuple[_Way, ...]] = (
    _for_each(_by_amount), _for_each(_by_instalments, _WINDOW_OF_INSTALMENTS), _by_several_bills,
    _for_each(_by_rounded_instalments, _WINDOW_OF_INSTALMENTS),
)  # fmt: skip
_OTHER_WAYS: Final[tuple[_Way, ...]] = (
    _for_each(_by_explained_instalments, _WINDOW_OF_INSTALMENTS),
    _for_each(_by_explanation), _for_each(_by_words), _for_each(_by_size),
)  # fmt: skip


def _with_repeats(
    matches: dict[Bill, Match], left: list[Payment], repeats: Callable[[Payment, Match], bool]
) -> list[Payment]:
    """The payments left when those that repeat one, or take it back, have been put with it."""
    for bill, taken in matches.items():
        is_part = bill.amount_ore is not None and 0 < _total(taken.payments) < bill.amount_ore
        own_year = [payment for payment in left if is_part and payment.date.year == bill.due.year]
        near = [*_near(bill, left), *(payment for payment in own_year if not is_near(payment, bill))]
        again = tuple(payment for payment in near if repeats(payment, taken))
        matches[bill] = replace(taken, again=taken.again + again)
        left = [payment for payment in left if payment not in again]
    return left


def _is_the_same_again(payment: Payment, match: Match, unpaid: Sequence[Bill]) -> bool:
    """Whether a payment pays to the öre what one nearer in time than any unpaid bill has paid."""
    paid = match.payments[0].date
    return (
        match.part_ore is None
        and payment.amount_ore == _total(match.payments)
        and all(payment.apart(paid) < payment.apart(bill.due) for bill in unpaid)
    )


def _repeats(payment: Payment, match: Match) -> bool:
    """Whether a payment pays the same again, or takes it back, in whole or (by number or words) in part."""
    if abs(payment.amount_ore) in {_total(match.payments), *(taken.amount_ore for taken in match.payments)}:
        return True
    same_invoice = payment.invoice != "" and payment.invoice in {taken.invoice for taken in match.payments}
    return payment.amount_ore < 0 and (same_invoice or payment.names_agreement)


def explanations(match: Match, bills: Bills) -> list[Explanation]:
    """What the payments themselves show, else the differences that a known mistake would make; the likeliest first."""
    shown = []
    if taken_back := -sum(payment.amount_ore for payment in match.again if payment.amount_ore < 0):
        part = "hela fakturan" if match.paid_ore == 0 else format_kr(Fraction(taken_back, 100), 2)
        shown.append(Explanation(Kind.CREDITED, f"{part} har krediterats"))
    repeated = [payment for payment in match.again if payment.amount_ore > 0]
    expected = match.bill.amount_ore
    if repeated and match.paid_ore > max(_total(match.payments), expected or 0):
        alike = f"{len(repeated) + 1} fakturor har samma belopp"
        several = f"{len(repeated)} av delfakturorna är betalda igen"
        shown.append(Explanation(Kind.TWICE, alike if len(match.payments) == 1 else several))
    return shown or ([] if match.paid_ore == expected else explain(match.bill, match.paid_ore, bills))


def _total(payments: Iterable[Payment]) -> int:
    return sum(payment.amount_ore for payment in payments)
