"""The annexes are the first test: their amounts must follow from a rule and their own population column."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ceil

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys import project
from analys.allocation import Mode, Residual, Rounding, Unit, implied_base, shares, split, split_by_shares
from analys.evidence import Interval
from analys.swedish import parse_number

ANNEX_2018 = Rounding(share_decimals=4, mode=Mode.FLOOR)

rounding_rules = st.builds(
    Rounding,
    share_decimals=st.sampled_from([None, 2, 4, 6]),
    share_mode=st.sampled_from([Mode.HALF_UP, Mode.HALF_EVEN]),
    rescaled=st.booleans(),
    unit=st.sampled_from(Unit),
    mode=st.sampled_from(Mode),
    residual=st.sampled_from(Residual),
)
weight_lists = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(
    lambda weights: max(weights) * 100 > sum(weights)
)
totals = st.integers(-(10**11), 10**11)


def annex(year: int, column: str) -> list[Fraction]:
    """A column of the printed annex, its member rows."""
    sheet = openpyxl.load_workbook(project.required().raw / "ostergotland" / f"bilaga-{year}.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4, max_row=17, values_only=True))
    at = rows[0].index(column)
    return [Fraction(parse_number(row[at]).scaled) for row in rows[1:]]


def ore(amounts: list[Fraction]) -> tuple[int, ...]:
    return tuple(int(amount * 100) for amount in amounts)


def test_the_2018_annex_follows_from_rounded_shares_floored_to_the_krona() -> None:
    amounts = ore(annex(2018, "Kostnad per kommun 2018"))
    printed = shares(annex(2018, "Folkmängd 2017"), 4)
    assert list(printed) == annex(2018, "Andel invånare i länet")
    base = implied_base(printed, amounts, ANNEX_2018)
    assert base is not None
    assert (round(float(base.low), 2), round(float(base.high), 2)) == (764029.23, 764030.30)
    whole_kronor = range(ceil(base.low), ceil(base.high))
    assert list(whole_kronor) == [764_030]
    again = split(764_030_00, annex(2018, "Folkmängd 2017"), ANNEX_2018)
    assert again.amounts_ore == amounts
    assert again.residual_ore == 764_030_00 - 763_945_00


@pytest.mark.parametrize(
    ("column", "total_kr"), [("Belopp halvår", 350_760), ("Belopp/år", 701_520), ("Belopp/1,5år", 1_052_280)]
)
def test_the_2016_annex_follows_from_exact_shares_rounded_half_up(column: str, total_kr: int) -> None:
    population = annex(2016, "Folkmängd")
    amounts = ore(annex(2016, column))
    assert split(total_kr * 100, population, Rounding()).amounts_ore == amounts
    base = implied_base(shares(population), amounts, Rounding())
    assert base is not None
    assert total_kr in base


def test_the_2016_annex_prints_its_shares_with_four_decimals() -> None:
    assert list(shares(annex(2016, "Folkmängd"), 4)) == annex(2016, "Andel folkmängd")


@given(totals, weight_lists, rounding_rules)
def test_amounts_and_residual_make_the_total(total: int, weights: list[int], rule: Rounding) -> None:
    amounts, residual = split(total, weights, rule, host=0)
    assert sum(amounts) + residual == total
    if rule.residual in (Residual.LARGEST_MEMBER, Residual.HOST):
        assert residual == 0
    if rule.residual.is_proportional:
        assert abs(residual) < rule.unit


@given(totals, weight_lists, rounding_rules)
def test_a_refund_mirrors_the_charge(total: int, weights: list[int], rule: Rounding) -> None:
    charge, refund = split(total, weights, rule, host=0), split(-total, weights, rule, host=0)
    assert refund.amounts_ore == tuple(-amount for amount in charge.amounts_ore)


@given(st.integers(0, 10**11), weight_lists, rounding_rules)
def test_more_of_the_key_never_pays_less_and_none_of_it_pays_nothing(
    total: int, weights: list[int], rule: Rounding
) -> None:
    if rule.residual in (Residual.LARGEST_MEMBER, Residual.HOST):
        return  # one member carries the residual, whatever its share
    amounts = split(total, weights, rule).amounts_ore
    parts = shares(weights, rule.share_decimals, rule.share_mode)  # rounding can make them tie
    for (less, low), (more, high) in pairwise(sorted(zip(parts, amounts, strict=True))):
        assert low <= high or less == more
    by_weight = zip(weights, amounts, strict=True)
    assert all(amount == 0 for weight, amount in by_weight if weight == 0)


@given(st.integers(0, 10**11), st.integers(1, 10**6), rounding_rules.filter(lambda rule: rule.unit == Unit.ORE))
def test_one_member_pays_all(total: int, weight: int, rule: Rounding) -> None:
    assert split(total, [weight], rule, host=0) == ((total,), 0)


@given(st.integers(0, 10**11), st.lists(st.integers(1, 10**6), min_size=1, max_size=12, unique=True), rounding_rules)
def test_the_order_of_members_does_not_matter(total: int, weights: list[int], rule: Rounding) -> None:
    if rule.residual is Residual.HOST or rule.share_decimals is not None:
        return  # the host is named by its place; rounded shares can tie
    backwards = split(total, weights[::-1], rule).amounts_ore[::-1]
    assert split(total, weights, rule).amounts_ore == backwards


@given(st.integers(0, 10**9), weight_lists, rounding_rules)
def test_the_implied_base_holds_the_total_that_made_the_amounts(total: int, weights: list[int], rule: Rounding) -> None:
    parts = shares(weights, rule.share_decimals, rule.share_mode, rescaled=rule.rescaled)
    if not any(parts):
        return
    amounts = split_by_shares(total, parts, rule, host=0).amounts_ore
    if min(amounts) < 0:
        return  # what shares rounded up leave over can be below zero, and the host carries it
    base = implied_base(parts, amounts, rule, host=0)
    assert base is not None
    assert Fraction(total, 100) in base


@given(
    st.integers(1, 10**9),
    st.lists(st.integers(1, 5000), min_size=1, max_size=8),
    st.sampled_from(Mode),
    st.sampled_from(Unit),
)
def test_the_implied_base_ends_where_an_amount_changes(total: int, counts: list[int], mode: Mode, unit: Unit) -> None:
    parts = [Fraction(count, 10_000) for count in counts]
    rule = Rounding(share_decimals=4, unit=unit, mode=mode)

    amounts = split_by_shares(total, parts, rule).amounts_ore
    base = implied_base(parts, amounts, rule)
    assert base is not None
    assert Fraction(total, 100) in base
    first, beyond = ceil(base.low * 100), ceil(base.high * 100)
    assert split_by_shares(first, parts, rule).amounts_ore == amounts
    assert split_by_shares(beyond - 1, parts, rule).amounts_ore == amounts
    assert split_by_shares(beyond, parts, rule).amounts_ore != amounts
    assert first == 0 or split_by_shares(first - 1, parts, rule).amounts_ore != amounts


def test_amounts_that_no_total_gives_have_no_implied_base() -> None:
    assert implied_base([Fraction(1, 2), Fraction(1, 2)], [100_00, 103_00], Rounding()) is None
    assert implied_base([Fraction(1), Fraction(0)], [100_00, 1_00], Rounding()) is None
    assert implied_base([Fraction(1)], [150], Rounding()) is None
    assert implied_base([Fraction(1)], [10_00], Rounding(residual=Residual.LARGEST_MEMBER)) == Interval.point(10)


@pytest.mark.parametrize(
    ("mode", "expected"), [(Mode.FLOOR, (4, 3, 1, 0)), (Mode.HALF_UP, (3, 3, 1, 1)), (Mode.UP, (3, 3, 1, 1))]
)
def test_the_divisor_methods_agree_with_the_textbook(mode: Mode, expected: tuple[int, ...]) -> None:
    """Eight seats among 100 000, 80 000, 30 000 and 20 000 votes: D'Hondt, Sainte-Laguë and Adams."""
    rule = Rounding(unit=Unit.ORE, mode=mode, residual=Residual.DIVISOR)
    assert split(8, [100_000, 80_000, 30_000, 20_000], rule).amounts_ore == expected


@pytest.mark.parametrize(("weights", "message"), [([], "no member"), ([0, 0], "all zero"), ([5, -1], "negative")])
def test_unusable_weights_are_errors(weights: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        split(100, weights, Rounding())


def test_a_host_must_be_named() -> None:
    with pytest.raises(ValueError, match="no host is named"):
        split(100, [1, 2], Rounding(residual=Residual.HOST))
