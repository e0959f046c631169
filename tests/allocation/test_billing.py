"""When a year's amounts fall due, and that the invoices make the year."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import analys.agreement as agreements
from analys.allocation.billing import Bill, invoices
from analys.allocation.year import allocate_year
from tests.terms import CITED, agreement, version


def bills(year: int = 2020, **terms: Any) -> list[Bill]:
    return invoices(allocate_year(agreement(version(nyckel={"typ": "lika"}, **terms)), year))


def days(found: list[Bill]) -> list[str]:
    return [str(bill.due) for bill in found]


def test_instalments_are_equal_to_the_ore_and_make_the_year() -> None:
    found = bills(fakturering={"delbetalningar": ["03-31", "06-30", "09-30"]})
    assert days(found) == ["2020-03-31", "2020-06-30", "2020-09-30"]
    assert [bill.covers for bill in found] == [f"2020, del {n} av 3" for n in (1, 2, 3)]
    for code in ("0580", "0581", "0586"):
        paid = [bill.amounts_ore[code] for bill in found]
        assert max(paid) - min(paid) <= 1
    assert sum(bill.total_ore for bill in found) == 1_000_000_00


def test_one_yearly_invoice() -> None:
    (bill,) = bills(fakturering={"arligen_senast": "12-10"})
    assert (str(bill.due), bill.covers, bill.total_ore) == ("2020-12-10", "2020", 1_000_000_00)


@pytest.mark.parametrize(
    ("stated", "timing", "due"),
    [
        # quarters, each charged on its last day: the same whether said to be in arrears or not
        (["03-31", "06-30", "09-30", "12-31"], "efterskott", ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]),
        # quarters charged in the month after: the last of them is paid the next year
        (["04-15", "07-15", "10-15", "01-15"], "efterskott", ["2020-04-15", "2020-07-15", "2020-10-15", "2021-01-15"]),
        (["04-15", "07-15", "10-15", "01-15"], "forskott", ["2020-01-15", "2020-04-15", "2020-07-15", "2020-10-15"]),
        (["01-31"], "efterskott", ["2021-01-31"]),
        (["01-31"], "forskott", ["2020-01-31"]),
        (["01-31"], "okand", ["2020-01-31"]),
        # the first half ends on 30 June, the second on 31 December
        (["06-29", "06-30"], "efterskott", ["2021-06-29", "2021-06-30"]),
    ],
)
def test_days_in_arrears_come_after_what_they_cover(stated: list[str], timing: str, due: list[str]) -> None:
    assert days(bills(fakturering={"delbetalningar": stated, "betalning": timing})) == due


def test_a_part_of_a_year_is_charged_on_the_days_that_lie_in_it() -> None:
    half = {"fran": dt.date(2020, 7, 1), "till": dt.date(2020, 12, 31), "kalla": CITED}
    found = bills(giltighet=half, fakturering={"delbetalningar": ["03-31", "09-30"]})
    assert [(str(bill.due), bill.covers, bill.total_ore) for bill in found] == [
        ("2020-09-30", "2020-07-01–2020-12-31", 500_000_00)
    ]
    early = {"fran": dt.date(2020, 1, 1), "till": dt.date(2020, 2, 29), "kalla": CITED}
    # no day lies in it: the last of the year
    assert days(bills(giltighet=early, fakturering={"delbetalningar": ["03-31", "09-30"]})) == ["2020-09-30"]


def test_a_budget_is_settled_the_year_after() -> None:
    budget = {"typ": "budget", "budget_kr": {2020: 900}, "utfall_kr": {2020: 600}}
    found = bills(kostnad=budget, fakturering={"arligen_senast": "03-31", "avrakning": "04-30"})
    assert [(str(bill.due), bill.covers, bill.total_ore) for bill in found] == [
        ("2020-03-31", "2020, preliminärt", 900_00),
        ("2021-04-30", "avräkning mot utfallet 2020", -300_00),
    ]
    # without an actual cost the budget is all that is charged
    waiting = {**budget, "utfall_kr": {}}
    (only,) = bills(kostnad=waiting, fakturering={"arligen_senast": "03-31", "avrakning": "04-30"})
    assert (only.covers, only.total_ore) == ("2020", 900_00)
    # and without a day nothing is settled
    assert len(bills(kostnad=budget, fakturering={"arligen_senast": "03-31"})) == 1


def test_a_budgets_fees_stay_and_what_they_leave_is_settled() -> None:
    budget = {"typ": "budget", "budget_kr": {2020: 900}, "utfall_kr": {2020: 600}}
    key = {"typ": "belopp", "belopp_kr": {"Mjölby": 300}, "ovriga": {"typ": "lika"}}
    terms = version(nyckel=key, kostnad=budget, fakturering={"arligen_senast": "03-31", "avrakning": "04-30"})
    first, settled = invoices(allocate_year(agreement(terms), 2020))
    assert first.amounts_ore == {"0580": 300_00, "0581": 300_00, "0586": 300_00}
    assert settled.amounts_ore == {"0580": -150_00, "0581": -150_00, "0586": 0}


def test_invoices_that_the_agreement_names_charge_their_own_months() -> None:
    named = [
        {"senast": dt.date(2020, 12, 10), "manader": 12, "avser": "första året"},
        {"senast": dt.date(2021, 5, 31), "manader": 6, "avser": "resten"},
    ]
    short = {"fran": dt.date(2020, 9, 1), "till": dt.date(2021, 5, 31), "kalla": CITED}
    first, second = (bills(year, giltighet=short, fakturering={"fakturor": named}) for year in (2020, 2021))
    assert [(str(bill.due), bill.covers, bill.total_ore) for bill in first] == [
        ("2020-12-10", "första året", 1_000_000_00)
    ]
    assert [(str(bill.due), bill.total_ore) for bill in second] == [("2021-05-31", 500_000_00)]


def test_nothing_is_charged_on_days_that_no_document_states() -> None:
    assert bills(fakturering="okand") == []
    assert bills(fakturering={"betalning": "forskott"}) == []


def test_bills_of_several_periods_come_in_order_of_date() -> None:
    first = version(
        giltighet={"fran": dt.date(2020, 1, 1), "till": dt.date(2020, 6, 30)},
        nyckel={"typ": "lika"}, fakturering={"arligen_senast": "12-31"},
    )  # fmt: skip
    second = version(
        id="2", giltighet={"fran": dt.date(2020, 7, 1)}, nyckel={"typ": "lika"}, fakturering={"arligen_senast": "09-30"}
    )
    found = invoices(allocate_year(agreement(first, second), 2020))
    assert days(found) == ["2020-09-30", "2020-12-31"]
    assert [bill.covers for bill in found] == ["2020-07-01–2020-12-31", "2020-01-01–2020-06-30"]


months = st.integers(1, 12)


@given(
    months,
    months,
    st.lists(st.tuples(months, st.integers(1, 28)), min_size=1, max_size=6),
    st.sampled_from(["forskott", "efterskott"]),
)
def test_whatever_the_days_the_invoices_make_the_amounts(
    first: int, last: int, stated: list[tuple[int, int]], timing: str
) -> None:
    first, last = min(first, last), max(first, last)
    till = dt.date(2020, last, 28)
    terms = version(
        nyckel={"typ": "lika"},
        giltighet={"fran": dt.date(2020, first, 1), "till": till},
        fakturering={"delbetalningar": [f"{month:02}-{day:02}" for month, day in stated], "betalning": timing},
    )
    year = allocate_year(agreement(terms), 2020)
    found = invoices(year)
    for row in year.rows:
        assert sum(bill.amounts_ore[row.payer] for bill in found) == row.amount_ore
    if timing == "efterskott":
        assert max(bill.due for bill in found) >= till
    assert days(found) == sorted(days(found))


def test_the_made_up_case_charges_in_two_halves() -> None:
    found = invoices(allocate_year(agreements.load("exempel-energiradgivning"), 2022))
    assert days(found) == ["2022-03-31", "2022-09-30"]
    assert [bill.total_ore for bill in found] == [1_500_000_00, 1_500_000_00]
