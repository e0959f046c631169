"""The audit over every kind of annex: rules, faults, layouts, days and group sizes, by a generator of its own.

    python -m benchmarks.audit_kinds [--scale 1] [--seed 1] [--verbose]

A fault counts as found when a finding names its
member (a total's or a whole column's: when one names its column, or has its code), as rightly explained when the
finding's code is the fault's and what it expects is the true figure. Notes (``upplysning``) count only for a unit of
rounding. Whether a fault can be told at all is decided from the truth before any audit (:mod:`benchmarks.kinds.decide`);
what cannot is counted apart.
"""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analys.audit import audit_all
from analys.errors import AnalysError
from benchmarks.kinds import decide, families, faults, layouts, world
from benchmarks.kinds.layouts import LAYOUTS, Layout
from benchmarks.kinds.table import Table
from benchmarks.table import Row, Run, main, of

KNOWN = tuple(name for name, kind in families.FAMILIES.items() if kind.known)
OTHERS = tuple(name for name, kind in families.FAMILIES.items() if not kind.known)

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

    def any_of(self, some: Sequence[str], low: int, high: int, year_end: float) -> Table:
        """An annex without faults of one of some families; ``year_end``: the part that is of 31 December."""
        family, is_year_end = self.rng.choice(some), self.rng.random() < year_end
        least = max(families.FAMILIES[family].least, low)
        codes = world.group(self.rng, self.size(least, max(least, high)))
        return families.make(self.rng, family, codes, self.day(year_end=is_year_end))

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
        told = [each.as_json(path.name) for each in audit_all(path)]
    except AnalysError as error:
        return Answer(refused=str(error))
    rules = [each["rule"] for each in told if each["rule"] is not None]
    return Answer([finding for each in told for finding in each["findings"]], rules[0] if rules else None)


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


def measure(name: str, goals: tuple[str, str], made: Iterator[Made | None], run: Run) -> Iterator[Row]:
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
        if run.verbose and not right:
            codes = [(f["code"], f["kommunkod"], f["severity"], f["expected"]) for f in answer.findings]
            print("MISSED" if not hits else "WRONGLY", each.truth.kind, each.table.family, each.layout.name,
                  each.truth.right, codes, answer.refused, each.path.name)  # fmt: skip
    note = f"{told['unclear']} går inte att skilja från annat" + _refused(told["refused"], "; ")
    yield Row(f"{name}: hittade", goals[0], of(told["found"], told["faults"]), note)
    yield Row(f"{name}: rätt förklarade", goals[1], of(told["right"], told["faults"]))


def alarms(name: str, goal: str, made: Iterator[Made], run: Run) -> Row:
    """Clean files with a false ``fel`` or ``oforenligt``."""
    false = count = refused = 0
    for each in made:
        answer = ask(each.path)
        count, false, refused = count + 1, false + bool(answer.serious), refused + bool(answer.refused)
        if run.verbose and (answer.serious or answer.refused):
            codes = [(f["code"], f["message"]) for f in answer.serious]
            print("ALARM", each.table.family, each.layout.name, codes, answer.refused, each.path.name)
    return Row(f"felfria, {name}: falskt fel eller oförenligt", goal, of(false, count), _refused(refused))


def _refused(count: int, before: str = "") -> str:
    return f"{before}{count} kunde inte läsas" if count else ""


def rules_found(made: Iterator[Made], run: Run) -> Row:
    """Clean annexes of real shapes whose rule is found: one that gives all amounts of the file, or all but the rest's."""
    hit = count = 0
    for each in made:
        rule = ask(each.path).rule
        is_found = rule is not None and rule["of"] > 0 and rule["reproduced"] >= rule["of"] - each.table.carries_rest
        hit, count = hit + is_found, count + 1
        if run.verbose and not is_found:
            print("NO RULE", each.layout.name, each.table.family, rule, each.path.name)
    return Row("regeln funnen i felfria bilagor, verkliga utseenden", ">= 25 av 28", of(hit, count))


