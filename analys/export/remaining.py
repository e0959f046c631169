"""The chapter on those that stay: what they pay if those that have proposed to leave do so, and the rest carry it on."""

from __future__ import annotations

import functools
from typing import Final

import pandas as pd

from analys import leaving
from analys.evidence import Underlag
from analys.export.blocks import Section, Table, Text, typeset
from analys.export.case import Case
from analys.export.wording import UNDERLAG_IN_WORDS, cited, listed, per_head, thousands
from analys.figures.leaving import change_by_municipality
from analys.figures.sources import official_population
from analys.leaving import Answer, Question
from analys.swedish import format_date
from analys.tables import rows

_ESTIMATED: Final = UNDERLAG_IN_WORDS[Underlag.SKATTAD]


def section(case: Case) -> Section | None:
    """The chapter, or nothing where no end is proposed, or where all members or none propose to leave."""
    decisions = [each for each in case.agreement.decisions if each.kind == "uppsagning"]
    gone = tuple(dict.fromkeys(each.municipality for each in decisions))
    if case.end is None or not 0 < len(gone) < len(case.members):
        return None
    answer = _answer(case.agreement_id, Question(case.end, gone))
    staying = answer.changes[~answer.changes["lamnar"]]
    names = listed([each.name for each in gone])
    figure = case.figure(
        "om-nagra-lamnar",
        f"Vad de övriga skulle betala mer helåret {answer.question.year}",
        functools.partial(change_by_municipality, case.agreement_id, answer, case.name),
        _ESTIMATED,
    )
    text = (
        f"Besparingen ovan förutsätter att alla lämnar. Lämnar bara {names} efter den {format_date(case.end)} och "
        f"finns hela deras kostnad kvar, delas den av de övriga {staying['kommunkod'].nunique()} kommunerna med avtalets "
        "nyckel. Att hela kostnaden finns kvar är ett antagande; minskar kostnaden blir ökningen mindre "
        f"({_ESTIMATED})."
    )
    return Section("Om övriga fortsätter", (Text(typeset(text)), _table(case, answer, staying), figure))


@functools.lru_cache
def _answer(agreement_id: str, question: Question) -> Answer:
    """Made once for the reports of all members."""
    return leaving.ask(agreement_id, question)


def _table(case: Case, answer: Answer, staying: pd.DataFrame) -> Table:
    """The member's own rows where it stays; otherwise those of all that stay."""
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
        underlag=_ESTIMATED,
    )
