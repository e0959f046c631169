"""Which years of an agreement can be reckoned, and what the others lack."""

from __future__ import annotations

import re

from analys.agreement.model import Agreement
from analys.allocation.year import allocate_year
from analys.errors import AnalysError
from analys.population import latest_year


def missing_figures(agreement: Agreement) -> list[str]:
    """Why each year in force, up to the one after the latest statistics, cannot be shared; nothing when all can.

    Years that lack the same are one message, with the first year's words.
    """
    first = min(version.valid_from.year for version in agreement.versions)
    ends = [version.valid_to.year if version.valid_to else latest_year() + 1 for version in agreement.versions]
    reasons: dict[str, tuple[str, list[int]]] = {}
    for year in range(first, min(max(ends), latest_year() + 1) + 1):
        try:
            allocate_year(agreement, year)
        except AnalysError as error:
            same = re.sub(r"\b\d{4}\b", "", str(error))  # but for the year
            reasons.setdefault(same, (str(error), []))[1].append(year)
    return [f"{_span(years)}: {message}" for message, years in reasons.values()]


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]} ({len(years)} år)"
