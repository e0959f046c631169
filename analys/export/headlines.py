"""The headline values of a report: each quantity once, with one name that says its basis, wherever it is shown.

The memo, the web page, the workbook's first sheet and the notebooks take these, and nothing else, for "the" amount that
is charged, paid or saved. A label that is the same stands for the same value everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analys import burden, savings
from analys.account import Basis, Origin, amounts_by_municipality_year, reproduced, totals_by_year
from analys.evidence import Underlag
from analys.export.blocks import Headline, Measure
from analys.export.case import Case
from analys.export.wording import (
    BASIS_OF_ORIGIN,
    COMPUTED,
    ESTIMATED,
    cited,
    per_head,
    signed,
    stated_thousands,
    tkr,
    underlag,
)
from analys.figures.sources import official_population
from analys.swedish import NBSP, format_date, format_kr, format_percent, format_tkr
from analys.tables import rows


def headlines(case: Case) -> list[Headline]:
    """The headline values, the most asked for first."""
    found = [*_last_year(case), *_saving(case), *_charged(case), *_rate(case), *_net(case)]
    return list(dict.fromkeys(found))


def as_table(found: Sequence[Headline]) -> pd.DataFrame:
    """The headline values as a table for a notebook."""
    columns = ["uppgift", "varde", "underlag"]
    return pd.DataFrame([[each.label, each.value, each.underlag] for each in found], columns=columns)


def precise(own: pd.DataFrame) -> list[Any]:
    """The rows to be told of a member's savings: of its own statements the narrowest, or else every estimate."""
    stated = own[own["underlag"] != Underlag.SKATTAD]
    if stated.empty:
        return list(rows(own))
    width = (stated["helar_hogst_kr"] - stated["helar_lagst_kr"]).astype("float64")
    return list(rows(stated.loc[[width.idxmin()]]))


def told(case: Case, year: int, basis: Basis = Basis.TWELVE_MONTHS) -> pd.DataFrame:
    """The year's amounts: the member's own, or the whole cost."""
    if case.member:
        return case.own(amounts_by_municipality_year(case.agreement_id, basis, [year]))
    return totals_by_year(case.agreement_id, basis, [year])


def _either(values: Sequence[str], unit: str) -> str:
    return f"{' eller '.join(dict.fromkeys(values))}{NBSP}{unit}"


def _last_year(case: Case) -> list[Headline]:
    """What the member says that it paid in the last year, or what follows from what the others say."""
    year = case.account.years[-1]
    frame = told(case, year)
    stated = frame[frame["ursprung"].isin([Origin.PAYMENT, Origin.RANGE])]
    own = stated[stated["underlag"] == Underlag.DOKUMENTERAD]
    if not own.empty:
        row = next(rows(own))
        return [Headline(f"Betalat för {year} enligt kommunens egen uppgift", _either([tkr(row)], "tkr"),
                         underlag(row.underlag), cited(case.agreement_id, [row.kalla]), Measure.LAST_YEAR,
                         (row.enligt,))]  # fmt: skip
    if stated.empty:
        return []
    what = "Kostnad" if case.member else "Hela kostnaden"
    return [Headline(f"{what} {year}, ur kommunernas uppgifter om {year}",
                     _either([tkr(row) for row in rows(stated)], "tkr"), ESTIMATED,
                     f"{cited(case.agreement_id, stated['kalla'])}; {official_population()}", Measure.LAST_YEAR,
                     tuple(stated["enligt"]))]  # fmt: skip


def _saving(case: Case) -> list[Headline]:
    if case.end is None:
        return []
    table = savings.savings_by_municipality(case.agreement_id, case.end)
    chosen = precise(case.own(table)) if case.member else list(rows(savings.whole_group(table)))
    if not chosen:
        return []
    first = chosen[0]
    source = cited(case.agreement_id, [row.kalla for row in chosen])
    day = format_date(case.end)
    noun, by = case.sign.noun, tuple(row.enligt for row in chosen)
    part = f"Delårseffekt {first.ar} ({noun}, {first.manader} månader) om avtalet upphör {day}"
    full = f"Helårseffekt {first.helar} ({noun}, brutto, {first.prisniva} års priser)"
    kinds = (("innevarande_ar", part, Measure.PART_YEAR), ("helar", full, Measure.FULL_YEAR))
    values = {stem: _either([signed(row, stem, case.sign) for row in chosen], "tkr") for stem, *_ in kinds}
    return [
        Headline(label, values[stem], underlag(first.underlag), source, measure, by) for stem, label, measure in kinds
    ]


def _charged(case: Case) -> list[Headline]:
    """What the last annex, or else the terms, give for twelve months."""
    year = case.charged_year
    if year is None:
        return []
    found = []
    for row in list(rows(told(case, year)))[:1]:
        basis = BASIS_OF_ORIGIN[Origin(row.ursprung)]
        who = "Ska betala" if case.member else "Alla kommuner ska betala"
        found.append(Headline(f"{who} {year} {basis}, tolv månader", _either([tkr(row)], "tkr"),
                              underlag(row.underlag), cited(case.agreement_id, [row.kalla]),
                              Measure.TWELVE_MONTHS, (row.enligt,)))  # fmt: skip
    return found


