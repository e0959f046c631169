"""Scenarios by hand, and what holds for any of them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analys.agreement as agreements
from analys.agreement.costs import Index
from analys.agreement.keys.equal import EqualKey
from analys.allocation.year import allocate_year
from analys.errors import AnalysError
from analys.register import resolve_municipality
from analys.scenario import GAINS, LOSES, Comparison, Scenario, compare, compare_all, each_leaving
from tests.terms import CITED, agreement, version

LINKOPING, MJOLBY, NORRKOPING, YDRE = (resolve_municipality(n) for n in ("Linköping", "Mjölby", "Norrköping", "Ydre"))
REFUNDED = {"regel": "fran_manaden_efter"}


def equal(**terms: object) -> agreements.Agreement:
    """Four members with a quarter each of 400 000 kr."""
    names = ["Linköping", "Mjölby", "Norrköping", "Ydre"]
    members = {"kommuner": names, "minst": 3}
    plain = {"kostnad": {"typ": "fast", "belopp_kr": 400_000}}
    return agreement(version(nyckel={"typ": "lika"}, medlemmar=members, **(plain | terms)))


def after(answer: Comparison, year: int) -> dict[str, int]:
    return {change.name: change.after_ore for change in answer.changes if change.year == year}


def test_an_end_in_september_saves_a_quarter_of_the_year_and_all_of_the_next() -> None:
    terms = equal(aterbetalning=REFUNDED, uppsagning={"manader": 2})
    answer = compare(terms, Scenario(end=dt.date(2024, 9, 30)), [2024, 2025])
    assert set(after(answer, 2024).values()) == {75_000_00}
    assert set(after(answer, 2025).values()) == {0}
    assert {change.outcome for change in answer.changes} == {GAINS}
    assert answer.assumptions[-1] == "Uppsägning senast 31\u00a0juli 2024 (2 månaders uppsägningstid)."


def test_a_refund_counts_from_the_first_of_the_month_after_the_end() -> None:
    refunded = compare(equal(aterbetalning=REFUNDED), Scenario(end=dt.date(2024, 9, 10)), [2024])
    assert set(after(refunded, 2024).values()) == {75_000_00}
    unknown = compare(equal(), Scenario(end=dt.date(2024, 9, 15)), [2024])
    assert set(after(unknown, 2024).values()) == {70_833_33, 70_833_34}  # eight and a half of twelve months
    assert any("okända" in assumption for assumption in unknown.assumptions)


def test_what_has_been_charged_is_kept_where_nothing_is_refunded() -> None:
    billing = {"delbetalningar": ["01-31", "11-30"]}
    terms = equal(aterbetalning={"regel": "ingen"}, fakturering=billing)
    answer = compare(terms, Scenario(end=dt.date(2024, 3, 31)), [2024])
    assert set(after(answer, 2024).values()) == {50_000_00}  # the January half, though a quarter of the year was used


@pytest.mark.parametrize(
    ("stranded", "rest"), [(Fraction(0), 100_000_00), (Fraction(1), 133_333_33), (Fraction(1, 2), 116_666_67)]
)
def test_who_stays_carries_the_stranded_part(stranded: Fraction, rest: int) -> None:
    left = Scenario(leaving=(YDRE,), leave_date=dt.date(2024, 1, 1), stranded=stranded)
    answer = compare(equal(), left, [2024])
    amounts = after(answer, 2024)
    assert amounts["Ydre"] == 0
    assert abs(amounts["Mjölby"] - rest) <= 1
    assert answer.totals[0].after_ore == 300_000_00 + 100_000_00 * stranded


def test_leaving_in_mid_year() -> None:
    left = Scenario(leaving=(YDRE,), leave_date=dt.date(2024, 7, 1), stranded=Fraction(1))
    amounts = after(compare(equal(), left, [2024]), 2024)
    assert amounts["Ydre"] == 50_000_00
    assert abs(amounts["Mjölby"] - (50_000_00 + 66_666_67)) <= 1


def test_too_few_members_are_said_and_nobody_left_leaves_cost_uncovered() -> None:
    everyone = (LINKOPING, MJOLBY, NORRKOPING, YDRE)
    answer = compare(
        equal(), Scenario(leaving=everyone, leave_date=dt.date(2024, 7, 1), stranded=Fraction(1, 2)), [2024]
    )
    assert answer.totals[0].uncovered_ore == 100_000_00
    assert answer.totals[0].after_ore == 200_000_00
    assert "Avtalet förutsätter minst 3 medlemmar; 0 skulle vara kvar." in answer.assumptions


def test_another_key_and_an_index() -> None:
    plain = agreement(version(kostnad={"typ": "fast", "belopp_kr": 300_000}))
    key = EqualKey.model_validate({"typ": "lika"})
    answer = compare(plain, Scenario(key=key), [2024])
    assert set(after(answer, 2024).values()) == {100_000_00}
    assert {change.name: change.outcome for change in answer.changes} == {
        "Linköping": GAINS,
        "Norrköping": GAINS,
        "Mjölby": LOSES,
    }
    index = Index.model_validate({"serie": "fast", "procent": "10 %", "basar": 2000, "kalla": CITED})
    grown = compare(plain, Scenario(index=index), [2023, 2024])
    assert [year.after_ore for year in grown.totals] == [300_000_00, 330_000_00]


def test_the_stale_population_of_the_2018_annex_by_the_statistics() -> None:
    from analys.agreement.keys.population import PopulationKey

    terms = agreements.load("ostergotland")
    key = PopulationKey.model_validate({"typ": "folkmangd", "referensdag": "12-31"})
    answer = compare(terms, Scenario(key=key), [2018])
    norrkoping = next(change for change in answer.changes if change.code == "0581")
    assert norrkoping.before_ore == 226_916_00
    assert norrkoping.difference_ore == 235_321_00 - 226_916_00  # 30.80 % of 764 030 kr, floored


def test_each_member_leaving_alone() -> None:
    answers = each_leaving(equal(), dt.date(2024, 1, 1), Fraction(1), [2024])
    assert set(answers) == {LINKOPING, MJOLBY, NORRKOPING, YDRE}
    for member, answer in answers.items():
        assert {change.name for change in answer.changes if change.outcome == GAINS} == {member.name}


def test_scenarios_together_answer_as_each_alone() -> None:
    asked = [Scenario(end=dt.date(2024, month, 15)) for month in range(1, 13)]
    together = compare_all(equal(), asked, [2023, 2024, 2025])
    assert together == [compare(equal(), one, [2023, 2024, 2025]) for one in asked]


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.sampled_from([LINKOPING, MJOLBY, NORRKOPING]), min_size=1, max_size=2),
    st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 31)),
    st.fractions(0, 1, max_denominator=20),
)
def test_what_leaves_and_what_stays_make_the_whole(members: set[object], day: dt.date, stranded: Fraction) -> None:
    scenario = Scenario(leaving=tuple(members), leave_date=day, stranded=stranded)  # type: ignore[arg-type]
    answer = compare(agreement(), scenario, [2023, 2024])
    for year in answer.totals:
        assert year.after_ore <= year.before_ore
        if stranded == 1:
            assert year.after_ore == year.before_ore
    stays = [change for change in answer.changes if change.code not in {m.code for m in members}]  # type: ignore[attr-defined]
    assert all(change.difference_ore >= -1 for change in stays)


KIRUNA = resolve_municipality("Kiruna")


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"leaving": (KIRUNA,), "leave_date": dt.date(2024, 1, 1)}, "Kiruna är inte medlem"),
        ({"leaving": (YDRE,)}, "från vilken dag"),
        ({"end": dt.date(2026, 1, 1)}, "ligger efter den sista dag som jämförs, 2024-12-31"),
        ({"leaving": (YDRE,), "leave_date": dt.date(2024, 1, 1), "stranded": Fraction(2)}, "mellan 0 och 1, inte 2"),
    ],
)
def test_what_cannot_be(terms: dict[str, Any], message: str) -> None:
    with pytest.raises(AnalysError, match=message):
        compare(equal(), Scenario(**terms), [2024])


def test_a_year_without_a_cost_is_left_out_and_said() -> None:
    cost = {"typ": "fast", "belopp_per_ar_kr": {"2024": 400_000}}
    answer = compare(equal(kostnad=cost), Scenario(key=EqualKey.model_validate({"typ": "lika"})), [2024, 2025])
    assert [year.year for year in answer.totals] == [2024]
    assert answer.assumptions[0].startswith("2025 utelämnas: ")


def test_a_limit_on_the_yearly_change_holds_after_the_change_until_it_cannot() -> None:
    terms = agreements.load("exempel-blandad-nyckel")
    almhult = resolve_municipality("Älmhult")
    answer = compare(terms, Scenario(leaving=(almhult,), leave_date=dt.date(2025, 1, 1)), [2024, 2025])
    assert {change.difference_ore for change in answer.changes if change.year == 2024} == {0}
    stays = [change for change in answer.changes if change.year == 2025 and change.code != almhult.code]
    rates = {row.payer: row.per_head for row in allocate_year(terms, 2024).rows}
    small = [change for change in stays if change.name != "Växjö"]  # the host carries the rounding
    assert all(abs(change.per_head(change.after_ore) - rates[change.payer]) < Fraction("10.01") for change in small)  # type: ignore[operator]
    everyone_else = tuple(m for m in terms.version("2022").members.municipalities if m.name not in ("Växjö", "Ydre"))  # type: ignore[union-attr]
    scenario = Scenario(leaving=everyone_else, leave_date=dt.date(2024, 1, 1), stranded=Fraction(1))
    heavy = compare(terms, scenario, [2024])
    assert heavy.totals[0].after_ore == heavy.totals[0].before_ore
    assert "Gränsen för årlig ändring räcker inte till 2024 och tillämpas inte det året." in heavy.assumptions


def test_an_end_before_the_years_leaves_nothing() -> None:
    answer = compare(equal(), Scenario(end=dt.date(2020, 1, 31)), [2024])
    assert set(after(answer, 2024).values()) == {0}
    assert answer.totals[0].before_ore == sum(row.amount_ore for row in allocate_year(equal(), 2024).rows)


def test_the_frame_has_a_row_for_each_payer_and_year() -> None:
    frame = compare(equal(), Scenario(end=dt.date(2024, 9, 30)), [2024, 2025]).to_frame()
    assert len(frame) == 8
    assert set(frame["underlag"]) == {"skattad"}
    assert list(frame.columns[:6]) == ["ar", "kommunkod", "kommun", "fore_kr", "efter_kr", "skillnad_kr"]
