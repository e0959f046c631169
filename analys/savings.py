"""What is saved when the agreement is terminated, by the notice and refund clauses of the version then in force.

Gross: what a municipality no longer pays, before anything that it pays for instead. In the price level of the last year
that somebody has stated an amount for. Conditional: a municipality that leaves alone may save less, or more, than here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import pandas as pd

from analys import agreement as agreements
from analys.agreement import UNKNOWN, Agreement, Version
from analys.agreement.model import RefundRule
from analys.errors import AnalysError
from analys.evidence import Underlag
from analys.reconstruct import Amount, View, amounts, outward, ranges
from analys.swedish import genitive

PRICE_LEVEL: Final = "prisniva"

REFUND_IN_WORDS: Final = {
    RefundRule.NONE: "ingen",
    RefundRule.FROM_NEXT_MONTH: "från första dagen i månaden efter att avtalet upphört",
}


@dataclass(frozen=True)
class Termination:
    """What an end of the agreement means by its own clauses: ``last_notice`` is the last day to give notice for it,
    ``months`` those of the year of the end that are no longer paid for, ``clauses`` where this stands."""

    end: dt.date
    last_notice: dt.date | None
    months: int
    clauses: tuple[str, ...]


def termination(agreement: Agreement, end: dt.date) -> Termination:
    """Apply the clauses to an end date. Raises :class:`AnalysError` when the agreement is not in force then."""
    version = _in_force(agreement, end)
    clauses = [f"{version.name}: {version.validity.citation.place}"]
    last_notice = None
    if version.notice != UNKNOWN:
        last_notice = version.notice.last_day(end)
        clauses.append(f"uppsägningstid {version.notice.months} månader ({version.notice.citation.place})")
    months_left = 12 - end.month  # from the first day of the month after the end
    if version.refund == UNKNOWN:
        raise AnalysError(
            f"{agreement.id}: version {version.id} says nothing of refunds, so the year's saving is unknown"
        )
    if version.refund.rule is RefundRule.NONE and _invoiced(version, end):
        months_left = 0
    clauses.append(f"återbetalning: {REFUND_IN_WORDS[version.refund.rule]} ({version.refund.citation.place})")
    return Termination(end, last_notice, months_left, tuple(clauses))


def _in_force(agreement: Agreement, day: dt.date) -> Version:
    found = [version for version in agreement.versions if version.in_force(day)]
    if not found:
        raise AnalysError(f"{agreement.id}: no version of the agreement is in force on {day}")
    return max(found, key=lambda version: version.valid_from)


def _invoiced(version: Version, end: dt.date) -> bool:
    """Whether the year's invoice has been sent before the agreement ends."""
    if version.billing == UNKNOWN:
        return False
    if version.billing.yearly_by:
        return dt.date(end.year, *version.billing.yearly_by) <= end
    return any(invoice.due <= end for invoice in version.billing.invoices)


def _basis(agreement: Agreement, year: int) -> list[Amount]:
    """The amounts that the saving is reckoned on: those of ``year``, and stated yearly ranges that cover it."""
    found = amounts(agreement.id, View.INVOICE, [year])
    return found + [
        Amount(stated.member, year, stated.label, Underlag.DOKUMENTERAD, stated.kronor, (), stated.documents)
        for stated in ranges(agreement, year)
        if stated.label not in {amount.according_to for amount in found}
    ]


def savings_by_municipality(agreement_id: str, end: dt.date, price_year: int = 2023) -> pd.DataFrame:
    """What each municipality saves in the year of the end and in the first full year, by source of the yearly amount.

    Columns: ``kommunkod``, ``kommun``, ``enligt``, ``underlag`` (of the yearly amount), ``ar`` (of the end),
    ``manader`` (saved in that year), bounds of ``innevarande_ar_kr`` (saved in that year), ``helar`` (the year after),
    bounds of ``helar_kr`` (saved in that year: the yearly amount), ``prisniva`` (year), ``villkor``,
    ``kalla``.
    """
    agreement = agreements.load(agreement_id)
    clauses = termination(agreement, end)
    condition = _condition(agreement)
    rows = []
    for amount in _basis(agreement, price_year):
        part = amount.kronor * Fraction(clauses.months, 12)
        low, high = outward(amount.kronor)
        part_low, part_high = outward(part)
        rows.append(
            {
                "kommunkod": amount.municipality.code,
                "kommun": amount.municipality.name,
                "enligt": amount.according_to,
                "underlag": amount.underlag.value,
                "ar": end.year,
                "manader": clauses.months,
                "innevarande_ar_lagst_kr": part_low,
                "innevarande_ar_hogst_kr": part_high,
                "helar": end.year + 1,
                "helar_lagst_kr": low,
                "helar_hogst_kr": high,
                "prisniva": price_year,
                "villkor": condition,
                "kalla": amount.source,
            }
        )
    return pd.DataFrame(rows).sort_values(["enligt", "kommunkod"], ignore_index=True)


def _condition(agreement: Agreement) -> str:
    """The conditions that the members' decisions state."""
    stated = [
        f"{genitive(decision.municipality.name)} förslag gäller under förutsättning att {decision.condition}"
        for decision in agreement.decisions
        if decision.condition
    ]
    return "; ".join(stated) or "inget villkor angivet"
