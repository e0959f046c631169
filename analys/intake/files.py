"""What a file is, told by its content and never by its name.

Nothing here trusts a file: sizes are checked before reading, archives before unpacking, and nothing is ever unpacked
to disk.
"""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from analys.errors import Fault, InputError
from analys.intake import compound

MIB: Final = 1024 * 1024


class Kind(StrEnum):
    """The families of files that analysts bring; the value is what a message calls it."""

    XLSX = "Excel workbook (xlsx)"
    XLS = "old Excel workbook (xls)"
    ODS = "OpenDocument spreadsheet (ods)"
    JSON = "JSON"
    XML = "XML"
    PX = "PC-Axis (px)"
    SIE = "SIE ledger"
    TEXT = "text with separated columns"
    PARQUET = "Parquet"


@dataclass(frozen=True)
class Limits:
    """How much of a file a reader is ready for. ``bytes`` on disk, ``expanded`` after unpacking, ``cells`` a sheet."""

    bytes: int
    expanded: int
    cells: int


@dataclass(frozen=True)
class Detected:
    """What a file was taken for, and what gave it away."""

    kind: Kind
    why: str


#: First bytes of what is no table, and what to do about it.
_REFUSED: Final = {
    b"%PDF": ("a PDF document", "ask for the table as xlsx or csv, or copy it into a spreadsheet"),
    b"\x1f\x8b": ("a gzip archive", "unpack it first"),
    b"BZh": ("a bzip2 archive", "unpack it first"),
    b"\xfd7zXZ": ("an xz archive", "unpack it first"),
    b"7z\xbc\xaf": ("a 7-zip archive", "unpack it first"),
    b"Rar!": ("a rar archive", "unpack it first"),
    b"\x89PNG": ("a picture (png)", "ask for the table as xlsx or csv"),
    b"\xff\xd8\xff": ("a picture (jpeg)", "ask for the table as xlsx or csv"),
}
_ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")  # UTF-16; UTF-32 begins with one of them or with NUL bytes
_PX_KEYWORD: Final = re.compile(rb"\s*[A-Z][A-Z0-9-]{2,}(\[[\w-]+\])?(\(\s*\"[^\"]*\"[^)]*\))?\s*=\s*[\"\w-]")
_HTML: Final = re.compile(rb"<(!doctype html|html|table|head|body|div)\b", re.IGNORECASE)
_HEAD: Final = 64 * 1024


def unusable(file: Path | str, expected: str, found: str, action: str, place: str = "") -> InputError:
    """The error for a file that cannot be read at all; ``raise unusable(...)``."""
    return InputError([Fault(str(file), place, expected, found, action)])


def detect(path: Path, limit: int) -> Detected:
    """What ``path`` is, from its content.

    Raises :class:`InputError` when it is missing, no ordinary file, empty, larger than ``limit`` bytes, or nothing
    that could hold a table.
    """
    head = _head(path, limit)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _named(path, _detect_archive(path))
    if head.startswith(_OLE):
        return _named(path, _detect_ole(path))
    if head.startswith(b"PAR1"):
        return _named(path, Detected(Kind.PARQUET, "the file begins with PAR1"))
    for mark, (found, action) in _REFUSED.items():
        if head.startswith(mark):
            raise unusable(path, "a table", found, action)
    if b"\0" in head and not head.startswith(_TEXT_MARKS) and not head.startswith(b"\0\0\xfe\xff"):
        raise unusable(path, "a table", "binary data of no known kind", "save it as xlsx or csv and read that")
    return _named(path, _detect_text(path, head))


