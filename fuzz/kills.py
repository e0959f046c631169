"""A kill at any moment leaves whole files, and no process: ``python -m fuzz.kills [--kills 200] [--seed 1]``.

Each job is done twice undisturbed, from what an earlier one left, to learn its files before and after. Then it is killed
(SIGKILL, of the process that was started alone) at a random moment, again and again: every file must have the bytes of
before or of after, but for hidden ones on their way; no process that it started may live on; and the next undisturbed run
must give the files of after, and take away what was on its way.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RAW: Final = ROOT / "data" / "raw"
LEDGER: Final = RAW / "exempel-reskontra" / "norrkoping-2016-2018.csv"
#: In the environment of a job and of all that it starts, so that what outlives it is found.
MARK: Final = "ANALYS_KILLS"
#: Seconds that what a killed process had started may take to notice it.
GRACE: Final = 20


@dataclass(frozen=True)
class Job:
    """A verb to kill, in a folder that ``prepare`` makes what it was before; ``slow`` jobs are killed more seldom."""

    arguments: tuple[str, ...]
    prepare: Callable[[Path], None] = lambda folder: None
    slow: bool = False


def _report(*more: str) -> tuple[str, ...]:
    return ("report", str(RAW / "exempel-energiradgivning"), "--format", "docx,xlsx,html", "-o", "ut", *more)


def _older_report(folder: Path) -> None:
    _analys(folder, *_report("--sign", "kostnad"))


def _older_table(folder: Path) -> None:
    (folder / "ut.csv").write_text("an earlier answer\n", encoding="utf-8")


def _project(folder: Path) -> None:
    _analys(folder, "start", "projekt")
    shutil.copytree(RAW / "exempel-energiradgivning", folder / "projekt/data/raw/exempel-energiradgivning")
    for notebook in sorted((folder / "projekt/notebooks").iterdir())[1:]:
        notebook.unlink()


JOBS: Final = {
    "report": Job(_report(), _older_report),
    "report --all": Job(_report("--all"), slow=True),
    "read": Job(("read", str(LEDGER), "--as", "invoices", "-o", "ut.csv"), _older_table),
    "ledgers": Job(("ledgers", str(LEDGER), "--store", "lager", "-o", "ut.csv"), _older_table),
    "new": Job(("new", "Prov", "--county", "05", "--year", "2024", "--folder", "avtal")),
    "new --from": Job(
        ("new", "Prov", "--from", str(RAW / "exempel-energiradgivning/bilaga-2019.xlsx"), "--folder", ".")
    ),
    "start": Job(("start", "projekt")),
    "notebooks": Job(("notebooks", str(RAW / "exempel-energiradgivning"), "-o", "ut")),
    "run": Job(("--project", "projekt", "run"), _project, slow=True),
}


def _start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "analys", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), MARK: str(folder)}
    nothing = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=nothing, stderr=nothing)


def _analys(folder: Path, *arguments: str) -> None:
    ended = _start(folder, *arguments).wait()
    if ended not in (0, 1):
        raise RuntimeError(f"analys {' '.join(arguments)} ended with {ended}")


def files(folder: Path) -> dict[str, bytes]:
    """All files but those on their way, by their path."""
    found = (file for file in folder.rglob("*") if file.is_file())
    named = {file.relative_to(folder).as_posix(): file for file in found}
    return {name: file.read_bytes() for name, file in named.items() if ".analys-" not in name}


def living(folder: Path) -> list[int]:
    """The processes that the job in ``folder`` started and that still are there."""
    mark = f"{MARK}={folder}".encode()
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [number for number in numbers if mark in _environment(number)]


def _environment(process: int) -> list[bytes]:
    try:
        return Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:  # it ended meanwhile, or is another user's
        return []


def broken(job: Job, folder: Path, after: dict[str, bytes], wait: float, *, again: bool) -> list[str]:
    """What a kill after ``wait`` seconds broke."""
    job.prepare(folder)
    before = files(folder)
    process = _start(folder, *job.arguments)
    try:
        process.wait(wait)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    end = time.monotonic() + GRACE
    while living(folder) and time.monotonic() < end:
        time.sleep(0.1)
    faults = [f"process {number} outlives it" for number in living(folder)]
    found = files(folder)
    torn = [name for name in found.keys() | before.keys() if found.get(name) not in (before.get(name), after.get(name))]
    faults += [f"{name} is neither old nor new ({len(found.get(name, b''))} bytes)" for name in torn]
    if again and found != after and not _is_refused_again(job, found):
        _analys(folder, *job.arguments)
        faults += [f"{name} differs after the next run" for name in after if files(folder).get(name) != after[name]]
        faults += [f"{left} is left" for left in folder.rglob(".analys-*")]
    return faults


def _is_refused_again(job: Job, found: dict[str, bytes]) -> bool:
    """``new`` and ``start`` never write into a folder that has something in it."""
    return job.arguments[0] in ("new", "start") and bool(found)


def measure(name: str, kills: int, dice: random.Random) -> list[str]:
    """The faults of so many kills of a job."""
    job, faults = JOBS[name], []
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        whole = Path(place) / "whole"
        whole.mkdir()
        job.prepare(whole)
        started = time.monotonic()
        _analys(whole, *job.arguments)
        seconds, after = time.monotonic() - started, files(whole)
        for number in range(kills):
            folder = Path(place) / f"{number}"
            folder.mkdir()
            wait = dice.uniform(0.05, 1.05) * seconds
            told = broken(job, folder, after, wait, again=number % 5 == 0)
            faults += [f"{name}, killed after {wait:.2f} s: {fault}" for fault in told]
            shutil.rmtree(folder)
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, look, and print what broke."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", action="append", choices=list(JOBS))
    given = options.parse_args(arguments)
    names = given.only or list(JOBS)
    weights = [1 if JOBS[name].slow else 3 for name in names]
    dice, broke = random.Random(given.seed), 0
    for name, weight in zip(names, weights, strict=True):
        kills = max(1, round(given.kills * weight / sum(weights)))
        faults = measure(name, kills, dice)
        broke += len(faults)
        print("\n".join([f"{name}: {kills} kills, {len(faults)} faults", *faults]), flush=True)
    return 1 if broke else 0


if __name__ == "__main__":
    sys.exit(main())
