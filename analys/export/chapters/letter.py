"""The letter that is decided on (tjänsteskrivelse): two pages, with the numbers once and the rest in the annex.

A proposal is only ever quoted from a document, never composed here. What a human must write is a marked blank.
"""

from __future__ import annotations

import re
from itertools import chain

from analys import savings
from analys.agreement import UNKNOWN, Version
from analys.agreement.model import Decision, Document, Topic
from analys.export.blocks import Blank, Block, Items, Section, Text, typeset
from analys.export.case import Case
from analys.export.chapters import disagreements
from analys.export.chapters.quoted import excerpts, quoted, together
from analys.export.headlines import headlines, precise
from analys.export.wording import EVIDENCE, STATUS_IN_WORDS, TKR, cited, listed, municipalities, signed, underlag
from analys.figures.sources import documents, issuer, short
from analys.savings import REFUND_IN_WORDS
from analys.swedish import MINUS, NBSP, format_date, genitive
from analys.tables import rows

_MBL = "Information eller förhandling enligt lag (1976:580) om medbestämmande i arbetslivet"


def sections(case: Case, workbook: str) -> tuple[Section, ...]:
    """The letter's sections in the order of a tjänsteskrivelse. ``workbook`` is the name of the report's workbook."""
    found = [
        _proposal(case),
        _summary(case),
        _matter(case),
        _economy(case),
        _affected(case),
        _told(
            case, "Jämställdhet och barn", (Topic.EQUALITY, Topic.CHILDREN), "konsekvenserna för jämställdhet och barn"
        ),
        _told(case, "Samråd", (Topic.CONSULTATION,), "vilka som har hörts, när, och vad de har anfört"),
        _told(case, _MBL, (Topic.CO_DETERMINATION,), "om information eller förhandling är påkallad"),
        _documents(case, workbook),
        _recipients(case),
    ]
    return tuple(section for section in found if section.blocks)


# --- the proposal ---------------------------------------------------------------------------------------------------------


def _proposal(case: Case) -> Section:
    blocks: list[Block] = []
    for decision in case.agreement.decisions:
        if decision.municipality != case.member:
            continue
        citation = decision.citation
        lead = (
            f"Ordagrant {STATUS_IN_WORDS[decision.status]} ur {_document_in_words(case, decision)}, {citation.place}:"
        )
        blocks.append(Text(typeset(lead), cited(case.agreement_id, [citation.document])))
        blocks.append(Items(tuple(typeset(point) for point in (citation.quote or "").splitlines()), numbered=True))
        blocks += [Text(note) for note in _faults_quoted(case, citation.quote or "")]
    if not blocks:
        others = listed([each.municipality.name for each in case.agreement.decisions])
        lacking = f"underlaget har förslag bara för {others}" if others else "inget förslag finns i underlaget"
        blocks.append(Blank(f"förslaget till beslut som numrerade punkter; {lacking}"))
    return Section("Förslag till beslut", tuple(blocks))


def _document_in_words(case: Case, decision: Decision) -> str:
    document = case.agreement.document(decision.citation.document)
    date = "" if document.date == UNKNOWN else f" {document.date}"
    return f"{issuer(document)}{date}"


def _faults_quoted(case: Case, quote: str) -> list[str]:
    """The organisation numbers that a quoted text gives for a party, where the agreement has another."""
    found = []
    for party in case.agreement.parties:
        stated = re.search(rf"{re.escape(party.name)}[^.;]{{0,20}}org[^0-9]{{0,20}}(\d{{6}}-\d{{4}})", quote)
        if stated and party.organisation_number not in (UNKNOWN, stated[1]):
            found.append(
                f"Anmärkning: citatet anger {stated[1]} för {party.name}; rätt är {party.organisation_number}. Rätta det i "
                "beslutet."
            )
    return found


# --- the summary and the matter ----------------------------------------------------------------------------------------


def _summary(case: Case) -> Section:
    """What changes for the member, on which conditions, and what stands against the figures; amounts stand below."""
    said = _change(case) if case.end else _costs(case)
    return Section("Sammanfattning", tuple(together([*said, *disagreements.in_short(case)])))


def _costs(case: Case) -> list[Text]:
    """The first headline value as a sentence."""
    found = []
    for each in headlines(case)[:1]:
        charged = re.sub(r"(?:^S| s)ka betala", f" ska betala {each.value}", each.label)
        told = f"{case.name}{charged}" if charged != each.label else f"{each.label}: {each.value}"
        found.append(Text(typeset(f"{told} ({each.underlag})."), each.source))
    return found


