"""One opening of any file: what kind it is, and what it says, as grids of cells and lines of text with their places.

Nothing here trusts a file. Personal identity numbers are masked in all that comes out of it, damaged letters are
restored where every one can be, and what cannot be read is refused in one sentence that says what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from analys.documents import excel, plaintext
from analys.documents.confined import Bounds, confined
from analys.documents.files import MIB, Kind, detect, unusable
from analys.documents.model import Box, Cell, Certainty, Document, Grid, Line, Value
from analys.documents.sheets import MAX_TEXT
from analys.masking import file_name

__all__ = ["Box", "Cell", "Certainty", "Document", "Grid", "Line", "Value", "open"]

#: What somebody reads as a document is smaller; a ledger is read by :mod:`analys.ledgers`.
MAX_BYTES: Final = 50 * MIB
#: What reading a PDF takes of memory and time: a start, and a second for so many bytes, up to a limit.
_PDF_MEMORY: Final = 900 * MIB
_PDF_SECONDS, _PDF_BYTES_A_SECOND, _PDF_SECONDS_MORE = 9, 50_000, 110
#: What holds no tables to look at, and the verb that reads it.
_OTHERS: Final = {
    Kind.JSON: "läs statistik med analys read --as population",
    Kind.PX: "läs statistik med analys read --as population",
    Kind.SIE: "läs bokföringen med analys read --as invoices",
    Kind.XML: "läs fakturor med analys read --as invoices",
    Kind.PARQUET: "läs den med analys ledgers",
}


def open(path: Path | str) -> Document:
    """What a file says: workbooks, text in any encoding, Word documents, web pages, PDFs and pictures of pages.

    Raises :class:`analys.errors.InputError` with what is wrong and what to do, for whatever file.
    """
    path = Path(path)
    found = detect(path, MAX_BYTES)
    match found.kind:
        case Kind.XLSX:
            document = excel.read(path, found.why)
        case Kind.TEXT:
            document = plaintext.read(path, found.why)
        case Kind.XLS | Kind.ODS:
            from analys.documents import spreadsheets

            document = spreadsheets.read(path, found.kind, found.why)
        case Kind.DOCX:
            from analys.documents import word

            (document,) = confined(word.read, path, found.why)
        case Kind.HTML:
            from analys.documents import web

            (document,) = confined(web.read, path, found.why)
        case Kind.PDF:
            document = _pdf(path, found.why)
        case Kind.PICTURE:
            document = _picture(path, found.why)
        case kind:
            expected = "en fil med text eller tabeller (xlsx, csv, docx, pdf, html)"
            raise unusable(path, expected, kind, _OTHERS.get(kind, "spara den som xlsx eller csv"))
    _check_text(path, document)
    return replace(document, file=file_name(path))


def _pdf(path: Path, why: str) -> Document:
    from analys.documents import pages, pdf, scan

    size = path.stat().st_size
    bounds = Bounds(_PDF_MEMORY, _PDF_SECONDS + min(size // _PDF_BYTES_A_SECOND, _PDF_SECONDS_MORE))
    read = list(confined(pdf.read, path, bounds=bounds))
    found = [page for page in read if isinstance(page, pages.Page)]
    unread = [page.number for page in read if isinstance(page, pdf.Unread)]
    if len(unread) == len(read) and not scan.is_installed():
        raise unusable(path, "en PDF med text", "inskannade sidor, som är bilder", scan.INSTALL)
    told = [f"{why}; {len(read)} sidor"]
    if unread and scan.is_installed():
        told.append(f"inskannade och tolkade sidor: {_listed(unread[: scan.MAX_PAGES])}")
        found += confined(scan.read, path, unread[: scan.MAX_PAGES], bounds=scan.bounds(len(unread)))
        unread = unread[scan.MAX_PAGES :]
    if unread:
        told.append(f"inskannade sidor som inte är lästa: {_listed(unread)}; {scan.INSTALL}")
    grids, lines = pages.grids(path, sorted(found, key=lambda page: page.number))
    return Document(path.name, Kind.PDF, "; ".join(told), tuple(grids), tuple(lines), bool(unread))


def _picture(path: Path, why: str) -> Document:
    from analys.documents import pages, scan

    if not scan.is_installed():
        raise unusable(path, "en fil med text eller tabeller", "en bild", scan.INSTALL)
    found = list(confined(scan.read, path, [], bounds=scan.bounds(1)))
    grids, lines = pages.grids(path, found)
    return Document(path.name, Kind.PICTURE, f"{why}; tolkad", tuple(grids), tuple(lines))


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) + (" …" if len(numbers) > 20 else "")


def _check_text(path: Path, document: Document) -> None:
    """Refuse long texts that thousands of cells share: whoever looks at each cell looks at each of them anew."""
    cells = (cell.value for grid in document.grids for row in grid.rows for cell in row)
    length = sum(len(value) for value in cells if isinstance(value, str)) + sum(
        len(line.text) for line in document.lines
    )
    if length > MAX_TEXT:
        expected = f"texter på tillsammans högst {MAX_TEXT // 1_000_000} miljoner tecken"
        raise unusable(path, expected, f"{length // 1_000_000} miljoner", "ta bort de långa texterna och spara filen")
