"""Source lines, built from the register's metadata and the agreement's documents."""

from __future__ import annotations

from analys import agreement as agreements
from analys import catalog
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.model import Document


def annex_source(agreement_id: str, label: str) -> str:
    """The citation of the annexes that a label such as ``bilaga 2016 och bilaga 2018`` names."""
    versions = dict.fromkeys(part.removeprefix("bilaga ") for part in label.split(" och "))
    return "; ".join(catalog.resource(f"{agreement_id}-bilaga-{version}").citation for version in versions)


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
    """The citation of documents given by a comma-separated list of ids, each once: publisher, date, registry number."""
    by_id = {document.id: document for document in agreements.load(agreement_id).documents}
    cited = []
    for name in dict.fromkeys(part.strip() for part in ids.split(",")):
        document = by_id[name]
        number = "" if document.registry_number == UNKNOWN else f" ({document.registry_number})"
        date = "" if document.date == UNKNOWN else f" {document.date}"
        cited.append(f"{issuer(document)}{date}{number}")
    return "; ".join(cited)
