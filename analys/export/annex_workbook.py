"""The Excel annex of a report: a controller changes an input, and every share, amount, rate and saving follows.

Sheets: ``Läs mig`` (what, for whom, sources), ``Underlag`` (every input, a row each, with its source), ``Fördelning``,
``Per invånare``, ``Besparing`` (formulas) and ``Granskning`` (what the documents print beside what the formulas give).
The formulas round as the engine does; whole numbers are divided last, so that a computer's binary fractions cannot move
a krona. Kronor throughout.
"""

from __future__ import annotations

from pathlib import Path

from analys.account import account
from analys.export.annex import results, review, sharing, start
from analys.export.annex.blocks import Sheets
from analys.export.annex.cells import Book, Grid
from analys.export.annex.sheets import SHARING, Inputs
from analys.export.case import UNSAID, Case, Local
from analys.export.report import case_of, file_name
from analys.export.wording import Sign
from analys.files import write_atomically


def write(agreement_id: str, member: str | None, file: Path, sign: Sign = Sign.SAVING, local: Local = UNSAID) -> Path:
    """Write the annex of a member's report, or of the group's; returns the file. The same bytes on every run."""
    case = case_of(agreement_id, member, sign, local)
    book = Book(f"{case.agreement.name}: bilaga {file_name(agreement_id, member)}")
    first = start.open_sheet(book)
    start.fill(first, case, _fill(book, case))
    write_atomically(file, book.content())
    return file


def _fill(book: Book, case: Case) -> list[results.Figure]:
    """Fill the sheets with whatever the account holds; returns the figures that the first sheet shows."""
    own = account(case.agreement_id)
    sheets = Sheets(book, case, own, Inputs(book, case.name), Grid(book, "Fördelning", SHARING, case.name))
    sharing.settings(sheets)
    sharing.annexes(sheets)
    sharing.terms(sheets)
    sharing.chart(sheets)
    sharing.estimates(sheets)
    per_head = results.per_head(sheets)
    saving, saved = results.savings_sheet(sheets)
    reviewed = review.review_sheet(sheets)
    for lacking in own.lacking:
        reviewed.add(["Saknas", lacking, *[None] * 6])
    for grid in (sheets.inputs.grid, sheets.sharing, per_head, saving, reviewed):
        grid.finish()
    return results.at_a_glance(sheets) + saved
