"""Registered population by region and reference date: the reference data's, and what the project has fetched besides.

Read without pandas: the verbs that only look a figure up start in a fraction of the time.
"""

from __future__ import annotations

import csv
import datetime as dt
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final

from analys import catalog, project
from analys.errors import AnalysError
from analys.register import Region, municipalities, regions

#: The figures that a project has fetched; written by :mod:`analys.normalise` where there are any.
FETCHED: Final = "folkmangd.csv"
_YEAR_ENDS: Final = ("folkmangd", "folkmangd-2025")
_MONTH_ENDS: Final = "folkmangd-norrkoping-manad"


@project.per_project
def by_date() -> dict[tuple[str, dt.date], int]:
    """(region code, reference date) -> inhabitants: all regions at year ends, some at month ends.

    From 31 December 2025 municipalities only, because a county's figure is no longer the sum of its municipalities'.
    """
    figures = shipped()
    here = project.current()
    if here and (here.processed / FETCHED).is_file():
        with (here.processed / FETCHED).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                figures[row["regionkod"], dt.date.fromisoformat(row["referensdatum"])] = int(row["folkmangd"])
    return figures


def shipped() -> dict[tuple[str, dt.date], int]:
    """As :func:`by_date`, but only the reference data's figures."""
    figures = {}
    for row in chain.from_iterable(map(_rows, _YEAR_ENDS)):
        figures[row["regionkod"], dt.date(int(row["ar"]), 12, 31)] = int(row["folkmangd"])
    for row in _rows(_MONTH_ENDS):
        year, month = map(int, row["manad"].split("M"))
        figures[row["regionkod"], dt.date(year, month, monthrange(year, month)[1])] = int(row["folkmangd"])
    return figures


def _rows(name: str) -> Iterator[dict[str, str]]:
    with catalog.resource(name).file.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@project.per_project
def table() -> dict[tuple[str, int], int]:
    """(region code, year) -> inhabitants on 31 December."""
    return {
        (code, date.year): persons for (code, date), persons in by_date().items() if (date.month, date.day) == (12, 31)
    }


@project.per_project
def latest_year() -> int:
    """The last year whose 31 December the table has of all municipalities."""
    known = Counter(year for code, year in table() if len(code) == 4)
    return max(year for year, count in known.items() if count == len(municipalities()))


def population(region: Region, date: dt.date) -> int:
    """Inhabitants on ``date``. Raises :class:`AnalysError` that says which figure is missing."""
    try:
        return by_date()[region.code, date]
    except KeyError:
        years = sorted(year for code, year in table() if code == region.code)
        known = f"31 december {years[0]}–{years[-1]}" if years else "inget tal för den"
        raise AnalysError(
            f"folkmängden i {region.name} ({region.code}) {date} saknas: tabellen har {known}. Hämta nyare tal med "
            "`analys fetch population`, skriv talen i avtalet (nyckel.varden), eller lägg en fil med dem i "
            "data/raw/statistik"
        ) from None


def year_end(code: str, year: int) -> int:
    """Inhabitants of the region with this code on 31 December of a year."""
    return population(regions()[code], dt.date(year, 12, 31))
