"""How well and how fast the audit finds injected faults: recall, precision, right explanations, false alarms, speed.

    python -m benchmarks.audit [--scale 1] [--seed 1] [--verbose]

Findings of severity ``upplysning`` are notes and count for nothing. A fault is found when a finding has its code and
its municipality (or, for totals, its column). Each code is measured over all annexes that hold it, and each finding
that no injected fault accounts for counts against the precision of its code; with one fault an annex, with two or three
of different kinds, and with two or three of the same.

What cannot be told apart is told from the truth before any audit, is counted as "unclear", and is then neither missed
nor false:

- an amount or a total of amounts, where another rule of the same key (rounding, base, member who carries what is left
  over) explains the whole column by other faults, no more than the true ones (:mod:`benchmarks.ambiguity`);
- an amount one unit beside its rule, where no printed total is the amounts' sum: it may be what was left over;
- a slip of a population that is the municipality's own figure of another date; an arbitrary figure that is a slip;
- a share adjusted by one step so that all add to one, or that is right if all were rounded up or down; a given share off
  by no more than what rounding so many can leave over, which its amount may carry;
- a given share or its only amount, when a missing member leaves open what the shares add to;
- missing municipalities with the same population together as others, no more, of the county where all rows are of one;
  or of which only a wrong total tells;
- an amount that is 0 in thousands of kronor; payments that can still share a total; a range that holds the amount.

Divisor methods are rounding of an unknown base by definition, so a rule names none.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from analys.audit import audit_file
from analys.audit.documents import audit_agreement
from analys.audit.finding import Finding, Severity
from benchmarks import folders
from benchmarks.ambiguity import Place, confusable
from benchmarks.known.annexes import Annexes
from benchmarks.known.made import KINDS, Made, Truth, write_csv, write_xlsx
from benchmarks.table import Row, Run, main, of


def found_in(made: Made, path: Path) -> list[Finding]:
    """The findings that are no notes."""
    write_csv(made.rows, path)
    return [finding for finding in audit_file(path).findings if finding.severity is not Severity.UPPLYSNING]


def matches(truth: Truth, finding: Finding) -> bool:
    """Whether the finding is of the injected fault."""
    if truth.code != finding.code:
        return False
    if truth.kommunkod is not None:
        return finding.kommunkod == truth.kommunkod
    return truth.heading in (None, finding.column)


def explains(truth: Truth, finding: Finding) -> bool:
    """Whether the finding's explanation is the injected one."""
    told = finding.as_json()["explanation"]
    return all(told.get(key) == value for key, value in truth.explanation.items())


Unclear = dict[str, frozenset[Place]]
#: Before a reason in a code's counts.
WHY = "why: "


def fault_is_unclear(truth: Truth, unclear: Unclear) -> bool:
    """Whether an injected fault cannot be told from another."""
    return bool(truth.unclear) or _in_amounts(truth.code, truth.kommunkod, truth.heading, unclear)


def finding_is_unclear(finding: Finding, truths: list[Truth], unclear: Unclear) -> bool:
    """Whether a finding is of what cannot be told from an injected fault."""
    near = (t for t in truths if t.unclear and (t.kommunkod == finding.kommunkod or t.code == finding.code))
    return any(near) or _in_amounts(finding.code, finding.kommunkod, finding.column, unclear)


def _in_amounts(code: str, kommunkod: str | None, heading: str | None, unclear: Unclear) -> bool:
    places = unclear.values() if heading is None else [unclear.get(heading, frozenset())]
    return code in ("amount", "unit", "vat", "total-amount") and any(kommunkod in each for each in places)


#: What a table measures, and its heading.
MODES = {
    "one": "one fault an annex",
    "mixed": "two or three faults an annex, of different kinds",
    "same": "two or three faults of the same kind an annex",
}


def kinds_of(rng: random.Random, kind: str, i: int, mode: str) -> list[str]:
    """The faults of the ``i``:th annex made for a kind; one column has one total and one period."""
    if mode == "mixed":
        return [kind, *[other for other in rng.sample(KINDS, 3) if other != kind][: 1 + i % 2]]
    if mode == "one":
        return [kind]
    if kind in ("total-population", "total-share", "period"):
        return []
    return [kind] * (2 if kind == "total-amount" else 2 + i % 2)


def measure(generator: Annexes, count: int, path: Path, mode: str, verbose: bool) -> dict[str, Counter[str]]:
    """Per code: injected, found, explained, reported, true; over ``count`` annexes made for each code."""
    scores: dict[str, Counter[str]] = {}
    for kind in KINDS:
        for i in range(count):
            if not (kinds := kinds_of(generator.random, kind, i, mode)):
                break
            scores.setdefault(kind, Counter())
            made = generator.faulty(kinds)
            findings = found_in(made, path)
            unclear = {charge.heading: confusable(charge) for charge in made.charges}
            for truth in made.truths:
                hits = [finding for finding in findings if matches(truth, finding)]
                score = scores.setdefault(truth.code, Counter())
                if fault_is_unclear(truth, unclear):
                    score["unclear"] += 1
                    score[f"{WHY}{truth.unclear or 'amounts that another rule explains by as few faults'}"] += 1
                    continue
                score["injected"] += 1
                score["found"] += bool(hits)
                score["explained"] += any(explains(truth, finding) for finding in hits)
                if verbose and not hits:
                    print("MISSED", truth, made.rule, [str(f.code) + (f.kommunkod or "") for f in findings], made.kinds)
            for finding in findings:
                right = any(matches(truth, finding) for truth in made.truths)
                if finding_is_unclear(finding, made.truths, unclear):
                    continue
                scores.setdefault(finding.code, Counter())["reported"] += 1
                scores[finding.code]["true"] += right
                if verbose and not right:
                    print("FALSE", finding.code, finding.kommunkod, finding.message, made.rule, made.kinds)
    return scores


