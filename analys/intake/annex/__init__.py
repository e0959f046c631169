"""Reads cost-sharing annexes: tables of members, with totals and free text around them, in a file of any known form.

for annex in read_all("bilaga-2018.xlsx"):
    for column in annex.of_kind(Kind.AMOUNT):
        for member in annex.members:
            member.municipality.code, column.period, member.figures[column.letter].value, ....cell
"""

from __future__ import annotations

from pathlib import Path

from analys import documents
from analys.documents.model import Document
from analys.errors import Fault, InputError
from analys.intake.annex.find import ONE_TABLE, annexes
from analys.intake.annex.model import (
    Annex,
    Column,
    Figure,
    Kind,
    Member,
    Mention,
    Period,
    Section,
    Text,
    TotalRow,
)

__all__ = [
    "Annex",
    "Column",
    "Figure",
    "Kind",
    "Member",
    "Mention",
    "Period",
    "Section",
    "Text",
    "TotalRow",
    "annexes",
    "only",
    "read",
    "read_all",
]


def read_all(path: Path | str) -> tuple[Annex, ...]:
    """Every annex of a file, in reading order. Money in kronor, shares in parts of one.

    What else the file holds stands as remarks with the first annex. Raises :class:`analys.errors.InputError` with every
    fault where the file cannot be opened, holds no annex, or none that can be read.
    """
    return annexes(documents.open(path))


def read(path: Path | str) -> Annex:
    """The annex of a file that holds exactly one; otherwise as :func:`read_all`, whose error names the tables found."""
    return only(documents.open(path))


def only(document: Document) -> Annex:
    """As :func:`read` for what is opened already."""
    found = annexes(document)
    if len(found) > 1:
        places = " och ".join(annex.place for annex in found)
        fault = Fault(found[0].file, "", ONE_TABLE, f"{len(found)} tabeller, vid {places}", "spara en tabell för sig")
        raise InputError([fault])
    return found[0]
