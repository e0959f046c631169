"""The chapter on those that stay: what they pay if those that have proposed to leave do so, and the rest carry it on."""

from __future__ import annotations

import pandas as pd

from analys.export import answers
from analys.export.blocks import Section, Table, Text, typeset
from analys.export.case import Case
from analys.export.drawn import if_some_leave
from analys.export.wording import ESTIMATED, cited, listed, per_head, thousands
from analys.figures.sources import official_population
from analys.leaving import Answer, Question
from analys.swedish import format_date
from analys.tables import rows


def section(case: Case) -> Section | None:
    """The chapter, or nothing where no end is proposed, or where all members or none propose to leave."""
    gone = case.leavers
    if case.end is None or not 0 < len(gone) < len(case.members):
        return None
    question = Question(case.end, gone)
    answer = answers.leave(case.agreement_id, question)
    staying = answer.changes[~answer.changes["lamnar"]]
    names = listed([each.name for each in gone])
    figure = case.figure(
        "om-nagra-lamnar",
        f"Vad de övriga skulle betala mer helåret {question.year}",
        ESTIMATED,
        if_some_leave,
        question,
        case.name,
    )
    text = (
        f"Besparingen ovan förutsätter att alla lämnar. Lämnar bara {names} efter den {format_date(case.end)} och "
        f"finns hela deras kostnad kvar, delas den av de övriga {staying['kommunkod'].nunique()} kommunerna med avtalets "
        f"nyckel ({ESTIMATED}). {case.end_in_words} Att hela kostnaden finns kvar är också ett antagande; minskar kostnaden "
        "blir ökningen mindre."
    )
    return Section("Om övriga fortsätter", (Text(typeset(text)), _table(case, answer, staying), figure))


def _table(case: Case, answer: Answer, staying: pd.DataFrame) -> Table:
    """The member's own rows where it stays; otherwise those of all that stay."""
    staying = staying.sort_values(["kommun", "enligt"])
    own = staying[staying["kommun"] == case.name]
    body = [
        (
            row.kommun,
            row.enligt,
            thousands(row.lagst_fore_kr, row.hogst_fore_kr),
            thousands(row.lagst_efter_kr, row.hogst_efter_kr),
            thousands(row.lagst_skillnad_kr, row.hogst_skillnad_kr),
            per_head(row.lagst_skillnad_kr_per_invanare, row.hogst_skillnad_kr_per_invanare),
        )
        for row in rows(staying if own.empty else own)
    ]
    return case.table(
        "om-nagra-lamnar",
        f"Kostnad helåret {answer.question.year} om bara några lämnar, tkr, i {answer.question.price_year} års priser",
        ("Kommun", "Enligt", "Oförändrat", "Om några lämnar", "Ökning", "Ökning, kr/inv."),
        body,
        f"{cited(case.agreement_id, staying['kalla'])}; {official_population()}",
        underlag=ESTIMATED,
    )
