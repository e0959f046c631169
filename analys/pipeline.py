"""The order of the main job: check and normalise, then execute the notebooks while the exports are written beside.

What was made of the same contents before is left as it is.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from analys import freshness, processes, project
from analys.freshness import Made
from analys.project import Project

_TABLES: Final = "tabeller"
_EXPORTS: Final = "exporter"


def run(say: Callable[[str], None], *, everything: bool = False) -> None:
    """Do the main job of the current project; ``say`` is called with a line of progress for each thing done.

    A step that was done before, of the same contents, is left out unless ``everything`` is asked for. Raises
    :class:`analys.errors.AnalysError` for raw files that cannot be used and for notebooks that fail.
    """
    started, here = time.monotonic(), project.required()
    made = Made(here, anew=everything)
    inputs, notebooks = made.inputs(), _notebooks(here, say)
    if made.is_current(_TABLES, inputs) and made.is_current(_EXPORTS, inputs) and not _due(notebooks, made, here):
        say("Inget att göra: tabellerna, anteckningsböckerna och exporterna är gjorda av det som finns nu.")
        return
    # In a process of its own: in a thread, drawing would hold up the messages to and from the kernels.
    with ProcessPoolExecutor(1, processes.context(), processes.begin, (dict(os.environ),)) as pool:
        if not made.is_current(_TABLES, inputs):
            tables = pool.submit(_normalise).result()
            inputs = made.inputs()
            made.keep(_TABLES, inputs, tables)
            say(f"[1/3] normaliserat: {len(tables)} tabeller")
        exporting = None if made.is_current(_EXPORTS, inputs) else pool.submit(_export)
        due = _due(notebooks, made, here)
        _execute(due, made, here, say)
        if exporting:
            made.keep(_EXPORTS, inputs, exporting.result())

    say(f"\nKlart på {time.monotonic() - started:.0f} s.")
    steps = {"tabeller": made.files(_TABLES), "anteckningsböcker": notebooks, "exporter": made.files(_EXPORTS)}
    for what, files in steps.items():
        folders = sorted({here.shown(file.parent) for file in files})
        say(f"  {len(files):>3} {what:<17} i {', '.join(folders)}")
    if len(due) < len(notebooks):
        say(f"Av anteckningsböckerna kördes {len(due)}; inget som de andra görs av har ändrats.")
    say("Öppna anteckningsböckerna med `analys lab` (i verktygets eget projekt: `make lab`).")


def _notebooks(here: Project, say: Callable[[str], None]) -> list[Path]:
    """The notebooks to execute, where what executes them is installed."""
    if importlib.util.find_spec("nbclient") is not None:
        return here.notebook_files()
    say("[2/3] anteckningsböckerna är inte körda: installera programmet med tillägget [lab] (README, Installera)")
    return []


def _beside(here: Project) -> list[Path]:
    """The files among the notebooks that they may import or read."""
    return sorted(file for file in here.notebooks.rglob("*") if file.is_file() and file.suffix != ".ipynb")


def _due(notebooks: list[Path], made: Made, here: Project) -> list[Path]:
    inputs = made.inputs(*_beside(here))
    return [path for path in notebooks if not made.is_current(here.shown(path), inputs)]


def _execute(due: list[Path], made: Made, here: Project, say: Callable[[str], None]) -> None:
    if not due:
        return
    from analys.notebooks import execute_all

    inputs, written = made.inputs(*_beside(here)), []

    def executed(path: Path, opened: list[str]) -> None:
        written.append(path)
        made.keep(here.shown(path), inputs, [path, *freshness.own(opened)])
        say(f"[2/3] körd {path.name} ({len(written)} av {len(due)})")

    asyncio.run(execute_all(due, executed))


def _normalise() -> list[Path]:
    from analys import normalise

    return normalise.run()


def _export() -> list[Path]:
    from analys.export import publish

    return publish.run(lambda name: print(f"[3/3] skriven {name}", flush=True))
