"""How many small faults, planted in the code one at a time, do the tests notice?

    python -m benchmarks.mutants [--sample 40] [--seed 1] [--only rounding --only swedish]

A mutant is one change of one place: a comparison, an operator, a constant, ``and`` for ``or``, a condition turned round.
For each area a sample is drawn, and the tests of that area are run on each in a fork of a process that has read the
libraries already. A mutant that no test notices survives, and is printed with its line. Those that change nothing
anybody can see are listed in ``equivalent_mutants.toml`` with the reason, and do not count.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from benchmarks.table import Row, Run, of

ROOT: Final = Path(__file__).resolve().parent.parent
EQUIVALENT: Final = Path(__file__).with_name("equivalent_mutants.toml")
#: A mutant whose tests run longer than this many seconds has an endless loop: noticed.
SECONDS: Final = 120

#: What is mutated, which tests must notice, and the share that may survive.
AREAS: Final = {
    "allocation": (["analys/allocation"], ["tests/allocation", "tests/cli/test_agreement_verbs.py"], 0.10),
    "rounding": (["analys/rounding.py"], ["tests/test_rounding.py", "tests/allocation"], 0.10),
    "swedish": (["analys/swedish.py"], ["tests/test_swedish.py"], 0.10),
    "savings": (["analys/savings.py"], ["tests/test_savings.py", "tests/test_leaving.py"], 0.10),
    "account": (["analys/account"], ["tests/account", "tests/test_burden.py"], 0.10),
    "audit": (["analys/audit"], ["tests/audit"], 0.20),
}

_COMPARISONS: Final = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_OPERATORS: Final = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
_JOINS: Final = {ast.And: ast.Or, ast.Or: ast.And}


@dataclass(frozen=True)
class Mutant:
    """One changed place: the file, its line, what stood there and what stands there now, and the whole new source."""

    file: str
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.before}  ->  {self.after}"


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """The node with one small fault in it; nothing for nodes that none is made of."""
    new = copy.deepcopy(node)
    match new:
        case ast.Compare(ops=[operator]):
            new.ops = [_COMPARISONS[type(operator)]()]
        case ast.BinOp() if type(new.op) in _OPERATORS:
            new.op = _OPERATORS[type(new.op)]()
        case ast.BoolOp():
            new.op = _JOINS[type(new.op)]()
        case ast.UnaryOp(op=ast.Not()):
            new = new.operand
        case ast.Constant(value=bool()):
            new.value = not new.value
        case ast.Constant(value=int()):
            new.value += 1
        case ast.IfExp():
            new.body, new.orelse = new.orelse, new.body
        case _:
            return
    yield new


def mutants(file: Path) -> Iterator[Mutant]:
    """Every mutant of one file."""
    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            places = value if isinstance(value, list) else [value]
            for number, node in enumerate(places):
                if not isinstance(node, ast.expr):
                    continue
                for new in changed(node):
                    _put(parent, name, number, new)
                    text = ast.unparse(tree)
                    _put(parent, name, number, node)
                    place = file.relative_to(ROOT).as_posix()
                    yield Mutant(place, node.lineno, ast.unparse(node), ast.unparse(new), text)


def _put(parent: ast.AST, name: str, number: int, node: ast.AST) -> None:
    value = getattr(parent, name)
    if isinstance(value, list):
        value[number] = node
    else:
        setattr(parent, name, node)


class _Loader(importlib.abc.SourceLoader):
    """Gives a module its mutated source."""

    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = path, source

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str) -> bytes:
        return self.source.encode()


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        parts = Path(mutant.file).with_suffix("").parts
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.mutant = mutant

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None):
        if name != self.name:
            return None
        file = str(ROOT / self.mutant.file)
        search = [str(Path(file).parent)] if self.is_package else None
        loader = _Loader(file, self.mutant.source)
        return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=search)


def survives(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether all of ``tests`` pass on the mutant, within :data:`SECONDS`."""
    child = os.fork()
    if child == 0:
        _run(mutant, tests)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run(mutant: Mutant, tests: Sequence[str]) -> None:
    """In the fork: the tests with the mutant in the module's place; ends the process."""
    import pytest

    os.setpgid(0, 0)
    with open(os.devnull, "w") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    sys.meta_path.insert(0, _Finder(mutant))
    code = 1
    try:
        code = int(pytest.main([*tests, "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"]))
    finally:
        os._exit(code)


def _equivalent() -> set[tuple[str, str, str]]:
    if not EQUIVALENT.is_file():
        return set()
    rows = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(row["file"], row["before"], row["after"]) for row in rows}


def measure(area: str, sample: int, seed: int) -> tuple[int, list[Mutant]]:
    """How many mutants of ``area`` were tried, and those that survived."""
    paths, tests, _ = AREAS[area]
    files = [
        file
        for path in paths
        for file in (sorted((ROOT / path).rglob("*.py")) if (ROOT / path).is_dir() else [ROOT / path])
    ]
    known = _equivalent()
    possible = [
        mutant for file in files for mutant in mutants(file) if (mutant.file, mutant.before, mutant.after) not in known
    ]
    drawn = random.Random(seed).sample(possible, min(sample, len(possible)))
    present = [test for test in tests if (ROOT / test).exists()]
    return len(drawn), [mutant for mutant in drawn if survives(mutant, present)]


#: Mutants an area in the published size; and the area whose tests take the least time.
SAMPLE: Final = 40
QUICKEST: Final = "swedish"


def rows(run: Run) -> Iterator[Row]:
    """The share that survives in each area; in the smallest size one mutant of one."""
    _prepare()
    for area in AREAS if run.scale else [QUICKEST]:
        tried, left = measure(area, run.of(SAMPLE), run.seed)
        goal = f"<= {100 * AREAS[area][2]:.0f} %"
        yield Row(f"mutanter som överlever: {area}", goal, of(len(left), tried), "; ".join(map(str, left[:3])))


def _prepare() -> None:
    os.chdir(ROOT)
    for library in ("hypothesis", "pandas", "pandera.pandas", "polars", "pydantic"):
        importlib.import_module(library)  # what every fork would read again


def main() -> None:
    """Print the surviving mutants and the rate for each area."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sample", type=int, default=40, help="mutants an area")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", action="append", choices=list(AREAS))
    given = options.parse_args()
    _prepare()
    print("| area | tried | survived | rate | goal |\n|---|---|---|---|---|")
    for area in given.only or AREAS:
        tried, left = measure(area, given.sample, given.seed)
        print(
            f"| {area} | {tried} | {len(left)} | {len(left) / max(tried, 1):.0%} | <= {AREAS[area][2]:.0%} |",
            flush=True,
        )
        for mutant in left:
            print(f"    {mutant}", flush=True)


if __name__ == "__main__":
    main()
