"""What a search for a rule goes through: a key with one rounding of its shares, the units, the bases that amounts allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np

from analys.allocation import Mode, Residual, Unit
from analys.audit.rule import Charged, Key
from analys.rounding import round_exact

#: Decimals of a share as a part of one: whole per cent to four decimals of a per cent.
SHARE_DECIMALS: Final = (2, 3, 4, 5, 6)
#: Five and six decimals of a per cent, tried where no coarser share gives all amounts.
FINER_DECIMALS: Final = (7, 8)
MODES: Final = (Mode.HALF_UP, Mode.FLOOR, Mode.UP)
#: Where the exact amount may lie beside the rounded one, in units.
_OFFSETS: Final = {Mode.HALF_UP: (-0.5, 0.5), Mode.FLOOR: (0.0, 1.0), Mode.UP: (-1.0, 0.0)}


#: So many unlike amounts show what they were rounded to.
_UNLIKE: Final = 4
#: Integers of 64 bits hold twice as much as this.
_EXACT: Final = 2**62


@dataclass(frozen=True)
class Spec:
    """A key with one rounding of its shares, as integers: ``weights`` parts of ``whole``."""

    key: Key
    decimals: int | None
    mode: Mode
    weights: tuple[int, ...]
    whole: int

    @property
    def cost(self) -> float:
        return self.key.rank * 10 + (0 if self.decimals is None else 3) + (self.mode is not Mode.HALF_UP)

    @cached_property
    def parts(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(weight, self.whole) for weight in self.weights)

    @property
    def lost_together(self) -> float:
        """What rounding the shares may have added to or taken from their sum."""
        return self.key.lost_together if self.decimals is None else len(self.weights) * 10.0**-self.decimals

    @property
    def absent(self) -> Fraction:
        """The part of somebody who has no row, where the key's whole is more than its weights."""
        lacking = Fraction(self.key.whole - sum(self.key.weights), self.key.whole)
        if lacking <= 0 or not self.key.counts_absent:
            return Fraction(0)
        if self.decimals is None:
            return lacking
        return Fraction(round_exact(lacking * 10**self.decimals, self.mode), 10**self.decimals)


@dataclass(frozen=True)
class Choice:
    """A rule's coordinates in the search, with what it explains: amounts reproduced, stated totals explained."""

    spec: int
    unit: Unit
    mode: Mode
    residual: Residual
    reproduced: int
    stated: int
    host: int | None = None
    total_ore: int | None = None


def specs_of(key: Key, finer: Sequence[int] = ()) -> list[Spec]:
    """The key with unrounded shares and with each rounding of them, or with the ``finer`` decimals only."""
    specs = [] if finer else [Spec(key, None, Mode.HALF_UP, key.weights, key.whole)]
    if key.rounds and (not finer or key.whole < _EXACT // 10 ** max(finer)):
        weights = np.array(key.weights, dtype=np.int64)
        for decimals in finer or SHARE_DECIMALS:
            step = 10**decimals
            for mode, half in ((Mode.HALF_UP, key.whole), (Mode.FLOOR, 0)):
                rounded = (2 * step * weights + half) // (2 * key.whole)
                if rounded.any():
                    specs.append(Spec(key, decimals, mode, tuple(rounded.tolist()), step))
    return specs


def units_of(amounts_ore: Sequence[int]) -> list[Unit]:
    """The units that most of the amounts are whole multiples of; öre too unless all are in whole kronor."""
    enough = 0.6 * len(amounts_ore)
    fitting = [unit for unit in Unit if sum(amount % unit == 0 for amount in amounts_ore) >= enough]
    # A few amounts alike, as equal parts are, are whole thousands by chance: not where another amount is not.
    few = len(set(amounts_ore)) < _UNLIKE
    fitting = [unit for unit in fitting if not few or unit <= Unit.KRONA or not any(a % unit for a in amounts_ore)]
    whole: list[Unit] = [unit for unit in fitting if unit is not Unit.ORE]
    return whole if whole and not any(amount % Unit.KRONA for amount in amounts_ore) else [*whole, Unit.ORE]


def as_arrays(specs: Sequence[Spec], column: Charged) -> tuple[np.ndarray, np.ndarray]:
    """Parts (specs, members), and the amounts less the key's fee (specs, members), in öre."""
    parts = np.array([spec.weights for spec in specs], dtype=float)
    parts /= np.array([spec.whole for spec in specs], dtype=float)[:, None]
    fees = np.array([spec.key.fee_of for spec in specs], dtype=float)
    return parts, np.array(column.amounts_ore, dtype=float)[None, :] - fees


def bounds(parts: np.ndarray, amounts: np.ndarray, unit: Unit, mode: Mode) -> tuple[np.ndarray, np.ndarray]:
    """Each member's interval of bases in öre. A part of zero allows every base for amount zero and none for others."""
    below, above = _OFFSETS[mode]
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (amounts + below * unit) / parts, (amounts + above * unit) / parts
    empty = parts == 0
    low = np.where(empty, np.where(amounts == 0, -np.inf, np.inf), low)
    high = np.where(empty, np.inf, high)
    # No base gives an amount that the unit does not divide.
    low, high = (np.where(amounts % unit == 0, bound, np.inf) for bound in (low, high))
    return (low, high) if mode is not Mode.UP else (np.nextafter(low, np.inf), np.nextafter(high, np.inf))


def handed_out(column: Charged, residual: Residual) -> tuple[int, ...]:
    """The totals that may have been handed out: those stated, and the amounts' own sum, which a wrong total hides.

    Where any member may carry the rest, the own sum would let that member's amount be anything: then only without a
    stated total.
    """
    if residual is Residual.HOST and column.totals_ore:
        return column.totals_ore
    return tuple(dict.fromkeys((*column.totals_ore, column.sum_ore)))
