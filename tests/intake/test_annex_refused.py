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
from analys.intake.annex import grid


def refusal(path) -> str:
    with pytest.raises(InputError) as caught:
        annex.read(path)
    return str(caught.value)


def test_all_bad_cells_are_told_at_once(workbook, table) -> None:
    table[1][1] = "5 4S3"
    table[2][2] = None
    table[3][3] = "1.234"
    table[3][0] = "Kindda"
    assert refusal(workbook(table)).splitlines() == [
        "bilaga.xlsx, sheet Bilaga, cell A4: väntade a municipality's name, fann 'Kindda'; "
        "did you mean Kinda (0513)? Otherwise move the row out of the table if it is none",
        "bilaga.xlsx, sheet Bilaga, cell B2: väntade a number of inhabitants: a number in Swedish form, such as "
        "1 234,50, fann '5 4S3'; correct the cell",
        "bilaga.xlsx, sheet Bilaga, cell C3: väntade a share, fann an empty cell; write the figure",
    ]
    table[3][0] = "Kinda"
    assert refusal(workbook(table)).splitlines()[-1] == (
        "bilaga.xlsx, sheet Bilaga, cell D4: väntade an amount: an unambiguous number: a point before three digits "
        "may group thousands or mark decimals, fann '1.234'; correct the cell"
    )


def test_half_an_inhabitant_and_a_share_in_kronor(workbook, table) -> None:
    table[1][1:3] = [5453.5, "1,21 kr"]
    assert refusal(workbook(table)).splitlines() == [
        "bilaga.xlsx, sheet Bilaga, cell B2: väntade a whole number of inhabitants, fann '5453.5'; correct the cell",
        "bilaga.xlsx, sheet Bilaga, cell C2: väntade a share, fann '1,21 kr'; correct the figure's unit",
    ]


def test_a_code_that_is_another_municipality(workbook, table) -> None:
    rows = [["Kod", *table[0]], ["0560", *table[1]], ["0580", *table[2]]]
    assert refusal(workbook(rows)) == (
        "bilaga.xlsx, sheet Bilaga, cell A3: väntade the code of Finspång, 0562, fann '0580'; "
        "correct the code or the name"
    )


ONE_TABLE = "one table with a row for each municipality under headings such as Kommun, Folkmängd, Andel, Belopp"


def test_no_table(workbook) -> None:
    assert refusal(workbook([["Protokoll"], ["Boxholm var inte närvarande."]])) == (
        f"bilaga.xlsx: väntade {ONE_TABLE}, fann none; add the headings and the members' rows"
    )


def test_only_a_picture(tmp_path) -> None:
    picture = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(picture, "png")
    book = openpyxl.Workbook()
    book.active.add_image(Image(picture), "A1")
    book.save(tmp_path / "bild.xlsx")
    assert refusal(tmp_path / "bild.xlsx") == (
        f"bild.xlsx: väntade {ONE_TABLE}, fann only a picture, which holds no cells; "
        "write the table's numbers into cells"
    )
    Picture.new("RGB", (8, 8)).save(tmp_path / "bild.csv", "png")
    assert refusal(tmp_path / "bild.csv").endswith("fann a picture; write its table into a workbook")


@pytest.mark.parametrize("layout", ["below", "beside", "sheets"])
def test_two_tables(workbook, table, layout) -> None:
    if layout == "below":
        path, second = workbook([*table, [], *table]), "Bilaga!A7"
    elif layout == "beside":
        path, second = workbook([[*row, None, *row] for row in table]), "Bilaga!F1"
    else:
        path, second = workbook(Bilaga=table, Blad2=table), "Blad2!A1"
    assert refusal(path) == (
        f"bilaga.xlsx: väntade {ONE_TABLE}, fann 2 tables, at Bilaga!A1 and {second}; "
        "keep one table, save the others as files"
    )


def test_merged_headings(workbook, table) -> None:
    action = "write one heading for each column in one row, and unmerge the cells"
    place = "bilaga.xlsx, sheet Bilaga, cell"
    assert refusal(workbook(table, merge=("B1:C1",))).splitlines() == [
        f"{place} B1: väntade one heading cell a column, fann the merged cells B1:C1; {action}",
        f"{place} C1: väntade a heading over the figures, fann an empty cell; {action}",
    ]
    spanning = [["Kommun", "Folkmängd 2017", "Kostnad 2018", None], [None, None, "halvår", "helår"], *table[1:]]
    assert refusal(workbook(spanning)) == (
        f"{place} D1: väntade a heading over the figures, fann an empty cell; {action}"
    )


def test_a_merged_title_is_no_merged_heading(workbook, table) -> None:
    assert len(annex.read(workbook([["Bilaga"], *table], merge=("A1:D1",))).members) == 3


