"""What each inhabitant carries, against a flat burden."""

from __future__ import annotations

from typing import Any

from analys import burden
from analys.account import Basis
from analys.errors import AnalysError
from analys.figures import draw
from analys.figures.chart import ACCENT, INK, MUTED, Chart, canvas
from analys.figures.sources import of_rows, official_population, price_index
from analys.swedish import NBSP, format_kr, format_number, genitive
from analys.tables import rows


def burden_by_municipality(agreement_id: str, year: int, highlight: str | None = None) -> Chart:
    """Kronor per inhabitant of one year whose amounts are known, sorted, with the flat burden as a line."""
    table = burden.burden_by_municipality_year(agreement_id, Basis.TWELVE_MONTHS, [year])
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
        f"Tolv månaders kostnad enligt {table['enligt'].iloc[0]}, per invånare den 31{NBSP}december {year}, kr i "
        f"{year} års "
        f"priser. Linjen är jämn fördelning, {format_kr(flat, 2)}. Beräknat. OBS: axeln börjar inte vid noll.",
        f"{of_rows(agreement_id, table)}; {official_population()}",
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


def burden_by_year(agreement_id: str, highlight: str, price_year: int | None = None) -> Chart:
    """The highlighted municipality's burden by year in fixed prices: bars where computed, intervals where estimated."""
    prices = burden.latest_prices(agreement_id) if price_year is None else price_year
    table = burden.burden_by_municipality_year(agreement_id, Basis.TWELVE_MONTHS, price_year=prices)
    columns = [f"lagst_kr_per_invanare_{prices}_ars_priser", f"hogst_kr_per_invanare_{prices}_ars_priser"]
    own = table["kommun"] == highlight
    level = f"{prices} års priser (KPI)"
    if table.loc[own, columns[0]].isna().all():  # the index does not reach these years
        columns, level = ["lagst_kr_per_invanare", "hogst_kr_per_invanare"], "varje års egna priser"
    of_one = own & table[columns[0]].notna()
    if not of_one.any():
        raise AnalysError(f"{agreement_id}: inget anger kostnaden per invånare för {highlight}")
    data = table.loc[of_one, ["kommun", "ar", "enligt", "underlag", *columns, "kalla"]].reset_index(drop=True)
    data.columns = ["kommun", "ar", "enligt", "underlag", "lagst", "hogst", "kalla"]
    first, last = data[data["ar"] == data["ar"].min()], data[data["ar"] == data["ar"].max()]
    ends = [f"{' eller '.join(map(_span, rows(last)))} {data['ar'].max()}"]
    if data["ar"].nunique() > 1:
        ends.insert(0, f"{_span(next(rows(first)))} {data['ar'].min()}")
    title = f"{genitive(highlight)} kostnad per invånare: {', '.join(ends)}"
    figure, (axes,) = canvas(
        title,
        f"Tolv månaders kostnad per invånare den 31{NBSP}december, kr i {level}. Fylld stapel: beräknad ur dokumenterade "
        "belopp. Streckad ruta: lägsta till högsta möjliga, skattad eller beräknad ur kommunens egen uppgift.",
        f"{of_rows(agreement_id, data)}; {official_population()}; {price_index()}",
        height_cm=8.5,
    )
    for row in rows(data):
        low, high = float(row.lagst), float(row.hogst)
        if row.lagst == row.hogst:
            axes.bar(row.ar, low, width=0.6, color=ACCENT)
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
    alt = f"Staplar och intervall per år för {highlight}: " + ", ".join(f"{row.ar} {_span(row)}" for row in rows(data))
    return Chart("per-invanare-over-tid", title, f"{alt}.", figure, data.drop(columns="kalla"))


def _span(row: Any) -> str:
    low, high = row.lagst, row.hogst
    return format_kr(low, 2) if low == high else f"{format_number(low, 2)}–{format_kr(high, 2)}"
