"""A tile for each municipality, about where it lies: a map without boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

import analys.agreement as agreements
from analys import burden
from analys.account import Basis
from analys.account.folder import TILES
from analys.agreement.model import shown
from analys.errors import AnalysError
from analys.figures import draw
from analys.figures.chart import INK, MUTED, PAPER, Chart, canvas
from analys.figures.sources import of_rows, official_population
from analys.swedish import format_kr, format_percent
from analys.tables import rows

#: Pale at the flat burden, darker with the distance from it; never so dark that the black text falls below 4.5:1.
_LESS: Final = LinearSegmentedColormap.from_list("less", [PAPER, "#7fb2d9"])
_MORE: Final = LinearSegmentedColormap.from_list("more", [PAPER, "#f2a57e"])
_COLUMNS: Final = ["kommunkod", "rad", "kolumn"]


def has_layout(agreement_id: str) -> bool:
    """Whether the agreement's folder holds a tile map."""
    return _file(agreement_id).is_file()


def _file(agreement_id: str) -> Path:
    return agreements.load(agreement_id).file.parent / TILES


def layout(agreement_id: str, codes: Sequence[str]) -> pd.DataFrame:
    """Where each municipality's tile stands: ``kommunkod``, ``rad``, ``kolumn`` (from 1, north-west).

    From the file ``rutkarta.csv`` of the agreement's folder. Raises :class:`AnalysError` when it lacks a municipality.
    """
    grid = pd.read_csv(_file(agreement_id), dtype={"kommunkod": "str"})[_COLUMNS]
    if missing := sorted(set(codes) - set(grid["kommunkod"])):
        names = ", ".join(missing)
        raise AnalysError(f"{shown(_file(agreement_id))}: väntade en rad för varje kommun, fann ingen för {names}")
    return grid


def deviation(agreement_id: str, year: int, highlight: str | None = None) -> Chart:
    """How far each municipality's burden is from the flat one, as a part of it, in a documented invoice year."""
    table = burden.burden_by_municipality_year(agreement_id, Basis.TWELVE_MONTHS, [year])
    if not (table["lagst_kr_per_invanare"] == table["hogst_kr_per_invanare"]).all():
        raise AnalysError(f"{agreement_id}: kostnaden {year} är bara känd som intervall; välj ett år med kända belopp")
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
        f"Tolv månaders kostnad enligt {table['enligt'].iloc[0]}, per invånare, jämfört med jämn "
        f"fördelning ({format_kr(flat, 2)} per invånare i {year} års priser). Beräknat ur dokumenterade belopp. "
        f"Streckad kant: mindre. Rutorna står ungefär där kommunerna "
        "ligger.",
        f"{of_rows(agreement_id, table)}; {official_population()}",
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
    edges: dict[str, Any] = {"edgecolor": edge, "linewidth": width, "linestyle": "--" if value < 0 else "-"}
    axes.add_patch(Rectangle((x - 0.48, y - 0.47), 0.96, 0.94, facecolor=face, **edges))
    draw.note(
        axes, name, x, y - 0.2, va="center", fontsize=9, bbox=None, fontweight="bold" if highlighted else "normal"
    )
    draw.note(axes, _signed(value), x, y + 0.06, va="center", fontsize=9.5, fontweight="bold", bbox=None)
    word = "mindre" if value < 0 else "mer" if value > 0 else "lika"
    draw.note(axes, word, x, y + 0.3, va="center", fontsize=8, bbox=None)


def _signed(value: Decimal) -> str:
    return format_percent(value, 1, sign=True)
