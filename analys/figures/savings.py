"""What is saved when the agreement ends."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from analys import savings
from analys.figures import draw
from analys.figures.chart import ACCENT, PAPER, Chart, canvas, slug
from analys.figures.sources import documents, official_population
from analys.swedish import NBSP, format_date, format_number, format_tkr, format_tkr_range, genitive
from analys.tables import rows

#: The part year and the full year, as the columns of the savings begin.
_YEARS: Final = ("innevarande_ar", "helar")
_SHOWN: Final = [
    "kommun", "enligt", "ar", "manader", "innevarande_ar_lagst_kr", "innevarande_ar_hogst_kr", "helar",
    "helar_lagst_kr", "helar_hogst_kr",
]  # fmt: skip
_BAR: Final = 0.36
_END: Final = "Delårseffekt och helårseffekt, tkr"


def _gross(price_year: int) -> str:
    return f"Brutto, {price_year} års priser, om alla kommuner lämnar."


def saving_by_year(agreement_id: str, end: dt.date, highlight: str | None = None) -> Chart:
    """The saving in the year of the end and in the first full year: one municipality's, or (``None``) that of all.

    Solid bars where the municipality has stated what it paid; otherwise an open bar with its interval for each
    statement that an estimate follows from.
    """
    table = savings.savings_by_municipality(agreement_id, end)
    everybody = f"de {table['kommunkod'].nunique()} kommunerna"
    own = table[table["kommun"] == highlight] if highlight else savings.whole_group(table).assign(kommun=everybody)
    stated = own[own["underlag"] != "skattad"]
    if stated.empty:
        return _estimated_by_year(
            agreement_id, end, own.reset_index(drop=True), f"besparing-{slug(highlight or 'alla')}"
        )
    width = (stated["helar_hogst_kr"] - stated["helar_lagst_kr"]).astype("float64")
    one = stated.loc[[width.idxmin()]]  # a payment stated for the year goes before a range over several
    return _stated_by_year(agreement_id, end, one.reset_index(drop=True))


def _stated_by_year(agreement_id: str, end: dt.date, own: pd.DataFrame) -> Chart:
    row = own.iloc[0]
    part, full = ((row[f"{year}_lagst_kr"] + row[f"{year}_hogst_kr"]) / 2 for year in _YEARS)  # as it was stated
    title = (
        f"Upphör avtalet den {format_date(end)} minskar {genitive(row['kommun'])} kostnad med {format_tkr(part)} "
        f"{row['ar']} och {format_tkr(full)} {row['helar']}"
    )
    figure, (axes,) = canvas(
        title,
        f"{_END}: {row['manader']} månader av {row['ar']} debiteras inte. Beräknat ur {row['enligt']} för "
        f"{row['prisniva']}."
        " "
        f"{_gross(row['prisniva'])}",
        documents(agreement_id, row["kalla"]),
        height_cm=7,
    )
    axes.bar(range(2), [float(part) / 1000, float(full) / 1000], width=0.5, color=ACCENT)
    for position, amount in enumerate((part, full)):
        draw.note(axes, format_tkr(amount), position, float(amount) / 1000, dy=3, fontsize=10, fontweight="bold")
    _year_axes(axes, row, float(full) / 1000)
    alt = (
        f"Två staplar: delårseffekt {format_tkr(part)} för {_months(row)} och helårseffekt {format_tkr(full)} för "
        f"{row['helar']}."
    )
    return Chart(f"besparing-{slug(row['kommun'])}", title, alt, figure, own[_SHOWN])


def _estimated_by_year(agreement_id: str, end: dt.date, own: pd.DataFrame, name: str) -> Chart:
    """A pair of bars for each statement: to the middle of the interval, with a whisker from its low to its high."""
    first, sources = own.iloc[0], list(own["enligt"])
    decimals = 0 if max(own["helar_hogst_kr"]) >= 100_000 else 1
    texts = [
        [format_tkr_range(row[f"{year}_lagst_kr"], row[f"{year}_hogst_kr"], decimals) for year in _YEARS]
        for _, row in own.iterrows()
    ]
    either = " eller ".join(full.removesuffix(f"{NBSP}tkr") for _, full in texts)
    title = (
        f"Upphör avtalet den {format_date(end)} minskar {genitive(first['kommun'])} kostnad {first['helar']} med "
        f"{either}{NBSP}tkr"
    )
    choice = ", en stapel för var och en" if len(sources) > 1 else ""
    figure, (axes,) = canvas(
        title,
        f"{_END}: {first['manader']} månader av {first['ar']} debiteras inte. Skattat ur {' och '.join(sources)} för "
        f"{first['prisniva']}{choice}. Streck: lägst till högst. {_gross(first['prisniva'])}",
        f"{documents(agreement_id, ', '.join(own['kalla']))}; {official_population()}",
        height_cm=8 + 0.6 * len(own),
    )
    for place, (row, told) in enumerate(zip(rows(own), texts, strict=True)):
        for position, (year, text) in enumerate(zip(_YEARS, told, strict=True)):
            low, high = (float(getattr(row, f"{year}_{which}_kr")) / 1000 for which in ("lagst", "hogst"))
            x = position + (place - (len(own) - 1) / 2) * _BAR
            draw.estimated_bar(axes, x, low, high, draw.series(place), 0.9 * _BAR)
            draw.note(axes, text.removesuffix(f"{NBSP}tkr"), x, high, dy=4, fontsize=8.5, fontweight="bold")
    highest = float(max(own["helar_hogst_kr"])) / 1000
    _year_axes(axes, first, highest, top=1.18 + 0.14 * len(own))
    for place, source in enumerate(sources if len(sources) > 1 else ()):
        label = f"{draw.ordinal(place, len(sources), 'Vänster', 'Höger')} stapel: om {source} stämmer"
        y = highest * (1.09 + 0.14 * (len(sources) - place))
        style: dict[str, Any] = {"ha": "left", "va": "center", "fontweight": "bold"}
        draw.note(axes, label, -0.56, y, colour=draw.series(place), **style)
    each = "; ".join(
        f"om {source} stämmer {part} för {_months(first)} och {full} för helåret {first['helar']}"
        for source, (part, full) in zip(sources, texts, strict=True)
    )
    alt = f"{first['kommun']}: öppna streckade staplar med intervall, skattade; {each}."
    return Chart(name, title, alt, figure, own[_SHOWN])


def _months(row: pd.Series) -> str:
    return f"{row['ar']} ({row['manader']} månader)"


def _year_axes(axes: Axes, row: pd.Series, highest: float, top: float = 1.18) -> None:
    axes.set_xticks(
        range(2),
        [f"{row['ar']}: delårseffekt\n({row['manader']} månader)", f"{row['helar']}: helårseffekt\n(12 månader)"],
    )
    axes.set_xlim(-0.6, 1.6)
    axes.set_ylim(0, highest * top)
    draw.swedish_axis(axes.yaxis, bins=5)
    draw.quiet(axes, grid="y")
    axes.set_ylabel("tkr")


def saving_by_municipality(agreement_id: str, end: dt.date, highlight: str | None = None) -> Chart:
    """The full-year saving of every municipality under each of the reported payments, a bar for each on its row."""
    table = savings.savings_by_municipality(agreement_id, end)
    sources = [name for name in sorted(set(table["enligt"])) if (table["enligt"] == name).sum() > 1]
    data = table[table["enligt"].isin(sources)].reset_index(drop=True)
    order = list(data.groupby("kommun")["helar_hogst_kr"].max().sort_values(ascending=False).index)
    year, price_year = data["helar"].iloc[0], data["prisniva"].iloc[0]
    title = f"{order[0]} får störst helårseffekt {year} och {order[-1]} minst om avtalet upphör"
    if len(sources) > 1:
        title += f"; beloppen beror på vilken av {len(sources)} uppgifter de räknas ur"
    figure, (axes,) = canvas(
        title,
        f"Helårseffekt {year} om avtalet upphör den {format_date(end)}, tkr. Fylld stapel: beräknad ur kommunens egen "
        f"uppgift. Streckad: skattad ur en annan kommuns uppgift, till intervallets mitt. {_gross(price_year)}",
        f"{documents(agreement_id, ', '.join(data['kalla'].unique()))}; {official_population()}",
        height_cm=4.4 + (0.24 + 0.25 * len(sources)) * len(order),
    )
    for row in rows(data):
        place = sources.index(row.enligt)
        position = order.index(row.kommun) + (place - (len(sources) - 1) / 2) * _BAR
        _saving_bar(axes, position, row, draw.series(place))
    axes.set_yticks(range(len(order)), order)
    for tick in axes.get_yticklabels():
        tick.set_fontweight("bold" if tick.get_text() == highlight else "normal")
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_xlim(0, float(max(data["helar_hogst_kr"])) / 1000 * 1.2)
    for place, source in enumerate(sources if len(sources) > 1 else ()):
        label = f"{draw.ordinal(place, len(sources), 'Övre', 'Nedre')} stapeln: om {source} stämmer"
        y = 0.06 + 0.06 * (len(sources) - 1 - place)
        style: dict[str, Any] = {"ha": "right", "fontsize": 8, "color": draw.series(place), "fontweight": "bold"}
        axes.text(0.99, y, label, transform=axes.transAxes, **style)
    draw.swedish_axis(axes.xaxis)
    draw.quiet(axes, grid="x")
    axes.set_xlabel("tkr")
    alt = f"Liggande staplar, en per kommun och uppgift, helårseffekt {year}. " + "; ".join(
        f"{name} " + " eller ".join(
            f"{_mark(row)}{NBSP}tkr (om {row.enligt} stämmer)" for row in rows(data[data["kommun"] == name])
        )
        for name in order
    )  # fmt: skip
    return Chart("besparing-per-kommun", title, f"{alt}.", figure, data)


def _saving_bar(axes: Axes, position: float, row: Any, colour: str) -> None:
    """A solid bar for what follows from the municipality's own statement, an open one for an estimate."""
    middle = float(row.helar_lagst_kr + row.helar_hogst_kr) / 2000
    own: dict[str, Any] = {"color": colour}
    estimated: dict[str, Any] = {"facecolor": PAPER, "edgecolor": colour, "hatch": "////", "linewidth": 1}
    axes.barh(position, middle, height=_BAR * 0.86, **(estimated if row.underlag == "skattad" else own))
    draw.note(axes, _mark(row), middle, position, dx=4, ha="left", va="center", fontsize=7.5, colour=colour)


def _mark(row: Any) -> str:
    """A full year's saving in tkr: as it was stated, or as the interval that it is estimated to."""
    low, high = row.helar_lagst_kr, row.helar_hogst_kr
    if row.underlag != "skattad":
        return format_number((low + high) / 2000)
    return format_tkr_range(low, high, 0 if high >= 100_000 else 1).removesuffix(f"{NBSP}tkr")
