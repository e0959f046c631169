"""The order of the main job: check and normalise, then execute the notebooks while the exports are written beside."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from analys import notebooks
from analys.catalog import ROOT


def run(say: Callable[[str], None]) -> None:
    """Do the main job; ``say`` is called with a line of progress for each thing done."""
    started = time.monotonic()
    written: list[Path] = []

    def executed(path: Path) -> None:
        written.append(path)
        say(f"[2/3] executed {path.name} ({len(written)} of {len(to_execute)})")

    to_execute = notebooks.paths()
    # A process of its own: in a thread, drawing would hold up the messages to and from the kernels.
    with ProcessPoolExecutor(max_workers=1) as pool:
        pool.submit(_prepare)  # its libraries are read while this process normalises
        from analys import normalise

        tables = normalise.run()
        say(f"[1/3] normalised: {len(tables)} tables")
        exporting = pool.submit(_export)
        asyncio.run(notebooks.execute_all(to_execute, executed))
        exported = exporting.result()

    say(f"\nDone in {time.monotonic() - started:.0f} s. Written:")
    for what, files in (("tables", tables), ("notebooks", written), ("exports", exported)):
        folders = sorted({str(file.parent.relative_to(ROOT)) for file in files})
        say(f"  {len(files):>3} {what:<9} in {', '.join(folders)}")
    say("Open the notebooks with `make lab`.")


def _prepare() -> None:
    import analys.export.publish  # noqa: F401

    gc.disable()  # the process ends with its work, so there is nothing to gain from looking for what can be thrown away


def _export() -> list[Path]:
    from analys.export import publish

    return publish.run(lambda name: print(f"[3/3] exported {name}", flush=True))
