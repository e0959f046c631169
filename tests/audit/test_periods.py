"""Parts of a year against the year, member by member, and the last part as what the others leave."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys.audit.periods import Parts
from analys.audit.rule import Charged
from analys.population import table as populations
from analys.register import municipalities
from tests.audit.conftest import TOTAL, half_up, serious

PEOPLE = [(member.name, populations()[member.code, 2017]) for member in municipalities("05")]
WHOLE = sum(people for _, people in PEOPLE)
QUARTERS = ["Kv 1", "Kv 2", "Kv 3", "Kv 4"]


def due(people: int, total: Fraction | int) -> int:
    return half_up(Fraction(people, WHOLE) * total)


@pytest.fixture
def quarters() -> list[list[object]]:
    """Three quarters rounded each by itself, the fourth what they leave of the year."""
    rows: list[list[object]] = [["Kommun", "Folkmängd 2017", *QUARTERS, "Belopp/år"]]
    for name, people in PEOPLE:
        quarter, year = due(people, Fraction(TOTAL, 4)), due(people, TOTAL)
        rows.append([name, people, quarter, quarter, quarter, year - 3 * quarter, year])
    return rows


@pytest.fixture
def halves() -> list[list[object]]:
    """Halves of the amounts of the year, which carry what rounding left, so that no base gives either of them."""
    rows: list[list[object]] = [["Kommun", "Folkmängd 2017", "Halvår", "Belopp/år"]]
    for i, (name, people) in enumerate(PEOPLE):
        year = 2 * (due(people, TOTAL) // 2) + (6 if i % 2 else -6)
        rows.append([name, people, year // 2, year])
    return rows


def test_the_last_quarter_may_be_what_the_others_leave_of_the_year(quarters, audited) -> None:
    assert serious(audited(quarters)) == []


def test_short_names_of_quarters_head_amounts(quarters, audited) -> None:
    for names in ("Kvartal {}", "Q{}", "kv. {}"):
        quarters[0][2:6] = [names.format(i) for i in range(1, 5)]
        assert [charge.hits.count(True) > 10 for charge in audited(quarters).rules.values()][:3] == [True] * 3


def test_a_wrong_quarter_is_told_once(quarters, audited) -> None:
    """By the rule where one gives the quarter, and not again by the year that it does not add to."""
    quarters[9][5] = int(str(quarters[9][5])) + 5_000
    assert [(f.code, f.kommunkod, f.cell) for f in serious(audited(quarters))] == [("amount", "0581", "F10")]


def test_amounts_that_no_rule_gives_must_add_to_the_year(audited) -> None:
    """Negotiated amounts: nothing but their sum tells that one is wrong."""
    rows: list[list[object]] = [["Kommun", "Jan-jun", "Jul-dec", "Helår"]]
    for i, (name, _) in enumerate(PEOPLE):
        first, second = 1_000 + 7 * i * i, 2_000 + 991 * (i * 5 % 13)
        rows.append([name, first, second, first + second])
    rows[9][3] = int(str(rows[9][3])) + 900
    (finding,) = serious(audited(rows))
    assert (finding.code, finding.kommunkod, finding.cell) == ("period", "0581", "D10")
    assert (finding.expected, finding.found, finding.effect_kr["0581"]) == (4_439, 5_339, 900)
    assert finding.message == (
        "Norrköping: Jan-jun och Jul-dec är tillsammans 4\u00a0439\u00a0kr, men Helår är 5\u00a0339\u00a0kr; "
        "för 12 av 13 kommuner stämmer det."
    )


def test_a_half_year_must_be_half_of_the_year_as_for_the_others(halves, audited) -> None:
    halves[9][2] = int(str(halves[9][2])) - 9_000
    (finding,) = serious(audited(halves))
    assert (finding.code, finding.kommunkod) == ("period", "0581")
    assert "Halvår gånger 2 är" in finding.message


@given(st.lists(st.integers(1, 10**9), min_size=3, max_size=20), st.integers(1, 4), st.data())
def test_parts_that_add_up_hold_and_a_changed_one_is_the_gap(wholes, count, data) -> None:
    """Whatever the parts, the whole is their sum; what one is changed by is what they lack."""
    rows = [[whole // count] * (count - 1) + [whole - (count - 1) * (whole // count)] for whole in wholes]
    parts = tuple(Charged(f"{i}", tuple(column)) for i, column in enumerate(zip(*rows, strict=True)))
    held = Parts(parts, Charged("whole", tuple(wholes)))
    assert held.mostly_hold
    assert set(held.gaps) == {0}
    i, change = data.draw(st.integers(0, len(wholes) - 1)), data.draw(st.integers(1, 10**6))
    amounts = [whole + change * (k == i) for k, whole in enumerate(wholes)]
    assert Parts(parts, Charged("whole", tuple(amounts))).gaps[i] == change
