"""What an end saves: the clauses, the readings of a day, what each saving rests on, and the net of a replacement."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import analys.agreement as agreements
from analys import savings
from analys.agreement.model import Notice
from analys.errors import AnalysError
from analys.evidence import Interval
from tests.terms import CITED, agreement, version

AGREEMENT, END = "ostergotland", dt.date(2024, 9, 30)
NORRKOPING, MJOLBY = "Norrköpings 376\u00a0tkr", "Mjölbys 64\u00a0tkr"


@pytest.fixture(scope="module")
def table():
    return savings.savings_by_municipality(AGREEMENT, END).set_index(["kommun", "enligt"])


def test_norrkoping_saves_94_tkr_in_2024_and_376_tkr_in_2025(table):
    row = table.loc[("Norrköping", NORRKOPING)]
    assert (row["innevarande_ar_lagst_kr"], row["innevarande_ar_hogst_kr"]) == (93875, 94125)
    assert (row["helar_lagst_kr"], row["helar_hogst_kr"]) == (375500, 376500)
    assert (row["ar"], row["manader"], row["helar"], row["prisniva"]) == (2024, 3, 2025, 2023)


def test_mjolby_saves_between_47_and_64_tkr(table):
    row = table.loc[("Mjölby", "Mjölbys 47–64\u00a0tkr")]
    assert (row["helar_lagst_kr"], row["helar_hogst_kr"]) == (46500, 64500)
    assert (row["innevarande_ar_lagst_kr"], row["innevarande_ar_hogst_kr"]) == (11625, 16125)


def test_a_saving_is_always_worked_out_and_estimated_only_from_what_others_say(table):
    own = {("Norrköping", NORRKOPING), ("Mjölby", MJOLBY), ("Mjölby", "Mjölbys 47–64\u00a0tkr")}
    assert {place for place, row in table.iterrows() if row["egen_uppgift"]} == own
    assert {place for place, row in table.iterrows() if row["underlag"] == "beraknad"} == own
    assert set(table["underlag"]) == {"beraknad", "skattad"}


def test_the_other_eleven_are_intervals_under_both_sources(table):
    others = table.drop(index=["Norrköping", "Mjölby"], level=0)
    assert len(others) == 22
    assert set(others["underlag"]) == {"skattad"}
    assert (others["helar_lagst_kr"] < others["helar_hogst_kr"]).all()
    assert table.loc[("Linköping", MJOLBY), "helar_lagst_kr"] == Decimal("371737.39")
    assert table.loc[("Linköping", NORRKOPING), "helar_hogst_kr"] == Decimal("432417.21")


def test_a_condition_stands_only_on_the_rows_of_whoever_set_it(table):
    assert set(table.loc["Norrköping", "villkor"]) == {"övriga kommuner i länet fattar motsvarande beslut"}
    assert set(table.drop(index="Norrköping", level=0)["villkor"]) == {""}


# --- the clauses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "last_notice", "months", "refunded"),
    [
        (dt.date(2024, 9, 30), dt.date(2024, 7, 31), 3, False),
        (dt.date(2024, 9, 15), dt.date(2024, 7, 15), 3, False),
        (dt.date(2024, 12, 9), dt.date(2024, 10, 9), 0, False),
        (dt.date(2024, 12, 10), dt.date(2024, 10, 10), 0, True),
        (dt.date(2024, 12, 31), dt.date(2024, 10, 31), 0, True),
        (dt.date(2024, 4, 30), dt.date(2024, 2, 29), 8, False),
        (dt.date(2023, 4, 30), dt.date(2023, 2, 28), 8, False),
    ],
)
def test_notice_and_refund_by_the_second_contract(end, last_notice, months, refunded):
    found = savings.termination(agreements.load(AGREEMENT), end)
    assert (found.last_notice, found.months, found.refunded) == (last_notice, months, refunded)
    assert found.certain
    assert ("återbetalas, om" in found.form) == refunded
    assert [clause.split(" ")[0] for clause in found.clauses] == ["Avtalet", "uppsägningstid", "återbetalning:"]


@pytest.mark.parametrize(
    ("end", "months"),
    [(dt.date(2016, 12, 9), 0), (dt.date(2016, 11, 30), 1), (dt.date(2017, 9, 30), 0)],
)
def test_the_first_contract_pays_nothing_back_of_what_has_been_invoiced(end, months):
    found = savings.termination(agreements.load(AGREEMENT), end)
    assert found.months == months
    assert found.last_notice is None
    assert len(found.clauses) == 2


def yearly(**terms):
    return agreement(version(kostnad={"typ": "fast", "belopp_kr": 1_200_000}, **terms))


@pytest.mark.parametrize(
    ("billing", "certain"), [({"arligen_senast": "03-31"}, False), ({"arligen_senast": "11-30"}, True), (None, True)]
)
def test_without_a_refund_clause_what_has_been_invoiced_may_or_may_not_come_back(billing, certain):
    terms = yearly(**({"fakturering": billing} if billing else {}))
    found = savings.termination(terms, dt.date(2024, 9, 30))
    assert (found.months, found.certain) == (3, certain)
    assert found.part == (Interval.point(Fraction(1, 4)) if certain else Interval(0, Fraction(1, 4)))
    assert found.clauses[-1] == "återbetalning: ingen handling anger något villkor"


def test_an_end_before_the_agreement_is_told():
    with pytest.raises(AnalysError, match="ingen version av avtalet gäller 2015-01-01"):
        savings.termination(agreements.load(AGREEMENT), dt.date(2015, 1, 1))


def test_of_two_versions_in_force_the_one_that_began_last_counts():
    assert savings.in_force(agreements.load(AGREEMENT), dt.date(2018, 1, 15)).id == "2018"


# --- the readings of a day --------------------------------------------------------------------------------------------


def test_a_day_is_the_last_or_the_one_when_notice_is_given():
    first, second = savings.readings(agreements.load(AGREEMENT), END)
    assert (first.end, first.months, first.reading) == (END, 3, savings.ENDS_THEN)
    assert (second.end, second.months, second.reading) == (dt.date(2024, 11, 30), 1, savings.NOTICE_THEN)
    assert second.last_notice == END
    assert second.assumption == (
        "Uppsägningen lämnas den 30\u00a0september 2024; med 2 månaders uppsägningstid upphör avtalet den "
        "30\u00a0november 2024."
    )
    assert first.assumption == "Avtalet upphör den 30\u00a0september 2024, som blir dess sista dag."


def test_without_a_period_of_notice_there_is_one_reading():
    assert len(savings.readings(yearly(), END)) == 1
    assert len(savings.readings(yearly(uppsagning={"manader": 0}), END)) == 1


def test_the_readings_as_a_table():
    frame = savings.savings_by_reading(AGREEMENT, END)
    own = frame[(frame["kommun"] == "Norrköping") & (frame["enligt"] == NORRKOPING)]
    assert own[["lasning", "sista_dag", "manader", "innevarande_ar_lagst_kr"]].to_numpy().tolist() == [
        [savings.ENDS_THEN, END, 3, Decimal("93875.00")],
        [savings.NOTICE_THEN, dt.date(2024, 11, 30), 1, Decimal("31291.66")],
    ]
    assert len(frame) == 2 * 27
    assert list(frame.columns[:4]) == ["lasning", "sista_dag", "antagande", "form"]
    assert set(frame["form"]) == {"debiteras aldrig; har det redan fakturerats och betalats återbetalas det"}


DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))


@given(DAYS, st.integers(0, 24))
def test_notice_given_on_a_day_ends_the_agreement_as_soon_as_the_notice_allows(given, months):
    notice = Notice.model_validate({"manader": months, "kalla": CITED})
    end = savings.end_after(notice, given)
    assert notice.last_day(end) <= given or end.day >= 28  # a short month cuts both ways
    assert (end.year - given.year) * 12 + end.month - given.month in (months, months - 1, months + 1)
    assert savings.end_after(notice, given) <= savings.end_after(notice, given + dt.timedelta(days=1))


@pytest.mark.parametrize(
    ("given", "months", "end"),
    [
        (dt.date(2024, 9, 30), 2, dt.date(2024, 11, 30)),
        (dt.date(2024, 12, 31), 2, dt.date(2025, 2, 28)),
        (dt.date(2024, 10, 15), 3, dt.date(2025, 1, 15)),
        (dt.date(2023, 12, 30), 2, dt.date(2024, 2, 28)),
        (dt.date(2024, 1, 31), 0, dt.date(2024, 1, 31)),
        (dt.date(2024, 6, 30), 6, dt.date(2024, 12, 31)),
    ],
)
def test_when_notice_has_run_out(given, months, end):
    assert savings.end_after(Notice.model_validate({"manader": months, "kalla": CITED}), given) == end


# --- net --------------------------------------------------------------------------------------------------------------

KRONOR = st.integers(0, 10_000_000)


@given(KRONOR, KRONOR, KRONOR, st.integers(0, 12), st.integers(0, 12))
def test_a_net_saving_is_what_is_saved_less_what_replaces_it_over_the_same_part_of_the_year(a, b, cost, m, n):
    yearly_kr, part = Interval(min(a, b), max(a, b)), Interval(Fraction(min(m, n), 12), Fraction(max(m, n), 12))
    net = savings.net_saving(yearly_kr, part, Fraction(cost))
    for kronor in (yearly_kr.low, yearly_kr.high):
        for months in (part.low, part.high):
            assert net.low <= (kronor - cost) * months <= net.high
    assert savings.net_saving(yearly_kr, part, Fraction(0)) == savings.saved(yearly_kr, part)


def test_the_sensitivity_of_one_member():
    ends = [END, dt.date(2024, 11, 30)]
    frame = savings.sensitivity(AGREEMENT, "Norrköping", ends, [0, 100_000])
    own = frame[frame["enligt"] == NORRKOPING]
    assert own[["sista_dag", "ersattning_kr", "lagst_delar_netto_kr", "hogst_helar_netto_kr"]].to_numpy().tolist() == [
        [END, 0, Decimal("93875.00"), Decimal("376500.00")],
        [END, 100_000, Decimal("68875.00"), Decimal("276500.00")],
        [ends[1], 0, Decimal("31291.66"), Decimal("376500.00")],
        [ends[1], 100_000, Decimal("22958.33"), Decimal("276500.00")],
    ]
    assert set(own["underlag"]) == {"beraknad"}
    assert set(frame.loc[frame["enligt"] == MJOLBY, "underlag"]) == {"skattad"}
    assert len(frame) == 8


def test_a_municipality_without_an_amount_has_no_sensitivity():
    with pytest.raises(AnalysError, match="inget belopp är känt för Stockholm"):
        savings.sensitivity(AGREEMENT, "Stockholm", [END], [0])
