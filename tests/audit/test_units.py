"""Amounts in öre, in thousands, with ties: what rounding leaves is no fault, and what it does not is one."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analys.population import table as populations
from analys.rounding import Mode, round_exact
from tests.audit.conftest import half_up, serious

CODES = {"Ånge": "2260", "Älvkarleby": "0319", "Ydre": "0512", "Kungälv": "1482", "Luleå": "2580", "Kil": "1715"}
PEOPLE = {name: populations()[code, 2021] for name, code in CODES.items()}
WHOLE = sum(PEOPLE.values())


def annex(columns, totals):
    """``columns``: heading -> amounts in order of the members."""
    lines = [["Kommun", "Folkmängd 2021", *columns]]
    lines += [
        [name, figure, *amounts] for (name, figure), *amounts in zip(PEOPLE.items(), *columns.values(), strict=True)
    ]
    return [*lines, ["Summa", WHOLE, *totals]]


def shared(total, step=1, mode=Mode.HALF_UP, decimals=None):
    """``total`` by population, in steps of so many kronor."""
    parts = [Fraction(figure, WHOLE) for figure in PEOPLE.values()]
    if decimals is not None:
        parts = [Fraction(half_up(part * 10**decimals), 10**decimals) for part in parts]
    return [round_exact(total * part / step, mode) * step for part in parts]


@pytest.mark.parametrize("decimals", [7, 8])
@pytest.mark.parametrize("mode", list(Mode))
def test_shares_of_many_decimals_are_a_rule(decimals, mode, audited) -> None:
    amounts = shared(41_417_085, mode=mode, decimals=decimals)
    audit = audited(annex({"Kostnad 2022": amounts}, [41_417_085]))
    assert serious(audit) == []


@pytest.mark.parametrize("total", [2_933_000, 2_945_000, 2_951_000])
def test_ties_to_even_are_a_rule(total, audited) -> None:
    amounts = shared(total, mode=Mode.HALF_EVEN, decimals=4)
    audit = audited(annex({"Kostnad 2022": amounts}, [total]))
    assert serious(audit) == []
    assert all(all(rule.hits) for rule in audit.rules.values())


def test_amounts_in_ore_of_which_most_happen_to_be_whole(audited) -> None:
    amounts = [
        float(Fraction(245_000 * half_up(Fraction(figure * 10_000, WHOLE)), 10_000)) for figure in PEOPLE.values()
    ]
    assert any(amount % 1 for amount in amounts)
    assert serious(audited(annex({"Kostnad 2022": amounts}, [sum(amounts)]))) == []


def test_columns_in_thousands_differ_by_their_rounding(audited) -> None:
    half, year = shared(866_500, 1000, Mode.FLOOR), shared(1_733_000, 1000, Mode.FLOOR)
    rows = annex(
        {"Belopp 6 mån tkr": [each // 1000 for each in half], "Årsavgift tkr": [each // 1000 for each in year]},
        [sum(half) // 1000, sum(year) // 1000],
    )
    assert serious(audited(rows)) == []


def test_vat_on_an_amount_in_thousands(audited) -> None:
    amounts = [each // 1000 for each in shared(450_000, 1000)]
    total, right = sum(amounts), amounts[0]
    amounts[0] = half_up(Fraction(right * 5, 4))
    (finding,) = serious(audited(annex({"Kostnad (tkr)": amounts}, [total])))
    assert (finding.code, finding.kommunkod, finding.expected) == ("vat", "2260", right * 1000)


def test_a_total_that_counts_a_row_written_twice_may_be_the_base(audited) -> None:
    amounts = shared(1_545_003, mode=Mode.UP)
    rows = annex({"Kostnad 2022": amounts}, [1_545_003 + amounts[2]])
    rows.insert(2, list(rows[3]))
    rows[-1][1] = WHOLE + PEOPLE["Ydre"]
    assert {finding.code for finding in serious(audited(rows))} == {"member-duplicate"}


def test_a_total_in_the_text_within_what_rounding_leaves_is_no_contradiction(audited) -> None:
    stated = next(total for total in range(1_176_000, 1_176_100) if sum(shared(total)) != total)
    amounts = shared(stated)
    rows = [[f"Total kostnad {stated} kr per år"], [], *annex({"Avgift": amounts}, [sum(amounts)])]
    assert serious(audited(rows)) == []


def test_a_total_in_the_text_is_held_against_the_amounts_without_their_slips(audited) -> None:
    amounts = shared(12_395_208)
    amounts[3] += 500_000
    lines = annex({"Avgift": amounts}, [])[:-1]
    (finding,) = serious(audited([["Total kostnad 12 395 208 kr per år"], [], *lines]))
    assert (finding.code, finding.kommunkod) == ("amount", "1482")


def test_a_total_in_thousands_with_vat_is_one_fault(audited) -> None:
    (finding,) = serious(audited(annex({"Avgift (kr)": shared(2_544_000)}, [3_180])))
    assert (finding.code, finding.explanation) == ("unit", {"factor": 0.00125})
    assert finding.message.endswith("; den är skriven i en annan enhet (tkr) och med moms.")
