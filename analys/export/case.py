"""The case that a report is about, and how its tables and figures come to be numbered."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from analys import tables
from analys.agreement import Agreement
from analys.export.blocks import Block, Figure, Report, Section, Table, typeset
from analys.export.wording import Sign
from analys.register import Region

if TYPE_CHECKING:
    from analys.figures.chart import Chart

_SENTENCE: Final = re.compile(r"(?<=[.!?]) (?=[A-ZÅÄÖ])")


@dataclass(frozen=True)
class Case:
    """Which agreement, for whom (``None``: the group), how savings are signed, and the end that somebody proposes."""

    agreement_id: str
    agreement: Agreement
    member: Region | None
    members: tuple[Region, ...]
    sign: Sign
    end: dt.date | None

    @property
    def name(self) -> str:
        """The municipality that figures mark; empty for the group, which marks none."""
        return self.member.name if self.member else ""

    @property
    def whom(self) -> str:
        """The municipality, or the group in words."""
        return self.name or f"Samtliga {len(self.members)} kommuner"

    @functools.cached_property
    def is_reconstructed(self) -> bool:
        """Whether the processed tables hold annexes of the agreement, so that there is something to reconstruct."""
        annexes = tables.read(tables.BILAGOR)
        return bool((annexes["avtal"] == self.agreement.id).any())

    @staticmethod
    def sentences(text: str) -> list[str]:
        """A quotation's sentences."""
        return _SENTENCE.split(text) if text else []

    def table(
        self,
        name: str,
        caption: str,
        headings: tuple[str, ...],
        rows: Iterable[tuple[str, ...]],
        source: str,
        underlag: str = "",
    ) -> Table:
        """A table whose rows that begin with the member's name are marked."""
        body = tuple(rows)
        own = frozenset(place for place, row in enumerate(body) if self.member and row[0] == self.member.name)
        return Table(name, typeset(caption), headings, body, source, underlag, own)

    def figure(self, name: str, caption: str, draw: Callable[[], Chart], underlag: str) -> Figure:
        return Figure(name, typeset(caption), draw, underlag)

    @staticmethod
    def numbered(report: Report) -> Report:
        """The report with its tables and figures numbered in reading order."""
        counts = {Table: 0, Figure: 0}

        def count(block: Block) -> Block:
            if not isinstance(block, Table | Figure):
                return block
            counts[type(block)] += 1
            return replace(block, number=counts[type(block)])

        def number(section: Section) -> Section:
            blocks = tuple(count(block) for block in section.blocks)
            return replace(section, blocks=blocks, sections=tuple(number(inner) for inner in section.sections))

        return replace(report, sections=tuple(number(section) for section in report.sections))
