"""Was the agreement paid as agreed? Its payments found in ledgers and matched with what should have been billed.

A payment is all postings of one invoice. It is found by the payee's organisation number, then by the payee's name, then
by the agreement's own words in the text. It is matched with a bill of its payer when the amounts agree to the öre or a
known explanation makes them agree; every row of the answer says why it is what it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

import pandas as pd
from stdnum.se import orgnr

from analys.agreement import Agreement
from analys.billing import Bill, Bills
from analys.differences import Explanation, Kind, explain
from analys.errors import AnalysError
from analys.ledgers.delivery import Dates, dates_of
from analys.ledgers.select import Wanted
from analys.register import regions
from analys.swedish import fold, format_kr

COLUMNS: Final = (
    "kommunkod", "kommun", "status", "avtalsversion", "avser", "senast", "forvantat_kr", "betalt_kr", "skillnad_kr",
    "orsak", "forklaring", "varfor", "fakturor", "datum", "kalla",
)  # fmt: skip

#: An invoice may come this much before or after its latest day and still be taken for the bill.
_WINDOW: Final = dt.timedelta(days=200)
_SHORTEST_OWN_WORD: Final = 11
#: Accounts of the balance sheet (classes 1 and 2): in a whole voucher they only mirror the cost.
_BALANCE_SHEET: Final = ("1", "2")


class Status(StrEnum):
    """What the ledgers say of one bill, or of one payment that no bill accounts for."""

    AGREED = "betald_enligt_avtal"
    DIFFERS = "avviker"
    MISSING = "saknas"
    UNEXPECTED = "ovantad"
    AMOUNT_UNKNOWN = "belopp_okant"
    OUTSIDE = "utanfor_reskontran"


#: How a council reads the statuses.
LABELS: Final = {
    Status.AGREED: "betald enligt avtal", Status.DIFFERS: "avviker", Status.MISSING: "saknas",
    Status.UNEXPECTED: "oväntad", Status.AMOUNT_UNKNOWN: "avtalat belopp okänt",
    Status.OUTSIDE: "utanför reskontrans tid",
}  # fmt: skip


@dataclass(frozen=True)
class Payment:
    """All postings of one invoice. ``found_by`` says in Swedish how it was found to belong to the payee."""

    municipality_code: str
    invoice: str
    date: dt.date
    amount_ore: int
    text: str
    found_by: str
    names_agreement: bool
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """The first and last day that a municipality's ledgers speak of."""

    first: dt.date
    last: dt.date


def reconcile(
    agreement: Agreement, ledger: pd.DataFrame, dates: Dates | None = None
) -> pd.DataFrame:  # fmt: skip
    """One row a bill or unexpected payment, with :data:`COLUMNS`; kronor are ``Decimal``, unknown ones ``None``.

    ``ledger`` is a canonical invoice table. ``dates`` has the first and last date of the ledgers by municipality code,
    where the table is only a part of them; they speak of the months from the first to the last. Bills outside these
    are neither paid nor missing. Raises :class:`AnalysError` when no row says whose ledger it is.
    """
    coverage = _coverage(dates_of(ledger) if dates is None else dates)
    if not coverage:
        raise AnalysError(
            "the ledgers do not say which municipality paid: put its name in the file's name, or say it with --member"
        )
    found = payments(agreement, ledger)
    bills = Bills(agreement, max(period.last for period in coverage.values()))
    members = {bill.code for bill in bills.agreed}
    if not found and not members & set(coverage):
        names = ", ".join(regions()[code].name for code in sorted(coverage)[:5] if code in regions())
        raise AnalysError(
            f"{agreement.id}: no bills to reconcile with the ledgers of {names}: they are no members, or the agreement "
            "says nothing of when its members are billed; and no payment in the ledgers belongs to it"
        )
    rows: list[dict[str, object]] = []
    for code in sorted(coverage):
        own = [payment for payment in found if payment.municipality_code == code]
        if code not in members:
            reason = "kommunen är inte medlem i avtalet, eller avtalet säger inte när medlemmarna faktureras"
            rows += [_unexpected(payment, reason) for payment in own]
            continue
        rows += _of_member(bills, code, own, coverage[code])
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def has_findings(answer: pd.DataFrame) -> bool:
    """Whether anything differs, is missing or unexpected."""
    return bool(answer["status"].isin([Status.DIFFERS, Status.MISSING, Status.UNEXPECTED]).any())


