"""What each inhabitant carries: kronor per inhabitant, in the prices of the year and of one year, against a flat one.

The population is that of 31 December of the year itself, the convention of SCB's and Kolada's per-inhabitant figures.
A flat burden is the whole group's cost divided by the whole group's inhabitants.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pandas as pd

from analys import population, tables
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.reconstruct import YEARS, Amount, View, amounts, outward

CPI: Final = "KPI_arsmedel_1980=100"
PRICE_YEAR: Final = 2023


def price_years() -> list[int]:
    """The years whose prices amounts can be shown in: those with an annual mean of the CPI."""
    index = tables.read(tables.PRISINDEX)
    return sorted(int(year) for year in index["ar"][index["serie"] == CPI])


def price_factor(year: int, price_year: int = PRICE_YEAR) -> Fraction:
    """What one krona of ``year`` is in the prices of ``price_year``, by the annual means of the CPI."""
    index = tables.read(tables.PRISINDEX).to_dict("records")
    means: dict[int, Decimal] = {row["ar"]: row["varde"] for row in index if row["serie"] == CPI}
    missing = [str(wanted) for wanted in (year, price_year) if wanted not in means]
    if missing:
        raise AnalysError(f"no CPI annual mean for {', '.join(missing)}; there are {min(means)}-{max(means)}")
    return Fraction(means[price_year]) / Fraction(means[year])


def burden_by_municipality_year(
    agreement_id: str, view: View = View.ACCRUAL, years: Iterable[int] = YEARS, price_year: int = PRICE_YEAR
) -> pd.DataFrame:
    """Kronor per inhabitant by municipality, year and source.

    Columns: ``vy``, ``kommunkod``, ``kommun``, ``ar``, ``enligt``, ``underlag``, ``folkmangd`` (31 December of ``ar``),
    then low and high bounds (``lagst_``, ``hogst_``) of ``kr_per_invanare`` in the year's prices and in those of
    ``price_year``, of ``jamn_kr_per_invanare`` (the flat burden, the year's prices) and of
    ``avvikelse_kr_per_invanare`` (own burden less the flat one). Two decimals, rounded outwards.
    """
    groups: dict[tuple[int, str], list[Amount]] = {}
    for amount in amounts(agreement_id, view, years):
        groups.setdefault((amount.year, amount.according_to), []).append(amount)
    rows = []
    for (year, according_to), group in groups.items():
        persons = {amount.municipality.code: population.year_end(amount.municipality.code, year) for amount in group}
        everyone = sum(persons.values())
        flat = sum((amount.kronor for amount in group), Interval.point(0)) / everyone
        factor = price_factor(year, price_year)
        for amount in group:
            own = amount.kronor / persons[amount.municipality.code]
            rows.append(
                {
                    "vy": view.value,
                    "kommunkod": amount.municipality.code,
                    "kommun": amount.municipality.name,
                    "ar": year,
                    "enligt": according_to,
                    "underlag": amount.underlag.value,
                    "folkmangd": persons[amount.municipality.code],
                    **_bounds("kr_per_invanare", own),
                    **_bounds(f"kr_per_invanare_{price_year}_ars_priser", own * factor),
                    **_bounds("jamn_kr_per_invanare", flat),
                    **_bounds("avvikelse_kr_per_invanare", _deviation(own, flat)),
                }
            )
    return pd.DataFrame(rows).sort_values(["ar", "enligt", "kommunkod"], ignore_index=True)


def _deviation(own: Interval, flat: Interval) -> Interval:
    """Own burden less the flat one, both at the same end: one total decides both, so the ends belong together."""
    ends = (own.low - flat.low, own.high - flat.high)
    return Interval(min(ends), max(ends))


def _bounds(name: str, interval: Interval) -> dict[str, Decimal]:
    low, high = outward(interval)
    return {f"lagst_{name}": low, f"hogst_{name}": high}
