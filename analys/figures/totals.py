"""What the whole service cost: by year, and where two documents cannot both be true."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from analys.account import Basis, Origin, implied_totals, totals_by_year
from analys.figures import draw
from analys.figures.chart import ACCENT, CONTRAST, INK, PAPER, Chart, canvas
from analys.figures.sources import documents, months_charged, official_population
from analys.swedish import NBSP, format_number, format_tkr, format_tkr_range
from analys.tables import rows

_BASIS_IN_WORDS = {Basis.INVOICE: "efter fakturaår", Basis.ACCRUAL: "periodiserat på de månader som fakturan avser"}


def has_several_years(agreement_id: str, basis: Basis) -> bool:
    """Whether there is a course of years to draw: one bar is a number."""
    return totals_by_year(agreement_id, basis)["ar"].nunique() > 1


def total_by_year(agreement_id: str, basis: Basis = Basis.INVOICE) -> Chart:
    """The whole cost a year: by annexes or terms as bars, what follows from statements as open hatched intervals."""
    data = totals_by_year(agreement_id, basis)
    is_known = data["ursprung"].isin(_KNOWN)
    known, estimated = data[is_known], data[~is_known]
    annexed = known[known["ursprung"] == Origin.ANNEX]
    title = _title(known, estimated, "bilagorna" if len(annexed) else "villkoren")
    if data["oforenlig"].any():
        title += ", och två av dem går inte ihop"
    months = months_charged(agreement_id) if basis is Basis.INVOICE else {}
    figure, (axes,) = canvas(
        title,
        f"Hela kostnaden per år, tkr, {_BASIS_IN_WORDS[basis]}. {_marks(data)}",
        "; ".join([_cited(agreement_id, data["kalla"]), *([] if estimated.empty else [official_population()])]),
        height_cm=9.5,
    )
    for row in rows(known):
        value = float(row.lagst_kr) / 1000
        if row.underlag == "skattad":
            draw.interval_box(axes, row.ar, 0, value, ACCENT)
        else:
            axes.bar(row.ar, value, width=0.6, color=ACCENT)
        part = months.get(row.ar, 12)
        text = format_number(value) if part == 12 else f"{format_number(value)}\n{part} månader"
        draw.note(axes, text, row.ar, value, dy=2)
    for year in sorted(set(estimated["ar"])):
        of_year = list(rows(estimated[estimated["ar"] == year]))
        shift = 0.2 if len(of_year) > 1 else 0
        for offset, row in zip((-shift, shift), of_year, strict=False):
            low, high = float(row.lagst_kr) / 1000, float(row.hogst_kr) / 1000
            colour = CONTRAST if row.oforenlig else ACCENT
            draw.interval_box(axes, year + offset, low, high, colour, 0.6 if shift == 0 else 0.34)
            text = f"{format_number(low)}–\n{format_number(high)}"
            if offset < 0:  # the lower of two: its label goes below, clear of the higher one's
                draw.note(axes, text, year + offset, low, dy=-2, va="top", fontsize=7)
            else:
                draw.note(axes, text, year + offset, high, dy=2, fontsize=7)
    years = sorted(data["ar"].unique())
    draw.year_axis(axes, years)
    axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    axes.set_ylim(0, float(data["hogst_kr"].max()) / 1000 * 1.16)
    draw.swedish_axis(axes.yaxis)
    draw.quiet(axes, grid="y")
    axes.set_ylabel("tkr")
    parts = [f"{row.ar}: {format_tkr(row.lagst_kr)} enligt {row.enligt}" for row in rows(known)]
    parts += [f"{row.ar}: {_range(row)} enligt {row.enligt}" for row in rows(estimated)]
    alt = f"Staplar per år för hela kostnaden, {_BASIS_IN_WORDS[basis]}. " + "; ".join(parts) + "."
    return Chart(f"kostnad-per-ar-{basis.value}", title, alt, figure, data)


#: Where the whole cost of a year is given from, other than by what members say that they paid.
_KNOWN = (Origin.ANNEX, Origin.TERMS)


def _marks(data: pd.DataFrame) -> str:
    """What the marks that are drawn mean."""
    dashed = (data["underlag"] == "skattad") | ~data["ursprung"].isin(_KNOWN)
    filled = "Fylld stapel: vad som ska betalas enligt bilaga eller villkor."
    estimate = "Streckad: skattat, lägsta till högsta möjliga."
    return " ".join(text for text, drawn in ((filled, ~dashed), (estimate, dashed)) if drawn.any())


def _title(known: pd.DataFrame, estimated: pd.DataFrame, whence: str) -> str:
    """To which year the cost is given, and what there is after it."""
    if known.empty:
        return "Hela kostnaden är känd bara genom uppgifter om vad som har betalats"
    first, last = known["ar"].min(), known["ar"].max()
    if estimated.empty:
        return f"{whence.capitalize()} ger kostnaden {first}" + (f"–{last}" if last > first else "")
    return f"{whence.capitalize()} ger kostnaden till och med {last}; därefter finns bara uppgifter om vad som har betalats"


def incompatible_totals(agreement_id: str, year: int) -> Chart:
    """Two reported payments, each implying a total, as intervals on one line that do not meet."""
    totals = implied_totals(agreement_id)
    data = totals[totals["oforenlig"].astype(bool) & (totals["ar"] == year)].sort_values("lagst_kr", ignore_index=True)
    if data.empty:
        raise ValueError(f"nothing is incompatible in {year}")
    lower, *_, upper = rows(data)
    gap = upper.lagst_kr - lower.hogst_kr
    title = (
        f"Delar alla kommuner {year} efter en nyckel kan båda uppgifterna inte stämma: totalkostnaderna skiljer minst "
        f"{format_tkr(gap)}"
    )
    figure, (axes,) = canvas(
        title,
        f"Totalkostnad {year} som varje kommuns uppgift förutsätter, om alla delar kostnaden efter folkmängd den "
        f"31{NBSP}december {year - 1}, tkr. Skattat. OBS: axeln börjar inte vid noll.",
        f"{_cited(agreement_id, data['kalla'])}; {official_population()}",
        height_cm=7.5,
    )
    for position, row in enumerate(rows(data)):
        low, high = float(row.lagst_kr) / 1000, float(row.hogst_kr) / 1000
        colour = (ACCENT, CONTRAST)[position % 2]
        axes.barh(
            position, high - low, left=low, height=0.42, facecolor=PAPER, edgecolor=colour, hatch="////", linewidth=1.2
        )
        text = f"{format_number(low)}–{format_number(high)}{NBSP}tkr"
        above = position == 0
        edge = position - 0.21 if above else position + 0.21
        draw.note(axes, text, (low + high) / 2, edge, dy=2 if above else -2, va="bottom" if above else "top")
    low, high = float(lower.hogst_kr) / 1000, float(upper.lagst_kr) / 1000
    axes.annotate("", (high, 0.5), (low, 0.5), arrowprops={"arrowstyle": "<->", "color": INK, "linewidth": 1})
    draw.note(axes, f"{format_tkr(gap)} som ingen av dem täcker", (low + high) / 2, 0.5, dy=3)
    axes.set_yticks(range(len(data)), [f"Om {label} stämmer" for label in data["enligt"]])
    axes.set_ylim(len(data) - 0.3, -0.7)
    margin = (float(upper.hogst_kr) - float(lower.lagst_kr)) / 1000 * 0.18
    axes.set_xlim(float(lower.lagst_kr) / 1000 - margin, float(upper.hogst_kr) / 1000 + margin)
    draw.swedish_axis(axes.xaxis)
    draw.quiet(axes, grid="x")
    axes.set_xlabel("tkr (axeln börjar inte vid noll)")
    alt = (
        "Två intervall på samma skala som inte möts: "
        + "; ".join(f"{row.enligt} förutsätter {_range(row)}" for row in rows(data))
        + f". Mellan dem är det {format_tkr(gap)}."
    )
    return Chart(f"oforenliga-totaler-{year}", title, alt, figure, data)


def _range(row: Any) -> str:
    return format_tkr_range(row.lagst_kr, row.hogst_kr)


def _cited(agreement_id: str, ids: Iterable[str]) -> str:
    return documents(agreement_id, ", ".join(dict.fromkeys(ids)))
