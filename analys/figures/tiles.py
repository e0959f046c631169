"""A tile for each municipality, about where it lies: a map without boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from analys import burden, catalog
from analys.errors import AnalysError
from analys.figures import draw
from analys.figures.chart import INK, MUTED, PAPER, Chart, canvas
from analys.figures.sources import annex_source, official_population
from analys.reconstruct import View
from analys.swedish import format_kr, format_percent
from analys.tables import rows

#: Pale at the flat burden, darker with the distance from it; never so dark that the black text falls below 4.5:1.
_LESS: Final = LinearSegmentedColormap.from_list("less", [PAPER, "#7fb2d9"])
_MORE: Final = LinearSegmentedColormap.from_list("more", [PAPER, "#f2a57e"])
_COLUMNS: Final = ["kommunkod", "rad", "kolumn"]


def has_layout(agreement_id: str) -> bool:
    """Whether the raw register holds a tile map for the agreement."""
    return any(entry.name == _resource(agreement_id) for entry in catalog.package().resources)


def _resource(agreement_id: str) -> str:
    return f"{agreement_id}-rutkarta"


def layout(agreement_id: str, codes: Sequence[str]) -> pd.DataFrame:
    """Where each municipality's tile stands: ``kommunkod``, ``rad``, ``kolumn`` (from 1, north-west).

    From the raw file ``<agreement>/rutkarta.csv``. Raises :class:`AnalysError` when it lacks a municipality.
    """
    entry = catalog.resource(_resource(agreement_id))
    grid = pd.read_csv(entry.file, dtype={"kommunkod": "str"})[_COLUMNS]
    if missing := sorted(set(codes) - set(grid["kommunkod"])):
        names = ", ".join(missing)
        raise AnalysError(f"data/raw/{entry.path}: expected a row for each municipality, found none for {names}")
    return grid


def deviation(agreement_id: str, year: int = 2018, highlight: str | None = "Norrköping") -> Chart:
    """How far each municipality's burden is from the flat one, as a part of it, in a documented invoice year."""
    table = burden.burden_by_municipality_year(agreement_id, View.INVOICE, [year])
    if not (table["lagst_kr_per_invanare"] == table["hogst_kr_per_invanare"]).all():
        raise AnalysError(f"{agreement_id}: the burden of {year} is known only as intervals; choose a documented year")
    grid = layout(agreement_id, list(table["kommunkod"]))
    flat = table["lagst_jamn_kr_per_invanare"].iloc[0]
    data = table[["kommunkod", "kommun", "lagst_kr_per_invanare"]]
    data.columns = ["kommunkod", "kommun", "kr_per_invanare"]
    data["andel_fran_jamn"] = [own / flat - 1 for own in table["lagst_kr_per_invanare"]]
    data = data.sort_values("andel_fran_jamn", ignore_index=True).merge(grid, on="kommunkod", how="left")
    values = data["andel_fran_jamn"]
    less = list(data["kommun"][values < 0])
    who = f"Bara {less[0]}" if len(less) == 1 else f"{len(less)} av {len(data)} kommuner"
    title = f"{who} ska enligt bilagan betala mindre per invånare än vid jämn fördelning {year}"
    own = data.loc[data["kommun"] == highlight, "andel_fran_jamn"]
    if not own.empty and str(highlight) not in title:
        title += f"; {highlight} {_signed(own.iloc[0])}"
    figure, (axes,) = canvas(
        title,
        f"Debiteras {year} enligt bilagan, per invånare, jämfört med jämn fördelning ({format_kr(flat, 2)} per invånare i "
        f"{year} års priser). Beräknat ur dokumenterade belopp. Streckad kant: mindre. Rutorna står ungefär där kommunerna "
        "ligger.",
        f"{annex_source(agreement_id, table['enligt'].iloc[0])}; {official_population()}",
        height_cm=3.2 + 2.2 * data["rad"].max(),
    )
    reach = float(max(abs(value) for value in values))
    for row in rows(data):
        _tile(axes, row.kolumn, row.rad, row.kommun, row.andel_fran_jamn, reach, row.kommun == highlight)
    axes.set_xlim(data["kolumn"].min() - 0.55, data["kolumn"].max() + 0.55)
    axes.set_ylim(data["rad"].max() + 0.55, data["rad"].min() - 0.55)
    axes.set_axis_off()
    alt = f"En ruta per kommun. Avvikelse från jämn fördelning {year}: " + ", ".join(
        f"{row.kommun} {_signed(row.andel_fran_jamn)}" for row in rows(data)
    )
    return Chart(f"avvikelse-karta-{year}", title, f"{alt}.", figure, data.drop(columns=["rad", "kolumn"]))


def _tile(axes: Axes, x: int, y: int, name: str, value: Decimal, reach: float, highlighted: bool) -> None:
    """A coloured tile with its name and value; less and more are told by the sign and a word too, not by colour alone."""
    strength = Normalize(0, reach or 1)(abs(float(value)))
    face = (_LESS if value < 0 else _MORE)(strength)
    edge, width = (INK, 2.2) if highlighted else (MUTED, 1)
    edges = {"edgecolor": edge, "linewidth": width, "linestyle": "--" if value < 0 else "-"}
    axes.add_patch(Rectangle((x - 0.48, y - 0.47), 0.96, 0.94, facecolor=face, **edges))
    draw.note(
        axes, name, x, y - 0.2, va="center", fontsize=9, bbox=None, fontweight="bold" if highlighted else "normal"
    )
    draw.note(axes, _signed(value), x, y + 0.06, va="center", fontsize=9.5, fontweight="bold", bbox=None)
    word = "mindre" if value < 0 else "mer" if value > 0 else "lika"
    draw.note(axes, word, x, y + 0.3, va="center", fontsize=8, bbox=None)


def _signed(value: Decimal) -> str:
    return format_percent(value, 1, sign=True)
