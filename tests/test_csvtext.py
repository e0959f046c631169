"""CSV text that a spreadsheet program cannot take for formulas, and that gives every cell back."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys import csvtext

_CELLS = st.text(st.sampled_from("='+-@\t\rA1 ,.(å"), max_size=6)


@given(_CELLS)
def test_every_cell_comes_back(cell: str) -> None:
    assert csvtext.unguard(csvtext.guard(cell)) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "'=1"])
def test_text_that_would_be_calculated_gets_an_apostrophe(cell: str) -> None:
    assert csvtext.guard(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12,50", "+46 000", "-1.234,00", "Ödeshög", "2-3", "'citat'", ""])
def test_numbers_and_other_text_stay(cell: str) -> None:
    assert csvtext.guard(cell) == cell


def test_a_frame_keeps_numbers_and_loses_no_row() -> None:
    frame = pd.DataFrame({"=namn": ["=A1", None, "Mora"], "belopp_kr": [-1, 2, -3]})
    text = csvtext.from_frame(frame)
    assert text == "'=namn,belopp_kr\n'=A1,-1\n,2\nMora,-3\n"
    read = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False).map(csvtext.unguard)
    assert list(read.iloc[:, 0]) == ["=A1", "", "Mora"]
