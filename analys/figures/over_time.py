"""One municipality over the years: its share of the key, what it shall pay, and what it says that it has paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from analys.account import Basis, Origin, amounts_by_municipality_year, shares_by_municipality_year
from analys.figures import draw
from analys.figures.chart import ACCENT, CONTRAST, MUTED, Chart, canvas, slug
from analys.figures.sources import annex_source, documents, months_charged, official_population
from analys.swedish import format_number, format_percent, format_tkr, format_tkr_range, genitive
from analys.tables import rows


def share_by_year(agreement_id: str, highlight: str) -> Chart:
    """The share by population every year as an open line, and the annexes' printed shares as solid points."""
    data = shares_by_municipality_year(agreement_id)
    data = data[data["kommun"] == highlight].reset_index(drop=True)
    computed, documented = data[data["underlag"] == "beraknad"], data[data["underlag"] == "dokumenterad"]
    by_year = {row.ar: row.andel for row in rows(computed)}
    furthest = max(rows(documented), key=lambda row: abs(row.andel - by_year[row.ar]))
    difference = (furthest.andel - by_year[furthest.ar]) * 100
    direction = "lägre" if difference < 0 else "högre"
    decimals = 1 if abs(difference) >= Decimal("0.05") else 2
    title = (
        f"{genitive(highlight)} andel i bilagan {furthest.ar} var {format_number(abs(difference), decimals)} "
        f"procentenheter "
        f"{direction} än folkmängden gav"
    )
    figure, (axes,) = canvas(
        title,
        f"{genitive(highlight)} andel av kostnaden, procent. Öppna punkter: beräknad ur avtalets nyckel. "
        "Fyllda punkter: bilagornas andel (dokumenterad). OBS: axeln börjar inte vid noll.",
        f"{annex_source(agreement_id, *documented['kalla'])}; {official_population()}",
        height_cm=8,
    )
    years = list(computed["ar"])
    shares = [float(part) * 100 for part in computed["andel"]]
    axes.plot(years, shares, color=MUTED, linewidth=1, zorder=1)
    for year, percent in zip(years, shares, strict=True):
        draw.estimated_dot(axes, year, percent)
    for row in rows(documented):
        draw.documented_dot(axes, row.ar, float(row.andel) * 100, CONTRAST if row.ar == furthest.ar else ACCENT)
    beside: dict[str, Any] = {"dx": 8, "ha": "left", "va": "center"}
    draw.note(axes, format_percent(furthest.andel), furthest.ar, float(furthest.andel) * 100, **beside)
    draw.note(axes, format_percent(by_year[furthest.ar]), furthest.ar, float(by_year[furthest.ar]) * 100, dy=7)
    last = years[-1]
    draw.note(axes, format_percent(by_year[last]), last, shares[-1], dy=7)
    axes.margins(y=0.18)
    draw.year_axis(axes, years)
    draw.swedish_axis(axes.yaxis, 1 if max(data["andel"]) - min(data["andel"]) > Decimal("0.005") else 2)
    draw.quiet(axes, grid="y")
    axes.set_ylabel("procent (börjar inte vid noll)")
    alt = (
        f"Linje över {genitive(highlight)} andel {years[0]}–{last} efter folkmängd, från "
        f"{format_percent(by_year[years[0]])} till {format_percent(by_year[last])}. Bilagornas andelar som fyllda "
        f"punkter: " + ", ".join(f"{row.ar} {format_percent(row.andel)}" for row in rows(documented)) + "."
    )
    return Chart(f"andel-{slug(highlight)}", title, alt, figure, data)


def amount_by_year(agreement_id: str, highlights: Sequence[str], basis: Basis = Basis.INVOICE) -> Chart:
    """What each highlighted municipality shall pay a year, or has stated: solid where documented, open where estimated."""
    amounts = amounts_by_municipality_year(agreement_id, basis)
    data = amounts[amounts["kommun"].isin(highlights)].reset_index(drop=True)
    known = data[data["ursprung"] == Origin.ANNEX]
    inferred = data[data["ursprung"].isin([Origin.PAYMENT, Origin.RANGE])]
    names, last = " och ".join(highlights), inferred["ar"].max()
    title = f"Bilagorna anger vad {names} ska betala till och med {known['ar'].max()}; för {last} finns egna uppgifter"
    months = months_charged(agreement_id) if basis is Basis.INVOICE else {}
    figure, panels = canvas(
        title,
        "Tkr per år efter fakturaår. Fylld stapel: debiteras enligt bilagan (dokumenterat). Streckad ruta: lägsta till "
        "högsta möjliga, skattat eller beräknat ur kommunens egen uppgift om flera år. "
        f"Fylld punkt: vad kommunen uppger att den har betalat för {last}; den streckade rutan "
        f"samma "
        "år är vad en annan kommuns uppgift förutsätter.",
        f"{documents(agreement_id, ', '.join(data['kalla']))}; {official_population()}",
        height_cm=9.5,
        columns=len(highlights),
    )
    for axes, name in zip(panels, highlights, strict=True):
        of_one = data[data["kommun"] == name]
        for row in rows(of_one):
            low, high = float(row.lagst_kr) / 1000, float(row.hogst_kr) / 1000
            if row.lagst_kr == row.hogst_kr:
                axes.bar(row.ar, low, width=0.62, color=ACCENT)
                part = months.get(row.ar, 12)
                text = format_number(low) if part == 12 else f"{format_number(low)}\n{part} mån."
                draw.note(axes, text, row.ar, low, dy=2, fontsize=7.5)
            elif row.underlag == "dokumenterad":
                draw.documented_dot(axes, row.ar, (low + high) / 2, CONTRAST)
                others = of_one[(of_one["ar"] == row.ar) & (of_one["enligt"] != row.enligt)]["lagst_kr"]
                below = any(other > row.lagst_kr for other in others)  # clear of what the others' statements imply
                dy, va = (-6, "top") if below else (6, "bottom")
                stated = (row.lagst_kr + row.hogst_kr) / 2
                draw.note(axes, format_tkr(stated), row.ar, (low + high) / 2, dy=dy, va=va, fontsize=7.5)
            else:
                draw.interval_box(axes, row.ar, low, high, ACCENT, 0.62)
        axes.set_title(name, loc="left", fontsize=9, fontweight="bold")
        draw.year_axis(axes, sorted(set(of_one["ar"])))
        axes.set_xticklabels([f"’{year % 100}" for year in sorted(set(of_one["ar"]))])
        axes.set_ylim(0, float(of_one["hogst_kr"].max()) / 1000 * 1.18)
        draw.swedish_axis(axes.yaxis, bins=5)
        draw.quiet(axes, grid="y")
    panels[0].set_ylabel("tkr")
    alt = "; ".join(
        f"{name}: " + ", ".join(_in_words(row) for row in rows(data[data["kommun"] == name])) for name in highlights
    )
    name = "belopp-" + "-".join(slug(name) for name in highlights)
    return Chart(name, title, f"Staplar och intervall per år. {alt}.", figure, data)


def _in_words(row: Any) -> str:
    source = "" if row.lagst_kr == row.hogst_kr else f" ({row.enligt})"
    return f"{row.ar} {format_tkr_range(row.lagst_kr, row.hogst_kr, 1)}{source}"
