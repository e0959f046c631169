"""What those that stay pay if those that have proposed to leave do so: they carry the cost, or the employer does."""

from __future__ import annotations

import pandas as pd

from analys import leaving
from analys.agreement.model import Topic
from analys.export.blocks import Block, Section, Table, Text, typeset
from analys.export.case import Case
from analys.export.chapters.quoted import excerpts
from analys.export.drawn import if_some_leave
from analys.export.wording import ESTIMATED, cited, thousands
from analys.figures.sources import official_population
from analys.leaving import Answer, Question
from analys.swedish import NBSP, format_date, listed
from analys.tables import rows


def section(case: Case) -> Section | None:
    """The chapter, or nothing where no end is proposed, or where all members or none propose to leave."""
    gone = case.leavers
    if case.end is None or not 0 < len(gone) < len(case.members):
        return None
    question = Question(case.end, gone)
    answer = leaving.ask(case.agreement_id, question)
    staying = answer.changes[~answer.changes["lamnar"]]
    names = listed([each.name for each in gone])
    clause = excerpts(case, Topic.AMENDMENT)
    signed = (
        f" Avtalet säger: ”{clause[0].citation.quote}” De övriga betalar alltså mer bara om de skriver under det."
        if clause
        else " Ingen handling säger om de övriga måste ta över kostnaden."
    )
    text = (
        f"Besparingen förutsätter att alla lämnar. Lämnar bara {names} efter den {format_date(case.end)} och finns "
        f"hela "
        f"deras kostnad kvar, finns två utfall. Antingen delar de övriga {staying['kommunkod'].nunique()} kommunerna "
        f"den med "
        f"avtalets nyckel.{signed} Eller så bär {_employer(case)} den: {_left(answer)} om året ({ESTIMATED})."
    )
    source = f"{cited(case.agreement_id, staying['kalla'])}; {official_population()}"
    figure = case.figure("om-nagra-lamnar", ESTIMATED, if_some_leave, question, case.name)
    blocks: list[Block] = [Text(typeset(text), source)]
    if case.member not in gone:
        blocks.append(_table(case, answer, staying))
    return Section("Om bara några lämnar", (*blocks, figure))


def _employer(case: Case) -> str:
    return listed([party.name for party in case.agreement.parties]) or "arbetsgivaren"


def _left(answer: Answer) -> str:
    """What the leavers leave behind, by source."""
    gone = answer.changes[answer.changes["lamnar"]]
    sums = [
        thousands(sum(own["lagst_fore_kr"]), sum(own["hogst_fore_kr"])) for _, own in gone.groupby("enligt", sort=False)
    ]
    return f"{' eller '.join(sums)}{NBSP}tkr"


def _table(case: Case, answer: Answer, staying: pd.DataFrame) -> Table:
    """The member's own rows where it stays; otherwise those of all that stay."""
    staying = staying.sort_values(["kommun", "enligt"])
    own = staying[staying["kommun"] == case.name]
    body = [
        (
            row.kommun,
            typeset(row.enligt),
            thousands(row.lagst_fore_kr, row.hogst_fore_kr),
            thousands(row.lagst_efter_kr, row.hogst_efter_kr),
            thousands(row.lagst_skillnad_kr, row.hogst_skillnad_kr),
        )
        for row in rows(staying if own.empty else own)
    ]
    return case.table(
        "om-nagra-lamnar",
        f"Kostnad helåret {answer.question.year}, tkr, i {answer.price_year} års priser, om "
        f"{listed([each.name for each in case.leavers])} lämnar",
        ("Kommun", "Ur", "Om arbetsgivaren bär", "Om de övriga bär", "Ökning"),
        body,
        f"{cited(case.agreement_id, staying['kalla'])}; {official_population()}",
        underlag=ESTIMATED,
    )
