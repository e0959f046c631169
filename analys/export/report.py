"""A report's content: a Swedish council memo (tjänsteskrivelse) and its annex, as blocks that docx and html share.

What the data support is filled in, with what it rests on; what a human must write is a marked blank. A chapter is there
when the account holds its facts, whichever agreement it is.
"""

from __future__ import annotations

from typing import Final

import analys.agreement as agreements
from analys.account import Account, account
from analys.agreement import UNKNOWN, Agreement
from analys.agreement.once import once
from analys.errors import AnalysError
from analys.export.blocks import Figure, Numbers, Report, Section, numbered
from analys.export.case import UNSAID, Case, Local
from analys.export.chapters import amounts, disagreements, inhabitants, letter, saving, staying, terms
from analys.export.headlines import headlines
from analys.export.wording import Sign
from analys.figures.chart import slug
from analys.figures.sources import short
from analys.register import Region, resolve_municipality
from analys.swedish import listed

#: The part of a file name that stands for the whole group.
GROUP: Final = "alla"
#: How many headline values a page opens with.
_SHOWN: Final = 3


def members(agreement: Agreement) -> tuple[Region, ...]:
    """Everybody that is a member in some version of the agreement, in code order."""
    found = {
        member.code: member
        for version in agreement.versions
        if version.members != UNKNOWN
        for member in version.members.municipalities
    }
    if not found:
        raise AnalysError(
            f"{agreement.id}: ingen version säger vilka medlemmarna är, så det finns ingen att rapportera för"
        )
    return tuple(found[code] for code in sorted(found))


def file_name(agreement_id: str, member: str | None) -> str:
    """The name of a report's files, without suffix: ``ostergotland-norrkoping``, ``ostergotland-alla``."""
    agreement = agreements.load(agreement_id)
    return f"{agreement.id}-{slug(_member(agreement, member).name) if member else GROUP}"


def _member(agreement: Agreement, name: str) -> Region:
    region, group = resolve_municipality(name), members(agreement)
    if region not in group:
        names = ", ".join(member.name for member in group)
        raise AnalysError(f"{region.name} är inte medlem i {agreement.id}; medlemmarna är {names}")
    return region


@once
def report(agreement_id: str, member: str | None = None, sign: Sign = Sign.SAVING, local: Local = UNSAID) -> Report:
    """The content of one report: for a member, or for the whole group when ``member`` is ``None``.

    Kept, so that the formats of one report share it. Raises :class:`AnalysError` for an unknown agreement,
    a municipality that is no member of it, or an agreement of which no amount is known.
    """
    case = case_of(agreement_id, member, sign, local)
    name = file_name(agreement_id, member)
    chapters = (
        amounts.section(case),
        saving.section(case),
        staying.section(case),
        disagreements.section(case),
        inhabitants.per_inhabitant(case),
        inhabitants.old_population(case),
        terms.section(case),
        terms.assumed(case),
    )
    return numbered(
        Report(
            agreement_id,
            case.member.name if case.member else None,
            name,
            case.title,
            _capital(case.whom),
            letter.sections(case, f"{name}.xlsx"),
            tuple(chapter for chapter in chapters if chapter and chapter.blocks),
            (answer(case),),
        ),
        {short(document): letter.document_in_words(document) for document in case.agreement.documents},
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def answer(case: Case) -> Section:
    """What a reader who reads no further should see: three values with their basis, and one chart."""
    found = headlines(case)[:_SHOWN]
    charts = (
        [saving.by_year(case)]
        if saving.is_known(case)
        else [b for b in amounts.section(case).blocks if isinstance(b, Figure)]
    )
    return Section("Svaret i korthet", (Numbers(tuple(found)), *charts[:1]))


def _lacking(own: Account) -> str:
    """In a line which facts there are no amounts without."""
    terms = {"kostnaden": "cost", "nyckeln": "key", "avrundningen": "rounding"}
    unknown = [
        word for word, term in terms.items() if all(getattr(each, term) == UNKNOWN for each in own.agreement.versions)
    ]
    if unknown:
        return f"ingen handling anger {listed(unknown)}, och ingen bilaga eller uppgift anger belopp"
    return "; ".join(own.lacking).replace("\n", "; ")


def case_of(agreement_id: str, member: str | None, sign: Sign = Sign.SAVING, local: Local = UNSAID) -> Case:
    """What a report is about. Raises :class:`AnalysError` as :func:`report` does."""
    own_account = account(agreement_id)
    agreement = own_account.agreement
    own = _member(agreement, member) if member else None
    if not own_account.amounts:
        raise AnalysError(
            f"{agreement.id}: väntade ett belopp att rapportera, fann inget: {_lacking(own_account)}; skriv det som saknas "
            "i avtalet, eller fördela en kostnad med analys allocate --total"
        )
    return Case(agreement_id, own_account, own, members(agreement), sign, own_account.end(own), local)
