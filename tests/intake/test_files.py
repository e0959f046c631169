"""Detection by content, and replacing files whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from analys.errors import InputError
from analys.intake.files import MIB, Kind, detect, replacing, write_atomically

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
            ": expected a table, found an empty file (0 bytes) - ask for the file again: nothing was delivered",
        ),
        (
            "a.pdf",
            b"%PDF-1.7",
            ": expected a table, found a PDF document - ask for the table as xlsx or csv, or copy it",
        ),
        ("a.xls", b"<HTML><table>", ": expected a table, found a web page saved as Excel - open it in a spreadsheet"),
        ("a.xls", b"<!-- x --><html>", ": expected a table, found a web page saved as Excel"),
        ("a.xls", b"MIME-Version: 1.0\r\n", ": expected a table, found a web page saved as Excel"),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            ": expected a table, found an Excel 2003 workbook in XML - save it as xlsx in Excel",
        ),
        ("a.gz", b"\x1f\x8b\x08", ": expected a table, found a gzip archive - unpack it first"),
        ("a.csv", b"a;b\n\0\1", ": expected a table, found binary data of no known kind - save it as xlsx or csv"),
        (
            "a.xlsx",
            b"PK\x03\x04 cut",
            ": expected a whole workbook (xlsx), found a damaged one: File is not a zip file",
        ),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook\0".encode("utf-16-le"),
            ": expected a whole workbook (xls), found a damaged one: ",
        ),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert _message(path).startswith(message)


def test_missing_folder_and_oversize(tmp_path: Path) -> None:
    assert _message(tmp_path / "x") == ": expected a file, found none - check the name"
    assert _message(tmp_path) == ": expected an ordinary file, found a folder - name the files in it one by one"
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(2 * 1024 * MIB)
    assert _message(big).startswith(": expected at most 10 MiB, found 2048 MiB")


@pytest.mark.skipif(os.name != "posix", reason="pipes and links")
def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        assert _message(path) == ": expected an ordinary file, found a device or a pipe - save what it gives as a file"
    (tmp_path / "loop").symlink_to("loop")
    assert _message(tmp_path / "loop").startswith(": expected a readable file, found Too many levels of symbolic links")
    assert "expected a readable file, found File name too long" in _message(Path("x" * 5000))
    assert "expected a readable file, found embedded null byte" in _message(Path("a\0b"))
    assert _message(Path("-")).endswith("standard input is not read: save it as a file")
    (tmp_path / "a.csv").write_text("a;b")
    assert _message(tmp_path / "a.csv" / "b") == ": expected a file, found none - check the name"


@pytest.mark.parametrize("method", ["stat", "open"])
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, method, refuse)
    assert _message(path).startswith(": expected a readable file, found Permission denied - check the ")


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
    assert f"expected a table, found {found} - " in _message(path)


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with suppress(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_or_device_is_never_replaced(tmp_path: Path) -> None:
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(InputError, match="expected an ordinary file to write, found a folder or device"):
            write_atomically(path, b"")


def test_missing_folder_is_said() -> None:
    for path in (Path("/nowhere/at/all.csv"), Path("x" * 5000)):
        with pytest.raises(InputError, match="expected a folder to write in"):
            write_atomically(path, b"")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_killed_run_leaves_the_old_output_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    code = (
        "import sys, time; from pathlib import Path; from analys.intake.files import replacing\n"
        "with replacing(Path(sys.argv[1])) as t:\n"
        "    t.write_text('half'); print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert path.read_text() == "old"
