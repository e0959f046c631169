"""Which payment is for which bill: what assumes least is tried first, for all bills before the next way is tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import chain, combinations
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
_Payments = tuple[Payment, ...]


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


def is_near(payment: Payment, bill: Bill) -> bool:
    """Whether the payment may be for the bill by its date."""
    return payment.apart(bill.due) <= _WINDOW


def _near(bill: Bill, left: Iterable[Payment], window: dt.timedelta = _WINDOW) -> list[Payment]:
    """The payments that may be for the bill by their dates, the nearest first."""
    near = [payment for payment in left if payment.apart(bill.due) <= window]
    return sorted(near, key=lambda payment: (payment.apart(bill.due), payment.invoice))


# -- which payments may be for a bill: one, or several next to each other in time --------------------------------------


def _singly(near: Sequence[Payment]) -> Iterable[_Payments]:
    return zip(near)


def _named(near: Sequence[Payment]) -> Iterable[_Payments]:
    return ((payment,) for payment in near if payment.names_agreement)


def _together(near: Sequence[Payment]) -> Iterable[_Payments]:
    """Two to twelve payments of one sign."""
    parts = [payment for payment in near if payment.amount_ore > 0]
    return _runs(sorted(parts, key=lambda payment: payment.date))


def _named_together(near: Sequence[Payment]) -> Iterable[_Payments]:
    return _together([payment for payment in near if payment.names_agreement])


def _named_together_first(near: Sequence[Payment]) -> Iterable[_Payments]:
    return chain(_named_together(near), _together(near))


def _runs(parts: Sequence[_Part]) -> list[tuple[_Part, ...]]:
    spans = combinations(range(len(parts) + 1), 2)
    return [tuple(parts[start:end]) for start, end in spans if 2 <= end - start <= _MOST_INSTALMENTS]


# -- whether they are: each takes the bill, the agreement's bills and what was paid in all, in öre ----------------------


def _is_amount(bill: Bill, _: Bills, paid: int) -> bool:
    return paid == bill.amount_ore


def _is_nearly(bill: Bill, _: Bills, paid: int) -> bool:
    """A twelfth rounded to öre, twelve times."""
    return bill.known_ore > 0 and abs(paid - bill.known_ore) < TOLERANCE_ORE


def _is_explained(bill: Bill, bills: Bills, paid: int) -> bool:
    return bool(explain(bill, paid, bills))


def _is_explained_in_parts(bill: Bill, bills: Bills, paid: int) -> bool:
    explained = explain(bill, paid, bills)
    return bool(explained) and explained[0].kind in _OF_INSTALMENTS


def _is_payment(_: Bill, __: Bills, paid: int) -> bool:
    return paid > 0


def _is_of_size(bill: Bill, bills: Bills, paid: int) -> bool:
    """Of the same order as the bill, or as the last bill before it whose amount is known."""
    before = [other for other in bills.agreed if other.code == bill.code and other.due <= bill.due]
    last = next((other.known_ore for other in reversed(before) if other.amount_ore), 0)
    return 0 < last <= 2 * paid <= 4 * last


@dataclass(frozen=True)
class _First:
    """The way that looks at each bill for itself: the first of the payments ``taken`` that ``fits`` it, of those in the
    ``window`` around it."""

    why: str
    taken: Callable[[Sequence[Payment]], Iterable[_Payments]]
    fits: Callable[[Bill, Bills, int], bool]
    window: dt.timedelta = _WINDOW

    def __call__(self, due: Sequence[Bill], bills: Bills, left: Sequence[Payment]) -> list[tuple[Match, ...]]:
        found: list[Match] = []
        for bill in due:
            candidates = self.taken(_near(bill, left, self.window))
            if first := next((each for each in candidates if self.fits(bill, bills, _total(each))), None):
                found.append(Match(bill, first, self.why.format(len(first))))
        return list(zip(sorted(found, key=lambda each: each.payments[0].apart(each.bill.due))))


def _by_several_bills(due: Sequence[Bill], _: Bills, left: Sequence[Payment]) -> list[tuple[Match, ...]]:
    """One payment whose amount is that of two or more bills together, one of them near in time; the nearest ones."""
    runs = _runs([bill for bill in due if bill.amount_ore])
    found = []
    for payment in left:
        equal = [run for run in runs if sum(bill.known_ore for bill in run) == payment.amount_ore]
        nearest = min(equal, key=partial(_apart, payment), default=())
        if nearest and _apart(payment, nearest) <= _WINDOW:
            amount, named = format_kr(Fraction(payment.amount_ore, 100), 2), " och ".join(b.covers for b in nearest)
            why = f"betalningen på {amount} är på öret {len(nearest)} avtalade fakturor: {named}"
            found.append(tuple(Match(bill, (payment,), why, part_ore=bill.amount_ore) for bill in nearest))
    return found


def _apart(payment: Payment, run: Sequence[Bill]) -> dt.timedelta:
    return min(payment.apart(bill.due) for bill in run)


#: In the order of how much they assume; the first ones agree to the öre, but for what parts round.
_EXACT_WAYS: Final[tuple[_Way, ...]] = (
    _First("beloppet är avtalets på öret", _singly, _is_amount),
    _First("{} fakturor blir avtalets belopp", _named_together_first, _is_amount, _WINDOW_OF_INSTALMENTS),
    _by_several_bills,
    _First("{} fakturors summa skiljer sig mindre än en krona", _together, _is_nearly, _WINDOW_OF_INSTALMENTS),
)
_OTHER_WAYS: Final[tuple[_Way, ...]] = (
    _First(
        "{} fakturors summa skiljer sig på ett sätt som har en förklaring",
        _named_together,
        _is_explained_in_parts,
        _WINDOW_OF_INSTALMENTS,
    ),
    _First("beloppet skiljer sig på ett sätt som har en förklaring", _singly, _is_explained),
    _First("texten nämner avtalet och datumet ligger närmast", _named, _is_payment),
    _First("beloppets storlek och datumet ligger närmast", _singly, _is_of_size),
)


# -- payments that repeat one, or take it back -------------------------------------------------------------------------


def _with_repeats(
    matches: dict[Bill, Match], left: list[Payment], repeats: Callable[[Payment, Match], bool]
) -> list[Payment]:
    """The payments left when those that repeat one, or take it back, have been put with it."""
    for bill, taken in matches.items():
        again = tuple(payment for payment in _beside(bill, taken, left) if repeats(payment, taken))
        matches[bill] = replace(taken, again=taken.again + again)
        left = [payment for payment in left if payment not in again]
    return left


def _beside(bill: Bill, taken: Match, left: Sequence[Payment]) -> list[Payment]:
    """The payments near a bill, and all of its year where it is paid in part."""
    near, paid = _near(bill, left), _total(taken.payments)
    if not 0 < paid < bill.known_ore:
        return near
    return near + [payment for payment in left if payment.date.year == bill.due.year and payment not in near]


def _is_the_same_again(payment: Payment, match: Match, unpaid: Sequence[Bill]) -> bool:
    """Whether a payment pays to the öre what one nearer in time than any unpaid bill has paid."""
    apart = payment.apart(match.payments[0].date)
    is_same = match.part_ore is None and payment.amount_ore == _total(match.payments)
    return is_same and all(apart < payment.apart(bill.due) for bill in unpaid)


def _repeats(payment: Payment, match: Match) -> bool:
    """Whether a payment pays the same again, or takes it back, in whole or (by number or words) in part."""
    if abs(payment.amount_ore) in {_total(match.payments), *(taken.amount_ore for taken in match.payments)}:
        return True
    numbers = {taken.invoice for taken in match.payments} - {""}
    return payment.amount_ore < 0 and (payment.names_agreement or payment.invoice in numbers)


def explanations(match: Match, bills: Bills) -> list[Explanation]:
    """What the payments themselves show, else the differences that a known mistake would make; the likeliest first."""
    expected, once = match.bill.amount_ore, _total(match.payments)
    taken_back = -sum(payment.amount_ore for payment in match.again if payment.amount_ore < 0)
    repeated = sum(payment.amount_ore > 0 for payment in match.again)
    shown = []
    if taken_back:
        part = "hela fakturan" if match.paid_ore == 0 else format_kr(Fraction(taken_back, 100), 2)
        shown.append(Explanation(Kind.CREDITED, f"{part} har krediterats"))
    if repeated and match.paid_ore > max(once, match.bill.known_ore):
        alike, several = f"{repeated + 1} fakturor har samma belopp", f"{repeated} av delfakturorna är betalda igen"
        shown.append(Explanation(Kind.TWICE, alike if len(match.payments) == 1 else several))
    if shown or match.paid_ore == expected:
        return shown
    return explain(match.bill, match.paid_ore, bills)


def _total(payments: Iterable[Payment]) -> int:
    return sum(payment.amount_ore for payment in payments)
