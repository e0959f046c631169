"""Rebates, floors, ceilings and limits on the yearly change: by hand, and what holds whatever they are."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analys.agreement.limits import Limits
from analys.allocation.limits import NO_CEILING, LimitsError, within
from analys.allocation.year import YearAllocation, allocate_each, allocate_year, allocate_years
from analys.errors import AnalysError
from tests.terms import CITED, agreement, version

#: 600, 300 and 100 of a thousand.
PUPILS = {"typ": "kolumn", "matt": "elever", "varden": {
    year: {"tal": {"Linköping": 60, "Norrköping": 30, "Mjölby": 10}} for year in (2020, 2021, 2022)}}  # fmt: skip
THOUSAND = {"typ": "fast", "belopp_kr": 1000}


START = dt.date(2020, 1, 1)


def shared(limits: dict[str, Any], year: int = 2020, **terms: Any) -> YearAllocation:
    return allocate_year(
        agreement(version(**{"nyckel": PUPILS, "kostnad": THOUSAND, "granser": limits, **terms})), year
    )


def kronor(result: YearAllocation) -> tuple[Fraction, ...]:
    """What Linköping, Norrköping and Mjölby pay, and what is left."""
    paid = {row.name: Fraction(row.amount_ore, 100) for row in result.rows}
    return paid["Linköping"], paid["Norrköping"], paid["Mjölby"], Fraction(result.residual_ore, 100)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"golv_kr": 190}, (540, 270, 190, 0)),
        ({"tak_kr": 480}, (480, 390, 130, 0)),
        ({"tak_andel": "48 %"}, (480, 390, 130, 0)),
        ({"golv_andel": "19 %"}, (540, 270, 190, 0)),
        ({"per_medlem": {"Mjölby": {"golv_kr": 190}}}, (540, 270, 190, 0)),
        ({"tak_kr": 480, "per_medlem": {"Linköping": {"tak_kr": 560}}}, (560, 330, 110, 0)),
        # a member's own bounds go before those of all, also where they are none of that kind
        ({"golv_kr": 190, "per_medlem": {"Mjölby": {"tak_kr": 500}}}, (600, 300, 100, 0)),
        ({"rabatter": [{"kommuner": ["Linköping"], "andel": "20 %"}]}, (480, 390, 130, 0)),
        ({"rabatter": [{"over_invanare": 150_000, "andel": "20 %"}]}, (480, 390, 130, 0)),
        ({"golv_kr": 190, "bars_av": "ingen"}, (600, 300, 190, -90)),
        ({"tak_kr": 480, "bars_av": "ingen"}, (480, 300, 100, 120)),
        ({"tak_kr": 480, "bars_av": "Mjölby"}, (480, 300, 220, 0)),
        ({"rabatter": [{"kommuner": ["Linköping"], "andel": "20 %"}], "bars_av": "ingen"}, (480, 300, 100, 120)),
        ({"rabatter": [{"kommuner": ["Mjölby"], "andel": "100 %"}], "bars_av": "Norrköping"}, (600, 400, 0, 0)),
        ({"rabatter": [{"kommuner": ["Linköping"], "andel": "20 %"}], "golv_kr": 190},
         (Fraction("446.90"), Fraction("363.10"), 190, 0)),
    ],
)  # fmt: skip
def test_what_limits_give(limits: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert kronor(shared(limits)) == expected


def test_half_a_year_has_half_of_the_bounds() -> None:
    half = {"fran": dt.date(2020, 7, 1), "kalla": CITED}
    assert kronor(shared({"golv_kr": 190}, giltighet=half)) == (270, 135, 95, 0)
    assert kronor(shared({"golv_andel": "19 %"}, giltighet=half)) == (270, 135, 95, 0)
    assert kronor(shared({"tak_kr": 480}, giltighet=half)) == (240, 195, 65, 0)


def test_a_floor_and_a_ceiling_of_a_known_rescue_service() -> None:
    """A fifteenth at least and 60 per cent at most, and nobody carries the difference."""
    people = {"Linköping": 152_966, "Finspång": 21_199, "Valdemarsvik": 7_747, "Åtvidaberg": 11_545, "Ödeshög": 5_236}
    key = {"typ": "folkmangd", "referensdag": "12-31", "varden": {2016: {"tal": people}}}
    terms = version(
        nyckel=key,
        kostnad={"typ": "fast", "belopp_kr": 554_000},
        medlemmar={"kommuner": list(people)},
        granser={"golv_andel": "1/15", "tak_andel": "60 %", "bars_av": "ingen"},
        avrundning={"enhet": "krona"},
    )
    result = allocate_year(agreement(terms), 2016)
    assert [row.amount_ore // 100 for row in result.rows] == [332_400, 59_107, 36_933, 36_933, 36_933]
    assert (result.residual_ore, [row.name for row in result.rows]) == (51_694_00, list(people))


def test_a_tariff_with_a_rebate_for_the_large() -> None:
    people = {"Linköping": 237_596, "Norrköping": 50_273, "Mjölby": 14_100}
    key = {"typ": "kr_per_invanare", "kr_per_invanare": 25, "varden": {2020: {"tal": people}}}
    limits = {"rabatter": [{"over_invanare": 200_000, "andel": "10 %"}]}
    assert kronor(shared(limits, nyckel=key, kostnad={"typ": "taxa"})) == (5_345_910, 1_256_825, 352_500, 0)
    assert kronor(shared({"tak_kr": 400_000}, nyckel=key, kostnad={"typ": "taxa"})) == (400_000, 400_000, 352_500, 0)


def test_agreed_kronor_are_not_rounded_as_shares() -> None:
    key = {"typ": "belopp", "belopp_kr": {"Mjölby": 123}, "ovriga": {"typ": "kolumn", "matt": "elever", "varden": {
        2020: {"tal": {"Linköping": 2, "Norrköping": 1}}}}}  # fmt: skip
    rounding = {"andel_decimaler": 2, "enhet": "ore"}
    result = shared({}, nyckel=key, avrundning=rounding)
    # of the 877 that are left 67 and 33 hundredths
    assert kronor(result) == (Fraction("587.59"), Fraction("289.41"), 123, 0)
    # shares of 60, 30 and 10 hundredths, of which the last is lifted to 123
    expected = (Fraction("584.67"), Fraction("292.33"), 123, 0)
    assert kronor(shared({"golv_kr": 123}, avrundning=rounding)) == expected


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"tak_kr": 300}, r"gränserna ger högst 900,00\skr, men 1\s000,00\skr ska fördelas"),
        ({"golv_kr": 400}, r"gränserna ger minst 1\s200,00\skr"),
        ({"golv_kr": 700, "bars_av": "Mjölby"}, r"gränserna ger minst 1\s400,00\skr"),
        ({"rabatter": [{"over_invanare": 1, "andel": "10 %"}]}, "alla har rabatt"),
    ],
)
def test_limits_that_cannot_hold_the_total(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(LimitsError, match=message):
        shared(limits)


def test_a_carrier_that_has_left_is_named() -> None:
    away = {"kommuner": ["Linköping", "Norrköping", "Mjölby"],
            "andringar": [{"kommun": "Mjölby", "till": dt.date(2019, 12, 31), "kalla": CITED}]}  # fmt: skip
    with pytest.raises(AnalysError, match="är inte medlem: Mjölby"):
        shared({"tak_kr": 480, "bars_av": "Mjölby"}, medlemmar=away)


def test_changes_in_per_cent_and_in_kronor_an_inhabitant() -> None:
    key = {**PUPILS, "varden": {**PUPILS["varden"], 2021: {"tal": {"Linköping": 40, "Norrköping": 50, "Mjölby": 10}}}}  # type: ignore[dict-item]
    terms = agreement(
        version(
            nyckel=key, kostnad=THOUSAND, granser={"andring_procent": "10 %"}, giltighet={"fran": dt.date(2020, 1, 1)}
        )
    )
    first, second, third = (kronor(year) for year in allocate_years(terms, [2020, 2021, 2022]))
    assert first == (600, 300, 100, 0)
    assert second == (560, 330, 110, 0)  # 540 is the least for Linköping; the others may rise by a tenth
    assert third == (600, 300, 100, 0)


def test_half_a_year_before_counts_as_a_whole_one() -> None:
    terms = agreement(
        version(
            nyckel=PUPILS, kostnad=THOUSAND, granser={"andring_procent": "0 %"}, giltighet={"fran": dt.date(2020, 7, 1)}
        )
    )
    assert kronor(allocate_years(terms, [2021])[0]) == (600, 300, 100, 0)


def test_years_with_limits_on_the_change_are_left_out_one_by_one() -> None:
    terms = agreement(
        version(
            nyckel=PUPILS, kostnad=THOUSAND, granser={"andring_procent": "1 %"}, giltighet={"fran": dt.date(2020, 1, 1)}
        )
    )
    done, left_out = allocate_each(terms, [2020, 2021, 2022, 2023])
    assert [year.year for year in done] == [2020, 2021, 2022]
    assert "saknas för 2023" in str(left_out[2023])


def test_a_limit_on_the_change_that_has_no_year_before_to_start_from_is_said() -> None:
    cost = {"typ": "fast", "belopp_per_ar_kr": {"2020": 1000, "2021": 5000, "2022": 1000}}
    terms = agreement(
        version(nyckel={"typ": "lika"}, kostnad=cost, granser={"andring_procent": "1 %"}, giltighet={"fran": START})
    )
    (first, last), left_out = allocate_each(terms, [2020, 2021, 2022])
    assert list(left_out) == [2021]
    assert not first.assumptions
    assert last.assumptions == ("Gränsen för årlig ändring tillämpas inte 2022: 2021 kan inte räknas.",)


def test_the_limits_in_words() -> None:
    limits = Limits.model_validate({
        "kalla": CITED, "tak_kr": 480, "golv_andel": "1/10", "andring_procent": "5 %", "golv_kr_per_invanare": "1,50",
        "per_medlem": {"Mjölby": {"golv_kr": 5}}, "rabatter": [{"over_invanare": 9, "andel": "10 %"}], "bars_av": "ingen",
    })  # fmt: skip
    assert limits.told().replace("\xa0", " ") == (
        "10 % rabatt för kommuner över 9 invånare, högst 480 kr, lägst 10 % av kostnaden, lägst 1,50 kr per invånare, "
        "ändrat högst 5 % per år och Mjölby lägst 5 kr, skillnaden bärs av ingen"
    )


# Whatever the bounds.

weights = st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any)
bounds = st.tuples(st.integers(0, 50), st.one_of(st.none(), st.integers(50, 400)))


@settings(max_examples=200, deadline=None)
@given(weights, st.lists(bounds, min_size=6, max_size=6), st.integers(0, 500))
def test_amounts_within_bounds_make_the_total_and_keep_the_order_of_the_weights(
    values: list[int], limits: list[tuple[int, int | None]], whole: int
) -> None:
    own = {str(n): Fraction(value) for n, value in enumerate(values)}
    held = {
        name: (Fraction(limits[int(name)][0]), NO_CEILING if (cap := limits[int(name)][1]) is None else Fraction(cap))
        for name in own
    }
    try:
        amounts = within(own, Fraction(whole), held)
    except LimitsError:
        least = sum(low for low, _ in held.values())
        most = [high for _, high in held.values()]
        free = [name for name, weight in own.items() if weight or held[name][0]]
        assert whole < least or NO_CEILING not in most or any(held[name][1] < NO_CEILING for name in free)
        return
    assert sum(amounts.values()) == whole
    for name, amount in amounts.items():
        low, high = held[name]
        assert low <= amount
        assert amount <= high
    free = {name for name, amount in amounts.items() if held[name][0] < amount and amount != held[name][1]}
    rates = {amounts[name] / own[name] for name in free if own[name]}
    assert len(rates) <= 1  # those within their bounds share in proportion


@settings(max_examples=100, deadline=None)
@given(weights, st.integers(0, 60), st.integers(1, 60), st.integers(720, 2000))
def test_a_higher_floor_is_paid_by_those_above_it(values: list[int], floor: int, more: int, whole: int) -> None:
    own = {str(n): Fraction(value) for n, value in enumerate(values)}

    def amounts(least: int) -> dict[str, Fraction]:
        return within(own, Fraction(whole), {name: (Fraction(least), NO_CEILING) for name in own})

    before, after = amounts(floor), amounts(floor + more)
    for name, amount in after.items():
        assert amount >= floor + more
        assert amount <= max(before[name], floor + more)


@settings(max_examples=100, deadline=None)
@given(weights, st.lists(bounds, min_size=6, max_size=6), st.integers(0, 600), st.integers(1, 200))
def test_nobody_pays_less_of_a_larger_total(
    values: list[int], limits: list[tuple[int, int | None]], whole: int, more: int
) -> None:
    own = {str(n): Fraction(value) for n, value in enumerate(values)}
    held = {
        n: (Fraction(limits[int(n)][0]), NO_CEILING if (cap := limits[int(n)][1]) is None else Fraction(cap))
        for n in own
    }
    try:
        smaller, larger = within(own, Fraction(whole), held), within(own, Fraction(whole + more), held)
    except LimitsError:
        assume(False)
    assert all(larger[name] >= smaller[name] for name in own)
