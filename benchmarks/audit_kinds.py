"""The audit over every kind of annex: rules, faults, layouts, days and group sizes, by a generator of its own.

    python -m benchmarks.audit_kinds [--size 40] [--seed 1] [--verbose]

``--size`` is the number of annexes for each fault and group of rules. A fault counts as found when a finding names its
member (a total's or a whole column's: when one names its column, or has its code), as rightly explained when the
finding's code is the fault's and what it expects is the true figure. Notes (``upplysning``) count only for a unit of
rounding. Whether a fault can be told at all is decided from the truth before any audit (:mod:`benchmarks.kinds.decide`);
what cannot is counted apart.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analys.audit import audit_file
from analys.errors import AnalysError
from benchmarks.kinds import decide, families, faults, layouts, world
from benchmarks.kinds.layouts import LAYOUTS, Layout
from benchmarks.kinds.table import Table
from benchmarks.table import Row, of, show

KNOWN = [name for name, kind in families.FAMILIES.items() if kind.known]
OTHERS = [name for name, kind in families.FAMILIES.items() if not kind.known]

#: The families of most published tables, for the layouts.
SHAPED = ("population", "population", "given", "volume", "fee")


@dataclass(frozen=True)
class Made:
    """An annex in a file, what is wrong in it, and how it was made."""

    path: Path
    table: Table
    truth: faults.Truth | None
    layout: Layout


@dataclass
class Maker:
    """A stream of annexes from one seed."""

    rng: random.Random
    folder: Path
    count: int = 0

    def size(self, low: int, high: int) -> int:
        """Mostly small: as many groups of 2-11 as of 11-60."""
        return int(low * (high / low) ** self.rng.random() + 0.5)

    def day(self, *, year_end: bool) -> dt.date:
        """A day of a population."""
        year = self.rng.choice(world.YEARS[1:])
        return dt.date(year, 12, 31) if year_end else dt.date(year, *self.rng.choice(world.OTHER_DAYS))

    def table(self, family: str, low: int, high: int, *, year_end: bool = True) -> Table:
        """An annex without faults."""
        least = max(families.FAMILIES[family].least, low)
        codes = world.group(self.rng, self.size(least, max(least, high)))
        return families.make(self.rng, family, codes, self.day(year_end=year_end))

    def write(self, table: Table, truth: faults.Truth | None = None, layout: Layout | None = None) -> Made:
        """The annex in a file, in any layout that leaves the fault in the file."""
        self.count += 1
        needs_total = truth is not None and truth.kind.startswith(("total", "row"))
        chosen = layout or self.rng.choice(
            [each for each in LAYOUTS if not truth or (not each.extras and (each.total.strip() or not needs_total))]
        )
        if not chosen.total:
            for column in table.columns:
                column.total = None
        return Made(layouts.write(self.rng, table, chosen, self.folder, f"b{self.count}"), table, truth, chosen)

    def faulty(self, pick: Callable[[], Table], kind: str) -> Made | None:
        """An annex with a fault of a kind, where a few tries give a table that it makes sense in."""
        for _ in range(40):
            table = pick()
            try:
                truth = faults.FAULTS[kind](self.rng, table)
            except faults.NotHereError:
                continue
            made = self.write(table, truth)
            truth.unclear = decide.judge(table, truth)
            return made
        return None


@dataclass
class Answer:
    """What the audit said of a file: its findings as published, the rule, and whether it could be read."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    rule: dict[str, Any] | None = None
    refused: str = ""

    @property
    def serious(self) -> list[dict[str, Any]]:
        """The findings that are no notes."""
        return [finding for finding in self.findings if finding["severity"] != "upplysning"]


def ask(path: Path) -> Answer:
    """Audit a file by the public entry."""
    try:
        told = audit_file(path).as_json(path.name)
    except AnalysError as error:
        return Answer(refused=str(error))
    return Answer(told["findings"], told["rule"])


def found(truth: faults.Truth, answer: Answer) -> list[dict[str, Any]]:
    """The findings that point at the fault."""
    findings = answer.findings if truth.kind == "rounding" else answer.serious
    if truth.names:
        return [finding for finding in findings if finding["kommunkod"] in truth.right]
    return [f for f in findings if f["column"] == truth.heading or f["code"] in truth.codes]


def explained(truth: faults.Truth, hits: list[dict[str, Any]]) -> bool:
    """Whether one of them is of the right kind and expects the right figure."""
    return any(hit["code"] in truth.codes and _expects(truth, hit) for hit in hits)


def _expects(truth: faults.Truth, hit: dict[str, Any]) -> bool:
    right, expected = truth.right.get(hit["kommunkod"] or ""), hit["expected"]
    if right is None or not isinstance(expected, int | float) or truth.kind.startswith("row"):
        return True
    if hit["code"] == "population-unknown":
        return True
    return bool(abs(float(right) - expected) <= max(2.0, float(right) * 0.005)) or truth.kind == "share"


