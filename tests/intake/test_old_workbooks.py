"""Old Excel workbooks and OpenDocument spreadsheets: read as the new ones are, hostile ones refused before.

The files in ``workbooks`` were saved by LibreOffice 7.4 out of tables made for these tests.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
from pathlib import Path

import olefile
import pytest

from analys.errors import InputError
from analys.intake import compound, invoices, population
from analys.intake.biff import _lengths
from analys.intake.files import MIB, Limits
from analys.intake.workbook import read_workbook

WORKBOOKS = Path(__file__).parent / "workbooks"
LIMITS = Limits(bytes=10 * MIB, expanded=20 * MIB, cells=100_000)


def _message(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(InputError) as caught:
        list(read_workbook(path, limits))
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("folkmangd.xls", "old Excel workbook (xls)"), ("folkmangd.ods", "OpenDocument spreadsheet (ods)")],
)
def test_population(name: str, kind: str) -> None:
    result = population.read(WORKBOOKS / name)
    assert (result.format, result.rows_in, len(result.reported)) == (kind, 4, 0)
    assert list(result.frame["regionkod"]) == ["05", "0509", "0581", "0583"]
    assert list(result.frame["folkmangd"]) == [427106, 5330, 129254, 41867]
    assert set(result.frame["referensdatum"]) == {"2009-12-31"}


@pytest.mark.parametrize("name", ["reskontra.xls", "reskontra.ods"])
def test_invoices(name: str) -> None:
    result = invoices.read(WORKBOOKS / name)
    assert list(result.frame["belopp_kr"].map(str)) == ["100.50", "-100.25"]
    assert list(result.frame["leverantor_id"]) == ["202100-2270"] * 2
    assert list(result.frame["datum"]) == ["2023-05-31", "2023-06-30"]
    assert "the dates are day numbers: 45107 is 2023-06-30" in result.why


# -- xls ---------------------------------------------------------------------------------------------------------------


def _records(content: bytes) -> dict[int, list[int]]:
    """Where in the file the records of each kind stand: in these small files they follow each other."""
    at = content.index(struct.pack("<HHH", 0x0809, 16, 0x0600))
    found: dict[int, list[int]] = {}
    while (kind := struct.unpack_from("<H", content, at)[0]) or at < 1000:
        found.setdefault(kind, []).append(at)
        at += 4 + struct.unpack_from("<H", content, at + 2)[0]
    return found


def _changed(tmp_path: Path, kind: int, at: int, to: bytes) -> Path:
    """The ledger with some bytes of its first record of a kind changed."""
    content = bytearray((WORKBOOKS / "reskontra.xls").read_bytes())
    place = _records(bytes(content))[kind][0] + at
    content[place : place + len(to)] = to
    (tmp_path / "a.xls").write_bytes(content)
    return tmp_path / "a.xls"


def test_a_password(tmp_path: Path) -> None:
    path = _changed(tmp_path, 0x00E1, 0, struct.pack("<H", 0x002F))  # INTERFACEHDR becomes FILEPASS
    assert _message(path) == ": väntade a workbook without password, fann a password; remove it in Excel and save"


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (
            "EncryptedPackage",
            ": väntade a workbook that can be opened, fann a password; remove the password in Excel",
        ),
        ("WordDocument", ": väntade a table, fann an old Office document without a workbook; save its table as"),
    ],
)
def test_what_else_such_a_container_holds(tmp_path: Path, stream: str, message: str) -> None:
    content = bytearray((WORKBOOKS / "reskontra.xls").read_bytes())
    entry = content.index("Workbook\0".encode("utf-16-le"))
    content[entry : entry + 64] = stream.encode("utf-16-le").ljust(64, b"\0")
    content[entry + 64 : entry + 66] = struct.pack("<H", 2 * len(stream) + 2)
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError) as caught:
        invoices.read(tmp_path / "a.xlsx")
    assert str(caught.value).startswith(f"{tmp_path / 'a.xlsx'}{message}")


def test_two_cells_far_apart(tmp_path: Path) -> None:
    path = _changed(tmp_path, 0x00FD, 4, struct.pack("<HH", 65_535, 255))
    assert ": väntade a sheet of at most 100000 cells, fann cells spread over 16777216; " in _message(path)


@pytest.mark.parametrize(
    ("kind", "content"),
    [(0x0200, struct.pack("<IIHH", 0, 2**32 - 1, 0, 65_535)), (0x00FC, struct.pack("<II", 2**31 - 1, 2**31 - 1))],
    ids=["dimensions", "texts"],
)
def test_what_is_stated_larger_than_it_is_takes_no_memory(tmp_path: Path, kind: int, content: bytes) -> None:
    result = invoices.read(_changed(tmp_path, kind, 4, content))
    assert list(result.frame["belopp_kr"].map(str)) == ["100.50", "-100.25"]


def test_sectors_chained_in_a_circle(tmp_path: Path) -> None:
    content = bytearray((WORKBOOKS / "reskontra.xls").read_bytes())
    table = 512 * (1 + struct.unpack_from("<I", content, 76)[0])
    content[table : table + 512] = struct.pack("<128I", *range(1, 128), 0)
    (tmp_path / "a.xls").write_bytes(content)
    assert len(invoices.read(tmp_path / "a.xls").frame) == 2  # as many sectors as the stream is long, and no more


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, 5 * MIB])
def test_a_container_of_our_own(tmp_path: Path, size: int) -> None:
    content = bytes(at % 251 for at in range(size))
    (tmp_path / "a").write_bytes(compound.container("Workbook", content))
    with olefile.OleFileIO(tmp_path / "a", raise_defects=olefile.DEFECT_UNSURE) as opened:
        assert opened.listdir() == [["Workbook"]]
    assert compound.streams(tmp_path / "a", "Book", "Workbook", "Root Entry") == ["Workbook"]
    assert compound.stream(tmp_path / "a", "Workbook") == content.ljust(4096, b"\0")


def test_one_text_in_many_cells() -> None:
    limits = Limits(bytes=MIB, expanded=60, cells=1000)
    assert "a long text repeated in many cells" in _message(WORKBOOKS / "reskontra.xls", limits)


def test_day_numbers_from_1904(tmp_path: Path) -> None:
    (sheet,) = read_workbook(_changed(tmp_path, 0x0022, 4, b"\1\0"), LIMITS)
    assert str(sheet.day_zero) == "1904-01-01"


@pytest.mark.parametrize("keep", [600, 2000, 5000])
def test_a_cut_file(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes((WORKBOOKS / "reskontra.xls").read_bytes()[:keep])
    with pytest.raises(InputError, match="väntade a whole workbook"):
        invoices.read(path)


def test_lengths_of_texts_that_go_on_in_the_next_segment() -> None:
    head = struct.pack("<II", 9, 4)
    first = struct.pack("<HB", 6, 0) + b"abc"
    second = b"\1" + "def".encode("utf-16-le") + struct.pack("<HBH", 2, 8, 1) + b"xy" + b"\0\0"
    third = b"\0\0" + struct.pack("<HBI", 1, 4, 3) + b"z" + b"ext"
    fourth = struct.pack("<HB", 3, 1) + "uvw".encode("utf-16-le")
    assert list(_lengths([head + first, second, third, fourth])) == [6, 2, 1, 3]
    assert list(_lengths([])) == []


# -- ods ---------------------------------------------------------------------------------------------------------------


def _rewritten(tmp_path: Path, old: str, new: str) -> Path:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(WORKBOOKS / "reskontra.ods") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "content.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            target.writestr(name, content)
    return path


CELL = "<text:p>Länsstyrelsen</text:p>"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "<table:table-cell ",
            '<table:table-cell table:number-columns-repeated="200000" ',
            ", content.xml: väntade a sheet of at most 100000 cells, fann cells spread over 200005; ",
        ),
        (
            "<table:table-row ",
            '<table:table-row table:number-rows-repeated="1048576" ',
            ", content.xml: väntade a sheet of at most 100000 cells, fann cells spread over 6291456; ",
        ),
        (
            CELL,
            '<text:p>a<text:s text:c="4000000000"/></text:p>',
            ", content.xml: väntade texts of at most 20 MiB in all cells together, fann more: a long text repeated",
        ),
        (
            'encoding="UTF-8"',
            'encoding="UTF-9"',
            ": väntade a whole workbook, fann a damaged one: content.xml: unknown",
        ),
        ("<office:body>", "<office:body><", ": väntade a whole workbook, fann a damaged one: content.xml: not well-"),
        (
            "<office:document-content",
            '<!DOCTYPE x [<!ENTITY e "x">]><office:document-content',
            ", content.xml: väntade plain workbook parts, fann a document type or entity; ",
        ),
    ],
    ids=["columns", "rows", "spaces", "encoding", "damage", "entity"],
)
def test_hostile_spreadsheets(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert _message(_rewritten(tmp_path, old, new)).startswith(message)


def test_empty_repetitions_up_to_the_edge_are_what_every_spreadsheet_has(tmp_path: Path) -> None:
    row = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>'
    path = _rewritten(tmp_path, "</table:table>", f"{row}</table:table-row></table:table>")
    (sheet,) = read_workbook(path, LIMITS)
    assert len(sheet.rows) == 3


def test_an_opendocument_text_is_no_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.odt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(InputError, match="fann an OpenDocument file that is no spreadsheet"):
        invoices.read(path)


def test_under_another_name(tmp_path: Path) -> None:
    shutil.copy(WORKBOOKS / "reskontra.xls", tmp_path / "a.xlsx")
    assert "although the name ends in .xlsx" in invoices.read(tmp_path / "a.xlsx").why
