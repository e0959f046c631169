"""Every benchmark as one table: what, goal, measured, spread.

    python -m benchmarks [NAME ...] [--scale 1] [--seed 1] [--write docs/matningar.md]

``--scale`` 1 is the size that is published and takes hours on two cores; 0 the smallest that still does everything, as
the tests run it. ``--write`` keeps the table in a file, with the machine's kind and the day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from analys.files import write_atomically
from benchmarks.table import HEAD, Row, Run

#: Module -> what it measures, in the order of the table.
BENCHMARKS = {
    "audit_kinds": "Granskning av bilagor: alla slags regler, fel och utseenden",
    "audit": "Granskning av bilagor: de kända regelfamiljerna",
    "formulas": "Granskning av formler",
    "facts": "Uppgifter ur handlingar",
    "mutants": "Tester: planterade fel i koden",
    "allocation": "Fördelning",
    "ledgers": "Reskontror",
    "reports": "Rapporter",
    "main_job": "Huvudjobbet",
}
PAGE = """# Mätningar

Skriven av `python -m benchmarks --write` {day} på {machine}. Målen står bredvid. Spridningen är ett 95-procentigt
intervall (Wilson) för andelar, och lägsta och högsta par för kvoter.
"""


def machine() -> str:
    """The kind of machine, without its name."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{platform.system()}, {model}, {os.cpu_count()} kärnor, Python {platform.python_version()}"


def sections(names: Sequence[str], run: Run) -> Iterator[tuple[str, list[Row]]]:
    """Each benchmark's heading and rows, printed as they come."""
    for name in names:
        print(f"\n## {BENCHMARKS[name]}\n\n{HEAD}", flush=True)
        rows = []
        for row in importlib.import_module(f"benchmarks.{name}").rows(run):
            print(row, flush=True)
            rows.append(row)
        yield BENCHMARKS[name], rows


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="the benchmarks to run (default: all)")
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--verbose", action="store_true", help="print each case that went wrong")
    options.add_argument("--write", type=Path, metavar="FILE", help="keep the table in this file")
    given = options.parse_args(arguments)
    done = list(sections(given.names or list(BENCHMARKS), Run(given.scale, given.seed, given.verbose)))
    if given.write:
        page = PAGE.format(day=dt.date.today().isoformat(), machine=machine())
        tables = [f"\n## {heading}\n\n{HEAD}\n" + "\n".join(map(str, rows)) + "\n" for heading, rows in done]
        write_atomically(given.write, (page + "".join(tables)).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
