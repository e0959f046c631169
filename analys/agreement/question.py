"""What a key is asked, and what it notes while it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from analys.agreement.traced import Traced, total
from analys.errors import AnalysError
from analys.register import Region, regions
from analys.swedish import format_kr


class Weights(dict[str, Fraction]):
    """Payer -> number, reckoned with as a whole. Payers are municipality codes and the ids of other parties."""

    def __add__(self, more: Mapping[str, Fraction]) -> Weights:
        """The sums; who is in one of them only has that number."""
        together = Weights(self)
        for payer, number in more.items():
            together[payer] = together.get(payer, Fraction(0)) + number
        return together

    def __rmul__(self, times: Fraction | int) -> Weights:
        return Weights({payer: times * number for payer, number in self.items()})

    def __truediv__(self, divisor: Fraction) -> Weights:
        return Weights({payer: number / divisor for payer, number in self.items()})

    @classmethod
    def each(cls, payers: Iterable[str], number: Fraction) -> Weights:
        """The same number for each."""
        return cls(dict.fromkeys(payers, number))

    def of(self, payers: Iterable[str]) -> Weights:
        """Those of some payers, in their order."""
        return Weights({payer: self[payer] for payer in payers if payer in self})

    @property
    def total(self) -> Fraction:
        return total(self.values())

    @property
    def parts(self) -> Weights:
        """The numbers as parts of one; of numbers that are all zero, zeros."""
        whole = sum(self.values(), Fraction(0))
        return self / whole if whole else self


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
    round_shares: Callable[[Weights], Weights] = Weights
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
        if same:  # another group's members
            same[0].values.update(figure.values)
        else:
            self.figures.append(replace(figure, values=Weights(figure.values)))
        if self.cells is None:
            return figure.values
        addresses = {payer: self.cells.figure(figure, payer) for payer in figure.values}
        return Weights({payer: Traced(figure.values[payer], at) for payer, at in addresses.items()})

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
        paid = self.part * fees
        left = self.total_ore - paid.total
        if left < 0 or (left and rest is None):
            fixed, whole = format_kr(Fraction(paid.total) / 100, 2), format_kr(self.total_ore / 100, 2)
            problem = "mer än" if left < 0 else "mindre än"
            raise self.fault(f"de fasta beloppen {self.year} är {fixed}, {problem} kostnaden {whole}")
        if self.total_ore == 0:
            return rest(self) if rest else self.parts(Weights.each(fees, Fraction(1)), "avgifter")
        if rest is not None and left:
            paid += left * self.round_shares(rest(self.within(left / self.total_ore)))
        return paid / self.total_ore

    def equal(self, members: Iterable[Region]) -> Weights:
        """The same part for each."""
        return self.parts(Weights.each((region.code for region in members), Fraction(1)), "medlemmar")

    def parts(self, values: Weights, what: str) -> Weights:
        """Values as parts of their sum."""
        whole = values.total
        if not values:
            raise self.fault(f"ingen medlem delar kostnaden {self.year}")
        if not whole:
            raise self.fault(f"alla tal ({what}) för {self.year} är noll, så inget kan delas efter dem")
        return values / whole
