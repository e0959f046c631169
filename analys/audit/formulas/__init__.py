"""The formulas of a workbook: do they reckon what they seem to reckon?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analys.audit.finding import Code, Finding, Severity
from analys.audit.formulas.checks import Checks
from analys.audit.formulas.sheet import Sheet
from analys.audit.formulas.values import Values
from analys.documents.model import Document
from analys.swedish import format_number

__all__ = ["formula_findings"]


#: The formulas of a sheet that are audited, in seconds; no annex has so many.
MOST_FORMULAS: Final = 20_000


def formula_findings(document: Document) -> tuple[Finding, ...]:
    """What is wrong in the formulas of an opened workbook; nothing where it has none."""
    sheets = {grid.name: Sheet(grid) for grid in document.grids}
    values = Values(sheets)
    return tuple(finding for sheet in sheets.values() for finding in _of_sheet(sheet, values))


def _of_sheet(sheet: Sheet, values: Values) -> Iterator[Finding]:
    count = len(sheet.formulas)
    if count > MOST_FORMULAS:
        text = f"Bladet har {format_number(count)} formler; formlerna i blad med fler än {format_number(MOST_FORMULAS)}"
        yield Finding(
            Code.FORMULA_UNLIKE, Severity.UPPLYSNING, f"{text} granskas inte.", sheet=sheet.grid.name,
            explanation={"cells": []}, evidence="arbetsbokens formler",
        )  # fmt: skip
    elif count:
        yield from Checks(sheet, values).findings()
