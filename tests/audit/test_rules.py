"""The rule search: rules made here by plain arithmetic must be found again."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analys.allocation import Mode, Residual, Rounding, Unit, split
from analys.audit import Severity, rules
from analys.audit.population import dates_of, lone_change, owners_of, table_of, years
from analys.audit.rule import Charged, Key
from benchmarks.known.annexes import Annexes
from benchmarks.known.made import CELL_KINDS, KINDS, write_csv

people = st.lists(st.integers(1_000, 900_000), min_size=4, max_size=25)


@settings(max_examples=60, deadline=None)
@given(people, st.integers(200_000, 90_000_000), st.sampled_from([None, 4, 5]), st.sampled_from(list(Mode)))
def test_what_a_rule_made_the_search_reproduces(weights, total_kr, decimals, mode) -> None:
    rounding = Rounding(decimals, unit=Unit.KRONA, mode=mode)
    amounts = split(total_kr * 100, weights, rounding).amounts_ore
    assume(sum(amounts) > 0)
    (rule,) = rules.search([Key("population", tuple(weights), sum(weights))], [Charged("D", amounts)])[0]
    assert all(rule.hits)
    assert rule.base.low <= total_kr <= rule.base.high or rule.rounding != rounding


@settings(max_examples=40, deadline=None)
@given(people, st.integers(200_000, 90_000_000), st.sampled_from([Residual.LARGEST_REMAINDER, Residual.LARGEST_MEMBER]))
def test_rules_that_hand_out_the_whole_total(weights, total_kr, residual) -> None:
    assume(sum(w == max(weights) for w in weights) == 1)
    amounts = split(total_kr * 100, weights, Rounding(residual=residual)).amounts_ore
    column = Charged("D", amounts, (total_kr * 100,))
    (rule,) = rules.search([Key("population", tuple(weights), sum(weights))], [column])[0]
    assert all(rule.hits)
    assert rule.explains(column)
    assert rule.stated or total_kr % 1000  # a plainer rule may give the same amounts


@settings(max_examples=40, deadline=None)
@given(people, st.integers(1_000_000, 90_000_000), st.data())
def test_one_wrong_amount_is_told_from_the_others(weights, total_kr, data) -> None:
    amounts = list(split(total_kr * 100, weights, Rounding()).amounts_ore)
    wrong = data.draw(st.integers(0, len(amounts) - 1))
    right = amounts[wrong]
    amounts[wrong] += data.draw(st.sampled_from([-1, 1])) * 100 * (1 + right // 1000)
    assume(amounts[wrong] >= 0)
    (rule,) = rules.search([Key("population", tuple(weights), sum(weights))], [Charged("D", tuple(amounts))])[0]
    assert [i for i, hit in enumerate(rule.hits) if not hit] == [wrong]
    assert abs(rule.expected_ore[wrong] - right) <= 100 + rule.spread_ore(wrong)


def test_half_open_intervals_that_only_touch_do_not_meet() -> None:
    low, high = np.array([[0.0, 1.0, 0.5]]), np.array([[1.0, 2.0, 1.0]])
    assert rules._most(low, high).tolist() == [2]


def test_nothing_to_explain_gives_no_rule() -> None:
    assert rules.search([], [Charged("D", (100, 200))]) == []
    assert rules.search([Key("population", (0, 0), 1)], [Charged("D", (100, 200))]) == []


@pytest.mark.parametrize(
    ("right", "wrong", "slip"),
    [
        (5453, 5443, "digit"),
        (5453, 4553, "transposition"),
        (5453, 545, "missing"),
        (5453, 54553, "extra"),
        (5453, 5453, None),
        (5453, 3455, None),
        (5453, 54, None),
        (10, 100, "extra"),
    ],
)
def test_slips_of_the_hand(right, wrong, slip) -> None:
    assert lone_change(right, wrong) == slip


def test_population_lookups() -> None:
    assert [day.isoformat() for day in dates_of("0581", 133_749)] == ["2013-12-31"]
    assert [day.isoformat() for day in dates_of("0581", 137_985)] == ["2016-06-30"]
    assert ("0581", 2013) in owners_of(133_749)
    assert table_of(["0581", "0586"])[years().index(2017)].tolist() == [140_927, 27_019]


def test_an_exact_share_of_the_base_is_what_an_expected_amount_rounds() -> None:
    key = Key("population", (1, 2, 4), 7)
    (rule,) = rules.search([key], [Charged("D", (100_00, 200_00, 400_00), (700_00,))])[0]
    assert [rule.used_ore * part for part in rule.parts] == [Fraction(100_00), Fraction(200_00), Fraction(400_00)]


def test_made_annexes_without_faults_raise_no_alarm(tmp_path) -> None:
    generator, path = Annexes(2024), tmp_path / "bilaga.csv"
    for _ in range(60):
        made = generator.clean()
        write_csv(made.rows, path)
        assert [f for f in _audit(path) if f.severity is not Severity.UPPLYSNING] == [], made.rule


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("amount", "total-amount")])
def test_made_annexes_with_one_fault_show_just_that(tmp_path, kind) -> None:
    """Not for amounts and their totals, whose last digits rounding may explain: ``benchmarks.audit`` counts those."""
    generator, path = Annexes(2024), tmp_path / "bilaga.csv"
    for _ in range(4):
        made = generator.faulty([kind])
        write_csv(made.rows, path)
        found = [f for f in _audit(path) if f.severity is not Severity.UPPLYSNING]
        wanted = [(truth.code, truth.kommunkod) for truth in made.truths]
        assert sorted((str(f.code), f.kommunkod or "") for f in found) == sorted((c, k or "") for c, k in wanted)
        if kind in CELL_KINDS:
            assert all(f.cell for f in found)


def _audit(path):
    from analys.audit import audit_file

    return audit_file(path).findings
