"""The case that a report is about, and the blocks that its chapters make of it."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from analys import burden
from analys.account import Account, Origin
from analys.agreement import Agreement
from analys.agreement.model import Decision
from analys.audit import Finding
from analys.errors import AnalysError
from analys.export import answers
from analys.export.blocks import Figure, Table, typeset
from analys.export.drawn import drawn
from analys.export.wording import STATUS_IN_WORDS, Sign, municipalities
from analys.figures.chart import Chart
from analys.register import Region
from analys.swedish import genitive, listed


@dataclass(frozen=True)
class Local:
    """What only the municipality knows: a yearly cost of what replaces the service, and its net cost, in kronor; and the
    price index that amounts of different years are compared by."""

    replacement_kr: int | None = None
    net_cost_kr: int | None = None
    prices: str = burden.SERIES


#: Nothing but what the agreement's folder holds.
UNSAID: Final = Local()


@dataclass(frozen=True)
class Case:
    """Which agreement, for whom (``None``: the group), how savings are signed, and the end that somebody proposes."""

    agreement_id: str
    account: Account
    member: Region | None
    members: tuple[Region, ...]
    sign: Sign
    end: dt.date | None
    local: Local = UNSAID

    @property
    def agreement(self) -> Agreement:
        return self.account.agreement

    @property
    def name(self) -> str:
        """The municipality that figures mark; empty for the group, which marks none."""
        return self.member.name if self.member else ""

    @property
    def whom(self) -> str:
        """The municipality, or the group in words, as within a sentence."""
        if len(self.members) == 1:
            return self.members[0].name
        return self.name or f"samtliga {municipalities(len(self.members))}"

    @property
    def dated(self) -> Decision | None:
        """The decision or proposal that gives :attr:`end`."""
        return next((each for each in self.account.proposals if each.takes_effect == self.end), None)

    @property
    def leavers(self) -> tuple[Region, ...]:
        """Those still in who have decided or proposed to leave, each once."""
        return tuple(dict.fromkeys(each.municipality for each in self.account.proposals))

    @property
    def title(self) -> str:
        """The matter: the end of the agreement where somebody proposes it, otherwise who pays what of it."""
        what = self.agreement.subject
        if self.leavers:
            return f"Uppsägning av avtal om {what}" if what else f"Uppsägning av avtalet {self.agreement.name}"
        return f"Kostnadsfördelning enligt avtal om {what}" if what else f"Kostnadsfördelning: {self.agreement.name}"

    @property
    def end_in_words(self) -> str:
        """Whose day the end is, where it is not the member's own: it is then an assumption."""
        if self.dated is None or self.dated.municipality == self.member:
            return ""
        source = f"{genitive(self.dated.municipality.name)} {STATUS_IN_WORDS[self.dated.status]}"
        undated = [
            f"{genitive(each.municipality.name)} {STATUS_IN_WORDS[each.status]}"
            for each in self.account.proposals
            if not isinstance(each.takes_effect, dt.date)
            if self.member in (None, each.municipality)
        ]
        assumed = f"; {listed(undated)} anger ingen dag" if undated else ""
        return f"Slutdagen är den som {source} anger{assumed}, så att den gäller {self.whom} är ett antagande."

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the audit of the agreement's folder found; nothing where one of its files cannot be read."""
        try:
            return tuple(finding for _, finding in answers.findings(self.agreement_id))
        except AnalysError:
            return ()

    @property
    def charged_year(self) -> int | None:
        """The last year that an annex, or else the terms, give everybody's amounts for."""
        for origins in ((Origin.ANNEX,), (Origin.TERMS, Origin.TOTAL)):
            if years := self.account.years_of(*origins):
                return years[-1]
        return None

    def own(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The member's rows."""
        assert self.member
        return frame[frame["kommunkod"] == self.member.code]

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

    def figure(self, name: str, underlag: str, make: Callable[..., Chart], *arguments: object) -> Figure:
        """The chart that ``make`` draws of the agreement and ``arguments``, when a format asks for it."""
        return Figure(name, functools.partial(drawn, self.agreement_id, make, *arguments), underlag)
