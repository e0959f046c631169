"""The files of an agreement's folder: which are annexes, and why each of the others is left out of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analys.agreement import Agreement
from analys.errors import InputError
from analys.intake import annex as annexes
from analys.intake.annex import Annex

#: The folder's own registers, each read by its own name.
_REGISTERS: Final = {
    "uppgifter.csv": "dokumentens uppgifter, granskade mot avtalet",
    "organisationsnummer.csv": "dokumentens organisationsnummer, granskade mot avtalet",
    "antaganden.csv": "projektets antaganden",
    "rutkarta.csv": "en karta för figurer",
}
#: Files in which an annex may stand; others (text, the agreement itself) are no tables of the folder's.
_TABLES: Final = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".docx", ".pdf", ".html", ".htm")


@dataclass(frozen=True)
class LeftOut:
    """A file that was not audited, why, and whether that is because it could not be read."""

    file: str
    why: str
    unreadable: bool = False


def read_folder(agreement: Agreement) -> tuple[list[tuple[Path, Annex]], list[LeftOut]]:
    """Every annex of the agreement's folder with its file, and the files that were left out."""
    folder, own = Path(agreement.file).parent, Path(agreement.file).read_text(encoding="utf-8-sig")
    found: list[tuple[Path, Annex]] = []
    left_out: list[LeftOut] = []
    for file in _tables(folder):
        known = _REGISTERS.get(file.name)
        if known is None and f'"{file.name}"' in own and not file.name.startswith("bilaga"):
            known = "en nyckeltabell som avtalet hänvisar till"
        if known is not None:
            left_out.append(LeftOut(str(file), known))
            continue
        try:
            found += [(file, each) for each in annexes.read_all(file)]
        except InputError as error:
            left_out.append(LeftOut(str(file), str(error), unreadable=True))
    return found, left_out


def _tables(folder: Path) -> Iterator[Path]:
    named = (file for file in folder.iterdir() if file.is_file() and not file.name.startswith((".", "~")))
    return iter(sorted(file for file in named if file.suffix.lower() in _TABLES))
