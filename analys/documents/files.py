"""What a file is, told by its content and never by its name.

Nothing here trusts a file: sizes are checked before reading, archives before unpacking, and nothing is ever unpacked
to disk.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from analys.errors import Fault, InputError, told
from analys.masking import mask, printable, shown_path
from analys.swedish import similar

MIB: Final = 1024 * 1024


class Kind(StrEnum):
    """The families of files that analysts bring; the value is what a message calls it."""

    XLSX = "Excel-arbetsbok (xlsx)"
    XLS = "gammal Excel-arbetsbok (xls)"
    ODS = "OpenDocument-kalkylark (ods)"
    DOCX = "Word-dokument (docx)"
    PDF = "PDF"
    PICTURE = "bild"
    HTML = "webbsida (html)"
    JSON = "JSON"
    XML = "XML"
    PX = "PC-Axis (px)"
    SIE = "SIE-fil"
    TEXT = "text"
    PARQUET = "Parquet"


@dataclass(frozen=True)
class Limits:
    """How much of a file a reader is ready for. ``bytes`` on disk, ``cells`` a sheet."""

    bytes: int
    cells: int


@dataclass(frozen=True)
class Detected:
    """What a file was taken for, and what gave it away."""

    kind: Kind
    why: str


#: What a message calls the endings of the kinds.
_USUAL: Final = {
    Kind.XLSX: {".xlsx", ".xlsm", ".xltx"}, Kind.XLS: {".xls", ".xlt"}, Kind.ODS: {".ods", ".ots"},
    Kind.DOCX: {".docx", ".docm", ".dotx"}, Kind.PDF: {".pdf"}, Kind.HTML: {".html", ".htm"},
    Kind.PICTURE: {".png", ".jpg", ".jpeg", ".tif", ".tiff"}, Kind.JSON: {".json"}, Kind.XML: {".xml"},
    Kind.PX: {".px"}, Kind.SIE: {".se", ".si", ".sie"}, Kind.TEXT: {".csv", ".txt", ".tsv", ".tab", ".md", ".skv"},
    Kind.PARQUET: {".parquet"},
}  # fmt: skip
_ENDINGS: Final = frozenset[str]().union(*_USUAL.values())

#: First bytes that tell the kind, and those of what holds no table, with what to do about it.
_BEGINNINGS: Final = {
    b"PAR1": Kind.PARQUET, b"%PDF": Kind.PDF, b"\x89PNG": Kind.PICTURE, b"\xff\xd8\xff": Kind.PICTURE,
    b"II*\0": Kind.PICTURE, b"MM\0*": Kind.PICTURE,
}  # fmt: skip
_REFUSED: Final = {
    b"\x1f\x8b": ("ett gzip-arkiv", "packa upp det först"),
    b"BZh": ("ett bzip2-arkiv", "packa upp det först"),
    b"\xfd7zXZ": ("ett xz-arkiv", "packa upp det först"),
    b"7z\xbc\xaf": ("ett 7-zip-arkiv", "packa upp det först"),
    b"Rar!": ("ett rar-arkiv", "packa upp det först"),
    b"{\\rtf": ("ett RTF-dokument", "öppna det i Word och spara som docx"),
    b"MIME-Version:": ("en webbsida i ett stycke (mht)", "öppna den i Excel eller Word och spara som xlsx eller docx"),
}
#: The part of a zip container that tells what it is: None for what is read, otherwise what to do instead.
_PARTS: Final = {
    "xl/workbook.xml": (Kind.XLSX, ""),
    "word/document.xml": (Kind.DOCX, ""),
    "xl/workbook.bin": ("en binär Excel-arbetsbok (xlsb)", "spara den som xlsx i Excel"),
    "ppt/presentation.xml": ("en PowerPoint-presentation", "spara den som PDF"),
    "content.xml": ("ett OpenDocument som inte är ett kalkylark", "spara det som docx eller PDF"),
}
_ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")  # UTF-16; UTF-32 begins with one of them or with NUL bytes
#: How UTF-16 begins that some programs write without its mark: a text in Latin letters has every other byte NUL.
_UNMARKED: Final = {
    "utf-16-le": re.compile(rb"([\t\r\n -~]\0){4}"),
    "utf-16-be": re.compile(rb"(\0[\t\r\n -~]){4}"),
}
_PX_KEYWORD: Final = re.compile(rb"\s*[A-Z][A-Z0-9-]{2,}(\[[\w-]+\])?(\(\s*\"[^\"]*\"[^)]*\))?\s*=\s*[\"\w-]")
_HTML: Final = re.compile(rb"<(!doctype html|html|table|head|body|div)\b", re.IGNORECASE)
_HEAD: Final = 64 * 1024

_AGAIN: Final = "hämta eller be om filen på nytt"
#: What a reader expects of any file that holds nothing to read.
TABLE: Final = "en tabell"


def unusable(file: Path | str, expected: str, found: str, action: str, place: str = "") -> InputError:
    """The error for a file that cannot be read at all; ``raise unusable(...)``."""
    return InputError([Fault(shown_path(file), place, expected, found, action)])


def damaged(file: Path | str, what: str, error: object, action: str = _AGAIN) -> InputError:
    """The error for a file that is not whole; ``what`` it should have been, in the definite-less form with its gender
    ("en hel arbetsbok")."""
    return unusable(file, what, f"en skadad fil ({mask(printable(str(error)))[:200]})", action)


def detect(path: Path, limit: int) -> Detected:
    """What ``path`` is, from its content.

    Raises :class:`InputError` when it is missing, no ordinary file, empty, larger than ``limit`` bytes, or nothing
    that could hold a table.
    """
    head = _head(path, limit)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _named(path, _detect_archive(path))
    if head.startswith(_OLE):
        return _named(path, _detect_ole(path))
    for mark, kind in _BEGINNINGS.items():
        if head.startswith(mark):
            return _named(path, Detected(kind, f"filen börjar som {kind}"))
    # Programs write a byte order mark or blank lines before what a web page or an RTF document begins with.
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, (found, action) in _REFUSED.items():
        if text.startswith(mark):
            raise unusable(path, TABLE, found, action)
    if b"\0" in head and not head.startswith((*_TEXT_MARKS, b"\0\0\xfe\xff")) and not unmarked_wide(head):
        raise unusable(path, TABLE, "binära data av okänt slag", "spara filen som xlsx eller csv och läs den")
    return _named(path, _detect_text(path, head))


def unmarked_wide(head: bytes) -> str:
    """The encoding of a text in UTF-16 whose first bytes are no mark of it; "" for any other file."""
    return next((name for name, pattern in _UNMARKED.items() if pattern.match(head)), "")


def _head(path: Path, limit: int) -> bytes:
    """The first bytes, after the checks that need no content."""
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        action = "standard input läses inte: spara den som en fil" if str(path) == "-" else _check_the_name(path)
        raise unusable(path, "en fil", "ingen", action) from error
    except (OSError, ValueError) as error:  # no right to look, a link to itself, a name that no file can have
        raise unusable(path, "en läsbar fil", told(error), "kontrollera namnet och rättigheterna") from error
    if stat.S_ISDIR(status.st_mode):
        raise unusable(path, "en vanlig fil", "en mapp", "ange filerna i den en och en")
    if not stat.S_ISREG(status.st_mode):
        raise unusable(path, "en vanlig fil", "en enhet eller ett rör", "spara det som den ger som en fil")
    size = status.st_size
    if size == 0:
        raise unusable(path, TABLE, "en tom fil (0 byte)", "be om filen på nytt: ingenting levererades")
    if size > limit:
        action = "klipp ut de rader som frågan gäller, eller läs filen i delar"
        raise unusable(path, f"högst {limit // MIB} MiB", f"{size / MIB:.0f} MiB", action)
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise unusable(path, "en läsbar fil", told(error), "kontrollera filens rättigheter") from error


def _check_the_name(path: Path) -> str:
    """What to do about a file that is not there: the folder may hold one that is called nearly so."""
    near = similar(path.name, (each.name for each in path.parent.iterdir())) if path.parent.is_dir() else []
    return "".join(["kontrollera namnet", *(f"; menade du {shown_path(path.with_name(name))}?" for name in near)])


def _named(path: Path, detected: Detected) -> Detected:
    """Adds to ``why`` when the name promises something else."""
    suffix = path.suffix.lower()
    if suffix in _USUAL[detected.kind] or suffix not in _ENDINGS:
        return detected
    return Detected(detected.kind, f"{detected.why}, fast namnet slutar på {suffix}")


def _detect_archive(path: Path) -> Detected:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mime = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise damaged(path, "en hel arbetsbok eller ett helt dokument", error) from error
    if mime.startswith(_ODS_TYPE):
        return Detected(Kind.ODS, "ett zip-arkiv som säger sig vara ett OpenDocument-kalkylark")
    for part, (kind, action) in _PARTS.items():
        if part not in names:
            continue
        if isinstance(kind, Kind):
            return Detected(kind, f"ett zip-arkiv med {part}")
        raise unusable(path, TABLE, kind, action)
    raise unusable(path, TABLE, "ett zip-arkiv", "packa upp det först och läs filerna i det")


def _detect_ole(path: Path) -> Detected:
    """Old Office files and encrypted new ones share a container."""
    import olefile  # here: such files are few

    try:
        with olefile.OleFileIO(path) as opened:
            streams = {name for name in _STREAMS if opened.get_type(name) == olefile.STGTY_STREAM}
    except _OLE_DAMAGED as error:
        raise damaged(path, "en hel arbetsbok (xls)", error) from error
    if "EncryptedPackage" in streams:
        raise unusable(path, "en fil som kan öppnas", "ett lösenord", "ta bort lösenordet och spara filen")
    if "WordDocument" in streams:
        raise unusable(path, TABLE, "ett gammalt Word-dokument (doc)", "spara det som docx i Word")
    if not streams:
        raise unusable(path, TABLE, "en gammal Office-fil utan arbetsbok", "spara dess tabell som xlsx eller csv")
    return Detected(Kind.XLS, "en gammal Office-fil med en arbetsbok")


_STREAMS: Final = ("EncryptedPackage", "Workbook", "Book", "WordDocument")
#: What the library raises for damage of one kind or another.
_OLE_DAMAGED: Final = (OSError, IndexError, TypeError, OverflowError, ValueError, struct.error)


def _detect_text(path: Path, head: bytes) -> Detected:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith(_TEXT_MARKS) or unmarked_wide(head):
        text = head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    text = text.lstrip()
    if text.startswith((b"{", b"[")):
        return Detected(Kind.JSON, f"texten börjar med {chr(text[0])}")
    if text.startswith(b"<") and _HTML.search(text[:2000]):
        return Detected(Kind.HTML, "texten är en webbsida")
    if text.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
            raise unusable(path, TABLE, "en arbetsbok i Excel 2003:s XML", "spara den som xlsx i Excel")
        return Detected(Kind.XML, "texten börjar med <")
    if label := re.match(rb"#(FLAGGA|SIETYP|PROGRAM|FORMAT|GEN|FNAMN|FNR|ORGNR|PROSA|RAR|VALUTA)\b", text):
        return Detected(Kind.SIE, f"texten börjar med {label[0].decode('ascii')}")
    if _PX_KEYWORD.match(text):
        keyword = re.match(rb"[A-Z0-9-]+", text)
        return Detected(Kind.PX, f"texten börjar med nyckelordet {keyword[0].decode() if keyword else ''} (PC-Axis)")
    return Detected(Kind.TEXT, "texten är varken JSON, XML, SIE eller PC-Axis")
