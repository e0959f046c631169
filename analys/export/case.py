"""The case that a report is about, and how its tables and figures come to be numbered."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from analys import tables
from analys.agreement import Agreement
from analys.agreement.model import Decision
from analys.export.blocks import Block, Figure, Report, Section, Table, typeset
from analys.export.drawn import drawn
from analys.export.wording import STATUS_IN_WORDS, Sign, listed, municipalities
from analys.figures.chart import Chart
from analys.register import Region
from analys.swedish import genitive

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
        if len(self.members) == 1:
            return self.members[0].name
        return self.name or f"Samtliga {municipalities(len(self.members))}"

    @property
    def dated(self) -> Decision:
        """The decision or proposal that gives :attr:`end`."""
        return next(each for each in self.agreement.decisions if each.takes_effect == self.end)

    @property
    def leavers(self) -> tuple[Region, ...]:
        """Those who have decided or proposed to leave, each once."""
        return tuple(dict.fromkeys(each.municipality for each in self.agreement.decisions if each.kind == "uppsagning"))

    @property
    def end_in_words(self) -> str:
        """Whose day the end is, and for whom it is assumed because their own document gives none."""
        source = f"{genitive(self.dated.municipality.name)} {STATUS_IN_WORDS[self.dated.status]}"
        undated = [
            f"{genitive(each.municipality.name)} {STATUS_IN_WORDS[each.status]}"
            for each in self.agreement.decisions
            if each.kind == "uppsagning" and not isinstance(each.takes_effect, dt.date)
        ]
        assumed = f" {listed(undated)} anger ingen dag; här antas samma dag." if undated else ""
        return f"Dagen är den som {source} anger.{assumed}"

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

    def figure(self, name: str, caption: str, underlag: str, make: Callable[..., Chart], *arguments: object) -> Figure:
        """The chart that ``make`` draws of the agreement and ``arguments``, when a format asks for it."""
        return Figure(name, typeset(caption), functools.partial(drawn, self.agreement_id, make, *arguments), underlag)

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
