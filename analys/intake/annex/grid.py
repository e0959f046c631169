"""Opens a workbook or a csv file as plain grids of cells, and refuses what cannot be read safely or truthfully.

The format is told by the content, never by the name. A workbook is checked before it is unpacked: what it says of its
own size, how far its cells reach, whether it is encrypted, whether formulas lack the values that Excel stores.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from analys.documents.model import Cell, Document, Grid
from analys.errors import Fault, InputError

if TYPE_CHECKING:
    from openpyxl import Workbook

Value = str | int | float | bool | dt.date | dt.time | dt.timedelta | None

#: An annex is a page or two. What is larger is another kind of file, and is refused before it is read.
MAX_FILE_BYTES: Final = 10_000_000
MAX_UNPACKED_BYTES: Final = 40_000_000
MAX_RATIO: Final = 200
MAX_ROWS: Final = 5_000
MAX_COLUMNS: Final = 200

_EXPECTED: Final = "a workbook (.xlsx) or a text file (.csv) with a table of municipalities"
_ENCRYPTED: Final = ("a workbook that opens without a password", "an encrypted workbook", "remove its password")
_CELL: Final = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")
_ERROR: Final = re.compile(rb"""<(\w+:)?c [^>]*t=["']e["']""")
_FORMULA: Final = re.compile(rb"<(\w+:)?f[ >/]")
_PICTURE: Final = re.compile(r"xl/(media|drawings)/")
_SIGNATURES: Final = (
    (b"%PDF", "a PDF file", "copy its table into a workbook"),
    (b"\x89PNG", "a picture", "write its table into a workbook"),
    (b"\xff\xd8\xff", "a picture", "write its table into a workbook"),
    (b"{\\rtf", "an RTF document", "copy its table into a workbook"),
)


@dataclass(frozen=True)
class Sheet:
    """A grid of cells: ``rows[0][0]`` is A1. ``merged`` holds (first row, first column, last row, last column);
    ``hidden`` tells that a reader of the workbook does not see the sheet."""

    name: str
    rows: list[list[Value]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Grids:
    """A file's sheets. ``pictures`` tells whether there are pictures, which hold no cells."""

    file: str
    sheets: tuple[Sheet, ...]
    pictures: bool = False


def column_letter(index: int) -> str:
    """0 -> "A", 26 -> "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """(10, 1) -> "B11"."""
    return f"{column_letter(column)}{row + 1}"


def open_grids(path: Path | str) -> Grids:
    """The sheets of a workbook or csv file. Raises :class:`InputError` with what is wrong and what to do."""
    path = Path(path)
    name = path.name
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        _refuse(name, "", _EXPECTED, found, "check the path")
    size = path.stat().st_size
    if size == 0:
        _refuse(name, "", _EXPECTED, "an empty file (0 bytes)", "save or download it anew")
    if size > MAX_FILE_BYTES:
        expected = f"an annex of at most {MAX_FILE_BYTES // 1_000_000} MB"
        _refuse(name, "", expected, f"{size / 1_000_000:.0f} MB", "save the annex's sheet as a file of its own")
    try:
        content = path.read_bytes()
    except OSError as error:
        _refuse(name, "", _EXPECTED, f"a file that cannot be opened ({error.strerror})", "check its permissions")
    if content.startswith(b"PK"):
        return _open_workbook(name, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            _refuse(
                name, "", "a workbook that opens without a password", "an encrypted workbook", "remove its password"
            )
        _refuse(name, "", _EXPECTED, "a file in Office's old binary format", "save it as .xlsx")
    for signature, found, action in _SIGNATURES:
        if content.startswith(signature):
            _refuse(name, "", _EXPECTED, found, action)
    return _open_text(name, content)


def _refuse(file: str, place: str, expected: str, found: str, action: str) -> NoReturn:
    raise InputError([Fault(file, place, expected, found, action)])


def _open_workbook(name: str, content: bytes) -> Grids:
    parts = _checked_parts(name, content)
    # Imported here: a csv needs none of it.
    import python_calamine as calamine

    try:
        workbook = calamine.load_workbook(io.BytesIO(content))
        sheets = []
        for meta in workbook.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
            rows = [[_whole(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
            hidden = meta.visible is not calamine.SheetVisibleEnum.Visible
            sheets.append(Sheet(meta.name, rows, merged, hidden))
    except calamine.PasswordError:
        _refuse(name, "", *_ENCRYPTED)
    except (calamine.CalamineError, OSError, ValueError) as error:
        _refuse(name, "", "a whole workbook", f"a damaged one ({error})", "open and save it anew in Excel")
    _write_errors(name, content, parts, sheets)
    _refuse_uncalculated(name, content, parts, sheets)
    return Grids(name, tuple(sheets), any(_PICTURE.match(part) for part in parts))


def _whole(value: Value) -> Value:
    """A workbook stores every number as a float: what has no decimals is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _checked_parts(name: str, content: bytes) -> dict[str, bytes]:
    """The parts of the package, unpacked within bounds; the XML parts' content, other parts empty."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(len(content), 10_000):
                expected = f"at most {MAX_UNPACKED_BYTES // 1_000_000} MB unpacked, {MAX_RATIO} times the file's size"
                found = f"{unpacked / 1_000_000:.0f} MB packed into {len(content) / 1_000_000:.2f} MB"
                _refuse(name, "", expected, found, "save the annex's sheet as a file of its own")
            parts = {e.filename: _unpacked(package, e) if _is_xml(e) else b"" for e in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        _refuse(name, "", "a whole workbook", f"a damaged one ({error})", "download or save it anew")
    if "xl/workbook.xml" not in parts:
        kinds = {"word/document.xml": "a Word document", "content.xml": "an OpenDocument file"}
        found = next((kind for part, kind in kinds.items() if part in parts), "a zip archive that is no workbook")
        _refuse(name, "", _EXPECTED, found, "save its table as .xlsx")
    for part, xml in parts.items():
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            _refuse(name, part, "a workbook without XML entities", "an entity definition", "save it anew in Excel")
        if part.startswith("xl/worksheets/"):
            _refuse_far_cells(name, part, xml)
    return parts


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith((".xml", ".rels"))


def _unpacked(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more of a part than it says that it holds: one that lies is damaged, and must not fill the memory first."""
    with package.open(entry) as part:
        return part.read(entry.file_size)


def _refuse_far_cells(name: str, part: str, xml: bytes) -> None:
    for letters, digits in _CELL.findall(xml):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        if int(digits) > MAX_ROWS or column > MAX_COLUMNS:
            expected = f"at most {MAX_ROWS} rows and {MAX_COLUMNS} columns"
            found = f"a cell at {letters.decode()}{digits.decode()}"
            _refuse(name, part, expected, found, "save the annex's table as a workbook of its own")


def _write_errors(name: str, content: bytes, parts: dict[str, bytes], sheets: list[Sheet]) -> None:
    """Errors such as #REF! read as empty cells: write them there, for the reader to meet where a figure is needed."""
    if any(_ERROR.search(xml) for part, xml in parts.items() if part.startswith("xl/worksheets/")):
        workbook = _in_openpyxl(name, content, data_only=True)
        for sheet in sheets:
            for cell in (cell for row in workbook[sheet.name].iter_rows() for cell in row if cell.data_type == "e"):
                if _at(sheet, cell.row - 1, cell.column - 1) in (None, ""):
                    sheet.rows[cell.row - 1][cell.column - 1] = cell.value


def _refuse_uncalculated(name: str, content: bytes, parts: dict[str, bytes], sheets: list[Sheet]) -> None:
    """Formulas whose values were never stored read as empty cells: say so, cell by cell."""
    if not any(_FORMULA.search(xml) for part, xml in parts.items() if part.startswith("xl/worksheets/")):
        return
    workbook = _in_openpyxl(name, content, data_only=False)
    faults = []
    for sheet in sheets:
        for cell in (cell for row in workbook[sheet.name].iter_rows() for cell in row if cell.data_type == "f"):
            if _at(sheet, cell.row - 1, cell.column - 1) in (None, ""):
                place = f"sheet {sheet.name}, cell {cell.coordinate}"
                found = f"the formula {cell.value} without a stored value"
                faults.append(Fault(name, place, "a value", found, "open the workbook in Excel, calculate and save it"))
    if faults:
        raise InputError(faults)


def _in_openpyxl(name: str, content: bytes, *, data_only: bool) -> Workbook:
    import openpyxl

    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    except Exception as error:  # openpyxl raises anything at all on a workbook that is not whole
        _refuse(name, "", "a whole workbook", f"a damaged one ({error})", "open and save it anew in Excel")


def _at(sheet: Sheet, row: int, column: int) -> Value:
    return sheet.rows[row][column] if row < len(sheet.rows) and column < len(sheet.rows[row]) else None


def _open_text(name: str, content: bytes) -> Grids:
    text = _decoded(name, content)
    lines = text.splitlines()
    if len(lines) > MAX_ROWS:
        _refuse(name, "", f"at most {MAX_ROWS} rows", f"{len(lines)}", "save the annex's table as a file of its own")
    try:
        rows = max((_split(text, mark) for mark in ";\t,"), key=_fields)
    except csv.Error as error:
        _refuse(name, "", "a text file with separated columns", f"one that cannot be split ({error})", "save it anew")
    if max((len(row) for row in rows), default=0) > MAX_COLUMNS:
        _refuse(name, "", f"at most {MAX_COLUMNS} columns", "more", "check the file's separator")
    return Grids(name, (Sheet("", rows),))


def _split(text: str, mark: str) -> list[list[Value]]:
    return [list(row) for row in csv.reader(io.StringIO(text, newline=None), delimiter=mark)]


def _fields(rows: list[list[Value]]) -> int:
    """How many fields stand beside others in the lines that a separator splits alike: the right one splits the table's
    lines into as many fields each, decimal commas and those of sentences into few, or into any number."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((width - 1) * lines for width, lines in widths.items()), default=0)


def _decoded(name: str, content: bytes) -> str:
    encodings = (
        ["utf-16"] if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ["utf-8-sig", "cp1252"]
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    found = "a file with NUL bytes, which no text has" if 0 in content else "a file that is neither"
    _refuse(name, "", _EXPECTED, found, "save the table as .xlsx or .csv (UTF-8)")


def open_document(path: Path | str) -> Document:
    """The file as a document, until there is one opening."""
    grids = open_grids(path)
    return Document(
        grids.file,
        "",
        "",
        tuple(
            Grid(
                sheet.name,
                tuple(
                    tuple(Cell(value, cell_name(at, column)) for column, value in enumerate(row))
                    for at, row in enumerate(sheet.rows)
                ),
                merged=sheet.merged,
                hidden=sheet.hidden,
            )
            for sheet in grids.sheets
        ),
        pictures=grids.pictures,
    )
