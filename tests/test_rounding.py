"""Rounding one value: each mode against its definition, on values at, beside and between the steps."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys.rounding import Mode, Residual, Rounding, Unit, round_exact

values = st.fractions(0, 10**12, max_denominator=10**6)


@pytest.mark.parametrize(
    ("value", "half_up", "half_even", "floor", "up"),
    [
        ("0", 0, 0, 0, 0),
        ("0.01", 0, 0, 0, 1),
        ("0.5", 1, 0, 0, 1),
        ("1.5", 2, 2, 1, 2),
        ("2.5", 3, 2, 2, 3),
        ("2.4999", 2, 2, 2, 3),
        ("2.5001", 3, 3, 2, 3),
        ("3", 3, 3, 3, 3),
        ("3.5", 4, 4, 3, 4),
    ],
)
def test_each_mode_at_and_beside_the_halves(value: str, half_up: int, half_even: int, floor: int, up: int) -> None:
    expected = {Mode.HALF_UP: half_up, Mode.HALF_EVEN: half_even, Mode.FLOOR: floor, Mode.UP: up}
    assert {mode: round_exact(Fraction(value), mode) for mode in Mode} == expected


@given(values)
def test_a_rounded_value_is_a_neighbour(value: Fraction) -> None:
    for mode in Mode:
        rounded = round_exact(value, mode)
        assert abs(rounded - value) < 1
        if mode in (Mode.HALF_UP, Mode.HALF_EVEN):
            assert abs(rounded - value) <= Fraction(1, 2)
    assert round_exact(value, Mode.FLOOR) <= value <= round_exact(value, Mode.UP)


@given(st.integers(0, 10**9))
def test_whole_numbers_stay_and_halves_go_to_their_side(whole: int) -> None:
    assert {round_exact(whole, mode) for mode in Mode} == {whole}
    half = whole + Fraction(1, 2)
    assert round_exact(half, Mode.HALF_UP) == whole + 1
    assert round_exact(half, Mode.HALF_EVEN) % 2 == 0


def test_the_units_are_steps_in_ore() -> None:
    assert [int(unit) for unit in (Unit.ORE, Unit.KRONA, Unit.TEN, Unit.HUNDRED, Unit.TKR)] == [
        1,
        100,
        1000,
        10_000,
        100_000,
    ]


def test_a_rule_without_more_is_half_up_to_the_krona_and_states_the_rest() -> None:
    plain = Rounding(None, Mode.HALF_UP, False, Unit.KRONA, Mode.HALF_UP, Residual.NONE)
    assert Rounding() == plain
    assert {Rounding(): "as a key, a rule does not change"}[plain]


@pytest.mark.parametrize("residual", Residual)
def test_only_methods_that_hand_out_the_whole_are_proportional(residual: Residual) -> None:
    assert residual.is_proportional == (residual in {Residual.LARGEST_REMAINDER, Residual.DIVISOR})
