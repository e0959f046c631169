"""The rows of the published tables that the chapters show, and how their amounts are written."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analys.export.case import Case
from analys.export.wording import ESTIMATED, stated_thousands, thousands


def own_rows(frame: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The member's rows."""
    assert case.member
    return frame[frame["kommunkod"] == case.member.code]


def annexed(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that an annex states to the krona."""
    return frame[frame["enligt"].str.startswith("bilaga")]


def amount(row: Any) -> str:
    """A row's amount in tkr, as it was stated or as the interval that it is estimated to."""
    return (thousands if row.underlag == ESTIMATED else stated_thousands)(row.lagst_kr, row.hogst_kr)
