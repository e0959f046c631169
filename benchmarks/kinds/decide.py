"""Could anybody tell? Decided from the truth, before any audit.

An annex with a fault is weighed against every lawful account of what is printed, in one currency: a place that the
account must call wrong costs one, and so does a figure that it must invent beside the base; a round figure costs half,
and so does a mistake that has a name (VAT, a thousand). A fault is clear only where no other account with other wrong
places costs as little as the true one. The accounts are those of :mod:`families`: in proportion to any printed key, or
equal; a floor, a cap, one who carries more; classes; a fee and a rate. Amounts are held against them to within one
printed unit, so that no rounding is mistaken for a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from benchmarks.kinds import world
from benchmarks.kinds.faults import Truth
from benchmarks.kinds.table import ROUNDINGS, Column, Table, rounded

#: What a round figure beside the base costs, and a mistake that has a name.
CHEAP = Fraction(1, 2)
#: The largest group for which accounts with two free figures are tried: beyond it two rows never outweigh the others.
SMALL = 9


def judge(table: Table, truth: Truth) -> str:
    """Why the fault of a printed table cannot be told, or nothing."""
    if truth.unclear:
        return truth.unclear
    return {
        "population-digit": _people,
        "population-exchange": _people,
        "population-stale": _stale,
        "share": _share,
        "denominator": _denominator,
        "row-missing": _missing,
        "row-extra": _surplus,
        "row-twice": lambda _table, _truth: "",
        "total-short": _total,
        "total-digit": _total,
        "rounding": _rounding,
    }.get(truth.kind, _amounts)(table, truth)


def _people(table: Table, truth: Truth) -> str:
    day = next(c.day for c in table.of_kind("population"))
    assert day is not None
    for code, wrong in truth.wrong.items():
        if wrong in world.POPULATION[code].values():
            return "the wrong figure is the municipality's own of another year"
        low, high = world.interval(code, day)
        if not world.year_end(day) and low - (high - low) <= wrong <= high + (high - low):
            return "the wrong figure lies in what the year ends allow"
    return ""


def _stale(table: Table, truth: Truth) -> str:
    for code, wrong in truth.wrong.items():
        if sum(wrong == people for people in world.POPULATION[code].values()) > 1:
            return "the stale figure is that of two years"
    return ""


def _share(table: Table, truth: Truth) -> str:
    column = next(c for c in table.columns if c.heading == truth.heading)
    if table.family == "given" and len(table.codes) < 3:
        return "a given share of two members, which nothing else tells"
    if table.family == "given" and not table.base_is_stated and len(table.codes) < 5:
        return "a given share of few, of an unknown whole"
    off = max(abs(truth.wrong[code] - truth.right[code]) for code in truth.right)
    return "no more than rounding so many shares" if 2 * off <= column.step * len(table.codes) else ""


def _denominator(table: Table, truth: Truth) -> str:
    column = next(c for c in table.columns if c.heading == truth.heading)
    lacking = abs(sum(column.values, Fraction(-1)))
    return "no more than rounding so many shares" if 2 * lacking <= column.step * len(table.codes) else ""


def _missing(table: Table, truth: Truth) -> str:
    if not truth.names:
        return ""
    (code,) = truth.right
    column = table.of_kind("population")[0]
    assert column.day is not None
    assert column.total is not None
    lacking = column.total - sum(column.values, Fraction(0))
    low, high = world.interval(code, column.day)
    counties = {each[:2] for each in (*table.codes, code)}
    pool = [each for each in world.NAMES if each not in table.codes and (len(counties) > 1 or each[:2] in counties)]
    others = [c for c in pool if c != code and _may_be(c, lacking, column)]
    return "others have the population that is lacking" if others or low != high else ""


def _may_be(code: str, figure: Fraction, column: Column) -> bool:
    assert column.day is not None
    low, high = world.interval(code, column.day)
    return low <= figure <= high


def _surplus(table: Table, truth: Truth) -> str:
    few = len(table.codes) < 4
    return "few rows, of which any may be the one too many" if few else ""


def _total(table: Table, truth: Truth) -> str:
    gap = abs(sum(table.amount.values, -(table.amount.total or Fraction(0))))
    if table.carries_rest or gap > len(table.codes) * table.amount.step:
        return ""
    return "no more than rounding so many amounts" if gap else "the total is right by chance"


def _rounding(table: Table, truth: Truth) -> str:
    """One unit beside: clear only where the base is known to the unit, and no mode and no bearer of a rest give all."""
    if table.carries_rest or not table.base_is_stated or table.parameters:
        return "one unit beside, where the base or who carries the rest is open"
    printed, unit = table.amount.values, table.amount.step
    for mode in ROUNDINGS:
        wrong = [i for i, each in enumerate(table.exact) if rounded(each, unit, mode) != printed[i]]
        if not wrong or table.codes[wrong[0]] not in truth.right:
            return "another way of rounding gives as many"
    rest = table.base - sum(printed)
    return "the rest is with the one who is beside" if rest == 0 or len(table.codes) < 6 else ""


Places = frozenset[str]


def _amounts(table: Table, truth: Truth) -> str:
    """Amounts against every rival account."""
    if all(abs(truth.wrong[code] - right) <= table.amount.step for code, right in truth.right.items()):
        return "no more than a unit of rounding"
    budget = CHEAP * table.parameters + (CHEAP if truth.named_edit else 1) * len(truth.right)
    if any(cost <= budget and places != set(truth.right) for cost, places in _accounts(table)):
        return "another account of the amounts costs as little"
    return ""


def _keys(table: Table) -> Iterator[tuple[list[Fraction], bool]]:
    """Every key that a reader sees, as weights, and whether it is equal parts."""
    yield [Fraction(1)] * len(table.codes), True
    for column in table.columns:
        if column.kind in ("population", "volume", "share") and all(column.values):
            yield column.values, False


def _accounts(table: Table) -> Iterator[tuple[Fraction, Places]]:
    """(cost, wrong places) of the lawful accounts of the printed amounts."""
    for weights, equally in _keys(table):
        for wrong in _by_base(table, weights):
            total = _total_cost(table, weights, wrong)
            yield Fraction(len(wrong)) + total, frozenset(table.codes[i] for i in wrong)
            yield from _bounds(table, wrong, total)
        if not equally and len(table.codes) <= SMALL:
            yield from _lines(table, weights)
    yield from _classes(table)


def _classes(table: Table) -> Iterator[tuple[Fraction, Places]]:
    """Round fees that rise with the population, fewer than the members: a fee and a limit each."""
    people = [column.values for column in table.of_kind("population")]
    fees = sorted(set(table.amount.values))
    if not people or len(fees) == len(table.codes) or not all(map(_is_round, fees)):
        return
    by_size = [amount for _, amount in sorted(zip(people[0], table.amount.values, strict=True))]
    if by_size == sorted(by_size):
        yield CHEAP * (2 * len(fees) - 1), frozenset()


def _by_base(table: Table, weights: Sequence[Fraction]) -> Iterator[frozenset[int]]:
    """The rows that each base worth trying does not give."""
    amounts, unit = table.amount.values, table.amount.step
    lows = [(amount - unit) / weight for amount, weight in zip(amounts, weights, strict=True)]
    highs = [(amount + unit) / weight for amount, weight in zip(amounts, weights, strict=True)]
    seen = set()
    for rate in {*lows, table.base / sum(weights)}:
        off = frozenset(i for i in range(len(amounts)) if not lows[i] <= rate <= highs[i])
        if off not in seen:
            seen.add(off)
            yield off


def _total_cost(table: Table, weights: Sequence[Fraction], wrong: frozenset[int]) -> Fraction:
    """What it costs that the account's base is not the printed or the stated one."""
    amounts, total = table.amount.values, table.amount.total
    right = [i for i in range(len(amounts)) if i not in wrong]
    if not right:
        return Fraction(len(amounts))
    whole, some = sum(weights, Fraction(0)), sum((weights[i] for i in right), Fraction(0))
    base = sum((amounts[i] for i in right), Fraction(0)) / some * whole
    slack = len(amounts) * table.amount.step * 2
    cost = Fraction(0)
    if total is not None and abs(total - base) > slack and abs(total - sum(amounts)) > slack:
        cost += 1
    if table.base_is_stated and abs(table.base - base) > slack:
        cost += 1
    return cost


