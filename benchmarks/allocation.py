"""Rows per second of the vectorised allocation, against the same rule done otherwise, in one run.

    python -m benchmarks.allocation [--scale 1]

The rule: a total in öre shared by largest remainder among 13 members a group, with real populations. Compared:

* plain pandas: ``groupby.apply`` of the rule written with pandas and whole numbers,
* the package ``apportionment`` (its default, floating point), a call a group,
* a C loop on one core, compiled here with ``cc -O3`` and called through ctypes.

All four must give the same amounts to the öre; where the package's floating point does not, the rows are counted.
Timings: best of five for the fast ones; one run, over a tenth of the groups, for the slow ones.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analys.allocation import Residual, Rounding, Unit, split
from analys.allocation.engine import Allocation, allocate
from analys.population import table
from analys.register import municipalities
from benchmarks.table import Row, Run, main, missing

MEMBERS = 13
RULE = Rounding(unit=Unit.ORE, residual=Residual.LARGEST_REMAINDER)

C_LOOP = r"""
#include <stdint.h>
void largest_remainder(int64_t groups, int64_t members, const int64_t *total, const int64_t *weight, int64_t *amount) {
    for (int64_t g = 0; g < groups; g++) {
        const int64_t *w = weight + g * members;
        int64_t *a = amount + g * members, rest[512], sum = 0, missing = total[g];
        for (int64_t i = 0; i < members; i++) sum += w[i];
        for (int64_t i = 0; i < members; i++) {
            int64_t product = total[g] * w[i];
            a[i] = product / sum;
            rest[i] = product - a[i] * sum;
            missing -= a[i];
        }
        for (; missing > 0; missing--) {
            int64_t best = 0;
            for (int64_t i = 1; i < members; i++) if (rest[i] > rest[best]) best = i;
            a[best]++;
            rest[best] = -1;
        }
    }
}
"""


def groups(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Totals in öre, populations of 13 municipalities a group, and offsets, drawn from the real table."""
    random = np.random.default_rng(20181118)
    count = -(-rows // MEMBERS)
    years = sorted({year for _, year in table()})
    people = np.array([[table()[region.code, year] for region in municipalities()] for year in years])
    chosen = random.random((count, people.shape[1])).argpartition(MEMBERS, axis=1)[:, :MEMBERS]
    weights = people[random.integers(0, len(years), (count, 1)), chosen]
    return random.integers(10**7, 10**9, count), weights.ravel(), np.arange(count + 1) * MEMBERS


def by_pandas(totals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    frame = pd.DataFrame({"group": np.repeat(np.arange(len(totals)), MEMBERS), "weight": weights})
    frame["total"] = np.repeat(totals, MEMBERS)

    def share(group: pd.DataFrame) -> pd.Series:
        product = group["weight"] * group["total"]
        amount = product // group["weight"].sum()
        rest = product % group["weight"].sum()
        missing = group["total"].iloc[0] - amount.sum()
        amount[rest.sort_values(ascending=False, kind="stable").index[:missing]] += 1
        return amount

    return frame.groupby("group", group_keys=False)[["weight", "total"]].apply(share).to_numpy().ravel()


def by_apportionment(totals: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    try:
        from apportionment.methods import compute
    except ImportError:
        return None
    rows = weights.reshape(-1, MEMBERS).tolist()
    return np.array(
        [compute("largest_remainder", row, total) for row, total in zip(rows, totals.tolist(), strict=True)]
    ).ravel()


def compile_c(folder: Path) -> Any | None:
    """The C loop as a function, or ``None`` where no compiler is installed."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, library = folder / "loop.c", folder / "loop.so"
    source.write_text(C_LOOP, encoding="utf-8")
    subprocess.run([compiler, "-O3", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    function = ctypes.CDLL(str(library)).largest_remainder
    function.restype = None
    return function


def by_c(function: Any, totals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    amounts = np.empty_like(weights)
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (totals, weights, amounts)]
    function(ctypes.c_int64(len(totals)), ctypes.c_int64(MEMBERS), *pointers)
    return amounts


def timed(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The shortest of several runs in seconds, and the answer."""
    best, answer = float("inf"), None
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - start)
    return best, answer


#: Member-years in the published size.
ROWS = 1_000_000


def rows(run: Run) -> Iterator[Row]:
    """How many times as fast the allocation is as each of the others."""
    totals, weights, offsets = groups(run.of(ROWS, 20 * MEMBERS))
    seconds, own = timed(lambda: allocate(totals, weights, offsets, RULE), 5)
    check(totals, weights, offsets, own)
    rate = len(weights) / seconds
    yield Row("fördelning, rader i sekunden", "", f"{rate:,.0f}".replace(",", " "), f"{len(weights)} rader")
    slow = max(1, len(totals) // 10)
    few = slice(0, slow * MEMBERS)
    seconds, amounts = timed(lambda: by_pandas(totals[:slow], weights[few]), 1)
    yield compared(
        "fördelning / pandas groupby.apply", ">= 150", rate * seconds / (slow * MEMBERS), own.amounts[few], amounts
    )
    seconds, amounts = timed(lambda: by_apportionment(totals[:slow], weights[few]), 1)
    if amounts is None:
        yield missing("fördelning / paketet apportionment", "", "apportionment (miljön för make bench)")
    else:
        speed = rate * seconds / (slow * MEMBERS)
        yield compared("fördelning / paketet apportionment", "", speed, own.amounts[few], amounts)
    with tempfile.TemporaryDirectory() as folder:
        function = compile_c(Path(folder))
        if function is None:
            yield missing("fördelning / en slinga i C", ">= 0,8", "en C-kompilator (cc)")
        else:
            seconds, amounts = timed(lambda: by_c(function, totals, weights), 5)
            yield compared("fördelning / en slinga i C", ">= 0,8", rate * seconds / len(weights), own.amounts, amounts)


def check(totals: np.ndarray, weights: np.ndarray, offsets: np.ndarray, own: Allocation) -> None:
    """The vectorised amounts are the scalar rule's to the öre, in a sample of groups."""
    assert not own.residuals.any()
    for group in range(0, len(totals), max(1, len(totals) // 500)):
        members = slice(offsets[group], offsets[group + 1])
        exact = split(int(totals[group]), weights[members].tolist(), RULE).amounts_ore
        assert tuple(own.amounts[members].tolist()) == exact


def compared(what: str, goal: str, times: float, expected: np.ndarray, amounts: np.ndarray) -> Row:
    differ = int((expected != amounts).sum())
    exact = "samma på öret" if not differ else f"{differ} rader skiljer ett öre eller mer"
    return Row(what, goal, f"{times:.2f}".replace(".", ","), exact)


if __name__ == "__main__":
    main(rows, __doc__)
