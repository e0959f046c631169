"""Detection by content."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from analys.documents.files import MIB, Kind, detect
from analys.errors import InputError

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
        (b"%PDF-1.7", Kind.PDF),
        (b"\x89PNG\r\n", Kind.PICTURE),
        (b"\xff\xd8\xff\xe0", Kind.PICTURE),
        (b"<HTML><table>", Kind.HTML),
        (b"\xef\xbb\xbf <!-- x --><html>", Kind.HTML),
    ],
)
def test_content_decides(tmp_path: Path, content: bytes, kind: Kind) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    assert detect(path, LIMIT).kind is kind


def test_says_when_the_name_promises_something_else(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(b"a;b\n1;2\n")
    assert detect(path, LIMIT).why.endswith("fast namnet slutar på .xlsx")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.csv",
            b"",
            ": väntade en tabell, fann en tom fil (0 byte); be om filen på nytt: ingenting levererades",
        ),
        ("a.doc", b"{\\rtf1 x", ": väntade en tabell, fann ett RTF-dokument; öppna det i Word och spara som docx"),
        ("a.xls", b"MIME-Version: 1.0\r\n", ": väntade en tabell, fann en webbsida i ett stycke (mht); öppna den"),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            ": väntade en tabell, fann en arbetsbok i Excel 2003:s XML; spara den som xlsx i Excel",
        ),
        ("a.gz", b"\x1f\x8b\x08", ": väntade en tabell, fann ett gzip-arkiv; packa upp det först"),
        ("a.csv", b"a;b\n\0\1", ": väntade en tabell, fann binära data av okänt slag; spara filen"),
        (
            "a.xlsx",
            b"PK\x03\x04 cut",
            ": väntade en hel arbetsbok eller ett helt dokument, fann en skadad fil (File is not a zip file)",
        ),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook\0".encode("utf-16-le"),
            ": väntade en hel arbetsbok (xls), fann en skadad fil (",
        ),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert _message(path).startswith(message)


def test_missing_folder_and_oversize(tmp_path: Path) -> None:
    assert _message(tmp_path / "x") == ": väntade en fil, fann ingen; kontrollera namnet"
    assert _message(tmp_path) == ": väntade en vanlig fil, fann en mapp; ange filerna i den en och en"
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(2 * 1024 * MIB)
    assert _message(big).startswith(": väntade högst 10 MiB, fann 2048 MiB")


@pytest.mark.skipif(os.name != "posix", reason="pipes and links")
def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        assert (
            _message(path) == ": väntade en vanlig fil, fann en enhet eller ett rör; spara det som den ger som en fil"
        )
    (tmp_path / "loop").symlink_to("loop")
    assert _message(tmp_path / "loop").startswith(": väntade en läsbar fil, fann en länk till sig själv")
    assert "väntade en läsbar fil, fann ett för långt namn" in _message(Path("x" * 5000))
    assert "väntade en läsbar fil, fann embedded null byte" in _message(Path("a\0b"))
    assert _message(Path("-")).endswith("standard input läses inte: spara den som en fil")
    (tmp_path / "a.csv").write_text("a;b")
    assert _message(tmp_path / "a.csv" / "b") == ": väntade en fil, fann ingen; kontrollera namnet"


@pytest.mark.parametrize("method", ["stat", "open"])
def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, method, refuse)
    assert _message(path).startswith(": väntade en läsbar fil, fann ingen rättighet till den; kontrollera ")


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("data.csv", "ett zip-arkiv"),
        ("content.xml", "ett OpenDocument som inte är ett kalkylark"),
        ("xl/workbook.bin", "en binär Excel-arbetsbok (xlsb)"),
        ("ppt/presentation.xml", "en PowerPoint-presentation"),
    ],
)
def test_containers_without_workbook(tmp_path: Path, member: str, found: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    assert f"väntade en tabell, fann {found}; " in _message(path)
