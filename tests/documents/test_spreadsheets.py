"""Old Excel workbooks and OpenDocument spreadsheets, as documents and as rows; and those that are made to do harm.

The files in ``tests/intake/workbooks`` were saved by LibreOffice 7.4 out of tables made for the tests.
"""

from __future__ import annotations

import shutil
import struct
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from analys import documents
from analys.documents.files import MIB, Kind, Limits
from analys.documents.spreadsheets import read_workbook
from analys.errors import InputError
from analys.intake import invoices, population

WORKBOOKS = Path(__file__).parent.parent / "intake/workbooks"
LIMITS = Limits(bytes=10 * MIB, cells=100_000)


def _message(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(read_workbook(path, LIMITS))
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize("name", ["folkmangd.xls", "folkmangd.ods"])
def test_as_a_document_and_as_population(name: str) -> None:
    document = documents.open(WORKBOOKS / name)
    assert "Linköping" in str([cell.value for row in document.grids[0].rows for cell in row]) or document.grids
    result = population.read(WORKBOOKS / name)
    assert (result.format, result.rows_in, len(result.reported)) == (document.kind, 4, 0)
    assert list(result.frame["regionkod"]) == ["05", "0509", "0581", "0583"]
    assert list(result.frame["folkmangd"]) == [427106, 5330, 129254, 41867]


@pytest.mark.parametrize("name", ["reskontra.xls", "reskontra.ods"])
def test_invoices(name: str) -> None:
    result = invoices.read(WORKBOOKS / name)
    assert list(result.frame["belopp_kr"].map(str)) == ["100.50", "-100.25"]
    assert list(result.frame["datum"]) == ["2023-05-31", "2023-06-30"]


def test_the_rows_of_a_large_workbook_come_in_order(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    for name in ("Ett", "Två"):
        sheet = book.create_sheet(name)
        for number in range(12_000):
            sheet.append([name, number / 4, None])
    book.save(tmp_path / "a.xlsx")
    first, second = read_workbook(tmp_path / "a.xlsx", LIMITS)
    assert (first.name, second.name, second.rows[11_999]) == ("Ett", "Två", ["Två", 2999.75])
    assert [row[1] for row in first.rows] == [number / 4 for number in range(12_000)]


# -- xls ---------------------------------------------------------------------------------------------------------------


def _changed(tmp_path: Path, kind: int, at: int, to: bytes) -> Path:
    """The ledger with some bytes of its first record of a kind changed: in this small file they follow each other."""
    content = bytearray((WORKBOOKS / "reskontra.xls").read_bytes())
    place = content.index(struct.pack("<HHH", 0x0809, 16, 0x0600))
    while struct.unpack_from("<H", content, place)[0] != kind:
        place += 4 + struct.unpack_from("<H", content, place + 2)[0]
    content[place + at : place + at + len(to)] = to
    (tmp_path / "a.xls").write_bytes(content)
    return tmp_path / "a.xls"


def test_a_password(tmp_path: Path) -> None:
    path = _changed(tmp_path, 0x00E1, 0, struct.pack("<H", 0x002F))  # INTERFACEHDR becomes FILEPASS
    assert _message(path) == ": väntade en arbetsbok utan lösenord, fann ett lösenord; ta bort lösenordet och spara den"


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        ("EncryptedPackage", ": väntade en fil som kan öppnas, fann ett lösenord; ta bort lösenordet och spara filen"),
        ("WordDocument", ": väntade en tabell, fann ett gammalt Word-dokument (doc); spara det som docx i Word"),
        ("Elsewhere", ": väntade en tabell, fann en gammal Office-fil utan arbetsbok; spara dess tabell som xlsx"),
    ],
)
def test_what_else_such_a_container_holds(tmp_path: Path, stream: str, message: str) -> None:
    content = bytearray((WORKBOOKS / "reskontra.xls").read_bytes())
    entry = content.index("Workbook\0".encode("utf-16-le"))
    content[entry : entry + 64] = stream.encode("utf-16-le").ljust(64, b"\0")
    content[entry + 64 : entry + 66] = struct.pack("<H", 2 * len(stream) + 2)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        documents.open(path)
    assert str(caught.value).removeprefix(str(path)).startswith(message)


def _ends_in_a_sentence_or_is_read(path: Path) -> None:
    start = time.monotonic()
    try:
        list(read_workbook(path, LIMITS))
    except InputError as error:
        (fault,) = error.faults
        found = fault.found
    else:
        found = ""
    assert found == "" or found.startswith(("en som kräver mer", "celler ända till", "en skadad fil ("))
    assert time.monotonic() - start < 40


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (0x00FD, struct.pack("<HH", 65_535, 255)),
        (0x0200, struct.pack("<IIHH", 0, 2**32 - 1, 0, 65_535)),
        (0x00FC, struct.pack("<II", 2**31 - 1, 2**31 - 1)),
    ],
    ids=["far cell", "dimensions", "texts"],
)
def test_what_would_fill_the_memory(tmp_path: Path, kind: int, content: bytes) -> None:
    _ends_in_a_sentence_or_is_read(_changed(tmp_path, kind, 4, content))


def test_sectors_chained_in_a_circle_end_in_time(tmp_path: Path) -> None:
    content = bytearray((WORKBOOKS / "reskontra.xls").read_bytes())
    table = 512 * (1 + struct.unpack_from("<I", content, 76)[0])
    content[table : table + 512] = struct.pack("<128I", *range(1, 128), 0)
    (tmp_path / "a.xls").write_bytes(content)
    _ends_in_a_sentence_or_is_read(tmp_path / "a.xls")


def test_day_numbers_from_1904(tmp_path: Path) -> None:
    (sheet,) = read_workbook(_changed(tmp_path, 0x0022, 4, b"\1\0"), LIMITS)
    assert str(sheet.day_zero) == "1904-01-01"


@pytest.mark.parametrize("keep", [600, 2000, 5000])
def test_a_cut_file(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes((WORKBOOKS / "reskontra.xls").read_bytes()[:keep])
    with pytest.raises(InputError, match="väntade en hel"):
        invoices.read(path)


# -- ods ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<table:table-cell ", '<table:table-cell table:number-columns-repeated="200000" '),
        ("<table:table-row ", '<table:table-row table:number-rows-repeated="1048576" '),
        ("<text:p>Länsstyrelsen</text:p>", '<text:p>a<text:s text:c="4000000000"/></text:p>'),
        ("<office:body>", "<office:body><"),
    ],
    ids=["columns", "rows", "spaces", "damage"],
)
def test_hostile_spreadsheets(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(WORKBOOKS / "reskontra.ods") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old.encode(), new.encode(), 1) if name == "content.xml" else content)
    _ends_in_a_sentence_or_is_read(path)


def test_under_another_name(tmp_path: Path) -> None:
    shutil.copy(WORKBOOKS / "reskontra.xls", tmp_path / "a.xlsx")
    document = documents.open(tmp_path / "a.xlsx")
    assert (document.kind, document.why.endswith("fast namnet slutar på .xlsx")) == (Kind.XLS, True)
