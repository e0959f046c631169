"""What a key is asked, and what it notes while it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from analys.agreement.traced import Traced, total
from analys.errors import AnalysError
from analys.register import Region, regions
from analys.swedish import format_kr

#: Payer -> weight. Payers are municipality codes and the ids of other parties.
Weights = dict[str, Fraction]


def add(weights: Weights, more: Weights, times: Fraction | int = 1) -> None:
    """Add to each payer's weight ``times`` what ``more`` has for it."""
    for payer, weight in more.items():
        weights[payer] = weights.get(payer, Fraction(0)) + times * weight


@dataclass
class Figure:
    """What was looked up for a key: its name and unit (Swedish), the day it is of, and each member's value.

    ``inhabitants``: whether the values are a population of one day.
    """

    name: str
    unit: str
    reference: str
    values: Weights
    inhabitants: bool = False


class Cells(Protocol):
    """A workbook that keeps the numbers which the weights follow from: where each of them stands."""

    def figure(self, figure: Figure, payer: str) -> str:
        """The address of a looked-up value."""

    def agreed(self, name: str, value: Fraction, unit: str) -> str:
        """The address of a number that the agreement states."""


@dataclass
class Question:
    """Whose weights in which year, and what was looked up to answer it. ``place`` is the key's file and line.

    ``total_ore`` is the cost that is shared, ``None`` for a tariff, and ``part`` the part of the year that it is of, for
    keys with fees. ``carry_forward`` takes the latest population for years that have none yet, and says so in
    ``assumptions``; ``remarks`` is what the agreement itself lets stand in for a figure. ``cells``: trace the weights.
    ``round_shares``: how an agreement rounds the shares of what fees leave; fees themselves are never shares.
    """

    folder: Path
    year: int
    members: tuple[Region, ...]
    place: str
    total_ore: Fraction | None = None
    carry_forward: bool = False
    part: Fraction = Fraction(1)
    cells: Cells | None = None
    round_shares: Callable[[Weights], Weights] | None = None
    figures: list[Figure] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def within(self, part: Fraction, members: tuple[Region, ...] | None = None) -> Question:
        """The same question of a part of the total, and of some of the members; what it notes is noted here too."""
        own = self.members if members is None else members
        return replace(self, members=own, total_ore=None if self.total_ore is None else self.total_ore * part)

    def noted(self, figure: Figure) -> Weights:
        """The figure's values, traced where a workbook asks; the figure is kept for the reader."""
        same = [kept for kept in self.figures if (kept.name, kept.reference) == (figure.name, figure.reference)]
        for kept in same:  # another group's members
            kept.values.update(figure.values)
        if not same:
            self.figures.append(replace(figure, values=dict(figure.values)))
        if self.cells is None:
            return figure.values
        return {payer: Traced(value, self.cells.figure(figure, payer)) for payer, value in figure.values.items()}

    def agreed(self, name: str, value: Fraction | int, unit: str) -> Fraction:
        """A number that the agreement states, traced where a workbook asks."""
        exact = Fraction(value)
        return exact if self.cells is None else Traced(exact, self.cells.agreed(name, exact, unit))

    def has(self, payer: str) -> bool:
        """Whether a payer is in: a member of the year, or another party."""
        return payer not in regions() or payer in {region.code for region in self.members}

    def fault(self, message: str) -> AnalysError:
        """An error at the key's place."""
        return AnalysError(f"{self.place}: {message}")

    def after(self, fees: Weights, rest: Callable[[Question], Weights] | None) -> Weights:
        """Yearly fees in öre first, and what they leave of the total by ``rest``; as parts of the total.

        A tariff has no total: the fees are the answer. Raises :class:`AnalysError` when the fees are more than the
        total, or leave something that nobody carries.
        """
        if self.total_ore is None:
            if rest is not None:
                raise self.fault(f"något ska delas efter avgifterna, men kostnaden {self.year} är inte känd")
            return fees
        paid = {payer: fee * self.part for payer, fee in fees.items()}
        left = self.total_ore - total(paid.values())
        if left < 0 or (left and rest is None):
            fixed, whole = format_kr(Fraction(total(paid.values())) / 100, 2), format_kr(self.total_ore / 100, 2)
            problem = "mer än" if left < 0 else "mindre än"
            raise self.fault(f"de fasta beloppen {self.year} är {fixed}, {problem} kostnaden {whole}")
        if self.total_ore == 0:
            return rest(self) if rest else self.parts(dict.fromkeys(fees, Fraction(1)), "avgifter")
        if rest is not None and left:
            shared = rest(self.within(left / self.total_ore))
            add(paid, self.round_shares(shared) if self.round_shares else shared, left)
        return {payer: kronor / self.total_ore for payer, kronor in paid.items()}

    def parts(self, values: Weights, what: str) -> Weights:
        """Values as parts of their sum."""
        whole = total(values.values())
        if not values:
            raise self.fault(f"ingen medlem delar kostnaden {self.year}")
        if not whole:
            raise self.fault(f"alla tal ({what}) för {self.year} är noll, så inget kan delas efter dem")
        return {payer: value / whole for payer, value in values.items()}
