"""Source lines, built from the register's metadata and the agreement's documents."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import pandas as pd

import analys.agreement as agreements
from analys import catalog
from analys.account import account
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.model import Document

#: What stands between the sources of a line of them.
BETWEEN: Final = "; "
_DATED: Final = re.compile(r"(?P<name>.+) (?P<day>\d{4}-\d{2}-\d{2})(?P<number> \(.+\))?")


def annex_source(agreement_id: str, *names: str) -> str:
    """The citation of the documents that annexes belong to, by the annexes' names or labels ("bilaga 2018")."""
    wanted = {part.removeprefix("bilaga ") for name in names for part in name.split(" och ")}
    annexes = account(agreement_id).folder.annexes
    return documents(agreement_id, ", ".join(each.version.document for each in annexes if each.name in wanted))


def of_rows(agreement_id: str, frame: pd.DataFrame) -> str:
    """The citation of the documents that a table's column ``kalla`` names, each once."""
    return documents(agreement_id, ", ".join(dict.fromkeys(frame["kalla"])))


def months_charged(agreement_id: str) -> dict[int, int]:
    """How many months the agreed invoices of a year charge; a year that is not there has one for all its months."""
    months: Counter[int] = Counter()
    for version in agreements.load(agreement_id).versions:
        for invoice in version.billing.invoices if version.billing != UNKNOWN else ():
            months[invoice.due.year] += invoice.months
    return dict(months)


def official_population() -> str:
    """The citation of the population figures."""
    return catalog.resource("folkmangd").citation


def price_index() -> str:
    """The citation of the consumer price index."""
    return catalog.resource("prisindex").sources[0].title


def issuer(document: Document) -> str:
    """Who published a document; where nobody says, its title stands for it."""
    return document.title if document.publisher == UNKNOWN else document.publisher


def titled(agreement: Agreement) -> str:
    """The agreement's documents by publisher and title, each once."""
    names = (
        f"{'' if document.publisher == UNKNOWN else f'{document.publisher}, '}{document.title}"
        for document in agreement.documents
    )
    return "; ".join(dict.fromkeys(names))


def documents(agreement_id: str, ids: str) -> str:
    """The citations of documents given by a comma-separated list of ids, each once."""
    by_id = {document.id: document for document in agreements.load(agreement_id).documents}
    names = dict.fromkeys(part.strip() for part in ids.split(",") if part.strip())
    return BETWEEN.join(dict.fromkeys(short(by_id[name]) for name in names))


def short(document: Document) -> str:
    """A document's publisher, date and registry number."""
    number = "" if document.registry_number == UNKNOWN else f" ({document.registry_number})"
    date = "" if document.date == UNKNOWN else f" {document.date}"
    return f"{issuer(document)}{date}{number}"


def grouped(source: str) -> str:
    """A source line for a chart: documents of one publisher and registry number once, with all their dates."""
    dates: dict[tuple[str, str], list[str]] = {}
    for part in source.split(BETWEEN):
        found = _DATED.fullmatch(part)
        name, day, number = (found["name"], found["day"], found["number"] or "") if found else (part, "", "")
        dates.setdefault((name, number), []).extend([day] if day else [])
    return BETWEEN.join(
        f"{' '.join([name, ' och '.join(days)]).strip()}{number}" for (name, number), days in dates.items()
    )