def _change(case: Case) -> list[Text]:
    assert case.end
    table = savings.savings_by_municipality(case.agreement_id, case.end)
    chosen = precise(case.own(table)) if case.member else list(rows(savings.whole_group(table)))
    if not chosen:
        return [Text(typeset(_conditions(case)))]
    first = chosen[0]
    amount = " eller ".join(dict.fromkeys(signed(row, "helar", case.sign).lstrip(MINUS) for row in chosen))
    who = f"{genitive(case.name)} kostnad" if case.member else f"de {len(case.members)} kommunernas kostnad tillsammans"
    text = (
        f"Upphör avtalet den {format_date(case.end)} minskar {who} från {first.helar} med {amount}{NBSP}tkr om året "
        f"({underlag(first.underlag)}; brutto, i {first.prisniva} års priser). {_conditions(case)}"
    )
    return [Text(typeset(text), cited(case.agreement_id, [row.kalla for row in chosen]))]


def _conditions(case: Case) -> str:
    assert case.end
    own = [each for each in case.agreement.decisions if each.municipality == case.member and each.condition]
    ending = savings.termination(case.agreement, case.end)
    said = f"För att avtalet ska upphöra den {format_date(case.end)} måste uppsägningen lämnas senast den "
    text = f"{said}{format_date(ending.last_notice)}." if ending.last_notice else ""
    for decision in own:
        text += f" Förslaget gäller under förutsättning att {decision.condition}."
    return f"{text} {case.end_in_words}".strip()


def _matter(case: Case) -> Section:
    blocks: list[Block] = [Text(f"Avtalets ändamål: {case.agreement.purpose}.")]
    consulted = tuple(each.citation.quote or "" for each in excerpts(case, Topic.CONSULTATION))
    blocks += together(quoted(case, Topic.BACKGROUND, without=consulted))
    blocks.append(Text(_in_force(case), documents(case.agreement_id, case.agreement.versions[-1].document)))
    if case.agreement.note:
        blocks.append(Text(typeset(case.agreement.note)))
    if not excerpts(case, Topic.BACKGROUND):
        blocks.append(Blank("ärendets bakgrund och skälen för förslaget"))
    return Section("Ärendet", tuple(blocks))


def _in_force(case: Case) -> str:
    """The last version's length, notice and refund, and whose contract that is."""
    version = case.agreement.versions[-1]
    until = f"till och med {format_date(version.valid_to)}" if version.valid_to else "tills vidare"
    text = f"{version.name} gäller {until}"
    if version.members != UNKNOWN:
        text += f" för {municipalities(len(version.members.municipalities))}"
    text += "."
    if version.notice != UNKNOWN:
        text += f" Uppsägningstiden är {version.notice.months} månader."
    if version.refund != UNKNOWN:
        text += f" Återbetalning efter uppsägning: {REFUND_IN_WORDS[version.refund.rule]}."
    return typeset(f"{text}{_whose_contract(case, version)}")


def _whose_contract(case: Case, version: Version) -> str:
    """That a member's contract is another's, where the one at hand is not its own."""
    document = case.agreement.document(version.document)
    bound = [member.name for member in case.members if f"{member.name} " in f"{document.publisher} {document.title} "]
    if not bound or case.name in bound:
        return ""
    own = [each for each in case.agreement.documents if not each.at_hand and case.name and case.name in each.publisher]
    missing = f"; {genitive(case.name)} eget ({own[0].date}) finns inte i underlaget" if own else ""
    return (
        f" Villkoren är hämtade ur {genitive(listed(bound))} avtal, det enda i underlaget{missing}. Att de övriga "
        f"avtalen har "
        "samma villkor är ett antagande."
    )


# --- the economy --------------------------------------------------------------------------------------------------------


def _economy(case: Case) -> Section:
    found = headlines(case)
    table = case.table(
        "i-korthet",
        f"Beloppen i korthet för {case.whom}",
        ("Uppgift", "Belopp", "Underlag"),
        [(typeset(each.label), each.value, each.underlag) for each in found],
        "; ".join(dict.fromkeys(each.source for each in found)),
    )
    blocks: list[Block] = [table] if found else [Blank("beloppen; underlaget anger inga")]
    blocks += together(quoted(case, Topic.ECONOMY, Topic.COST))
    blocks += _saving_in_words(case)
    blocks += _employer(case)
    if case.end and case.member and case.local.replacement_kr is None:
        blocks.append(Blank("vad som eventuellt ska finansieras i stället; beloppen ovan är brutto"))
    blocks.append(Text(typeset(f"{TKR} {EVIDENCE} {case.sign.convention}")))
    return Section("Ekonomiska konsekvenser", tuple(blocks))


