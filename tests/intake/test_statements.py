"""Stated payments and costs: intervals, and every bad cell of a file told at once."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analys.errors import InputError
from analys.evidence import Interval
from analys.intake import statements

HEADER = ",".join(statements.COLUMNS)


@pytest.mark.parametrize(
    ("text", "precision", "low", "high"),
    [
        ("376 tkr", 1000, 375500, 376500),
        ("47–64 tkr", 1000, 46500, 64500),
        ("763 945 kr", 1, 763945, 763945),
        ("700 000 kr–1 mnkr", 1, 700000, 1000000),
    ],
)
def test_a_stated_amount_is_the_interval_that_rounds_to_it(text, precision, low, high):
    assert statements.stated_interval(text, precision) == Interval(Fraction(low), Fraction(high))


def test_an_amount_without_a_unit_is_refused():
    with pytest.raises(ValueError, match="ett belopp med sin enhet"):
        statements.stated_interval("376", 1000)


@given(st.integers(min_value=1, max_value=10**6), st.sampled_from([1, 1000]))
def test_a_stated_amount_is_inside_its_own_interval(amount, precision):
    assert amount * 1000 in statements.stated_interval(f"{amount} tkr", precision)


@pytest.mark.parametrize(
    ("text", "precision"), [("376 tkr", 1000), ("47,5 tkr", 100), ("763 945 kr", 1), ("47–64 tkr", 1000)]
)
def test_the_precision_follows_from_the_unit(text, precision):
    assert statements.precision_of(text) == precision


def test_a_missing_file_has_no_statements(tmp_path):
    assert statements.read(tmp_path / "uppgifter.csv") == ()


def test_all_bad_cells_of_all_rows_are_told_at_once(tmp_path):
    rows = [
        "a,0581,Norrköping,betalning,2023-01-01,2023-12-31,376,,d,s,c",
        "b,9999,Ingenstans,betalning,2023-13-01,2023-12-31,64 tkr,tusen,d,s,c",
    ]
    file = tmp_path / "uppgifter.csv"
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        statements.read(file)
    faults = [str(fault).removeprefix("uppgifter.csv, ") for fault in caught.value.faults]
    assert all(fault.endswith("; rätta cellen") for fault in faults)
    assert [fault.removesuffix("; rätta cellen") for fault in faults] == [
        "rad 2, kolumn angivet: väntade ett belopp med sin enhet: kr, tkr eller mnkr, fann '376'",
        "rad 3, kolumn precision_kr: väntade hela kronor, eller inget, fann 'tusen'",
        "rad 3, kolumn kommunkod: väntade en kommuns kod, eller inget ('9999' är ingen svensk kommun och "
        "inget län), fann '9999'",
        "rad 3, kolumn period_fran: väntade ett datum som 2023-01-01, fann '2023-13-01'",
    ]


def test_missing_columns_are_told(tmp_path):
    file = tmp_path / "uppgifter.csv"
    file.write_text("id,angivet\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"väntade kolumnerna kommunkod, kommun, typ, .*, fann id, angivet; lägg till kolumnerna"
    ):
        statements.read(file)
