"""The marks that the figures share: labelled bars, intervals that nobody can take for facts, Swedish axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analys.figures.chart import ACCENT, CONTRAST, INK, MARK, MUTED, PAPER
from analys.swedish import format_number

_LABEL: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 8}
#: A label that stands on a gridline has the paper behind it.
_ON_PAPER: dict[str, Any] = {"bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 0.6}}
Exact = Decimal | Fraction | int | float


def swedish_axis(axis: Axis, decimals: int = 0, *, bins: int = 6) -> None:
    """Ticks written as Swedish numbers, on an axes' ``xaxis`` or ``yaxis``."""
    axis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: format_number(value, decimals)))


def year_axis(axes: Axes, years: Sequence[int]) -> None:
    """One tick a year, never grouped as a number."""
    axes.set_xticks(list(years), [str(year) for year in years])
    axes.tick_params(axis="x", length=0)


def quiet(axes: Axes, *, grid: str) -> None:
    """A light grid along one axis, and no spine or ticks where the labels are names."""
    axes.grid(axis=grid)  # type: ignore[arg-type]
    axes.tick_params(axis="y" if grid == "x" else "x", length=0)
    axes.spines["left" if grid == "x" else "bottom"].set_color(MUTED)


def bars(
    axes: Axes, names: Sequence[str], values: Sequence[Exact], label: Callable[[int], str], highlight: str | None
) -> None:
    """Horizontal bars, first on top, each with its label at its end; the highlighted one darker and bold."""
    numbers = [float(value) for value in values]
    colours = [ACCENT if name == highlight else MARK for name in names]
    crowded = len(names) > 35
    axes.barh(range(len(names)), numbers, color=colours, height=0.72)
    axes.set_yticks(range(len(names)), list(names))
    axes.invert_yaxis()
    if crowded:
        axes.tick_params(axis="y", labelsize=6.5)
        axes.set_ymargin(0.01)
    for position, (name, number) in enumerate(zip(names, numbers, strict=True)):
        side = "left" if number >= 0 else "right"
        weight = "bold" if name == highlight else "normal"
        offset = 4 if number >= 0 else -4
        axes.annotate(
            label(position), (number, position), (offset, 0), textcoords="offset points",
            ha=side, va="center", fontsize=6.5 if crowded else 8, fontweight=weight, **_ON_PAPER,
        )  # fmt: skip
        if name == highlight:
            axes.get_yticklabels()[position].set_fontweight("bold")
    quiet(axes, grid="x")


def interval_box(axes: Axes, centre: float, low: float, high: float, colour: str, width: float = 0.6) -> None:
    """A standing interval: open and hatched, so that an estimate cannot be taken for a documented amount."""
    axes.add_patch(
        Rectangle(
            (centre - width / 2, low), width, high - low, facecolor=PAPER, edgecolor=colour, hatch="////", linewidth=1.1
        )
    )
    axes.plot([centre], [high], alpha=0)  # patches do not move the limits


def estimated_bar(axes: Axes, x: float, low: float, high: float, colour: str, width: float) -> None:
    """An open, hatched bar to the middle of an interval, with the interval itself as a whisker."""
    middle = (low + high) / 2
    axes.bar(x, middle, width=width, facecolor=PAPER, edgecolor=colour, hatch="////", linewidth=1.1)
    axes.errorbar(x, middle, [[middle - low], [high - middle]], fmt="none", ecolor=INK, elinewidth=1.2, capsize=5)


def series(place: int) -> str:
    """The colour of one of several statements that are drawn side by side."""
    return (ACCENT, CONTRAST, INK)[place % 3]


def ordinal(place: int, count: int, first: str, last: str) -> str:
    """Which of several: of two by their places (left and right), otherwise by number."""
    return (first, last)[place] if count == 2 else f"{place + 1}:a"


def documented_dot(axes: Axes, x: float, y: float, colour: str = ACCENT, size: float = 7) -> None:
    """A solid point: a document states this."""
    axes.plot([x], [y], "o", color=colour, markersize=size, zorder=3)


def estimated_dot(axes: Axes, x: float, y: float, colour: str = ACCENT, size: float = 6) -> None:
    """An open point: computed or estimated."""
    style: dict[str, Any] = {"markerfacecolor": PAPER, "markeredgecolor": colour, "markeredgewidth": 1.4}
    axes.plot([x], [y], "o", markersize=size, zorder=3, **style)


def note(
    axes: Axes, text: str, x: float, y: float, *, dx: float = 0, dy: float = 0, colour: str = INK, **style: Any
) -> None:
    """A direct label: text at a data point, moved by points."""
    axes.annotate(text, (x, y), (dx, dy), textcoords="offset points", color=colour, **_LABEL | _ON_PAPER | style)
