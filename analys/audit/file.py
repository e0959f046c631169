"""The annexes of one file: read, audited with the formulas of their sheets, and held against an agreement if asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analys import documents
from analys.audit.finding import Finding
from analys.audit.single import Audit, audit
from analys.documents.model import Document
from analys.intake import annex as annexes
from analys.intake.annex import Annex
from analys.intake.annex.proof import review

if TYPE_CHECKING:
    from analys.agreement import Agreement


def audit_file(path: Path | str, *, terms: Agreement | None = None, cost_year: int | None = None) -> Audit:
    """Read and audit the one annex of a file and its formulas, held against an agreement where one is given.

    Raises :class:`analys.errors.InputError` for a file that cannot be read as an annex, or holds several.
    """
    document = documents.open(path)
    return with_formulas([audit_annex(annexes.only(document), terms, cost_year)], document)[0]


def audit_all(path: Path | str, *, terms: Agreement | None = None, cost_year: int | None = None) -> tuple[Audit, ...]:
    """Read and audit every annex of a file, in reading order; otherwise as :func:`audit_file`."""
    return audit_document(documents.open(path), terms=terms, cost_year=cost_year)


def audit_document(
    document: Document, *, terms: Agreement | None = None, cost_year: int | None = None
) -> tuple[Audit, ...]:
    """As :func:`audit_all` for what is opened already."""
    audits = [audit_annex(each, terms, cost_year) for each in annexes.annexes(document)]
    return tuple(with_formulas(audits, document))


def with_formulas(audits: list[Audit], document: Document) -> list[Audit]:
    """What a workbook's formulas tell stands with the annex of their sheet, or with the first."""
    if not any(cell.formula for grid in document.grids for row in grid.rows for cell in row):
        return audits
    from analys.audit.formulas import formula_findings  # openpyxl takes longer to import than most annexes to audit

    sheets = [each.annex.sheet for each in audits]
    found: list[list[Finding]] = [[] for _ in audits]
    for finding in formula_findings(document):
        found[sheets.index(finding.sheet) if finding.sheet in sheets else 0].append(finding)
    return [replace(each, findings=(*each.findings, *own)) for each, own in zip(audits, found, strict=True)]


def audit_annex(read: Annex, terms: Agreement | None, cost_year: int | None) -> Audit:
    """What a page or a picture gave is proven first, and what it mends is what is audited."""
    reviewed = review(read)
    annex = reviewed.annex
    if terms is None:
        return replace(audit(annex, cost_year=cost_year), reviewed=reviewed)
    from analys.audit import agreed  # all rooms of agreements: half of the time in which a file alone is audited

    given = agreed.rules(terms, annex, cost_year)
    done = audit(annex, agreed=agreed.members(terms, annex, cost_year), cost_year=cost_year, rules_of=given.rules)
    return replace(done, reviewed=reviewed)
