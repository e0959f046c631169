"""The economic chapters of an agreement whose annexes and statements are known: cost, burden, savings, assumptions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from analys import burden, savings
from analys.export import answers, remaining
from analys.export.blocks import Blank, Block, Section, Table, Text, typeset
from analys.export.case import Case
from analys.export.wording import (
    COMPUTED,
    DOCUMENTED,
    ESTIMATED,
    cited,
    listed,
    per_head,
    stated_thousands,
    thousands,
    underlag,
)
from analys.figures import burden as burden_figures
from analys.figures import multiples, over_time, tiles, totals, who_pays
from analys.figures import savings as savings_figures
from analys.figures.sources import official_population, price_index
from analys.reconstruct import View
from analys.swedish import NBSP, format_date, format_number, format_tkr, genitive
from analys.tables import rows


def summary(case: Case) -> tuple[Block, ...]:
    """The case in a few sentences, each with what its figures rest on."""
    sentences = [_paid_in_words(case) if case.member else _cost_in_words(case), _contradiction_in_words(case)]
    if case.end:
        sentences.append(_saving_in_words(case))
    return tuple(Text(typeset(sentence)) for sentence in sentences if sentence)


def opening(case: Case) -> tuple[Block, ...]:
    return (Text(case.sign.convention), Text("Kronor och ören, med formler som kan räknas om, finns i Excelbilagan."))


def sections(case: Case) -> tuple[Section, ...]:
    """The chapters, in the order that a council asks."""
    found = [_paid(case), _contradiction(case), _per_head(case), _stale(case), _saving(case)]
    found += [remaining.section(case), _assumptions(case)]
    return tuple(section for section in found if section)


# --- what was paid -----------------------------------------------------------------------------------------------------


def _of(frame: pd.DataFrame, case: Case) -> pd.DataFrame:
    assert case.member
    return frame[frame["kommunkod"] == case.member.code]


def _annexed(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that an annex states to the krona."""
    return frame[frame["enligt"].str.startswith("bilaga")]


def _amount(row: Any, stem: str = "{}_kr") -> str:
    low, high = (getattr(row, stem.format(end)) for end in ("lagst", "hogst"))
    return thousands(low, high) if row.underlag == ESTIMATED else stated_thousands(low, high)


def _paid_in_words(case: Case) -> str:
    own = _of(answers.amounts_by_year(case.agreement_id), case)
    charged = [f"{_amount(row)}{NBSP}tkr {row.ar}" for row in rows(_annexed(own))]
    text = f"{case.name} fakturerades {listed(charged)} enligt avtalens bilagor (dokumenterad)."
    stated = own[(own["underlag"] == "dokumenterad") & ~own["enligt"].str.startswith("bilaga")]
    if not stated.empty:
        claims = listed([f"{_amount(row)}{NBSP}tkr för {row.ar}" for row in rows(stated)])
        return f"{text} Kommunen uppger att den har betalat {claims} (dokumenterad)."
    last = own[own["ar"] == own["ar"].max()]
    estimates = " eller ".join(f"{_amount(row)}{NBSP}tkr ({row.enligt})" for row in rows(last))
    return (
        f"{text} Ingen handling anger vad {case.name} har betalat {last['ar'].iloc[0]}; ur andra kommuners uppgifter "
        f"följer {estimates} (skattad)."
    )


def _cost_in_words(case: Case) -> str:
    table = answers.totals_by_year(case.agreement_id)
    known = listed([f"{_amount(row)}{NBSP}tkr {row.ar}" for row in rows(_annexed(table))])
    unknown = [str(year) for year in sorted(set(table["ar"]) - set(_annexed(table)["ar"]))]
    text = f"De {len(case.members)} kommunerna fakturerades {known} enligt avtalens bilagor (dokumenterad)."
    span = f"{unknown[0]}–{unknown[-1]}" if len(unknown) > 1 else "".join(unknown)
    return f"{text} För {span} anger ingen handling hela kostnaden; den är skattad ur kommunernas egna uppgifter."


