"""What all reports cost beside the drawing of their charts: every member's set and the group's, in three formats.

    python -m benchmarks.reports [--scale 1]

Measured in one run: first every chart of every report is made and drawn once as png, with nothing kept; then the sets are
written as ``analys report --all`` does. Both in a process of their own, so that neither warms the other up.
"""

from __future__ import annotations

import io
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import analys.agreement as agreements
from analys.export.blocks import Figure
from analys.export.report import members, report
from analys.export.report_set import Format, write_all
from benchmarks.table import Row, Run, main, ratio

AGREEMENT = "ostergotland"
FORMATS = (Format.DOCX, Format.XLSX, Format.HTML)


def draw(whom: list[str | None]) -> tuple[float, int]:
    """Seconds to draw each report's charts once with matplotlib alone, and how many they are."""
    contents = [report(AGREEMENT, each) for each in whom]
    figures = [block for content in contents for block in content.blocks() if isinstance(block, Figure)]
    start = time.perf_counter()
    for figure in figures:
        ask: Any = figure.draw
        chart = ask.func.__wrapped__(*ask.args)  # past the cache that lets reports share a chart
        chart.figure.savefig(io.BytesIO(), format="png", dpi=200)
    return time.perf_counter() - start, len(figures)


def write(whom: list[str | None]) -> tuple[float, int]:
    """Seconds to write all sets, with the start of their processes, and the bytes written."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        for _ in write_all(AGREEMENT, whom, FORMATS, Path(folder)):
            pass
        seconds = time.perf_counter() - start
        return seconds, sum(file.stat().st_size for file in Path(folder).iterdir())


def alone(task: Any, *arguments: Any) -> Any:
    """What a task returns from a fresh process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(task, arguments)


def rows(run: Run) -> Iterator[Row]:
    """The sets of the group and all members; in the smallest size one member's only."""
    names = [region.name for region in members(agreements.load(AGREEMENT))]
    whom = [*names, None][: run.of(len(names) + 1)]
    drawing, charts = alone(draw, whom)
    writing, size = alone(write, whom)
    note = f"{len(whom)} uppsättningar i tre format, {size / 1e6:.1f} MB, {writing:.1f} s; {charts} diagram {drawing:.1f} s"
    yield Row("alla rapporter / deras diagram ritade en gång", "< 3", ratio([writing / drawing]), note)


if __name__ == "__main__":
    main(rows, __doc__)
