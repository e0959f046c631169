"""What goes wrong in an annex: each fault is one function that changes a table and says what it did."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from benchmarks.kinds import world
from benchmarks.kinds.table import Column, Table, rounded

#: Codes of the audit that say "a total is not what it should be", and "a row too many or too few".
TOTALS = frozenset({"total-amount", "total-population", "total-share"})
ROWS = frozenset({"member-missing", "member-extra", "member-duplicate"})


@dataclass
class Truth:
    """An injected fault. ``right`` holds what each wrong row should have (code -> figure), ``heading`` the column.

    ``codes`` are the audit's codes that explain it; ``names`` whether a finding must name the member. ``unclear`` says
    why nobody could tell, where nobody could; :mod:`decide` may add to it.
    """

    kind: str
    heading: str
    right: dict[str, Fraction]
    codes: frozenset[str]
    names: bool = True
    named_edit: bool = False
    unclear: str = ""
    wrong: dict[str, Fraction] = field(default_factory=dict)


class NotHereError(Exception):
    """The fault makes no sense in this table."""


Fault = Callable[[random.Random, Table], Truth]


def slip(rng: random.Random, figure: Fraction) -> Fraction:
    """One digit typed wrong."""
    return _respelt(rng, figure, swap=False)


def transposed(rng: random.Random, figure: Fraction) -> Fraction:
    """Two unlike neighbours exchanged."""
    return _respelt(rng, figure, swap=True)


def _respelt(rng: random.Random, figure: Fraction, *, swap: bool) -> Fraction:
    step = Fraction(1)
    while (figure / step).denominator != 1:
        step /= 10
    digits = str(int(figure / step))
    tail = len(digits) - len(digits.rstrip("0"))
    if swap:
        places = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and (i or digits[1] != "0")]
        if not places:
            raise NotHereError
        i = rng.choice(places)
        return int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]) * step
    i = rng.randrange(max(1, len(digits) - tail))
    other = rng.choice([d for d in "0123456789" if d != digits[i] and (i or d != "0")])
    return int(digits[:i] + other + digits[i + 1 :]) * step


def _row(rng: random.Random, column: Column) -> int:
    """A row whose figure is large enough to be mistyped."""
    rows = [i for i, value in enumerate(column.values) if value >= 100 * column.step]
    if not rows:
        raise NotHereError
    return rng.choice(rows)


def _amount(kind: str, codes: frozenset[str], change: Callable[[random.Random, Fraction], Fraction]) -> Fault:
    """A fault in one amount; the printed total was reckoned before it, or after."""

    def fault(rng: random.Random, table: Table) -> Truth:
        column = table.amount
        i = _row(rng, column)
        right, wrong = column.values[i], change(rng, column.values[i])
        if wrong == right:
            raise NotHereError
        column.values[i] = wrong
        if rng.random() < 0.4:
            column.add_up()
        return Truth(
            kind,
            column.heading,
            {table.codes[i]: right},
            codes,
            wrong={table.codes[i]: wrong},
            named_edit=kind in ("vat", "thousand", "in-tkr"),
        )

    return fault


def _anything(rng: random.Random, right: Fraction) -> Fraction:
    factor = Fraction(rng.choice([*range(40, 85), *range(118, 190)]), 100)
    return rounded(right * factor, 1, "half_up") + rng.randint(1, 9)


def exchanged_amounts(rng: random.Random, table: Table) -> Truth:
    return _exchange(rng, table, table.amount, "exchange", frozenset({"amount", "amount-swapped"}))


def _exchange(rng: random.Random, table: Table, column: Column, kind: str, codes: frozenset[str]) -> Truth:
    i, j = rng.sample(range(len(table.codes)), 2)
    values = column.values
    if abs(values[i] - values[j]) <= 2 * column.step:
        raise NotHereError
    right = {table.codes[k]: values[k] for k in (i, j)}
    values[i], values[j] = values[j], values[i]
    return Truth(kind, column.heading, right, codes, wrong={table.codes[k]: values[k] for k in (i, j)})


def other_years_amount(rng: random.Random, table: Table) -> Truth:
    """One member keeps last year's figure, where last year stands beside."""
    before = [c for c in table.of_kind("amount") if c.year == (table.amount.year or 0) - 1]
    if not before or table.family == "frozen":
        raise NotHereError
    i = _row(rng, table.amount)
    right, wrong = table.amount.values[i], before[0].values[i]
    if abs(right - wrong) <= 2 * table.amount.step:
        raise NotHereError
    table.amount.values[i] = wrong
    code = table.codes[i]
    return Truth("other-year", table.amount.heading, {code: right}, frozenset({"amount"}), wrong={code: wrong})


