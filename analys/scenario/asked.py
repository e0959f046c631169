"""A scenario as somebody writes it: a key or an index in a few words, and the years that are compared."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from analys.agreement import Agreement
from analys.agreement.costs import Index
from analys.agreement.keys import Key
from analys.allocation.year import allocate_each, years_with_cost
from analys.errors import AnalysError


def default_years(terms: Agreement, event: dt.date | None) -> list[int]:
    """The year of the event and the next one, or else from the last year whose cost can be shared: a later one that has a
    cost, but no key yet, is said to be left out."""
    if event:
        return [event.year, event.year + 1]
    costed = years_with_cost(terms)
    shared, _ = allocate_each(terms, costed, carry_forward=True)
    last = max((year.year for year in shared), default=max(costed, default=0))
    return [year for year in costed if year >= last]


def key_of(text: str) -> Key:
    """A key as the command line writes it, or as a TOML file's [nyckel] does."""
    named = {"lika": {"typ": "lika"}, "folkmangd": {"typ": "folkmangd", "referensdag": "12-31", "ar_bakat": 1}}
    terms = [re.fullmatch(r"\s*(?:(\d+(?:[.,]\d+)?\s*%)\s*)?(\w+)\s*", part) for part in text.split("+")]
    try:
        if all(term and term[2] in named for term in terms):
            parts = [{"vikt": term[1] or "100 %", "nyckel": named[term[2]]} for term in terms if term]
            return TypeAdapter(Key).validate_python({"typ": "blandad", "delar": parts})
        if Path(text).is_file():
            data = tomllib.loads(Path(text).read_text(encoding="utf-8"), parse_float=Decimal)
            return TypeAdapter(Key).validate_python(data.get("nyckel", data))
    except (ValidationError, ValueError) as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise AnalysError(f"--key {text!r}: {first}") from error
    raise AnalysError(
        f'--key {text!r}: väntade "lika", "folkmangd", en blandning som "30 % lika + 70 % folkmangd", eller en TOML-fil'
    )


def index_of(text: str) -> Index:
    series = text.lower()
    terms: dict[str, Any] = {"serie": series} if series in ("kpi", "pkv") else {"serie": "fast", "procent": text}
    citation = {"dokument": "scenario", "stalle": "--index"}
    try:
        return Index.model_validate({**terms, "basar": 2000, "kalla": citation, "underlag": "skattad"})
    except ValidationError as error:
        raise AnalysError(f'--index {text!r}: väntade "kpi", "pkv" eller en årlig ändring som "2,5 %"') from error
