"""Registered population by region and reference date, from SCB's table of 31 December each year."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache

from analys import catalog
from analys.errors import AnalysError
from analys.register import Region

RESOURCE = "folkmangd"


@cache
def table() -> dict[tuple[str, int], int]:
    """(region code, year) -> inhabitants on 31 December."""
    with catalog.resource(RESOURCE).file.open(encoding="utf-8", newline="") as file:
        return {(row["regionkod"], int(row["ar"])): int(row["folkmangd"]) for row in csv.DictReader(file)}


@cache
def latest_year() -> int:
    return max(year for _, year in table())


def population(region: Region, date: dt.date) -> int:
    """Inhabitants on ``date``. Raises :class:`AnalysError` that says which figure is missing."""
    if (date.month, date.day) != (12, 31):
        raise AnalysError(
            f"no population of {region.name} on {date}: the statistics are of 31 December; "
            "write the figures in the agreement (nyckel.varden)"
        )
    try:
        return table()[region.code, date.year]
    except KeyError:
        years = sorted(year for code, year in table() if code == region.code)
        known = f"{years[0]}-{years[-1]}" if years else "no year"
        raise AnalysError(f"no population of {region.name} ({region.code}) on {date}: the table has {known}") from None
