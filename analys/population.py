"""Registered population by region and reference date, from the processed table.

Read without pandas: the verbs that only look a figure up start in a fraction of the time.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache

from analys.catalog import PROCESSED
from analys.errors import AnalysError
from analys.register import Region, regions

FILE = PROCESSED / "folkmangd.csv"


@cache
def by_date() -> dict[tuple[str, dt.date], int]:
    """(region code, reference date) -> inhabitants: all regions at year ends, and some at month ends."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            (row["regionkod"], dt.date.fromisoformat(row["referensdatum"])): int(row["folkmangd"])
            for row in csv.DictReader(file)
        }


@cache
def table() -> dict[tuple[str, int], int]:
    """(region code, year) -> inhabitants on 31 December."""
    return {
        (code, date.year): persons for (code, date), persons in by_date().items() if (date.month, date.day) == (12, 31)
    }


@cache
def latest_year() -> int:
    """The last year whose 31 December the table has."""
    return max(year for _, year in table())


def population(region: Region, date: dt.date) -> int:
    """Inhabitants on ``date``. Raises :class:`AnalysError` that says which figure is missing."""
    try:
        return by_date()[region.code, date]
    except KeyError:
        years = sorted(year for code, year in table() if code == region.code)
        known = f"31 December {years[0]}-{years[-1]}" if years else "no figure of it"
        raise AnalysError(
            f"no population of {region.name} ({region.code}) on {date}: the table has {known}; "
            "write the figures in the agreement (nyckel.varden), or add them to data/raw with their source"
        ) from None


def year_end(code: str, year: int) -> int:
    """Inhabitants of the region with this code on 31 December of a year."""
    return population(regions()[code], dt.date(year, 12, 31))
