"""Whatever a user hands over, the answer is a sentence: ``python -m fuzz.damage [--files 20000] [--seed 1]``.

Sound files of each kind are damaged (bytes exchanged, cut, repeated; in packages also within a part) and handed to the
verb that reads them, each in a fork of its own. An answer is sound when it takes at most 10 s of the processor and 1 GB,
with exit code 0, 1 or 2 and without a trace back, and when a document that it wrote can be opened. What breaks that is
kept in ``fuzz/crashes``.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import io
import itertools
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import docx

from benchmarks import documents as made
from fuzz import invoices, population
from fuzz.harness import PARTS, with_part
from tests.documents import samples

#: A file's ending and its content.
Seed = tuple[str, bytes]

ROOT: Final = Path(__file__).resolve().parent.parent
CRASHES: Final = Path(__file__).with_name("crashes")
SECONDS: Final = 10
MEGABYTES: Final = 1000
#: What reads with polars, which must not have run in a process that is forked.
WITH_POLARS: Final = frozenset({"store"})


@dataclass(frozen=True)
class Target:
    """A kind of input: the endings and contents of sound files, and the call that reads a damaged one."""

    seeds: Sequence[Seed]
    call: Callable[[Path, Path], list[str]]


def _audit(file: Path, _: Path) -> list[str]:
    return ["audit", str(file)]


def _draft(file: Path, folder: Path) -> list[str]:
    return ["new", "Utkast", "--from", str(file), "--folder", str(folder / "out")]


def _report(template: Path, folder: Path) -> list[str]:
    memo = ["report", "ostergotland", "--member", "Mjölby", "--format", "docx"]
    return [*memo, "--template", str(template), "-o", str(folder / "out")]


def _check(file: Path, folder: Path) -> list[str]:
    agreement = folder / "avtal"
    agreement.mkdir()
    shutil.copy(file, agreement / "avtal.toml")
    return ["check", str(agreement)]


def _read(kind: str) -> Callable[[Path, Path], list[str]]:
    return lambda file, folder: ["read", str(file), "--as", kind, "-o", str(folder / "out.csv")]


def _store(damaged: Path, folder: Path) -> list[str]:
    """The damaged file takes the place of the one with its ending in a store that was whole."""
    ledger, store = folder / "reskontra.csv", folder / "store"
    shutil.copytree(_made_store(), folder, dirs_exist_ok=True)
    os.utime(ledger, (0, 0))
    for file in store.rglob(f"*{damaged.suffix}"):
        shutil.copy(damaged, file)
    return ["ledgers", str(ledger), "--store", str(store), "-o", str(folder / "out.csv")]


@cache
def _made_store() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(ROOT / "data/raw/exempel-reskontra/norrkoping-2016-2018.csv", folder / "reskontra.csv")
    os.utime(folder / "reskontra.csv", (0, 0))
    arguments = ["ledgers", "reskontra.csv", "--store", "store", "-o", "o"]
    # A process of its own: polars in a process that is forked afterwards may wait for ever.
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "analys", *arguments], cwd=folder, env=environment, check=True)
    return folder


def _whole(files: Iterable[Path]) -> list[Seed]:
    return [(file.suffix, file.read_bytes()) for file in sorted(files) if file.is_file()]


def _annexes() -> list[Seed]:
    """An annex in each form that annexes come in."""
    with tempfile.TemporaryDirectory() as name:
        folder, annex = Path(name), made.make(1, 2)
        for ending, write in (("docx", made.docx), ("html", made.html), ("txt", made.tabs), ("md", made.layout)):
            write(annex, folder / f"bilaga.{ending}")
        samples.pdf(folder / "bilaga.pdf", [samples.drawn(samples.TABLE, ruled=ruled) for ruled in (True, False)])
        (folder / "bilaga.csv").write_text("\n".join(map(";".join, samples.TABLE)), encoding="utf-8")
        return _whole(folder.iterdir())


def targets() -> dict[str, Target]:
    """The kinds of input, by name."""
    raw = ROOT / "data" / "raw"
    forms = _annexes() + _whole((ROOT / "tests/intake/workbooks").iterdir())
    return {
        "audit": Target(_whole(raw.glob("*/bilaga-*.xlsx")) + 2 * forms, _audit),
        "documents": Target(forms, _read("documents")),
        "draft": Target(_whole(raw.glob("*/bilaga-*.xlsx")) + forms, _draft),
        "agreement": Target(_whole(raw.glob("*/avtal.toml")), _check),
        "template": Target(_whole((ROOT / "exports/rapporter").glob("*.docx"))[:1], _report),
        "store": Target(_whole((_made_store() / "store").rglob("*")), _store),
        "population": Target([(".dat", seed) for seed in population.seeds()], _read("population")),
        "invoices": Target([(".dat", seed) for seed in invoices.seeds()], _read("invoices")),
    }


def damaged(content: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    """``content`` with up to five places changed, in a package at times within one part."""
    if content.startswith(b"PK") and dice.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            name = dice.choice(package.namelist())
            part = package.read(name)
        return with_part(content, name, _edited(part, dice, others))
    return _edited(content, dice, others)


def _edited(content: bytes, dice: random.Random, others: Sequence[bytes]) -> bytes:
    for _ in range(dice.randint(1, 5)):
        start = dice.randint(0, len(content))
        end = min(len(content), start + dice.choice([0, 1, 1, 4, 60]))
        other = dice.choice(others)
        at = dice.randint(0, len(other))
        middle = dice.choice([dice.choice(PARTS), dice.randbytes(dice.randint(0, 8)), other[at : at + 40]])
        content = content[:start] + middle * dice.choice([1, 1, 1, 30]) + content[end:]
    return content[: dice.randint(0, len(content))] if dice.random() < 0.1 else content


def run_verb(arguments: Sequence[str]) -> tuple[int, str]:
    """The verb's exit code and what it said on standard error."""
    from analys import cli

    said = io.StringIO()
    code: object = 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        try:
            cli.main(list(arguments))
        except SystemExit as ended:
            code = ended.code
    return (code if isinstance(code, int) else 1 if code else 0), said.getvalue()