def test_no_headings(workbook, table) -> None:
    assert refusal(workbook(table[1:4])) == (
        "bilaga.xlsx, sheet Bilaga, cell A1: väntade a row of headings above the members, fann none; write the headings"
    )
    assert refusal(workbook([["Kommun", "x", "y"], ["Boxholm", 5453, 9244], ["Kinda", 9882, 16732]])) == (
        "bilaga.xlsx, sheet Bilaga, cell A1: väntade a heading for population, share or amount, "
        "fann 'Kommun', 'x', 'y'; name the columns"
    )


def test_formulas_whose_values_were_never_stored(workbook, table) -> None:
    table[4][3] = "=SUM(D2:D4)"
    table[1][3] = "=9000+244"
    assert refusal(workbook(table)).splitlines() == [
        f"bilaga.xlsx, sheet Bilaga, cell {cell}: väntade a value, fann the formula {formula} without a stored "
        "value; open the workbook in Excel, calculate and save it"
        for cell, formula in (("D2", "=9000+244"), ("D5", "=SUM(D2:D4)"))
    ]


def test_an_empty_a_missing_and_a_large_file(tmp_path, monkeypatch) -> None:
    (tmp_path / "tom.xlsx").touch()
    assert refusal(tmp_path / "tom.xlsx").endswith("fann an empty file (0 bytes); save or download it anew")
    assert refusal(tmp_path / "saknas.xlsx").endswith("fann no such file; check the path")
    assert refusal(tmp_path).endswith("fann a folder; check the path")
    with (tmp_path / "stor.xlsx").open("wb") as file:
        file.truncate(200_000_000)  # sparse: nothing of it is read
    assert refusal(tmp_path / "stor.xlsx") == (
        "stor.xlsx: väntade an annex of at most 10 MB, fann 200 MB; save the annex's sheet as a file of its own"
    )


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", bytes(60_000_000))
    assert refusal(tmp_path / "bomb.xlsx") == (
        "bomb.xlsx: väntade at most 40 MB unpacked, 200 times the file's size, fann 60 MB packed into 0.06 MB; "
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
    assert "väntade at most 5000 rows and 200 columns, fann a cell at XFD1048576" in refusal(far)
    entity = rewritten(workbook(table), sheet, b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet')
    assert "väntade a workbook without XML entities, fann an entity definition" in refusal(entity)


def test_passwords_old_formats_and_other_files(tmp_path, workbook, table) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    cases = {
        ole + "EncryptedPackage".encode("utf-16-le"): "fann an encrypted workbook; remove its password",
        ole: "fann a file in Office's old binary format; save it as .xlsx",
        b"%PDF-1.7": "fann a PDF file; copy its table into a workbook",
        bytes(range(256)): "fann a file with NUL bytes, which no text has; save the table as .xlsx or .csv (UTF-8)",
    }
    for content, message in cases.items():
        (tmp_path / "fil.xlsx").write_bytes(content)
        assert refusal(tmp_path / "fil.xlsx").endswith(message)
    whole = workbook(table).read_bytes()
    for cut in (30, 500, len(whole) // 2, len(whole) - 10):
        (tmp_path / "kapad.xlsx").write_bytes(whole[:cut])
        assert "fann a damaged one" in refusal(tmp_path / "kapad.xlsx")


def test_a_text_file_that_is_too_long_or_too_wide(tmp_path) -> None:
    (tmp_path / "lang.csv").write_text("a;b\n" * (grid.MAX_ROWS + 1))
    assert "väntade at most 5000 rows, fann 5001" in refusal(tmp_path / "lang.csv")
    (tmp_path / "bred.csv").write_text(";" * 500)
    assert "väntade at most 200 columns, fann more" in refusal(tmp_path / "bred.csv")


def test_figures_that_no_municipality_has(tmp_path) -> None:
    (tmp_path / "bilaga.csv").write_text(
        f"Kommun;Folkmängd;Andel;Avgift\nBoxholm;999999999;-5%;{'9' * 5000}\nKinda;1e400;NaN;Infinity\n"
    )
    place = "bilaga.csv, cell"
    form = "a number in Swedish form, such as 1 234,50"
    assert refusal(tmp_path / "bilaga.csv").splitlines() == [
        f"{place} B2: väntade a number of inhabitants, below 100000000, fann '999999999'; correct the cell",
        f"{place} C2: väntade a share of zero or more, below 100, fann '-5%'; correct the cell",
        f"{place} D2: väntade an amount, below 1000000000000, fann a number of 5000 digits; correct the cell",
        f"{place} B3: väntade a number of inhabitants: {form}, fann '1e400'; correct the cell",
        f"{place} C3: väntade a share: {form}, fann 'NaN'; correct the cell",
        f"{place} D3: väntade an amount: {form}, fann 'Infinity'; correct the cell",
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
    assert (fault.place, fault.found) == ("sheet Sheet, cell D3", "'#REF!'")


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
    told = (
        "lista.csv: väntade at most 400 rows of municipalities, fann 401; save the annex's table as a file of its own"
    )
    assert refusal(file) == told
