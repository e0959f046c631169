"""What shall be paid by the annexes or the terms, and what members state that they have paid, year by year."""

from __future__ import annotations

import pandas as pd

from analys.account import Basis, Origin, amounts_by_municipality_year, totals_by_year
from analys.export.blocks import Block, Figure, Items, Section, Table, Text, typeset
from analys.export.case import Case
from analys.export.chapters.disagreements import ranges_in_words
from analys.export.wording import BASIS_OF_ORIGIN, DOCUMENTED, cited, per_cent, thousands, tkr, underlag
from analys.figures import totals, who_pays
from analys.figures.sources import months_charged, official_population
from analys.tables import rows


def section(case: Case) -> Section:
    """The amounts by year, the last known sharing as a chart, and for the group everybody's amounts and their trend."""
    heading = f"Vad {case.name or 'kommunerna'} ska betala och uppger sig ha betalat"
    blocks: list[Block] = [_by_year(case), *ranges_in_words(case)]
    if case.member is None:
        if totals.has_several_years(case.agreement_id, Basis.INVOICE):
            blocks.append(
                case.figure("kostnad-per-ar", "dokumenterad och skattad", totals.total_by_year, Basis.INVOICE)
            )
        blocks += _trend(case)
    blocks += _sharing(case)
    if case.account.lacking:
        blocks += [Text("Det här saknas i underlaget:"), Items(tuple(typeset(each) for each in case.account.lacking))]
    return Section(heading, tuple(blocks))


def _by_year(case: Case) -> Table:
    if case.member:
        data = case.own(amounts_by_municipality_year(case.agreement_id, Basis.INVOICE))
        caption = f"{case.name}: vad som ska betalas, eller uppges vara betalt, efter fakturaår"
    else:
        data = totals_by_year(case.agreement_id, Basis.INVOICE)
        caption = "Hela kostnaden, efter fakturaår"
    months = months_charged(case.agreement_id)
    body = [
        (
            str(row.ar),
            typeset(row.enligt),
            f"{months.get(row.ar, 12) if row.ursprung == Origin.ANNEX else 12} månader",
            tkr(row),
            underlag(row.underlag),
        )
        for row in rows(data)
    ]
    source = f"{cited(case.agreement_id, data['kalla'])}; {official_population()}"
    return case.table("belopp", caption, ("År", "Enligt", "Avser", "Belopp, tkr", "Underlag"), body, source)


def _sharing(case: Case) -> list[Block]:
    """How the last known cost is shared among all, as a chart."""
    year = case.charged_year
    if year is None:
        return []
    if year in case.account.years_of(Origin.ANNEX):
        return [case.figure(f"debiteras-{year}", DOCUMENTED, who_pays.charged, year, case.name)]
    return [_by_terms(case, year), _drawn_by_terms(case, year)]


def _by_terms(case: Case, year: int) -> Table:
    data = amounts_by_municipality_year(case.agreement_id, Basis.INVOICE, [year])
    whole = data["lagst_kr"].sum()
    return case.table(
        "fordelning",
        f"Ska betala {year} {BASIS_OF_ORIGIN[Origin(data['ursprung'].iloc[0])]}",
        ("Betalare", "Tkr", "Andel"),
        [(row.kommun, tkr(row), per_cent(row.lagst_kr / whole)) for row in rows(data)],
        cited(case.agreement_id, data["kalla"]),
        underlag(data["underlag"].iloc[0]),
    )


def _drawn_by_terms(case: Case, year: int) -> Figure:
    """The last year that the terms share, up to the year of the invoices: what is paid in arrears falls due later."""
    last = max((own for own in case.account.shared if own.year <= year), key=lambda own: own.year)
    return case.figure(
        f"fordelning-{last.year}", underlag(last.underlag), who_pays.allocated, last.year, None, case.name
    )


def _trend(case: Case) -> list[Block]:
    """What twelve months cost each member in the known years and the last, and how much that has changed."""
    data = amounts_by_municipality_year(case.agreement_id, Basis.TWELVE_MONTHS)
    known = case.account.years_of(Origin.ANNEX, Origin.TERMS, basis=Basis.TWELVE_MONTHS)
    last = case.account.years[-1]
    if not known or known[-1] == last:
        return []
    years = list(dict.fromkeys([known[0], known[-1]]))
    columns = [(f"{year}", data[data["ar"] == year]) for year in years]
    columns += [(f"{last}, om {label} stämmer", own) for label, own in data[data["ar"] == last].groupby("enligt")]
    whole = [(heading, own.set_index("kommun")) for heading, own in columns if own["kommun"].nunique() > 1]
    names = sorted(set.intersection(*(set(own.index) for _, own in whole)))
    body = [(name, *(_cell(own.loc[name]) for _, own in whole)) for name in names]
    source = f"{cited(case.agreement_id, data['kalla'])}; {official_population()}"
    caption = (
        "Tolv månaders kostnad för varje kommun, tkr: ska betalas enligt bilagan, och ur uppgifterna för det sista året"
    )
    return [
        case.table("utveckling", caption, ("Kommun", *(heading for heading, _ in whole)), body, source,
                   "dokumenterad och skattad")
    ]  # fmt: skip


def _cell(row: pd.Series) -> str:
    low, high = row["lagst_kr"], row["hogst_kr"]
    return thousands(low, high) if row["underlag"] == "skattad" else tkr(row)