def fault_of(target: Target, content: bytes, suffix: str) -> str:
    """What is wrong with the answer to a damaged file, or ``""``."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        file = folder / f"input{suffix}"
        file.write_bytes(content)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _answer(target, file, folder, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            told = answer.read().decode("utf-8", "replace")
        _, status, used = os.wait4(child, 0)
        seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1000
        for fault, is_so in (
            (told, bool(told)),
            (f"ended by {status}", status != 0),
            (f"{seconds:.1f} s", seconds > SECONDS),
            (f"{megabytes:.0f} MB", megabytes > MEGABYTES),
        ):
            if is_so:
                return fault
        return ""


def _answer(target: Target, file: Path, folder: Path, writing: int) -> None:
    signal.alarm(12 * SECONDS)  # the clock runs on while other programs have the processor
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fault = ""
    try:
        code, said = run_verb(target.call(file, folder))
        if code not in (0, 1, 2):
            fault = f"exit code {code}: {said[-900:]}"
        elif "Traceback" in said:
            fault = f"a trace back: {said[-900:]}"
        elif code == 2 and not said.strip():
            fault = "exit code 2 without a word"
        for written in folder.glob("out/*.docx"):
            docx.Document(str(written))
    except BaseException as error:
        fault = f"{type(error).__name__}: {error}"
    os.write(writing, fault.encode("utf-8", "replace")[:4000])
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Damage and hand over; prints the count of faults by kind of input."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", action="append")
    given = options.parse_args(arguments)
    os.environ["ANALYS_DETALJER"] = "1"
    kinds = {name: target for name, target in targets().items() if name in (given.only or [name])}
    for name in kinds.keys() - WITH_POLARS:  # so that each fork has read the libraries
        with tempfile.TemporaryDirectory() as folder:
            suffix, content = kinds[name].seeds[0]
            file = Path(folder) / f"input{suffix}"
            file.write_bytes(content)
            run_verb(kinds[name].call(file, Path(folder)))
    dice, faults = random.Random(given.seed), Counter[str]()
    for number, name in zip(range(given.files), itertools.cycle(kinds), strict=False):
        suffix, content = dice.choice(kinds[name].seeds)
        broken = damaged(content, dice, [other for _, other in kinds[name].seeds])
        if fault := fault_of(kinds[name], broken, suffix):
            faults[name] += 1
            CRASHES.mkdir(exist_ok=True)
            (CRASHES / f"{name}-{number}{suffix}").write_bytes(broken)
            print(f"{name} {number}{suffix}: {fault}", flush=True)
    for name in kinds:
        print(f"{name}: {faults[name]} unsound answers")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
