import datetime as dt
from decimal import Decimal

import pytest

from analys import agreement as agreements
from analys import savings
from analys.errors import AnalysError

END = dt.date(2024, 9, 30)


@pytest.fixture(scope="module")
def table():
    return savings.savings_by_municipality("ostergotland", END).set_index(["kommun", "enligt"])


def test_norrkoping_saves_94_tkr_in_2024_and_376_tkr_in_2025(table):
    row = table.loc[("Norrköping", "Norrköpings 376\u00a0tkr")]
    assert (row["innevarande_ar_lagst_kr"] + row["innevarande_ar_hogst_kr"]) / 2 == 94000
    assert (row["helar_lagst_kr"] + row["helar_hogst_kr"]) / 2 == 376000
    assert (row["ar"], row["manader"], row["helar"], row["prisniva"]) == (2024, 3, 2025, 2023)


def test_mjolby_saves_between_47_and_64_tkr(table):
    row = table.loc[("Mjölby", "Mjölbys 47–64\u00a0tkr")]
    assert (row["helar_lagst_kr"], row["helar_hogst_kr"]) == (46500, 64500)
    assert row["underlag"] == "dokumenterad"


def test_the_other_eleven_are_intervals_under_both_sources(table):
    others = table.drop(index=["Norrköping", "Mjölby"], level=0)
    assert len(others) == 22
    assert set(others["underlag"]) == {"skattad"}
    assert (others["helar_lagst_kr"] < others["helar_hogst_kr"]).all()
    assert table.loc[("Linköping", "Mjölbys 64\u00a0tkr"), "helar_lagst_kr"] == Decimal("371737.39")
    assert table.loc[("Linköping", "Norrköpings 376\u00a0tkr"), "helar_hogst_kr"] == Decimal("432417.21")


def test_the_condition_is_shown(table):
    assert "övriga kommuner i länet fattar motsvarande beslut" in table["villkor"].iloc[0]


@pytest.mark.parametrize(
    ("end", "last_notice", "months"),
    [
        (dt.date(2024, 9, 30), dt.date(2024, 7, 31), 3),
        (dt.date(2024, 9, 15), dt.date(2024, 7, 15), 3),
        (dt.date(2024, 12, 31), dt.date(2024, 10, 31), 0),
        (dt.date(2024, 4, 30), dt.date(2024, 2, 29), 8),
        (dt.date(2023, 4, 30), dt.date(2023, 2, 28), 8),
    ],
)
def test_notice_and_refund_by_the_second_contract(end, last_notice, months):
    found = savings.termination(agreements.load("ostergotland"), end)
    assert (found.last_notice, found.months) == (last_notice, months)


def test_the_first_contract_pays_nothing_back_of_what_has_been_invoiced():
    found = savings.termination(agreements.load("ostergotland"), dt.date(2017, 9, 30))
    assert found.months == 0
    assert found.last_notice is None


def test_an_end_before_the_agreement_is_told():
    with pytest.raises(AnalysError, match="no version of the agreement is in force on 2015-01-01"):
        savings.termination(agreements.load("ostergotland"), dt.date(2015, 1, 1))
