"""Which years of an agreement can be reckoned, and what the others lack."""

from __future__ import annotations

from analys.agreement.model import Agreement
from analys.allocation.year import allocate_year
from analys.errors import AnalysError
from analys.population import latest_year


def missing_figures(agreement: Agreement) -> list[str]:
    """Why each year in force, up to the one after the latest statistics, cannot be shared; nothing when all can."""
    first = min(version.valid_from.year for version in agreement.versions)
    ends = [version.valid_to.year if version.valid_to else latest_year() + 1 for version in agreement.versions]
    messages: dict[str, None] = {}
    for year in range(first, min(max(ends), latest_year() + 1) + 1):
        try:
            allocate_year(agreement, year)
        except AnalysError as error:
            messages.setdefault(f"{year}: {error}")
    return list(messages)
