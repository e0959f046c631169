"""What the reader of annexes refuses, each with its exact message."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from PIL import Image as Picture

from analys.errors import InputError
from analys.intake import annex
from analys.intake.annex import Kind, grid


def refusal(path) -> str:
    with pytest.raises(InputError) as caught:
        annex.read(path)
    return str(caught.value)


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


def test_formulas_whose_values_were_never_stored(workbook, table) -> None:
    table[4][3] = "=SUM(D2:D4)"
    table[1][3] = "=9000+244"
    assert refusal(workbook(table)).splitlines() == [
        f"bilaga.xlsx, sheet Bilaga, cell {cell}: expected a value, found the formula {formula} without a stored "
        "value - open the workbook in Excel, calculate and save it"
        for cell, formula in (("D2", "=9000+244"), ("D5", "=SUM(D2:D4)"))
    ]


def test_an_empty_a_missing_and_a_large_file(tmp_path, monkeypatch) -> None:
    (tmp_path / "tom.xlsx").touch()
    assert refusal(tmp_path / "tom.xlsx").endswith("found an empty file (0 bytes) - save or download it anew")
    assert refusal(tmp_path / "saknas.xlsx").endswith("found no such file - check the path")
    assert refusal(tmp_path).endswith("found a folder - check the path")
    with (tmp_path / "stor.xlsx").open("wb") as file:
        file.truncate(200_000_000)  # sparse: nothing of it is read
    assert refusal(tmp_path / "stor.xlsx") == (
        "stor.xlsx: expected an annex of at most 10 MB, found 200 MB - save the annex's sheet as a file of its own"
    )


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", bytes(60_000_000))
    assert refusal(tmp_path / "bomb.xlsx") == (
        "bomb.xlsx: expected at most 40 MB unpacked, 200 times the file's size, found 60 MB packed into 0.06 MB - "
        "save the annex's sheet as a file of its own"
    )


def rewritten(path, part: str, old: bytes, new: bytes):
    """The workbook with ``old`` replaced in one of its parts."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for entry in source.infolist():
            content = source.read(entry)
            package.writestr(entry.filename, content.replace(old, new) if entry.filename == part else content)
    return path


def test_a_size_that_lies_a_far_cell_and_an_entity(workbook, table) -> None:
    path = workbook(table)
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 3)
    path.write_bytes(content)
    assert "a damaged one (Bad CRC-32" in refusal(path)
    sheet = "xl/worksheets/sheet1.xml"
    far = rewritten(workbook(table), sheet, b'r="D5"', b'r="XFD1048576"')
    assert "expected at most 5000 rows and 200 columns, found a cell at XFD1048576" in refusal(far)
    entity = rewritten(workbook(table), sheet, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet')
    assert "expected a workbook without XML entities, found an entity definition" in refusal(entity)


def test_passwords_old_formats_and_other_files(tmp_path, workbook, table) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    cases = {
        ole + "EncryptedPackage".encode("utf-16-le"): "found an encrypted workbook - remove its password",
        ole: "found a file in Office's old binary format - save it as .xlsx",
        b"%PDF-1.7": "found a PDF file - copy its table into a workbook",
        bytes(range(256)): "found a file with NUL bytes, which no text has - save the table as .xlsx or .csv (UTF-8)",
    }
    for content, message in cases.items():
        (tmp_path / "fil.xlsx").write_bytes(content)
        assert refusal(tmp_path / "fil.xlsx").endswith(message)
    whole = workbook(table).read_bytes()
    for cut in (30, 500, len(whole) // 2, len(whole) - 10):
        (tmp_path / "kapad.xlsx").write_bytes(whole[:cut])
        assert "found a damaged one" in refusal(tmp_path / "kapad.xlsx")


def test_a_text_file_that_is_too_long_or_too_wide(tmp_path) -> None:
    (tmp_path / "lang.csv").write_text("a;b\n" * (grid.MAX_ROWS + 1))
    assert "expected at most 5000 rows, found 5001" in refusal(tmp_path / "lang.csv")
    (tmp_path / "bred.csv").write_text(";" * 500)
    assert "expected at most 200 columns, found more" in refusal(tmp_path / "bred.csv")


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


def test_a_part_that_holds_more_than_it_says_does_not_fill_the_memory(tmp_path) -> None:
    path = tmp_path / "ljuger.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", bytes(30_000_000))
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 1000)
    path.write_bytes(content)
    tracemalloc.start()
    try:
        assert "a damaged one" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


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
