"""Inputs that once broke a reader (found by ``fuzz/population.py``): a table or an InputError, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from analys.errors import InputError
from analys.intake.population import read

CRASHES = sorted((Path(__file__).parent / "crashes").glob("*.dat"))


@pytest.mark.parametrize("path", CRASHES, ids=[path.stem for path in CRASHES])
def test_input_that_once_crashed(path: Path) -> None:
    try:
        result = read(path)
    except InputError:
        return
    assert result.rows_in == len(result.frame) + len(result.reported)
