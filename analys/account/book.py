"""The account: one table of amounts for an agreement, whatever its folder holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path

from analys.account import annexed, computed, stated
from analys.account.folder import Folder, folder
from analys.account.key import members
from analys.account.model import STATED, Amount, Basis, Origin, Payer, added
from analys.account.proposals import pending
from analys.account.stated import Stated
from analys.agreement import Agreement
from analys.agreement.load import edition
from analys.agreement.model import Decision
from analys.allocation.year import YearAllocation
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.register import Region, regions


@dataclass(frozen=True)
class Account:
    """Every amount that an agreement's annexes, terms and statements give, each with what it rests on.

    ``lacking`` says, in Swedish, which facts are missing where a reader would look for them.
    """

    folder: Folder
    shared: tuple[YearAllocation, ...]
    amounts: tuple[Amount, ...]
    statements: Mapping[int, list[Stated]]
    lacking: tuple[str, ...]

    @property
    def agreement(self) -> Agreement:
        return self.folder.agreement

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years that there is any amount for, in order."""
        return tuple(sorted({amount.year for amount in self.amounts}))

    def of(self, basis: Basis, years: Iterable[int] | None = None) -> list[Amount]:
        """The amounts that head each year: of every part of a year the most certain source, added up; where nobody is
        charged by an annex or the terms, what is stated. Several statements that disagree stand side by side."""
        wanted = set(self.years if years is None else years)
        return [amount for amount in self._heading[basis] if amount.year in wanted]

    @cached_property
    def _heading(self) -> dict[Basis, list[Amount]]:
        return {basis: heading([each for each in self.amounts if each.basis is basis]) for basis in Basis}

    def sources(self, basis: Basis, years: Iterable[int] | None = None) -> dict[tuple[int, str], list[Amount]]:
        """The heading amounts by year and source, municipalities first in code order."""
        found: dict[tuple[int, str], list[Amount]] = {}
        for amount in sorted(self.of(basis, years), key=lambda amount: (not amount.payer.code, amount.payer.key)):
            found.setdefault((amount.year, amount.according_to), []).append(amount)
        return found

    def years_of(self, *origins: Origin, basis: Basis = Basis.INVOICE) -> list[int]:
        """The years that are headed by one of these sources."""
        return sorted({amount.year for amount in self.of(basis) if amount.origin in origins})

    def stated(self, year: int, *origins: Origin) -> list[Stated]:
        """What is stated of a year, of these kinds."""
        return [each for each in self.statements.get(year, ()) if each.origin in origins]

    def invoices(self) -> list[annexed.Invoice]:
        """The invoices whose amounts an annex states."""
        return annexed.invoices(self.folder)

    def base_year(self, year: int) -> int:
        """The last year up to ``year`` that somebody is charged or has paid an amount of; failing that, the last whose
        cost is stated. Raises :class:`AnalysError` for none."""
        known = [(amount.origin is not Origin.TOTAL, amount.year) for amount in self.amounts if amount.year <= year]
        if not known:
            raise AnalysError(f"{self.agreement.id}: inget belopp är känt till och med {year}")
        return max(known)[1]

    def total(self, parts: list[Amount]) -> Interval:
        """The cost that the amounts of one year and source make, or that the statement they follow from implies."""
        first = parts[0]
        if first.origin in STATED:
            implied = [each.total for each in self.stated(first.year, first.origin) if each.label == first.according_to]
            if implied and implied[0]:
                return implied[0]
        return total(parts)

    def is_whole(self, amounts: list[Amount]) -> bool:
        """Whether amounts of one year and source are of every municipality that is in, so that they make a total."""
        codes = {amount.payer.code for amount in amounts}
        return codes >= {member.code for member in members(self.agreement, amounts[0].year)}

    @cached_property
    def proposals(self) -> tuple[Decision, ...]:
        """The decisions and proposals to give up the agreement of those that are still in it, in their order."""
        return pending(self.agreement)

    def end(self, member: Region | None = None) -> dt.date | None:
        """The agreement's end that a decision or proposal gives: the member's own, or else the first. ``None`` for a
        member that has already left, and so saves nothing."""
        dates = [
            (proposal.municipality != member, proposal.takes_effect)
            for proposal in self.proposals
            if isinstance(proposal.takes_effect, dt.date)
        ]
        if not dates:
            return None
        end = min(dates)[1]
        base = self.base_year(end.year)
        paying = {amount.payer.code for amount in self.amounts if amount.year == base}
        return end if member is None or member.code in paying else None

    @cached_property
    def speakers(self) -> tuple[Region, ...]:
        """The municipalities that propose to leave or state what they pay, each once: a report of each is asked for."""
        stated = [regions()[statement.code] for statement in self.folder.statements if statement.code]
        return tuple(dict.fromkeys([*(proposal.municipality for proposal in self.proposals), *stated]))

    def payers(self) -> tuple[Payer, ...]:
        """Everybody that there is an amount of, municipalities first in code order."""
        found = {amount.payer for amount in self.amounts}
        return tuple(sorted(found, key=lambda payer: (not payer.code, payer.key)))


def heading(amounts: list[Amount]) -> list[Amount]:
    """The amounts of one basis that head each year: see :meth:`Account.of`."""
    given = _most_certain((each for each in amounts if each.origin not in STATED), lambda each: (each.year, each.part))
    years = {amount.year for amount in given}
    stated = (each for each in amounts if each.origin in STATED and each.year not in years)
    whole = added(replace(amount, part="") for amount in given)
    return whole + _most_certain(stated, lambda each: each.year)


def _most_certain(amounts: Iterable[Amount], place: Callable[[Amount], Hashable]) -> list[Amount]:
    """Of the amounts of each place those of the most certain source."""
    best: dict[Hashable, list[Amount]] = {}
    for amount in amounts:
        kept = best.setdefault(place(amount), [])
        if kept and amount.origin.rank < kept[0].origin.rank:
            kept.clear()
        if not kept or amount.origin.rank == kept[0].origin.rank:
            kept.append(amount)
    return list(chain.from_iterable(best.values()))


def total(amounts: Iterable[Amount]) -> Interval:
    """The sum of amounts."""
    return sum((amount.kronor for amount in amounts), Interval.point(0))


def account(id_or_path: str | Path) -> Account:
    """The account of a bundled agreement, or of a folder anywhere; kept for as long as no file of the folder changes.

    Raises :class:`AnalysError` for an agreement or a file beside it that cannot be read.
    """
    return _account(*edition(id_or_path))


@lru_cache(maxsize=16)
def _account(file: Path, _: int) -> Account:
    own = folder(file)
    shared, refused = computed.years(own.agreement)
    lacking = [f"{year} lämnas utanför: {why}" for year, why in refused.items()]
    amounts = added(annexed.amounts(own)) + added(computed.amounts(shared))
    statements = {year: stated.statements(own, year) for year in _stated_years(own)}
    for year, found in statements.items():
        amounts += stated.amounts(own, year, found)
    return Account(own, tuple(shared), tuple(amounts), statements, (*lacking, *stated.unused(own)))


def _stated_years(own: Folder) -> list[int]:
    spans = [(statement.from_date.year, statement.to_date.year) for statement in own.statements]
    return sorted({year for first, last in spans for year in range(first, last + 1)})
