"""What is saved when the agreement is terminated, by the notice and refund clauses of the version then in force.

Gross: what a municipality no longer pays, before anything that it pays for instead; :func:`net_saving` takes that off.
Reckoned on the last year that there is an amount of, in that year's prices. A day in a decision has readings: the
agreement ends then, or notice is given then and it ends when the notice has run out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pandas as pd

from analys.account import Account, Amount, Basis, Origin, account
from analys.account.frames import bounds
from analys.account.model import weakest
from analys.agreement import UNKNOWN, Agreement, Version
from analys.agreement.model import Notice, RefundRule
from analys.allocation.periods import governing
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag
from analys.swedish import format_date

#: Ids of the assumptions that savings rest on.
PRICE_LEVEL: Final = "prisniva"
LAST_DAY: Final = "sista-dag"

REFUND_IN_WORDS: Final = {
    RefundRule.NONE: "ingen",
    RefundRule.FROM_NEXT_MONTH: "från första dagen i månaden efter att avtalet upphört",
}
#: The two readings of a day in a decision.
ENDS_THEN: Final = "upphör den dagen"
NOTICE_THEN: Final = "sägs upp den dagen"


@dataclass(frozen=True)
class Termination:
    """What an end of the agreement means by its own clauses.

    ``last_notice`` is the last day to give notice for it, ``months`` those of the year of the end that are no longer
    paid for (``certain``: by clauses that are known), ``refunded`` whether they have been invoiced by then, so that a
    saving is money paid back and not a cost that is never charged; ``clauses`` where this stands. ``reading`` and
    ``assumption`` say how the day was read.
    """

    end: dt.date
    last_notice: dt.date | None
    months: int
    certain: bool
    refunded: bool
    clauses: tuple[str, ...]
    reading: str
    assumption: str

    @property
    def part(self) -> Interval:
        """The part of a year's amount that is saved in the year of the end."""
        whole = Fraction(self.months, 12)
        return Interval.point(whole) if self.certain else Interval(Fraction(0), whole)

    @property
    def form(self) -> str:
        """What the saving of the year of the end is: money back, or never asked for."""
        if self.refunded:
            return "återbetalas, om det som fakturerats är betalt"
        return "debiteras aldrig; har det redan fakturerats och betalats återbetalas det"


def termination(agreement: Agreement, end: dt.date) -> Termination:
    """Apply the clauses to a last day. Raises :class:`AnalysError` when the agreement is not in force then."""
    version = in_force(agreement, end)
    clauses = [f"{version.name}: {version.validity.citation.place}"]
    last_notice = None
    if version.notice != UNKNOWN:
        last_notice = version.notice.last_day(end)
        clauses.append(f"uppsägningstid {version.notice.months} månader ({version.notice.citation.place})")
    left, refunded = 12 - end.month, invoiced(version, end)  # from the first day of the month after the end
    months, certain = left, True
    if version.refund == UNKNOWN:
        certain = not refunded
        clauses.append("återbetalning: ingen handling anger något villkor")
    else:
        months = 0 if version.refund.rule is RefundRule.NONE and refunded else left
        clauses.append(f"återbetalning: {REFUND_IN_WORDS[version.refund.rule]} ({version.refund.citation.place})")
    said = f"Avtalet upphör den {format_date(end)}, som blir dess sista dag."
    return Termination(end, last_notice, months, certain, refunded, tuple(clauses), ENDS_THEN, said)


def readings(agreement: Agreement, day: dt.date) -> tuple[Termination, ...]:
    """How a decision's day can be read: the agreement's last, or the day that notice is given. Raises as
    :func:`termination` does."""
    found = [termination(agreement, day)]
    notice = in_force(agreement, day).notice
    if notice != UNKNOWN and notice.months:
        end = end_after(notice, day)
        said = (
            f"Uppsägningen lämnas den {format_date(day)}; med {notice.months} månaders uppsägningstid upphör avtalet den "
            f"{format_date(end)}."
        )
        found.append(replace(termination(agreement, end), reading=NOTICE_THEN, assumption=said))
    return tuple(found)