def _coverage(dates: Dates) -> dict[str, Coverage]:
    """From the first day of the first month to the last day of the last one."""
    return {code: Coverage(_day(first), _day(last, last=True)) for code, (first, last) in dates.items() if code}


def _day(written: str, *, last: bool = False) -> dt.date:
    """The first or last day of the month (or year) that a canonical date lies in."""
    year, month = int(written[:4]), int(written[5:7] or (12 if last else 1))
    if last:
        return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    return dt.date(year, month, 1)


def _date_of(written: str) -> dt.date:
    return dt.date.fromisoformat(written) if len(written) == 10 else _day(written, last=True)


# -- which postings are the agreement's ------------------------------------------------------------------------------


def payments(agreement: Agreement, ledger: pd.DataFrame) -> list[Payment]:
    """The invoices in the ledger that the agreement's payees have sent, or that name the agreement."""
    numbers, names, own_words = payee_numbers(agreement), payee_names(agreement), words_of(agreement)
    suppliers = ledger[["leverantor_id", "leverantor"]].drop_duplicates()
    found_by = {
        (number, name): _found_by(number, name, numbers, names)
        for number, name in suppliers.itertuples(index=False, name=None)
    }
    keyed = [found_by[pair] for pair in zip(ledger["leverantor_id"], ledger["leverantor"], strict=True)]
    naming = {text for text in ledger["text"].unique() if any(word in fold(text) for word in own_words)}
    named = ledger["text"].isin(naming)
    chosen = ledger.assign(_found=keyed, _named=named)
    chosen = chosen[(chosen["_found"] != "") | chosen["_named"]]
    return [_payment(group) for _, group in chosen.groupby(_invoice_keys(chosen), sort=True, dropna=False)]


def wanted(agreement: Agreement) -> Wanted:
    """What to select from a ledger that is too large to read whole."""
    return Wanted(list(payee_numbers(agreement)), payee_names(agreement), words_of(agreement))


def payee_numbers(agreement: Agreement) -> dict[str, str]:
    """The names of the agreement's parties by organisation number, where that is known."""
    known = [party for party in agreement.parties if orgnr.is_valid(party.organisation_number)]
    return {party.organisation_number: party.name for party in known}


def payee_names(agreement: Agreement) -> list[list[str]]:
    """The words of each party's name."""
    return [words for party in agreement.parties if (words := _words(party.name))]


def words_of(agreement: Agreement) -> list[str]:
    """The words of the agreement's name that are long enough to be its own."""
    return [word for word in fold(agreement.name).split() if len(word) >= _SHORTEST_OWN_WORD]


def _words(name: str) -> list[str]:
    """A name's words without a genitive s: "Länsstyrelsen i Östergötlands län" has those of "… Östergötland"."""
    return [word.removesuffix("s") for word in fold(name).split() if len(word) > 2]


def _found_by(number: str, name: str, numbers: dict[str, str], names: list[list[str]]) -> str:
    if number in numbers:
        return f"organisationsnumret {number} ({numbers[number]})"
    if number and orgnr.is_valid(number):
        return ""  # another organisation, whatever it is called
    words = _words(name)
    for party_words in names:
        if all(word in words for word in party_words):
            return f"leverantörens namn ({name})"
    return ""


def _invoice_keys(frame: pd.DataFrame) -> list[pd.Series]:
    """Postings are one invoice when payer, payee, number and day agree; without a number each posting is its own."""
    alone = pd.Series([f"rad {i}" for i in range(len(frame))], index=frame.index).where(frame["faktura_nr"] == "", "")
    payee = frame["leverantor_id"].where(frame["leverantor_id"] != "", frame["leverantor"])
    return [frame["kommunkod"], frame["datum"], payee, frame["faktura_nr"], alone]


def _payment(postings: pd.DataFrame) -> Payment:
    amounts = postings["belopp_kr"]
    costs = postings[~postings["konto_nr"].str.startswith(_BALANCE_SHEET)]
    if sum(amounts) == 0 and len(costs) < len(postings):
        amounts = costs["belopp_kr"]
    first = postings.iloc[0]
    named = bool(postings["_named"].any())
    return Payment(
        municipality_code=first["kommunkod"],
        invoice=first["faktura_nr"],
        date=_date_of(first["datum"]) if first["datum"] else dt.date.min,
        amount_ore=int(sum(amounts, Decimal(0)) * 100),
        text="; ".join(dict.fromkeys(text for text in postings["text"] if text)),
        found_by=first["_found"] or "avtalets egna ord i texten",
        names_agreement=named,
        sources=tuple(dict.fromkeys(postings["kalla"])),
    )


