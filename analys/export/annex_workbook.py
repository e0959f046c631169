"""The Excel annex of a report: a controller changes an input, and every share, amount, rate and saving follows.

Sheets: ``Läs mig`` (what, for whom, sources), ``Underlag`` (every input, a row each, with its source), ``Fördelning``,
``Per invånare``, ``Besparing`` (formulas) and ``Granskning`` (what the documents print beside what the formulas give).
The formulas round as the engine does; whole numbers are divided last, so that a computer's binary fractions cannot move
a krona. Kronor throughout.
"""

from __future__ import annotations

from pathlib import Path

from analys.export.annex import allocated, reconstructed, start
from analys.export.annex.cells import Book
from analys.export.report import case_of, file_name
from analys.export.wording import Sign


def write(agreement_id: str, member: str | None, file: Path, sign: Sign = Sign.SAVING) -> Path:
    """Write the annex of a member's report, or of the group's; returns the file. The same bytes on every run."""
    case = case_of(agreement_id, member, sign)
    book = Book(f"{case.agreement.name}: bilaga {file_name(agreement_id, member)}")
    first = start.open_sheet(book)
    figures = (reconstructed if case.is_reconstructed else allocated).write(book, case)
    start.fill(first, case, figures)
    file.write_bytes(book.content())
    return file
