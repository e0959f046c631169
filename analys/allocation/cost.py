"""What is to be shared in a year: the cost base of a version, followed by its index."""

from __future__ import annotations

import csv
from fractions import Fraction
from typing import Final

from analys import catalog, project
from analys.agreement.costs import Index
from analys.agreement.fields import known
from analys.agreement.model import Version
from analys.errors import AnalysError

RESOURCE: Final = "prisindex"
SERIES: Final = {"kpi": "KPI_arsmedel_1980=100", "pkv": "PKV_arsforandring_pct"}


def yearly_cost(version: Version, year: int) -> Fraction | None:
    """The cost of a whole year in öre, exact; ``None`` when no document states it."""
    stated, index = known(version.cost), known(version.index)
    cost = stated.yearly(year) if stated else None
    return cost if cost is None or index is None else cost * index_factor(index, year)


def index_factor(index: Index, year: int) -> Fraction:
    """What prices of the base year are multiplied by to be those of ``year``.

    The product of the yearly changes, each within the floor and the cap. Raises :class:`AnalysError` for a year before
    the base year or without an index figure.
    """
    if year < index.base_year:
        raise AnalysError(f"indexet räknas från {index.base_year} och säger inget om {year}")
    factor = Fraction(1)
    for later in range(index.base_year + 1, year + 1):
        change = _change(index, later)
        if index.cap is not None:
            change = min(change, index.cap)
        if index.floor is not None:
            change = max(change, index.floor)
        factor *= 1 + change
    return factor


def _change(index: Index, year: int) -> Fraction:
    if index.series == "fast":
        assert index.percent is not None
        return index.percent
    year -= index.lag
    if index.series == "pkv":
        return _figure("pkv", year) / 100
    first = index.base_value if year == index.base_year + 1 - index.lag else None
    return _value(index, year) / (first or _value(index, year - 1)) - 1


def _value(index: Index, year: int) -> Fraction:
    """An index figure: the agreement's own, or the statistics'."""
    if year in index.values:
        return index.values[year]
    if index.series != "kpi":
        there = ", ".join(map(str, sorted(index.values)))
        raise AnalysError(
            f"indextal ({index.series.upper()}) för {year} saknas i avtalet (index.varden), som har {there}"
        )
    return _figure("kpi", year)


@project.per_project
def _figures() -> dict[tuple[str, int], Fraction]:
    with catalog.resource(RESOURCE).file.open(encoding="utf-8", newline="") as file:
        return {(row["serie"], int(row["ar"])): Fraction(row["varde"]) for row in csv.DictReader(file)}


def years_of(series: str) -> list[int]:
    """The years whose prices a series of the table knows, in order; a yearly change tells of the year before it too."""
    years = [year for name, year in _figures() if name == SERIES[series]]
    return sorted({*years, *([min(years) - 1] if series == "pkv" else [])})


def _figure(series: str, year: int) -> Fraction:
    try:
        return _figures()[SERIES[series], year]
    except KeyError:
        years = sorted(known for name, known in _figures() if name == SERIES[series])
        raise AnalysError(f"{series.upper()} för {year} saknas: tabellen har {years[0]}–{years[-1]}") from None
