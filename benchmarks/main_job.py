"""The whole main job against the same notebooks with nbconvert, and ``analys --help`` against importing pandas.

    python -m benchmarks.main_job [--scale 1]

The main job writes its outputs where it always does. In a size below a third it is left out.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from analys.project import required
from benchmarks.table import Row, Run, main, missing, ratio

#: Pairs of runs of the main job in the published size.
ROUNDS = 3
JOB = "huvudjobbet / samma anteckningsböcker en i taget med nbconvert"


def seconds(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.perf_counter() - started


def by_nbconvert(paths: list[Path], folder: Path) -> float:
    """Seconds for copies of the notebooks, executed one after another."""
    copies = [shutil.copy(path, folder) for path in paths]
    options = ["--to", "notebook", "--execute", "--output-dir", str(folder / "out")]
    return seconds("-m", "nbconvert", *options, *map(str, copies))


def rows(run: Run) -> Iterator[Row]:
    """Both ratios: the median of the pairs, with the lowest and the highest."""
    rounds = run.of(ROUNDS, 0)
    if importlib.util.find_spec("nbconvert") is None:
        yield missing(JOB, "<= 0,45", "nbconvert (miljön för make bench)")
    elif rounds == 0:
        yield missing(JOB, "<= 0,45", "en större mätning")
    else:
        paths = required().notebook_files()
        with tempfile.TemporaryDirectory() as folder:
            pairs = [seconds("-m", "analys", "run") / by_nbconvert(paths, Path(folder)) for _ in range(rounds)]
        yield Row(JOB, "<= 0,45", ratio(pairs))
    pairs = [seconds("-m", "analys", "--help") / seconds("-c", "import pandas") for _ in range(4 * max(1, rounds))]
    yield Row("analys --help / att importera pandas", "<= 0,3", ratio(pairs))


if __name__ == "__main__":
    main(rows, __doc__)