def _rate(case: Case) -> list[Headline]:
    year = case.charged_year
    if year is None or case.member is None:
        return []
    table = case.own(burden.burden_by_municipality_year(case.agreement_id, Basis.TWELVE_MONTHS, [year]))
    return [
        Headline(f"Kr per invånare {year} {BASIS_OF_ORIGIN[Origin(row.ursprung)]}, tolv månader, {year} års priser",
                 f"{per_head(row.lagst_kr_per_invanare, row.hogst_kr_per_invanare)}{NBSP}kr",
                 COMPUTED if row.underlag == Underlag.DOKUMENTERAD else underlag(row.underlag),
                 f"{cited(case.agreement_id, [row.kalla])}; {official_population()}", Measure.PER_HEAD, (row.enligt,))
        for row in list(rows(table))[:1]
    ]  # fmt: skip


def _net(case: Case) -> list[Headline]:
    """The full year's saving after the municipality's own replacement, and as a part of its net cost, where given."""
    if case.end is None or case.member is None:
        return []
    chosen = precise(case.own(savings.savings_by_municipality(case.agreement_id, case.end)))
    found = []
    if case.local.replacement_kr is not None:
        frame = savings.sensitivity(case.agreement_id, case.name, [case.end], [case.local.replacement_kr])
        wanted = [row.enligt for row in chosen]
        net = [
            stated_thousands(row.lagst_helar_netto_kr, row.hogst_helar_netto_kr)
            for row in rows(frame)
            if row.enligt in wanted
        ]
        instead = format_tkr(case.local.replacement_kr)
        label = f"Helårseffekt {case.end.year + 1} netto efter egen ersättning ({instead} per år)"
        kind, by = underlag(chosen[0].underlag), tuple(wanted)
        found.append(Headline(label, _either(net, "tkr"), kind, "kommunens egen uppgift", Measure.NET, by))
    if case.local.net_cost_kr:
        parts = [
            format_percent((row.helar_lagst_kr + row.helar_hogst_kr) / 2 / case.local.net_cost_kr, 3) for row in chosen
        ]
        label = f"Helårseffekt {case.end.year + 1} som del av kommunens nettokostnad"
        found.append(Headline(label, " eller ".join(parts), underlag(chosen[0].underlag), "kommunens egen uppgift",
                              Measure.PART_OF_NET_COST))  # fmt: skip
    return found


# --- what the other notebooks open with -------------------------------------------------------------------------------


def of_annexes(agreement_id: str) -> list[Headline]:
    """How much of the annexes their rules give again, and how many populations are not the statistics'."""
    figures = reproduced.figures(agreement_id)
    found = []
    for what, label in (
        ("belopp", "Belopp i bilagorna som regeln återger"),
        ("andel", "Andelar som folkmängden återger"),
    ):
        own = figures[figures["storhet"] == what]
        if not own.empty:
            agreeing = f"{int(own['stammer'].sum())} av {len(own)}"
            found.append(Headline(label, agreeing, COMPUTED, "", Measure.FIGURES_AGREE))
    for name in reproduced.stale_annexes(agreement_id):
        frame = reproduced.stale_population(agreement_id, name)
        wrong = int((frame["folkmangd_bilaga"] != frame["folkmangd_scb"]).sum())
        label = f"Folkmängder i bilaga {name} som inte är SCB:s för den dag som anges"
        found.append(Headline(label, f"{wrong} av {len(frame)}", COMPUTED, official_population(), Measure.POPULATIONS))
    return found


def of_rates(case: Case) -> list[Headline]:
    """Twelve months' cost per inhabitant in the prices of one year, in the first and last years that are charged, and
    what follows from the statements of the last year."""
    prices = burden.latest_prices(case.agreement_id)
    table = burden.burden_by_municipality_year(case.agreement_id, Basis.TWELVE_MONTHS, price_year=prices)
    fixed = f"kr_per_invanare_{prices}_ars_priser"
    own = case.own(table) if case.member else table.iloc[:0]
    own = own[own[f"lagst_{fixed}"].notna()]  # a year without an index has no rate in fixed prices
    charged = own[own["ursprung"].isin([Origin.ANNEX, Origin.TERMS])]
    years = list(dict.fromkeys([*charged["ar"].tail(2), *own["ar"].tail(1)]))
    found = []
    for year in years:
        of_year = list(rows(own[own["ar"] == year]))
        rates = [per_head(getattr(row, f"lagst_{fixed}"), getattr(row, f"hogst_{fixed}")) for row in of_year]
        label = f"Kr per invånare {year}, tolv månader, {prices} års priser"
        kind = COMPUTED if all(row.underlag != Underlag.SKATTAD for row in of_year) else f"{COMPUTED} eller {ESTIMATED}"
        found.append(Headline(label, _either(rates, "kr"), kind, official_population(), Measure.PER_HEAD))
    return found


def of_wrong_population(agreement_id: str) -> list[Headline]:
    """What a wrong population moves: too little, too much, and what is rounding."""
    found = []
    for name in reproduced.stale_annexes(agreement_id):
        moved = reproduced.stale_in_short(reproduced.stale_population(agreement_id, name))
        amounts = (("Debiteras för lite", moved.underpaid_kr), ("Debiteras för mycket, alla övriga", moved.overpaid_kr),
                   ("Avrundning", moved.rounding_kr))  # fmt: skip
        for what, amount in amounts:
            label = f"{what} enligt bilaga {name}, med bilagans regel"
            found.append(Headline(label, format_kr(amount), COMPUTED, official_population(), Measure.MOVED))
    return found
