"""Source lines, built from the register's metadata and the agreement's documents."""

from __future__ import annotations

from collections import Counter

from analys import agreement as agreements
from analys import catalog
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.model import Document


def annex_source(agreement_id: str, label: str) -> str:
    """The citation of the annexes that a label such as ``bilaga 2016 och bilaga 2018`` names."""
    versions = dict.fromkeys(part.removeprefix("bilaga ") for part in label.split(" och "))
    return "; ".join(catalog.resource(f"{agreement_id}-bilaga-{version}").citation for version in versions)


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
    """The citation of documents given by a comma-separated list of ids: publisher, dates, registry number.

    Several of one publisher and number are cited once, with all their dates.
    """
    by_id = {document.id: document for document in agreements.load(agreement_id).documents}
    dates: dict[tuple[str, str], list[str]] = {}
    for name in dict.fromkeys(part.strip() for part in ids.split(",")):
        document = by_id[name]
        number = "" if document.registry_number == UNKNOWN else f" ({document.registry_number})"
        found = dates.setdefault((issuer(document), number), [])
        if document.date != UNKNOWN:
            found.append(f"{document.date}")
    return "; ".join(
        f"{' '.join([name, ' och '.join(days)]).strip()}{number}" for (name, number), days in dates.items()
    )