def measure_folders(seed: int, count: int, folder: Path, verbose: bool) -> tuple[dict[str, Counter[str]], int]:
    """Per code, over ``count`` folders made for each kind (one to three contradictions each), and the false alarms in as
    many folders without any. Notes count here: a changed term is one."""
    rng, alarms = random.Random(seed), 0
    scores: dict[str, Counter[str]] = {kind: Counter() for kind in folders.KINDS}
    for kind in (*folders.KINDS, ""):
        for _ in range(count):
            others = rng.sample([each for each in folders.KINDS if each != kind], rng.choice([0, 0, 1, 2]))
            truths = folders.make(rng, folder, [kind, *others] if kind else [])
            found = [finding for each in audit_agreement(folder) for finding in each.findings]
            alarms += bool(not kind and found)
            for truth in truths:
                score = scores[truth.code]
                hits = [finding for finding in found if matches(truth, finding)]
                score["unclear"] += bool(truth.unclear)
                score["injected"] += not truth.unclear
                score["found"] += bool(hits) and not truth.unclear
                score["explained"] += not truth.unclear and any(explains(truth, finding) for finding in hits)
                if verbose and not hits and not truth.unclear:
                    print("MISSED", truth, [str(f.code) for f in found])
            for finding in found:
                right = any(matches(truth, finding) for truth in truths)
                scores.setdefault(finding.code, Counter())["reported"] += 1
                scores[finding.code]["true"] += right
                if verbose and not right:
                    print("FALSE", finding.code, finding.message)
    return scores, alarms


def false_alarms(generator: Annexes, count: int, path: Path, verbose: bool) -> tuple[int, int, int]:
    """(clean annexes with a ``fel`` or ``oforenligt``, amounts reproduced, amounts) over ``count`` clean annexes."""
    alarms = reproduced = amounts = 0
    for _ in range(count):
        made = generator.clean()
        write_csv(made.rows, path)
        result = audit_file(path)
        serious = [finding for finding in result.findings if finding.severity is not Severity.UPPLYSNING]
        alarms += bool(serious)
        reproduced += sum(rule.reproduced for rule in result.rules.values())
        amounts += sum(len(rule.hits) for rule in result.rules.values())
        if verbose and serious:
            print("ALARM", [(str(f.code), f.message) for f in serious], made.rule)
    return alarms, reproduced, amounts


def speed(generator: Annexes, count: int, folder: Path) -> tuple[float, float]:
    """Audits a second of processor time from workbooks on disk, of clean and of faulty annexes."""
    rates = []
    for kinds in ([], ["amount", "population-digit"]):
        paths = []
        for i in range(count):
            paths.append(folder / f"{len(kinds)}-{i}.xlsx")
            write_xlsx((generator.faulty(kinds) if kinds else generator.clean()).rows, paths[-1])
        audit_file(paths[0])
        start = time.process_time()
        for path in paths:
            audit_file(path)
        rates.append(count / (time.process_time() - start))
    return rates[0], rates[1]


#: Annexes for each code, and clean ones, in the published size.
FAULTY, CLEAN = 300, 10_000


def rows(run: Run) -> Iterator[Row]:
    """Each code over one to three faults an annex, the documents of a folder, false alarms and speed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bilaga.csv"
        generator = Annexes(run.seed)
        together: dict[str, Counter[str]] = {}
        for mode in MODES:
            for code, counts in measure(generator, run.of(FAULTY), path, mode, run.verbose).items():
                together.setdefault(code, Counter()).update(counts)
        yield from told(together, "")
        within = Path(folder) / "avtal"
        within.mkdir()
        scores, alarms = measure_folders(run.seed, run.of(FAULTY), within, run.verbose)
        yield from told(scores, "mellan handlingar, ")
        yield Row("mappar utan motsägelser, med fynd", "0 %", of(alarms, run.of(FAULTY)))
        clean = run.of(CLEAN, 5)
        alarms, reproduced, amounts = false_alarms(generator, clean, path, run.verbose)
        yield Row("felfria bilagor med ett falskt fel eller oförenligt", "<= 0,1 %", of(alarms, clean))
        yield Row("belopp i felfria bilagor som regeln ger", "", of(reproduced, amounts))
        rates = speed(generator, run.of(200, 3), Path(folder))
        note = "processortid, xlsx, en process: felfria; felaktiga"
        yield Row("granskningar i sekunden", ">= 60", f"{rates[0]:.0f}; {rates[1]:.0f}", note)


def told(scores: dict[str, Counter[str]], where: str) -> Iterator[Row]:
    """A code's recall as the figure, and what else is known of it in the note."""
    for code, s in scores.items():
        parts = [("av fynden rätta", s["true"], s["reported"]), ("rätt förklarade", s["explained"], s["found"])]
        note = [f"{what} {of(part, whole).partition(' (')[0]}" for what, part, whole in parts if whole]
        note += [f"{s['unclear']} går inte att skilja från annat"] if s["unclear"] else []
        yield Row(f"{where}{code}: hittade", "", of(s["found"], s["injected"]), "; ".join(note))


if __name__ == "__main__":
    main(rows, __doc__)
