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


@pytest.mark.parametrize("row", [1, 2])
@pytest.mark.parametrize(("factor", "code"), [(Fraction(5, 4), "vat"), (Fraction(7, 5), "amount"), (0.001, "unit")])
def test_one_wrong_amount_of_two_in_the_only_column(audited, row, factor, code) -> None:
    group = [[*line[:3]] for line in annex(["Ånge", "Älvkarleby"])]
    right = group[row][2]
    group[row][2] = round(right * factor)
    (finding,) = serious(audited(group))
    assert (finding.code, finding.cell, finding.expected) == (code, f"C{row + 1}", right)


@pytest.mark.parametrize("total", [874_500, 437_251, 99_999])
@pytest.mark.parametrize("of_sum", [True, False])
def test_a_column_with_vat_of_the_amounts_or_of_the_total(audited, total, of_sum) -> None:
    """The total with VAT may be the other total's, or what the amounts with VAT add to: a krona apart."""
    people = {name: populations()[code, 2021] for name, code in CODES.items()}
    whole = sum(people.values())
    net = [half_up(Fraction(total * figure, whole)) for figure in people.values()]
    gross = [half_up(Fraction(amount * 5, 4)) for amount in net]
    lines = [["Kommun", "Folkmängd 2021", "Kostnad 2022 exkl. moms", "Kostnad 2022 inkl. moms"]]
    lines += [[name, *figures] for name, *figures in zip(people, people.values(), net, gross, strict=True)]
    printed = sum(gross) if of_sum else half_up(Fraction(total * 5, 4))
    assert serious(audited([*lines, ["Summa", whole, total, printed]])) == []


def test_a_share_of_two_that_the_populations_do_not_give(audited) -> None:
    group = annex(["Ånge", "Älvkarleby"])
    whole = group[1][1] + group[2][1]
    for row, share in zip(group, ["Andel", *(Fraction(row[1], whole) for row in group[1:3]), 1], strict=True):
        row.insert(2, share if isinstance(share, str) else f"{float(share * 100):.4f}%".replace(".", ","))
    assert serious(audited(group)) == []
    group[2][2] = group[2][2].replace(",", ",0", 1)
    assert [(finding.code, finding.cell) for finding in serious(audited(group))] == [("share", "C3")]
