"""What a scenario assumes, in Swedish, for the reader of its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analys.agreement.fields import known
from analys.agreement.model import Agreement, RefundRule
from analys.allocation.periods import Period
from analys.scenario.answer import Scenario
from analys.swedish import format_date, format_number

_REFUND_TEXT: Final = {
    RefundRule.NONE: "Fakturerade belopp återbetalas inte.",
    RefundRule.FROM_NEXT_MONTH: "Betalda belopp återbetalas från och med första dagen i månaden efter upphörandet.",
    None: "Villkoren för återbetalning är okända; kostnaden räknas till och med sista dagen.",
}
_STATUS: Final = {"forslag": "Förslaget", "beslut": "Beslutet"}


def refund_rule(period: Period) -> RefundRule | None:
    refund = known(period.version.refund)
    return refund.rule if refund else None


def assumptions(scenario: Scenario, agreement: Agreement, last: Period) -> list[str]:
    """What a reader must know to believe the numbers, in Swedish. ``last`` is the last period that is changed."""
    stated = [*_ending(scenario, last), *_leaving(scenario, last)]
    for decision in agreement.decisions:
        if decision.condition and (scenario.end or decision.municipality in scenario.leaving):
            who = f"{_STATUS[decision.status]} från {decision.municipality.name}"
            stated.append(f"{who} gäller under förutsättning: {decision.condition}.")
    if scenario.key:
        stated.append("Kostnaden fördelas med en annan nyckel än avtalets.")
    if scenario.index:
        stated.append("Kostnaden följer ett antaget index från det första jämförda året.")
    return stated


def _ending(scenario: Scenario, last: Period) -> Iterator[str]:
    if scenario.end is None:
        return
    yield f"Avtalet upphör {format_date(scenario.end)}."
    yield _REFUND_TEXT[refund_rule(last)]
    notice = known(last.version.notice)
    if notice and notice.months:
        latest = notice.last_day(scenario.end)
        yield f"Uppsägning senast {format_date(latest)} ({notice.months} månaders uppsägningstid)."


def _leaving(scenario: Scenario, last: Period) -> Iterator[str]:
    if scenario.leave_date is None or not scenario.leaving:
        return
    names = ", ".join(region.name for region in scenario.leaving)
    part = format_number(scenario.stranded * 100, 1).removesuffix(",0")
    yield (
        f"{names} lämnar från och med {format_date(scenario.leave_date)}; övriga fortsätter. "
        f"{part} % av de utträdandes kostnad finns kvar och fördelas på övriga."
    )
    staying = len(set(last.members) - set(scenario.leaving))
    members = known(last.version.members)
    if members and members.needs_more_than(staying):
        yield f"Avtalet förutsätter minst {members.minimum} medlemmar; {staying} skulle vara kvar."
