"""Workbooks that would exhaust memory or smuggle something in are refused before they are read."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from analys.errors import InputError
from analys.intake.container import _check_shared_texts
from analys.intake.files import MIB, Limits
from analys.intake.workbook import read_workbook

LIMITS = Limits(bytes=10 * MIB, expanded=20 * MIB, cells=100_000)
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["Kod", None, 581, "0581", dt.date(2023, 12, 31)])
    sheet.append(["=1/0", True, 1.5])
    sheet.merge_cells("A3:B4")
    sheet["A3"] = "x"
    workbook.save(tmp_path / "plain.xlsx")
    return tmp_path / "plain.xlsx"


def _rewrite(plain: Path, changes: dict[str, bytes]) -> Path:
    path = plain.with_name("changed.xlsx")
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name) if name in changes else old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return path


def _message(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        list(read_workbook(path, LIMITS))
    return str(caught.value).removeprefix(str(path))


def test_values_and_merged_cells(plain: Path) -> None:
    (sheet,) = read_workbook(plain, LIMITS)
    assert sheet.rows[0] == ["Kod", "", 581.0, "0581", dt.date(2023, 12, 31)]
    assert sheet.rows[1][1:3] == [True, 1.5]
    assert sheet.merged == ((2, 0, 3, 1),)


def test_panic_of_the_library_is_damage(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(_: str) -> None:
        raise type("PanicException", (BaseException,), {})("index out of bounds")

    monkeypatch.setattr("analys.intake.workbook.load_workbook", panic)
    assert "fann a damaged one: index out of bounds" in _message(plain)


def test_zip_bomb(plain: Path) -> None:
    path = _rewrite(plain, {"xl/sharedStrings.xml": b"<sst>" + b" " * (30 * MIB)})
    assert path.stat().st_size < MIB
    assert _message(path).startswith(
        ", xl/sharedStrings.xml: väntade at most 20 MiB when unpacked, fann more (a zip bomb"
    )


def test_member_that_lies_about_its_size(plain: Path) -> None:
    path = _rewrite(plain, {"xl/media/a.xml": b"<a>" + b" " * (5 * MIB)})
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/media/a.xml").file_size
    content = content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(content)
    assert ", xl/media/a.xml: väntade 100 bytes as declared, fann 5242883 bytes or more" in _message(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("xl/evil.bin", b"PK\x03\x04...", ", xl/evil.bin: väntade a workbook, fann an archive inside the archive"),
        (
            SHEET,
            b'<!DOCTYPE l [<!ENTITY a "aaaa">]><worksheet/>',
            f", {SHEET}: väntade plain workbook parts, fann a document type or entity",
        ),
        (
            "xl/workbook.xml",
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><workbook>&e;</workbook>',
            ", xl/workbook.xml: väntade plain workbook parts, fann a document type or entity",
        ),
        (
            SHEET,
            b"<worksheet " + NAMESPACE + b'><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
            f", {SHEET}: väntade a sheet of at most 100000 cells, fann cells spread over 17179869184",
        ),
        (
            SHEET,
            b"<worksheet " + NAMESPACE + b"><sheetData><row r='1'><c r='A1'/></row><row r='1048576'>"
            b"" + b"<c><v>1</v></c>" * 9 + b"</row></sheetData></worksheet>",
            f", {SHEET}: väntade a sheet of at most 100000 cells, fann cells spread over 9437184",
        ),
        (SHEET, b"<worksheet><sheetData><row", ": väntade a whole workbook, fann a damaged one: "),
    ],
    ids=["nested zip", "entity", "external entity", "spread", "spread without places", "cut xml"],
)
def test_hostile_members(plain: Path, name: str, content: bytes, message: str) -> None:
    assert _message(_rewrite(plain, {name: content})).startswith(message)


def test_a_sheet_under_any_name_and_in_any_encoding(plain: Path) -> None:
    spread = b'<worksheet><sheetData><row r="9"><c  s="1" r="ZZ90000"/><c r="A1"/></row></sheetData></worksheet>'
    assert "cells spread over 63180000" in _message(_rewrite(plain, {"xl/other.txt": spread}))
    wide = spread.decode().encode("utf-16")
    assert "väntade workbook parts in UTF-8" in _message(_rewrite(plain, {"xl/b.xml": wide}))
    prefixed = b"<x:worksheet><x:row r='9'><x:c\nr = 'ZZ90000'/></x:row></x:worksheet>"
    assert "cells spread over 63180000" in _message(_rewrite(plain, {"xl/other.xml": prefixed}))


@pytest.mark.parametrize("place", ["A18446744073709551615", "b4294967295", " A4294967295 "])
def test_a_place_that_no_sheet_has(plain: Path, place: str) -> None:
    sheet = b'<worksheet><sheetData><row r="1"><c r="%b"><v>1</v></c></row></sheetData></worksheet>' % place.encode()
    assert f"{SHEET}: väntade a sheet of at most 100000 cells, fann" in _message(_rewrite(plain, {SHEET: sheet}))


def test_tags_cut_between_blocks_are_no_cells_without_place(tmp_path: Path) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    for number in range(20_000):
        sheet.append([number, f"text {number}", None, 1.5])
    workbook.save(tmp_path / "a.xlsx")
    (read,) = read_workbook(tmp_path / "a.xlsx", LIMITS)
    assert len(read.rows) == 20_000


def test_two_members_of_one_name(plain: Path) -> None:
    with zipfile.ZipFile(plain, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, b"<worksheet/>")
    assert "two parts with one name" in _message(plain)


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_cut_off(plain: Path, keep: float) -> None:
    content = plain.read_bytes()
    plain.write_bytes(content[: int(len(content) * keep)])
    assert _message(plain).startswith(": väntade a whole workbook, fann a damaged one: File is not a zip file")


def test_damage_inside(plain: Path) -> None:
    content = bytearray(plain.read_bytes())
    for at in range(400, len(content) - 1500, 37):
        content[at] ^= 0xFF
    plain.write_bytes(content)
    assert "väntade a whole workbook, fann a damaged one" in _message(plain)


def test_a_long_text_that_many_cells_share(tmp_path: Path) -> None:
    """Each cell gets a copy of its own: 100 kB become gigabytes."""

    def written(length: int) -> Path:
        rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (at, at, at > 1) for at in range(1, 2000))
        main = NAMESPACE.replace(b"xmlns=", b"xmlns:x=")
        parts = {
            SHEET: b"<worksheet " + NAMESPACE + b"><sheetData>" + rows + b"</sheetData></worksheet>",
            "xl/sharedStrings.xml": b"<x:sst "
            + main
            + b"><x:si><x:t>"
            + b"b" * 50_000
            + b"</x:t></x:si><x:si><x:t>"
            + b"a" * length
            + b"</x:t></x:si></x:sst>",
        }
        path = tmp_path / "a.xlsx"
        workbook = Workbook()
        workbook.save(path)
        return _rewrite(path, parts)

    assert "väntade texts of at most 20 MiB in all cells together, fann more: a long" in _message(written(20_000))
    # Many cells and one long text, but not together.
    with zipfile.ZipFile(written(20)) as archive:
        _check_shared_texts(tmp_path, archive, LIMITS)
