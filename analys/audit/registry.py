"""Registry numbers (diarienummer): is one of them used for two contracts?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from analys.agreement import Agreement, Version
from analys.agreement.fields import UNKNOWN, known
from analys.agreement.model import Decision
from analys.audit.finding import Code, Finding, Severity
from analys.audit.shares import in_force
from analys.swedish import genitive


class _Contract(NamedTuple):
    """A version with the registry number of its own document."""

    version: Version
    number: str


def check(agreement: Agreement) -> list[Finding]:
    """The numbers that two versions' documents share, and those that a decision gives the contract that it ends."""
    contracts = _contracts(agreement)
    findings = []
    for first, second in combinations(contracts, 2):
        if _plain(first.number) == _plain(second.number) and first.version.document != second.version.document:
            names = f"{first.version.name} och {second.version.name}"
            message = f"Diarienumret {second.number} anges för två avtal: {names}."
            evidence = f"{first.version.document}; {second.version.document}"
            findings.append(_finding(message, second.number, [first.version, second.version], evidence))
    for decision in agreement.decisions:
        findings += _of_decision(agreement, decision, contracts)
    return findings


def _contracts(agreement: Agreement) -> list[_Contract]:
    stated = [document for document in agreement.documents if document.registry_number != UNKNOWN]
    numbers = {document.id: document.registry_number for document in stated}
    own = [(version, numbers.get(version.document)) for version in agreement.versions]
    return [_Contract(version, number) for version, number in own if number]


def _of_decision(agreement: Agreement, decision: Decision, contracts: list[_Contract]) -> Iterator[Finding]:
    """A number in the decision's own words that is another contract's than the one in force when it was made."""
    date = known(decision.date)
    ended = in_force(agreement, date) if date else None
    if date is None or ended is None:
        return
    own = next((number for version, number in contracts if version.document == ended.document), None)
    quote = _plain(decision.citation.quote or "")
    for version, number in contracts:
        if version.document != ended.document and number != own and _plain(number) in quote:
            what = "förslag" if decision.status == "forslag" else "beslut"
            listed = f"{ended.name}, har {own or 'inget känt nummer'}"
            message = (
                f"{genitive(decision.municipality.name)} {what} {date.isoformat()} anger diarienumret {number} "
                f"för avtalet som lämnas; det är numret på {version.name}, och avtalet som gällde då, {listed}."
            )
            evidence = f"{decision.citation.document}, {decision.citation.place}"
            yield _finding(message, number, [version, ended], evidence)


def _finding(message: str, number: str, versions: list[Version], evidence: str) -> Finding:
    return Finding(
        Code.REGISTRY_NUMBER,
        Severity.UPPLYSNING,
        message,
        found=number,
        explanation={"versions": [version.id for version in versions]},
        evidence=evidence,
    )


def _plain(text: str) -> str:
    """Text without what registry numbers are written with or without."""
    return "".join(character for character in text.casefold() if character not in " /\u00a0")
