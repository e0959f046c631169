"""The answers that every report of an agreement rests on, worked out once for all its members and formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from analys import agreement as agreements
from analys import assumptions, burden, leaving, reconstruct, reproduce, savings
from analys.agreement.once import once
from analys.audit import FileAudit, Finding, audit_agreement
from analys.leaving import Answer, Question
from analys.reconstruct import Amount, Statement, View
from analys.reproduce import AmountColumn


@once
def amounts(agreement_id: str) -> tuple[Amount, ...]:
    """Every member's exact amount of every invoice year."""
    return tuple(reconstruct.amounts(agreement_id, View.INVOICE))


@once
def amounts_by_year(agreement_id: str) -> pd.DataFrame:
    return reconstruct.amounts_by_municipality_year(agreement_id, View.INVOICE)


@once
def totals_by_year(agreement_id: str) -> pd.DataFrame:
    return reconstruct.totals_by_year(agreement_id, View.INVOICE)


@once
def statements(agreement_id: str, year: int) -> tuple[Statement, ...]:
    return tuple(reconstruct.statements(agreements.load(agreement_id), year))


@once
def burden_by_year(agreement_id: str, view: View) -> pd.DataFrame:
    return burden.burden_by_municipality_year(agreement_id, view)


@once
def amount_columns(agreement_id: str) -> tuple[AmountColumn, ...]:
    return tuple(reproduce.amount_columns(agreements.load(agreement_id)))


@once
def figures(agreement_id: str) -> pd.DataFrame:
    return reproduce.figures(agreement_id)


@once
def rules(agreement_id: str) -> pd.DataFrame:
    return reproduce.rules(agreement_id)


@once
def stale_population(agreement_id: str, version: str) -> pd.DataFrame:
    return reproduce.stale_population(agreement_id, version)


@once
def savings_by_member(agreement_id: str, end: dt.date) -> pd.DataFrame:
    return savings.savings_by_municipality(agreement_id, end)


@once
def leave(agreement_id: str, question: Question) -> Answer:
    return leaving.ask(agreement_id, question)


@once
def assumption_log(agreement_id: str) -> pd.DataFrame:
    return assumptions.log(agreement_id)


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
