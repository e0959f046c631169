"""The generator that the audit is measured by: what it makes is what it says, and what cannot be told is not asked."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from benchmarks.kinds import decide, families, faults, world
from benchmarks.kinds.layouts import LAYOUTS, Layout, write
from benchmarks.kinds.table import Table
from benchmarks.table import of, wilson

DAY = dt.date(2020, 12, 31)


def make(family: str, size: int, seed: int = 1) -> Table:
    rng = random.Random(seed)
    return families.make(rng, family, world.group(rng, size), DAY)


@pytest.mark.parametrize("family", families.FAMILIES)
@pytest.mark.parametrize("seed", range(5))
def test_amounts_follow_the_exact_ones_to_the_unit_and_add_to_the_base(family: str, seed: int) -> None:
    table = make(family, 12, seed)
    gap = sum(table.amount.values, -table.base)
    shares_rounded = table.known and family in ("population", "mixed")
    assert abs(gap) <= 12 * table.amount.step + (table.base / 1000 * 12 if shares_rounded else 0)
    if not table.carries_rest and family != "blocks":
        pairs = zip(table.exact, table.amount.values, strict=True)
        assert all(abs(exact - amount) <= table.amount.step for exact, amount in pairs)


@pytest.mark.parametrize("kind", faults.FAULTS)
def test_a_fault_changes_the_table_where_it_says(kind: str) -> None:
    rng = random.Random(3)
    done = 0
    for seed in range(40):
        table = make("population", 9, seed)
        before = {column.heading: dict(zip(table.codes, column.values, strict=True)) for column in table.columns}
        totals = [column.total for column in table.columns]
        try:
            truth = faults.FAULTS[kind](rng, table)
        except faults.NotHereError:
            continue
        done += 1
        after = {column.heading: dict(zip(table.codes, column.values, strict=True)) for column in table.columns}
        same_rows = after == before and len(table.codes) == 9
        assert not same_rows or [column.total for column in table.columns] != totals
        for code, wrong in truth.wrong.items():
            assert after[truth.heading][code] == wrong != before[truth.heading][code] == truth.right[code]
    assert done > 3


def test_one_of_two_is_unclear_without_a_total_and_clear_with_it() -> None:
    for total, is_unclear in ((None, True), (True, False)):
        table = make("population", 2, 5)
        table.base_is_stated = False
        right = table.amount.values[0]
        table.amount.total = sum(table.amount.values, Fraction(0)) if total else None
        wrong = right * Fraction(13, 10) // 1 + 3
        table.amount.values[0] = wrong
        truth = faults.Truth("arbitrary", "", {table.codes[0]: right}, frozenset(), wrong={table.codes[0]: wrong})
        assert bool(decide.judge(table, truth)) is is_unclear


def test_a_round_amount_of_the_least_may_be_a_floor() -> None:
    table = make("population", 6, 2)
    smallest = min(range(6), key=table.amount.values.__getitem__)
    right = table.amount.values[smallest]
    others = [value for i, value in enumerate(table.amount.values) if i != smallest]
    size = Fraction(10) ** (len(str(int(min(others)))) - 1)
    floor = Fraction(min(others) // size * size)
    table.amount.values[smallest] = floor
    table.amount.add_up()
    code = table.codes[smallest]
    truth = faults.Truth("arbitrary", "", {code: right}, frozenset(), wrong={code: floor})
    assert (floor > right) is bool(decide.judge(table, truth))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_holds_every_amount(layout: Layout, tmp_path: Path) -> None:
    table = make("population", 5)
    path = write(random.Random(1), table, layout, tmp_path, "b")
    if path.suffix == ".csv":
        rows = [line.split(";") for line in path.read_text(encoding=layout.encoding).splitlines()]
    else:
        sheet = openpyxl.load_workbook(path).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    digits = {"".join(filter(str.isdigit, str(cell))) for row in rows for cell in row}
    tail = {"ore": "00"}.get(layout.numbers, "")
    for value in table.amount.values:
        written = f"{float(value) / 1000:.3f}" if layout.tkr else str(value)
        assert written.replace(".", "").rstrip("0" if layout.tkr else "") + tail in {d.lstrip() for d in digits} | {
            d.rstrip("0") for d in digits
        }


def test_a_day_within_the_year_lies_in_the_interval() -> None:
    for code in ("0580", "2505", "1284"):
        day = dt.date(2019, 11, 1)
        low, high = world.interval(code, day)
        assert low <= world.people(code, day) <= high
        assert world.people(code, day) == world.people(code, day)


def test_wilson() -> None:
    low, high = wilson(95, 100)
    assert 0.887 < low < 0.89
    assert 0.978 < high < 0.98
    assert of(0, 0) == "inget att mäta"
