"""The engine against the exact scalar rule: the same to the öre, whatever the group, rule or size of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analys.allocation import Mode, Residual, Rounding, Unit, split
from analys.allocation.engine import allocate

rules = st.builds(
    Rounding,
    share_decimals=st.sampled_from([None, 2, 4, 8]),
    share_mode=st.sampled_from([Mode.HALF_UP, Mode.HALF_EVEN]),
    rescaled=st.booleans(),
    unit=st.sampled_from(Unit),
    mode=st.sampled_from(Mode),
    residual=st.sampled_from(Residual),
)
#: A group: its total and its weights, some of them large enough to leave 64 bits on the way.
groups = st.tuples(
    st.integers(-(10**14), 10**14),
    st.one_of(
        st.lists(st.integers(0, 30), min_size=1, max_size=4),
        st.lists(st.integers(0, 10**6), min_size=1, max_size=9),
        st.lists(st.integers(0, 10**16), min_size=1, max_size=5),
    ).filter(lambda weights: max(weights) * 100 > sum(weights)),
)


def flatten(table: list[tuple[int, list[int]]]) -> tuple[list[int], list[int], list[int]]:
    sizes = [len(weights) for _, weights in table]
    return [total for total, _ in table], [w for _, weights in table for w in weights], [0, *np.cumsum(sizes).tolist()]


@settings(max_examples=150)
@given(st.lists(groups, min_size=1, max_size=6), rules)
def test_the_engine_agrees_with_the_scalar_rule(table: list[tuple[int, list[int]]], rule: Rounding) -> None:
    totals, weights, offsets = flatten(table)
    amounts, residuals = allocate(totals, weights, offsets, rule, hosts=[0] * len(table))
    for g, (total, members) in enumerate(table):
        expected = split(total, members, rule, host=0)
        assert tuple(amounts[offsets[g] : offsets[g + 1]].tolist()) == expected.amounts_ore
        assert residuals[g] == expected.residual_ore


def test_a_million_rows_agree_in_their_sums_and_in_a_sample() -> None:
    random = np.random.default_rng(1)
    sizes = random.integers(1, 61, 5_000)
    offsets = np.concatenate([[0], sizes.cumsum()])
    weights, totals = random.integers(1, 1_000_000, offsets[-1]), random.integers(0, 10**11, len(sizes))
    rule = Rounding(residual=Residual.LARGEST_REMAINDER, unit=Unit.ORE)
    amounts, residuals = allocate(totals, weights, offsets, rule)
    assert not residuals.any()
    for g in range(0, len(sizes), 97):
        members = slice(offsets[g], offsets[g + 1])
        assert tuple(amounts[members].tolist()) == split(int(totals[g]), weights[members].tolist(), rule).amounts_ore


@pytest.mark.parametrize(
    ("totals", "weights", "offsets", "message"),
    [
        ([1], [], [0, 0], "no member"),
        ([1], [0, 0], [0, 2], "all zero"),
        ([1], [1, -1], [0, 2], "negative"),
        ([1, 2], [1, 1], [0, 2], "do not fit"),
    ],
)
def test_unusable_groups_are_errors(totals: list[int], weights: list[int], offsets: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        allocate(totals, weights, offsets, Rounding())


def test_no_groups_give_no_amounts() -> None:
    assert [len(part) for part in allocate([], [], [0], Rounding())] == [0, 0]
