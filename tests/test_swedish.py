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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12:5", "två siffror ören"),
        ("12:500", "två siffror ören"),
        ("10.123", "punkt före tre siffror"),
        ("-5-", "minustecken"),
        ("5:--", "minustecken"),
        (True, "inte sant eller falskt"),
        (None, "inte NoneType"),
        (Decimal("Infinity"), "ändligt"),
        (float("-inf"), "ändligt"),
    ],
)
def test_says_why_a_number_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.123", "0.123"), ("1.2345", "1.2345"), ("1.23", "1.23"), ("1234,567", "1234.567"), ("+5", "5"), ("- 5", "-5"),
     ("1 000", "1000"), ("5 kr.", "5"), ("5-", "-5"), (Decimal("1.50"), "1.50"), (-3, "-3")],
)  # fmt: skip
def test_forms_that_can_mean_one_thing_alone(text, value):
    found = parse_number(text).value
    assert str(found) == value


@pytest.mark.parametrize(
    ("unit", "worth", "is_money"),
    [("kr", "1", True), ("kronor", "1", True), ("SEK", "1", True), ("tkr", "1000", True), ("Mnkr", "1000000", True),
     ("mkr", "1000000", True), ("%", "0.01", False), ("procent", "0.01", False), ("‰", "0.001", False),
     ("promille", "0.001", False)],
)  # fmt: skip
def test_what_one_of_each_unit_is_worth(unit, worth, is_money):
    number = parse_number(f"1,0 {unit}")
    assert number.scaled == Decimal(worth)
    assert number.decimals == 1
    assert (number.unit in swedish.MONEY, number.unit in swedish.PARTS) == (is_money, not is_money)
    assert set(swedish.UNITS) == swedish.MONEY | swedish.PARTS


def test_a_number_knows_its_scale_and_its_precision():
    assert parse_number("47,5 tkr").scaled == 47500
    assert parse_number("1,21%").scaled == Decimal("0.0121")
    assert parse_number("0,0120").decimals == 4
    assert parse_number("5 453").decimals == 0
    assert Number(Decimal("1E3")).decimals == 0
    assert Number(Decimal(7)).scaled == 7


@pytest.mark.parametrize("text", ["", " ", ".", "..", "–", "\u00a0", None, float("nan")])
def test_missing_marks(text):
    assert swedish.is_missing(text)


@pytest.mark.parametrize("text", ["0", "x", "1", 0, 1.0, "....", b""])
def test_what_is_not_missing(text):
    assert not swedish.is_missing(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2018-11-18", dt.date(2018, 11, 18)),
        ("2018 -11- 18", dt.date(2018, 11, 18)),
        ("160901", dt.date(2016, 9, 1)),
        ("20180131", dt.date(2018, 1, 31)),
        ("30/9 2024", dt.date(2024, 9, 30)),
        ("10 december 2016", dt.date(2016, 12, 10)),
        ("1 JANUARI 2016", dt.date(2016, 1, 1)),
        ("990102", dt.date(2099, 1, 2)),
        ("0100-02-03", dt.date(100, 2, 3)),
        ("0099-02-03", dt.date(2099, 2, 3)),
        ("1/2-2024", dt.date(2024, 2, 1)),
    ],
)
def test_reads_dates(text, date):
    assert swedish.parse_date(text) == date


@pytest.mark.parametrize("text", ["2018", "sista maj", "2018-13-01", "31/2 2020", "3 foo 2024"])
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


def test_signs():
    assert swedish.format_number(0, sign=True) == "0"
    assert swedish.format_number(-12, sign=True) == f"{MINUS}12"
    assert swedish.format_number(Decimal("0.001"), 2, sign=True) == "0,00"
    assert swedish.format_percent(Decimal("0.5"), 0, sign=True) == f"+50{NBSP}%"
    assert swedish.format_kr(1, sign=True) == f"+1{NBSP}kr"
    assert swedish.format_tkr(1000, sign=True) == f"+1{NBSP}tkr"
    assert str(swedish.quantize(Decimal("-0.004"), 2)) == "0.00"
    assert str(swedish.quantize(Fraction(-1, 200), 2)) == "-0.01"


def test_a_range_of_thousands():
    assert swedish.format_tkr_range(Decimal(784_000), Decimal(1_088_000)) == f"784–1{NBSP}088{NBSP}tkr"
    assert swedish.format_tkr_range(Decimal(784_100), Decimal(784_400)) == f"784{NBSP}tkr"
    assert swedish.format_tkr_range(Decimal(784_100), Decimal(784_400), 1) == f"784,1–784,4{NBSP}tkr"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Örebro", "orebro"),
        ("  ÅMÅL\u00a0kommun ", "amal kommun"),
        ("Malung-Sälen", "malung salen"),
        ("\ufeffÉ1", "e1"),
        ("–", ""),
    ],
)
def test_what_spellings_share(name, folded):
    assert swedish.fold(name) == folded
    assert swedish.fold(swedish.fold(name)) == folded


def test_the_genitive():
    assert [swedish.genitive(name) for name in ("Norrköping", "Mjölby", "Borås", "Växjö", "Ax", "Schweiz")] == [
        "Norrköpings", "Mjölbys", "Borås", "Växjös", "Ax", "Schweiz",
    ]  # fmt: skip


def test_twelve_months_in_their_order():
    assert (len(swedish.MONTHS), swedish.MONTHS[0], swedish.MONTHS[11]) == (12, "januari", "december")


@given(st.decimals(min_value=-1000, max_value=1000, places=4), st.integers(2, 6))
def test_percentages_are_read_back(value, decimals):
    read = parse_number(swedish.format_percent(value, decimals))
    assert (read.scaled, read.decimals, read.unit) == (value, decimals, "%")
    assert swedish.format_percent(Fraction(value), decimals) == swedish.format_percent(value, decimals)


@given(st.integers(-(10**12), 10**12))
def test_thousands_are_read_back(value):
    assert parse_number(swedish.format_tkr(value, 3)).scaled == value
    assert swedish.format_tkr(Decimal(value), 3) == swedish.format_tkr(Fraction(value), 3)


@given(st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3)))
def test_a_float_is_taken_as_it_is_written(value):
    assert swedish.quantize(value, 3) == Decimal(repr(value)).quantize(Decimal("0.001"))
    assert parse_number(value).value == Decimal(repr(value))
    assert swedish.format_percent(value, 1) == swedish.format_percent(Decimal(repr(value)), 1)


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
