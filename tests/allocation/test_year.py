"""Years of agreements: known answers from public rules, and what holds for any agreement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analys.agreement as agreements
from analys.agreement.load import bundled
from analys.allocation.periods import part_of_year, periods
from analys.allocation.year import YearAllocation, allocate_each, allocate_year, allocate_years, years_with_cost
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.population import population
from analys.register import municipalities, resolve_municipality
from tests.terms import CITED, agreement, version


def amounts(result: YearAllocation) -> dict[str, int]:
    return {row.name: row.amount_ore for row in result.rows}


def inhabitants(name: str, year: int) -> int:
    return population(resolve_municipality(name), dt.date(year, 12, 31))


def test_the_bundled_2018_contract_charges_what_its_annex_prints() -> None:
    result = allocate_year(agreements.load("ostergotland"), 2018)
    assert amounts(result)["Norrköping"] == 226_916_00
    assert (result.total_ore, result.residual_ore, result.charged_ore) == (764_030_00, 85_00, 763_945_00)
    assert result.stated_ore == 763_945_00
    assert result.reconciles


def test_the_first_contract_counts_four_months_of_2016() -> None:
    result = allocate_year(agreements.load("ostergotland"), 2016)
    assert result.total_ore == 701_520_00 * 4 // 12


def test_a_cost_that_no_document_states_is_an_error_with_its_line() -> None:
    with pytest.raises(
        AnalysError,
        match=r"ostergotland/avtal\.toml:\d+: inget dokument anger kostnaden 2019 \(den senast angivna är 764",
    ):
        allocate_year(agreements.load("ostergotland"), 2019)
    assert allocate_year(agreements.load("ostergotland"), 2019, 800_000_00).total_ore == 800_000_00


def test_every_number_of_the_illustration_is_estimated() -> None:
    result = allocate_year(agreements.load("stockholm"), 2018)
    assert len(result.rows) == 26
    assert "Ekerö" in amounts(result)
    assert set(result.to_frame()["underlag"]) == {"skattad"}


@pytest.mark.parametrize("name", bundled())
def test_the_bundled_agreements_add_up_in_every_year_that_has_a_cost(name: str) -> None:
    terms = agreements.load(name)
    done = 0
    for year in range(2016, 2026):
        try:
            result = allocate_year(terms, year)
        except AnalysError:
            continue
        assert result.charged_ore + result.residual_ore == result.total_ore
        done += 1
    assert done


# Known answers from public rules.


def test_thirty_per_cent_equal_and_seventy_by_population() -> None:
    mixed = {
        "typ": "blandad",
        "delar": [
            {"vikt": "30 %", "nyckel": {"typ": "lika"}},
            {"vikt": "70 %", "nyckel": {"typ": "kolumn", "matt": "invånare", "varden": _given(a=60_000, b=40_000)}},
        ],
    }
    result = allocate_year(agreement(version(nyckel=mixed, medlemmar=_members("Linköping", "Mjölby"))), 2020)
    # 300 000 kr in two equal halves, 700 000 kr as 60 to 40.
    assert amounts(result) == {"Linköping": 570_000_00, "Mjölby": 430_000_00}


def test_the_state_pays_half_the_region_a_quarter_and_the_municipalities_a_quarter_together() -> None:
    nested = {
        "typ": "grupper",
        "grupper": [
            {"part": "staten", "andel": "1/2"},
            {"part": "regionen", "andel": "1/4"},
            {"andel": "1/4", "nyckel": {"typ": "kolumn", "matt": "invånare", "varden": _given(a=75_000, b=25_000)}},
        ],
    }
    parties = [{"id": "staten", "namn": "Staten", "roll": "x"}, {"id": "regionen", "namn": "Regionen", "roll": "x"}]
    terms = agreement(version(nyckel=nested, medlemmar=_members("Linköping", "Mjölby")), part=parties)
    result = allocate_year(terms, 2020)
    assert amounts(result) == {
        "Linköping": 187_500_00,
        "Mjölby": 62_500_00,
        "Regionen": 250_000_00,
        "Staten": 500_000_00,
    }
    assert [row.code for row in result.rows] == ["0580", "0586", "", ""]


def test_a_party_with_a_fixed_amount_leaves_the_rest_to_the_others() -> None:
    nested = {
        "typ": "grupper",
        "grupper": [{"part": "staten", "belopp_kr": 200_000}, {"andel": 1, "nyckel": {"typ": "lika"}}],
    }
    half = {"fran": dt.date(2020, 7, 1), "kalla": CITED}
    plain = version(nyckel=nested, medlemmar=_members("Linköping", "Mjölby"))
    party = [{"id": "staten", "namn": "Staten", "roll": "x"}]
    whole = allocate_year(agreement(plain, part=party), 2020)
    assert amounts(whole) == {"Linköping": 400_000_00, "Mjölby": 400_000_00, "Staten": 200_000_00}
    part = allocate_year(agreement({**plain, "giltighet": half}, part=party), 2020)
    assert amounts(part) == {"Linköping": 200_000_00, "Mjölby": 200_000_00, "Staten": 100_000_00}
    with pytest.raises(AnalysError, match="de fasta beloppen 2020 är"):
        allocate_year(agreement(plain, part=party), 2020, 100_000_00)


def test_from_31_25_to_44_25_kronor_an_inhabitant_is_41_6_per_cent_more() -> None:
    tariff = {
        "typ": "kr_per_invanare",
        "referensdag": "12-31",
        "kr_per_invanare_per_ar": {2020: "31,25", 2021: "44,25"},
        "varden": {year: {"tal": {"Linköping": 160_000, "Mjölby": 27_000}} for year in (2020, 2021)},
    }
    terms = agreement(version(nyckel=tariff, kostnad={"typ": "taxa"}, medlemmar=_members("Linköping", "Mjölby")))
    before, after = allocate_years(terms, [2020, 2021])
    assert amounts(before) == {"Linköping": 5_000_000_00, "Mjölby": 843_750_00}
    assert Fraction(after.total_ore, before.total_ore) - 1 == Fraction("0.416")
    assert {row.per_head for row in after.rows} == {Fraction("44.25")}


# Other keys and costs, by hand.


def test_the_2016_build_up_is_39_500_times_1_48_times_12() -> None:
    built = {"typ": "uppbyggd", "manadslon_kr": 39_500, "paslag": "48 %", "manader": 12, "overhead_kr": 10}
    assert allocate_year(agreement(version(kostnad=built)), 2020).total_ore == 701_530_00


def test_only_the_cost_above_the_threshold_is_shared() -> None:
    cost = {"typ": "over_troskel", "utfall_kr": {2020: 1_500_000, 2021: 900_000}, "troskel_kr": "1 mnkr", "andel": 0.8}
    above, below = allocate_years(agreement(version(kostnad=cost)), [2020, 2021])
    assert above.total_ore == 400_000_00
    assert below.total_ore == 0
    assert set(amounts(below).values()) == {0}


def test_an_index_follows_the_lagged_figure_within_its_cap() -> None:
    index = {"serie": "kpi", "basar": 2020, "efterslapning": 1}
    plain = agreement(version(index=index))
    # CPI 2021 over 2019: 343.19 / 334.26.
    assert allocate_year(plain, 2022).total_ore == round(
        Decimal("1000000") * Decimal("343.19") / Decimal("334.26") * 100
    )
    capped = agreement(version(index={**index, "tak": "2 %", "golv": "1 %"}))
    assert allocate_year(capped, 2022).total_ore == 1_000_000_00 * 101 * 102 // 10_000
    fixed = agreement(version(index={"serie": "fast", "procent": "2,5 %", "basar": 2020}))
    assert allocate_year(fixed, 2022).total_ore == 1_050_625_00


def test_an_index_figure_that_is_missing_is_named() -> None:
    with pytest.raises(AnalysError, match="PKV för 2019 saknas: tabellen har 2015–2018"):
        allocate_year(agreement(version(index={"serie": "pkv", "basar": 2017})), 2019)


def test_a_base_fee_leaves_the_rest_to_the_key() -> None:
    key = {"typ": "grundavgift", "grundavgift_kr": 100_000, "varden": {2020: {"tal": {"Linköping": 3, "Mjölby": 1}}}}
    terms = agreement(version(nyckel=key, medlemmar=_members("Linköping", "Mjölby")))
    assert amounts(allocate_year(terms, 2020)) == {"Linköping": 700_000_00, "Mjölby": 300_000_00}
    with pytest.raises(
        AnalysError, match=r"de fasta beloppen 2020 är 200\s000,00\skr, mer än kostnaden 150\s000,00\skr"
    ):
        allocate_year(terms, 2020, 150_000_00)


def test_a_step_tariff_charges_by_size_band() -> None:
    key = {
        "typ": "trappa",
        "referensdag": "12-31",
        "steg": [{"till_och_med": 30_000, "avgift_kr": 50_000}, {"avgift_kr": 80_000, "kr_per_invanare": "0,50"}],
    }
    terms = agreement(version(nyckel=key, kostnad={"typ": "taxa"}, medlemmar=_members("Linköping", "Mjölby")))
    expected = {"Linköping": 80_000_00 + 50 * inhabitants("Linköping", 2019), "Mjölby": 50_000_00}
    assert amounts(allocate_year(terms, 2020)) == expected
    with pytest.raises(AnalysError, match="utelämna --total"):
        allocate_year(terms, 2020, 100)


def test_a_mean_over_three_years() -> None:
    key = {"typ": "folkmangd", "referensdag": "12-31", "medel_ar": 3}
    result = allocate_year(agreement(version(nyckel=key)), 2020)
    assert result.rows[0].value == Fraction(sum(inhabitants("Linköping", year) for year in (2017, 2018, 2019)), 3)
    assert result.rows[0].reference == "medel av 2019-12-31, 2018-12-31, 2017-12-31"
    assert result.rows[0].inhabitants == inhabitants("Linköping", 2019)


def test_a_change_limit_holds_against_the_whole_year_before() -> None:
    terms = agreements.load("exempel-blandad-nyckel")
    before, after = allocate_years(terms, [2021, 2022])
    rates = before.yearly_rates()
    host = terms.version("2022").rounding.host  # type: ignore[union-attr]
    for row in after.rows:
        assert row.per_head is not None
        slack = Fraction(1, 2 * row.inhabitants) if host and row.code != host.code else Fraction(8, row.inhabitants)  # type: ignore[operator]
        assert abs(row.per_head - (rates[row.payer].rate or 0)) <= 10 + slack
    assert after.residual_ore == 0


def test_a_ceiling_moves_the_rest_to_the_others() -> None:
    terms = agreement(version(granser={"tak_andel": "50 %"}, medlemmar=_members("Linköping", "Mjölby", "Ydre")))
    result = amounts(allocate_year(terms, 2020))
    assert result["Linköping"] == 500_000_00
    rest = inhabitants("Mjölby", 2019) + inhabitants("Ydre", 2019)
    assert result["Ydre"] == round(Decimal(500_000_00) * inhabitants("Ydre", 2019) / rest)


def test_limits_that_cannot_hold_the_total_say_so() -> None:
    terms = agreement(version(granser={"tak_kr": 100_000}))
    with pytest.raises(AnalysError, match=r"högst 300\s000,00\skr, men 1\s000\s000,00\skr"):
        allocate_year(terms, 2020)


def test_a_budget_is_settled_against_the_actual_cost() -> None:
    result = allocate_year(agreements.load("exempel-andelar-avrakning"), 2023)
    assert result.total_ore == 3_842_517_50
    assert sum(row.budget_ore or 0 for row in result.rows) == 4_000_000_00
    assert result.residual_ore == 50  # öre that are no whole krona


# Time.


def test_the_part_of_a_year() -> None:
    assert part_of_year(dt.date(2020, 2, 1), dt.date(2020, 2, 29)) == Fraction(1, 12)
    assert part_of_year(dt.date(2021, 2, 1), dt.date(2021, 2, 14)) == Fraction(1, 24)
    assert part_of_year(dt.date(2020, 1, 1), dt.date(2020, 12, 31)) == 1


@given(st.dates(dt.date(2014, 1, 2), dt.date(2025, 12, 31)))
def test_versions_that_meet_in_mid_month_make_a_whole_year(day: dt.date) -> None:
    first = version(giltighet={"fran": dt.date(2014, 1, 1), "till": day - dt.timedelta(days=1)})
    second = version(id="2", giltighet={"fran": day})
    spans = periods(agreement(first, second), day.year)
    assert sum(span.part for span in spans) == 1
    assert (spans[0].first, spans[-1].last) == (dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))
    for rule in ("manader", "dagar"):
        cost = {"typ": "fast", "belopp_kr": 999_999.37, "del_av_ar": rule}
        both = agreement(
            {**first, "kostnad": {**cost, "kalla": CITED}}, {**second, "kostnad": {**cost, "kalla": CITED}}
        )
        assert allocate_year(both, day.year, carry_forward=True).total_ore == 999_999_37


def test_a_member_that_joins_pays_from_its_first_day() -> None:
    joins = {"kommun": "Mjölby", "fran": dt.date(2020, 7, 1), "kalla": CITED}
    terms = agreement(version(nyckel={"typ": "lika"}, medlemmar=_members("Linköping", "Mjölby", andringar=[joins])))
    assert amounts(allocate_year(terms, 2020)) == {"Linköping": 750_000_00, "Mjölby": 250_000_00}


def test_the_share_of_a_year_is_that_of_its_period_or_of_all_its_amounts() -> None:
    rounding = {"andel_decimaler": 2, "enhet": "krona"}
    thirds = version(nyckel={"typ": "lika"}, avrundning=rounding)
    assert {row.share for row in allocate_year(agreement(thirds), 2020).rows} == {Fraction(33, 100)}
    joins = {"kommun": "Mjölby", "fran": dt.date(2020, 7, 1), "kalla": CITED}
    two = version(
        nyckel={"typ": "lika"}, medlemmar=_members("Linköping", "Mjölby", andringar=[joins]), avrundning=rounding
    )
    shares = {row.name: row.share for row in allocate_year(agreement(two), 2020).rows}
    assert shares == {"Linköping": Fraction(3, 4), "Mjölby": Fraction(1, 4)}


def test_a_figure_is_shown_where_the_key_has_one_and_a_rate_where_it_is_for_something_else() -> None:
    (row, *_) = allocate_year(agreement(), 2020).rows
    assert (row.value, row.reference) == (inhabitants("Linköping", 2019), "2019-12-31")
    assert row.per_unit is None
    pupils = {"typ": "kr_per_enhet", "enhet": "elev", "kr_per_enhet": 10, "matt": "elever", "varden": {
        2020: {"tal": {"Linköping": 4, "Mjölby": 0}, "referensdatum": dt.date(2019, 10, 15)}}}  # fmt: skip
    terms = version(nyckel=pupils, kostnad={"typ": "taxa"}, medlemmar=_members("Linköping", "Mjölby"))
    first, second = allocate_year(agreement(terms), 2020).rows
    assert (first.value, first.reference, first.per_unit) == (4, "2019-10-15", ("elev", 10))
    assert second.per_unit is None
    (equal, *_) = allocate_year(agreement(version(nyckel={"typ": "lika"})), 2020).rows
    assert (equal.value, equal.reference, equal.per_unit) == (None, None, None)


def test_a_stated_overlap_is_counted_once() -> None:
    (span,) = periods(agreements.load("ostergotland"), 2018)
    assert span.version.id == "2018"
    assert span.part == 1


def test_versions_that_treat_vat_differently_make_no_common_sum() -> None:
    first = version(giltighet={"fran": dt.date(2020, 1, 1), "till": dt.date(2020, 6, 30)}, moms={"regel": "exklusive"})
    second = version(id="2", giltighet={"fran": dt.date(2020, 7, 1)}, moms={"regel": "inklusive"})
    with pytest.raises(AnalysError, match=r"behandlar momsen olika \(exklusive, inklusive\)"):
        allocate_year(agreement(first, second), 2020)


# What is missing.


def test_a_missing_population_is_named() -> None:
    with pytest.raises(AnalysError, match=r"folkmängden för Linköping \(0580\) 2029-12-31 finns inte"):
        allocate_year(agreement(), 2030)
    carried = allocate_year(agreement(), 2030, carry_forward=True)
    assert carried.underlag is Underlag.SKATTAD
    assert carried.assumptions == ("Folkmängden 2029-12-31 är inte känd; 2025-12-31 används.",)
    zero = {"typ": "folkmangd", "varden": {2020: {"tal": {"Linköping": 0}}}}
    with pytest.raises(AnalysError, match=r"folkmängden för Linköping \(0580\) 2020 är noll"):
        allocate_year(agreement(version(nyckel=zero, medlemmar=_members("Linköping"))), 2020)


def test_a_missing_key_value_is_named() -> None:
    key = {"typ": "kolumn", "matt": "elever", "varden": {2020: {"tal": {"Linköping": 5}}}}
    with pytest.raises(AnalysError) as caught:
        allocate_year(agreement(version(nyckel=key)), 2020)
    assert str(caught.value).splitlines() == [
        "uppgift för Norrköping (0581) saknas för 2020 i nyckel.varden.2020",
        "uppgift för Mjölby (0586) saknas för 2020 i nyckel.varden.2020",
    ]


@pytest.mark.parametrize("term", ["nyckel", "kostnad", "medlemmar"])
def test_a_needed_term_that_is_unknown_is_named(term: str) -> None:
    names = {
        "nyckel": "nyckeln i version 1 är okänd",
        "kostnad": "inget dokument anger",
        "medlemmar": "medlemmarna i version 1",
    }
    with pytest.raises(AnalysError, match=names[term]):
        allocate_year(agreement(version(**{term: "okand"})), 2020)


def test_what_stands_in_for_unknown_terms_is_said() -> None:
    members = _members(
        "Linköping", "Mjölby", minst=2, andringar=[{"kommun": "Mjölby", "till": dt.date(2019, 12, 31), "kalla": CITED}]
    )
    terms = agreement(version(avrundning="okand", index="okand", granser="okand", medlemmar=members))
    assert allocate_year(terms, 2020).assumptions == (
        "Avrundningen i version 1 är okänd; beloppen är räknade till öret utan rest.",
        "Indexregleringen i version 1 är okänd; beloppen är inte uppräknade.",
        "Gränserna i version 1 är okända; inga tillämpas.",
        "Avtalet förutsätter minst 2 medlemmar; 1 är med från 2020-01-01.",
    )


def test_fixed_shares_without_a_member_are_reckoned_anew() -> None:
    left = {"kommun": "Mjölby", "till": dt.date(2019, 12, 31), "kalla": CITED}
    key = {"typ": "andelar", "andelar": {"Linköping": "50 %", "Mjölby": "30 %", "Ydre": "20 %"}}
    terms = agreement(version(nyckel=key, medlemmar=_members("Linköping", "Mjölby", "Ydre", andringar=[left])))
    result = allocate_year(terms, 2020)
    assert amounts(result) == {"Ydre": 285_714_29, "Linköping": 714_285_71}
    assert result.assumptions == ("De fasta andelarna räknas om i proportion utan Mjölby.",)
    assert result.underlag is Underlag.SKATTAD


def test_a_year_with_a_cost_of_its_own_is_never_left_out_unsaid() -> None:
    cost = {"typ": "fast", "belopp_per_ar_kr": {2020: 1000, 2040: 2000}}
    terms = agreement(version(kostnad=cost))
    assert years_with_cost(terms) == [2020, 2040]
    done, left_out = allocate_each(terms, years_with_cost(terms))
    assert [year.year for year in done] == [2020]
    assert "folkmängden för Linköping (0580) 2039-12-31 finns inte" in str(left_out[2040])
    budget = {"typ": "budget", "budget_kr": {2041: 5}, "utfall_kr": {2020: 5}}
    assert years_with_cost(agreement(version(kostnad=budget))) == [2020, 2041]
    threshold = {"typ": "over_troskel", "utfall_kr": {2042: 5}, "troskel_kr": 1}
    assert years_with_cost(agreement(version(kostnad=threshold))) == [2042]
    ended = {"fran": dt.date(2014, 1, 1), "till": dt.date(2030, 12, 31), "kalla": CITED}
    assert years_with_cost(agreement(version(kostnad=cost, giltighet=ended))) == [2020]


def test_a_year_outside_every_version_says_when_the_agreement_holds() -> None:
    with pytest.raises(AnalysError, match=r"gäller inte 2013: version 1 från 1\sjanuari 2014 tills vidare"):
        allocate_year(agreement(), 2013)


# Any agreement.

names = st.lists(st.sampled_from([m.name for m in municipalities()]), min_size=1, max_size=12, unique=True)
keys = st.sampled_from(
    [
        {"typ": "folkmangd", "referensdag": "12-31"},
        {"typ": "folkmangd", "referensdag": "12-31", "medel_ar": 2},
        {"typ": "lika"},
        {
            "typ": "blandad",
            "delar": [
                {"vikt": "1/3", "nyckel": {"typ": "lika"}},
                {"vikt": "2/3", "nyckel": {"typ": "folkmangd", "referensdag": "12-31"}},
            ],
        },
        {"typ": "grundavgift", "grundavgift_kr": 10, "referensdag": "12-31"},
    ]
)
rounding = st.fixed_dictionaries(
    {
        "enhet": st.sampled_from(["ore", "krona", "tio", "hundra", "tkr"]),
        "regel": st.sampled_from(["halv_upp", "halv_jamn", "nedat", "uppat"]),
        "rest": st.sampled_from(["ingen", "storsta_rest", "storsta_medlem", "divisor"]),
    },
    optional={"andel_decimaler": st.integers(3, 6), "andel_uppraknad": st.booleans()},
)


@settings(max_examples=60, deadline=None)
@given(names, keys, rounding, st.integers(100_000, 10**9), st.integers(2016, 2025), st.randoms())
def test_what_holds_for_any_agreement(
    members: list[str], key: dict[str, Any], rule: dict[str, Any], cost_kr: int, year: int, random: Any
) -> None:
    plain = version(medlemmar=_members(*members), nyckel=key, avrundning=rule, kostnad=_fixed(cost_kr))
    result = allocate_year(agreement(plain), year)
    assert result.charged_ore + result.residual_ore == result.total_ore == cost_kr * 100
    # neither the members' order, nor how they and the money are written
    shuffled = random.sample(members, len(members))
    coded = [resolve_municipality(name).code if random.random() < 0.5 else name for name in shuffled]
    other = {
        **plain,
        "medlemmar": _members(*coded) | {"kalla": CITED},
        "kostnad": _fixed(f"{cost_kr} kr") | {"kalla": CITED},
    }
    assert amounts(allocate_year(agreement(other), year)) == amounts(result)
    # a version that is not in force changes nothing
    ended = {**plain, "giltighet": {**plain["giltighet"], "till": dt.date(year, 12, 31)}}
    later = version(id="2", giltighet={"fran": dt.date(year + 1, 1, 1)}, kostnad=_fixed(1), nyckel={"typ": "lika"})
    assert amounts(allocate_year(agreement(ended, later), year)) == amounts(result)


def _given(a: int, b: int) -> dict[int, Any]:
    return {2020: {"tal": {"Linköping": a, "Mjölby": b}}}


def _members(*kommuner: str, **more: Any) -> dict[str, Any]:
    return {"kommuner": list(kommuner), **more}


def _fixed(amount: int | str) -> dict[str, Any]:
    return {"typ": "fast", "belopp_kr": amount}


def test_a_year_that_has_a_cost_but_no_index_figure_yet_is_left_out_and_said() -> None:
    index = {"serie": "opi", "basar": 2020, "varden": {"2020": "100", "2021": "103"}}
    terms = agreement(version(index=index, giltighet={"fran": dt.date(2020, 1, 1), "till": dt.date(2022, 12, 31)}))
    done, left_out = allocate_each(terms, years_with_cost(terms))
    assert [year.year for year in done] == [2020, 2021]
    assert "indextal (OPI) för 2022 saknas" in str(left_out[2022])
