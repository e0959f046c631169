"""Contradictions, remarks and questions: three things that are never mixed up.

Two statements contradict each other only under a condition, which is said. What can be true although it is strange is a
remark. What somebody with the invoices can answer is a question.
"""

from __future__ import annotations

import pandas as pd

from analys.account import Basis, Origin, contradicted_ranges, implied_totals
from analys.agreement.model import Topic
from analys.audit import Code
from analys.export.blocks import Block, Items, Section, Text, typeset
from analys.export.case import Case
from analys.export.chapters.quoted import excerpts, remarks
from analys.export.wording import ESTIMATED, cited, thousands
from analys.figures import totals
from analys.figures.sources import documents, official_population
from analys.swedish import NBSP, format_kr, format_tkr, listed
from analys.tables import rows


def _incompatible(case: Case) -> pd.DataFrame:
    data = implied_totals(case.agreement_id)
    return data[data["oforenlig"].astype(bool)]


def in_words(case: Case) -> Text | None:
    """Which statements cannot both be true, on which condition, and by how much they differ."""
    data = _incompatible(case)
    if data.empty:
        return None
    lower, *_, upper = rows(data[data["ar"] == data["ar"].max()])
    text = (
        f"Delar alla kommuner {lower.ar} års kostnad efter samma nyckel är två uppgifter oförenliga: {lower.enligt} "
        f"förutsätter totalt {_total(lower)} och {upper.enligt} {_total(upper)}, minst "
        f"{format_tkr(upper.lagst_kr - lower.hogst_kr)} isär ({ESTIMATED}). Om någon av dem är fel går inte att säga "
        f"utan "
        "fakturorna."
    )
    return Text(typeset(text), f"{cited(case.agreement_id, data['kalla'])}; {official_population()}")


def in_short(case: Case) -> list[Text]:
    """That statements cannot all be true, without their amounts, for the letter's summary."""
    data = _incompatible(case)
    if data.empty:
        return []
    labels = listed([f"{row.enligt}" for row in rows(data)])
    text = (
        f"Mot siffrorna står att uppgifterna om {data['ar'].max()} ({labels}) inte går ihop om alla kommuner delar "
        f"kostnaden "
        "efter samma nyckel; se bilagan."
    )
    return [Text(typeset(text), cited(case.agreement_id, data["kalla"]))]


def _total(row: object) -> str:
    return f"{thousands(row.lagst_kr, row.hogst_kr)}{NBSP}tkr"  # type: ignore[attr-defined]


def section(case: Case) -> Section:
    """The contradictions with their table and chart, the ranges that annexes contradict, remarks and questions."""
    said = in_words(case)
    blocks: list[Block] = [said] if said else []
    for year, data in _incompatible(case).groupby("ar"):
        table = case.table(
            f"oforenliga-{year}",
            f"Hela kostnaden {year} som varje uppgift förutsätter om alla delar efter samma nyckel",
            ("Uppgift", "Hela kostnaden, tkr"),
            [(typeset(row.enligt), thousands(row.lagst_kr, row.hogst_kr)) for row in rows(data)],
            f"{cited(case.agreement_id, data['kalla'])}; {official_population()}",
            ESTIMATED,
        )
        figure = case.figure(f"oforenliga-totaler-{year}", ESTIMATED, totals.incompatible_totals, year)
        blocks += [table, figure]
    told = [_remark(case, each.text, each.citation.document) for each in remarks(case, "anmarkning")]
    told += _can_both_be_true(case)
    asked = [*_asked(case), *_unsigned(case)]
    asked += [_remark(case, each.text, each.citation.document) for each in remarks(case, "fraga")]
    if told:
        blocks += [Text("Anmärkningar, som kan vara riktiga men bör kontrolleras:"), Items(tuple(told))]
    if asked:
        blocks += [Text("Frågor till den som har fakturor och avtal:"), Items(tuple(asked))]
    return Section("Motsägelser, anmärkningar och frågor", tuple(blocks))


def _remark(case: Case, text: str, document: str) -> str:
    return typeset(f"{text} ({documents(case.agreement_id, document)})")


def ranges_in_words(case: Case) -> list[Block]:
    """That a stated range holds none of the annexes' amounts, or not all, where that can be checked."""
    blocks: list[Block] = []
    for (name, label), own in contradicted_ranges(case.agreement_id).groupby(["kommun", "enligt"]):
        if case.member and name != case.name and not _rests_on_ranges(case):
            continue
        whole, part = own[own["manader"] >= 12], own[own["manader"] < 12]
        outside = whole[~whole["inom"]]
        if outside.empty:
            continue
        amounts = listed([f"{format_kr(row.bilaga_kr)} {row.ar}" for row in rows(outside)])
        text = f"{label} per år rymmer inte det som {name} ska betala enligt bilagorna: {amounts}."
        if not part.empty:
            halves = listed([f"{format_kr(row.bilaga_kr)} {row.ar}, {row.manader} månader" for row in rows(part)])
            text += f" Ett delårsbelopp ({halves}) kan inte prövas mot ett belopp per år."
        if len(outside) == len(whole):
            text += (
                " Intervallet motsägs alltså överallt där det kan prövas, och gränserna för de år som bara vilar på "
                "det är "
                "därför osäkrare än de ser ut."
            )
        blocks.append(Text(typeset(text), cited(case.agreement_id, own["kalla"])))
    return blocks


def _rests_on_ranges(case: Case) -> bool:
    return any(amount.origin is Origin.RANGE for amount in case.account.amounts)


def _unsigned(case: Case) -> list[str]:
    """On what signed ground an annex's amount has become another, where only signed changes are valid."""
    clause = excerpts(case, Topic.AMENDMENT)
    year = case.charged_year
    if not clause or year is None:
        return []
    found = []
    last = case.account.years[-1]
    for stated in case.account.stated(last, Origin.PAYMENT):
        if stated.payer is None or (case.member and stated.payer.code != case.member.code):
            continue
        own = [amount for amount in case.account.of(Basis.TWELVE_MONTHS, [year]) if amount.payer == stated.payer]
        if not own or own[0].kronor.low in stated.kronor:
            continue
        before = own[0]
        found.append(
            f"Bilagan anger {format_kr(before.kronor.low)} för {stated.payer.name} {year}, kommunen uppger "
            f"{stated.text} "
            f"för {last}. På vilken undertecknad grund har beloppet ändrats? ”{clause[0].citation.quote}”"
        )
    return [typeset(text) for text in found]


def _asked(case: Case) -> list[str]:
    """What the audit asks of each pair of statements that disagree, and what the populations of other days would give."""
    found: list[str] = []
    for finding in case.findings:
        told = finding.explanation
        found += [str(each["question"]) for each in told.get("questions", ())]
        if (days := told.get("year_ends")) and not days["meet"]:
            years = f"{days['from']}–{days['to']}"
            found.append(
                f"Fördelas kostnaden efter någon annan dag? Ingen folkmängd den 31 december {years} förenar dem."
            )
    return [typeset(text) for text in found]


def _can_both_be_true(case: Case) -> list[str]:
    """What the audit finds strange about the agreement's periods, which is no contradiction."""
    return [typeset(finding.message) for finding in case.findings if finding.code is Code.PERIOD]
