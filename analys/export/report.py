"""A report's content: the sections of a Swedish council memo (tjänsteskrivelse), as blocks that docx and html share.

What the data support is filled in, with what it rests on; what a human must write is a marked blank. A proposal is
only ever quoted from a document, never composed here.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from analys import agreement as agreements
from analys.agreement import UNKNOWN, Agreement, Version
from analys.agreement.clauses import terms_used
from analys.agreement.model import Decision, Document
from analys.agreement.once import once
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.export import allocated, economy
from analys.export.blocks import Blank, Block, Items, Report, Section, Text, typeset
from analys.export.case import Case
from analys.export.wording import EVIDENCE, STATUS_IN_WORDS, TKR, Sign, listed, municipalities, underlag
from analys.figures.chart import slug
from analys.figures.sources import issuer, official_population
from analys.quality import terms
from analys.register import Region, resolve_municipality
from analys.savings import REFUND_IN_WORDS
from analys.swedish import NBSP, format_date

#: The part of a file name that stands for the whole group.
GROUP: Final = "alla"


def members(agreement: Agreement) -> tuple[Region, ...]:
    """Everybody that is a member in some version of the agreement, in code order."""
    found = {
        member.code: member
        for version in agreement.versions
        if version.members != UNKNOWN
        for member in version.members.municipalities
    }
    if not found:
        raise AnalysError(f"{agreement.id}: no version says who the members are, so there is nobody to report for")
    return tuple(found[code] for code in sorted(found))


def file_name(agreement_id: str, member: str | None) -> str:
    """The name of a report's files, without suffix: ``ostergotland-norrkoping``, ``ostergotland-alla``."""
    agreement = agreements.load(agreement_id)
    return f"{agreement.id}-{slug(_member(agreement, member).name) if member else GROUP}"


def _member(agreement: Agreement, name: str) -> Region:
    region, group = resolve_municipality(name), members(agreement)
    if region not in group:
        names = ", ".join(member.name for member in group)
        raise AnalysError(f"{region.name} is no member of {agreement.id}; the members are {names}")
    return region


@once
def report(agreement_id: str, member: str | None = None, sign: Sign = Sign.SAVING) -> Report:
    """The content of one report: for a member, or for the whole group when ``member`` is ``None``.

    Kept, so that the formats of one report share it. Raises :class:`AnalysError` for an unknown agreement
    or for a municipality that is no member of it.
    """
    case = case_of(agreement_id, member, sign)
    chapters = economy if case.is_reconstructed else allocated
    sections = (
        _proposal(case),
        Section("Sammanfattning", (*chapters.summary(case), Text(f"{TKR} {EVIDENCE}"))),
        _matter(case),
        Section("Ekonomiska konsekvenser", chapters.opening(case), chapters.sections(case)),
        Section("Konsekvenser för barn", (Blank("Skriv konsekvenserna för barn, eller varför de inte har prövats."),)),
        Section("Jämställdhet", (Blank("Skriv konsekvenserna för jämställdheten mellan kvinnor och män."),)),
        Section("Samråd", (Blank("Skriv vilka som har hörts, när, och vad de har anfört."),)),
        _documents(case),
        _recipients(case),
    )
    own = case.member.name if case.member else None
    return case.numbered(
        Report(agreement_id, own, file_name(agreement_id, member), case.agreement.name, case.whom, sections)
    )


def case_of(agreement_id: str, member: str | None, sign: Sign = Sign.SAVING) -> Case:
    """What a report is about. Raises :class:`AnalysError` as :func:`report` does."""
    agreement = agreements.load(agreement_id)
    own = _member(agreement, member) if member else None
    return Case(agreement_id, agreement, own, members(agreement), sign, _end(agreement, own))


def _end(agreement: Agreement, own: Region | None) -> dt.date | None:
    """The agreement's end that a decision or proposal gives: the member's own, or else the first."""
    dates = [
        (decision.municipality != own, decision.takes_effect)
        for decision in agreement.decisions
        if decision.kind == "uppsagning" and isinstance(decision.takes_effect, dt.date)
    ]
    return min(dates)[1] if dates else None


# --- the sections ------------------------------------------------------------------------------------------------------


def _proposal(case: Case) -> Section:
    own = [decision for decision in case.agreement.decisions if decision.municipality == case.member]
    blocks: list[Block] = []
    for decision in own:
        kind = STATUS_IN_WORDS[decision.status]
        lead = f"Ordagrant {kind} ur {_document_in_words(case, decision)}, {decision.citation.place}:"
        quoted = tuple(typeset(point) for point in case.sentences(decision.citation.quote or ""))
        blocks += [Text(lead), Items(quoted, numbered=True)]
    if own:
        blocks.append(Blank("Kontrollera att varje punkt kan verkställas som den står, och lägg till det som saknas."))
    else:
        blocks.append(
            Blank(
                "Skriv förslaget till beslut som numrerade punkter. Inget förslag finns i underlaget för detta ärende."
            )
        )
    return Section("Förslag till beslut", tuple(blocks))


