"""What is saved when the agreement ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from analys import savings
from analys.figures import draw
from analys.figures.chart import ACCENT, MUTED, Chart, canvas, slug
from analys.figures.sources import documents, official_population
from analys.swedish import NBSP, format_date, format_number, format_tkr, format_tkr_range
from analys.tables import rows

#: The part year and the full year, as the columns of the savings begin.
_YEARS: Final = ("innevarande_ar", "helar")
_SHOWN: Final = [
    "kommun", "enligt", "ar", "manader", "innevarande_ar_lagst_kr", "innevarande_ar_hogst_kr", "helar",
    "helar_lagst_kr", "helar_hogst_kr",
]  # fmt: skip
_BAR: Final = 0.36
_COUNTS: Final = {2: "två", 3: "tre", 4: "fyra"}


def _gross(price_year: int) -> str:
    return f"Brutto, {price_year} års priser, om alla kommuner lämnar."


def saving_by_year(agreement_id: str, end: dt.date, highlight: str | None = "Norrköping") -> Chart:
    """The saving in the year of the end and in the first full year: one municipality's, or (``None``) that of all.

    Solid bars where the municipality has stated what it paid; otherwise an open bar with its interval for each
    statement that an estimate follows from.
    """
    table = savings.savings_by_municipality(agreement_id, end)
    own = table[table["kommun"] == highlight] if highlight else _of_all(table)
    stated = own[own["underlag"] == "dokumenterad"]
    if stated.empty:
        return _estimated_by_year(
            agreement_id, end, own.reset_index(drop=True), f"besparing-{slug(highlight or 'alla')}"
        )
    width = (stated["helar_hogst_kr"] - stated["helar_lagst_kr"]).astype("float64")
    one = stated.loc[[width.idxmin()]]  # a payment stated for the year goes before a range over several
    return _stated_by_year(agreement_id, end, one.reset_index(drop=True))


def _of_all(table: pd.DataFrame) -> pd.DataFrame:
    """The sums of all municipalities, by each statement that gives every one of them an amount."""
    count = table["kommunkod"].nunique()
    bounds = [f"{year}_{which}_kr" for year in _YEARS for which in ("lagst", "hogst")]
    whole = [own for _, own in table.groupby("enligt") if len(own) == count]
    sums = [{bound: sum(own[bound], Decimal(0)) for bound in bounds} for own in whole]
    who = {"kommun": f"De {count} kommunerna", "underlag": "skattad"}
    return pd.DataFrame([own.iloc[0].to_dict() | each | who for own, each in zip(whole, sums, strict=True)])


def _stated_by_year(agreement_id: str, end: dt.date, own: pd.DataFrame) -> Chart:
    row = own.iloc[0]
    part, full = ((row[f"{year}_lagst_kr"] + row[f"{year}_hogst_kr"]) / 2 for year in _YEARS)  # as it was stated
    title = (
        f"{row['kommun']} sparar {format_tkr(part)} {row['ar']} och {format_tkr(full)} {row['helar']} om avtalet upphör"
    )
    figure, (axes,) = canvas(
        title,
        f"Avtalet upphör den {format_date(end)}; {row['manader']} månader av {row['ar']} betalas inte. Beräknat ur "
        f"{row['enligt']} för {row['prisniva']} (dokumenterat). {_gross(row['prisniva'])}",
        documents(agreement_id, row["kalla"]),
        height_cm=7,
    )
    axes.bar(range(2), [float(part) / 1000, float(full) / 1000], width=0.5, color=ACCENT)
    for position, amount in enumerate((part, full)):
        draw.note(axes, format_tkr(amount), position, float(amount) / 1000, dy=3, fontsize=10, fontweight="bold")
    _year_axes(axes, row, float(full) / 1000)
    alt = f"Två staplar: {format_tkr(part)} för {_months(row)} och {format_tkr(full)} för helåret {row['helar']}."
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
    title = f"{first['kommun']} sparar {either}{NBSP}tkr {first['helar']} om avtalet upphör"
    choice = ", en stapel för var och en" if len(sources) > 1 else ""
    figure, (axes,) = canvas(
        title,
        f"Avtalet upphör den {format_date(end)}; {first['manader']} månader av {first['ar']} betalas inte. Skattat ur "
        f"{' och '.join(sources)} för {first['prisniva']}{choice}. Öppen stapel med intervall: lägst till högst. "
        f"{_gross(first['prisniva'])}",
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
    axes.set_xticks(range(2), [f"{row['ar']}\n({row['manader']} månader)", f"{row['helar']}\n(helår)"])
    axes.set_xlim(-0.6, 1.6)
    axes.set_ylim(0, highest * top)
    draw.swedish_axis(axes.yaxis, bins=5)
    draw.quiet(axes, grid="y")
    axes.set_ylabel("tkr")


def saving_by_municipality(agreement_id: str, end: dt.date, highlight: str = "Norrköping") -> Chart:
    """The full-year saving of every municipality under each of the reported payments, a mark for each on its row."""
    table = savings.savings_by_municipality(agreement_id, end)
    sources = [name for name in sorted(set(table["enligt"])) if (table["enligt"] == name).sum() > 1]
    data = table[table["enligt"].isin(sources)].reset_index(drop=True)
    order = list(data.groupby("kommun")["helar_hogst_kr"].max().sort_values(ascending=False).index)
    year, price_year = data["helar"].iloc[0], data["prisniva"].iloc[0]
    title = (
        f"Helårsbesparingen {year} beror på vilken av {_COUNTS.get(len(sources), len(sources))} uppgifter som stämmer"
    )
    if len(sources) == 1:
        title = f"{order[0]} sparar mest och {order[-1]} minst helåret {year} om avtalet upphör"
    figure, (axes,) = canvas(
        title,
        f"Besparing för helåret {year} om avtalet upphör den {format_date(end)}, tkr (logaritmisk skala). "
        "Fylld punkt: kommunens egen uppgift. Öppen: skattad ur en annan kommuns uppgift, lägst till högst. "
        f"{_gross(price_year)}",
        f"{documents(agreement_id, ', '.join(data['kalla'].unique()))}; {official_population()}",
        height_cm=10.5,
    )
    for position, name in enumerate(order):
        of_one = list(rows(data[data["kommun"] == name].sort_values("helar_lagst_kr")))
        _savings_on_a_row(axes, position, of_one, sources, bold=name == highlight)
    lowest, highest = (float(each) / 1000 for each in (min(data["helar_lagst_kr"]), max(data["helar_hogst_kr"])))
    axes.set_xscale("log")
    axes.set_xlim(lowest * 0.6, highest * 1.85)
    ticks = [
        step * 10**power for power in range(-1, 7) for step in (1, 2, 5) if lowest <= step * 10**power <= highest * 1.85
    ]
    axes.set_xticks(ticks, [format_number(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks(range(len(order)), order)
    for tick in axes.get_yticklabels():
        tick.set_fontweight("bold" if tick.get_text() == highlight else "normal")
    axes.set_ylim(len(order) - 0.4, -0.6)
    for place, source in enumerate(sources if len(sources) > 1 else ()):
        label = f"{draw.ordinal(place, len(sources), 'Vänster', 'Höger')} tal: om {source} stämmer"
        y = 0.04 + 0.08 * (len(sources) - 1 - place)
        axes.text(
            1, y, label, transform=axes.transAxes, ha="right", fontsize=8, color=draw.series(place), fontweight="bold"
        )
    draw.quiet(axes, grid="x")
    axes.set_xlabel("tkr")
    alt = f"En punkt per kommun och uppgift för helåret {year}. " + "; ".join(
        f"{name} " + " eller ".join(
            f"{_mark(row)}{NBSP}tkr (om {row.enligt} stämmer)" for row in rows(data[data["kommun"] == name])
        )
        for name in order
    )  # fmt: skip
    return Chart("besparing-per-kommun", title, f"{alt}.", figure, data)


def _savings_on_a_row(axes: Axes, position: int, of_one: Sequence[Any], sources: Sequence[str], *, bold: bool) -> None:
    """One municipality's savings, lowest first: the first is written to the left of its mark, the last to the right."""
    middle = [float(row.helar_lagst_kr + row.helar_hogst_kr) / 2000 for row in of_one]
    axes.plot(middle, [position] * len(middle), color=MUTED, linewidth=1, zorder=1)
    for row, x in zip(of_one, middle, strict=True):
        mark = draw.documented_dot if row.underlag == "dokumenterad" else draw.estimated_dot
        mark(axes, x, position, draw.series(sources.index(row.enligt)))
    style: dict[str, Any] = {"va": "center", "fontsize": 7.5, "fontweight": "bold" if bold else "normal"}
    draw.note(axes, _mark(of_one[-1]), middle[-1], position, dx=7, ha="left", **style)
    if len(of_one) > 1:
        draw.note(axes, _mark(of_one[0]), middle[0], position, dx=-7, ha="right", **style)


def _mark(row: Any) -> str:
    """A full year's saving in tkr: as it was stated, or as the interval that it is estimated to."""
    low, high = row.helar_lagst_kr, row.helar_hogst_kr
    if row.underlag == "dokumenterad":
        return format_number((low + high) / 2000)
    return format_tkr_range(low, high, 0 if high >= 100_000 else 1).removesuffix(f"{NBSP}tkr")
