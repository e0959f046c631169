"""Each kind of fault in an otherwise clean annex: the one finding, its place, what was expected, and why."""

from __future__ import annotations

import datetime as dt

import pytest

from analys.audit import Code, population
from analys.population import table as populations
from tests.audit.conftest import serious

ROWS = {"Ödeshög": 1, "Ydre": 2, "Kinda": 3, "Boxholm": 4, "Norrköping": 9, "Motala": 11, "Mjölby": 13}


def only(audit):
    (finding,) = serious(audit)
    return finding


def test_a_clean_annex_has_no_finding_at_all(rows, audited) -> None:
    assert [f.code for f in audited(rows).findings if f.code is not Code.TOTAL_SHARE] == []


@pytest.mark.parametrize("figure", [int("133749"), int("137035")])
def test_another_dates_population(rows, audited, figure) -> None:
    years = [year for (code, year), people in populations().items() if code == "0581" and people == figure]
    rows[ROWS["Norrköping"]][1] = figure
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod, finding.cell, finding.expected) == (
        "population-date",
        "0581",
        "B10",
        140_927,
    )
    assert years == [] or finding.as_json()["explanation"]["date"] == f"{years[0]}-12-31"


@pytest.mark.parametrize(
    ("found", "slip"), [(27_079, "digit"), (27_109, "transposition"), (2_719, "missing"), (270_199, "extra")]
)
def test_a_slip_of_the_hand(rows, audited, found, slip) -> None:
    rows[ROWS["Mjölby"]][1] = found
    finding = only(audited(rows))
    assert (finding.code, finding.expected, finding.explanation) == ("population-digit", 27_019, {"slip": slip})


def test_two_members_figures_exchanged(rows, audited) -> None:
    kinda, boxholm = rows[ROWS["Kinda"]], rows[ROWS["Boxholm"]]
    kinda[1], boxholm[1] = boxholm[1], kinda[1]
    found = serious(audited(rows))
    assert [(f.code, f.kommunkod, f.explanation["kommunkod"]) for f in found] == [
        ("population-swapped", "0513", "0560"),
        ("population-swapped", "0560", "0513"),
    ]


def test_a_figure_that_nothing_explains_and_one_of_another_municipality(rows, audited) -> None:
    rows[ROWS["Ydre"]][1] = 8_888
    assert (only(audited(rows)).code, only(audited(rows)).explanation) == ("population-unknown", {})
    rows[ROWS["Ydre"]][1] = populations()["0114", 2017]
    explanation = only(audited(rows)).as_json()["explanation"]
    assert explanation == {"kommunkod": "0114", "kommun": "Upplands Väsby", "date": "2017-12-31"}


def test_an_undated_column_takes_the_date_that_most_figures_have(rows, audited) -> None:
    rows[0][1] = "Antal invånare"
    rows[ROWS["Norrköping"]][1] = 133_749
    finding = only(audited(rows))
    assert (finding.code, finding.expected) == ("population-date", 140_927)
    assert "de flesta" in finding.evidence


def test_the_wrong_year_for_all(rows, audited) -> None:
    rows[0][1] = "Invånare 31 december 2018"
    found = serious(audited(rows))
    assert {f.code for f in found} == {"population-date"}
    assert {f.as_json()["explanation"]["date"] for f in found} == {"2017-12-31"}
    rows[0][1] = "Antal invånare"
    assert {f.code for f in serious(audited(rows, cost_year=2023))} == {"population-date"}
    assert serious(audited(rows, cost_year=2018)) == []


def test_a_date_without_official_figures_contradicts_nothing(rows, audited) -> None:
    rows[0][1] = "Invånare 1 november 2017"
    for row in rows[1:14]:
        row[1] -= 3
    rows[ROWS["Norrköping"]][1] = population.at("0581", dt.date(2017, 10, 31))  # the one with a monthly series
    rows[14][1] = sum(row[1] for row in rows[1:14])
    assert serious(audited(rows)) == []


@pytest.mark.parametrize(
    ("column", "wrong", "code"),
    [(1, 457_406, "total-population"), (2, "98,00%", "total-share"), (3, 769_300, "total-amount")],
)
def test_totals(rows, audited, column, wrong, code) -> None:
    rows[14][column] = wrong
    finding = only(audited(rows))
    assert (finding.code, finding.cell) == (code, f"{'ABCD'[column]}15")


def test_a_share_and_an_amount(rows, audited) -> None:
    rows[ROWS["Kinda"]][2] = "2,61%"
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod, finding.as_json()["expected"]) == ("share", "0513", 0.0216)
    rows[ROWS["Kinda"]][2] = "2,16%"
    right = rows[ROWS["Motala"]][3]
    rows[ROWS["Motala"]][3] = right + 9_000
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod, finding.expected, finding.effect_kr["0583"]) == (
        "amount",
        "0583",
        right,
        9000,
    )


