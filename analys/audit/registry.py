"""Registry numbers (diarienummer): is one of them used for two contracts?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from analys.agreement import UNKNOWN, Agreement, Version
from analys.agreement.model import Decision
from analys.audit.finding import Code, Finding, Severity
from analys.audit.shares import in_force
from analys.swedish import genitive


def check(agreement: Agreement) -> list[Finding]:
    """The numbers that two versions' documents share, and those that a decision gives the contract that it ends."""
    contracts = [(version, number) for version in agreement.versions if (number := _number(agreement, version))]
    findings = []
    for i, (version, number) in enumerate(contracts):
        for other, its in contracts[:i]:
            if _plain(number) == _plain(its) and version.document != other.document:
                message = f"Diarienumret {number} anges för två avtal: {other.name} och {version.name}."
                findings.append(_finding(message, number, [other, version], ""))
    for decision in agreement.decisions:
        findings += _of_decision(agreement, decision, contracts)
    return findings


def _of_decision(agreement: Agreement, decision: Decision, contracts: list[tuple[Version, str]]) -> Iterator[Finding]:
    """A number in the decision's own words that is another contract's than the one in force when it was made."""
    if not isinstance(decision.date, dt.date):
        return
    ended, quote = in_force(agreement, decision.date), _plain(decision.citation.quote or "")
    if ended is None:
        return
    own = _number(agreement, ended)
    for version, number in contracts:
        if version.document != ended.document and number != own and _plain(number) in quote:
            what = "förslag" if decision.status == "forslag" else "beslut"
            listed = f"{ended.name}, har {own}" if own else f"{ended.name}, har inget känt nummer"
            message = (
                f"{genitive(decision.municipality.name)} {what} {decision.date.isoformat()} anger diarienumret {number} "
                f"för avtalet som lämnas; det är numret på {version.name}, och avtalet som gällde då, {listed}."
            )
            yield _finding(
                message, number, [version, ended], f"{decision.citation.document}, {decision.citation.place}"
            )


def _finding(message: str, number: str, versions: list[Version], evidence: str) -> Finding:
    documents = [version.document for version in versions]
    return Finding(
        Code.REGISTRY_NUMBER,
        Severity.UPPLYSNING,
        message,
        found=number,
        explanation={"versions": [version.id for version in versions]},
        evidence=evidence or "; ".join(documents),
    )


def _number(agreement: Agreement, version: Version) -> str | None:
    """The registry number of a version's own document, where it is known."""
    numbers = [d.registry_number for d in agreement.documents if d.id == version.document]
    return numbers[0] if numbers and numbers[0] != UNKNOWN else None


def _plain(text: str) -> str:
    """Text without what registry numbers are written with or without."""
    return "".join(character for character in text.casefold() if character not in " /\u00a0")
