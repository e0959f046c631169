"""A field in a notebook: drop a file, and see what the audit finds, with the cells of its table marked.

Where no front end runs the cell (nbclient, nbval, nbconvert) the field is what it would show for an annex of the project.
"""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from typing import Any, Final

import anywidget
import ipywidgets as widgets
from IPython.display import Markdown, display

import analys
from analys import project
from analys.api.audited import AuditResult
from analys.catalog import shown
from analys.errors import AnalysError
from analys.masking import shown_path
from analys.panel import interactive
from analys.swedish import fold

_HERE: Final = Path(__file__).parent


class _Field(anywidget.AnyWidget):
    """What stands on the page; files come as messages with their bytes."""

    _esm = _HERE / "dropfield.js"
    _css = _HERE / "dropfield.css"


class DropField:
    """The field and its answer: ``result`` is the audit of the last file that could be read."""

    def __init__(self, agreement: str | None = None, folder: Path | None = None) -> None:
        self.agreement, self.folder = agreement, folder
        self.result: AuditResult | None = None
        self.save = widgets.Button(
            description="Spara som webbsida", icon="save", disabled=True, layout={"width": "auto"}
        )
        self._field, self._status, self._answer = _Field(), widgets.HTML(), widgets.HTML()
        self._field.on_msg(lambda _, content, buffers: self.receive(content["name"], bytes(buffers[0])))
        self.save.on_click(self._save)

    def receive(self, name: str, content: bytes) -> None:
        """Audit a file that was dropped; what is wrong with it is told in place of the answer."""
        told = shown_path(Path(name).name)
        self._status.value = f'<p role="status">Granskar {escape(told)} …</p>'
        self.save.disabled, self.result, self._answer.value = True, None, ""
        try:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / (fold(Path(name).stem).replace(" ", "-")[:80] + Path(name).suffix.lower()[:8])
                file.write_bytes(content)
                self.result = analys.audit(file, self.agreement)
        except AnalysError as error:
            self._status.value = f'<p role="alert">{escape(str(error))}</p>'
            return
        self._status.value = f'<p role="status">{escape(told)} är granskad.</p>'
        self._answer.value = self.result._repr_html_()
        self.save.disabled = False

    def _save(self, _: Any = None) -> None:
        if self.result is None:
            return
        folder = self.folder or project.required().exports / "granskning"
        folder.mkdir(parents=True, exist_ok=True)
        file = self.result.to_html(folder / f"{fold(Path(self.result.file).stem).replace(' ', '-')}.html")
        self._status.value = f'<p role="status">Skrev {escape(shown(file))}</p>'

    def widget(self) -> widgets.VBox:
        """The live field."""
        return widgets.VBox([self._field, self.save, self._status, self._answer])


def show(example: str | Path | None = None, agreement: str | None = None) -> None:
    """Display the field, or where no front end runs the cell what it would show for the file ``example``, if any.

    ``agreement`` holds each file against that agreement's rule and members.
    """
    if interactive():
        display(DropField(agreement).widget())  # type: ignore[no-untyped-call]
        return
    if example is None:
        told = "*Öppna anteckningsboken i JupyterLab (`analys lab`), kör cellen och släpp en fil i fältet.*"
        display(Markdown(told))  # type: ignore[no-untyped-call]
        return
    display(analys.audit(example, agreement))  # type: ignore[no-untyped-call]
