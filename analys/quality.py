"""What the figures rest on, as tables: raw files, stated amounts, the contracts' terms, and corrections."""

from __future__ import annotations

from typing import Final

import pandas as pd

import analys.agreement as agreements
from analys import catalog
from analys.agreement import UNKNOWN, Version
from analys.agreement.fields import known
from analys.intake.statements import FILE
from analys.normalise import stated_in


def sources() -> pd.DataFrame:
    """The raw register: one row a raw file with its source, document date, registry number and licence."""
    rows = [
        {
            "fil": entry.path,
            "kalla": entry.citation,
            "dokumentdatum": entry.document_date,
            "diarienummer": entry.registry_number,
            "licens": entry.licenses[0]["name"],
        }
        for entry in catalog.package().resources
    ]
    return pd.DataFrame(rows)


def documents(agreement_id: str) -> pd.DataFrame:
    """The documents that the terms and amounts are cited from: id, title, publisher, date, number, whether at hand."""
    rows = [
        {
            "id": document.id,
            "titel": document.title,
            "utgivare": document.publisher,
            "datum": str(document.date),
            "diarienummer": document.registry_number,
            "i_underlaget": document.at_hand,
        }
        for document in agreements.load(agreement_id).documents
    ]
    return pd.DataFrame(rows)


def stated_amounts(agreement_id: str) -> pd.DataFrame:
    """Every amount that a document states in words, as an interval, with its document and place."""
    agreement = agreements.load(agreement_id)
    stated = stated_in(agreement.file.parent / FILE, agreement.id)
    return stated.drop(columns=["avtal", "kommunkod", "precision_kr", "citat"])


def terms(agreement_id: str) -> pd.DataFrame:
    """The terms of every version side by side, one row a term: what it says, and where."""
    agreement = agreements.load(agreement_id)
    by_version = {version.name: _terms(version) for version in agreement.versions}
    names = list(dict.fromkeys(name for found in by_version.values() for name in found))
    rows = [[name, *(found.get(name, UNKNOWN) for found in by_version.values())] for name in names]
    return pd.DataFrame(rows, columns=["villkor", *by_version])


#: The terms of a version, by what they are called: attribute and name.
_TERMS: Final = {
    "giltighet": "validity",
    "kostnad": "cost",
    "index": "index",
    "nyckel": "key",
    "gränser": "limits",
    "avrundning": "rounding",
    "fakturering": "billing",
    "uppsägningstid": "notice",
    "återbetalning": "refund",
    "vakans": "vacancy",
    "moms": "vat",
}


def _terms(version: Version) -> dict[str, str]:
    """What each term that some document states says, and where."""
    said = {name: known(getattr(version, attribute)) for name, attribute in _TERMS.items()}
    return {
        name: f"{term.told()} ({term.citation.place})" if term.citation else term.told()
        for name, term in said.items()
        if term is not None
    }


def corrections() -> pd.DataFrame:
    """The corrections ledger: what a raw file says, what is used instead, and why."""
    rows = [
        {
            "id": entry.id,
            "råfil": entry.resource,
            "kolumn": entry.column,
            "står": entry.original,
            "används": entry.corrected,
            "stöd": entry.source,
        }
        for entry in catalog.corrections()
    ]
    return pd.DataFrame(rows)
