"""What every benchmark gives: rows of what is measured, its goal, the figure, and its spread."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

#: The normal distribution's quantile for an interval that holds 95 %.
Z = 1.96
HEAD = "| vad | mål | mätt (spridning) | anmärkning |\n|---|---|---|---|"


@dataclass(frozen=True)
class Row:
    """One measured figure beside its goal; ``note`` tells what the figure leaves out."""

    what: str
    goal: str
    measured: str
    note: str = ""

    def __str__(self) -> str:
        return f"| {self.what} | {self.goal} | {self.measured} | {self.note} |"


@dataclass(frozen=True)
class Run:
    """How a benchmark is run: ``scale`` 1 is the size that is published, 0 the smallest that still does everything;
    ``verbose`` also prints each case that went wrong."""

    scale: float = 1.0
    seed: int = 1
    verbose: bool = False

    def of(self, full: int, least: int = 1) -> int:
        """A count that is ``full`` in the published size."""
        return max(least, round(full * self.scale))


Benchmark = Callable[[Run], Iterator[Row]]


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a rate by Wilson's score."""
    if not count:
        return 0.0, 1.0
    rate, spread = hits / count, Z * Z / count
    middle = rate + spread / 2
    half = Z * sqrt(rate * (1 - rate) / count + spread / (4 * count))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def _comma(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def of(hits: int, count: int) -> str:
    """A rate as the tables have it: per cent, its interval, and the counts."""
    if not count:
        return "inget att mäta"
    low, high = wilson(hits, count)
    return f"{_comma(100 * hits / count, 1)} % ({_comma(100 * low, 1)}–{_comma(100 * high, 1)}; {hits} av {count})"


def ratio(pairs: Sequence[float]) -> str:
    """The median of measured ratios, with the lowest and the highest."""
    told = [_comma(each, 2) for each in (statistics.median(pairs), min(pairs), max(pairs))]
    return f"{told[0]} ({told[1]}–{told[2]}, {len(pairs)} {'par' if len(pairs) > 1 else 'mätning'})"


def missing(what: str, goal: str, needed: str) -> Row:
    """A figure that cannot be measured here, and what it takes."""
    return Row(what, goal, "inte mätt", f"kräver {needed}")


def show(rows: Iterable[Row]) -> list[Row]:
    """Print the rows as they come."""
    done = []
    print(HEAD, flush=True)
    for row in rows:
        print(row, flush=True)
        done.append(row)
    return done


def main(benchmark: Benchmark, doc: str | None) -> None:
    """Run one benchmark from the command line."""
    options = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scale", type=float, default=1.0, help="1 is the published size, 0 the smallest")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--verbose", action="store_true", help="print each case that went wrong")
    given = options.parse_args()
    show(benchmark(Run(given.scale, given.seed, given.verbose)))
