"""The whole main job against the same notebooks with nbconvert, and ``analys --help`` against importing pandas."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analys.project import required

ROUNDS = 3


def seconds(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    return time.perf_counter() - started


def ratio(first: list[float], second: list[float]) -> str:
    pairs = [a / b for a, b in zip(first, second, strict=True)]
    return f"{statistics.median(pairs):.2f} ({min(pairs):.2f}-{max(pairs):.2f}, {len(pairs)} pairs)"


def run() -> None:
    """Print both ratios: the median of the pairs, with the lowest and the highest."""
    paths = [str(path) for path in required().notebook_files()]
    ours, nbconvert = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            ours.append(seconds("-m", "analys", "run"))
            copies = [shutil.copy(path, folder) for path in paths]
            nbconvert.append(
                seconds(
                    "-m",
                    "nbconvert",
                    "--to",
                    "notebook",
                    "--execute",
                    "--output-dir",
                    str(Path(folder) / "out"),
                    *copies,
                )
            )
    print(
        f"the whole main job / the same notebooks one after another with nbconvert: {ratio(ours, nbconvert)}; goal 0.7"
    )
    help_page, pandas = [], []
    for _ in range(4 * ROUNDS):
        help_page.append(seconds("-m", "analys", "--help"))
        pandas.append(seconds("-c", "import pandas"))
    print(f"analys --help / importing pandas: {ratio(help_page, pandas)}; goal 0.3")


if __name__ == "__main__":
    run()
