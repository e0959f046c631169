"""What a change of the agreement costs or saves each: somebody leaves, it ends, or its key is another."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from analys.figures import draw
from analys.figures.chart import INK, PAPER, Chart, canvas
from analys.figures.sources import documents, official_population
from analys.leaving import Answer
from analys.swedish import NBSP, format_date, format_number, format_percent, format_tkr_range, quantize
from analys.tables import rows

_BAR: float = 0.36
_SIGNED: str = " Förutsätter att de övriga går med på det."


def change_by_municipality(agreement_id: str, answer: Answer, highlight: str | None = None) -> Chart:
    """What each pays more or less in the first full year, one open bar for each statement of the yearly cost.

    When some leave, only those that stay are drawn: what the leavers save is all that they paid.
    """
    question = answer.question
    changes = answer.changes
    if 0 < changes["lamnar"].sum() < len(changes):
        changes = changes[~changes["lamnar"]]
    columns = ["kommun", "enligt", "lagst_fore_kr", "hogst_fore_kr", "lagst_efter_kr", "hogst_efter_kr"]
    columns += ["lagst_skillnad_kr", "hogst_skillnad_kr", *changes.filter(like="kr_per_invanare").columns]
    furthest = changes[["lagst_skillnad_kr", "hogst_skillnad_kr"]].abs().max(axis=1)
    order = list(furthest.groupby(changes["kommun"]).max().sort_values(ascending=False, kind="stable").index)
    data = changes[columns].sort_values(
        "kommun", key=lambda names: names.map(order.index), kind="stable", ignore_index=True
    )
    sources = list(dict.fromkeys(changes["enligt"]))
    title = _title(answer, data)
    figure, (axes,) = canvas(
        title,
        f"Skillnad mot oförändrat avtal helåret {question.year}, tkr i {answer.price_year} års priser. "
        f"Sista dag med avtalet oförändrat: {format_date(question.end)}. Skattat ur {len(sources)} uppgifter om "
        f"{answer.base_year}: en stapel för var och en.{' Annan nyckel än avtalets.' if question.key else _SIGNED}",
        f"{documents(agreement_id, ', '.join(changes['kalla'].unique()))}; {official_population()}",
        height_cm=4.2 + (0.24 + 0.25 * len(sources)) * len(order) + 0.3 * len(sources),
    )
    for row in rows(data):
        place = sources.index(row.enligt)
        position = order.index(row.kommun) + (place - (len(sources) - 1) / 2) * _BAR
        _bar(axes, position, row, draw.series(place))
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(order)), order)
    for tick in axes.get_yticklabels():
        tick.set_fontweight("bold" if tick.get_text() == highlight else "normal")
    axes.set_ylim(len(order) - 0.4, -0.6 - 0.75 * len(sources))
    _room_for_labels(axes, data)
    _key(axes, sources)
    draw.swedish_axis(axes.xaxis, bins=5)
    draw.quiet(axes, grid="x")
    axes.set_xlabel("tkr")
    alt = f"Liggande streckade staplar, två per kommun, för {question.year}. " + "; ".join(
        f"{name} " + " eller ".join(f"{_label(row)} tkr" for row in rows(data[data["kommun"] == name])) for name in order
    )  # fmt: skip
    return Chart("om-nagra-lamnar", title, f"{alt}. Först om {sources[0]} stämmer.", figure, data)


def _bar(axes: Axes, position: float, row: Any, colour: str) -> None:
    """An open, hatched bar to the middle of the interval; the label says both its ends."""
    middle = float(row.lagst_skillnad_kr + row.hogst_skillnad_kr) / 2000
    axes.barh(position, middle, height=_BAR * 0.86, facecolor=PAPER, edgecolor=colour, hatch="////", linewidth=1)
    dx, side = (4, "left") if middle >= 0 else (-4, "right")
    draw.note(axes, _label(row), middle, position, dx=dx, ha=side, va="center", fontsize=7.5, colour=colour)


def _label(row: Any) -> str:
    decimals = 0 if max(abs(row.lagst_skillnad_kr), abs(row.hogst_skillnad_kr)) >= 100_000 else 1
    ends = [format_number(kr / 1000, decimals, sign=True) for kr in (row.lagst_skillnad_kr, row.hogst_skillnad_kr)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} till {ends[1]}"


def _room_for_labels(axes: Axes, data: pd.DataFrame) -> None:
    low, high = (float(data[column].agg(how)) / 1000 for column, how in
                 (("lagst_skillnad_kr", "min"), ("hogst_skillnad_kr", "max")))  # fmt: skip
    room = 0.3 * max(abs(low), abs(high), 0.1)
    axes.set_xlim(low - room if low < 0 else 0, high + room if high > 0 else room / 10)


def _key(axes: Axes, sources: Sequence[str]) -> None:
    """Which bar is which, in words above the bars."""
    left, top = axes.get_xlim()[0], axes.get_ylim()[1]
    for place, source in enumerate(sources):
        label = f"{draw.ordinal(place, len(sources), 'Övre', 'Nedre')} stapeln: om {source} stämmer"
        y = top + 0.4 + 0.75 * place
        draw.note(axes, label, left, y, dx=4, ha="left", va="center", colour=draw.series(place), fontweight="bold")


def _title(answer: Answer, data: pd.DataFrame) -> str:
    question, changes = answer.question, answer.changes
    gone = list(dict.fromkeys(changes.loc[changes["lamnar"], "kommun"]))
    count = data["kommun"].nunique()
    if not gone:
        most = max(rows(data), key=lambda row: row.hogst_skillnad_kr)
        return f"{most.kommun} får störst ökning med en annan nyckel: {_label(most)}{NBSP}tkr {question.year}"
    if len(gone) == changes["kommun"].nunique():
        saved = _sums(changes, "fore")
        spans = " eller ".join(format_tkr_range(low, high) for low, high in saved)
        return f"Upphör avtalet slipper de {count} kommunerna tillsammans {spans} {question.year}"
    names = " och ".join([", ".join(gone[:-1]), gone[-1]]) if len(gone) > 1 else gone[0]
    left = (
        "hela deras kostnad" if question.stranded == 1 else f"{format_percent(question.stranded, 0)} av deras kostnad"
    )
    sums = zip(_sums(data, "fore"), _sums(data, "efter"), strict=True)
    parts = sorted({int(quantize((after[0] / before[0] - 1) * 100, 0)) for before, after in sums})
    condition = f"om {names} lämnar och {left} finns kvar"
    if parts == [0]:
        return f"De {count} övriga skulle betala lika mycket {condition}"
    span = "–".join(format_number(abs(part)) for part in parts)
    return f"De {count} övriga skulle betala {span}{NBSP}% {'mer' if parts[-1] > 0 else 'mindre'} {condition}"


def _sums(changes: pd.DataFrame, what: str) -> list[tuple[Decimal, Decimal]]:
    """The bounds of the sum in kronor, by source."""
    of_source = changes.groupby("enligt", sort=False)
    return [
        (sum(own[f"lagst_{what}_kr"], Decimal(0)), sum(own[f"hogst_{what}_kr"], Decimal(0))) for _, own in of_source
    ]