# -- bills and payments --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Match:
    """A bill with the payments taken for it and why they were taken."""

    bill: Bill
    payments: tuple[Payment, ...]
    why: str


def _of_member(bills: Bills, code: str, own: Sequence[Payment], covered: Coverage) -> list[dict[str, object]]:
    due = [bill for bill in bills.agreed if bill.code == code]
    left = list(own)
    matches: dict[Bill, _Match] = {}
    for step in (_by_amount, _by_instalments, _by_explanation, _by_words, _by_size):
        for bill in due:
            if bill in matches:
                continue
            match = step(bill, bills, _near(bill, left))
            if match:
                matches[bill] = match
                left = [payment for payment in left if payment not in match.payments]
    for bill, match in matches.items():
        again = [payment for payment in _near(bill, left) if _repeats(payment, match)]
        if again:
            matches[bill] = replace(match, payments=(*match.payments, *again))
            left = [payment for payment in left if payment not in again]
    rows = [_row(bill, bills, matches.get(bill), covered) for bill in due]
    return rows + [_unexpected(payment, _why_unexpected(payment)) for payment in left]


def _near(bill: Bill, left: Iterable[Payment]) -> list[Payment]:
    """The payments that may be for the bill by their dates, the nearest first."""
    near = [payment for payment in left if abs(payment.date - bill.due) <= _WINDOW]
    return sorted(near, key=lambda payment: (abs(payment.date - bill.due), payment.invoice))


def _by_amount(bill: Bill, _: Bills, near: list[Payment]) -> _Match | None:
    exact = [payment for payment in near if payment.amount_ore == bill.amount_ore]
    return _Match(bill, (exact[0],), "beloppet är avtalets på öret") if exact else None


def _by_instalments(bill: Bill, _: Bills, near: list[Payment]) -> _Match | None:
    """Two to twelve payments of one sign, next to each other in time, that add to the bill."""
    parts = sorted((payment for payment in near if payment.amount_ore > 0), key=lambda payment: payment.date)
    for start in range(len(parts)):
        total = 0
        for end in range(start, min(start + 12, len(parts))):
            total += parts[end].amount_ore
            if total == bill.amount_ore and end > start:
                return _Match(bill, tuple(parts[start : end + 1]), f"{end - start + 1} fakturor blir avtalets belopp")
    return None


def _by_explanation(bill: Bill, bills: Bills, near: list[Payment]) -> _Match | None:
    for payment in near:
        if explain(bill, payment.amount_ore, bills):
            return _Match(bill, (payment,), "beloppet skiljer sig på ett sätt som har en förklaring")
    return None


def _by_words(bill: Bill, _: Bills, near: list[Payment]) -> _Match | None:
    named = [payment for payment in near if payment.names_agreement and payment.amount_ore > 0]
    if named:
        return _Match(bill, (named[0],), "texten nämner avtalet och datumet ligger närmast")
    return None


def _by_size(bill: Bill, bills: Bills, near: list[Payment]) -> _Match | None:
    """The nearest payment of the same order as the bill, or as the last bill before it whose amount is known."""
    known = [
        other.amount_ore
        for other in bills.agreed
        if other.code == bill.code and other.amount_ore and other.due <= bill.due
    ]
    if not known:
        return None
    similar = [payment for payment in near if known[-1] <= 2 * payment.amount_ore <= 4 * known[-1]]
    return _Match(bill, (similar[0],), "beloppets storlek och datumet ligger närmast") if similar else None


def _repeats(payment: Payment, match: _Match) -> bool:
    """Whether a payment pays the same again, or takes it back, in whole or (by number or words) in part."""
    amounts = {taken.amount_ore for taken in match.payments} | {sum(taken.amount_ore for taken in match.payments)}
    if abs(payment.amount_ore) in amounts:
        return True
    same_invoice = payment.invoice != "" and payment.invoice in {taken.invoice for taken in match.payments}
    return payment.amount_ore < 0 and (same_invoice or payment.names_agreement)


# -- the answer ----------------------------------------------------------------------------------------------------


