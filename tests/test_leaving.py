"""Who pays what when some leave: sums that hold, both statements side by side, and whole leavers and stayers."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analys import leaving, savings
from analys.agreement.keys.equal import EqualKey
from analys.errors import AnalysError
from analys.export.publish import AGREEMENT, END
from analys.leaving import Question
from analys.register import resolve_municipality

NORRKOPING, MJOLBY = (resolve_municipality(name) for name in ("Norrköping", "Mjölby"))
#: Each payer's share is rounded by the annex's rule to four decimals: 13 of them move a total of 1,4 mnkr less than this.
ROUNDING = Decimal(1000)


def summed(frame, what):
    return sum(frame[what], Decimal(0))


@pytest.fixture(scope="module")
def both_leave():
    return leaving.ask(AGREEMENT, Question(END, (NORRKOPING, MJOLBY))).changes


def test_both_statements_of_the_cost_are_answered_side_by_side(both_leave):
    assert list(both_leave.groupby("enligt", sort=False).size()) == [13, 13]
    assert set(both_leave["ar"]) == {2025}
    assert set(both_leave["underlag"]) == {"skattad"}


def test_what_the_leavers_paid_is_carried_by_the_rest_when_all_of_it_is_left(both_leave):
    for _, own in both_leave.groupby("enligt"):
        assert abs(summed(own, "lagst_efter_kr") - summed(own, "lagst_fore_kr")) < ROUNDING
        stayers = own[~own["lamnar"]]
        gained = -summed(own[own["lamnar"]], "hogst_skillnad_kr")
        assert abs(summed(stayers, "lagst_skillnad_kr") - gained) < ROUNDING


def test_leavers_pay_nothing_in_the_first_full_year(both_leave):
    assert set(both_leave.loc[both_leave["lamnar"], "hogst_efter_kr"]) == {Decimal("0.00")}


def test_a_leaver_saves_what_it_has_stated_that_it_pays(both_leave):
    own = both_leave[both_leave["kommunkod"] == NORRKOPING.code].iloc[-1]
    stated = savings.savings_by_municipality(AGREEMENT, END).query("kommun == 'Norrköping'")
    stated = stated[stated["underlag"] == "dokumenterad"].iloc[0]
    middle = (stated["helar_lagst_kr"] + stated["helar_hogst_kr"]) / 2
    saved = -(own["lagst_skillnad_kr"] + own["hogst_skillnad_kr"]) / 2
    assert abs(saved - middle) < ROUNDING  # shares of the year 2025, not of the year stated


def test_nothing_is_left_to_pay_when_all_leave():
    members = leaving.members(AGREEMENT)
    changes = leaving.ask(AGREEMENT, Question(END, members)).changes
    assert changes["lamnar"].all()
    assert set(changes["hogst_efter_kr"]) == {Decimal("0.00")}


@settings(max_examples=6, deadline=None)
@given(st.fractions(0, 1, max_denominator=20))
def test_the_rest_pay_the_more_the_more_is_left(stranded):
    nothing, part, whole = (
        summed(leaving.ask(AGREEMENT, Question(END, (MJOLBY,), one)).changes, "lagst_efter_kr")
        for one in (Fraction(0), stranded, Fraction(1))
    )
    assert nothing - ROUNDING <= part <= whole + ROUNDING


def test_another_key_moves_the_cost_but_does_not_change_it():
    changes = leaving.ask(AGREEMENT, Question(END, (), key=EqualKey(typ="lika"))).changes
    for _, own in changes.groupby("enligt"):
        assert len(set(own["lagst_efter_kr"])) <= 2
        assert abs(summed(own, "lagst_efter_kr") - summed(own, "lagst_fore_kr")) < ROUNDING


def test_prices_of_another_year_change_every_amount_by_the_same_part():
    changes, earlier = (
        leaving.ask(AGREEMENT, Question(END, (MJOLBY,), price_year=year)).changes for year in (2023, 2018)
    )
    parts = [float(old / new) for new, old in zip(changes["lagst_fore_kr"], earlier["lagst_fore_kr"], strict=True)]
    assert max(parts) < 1
    assert max(parts) - min(parts) < 0.01


def test_a_stranger_cannot_leave():
    with pytest.raises(AnalysError, match="Stockholm: no member"):
        leaving.ask(AGREEMENT, Question(dt.date(2024, 9, 30), (resolve_municipality("Stockholm"),)))


def test_what_one_two_or_all_leave_behind():
    one, three = (
        resolve_municipality("Mjölby"),
        [resolve_municipality(name) for name in ("Mjölby", "Motala", "Vadstena")],
    )
    everybody = leaving.members("ostergotland")
    table = leaving.by_group("ostergotland", dt.date(2024, 9, 30), [[one], three, everybody])
    assert table["antal_kvar"].tolist() == [12, 12, 10, 10, 0, 0]
    for row in table.itertuples():
        for end in ("lagst", "hogst"):
            behind, before, after = (
                getattr(row, f"{end}_{what}_kr") for what in ("lamnar_efter_sig", "ovriga_fore", "ovriga_efter")
            )
            # The annex's rule rounds shares to 0,01 per cent and cuts amounts to the krona: 13 members' worth of that.
            assert abs(behind + before - after) < 13 * (1 + Decimal("0.00005") * after) or row.antal_kvar == 0
    assert table.loc[4, ["hogst_lamnar_efter_sig_kr", "hogst_ovriga_efter_kr"]].tolist() == [0, 0]
