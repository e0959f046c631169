"""A Word document as a tagged PDF, by LibreOffice where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from analys.errors import AnalysError

#: Where LibreOffice lies when it is not on the path.
_USUAL_PLACES: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)
_SECONDS: Final = 180
#: Tagged, so that a screen reader finds headings, tables and alt texts; the title, not the file name, in the window.
_SETTINGS: Final = {
    "UseTaggedPDF": {"type": "boolean", "value": "true"},
    "PDFUACompliance": {"type": "boolean", "value": "true"},
    "ExportBookmarks": {"type": "boolean", "value": "true"},
    "DisplayPDFDocumentTitle": {"type": "boolean", "value": "true"},
}
MISSING: Final = (
    "PDF kräver LibreOffice (libreoffice-writer), som inte är installerat; installera det från https://www.libreoffice.org "
    "eller med systemets pakethanterare, eller öppna Worddokumentet och spara det som PDF"
)


def program() -> str | None:
    """The LibreOffice program, or ``None`` where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _USUAL_PLACES if Path(place).is_file()), None)


def convert(document: Path, folder: Path) -> Path:
    """Write ``document`` as a PDF into ``folder``; returns the file. Raises :class:`AnalysError` where it cannot be."""
    office = program()
    if office is None:
        raise AnalysError(MISSING)
    with tempfile.TemporaryDirectory() as profile:  # its own profile: an open LibreOffice is not disturbed
        command = [
            office,
            f"-env:UserInstallation={Path(profile).as_uri()}",
            "--headless",
            "--convert-to",
            f"pdf:writer_pdf_Export:{json.dumps(_SETTINGS)}",
            "--outdir",
            str(folder),
            str(document),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise AnalysError(
                f"{document.name}: LibreOffice behövde mer än {_SECONDS} s för att göra en PDF av den"
            ) from error
    file = folder / f"{document.stem}.pdf"
    if done.returncode or not file.is_file():
        raise AnalysError(
            f"{document.name}: LibreOffice gjorde ingen PDF av den: {done.stderr.strip() or done.stdout.strip()}"
        )
    return file
