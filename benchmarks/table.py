"""What every benchmark prints: rows of goal, measured and spread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

#: The normal distribution's quantile for an interval that holds 95 %.
Z = 1.96


@dataclass(frozen=True)
class Row:
    """One measured figure beside its goal; ``note`` tells what the figure leaves out."""

    what: str
    goal: str
    measured: str
    note: str = ""


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a rate by Wilson's score."""
    if not count:
        return 0.0, 1.0
    rate, spread = hits / count, Z * Z / count
    middle = rate + spread / 2
    half = Z * sqrt(rate * (1 - rate) / count + spread / (4 * count))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def of(hits: int, count: int) -> str:
    """A rate as the tables have it: per cent, its interval, and the counts."""
    if not count:
        return "-"
    low, high = wilson(hits, count)
    return f"{100 * hits / count:.1f} % ({100 * low:.1f}-{100 * high:.1f}; {hits} of {count})"


def show(rows: Iterable[Row]) -> list[Row]:
    """Print the rows as they come."""
    done = []
    print("| what | goal | measured (95 % interval) | note |\n|---|---|---|---|", flush=True)
    for row in rows:
        print(f"| {row.what} | {row.goal} | {row.measured} | {row.note} |", flush=True)
        done.append(row)
    return done
