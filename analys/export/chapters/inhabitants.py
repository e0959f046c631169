"""What each inhabitant carries, and what an old population figure cost."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from analys import burden
from analys.export import answers
from analys.export.blocks import Block, Section, Text, typeset
from analys.export.case import Case
from analys.export.chapters.table_rows import annexed, own_rows
from analys.export.wording import (
    COMPUTED,
    DOCUMENTED,
    cited,
    per_head,
    underlag,
)
from analys.figures import burden as burden_figures
from analys.figures import multiples, over_time, tiles, who_pays
from analys.figures.sources import official_population, price_index
from analys.reconstruct import View
from analys.swedish import format_number, format_tkr, genitive
from analys.tables import rows


def _burden_rows(data: pd.DataFrame, first: str) -> list[tuple[str, ...]]:
    price = f"kr_per_invanare_{burden.PRICE_YEAR}_ars_priser"
    return [
        (
            str(getattr(row, first)),
            *([typeset(row.enligt)] if first == "ar" else []),
            *(
                per_head(getattr(row, f"lagst_{column}"), getattr(row, f"hogst_{column}"))
                for column in ("kr_per_invanare", price, "jamn_kr_per_invanare", "avvikelse_kr_per_invanare")
            ),
            # A rate is worked out from the amount, so it is never itself stated by a document.
            COMPUTED if row.underlag == DOCUMENTED else underlag(row.underlag),
        )
        for row in rows(data)
    ]


def per_inhabitant(case: Case) -> Section:
    """Cost per inhabitant against the flat one, the deviations on a map, and the shares over the years."""
    year = int(annexed(answers.amounts_by_year(case.agreement_id))["ar"].max())
    columns = ("Kr/inv.", f"I {burden.PRICE_YEAR} års priser", "Jämn fördelning", "Avvikelse", "Underlag")
    if case.member:
        data = own_rows(answers.burden_by_year(case.agreement_id, View.ACCRUAL), case)
        sources = own_rows(answers.amounts_by_year(case.agreement_id), case)["kalla"]
        caption = f"{genitive(case.name)} kostnad per invånare, kr, fördelad på de år som betalningen avser"
        table = case.table(
            "per-invanare",
            caption,
            ("År", "Enligt", *columns),
            _burden_rows(data, "ar"),
            f"{cited(case.agreement_id, sources)}; {official_population()}; {price_index()}",
        )
    else:
        data = answers.burden_by_year(case.agreement_id, View.INVOICE)
        data = data[data["ar"] == year].sort_values("kommun")
        table = case.table(
            "per-invanare",
            f"Fakturerat {year} per invånare, kr",
            ("Kommun", *columns),
            _burden_rows(data, "kommun"),
            f"{cited(case.agreement_id, data['enligt'])}; {official_population()}; {price_index()}",
        )
    blocks: list[Block] = [
        Text(
            "Jämn fördelning är hela gruppens kostnad delad med hela gruppens invånare. Avvikelsen är den egna kostnaden "
            "minus den jämna: ett negativt tal betyder att kommunen bär mindre än jämnt."
        ),
        table,
        case.figure(
            f"per-invanare-{year}",
            f"Kostnad per invånare {year} i varje kommun",
            "beräknad",
            burden_figures.burden_by_municipality,
            year,
            case.name,
        ),
        *_deviation(case, year),
    ]
    if case.member:
        shares = (over_time.share_by_year, f"andel-{case.name}", f"{genitive(case.name)} andel")
    else:
        shares = (multiples.shares_by_municipality, "andelar-alla-kommuner", "Varje kommuns andel")
    make, name, what = shares
    caption = f"{what} enligt bilagorna och efter folkmängd"
    blocks.append(case.figure(name, caption, "dokumenterad och beräknad", make, case.name or None))
    return Section("Andel och kostnad per invånare", tuple(blocks))


def _deviation(case: Case, year: int) -> list[Block]:
    """Every municipality's deviation on a map, where the raw register has one."""
    if not tiles.has_layout(case.agreement_id):
        return []
    caption = f"Avvikelse från jämn fördelning {year}, på karta"
    return [case.figure(f"avvikelse-karta-{year}", caption, COMPUTED, tiles.deviation, year, case.name or None)]


def old_population(case: Case) -> Section | None:
    """What a figure of the wrong year in the last annex cost each, or nothing where all are right."""
    version = case.agreement.versions[-1]
    data = answers.stale_population(case.agreement_id, version.id)
    wrong = data[data["folkmangd_bilaga"] != data["folkmangd_scb"]]
    if wrong.empty:
        return None
    column = "skillnad_bilagans_regel_kr"
    by_name = {row.kommun: row for row in rows(data)}
    sentences = [
        f"I bilagan till {version.name} har {row.kommun} {format_number(row.folkmangd_bilaga)} invånare; SCB har "
        f"{format_number(row.folkmangd_scb)}."
        for row in rows(wrong)
    ]
    for name in [case.name] if case.member else [wrong["kommun"].iloc[0]]:
        paid: Decimal = getattr(by_name[name], column)
        way = "mycket" if paid > 0 else "lite"
        sentences.append(
            f"Med SCB:s tal och bilagans egen regel betalade {name} {_small(abs(paid))} för {way} (beräknad)."
        )
    figure = case.figure(
        f"gammal-folkmangd-{version.id}",
        "Vad den inaktuella folkmängden kostade varje kommun",
        "beräknad",
        who_pays.stale_population,
        version.id,
        case.name,
    )
    return Section("En inaktuell folkmängd", (Text(typeset(" ".join(sentences))), figure))


def _small(amount: Decimal) -> str:
    """Tkr, with a decimal where it says something."""
    return format_tkr(amount, 1) if amount < 100_000 else format_tkr(amount)
