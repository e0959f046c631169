"""Was the agreement paid as agreed? Its payments found in ledgers and matched with what should have been billed.

A payment is all postings of one invoice. It is found by the payee's organisation number, then by the payee's name, then
by the agreement's own words in the text. It is matched with a bill of its payer when the amounts agree to the öre or a
known explanation makes them agree; every row of the answer says why it is what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Final

import pandas as pd

from analys import project
from analys.agreement import Agreement
from analys.agreement.fields import known
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
        names = ", ".join(regions()[code].name for code in sorted(covered.keys() & regions().keys())[:5])
        raise AnalysError(
            f"{agreement.id}: inga fakturor att stämma av mot reskontrorna för {names}: de är inte medlemmar, eller "
            "avtalet säger inte när medlemmarna faktureras; och ingen betalning i reskontrorna hör till avtalet"
        )
    missing, damaged = _why_missing(agreement), _damaged_names(ledger)
    rows: list[dict[str, object]] = []
    for code, time in sorted(covered.items()):
        own = [payment for payment in found if payment.municipality_code == code]
        if code in members:
            searched = _Searched(time, missing, damaged.get(code, ""))
            rows += _of_member([bill for bill in bills.agreed if bill.code == code], bills, own, searched)
        else:
            reason = _why_no_bills(agreement, code)
            rows += [_unexpected(payment, _is_anothers(payment, bills) or reason) for payment in own]
    reason = "reskontran säger inte vilken kommun som har betalat, eller inte när"
    rows += [_unexpected(payment, reason) for payment in found if payment.municipality_code not in covered]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


@dataclass(frozen=True)
class _Searched:
    """Where a member's payments were looked for: the time of its ledgers, what no payment fits, and a name in them whose
    letters are destroyed ("" for none)."""

    time: Coverage
    missing: str
    damaged: str


def _of_member(
    due: Sequence[Bill], bills: Bills, own: Sequence[Payment], searched: _Searched
) -> Iterator[dict[str, object]]:
    """A row for each bill of one member, then for each payment that is for none of them."""
    matches, left = match(due, bills, own)
    for bill in due:
        taken = matches.get(bill)
        yield _row(bill) | (_unpaid(bill, searched) if taken is None else _paid(taken, bills))
    yield from (_unexpected(payment, _why_unexpected(payment, bills, left)) for payment in left)


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


def _row(bill: Bill) -> dict[str, object]:
    """A bill's row before anything is said of its payment."""
    return dict.fromkeys(COLUMNS, "") | {
        "kommunkod": bill.code,
        "kommun": bill.name,
        "avtalsversion": bill.version,
        "avser": bill.covers,
        "senast": bill.due.isoformat(),
        "forvantat_kr": _kr(bill.amount_ore),
        "betalt_kr": None,
        "skillnad_kr": None,
    }


def _unpaid(bill: Bill, searched: _Searched) -> dict[str, object]:
    """Why no payment was found: outside the ledgers' time, a payee that may hide behind destroyed letters, or none."""
    period = f"reskontran omfattar {searched.time}"
    if bill.due not in searched.time:
        return {"status": str(Status.OUTSIDE), "varfor": period}
    if searched.damaged:
        why = f"namn i reskontran har förstörda bokstäver ({searched.damaged}): begär filen på nytt"
        return {"status": str(Status.UNTESTED), "varfor": f"{searched.missing}, men {why}; {period}"}
    return {"status": str(Status.MISSING), "varfor": f"{searched.missing}; {period}"}


def _paid(match: Match, bills: Bills) -> dict[str, object]:
    """What was paid, and what explains that it is not the bill's amount, or not to the agreement's payee."""
    bill, taken, paid = match.bill, match.all_payments, match.paid_ore
    others = _each(payment.other_number for payment in taken)
    fitting = explanations(match, bills)
    causes = [*(each.kind.value for each in fitting[:1]), *(OTHER_NUMBER for _ in others), ""]
    said = [f"numret {number} är inte avtalets mottagares" for number in others]
    difference = None if bill.amount_ore is None else paid - bill.amount_ore
    status = Status.AGREED if difference == 0 and not others else Status.DIFFERS
    if difference is None:
        status = Status.AMOUNT_UNKNOWN
    return {
        "status": str(status),
        "betalt_kr": _kr(paid),
        "skillnad_kr": _kr(difference),
        "orsak": causes[0],
        "forklaring": "; ".join([*said, *_said(fitting, difference)]),
        "varfor": f"{taken[0].found_by}; {match.why}",
        "fakturor": ", ".join(_each(payment.invoice for payment in taken)),
        "datum": ", ".join(_each(payment.written for payment in taken)),
        "kalla": "; ".join(source for payment in taken for source in payment.sources),
    }


def _each(texts: Iterable[str]) -> list[str]:
    """The texts that say something, each once."""
    return list(dict.fromkeys(filter(None, texts)))


def _said(fitting: Sequence[Explanation], difference: int | None) -> Iterator[str]:
    """The explanations in words: the first, and one of each other kind that would fit as well."""
    by_kind: dict[str, str] = {}
    for explanation in fitting:
        by_kind.setdefault(explanation.kind, explanation.said)
    first, others = list(by_kind.values())[:1], list(by_kind.values())[1:]
    yield from first
    if others:
        yield "kan också vara: " + ", eller ".join(others)
    if difference is None:
        yield "avtalet anger inget belopp för året; betalningen kan inte prövas mot det"
    elif difference and not fitting:
        yield "ingen av de prövade förklaringarna passar"


def _why_no_bills(agreement: Agreement, code: str) -> str:
    stated = [members for version in agreement.versions if (members := known(version.members))]
    if any(code in {region.code for region in members.municipalities} for members in stated):
        return "avtalet säger inte när medlemmarna faktureras"
    if len(stated) < len(agreement.versions):
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
    for other in left:
        if other.amount_ore == -payment.amount_ore != 0:
            return f"tar ut faktura {other.invoice or 'utan nummer'} med samma belopp och omvänt tecken"
    return _UNEXPECTED[payment.amount_ore < 0, payment.names_agreement]


#: Why a payment is for no bill, by whether it is a credit and whether its text names the agreement.
_UNEXPECTED: Final = {
    (True, True): "krediteringen nämner avtalet, men ingen betalning av det ligger nära i tid",
    (True, False): "en kreditering som varken fakturanummer, belopp eller text knyter till avtalet",
    (False, True): "texten nämner avtalet, men ingen avtalad faktura ligger nära i tid eller är obetald",
    (False, False): "betald till avtalets mottagare, men varken belopp eller text visar att det gäller avtalet",
}


def _unexpected(payment: Payment, reason: str) -> dict[str, object]:
    region = regions().get(payment.municipality_code)
    return dict.fromkeys(COLUMNS, "") | {
        "kommunkod": payment.municipality_code,
        "kommun": region.name if region else "",
        "status": str(Status.UNEXPECTED),
        "avser": payment.text,
        "forvantat_kr": None,
        "betalt_kr": _kr(payment.amount_ore),
        "skillnad_kr": None,
        "forklaring": reason,
        "varfor": payment.found_by,
        "fakturor": payment.invoice,
        "datum": payment.written,
        "kalla": "; ".join(payment.sources),
    }


def _kr(ore: int | None) -> Decimal | None:
    return None if ore is None else Decimal(ore).scaleb(-2)
