"""Reference dates in cells, headings and titles."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys.finder.dates import day_in_year, find_period, join_periods, parse_period


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (2023, "2023-12-31"), (2023.0, "2023-12-31"), ("2023", "2023-12-31"), ("2023M06", "2023-06-30"),
        ("2024M02", "2024-02-29"), ("2023-06", "2023-06-30"), ("2023K2", "2023-06-30"), ("2023Q4", "2023-12-31"),
        ("kvartal 3 2023", "2023-09-30"), ("2023H1", "2023-06-30"), ("2022W01", "2022-01-09"),
        ("2023-12-31", "2023-12-31"), ("20231231", "2023-12-31"), ("31 december 2023", "2023-12-31"),
        ("den 1 nov 2023", "2023-11-01"), ("31/12 2023", "2023-12-31"), ("juni 2023", "2023-06-30"),
        ("31.12.2023", "2023-12-31"), ("01.11.2023", "2023-11-01"), ("30-06-2023", "2023-06-30"),
        ("1/11 2024", "2024-11-01"), ("30/6/2023", "2023-06-30"),
        ("June 2023", "2023-06-30"), (dt.datetime(2023, 6, 30, 12), "2023-06-30"),
    ],
)  # fmt: skip
def test_cells(value: object, date: str) -> None:
    assert parse_period(value) == dt.date.fromisoformat(date)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "abc",
        "2023M13",
        "2023-02-30",
        "31 februari 2023",
        "06/05/2023",
        "12/31/2023",
        144932,
        45291.0,
        True,
        None,
        [],
    ],
)
def test_cells_that_are_no_period(value: object) -> None:
    assert parse_period(value) is None


@pytest.mark.parametrize(
    ("cells", "date"),
    [
        ([("År", 2023), ("Kvartal", 1)], "2023-03-31"),
        ([("Månad", "januari"), ("År", "2023")], "2023-01-31"),
        ([("År", 2023.0), ("Månad", 2.0)], "2023-02-28"),
        ([("År", "2023"), ("Månad", "2023-06")], "2023-06-30"),
        ([("År", "2023"), ("Period", "K4")], "2023-12-31"),
        ([("År", "2023"), ("Referensår", "2023")], "2023-12-31"),
        ([("Period", "2023M01"), ("Datum", dt.date(2023, 1, 31))], "2023-01-31"),
    ],
)
def test_a_period_in_two_cells(cells: list[tuple[str, object]], date: str) -> None:
    assert join_periods(cells) == dt.date.fromisoformat(date)


@pytest.mark.parametrize(
    "cells",
    [
        [("År", 2023), ("Kvartal", 5)], [("År", 2023), ("Månad", "x")], [("År", 2023), ("Datum", "2022-06-30")],
        [("År", 2023), ("År", 2022)], [("År", 2023), ("Månad", 1), ("Kvartal", 2)],
    ],
)  # fmt: skip
def test_two_cells_that_make_no_period(cells: list[tuple[str, object]]) -> None:
    assert join_periods(cells) is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (
            "Folkmängd i riket, län och kommuner 31 december 2023 och befolkningsförändringar 1 januari 2023",
            "2023-12-31",
        ),
        ("Folkmängd 31 december 20231)", "2023-12-31"),
        ("Folkmängd 2023¹", "2023-12-31"),
        ("Folkmängd\n2023-11-01", "2023-11-01"),
        ("Folkmängd kvartal 2023K3", "2023-09-30"),
        ("Folkmängd i kommunerna kvartal 2, 2021", "2021-06-30"),
        ("Population 2021, quarter 3", "2021-09-30"),
        ("Invånare juni 2016", "2016-06-30"),
        ("folkmangd_2016", "2016-12-31"),
        ("Folkmängd den 1 november år 2023", "2023-11-01"),
    ],
)
def test_texts(text: str, date: str) -> None:
    assert find_period(text) == dt.date.fromisoformat(date)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Folkmängd",
        "2013-2024",
        "Från 2013 till 2024",
        "140927 personer",
        "andra kvartalet 2021",
        "halvår 2021",
        "tel 120235",
    ],
)
def test_texts_without_one_date(text: str) -> None:
    assert find_period(text) is None


def test_day_in_year() -> None:
    assert day_in_year("Folkmängd den 1 november efter region") == (11, 1)
    assert day_in_year("Folkmängd 31 december 2023") is None


@given(st.text(max_size=80))
def test_any_text_is_read_without_error(text: str) -> None:
    parse_period(text)
    find_period(text)
    day_in_year(text)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)))
def test_dates_are_read_back(date: dt.date) -> None:
    assert parse_period(date.isoformat()) == date == find_period(f"Folkmängd {date.isoformat()}")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Folkmängd 1/11 2023", "2023-11-01"), ("Folkmängd 31.12.2023", "2023-12-31"),
        ("Invånare per 30/6/2023 (prel.)", "2023-06-30"), ("Folkmängd 2022/2023-12-31", "2023-12-31"),
    ],
)  # fmt: skip
def test_dates_in_digits_within_a_text(text: str, date: str) -> None:
    assert find_period(text) == dt.date.fromisoformat(date)


def test_a_date_in_digits_that_could_be_two_is_none() -> None:
    assert find_period("Folkmängd 06/05/2023") is None
