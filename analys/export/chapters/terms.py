"""The agreement's terms, its documents that are not at hand, and what is assumed."""

from __future__ import annotations

from analys import assumptions
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.clauses import terms_used
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.export.blocks import Block, Items, Section, Text, typeset
from analys.export.case import Case
from analys.export.chapters.letter import document_in_words
from analys.export.wording import COMPUTED, listed, underlag
from analys.figures.sources import documents
from analys.quality import terms
from analys.tables import rows


def section(case: Case) -> Section:
    """The terms of all versions side by side, and the documents that nobody has handed in."""
    frame = terms(case.agreement_id)
    body = [
        (str(name).capitalize(), *(typeset(str(cell).replace(UNKNOWN, "anges inte")) for cell in cells))
        for name, *cells in frame.to_numpy()
    ]
    source = documents(case.agreement_id, ", ".join(version.document for version in case.agreement.versions))
    table = case.table(
        "villkor",
        "Avtalets villkor, med ställe i avtalet",
        ("Villkor", *(str(name) for name in frame.columns[1:])),
        body,
        source,
        _of_terms(case.agreement),
    )
    blocks: list[Block] = [table]
    absent = [document for document in case.agreement.documents if not document.at_hand]
    if absent:
        told = [typeset(f"{document_in_words(document)}. {document.note or ''}".strip()) for document in absent]
        blocks += [Text("Handlingar som nämns men inte finns i underlaget:"), Items(tuple(told))]
    return Section("Avtalets villkor och handlingar", tuple(blocks))


def _of_terms(agreement: Agreement) -> str:
    """What the terms of all versions rest on, each kind once: "dokumenterad och beräknad"."""
    found = {term.underlag for version in agreement.versions for term in terms_used(version).values()}
    return listed([underlag(kind) for kind in Underlag if kind in found])


def assumed(case: Case) -> Section | None:
    """The assumption log, or nothing for an agreement that has none."""
    try:
        log = assumptions.log(case.agreement_id)
    except AnalysError:
        return None
    table = case.table(
        "antaganden",
        "Antaganden som siffrorna bygger på, och vad de är värda",
        ("Antagande", "Skäl", "Effekt"),
        [(typeset(row.antagande), typeset(row.skal), typeset(row.effekt)) for row in rows(log)],
        "Antagandeloggen, räknad ur handlingarna och statistiken ovan",
        COMPUTED,
    )
    return Section("Antaganden", (table,))
