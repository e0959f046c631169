"""Who pays what when some leave: sums that hold, both statements side by side, and whole leavers and stayers."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analys import leaving, population, savings
from analys.agreement.keys.equal import EqualKey
from analys.errors import AnalysError
from analys.leaving import Question
from analys.register import resolve_municipality

AGREEMENT, END = "ostergotland", dt.date(2024, 9, 30)
NORRKOPING, MJOLBY = (resolve_municipality(name) for name in ("Norrköping", "Mjölby"))
#: Every amount is rounded outwards to the öre: 13 of them move a sum by less than this.
ROUNDING = Decimal("0.30")


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


def test_what_is_paid_before_is_what_the_account_and_the_savings_have(both_leave):
    saved = savings.savings_by_municipality(AGREEMENT, END).set_index(["kommun", "enligt"])
    for row in both_leave.itertuples():
        same = saved.loc[(row.kommun, row.enligt)]
        assert (row.lagst_fore_kr, row.hogst_fore_kr) == (same["helar_lagst_kr"], same["helar_hogst_kr"])
    assert set(both_leave["basar"]) == {2023}
    assert list(both_leave["lagst_fore_kr"])[:1] == [Decimal("11858.71")]  # of the lower total first


def test_a_leaver_saves_all_that_it_paid(both_leave):
    gone = both_leave[both_leave["lamnar"]]
    assert set(gone["kommun"]) == {"Norrköping", "Mjölby"}
    assert (gone["lagst_skillnad_kr"] == -gone["hogst_fore_kr"]).all()
    assert (gone["hogst_skillnad_kr"] == -gone["lagst_fore_kr"]).all()


def test_the_rise_per_inhabitant_is_of_the_years_own_population(both_leave):
    row = both_leave[both_leave["kommun"] == "Linköping"].iloc[0]
    persons = population.year_end("0580", 2023)
    assert row["lagst_skillnad_kr_per_invanare"] == (row["lagst_skillnad_kr"] / persons).quantize(
        Decimal("0.01"), "ROUND_FLOOR"
    )


def test_the_assumptions_say_the_year_and_what_is_left():
    said = leaving.ask(AGREEMENT, Question(END, (MJOLBY,), Fraction(1, 2))).assumptions
    assert said[0] == "Beloppen är de för 2023: 2023 års kostnad och nyckel antas gälla även 2025."
    assert said[1].startswith("Mjölby lämnar från och med 1\u00a0oktober 2024; övriga fortsätter. 50 %")
    assert len(said) == 2  # Norrköping has set its condition for itself


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
    assert nothing <= part <= whole


def test_another_key_moves_the_cost_but_does_not_change_it():
    changes = leaving.ask(AGREEMENT, Question(END, (), key=EqualKey(typ="lika"))).changes
    for _, own in changes.groupby("enligt"):
        assert len(set(own["lagst_efter_kr"])) == 1
        assert abs(summed(own, "lagst_efter_kr") - summed(own, "lagst_fore_kr")) < ROUNDING


def test_prices_of_another_year_change_every_amount_by_the_same_part():
    changes, earlier = (
        leaving.ask(AGREEMENT, Question(END, (MJOLBY,), price_year=year)).changes for year in (2023, 2018)
    )
    parts = [float(old / new) for new, old in zip(changes["lagst_fore_kr"], earlier["lagst_fore_kr"], strict=True)]
    assert max(parts) < 1
    assert max(parts) - min(parts) < 0.01


def test_a_stranger_cannot_leave():
    with pytest.raises(AnalysError, match="Stockholm är inte medlem"):
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
            assert abs(behind + before - after) < ROUNDING or row.antal_kvar == 0
    assert table.loc[4, ["hogst_lamnar_efter_sig_kr", "hogst_ovriga_efter_kr"]].tolist() == [Decimal("1069099.28"), 0]
    assert table["lamnar"].tolist()[2:] == ["Mjölby, Motala, Vadstena"] * 2 + ["alla"] * 2
    assert [f"{part:.4f}" for part in table["okning"][:4]] == ["0.0642", "0.0642", "0.2031", "0.2031"]
    assert table.loc[4, "okning"] is None


def test_a_part_outside_nothing_and_all_is_refused():
    with pytest.raises(AnalysError, match="mellan 0 och 1, inte 3/2"):
        leaving.ask(AGREEMENT, Question(END, (MJOLBY,), Fraction(3, 2)))


def test_before_there_is_any_amount_nothing_can_be_asked():
    with pytest.raises(AnalysError, match="inget belopp är känt till och med 2015"):
        leaving.ask(AGREEMENT, Question(dt.date(2015, 9, 30), (MJOLBY,)))


class TestAnotherCase:
    """The made-up case of another county: a mixed key and a floor."""

    CASE, LAST = "exempel-energiradgivning", dt.date(2026, 12, 31)

    def test_the_floor_holds_for_those_that_stay(self):
        gone = tuple(resolve_municipality(name) for name in ("Kalmar", "Oskarshamn", "Nybro"))
        changes = leaving.ask(self.CASE, Question(self.LAST, gone, Fraction(0))).changes
        stays = changes[~changes["lamnar"]]
        assert (stays["lagst_efter_kr"] >= 250_000).all()
        assert set(changes["basar"]) == {2025}
        assert set(changes["ar"]) == {2027}

    def test_no_krona_is_lost_where_all_of_the_cost_is_left(self):
        changes = leaving.ask(self.CASE, Question(self.LAST, (resolve_municipality("Nybro"),))).changes
        for _, own in changes.groupby("enligt"):
            assert abs(summed(own, "lagst_efter_kr") - summed(own, "lagst_fore_kr")) < ROUNDING

    def test_one_that_has_left_cannot_leave_again(self):
        with pytest.raises(AnalysError, match="Torsås är inte medlem"):
            leaving.ask(self.CASE, Question(self.LAST, (resolve_municipality("Torsås"),)))
