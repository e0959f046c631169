"""The audit on annexes in the many shapes that they are typed in: nothing wrong with clean ones, a fault found in each."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from analys.audit import Audit, audit_file
from tests.audit.conftest import serious
from tests.audit.shapes import SHAPES, Shape, figures

MOTALA = 10
#: Made of other amounts than the figures'.
OWN_AMOUNTS = {"half_years_and_quarters", "a_region_that_pays_half", "negative_amounts", "with_and_without_tax"}


def audited(made: Shape, folder: Path) -> Audit:
    if made.text:
        (folder / "bilaga.csv").write_bytes(made.text)
        return audit_file(folder / "bilaga.csv")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in made.sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in made.hidden else "visible"
        for cells in made.merge:
            sheet.merge_cells(cells)
    book.save(folder / "bilaga.xlsx")
    return audit_file(folder / "bilaga.xlsx")


@pytest.mark.parametrize("name", SHAPES)
def test_a_clean_annex(name, tmp_path) -> None:
    audit = audited(SHAPES[name](figures()), tmp_path)
    assert [finding.message for finding in serious(audit)] == []
    assert len(audit.annex.members) == 13
    if name != "negative_amounts":
        rule = audit.as_json("bilaga")["rule"]
        assert (rule["key"].startswith("population"), rule["reproduced"] >= 13) == (True, True)


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in OWN_AMOUNTS])
def test_a_wrong_amount(name, tmp_path) -> None:
    wrong = figures()
    assert wrong.names[MOTALA] == "Motala"
    wrong.amounts[MOTALA] += 9_000
    audit = audited(SHAPES[name](wrong), tmp_path)
    (finding,) = serious(audit)
    assert (finding.code, finding.kommunkod) == ("amount", "0583")
    assert finding.effect_kr["0583"] == pytest.approx(9_000, abs=60)  # tkr with one decimal
    assert set(finding.effect_kr) == {member.municipality.code for member in audit.annex.members}


@pytest.mark.parametrize(
    ("county", "year", "count"), [("01", 2023, None), ("09", 2020, None), ("12", 2015, 5), ("25", 2024, 2)]
)
def test_other_counties_and_sizes(county, year, count, tmp_path) -> None:
    assert serious(audited(SHAPES["title_text_and_notes"](figures(county, year, 1_234_567, count)), tmp_path)) == []


def test_headings_whose_unit_stands_in_the_row_below(audited) -> None:
    rows = [["", "", "Belopp/halvår,", ""], ["Kommun", "Folkmängd 2021", "kr", "Årskostnad"]]
    rows += [["Ånge", 9_233, 50_000, 50_000], ["Ydre", 3_695, 20_000, 20_000], ["Kil", 12_134, 65_000, 65_000]]
    assert [finding.code for finding in serious(audited(rows)) if not finding.kommunkod] == ["period"]


def test_a_sum_heads_a_column_where_texts_stand_beside_it(audited) -> None:
    rows = [["", "Summa", "Fördelning", "Folkmängd"], ["Kommuner", "(SEK)", "%", "2021*"]]
    rows += [["Ånge", 36_768, "36,77", 9_233], ["Ydre", 14_866, "14,87", 3_695], ["Kil", 48_345, "48,35", 12_134]]
    audit = audited(rows)
    assert [column.kind.value for column in audit.annex.columns[1:]] == ["belopp", "andel", "folkmangd"]
