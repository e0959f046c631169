"""What each inhabitant carries: kronor per inhabitant, in the prices of the year and of one year, against a flat one.

The population is that of 31 December of the year itself, the convention of SCB's and Kolada's per-inhabitant figures.
A flat burden is the whole group's cost divided by the whole group's inhabitants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analys import population
from analys.account import Amount, Basis, account, total
from analys.account.frames import bounds
from analys.agreement import Agreement
from analys.agreement.costs import Index
from analys.agreement.fields import known
from analys.allocation import cost
from analys.allocation.cost import index_factor, years_of
from analys.errors import AnalysError
from analys.evidence import Interval

#: What the price table calls the consumer price index.
CPI: Final = cost.SERIES["kpi"]
#: The price series that amounts are shown by unless another is asked for: what a krona of tax money buys an inhabitant.
SERIES: Final = "kpi"
#: The agreement's own index, where its folder states the figures: a wage index (LCI, OPI) or any other.
OWN: Final = "avtal"
#: The series that fixed prices can be reckoned by, in words.
IN_WORDS: Final = {"kpi": "konsumentprisindex (KPI)", "pkv": "SKR:s prisindex för kommunal verksamhet (PKV)"}


@dataclass(frozen=True)
class Prices:
    """A price series: its name in words, its index, and the years whose prices it knows, in order."""

    name: str
    index: Index
    years: list[int]

    def factor(self, year: int, price_year: int) -> Fraction:
        """What one krona of ``year`` is in the prices of ``price_year``. Raises :class:`AnalysError` for a year that the
        series lacks."""
        first, last = sorted((year, price_year))
        factor = index_factor(self.index.model_copy(update={"base_year": first}), last)
        return factor if year == first else 1 / factor

    def latest(self, years: Iterable[int]) -> int:
        """The last of the years that has prices; failing that, the last that has any."""
        return max(set(years) & set(self.years), default=self.years[-1])


def prices(series: str = SERIES, agreement: Agreement | None = None) -> Prices:
    """A series of the price table (``kpi``, ``pkv``), or the agreement's own (``avtal``).

    Raises :class:`AnalysError` for an agreement whose folder states no index figures.
    """
    if series == OWN:
        return _own_prices(agreement)
    plain: dict[str, Any] = {"series": series, "base_year": 0}
    return Prices(IN_WORDS[series], Index.model_construct(**plain), years_of(series))


def _own_prices(agreement: Agreement | None) -> Prices:
    versions = agreement.versions if agreement else ()
    stated = [index for version in versions if (index := known(version.index)) and index.values]
    if not stated:
        raise AnalysError("avtalet anger inga egna indextal (version.index.varden) att räkna fasta priser med")
    plain = stated[-1].model_copy(update={"lag": 0, "base_value": None, "cap": None, "floor": None})
    return Prices(f"avtalets index ({plain.series.upper()})", plain, sorted(plain.values))


def price_years() -> list[int]:
    """The years whose prices amounts can be shown in: those with an annual mean of the CPI."""
    return prices().years


def latest_prices(agreement_id: str, series: str = SERIES) -> int:
    """The year whose prices amounts are shown in: the account's last that has a price index, or else the last that has
    one. Raises as :func:`prices` does."""
    own = account(agreement_id)
    return prices(series, own.agreement).latest(own.years)


def price_factor(year: int, price_year: int, series: str = SERIES) -> Fraction:
    """:meth:`Prices.factor` of a series of the price table."""
    return prices(series).factor(year, price_year)


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
    index = prices(series, own.agreement)
    fixed = index.latest(own.years) if price_year is None else price_year
    rows: list[dict[str, Any]] = []
    for (year, _), parts in own.sources(basis, years).items():
        group = [amount for amount in parts if amount.payer.code]
        if year <= population.latest_year() and own.is_whole(group):
            rows += _rates(group, year, fixed, _factor(index, year, fixed))
    shown = f"kr_per_invanare_{fixed}_ars_priser"
    measures = ("kr_per_invanare", shown, "jamn_kr_per_invanare", "avvikelse_kr_per_invanare")
    columns = ["vy", "kommunkod", "kommun", "ar", "enligt", "ursprung", "underlag", "folkmangd"]
    columns += [*(f"{end}_{measure}" for measure in measures for end in ("lagst", "hogst")), "kalla"]
    return pd.DataFrame(rows, columns=columns).sort_values(["ar", "enligt", "kommunkod"], ignore_index=True)


def _factor(index: Prices, year: int, price_year: int) -> Fraction | None:
    try:
        return index.factor(year, price_year)
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
