"""The main job against the same notebooks with nbconvert, again with nothing and one notebook changed, and how verbs start.

    python -m benchmarks.main_job [--scale 1]

The main job writes its outputs where it always does. In a size below a third it is left out.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from analys.project import VARIABLE, required
from benchmarks.table import Row, Run, main, missing, ratio

ANNEX = "exempel-energiradgivning/bilaga-2019.xlsx"
#: Pairs of runs of the main job in the published size.
ROUNDS = 3
JOB = "huvudjobbet / samma anteckningsböcker en i taget med nbconvert"


def seconds(*command: str) -> float:
    """Seconds of a command of this project; ``audit`` ends with 1 where it finds something."""
    environment = {**os.environ, VARIABLE: str(required().folder)}
    started = time.perf_counter()
    done = subprocess.run([sys.executable, *command], check=False, capture_output=True, text=True, env=environment)
    if done.returncode > 1:
        raise RuntimeError(done.stderr)
    return time.perf_counter() - started


def by_nbconvert(paths: list[Path], folder: Path) -> float:
    """Seconds for copies of the notebooks, executed one after another."""
    copies = [shutil.copy(path, folder) for path in paths]
    options = ["--to", "notebook", "--execute", "--output-dir", str(folder / "out")]
    return seconds("-m", "nbconvert", *options, *map(str, copies))


def after_an_edit(path: Path) -> float:
    """Seconds of the main job after an edit of one notebook, which it mends."""
    path.write_bytes(path.read_bytes() + b"\n")
    return seconds("-m", "analys", "run")


def rows(run: Run) -> Iterator[Row]:
    """The ratios: the median of the pairs, with the lowest and the highest."""
    rounds = run.of(ROUNDS, 0)
    if importlib.util.find_spec("nbconvert") is None:
        yield missing(JOB, "<= 0,45", "nbconvert (miljön för make bench)")
    elif rounds == 0:
        yield missing(JOB, "<= 0,45", "en större mätning")
    else:
        yield from _main_job(rounds)
    times = 4 * max(1, rounds)
    pandas = [seconds("-c", "import pandas") for _ in range(times)]
    for verb, goal in ((("--help",), "<= 0,3"), (("audit", str(required().raw / ANNEX)), "")):
        pairs = [seconds("-m", "analys", *verb) / base for base in pandas]
        yield Row(f"analys {verb[0]} / att importera pandas", goal, ratio(pairs))
    audits = [seconds("-m", "analys", "audit", str(required().raw / ANNEX)) for _ in range(times)]
    yield Row("analys audit FIL, sekunder", "<= 0,4", ratio(audits).replace("par", "körningar"))


def _main_job(rounds: int) -> Iterator[Row]:
    paths = required().notebook_files()
    whole, again, edited, others = [], [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            whole.append(seconds("-m", "analys", "run", "--all"))
            again.append(seconds("-m", "analys", "run") / whole[-1])
            edited.append(after_an_edit(paths[0]) / whole[-1])
            others.append(by_nbconvert(paths, Path(folder)))
    yield Row(JOB, "<= 0,45", ratio([own / other for own, other in zip(whole, others, strict=True)]))
    yield Row("huvudjobbet utan någon ändring / allt", "<= 0,1", ratio(again))
    yield Row("huvudjobbet efter en ändring i en anteckningsbok / allt", "", ratio(edited))


if __name__ == "__main__":
    main(rows, __doc__)