def end_after(notice: Notice, given: dt.date) -> dt.date:
    """The first last day that notice given on a day allows: whole months from the day after."""
    after = given + dt.timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 + notice.months, 12)
    first_of_month = dt.date(year, month + 1, 1)
    following = (first_of_month + dt.timedelta(days=31)).replace(day=1)
    last_of_month = following - dt.timedelta(days=1)
    return first_of_month.replace(day=min(after.day, last_of_month.day)) - dt.timedelta(days=1)


def in_force(agreement: Agreement, day: dt.date) -> Version:
    """The version that governs on a day. Raises :class:`AnalysError` for none."""
    version = governing(agreement, day)
    if version is None:
        raise AnalysError(f"{agreement.id}: ingen version av avtalet gäller {day}")
    return version


def invoiced(version: Version, end: dt.date) -> bool:
    """Whether the latest day to invoice the year of the end has come by then."""
    if version.billing == UNKNOWN:
        return False
    if version.billing.yearly_by:
        return dt.date(end.year, *version.billing.yearly_by) <= end
    return any(invoice.due <= end for invoice in version.billing.invoices)


def _basis(own: Account, end: dt.date) -> list[Amount]:
    """The yearly amounts that the saving is reckoned on: those that head the last year known by the end, and the
    ranges that members themselves state for it."""
    base = own.base_year(end.year)
    found = own.of(Basis.TWELVE_MONTHS, [base])
    known = {amount.according_to for amount in found}
    ranges = (
        amount
        for amount in own.amounts
        if (amount.year, amount.basis, amount.origin) == (base, Basis.TWELVE_MONTHS, Origin.RANGE)
        if amount.own and amount.according_to not in known
    )
    return [*found, *ranges]


def savings_by_municipality(agreement_id: str, end: dt.date) -> pd.DataFrame:
    """What each payer saves in the year of the end and in the first full year, by source of the yearly amount.

    Columns: ``kommunkod``, ``kommun``, ``enligt``, ``egen_uppgift`` (whether the payer itself states the yearly amount),
    ``underlag`` (of the saving: ``beraknad`` from a documented or computed yearly amount, or ``skattad``), ``ar`` (of
    the end), ``manader`` (saved in that year), bounds of ``innevarande_ar_kr`` (saved in that year: delårseffekt),
    ``helar`` (the year after), bounds of ``helar_kr`` (saved in that year: helårseffekt), ``prisniva`` (year),
    ``villkor`` (that the payer itself has set), ``kalla``. Raises as :func:`termination` does.
    """
    own = account(agreement_id)
    return _table(own, termination(own.agreement, end))


def savings_by_reading(agreement_id: str, day: dt.date) -> pd.DataFrame:
    """:func:`savings_by_municipality` for each reading of a decision's day, with ``lasning``, ``sista_dag``,
    ``antagande`` and ``form`` before its columns."""
    own = account(agreement_id)
    frames = []
    for reading in readings(own.agreement, day):
        frame = _table(own, reading)
        said = pd.DataFrame(
            {
                "lasning": reading.reading,
                "sista_dag": reading.end,
                "antagande": reading.assumption,
                "form": reading.form,
            },
            index=frame.index,
        )
        frames.append(pd.concat([said, frame], axis="columns"))
    return pd.concat(frames, ignore_index=True)


def _table(own: Account, ending: Termination) -> pd.DataFrame:
    rows = [_row(own, ending, amount) for amount in _basis(own, ending.end)]
    return pd.DataFrame(rows).sort_values(["enligt", "kommunkod"], ignore_index=True)


