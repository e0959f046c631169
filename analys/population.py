"""Registered population by region and reference date, from the processed table."""

from __future__ import annotations

import datetime as dt
from functools import cache

from analys import tables
from analys.errors import AnalysError


@cache
def _figures() -> dict[tuple[str, dt.date], int]:
    frame = tables.read(tables.FOLKMANGD)
    dates = frame["referensdatum"].dt.date
    return dict(zip(zip(frame["regionkod"], dates, strict=True), frame["folkmangd"].tolist(), strict=True))


def of(code: str, date: dt.date) -> int:
    """The population of a region on a date. Raises :class:`AnalysError` naming the figure that is missing."""
    try:
        return _figures()[code, date]
    except KeyError:
        raise AnalysError(
            f"no population for region {code} on {date}: data/processed/folkmangd.csv has no such row; "
            "add the figure with its source to data/raw/statistik and normalise again"
        ) from None


def year_end(code: str, year: int) -> int:
    """The population on 31 December of a year."""
    return of(code, dt.date(year, 12, 31))
