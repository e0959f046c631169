"""What a scenario assumes, in Swedish, for the reader of its answer."""

from __future__ import annotations

from typing import Final

from analys.agreement.model import Agreement, Members, Notice, Refund, RefundRule
from analys.allocation.periods import Period
from analys.scenario.answer import Scenario
from analys.swedish import format_date, format_number


def refund_rule(period: Period) -> RefundRule | None:
    return period.version.refund.rule if isinstance(period.version.refund, Refund) else None


def assumptions(scenario: Scenario, agreement: Agreement, last: Period) -> list[str]:
    """What a reader must know to believe the numbers, in Swedish. ``last`` is the last period that is changed."""
    version = last.version
    stated = []
    if scenario.end:
        stated.append(f"Avtalet upphör {format_date(scenario.end)}.")
        stated.append(_REFUND_TEXT[refund_rule(last)])
        if isinstance(version.notice, Notice) and version.notice.months:
            latest = version.notice.last_day(scenario.end)
            stated.append(f"Uppsägning senast {format_date(latest)} ({version.notice.months} månaders uppsägningstid).")
    if scenario.leaving and scenario.leave_date:
        names = ", ".join(region.name for region in scenario.leaving)
        part = format_number(scenario.stranded * 100, 1).removesuffix(",0")
        stated.append(
            f"{names} lämnar från och med {format_date(scenario.leave_date)}; övriga fortsätter. "
            f"{part} % av de utträdandes kostnad finns kvar och fördelas på övriga."
        )
        staying = [m for m in last.members if m not in scenario.leaving]
        least = version.members.minimum if isinstance(version.members, Members) else None
        if least and len(staying) < least:
            stated.append(f"Avtalet förutsätter minst {least} medlemmar; {len(staying)} skulle vara kvar.")
    for decision in agreement.decisions:
        if decision.condition and (scenario.end or decision.municipality in scenario.leaving):
            what = {"forslag": "Förslaget", "beslut": "Beslutet"}[decision.status]
            stated.append(f"{what} från {decision.municipality.name} gäller under förutsättning: {decision.condition}.")
    if scenario.key:
        stated.append("Kostnaden fördelas med en annan nyckel än avtalets.")
    if scenario.index:
        stated.append("Kostnaden följer ett antaget index från det första jämförda året.")
    return stated


_REFUND_TEXT: Final = {
    RefundRule.NONE: "Fakturerade belopp återbetalas inte.",
    RefundRule.FROM_NEXT_MONTH: "Betalda belopp återbetalas från och med första dagen i månaden efter upphörandet.",
    None: "Villkoren för återbetalning är okända; kostnaden räknas till och med sista dagen.",
}
