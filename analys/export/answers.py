"""The answers that every report of an agreement rests on, worked out once for all its members and formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from analys import account as accounts
from analys import burden, leaving, savings
from analys.account import Basis, reproduced
from analys.agreement.once import once
from analys.audit import Finding
from analys.audit.documents import FileAudit, audit_agreement
from analys.leaving import Answer, Question


@once
def totals_by_year(agreement_id: str, basis: Basis = Basis.INVOICE) -> pd.DataFrame:
    return accounts.totals_by_year(agreement_id, basis)


@once
def implied_totals(agreement_id: str) -> pd.DataFrame:
    return accounts.implied_totals(agreement_id)


@once
def burden_by_year(agreement_id: str, basis: Basis = Basis.TWELVE_MONTHS) -> pd.DataFrame:
    return burden.burden_by_municipality_year(agreement_id, basis)


@once
def figures(agreement_id: str) -> pd.DataFrame:
    return reproduced.figures(agreement_id)


@once
def stale_population(agreement_id: str, annex: str) -> pd.DataFrame:
    return reproduced.stale_population(agreement_id, annex)


@once
def stale_day(agreement_id: str, annex: str) -> str:
    return reproduced.stale_day(agreement_id, annex)


@once
def savings_by_member(agreement_id: str, end: dt.date) -> pd.DataFrame:
    return savings.savings_by_municipality(agreement_id, end)


@once
def savings_by_reading(agreement_id: str, day: dt.date) -> pd.DataFrame:
    return savings.savings_by_reading(agreement_id, day)


@once
def leave(agreement_id: str, question: Question) -> Answer:
    return leaving.ask(agreement_id, question)


@once
def findings(agreement_id: str) -> tuple[tuple[str, Finding], ...]:
    """What the audit of the agreement's folder found, each with the file that it is about.

    Raises :class:`AnalysError` when a file of the folder cannot be read.
    """
    return tuple(
        (Path(audit.file).name if isinstance(audit, FileAudit) else "handlingarna mot varandra", finding)
        for audit in audit_agreement(agreement_id)
        for finding in audit.findings
    )
