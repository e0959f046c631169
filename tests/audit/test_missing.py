"""Rows that are missing or too many, told from totals: the account that leaves the fewest faults is the one kept."""

from __future__ import annotations

from analys.population import table as populations
from tests.audit.conftest import serious

KINDA, NORRKOPING, TOTAL = 3, 9, 14


def told(audit) -> list[tuple[str, str | None]]:
    return [(str(finding.code), finding.kommunkod) for finding in serious(audit)]


def test_a_missing_member_is_named_though_the_total_of_populations_is_wrong_too(rows, audited) -> None:
    rows[TOTAL][1] = 457_946  # of 457 496
    rows.pop(KINDA)
    assert sorted(told(audited(rows))) == [("member-missing", "0513"), ("total-population", None)]


def test_a_missing_member_costs_the_others_what_it_should_have_paid(rows, audited) -> None:
    due = rows.pop(KINDA)[3]
    (finding,) = serious(audited(rows))
    assert (finding.effect_kr["0513"], sum(finding.effect_kr.values())) == (-due, -due)


def test_a_row_too_many_and_a_wrong_total_of_populations(rows, audited) -> None:
    rows.insert(5, ["Trosa", populations()["0488", 2017], "2,75%", 21_000])
    rows[15][1] = 547_496  # of 457 496
    assert sorted(told(audited(rows))) == [("member-extra", "0488"), ("total-population", None)]


def test_a_row_too_many_and_one_too_few(rows, audited) -> None:
    rows[KINDA] = ["Trosa", populations()["0488", 2017], "2,75%", 21_000]
    assert sorted(told(audited(rows))) == [("member-extra", "0488"), ("member-missing", "0513")]


def test_a_wrong_total_that_lacks_just_a_municipality_is_no_missing_member_where_the_other_totals_hold(
    rows, audited
) -> None:
    rows[TOTAL][1] += populations()["0488", 2017]
    assert told(audited(rows)) == [("total-population", None)]


def test_only_one_member_can_carry_what_rounding_leaves_over(rows, audited) -> None:
    """Without a printed total one amount may be a krona or two beside the rule, but not two amounts."""
    bare = [row[:2] + row[3:] for row in rows[:TOTAL]]
    bare[NORRKOPING][2] += 5
    assert len(serious(audited(bare))) == 1
    bare[NORRKOPING][2] -= 4
    assert serious(audited(bare)) == []


def test_amounts_that_add_to_a_total_by_far_not_their_own_are_a_fault_though_it_is_their_base(rows, audited) -> None:
    """A total that the amounts are parts of, but that they exceed by more than rounding: a row is too many."""
    rows.insert(5, ["Trosa", populations()["0488", 2017], "2,75%", 21_000])
    rows[15][1], rows[15][2] = 999_999, "80%"
    assert ("total-amount", None) in told(audited(rows)) or ("member-extra", "0488") in told(audited(rows))
