"""Who proposes or has decided to leave, and is still in."""

from __future__ import annotations

from analys.agreement import Agreement
from analys.agreement.fields import known
from analys.agreement.model import Decision
from analys.register import Region


def pending(agreement: Agreement) -> tuple[Decision, ...]:
    """The decisions and proposals to give up the agreement of those whose last day no version says, in their order."""
    gone = left(agreement)
    return tuple(each for each in agreement.decisions if each.kind == "uppsagning" and each.municipality not in gone)


def left(agreement: Agreement) -> set[Region]:
    """The members whose last day a version says."""
    found: set[Region] = set()
    for version in agreement.versions:
        members = known(version.members)
        if members:
            found |= {change.municipality for change in members.changes if change.to_date}
    return found
