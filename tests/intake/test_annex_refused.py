"""What the reader of annexes refuses, each with its exact message."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from PIL import Image as Picture

from analys.errors import InputError
from analys.intake import annex
from analys.intake.annex import Kind


def faults(path) -> list[tuple[str, str, str, str]]:
    with pytest.raises(InputError) as caught:
        annex.read(path)
    return [(fault.place, fault.expected, fault.found, fault.action) for fault in caught.value.faults]


FORM = "i svensk form, som 1 234,50"


def test_all_bad_cells_are_told_at_once(workbook, table) -> None:
    table[1][1] = "5 4S3"
    table[2][2] = None
    table[3][3] = "1.234"
    table[3][0] = "Kindda"
    action = "menas Kinda (0513)? Annars flytta raden ur tabellen om den inte är en kommun"
    assert faults(workbook(table)) == [
        ("blad Bilaga, cell A4", "en kommuns namn", "'Kindda'", action),
        ("blad Bilaga, cell B2", f"ett antal invånare {FORM}", "'5 4S3'", "rätta cellen"),
        ("blad Bilaga, cell C3", "en andel", "en tom cell", "skriv talet"),
    ]
    table[3][0] = "Kinda"
    assert faults(workbook(table))[-1] == ("blad Bilaga, cell D4", f"ett belopp {FORM}", "'1.234'", "rätta cellen")


def test_half_an_inhabitant_and_a_share_in_kronor(workbook, table) -> None:
    table[1][1:3] = [5453.5, "1,21 kr"]
    assert faults(workbook(table)) == [
        ("blad Bilaga, cell B2", "ett helt antal invånare", "'5453.5'", "rätta cellen"),
        ("blad Bilaga, cell C2", "en andel", "'1,21 kr'", "rätta talets enhet"),
    ]


def test_a_code_that_is_another_municipality_is_remarked_and_the_name_holds(workbook, table) -> None:
    rows = [["Kod", *table[0]], ["0560", *table[1]], ["0580", *table[2]]]
    found = annex.read(workbook(rows))
    assert [member.municipality.name for member in found.members] == ["Boxholm", "Finspång"]
    assert [(remark.place, remark.expected, remark.found) for remark in found.remarks] == [
        ("blad Bilaga, cell A3", "koden för Finspång, 0562", "'0580'")
    ]


ONE_TABLE = "en tabell med en rad för varje kommun under rubriker som Kommun, Folkmängd, Andel, Belopp"


def test_no_table(workbook) -> None:
    rows = [["Protokoll"], ["Boxholm var inte närvarande."]]
    assert faults(workbook(rows)) == [("", ONE_TABLE, "ingen", "lägg till rubriker och medlemmarnas rader")]


def test_only_a_picture(tmp_path) -> None:
    picture = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(picture, "png")
    book = openpyxl.Workbook()
    book.active.add_image(Image(picture), "A1")
    book.save(tmp_path / "bild.xlsx")
    assert faults(tmp_path / "bild.xlsx") == [
        ("", ONE_TABLE, "bara en bild, som inte har några celler", "skriv tabellens tal i celler")
    ]


@pytest.mark.parametrize("layout", ["below", "beside", "sheets"])
def test_two_tables_are_two_annexes_and_too_many_for_who_needs_one(workbook, table, layout) -> None:
    if layout == "below":
        path, second = workbook([*table, [], *table]), "Bilaga!A7"
    elif layout == "beside":
        path, second = workbook([[*row, None, *row] for row in table]), "Bilaga!F1"
    else:
        path, second = workbook(Bilaga=table, Blad2=table), "Blad2!A1"
    assert faults(path) == [("", ONE_TABLE, f"2 tabeller, vid Bilaga!A1 och {second}", "spara en tabell för sig")]
    both = annex.read_all(path)
    assert [each.place for each in both] == ["Bilaga!A1", second]
    assert [len(each.columns) for each in both] == [4, 4]
    assert [figure.value for figure in both[1].values(both[1].columns[3])] == [9244, 36_597, 16_732]


def test_merged_headings_are_said_of_each_column_under_them(workbook, table) -> None:
    rows = [["Kommun", "2017", None, "2018", None], [None, "Kr", "Andel", "Kr", "Andel"]]
    rows += [[row[0], 1000 + at, row[2], 2000 + at, row[2]] for at, row in enumerate(table[1:4])]
    found = annex.read(workbook(rows, merge=("A1:A2", "B1:C1", "D1:E1")))
    assert [column.heading for column in found.columns] == ["Kommun", "2017 Kr", "2017 Andel", "2018 Kr", "2018 Andel"]
    assert [column.period.year for column in found.of_kind(Kind.AMOUNT)] == [2017, 2018]
    assert annex.read(workbook(rows)).columns == found.columns


def test_what_heads_two_columns_without_being_merged(workbook, table) -> None:
    rows = [["Kommun", "Folkmängd 2017", "Kostnad 2018", None], [None, None, "halvår", "helår"]]
    rows += [[row[0], row[1], 4000 + at, 8000 + 2 * at] for at, row in enumerate(table[1:4])]
    assert [column.heading for column in annex.read(workbook(rows)).of_kind(Kind.AMOUNT)] == [
        "Kostnad 2018 halvår", "Kostnad 2018 helår"
    ]  # fmt: skip


def test_a_merged_title_is_no_merged_heading(workbook, table) -> None:
    assert len(annex.read(workbook([["Bilaga"], *table], merge=("A1:D1",))).members) == 3


def test_no_headings(workbook, table) -> None:
    assert faults(workbook(table[1:4])) == [
        ("blad Bilaga, cell A1", "en rad med rubriker ovanför medlemmarna", "ingen", "skriv rubrikerna")
    ]
    assert faults(workbook([["Kommun", "x", "y"], ["Boxholm", 5453, 9244], ["Kinda", 9882, 16732]])) == [
        ("blad Bilaga, cell A1", "en rubrik för folkmängd, andel eller belopp", "'Kommun', 'x', 'y'",
         "skriv vad kolumnerna innehåller")
    ]  # fmt: skip


def test_figures_that_no_municipality_has(tmp_path) -> None:
    (tmp_path / "bilaga.csv").write_text(
        f"Kommun;Folkmängd;Andel;Avgift\nBoxholm;999999999;-5%;{'9' * 5000}\nKinda;1e400;NaN;Infinity\n"
    )
    assert [fault[:3] for fault in faults(tmp_path / "bilaga.csv")] == [
        ("cell B2", "ett antal invånare under 100000000", "'999999999'"),
        ("cell B3", f"ett antal invånare {FORM}", "'1e400'"),
        ("cell C2", "en andel av noll eller mer", "'-5%'"),
        ("cell C3", f"en andel {FORM}", "'NaN'"),
        ("cell D2", "ett belopp under 1000000000000", "ett tal med 5000 siffror"),
        ("cell D3", f"ett belopp {FORM}", "'Infinity'"),
    ]


def test_totals_above_the_members(workbook, table) -> None:
    found = annex.read(workbook([table[0], table[4], *table[1:4]]))
    assert (len(found.members), found.totals[0].cell) == (3, "A2")


def test_an_error_in_a_cell_is_told_by_its_name(tmp_path, table) -> None:
    book = openpyxl.Workbook()
    for line in table:
        book.active.append(line)
    book.active["D3"] = "#REF!"
    book.active["F1"] = "#N/A"
    book.save(tmp_path / "bilaga.xlsx")
    with pytest.raises(InputError) as told:
        annex.read(tmp_path / "bilaga.xlsx")
    (fault,) = told.value.faults
    assert (fault.place, fault.found) == ("blad Sheet, cell D3", "'#REF!'")


def test_a_table_on_a_hidden_sheet_counts_only_where_no_other_does(tmp_path, table) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("Utkast")):
        for line in table:
            sheet.append(line)
    book["Utkast"].sheet_state = "hidden"
    book.save(tmp_path / "bilaga.xlsx")
    assert annex.read(tmp_path / "bilaga.xlsx").sheet == "Sheet"


def test_more_rows_than_there_are_municipalities(tmp_path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text("Kommun;Folkmängd 2019;Kostnad\n" + "Motala;43673;1000\n" * 401)
    assert faults(file) == [("", "högst 400 rader med kommuner", "401", "spara bilagans tabell som en egen fil")]
