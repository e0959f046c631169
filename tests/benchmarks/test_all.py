"""Every benchmark runs in its smallest size, and the one command keeps them as a table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.table import HEAD

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_the_smallest_size_gives_rows(name: str, tmp_path: Path) -> None:
    page = tmp_path / "matningar.md"
    command = [sys.executable, "-m", "benchmarks", name, "--scale", "0", "--write", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    text = page.read_text(encoding="utf-8")
    assert HEAD in text
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert all(row.count("|") == 5 for row in rows)


def test_a_benchmark_for_each_module_that_measures() -> None:
    modules = {path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py")}
    assert modules - {"ambiguity", "documents", "folders", "table"} == set(BENCHMARKS)
