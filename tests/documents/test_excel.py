"""Excel workbooks: what the cells hold, and workbooks that are damaged or made to do harm."""

from __future__ import annotations

import datetime as dt
import struct
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from analys import documents
from analys.errors import InputError
from tests.documents.samples import SHEET, changed, with_sheet, workbook


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bilaga.xlsx"


def _message(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        documents.open(path)
    return str(caught.value).removeprefix(str(path))


def _values(path: Path) -> list[list[documents.Value]]:
    (grid,) = documents.open(path).grids
    return [[cell.value for cell in row] for row in grid.rows]


def test_values_formats_and_what_is_hidden_and_merged(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Bilaga"
    sheet.append(["Kommun", 0.0121, 1234567, dt.date(2023, 12, 31), dt.datetime(2024, 1, 2, 13, 30), True, "0580"])
    sheet.append([None, 12.5])
    for place, code in (("B1", "0.0%"), ("C1", "#,##0"), ("B2", "0.00")):
        sheet[place].number_format = code
    sheet.merge_cells("A1:A2")
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("Utkast").sheet_state = "hidden"
    book.save(path)
    first, second = documents.open(path).grids
    assert [cell.value for cell in first.rows[0]] == [
        "Kommun", 0.0121, 1234567, dt.date(2023, 12, 31), dt.datetime(2024, 1, 2, 13, 30), True, "0580"
    ]  # fmt: skip
    assert [cell.text for cell in first.rows[0][1:3]] == ["1,2\u00a0%", "1\u00a0234\u00a0567"]
    assert (first.rows[1][1].text, first.rows[1][1].number_format, first.rows[1][1].place) == ("12,50", "0.00", "B2")
    assert (first.merged, first.hidden_rows, first.hidden_columns) == (((0, 0, 1, 0),), {1}, {2})
    assert (first.hidden, second.hidden, second.rows) == (False, True, ())


def test_formulas_shared_ones_too(path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*$A$1</f><v>4</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c><c r="B2"><f t="shared" si="0"/><v>6</v></c></row>'
        '<row r="3"><c r="B3" t="str"><f>IF(A1=9,"x","")</f><v></v></c></row>'
    )
    (grid,) = documents.open(with_sheet(path, rows)).grids
    assert [(row[1].value, row[1].formula) for row in grid.rows] == [
        (4, "A1*$A$1"), (6, "A2*$A$1"), (None, 'IF(A1=9,"x","")')
    ]  # fmt: skip


def test_formulas_that_were_never_calculated_are_told_all_at_once(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([1, "=A1*2", "=SUM(A1:B1)"])
    book.active["A3"] = ArrayFormula("A3", "=A1+1")
    book.save(path)
    assert [line.partition(": ")[0] for line in _message(path).splitlines()] == [
        f"bilaga.xlsx, blad Sheet, cell {cell}" for cell in ("B1", "C1", "A3")
    ]
    assert "väntade ett värde, fann formeln =A1*2 utan sparat värde; öppna arbetsboken i Excel" in _message(path)


def test_errors_texts_and_numbers_as_written(path: Path) -> None:
    rows = (
        '<row><c t="e"><v>#REF!</v></c><c t="inlineStr"><is><r><t>Å</t></r><r><t>mål</t></r></is></c>'
        '<c><v>7590103.7299999995</v></c><c><v>1E3</v></c><c t="d"><v>2024-05-06</v></c><c t="str"><v>a_x000D_b</v></c>'
        "</row>"
    )
    assert _values(with_sheet(path, rows)) == [
        ["#REF!", "Åmål", 7590103.7299999995, 1000, dt.datetime(2024, 5, 6), "a\rb"]
    ]


def test_days_counted_from_1904(path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = dt.datetime(1904, 1, 1)
    assert book.active is not None
    book.active["A1"] = dt.date(2023, 12, 31)
    book.save(path)
    assert _values(path) == [[dt.date(2023, 12, 31)]]


def test_a_personal_number_is_masked_as_text_as_number_and_in_the_name(tmp_path: Path) -> None:
    path = tmp_path / "Ek 850101-1236.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "850101-1236"
    book.active.append(["Ek 850101-1236", 8501011236, 198501011236])
    book.save(path)
    document = documents.open(path)
    assert "8501" not in repr(document)
    assert document.grids[0].rows[0][1].value == "******-****"


# -- harm --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ('<c r="XFD1048576"><v>1</v></c>', "fann celler ända till XFD1048576"),
        ("<c  r = ' xfd1048576 ' ><v>1</v></c>", "fann celler ända till XFD1048576"),
        ('<c r="ZZZZ6"><v>1</v></c>', "fann en cell på platsen 'ZZZZ6'"),
        ('<c r="A18446744073709551615"><v>1</v></c>', "fann en cell på platsen 'A18446744073709551615'"),
        ('<c r="A0"><v>1</v></c>', "fann en cell på platsen 'A0'"),
        ('<c t="s"><v>9</v></c>', "fann en skadad fil (en cell hänvisar till text 9, som inte finns)"),
    ],
)
def test_cells_where_none_can_be(path: Path, cells: str, found: str) -> None:
    assert found in _message(with_sheet(path, f'<row r="1"><c r="A1"><v>1</v></c></row><row>{cells}</row>'))


def test_a_far_cell_in_whatever_part_of_the_package(path: Path) -> None:
    with_sheet(path, '<row><c r="XFD1048576"><v>1</v></c></row>')
    with zipfile.ZipFile(path) as package:
        sheet, relations = package.read(SHEET), package.read("xl/_rels/workbook.xml.rels")
    moved = relations.replace(b"worksheets/sheet1.xml", b"blad/s.bin")
    assert "celler ända till XFD1048576" in _message(
        changed(path, {"xl/blad/s.bin": sheet, "xl/_rels/workbook.xml.rels": moved})
    )


def test_empty_cells_far_away_are_what_every_formatted_sheet_has(path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="A1048576" s="0"/></row>'
    assert _values(with_sheet(path, rows)) == [[1]]


def test_one_long_text_in_thousands_of_cells(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for _ in range(1000):
        book.active.append(["x" * 30_000])
    book.save(path)
    assert "väntade texter på tillsammans högst 10 miljoner tecken, fann 30 miljoner" in _message(path)


def test_one_long_formula_that_thousands_share(path: Path) -> None:
    first = f'<c><f t="shared" ref="A1:A9999" si="0">{"A1+" * 2000}A1</f><v>1</v></c>'
    rows = f"<row>{first}</row>" + '<row><c><f t="shared" si="0"/><v>1</v></c></row>' * 5000
    assert "väntade formler på tillsammans högst 10 miljoner tecken" in _message(with_sheet(path, rows))


def test_more_cells_than_anybody_reads(path: Path) -> None:
    assert "väntade ett blad på högst 250000 celler" in _message(
        with_sheet(path, "<row>" + "<c><v>1</v></c>" * 250_001)
    )


def test_two_parts_of_one_name(path: Path) -> None:
    with zipfile.ZipFile(workbook(path), "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr(SHEET, "<worksheet/>")
    assert f", {SHEET}: väntade delar med egna namn, fann två delar med samma namn" in _message(path)
    workbook(path)
    assert "två delar med samma namn" in _message(changed(path, {"XL/Worksheets/Sheet1.xml": "<worksheet/>"}))


def test_a_bomb_and_a_part_that_lies_do_not_fill_the_memory(path: Path) -> None:
    bomb = changed(workbook(path), {"xl/styles.xml": bytes(60_000_000)})
    tracemalloc.start()
    try:
        assert "väntade högst 40 MB uppackat, fann mer: en zip-bomb" in _message(bomb)
        content = bytearray(workbook(path).read_bytes())
        at = content.index(b"PK\x01\x02")
        while content[at : at + 4] == b"PK\x01\x02":
            content[at + 24 : at + 28] = struct.pack("<I", 3)
            at += 46 + sum(struct.unpack_from("<HHH", content, at + 28))
        path.write_bytes(content)
        assert "fann en skadad fil (" in _message(path)
        assert tracemalloc.get_traced_memory()[1] < 130_000_000
    finally:
        tracemalloc.stop()


def test_entities(path: Path) -> None:
    entity = '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'
    assert "väntade en arbetsbok utan XML-entiteter" in _message(changed(workbook(path), {SHEET: entity}))


@pytest.mark.parametrize("kept", [30, 500, 0.5, -10])
def test_a_cut_workbook(path: Path, kept: float) -> None:
    content = workbook(path).read_bytes()
    path.write_bytes(content[: int(kept if kept > 1 or kept < 0 else kept * len(content))])
    assert "fann en skadad fil" in _message(path)


def test_lost_bytes_at_the_beginning(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" + workbook(path).read_bytes()[16:])
    assert "fann en skadad fil (byte saknas i den)" in _message(path)


@pytest.mark.parametrize("content", ["<worksheet><sheetData><row", "<worksheet><row r='x'/></worksheet>", "", "\0"])
def test_damaged_parts(path: Path, content: str) -> None:
    assert "fann en skadad fil" in _message(changed(workbook(path), {SHEET: content}))


def test_a_password(path: Path) -> None:
    content = bytearray(workbook(path).read_bytes())
    for signature, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(signature)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(signature, place + 4)
    path.write_bytes(content)
    assert "lösenord" in _message(path)