def wrong_rounding(rng: random.Random, table: Table) -> Truth:
    """One amount a unit beside what the rule gives."""
    i = _row(rng, table.amount)
    right = table.amount.values[i]
    table.amount.values[i] += table.amount.step * rng.choice([-1, 1])
    code = table.codes[i]
    wrong = {code: table.amount.values[i]}
    return Truth("rounding", table.amount.heading, {code: right}, frozenset({"amount", "rounding"}), wrong=wrong)


def _population(table: Table) -> Column:
    columns = table.of_kind("population")
    if not columns:
        raise NotHereError
    return columns[0]


def _people(kind: str, codes: frozenset[str], change: Callable[[random.Random, Table, int], Fraction]) -> Fault:
    """A wrong population of one row; shares and amounts were reckoned from the right one."""

    def fault(rng: random.Random, table: Table) -> Truth:
        column = _population(table)
        i = rng.randrange(len(table.codes))
        right, wrong = column.values[i], change(rng, table, i)
        if wrong == right or wrong <= 0:
            raise NotHereError
        column.values[i] = wrong
        if rng.random() < 0.5:
            column.add_up()
        code = table.codes[i]
        return Truth(kind, column.heading, {code: right}, codes, wrong={code: wrong})

    return fault


def _people_digit(rng: random.Random, table: Table, i: int) -> Fraction:
    return (slip if rng.random() < 0.6 else transposed)(rng, _population(table).values[i])


def _people_stale(rng: random.Random, table: Table, i: int) -> Fraction:
    day = _population(table).day
    if day is None or not world.year_end(day):
        raise NotHereError
    year = rng.choice([y for y in (day.year - 1, day.year - 2, day.year - 3) if y in world.YEARS] or [day.year + 1])
    return Fraction(world.POPULATION[table.codes[i]][year])


def exchanged_people(rng: random.Random, table: Table) -> Truth:
    return _exchange(rng, table, _population(table), "population-exchange", frozenset({"population-swapped"}))


def _share_column(table: Table) -> Column:
    columns = table.of_kind("share")
    if not columns:
        raise NotHereError
    return columns[0]


def wrong_share(rng: random.Random, table: Table) -> Truth:
    column = _share_column(table)
    i = _row(rng, column) if any(v >= 100 * column.step for v in column.values) else rng.randrange(len(table.codes))
    right = column.values[i]
    column.values[i] = slip(rng, right)
    if abs(column.values[i] - right) <= column.step:
        raise NotHereError
    if rng.random() < 0.3:
        column.add_up()
    code = table.codes[i]
    return Truth("share", column.heading, {code: right}, frozenset({"share"}), wrong={code: column.values[i]})


def wrong_denominator(rng: random.Random, table: Table) -> Truth:
    """All shares were taken of another whole: that of all rows but some, or of the largest row."""
    column = _share_column(table)
    keep = Fraction(rng.choice([25, 40, 60, 75, 85, 115, 130]), 100)
    column.values[:] = [rounded(value / keep, column.step, "half_up") for value in column.values]
    if rng.random() < 0.7:
        column.add_up()
    return Truth(
        "denominator", column.heading, {}, frozenset({"total-share", "share", "share-denominator"}), names=False
    )


