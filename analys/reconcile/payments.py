"""Which postings of a ledger are payments to an agreement's payees, and how that was seen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pandas as pd
from stdnum.se import orgnr

from analys.agreement import Agreement
from analys.ledgers.select import Wanted
from analys.reconcile.coverage import first_day, last_day
from analys.register import regions
from analys.swedish import fold

#: What stands for a letter that a wrong code page destroyed, and a sign that no folded word has in its place.
_DESTROYED: Final = re.compile(r"\ufffd|\?(?=\w)")
_ANY_LETTER: Final = "0"
_SHORTEST_OWN_WORD: Final = 11
_WHOLE_DATE: Final = len("ÅÅÅÅ-MM-DD")
#: A payment that the ledger does not date is near no bill.
NO_DATE: Final = dt.date.min
#: Input VAT, which many ledgers post apart from the cost (account group 264 of Kommun-BAS and BAS).
_INPUT_VAT: Final = "264"
#: Words that one writer of a county's or municipality's name leaves out and another does not.
_GENERIC: Final = frozenset({"lan", "kommun"})
#: Accounts of the balance sheet (classes 1 and 2): in a whole voucher they only mirror the cost.
_BALANCE_SHEET: Final = ("1", "2")


@dataclass(frozen=True)
class Payment:
    """All postings of one invoice. ``found_by`` says in Swedish how it was found to belong to the payee.

    ``written`` is the date as the ledger has it, perhaps only the month or the year: the payment was made on any of its
    days from ``first`` to ``date``. ``other_number`` is the payee's where it has the name of the agreement's, but an
    organisation number of its own.
    """

    municipality_code: str
    invoice: str
    written: str
    amount_ore: int
    text: str
    found_by: str
    other_number: str
    names_agreement: bool
    sources: tuple[str, ...]

    @property
    def first(self) -> dt.date:
        """The first day that it may have been made on."""
        return _day(self.written, first_day)

    @property
    def date(self) -> dt.date:
        """The last day that it may have been made on."""
        return _day(self.written, last_day)

    def apart(self, day: dt.date) -> dt.timedelta:
        """How far from ``day`` it was made; nothing where the ledger dates it to a month or year that holds the day."""
        return max(self.first - day, day - self.date, dt.timedelta())


def _day(written: str, of: Callable[[str], dt.date]) -> dt.date:
    if len(written) == _WHOLE_DATE:
        return dt.date.fromisoformat(written)
    return of(written) if written else NO_DATE


def payments(agreement: Agreement, ledger: pd.DataFrame) -> list[Payment]:
    """The invoices in the ledger that the agreement's payees have sent, or that name the agreement."""
    numbers, names, own_words = _payee_numbers(agreement), _payee_names(agreement), _words_of(agreement)
    suppliers = ledger[["leverantor_id", "leverantor"]].drop_duplicates()
    found_by = {
        (number, name): _found_by(number, name, numbers, names)
        for number, name in suppliers.itertuples(index=False, name=None)
    }
    keyed = [found_by[pair] for pair in zip(ledger["leverantor_id"], ledger["leverantor"], strict=True)]
    unnamed = (ledger["leverantor_id"] == "") & (ledger["leverantor"] == "")
    in_text = {
        text: f"leverantörens namn i texten ({text}){_damage(text)}"
        for text in ledger.loc[unnamed, "text"].unique()
        if _is_payee(text, names)
    }
    naming = {text for text in ledger["text"].unique() if any(word in fold(text) for word in own_words)}
    found = pd.Series(keyed, index=ledger.index, dtype="str")
    found = found.where(~unnamed, ledger["text"].map(lambda text: in_text.get(text, "")))
    chosen = ledger.assign(_found=found, _named=ledger["text"].isin(naming))
    chosen = chosen[(chosen["_found"] != "") | chosen["_named"]]
    groups = chosen.groupby(_invoice_keys(chosen), sort=True, dropna=False)
    return [_payment(postings, numbers, names) for _, postings in groups]


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
    """The words of the agreement's name that are long enough to be its own and name no place."""
    places = {word.removesuffix("s") for region in regions().values() for word in fold(region.name).split()}
    words = fold(agreement.name).split()
    return [word for word in words if len(word) >= _SHORTEST_OWN_WORD and word.removesuffix("s") not in places]


