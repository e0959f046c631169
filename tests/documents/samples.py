"""A small annex of invented figures, and files that hold it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl

#: Three municipalities and their sum; the amounts are the shares of 60 000 kr.
TABLE = (
    ("Kommun", "Folkmängd 2023", "Andel", "Belopp 2024, kr"),
    ("Åmål", "12 000", "20,0 %", "12 000"),
    ("Säffle", "15 000", "25,0 %", "15 000"),
    ("Örebro", "33 000", "55,0 %", "33 000"),
    ("Summa", "60 000", "100,0 %", "60 000"),
)
SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(path: Path, rows: Sequence[Sequence[object]] = TABLE) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def changed(path: Path, parts: dict[str, str | bytes]) -> Path:
    """The package with parts replaced or added."""
    with zipfile.ZipFile(path) as old:
        content: dict[str, str | bytes] = {name: old.read(name) for name in old.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in content.items():
            new.writestr(name, part)
    return path


def with_sheet(path: Path, rows: str, *, before: str = "", after: str = "") -> Path:
    """A workbook whose sheet holds these elements."""
    sheet = f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    return changed(workbook(path), {SHEET: sheet})


def pdf(path: Path, pages: Sequence[str]) -> Path:
    """A PDF whose pages are drawn by these operators (ISO 32000-1, 8 and 9); the letters are Helvetica's."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{4 + 2 * at} 0 R' for at in range(len(pages)))}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for at, page in enumerate(pages):
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * at} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>",
            f"<< /Length {len(page.encode('cp1252'))} >>\nstream\n{page}\nendstream",
        ]
    content, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n{each}\nendobj\n"
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}"
    path.write_bytes(
        f"{content}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n0\n%%EOF".encode("cp1252")
    )
    return path


LEFTS = (60, 160, 290, 380, 500)


def drawn(rows: Sequence[Sequence[str]], top: int = 700, *, ruled: bool = False) -> str:
    """The operators that draw a table: its texts, and with ``ruled`` the lines around its cells."""
    parts = [
        written(cell, x + 4, top - 18 * y - 13)
        for y, row in enumerate(rows)
        for x, cell in zip(LEFTS, row, strict=False)
    ]
    if ruled:
        bottom, right = top - 18 * len(rows), LEFTS[len(rows[0])]
        parts += [f"{LEFTS[0]} {top - 18 * y} m {right} {top - 18 * y} l S" for y in range(len(rows) + 1)]
        parts += [f"{x} {top} m {x} {bottom} l S" for x in LEFTS[: len(rows[0]) + 1]]
    return "\n".join(parts)


def written(text: str, x: int, y: int) -> str:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F 10 Tf {x} {y} Td ({escaped}) Tj ET"
