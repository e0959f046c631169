"""What is saved when the agreement ends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from analys import savings
from analys.figures import draw
from analys.figures.chart import ACCENT, CONTRAST, MUTED, Chart, canvas, slug
from analys.figures.sources import documents, official_population
from analys.swedish import format_date, format_number, format_tkr, format_tkr_range
from analys.tables import rows


def _stated(own: pd.DataFrame, column: str) -> Decimal:
    """The middle of the interval that a rounded amount stands for: the amount as it was stated."""
    middle: Decimal = (own[f"{column}_lagst_kr"].iloc[0] + own[f"{column}_hogst_kr"].iloc[0]) / 2
    return middle


def _gross(price_year: int) -> str:
    return f"Brutto, {price_year} års priser, om alla kommuner lämnar."


def saving_by_year(agreement_id: str, end: dt.date, highlight: str = "Norrköping") -> Chart:
    """One municipality's saving in the year of the end and in the first full year, by its own stated amount."""
    table = savings.savings_by_municipality(agreement_id, end)
    own = table[(table["kommun"] == highlight) & (table["underlag"] == "dokumenterad")]
    width = (own["helar_hogst_kr"] - own["helar_lagst_kr"]).astype("float64")
    own = own.loc[[width.idxmin()]]  # a payment stated for the year goes before a range over several
    part, full, row = _stated(own, "innevarande_ar"), _stated(own, "helar"), own.iloc[0]
    years = [row["ar"], row["helar"]]
    title = f"{highlight} sparar {format_tkr(part)} {years[0]} och {format_tkr(full)} {years[1]} om avtalet upphör"
    figure, (axes,) = canvas(
        title,
        f"Avtalet upphör den {format_date(end)}; {row['manader']} månader av {years[0]} betalas inte. Beräknat ur "
        f"{row['enligt']} för {row['prisniva']} (dokumenterat). {_gross(row['prisniva'])}",
        documents(agreement_id, row["kalla"]),
        height_cm=7,
    )
    data = own[["kommun", "ar", "manader", "innevarande_ar_lagst_kr", "innevarande_ar_hogst_kr", "helar", "helar_lagst_kr",
                "helar_hogst_kr"]]  # fmt: skip
    axes.bar(range(2), [float(part) / 1000, float(full) / 1000], width=0.5, color=ACCENT)
    for position, amount in enumerate((part, full)):
        draw.note(axes, format_tkr(amount), position, float(amount) / 1000, dy=3, fontsize=10, fontweight="bold")
    axes.set_xticks(range(2), [f"{years[0]}\n({row['manader']} månader)", f"{years[1]}\n(helår)"])
    axes.set_xlim(-0.6, 1.6)
    axes.set_ylim(0, float(full) / 1000 * 1.18)
    draw.swedish_axis(axes.yaxis, bins=5)
    draw.quiet(axes, grid="y")
    axes.set_ylabel("tkr")
    months = f"{years[0]} ({row['manader']} månader)"
    alt = f"Två staplar: {format_tkr(part)} för {months} och {format_tkr(full)} för helåret {years[1]}."
    return Chart(f"besparing-{slug(highlight)}", title, alt, figure, data)


def saving_by_municipality(agreement_id: str, end: dt.date, highlight: str = "Norrköping") -> Chart:
    """The full-year saving of every municipality under each of the two reported payments, as two marks a row."""
    table = savings.savings_by_municipality(agreement_id, end)
    sources = [name for name in sorted(set(table["enligt"])) if (table["enligt"] == name).sum() > 1]
    data = table[table["enligt"].isin(sources)].reset_index(drop=True)
    order = data.groupby("kommun")["helar_hogst_kr"].max().sort_values(ascending=False).index
    title = f"Helårsbesparingen {data['helar'].iloc[0]} beror på vilken av två uppgifter som stämmer"
    figure, (axes,) = canvas(
        title,
        f"Besparing för helåret {data['helar'].iloc[0]} om avtalet upphör den {format_date(end)}, tkr (logaritmisk skala). "
        "Fylld punkt: kommunens egen uppgift. Öppen: skattad ur en annan kommuns uppgift. "
        f"{_gross(data['prisniva'].iloc[0])}",
        f"{documents(agreement_id, ', '.join(data['kalla'].unique()))}; {official_population()}",
        height_cm=10.5,
    )
    colours = dict(zip(sources, (ACCENT, CONTRAST), strict=False))
    for position, name in enumerate(order):
        of_one = list(rows(data[data["kommun"] == name].sort_values("helar_lagst_kr")))
        middle = [float(row.helar_lagst_kr + row.helar_hogst_kr) / 2000 for row in of_one]
        axes.plot(middle, [position] * len(middle), color=MUTED, linewidth=1, zorder=1)
        for row, x in zip(of_one, middle, strict=True):
            mark = draw.documented_dot if row.underlag == "dokumenterad" else draw.estimated_dot
            mark(axes, x, position, colours[row.enligt])
        draw.note(axes, format_number(middle[0]), middle[0], position, dx=-7, ha="right", va="center", fontsize=7.5)
        draw.note(axes, format_number(middle[-1]), middle[-1], position, dx=7, ha="left", va="center", fontsize=7.5)
    axes.set_xscale("log")
    axes.set_xlim(5, 800)
    axes.set_xticks([10, 20, 50, 100, 200, 500], [format_number(tick) for tick in (10, 20, 50, 100, 200, 500)])
    axes.minorticks_off()
    axes.set_yticks(range(len(order)), list(order))
    for tick in axes.get_yticklabels():
        tick.set_fontweight("bold" if tick.get_text() == highlight else "normal")
    axes.set_ylim(len(order) - 0.4, -0.6)
    for line, (side, source) in enumerate(zip(("Vänster", "Höger"), sources, strict=True)):
        label, below_all = f"{side} tal: om {source} stämmer", len(order) - 2.6 + line
        draw.note(axes, label, 55, below_all, ha="left", va="center", colour=colours[source], fontweight="bold")
    draw.quiet(axes, grid="x")
    axes.set_xlabel("tkr")
    alt = f"Två punkter per kommun för helåret {data['helar'].iloc[0]}. " + "; ".join(
        f"{name} " + " eller ".join(
            f"{format_tkr_range(row.helar_lagst_kr, row.helar_hogst_kr)} (om {row.enligt} stämmer)"
            for row in rows(data[data["kommun"] == name])
        )
        for name in order
    )  # fmt: skip
    return Chart("besparing-per-kommun", title, f"{alt}.", figure, data)
