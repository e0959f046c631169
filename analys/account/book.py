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
from analys.account.model import Amount, Basis, Origin, Payer, added
from analys.account.proposals import pending
from analys.account.stated import Stated
from analys.agreement import Agreement
from analys.agreement.load import edition
from analys.agreement.model import Decision
from analys.allocation.year import YearAllocation, allocate_each, years_with_cost
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.register import Region, regions


@dataclass(frozen=True)
class Account:
    """Every amount that an agreement's annexes, terms and statements give, each with what it rests on.

    What is asked for is worked out then, and kept: whoever asks for the terms' years alone reads no annex.
    """

    folder: Folder

    @property
    def agreement(self) -> Agreement:
        return self.folder.agreement

    def allocated(
        self, years: Iterable[int], totals_ore: Mapping[int, int] | None = None
    ) -> tuple[list[YearAllocation], dict[int, AnalysError]]:
        """The years as the terms share them, of other totals where they are given; and why the others cannot be."""
        return allocate_each(self.agreement, list(years), totals_ore, carry_forward=True)

    @cached_property
    def by_terms(self) -> tuple[list[YearAllocation], dict[int, AnalysError]]:
        """Every year that the terms give a cost for, shared; and why a year that has a cost could not be."""
        return self.allocated(years_with_cost(self.agreement))

    def allocation(self, year: int, total_ore: int | None = None) -> YearAllocation:
        """One year as the terms share it. Raises :class:`AnalysError` for a term or a figure that is missing."""
        if total_ore is None and year in {own.year for own in self.shared}:
            return next(own for own in self.shared if own.year == year)
        done, left_out = self.allocated([year], {} if total_ore is None else {year: total_ore})
        if left_out:
            raise left_out[year]
        return done[0]

    @property
    def shared(self) -> list[YearAllocation]:
        """The years that the terms give a cost for, shared."""
        return self.by_terms[0]

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """Which facts are missing where a reader would look for them, in Swedish."""
        left_out = [f"{year} lämnas utanför: {why}" for year, why in self.by_terms[1].items()]
        return (*left_out, *stated.unused(self.folder))

    @cached_property
    def statements(self) -> dict[int, list[Stated]]:
        """What is stated of each year."""
        return {year: stated.statements(self.folder, year) for year in stated.years(self.folder)}

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        told = (stated.amounts(self.folder, year, found) for year, found in self.statements.items())
        given = [*added(annexed.amounts(self.folder)), *added(computed.amounts(self.shared))]
        return (*given, *chain.from_iterable(told))

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
        for amount in sorted(self.of(basis, years), key=lambda amount: amount.payer.place):
            found.setdefault((amount.year, amount.according_to), []).append(amount)
        return found

    def years_of(self, *origins: Origin, basis: Basis = Basis.INVOICE) -> list[int]:
        """The years that are headed by one of these sources."""
        return sorted({amount.year for amount in self.of(basis) if amount.origin in origins})

    def stated(self, year: int, *origins: Origin) -> list[Stated]:
        """What is stated of a year, of these kinds."""
        return [each for each in self.statements.get(year, ()) if each.origin in origins]

    def invoices(self) -> list[annexed.AnnexInvoice]:
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
        implied = {each.label: each.total for each in self.stated(first.year, first.origin)}
        return implied.get(first.according_to) or total(parts)

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
        dated = [(each.municipality != member, day) for each in self.proposals if (day := each.last_day)]
        if not dated:
            return None
        end = min(dated)[1]
        base = self.base_year(end.year)
        paying = {amount.payer.code for amount in self.amounts if amount.year == base}
        return end if member is None or member.code in paying else None

    @cached_property
    def speakers(self) -> tuple[Region, ...]:
        """The municipalities that propose to leave or state what they pay, each once: a report of each is asked for."""
        paying = [regions()[statement.code] for statement in self.folder.statements if statement.code]
        return tuple(dict.fromkeys([*(proposal.municipality for proposal in self.proposals), *paying]))

    def payers(self) -> tuple[Payer, ...]:
        """Everybody that there is an amount of, municipalities first in code order."""
        return tuple(sorted({amount.payer for amount in self.amounts}, key=lambda payer: payer.place))


def heading(amounts: list[Amount]) -> list[Amount]:
    """The amounts of one basis that head each year: see :meth:`Account.of`."""
    given = [amount for amount in amounts if not amount.origin.is_stated]
    years = {amount.year for amount in given}
    told = [amount for amount in amounts if amount.origin.is_stated and amount.year not in years]
    charged = _most_certain(given, lambda amount: (amount.year, amount.part))
    return added(replace(amount, part="") for amount in charged) + _most_certain(told, lambda amount: amount.year)


def _most_certain(amounts: list[Amount], place: Callable[[Amount], Hashable]) -> list[Amount]:
    """Of the amounts of each place those of the most certain source."""
    best: dict[Hashable, int] = {}
    for amount in amounts:
        best[place(amount)] = min(amount.origin.rank, best.get(place(amount), amount.origin.rank))
    return [amount for amount in amounts if amount.origin.rank == best[place(amount)]]


def total(amounts: Iterable[Amount]) -> Interval:
    """The sum of amounts."""
    return sum((amount.kronor for amount in amounts), Interval.point(0))


def account(id_or_path: str | Path) -> Account:
    """The account of a bundled agreement, or of a folder anywhere; kept for as long as no file of the folder changes.

    Raises :class:`AnalysError` for an agreement that cannot be read; a file beside it is read when it is asked for.
    """
    return _account(*edition(id_or_path))


@lru_cache(maxsize=16)
def _account(file: Path, _: int) -> Account:
    return Account(folder(file))
