"""Detection by content."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from analys.errors import InputError
from analys.intake.files import MIB, Kind, detect

LIMIT = 10 * MIB


def _message(path: Path, limit: int = LIMIT) -> str:
    with pytest.raises(InputError) as caught:
        detect(path, limit)
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'CHARSET="ANSI";\nAXIS-VERSION="2013";', Kind.PX),
        (b'\xef\xbb\xbfVALUES("region")="a";', Kind.PX),
        (b'  {"id": []}', Kind.JSON),
        (b"[1]", Kind.JSON),
        (b"#FLAGGA 0\r\n#FORMAT PC8", Kind.SIE),
        (b'<?xml version="1.0"?><Invoice/>', Kind.XML),
        (b"PAR1....PAR1", Kind.PARQUET),
        (b"Kommun;Folkm\xe4ngd\n", Kind.TEXT),
        ("\ufeffKommun;Folkmängd\n".encode("utf-16-le"), Kind.TEXT),
        ('\ufeff{"id": []}'.encode("utf-16-le"), Kind.JSON),
        (b"KOMMUN;FOLKMANGD\nA=B;1", Kind.TEXT),
    ],
)
def test_content_decides(tmp_path: Path, content: bytes, kind: Kind) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    assert detect(path, LIMIT).kind is kind


def test_says_when_the_name_promises_something_else(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(b"a;b\n1;2\n")
    assert detect(path, LIMIT).why.endswith("although the name ends in .xlsx")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.csv",
            b"",
            ": väntade a table, fann an empty file (0 bytes); ask for the file again: nothing was delivered",
        ),
        (
            "a.pdf",
            b"%PDF-1.7",
            ": väntade a table, fann a PDF document; ask for the table as xlsx or csv, or copy it",
        ),
        ("a.xls", b"<HTML><table>", ": väntade a table, fann a web page saved as Excel; open it in a spreadsheet"),
        ("a.xls", b"<!-- x --><html>", ": väntade a table, fann a web page saved as Excel"),
        ("a.xls", b"MIME-Version: 1.0\r\n", ": väntade a table, fann a web page saved as Excel"),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            ": väntade a table, fann an Excel 2003 workbook in XML; save it as xlsx in Excel",
        ),
        ("a.gz", b"\x1f\x8b\x08", ": väntade a table, fann a gzip archive; unpack it first"),
        ("a.csv", b"a;b\n\0\1", ": väntade a table, fann binary data of no known kind; save it as xlsx or csv"),
        (
            "a.xlsx",
            b"PK\x03\x04 cut",
            ": väntade a whole workbook (xlsx), fann a damaged one: File is not a zip file",
        ),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook\0".encode("utf-16-le"),
            ": väntade a whole workbook (xls), fann a damaged one: ",
        ),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert _message(path).startswith(message)


def test_missing_folder_and_oversize(tmp_path: Path) -> None:
    assert _message(tmp_path / "x") == ": väntade a file, fann none; check the name"
    assert _message(tmp_path) == ": väntade an ordinary file, fann a folder; name the files in it one by one"
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(2 * 1024 * MIB)
    assert _message(big).startswith(": väntade at most 10 MiB, fann 2048 MiB")


@pytest.mark.skipif(os.name != "posix", reason="pipes and links")
def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        assert _message(path) == ": väntade an ordinary file, fann a device or a pipe; save what it gives as a file"
    (tmp_path / "loop").symlink_to("loop")
    assert _message(tmp_path / "loop").startswith(": väntade a readable file, fann Too many levels of symbolic links")
    assert "väntade a readable file, fann File name too long" in _message(Path("x" * 5000))
    assert "väntade a readable file, fann embedded null byte" in _message(Path("a\0b"))
    assert _message(Path("-")).endswith("standard input is not read: save it as a file")
    (tmp_path / "a.csv").write_text("a;b")
    assert _message(tmp_path / "a.csv" / "b") == ": väntade a file, fann none; check the name"


@pytest.mark.parametrize("method", ["stat", "open"])
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, method, refuse)
    assert _message(path).startswith(": väntade a readable file, fann Permission denied; check the ")


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("word/document.xml", "a Word document"),
        ("data.csv", "a zip archive"),
        ("content.xml", "an OpenDocument file that is no spreadsheet"),
        ("xl/workbook.bin", "a binary Excel workbook (xlsb)"),
    ],
)
def test_containers_without_workbook(tmp_path: Path, member: str, found: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    assert f"väntade a table, fann {found}; " in _message(path)