def _paid(case: Case) -> Section:
    year = int(_annexed(answers.amounts_by_year(case.agreement_id))["ar"].max())
    figure = case.figure(
        f"vem-betalade-{year}",
        f"Vad varje kommun fakturerades {year}",
        "dokumenterad",
        who_pays.who_paid,
        year,
        case.name,
    )
    if case.member:
        own = _of(answers.amounts_by_year(case.agreement_id), case)
        table = case.table(
            "betalat",
            f"Vad {case.name} har betalat per år, tkr, efter fakturans år",
            ("År", "Enligt", "Belopp, tkr", "Underlag"),
            [(str(row.ar), typeset(row.enligt), _amount(row), underlag(row.underlag)) for row in rows(own)],
            cited(case.agreement_id, own["kalla"]),
        )
        return Section(f"Vad {case.name} har betalat", (table, figure))
    data = answers.totals_by_year(case.agreement_id)
    table = case.table(
        "kostnad",
        "Hela kostnaden per år, tkr, efter fakturans år",
        ("År", "Enligt", "Belopp, tkr", "Underlag"),
        [(str(row.ar), typeset(row.enligt), _amount(row), underlag(row.underlag)) for row in rows(data)],
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
    data = _annexed(answers.amounts_by_year(case.agreement_id))
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


# --- what cannot both be true ------------------------------------------------------------------------------------------


def _incompatible(case: Case) -> pd.DataFrame:
    data = answers.totals_by_year(case.agreement_id)
    return data[data["oforenlig"]].sort_values(["ar", "lagst_kr"], ignore_index=True)


def _contradiction_in_words(case: Case) -> str:
    data = _incompatible(case)
    if data.empty:
        return ""
    lower, *_, upper = rows(data)
    return (
        f"Kommunernas uppgifter om {lower.ar} är oförenliga: {lower.enligt} förutsätter en totalkostnad på "
        f"{_amount(lower)}{NBSP}tkr och {upper.enligt} {_amount(upper)}{NBSP}tkr. De skiljer minst "
        f"{format_tkr(upper.lagst_kr - lower.hogst_kr)} (skattad). Här sägs inte vilken som är fel."
    )


def _contradiction(case: Case) -> Section | None:
    data = _incompatible(case)
    if data.empty:
        return None
    year = int(data["ar"].iloc[0])
    table = case.table(
        "oforenliga",
        f"Totalkostnad {year} som varje uppgift förutsätter, tkr",
        ("Uppgift", "Totalkostnad, tkr", "Underlag"),
        [(typeset(row.enligt), _amount(row), underlag(row.underlag)) for row in rows(data)],
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
        f"Uppgifter om {year} som är oförenliga", (Text(typeset(_contradiction_in_words(case))), table, figure)
    )


# --- what each inhabitant carries --------------------------------------------------------------------------------------


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


def _per_head(case: Case) -> Section:
    year = int(_annexed(answers.amounts_by_year(case.agreement_id))["ar"].max())
    columns = ("Kr/inv.", f"I {burden.PRICE_YEAR} års priser", "Jämn fördelning", "Avvikelse", "Underlag")
    if case.member:
        data = _of(answers.burden_by_year(case.agreement_id, View.ACCRUAL), case)
        sources = _of(answers.amounts_by_year(case.agreement_id), case)["kalla"]
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


# --- what an old population figure cost --------------------------------------------------------------------------------


def _stale(case: Case) -> Section | None:
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


# --- what is saved -----------------------------------------------------------------------------------------------------


def _signed(row: Any, stem: str, case: Case) -> str:
    low, high = (getattr(row, f"{stem}_{end}_kr") * case.sign.factor for end in ("lagst", "hogst"))
    return thousands(low, high) if row.underlag == ESTIMATED else stated_thousands(low, high)


def _rests_on_all(shown: pd.DataFrame) -> str:
    """What a chart of savings rests on: a stated amount is drawn alone, estimates where there is none."""
    return COMPUTED if shown["kommun"].nunique() == 1 and (shown["underlag"] == DOCUMENTED).any() else ESTIMATED


def _rests_on(row: Any) -> str:
    """What a saving rests on: it is always worked out, from a documented yearly amount or from an estimated one."""
    return ESTIMATED if row.underlag == ESTIMATED else COMPUTED


def _saving_in_words(case: Case) -> str:
    data = answers.savings_by_member(case.agreement_id, case.end)
    assert case.end
    lead = f"Upphör avtalet den {format_date(case.end)} blir"
    first = data.iloc[0]
    if case.member is None:
        return (
            f"{lead} {first['manader']} månader av {first['ar']} obetalda och hela {first['helar']}. Besparingen per kommun "
            f"framgår av tabellen under Ekonomiska konsekvenser. {_conditions(first)}"
        )
    own = _of(data, case)
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


def _saving(case: Case) -> Section:
    heading = "Besparing om avtalet upphör"
    if case.end is None:
        return Section(
            heading, (Blank("Skriv när avtalet upphör; inget beslut eller förslag i underlaget anger det."),)
        )
    data = answers.savings_by_member(case.agreement_id, case.end)
    clauses = savings.termination(case.agreement, case.end)
    shown = _of(data, case) if case.member else data.sort_values(["kommun", "enligt"])
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


# --- what is assumed ---------------------------------------------------------------------------------------------------


def _assumptions(case: Case) -> Section:
    log = answers.assumption_log(case.agreement_id)
    table = case.table(
        "antaganden",
        "Antaganden som siffrorna bygger på, och vad de är värda",
        ("Antagande", "Skäl", "Effekt"),
        [(typeset(row.antagande), typeset(row.skal), typeset(row.effekt)) for row in rows(log)],
        "projektets antagandelogg (docs/antaganden.md)",
        "beräknad",
    )
    return Section("Antaganden", (table,))