def test_value_added_tax_and_a_wrong_unit(rows, audited) -> None:
    right = rows[ROWS["Mjölby"]][3]
    rows[ROWS["Mjölby"]][3] = round(right * 1.25)
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod, finding.expected) == ("vat", "0586", right)
    rows[ROWS["Mjölby"]][3] = round(right / 1000)
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod, finding.expected) == ("unit", "0586", right)


def test_totals_in_thousands_and_with_value_added_tax(rows, audited) -> None:
    rows[14][3] = 764
    assert only(audited(rows)).code == "unit"
    rows[14][3] = "764 tkr"
    assert serious(audited(rows)) == []
    rows[14][3] = 954_875
    assert only(audited(rows)).code == "vat"


def test_members(rows, audited) -> None:
    kinda = rows.pop(ROWS["Kinda"])
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod) == ("member-missing", "0513")
    rows[3:3] = [kinda, kinda]
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod, finding.explanation) == ("member-duplicate", "0513", {"rows": [4, 5]})
    rows[4] = ["Trosa", populations()["0488", 2017], "2,78%", 21_200]
    finding = only(audited(rows))
    assert (finding.code, finding.kommunkod, finding.effect_kr["0488"]) == ("member-extra", "0488", 21_200)


def test_members_against_the_county_that_the_text_names(rows, audited) -> None:
    for row in rows:
        del row[1:3]
    rows.pop(ROWS["Kinda"])
    rows[13][1] = sum(row[1] for row in rows[1:13])
    assert serious(audited(rows)) == []
    finding = only(audited([["Samtliga kommuner i Östergötland delar på kostnaden."], *rows]))
    assert (finding.code, finding.kommunkod) == ("member-missing", "0513")


def test_members_against_the_agreement(rows, audited) -> None:
    from analys.agreement import load

    rows[ROWS["Kinda"]] = ["Trosa", populations()["0488", 2017], "2,78%", 21_200]
    found = serious(audited(rows, terms=load("ostergotland")))
    assert {("member-missing", "0513"), ("member-extra", "0488")} <= {(f.code, f.kommunkod) for f in found}


def test_organisation_numbers(rows, audited) -> None:
    numbers = {"Mjölby": "212000-0481", "Norrköping": "212000-0449", "Kinda": "212000-0399"}
    table = [[*row, numbers.get(row[0], "Org.nr" if i == 0 else None)] for i, row in enumerate(rows)]
    invalid, party = sorted(serious(audited(table)), key=lambda finding: finding.code)
    assert (invalid.code, invalid.kommunkod, invalid.expected) == ("orgnr-invalid", "0586", "212000-0480")
    assert (party.code, party.kommunkod, party.explanation) == ("orgnr-party", "0581", {"party": "Linköping"})


@pytest.mark.parametrize(
    ("heading", "factor", "code"),
    [("Kostnad halvår 2018", 1, "period"), ("Kostnad halvår 2018", 500, "unit"), ("Kostnad halvår 2018", 0.625, "vat")],
)
def test_columns_against_each_other(rows, audited, heading, factor, code) -> None:
    table = [[*row, round(row[3] * factor) if i else heading] for i, row in enumerate(rows)]
    assert {finding.code for finding in serious(audited(table))} == {code}


def test_columns_with_and_without_tax(rows, audited) -> None:
    rows[0][3] = "Kostnad 2018 exkl. moms"
    table = [[*row, round(row[3] * 1.25) if i else "Kostnad 2018 inkl. moms"] for i, row in enumerate(rows)]
    assert serious(audited(table)) == []
    table = [[*row, row[3] if i else "Kostnad 2018 inkl. moms"] for i, row in enumerate(rows)]
    assert {finding.code for finding in serious(audited(table))} == {"vat"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("763 099 kronor", "total-amount"), ("763 901 000 kronor", "unit"), ("764 tkr", None), ("39 500 kr", None)],
)
def test_what_the_text_says_of_the_total(rows, audited, text, code) -> None:
    found = serious(audited([[f"Kostnaden beräknas till {text}."], [], *rows]))
    assert [(f.code, f.severity, f.cell) for f in found] == ([(code, "oforenligt", "A1")] if code else [])


def test_one_and_two_members(rows, audited) -> None:
    assert serious(audited(rows[:2])) == []
    assert serious(audited(rows[:3])) == []


def test_csv_and_xlsx_give_the_same_findings(rows, audited) -> None:
    rows[ROWS["Mjölby"]][1] = 27_079
    first, second = audited(rows), audited(rows, "bilaga.csv")
    told = [{**f.as_json(), "sheet": None} for f in first.findings]
    assert told == [{**f.as_json(), "sheet": None} for f in second.findings]
