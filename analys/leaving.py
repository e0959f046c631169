"""What the members pay when the agreement ends, when some leave it and the rest carry it on, or when its key changes.

Reckoned on the last year that there is an amount of: each source of that year's amounts is answered for itself, and
what is paid before is what the account has, so that a saving and a cost left behind are the same kronor everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from analys import burden, population
from analys.account import Account, Amount, Basis, account
from analys.account import key as keys
from analys.account.frames import bounds
from analys.agreement.keys import Key
from analys.agreement.question import Weights
from analys.allocation.charge import charge
from analys.allocation.periods import Period, periods
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag
from analys.register import Region
from analys.scenario.answer import Scenario
from analys.scenario.assumptions import assumptions


@dataclass(frozen=True)
class Question:
    """What if ``leaving`` are out from the day after ``end`` (all of them: the agreement ends), the rest carry
    ``stranded`` of the leavers' cost, and the cost is shared by ``key`` (the agreement's own, when ``None``)? Amounts
    in the prices of ``price_year``, or of the year that they are of."""

    end: dt.date
    leaving: tuple[Region, ...]
    stranded: Fraction = Fraction(1)
    key: Key | None = None
    price_year: int | None = None

    @property
    def year(self) -> int:
        """The first full year after the change."""
        return self.end.year + 1


@dataclass(frozen=True)
class Answer:
    """``changes``: see :func:`ask`. ``assumptions``: what a reader must know, in Swedish. ``base_year``: the year whose
    amounts and key are reckoned on, ``price_year`` that whose prices they are in."""

    question: Question
    changes: pd.DataFrame
    assumptions: tuple[str, ...]
    base_year: int
    price_year: int


def members(agreement_id: str) -> tuple[Region, ...]:
    """Who can leave: the municipalities of the last year that there is an amount of."""
    own = account(agreement_id)
    return keys.members(own.agreement, own.years[-1])


def ask(agreement_id: str, question: Question) -> Answer:
    """What each payer pays a year before and after, by source of the yearly amounts.

    Columns of ``changes``: ``kommunkod``, ``kommun``, ``lamnar``, ``ar`` (the first full year), ``basar`` (whose amounts
    and key are reckoned on), ``enligt``, ``underlag`` (always ``skattad``), then low and high bounds of ``fore_kr``,
    ``efter_kr``, ``skillnad_kr`` and ``skillnad_kr_per_invanare``, and ``kalla``. Raises :class:`AnalysError` for a
    leaver that is no member, and where no source has an amount of every member.
    """
    own = account(agreement_id)
    base = own.base_year(question.end.year)
    period = _whole_year(own, base)
    strangers = [region.name for region in question.leaving if region not in period.members]
    if strangers:
        raise AnalysError(f"{', '.join(strangers)} är inte medlem och kan inte lämna avtalet")
    if not 0 <= question.stranded <= 1:
        raise AnalysError(f"den del av kostnaden som finns kvar ska vara mellan 0 och 1, inte {question.stranded}")
    prices = question.price_year or base
    factor = burden.price_factor(base, prices)
    sources = [parts for parts in own.sources(Basis.TWELVE_MONTHS, [base]).values() if own.is_whole(parts)]
    if not sources:
        raise AnalysError(f"{own.agreement.id}: ingen uppgift ger alla medlemmar ett belopp för {base}")
    sources.sort(key=lambda parts: sum(part.kronor.low for part in parts))
    rows = [row for parts in sources for row in _rows(own, question, period, parts, factor)]
    said = (
        f"Beloppen är de för {base}: {base} års kostnad och nyckel antas gälla även {question.year}.",
        *assumptions(_scenario(question, period), own.agreement, period),
    )
    return Answer(question, pd.DataFrame(rows), said, base, prices)


def _whole_year(own: Account, year: int) -> Period:
    """A year as it is at its end: the version and the members of its last period, for twelve months."""
    last = periods(own.agreement, year)[-1]
    return replace(last, first=dt.date(year, 1, 1), last=dt.date(year, 12, 31))


def _scenario(question: Question, period: Period) -> Scenario:
    if set(period.members) <= set(question.leaving):
        return Scenario(end=question.end, key=question.key)
    first = question.end + dt.timedelta(days=1)
    return Scenario(leaving=question.leaving, leave_date=first, stranded=question.stranded, key=question.key)


def _rows(
    own: Account, question: Question, period: Period, parts: list[Amount], factor: Fraction
) -> list[dict[str, Any]]:
    """One row a payer; the ends of an interval belong to the same end of the yearly cost."""
    ends: list[tuple[Weights, Weights]] = []
    for bound in ("low", "high"):
        before = factor * Weights({part.payer.key: getattr(part.kronor, bound) for part in parts})
        ends.append((before, after(own, question, period, before)))
    gone = {region.code for region in question.leaving}
    rows = []
    for part in parts:
        key, persons = part.payer.key, _inhabitants(part)
        paid, then = (_between(*(each[place].get(key, Fraction(0)) for each in ends)) for place in (0, 1))
        change = _between(*(later.get(key, Fraction(0)) - earlier[key] for earlier, later in ends))
        rate = bounds("skillnad_kr_per_invanare", change / persons) if persons else {}
        rows.append(
            {
                "kommunkod": part.payer.code,
                "kommun": part.payer.name,
                "lamnar": part.payer.code in gone,
                "ar": question.year,
                "basar": part.year,
                "enligt": part.according_to,
                "underlag": Underlag.SKATTAD.value,
                **bounds("fore_kr", paid),
                **bounds("efter_kr", then),
                **bounds("skillnad_kr", change),
                "lagst_skillnad_kr_per_invanare": rate.get("lagst_skillnad_kr_per_invanare"),
                "hogst_skillnad_kr_per_invanare": rate.get("hogst_skillnad_kr_per_invanare"),
                "kalla": ", ".join(part.documents),
            }
        )
    return rows


def _between(*ends: Fraction) -> Interval:
    return Interval(min(ends), max(ends))


def _inhabitants(part: Amount) -> int | None:
    known = part.payer.code and part.year <= population.latest_year()
    return population.year_end(part.payer.code, part.year) if known else None


def after(own: Account, question: Question, period: Period, before: Weights) -> Weights:
    """What each pays of a cost that is ``before`` shared as it is, when the leavers are out and the key is the asked one.

    Those that stay carry their own part and ``stranded`` of the leavers', by the key. A tariff's fees stay as they are.
    """
    gone = {region.code for region in question.leaving}
    staying = tuple(member for member in period.members if member.code not in gone)
    if not staying:
        return Weights()
    if question.key is None and not gone:
        return before
    if question.key is None and period.version.is_tariff:
        if question.stranded:
            raise AnalysError("nyckeln är en taxa, så ingen bär vad de utträdande lämnar; ange en annan nyckel")
        return before.of(key for key in before if key not in gone)
    carried = before.total - before.of(gone).total * (1 - question.stranded)
    changed = replace(period, members=staying)
    if question.key is not None:
        changed = keys.with_key(changed, question.key)
    return carried * charge(own.agreement, changed, int(carried * 100), carry_forward=True).exact_parts


def by_group(agreement_id: str, end: dt.date, groups: Sequence[Sequence[Region]]) -> pd.DataFrame:
    """What the rest pay a year when one group or another leaves, one row a group and source.

    The whole cost stays: either the others carry it by the key, or whoever employs bears what the leavers leave.
    Columns: ``lamnar`` (names), ``antal_kvar``, ``enligt``, ``underlag``, low and high bounds of ``lamnar_efter_sig_kr``
    (what the leavers paid: what the employer bears if the others do not), of ``ovriga_fore_kr`` and of
    ``ovriga_efter_kr`` (if they do), and ``okning`` (part of one, the same at both ends). When all leave the agreement
    ends and nobody is left to pay.
    """
    rows = []
    for group in groups:
        for according_to, own in ask(agreement_id, Question(end, tuple(group))).changes.groupby("enligt", sort=False):
            leaves, stays = own[own["lamnar"]], own[~own["lamnar"]]
            before, later, behind = _sums(stays, "fore_kr"), _sums(stays, "efter_kr"), _sums(leaves, "fore_kr")
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
                    "lagst_ovriga_efter_kr": later[0],
                    "hogst_ovriga_efter_kr": later[1],
                    "okning": later[0] / before[0] - 1 if before[0] else None,
                }
            )
    return pd.DataFrame(rows)


def _sums(changes: pd.DataFrame, what: str) -> tuple[Decimal, Decimal]:
    return sum(changes[f"lagst_{what}"], Decimal(0)), sum(changes[f"hogst_{what}"], Decimal(0))
