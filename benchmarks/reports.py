"""What all reports cost beside the drawing of their charts: every member's set and the group's, in three formats.

    python -m benchmarks.reports [--agreement ostergotland] [--members N]

Measured in one run: first every chart of every report is made and drawn once as png, with nothing kept; then the sets are
written as ``analys report --all`` does. Both in a process of their own, so that neither warms the other up.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import Any

from analys import agreement as agreements
from analys.export.blocks import Figure
from analys.export.report import members, report
from analys.export.report_set import Format, write_all

FORMATS = (Format.DOCX, Format.XLSX, Format.HTML)


def draw(agreement: str, whom: list[str | None]) -> tuple[float, int]:
    """Seconds to draw each report's charts once with matplotlib alone, and how many they are."""
    contents = [report(agreement, each) for each in whom]
    figures = [block for content in contents for block in content.blocks() if isinstance(block, Figure)]
    start = time.perf_counter()
    for figure in figures:
        make, *arguments = figure.draw.args  # past the cache that lets reports share a chart
        make(*arguments).figure.savefig(io.BytesIO(), format="png", dpi=200)
    return time.perf_counter() - start, len(figures)


def write(agreement: str, whom: list[str | None]) -> tuple[float, int]:
    """Seconds to write all sets, with the start of their processes, and the bytes written."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for _ in write_all(agreement, whom, FORMATS, Path(folder)):
            pass
        seconds = time.perf_counter() - start
        return seconds, sum(file.stat().st_size for file in Path(folder).iterdir())


def alone(task: Any, *arguments: Any) -> Any:
    """What a task returns from a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(task, arguments)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--agreement", default="ostergotland")
    options.add_argument("--members", type=int, help="only the first so many members, and the group")
    given = options.parse_args()
    names = [region.name for region in members(agreements.load(given.agreement))][: given.members]
    whom = [*names, None]
    drawing, charts = alone(draw, given.agreement, whom)
    writing, size = write(given.agreement, whom)
    print(f"{charts} charts of {len(whom)} reports drawn once with matplotlib: {drawing:.1f} s")
    print(f"{len(whom)} sets x {len(FORMATS)} formats written: {writing:.1f} s, {size / 1e6:.1f} MB")
    print(f"ratio: {writing / drawing:.2f} (goal: under 3)")


if __name__ == "__main__":
    main()
