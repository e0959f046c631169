"""Formulas that do not reckon what they seem to, one kind each, beside the same book without the fault."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from analys import documents
from analys.audit.finding import Finding, Severity
from analys.audit.formulas import MOST_FORMULAS, formula_findings
from analys.audit.formulas.sheet import Sheet, parse
from analys.audit.formulas.values import Values
from analys.documents.model import Cell, Document, Grid
from analys.export import annex_workbook
from benchmarks.formulas import OPERATORS, made, mutants

MEMBERS = ("Boxholm", "Finspång", "Kinda", "Linköping", "Mjölby", "Motala")
PEOPLE = (5517, 21623, 9957, 168035, 28695, 43505)


def grid(rows: list[list[object]], name: str = "Bilaga", number_format: str = "General") -> Grid:
    """Rows of a sheet; text that opens with an equals sign is a formula."""
    width = max(map(len, rows))
    cells = [
        tuple(
            Cell(None, place, formula=value[1:], number_format=number_format)
            if isinstance(value, str) and value.startswith("=")
            else Cell(value, place, number_format=number_format)  # type: ignore[arg-type]
            for c, value in enumerate([*row, *[None] * (width - len(row))])
            for place in [f"{get_column_letter(c + 1)}{r}"]
        )
        for r, row in enumerate(rows, 1)
    ]
    return Grid(name, tuple(cells))


def annex() -> list[list[object]]:
    """Shares of the population, amounts of the shares, and totals, all by formulas."""
    rows: list[list[object]] = [["Kommun", "Folkmängd 2024", "Andel", "Belopp 2025 (kr)", None, 600_000]]
    for r, (member, people) in enumerate(zip(MEMBERS, PEOPLE, strict=True), 2):
        rows.append([member, people, f"=B{r}/$B$8", f"=ROUND($F$1*C{r},0)"])
    return [*rows, ["Summa", "=SUM(B2:B7)", "=SUM(C2:C7)", "=SUM(D2:D7)"]]


def changed(place: str, value: object, rows: list[list[object]] | None = None) -> list[list[object]]:
    rows = rows or annex()
    column, row = openpyxl.utils.cell.coordinate_from_string(place)
    rows[row - 1][openpyxl.utils.column_index_from_string(column) - 1] = value
    return rows


def found(*grids: Grid) -> list[Finding]:
    return list(formula_findings(Document("bok.xlsx", "xlsx", "", grids)))


def test_nothing_in_a_book_without_faults() -> None:
    assert found(grid(annex())) == []


@pytest.mark.parametrize(
    ("place", "value", "code", "severity", "cell"),
    [
        ("D4", 21542, "formula-typed", "upplysning", "D4"),  # what the formula gives
        ("D4", 25000, "formula-typed", "fel", "D4"),
        ("D2", 25000, "formula-typed", "fel", "D2"),
        ("D7", 25000, "formula-typed", "fel", "D7"),
        ("D8", 600_100, "formula-typed", "fel", "D8"),
        ("C5", "=B5/$B$7", "formula-unlike", "fel", "C5"),
        ("C2", "=B2*$B$8", "formula-unlike", "fel", "C2"),
        ("D3", "=ROUND($F$1*C3,1)", "formula-unlike", "fel", "D3"),
        ("D3", "=ROUNDUP($F$1*C3,0)", "formula-unlike", "upplysning", "D3"),
        ("D8", "=AVERAGE(D2:D7)", "formula-unlike", "fel", "D8"),
        ("D8", "=SUM(D2:D6)", "formula-range", "fel", "D8"),
        ("B8", "=SUM(B3:B7)", "formula-range", "fel", "B8"),
    ],
)
def test_one_cell(place: str, value: object, code: str, severity: str, cell: str) -> None:
    (finding,) = found(grid(changed(place, value)))
    assert (finding.code, finding.severity, finding.cell) == (code, severity, cell)
    assert finding.sheet == "Bilaga"


@pytest.mark.parametrize(
    ("place", "formula"), [("D4", "=F1-(D2+D3+D5+D6+D7)"), ("D2", "=$F$1-SUM(D3:D7)"), ("D7", "=F1-D2-D3-D4-D5-D6")]
)
def test_one_member_may_carry_what_rounding_leaves(place: str, formula: str) -> None:
    assert found(grid(changed(place, formula))) == []


@pytest.mark.parametrize("formula", ["=F1-(D2+D3+D5+D6)", "=F1-(C2+C3+C5+C6+C7)", "=F1-D3", "=F1+D2-D3-D5-D6-D7"])
def test_what_is_left_after_some_of_the_members_is_unlike(formula: str) -> None:
    assert "formula-unlike" in {finding.code for finding in found(grid(changed("D4", formula)))}


def test_a_finding_tells_the_formula_it_should_be_and_whose_row_it_is() -> None:
    (finding,) = found(grid(changed("C5", "=B5/$B$7")))
    assert finding.kommun == "Linköping"
    assert finding.explanation["expected_formula"] == "=B5/$B$8"
    assert finding.expected == Fraction(168035, sum(PEOPLE))
    assert finding.message == (
        "Formeln =B5/$B$7 (cell C5) är inte som grannarna, som ger 3,8624. "
        "Som grannarna vore den =B5/$B$8, som ger 0,6059."
    )


def test_a_row_left_out_that_holds_nothing_is_a_note() -> None:
    rows = changed("B7", 0, changed("B8", "=SUM(B2:B6)"))
    (finding,) = [f for f in found(grid(rows)) if f.code == "formula-range"]
    assert finding.severity is Severity.UPPLYSNING
    assert finding.message.endswith("Värdet är ändå rätt.")


@pytest.mark.parametrize("whole", ["B{next}", "$B$7", "SUM($B$2:$B$6)"])
def test_a_whole_column_of_shares_of_the_wrong_whole(whole: str) -> None:
    rows = annex()
    for r in range(2, 8):
        rows[r - 1][2] = f"=B{r}/" + whole.format(next=r + 1)
    findings = found(grid(rows))
    assert [(f.code, f.severity) for f in findings] == [("formula-denominator", "fel")]
    assert "delas inte med hela summan" in findings[0].message


def test_an_amount_that_is_so_much_of_what_one_member_pays_is_no_share() -> None:
    rows = annex()
    for r in range(2, 8):
        rows[r - 1][2:4] = [f"=$F$1*B{r}/$B$6"]
    assert found(grid([row[:3] + row[4:] for row in rows[:7]])) == []


def test_sums_over_hidden_rows() -> None:
    (finding,) = found(replace(grid(changed("B8", "=SUM(B2:B7)")), hidden_rows=frozenset({3})))[:1]
    assert (finding.code, finding.severity) == ("formula-hidden", "upplysning")
    assert "B4" in finding.message


def test_another_years_column() -> None:
    rows: list[list[object]] = [
        ["Kommun", *(f"Folkmängd {y}" for y in (2021, 2022, 2023)), *(f"Belopp {y}" for y in (2022, 2023, 2024))]
    ]
    for r, (member, people) in enumerate(zip(MEMBERS, PEOPLE, strict=True), 2):
        rows.append([member, people, people + 5, people + 9, f"=B{r}*2", f"=C{r}*2", f"=D{r}*2"])
    assert found(grid(rows)) == []
    for r in range(2, 8):
        rows[r - 1][6] = f"=C{r}*2"
    (finding,) = found(grid(rows))
    assert (finding.code, finding.cell) == ("formula-year", "G2")
    assert "Folkmängd 2022" in finding.message


def test_figures_rounded_only_to_the_eye() -> None:
    rows: list[list[object]] = [["Kommun", "Belopp"]]
    rows += [[member, f"={third}/3"] for member, third in zip(MEMBERS, (1, 1, 1, 4, 4, 4), strict=True)]
    rows.append(["Summa", "=SUM(B2:B7)"])
    assert found(grid(rows)) == []
    (finding,) = found(grid(rows, number_format="#,##0"))
    assert (finding.code, finding.severity, finding.expected) == ("formula-rounding", "upplysning", 3)
    rounded = [[row[0], str(row[1]).replace("=", "=ROUND(") + ",0)"] if "/" in str(row[1]) else row for row in rows]
    assert found(grid(rounded, number_format="#,##0")) == []


def test_a_table_that_fetches_from_one_in_another_order() -> None:
    order = (4, 0, 5, 2, 1, 3)
    rows: list[list[object]] = [["Kommun", "Belopp"]]
    rows += [[MEMBERS[i], f"=Bilaga!$D${i + 2}*2"] for i in order]
    assert found(grid(annex()), grid(rows, "Mer")) == []
    rows[2][1] = "=Bilaga!$D$3*2"  # Finspång's amount in Boxholm's row
    (finding,) = found(grid(annex()), grid(rows, "Mer"))
    assert (finding.code, finding.sheet, finding.cell) == ("formula-unlike", "Mer", "B3")


def test_years_over_numbers_and_running_sums_are_no_faults() -> None:
    rows: list[list[object]] = [[None, 2023, 2024, None], ["Kommun", "Kr", "Kr", "Ökning"]]
    rows += [[member, 100 + r, 130 + r, f"=C{r}-B{r}"] for r, member in enumerate(MEMBERS, 3)]
    assert found(grid(rows)) == []
    running: list[list[object]] = [["Månad", "Belopp", "Ackumulerat"], ["jan", 5, "=B2"]]
    running += [[f"m{r}", r, f"=C{r - 1}+B{r}"] for r in range(3, 9)]
    assert found(grid(running)) == []


def test_sections_with_sums_of_their_own() -> None:
    rows: list[list[object]] = [["Kommun", "Folkmängd", "Belopp"], ["Norra"]]
    rows += [[m, 100 * i + 7, f"=B{r}*3"] for i, (r, m) in enumerate(zip((3, 4, 5), MEMBERS, strict=False), 1)]
    rows += [["Summa norra", "=SUM(B3:B5)", "=SUM(C3:C5)"], ["Södra"]]
    rows += [[m, 100 * i + 9, f"=B{r}*3"] for i, (r, m) in enumerate(zip((8, 9, 10), MEMBERS[3:], strict=True), 1)]
    rows += [["Summa södra", "=SUM(B8:B10)", "=SUM(C8:C10)"], ["Totalt", "=B6+B11", "=C6+C11"]]
    assert found(grid(rows)) == []


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1+2*3", 7), ("(1+2)*3", 9), ("-2+5", 3), ("10/4", Fraction(5, 2)), ("50%*8", 4), ("ROUND(2.5,0)", 3),
        ("ROUND(-2.5,0)", -3), ("ROUNDDOWN(2.59,1)", Fraction(5, 2)), ("ROUNDUP(2.41,1)", Fraction(5, 2)),
        ("SUM(A1:A3)", 6), ("AVERAGE(A1:A3)", 2), ("MAX(A1:A3,9)", 9), ("A1+A2", 3), ("SUM(A1:XFD1048576)", None),
        ("VLOOKUP(1,A1:A3,1)", None), ("A1:A2", None), ("1/0", None), ("kostnad*2", None), ("1+", None), ("B1", None),
    ],
)  # fmt: skip
def test_values(formula: str, value: object) -> None:
    sheet = Sheet(grid([[1, "=B1+1"], [2, f"={formula}"], [3, None]]))
    if formula == "SUM(A1:XFD1048576)":  # itself, and a circle
        sheet = Sheet(grid([[1, f"={formula}"]]))
    place = (1, 1) if len(sheet.grid.rows) > 1 else (0, 1)
    assert Values({"Bilaga": sheet}).of(sheet, place) == value


@pytest.mark.parametrize("text", ['"', "{1,2", "(((", "A1:", "'x!A1", "#REF!", "=" * 300, "(" * 9000, "A1+" * 4000])
def test_what_is_no_formula_is_no_trace_back(text: str) -> None:
    assert parse(text).words
    found(grid([[1, f"={text}"], [2, f"={text}"], [3, f"={text}"]]))


def test_a_sheet_of_too_many_formulas_is_said_to_be_left_out() -> None:
    rows: list[list[object]] = [[f"=A{r}"] for r in range(1, MOST_FORMULAS + 2)]
    (finding,) = found(grid(rows))
    assert "granskas inte" in finding.message


@pytest.mark.parametrize("seed", range(8))
def test_made_books_are_clean(seed: int) -> None:
    assert formula_findings(made(random.Random(seed))) == ()


def test_the_projects_own_live_annex_has_no_finding(tmp_path: Path) -> None:
    file = annex_workbook.write("ostergotland", "Norrköping", tmp_path / "bilaga.xlsx")
    assert formula_findings(documents.open(file)) == ()


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_is_found_in_a_made_book(operator: str) -> None:
    rng = random.Random(4)
    book = made(rng)
    for mutated, sheet, cell in mutants(rng, book, operator, 5):
        told = [f for f in formula_findings(mutated) if f.sheet == sheet]
        assert any(cell.place in f.explanation["cells"] for f in told), (cell.place, cell.formula)