def _bounds(table: Table, wrong: frozenset[int], total: Fraction) -> Iterator[tuple[Fraction, Places]]:
    """The same base with a floor, a cap, or somebody who carries a round figure more."""
    amounts = table.amount.values
    for at in (min(amounts), max(amounts)):
        bound = frozenset(i for i in wrong if amounts[i] == at)
        if bound and _is_round(at):
            left = wrong - bound
            yield CHEAP + len(left) + total, frozenset(table.codes[i] for i in left)
    for i in wrong:
        extra = amounts[i] - table.exact[i]
        if extra > 0 and _is_round(rounded(extra, table.amount.step, "half_up")):
            yield CHEAP + len(wrong) - 1 + total, frozenset(table.codes[j] for j in wrong if j != i)


def _is_round(amount: Fraction) -> bool:
    digits = str(int(amount))
    return amount.denominator == 1 and len(digits.rstrip("0")) <= 2 < len(digits)


def _lines(table: Table, weights: Sequence[Fraction]) -> Iterator[tuple[Fraction, Places]]:
    """A fee each and a rate: through each two rows."""
    amounts, unit = table.amount.values, table.amount.step
    for i, j in combinations(range(len(amounts)), 2):
        if weights[i] == weights[j]:
            continue
        rate = (amounts[i] - amounts[j]) / (weights[i] - weights[j])
        fee = amounts[i] - rate * weights[i]
        if rate <= 0 or fee < 0:
            continue
        wrong = [k for k, weight in enumerate(weights) if abs(fee + rate * weight - amounts[k]) > 2 * unit]
        plain = _is_round(rounded(fee, 100, "half_up")) and abs(fee - rounded(fee, 100, "half_up")) <= 2 * unit
        yield (CHEAP if plain else 1) + Fraction(len(wrong)), frozenset(table.codes[k] for k in wrong)
