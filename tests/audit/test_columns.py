"""Every numeric column and printed total is explained, contradicted, or said not to be audited."""

from __future__ import annotations

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
