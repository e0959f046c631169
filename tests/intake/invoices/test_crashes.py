"""What the fuzzer has broken a reader with (``python -m fuzz.invoices``), read ever after."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.invoices import check

CRASHES = sorted((Path(__file__).parent / "crashes").glob("*.dat"))


@pytest.mark.parametrize("crash", CRASHES, ids=lambda crash: crash.stem)
def test_what_broke_a_reader_once(crash: Path) -> None:
    check(crash.read_bytes())
