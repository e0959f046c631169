"""The shapes that public cost-sharing tables have: sections, turned tables, missing headings, marks for nothing, years."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analys.documents.model import Cell, Certainty, Document, Grid, Line
from analys.errors import InputError
from analys.intake import annex
from analys.intake.annex import Kind

DALARNA = ["Leksand", "Mora", "Orsa"]


def csv(tmp_path, text: str):
    path = tmp_path / "bilaga.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_code_and_name_columns_without_headings(workbook) -> None:
    rows = [[None, None, "Avgift kr", "Andel"], [2029, "Leksand", 100, "25 %"], [2062, "Mora", 300, "75 %"]]
    found = annex.read(workbook([*rows, [None, None, 400, "100 %"]]))
    assert [column.kind for column in found.columns] == [Kind.CODE, Kind.NAME, Kind.AMOUNT, Kind.SHARE]
    assert [total.label for total in found.totals] == [""]
    assert not found.remarks


def test_municipalities_as_columns_are_turned_and_keep_their_cells(workbook) -> None:
    rows = [
        ["Belopp i tkr"],
        [],
        ["Kommun", *DALARNA, "Totalt"],
        ["Folkmängd 2020-12-31", 15_800, 20_500, 6_900, 43_200],
        ["Avgift 2021", 158, 205, 69, 432],
    ]
    found = annex.read(workbook(rows))
    assert [member.municipality.name for member in found.members] == DALARNA
    population, amount = found.columns[1:]
    assert (population.kind, population.date, population.letter) == (Kind.POPULATION, dt.date(2020, 12, 31), "4")
    assert [(figure.value, figure.cell) for figure in found.values(amount)] == [
        (158_000, "B5"), (205_000, "C5"), (69_000, "D5")
    ]  # fmt: skip
    total = found.total(amount)
    assert total is not None
    assert (total.cell, total.value) == ("E5", 432_000)
    assert [text.cell for text in found.texts] == ["A1"]


def test_a_dash_is_nothing_and_two_dots_are_an_unknown_figure(workbook) -> None:
    rows = [["Kommun", "Grundavgift kr", "Tillägg kr", "Tidigare tillägg kr"]]
    rows += [["Leksand", 100, 50, 7], ["Mora", 100, "–", "-"], ["Orsa", 100, "- kr", ".."]]
    found = annex.read(workbook(rows))
    assert [figure.value for figure in found.values(found.columns[2])] == [50, 0, 0]
    assert found.columns[3].kind is Kind.OTHER, "one figure is unknown, and other columns hold the amounts"
    assert [(remark.place, remark.found) for remark in found.remarks] == [("blad Bilaga, cell D4", "'..'")]


def test_years_over_columns_mean_what_the_title_says(tmp_path) -> None:
    found = annex.read(csv(tmp_path, "Avgifter i tkr;;\n;;\nKommun;2021;2022\nLeksand;10;20\nMora;30;40\n"))
    assert [(column.kind, column.unit, column.period.year) for column in found.columns[1:]] == [
        (Kind.AMOUNT, "tkr", 2021), (Kind.AMOUNT, "tkr", 2022)
    ]  # fmt: skip
    found = annex.read(csv(tmp_path, "Kommun;Utfall 2021;Plan 2022\nLeksand;10000;20000\nMora;30000;40000\n"))
    assert [column.period.year for column in found.of_kind(Kind.AMOUNT)] == [2021, 2022]


def test_sections_have_their_totals_and_the_whole_has_none(workbook) -> None:
    rows = [
        ["Kommun", "Bidrag kr"],
        ["Dalarnas län"],
        ["Leksand", 100],
        ["Mora", 200],
        ["Summa kommuner", 300],
        ["Region Dalarna", 50],
        ["Totalt länet", 350],
        ["Gävleborgs län"],
        ["Gävle", 500],
        ["Summa kommuner", 500],
        ["Region Gävleborg", 40],
        ["Totalt länet", 540],
    ]
    found = annex.read(workbook(rows))
    assert [(part.label, len(part.members), len(part.others)) for part in found.sections] == [
        ("Dalarnas län", 2, 1), ("Gävleborgs län", 1, 1)
    ]  # fmt: skip
    assert [[total.cell for total in part.totals] for part in found.sections] == [["A5", "A7"], ["A10", "A12"]]
    assert found.total(found.columns[1]) is None
    whole = annex.read(workbook([*rows, ["Totalt", 890]])).total(found.columns[1])
    assert whole is not None
    assert whole.cell == "B13"


def test_the_country_is_no_total_and_other_income_is_no_member(workbook) -> None:
    rows = [["Kommun", "Folkmängd 2020", "Avgift kr"], ["Leksand", 15_800, 158], ["Mora", 20_500, 205]]
    rows += [["Övriga intäkter", None, 37], ["Summa", 36_300, 400], ["Hela riket", 10_379_295, None]]
    found = annex.read(workbook(rows))
    assert [party.municipality.name for party in found.others] == ["Övriga intäkter"]
    assert [row.municipality.name for row in found.references] == ["Hela riket"]
    assert (found.own_total(found.columns[1]), found.own_total(found.columns[2])) == (36_300, 363)


@pytest.mark.parametrize("cells", [["10,088,575", "20,004,203", "623,092"], ["10.088.575", "20.004.203", "623.092"]])
def test_commas_and_points_between_thousands(tmp_path, cells) -> None:
    lines = [f"{name};{cell}" for name, cell in zip(DALARNA, cells, strict=True)]
    found = annex.read(csv(tmp_path, "\n".join(["Kommun;Avgift kr", *lines])))
    assert [figure.value for figure in found.values(found.columns[1])] == [10_088_575, 20_004_203, 623_092]


def test_points_between_thousands_and_a_comma_before_ore(tmp_path) -> None:
    text = "Kommun;Avgift;Kr/inv\nLeksand;7.590.103,73;1.003,83\nMora;20.004,20;17,40\n"
    found = annex.read(csv(tmp_path, text))
    assert [figure.value for figure in found.values(found.columns[1])] == [Decimal("7590103.73"), Decimal("20004.20")]
    assert found.members[0].figures["C"].value == Decimal("1003.83")


@pytest.mark.parametrize("heading", ["Invånare 65 år och äldre", "Befolkning 0-17 år", "Antal invånare 16–64 år 2021"])
def test_an_age_band_is_not_the_whole_population(workbook, heading) -> None:
    found = annex.read(workbook([["Kommun", heading, "Avgift kr"], ["Leksand", 3000, 30], ["Mora", 4000, 40]]))
    assert found.columns[1].kind is Kind.OTHER
    assert found.volumes == (found.columns[1],)


def test_counted_volumes_have_figures_and_texts_beside_them_have_none(workbook) -> None:
    rows = [
        ["Kommun", "Antal årsplatser", "Kontakt", "Belopp kr"],
        ["Leksand", 11, "Ekonomi", 110],
        ["Mora", 17, "HR", 170],
    ]
    found = annex.read(workbook(rows))
    assert [column.heading for column in found.volumes] == ["Antal årsplatser"]
    assert [figure.value for figure in found.values(found.volumes[0])] == [11, 17]
    assert found.volumes[0].unit is None


def test_changes_and_credits_may_be_negative(tmp_path) -> None:
    found = annex.read(csv(tmp_path, "Kommun;Avgift kr;Förändring kr\nLeksand;-1 200;−300\nMora;900;200\n"))
    assert [figure.value for figure in found.values(found.columns[1])] == [-1200, 900]
    assert (found.columns[2].kind, found.members[0].figures["C"].value) == (Kind.OTHER, -300)


def test_a_share_is_as_exact_as_its_format_shows_it_and_a_sum_of_floats_as_a_spreadsheet_does(tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Kommun", "Andel", "Avgift kr"])
    for name, share, amount in (("Leksand", 0.175321, 0.1 + 0.2), ("Mora", 0.824679, 7590103.730000001)):
        book.active.append([name, share, amount])
    for row in (2, 3):
        book.active[f"B{row}"].number_format = "0.0%"
    book.save(tmp_path / "bilaga.xlsx")
    figures = annex.read(tmp_path / "bilaga.xlsx").members[1].figures
    assert figures["C"].value == Decimal("7590103.73")
    assert figures["B"].value == Decimal("0.824679")


def test_a_column_that_is_not_needed_never_stops_a_file(workbook, table) -> None:
    rows = [[*row, extra] for row, extra in zip(table, ["Kr per invånare", "1,7O", 1.7, 1.69, None], strict=True)]
    found = annex.read(workbook(rows))
    assert [column.kind for column in found.columns[1:]] == [
        Kind.POPULATION, Kind.SHARE, Kind.AMOUNT, Kind.PER_HEAD
    ]  # fmt: skip
    rows = [[*row, extra] for row, extra in zip(table, [None, 4, 5, 6, None], strict=True)]
    found = annex.read(workbook(rows))
    assert [(remark.place, remark.expected) for remark in found.remarks] == [
        ("blad Bilaga, cell E1", "en rubrik över talen")
    ]


def test_the_same_headings_again_with_other_members_go_on_with_the_table(workbook, table) -> None:
    head = table[0]
    rows = [head, *table[1:3], [], head, table[3], table[4]]
    found = annex.read(workbook(rows))
    assert len(found.members) == 3
    assert found.own_total(found.columns[1]) == 36_912


def test_a_table_without_municipalities_is_told_and_the_annex_is_read(workbook, table) -> None:
    found = annex.read(workbook(Bilaga=table, Kalkyl=[["Post", "Belopp"], ["Lön", 500], ["Resor", 20]]))
    assert [(remark.place, remark.found) for remark in found.remarks] == [("Kalkyl", "en tabell utan kommuner")]


def test_a_bad_table_beside_a_good_one_is_told(workbook, table) -> None:
    bad = [table[0], ["Boxholm", "x", "y", "z 1"], ["Kinda", 1, "2 %", "3 kr"]]
    found = annex.read(workbook(Bilaga=table, Utkast=bad))
    assert [remark.place for remark in found.remarks] == [f"blad Utkast, cell {cell}" for cell in ("B2", "C2", "D2")]


def test_a_county_beside_some_of_its_municipalities_is_no_total(workbook) -> None:
    rows = [["Region", "Folkmängd 2020"], ["Dalarnas län", 287_806], ["Leksand", 15_800], ["Mora", 20_500]]
    found = annex.read(workbook(rows))
    assert (found.totals, [row.municipality.name for row in found.references]) == ((), ["Dalarnas län"])


def test_codes_under_a_heading_that_says_nothing(workbook) -> None:
    found = annex.read(workbook([["Kn", "Kommun", "Avgift kr"], [2029, "Leksand", 1], [2062, "Mora", 2]]))
    assert found.columns[0].kind is Kind.CODE


def test_a_figure_that_is_said_to_be_missing_stops_nothing_that_others_tell(workbook) -> None:
    rows = [["Kommun", "Folkmängd 2020", "Avgift kr"], ["Leksand", 15_800, 1], ["Mora", "uppgift saknas", 2]]
    found = annex.read(workbook(rows))
    assert [remark.place for remark in found.remarks] == ["blad Bilaga, cell B3"]
    assert [column.kind for column in found.columns[1:]] == [Kind.OTHER, Kind.AMOUNT]


def test_pasted_columns_markdown_and_a_web_page(tmp_path) -> None:
    texts = {
        "a.txt": "Protokoll\n\nKommun      Folkmängd 2020     Avgift kr\nLeksand          15 800       100 000\n"
        "Mora             20 500       130 000\n\nBeslutet skickas till kommunerna.\n",
        "a.md": "# Bilaga\n\n| Kommun | Folkmängd 2020 | Avgift kr |\n|---|---:|---:|\n| Leksand | 15 800 | 100 000 |\n"
        "| Mora | 20 500 | 130 000 |\n",
        "a.html": "<html><body><h1>Bilaga</h1><table><tr><th>Kommun<th>Folkmängd 2020<th>Avgift kr</tr>"
        "<tr><td>Leksand<td>15 800<td>100 000</tr><tr><td>Mora<td>20 500<td>130 000</tr></table></body></html>",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (found,) = annex.read_all(tmp_path / name)
        assert [figure.value for figure in found.values(found.of_kind(Kind.AMOUNT)[0])] == [100_000, 130_000], name
        assert found.members[0].cell.endswith("kolumn 1")
        assert found.texts


@pytest.mark.parametrize("repeats", [True, False])
def test_a_table_that_goes_on_on_the_next_page(repeats) -> None:
    def grid(page: int, rows: list[list[str]]) -> Grid:
        name = f"sida {page}, tabell 1"
        cells = (tuple(Cell(value, f"{name}, rad {y}, kolumn {x}") for x, value in enumerate(row, 1))
                 for y, row in enumerate(rows, 1))  # fmt: skip
        return Grid(name, tuple(cells), Certainty.READ)

    head = ["Kommun", "Avgift kr"]
    second = [*([head] if repeats else []), ["Orsa", "30"], ["Summa", "60"]]
    pages = (grid(1, [head, ["Leksand", "10"], ["Mora", "20"]]), grid(2, second))
    (found,) = annex.annexes(Document("avtal.pdf", "PDF", "", pages))
    assert [member.municipality.name for member in found.members] == DALARNA
    assert found.own_total(found.columns[1]) == 60
    assert found.totals[0].cell.startswith("sida 2, ")
    assert found.certainty is Certainty.READ


_CELLS = st.sampled_from(
    ["Kommun", "Folkmängd 2020", "Andel", "Avgift kr", "2021", *DALARNA, "Kindda", "Totalt", "Dalarnas län", "Hela riket",
     "Övriga intäkter", None, "-", "..", "x", "12,5 %", "1.234", "57,649,000", 7, 0.25, 1e300, float("nan"), "9" * 400]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(_CELLS, min_size=3, max_size=3), min_size=1, max_size=7),
    st.lists(st.sampled_from([*DALARNA, "Totalt"]), max_size=5),
)
def test_whatever_stands_in_a_grid_it_is_read_or_refused_in_words(rows, names) -> None:
    named = [[name, *row[1:]] for name, row in zip(names, rows, strict=False)]
    grids = []
    for at, lines in enumerate((rows, [["Kommun", "Folkmängd 2020", "Avgift kr"], *named])):
        cells = [[Cell(value, f"{'ABC'[x]}{y + 1}") for x, value in enumerate(line)] for y, line in enumerate(lines)]
        grids.append(Grid(f"Blad{at}", tuple(map(tuple, cells))))
    try:
        found = annex.annexes(Document("a.xlsx", "", "", tuple(grids)))
    except InputError as error:
        found, faults = (), error.faults
    else:
        faults = tuple(remark for each in found for remark in each.remarks)
    assert all(fault.expected and fault.found and fault.action for fault in faults)
    for each in found:
        for kind in (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT):
            assert all(len(each.values(column)) == len(each.members) for column in each.of_kind(kind))


@pytest.mark.parametrize("text", ["(", "*", "1", "kr ", ",", "fakt", "2020-", "1.234", "per ", "Leksand, "])
@pytest.mark.parametrize("where", ["cell", "heading", "name"])
def test_a_long_text_takes_no_time(text, where) -> None:
    rows = [["Kommun", "Avgift kr", "x"], ["Leksand", 100, "y"], ["Mora", 200, "z"]]
    rows += [[text * 100_000, 5, 6]] if where == "name" else []
    if where != "name":
        rows[int(where == "cell")][2] = text * 100_000
    cells = tuple(tuple(Cell(value, f"{'ABC'[x]}{y}") for x, value in enumerate(row)) for y, row in enumerate(rows, 1))
    started = time.process_time()
    with contextlib.suppress(InputError):
        annex.annexes(Document("a.xlsx", "", "", (Grid("Blad", cells),)))
    assert time.process_time() - started < 5


def test_text_between_tables_belongs_to_the_one_that_it_is_about(tmp_path) -> None:
    """A heading, or else the last paragraph, is of the table below it, and what stands before is of the one above."""

    def table(*amounts: str) -> Grid:
        rows = [("Kommun", "Belopp"), *zip(DALARNA, amounts, strict=True)]
        return [[Cell(value, f"tabell, rad {y}") for value in row] for y, row in enumerate(rows)]

    grids = tuple(Grid(f"tabell {at}", tuple(map(tuple, table("1", "2", str(at))))) for at in (1, 2, 3))
    lines = [("Kostnaden 2022 är 4 kr", 0, False), ("Exkl. moms", 1, False), ("2023", 1, True),
             ("Kostnaden är 5 kr", 1, False), ("Not", 2, False), ("Kostnaden 2024 är 6 kr", 2, False),
             ("Slut", 3, False)]  # fmt: skip
    told = tuple(Line(text, "stycke", above=above, heads=heads) for text, above, heads in lines)
    found = annex.annexes(Document("a.docx", "Word", "", grids, told))
    assert [[text.text for text in each.texts] for each in found] == [
        ["Kostnaden 2022 är 4 kr", "Exkl. moms"],
        ["2023", "Kostnaden är 5 kr", "Not"],
        ["Kostnaden 2024 är 6 kr", "Slut"],
    ]
    assert [each.mentions[0].value for each in found] == [4, 5, 6]
