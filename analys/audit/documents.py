"""An agreement's documents against each other: everything that its folder holds."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from analys import documents
from analys.agreement import Agreement, Version, load
from analys.agreement.fields import Span
from analys.audit import agreed, organisations, registry, shares, statements, terms
from analys.audit.finding import Finding
from analys.audit.folder import LeftOut, read_folder
from analys.audit.formulas import formula_findings
from analys.audit.single import Audit, audit
from analys.documents.model import Document
from analys.intake import annex as annexes
from analys.intake.annex import Annex, Kind
from analys.intake.annex.proof import review
from analys.intake.statements import FILE as STATEMENTS
from analys.intake.statements import read as read_statements
from analys.register import Region, find

NUMBERS: Final = "organisationsnummer.csv"


@dataclass(frozen=True)
class DocumentAudit:
    """The findings between documents, and the totals that stated payments imply."""

    file: str
    agreement: Agreement
    findings: tuple[Finding, ...]
    implied: tuple[shares.Implied, ...]
    left_out: tuple[LeftOut, ...] = ()

    def as_json(self, file: str) -> dict[str, Any]:
        """The published object; ``totals`` holds year -> municipality code -> the implied total's bounds in kronor."""
        totals: dict[str, dict[str, list[int]]] = {}
        for each in self.implied:
            bounds = [round(each.total.low), round(each.total.high)]
            totals.setdefault(str(each.year), {})[each.statement.code or ""] = bounds
        return {
            "file": file,
            "readable": True,
            "findings": [finding.as_json() for finding in self.findings],
            "rule": None,
            "totals": totals,
            "left_out": [{"file": each.file, "why": each.why} for each in self.left_out],
        }


@dataclass(frozen=True)
class FileAudit(Audit):
    """The audit of one annex of the folder, with its path."""

    file: str = ""


def audit_file(path: Path | str, *, terms: Agreement | None = None, cost_year: int | None = None) -> Audit:
    """Read and audit the one annex of a file and its formulas, held against an agreement where one is given.

    Raises :class:`analys.errors.InputError` for a file that cannot be read as an annex, or holds several.
    """
    document = documents.open(path)
    return _with_formulas([_audit(annexes.only(document), terms, cost_year)], document)[0]


def audit_all(path: Path | str, *, terms: Agreement | None = None, cost_year: int | None = None) -> tuple[Audit, ...]:
    """Read and audit every annex of a file, in reading order; otherwise as :func:`audit_file`."""
    return audit_document(documents.open(path), terms=terms, cost_year=cost_year)


def audit_document(
    document: Document, *, terms: Agreement | None = None, cost_year: int | None = None
) -> tuple[Audit, ...]:
    """As :func:`audit_all` for what is opened already."""
    audits = [_audit(each, terms, cost_year) for each in annexes.annexes(document)]
    return tuple(_with_formulas(audits, document))


def _with_formulas(audits: list[Audit], document: Document) -> list[Audit]:
    """What a workbook's formulas tell stands with the annex of their sheet, or with the first."""
    sheets = [each.annex.sheet for each in audits]
    found: list[list[Finding]] = [[] for _ in audits]
    for finding in formula_findings(document):
        found[sheets.index(finding.sheet) if finding.sheet in sheets else 0].append(finding)
    return [replace(each, findings=(*each.findings, *own)) for each, own in zip(audits, found, strict=True)]


def _audit(read: Annex, terms: Agreement | None, cost_year: int | None) -> Audit:
    """What a page or a picture gave is proven first, and what it mends is what is audited."""
    reviewed = review(read)
    annex = reviewed.annex
    if terms is None:
        return replace(audit(annex, cost_year=cost_year), reviewed=reviewed)
    given = agreed.rules(terms, annex, cost_year)
    done = audit(annex, agreed=_members(terms, annex, cost_year), cost_year=cost_year, rules_of=given.rules)
    return replace(done, reviewed=reviewed)


def _members(agreement: Agreement, annex: Annex, cost_year: int | None) -> Sequence[Region] | None:
    """The members of the version that an annex belongs to, and of its year where that is known."""
    version, year = version_of(agreement, annex, cost_year), _year(annex, cost_year)
    if version is None or isinstance(version.members, str):
        return None
    if year is None:
        return version.members.municipalities
    whole = Span(dt.date(year, 1, 1), dt.date(year, 12, 31))
    away = {change.municipality for change in version.members.changes if change.span.common(whole).is_empty}
    return [member for member in version.members.municipalities if member not in away]


def _year(annex: Annex, cost_year: int | None) -> int | None:
    """The year that an annex is for: as asked, or the first that its amounts say."""
    years = [column.period.year for column in annex.of_kind(Kind.AMOUNT) if column.period.year]
    return cost_year or (years[0] if years else None)


def version_of(agreement: Agreement, annex: Annex, cost_year: int | None = None) -> Version | None:
    """The version that an annex belongs to: in force in its year, or named by its file; otherwise the last."""
    year = _year(annex, cost_year)
    if year is not None:
        return shares.of_year(agreement, year)
    named = [version for version in agreement.versions if version.id in annex.file]
    return named[0] if named else agreement.versions[-1]


def audit_agreement(id_or_path: str | Path) -> list[FileAudit | DocumentAudit]:
    """Audit every annex of an agreement's folder, then the documents against each other (the last result).

    A file that is no annex, or cannot be read, stands in the last result's ``left_out``, with why. Raises
    :class:`analys.errors.AnalysError` when the agreement itself cannot be read.
    """
    agreement = load(id_or_path)
    folder = Path(agreement.file).parent
    found, left_out = read_folder(agreement)
    audits = []
    for file, of_file in groupby(found, key=lambda each: each[0]):
        for done in _with_formulas([_audit(annex, agreement, None) for _, annex in of_file], documents.open(file)):
            told = {each.name: getattr(done, each.name) for each in fields(done)}
            audits.append(FileAudit(**told, file=str(file)))
    stated = read_statements(folder / STATEMENTS)
    implied = shares.implied_totals(agreement, stated)
    findings = [
        *statements.payment_findings(agreement, implied, stated, audits),
        *statements.range_findings(agreement, stated, [(each, version_of(agreement, each.annex)) for each in audits]),
        *terms.check(agreement, audits),
        *_organisation_numbers(agreement, folder),
        *registry.check(agreement),
    ]
    return [*audits, DocumentAudit(str(folder), agreement, tuple(findings), implied, tuple(left_out))]


def _organisation_numbers(agreement: Agreement, folder: Path) -> list[Finding]:
    """The numbers that the folder's documents state, and those of the agreement's own parties."""
    stated = [
        organisations.Stated(party.name, _code(party.name), party.organisation_number, f"{agreement.file.name}, part")
        for party in agreement.parties
        if party.organisation_number != "okand"
    ]
    if (folder / NUMBERS).is_file():
        with (folder / NUMBERS).open(encoding="utf-8-sig", newline="") as lines:
            stated += [
                organisations.Stated(
                    row["part"],
                    _code(row["part"]),
                    row["organisationsnummer"],
                    f"{statements.document_name(agreement, row['dokument'])}, {row['stalle']}",
                )
                for row in csv.DictReader(lines)
            ]
    effect = {code: 0 for version in agreement.versions for code in shares.nothing_for(version)}
    return [replace(finding, effect_kr=effect) for each in stated if (finding := organisations.judge(each))]


def _code(party: str) -> str | None:
    region = find(party)
    return region.code if region and region.is_municipality else None
