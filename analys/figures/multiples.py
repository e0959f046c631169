"""Every municipality's share over the years, a small panel each."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from analys.account import shares_by_municipality_year
from analys.figures import draw
from analys.figures.chart import MUTED, Chart, canvas
from analys.figures.sources import BETWEEN, annex_source, official_population
from analys.swedish import format_number, format_percent, genitive
from analys.tables import rows

_COLUMNS: Final = 5


def shares_by_municipality(agreement_id: str, highlight: str | None = None) -> Chart:
    """Small multiples, largest share first: computed shares as an open line, the annexes' printed ones as solid points.

    The panels' scales differ, but each spans the same part of its municipality's own share, so slopes compare.
    """
    data = shares_by_municipality_year(agreement_id)
    computed, documented = (data[data["underlag"] == kind] for kind in ("beraknad", "dokumenterad"))
    first, last = computed["ar"].min(), computed["ar"].max()
    by_name = computed.sort_values("ar").groupby("kommun")["andel"]
    start, end = by_name.first(), by_name.last()  # of those that join or leave, their own first and last
    order = list(end.sort_values(ascending=False, kind="stable").index)
    change = (end - start).sort_values()
    title = (
        f"{genitive(str(change.index[-1]))} andel ökade mest {first}–{last}, med {_points(change.iloc[-1])} "
        f"procentenheter; "
        f"{genitive(str(change.index[0]))} minskade mest, med {_points(-change.iloc[0])}"
    )
    span = _span(data)
    figure, panels = canvas(
        title,
        f"Andel av kostnaden, procent. Öppna punkter: beräknad ur avtalets nyckel. Fyllda punkter: bilagornas andel "
        f"(dokumenterad). OBS: varje ruta har egen skala, som inte börjar vid noll utan spänner "
        f"{format_percent(span, 0)} av kommunens andel. Över rutan: beräknad andel första och sista året.",
        BETWEEN.join(filter(None, [annex_source(agreement_id, *documented["kalla"]), official_population()])),
        height_cm=4.6 + 3.2 * math.ceil(len(order) / _COLUMNS),
        columns=_COLUMNS,
        rows=math.ceil(len(order) / _COLUMNS),
        sharex=True,
    )
    for axes, name in zip(panels, order, strict=False):
        _panel(axes, computed[computed["kommun"] == name], documented[documented["kommun"] == name], span)
        weight = "bold" if name == highlight else "normal"
        heading = f"{name}\n{format_number(start[name] * 100, 2)} till {format_percent(end[name])}"
        axes.set_title(heading, loc="left", fontsize=8, fontweight=weight)
    for axes in panels[len(order) :]:
        axes.set_axis_off()
    for axes in panels[max(0, len(order) - _COLUMNS) : len(order)]:
        axes.tick_params(axis="x", labelbottom=True)
    alt = f"En liten linje per kommun över andelen {first}–{last} efter nyckeln: " + ", ".join(
        f"{name} {format_percent(start[name])} till {format_percent(end[name])}" for name in order
    )
    columns = ["kommun", "ar", "underlag", "andel", "kalla"]
    table = data.sort_values("kommun", key=lambda names: names.map(order.index), kind="stable", ignore_index=True)
    return Chart("andelar-alla-kommuner", title, f"{alt}.", figure, table[columns])


def _points(difference: Decimal) -> str:
    return format_number(difference * 100, 2)


def _span(shares: pd.DataFrame) -> float:
    """The part of a municipality's middle share that every panel must span."""
    of_one = shares.groupby("kommun")["andel"]
    widest = max(float((own.max() - own.min()) / ((own.max() + own.min()) / 2)) for _, own in of_one)
    return math.ceil(widest * 1.25 * 20) / 20


def _panel(axes: Axes, computed: pd.DataFrame, documented: pd.DataFrame, span: float) -> None:
    """One municipality's shares in per cent; the scale is said by the panel's heading, so the axis is left out."""
    years, percent = list(computed["ar"]), [float(part) * 100 for part in computed["andel"]]
    axes.plot(years, percent, color=MUTED, linewidth=1, zorder=1)
    for year, value in zip(years, percent, strict=True):
        draw.estimated_dot(axes, year, value, MUTED, size=3.5)
    for row in rows(documented):
        draw.documented_dot(axes, row.ar, float(row.andel) * 100, size=5)
    everything = percent + [float(part) * 100 for part in documented["andel"]]
    middle = (max(everything) + min(everything)) / 2
    axes.set_ylim(middle * (1 - span / 2), middle * (1 + span / 2))
    axes.set_xticks([years[0], years[-1]], [str(years[0]), str(years[-1])], fontsize=7)
    axes.set_xlim(years[0] - 0.9, years[-1] + 0.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
