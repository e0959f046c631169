"""Does the annex hold? The inputs, the sums, the rule behind the amounts, and the documents against each other."""

from __future__ import annotations

from analys.audit.documents import DocumentAudit, FileAudit, audit_agreement, audit_all, audit_file
from analys.audit.finding import Code, Finding, Severity
from analys.audit.single import Audit, audit

__all__ = [
    "Audit",
    "Code",
    "DocumentAudit",
    "FileAudit",
    "Finding",
    "Severity",
    "audit",
    "audit_agreement",
    "audit_all",
    "audit_file",
]