def speed(made: list[Made]) -> Row:
    """Audits a second of processor time."""
    ask(made[0].path)
    start = time.process_time()
    for each in made:
        ask(each.path)
    rate = len(made) / (time.process_time() - start)
    return Row("granskningar i sekunden, en process", ">= 60", f"{rate:.0f}", "processortid")


def from_shell(path: Path) -> Row:
    """One file from the shell, by the clock."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "analys", "audit", str(path)], capture_output=True, check=False)
    return Row("en fil från skalet, sekunder", "<= 0,5", f"{time.perf_counter() - start:.2f}".replace(".", ","))


@dataclass(frozen=True)
class Group:
    """Faults of some kinds in annexes of some families: ``least`` and ``most`` members; ``year_end`` the part of the
    annexes whose populations are of 31 December; ``times`` how many for each kind beside other groups."""

    name: str
    goals: tuple[str, str]
    families: tuple[str, ...]
    kinds: tuple[str, ...]
    least: int = 2
    most: int = 60
    year_end: float = 1.0
    times: int = 1


EVERY = tuple(faults.FAULTS)
FEW = ("population", "population", "volume", "given", "equal")
AMOUNTS = ("vat", "thousand", "digit", "transposed", "arbitrary", "exchange")
GROUPS = (
    Group("alla fel", (">= 95 %", ">= 92 %"), tuple(families.FAMILIES), EVERY, year_end=0.8),
    Group("kända familjer, minst sex, 31 december", (">= 98,5 %", ">= 96 %"), KNOWN, EVERY, least=6),
    Group("två eller tre medlemmar", (">= 85 %", ""), FEW, EVERY, most=3),
    Group("tryckta volymer som nyckel", (">= 92 %", ""), ("volume",), AMOUNTS, least=3, most=40, times=2),
    Group("volym och folkmängd", (">= 92 %", ""), ("volume+population",), AMOUNTS, least=5, most=40, times=2),
    Group("trappa", (">= 92 %", ""), ("steps",), AMOUNTS, least=5, most=40, times=2),
    Group("1 november, juni, september: siffror", (">= 85 %", ""), ("population",), ("population-digit",), 3, 40, 0, 6),
    Group("1 november, juni, september: byten", (">= 85 %", ""), ("population",), ("population-exchange",), 3, 40, 0, 6),
)  # fmt: skip
#: In the published size: annexes for each fault of a group, clean ones, rounds of the layouts.
FAULTY, CLEAN, ROUNDS, TIMED = 40, 2000, 10, 200


def rows(run: Run, keep: Path | None = None) -> Iterator[Row]:
    """Every row of the table."""
    with tempfile.TemporaryDirectory() as temporary:
        maker = Maker(random.Random(run.seed), keep or Path(temporary))
        for group in GROUPS:
            yield from measure(group.name, group.goals, _of_group(maker, group, run.of(FAULTY) * group.times), run)
        for name, goal, some, year_end in (
            ("kända familjer", "<= 0,1 %", KNOWN, 1.0),
            ("andra familjer", "<= 1 %", OTHERS, 0.7),
        ):
            clean = (maker.write(maker.any_of(some, 2, 60, year_end)) for _ in range(run.of(CLEAN, 5)))
            yield alarms(name, goal, clean, run)
        shaped = [layout for layout in LAYOUTS for _ in range(run.of(ROUNDS))]
        yield rules_found((maker.write(maker.any_of(SHAPED, 5, 30, 1), layout=layout) for layout in shaped), run)
        timed = [maker.write(maker.any_of(SHAPED, 5, 30, 1)) for _ in range(run.of(TIMED, 3))]
        yield speed(timed)
        yield from_shell(timed[0].path)


def _of_group(maker: Maker, group: Group, count: int) -> Iterator[Made | None]:
    def pick() -> Table:
        return maker.any_of(group.families, group.least, group.most, group.year_end)

    return (maker.faulty(pick, kind) for _ in range(count) for kind in group.kinds)


if __name__ == "__main__":
    main(rows, __doc__)
