from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys.evidence import Interval, common

bounds = st.fractions(min_value=-1000, max_value=1000)
intervals = st.tuples(bounds, bounds).map(lambda pair: Interval(min(pair), max(pair)))


def test_a_rounded_amount_is_an_interval():
    reported = Interval.of_rounded(64000, 1000)
    assert (reported.low, reported.high) == (63500, 64500)
    assert 63500 in reported
    assert 64500 not in reported
    assert Interval.of_rounded(763945, 1).is_point


def test_bounds_are_rounded_outwards_and_points_half_up():
    third = Interval(Fraction(-1, 3), Fraction(2, 3))
    assert third.outward() == (Decimal("-0.34"), Decimal("0.67"))
    assert third.outward(0) == (-1, 1)
    assert Interval.point(Fraction(2, 3)).outward() == (Decimal("0.67"), Decimal("0.67"))


def test_bounds_must_be_in_order():
    with pytest.raises(ValueError, match="above its high bound"):
        Interval(Fraction(2), Fraction(1))


def test_two_that_only_touch_do_not_meet():
    assert Interval(Fraction(0), Fraction(1)).intersection(Interval(Fraction(1), Fraction(2))) is None


@given(intervals, intervals)
def test_what_both_allow_is_in_both(first, second):
    shared = first.intersection(second)
    assert shared == second.intersection(first)
    if shared is not None:
        assert shared.low in first
        assert shared.low in second


@given(intervals, st.fractions(min_value=Fraction(1, 100), max_value=100))
def test_scaling_back_and_forth_is_exact(interval, factor):
    assert (interval / factor) * factor == interval


@given(st.lists(intervals, min_size=1, max_size=5))
def test_common_does_not_depend_on_the_order(several):
    assert common(several) == common(reversed(several))
