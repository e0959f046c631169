"""Which of a version's terms an allocation follows from, and where they stand."""

from __future__ import annotations

from typing import Final

from analys.agreement.fields import Term, known
from analys.agreement.keys import KeyRule
from analys.agreement.model import Version
from analys.evidence import Underlag

#: The terms behind an amount: TOML key -> attribute.
_AMOUNT_TERMS: Final = {
    "giltighet": "validity",
    "medlemmar": "members",
    "kostnad": "cost",
    "index": "index",
    "nyckel": "key",
    "granser": "limits",
    "avrundning": "rounding",
    "moms": "vat",
}


def terms_used(version: Version) -> dict[str, Term | KeyRule]:
    """The known terms that amounts follow from, by TOML key."""
    terms = {name: known(getattr(version, attribute)) for name, attribute in _AMOUNT_TERMS.items()}
    return {name: term for name, term in terms.items() if term is not None}


def cited(term: Term | KeyRule) -> dict[str, str]:
    """Where a term stands: dokument, stalle, citat, underlag and anmarkning, as far as they are stated."""
    citation = term.citation
    parts = {
        "dokument": citation.document if citation else None,
        "stalle": citation.place if citation else None,
        "citat": citation.quote if citation else None,
        "underlag": str(term.underlag),
        "anmarkning": term.note,
    }
    return {name: text for name, text in parts.items() if text}


def underlag_of(versions: list[Version], own: Underlag) -> Underlag:
    """What amounts by these versions rest on: they are computed, or estimated when any term is."""
    terms = [own, *(term.underlag for version in versions for term in terms_used(version).values())]
    return Underlag.SKATTAD if Underlag.SKATTAD in terms else Underlag.BERAKNAD
