"""The order of the main job: check and normalise, then execute the notebooks while the exports are written beside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from analys import notebooks
from analys.catalog import ROOT
from analys.export import publish


def run(say: Callable[[str], None]) -> None:
    """Do the main job; ``say`` is called with a line of progress for each thing done."""
    # Both the notebooks' client and matplotlib import IPython when first used; in two threads at once that fails.
    import IPython  # noqa: F401

    from analys import normalise

    started = time.monotonic()
    tables = normalise.run()
    say(f"[1/3] normalised: {len(tables)} tables")

    written: list[Path] = []

    def executed(path: Path) -> None:
        written.append(path)
        say(f"[2/3] executed {path.name} ({len(written)} of {len(to_execute)})")

    to_execute = notebooks.paths()
    # The kernels are processes of their own; drawing the exports in a thread fills the time spent waiting for them.
    with ThreadPoolExecutor(max_workers=1) as pool:
        exporting = pool.submit(publish.run, lambda name: say(f"[3/3] exported {name}"))
        asyncio.run(notebooks.execute_all(to_execute, executed))
        exported = exporting.result()

    say(f"\nDone in {time.monotonic() - started:.0f} s. Written:")
    for what, files in (("tables", tables), ("notebooks", written), ("exports", exported)):
        folders = sorted({str(file.parent.relative_to(ROOT)) for file in files})
        say(f"  {len(files):>3} {what:<9} in {', '.join(folders)}")
    say("Open the notebooks with `make lab`.")
