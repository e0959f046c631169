import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys import swedish
from analys.swedish import MINUS, NBSP, Number, parse_number


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1 052 280 kr", "1052280", "kr"),
        ("5\u00a0453", "5453", None),
        ("5\u202f453", "5453", None),
        ("5\u2009453", "5453", None),
        ("1,21%", "1.21", "%"),
        ("100,0 %", "100.0", "%"),
        ("0,0120", "0.0120", None),
        ("\u221247,5 tkr", "-47.5", "tkr"),
        ("\u2011 12", "-12", None),
        ("1 234-", "-1234", None),
        ("12:50", "12.50", None),
        ("1 234:-", "1234", None),
        ("0.0120", "0.0120", None),
        ("763 945 kronor", "763945", "kronor"),
        ("1,5 mnkr", "1.5", "mnkr"),
        (5453, "5453", None),
        (0.0121, "0.0121", None),
    ],
)
def test_reads_numbers_as_documents_write_them(text, value, unit):
    assert parse_number(text) == Number(Decimal(value), unit)


@pytest.mark.parametrize(
    "text", ["1 23", "12 34 567", "abc", "", "1,2,3", "1.234", "--5", "5 kg", True, None, float("nan")]
)
def test_refuses_what_is_no_number_or_could_be_two(text):
    with pytest.raises(ValueError, match=r"tal|öre|minus|tusental|decimal"):
        parse_number(text)


def test_a_number_knows_its_scale_and_its_precision():
    assert parse_number("47,5 tkr").scaled == 47500
    assert parse_number("1,21%").scaled == Decimal("0.0121")
    assert parse_number("0,0120").decimals == 4
    assert parse_number("5 453").decimals == 0


@pytest.mark.parametrize("text", ["", " ", ".", "..", "–", "\u00a0", None, float("nan")])
def test_missing_marks(text):
    assert swedish.is_missing(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2018-11-18", dt.date(2018, 11, 18)),
        ("2018 -11- 18", dt.date(2018, 11, 18)),
        ("160901", dt.date(2016, 9, 1)),
        ("20180131", dt.date(2018, 1, 31)),
        ("30/9 2024", dt.date(2024, 9, 30)),
        ("10 december 2016", dt.date(2016, 12, 10)),
    ],
)
def test_reads_dates(text, date):
    assert swedish.parse_date(text) == date


@pytest.mark.parametrize("text", ["2018", "sista maj", "2018-13-01", "31/2 2020"])
def test_refuses_what_is_no_date(text):
    with pytest.raises(ValueError, match=r"."):
        swedish.parse_date(text)


def test_formats_as_the_writing_rules_say():
    assert swedish.format_kr(1052280) == f"1{NBSP}052{NBSP}280{NBSP}kr"
    assert swedish.format_number(Decimal("-8409.5")) == f"{MINUS}8{NBSP}410"
    assert swedish.format_number(Fraction(5, 2)) == "3"
    assert swedish.format_number(Decimal("-0.3")) == "0"
    assert swedish.format_number(12, sign=True) == "+12"
    assert swedish.format_percent(Decimal("0.0121")) == f"1,21{NBSP}%"
    assert swedish.format_tkr(376000) == f"376{NBSP}tkr"
    assert swedish.format_tkr(Decimal(45841), 1) == f"45,8{NBSP}tkr"
    assert swedish.format_date(dt.date(2024, 9, 30)) == f"30{NBSP}september 2024"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_what_is_formatted_is_read_back(value):
    assert parse_number(swedish.format_number(value, 2)).value == value


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_kronor_are_read_back(value):
    assert parse_number(swedish.format_kr(value)) == Number(Decimal(value), "kr")


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2999, 12, 31)))
def test_dates_are_read_back(date):
    assert swedish.parse_date(swedish.format_date(date)) == date


@given(st.fractions(), st.integers(min_value=0, max_value=6))
def test_rounding_is_half_away_from_zero_and_exact(value, decimals):
    rounded = Fraction(swedish.quantize(value, decimals))
    assert abs(rounded - value) <= Fraction(1, 2 * 10**decimals)
    if abs(rounded - value) == Fraction(1, 2 * 10**decimals):
        assert abs(rounded) > abs(value)


def test_an_exact_decimal_or_an_error():
    assert swedish.to_decimal(Fraction(127001, 2)) == Decimal("63500.5")
    with pytest.raises(ValueError, match="exakt decimal"):
        swedish.to_decimal(Fraction(1, 3))