def measure(name: str, goals: tuple[str, str], made: Iterator[Made | None], *, verbose: bool) -> Iterator[Row]:
    """Found and rightly explained, of the faults that can be told."""
    told: Counter[str] = Counter()
    for each in made:
        if each is None or each.truth is None:
            continue
        if each.truth.unclear:
            told["unclear"] += 1
            continue
        answer = ask(each.path)
        hits = found(each.truth, answer)
        right = explained(each.truth, hits)
        told.update(faults=1, found=bool(hits), right=right, refused=bool(answer.refused))
        if verbose and not right:
            codes = [(f["code"], f["kommunkod"], f["severity"], f["expected"]) for f in answer.findings]
            print("MISSED" if not hits else "WRONGLY", each.truth.kind, each.table.family, each.layout.name,
                  each.truth.right, codes, answer.refused, each.path)  # fmt: skip
    note = f"{told['unclear']} cannot be told" + (f", {told['refused']} refused" if told["refused"] else "")
    yield Row(f"{name}: found", goals[0], of(told["found"], told["faults"]), note)
    yield Row(f"{name}: rightly explained", goals[1], of(told["right"], told["faults"]))


def alarms(name: str, goal: str, made: Iterator[Made], *, verbose: bool) -> Row:
    """Clean files with a false ``fel`` or ``oforenligt``."""
    false = count = refused = 0
    for each in made:
        answer = ask(each.path)
        count, false, refused = count + 1, false + bool(answer.serious), refused + bool(answer.refused)
        if verbose and (answer.serious or answer.refused):
            codes = [(f["code"], f["message"]) for f in answer.serious]
            print("ALARM", each.table.family, each.layout.name, codes, answer.refused, each.path)
    return Row(name, goal, of(false, count), f"{refused} refused" if refused else "")


def rules_found(made: Iterator[Made], *, verbose: bool) -> Row:
    """Clean annexes of real shapes whose rule is found: one that gives all amounts of the file, or all but the rest's."""
    hit = count = 0
    for each in made:
        rule = ask(each.path).rule
        is_found = rule is not None and rule["of"] > 0 and rule["reproduced"] >= rule["of"] - each.table.carries_rest
        hit, count = hit + is_found, count + 1
        if verbose and not is_found:
            print("NO RULE", each.layout.name, rule, each.path)
    return Row("rule found on clean annexes, a layout each", ">= 90 %", of(hit, count))


def speed(made: list[Made]) -> Row:
    """Audits a second of processor time."""
    ask(made[0].path)
    start = time.process_time()
    for each in made:
        ask(each.path)
    rate = len(made) / (time.process_time() - start)
    return Row("audits a second, one process", ">= 60", f"{rate:.0f}")


def rows(size: int, seed: int, folder: Path, *, verbose: bool = False) -> Iterator[Row]:
    """Every row of the table."""
    maker = Maker(random.Random(seed), folder)
    rng = maker.rng
    everything = list(families.FAMILIES)

    def some(pick: Callable[[], Table], kinds: list[str], times: int = 1) -> Iterator[Made | None]:
        return (maker.faulty(pick, kind) for _ in range(size * times) for kind in kinds)

    kinds = list(faults.FAULTS)
    amounts = ["vat", "thousand", "digit", "transposed", "arbitrary", "exchange"]
    groups: list[tuple[str, tuple[str, str], Callable[[], Table], list[str]]] = [
        ("all faults", (">= 95 %", ">= 92 %"),
         lambda: maker.table(rng.choice(everything), 2, 60, year_end=rng.random() < 0.8), kinds),
        ("known families, n >= 6, 31 December", (">= 98.5 %", ">= 96 %"),
         lambda: maker.table(rng.choice(KNOWN), 6, 60), kinds),
        ("two or three members", (">= 85 %", "-"),
         lambda: maker.table(rng.choice(["population", "population", "volume", "given", "equal"]), 2, 3), kinds),
        ("printed volume keys", (">= 92 %", "-"), lambda: maker.table("volume", 3, 40), amounts),
        ("volume + population", (">= 92 %", "-"), lambda: maker.table("volume+population", 5, 40), amounts),
        ("steps", (">= 92 %", "-"), lambda: maker.table("steps", 5, 40), amounts),
        ("1 November, June, September: digits", (">= 85 %", "-"),
         lambda: maker.table("population", 3, 40, year_end=False), ["population-digit"] * 3),
        ("1 November, June, September: exchanges", (">= 85 %", "-"),
         lambda: maker.table("population", 3, 40, year_end=False), ["population-exchange"] * 3),
    ]  # fmt: skip
    for name, goals, pick, of_kinds in groups:
        yield from measure(name, goals, some(pick, of_kinds), verbose=verbose)
    known = (maker.write(maker.table(rng.choice(KNOWN), 2, 60)) for _ in range(size * 20))
    yield alarms("clean, known families: a false fel or oforenligt", "<= 0.1 %", known, verbose=verbose)
    other = (maker.write(maker.table(rng.choice(OTHERS), 2, 60, year_end=rng.random() < 0.7)) for _ in range(size * 20))
    yield alarms("clean, other families: a false fel or oforenligt", "<= 1 %", other, verbose=verbose)
    shaped = (maker.write(maker.table(rng.choice(SHAPED), 5, 30), layout=layout) for layout in LAYOUTS)
    yield rules_found(shaped, verbose=verbose)
    yield speed([maker.write(maker.table("population", 5, 30)) for _ in range(max(5, size))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=40, help="annexes for each fault and group of rules")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder in which the annexes are left")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        show(rows(arguments.size, arguments.seed, arguments.keep or Path(temporary), verbose=arguments.verbose))


if __name__ == "__main__":
    main()