def _saving_in_words(case: Case) -> list[Block]:
    """The other reading of the day, and what form the saving takes."""
    if case.end is None:
        return []
    found = list(savings.readings(case.agreement, case.end))
    table = savings.savings_by_reading(case.agreement_id, case.end)
    sentences = []
    for reading in found[1:]:
        own = table[table["sista_dag"] == reading.end]
        chosen = precise(case.own(own)) if case.member else list(rows(savings.whole_group(own)))
        parts = " eller ".join(signed(row, "innevarande_ar", case.sign) for row in chosen)
        months = "en månad" if reading.months == 1 else f"{reading.months} månader"
        sentences.append(
            f"Läses dagen som den då uppsägningen lämnas upphör avtalet den {format_date(reading.end)} och "
            f"delårseffekten "
            f"är {months}, {parts}{NBSP}tkr."
        )
    sentences.append(
        "Året är då fakturerat: delårseffekten återbetalas i den mån fakturan är betald."
        if found[0].refunded
        else "Årets faktura behöver då inte ha kommit: delårseffekten är en kostnad som inte debiteras, och "
        "återbetalas bara "
        "om den redan har fakturerats och betalats."
    )
    return [Text(typeset(" ".join(sentences)), documents(case.agreement_id, _version(case).document))]


def _version(case: Case) -> Version:
    assert case.end
    return savings.in_force(case.agreement, case.end)


def _employer(case: Case) -> list[Block]:
    """The post from the employer's side: what stays, and what may have driven the cost."""
    quotes = quoted(case, Topic.EMPLOYER)
    if not quotes or case.end is None:
        return []
    whole = savings.whole_group(savings.savings_by_municipality(case.agreement_id, case.end))
    employers = listed([party.name for party in case.agreement.parties]) or "arbetsgivaren"
    lost = " eller ".join(f"{signed(row, 'helar', case.sign)}" for row in rows(whole)).replace(MINUS, "")
    rest = f"Lämnar alla faller {lost}{NBSP}tkr om året bort för {employers} (skattad), medan lönekostnaden kan finnas kvar."
    sources = [cited(case.agreement_id, whole["kalla"])] if not whole.empty else []
    told = [*quotes, *([Text(typeset(rest), "; ".join(sources))] if sources else [])]
    return [*together(told)]


# --- the rest -----------------------------------------------------------------------------------------------------------


def _affected(case: Case) -> Section:
    return Section("Vad som berörs", tuple(together(quoted(case, Topic.AFFECTED))))


def _told(case: Case, heading: str, topics: tuple[Topic, ...], wanted: str) -> Section:
    """The member's own words on a heading; the group has none of its own, so all members' are told."""
    texts = quoted(case, *topics)
    if case.member is None:
        texts = [
            Text(
                typeset(f"{each.municipality.name}: ”{each.citation.quote}”"),
                cited(case.agreement_id, [each.citation.document]),
            )
            for topic in topics
            for each in case.agreement.excerpts
            if each.topic is topic and each.municipality
        ]
    return Section(heading, tuple(texts) if texts else (Blank(wanted),))


def _documents(case: Case, workbook: str) -> Section:
    own = [decision.citation.document for decision in case.agreement.decisions if decision.municipality == case.member]
    contracts = [version.document for version in case.agreement.versions]
    wanted = dict.fromkeys(chain(own, contracts))
    items = [_named(case, document) for document in wanted]
    items.append(f"Bilaga med tabeller, diagram och källor, och beräkningarna i {workbook}")
    return Section("Beslutsunderlag", (Items(tuple(typeset(item) for item in items)),))


def _named(case: Case, document_id: str) -> str:
    """A document by its version's name, where it is a contract, otherwise by its title, with its citation in short."""
    document = case.agreement.document(document_id)
    contracts = {version.document: version.name for version in case.agreement.versions}
    return f"{contracts.get(document_id, document.title)}: {short(document)}"


def document_in_words(document: Document) -> str:
    """Title, publisher, date and registry number."""
    publisher = "utgivare okänd" if document.publisher == UNKNOWN else document.publisher
    date = "odaterad" if document.date == UNKNOWN else str(document.date)
    number = "" if document.registry_number == UNKNOWN else f", dnr{NBSP}{document.registry_number}"
    return f"{document.title}. {publisher}, {date}{number}"


def _recipients(case: Case) -> Section:
    others = f"övriga {municipalities(len(case.members) - 1)} i avtalet" if case.member else "kommunerna i avtalet"
    recipients = [party.name for party in case.agreement.parties]
    if len(case.members) > 1 or not case.member:
        recipients.append(others)
    told = listed(recipients)
    blocks = [Text(f"{told[:1].upper()}{told[1:]}.")] if told else []
    return Section("Beslutet skickas till", (*blocks, Blank("kommunens egna funktioner")))
