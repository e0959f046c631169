"""A panel for trying scenarios in a notebook: change a control, and chart and table follow; a button writes the report.

Where nobody can move a control (nbclient, nbval, nbconvert) the panel is its first answer, as a chart and a table.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any, Final

import ipywidgets as widgets
from IPython.core.getipython import get_ipython
from IPython.display import display
from pydantic import TypeAdapter

from analys import leaving, project
from analys.agreement.keys import Key
from analys.burden import latest_prices, price_years
from analys.catalog import shown
from analys.errors import AnalysError
from analys.figures.chart import Chart
from analys.figures.leaving import change_by_municipality
from analys.figures.table import SwedishTable, swedish_table
from analys.leaving import Answer, Question
from analys.register import Region, resolve_municipality
from analys.swedish import parse_date

_MIXED: Final = {
    "typ": "blandad",
    "delar": [
        {"vikt": "30 %", "nyckel": {"typ": "lika"}},
        {"vikt": "70 %", "nyckel": {"typ": "folkmangd", "referensdag": "12-31", "ar_bakat": 1}},
    ],
}
#: The keys to choose from: ``None`` is the agreement's own.
KEYS: Final[dict[str, Any]] = {
    "avtalets nyckel": None,
    "lika för alla": {"typ": "lika"},
    "30 % lika, 70 % folkmängd": _MIXED,
}
_WIDE: Final = {"description_width": "11rem"}


class Panel:
    """The controls and their answer. ``answer``, ``chart`` and ``table`` are those of the controls' values."""

    def __init__(
        self,
        agreement_id: str,
        end: dt.date,
        leave: Sequence[str] = (),
        highlight: str | None = None,
        folder: Path | None = None,
    ) -> None:
        self.agreement_id, self.highlight = agreement_id, highlight
        self.folder = folder or project.required().exports / "scenario"
        self._first_end = end.isoformat()
        first = tuple(resolve_municipality(name) for name in leave)
        # Text, because a date picker shows the day in the order of the browser's language.
        self.end = widgets.Text(
            value=end.isoformat(), description="Sista dag", placeholder="ÅÅÅÅ-MM-DD", continuous_update=False
        )
        self.leaving = widgets.SelectMultiple(
            options=[(member.name, member) for member in leaving.members(agreement_id)],
            value=first,
            rows=7,
            description="Lämnar (flera: ctrl)",
        )
        self.stranded = widgets.IntSlider(100, 0, 100, 5, description="Kostnad kvar, %", continuous_update=False)
        self.key = widgets.Dropdown(options=list(KEYS), description="Fördelas efter")
        self.price_year = widgets.Dropdown(
            options=price_years(), value=latest_prices(agreement_id), description="Prisnivå (KPI)"
        )
        self.write = widgets.Button(description="Skriv rapporten", icon="file-text-o")
        self._picture, self._figures, self._status = widgets.HTML(), widgets.HTML(), widgets.HTML()
        for control in self._controls:
            control.style = _WIDE
            control.layout.width = "28rem"
            control.observe(self._follow, names="value")
        self.write.on_click(self._write)
        self._follow()

    @property
    def _controls(self) -> tuple[Any, ...]:
        return (self.end, self.leaving, self.stranded, self.key, self.price_year)

    @property
    def question(self) -> Question:
        """What the controls ask. Raises :class:`AnalysError` when they ask nothing."""
        gone: tuple[Region, ...] = self.leaving.value
        chosen = KEYS[self.key.value]
        try:
            end = parse_date(self.end.value)
        except ValueError as error:
            raise AnalysError(f"Skriv sista dagen som {self._first_end}; {self.end.value!r} är ingen dag.") from error
        if not gone and chosen is None:
            raise AnalysError("Välj minst en kommun som lämnar, eller en annan nyckel.")
        key: Key | None = None if chosen is None else TypeAdapter[Key](Key).validate_python(chosen)
        return Question(end, gone, Fraction(self.stranded.value, 100), key, self.price_year.value)

    def _follow(self, _: Any = None) -> None:
        """Answer the question that the controls ask now; what cannot be asked is told in place of the answer."""
        try:
            self.answer: Answer = leaving.ask(self.agreement_id, self.question)
        except AnalysError as error:
            self._status.value = f'<p role="alert">{escape(str(error))}</p>'
            self._picture.value = self._figures.value = ""
            self.write.disabled = True
            return
        self.chart: Chart = change_by_municipality(self.agreement_id, self.answer, self.highlight)
        self.table = table_of(self.answer)
        self._picture.value = _picture(self.chart)
        self._figures.value = self.table._repr_html_()
        self._status.value = "".join(f"<p>{escape(assumption)}</p>" for assumption in self.answer.assumptions)
        self.write.disabled = False

    def _write(self, _: Any = None) -> None:
        """Write the report of the answer that is shown, and say where."""
        from analys.export import what_if  # Word's libraries are not needed until somebody asks for the report

        files = what_if.write(self.agreement_id, self.answer, self.folder, self.highlight)
        names = [shown(file) for file in files]
        self._status.value = f'<p role="status">Skrev {escape(" och ".join(names))}</p>'

    def widget(self) -> widgets.VBox:
        """The live panel."""
        controls = widgets.VBox([*self._controls, self.write])
        return widgets.VBox([controls, self._status, self._picture, self._figures])


def show(agreement_id: str, end: dt.date, leave: Sequence[str] = (), highlight: str | None = None) -> None:
    """Display the panel, opened with the question what happens if ``leave`` are out after ``end`` and all of their cost
    is left. Where no front end runs the cell: the chart and the table of the answer to that question."""
    if interactive():
        display(Panel(agreement_id, end, leave, highlight).widget())  # type: ignore[no-untyped-call]
        return
    # Without widgets: a notebook keeps the state of those that exist, under new names on every run.
    answer = leaving.ask(agreement_id, Question(end, tuple(resolve_municipality(name) for name in leave)))
    display(change_by_municipality(agreement_id, answer, highlight), table_of(answer))  # type: ignore[no-untyped-call]


def table_of(answer: Answer) -> SwedishTable:
    """The answer's changes as a reader sees them."""
    return swedish_table(answer.changes.drop(columns=["kommunkod", "kalla"]))


def interactive() -> bool:
    """Whether a front end runs this cell: it says which cell it is, and a batch runner does not."""
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    parent: dict[str, Any] = kernel.get_parent("shell")
    return "cellId" in parent.get("metadata", {})


def _picture(chart: Chart) -> str:
    data = base64.b64encode(chart.png_for_screen()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(chart.alt)}" style="max-width:100%">'
