"""A rule that may have made a column of amounts: its key, its base, and how far it may be believed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2, sqrt
from typing import Final

from analys.allocation import Mode, Residual, Rounding
from analys.evidence import Interval
from analys.rounding import round_exact

#: Up to so many units a step of a printed share is taken for rounding, and not for what the share was.
_BLUR: Final = 20
#: So many units may an amount lie beside a rule whose key was fitted to the amounts.
_FITTED: Final = 5
#: The evidence, in bits, that a rule needs before amounts are called wrong by it: chance among some thousand rules.
_BITS: Final = 18


@dataclass(frozen=True)
class Key:
    """What amounts may follow: each member's ``weights`` as parts of ``whole``, after ``fee_ore`` each.

    ``rank`` orders keys that explain equally much; ``rounds`` tells whether shares may have been rounded on the way,
    ``most_lost`` what printed shares may have lost by it, and ``counts_absent`` whether what the weights lack of the
    whole is the part of somebody without a row.
    """

    name: str
    weights: tuple[int, ...]
    whole: int
    rank: int = 0
    rounds: bool = True
    fee_ore: int = 0
    counts_absent: bool = True
    most_lost: float = 0.0

    @property
    def free(self) -> int:
        """How many numbers of the key were fitted to the amounts."""
        return 1 if self.name.startswith(("mixed", "fee")) else 0


@dataclass(frozen=True)
class Charged:
    """One column of amounts in öre, with the totals that the annex states for it."""

    letter: str
    amounts_ore: tuple[int, ...]
    totals_ore: tuple[int, ...] = ()

    @property
    def sum_ore(self) -> int:
        return sum(self.amounts_ore)


@dataclass(frozen=True)
class Rule:
    """A rule for one column, judged exactly. ``base`` bounds the total in kronor; ``used_ore`` is the one in it that
    the expected amounts follow from; ``hits`` tells which members' amounts it reproduces."""

    key: Key
    rounding: Rounding
    base: Interval
    used_ore: Fraction
    stated: bool
    expected_ore: tuple[int, ...]
    hits: tuple[bool, ...]
    parts: tuple[Fraction, ...]
    absent: Fraction

    @property
    def reproduced(self) -> int:
        return sum(self.hits)

    @property
    def trusted(self) -> bool:
        """Whether so many amounts follow, so precisely, that the others must be wrong, not the rule.

        An unknown base explains one amount by itself, and each further number in the key another; what is left must be
        more than chance gives among all the rules that were tried, and more than speaks against the rule.
        """
        free = (0 if self.stated else 1) + self.key.free + (self.rounding.residual is Residual.HOST)
        precise = sorted((log2(max(1, abs(e) / self.rounding.unit)) for e, hit in self._judged if hit), reverse=True)
        left = precise[free:]
        return len(left) >= len(self.hits) - self.reproduced and sum(left) >= _BITS

    def spread_ore(self, i: int) -> int:
        """By how much the base's interval leaves member ``i``'s expected amount open."""
        return ceil((self.base.high - self.base.low) * 100 * self.parts[i])

    @property
    def rest_ore(self) -> Fraction:
        """What the expected amounts, and that of somebody without a row, leave of the base."""
        unit = int(self.rounding.unit)
        absent = unit * round_exact(self.used_ore * self.absent / unit, self.rounding.mode)
        return self.used_ore - sum(self.expected_ore) - absent

    @property
    def _lost_ore(self) -> Fraction:
        """What the rounding of shares leaves of the base, or takes beyond it."""
        return abs(1 - sum(self.parts, self.absent)) * self.used_ore

    @property
    def blur_ore(self) -> Fraction:
        """How far from the rule an amount may lie because the rule is known but roughly.

        Shares printed so finely that their rounding moves the amounts by units only reproduce most amounts by chance;
        and a key that was fitted to the amounts may be next to the right one.
        """
        step, unit = 2 * Fraction(self.key.most_lost) * self.used_ore, int(self.rounding.unit)
        fitted = Fraction(_FITTED * unit if self.key.free else 0)
        return step + unit if 0 < step <= _BLUR * unit else fitted

    @property
    def slack_ore(self) -> Fraction:
        """The most that rounding the amounts, and the shares before them, can leave over."""
        return int(self.rounding.unit) * len(self.hits) + self._lost_ore

    @property
    def usual_slack_ore(self) -> Fraction:
        """What rounding usually leaves over: three standard deviations, and half a unit each when it goes one way."""
        n, unit = len(self.hits), int(self.rounding.unit)
        drift = Fraction(unit * n, 2) if self.rounding.mode in (Mode.FLOOR, Mode.UP) else Fraction(0)
        return drift + Fraction(3 * sqrt(n / 12)) * unit + self._lost_ore

    @property
    def rest_is_small(self) -> bool:
        """Whether the rest is no more than rounding leaves of the base."""
        decimals = self.rounding.share_decimals
        most = Fraction(self.key.most_lost) if decimals is None else Fraction(1, 10**decimals)
        lost_too_much = self._lost_ore > len(self.hits) * most * self.used_ore
        return not lost_too_much and abs(self.rest_ore) <= self.slack_ore

    @property
    def _judged(self) -> list[tuple[int, bool]]:
        return list(zip(self.expected_ore, self.hits, strict=True))