def _head(path: Path, limit: int) -> bytes:
    """The first bytes, after the checks that need no content."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        action = "standard input is not read: save it as a file" if str(path) == "-" else "check the name"
        raise unusable(path, "a file", "none", action) from error
    except (OSError, ValueError) as error:  # no right to look, a link to itself, a name that no file can have
        raise unusable(path, "a readable file", _told(error), "check the name and the permissions") from error
    if stat.S_ISDIR(status.st_mode):
        raise unusable(path, "an ordinary file", "a folder", "name the files in it one by one")
    if not stat.S_ISREG(status.st_mode):
        raise unusable(path, "an ordinary file", "a device or a pipe", "save what it gives as a file")
    size = status.st_size
    if size == 0:
        raise unusable(path, "a table", "an empty file (0 bytes)", "ask for the file again: nothing was delivered")
    if size > limit:
        raise unusable(
            path,
            f"at most {limit // MIB} MiB",
            f"{size / MIB:.0f} MiB",
            "cut out the rows that the question needs, or read it in parts",
        )
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise unusable(path, "a readable file", _told(error), "check the file's permissions") from error


def _told(error: OSError | ValueError) -> str:
    """What the system says of a file, without the name that the message has already."""
    return getattr(error, "strerror", None) or str(error)


def _named(path: Path, detected: Detected) -> Detected:
    """Adds to ``why`` when the name promises something else."""
    usual = {
        Kind.XLSX: {".xlsx", ".xlsm", ".xltx"}, Kind.XLS: {".xls", ".xlt"}, Kind.ODS: {".ods", ".ots"},
        Kind.JSON: {".json"}, Kind.XML: {".xml"}, Kind.PX: {".px"}, Kind.SIE: {".se", ".si", ".sie"},
        Kind.TEXT: {".csv", ".txt", ".tsv", ".tab"}, Kind.PARQUET: {".parquet"},
    }  # fmt: skip
    suffix = path.suffix.lower()
    if suffix in usual[detected.kind] or suffix not in set[str]().union(*usual.values()):
        return detected
    return Detected(detected.kind, f"{detected.why}, although the name ends in {path.suffix}")


def _detect_archive(path: Path) -> Detected:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mime = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise unusable(
            path, "a whole workbook (xlsx)", f"a damaged one: {error}", "fetch or ask for the file again"
        ) from error
    if "xl/workbook.xml" in names:
        return Detected(Kind.XLSX, "a zip container that holds xl/workbook.xml")
    if mime.startswith(_ODS_TYPE):
        return Detected(Kind.ODS, "a zip container that says it is an OpenDocument spreadsheet")
    found, action = "a zip archive", "unpack it first and read the files in it"
    if "xl/workbook.bin" in names:
        found, action = "a binary Excel workbook (xlsb)", "save it as xlsx in Excel"
    elif "content.xml" in names:
        found, action = "an OpenDocument file that is no spreadsheet", "copy its table into a spreadsheet"
    elif "word/document.xml" in names:
        found, action = "a Word document", "copy its table into a spreadsheet"
    raise unusable(path, "a table", found, action)


def is_ole(path: Path) -> bool:
    """Whether it is the container of old Office files, an xls among them."""
    with path.open("rb") as file:
        return file.read(len(_OLE)) == _OLE


def _detect_ole(path: Path) -> Detected:
    """Old Office files and encrypted new ones share a container."""
    try:
        streams = compound.streams(path, "EncryptedPackage", "Workbook", "Book")
    except ValueError as error:
        raise unusable(path, "a whole workbook (xls)", f"a damaged one: {error}", "ask for the file again") from error
    if "EncryptedPackage" in streams:
        raise unusable(path, "a workbook that can be opened", "a password", "remove the password in Excel and save")
    if not streams:
        found = "an old Office document without a workbook"
        raise unusable(path, "a table", found, "save its table as xlsx or csv")
    return Detected(Kind.XLS, "a container of old Office files that holds a workbook")


def _detect_text(path: Path, head: bytes) -> Detected:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith(_TEXT_MARKS):
        text = head.replace(b"\0", b"")[2:]
    text = text.lstrip()
    if text.startswith((b"{", b"[")):
        return Detected(Kind.JSON, f"the text begins with {chr(text[0])}")
    if text.startswith(b"MIME-Version:") or (text.startswith(b"<") and _HTML.search(text[:2000])):
        found = "a web page" + (" saved as Excel" if path.suffix.lower() in {".xls", ".xlsx"} else "")
        raise unusable(path, "a table", found, "open it in a spreadsheet program and save it as xlsx or csv")
    if text.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
            raise unusable(path, "a table", "an Excel 2003 workbook in XML", "save it as xlsx in Excel")
        return Detected(Kind.XML, "the text begins with <")
    if label := re.match(rb"#(FLAGGA|SIETYP|PROGRAM|FORMAT|GEN|FNAMN|FNR|ORGNR|PROSA|RAR|VALUTA)\b", text):
        return Detected(Kind.SIE, f"the text begins with {label[0].decode('ascii')}")
    if _PX_KEYWORD.match(text):
        keyword = re.match(rb"[A-Z0-9-]+", text)
        return Detected(Kind.PX, f"the text begins with the PC-Axis keyword {keyword[0].decode() if keyword else ''}")
    return Detected(Kind.TEXT, "the text is no JSON, XML, SIE or PC-Axis")
