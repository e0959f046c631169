"""A rule that may have made a column of amounts: its key, its base, and how far it may be believed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil, comb, log2
from typing import Final

from analys.allocation import Mode, Residual, Rounding, Unit
from analys.audit import bits
from analys.evidence import Interval
from analys.rounding import round_exact

#: Up to so many units a step of a printed share is taken for rounding, and not for what the share was.
_BLUR: Final = 20
#: What happens by chance less often than this is no chance.
_CHANCE: Final = 0.01
#: So many units may an amount lie beside a rule whose key was fitted to the amounts.
_FITTED: Final = 5
#: A plain key that gives so many amounts, four of five or more, is the right one and not the one next to it.
_MANY: Final = 6
#: A total in whole hundreds of kronor was decided; amounts that are not add to one by chance alone.
ROUND_ORE: Final = 10_000
#: The evidence, in bits, that a rule needs before amounts are called wrong by it: chance among some thousand rules.
_BITS: Final = 18
#: And that equal parts need, or the figures that stand in the annex, used as they are: few rules, not thousands.
_BITS_OF_ONE: Final = 10
#: Keys of such a rank or less stand in the annex itself.
_PRINTED: Final = 2
#: The name of the key that gives everybody the same.
EQUAL: Final = "equal"


#: What a reader of Swedish is told instead of the name of a key.
_SAID: Final = (
    ("population corrected(.*)", r"rättad folkmängd\1"),
    ("population(.*)", r"folkmängd\1"),
    ("shares", "andelarna"),
    (EQUAL, "lika"),
    ("agreement", "enligt avtalet"),
    (r"mixed ([\d.]+)/([\d.]+)( \d{4}-\d\d-\d\d)?", r"\1 % lika och \2 % efter folkmängd\3"),
    (r"mixed (\d+)/(\d+) (.*)", r"\1 och \2 % efter \3"),
    (r"fee ([\d.]+) \+ population(.*)", r"\1 kr var och resten efter folkmängd\2"),
)


def said(name: str) -> str:
    """The name of a key in Swedish; that of a printed column is its heading."""
    for pattern, words in _SAID:
        if match := re.fullmatch(pattern, name):
            return match.expand(words)
    return name


@dataclass(frozen=True)
class Key:
    """What amounts may follow: each member's ``weights`` as parts of ``whole``, after ``fee_ore`` each.

    ``lacking`` counts those who take part without a row. ``rank`` orders keys that explain equally much; ``rounds``
    tells whether shares may have been rounded on the way, ``most_lost`` what a printed share may have lost by it and
    ``lost_together`` what their sum may, and ``counts_absent`` whether what the weights lack of the whole is the part of
    somebody without a row. ``is_plain``: a fitted part or fee is a round number, such as somebody agrees on. ``people``:
    the populations that the weights were made of; ``equal``: the part of the whole that is shared equally and not by them.
    """

    name: str
    weights: tuple[int, ...]
    whole: int
    rank: int = 0
    rounds: bool = True
    fee_ore: int = 0
    counts_absent: bool = True
    most_lost: float = 0.0
    lost_together: float = 0.0
    lacking: int = 0
    is_plain: bool = True
    people: tuple[int, ...] = ()
    equal: Fraction = Fraction(0)

    @cached_property
    def fee_of(self) -> tuple[int, ...]:
        """The fee of each member who takes part: who has no weight pays none."""
        return tuple(self.fee_ore * (weight > 0) for weight in self.weights)

    @cached_property
    def fees_ore(self) -> int:
        """The fees of all who take part."""
        return sum(self.fee_of) + self.fee_ore * self.lacking

    def without(self, idle: Collection[int]) -> Key:
        """The key among the others, where these members take no part."""
        if not idle:
            return self
        weights = tuple(0 if i in idle else weight for i, weight in enumerate(self.weights))
        people = tuple(0 if i in idle else each for i, each in enumerate(self.people))
        # Shares are parts of one whoever takes part.
        gone = sum(self.weights) - sum(weights) if self.lost_together == 0 else 0
        return replace(self, weights=weights, whole=self.whole - gone, people=people)

    @property
    def free(self) -> int:
        """How many numbers of the key were fitted to the amounts."""
        return 1 if self.name.startswith(("mixed", "fee")) else 0


@dataclass(frozen=True)
class Charged:
    """One column of amounts in öre, with the totals that the annex states for it, and what those count of members who
    have no row (``beside_ore``). ``idle``: the members with a dash or the like instead of an amount, who take no part."""

    letter: str
    amounts_ore: tuple[int, ...]
    totals_ore: tuple[int, ...] = ()
    beside_ore: int = 0
    idle: frozenset[int] = frozenset()

    @property
    def adds_up(self) -> bool:
        """Whether the amounts, with what the total counts beside them, add to a stated total."""
        return self.adds(self.sum_ore)

    def adds(self, sum_ore: int) -> bool:
        """Whether such a sum of the amounts would make a stated total."""
        return sum_ore + self.beside_ore in self.totals_ore

    @property
    def has_round_total(self) -> bool:
        """Whether a total is in whole thousands of kronor, as nothing but chance makes a sum of amounts that are not."""
        return any(total % Unit.TKR == 0 for total in self.totals_ore) and any(a % Unit.TKR for a in self.amounts_ore)

    @property
    def sum_ore(self) -> int:
        return sum(self.amounts_ore)


@dataclass(frozen=True)
class Rule:
    """A rule for one column, judged exactly. ``base`` bounds the total in kronor; ``used_ore`` is the one in it that
    the expected amounts follow from; ``hits`` tells which members' amounts it reproduces. ``support`` is the evidence,
    in bits, of the other columns that follow it throughout. ``structure`` tells, in Swedish, what the rule has beside the
    key (a floor, a rebate), and ``spent`` what that costs in bits. ``agreed``: an agreement says so.
    ``sure``: the account that the rule is of saves enough to be believed. ``slips``: the evidence of amounts that are a
    slip of the hand from what the rule gives."""

    key: Key
    rounding: Rounding
    base: Interval
    used_ore: Fraction
    stated: bool
    expected_ore: tuple[int, ...]
    hits: tuple[bool, ...]
    parts: tuple[Fraction, ...]
    absent: Fraction
    support: float = 0
    structure: str = ""
    spent: float = 0
    agreed: bool = False
    sure: bool = False
    slips: float = 0

    @cached_property
    def reproduced(self) -> int:
        return sum(self.hits)

    @property
    def trusted(self) -> bool:
        """Whether so many amounts follow, so precisely, that the others must be wrong, not the rule.

        An unknown base explains one amount by itself, and each further number in the key another; what is left must be
        more than chance gives among all the rules that were tried, and more than speaks against the rule.
        """
        if self.agreed or self.sure:
            return True
        left = self.evidence
        is_printed = self.key.rank <= _PRINTED and self.rounding.share_decimals is None
        plain = is_printed and self.rounding.mode is Mode.HALF_UP and self.rounding.residual is Residual.NONE
        needed = _BITS_OF_ONE if self.key.name == EQUAL or plain else _BITS
        told = sum(left) + self.support + self._plain_base + self.slips - self.spent
        return len(left) >= len(self.hits) - self.reproduced and told >= needed

    @property
    def _plain_base(self) -> float:
        """What a base that no total states tells by being a plain number: how much less it costs than an amount."""
        precise = [log2(max(1, abs(e) / self.rounding.unit)) for e, hit in self._judged if hit]
        if self.stated or self.structure or self.key.free or not precise:
            return 0.0
        return max(0.0, max(precise) - bits.of_number(bits.plainest(self.base.low * 100, self.base.high * 100)))

    @property
    def is_worth_telling(self) -> bool:
        """Whether the rule gives more amounts than chance would: all, or so many that it is trusted."""
        return self.trusted or (all(self.hits) and len(self.hits) > 1)

    @cached_property
    def evidence(self) -> tuple[float, ...]:
        """How precisely, in bits, amounts follow beyond those that any base and key would give."""
        free = (0 if self.stated else 1) + self.key.free + (self.rounding.residual is Residual.HOST)
        precise = sorted((log2(max(1, abs(e) / self.rounding.unit)) for e, hit in self._judged if hit), reverse=True)
        return tuple(precise[free:])

    def spread_ore(self, i: int) -> int:
        """By how much the base's interval leaves member ``i``'s expected amount open."""
        return ceil((self.base.high - self.base.low) * 100 * self.parts[i])

    def open_ore(self, i: int) -> int:
        """By how much the base's interval leaves member ``i``'s rounded amount open."""
        unit = int(self.rounding.unit)
        low, high = (
            round_exact(bound * 100 * self.parts[i] / unit, self.rounding.mode)
            for bound in (self.base.low, self.base.high)
        )
        return unit * abs(high - low)

    @property
    def rest_ore(self) -> Fraction:
        """What the expected amounts, and that of somebody without a row, leave of the base."""
        return self.used_ore - sum(self.expected_ore) - self.absent_ore

    @cached_property
    def absent_ore(self) -> int:
        """What the rule gives those who take part without a row."""
        unit = int(self.rounding.unit)
        shared = unit * round_exact(self.used_ore * self.absent / unit, self.rounding.mode) if self.absent else 0
        return shared + self.key.fee_ore * self.key.lacking

    @cached_property
    def absent_bounds_ore(self) -> tuple[int, int]:
        """The least and the most that the rule can give those who take part without a row."""
        unit, more = int(self.rounding.unit), self.key.fee_ore * self.key.lacking
        low, high = (
            unit * round_exact(bound * 100 * self.absent / unit, self.rounding.mode)
            for bound in (self.base.low, self.base.high)
        )
        decimals, more_than_one = self.rounding.share_decimals, max(1, self.key.lacking) - 1
        open_ore = unit * more_than_one + (0 if self.rounding.residual is Residual.NONE else unit)
        if decimals is not None:
            open_ore += ceil(more_than_one * Fraction(1, 10**decimals) * self.used_ore)
        if self.blur_ore:
            open_ore += 2 * unit + ceil(len(self.hits) * Fraction(self.key.most_lost) * self.used_ore)
        return low + more - open_ore, high + more + open_ore

    @cached_property
    def parts_together(self) -> Fraction:
        """What all who take part are given of the base."""
        return sum(self.parts, self.absent)

    @property
    def gives_another_whole(self) -> bool:
        """Whether the parts add to more, or less, of the base than rounded shares do."""
        return self._lost_ore > self._most_lost_ore

    @cached_property
    def _lost_ore(self) -> Fraction:
        """What the rounding of shares leaves of the base, or takes beyond it."""
        return abs(1 - self.parts_together) * self.used_ore

    @cached_property
    def blur_ore(self) -> Fraction:
        """How far from the rule an amount may lie because the rule is known but roughly.

        Shares printed so finely that their rounding moves the amounts by units only reproduce some amounts by chance,
        and a key that was fitted to the amounts may be next to the right one.
        """
        unit = int(self.rounding.unit)
        if self.key.free:
            if self.key.is_plain and self.reproduced >= _MANY and self.reproduced * 5 >= 4 * len(self.hits):
                return Fraction(0)
            return Fraction(unit * (_FITTED if self.reproduced * 10 < 7 * len(self.hits) else 2))
        step = 2 * Fraction(self.key.most_lost) * self.used_ore
        if not 0 < step <= _BLUR * unit or self._beyond_chance(float(step / unit)):
            return Fraction(0)
        return step + unit

    def _beyond_chance(self, units: float) -> bool:
        """Whether more amounts follow than rounded shares give by chance, when a share's step is worth so many units.

        The exact amount then lies evenly within half of them from the reckoned one. One amount is the base's own.
        """
        chance = 1 - units / 4 if units <= 2 else 1 / units
        n, k = len(self.hits) - 1, self.reproduced - 1
        return sum(comb(n, i) * chance**i * (1 - chance) ** (n - i) for i in range(max(k, 0), n + 1)) < _CHANCE

    def allows(self, total_ore: int | Fraction, step_ore: int = 0) -> bool:
        """Whether a total, as precisely as it is written, is a base that the rule allows; also one that rescaled shares
        are parts of. A rule that is known but roughly leaves its base as open as its largest part does."""
        half = Fraction(step_ore, 2)
        return any(
            low - half <= total_ore < high + half or (total_ore - half <= low == high <= total_ore + half)
            for low, high in self._allowed_ore
        )

    def is_near_base(self, total_ore: int) -> bool:
        """Whether a total is a base, or no further from one than rounding so many amounts leaves over: four standard
        deviations."""
        slack = int(4 * int(self.rounding.unit) * (len(self.hits) / 12) ** 0.5)
        return any(low - slack <= total_ore <= high + slack for low, high in self._allowed_ore)

    @cached_property
    def _allowed_ore(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """The totals in öre that are bases: all that the parts are of, and all that rescaled parts are of."""
        low, high, fees = self.base.low * 100, self.base.high * 100, self.key.fees_ore
        if self.blur_ore:
            more = Fraction(self.key.most_lost) * self.used_ore / max(self.parts) + 2 * int(self.rounding.unit)
            low, high = low - more, high + more
        whole = sum(self.parts, self.absent)
        scales = (Fraction(1), whole) if whole not in (0, 1) else (Fraction(1),)
        return tuple((low * scale + fees, high * scale + fees) for scale in scales)

    @cached_property
    def likely_rest_ore(self) -> Fraction:
        """The most that one member carries: what rounding to the nearest leaves over, four standard deviations, or one way,
        a unit each; and what the shares before them lose."""
        unit, n = int(self.rounding.unit), len(self.hits)
        one_way = self.rounding.mode in (Mode.FLOOR, Mode.UP)
        of_amounts = Fraction(unit * n) if one_way else unit * max(Fraction(1), Fraction(4 * (n / 12) ** 0.5))
        return of_amounts + min(self._lost_ore, self._most_lost_ore)

    @cached_property
    def slack_ore(self) -> Fraction:
        """The most that rounding the amounts, and the shares before them, can leave over."""
        return int(self.rounding.unit) * len(self.hits) + min(self._lost_ore, self._most_lost_ore)

    @property
    def _most_lost_ore(self) -> Fraction:
        """The most that rounding the shares can have lost."""
        decimals = self.rounding.share_decimals
        most = Fraction(self.key.lost_together) if decimals is None else len(self.hits) * Fraction(1, 10**decimals)
        return most * self.used_ore

    def explains(self, charge: Charged) -> bool:
        """Whether a stated total is the base, or what the rule's amounts add to."""
        return self.stated or sum(self.expected_ore) + self.absent_ore in charge.totals_ore

    @property
    def rest_is_small(self) -> bool:
        """Whether the rest is no more than rounding leaves of the base."""
        return self._lost_ore <= self._most_lost_ore and abs(self.rest_ore) <= self.slack_ore

    @property
    def _judged(self) -> list[tuple[int, bool]]:
        return list(zip(self.expected_ore, self.hits, strict=True))
