"""Does the annex hold? The inputs, the sums, the rule behind the amounts; in :mod:`analys.audit.documents` also the
documents of an agreement against each other."""

from __future__ import annotations

from analys.audit.file import audit_all, audit_file
from analys.audit.finding import Code, Finding, Severity
from analys.audit.single import Audit, audit

__all__ = [
    "Audit",
    "Code",
    "Finding",
    "Severity",
    "audit",
    "audit_all",
    "audit_file",
]
