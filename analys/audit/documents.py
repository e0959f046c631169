"""An agreement's documents against each other: everything that its folder holds."""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from analys import documents
from analys.agreement import Agreement, load
from analys.audit import organisations, registry, shares, statements, terms
from analys.audit.agreed import version_of
from analys.audit.file import audit_annex, with_formulas
from analys.audit.finding import Finding
from analys.audit.folder import LeftOut, read_folder
from analys.audit.single import Audit
from analys.intake.statements import FILE as STATEMENTS
from analys.intake.statements import read as read_statements
from analys.register import find

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
            bounds = [int(bound) for bound in each.total.outward(0)]
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
        for done in with_formulas([audit_annex(annex, agreement, None) for _, annex in of_file], documents.open(file)):
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
