"""What each inhabitant carries, against a flat burden."""

from __future__ import annotations

from typing import Any

from analys import burden
from analys.figures import draw
from analys.figures.chart import ACCENT, INK, MARK, MUTED, Chart, canvas
from analys.figures.sources import annex_source, official_population, price_index
from analys.reconstruct import View
from analys.swedish import NBSP, format_kr, format_number, format_percent
from analys.tables import rows


def burden_by_municipality(agreement_id: str, year: int = 2018, highlight: str = "Norrköping") -> Chart:
    """Kronor per inhabitant of one documented invoice year, sorted, with the flat burden as a line."""
    table = burden.burden_by_municipality_year(agreement_id, View.INVOICE, [year])
    data = table[["kommun", "folkmangd", "lagst_kr_per_invanare", "lagst_jamn_kr_per_invanare"]]
    data.columns = ["kommun", "folkmangd", "kr_per_invanare", "jamn_kr_per_invanare"]
    data = data.sort_values("kr_per_invanare", ignore_index=True)
    flat = data["jamn_kr_per_invanare"].iloc[0]
    lowest, highest = data.iloc[0], data.iloc[-1]
    title = (
        f"Kostnaden {year} är {format_kr(lowest['kr_per_invanare'], 2)} per invånare i {lowest['kommun']}, "
        f"{format_kr(highest['kr_per_invanare'], 2)} i {highest['kommun']}"
    )
    if highlight in set(data["kommun"]) - {lowest["kommun"], highest["kommun"]}:
        own = data.loc[data["kommun"] == highlight, "kr_per_invanare"].iloc[0]
        title += f" och {format_kr(own, 2)} i {highlight}"
    figure, (axes,) = canvas(
        title,
        f"Debiteras {year} enligt bilagan, per invånare den 31{NBSP}december {year}, kr i {year} års priser. Linjen är jämn "
        f"fördelning, {format_kr(flat, 2)} per invånare. Beräknat ur dokumenterade belopp. OBS: axeln börjar inte vid noll.",
        f"{annex_source(agreement_id, table['enligt'].iloc[0])}; {official_population()}",
        height_cm=9.5,
    )
    positions = range(len(data))
    axes.axvline(float(flat), color=INK, linewidth=1)
    draw.note(axes, f"jämn fördelning {format_number(flat, 2)}", float(flat), -0.85, dx=3, ha="left", va="center")
    for position, row in zip(positions, rows(data), strict=True):
        own = float(row.kr_per_invanare)
        colour, width, weight = (ACCENT, 2.2, "bold") if row.kommun == highlight else (MUTED, 1.4, "normal")
        axes.plot([float(flat), own], [position, position], color=colour, linewidth=width)
        draw.documented_dot(axes, own, position, colour)
        dx, side = (-7, "right") if row.kr_per_invanare < flat else (7, "left")
        label = format_number(row.kr_per_invanare, 2)
        draw.note(axes, label, own, position, dx=dx, ha=side, va="center", fontweight=weight)
    axes.set_yticks(list(positions), list(data["kommun"]))
    for tick in axes.get_yticklabels():
        tick.set_fontweight("bold" if tick.get_text() == highlight else "normal")
    axes.set_ylim(len(data) - 0.4, -1.4)
    axes.margins(x=0.12)
    draw.swedish_axis(axes.xaxis, 2)
    draw.quiet(axes, grid="x")
    axes.set_xlabel("kr per invånare (axeln börjar inte vid noll)")
    alt = (
        f"Punkter per kommun kring en linje för jämn fördelning, {format_kr(flat, 2)} per invånare. Lägst "
        f"{lowest['kommun']} {format_kr(lowest['kr_per_invanare'], 2)}, högst {highest['kommun']} "
        f"{format_kr(highest['kr_per_invanare'], 2)}."
    )
    return Chart(f"per-invanare-{year}", title, alt, figure, data)


def burden_by_year(agreement_id: str, highlight: str = "Norrköping", price_year: int = burden.PRICE_YEAR) -> Chart:
    """The highlighted municipality's burden by year in fixed prices: bars where documented, intervals where estimated."""
    table = burden.burden_by_municipality_year(agreement_id, View.ACCRUAL, price_year=price_year)
    columns = [f"lagst_kr_per_invanare_{price_year}_ars_priser", f"hogst_kr_per_invanare_{price_year}_ars_priser"]
    of_one = table["kommun"] == highlight
    data = table.loc[of_one, ["kommun", "ar", "enligt", "underlag", *columns]].reset_index(drop=True)
    data.columns = ["kommun", "ar", "enligt", "underlag", "lagst", "hogst"]
    full = data[(data["lagst"] == data["hogst"]) & (data["ar"] > data["ar"].min())]
    change = max(data["hogst"]) / full["lagst"].iloc[0] - 1
    title = (
        f"{highlight}: från {format_kr(full['lagst'].iloc[0], 2)} per invånare {full['ar'].iloc[0]} till högst "
        f"{format_kr(max(data['hogst']), 2)}"
    )
    figure, (axes,) = canvas(
        title,
        f"Kostnad per invånare och år i {price_year} års priser (KPI), kr, periodiserat. Fylld stapel: dokumenterat eller "
        f"beräknat ur dokumenterat. Streckad ruta: skattat. {data['ar'].min()} avser fyra månader.",
        f"{annex_source(agreement_id, ' och '.join(full['enligt']))}; {official_population()}; {price_index()}",
        height_cm=8.5,
    )
    for row in rows(data):
        low, high = float(row.lagst), float(row.hogst)
        if row.lagst == row.hogst:
            axes.bar(row.ar, low, width=0.6, color=ACCENT if row.ar > data["ar"].min() else MARK)
            draw.note(axes, format_number(row.lagst, 2), row.ar, low, dy=2)
        else:
            draw.interval_box(axes, row.ar, low, high, ACCENT)
            label = f"{format_number(row.lagst, 2)}–{format_number(row.hogst, 2)}"
            draw.note(axes, label, row.ar, high, dy=2, fontsize=7)
    draw.year_axis(axes, sorted(set(data["ar"])))
    axes.set_ylim(0, float(max(data["hogst"])) * 1.15)
    draw.swedish_axis(axes.yaxis, 1)
    draw.quiet(axes, grid="y")
    axes.set_ylabel("kr per invånare")
    alt = (
        f"Staplar och intervall per år för {highlight}: "
        + ", ".join(f"{row.ar} {_span(row)}" for row in rows(data))
        + f". Högsta möjliga är {format_percent(change, 0)} över {full['ar'].iloc[0]}."
    )
    return Chart("per-invanare-over-tid", title, alt, figure, data)


def _span(row: Any) -> str:
    low, high = row.lagst, row.hogst
    return format_kr(low, 2) if low == high else f"{format_number(low, 2)}–{format_kr(high, 2)}"
