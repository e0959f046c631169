"""What was paid, and which statements about it cannot both be true."""

from __future__ import annotations

import pandas as pd

from analys.export import answers
from analys.export.blocks import Section, Table, Text, typeset
from analys.export.case import Case
from analys.export.chapters.table_rows import amount, annexed, own_rows
from analys.export.wording import (
    ESTIMATED,
    cited,
    listed,
    thousands,
    underlag,
)
from analys.figures import totals, who_pays
from analys.figures.sources import official_population
from analys.reconstruct import View
from analys.swedish import NBSP, format_tkr
from analys.tables import rows


def paid_in_words(case: Case) -> str:
    """What the member was charged and says it has paid, in a sentence."""
    own = own_rows(answers.amounts_by_year(case.agreement_id), case)
    charged = [f"{amount(row)}{NBSP}tkr {row.ar}" for row in rows(annexed(own))]
    text = f"{case.name} fakturerades {listed(charged)} enligt avtalens bilagor (dokumenterad)."
    stated = own[(own["underlag"] == "dokumenterad") & ~own["enligt"].str.startswith("bilaga")]
    if not stated.empty:
        claims = listed([f"{amount(row)}{NBSP}tkr för {row.ar}" for row in rows(stated)])
        return f"{text} Kommunen uppger att den har betalat {claims} (dokumenterad)."
    last = own[own["ar"] == own["ar"].max()]
    estimates = " eller ".join(f"{amount(row)}{NBSP}tkr ({row.enligt})" for row in rows(last))
    return (
        f"{text} Ingen handling anger vad {case.name} har betalat {last['ar'].iloc[0]}; ur andra kommuners uppgifter "
        f"följer {estimates} (skattad)."
    )


def cost_in_words(case: Case) -> str:
    """What the whole group was charged, in a sentence."""
    table = answers.totals_by_year(case.agreement_id)
    known = listed([f"{amount(row)}{NBSP}tkr {row.ar}" for row in rows(annexed(table))])
    unknown = [str(year) for year in sorted(set(table["ar"]) - set(annexed(table)["ar"]))]
    text = f"De {len(case.members)} kommunerna fakturerades {known} enligt avtalens bilagor (dokumenterad)."
    span = f"{unknown[0]}–{unknown[-1]}" if len(unknown) > 1 else "".join(unknown)
    return f"{text} För {span} anger ingen handling hela kostnaden; den är skattad ur kommunernas egna uppgifter."


def paid(case: Case) -> Section:
    """What the member has paid, or what the whole service has cost, year by year."""
    year = int(annexed(answers.amounts_by_year(case.agreement_id))["ar"].max())
    figure = case.figure(
        f"vem-betalade-{year}",
        f"Vad varje kommun fakturerades {year}",
        "dokumenterad",
        who_pays.who_paid,
        year,
        case.name,
    )
    if case.member:
        own = own_rows(answers.amounts_by_year(case.agreement_id), case)
        table = case.table(
            "betalat",
            f"Vad {case.name} har betalat per år, tkr, efter fakturans år",
            ("År", "Enligt", "Belopp, tkr", "Underlag"),
            [(str(row.ar), typeset(row.enligt), amount(row), underlag(row.underlag)) for row in rows(own)],
            cited(case.agreement_id, own["kalla"]),
        )
        return Section(f"Vad {case.name} har betalat", (table, figure))
    data = answers.totals_by_year(case.agreement_id)
    table = case.table(
        "kostnad",
        "Hela kostnaden per år, tkr, efter fakturans år",
        ("År", "Enligt", "Belopp, tkr", "Underlag"),
        [(str(row.ar), typeset(row.enligt), amount(row), underlag(row.underlag)) for row in rows(data)],
        cited(case.agreement_id, data["kalla"]),
    )
    by_year = case.figure(
        "kostnad-per-ar-faktura",
        "Hela kostnaden per år",
        "dokumenterad och skattad",
        totals.total_by_year,
        View.INVOICE,
    )
    return Section("Vad tjänsten har kostat", (table, by_year, _charged_by_member(case), figure))


def _charged_by_member(case: Case) -> Table:
    data = annexed(answers.amounts_by_year(case.agreement_id))
    wide = data.pivot(index="kommun", columns="ar", values="lagst_kr").sort_index()
    years = list(wide.columns)
    body = [
        (str(name), *(thousands(wide.loc[name, year], wide.loc[name, year]) for year in years)) for name in wide.index
    ]
    return case.table(
        "fakturerat",
        "Vad varje kommun fakturerades enligt avtalens bilagor, tkr",
        ("Kommun", *(str(year) for year in years)),
        body,
        cited(case.agreement_id, data["kalla"]),
        "dokumenterad",
    )


def _incompatible(case: Case) -> pd.DataFrame:
    data = answers.totals_by_year(case.agreement_id)
    return data[data["oforenlig"]].sort_values(["ar", "lagst_kr"], ignore_index=True)


def contradiction_in_words(case: Case) -> str:
    """Which statements cannot both be true, and by how much they differ; empty where all can."""
    data = _incompatible(case)
    if data.empty:
        return ""
    lower, *_, upper = rows(data)
    return (
        f"Kommunernas uppgifter om {lower.ar} är oförenliga: {lower.enligt} förutsätter en totalkostnad på "
        f"{amount(lower)}{NBSP}tkr och {upper.enligt} {amount(upper)}{NBSP}tkr. De skiljer minst "
        f"{format_tkr(upper.lagst_kr - lower.hogst_kr)} (skattad). Här sägs inte vilken som är fel."
    )


def contradiction(case: Case) -> Section | None:
    """The total that each statement implies, or nothing where all can be true."""
    data = _incompatible(case)
    if data.empty:
        return None
    year = int(data["ar"].iloc[0])
    table = case.table(
        "oforenliga",
        f"Totalkostnad {year} som varje uppgift förutsätter, tkr",
        ("Uppgift", "Totalkostnad, tkr", "Underlag"),
        [(typeset(row.enligt), amount(row), underlag(row.underlag)) for row in rows(data)],
        f"{cited(case.agreement_id, data['kalla'])}; {official_population()}",
    )
    figure = case.figure(
        f"oforenliga-totaler-{year}",
        f"Totalkostnader {year} som inte kan stämma samtidigt",
        ESTIMATED,
        totals.incompatible_totals,
        year,
    )
    return Section(
        f"Uppgifter om {year} som är oförenliga", (Text(typeset(contradiction_in_words(case))), table, figure)
    )