def member_missing(rng: random.Random, table: Table) -> Truth:
    if table.amount.total is None or table.section_of:
        raise NotHereError
    i = rng.randrange(len(table.codes))
    code = table.codes[i]
    right = {code: table.amount.values[i]}
    table.drop(i)
    by_people = bool(table.of_kind("population")) and table.family not in ("given", "equal", "volume")
    codes = frozenset({"member-missing"}) | (frozenset() if by_people else TOTALS)
    return Truth("row-missing", table.amount.heading, right, codes, names=by_people)


def member_extra(rng: random.Random, table: Table) -> Truth:
    """A row that the totals do not count: another municipality, with what the key gives it, or one that is there twice."""
    if table.amount.total is None or table.section_of or not table.of_kind("population"):
        raise NotHereError
    day = _population(table).day
    assert day is not None
    if table.family == "population" and rng.random() < 0.6:
        code = rng.choice([c for c in world.NAMES if c not in table.codes])
        people = Fraction(world.people(code, day))
        scale = people / sum(_population(table).values)
        figures = [
            people if c.kind == "population" else rounded((c.total or 0) * scale, c.step, "half_up")
            for c in table.columns
        ]
        if figures[-1] < 20 * table.amount.step or any(c.kind == "rate" for c in table.columns):
            raise NotHereError
    else:
        i = rng.randrange(len(table.codes))
        code, figures = table.codes[i], [c.values[i] for c in table.columns]
    again = code in table.codes
    table.insert(rng.randrange(len(table.codes) + 1), code, figures)
    codes = frozenset({"member-duplicate"} if again else {"member-extra"})
    return Truth("row-twice" if again else "row-extra", table.amount.heading, {code: figures[-1]}, codes)


def total_short(rng: random.Random, table: Table) -> Truth:
    """The printed total of the amounts leaves out the last row, or the first."""
    if table.amount.total is None or table.section_of:
        raise NotHereError
    table.amount.total -= table.amount.values[rng.choice([0, -1])]
    return Truth("total-short", table.amount.heading, {}, frozenset({"total-amount", "member-extra"}), names=False)


def total_digit(rng: random.Random, table: Table) -> Truth:
    if table.amount.total is None or table.section_of:
        raise NotHereError
    right = table.amount.total
    table.amount.total = (slip if rng.random() < 0.5 else transposed)(rng, right)
    if table.amount.total == right:
        raise NotHereError
    return Truth("total-digit", table.amount.heading, {}, frozenset({"total-amount"}), names=False)


AMOUNT = frozenset({"amount"})
FAULTS: dict[str, Fault] = {
    "vat": _amount("vat", frozenset({"vat"}), lambda _, right: rounded(right * Fraction(5, 4), 1, "half_up")),
    "thousand": _amount("thousand", frozenset({"unit"}), lambda _, right: right * 1000),
    "in-tkr": _amount("in-tkr", frozenset({"unit"}), lambda _, right: rounded(right / 1000, 1, "half_up")),
    "digit": _amount("digit", AMOUNT, slip),
    "transposed": _amount("transposed", AMOUNT, transposed),
    "arbitrary": _amount("arbitrary", AMOUNT, _anything),
    "exchange": exchanged_amounts,
    "other-year": other_years_amount,
    "rounding": wrong_rounding,
    "population-digit": _people(
        "population-digit", frozenset({"population-digit", "population-unknown"}), _people_digit
    ),
    "population-stale": _people("population-stale", frozenset({"population-date"}), _people_stale),
    "population-exchange": exchanged_people,
    "share": wrong_share,
    "denominator": wrong_denominator,
    "row-missing": member_missing,
    "row-extra": member_extra,
    "total-short": total_short,
    "total-digit": total_digit,
}
