"""Reading in a process with bounds: what comes back, and what becomes of a job that takes too much."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from analys.documents.confined import Bounds, confined
from analys.documents.files import MIB, unusable
from analys.errors import InputError

FILE = Path("bilaga 850101-1236.pdf")


def jobs(path: Path, kind: str) -> Iterator[object]:
    """What a library may do to a file."""
    yield {"fil": path.name}
    match kind:
        case "memory":
            yield len(bytes(2000 * MIB))
        case "time":
            while True:
                pass
        case "abort":
            os.abort()
        case "error":
            raise RuntimeError("odd")
        case "panic":
            raise type("PanicException", (BaseException,), {})("index out of bounds")
        case "refused":
            raise unusable(path, "x", "y", "z")
    yield "klar"


def _message(kind: str) -> str:
    with pytest.raises(InputError) as caught:
        list(confined(jobs, FILE, kind, bounds=Bounds(600 * MIB, 3)))
    assert "8501" not in str(caught.value)
    return str(caught.value)


def test_what_a_job_yields_comes_back() -> None:
    assert list(confined(jobs, FILE, "")) == [{"fil": FILE.name}, "klar"]


@pytest.mark.skipif(sys.platform == "win32", reason="the clock alone watches there")
@pytest.mark.parametrize("kind", ["memory", "time", "abort"])
def test_a_job_that_takes_too_much(kind: str) -> None:
    start = time.monotonic()
    assert "väntade en fil som läses med högst 600 MB minne på 3 s, fann en som kräver mer" in _message(kind)
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("error", "fann en skadad fil (RuntimeError: odd)"),
        ("panic", "fann en skadad fil (index out of bounds)"),
        ("refused", "väntade x, fann y; z"),
    ],
)
def test_a_job_that_fails(kind: str, found: str) -> None:
    assert found in _message(kind)