def _document_in_words(case: Case, decision: Decision) -> str:
    document = case.agreement.document(decision.citation.document)
    date = "" if document.date == UNKNOWN else f" {document.date}"
    return f"{issuer(document)}{date}"


def _matter(case: Case) -> Section:
    agreement = case.agreement
    blocks: list[Block] = [Text(f"Avtalets ändamål: {agreement.purpose[0].lower()}{agreement.purpose[1:]}.")]
    if agreement.parties:
        parties = listed([f"{party.name} ({party.role})" for party in agreement.parties])
        blocks.append(Text(f"Utöver kommunerna: {parties}."))
    blocks += [Text(_version(version)) for version in agreement.versions]
    blocks.append(_terms(case))
    known = [decision for decision in agreement.decisions if decision.municipality != case.member]
    blocks += [Text(_known_decision(case, decision)) for decision in known]
    blocks.append(Blank("Skriv ärendets bakgrund och skälen för förslaget."))
    return Section("Ärendet", tuple(blocks))


def _version(version: Version) -> str:
    first = format_date(version.valid_from)
    last = f"till och med {format_date(version.valid_to)}" if version.valid_to else "tills vidare"
    whom = f" för {municipalities(len(version.members.municipalities))}" if version.members != UNKNOWN else ""
    sentence = f"{version.name} gäller från {first} {last}{whom} ({underlag(version.validity.underlag)})."
    if version.notice != UNKNOWN:
        sentence += f" Uppsägningstiden är {version.notice.months} månader ({underlag(version.notice.underlag)})."
    if version.refund != UNKNOWN:
        rule = REFUND_IN_WORDS[version.refund.rule]
        sentence += f" Återbetalning efter uppsägning: {rule} ({underlag(version.refund.underlag)})."
    return typeset(sentence)


def _of_terms(agreement: Agreement) -> str:
    """What the terms of all versions rest on, each kind once: "dokumenterad och beräknad"."""
    found = {term.underlag for version in agreement.versions for term in terms_used(version).values()}
    return listed([underlag(kind) for kind in Underlag if kind in found])


def _terms(case: Case) -> Block:
    frame = terms(case.agreement_id)
    rows = [
        (str(name).capitalize(), *(typeset(str(cell).replace(UNKNOWN, "anges inte")) for cell in cells))
        for name, *cells in frame.to_numpy()
    ]
    source = "; ".join(
        document_in_words(case.agreement.document(version.document)) for version in case.agreement.versions
    )
    return case.table(
        "villkor",
        "Avtalets villkor, med ställe i avtalet",
        ("Villkor", *(str(name) for name in frame.columns[1:])),
        rows,
        source,
        underlag=_of_terms(case.agreement),
    )


def _known_decision(case: Case, decision: Decision) -> str:
    kind = STATUS_IN_WORDS[decision.status]
    day = decision.takes_effect
    effect = f"från {format_date(day)}" if isinstance(day, dt.date) else "utan angivet datum"
    what = "uppsägning" if decision.kind == "uppsagning" else "inträde"
    condition = f", under förutsättning att {decision.condition}" if decision.condition else ""
    document = _document_in_words(case, decision)
    return typeset(f"{decision.municipality.name}: {kind} om {what} {effect}{condition} ({document}). Dokumenterat.")


def _documents(case: Case) -> Section:
    items = [document_in_words(document) for document in case.agreement.documents]
    items.append(f"{official_population()}. Officiell statistik, diarienummer saknas")
    items.append(f"Bilaga: {file_name(case.agreement_id, case.member.name if case.member else None)}.xlsx, beräkningar")
    return Section("Beslutsunderlag", (Items(tuple(typeset(item) for item in items)),))


def document_in_words(document: Document) -> str:
    """Title, publisher, date and registry number."""
    publisher = "utgivare okänd" if document.publisher == UNKNOWN else document.publisher
    date = "odaterad" if document.date == UNKNOWN else str(document.date)
    number = "diarienummer saknas i underlaget" if document.registry_number == UNKNOWN else document.registry_number
    number = number if document.registry_number == UNKNOWN else f"dnr{NBSP}{number}"
    return f"{document.title}. {publisher}, {date}, {number}"


def _recipients(case: Case) -> Section:
    parties = tuple(party.name for party in case.agreement.parties)
    others = f"Övriga {municipalities(len(case.members) - 1)} i avtalet" if case.member else "Kommunerna i avtalet"
    recipients = (*parties, others) if len(case.members) > 1 or not case.member else parties
    blocks: list[Block] = [Text("Enligt avtalet berörs:"), Items(recipients)] if recipients else []
    blocks.append(Blank("Kontrollera mottagarna och lägg till kommunens egna funktioner."))
    return Section("Beslutet skickas till", tuple(blocks))
