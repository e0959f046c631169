"""The Excel annex of a report: a controller changes an input, and every share, amount, rate and saving follows.

Sheets: ``Läs mig`` (what, for whom, sources), ``Underlag`` (every input, a row each, with its source), ``Fördelning``,
``Per invånare``, ``Besparing`` (formulas) and ``Granskning`` (what the documents print beside what the formulas give).
The formulas round as the engine does; whole numbers are divided last, so that a computer's binary fractions cannot move
a krona. Kronor throughout.
"""

from __future__ import annotations

from pathlib import Path

from analys.account import account
from analys.export.annex import estimates, results, review, settings, sharing, start
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
    sheets = _fill(book, case)
    start.fill(first, case, results.at_a_glance(sheets), list(sheets.inputs.sources))
    first.finish(1, filtered=False)
    write_atomically(file, book.content())
    return file


def _fill(book: Book, case: Case) -> Sheets:
    """Fill the sheets with whatever the account holds. They print on nine pages at most, with the first."""
    own = account(case.agreement_id)
    sheets = Sheets(book, case, own, Inputs(book, case.name), Grid(book, "Fördelning", SHARING, case.name))
    settings.settings(sheets)
    sharing.annexes(sheets)
    sharing.terms(sheets)
    sharing.chart(sheets)
    estimates.estimates(sheets)
    per_head = results.per_head(sheets)
    saving = results.savings_sheet(sheets)
    reviewed, told = review.review_sheet(sheets)
    for grid, pages in ((sheets.inputs.grid, 2), (sheets.sharing, 2), (per_head, 2), (saving, 1)):
        grid.finish(pages)
    reviewed.finish(1, last=told)
    return sheets
