"""Reads a cost-sharing annex: a workbook or csv file with a table of members, totals, and free text around it.

annex = read("bilaga-2018.xlsx")
for column in annex.of_kind(Kind.AMOUNT):
    for member in annex.members:
        member.municipality.code, column.period, member.figures[column.letter].value, ....cell
"""

from __future__ import annotations

from pathlib import Path

from analys.intake.annex.grid import open_grids
from analys.intake.annex.model import Annex, Column, Figure, Kind, Member, Mention, Period, Text, TotalRow
from analys.intake.annex.table import read_annex

__all__ = ["Annex", "Column", "Figure", "Kind", "Member", "Mention", "Period", "Text", "TotalRow", "read"]


def read(path: Path | str) -> Annex:
    """The annex in a file (.xlsx or .csv, told by its content). Money in kronor, shares in parts of one.

    Raises :class:`analys.errors.InputError` with every fault: a file that is no table or more than one, headings that
    are merged, formulas without stored values, cells that hold no figure where one is needed.
    """
    return read_annex(open_grids(path))
