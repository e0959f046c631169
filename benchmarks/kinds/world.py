"""The municipalities, and their populations of any day: read here with ``csv``, nothing of the package is used."""

from __future__ import annotations

import csv
import datetime as dt
import random
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[2] / "analys" / "reference"
YEARS = range(2013, 2025)
#: The days, beside 31 December, whose populations agreements name: (month, day).
OTHER_DAYS = ((11, 1), (6, 30), (9, 30))
#: By how much of the population a day within the year may lie outside both year ends.
BULGE = 0.002

NAMES: dict[str, str] = {}
POPULATION: dict[str, dict[int, int]] = {}


def _load() -> None:
    with (REFERENCE / "statistik" / "folkmangd-31-december-2013-2024.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if len(row["regionkod"]) == 4:
                NAMES[row["regionkod"]] = row["region"]
                POPULATION.setdefault(row["regionkod"], {})[int(row["ar"])] = int(row["folkmangd"])


_load()
COUNTIES = sorted({code[:2] for code in NAMES})


def year_end(day: dt.date) -> bool:
    """Whether the day is one of which SCB's yearly table tells."""
    return (day.month, day.day) == (12, 31)


def interval(code: str, day: dt.date) -> tuple[int, int]:
    """The bounds of the population of a day, from the year ends around it; equal where the day is one of them."""
    known = POPULATION[code]
    if year_end(day):
        return known[day.year], known[day.year]
    ends = known[day.year - 1], known[day.year]
    slack = round(max(ends) * BULGE)
    return min(ends) - slack, max(ends) + slack


@cache
def people(code: str, day: dt.date) -> int:
    """The population of a day; between year ends a made one, always the same, that keeps to the interval."""
    if year_end(day):
        return POPULATION[code][day.year]
    before, after = POPULATION[code][day.year - 1], POPULATION[code][day.year]
    part = (day - dt.date(day.year - 1, 12, 31)).days / 365
    bulge = random.Random(f"{code} {day}").uniform(-BULGE, BULGE) / 2
    return round(before + (after - before) * part + max(before, after) * bulge)


def group(rng: random.Random, size: int) -> list[str]:
    """So many municipalities, of one county where it has as many, mostly in the order of their codes."""
    county = rng.choice(COUNTIES)
    pool = [code for code in NAMES if code[:2] == county]
    if len(pool) < size or rng.random() < 0.4:
        pool = list(NAMES)
    codes = rng.sample(pool, size)
    return sorted(codes) if rng.random() < 0.7 else codes
