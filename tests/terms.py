"""Agreements for tests: the smallest complete one, and what a test wants otherwise."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from analys.agreement import Agreement

CITED = {"dokument": "avtal", "stalle": "§ 1"}

_TERMS: dict[str, Any] = {
    "id": "prov",
    "namn": "Provavtalet",
    "andamal": "prov",
    "dokument": [
        {"id": "avtal", "titel": "Avtal", "utgivare": "prov", "datum": dt.date(2019, 1, 1), "diarienummer": "1"}
    ],
    "version": [],
}

_VERSION: dict[str, Any] = {
    "id": "1",
    "namn": "Första",
    "dokument": "avtal",
    "giltighet": {"fran": dt.date(2014, 1, 1), "kalla": CITED},
    "medlemmar": {"kommuner": ["Linköping", "Mjölby", "Norrköping"], "kalla": CITED},
    "kostnad": {"typ": "fast", "belopp_kr": 1_000_000, "kalla": CITED},
    "nyckel": {"typ": "folkmangd", "referensdag": "12-31", "kalla": CITED},
    "avrundning": {"enhet": "ore", "rest": "storsta_rest", "kalla": CITED},
    "fakturering": "okand",
    "uppsagning": "okand",
    "aterbetalning": "okand",
    "vakans": "okand",
    "moms": "okand",
}


def version(**terms: Any) -> dict[str, Any]:
    """A version with these terms instead of the plain ones; a term gets a citation where it has none."""
    changed = copy.deepcopy(_VERSION)
    for name, term in terms.items():
        changed[name] = {"kalla": CITED, **term} if isinstance(term, dict) else term
    return changed


def agreement(*versions: dict[str, Any], **terms: Any) -> Agreement:
    """An agreement of these versions (one plain one, when none is given)."""
    return Agreement.model_validate({**copy.deepcopy(_TERMS), "version": list(versions or [version()]), **terms})