def _words(name: str) -> list[str]:
    """A name's words without a genitive s: "Länsstyrelsen i Östergötlands län" has those of "… Östergötland"."""
    return [word.removesuffix("s") for word in fold(name).split() if len(word) > 2]


def is_damaged(text: str) -> bool:
    """Whether a wrong code page has destroyed letters of a text."""
    return _DESTROYED.search(text) is not None


def _is_payee(name: str, names: list[list[str]]) -> bool:
    """Whether a text has all words of a payee's name; what stands for a destroyed letter stands for any one."""
    words = _words(_DESTROYED.sub(_ANY_LETTER, name))
    if _ANY_LETTER not in "".join(words):
        return any(all(word in words for word in payee) for payee in names)
    patterns = [re.compile(word.replace(_ANY_LETTER, ".")) for word in words]
    return any(all(any(pattern.fullmatch(word) for pattern in patterns) for word in payee) for payee in names)


def _found_by(number: str, name: str, numbers: dict[str, str], names: list[list[str]]) -> str:
    if number in numbers:
        return f"organisationsnumret {number} ({numbers[number]})"
    if _has_other_number(number, numbers):
        # Another organisation, also when it has the payee's name and more; with that name alone one of them is wrong.
        alike = any(set(_words(name)) - _GENERIC == set(payee) - _GENERIC for payee in names)
        return f"leverantörens namn ({name}), fast med numret {number}" if alike else ""
    return f"leverantörens namn ({name}){_damage(name)}" if _is_payee(name, names) else ""


def _damage(text: str) -> str:
    return ", vars förstörda bokstäver kan vara namnets" if is_damaged(text) else ""


def _has_other_number(number: str, numbers: Collection[str]) -> bool:
    return number not in numbers and orgnr.is_valid(number)


def _invoice_keys(frame: pd.DataFrame) -> list[pd.Series]:
    """Postings are one invoice when payer, payee, number and day agree; without a number each posting is its own."""
    alone = pd.Series([f"rad {i}" for i in range(len(frame))], index=frame.index).where(frame["faktura_nr"] == "", "")
    payee = frame["leverantor_id"].where(frame["leverantor_id"] != "", frame["leverantor"])
    return [frame["kommunkod"], frame["datum"], payee, frame["faktura_nr"], alone]


def _payment(postings: pd.DataFrame, numbers: Collection[str], names: list[list[str]]) -> Payment:
    amounts = postings["belopp_kr"]
    costs = postings[~postings["konto_nr"].str.startswith(_BALANCE_SHEET)]
    vat = postings["konto_nr"].str.startswith(_INPUT_VAT)
    apart = ""
    if sum(amounts) == 0 and len(costs) < len(postings):
        amounts = costs["belopp_kr"]
    elif vat.any() and not vat.all():
        amounts = amounts[~vat]
        apart = "utan den ingående moms som är bokförd för sig"
    first = postings.iloc[0]
    is_payee = _is_payee(first["leverantor"], names)
    return Payment(
        municipality_code=first["kommunkod"],
        invoice=first["faktura_nr"],
        written=first["datum"],
        amount_ore=int(sum(amounts, Decimal(0)) * 100),
        text="; ".join(dict.fromkeys(text for text in postings["text"] if text)),
        found_by="; ".join(part for part in (_how(first, numbers, names), apart) if part),
        other_number=first["leverantor_id"] if is_payee and _has_other_number(first["leverantor_id"], numbers) else "",
        names_agreement=bool(postings["_named"].any()),
        sources=tuple(dict.fromkeys(postings["kalla"])),
    )


def _how(posting: pd.Series, numbers: Collection[str], names: list[list[str]]) -> str:
    """How the payment was found, in words."""
    found, number, name = posting["_found"], posting["leverantor_id"], posting["leverantor"]
    if not posting["_named"] or (found and not _has_other_number(number, numbers)):
        return str(found)
    said = "avtalets egna ord i texten"
    return f"{said} och leverantörens namn ({name}), fast med numret {number}" if _is_payee(name, names) else said
