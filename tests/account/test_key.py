"""How the terms share a cost, and the cost that makes one pay an amount: what holds for any key."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analys.account import key as keys
from analys.evidence import Interval
from tests.terms import agreement, version

LINKOPING, MJOLBY, NORRKOPING = "0580", "0586", "0581"
FLOOR = {"golv_kr": 100_000}
YEAR = 2020


@pytest.fixture(scope="module")
def by_population():
    return keys.agreed(agreement(), YEAR)


@pytest.fixture(scope="module")
def with_floor():
    return keys.agreed(agreement(version(granser=FLOOR)), YEAR)


KRONOR = st.integers(1, 10_000_000)


def test_a_proportional_key_has_parts_that_make_one(by_population):
    assert sum(by_population.parts.values()) == 1
    assert by_population.reference == "2019-12-31"
    assert by_population.assumptions == ()
    assert keys.proportions(by_population.figures) == by_population.parts


def test_a_floor_makes_the_parts_depend_on_the_cost(with_floor):
    assert with_floor.parts is None
    assert with_floor.share(Fraction(1_000_000))[MJOLBY] == 100_000
    assert with_floor.share(Fraction(4_000_000))[MJOLBY] > 100_000


@given(KRONOR, KRONOR)
def test_the_total_of_an_amount_gives_the_amount_back(by_population, low, width):
    stated = Interval(low, low + width)
    total = by_population.total(NORRKOPING, stated)
    assert by_population.share(total.low)[NORRKOPING] == stated.low
    assert by_population.share(total.high)[NORRKOPING] == stated.high


@settings(max_examples=25, deadline=None)
@given(st.integers(250_000, 3_000_000), st.integers(1, 100_000))
def test_under_a_floor_the_total_is_the_least_that_gives_the_amount(with_floor, low, width):
    stated = Interval(low, low + width)
    total = with_floor.total(NORRKOPING, stated)
    ore = Fraction(1, 100)
    for end, kronor in ((total.low, stated.low), (total.high, stated.high)):
        assert with_floor.share(end)[NORRKOPING] >= kronor
        assert with_floor.share(end - ore)[NORRKOPING] < kronor


def test_at_the_floor_any_cost_up_to_where_it_ends_is_possible(with_floor):
    at_floor = with_floor.total(MJOLBY, Interval(99_500, 100_500))
    assert at_floor.low == 300_000  # three floors
    above = with_floor.total(MJOLBY, Interval(100_500, 101_500))
    assert above.low == at_floor.high


def test_an_amount_that_no_cost_gives_implies_none():
    capped = keys.agreed(agreement(version(granser={"tak_kr": 400_000})), YEAR)
    assert capped.total(NORRKOPING, Interval(500_000, 501_000)) is None


@settings(max_examples=25, deadline=None)
@given(st.integers(300_000, 5_000_000))
def test_no_krona_is_lost(with_floor, by_population, total):
    for key in (with_floor, by_population):
        assert sum(key.share(Fraction(total)).values()) == total


def test_a_year_in_two_periods_shares_each_by_its_part_of_the_year():
    import datetime as dt

    cited = {"dokument": "avtal", "stalle": "§ 1"}
    leaver = {"kommun": "Mjölby", "till": dt.date(2020, 6, 30), "kalla": cited}
    members = {"kommuner": ["Linköping", "Mjölby", "Norrköping"], "andringar": [leaver]}
    key = keys.agreed(agreement(version(medlemmar=members, nyckel={"typ": "lika"})), YEAR)
    assert key.parts == {LINKOPING: Fraction(5, 12), MJOLBY: Fraction(1, 6), NORRKOPING: Fraction(5, 12)}
    assert [member.name for member in keys.members(key.agreement, YEAR)] == ["Linköping", "Norrköping", "Mjölby"]


def test_what_cannot_be_shared_has_no_key():
    assert keys.agreed(agreement(version(nyckel="okand")), YEAR) is None
    tariff = {"typ": "kr_per_invanare", "kr_per_invanare": 3}
    assert keys.agreed(agreement(version(nyckel=tariff, kostnad={"typ": "taxa"})), YEAR) is None


def test_a_day_that_no_document_says_is_assumed_to_be_the_last_of_the_year_before():
    terms = agreement(version(nyckel={"typ": "folkmangd", "referensdag": "okand", "underlag": "beraknad"}))
    key = keys.agreed(terms, YEAR)
    assert (key.reference, key.assumptions) == ("2019-12-31", ("referensdag",))


def test_a_population_that_is_not_out_yet_is_carried_forward_and_said():
    key = keys.agreed(agreement(), 2030)
    assert key.assumptions == ("framskriven-folkmangd",)


def test_populations_are_found_and_changed_inside_a_mixed_key():
    mixed = {
        "typ": "blandad",
        "delar": [
            {"vikt": "30 %", "nyckel": {"typ": "lika"}},
            {"vikt": "70 %", "nyckel": {"typ": "folkmangd", "referensdag": "12-31"}},
        ],
    }
    key = agreement(version(nyckel=mixed)).versions[0].key
    (rule,) = key.populations()
    assert rule.reference_day == (12, 31)
    changed = key.with_populations(lambda _: {"years_back": 3})
    assert [each.years_back for each in changed.populations()] == [3]
    assert [each.years_back for each in key.populations()] == [1]
