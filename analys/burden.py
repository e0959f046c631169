"""What each inhabitant carries: kronor per inhabitant, in the prices of the year and of one year, against a flat one.

The population is that of 31 December of the year itself, the convention of SCB's and Kolada's per-inhabitant figures.
A flat burden is the whole group's cost divided by the whole group's inhabitants.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analys import population, tables
from analys.account import Amount, Basis, account, total
from analys.account.frames import bounds
from analys.agreement.costs import Index
from analys.allocation.cost import index_factor
from analys.errors import AnalysError
from analys.evidence import Interval

CPI: Final = "KPI_arsmedel_1980=100"
#: The price series that amounts are shown by unless another is asked for: what a krona of tax money buys an inhabitant.
SERIES: Final = "kpi"


def price_years() -> list[int]:
    """The years whose prices amounts can be shown in: those with an annual mean of the CPI."""
    index = tables.read(tables.PRISINDEX)
    return sorted(int(year) for year in index["ar"][index["serie"] == CPI])


def latest_prices(agreement_id: str) -> int:
    """The year whose prices amounts are shown in: the account's last, or else the last that has a price index."""
    known = price_years()
    last = max(account(agreement_id).years, default=known[-1])
    return max((year for year in known if year <= last), default=known[-1])


def price_factor(year: int, price_year: int, series: str = SERIES) -> Fraction:
    """What one krona of ``year`` is in the prices of ``price_year``: by the annual means of the CPI (``kpi``), or by the
    yearly changes of another series that the price table has. Raises :class:`AnalysError` for a year that it lacks."""
    if year == price_year:
        return Fraction(1)
    first, last = sorted((year, price_year))
    asked: dict[str, Any] = {"series": series, "base_year": first, "lag": 0}
    asked |= dict.fromkeys(("base_value", "percent", "cap", "floor"))
    factor = index_factor(Index.model_construct(**asked), last)
    return factor if year == first else 1 / factor


def burden_by_municipality_year(
    agreement_id: str,
    basis: Basis = Basis.ACCRUAL,
    years: Iterable[int] | None = None,
    price_year: int | None = None,
    series: str = SERIES,
) -> pd.DataFrame:
    """Kronor per inhabitant by municipality, year and source; years that have no population yet are left out.

    Columns: ``vy``, ``kommunkod``, ``kommun``, ``ar``, ``enligt``, ``ursprung``, ``underlag``, ``folkmangd``
    (31 December of ``ar``), then low and high bounds (``lagst_``, ``hogst_``) of ``kr_per_invanare`` in the year's
    prices and in those of ``price_year`` (missing where the series lacks the year), of ``jamn_kr_per_invanare`` (the
    flat burden, the year's prices) and of ``avvikelse_kr_per_invanare`` (own burden less the flat one), and ``kalla``. Two
    decimals, rounded outwards.
    """
    own = account(agreement_id)
    prices = latest_prices(agreement_id) if price_year is None else price_year
    rows: list[dict[str, Any]] = []
    for (year, _), parts in own.sources(basis, years).items():
        group = [amount for amount in parts if amount.payer.code]
        if year <= population.latest_year() and own.is_whole(group):
            rows += _rates(group, year, prices, _factor(year, prices, series))
    shown = f"kr_per_invanare_{prices}_ars_priser"
    measures = ("kr_per_invanare", shown, "jamn_kr_per_invanare", "avvikelse_kr_per_invanare")
    columns = ["vy", "kommunkod", "kommun", "ar", "enligt", "ursprung", "underlag", "folkmangd"]
    columns += [*(f"{end}_{measure}" for measure in measures for end in ("lagst", "hogst")), "kalla"]
    return pd.DataFrame(rows, columns=columns).sort_values(["ar", "enligt", "kommunkod"], ignore_index=True)


def _factor(year: int, price_year: int, series: str) -> Fraction | None:
    try:
        return price_factor(year, price_year, series)
    except AnalysError:
        return None


def _rates(group: list[Amount], year: int, price_year: int, factor: Fraction | None) -> list[dict[str, Any]]:
    persons = {amount.payer.code: population.year_end(amount.payer.code, year) for amount in group}
    flat = total(group) / sum(persons.values())
    shown = f"kr_per_invanare_{price_year}_ars_priser"
    rows = []
    for amount in group:
        own = amount.kronor / persons[amount.payer.code]
        fixed = {f"lagst_{shown}": None, f"hogst_{shown}": None} if factor is None else bounds(shown, own * factor)
        rows.append(
            {
                "vy": amount.basis.value,
                "kommunkod": amount.payer.code,
                "kommun": amount.payer.name,
                "ar": year,
                "enligt": amount.according_to,
                "ursprung": amount.origin.value,
                "underlag": amount.underlag.value,
                "folkmangd": persons[amount.payer.code],
                **bounds("kr_per_invanare", own),
                **fixed,
                **bounds("jamn_kr_per_invanare", flat),
                **bounds("avvikelse_kr_per_invanare", deviation(own, flat)),
                "kalla": ", ".join(amount.documents),
            }
        )
    return rows


def deviation(own: Interval, flat: Interval) -> Interval:
    """Own burden less the flat one, both at the same end: one total decides both, so the ends belong together."""
    ends = (own.low - flat.low, own.high - flat.high)
    return Interval(min(ends), max(ends))
