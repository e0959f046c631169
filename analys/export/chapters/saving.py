"""What is saved when the agreement ends."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analys import savings
from analys.export import answers
from analys.export.blocks import Blank, Block, Section, Text, typeset
from analys.export.case import Case
from analys.export.chapters.table_rows import own_rows
from analys.export.wording import (
    COMPUTED,
    DOCUMENTED,
    ESTIMATED,
    cited,
    stated_thousands,
    thousands,
)
from analys.figures import savings as savings_figures
from analys.figures.sources import official_population
from analys.swedish import NBSP, format_date
from analys.tables import rows


def _signed(row: Any, stem: str, case: Case) -> str:
    low, high = (getattr(row, f"{stem}_{end}_kr") * case.sign.factor for end in ("lagst", "hogst"))
    return thousands(low, high) if row.underlag == ESTIMATED else stated_thousands(low, high)


def _rests_on_all(shown: pd.DataFrame) -> str:
    """What a chart of savings rests on: a stated amount is drawn alone, estimates where there is none."""
    return COMPUTED if shown["kommun"].nunique() == 1 and (shown["underlag"] == DOCUMENTED).any() else ESTIMATED


def _rests_on(row: Any) -> str:
    """What a saving rests on: it is always worked out, from a documented yearly amount or from an estimated one."""
    return ESTIMATED if row.underlag == ESTIMATED else COMPUTED


def saving_in_words(case: Case) -> str:
    """The saving of the part year and the full year, in a sentence."""
    assert case.end
    data = answers.savings_by_member(case.agreement_id, case.end)
    lead = f"Upphör avtalet den {format_date(case.end)} blir"
    first = data.iloc[0]
    if case.member is None:
        return (
            f"{lead} {first['manader']} månader av {first['ar']} obetalda och hela {first['helar']}. Besparingen per kommun "
            f"framgår av tabellen under Ekonomiska konsekvenser. {_conditions(first)}"
        )
    own = own_rows(data, case)
    precise = own[own["underlag"] != ESTIMATED]
    chosen = precise if not precise.empty else own
    parts = [
        f"{_signed(row, 'innevarande_ar', case)}{NBSP}tkr {row.ar} och {_signed(row, 'helar', case)}{NBSP}tkr {row.helar} "
        f"({_rests_on(row)} ur {row.enligt})"
        for row in rows(chosen)
    ]
    noun = "besparingen" if case.sign.factor > 0 else "den ändrade kostnaden"
    return f"{lead} {noun} för {case.name} {'; eller '.join(parts)}. {_conditions(first)}"


def _conditions(row: Any) -> str:
    return f"Brutto, i {row['prisniva']} års priser. Villkor: {row['villkor']}."


def saving(case: Case) -> Section:
    """The saving by source of the yearly amount, by the clauses; a blank where nobody gives the day of the end."""
    heading = "Besparing om avtalet upphör"
    if case.end is None:
        return Section(
            heading, (Blank("Skriv när avtalet upphör; inget beslut eller förslag i underlaget anger det."),)
        )
    data = answers.savings_by_member(case.agreement_id, case.end)
    clauses = savings.termination(case.agreement, case.end)
    shown = own_rows(data, case) if case.member else data.sort_values(["kommun", "enligt"])
    first = data.iloc[0]
    terms = [f"{case.end_in_words} Räknat efter avtalets villkor. {'; '.join(clauses.clauses)}."]
    if clauses.last_notice:
        terms.append(f"Uppsägningen behöver ske senast den {format_date(clauses.last_notice)}.")
    columns = ("Enligt", f"{first['ar']} ({first['manader']} mån.)", f"{first['helar']} (helår)", "Underlag")
    table = case.table(
        "besparing",
        f"{case.sign.noun.capitalize()} om avtalet upphör den {format_date(case.end)}, tkr",
        columns if case.member else ("Kommun", *columns),
        [
            (
                *(() if case.member else (row.kommun,)),
                typeset(row.enligt),
                _signed(row, "innevarande_ar", case),
                _signed(row, "helar", case),
                _rests_on(row),
            )
            for row in rows(shown)
        ],
        f"{cited(case.agreement_id, shown['kalla'])}; {official_population()}",
    )
    blocks: list[Block] = [Text(typeset(" ".join(terms))), Text(typeset(_conditions(first))), table]
    blocks.append(
        case.figure(
            "besparing-per-ar",
            f"Besparing {first['ar']} och {first['helar']}" + ("" if case.member else ", alla kommuner tillsammans"),
            _rests_on_all(shown),
            savings_figures.saving_by_year,
            case.end,
            case.name or None,
        )
    )
    blocks.append(
        case.figure(
            "besparing-per-kommun",
            f"Helårsbesparing {first['helar']} i varje kommun, beroende på vilken uppgift som stämmer",
            "beräknad och skattad",
            savings_figures.saving_by_municipality,
            case.end,
            case.name,
        )
    )
    blocks.append(Blank("Skriv vad som eventuellt ska finansieras i stället; besparingen ovan är brutto."))
    return Section(heading, tuple(blocks))
