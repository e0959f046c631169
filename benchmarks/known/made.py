"""What is made: rows of a sheet, the faults in them, and figures with slips of the hand."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from benchmarks.ambiguity import Charge
from benchmarks.kinds.world import REFERENCE

CELL_KINDS = ("population-date", "population-digit", "population-swapped", "population-unknown", "share", "amount")
ROW_KINDS = ("member-missing", "member-extra", "member-duplicate")
TOTAL_KINDS = ("total-population", "total-share", "total-amount")
OTHER_KINDS = ("unit", "vat", "orgnr-invalid", "orgnr-party", "period")
KINDS = (*CELL_KINDS, *ROW_KINDS, *TOTAL_KINDS, *OTHER_KINDS)


#: (municipality, population at the end of a month), where there is such a series; organisation numbers.
MONTHS: set[tuple[str, int]] = set()
NUMBERS: dict[str, str] = {}


def _load() -> None:
    with (REFERENCE / "statistik" / "folkmangd-norrkoping-manad-2013-2024.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        MONTHS.update((row["regionkod"], int(row["folkmangd"])) for row in csv.DictReader(file))
    with (REFERENCE / "parter" / "organisationsnummer.csv").open(encoding="utf-8", newline="") as file:
        NUMBERS.update((r["kommunkod"], r["organisationsnummer"]) for r in csv.DictReader(file) if r["kommunkod"])


_load()


@dataclass(frozen=True)
class Truth:
    """An injected fault: its code, whose (or which column's) it is, what explains it, and ``unclear``: why it cannot be
    told apart from another, where it cannot."""

    code: str
    kommunkod: str | None = None
    heading: str | None = None
    explanation: dict[str, object] = field(default_factory=dict)
    unclear: str = ""


@dataclass
class Made:
    """Rows as they stand in a sheet, the faults in them, and the rule that made the amounts."""

    rows: list[list[object]]
    truths: list[Truth]
    rule: dict[str, object]
    kinds: list[str] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)


def rounded(value: Fraction, mode: str) -> int:
    floor = value.numerator // value.denominator
    rest = value - floor
    if mode == "floor":
        return floor
    if mode == "up":
        return floor + (rest > 0)
    if mode == "half_up" or rest != Fraction(1, 2):
        return floor + (rest >= Fraction(1, 2))
    return floor + floor % 2


def slip(rng: random.Random, figure: int) -> int:
    """One digit changed, or two unlike neighbours exchanged, never at the cost of the first digit."""
    digits = str(figure)
    pairs = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and (i > 0 or digits[1] != "0")]
    if pairs and rng.random() < 0.4:
        i = rng.choice(pairs)
        return int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :])
    i = rng.randrange(len(digits))
    choices = [d for d in "0123456789" if d != digits[i] and (i > 0 or len(digits) == 1 or d != "0")]
    return int(digits[:i] + rng.choice(choices) + digits[i + 1 :])


def is_slip(right: int, found: int) -> bool:
    """Whether one digit is changed, lost or added, or two neighbours exchanged."""
    a, b = str(right), str(found)
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    return a[1:] == b[1:] or a[1:] == b or b[1:] == a or (a[1::-1] == b[:2] and a[2:] == b[2:])


def write_csv(rows: list[list[object]], path: Path) -> None:
    """The rows as a semicolon-separated file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def write_xlsx(rows: list[list[object]], path: Path) -> None:
    """The rows as a workbook."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Bilaga")
    for row in rows:
        sheet.append(row)
    book.save(path)
