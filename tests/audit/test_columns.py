"""Every numeric column and printed total is explained, contradicted, or said not to be audited."""

from __future__ import annotations

import pytest

from analys.audit.report import describe, show
from analys.audit.rule import said
from tests.audit.conftest import serious


def statuses(audit):
    return {(each["column"], each["kind"]): each["status"] for each in audit.as_json("bilaga.xlsx")["columns"]}


def with_column(rows, heading, made, total=None):
    """The clean annex with one more column; ``made`` takes a row's population and amount."""
    return [[*rows[0], heading], *([*row, made(row[1], row[3])] for row in rows[1:-1]), [*rows[-1], total]]


def test_all_columns_of_a_clean_annex_are_explained(rows, audited) -> None:
    audit = audited(rows)
    assert set(statuses(audit).values()) == {"förklarad"}
    assert len(statuses(audit)) == 6  # three columns, and their totals
    assert audit.verdict == "Inga fynd."


def test_an_amount_per_inhabitant_is_explained_and_a_wrong_one_found(rows, audited) -> None:
    lines = with_column(rows, "Kr per invånare", lambda people, amount: round(amount / people, 2))
    assert statuses(audited(lines))["Kr per invånare", "kr_per_invanare"] == "förklarad"
    lines[5][4] = 2.71
    (finding,) = serious(audited(lines))
    assert (finding.code, finding.column, finding.cell) == ("amount", "Kr per invånare", "E6")


def test_a_column_that_nothing_explains_is_not_audited_and_there_is_no_all_clear(rows, audited) -> None:
    odd = iter([17, 4, 93, 55, 8, 21, 64, 39, 2, 71, 47, 86, 13])
    audit = audited(with_column(rows, "Antal möten", lambda *_: next(odd)))
    assert statuses(audit)["Antal möten", "annat"] == "inte granskad"
    assert audit.verdict == "1 av 7 kolumner och summor inte granskade."
    assert serious(audit) == []


def test_a_change_between_two_years_is_explained(rows, audited) -> None:
    lines = with_column(rows, "Kostnad 2019", lambda _, amount: amount + 40, sum(row[3] + 40 for row in rows[1:-1]))
    lines = [[*row, "Förändring" if i == 0 else 40 if i < 14 else 520] for i, row in enumerate(lines)]
    audit = audited(lines)
    assert statuses(audit)["Kostnad 2018", "belopp"] == "förklarad"


def test_no_rule_is_told_that_chance_would_give(audited) -> None:
    lines = [["Kommun", "Kostnad 2018"], ["Ydre", 7000], ["Kinda", 9100], ["Boxholm", 7000], ["Motala", 88_000]]
    lines += [["Linköping", 123_000]]
    result = audited(lines)
    assert result.as_json("bilaga.xlsx")["rule"] is None
    assert result.verdict.startswith("Ingen regel funnen; 1 av 1")


#: Rounded no further than a spreadsheet does: they add to one but for the last of their decimals.
UNROUNDED = {"Borgholm": 10890, "Emmaboda": 9208, "Hultsfred": 13951, "Kalmar": 71986, "Torsås": 7036}


def parts_and_amounts(parts):
    rows = [["Kommun", "Andel", "Belopp kr"]]
    rows += [[name, part, round(part * 900_000)] for name, part in zip(UNROUNDED, parts, strict=True)]
    return [*rows, ["Summa", *(sum(row[at] for row in rows[1:]) for at in (1, 2))]]


def test_shares_that_nobody_rounded_add_to_the_whole(audited) -> None:
    parts = [float(f"{people / sum(UNROUNDED.values()):.15g}") for people in UNROUNDED.values()]
    assert [each.code for each in audited(parts_and_amounts(parts)).findings] == []


def test_one_share_of_another_whole_does_not_make_per_cents_of_the_others(audited) -> None:
    whole = sum(UNROUNDED.values())
    parts = [float(f"{people / (30_000 if name == 'Kalmar' else whole):.15g}") for name, people in UNROUNDED.items()]
    (finding,) = [each for each in audited(parts_and_amounts(parts)).findings if each.code == "total-share"]
    assert "blir 276,29" in finding.message.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("population", "folkmängd"),
        ("population corrected", "rättad folkmängd"),
        ("population 2019-12-31", "folkmängd 2019-12-31"),
        ("mixed 25/75", "25 % lika och 75 % efter folkmängd"),
        ("fee 40000 + population 2019-12-31", "40000 kr var och resten efter folkmängd 2019-12-31"),
        ("Antal larm", "Antal larm"),
    ],
)
def test_a_key_is_named_in_swedish(name, words) -> None:
    assert said(name) == words


def test_the_rule_is_told_in_swedish_and_keeps_its_name_as_data(rows, audited) -> None:
    told = audited(rows).as_json("bilaga.xlsx")
    assert told["rule"]["key"] == "population"
    assert describe(told["rule"]).startswith("nyckel folkmängd, ")