def _row(own: Account, ending: Termination, amount: Amount) -> dict[str, Any]:
    part, whole = bounds("", saved(amount.kronor, ending.part)), bounds("", amount.kronor)
    return {
        "kommunkod": amount.payer.code,
        "kommun": amount.payer.name,
        "enligt": amount.according_to,
        "egen_uppgift": amount.own,
        "underlag": weakest(amount.underlag, Underlag.BERAKNAD).value,
        "ar": ending.end.year,
        "manader": ending.months,
        "innevarande_ar_lagst_kr": part["lagst_"],
        "innevarande_ar_hogst_kr": part["hogst_"],
        "helar": ending.end.year + 1,
        "helar_lagst_kr": whole["lagst_"],
        "helar_hogst_kr": whole["hogst_"],
        "prisniva": amount.year,
        "villkor": _condition(own.agreement, amount.payer.code),
        "kalla": ", ".join(amount.documents),
    }


def whole_group(table: pd.DataFrame) -> pd.DataFrame:
    """The sums of all payers in a table of savings, by each source that gives every one of them an amount."""
    stems = [f"{stem}_{end}_kr" for stem in ("innevarande_ar", "helar") for end in ("lagst", "hogst")]
    count = table["kommunkod"].nunique()
    found = []
    for _, own in table.groupby("enligt", sort=True):
        if len(own) == count:
            sums = {stem: sum(own[stem], Decimal(0)) for stem in stems}
            kinds = [Underlag(kind) for kind in own["underlag"]]
            found.append(own.iloc[0].to_dict() | sums | {"underlag": weakest(*kinds).value, "villkor": ""})
    return pd.DataFrame(found, columns=table.columns)


def saved(yearly: Interval, part: Interval) -> Interval:
    """A part of a yearly amount, where either may be an interval."""
    return Interval(yearly.low * part.low, yearly.high * part.high)


def _condition(agreement: Agreement, code: str) -> str:
    """The conditions that a member's own decisions set."""
    own = (decision for decision in agreement.decisions if decision.municipality.code == code)
    return "; ".join(decision.condition for decision in own if decision.condition)


# --- net of what is paid for instead --------------------------------------------------------------------------------------


def net_saving(yearly: Interval, part: Interval, replacement_kr: Fraction) -> Interval:
    """What is saved less what is paid for instead over the same part of a year; below zero it costs more than before."""
    ends = [(yearly.low - replacement_kr) * each for each in (part.low, part.high)]
    ends += [(yearly.high - replacement_kr) * each for each in (part.low, part.high)]
    return Interval(min(ends), max(ends))


def sensitivity(
    agreement_id: str, member: str, ends: Iterable[dt.date], replacements_kr: Sequence[int | Fraction]
) -> pd.DataFrame:
    """One member's net saving for each last day, source of the yearly amount, and yearly cost of what replaces it.

    ``member`` is a municipality's name. Columns: ``kommun``, ``sista_dag``, ``enligt``, ``ersattning_kr`` (a year),
    bounds of ``delar_netto_kr`` (year of the end) and ``helar_netto_kr`` (first full year), ``underlag``. Raises
    :class:`AnalysError` for a municipality that there is no amount of.
    """
    own = account(agreement_id)
    rows = []
    for end in ends:
        ending = termination(own.agreement, end)
        for amount in (amount for amount in _basis(own, end) if amount.payer.name == member):
            for replacement in replacements_kr:
                cost = Fraction(replacement)
                rows.append(
                    {
                        "kommun": member,
                        "sista_dag": end,
                        "enligt": amount.according_to,
                        "ersattning_kr": replacement,
                        **bounds("delar_netto_kr", net_saving(amount.kronor, ending.part, cost)),
                        **bounds("helar_netto_kr", net_saving(amount.kronor, Interval.point(1), cost)),
                        "underlag": _row(own, ending, amount)["underlag"],
                    }
                )
    if not rows:
        raise AnalysError(f"{own.agreement.id}: inget belopp är känt för {member}")
    return pd.DataFrame(rows)
