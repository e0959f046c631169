"""What twelve months cost an inhabitant, and what a wrong population figure moves between the members."""

from __future__ import annotations

import pandas as pd

from analys import burden
from analys.account import Basis, Origin, reproduced
from analys.evidence import Underlag
from analys.export.blocks import Block, Section, Text, typeset
from analys.export.case import Case
from analys.export.wording import COMPUTED, cited, per_head, underlag
from analys.figures import burden as figures
from analys.figures import multiples, over_time, tiles, who_pays
from analys.figures.sources import documents, official_population, price_index
from analys.swedish import format_kr, format_number
from analys.tables import rows

_WHY = {
    burden.SERIES: (
        ", som mäter vad en krona är värd för invånarna; ett löne- eller kommunprisindex kan ge en annan ökning"
    )
}


def per_inhabitant(case: Case) -> Section | None:
    """Cost per inhabitant over the years or for all members, the deviations on a map, and the shares over the years."""
    index = burden.prices(case.local.prices, case.account.agreement)
    prices = index.latest(case.account.years)
    table = burden.burden_by_municipality_year(
        case.agreement_id, Basis.TWELVE_MONTHS, price_year=prices, series=case.local.prices
    )
    charged = table[table["ursprung"].isin([Origin.ANNEX, Origin.TERMS])]
    if charged.empty or (case.member and case.own(table).empty):
        return None
    year = int(charged["ar"].max())
    has_fixed = any(table["ar"].isin(index.years))
    reckoned = f"{prices} års priser är räknade med {index.name}{_WHY.get(case.local.prices, '')}."
    fixed = f" {reckoned}{_without_prices(table, index)}"
    basis = (
        "Beloppen är tolv månaders kostnad delad med folkmängden den 31 december samma år, så att åren kan jämföras."
        f"{fixed if has_fixed else ''} Jämn fördelning är hela gruppens kostnad delad med hela gruppens invånare."
    )
    source = f"{official_population()}; {price_index()}" if has_fixed else official_population()
    blocks: list[Block] = [
        Text(typeset(basis), source),
        _table(case, table, prices if has_fixed else None, year, source),
    ]
    known = table[(table["ar"] == year) & (table["lagst_kr_per_invanare"] == table["hogst_kr_per_invanare"])]
    if len(known) == len(case.members):
        blocks.append(case.figure(f"per-invanare-{year}", COMPUTED, figures.burden_by_municipality, year, case.name))
        if tiles.has_layout(case.agreement_id):
            blocks.append(case.figure(f"avvikelse-karta-{year}", COMPUTED, tiles.deviation, year, case.name or None))
    if case.account.years_of(Origin.ANNEX) and len(case.account.years) > 1:
        make = over_time.share_by_year if case.member else multiples.shares_by_municipality
        name = f"andel-{case.name}" if case.member else "andelar-alla-kommuner"
        blocks.append(case.figure(name, "dokumenterad och beräknad", make, case.name or None))
    return Section("Kostnad per invånare", tuple(blocks))


def _without_prices(table: pd.DataFrame, index: burden.Prices) -> str:
    """Which years have no fixed prices, where the chosen series ends before the amounts do."""
    left_out = sorted(set(table["ar"]) - set(index.years))
    if not left_out:
        return ""
    return (
        f" Serien finns för {index.years[0]}–{index.years[-1]}; {', '.join(map(str, left_out))} saknar därför belopp i "
        "fasta priser."
    )


def _table(case: Case, table: pd.DataFrame, prices: int | None, year: int, source: str) -> Block:
    """The member's years, or all members in the last known year; with ``prices`` also in that year's."""
    measures = {
        "Årets priser": "kr_per_invanare",
        **({f"{prices} års priser": f"kr_per_invanare_{prices}_ars_priser"} if prices else {}),
        "Jämn fördelning": "jamn_kr_per_invanare",
    }
    first: tuple[str, ...]
    of_row: list[tuple[str, ...]]
    if case.member:
        own, first = case.own(table), ("År", "Enligt")
        caption = f"{case.name}: kr per invånare, tolv månader"
        of_row = [(str(row.ar), typeset(row.enligt)) for row in rows(own)]
    else:
        own, first = table[table["ar"] == year].sort_values("kommun"), ("Kommun",)
        caption = f"Kr per invånare {year}, tolv månader"
        of_row = [(row.kommun,) for row in rows(own)]
    body = [
        (*begins, *(_rate(row, measure) for measure in measures.values()), _underlag(row.underlag))
        for begins, row in zip(of_row, rows(own), strict=True)
    ]
    headings = (*first, *measures, "Underlag")
    return case.table("per-invanare", caption, headings, body, f"{cited(case.agreement_id, own['kalla'])}; {source}")


def _underlag(of: str) -> str:
    """What a rate rests on: a documented amount makes it a computed one."""
    return COMPUTED if of == Underlag.DOKUMENTERAD else underlag(of)


def _rate(row: object, measure: str) -> str:
    low, high = (getattr(row, f"{end}_{measure}") for end in ("lagst", "hogst"))
    return "" if low is None or pd.isna(low) else per_head(low, high)


def old_population(case: Case) -> Section | None:
    """What a figure of the wrong year in an annex moves, or nothing where all are right."""
    blocks: list[Block] = []
    for annex in reproduced.stale_annexes(case.agreement_id):
        frame = reproduced.stale_population(case.agreement_id, annex)
        blocks += [_moved(case, annex, frame), case.figure(f"gammal-folkmangd-{annex}", COMPUTED,
                                                                who_pays.stale_population, annex, case.name)]  # fmt: skip
    return Section("En inaktuell folkmängd i bilagan", tuple(blocks)) if blocks else None


def _moved(case: Case, annex: str, frame: pd.DataFrame) -> Text:
    version = {each.name: each.version for each in case.account.folder.annexes}[annex]
    moved = reproduced.stale_in_short(frame)
    wrong = frame[frame["folkmangd_bilaga"] != frame["folkmangd_scb"]]
    sentences = [
        f"I bilagan till {version.name} har {row.kommun} {format_number(row.folkmangd_bilaga)} invånare; SCB har "
        f"{format_number(row.folkmangd_scb)}. Med SCB:s tal och bilagans egen regel ska {row.kommun} betala "
        f"{format_kr(abs(row.skillnad_bilagans_regel_kr))} "
        f"{'mer' if row.skillnad_bilagans_regel_kr < 0 else 'mindre'} än bilagan "
        "anger."
        for row in rows(wrong)
    ]
    sentences.append(
        f"De övriga debiteras {format_kr(moved.overpaid_kr)} för mycket; {format_kr(moved.rounding_kr)} är avrundning."
    )
    own = frame[frame["kommun"] == case.name]
    if not own.empty and case.name not in set(wrong["kommun"]):
        difference = own["skillnad_bilagans_regel_kr"].iloc[0]
        sentences.append(
            f"{case.name} debiteras {format_kr(abs(difference))} för {'mycket' if difference > 0 else 'lite'}."
        )
    for row in rows(wrong):
        exact = abs(row.skillnad_exakta_andelar_kr)
        sentences.append(
            f"(Med exakta andelar av den tryckta summan i stället för bilagans avrundning blir skillnaden "
            f"{format_kr(exact, 2)}.)"
        )
    source = f"{documents(case.agreement_id, version.document)}; {official_population()}"
    return Text(typeset(" ".join(sentences)), source)
