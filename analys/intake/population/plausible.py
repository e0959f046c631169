"""Whether a figure can be its region's population, by what is registered near its date.

No municipality's population has halved or doubled within ten years. A figure that says so was cut off, counts thousands
or something else than persons, or stands on another region's row.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from analys import population
from analys.project import per_project

#: Further from a registered year end than this nothing is said.
NEAR_YEARS: Final = 10


def is_far_off(code: str, date: dt.date, people: int, share: float = 1) -> bool:
    """Whether ``people`` are less than half, or more than twice, the ``share`` of the region's population that they
    should be; ``False`` where nothing is registered near the date."""
    known = registered(code, date.year)
    return known is not None and not known * share / 2 <= people <= known * share * 2


def registered(code: str, year: int) -> int | None:
    """The population at the registered year end nearest to a year's, at most :data:`NEAR_YEARS` away."""
    years = _by_region().get(code, {})
    nearest = min(years, key=lambda known: abs(known - year), default=None)
    return years[nearest] if nearest is not None and abs(nearest - year) <= NEAR_YEARS else None


@per_project
def _by_region() -> dict[str, dict[int, int]]:
    regions: dict[str, dict[int, int]] = {}
    for (code, year), people in population.table().items():
        regions.setdefault(code, {})[year] = people
    return regions
