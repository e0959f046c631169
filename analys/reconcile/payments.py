"""Which postings of a ledger are payments to an agreement's payees, and how that was seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd
from stdnum.se import orgnr

from analys.agreement import Agreement
from analys.ledgers.select import Wanted
from analys.reconcile.coverage import last_day
from analys.swedish import fold

_SHORTEST_OWN_WORD: Final = 11
#: A payment that the ledger does not date is near no bill.
NO_DATE: Final = dt.date.min
#: Accounts of the balance sheet (classes 1 and 2): in a whole voucher they only mirror the cost.
_BALANCE_SHEET: Final = ("1", "2")


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


def payments(agreement: Agreement, ledger: pd.DataFrame) -> list[Payment]:
    """The invoices in the ledger that the agreement's payees have sent, or that name the agreement."""
    numbers, names, own_words = _payee_numbers(agreement), _payee_names(agreement), _words_of(agreement)
    suppliers = ledger[["leverantor_id", "leverantor"]].drop_duplicates()
    found_by = {
        (number, name): _found_by(number, name, numbers, names)
        for number, name in suppliers.itertuples(index=False, name=None)
    }
    keyed = [found_by[pair] for pair in zip(ledger["leverantor_id"], ledger["leverantor"], strict=True)]
    naming = {text for text in ledger["text"].unique() if any(word in fold(text) for word in own_words)}
    chosen = ledger.assign(_found=keyed, _named=ledger["text"].isin(naming))
    chosen = chosen[(chosen["_found"] != "") | chosen["_named"]]
    groups = chosen.groupby(_invoice_keys(chosen), sort=True, dropna=False)
    return [_payment(postings, names) for _, postings in groups]


def wanted(agreement: Agreement) -> Wanted:
    """What to select from a ledger that is too large to read whole."""
    return Wanted(list(_payee_numbers(agreement)), _payee_names(agreement), _words_of(agreement))


def _payee_numbers(agreement: Agreement) -> dict[str, str]:
    """The names of the agreement's parties by organisation number, where that is known."""
    known = [party for party in agreement.parties if orgnr.is_valid(party.organisation_number)]
    return {party.organisation_number: party.name for party in known}


def _payee_names(agreement: Agreement) -> list[list[str]]:
    """The words of each party's name."""
    return [words for party in agreement.parties if (words := _words(party.name))]


def _words_of(agreement: Agreement) -> list[str]:
    """The words of the agreement's name that are long enough to be its own."""
    return [word for word in fold(agreement.name).split() if len(word) >= _SHORTEST_OWN_WORD]


def _words(name: str) -> list[str]:
    """A name's words without a genitive s: "Länsstyrelsen i Östergötlands län" has those of "… Östergötland"."""
    return [word.removesuffix("s") for word in fold(name).split() if len(word) > 2]


def _is_payee(name: str, names: list[list[str]]) -> bool:
    words = _words(name)
    return any(all(word in words for word in payee) for payee in names)


def _found_by(number: str, name: str, numbers: dict[str, str], names: list[list[str]]) -> str:
    if number in numbers:
        return f"organisationsnumret {number} ({numbers[number]})"
    if number and orgnr.is_valid(number):
        return ""  # another organisation, whatever it is called
    return f"leverantörens namn ({name})" if _is_payee(name, names) else ""


def _invoice_keys(frame: pd.DataFrame) -> list[pd.Series]:
    """Postings are one invoice when payer, payee, number and day agree; without a number each posting is its own."""
    alone = pd.Series([f"rad {i}" for i in range(len(frame))], index=frame.index).where(frame["faktura_nr"] == "", "")
    payee = frame["leverantor_id"].where(frame["leverantor_id"] != "", frame["leverantor"])
    return [frame["kommunkod"], frame["datum"], payee, frame["faktura_nr"], alone]


def _payment(postings: pd.DataFrame, names: list[list[str]]) -> Payment:
    amounts = postings["belopp_kr"]
    costs = postings[~postings["konto_nr"].str.startswith(_BALANCE_SHEET)]
    if sum(amounts) == 0 and len(costs) < len(postings):
        amounts = costs["belopp_kr"]
    first = postings.iloc[0]
    return Payment(
        municipality_code=first["kommunkod"],
        invoice=first["faktura_nr"],
        date=_date_of(first["datum"]) if first["datum"] else NO_DATE,
        amount_ore=int(sum(amounts, Decimal(0)) * 100),
        text="; ".join(dict.fromkeys(text for text in postings["text"] if text)),
        found_by=first["_found"] or _found_in_text(first["leverantor_id"], first["leverantor"], names),
        names_agreement=bool(postings["_named"].any()),
        sources=tuple(dict.fromkeys(postings["kalla"])),
    )


def _found_in_text(number: str, name: str, names: list[list[str]]) -> str:
    said = "avtalets egna ord i texten"
    return f"{said} och leverantörens namn ({name}), fast med numret {number}" if _is_payee(name, names) else said


def _date_of(written: str) -> dt.date:
    return dt.date.fromisoformat(written) if len(written) == 10 else last_day(written)
