"""Who is to pay what, and what a wrong population figure moves between them."""

from __future__ import annotations

from decimal import Decimal

from analys.account import Basis, Origin, account, amounts_by_municipality_year, reproduced
from analys.evidence import Underlag
from analys.figures import draw
from analys.figures.chart import CONTRAST, MARK, Chart, canvas
from analys.figures.sources import annex_source, documents, official_population
from analys.swedish import MINUS, format_kr, format_number, format_percent, format_tkr
from analys.tables import rows


def charged(agreement_id: str, year: int, highlight: str | None = None) -> Chart:
    """Sorted bars of what an annex says shall be charged in one invoice year, the highlighted municipality marked."""
    amounts = amounts_by_municipality_year(agreement_id, Basis.INVOICE, [year])
    amounts = amounts[amounts["ursprung"] == Origin.ANNEX].sort_values("lagst_kr", ascending=False, ignore_index=True)
    total = sum(amounts["lagst_kr"], Decimal(0))
    data = amounts[["kommun", "lagst_kr"]].rename(columns={"lagst_kr": "belopp_kr"})
    data["andel"] = [amount / total for amount in data["belopp_kr"]]
    first, second = data["kommun"][:2]
    own = data[data["kommun"] == highlight]
    both = format_percent(sum(data["andel"][:2]), 0)
    title = f"{first} och {second} ska enligt bilagan betala {both} av {year} års kostnad"
    if not own.empty and highlight not in (first, second):
        title += f", {highlight} {format_percent(own['andel'].iloc[0], 1)}"
    figure, (axes,) = canvas(
        title,
        f"Debiteras {year} enligt bilagan, {len(data)} kommuner, tkr och andel av {format_kr(total)}. Dokumenterat.",
        documents(agreement_id, amounts["kalla"].iloc[0]),
        height_cm=9.5,
    )

    def label(row: int) -> str:
        return f"{format_tkr(data['belopp_kr'][row], 1)} ({format_percent(data['andel'][row], 1)})"

    draw.bars(axes, list(data["kommun"]), [value / 1000 for value in data["belopp_kr"]], label, highlight)
    axes.set_xlim(0, float(data["belopp_kr"].max()) / 1000 * 1.22)
    draw.swedish_axis(axes.xaxis)
    axes.set_xlabel("tkr")
    of_own = f" {highlight}: {format_tkr(own['belopp_kr'].iloc[0], 1)}." if not own.empty else ""
    alt = (
        f"Liggande staplar för {len(data)} kommuner, vad de ska betala enligt bilagan, störst överst: {first} "
        f"{format_tkr(data['belopp_kr'][0], 1)}, "
        f"{second} {format_tkr(data['belopp_kr'][1], 1)}, minst {data['kommun'].iloc[-1]} "
        f"{format_tkr(data['belopp_kr'].iloc[-1], 1)}.{of_own}"
    )
    return Chart(f"debiteras-{year}", title, alt, figure, data)


