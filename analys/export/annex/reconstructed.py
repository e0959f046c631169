"""The annex of an agreement whose annexes and statements are known: from the documents' figures to the savings."""

from __future__ import annotations

from analys.export.annex import results, review, sharing
from analys.export.annex.blocks import Sheets
from analys.export.annex.cells import Book, Formula, Grid
from analys.export.annex.sheets import SHARING, Inputs
from analys.export.case import Case


def write(book: Book, case: Case) -> list[tuple[str, Formula, Formula, str]]:
    """Fill the sheets; returns the figures that the first sheet shows: label, low, high, what they rest on."""
    sheets = Sheets(book, case, Inputs(book, case.name), Grid(book, "Fördelning", SHARING, case.name))
    sharing.settings(sheets)
    sharing.annexes(sheets)
    sharing.chart(sheets)
    sharing.estimates(sheets)
    per_head = results.per_head(sheets)
    saving, saved = results.savings_sheet(sheets)
    reviewed = review.review_sheet(sheets)
    for grid in (sheets.inputs.grid, sheets.sharing, per_head, saving, reviewed):
        grid.finish()
    return results.at_a_glance(sheets) + saved
