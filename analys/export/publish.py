"""Which figures and tables leave for a council, and where they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from analys import assumptions, burden, leaving, reconstruct, reproduce, savings
from analys.catalog import EXPORTS
from analys.export import workbook
from analys.figures import burden as burden_figures
from analys.figures import leaving as leaving_figures
from analys.figures import multiples, over_time, tiles, totals, who_pays
from analys.figures import savings as savings_figures
from analys.figures.chart import Chart
from analys.reconstruct import View
from analys.register import resolve_municipality

AGREEMENT: Final = "ostergotland"
#: The day that Norrköping's proposal gives for the agreement's end.
END: Final = dt.date(2024, 9, 30)
HIGHLIGHT: Final = "Norrköping"
#: The municipalities that have stated what they paid.
STATED: Final = (HIGHLIGHT, "Mjölby")


def charts() -> Iterator[Chart]:
    """The figures of the bundled agreement, one at a time."""
    yield who_pays.who_paid(AGREEMENT, highlight=HIGHLIGHT)
    yield who_pays.stale_population(AGREEMENT, highlight=HIGHLIGHT)
    for view in View:
        yield totals.total_by_year(AGREEMENT, view)
    yield totals.incompatible_totals(AGREEMENT)
    yield over_time.share_by_year(AGREEMENT, HIGHLIGHT)
    yield multiples.shares_by_municipality(AGREEMENT, HIGHLIGHT)
    yield over_time.amount_by_year(AGREEMENT, STATED)
    yield burden_figures.burden_by_municipality(AGREEMENT, highlight=HIGHLIGHT)
    yield tiles.deviation(AGREEMENT, highlight=HIGHLIGHT)
    yield burden_figures.burden_by_year(AGREEMENT, HIGHLIGHT)
    for municipality in STATED:
        yield savings_figures.saving_by_year(AGREEMENT, END, municipality)
    yield savings_figures.saving_by_municipality(AGREEMENT, END, HIGHLIGHT)
    yield leaving_figures.change_by_municipality(AGREEMENT, stated_leave(), HIGHLIGHT)


def stated_leave() -> leaving.Answer:
    """What the others pay if those that have proposed to leave do so and all of their cost is left."""
    return leaving.ask(AGREEMENT, leaving.Question(END, tuple(resolve_municipality(name) for name in STATED)))


def tables() -> Iterator[tuple[str, pd.DataFrame]]:
    """The published tables of the bundled agreement by name, one at a time."""
    yield "andelar", reconstruct.shares_by_municipality_year(AGREEMENT)
    for view in View:
        yield f"belopp-{view.value}", reconstruct.amounts_by_municipality_year(AGREEMENT, view)
        yield f"kostnad-per-ar-{view.value}", reconstruct.totals_by_year(AGREEMENT, view)
        yield f"per-invanare-{view.value}", burden.burden_by_municipality_year(AGREEMENT, view)
    yield "bilagornas-tal", reproduce.figures(AGREEMENT)
    yield "bilagornas-regler", reproduce.rules(AGREEMENT)
    yield "gammal-folkmangd-2018", reproduce.stale_population(AGREEMENT, "2018")
    yield "om-nagra-lamnar", stated_leave().changes
    yield "besparing", savings.savings_by_municipality(AGREEMENT, END)


def run(report: Callable[[str], None], folder: Path = EXPORTS) -> list[Path]:
    """Write every figure and table under ``folder``; ``report`` is called with each name. Returns the files."""
    written: list[Path] = []
    for chart in charts():
        written += chart.save(folder / "figurer")
        report(f"figurer/{chart.name}")
    for name, frame in tables():
        written += workbook.save(frame, name, folder / "tabeller")
        report(f"tabeller/{name}")
    assumptions.LOG.write_text(assumptions.as_markdown(AGREEMENT), encoding="utf-8", newline="\n")
    return [*written, assumptions.LOG]
