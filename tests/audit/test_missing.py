"""Rows that are missing or too many, told from totals: the account that leaves the fewest faults is the one kept."""

from __future__ import annotations

from fractions import Fraction

from analys.population import table as populations
from tests.audit.conftest import TOTAL as TOTAL_KR
from tests.audit.conftest import half_up, serious

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


def test_two_missing_of_the_county_are_named_by_their_population_together(rows, audited) -> None:
    for name in ("Kinda", "Boxholm"):
        rows[:] = [row for row in rows if row[0] != name]
    assert sorted(told(audited(rows))) == [("member-missing", "0513"), ("member-missing", "0560")]


def test_several_that_nothing_names_are_told_of_once(rows, audited) -> None:
    """Of all the country so many three have their population together that none can be named."""
    members = [row for row in rows[1:TOTAL] if row[0] not in ("Kinda", "Boxholm", "Ydre")]
    lacking = sum(populations()[code, 2017] for code in ("1880", "2580", "1485"))
    whole = sum(row[1] for row in members) + lacking
    lines = [
        [row[0], row[1], f"{row[1] / whole:.2%}".replace(".", ","), half_up(Fraction(TOTAL_KR * row[1], whole))]
        for row in members
    ]
    (finding,) = serious(audited([rows[0], *lines, ["Total", whole, "100,00%", TOTAL_KR]]))
    assert (finding.code, finding.kommunkod) == ("member-missing", None)
    assert finding.explanation["population"] == lacking


def test_an_exchanged_row_beside_a_wrong_total_of_populations(rows, audited) -> None:
    rows[TOTAL][1] = 457_946  # of 457 496
    due = rows[KINDA][3]
    rows[KINDA] = ["Gävle", populations()["2180", 2017], "22,02%", due * 10]
    found = told(audited(rows))
    assert sorted(found) == [("member-extra", "2180"), ("member-missing", "0513"), ("total-population", None)]


def test_a_missing_member_beside_a_row_written_twice_that_totals_count(rows, audited) -> None:
    twice = list(rows[NORRKOPING])
    rows[TOTAL][1] += twice[1]
    rows[TOTAL][2] = "130,80%"
    rows[TOTAL][3] += twice[3]
    rows.insert(NORRKOPING, twice)
    rows.pop(KINDA)
    assert sorted(told(audited(rows))) == [("member-duplicate", "0581"), ("member-missing", "0513")]


def test_a_total_of_amounts_must_count_who_is_missing(rows, audited) -> None:
    rows[TOTAL][3] += 9_000
    rows.pop(KINDA)
    assert sorted(told(audited(rows))) == [("member-missing", "0513"), ("total-amount", None)]


def test_a_missing_member_is_named_by_the_amounts_of_its_county(rows, audited) -> None:
    bare = [[row[0], row[3]] for row in rows]
    bare.pop(KINDA)
    assert told(audited(bare)) == [("member-missing", "0513")]
