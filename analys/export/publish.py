"""Which figures and tables leave for a council, and where they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analys import assumptions, burden, project, reconstruct, reproduce, savings
from analys.export import answers, report_set, workbook
from analys.export.drawn import drawn, if_some_leave
from analys.export.report import file_name
from analys.export.report_set import Format
from analys.figures import burden as burden_figures
from analys.figures import multiples, over_time, tiles, totals, who_pays
from analys.figures import savings as savings_figures
from analys.figures.chart import Chart
from analys.files import write_atomically
from analys.leaving import Question
from analys.reconstruct import View
from analys.register import resolve_municipality

AGREEMENT: Final = "ostergotland"
#: The day that Norrköping's proposal gives for the agreement's end.
END: Final = dt.date(2024, 9, 30)
HIGHLIGHT: Final = "Norrköping"
#: The municipalities that have stated what they paid.
STATED: Final = (HIGHLIGHT, "Mjölby")
#: Whose reports the main job writes (``None``: the whole group), and in which formats: those that need no other program.
REPORTED: Final = (*STATED, None)
FORMATS: Final = (Format.DOCX, Format.XLSX, Format.HTML)


def charts() -> Iterator[Chart]:
    """The figures of the bundled agreement, one at a time: those that a report shows too are drawn once for both."""
    for make, *arguments in _charts():
        yield drawn(AGREEMENT, make, *arguments)


def _charts() -> Iterator[tuple[Any, ...]]:
    yield who_pays.who_paid, 2018, HIGHLIGHT
    yield who_pays.stale_population, "2018", HIGHLIGHT
    for view in View:
        yield totals.total_by_year, view
    yield totals.incompatible_totals, 2023
    yield over_time.share_by_year, HIGHLIGHT
    yield multiples.shares_by_municipality, HIGHLIGHT
    yield over_time.amount_by_year, STATED
    yield burden_figures.burden_by_municipality, 2018, HIGHLIGHT
    yield tiles.deviation, 2018, HIGHLIGHT
    yield burden_figures.burden_by_year, HIGHLIGHT
    for municipality in STATED:
        yield savings_figures.saving_by_year, END, municipality
    yield savings_figures.saving_by_municipality, END, HIGHLIGHT
    yield if_some_leave, stated_question(), HIGHLIGHT


def stated_question() -> Question:
    """What do the others pay if those that have proposed to leave do so, and all of their cost is left?"""
    return Question(END, tuple(resolve_municipality(name) for name in STATED))


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
    yield "om-nagra-lamnar", answers.leave(AGREEMENT, stated_question()).changes
    yield "besparing", savings.savings_by_municipality(AGREEMENT, END)


def run(report: Callable[[str], None]) -> list[Path]:
    """Write the project's figures, tables and reports; ``report`` is called with each name. Returns the files."""
    here = project.required()
    written: list[Path] = []
    for chart in charts():
        written += chart.save(here.exports / "figurer")
        report(f"figurer/{chart.name}")
    for name, frame in tables():
        written += workbook.save(frame, name, here.exports / "tabeller")
        report(f"tabeller/{name}")
    for whom in REPORTED:
        written += report_set.write(AGREEMENT, whom, FORMATS, here.reports)
        report(f"{here.reports.name}/{file_name(AGREEMENT, whom)}")
    log = assumptions.file()
    write_atomically(log, assumptions.as_markdown(AGREEMENT).encode())
    return [*written, log]