def stale_population(agreement_id: str, annex: str, highlight: str | None = None) -> Chart:
    """Diverging bars: what the annex charges each too much or too little because a population is of the wrong year."""
    effect = reproduced.stale_population(agreement_id, annex)
    moved = reproduced.stale_in_short(effect)
    column = "skillnad_bilagans_regel_kr"
    data = effect[["kommun", "folkmangd_bilaga", "folkmangd_scb", column, "skillnad_exakta_andelar_kr"]]
    data = data.sort_values(column, ascending=False, ignore_index=True)
    lowest, highest = data.iloc[-1], data.iloc[0]
    own = next((row for _, row in data.iterrows() if row["kommun"] == highlight), highest)
    shown = highest if own["kommun"] == lowest["kommun"] else own
    title = (
        f"Bilagan {annex} debiterar {lowest['kommun']} {format_kr(-lowest[column])} för lite och "
        f"{shown['kommun']} {format_kr(abs(shown[column]))} för {'lite' if shown[column] < 0 else 'mycket'}"
    )
    figure, (axes,) = canvas(
        title,
        f"Belopp enligt bilagan minus belopp med SCB:s folkmängd och bilagans regel, kr. Beräknat. {lowest['kommun']} "
        f"har i "
        f"bilagan {format_number(lowest['folkmangd_bilaga'])} invånare, hos SCB "
        f"{format_number(lowest['folkmangd_scb'])}. "
        f"De övriga debiteras {format_kr(moved.overpaid_kr)} för mycket; {format_kr(moved.rounding_kr)} är avrundning.",
        f"{annex_source(agreement_id, annex)}; {official_population()}",
        height_cm=9.8,
    )
    draw.bars(
        axes,
        list(data["kommun"]),
        list(data[column]),
        lambda row: format_number(data[column][row], sign=True),
        highlight,
    )
    for patch, value in zip(axes.patches, data[column], strict=True):
        patch.set_facecolor(CONTRAST if value < 0 else MARK)
        if value < 0:
            patch.set_hatch("xx")  # the sign is seen without colours too
    axes.axvline(0, color="black", linewidth=0.8)
    reach = float(max(abs(value) for value in data[column]))
    axes.set_xlim(-reach * 1.34, float(highest[column]) * 1.45)
    draw.swedish_axis(axes.xaxis)
    axes.set_xlabel(f"kr ({MINUS} debiteras för lite, + debiteras för mycket)")
    alt = (
        f"Liggande staplar kring noll. Bilagan debiterar {lowest['kommun']} {format_kr(-lowest[column])} för lite; de "
        f"övriga {len(data) - 1} kommunerna debiteras {format_kr(moved.overpaid_kr)} för mycket, mest "
        f"{highest['kommun']} "
        f"med {format_kr(highest[column])}. {format_kr(moved.rounding_kr)} är avrundning."
    )
    return Chart(f"gammal-folkmangd-{annex}", title, alt, figure, data)


def allocated(agreement_id: str, year: int, total_ore: int | None = None, highlight: str | None = None) -> Chart:
    """Sorted bars of what an agreement's terms give each payer for a year; ``total_ore`` where no document states it."""
    result = account(agreement_id).allocation(year, total_ore)
    agreement = result.agreement
    data = result.to_frame()[["kommun", "belopp_kr", "andel", "kr_per_invanare"]]
    data = data.sort_values("belopp_kr", ascending=False, ignore_index=True)
    total, first = Decimal(result.total_ore) / 100, data.iloc[0]
    part = format_percent(first["andel"], 0)
    title = f"{agreement.name}: {first['kommun']} ska betala {part} av {format_kr(total)} {year}"
    figure, (axes,) = canvas(
        title,
        f"Fördelning {year} enligt avtalets villkor, {len(data)} betalare, kr. {_UNDERLAG_IN_WORDS[result.underlag]}",
        documents(agreement_id, ", ".join(document.id for document in agreement.documents)),
        height_cm=min(max(7.5, 3.5 + 0.5 * len(data)), _PAGE),
    )
    amounts = list(data["belopp_kr"])
    draw.bars(axes, list(data["kommun"]), amounts, lambda row: format_kr(amounts[row]), highlight)
    axes.set_xlim(0, float(max(amounts)) * 1.2)
    draw.swedish_axis(axes.xaxis, bins=5)
    axes.set_xlabel("kr")
    alt = f"Liggande staplar, störst överst: {', '.join(f'{row.kommun} {format_kr(row.belopp_kr)}' for row in rows(data))}."
    return Chart(f"fordelning-{agreement.id}-{year}", title, alt, figure, data)


#: The highest chart that leaves room for its caption on a page of A4, cm.
_PAGE = 21
_UNDERLAG_IN_WORDS = {
    Underlag.DOKUMENTERAD: "Dokumenterat.",
    Underlag.BERAKNAD: "Beräknat.",
    Underlag.SKATTAD: "Skattat.",
}
