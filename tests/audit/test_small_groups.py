"""Few members, several columns of amounts: one wrong amount is most of what there is, and must still be told apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analys.audit import Severity
from analys.population import table as populations
from tests.audit.conftest import half_up, serious

CODES = {"Ånge": "2260", "Älvkarleby": "0319", "Ydre": "0512", "Kungälv": "1482"}
YEAR, HALF = 874_500, 437_250


def annex(names, *, printed=(YEAR, HALF), headings=("Kostnad 2022", "Belopp halvår")):
    """Exact shares of each total, rounded half up to the krona."""
    people = {name: populations()[CODES[name], 2021] for name in names}
    whole = sum(people.values())
    lines = [["Kommun", "Folkmängd 2021", *headings]]
    for name, figure in people.items():
        lines.append([name, figure, *(half_up(Fraction(total * figure, whole)) for total in (YEAR, HALF))])
    return [*lines, ["Summa", whole, *printed]]


@pytest.fixture(params=[2, 3, 4])
def group(request):
    return annex(list(CODES)[: request.param])


def test_a_clean_group_has_no_fault(group, audited) -> None:
    assert serious(audited(group)) == []


@pytest.mark.parametrize("column", [2, 3])
@pytest.mark.parametrize(("factor", "code"), [(Fraction(5, 4), "vat"), (Fraction(7, 5), "amount")])
def test_the_one_wrong_amount_is_found_and_nothing_else(group, audited, column, factor, code) -> None:
    right = group[1][column]
    group[1][column] = half_up(right * factor)
    (finding,) = serious(audited(group))
    assert (finding.code, finding.cell, finding.expected) == (code, f"{'ABCD'[column]}2", right)


def test_a_total_that_no_rounding_explains_is_wrong_even_of_two(audited) -> None:
    group = annex(["Ånge", "Älvkarleby"], printed=(YEAR - 1_000, HALF))
    (finding,) = serious(audited(group))
    assert (finding.code, finding.severity, finding.cell) == ("total-amount", Severity.FEL, "C4")


def test_a_column_with_vat_over_a_total_without_it_is_one_fault(audited) -> None:
    group = annex(list(CODES), headings=("Kostnad 2022", "Kostnad 2023"))
    for row in group[1:-1]:
        row[2] = half_up(Fraction(row[2] * 5, 4))
    assert {finding.code for finding in serious(audited(group))} == {"vat"}
