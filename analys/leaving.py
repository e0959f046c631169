"""What the members pay when the agreement ends, when some leave it and the rest carry it on, or when its key changes.

The yearly cost is what the members' own statements imply; those that cannot both be true are answered side by side.
The first full year after the change is compared with the same year without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pandas as pd

from analys import agreement as agreements
from analys import burden, reconstruct, scenario
from analys.agreement import Agreement
from analys.agreement.keys import Key
from analys.evidence import Interval
from analys.register import Region
from analys.scenario import Comparison, Scenario

#: The last year that the members have stated payments for: every answer starts from these, in that year's prices.
STATED_YEAR: Final = reconstruct.YEARS[-1]


@dataclass(frozen=True)
class Question:
    """What if ``leaving`` are out from the day after ``end`` (all of them: the agreement ends), the rest carry
    ``stranded`` of the leavers' cost, and the cost is shared by ``key`` (the agreement's own, when ``None``)? Amounts
    in the prices of ``price_year``."""

    end: dt.date
    leaving: tuple[Region, ...]
    stranded: Fraction = Fraction(1)
    key: Key | None = None
    price_year: int = STATED_YEAR

    @property
    def year(self) -> int:
        """The first full year after the change."""
        return self.end.year + 1


@dataclass(frozen=True)
class Answer:
    """``changes``: see :func:`ask`. ``assumptions``: what a reader must know, in Swedish."""

    question: Question
    changes: pd.DataFrame
    assumptions: tuple[str, ...]


def members(agreement_id: str) -> tuple[Region, ...]:
    """Who can leave: the municipalities of the last year that somebody has stated a payment for."""
    return reconstruct.members(agreements.load(agreement_id), STATED_YEAR)


def ask(agreement_id: str, question: Question) -> Answer:
    """Each member's first full year before and after, by source of the yearly cost.

    Columns of ``changes``: ``kommunkod``, ``kommun``, ``lamnar``, ``ar``, ``enligt``, ``underlag`` (always ``skattad``),
    then low and high bounds of ``fore_kr``, ``efter_kr``, ``skillnad_kr`` and ``skillnad_kr_per_invanare``, and
    ``kalla``. Raises :class:`AnalysError` for a leaver that is no member.
    """
    agreement = agreements.load(agreement_id)
    factor = burden.price_factor(STATED_YEAR, question.price_year)
    frames: list[pd.DataFrame] = []
    assumptions: list[str] = []
    for stated in sorted(reconstruct.payments(agreement, STATED_YEAR), key=lambda payment: payment.total.low):
        low, high = (_compare(agreement, question, kronor * factor) for kronor in (stated.total.low, stated.total.high))
        frame = _bounds(question, low, high)
        frame.insert(4, "enligt", stated.label)
        frame["kalla"] = stated.documents
        frames.append(frame)
        assumptions += low.assumptions
    changes = pd.concat(frames, ignore_index=True)
    return Answer(question, changes, tuple(dict.fromkeys(assumptions)))


def _compare(agreement: Agreement, question: Question, kronor: Fraction) -> Comparison:
    members = reconstruct.members(agreement, STATED_YEAR)
    total_ore = int(kronor * 100)
    years = [question.end.year, question.year]
    if set(members) <= set(question.leaving):
        asked = Scenario(end=question.end, key=question.key)
    else:
        first_day = question.end + dt.timedelta(days=1)
        asked = Scenario(leaving=question.leaving, leave_date=first_day, stranded=question.stranded, key=question.key)
    return scenario.compare(agreement, asked, years, dict.fromkeys(years, total_ore))


def _bounds(question: Question, low: Comparison, high: Comparison) -> pd.DataFrame:
    """One row a member of the first full year; the ends of an interval belong to the same end of the yearly cost."""
    leaving = {region.code for region in question.leaving}
    rows = []
    for least, most in zip(low.changes, high.changes, strict=True):
        if least.year != question.year:
            continue
        per_head = [change.per_head(change.difference_ore) for change in (least, most)]
        rows.append(
            {
                "kommunkod": least.code,
                "kommun": least.name,
                "lamnar": least.code in leaving,
                "ar": least.year,
                "underlag": low.underlag.value,
                **_pair("fore_kr", *(Fraction(change.before_ore, 100) for change in (least, most))),
                **_pair("efter_kr", *(Fraction(change.after_ore, 100) for change in (least, most))),
                **_pair("skillnad_kr", *(Fraction(change.difference_ore, 100) for change in (least, most))),
                **_pair("skillnad_kr_per_invanare", *(rate for rate in per_head if rate is not None)),
            }
        )
    return pd.DataFrame(rows)


def _pair(name: str, *ends: Fraction) -> dict[str, Decimal | None]:
    if not ends:  # a payer that is no municipality has no inhabitants
        return {f"lagst_{name}": None, f"hogst_{name}": None}
    low, high = reconstruct.outward(Interval(min(ends), max(ends)))
    return {f"lagst_{name}": low, f"hogst_{name}": high}


def by_group(agreement_id: str, end: dt.date, groups: Sequence[Sequence[Region]]) -> pd.DataFrame:
    """What the rest pay when one group or another leaves and the whole cost stays, one row a group and source.

    Columns: ``lamnar`` (names), ``antal_kvar``, ``enligt``, ``underlag``, low and high bounds of ``lamnar_efter_sig_kr``
    (what the leavers would have paid in the first full year), of ``ovriga_fore_kr`` and of ``ovriga_efter_kr``, and
    ``okning`` (part of one, the same at both ends). When all leave the agreement ends and nobody is left to pay.
    """
    rows = []
    for group in groups:
        for according_to, own in ask(agreement_id, Question(end, tuple(group))).changes.groupby("enligt", sort=False):
            leaves, stays = own[own["lamnar"]], own[~own["lamnar"]]
            before, after = _sums(stays, "fore_kr"), _sums(stays, "efter_kr")
            behind = _sums(leaves, "fore_kr") if len(stays) else (Decimal(0), Decimal(0))
            rows.append(
                {
                    "lamnar": "alla" if stays.empty else ", ".join(region.name for region in group),
                    "antal_kvar": len(stays),
                    "enligt": according_to,
                    "underlag": own["underlag"].iloc[0],
                    "lagst_lamnar_efter_sig_kr": behind[0],
                    "hogst_lamnar_efter_sig_kr": behind[1],
                    "lagst_ovriga_fore_kr": before[0],
                    "hogst_ovriga_fore_kr": before[1],
                    "lagst_ovriga_efter_kr": after[0],
                    "hogst_ovriga_efter_kr": after[1],
                    "okning": after[0] / before[0] - 1 if before[0] else None,
                }
            )
    return pd.DataFrame(rows)


def _sums(changes: pd.DataFrame, what: str) -> tuple[Decimal, Decimal]:
    return sum(changes[f"lagst_{what}"], Decimal(0)), sum(changes[f"hogst_{what}"], Decimal(0))