def _row(bill: Bill, bills: Bills, match: _Match | None, covered: Coverage) -> dict[str, object]:
    row: dict[str, object] = {
        "kommunkod": bill.code, "kommun": bill.name, "avtalsversion": bill.version, "avser": bill.covers,
        "senast": bill.due.isoformat(), "forvantat_kr": _kr(bill.amount_ore), "betalt_kr": None, "skillnad_kr": None,
        "orsak": "", "forklaring": "", "varfor": "", "fakturor": "", "datum": "", "kalla": "",
    }  # fmt: skip
    if match is None:
        inside = covered.first <= bill.due <= covered.last
        period = f"{covered.first} till {covered.last}"
        reason = f"ingen betalning från avtalets mottagare passar; reskontran omfattar {period}"
        return row | {"status": Status.MISSING if inside else Status.OUTSIDE,
                      "varfor": reason if inside else f"reskontran omfattar {period}"}  # fmt: skip
    paid = sum(payment.amount_ore for payment in match.payments)
    explanations = _explanations(bill, bills, match, paid)
    status = Status.DIFFERS
    if bill.amount_ore is None:
        status = Status.AMOUNT_UNKNOWN
    elif paid == bill.amount_ore:
        status = Status.AGREED
    return row | {
        "status": str(status),
        "betalt_kr": _kr(paid),
        "skillnad_kr": None if bill.amount_ore is None else _kr(paid - bill.amount_ore),
        "orsak": explanations[0].kind.value if explanations else "",
        "forklaring": _said(bill, explanations, agreed=status is not Status.DIFFERS),
        "varfor": f"{match.payments[0].found_by}; {match.why}",
        "fakturor": ", ".join(dict.fromkeys(payment.invoice for payment in match.payments if payment.invoice)),
        "datum": ", ".join(dict.fromkeys(payment.date.isoformat() for payment in match.payments)),
        "kalla": "; ".join(source for payment in match.payments for source in payment.sources),
    }


def _explanations(bill: Bill, bills: Bills, match: _Match, paid: int) -> list[Explanation]:
    """What the payments themselves show, else the differences that a known mistake would make; the likeliest first."""
    first, *others = match.payments
    shown = []
    if taken := -sum(payment.amount_ore for payment in others if payment.amount_ore < 0):
        part = "hela fakturan" if paid == 0 else format_kr(_kr(taken) or 0, 2)
        shown.append(Explanation(Kind.CREDITED, f"{part} har krediterats"))
    times = 1 + [payment.amount_ore for payment in others].count(first.amount_ore)
    if times > 1 and paid >= 2 * first.amount_ore > 0:
        shown.append(Explanation(Kind.TWICE, f"{times} fakturor har samma belopp"))
    return shown or ([] if paid == bill.amount_ore else explain(bill, paid, bills))


def _said(bill: Bill, explanations: list[Explanation], *, agreed: bool) -> str:
    """The explanations in words: the first, and those of another kind that would fit as well."""
    said = [explanation.said for explanation in explanations[:1]]
    other = {explanation.kind: explanation.said for explanation in reversed(explanations[1:])}
    other = {kind: words for kind, words in other.items() if kind is not explanations[0].kind}
    if other:
        said.append("kan också vara: " + ", eller ".join(other[kind] for kind in Kind if kind in other))
    if bill.amount_ore is None:
        said.append("avtalet anger inget belopp för året; betalningen kan inte prövas mot det")
    elif not explanations and not agreed:
        said.append("ingen av de prövade förklaringarna passar")
    return "; ".join(said)


def _why_unexpected(payment: Payment) -> str:
    if payment.names_agreement:
        return "texten nämner avtalet, men ingen avtalad faktura ligger nära i tid eller är obetald"
    return "betald till avtalets mottagare, men varken belopp eller text visar att det gäller avtalet"


def _unexpected(payment: Payment, reason: str) -> dict[str, object]:
    region = regions().get(payment.municipality_code)
    return {
        "kommunkod": payment.municipality_code,
        "kommun": region.name if region else "", "status": str(Status.UNEXPECTED),
        "avtalsversion": "", "avser": payment.text, "senast": "", "forvantat_kr": None,
        "betalt_kr": _kr(payment.amount_ore), "skillnad_kr": None,
        "orsak": "", "forklaring": reason, "varfor": payment.found_by,
        "fakturor": payment.invoice, "datum": payment.date.isoformat(), "kalla": "; ".join(payment.sources),
    }  # fmt: skip


def _kr(ore: int | None) -> Decimal | None:
    return None if ore is None else (Decimal(ore) / 100).quantize(Decimal("0.01"))