def test_each_countys_totals_are_answered_for_and_a_wrong_one_counts_the_region_above_it(audited) -> None:
    rows = [["Kommun", "Bidrag kr"], ["Gotlands län", None], ["Gotland", 71_300], ["Summa kommuner", 71_300]]
    rows += [["Region Syd", 9_000], ["Totalt länet", 80_300], ["Blekinge län", None], ["Olofström", 31_877]]
    rows += [["Ronneby", 55_020], ["Karlshamn", 60_111], ["Summa kommuner", 147_008], ["Region Blekinge", 20_500]]
    clean = audited([*rows, ["Totalt länet", 167_508]])
    answers = [(each["cell"], each["relation"]) for each in clean.as_json("b")["columns"] if each["kind"] == "summa"]
    assert ("B11", "radernas summa i Blekinge län") in answers
    assert ("B13", "radernas summa i Blekinge län") in answers
    assert serious(clean) == []
    (finding,) = serious(audited([*rows, ["Totalt länet", 167_580]]))
    assert (finding.code, finding.cell, finding.expected) == ("total-amount", "B13", 167_508)


def test_a_heading_cannot_act_on_the_terminal(audited, capsys) -> None:
    rows = [["Kommun", "Folkmängd", "Avgift\x1b[31m kr"], ["Olofström", 9, 100], ["Ronneby", 7, 200]]
    audit = audited(rows, "bilaga.csv")
    show(audit.as_json("bilaga.csv"), audit.findings)
    told = capsys.readouterr().out
    assert "Avgift\ufffd[31m kr" in told
    assert "\x1b[31m" not in told


THREE = {"Ydre": (3742, 24_200), "Kinda": (10_070, 66_300), "Boxholm": (5_520, 36_900)}


def three(*columns):
    """Three members with population and amount, and more columns: a heading and what a row's figures make."""
    rows = [["Kommun", "Folkmängd", "Belopp 2023", *(heading for heading, _ in columns)]]
    return [*rows, *([name, *own, *(made(*own) for _, made in columns)] for name, own in THREE.items())]


def test_the_mean_below_a_column_per_inhabitant_is_explained(audited) -> None:
    lines = three(("Kr per invånare", lambda people, amount: round(amount / people, 2)))
    whole = [sum(each[i] for each in THREE.values()) for i in (0, 1)]
    answers = statuses(audited([*lines, ["Summa", *whole, round(whole[1] / whole[0], 2)]]))
    assert answers["Kr per invånare", "summa"] == "förklarad"


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_a_heading_that_says_what_the_column_is_needs_no_third_row_that_holds(audited, wrong) -> None:
    lines = three(("Kr per invånare", lambda people, amount: round(amount / people, 2)))
    lines[wrong + 1][3] += 0.31
    found = [each.cell for each in serious(audited(lines)) if each.column == "Kr per invånare"]
    assert found == [f"D{wrong + 2}"]


def test_an_income_and_the_net_of_it_are_explained(audited) -> None:
    lines = three(("Intäkt", lambda _, amount: -round(amount / 3)), ("Netto", lambda _, a: a - round(a / 3)))
    answers = statuses(audited(lines))
    assert (answers["Intäkt", "annat"], answers["Netto", "annat"]) == ("förklarad", "förklarad")


def test_a_difference_does_not_explain_what_it_was_made_of(audited) -> None:
    odd = dict(zip(THREE, (31_417, 60_022, 45_908), strict=True))
    lines = three(("Utfall 2022", lambda *own: next(odd[n] for n, o in THREE.items() if o == own)))
    lines = [[*row, row[2] - row[3] if i else "Differens"] for i, row in enumerate(lines)]
    answers = {column: status for (column, _), status in statuses(audited(lines)).items()}
    assert (answers["Differens"], answers["Utfall 2022"]) == ("förklarad", "inte granskad")


def test_shares_that_rounding_keeps_from_the_whole_are_said(audited) -> None:
    rows = [
        ["Kommun", "Andel %", "Belopp kr"],
        ["Ydre", 33.3, 33_300],
        ["Kinda", 33.3, 33_300],
        ["Boxholm", 33.3, 33_300],
    ]
    told = {each["column"]: each["relation"] for each in audited(rows).as_json("b")["columns"]}
    assert "avrundade blir de 99,9" in told["Andel %"]


def test_a_total_in_the_unit_that_its_label_says(audited) -> None:
    whole = [sum(each[i] for each in THREE.values()) for i in (0, 1)]
    assert serious(audited([*three(), ["Summa (tkr)", whole[0], round(whole[1] / 1000)]])) == []
    (finding,) = serious(audited([*three(), ["Summa (tkr)", whole[0], round(whole[1] / 1000) + 9]]))
    assert (finding.code, finding.cell) == ("total-amount", "C5")
