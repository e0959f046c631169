"""Organisation numbers: is the check digit right, and whose number is it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analys.audit.finding import Code, Finding, Severity
from analys.intake.annex import Annex, Kind
from analys.register import Party, parties
from analys.swedish import fold, genitive


@dataclass(frozen=True)
class Stated:
    """A number that a document gives for a party; ``code`` is the municipality's, where the party is one."""

    party: str
    code: str | None
    number: str
    place: str
    cell: str | None = None


def check(annex: Annex) -> list[Finding]:
    """The numbers in an annex's column of organisation numbers."""
    columns = annex.of_kind(Kind.ORGANISATION_NUMBER)
    if not columns:
        return []
    letter = columns[0].letter
    stated = [
        Stated(
            m.municipality.name, m.municipality.code, m.organisation_number, f"cell {letter}{m.row}", f"{letter}{m.row}"
        )
        for m in annex.members
        if m.organisation_number
    ]
    return [finding for each in stated if (finding := judge(each))]


def written(number: str) -> str:
    """``NNNNNN-NNNN``, as the register writes it, when the number has ten digits (or twelve, beginning with 16)."""
    digits = "".join(character for character in number if character.isdigit())
    digits = digits[2:] if len(digits) == 12 and digits.startswith("16") else digits
    return f"{digits[:6]}-{digits[6:]}" if len(digits) == 10 else number


def judge(stated: Stated) -> Finding | None:
    """``orgnr-invalid`` for a wrong check digit, ``orgnr-party`` for another party's number, ``None`` for neither."""
    from stdnum.se import orgnr  # with it come seventy modules, and few annexes have a column of such numbers

    number = written(stated.number)
    known = list(_known_of(stated))
    place: dict[str, Any] = {
        "kommunkod": stated.code,
        "kommun": stated.party if stated.code else None,
        "column": "organisationsnummer",
        "cell": stated.cell,
        "found": number,
    }
    right = known[0].organisation_number if known else None
    if not orgnr.is_valid(number):
        hint = f"; registret har {right}" if right else ""
        message = f"Organisationsnumret {number} för {stated.party} ({stated.place}) har fel kontrollsiffra{hint}."
        evidence = "kontrollsiffran (Luhn)"
        return Finding(Code.ORGNR_INVALID, Severity.FEL, message, **place, expected=right, evidence=evidence)
    owner = parties().get(number)
    if owner is not None and not _is_same(owner, stated):
        others = f", vars nummer är {right}" if right else ""
        whose = f"{genitive(owner.name)}, inte {genitive(stated.party)}{others}"
        message = f"Organisationsnumret {number} ({stated.place}) är {whose}."
        return _other_party(message, place, right, {"party": owner.name}, owner.source)
    if owner is None and right is not None:
        message = f"Organisationsnumret {number} ({stated.place}) är inte {genitive(stated.party)}, som har {right}."
        return _other_party(message, place, right, {}, known[0].source)
    return None


def _other_party(
    message: str, place: dict[str, Any], right: str | None, explanation: dict[str, Any], source: str
) -> Finding:
    return Finding(
        Code.ORGNR_PARTY, Severity.FEL, message, **place, expected=right, explanation=explanation, evidence=source
    )


def _known_of(stated: Stated) -> Iterator[Party]:
    return (party for party in parties().values() if _is_same(party, stated))


def _is_same(party: Party, stated: Stated) -> bool:
    if party.municipality_code is not None or stated.code is not None:
        return party.municipality_code == stated.code
    return fold(party.name) == fold(stated.party)
