"""The order of the main job: check and normalise, then execute the notebooks while the exports are written beside."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from analys import project


def run(say: Callable[[str], None]) -> None:
    """Do the main job of the current project; ``say`` is called with a line of progress for each thing done."""
    started, here = time.monotonic(), project.required()
    written: list[Path] = []

    def executed(path: Path) -> None:
        written.append(path)
        say(f"[2/3] körd {path.name} ({len(written)} av {len(to_execute)})")

    execute_all = _executor()
    to_execute = here.notebook_files() if execute_all else []
    # A process of its own: in a thread, drawing would hold up the messages to and from the kernels.
    with ProcessPoolExecutor(max_workers=1) as pool:
        pool.submit(_prepare)  # its libraries are read while this process normalises
        from analys import normalise

        tables = normalise.run()
        say(f"[1/3] normaliserat: {len(tables)} tabeller")
        exporting = pool.submit(_export)
        if execute_all:
            asyncio.run(execute_all(to_execute, executed))
        else:
            say(
                "[2/3] anteckningsböckerna är inte körda: installera programmet med tillägget [lab] (README, Installera)"
            )
        exported = exporting.result()

    say(f"\nKlart på {time.monotonic() - started:.0f} s. Skrivet:")
    for what, files in (("tabeller", tables), ("anteckningsböcker", written), ("exporter", exported)):
        folders = sorted({here.shown(file.parent) for file in files})
        say(f"  {len(files):>3} {what:<17} i {', '.join(folders)}")
    say("Öppna anteckningsböckerna med `analys lab` (i verktygets eget projekt: `make lab`).")


def _executor() -> Callable[[list[Path], Callable[[Path], None]], Coroutine[Any, Any, None]] | None:
    """What executes notebooks, where it is installed."""
    if importlib.util.find_spec("nbclient") is None:
        return None
    from analys import notebooks

    return notebooks.execute_all


def _prepare() -> None:
    import analys.export.publish  # noqa: F401

    gc.disable()  # the process ends with its work, so there is nothing to gain from looking for what can be thrown away


def _export() -> list[Path]:
    from analys.export import publish

    return publish.run(lambda name: print(f"[3/3] skriven {name}", flush=True))
