"""Was the agreement paid as agreed? Its payments found in ledgers and matched with what should have been billed.

A payment is all postings of one invoice. It is found by the payee's organisation number, then by the payee's name, then
by the agreement's own words in the text. It is matched with a bill of its payer when the amounts agree to the öre or a
known explanation makes them agree; every row of the answer says why it is what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Final

import pandas as pd

from analys import project
from analys.agreement import Agreement
from analys.agreement.model import Members
from analys.errors import AnalysError
from analys.ledgers.delivery import Dates, dates_of
from analys.reconcile.bills import Bill, Bills
from analys.reconcile.coverage import Coverage, coverage
from analys.reconcile.differences import Explanation
from analys.reconcile.matching import Match, explanations, is_near, match
from analys.reconcile.payments import NO_DATE, Payment, is_damaged, payments, wanted
from analys.register import regions

__all__ = ["COLUMNS", "LABELS", "Status", "example", "has_findings", "payments", "readable", "reconcile", "wanted"]

COLUMNS: Final = (
    "kommunkod", "kommun", "status", "avtalsversion", "avser", "senast", "forvantat_kr", "betalt_kr", "skillnad_kr",
    "orsak", "forklaring", "varfor", "fakturor", "datum", "kalla",
)  # fmt: skip


#: The reason (``orsak``) where the amount is right and the payee's organisation number is another.
OTHER_NUMBER: Final = "annat_organisationsnummer"


class Status(StrEnum):
    """What the ledgers say of one bill, or of one payment that no bill accounts for."""

    AGREED = "betald_enligt_avtal"
    DIFFERS = "avviker"
    MISSING = "saknas"
    UNEXPECTED = "ovantad"
    AMOUNT_UNKNOWN = "belopp_okant"
    OUTSIDE = "utanfor_reskontran"
    UNTESTED = "kan_inte_provas"


#: How a council reads the statuses.
LABELS: Final = {
    Status.AGREED: "betald enligt avtal", Status.DIFFERS: "avviker", Status.MISSING: "saknas",
    Status.UNEXPECTED: "oväntad", Status.AMOUNT_UNKNOWN: "avtalat belopp okänt",
    Status.OUTSIDE: "utanför reskontrans tid", Status.UNTESTED: "kan inte prövas",
}  # fmt: skip


def reconcile(agreement: Agreement, ledger: pd.DataFrame, dates: Dates | None = None) -> pd.DataFrame:
    """One row a bill or unexpected payment, with :data:`COLUMNS`; kronor are ``Decimal``, unknown ones ``None``.

    ``ledger`` is a canonical invoice table. ``dates`` has the first and last date of each ledger by municipality code,
    where the table is only a part of them; a ledger speaks of the months from the first to the last. Bills outside
    these are neither paid nor missing. Raises :class:`AnalysError` when no row says whose ledger it is.
    """
    covered = _covered(ledger, dates_of(ledger) if dates is None else dates)
    found = payments(agreement, ledger)
    bills = Bills(agreement, max(time.last for time in covered.values()))
    members = {bill.code for bill in bills.agreed}
    if not found and not members & set(covered):
        names = ", ".join(regions()[code].name for code in sorted(covered)[:5] if code in regions())
        raise AnalysError(
            f"{agreement.id}: inga fakturor att stämma av mot reskontrorna för {names}: de är inte medlemmar, eller "
            "avtalet säger inte när medlemmarna faktureras; och ingen betalning i reskontrorna hör till avtalet"
        )
    missing = _why_missing(agreement)
    damaged = _damaged_names(ledger)
    rows: list[dict[str, object]] = []
    for code in sorted(covered):
        own = [payment for payment in found if payment.municipality_code == code]
        if code not in members:
            reason = _why_no_bills(agreement, code)
            rows += [_unexpected(payment, _is_anothers(payment, bills) or reason) for payment in own]
            continue
        due = [bill for bill in bills.agreed if bill.code == code]
        matches, left = match(due, bills, own)
        rows += [_row(bill, bills, matches.get(bill), covered[code], missing, damaged.get(code, "")) for bill in due]
        rows += [_unexpected(payment, _why_unexpected(payment, bills, left)) for payment in left]
    reason = "reskontran säger inte vilken kommun som har betalat, eller inte när"
    rows += [_unexpected(payment, reason) for payment in found if payment.municipality_code not in covered]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _covered(ledger: pd.DataFrame, dates: Dates) -> dict[str, Coverage]:
    if not dates and ledger.empty:
        raise AnalysError("reskontrorna har ingen post som kan användas")
    if not dates:
        raise AnalysError("reskontrorna säger inte när något betalades: skriv år och månad i filens namn")
    covered = {code: coverage(spans) for code, spans in dates.items() if code}
    if not covered:
        raise AnalysError(
            "reskontrorna säger inte vilken kommun som betalade: skriv dess namn i filens namn, eller ange --member"
        )
    return covered


def readable(answer: pd.DataFrame) -> pd.DataFrame:
    """The answer as a council reads it: kommun, avser, senast, the amounts, utfall (in words), forklaring, varfor."""
    shown = answer.assign(utfall=answer["status"].map({str(status): label for status, label in LABELS.items()}))
    return shown[
        ["kommun", "avser", "senast", "forvantat_kr", "betalt_kr", "skillnad_kr", "utfall", "forklaring", "varfor"]
    ]


def example() -> list[Path]:
    """The made-up ledgers that show the reconciliation; no figure in them is real."""
    return sorted((project.required().raw / "exempel-reskontra").iterdir())


def has_findings(answer: pd.DataFrame) -> bool:
    """Whether anything differs, is missing or unexpected, or cannot be tested."""
    return bool(answer["status"].isin([Status.DIFFERS, Status.MISSING, Status.UNEXPECTED, Status.UNTESTED]).any())


def _why_missing(agreement: Agreement) -> str:
    """What no payment fits, with what was looked for. Raises :class:`AnalysError` where there is nothing to look for."""
    searched = wanted(agreement)
    if searched.numbers or searched.names:
        return "ingen betalning från avtalets mottagare passar"
    if not searched.words:
        raise AnalysError(
            f"{agreement.id}: avtalet nämner ingen som får betalt: skriv en [[part]] med namn och organisationsnummer, "
            "så att betalningarna kan hittas"
        )
    words = ", ".join(searched.words)
    return f"avtalet nämner ingen mottagare, och ingen text med avtalets egna ord ({words}) passar"


def _damaged_names(ledger: pd.DataFrame) -> dict[str, str]:
    """By municipality code, a name or text whose letters a wrong code page destroyed: a payee may hide behind it."""
    texts = ledger[["kommunkod", "leverantor", "text"]].drop_duplicates().itertuples(index=False, name=None)
    return {code: text for code, *found in texts for text in found if is_damaged(text)}


def _row(
    bill: Bill, bills: Bills, match: Match | None, covered: Coverage, missing: str, damaged: str
) -> dict[str, object]:
    row: dict[str, object] = {
        "kommunkod": bill.code, "kommun": bill.name, "avtalsversion": bill.version, "avser": bill.covers,
        "senast": bill.due.isoformat(), "forvantat_kr": _kr(bill.amount_ore), "betalt_kr": None, "skillnad_kr": None,
        "orsak": "", "forklaring": "", "varfor": "", "fakturor": "", "datum": "", "kalla": "",
    }  # fmt: skip
    if match is None:
        period = f"reskontran omfattar {covered}"
        if bill.due not in covered:
            return row | {"status": str(Status.OUTSIDE), "varfor": period}
        if damaged:
            why = f"{missing}, men namn i reskontran har förstörda bokstäver ({damaged}): begär filen på nytt"
            return row | {"status": str(Status.UNTESTED), "varfor": f"{why}; {period}"}
        return row | {
            "status": str(Status.MISSING),
            "varfor": f"{missing}; {period}",
        }
    taken = match.all_payments
    others = list(dict.fromkeys(payment.other_number for payment in taken if payment.other_number))
    status = Status.DIFFERS
    if bill.amount_ore is None:
        status = Status.AMOUNT_UNKNOWN
    elif match.paid_ore == bill.amount_ore and not others:
        status = Status.AGREED
    fitting = explanations(match, bills)
    said = [f"numret {number} är inte avtalets mottagares" for number in others]
    if explained := _said(bill, fitting, agreed=bill.amount_ore in (None, match.paid_ore)):
        said.append(explained)
    return row | {
        "status": str(status),
        "betalt_kr": _kr(match.paid_ore),
        "skillnad_kr": None if bill.amount_ore is None else _kr(match.paid_ore - bill.amount_ore),
        "orsak": fitting[0].kind.value if fitting else OTHER_NUMBER if others else "",
        "forklaring": "; ".join(said),
        "varfor": f"{taken[0].found_by}; {match.why}",
        "fakturor": ", ".join(dict.fromkeys(payment.invoice for payment in taken if payment.invoice)),
        "datum": ", ".join(dict.fromkeys(payment.written for payment in taken)),
        "kalla": "; ".join(source for payment in taken for source in payment.sources),
    }


def _said(bill: Bill, fitting: list[Explanation], *, agreed: bool) -> str:
    """The explanations in words: the first, and those of another kind that would fit as well."""
    said = [explanation.said for explanation in fitting[:1]]
    others: dict[str, str] = {}
    for explanation in fitting[1:]:
        if explanation.kind is not fitting[0].kind:
            others.setdefault(explanation.kind, explanation.said)
    if others:
        said.append("kan också vara: " + ", eller ".join(others.values()))
    if bill.amount_ore is None:
        said.append("avtalet anger inget belopp för året; betalningen kan inte prövas mot det")
    elif not fitting and not agreed:
        said.append("ingen av de prövade förklaringarna passar")
    return "; ".join(said)


def _why_no_bills(agreement: Agreement, code: str) -> str:
    known = [version.members for version in agreement.versions if isinstance(version.members, Members)]
    if any(code == region.code for members in known for region in members.municipalities):
        return "avtalet säger inte när medlemmarna faktureras"
    if len(known) < len(agreement.versions):
        return "avtalet säger inte vilka medlemmarna är"
    return "kommunen är inte medlem i avtalet"


def _is_anothers(payment: Payment, bills: Bills) -> str:
    """What says that the amount is another member's, due at that time; empty when it is nobody's."""
    others = [
        f"{bill.name} för {bill.covers}"
        for bill in bills.agreed
        if bill.amount_ore == payment.amount_ore and bill.code != payment.municipality_code and is_near(payment, bill)
    ]
    return f"beloppet är på öret en annan medlems: {', eller '.join(others)}" if others else ""


def _why_unexpected(payment: Payment, bills: Bills, left: Sequence[Payment]) -> str:
    if payment.date == NO_DATE:
        return "reskontran säger inte när den betalades, så den kan inte prövas mot någon avtalad faktura"
    if anothers := _is_anothers(payment, bills):
        return anothers
    taken_back = [other for other in left if other.amount_ore == -payment.amount_ore != 0]
    if taken_back:
        return f"tar ut faktura {taken_back[0].invoice or 'utan nummer'} med samma belopp och omvänt tecken"
    if payment.amount_ore < 0:
        if payment.names_agreement:
            return "krediteringen nämner avtalet, men ingen betalning av det ligger nära i tid"
        return "en kreditering som varken fakturanummer, belopp eller text knyter till avtalet"
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
        "orsak": "", "forklaring": reason, "varfor": payment.found_by, "fakturor": payment.invoice,
        "datum": payment.written, "kalla": "; ".join(payment.sources),
    }  # fmt: skip


def _kr(ore: int | None) -> Decimal | None:
    return None if ore is None else Decimal(ore).scaleb(-2)
