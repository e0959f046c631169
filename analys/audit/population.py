"""SCB's population figures as dicts: what a municipality had at a date, and at which date, or whose, a figure is.

The registered population on 31 December for every region, and month by month where there is such a series. A figure of
1 January is that of the day before.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from analys.population import by_date, table
from analys.project import per_project
from analys.register import municipalities


@per_project
def year_ends() -> dict[int, dict[str, int]]:
    """31 December of a year -> region code -> population."""
    ends: dict[int, dict[str, int]] = {}
    for (code, year), people in table().items():
        ends.setdefault(year, {})[code] = people
    return ends


def as_known(date: dt.date) -> dt.date:
    """The date under which the figure stands in the tables: 1 January is 31 December of the year before."""
    return date - dt.timedelta(days=1) if date.day == 1 else date


def at(code: str, date: dt.date) -> int | None:
    """The population of a region at a date, or ``None`` when no official figure of that date is at hand."""
    date = as_known(date)
    if (date.month, date.day) == (12, 31):
        return year_ends().get(date.year, {}).get(code)
    return by_date().get((code, date))


def dates_of(code: str, figure: int) -> list[dt.date]:
    """The dates at which the region had exactly this population: year ends first, then other month ends."""
    found = [dt.date(year, 12, 31) for year, people in year_ends().items() if people.get(code) == figure]
    return found + [day for day, people in _between_year_ends().get(code, {}).items() if people == figure]


@per_project
def _between_year_ends() -> dict[str, dict[dt.date, int]]:
    """Region code -> the population at month ends other than the year's, where there is such a series."""
    months: dict[str, dict[dt.date, int]] = {}
    for (code, date), people in by_date().items():
        if (date.month, date.day) != (12, 31):
            months.setdefault(code, {})[date] = people
    return months


@per_project
def _owners() -> dict[int, list[tuple[str, int]]]:
    owners: dict[int, list[tuple[str, int]]] = {}
    for year, people in year_ends().items():
        for code, figure in people.items():
            if len(code) == 4:
                owners.setdefault(figure, []).append((code, year))
    return owners


def owners_of(figure: int) -> list[tuple[str, int]]:
    """(municipality's code, year) for each year end at which a municipality had exactly this population."""
    return _owners().get(figure, [])


@per_project
def _rows() -> dict[str, int]:
    return {region.code: index for index, region in enumerate(municipalities())}


@per_project
def _matrix() -> np.ndarray:
    return np.array(
        [[people[code] for code in _rows()] for people in (year_ends()[year] for year in years())], dtype=np.int64
    )


def table_of(codes: list[str]) -> np.ndarray:
    """Years (as in :func:`years`) by members: the population on 31 December, shape (years, members), in persons."""
    return _matrix()[:, [_rows()[code] for code in codes]]


def years() -> list[int]:
    """The years whose 31 December is known of all municipalities, in order."""
    return sorted(year for year, people in year_ends().items() if people.keys() >= _rows().keys())


def lone_change(expected: int, found: int) -> str | None:
    """The one slip that makes ``found`` of ``expected``: a ``digit``, a ``transposition``, ``missing`` or ``extra``."""
    right, wrong = str(expected), str(found)
    if len(right) == len(wrong):
        differing = [i for i, (a, b) in enumerate(zip(right, wrong, strict=True)) if a != b]
        if len(differing) == 1:
            return "digit"
        if len(differing) == 2:
            i, j = differing
            if j == i + 1 and right[i] == wrong[j] and right[j] == wrong[i]:
                return "transposition"
        return None
    longer, shorter = (right, wrong) if len(right) > len(wrong) else (wrong, right)
    if len(longer) == len(shorter) + 1 and any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))):
        return "missing" if len(wrong) < len(right) else "extra"
    return None


def slips_of(figure: int) -> set[int]:
    """Every figure that one changed digit, or two neighbours exchanged, makes of this one."""
    digits = str(figure)
    slips = {int(digits[:i] + d + digits[i + 1 :]) for i in range(len(digits)) for d in "0123456789"}
    slips |= {int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]) for i in range(len(digits) - 1)}
    return slips - {figure}
