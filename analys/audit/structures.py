"""Lawful rules that are more than a plain proportion: a floor, a cap, a rebate, a surcharge, amounts of another year, steps.

An account of a column is a key, a rate, patterns for those whose amounts the rate does not give, and faults for the rest.
Each part costs bits (:mod:`analys.audit.bits`); the patterns are kept that make the account cheapest. A new pattern is one
function in ``PATTERNS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Final

import numpy as np

from analys.allocation import Mode, Rounding, Unit
from analys.audit import bits, edits
from analys.audit.finding import Code
from analys.audit.money import told
from analys.audit.rule import Charged, Key, Rule
from analys.audit.spec import MODES, bounds, units_of
from analys.evidence import Interval
from analys.rounding import round_exact
from analys.swedish import format_number

#: What it takes to say that there is a pattern, where no text of the annex says so, and where one does.
_UNTOLD: Final = 5.0
_TOLD: Final = 1.0
#: A single member treated in its own way, which nothing tells of: as dear as many faults.
_ALONE: Final = 12.0
#: A plain difference that nothing tells of is what a hand adds as easily as a rule: dearer than any one fault.
_DIFFERENCE: Final = 28.0
#: So many bits fewer than any number of its size a number takes that somebody decided on.
_PLAIN: Final = 0.0
#: So many times its part is what hosts pay, and hardly what one changed digit makes.
_TIMES: Final = 3
#: Sums of money that the texts state and the account does not use.
_UNSTATED: Final = 6.0
#: Rates that share the most members, and patterns in one account, that are looked at.
_RATES: Final = 3
#: An amount per head of less is not one that somebody decided.
_ORE_A_HEAD: Final = 50
_PATTERNS: Final = 3
_TEXTS: Final = {
    "floor": re.compile(r"minst|lägst|golv|minimi", re.I),
    "cap": re.compile(r"högst|tak\b|\btak|max", re.I),
    "rebate": re.compile(r"rabatt|nedsatt|reducer|över \d|trappa|avtrapp|lägre avgift", re.I),
    "own": re.compile(r"värd|tillägg|avdrag|särskild|resterande|återstående|mellanskillnad|säte", re.I),
    "frozen": re.compile(r"oförändra|fryst|frys|som tidigare|övergång", re.I),
}


@dataclass(frozen=True)
class Setting:
    """What an annex says around a column: the members' names, texts, sums of money, the other columns of amounts, and its
    sections: the members' indices, the column's totals. ``hosts`` pay in their own way in another column."""

    names: Sequence[str]
    texts: Sequence[str] = ()
    stated_ore: frozenset[int] = frozenset()
    others: Sequence[Charged] = ()
    blocks: Sequence[tuple[tuple[int, ...], tuple[int, ...]]] = ()
    hosts: frozenset[int] = frozenset()

    def prior(self, kind: str, otherwise: float = _UNTOLD, of: int | None = None) -> float:
        return _TOLD if self.tells(kind, of) else otherwise

    def tells(self, kind: str, of: int | None = None) -> bool:
        """Whether a sentence of the annex speaks of such a pattern: for a member, one that names it or names nobody."""
        told = (self._named(text) for text in self.texts if _TEXTS[kind].search(text))
        return any(of is None or not named or of in named for named in told)

    def _named(self, text: str) -> set[int]:
        return {i for i, name in enumerate(self.names) if re.search(rf"\b{re.escape(name)}", text)}

    def of_texts(self, whole: int, slack: int) -> float:
        """What sums of money that the texts state cost: a figure of its own where none is what the amounts add to."""
        if not self.stated_ore or any(abs(each - whole) <= slack for each in self.stated_ore):
            return 0.0
        return min(map(bits.of_number, self.stated_ore))


@dataclass(frozen=True)
class Pattern:
    """The amounts, by the members' indices, that a pattern gives instead of the rate's."""

    amounts: Mapping[int, int]
    bits: float
    text: str
    alone: bool = False


@dataclass(frozen=True)
class Rate:
    """A key with a base and a rounding, and what it gives the members of a column."""

    column: Charged
    setting: Setting
    key: Key
    unit: Unit
    mode: Mode
    low: Fraction
    high: Fraction
    base: Fraction
    cost: float

    @cached_property
    def parts(self) -> list[Fraction]:
        return [Fraction(weight, self.key.whole) for weight in self.key.weights]

    def rounded(self, exact: Fraction) -> int:
        return int(self.unit) * round_exact(exact / int(self.unit), self.mode)

    def fits(self, i: int, exact: Fraction, part: Fraction) -> bool:
        """Whether a member's amount is the exact one, rounded, for some base; ``part``: how the base moves it."""
        slack = int(self.unit) * (Fraction(1, 2) if self.mode is Mode.HALF_UP else 1) + (self.high - self.low) * part
        return abs(self.column.amounts_ore[i] - exact) <= slack

    @cached_property
    def expected(self) -> tuple[int, ...]:
        return tuple(self.rounded(self.base * part) for part in self.parts)

    @cached_property
    def beside(self) -> tuple[int, ...]:
        """The members whose amounts the rate does not give."""
        pairs = zip(self.column.amounts_ore, self.expected, strict=True)
        return tuple(i for i, (found, right) in enumerate(pairs) if found != right)

    @cached_property
    def by_weight(self) -> list[int]:
        return sorted(range(len(self.key.weights)), key=lambda i: self.key.weights[i])

    @property
    def total(self) -> int:
        return self.column.totals_ore[0] if self.column.totals_ore else self.column.sum_ore

    def cost_of(self, given: Sequence[int]) -> float:
        """The key, the rounding and the base, and the faults that these amounts leave; without the patterns' own cost."""
        column, unit = self.column, int(self.unit)
        faults = [i for i, found in enumerate(column.amounts_ore) if found != given[i]]
        untold = bool(self.setting.stated_ore) and not self._is_stated(given)
        of_rows = edits.of_faults(column, given, faults, unit)
        return self.cost + of_rows + edits.of_total(column, given, unit) + _UNSTATED * untold

    def _is_stated(self, given: Sequence[int]) -> bool:
        """Whether a sum of money that a text states is the base, or what the amounts add to."""
        slack, whole = int(self.unit) * len(given), sum(given)
        return any(self.low <= each <= self.high or abs(each - whole) <= slack for each in self.setting.stated_ore)

    def number(self, value: int) -> float:
        """An amount's cost: little where a text states it, or where it is a plain part of the whole."""
        if value in self.setting.stated_ore:
            return 2.0
        wholes = {self.total, *self.setting.stated_ore}
        plain = any(whole > value and _plain_part(self, value, whole) for whole in wholes)
        return min(bits.of_number(value), bits.of_choice(200) if plain else bits.of_number(value))


def _plain_part(rate: Rate, value: int, whole: int) -> bool:
    """Whether an amount is so many whole or half per cent of a whole, but for its rounding."""
    halves = round(Fraction(200 * value, whole))
    return 0 < halves < 200 and abs(Fraction(halves * whole, 200) - value) <= int(rate.unit)


def _of_limit(rate: Rate, kind: str, limit: int) -> float:
    """A floor or a cap: dearer where but one member is at it, as any wrong amount of the smallest or largest would be."""
    at_it = sum(amount == limit for amount in rate.column.amounts_ore)
    return rate.setting.prior(kind, _UNTOLD if at_it > 1 else 2 * _UNTOLD) + rate.number(limit)


def _floor(rate: Rate) -> Iterator[Pattern]:
    """Nobody pays less than an amount."""
    for least in sorted({rate.column.amounts_ore[i] for i in rate.beside if rate.column.amounts_ore[i] > 0}):
        under = {i: least for i, right in enumerate(rate.expected) if right < least}
        if any(rate.column.amounts_ore[i] == least for i in under):
            yield Pattern(under, _of_limit(rate, "floor", least), f"lägst {told(least)}")


def _cap(rate: Rate) -> Iterator[Pattern]:
    """Nobody pays more than an amount."""
    for most in sorted({rate.column.amounts_ore[i] for i in rate.beside if rate.column.amounts_ore[i] > 0}):
        over = {i: most for i, right in enumerate(rate.expected) if right > most}
        if any(rate.column.amounts_ore[i] == most for i in over):
            yield Pattern(over, _of_limit(rate, "cap", most), f"högst {told(most)}")


def _rebate(rate: Rate) -> Iterator[Pattern]:
    """The largest members, or the smallest, pay another part of the rate."""
    order, n = rate.by_weight, len(rate.by_weight)
    for group in (*(order[n - k :] for k in range(1, n)), *(order[:k] for k in range(1, n))):
        if not set(group) <= set(rate.beside):
            continue
        for percent in _percents(rate, group):
            amounts = {i: rate.column.amounts_ore[i] for i in group}
            if all(rate.fits(i, rate.base * rate.parts[i] * percent, rate.parts[i] * percent) for i in group):
                cost = bits.of_choice(20 if percent % Fraction(1, 20) == 0 else 300) + bits.of_choice(2 * n)
                prior = rate.setting.prior("rebate", _UNTOLD if len(group) > 1 else _ALONE - 4)
                side = "största" if group[0] != order[0] else "minsta"
                shown = format_number(abs(percent - 1) * 100, 0 if (percent * 100).denominator == 1 else 1)
                way = "lägre" if percent < 1 else "högre"
                text = (
                    f"{shown} % {way} för de {len(group)} {side}"
                    if len(group) > 1
                    else (f"{shown} % {way} för den {side}")
                )
                yield Pattern(amounts, prior + cost, text)
                break


def _percents(rate: Rate, group: Sequence[int]) -> Iterator[Fraction]:
    """The whole per cent, or their inverses, that the group's largest amount is of what the rate gives."""
    first = max(group, key=lambda i: rate.expected[i])
    exact = rate.base * rate.parts[first]
    if exact <= 0 or rate.column.amounts_ore[first] <= 0:
        return
    of = Fraction(rate.column.amounts_ore[first]) / exact
    for percent in (Fraction(round(of * 100), 100), 1 / Fraction(max(1, round(100 / of)), 100)):
        alone = len(group) == 1 and rate.setting.prior("rebate") != _TOLD
        taxed = alone and percent in (edits.VAT, 1 / edits.VAT)
        if percent not in (0, 1) and not taxed and percent < 100:
            yield percent


#: Where a marginal rebate begins is a round number of inhabitants.
_LIMITS: Final = tuple(sorted(step * 10**zeros for zeros in (3, 4, 5) for step in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 25)))


def _marginal(rate: Rate) -> Iterator[Pattern]:
    """Of what lies over a number of inhabitants, only a part of the rate is paid."""
    if not rate.key.people or not rate.beside or rate.key.fee_ore:
        return
    off = set(rate.beside)
    people = rate.key.people
    largest = max((people[i] for i in range(len(people)) if i not in off), default=0)
    smallest = min(people[i] for i in off)
    for limit in _LIMITS:
        over = [i for i in off if people[i] > limit]
        if not largest <= limit < smallest or not over:
            continue
        first = max(over, key=lambda i: people[i])
        per_head = rate.base * rate.parts[first] / people[first]
        percent = Fraction(
            round((rate.column.amounts_ore[first] - per_head * limit) / (per_head * (people[first] - limit)) * 100), 100
        )
        amounts = {i: rate.column.amounts_ore[i] for i in over}
        exact = {i: per_head * (limit + percent * (people[i] - limit)) for i in over}
        if 0 <= percent < 1 and all(rate.fits(i, exact[i], rate.parts[i]) for i in over):
            text = f"över {format_number(limit)} invånare {format_number(percent * 100)} % av beloppet per invånare"
            yield Pattern(amounts, rate.setting.prior("rebate") + bits.of_choice(100 * len(_LIMITS)), text)


def is_open(found: int, right: int, unit: int) -> bool:
    """Whether an amount may be another than a slip of the hand makes of the right one: no slip does, or it is several
    times as much, as a host's is."""
    edit = edits.explained(found, right, unit)
    return edit is None or (edit.code is Code.AMOUNT and found >= _TIMES * right)


def _own(rate: Rate) -> Iterator[Pattern]:
    """One member pays a plain part of the whole, a plain amount more or less, or so many per cent of its part."""
    n, setting = len(rate.expected), rate.setting
    for i in rate.beside:
        found, right = rate.column.amounts_ore[i], rate.expected[i]
        if not is_open(found, right, int(rate.unit)) and i not in setting.hosts:
            continue  # a slip of the hand is likelier
        place = (_TOLD if i in setting.hosts else setting.prior("own", _ALONE, i)) + bits.of_choice(n)
        place -= _ALONE / 2 if found >= _TIMES * right and place >= _ALONE else 0
        name = setting.names[i]
        for part, more in ((found, ""), (found - right, " utöver sin del")):
            if _plain_part(rate, part, rate.total):
                halves = round(Fraction(200 * part, rate.total))
                text = f"{name} betalar {format_number(Fraction(halves, 2), halves % 2)} % av summan{more}"
                yield Pattern({i: found}, place - _ALONE / 2 + bits.of_choice(200), text, True)
        more = f"{told(abs(found - right))} {'mer' if found > right else 'mindre'} än nyckeln ger"
        for apart in dict.fromkeys((found - right, _roundest(found - rate.base * rate.parts[i], rate))):
            cost = bits.of_number(apart)
            # Who hosts a service pays far more than its part; a little more is as likely a slip.
            is_host = 4 * (found - right) > right or place < _ALONE / 2
            untold = 0.0 if is_host else _DIFFERENCE - _ALONE
            yield Pattern({i: found}, place + cost + untold, f"{name} betalar {more}", True)
        exact = rate.base * rate.parts[i]
        twentieths = round(Fraction(found) / exact * 20) if exact > 0 else 0
        if 0 < twentieths < 200 and rate.rounded(exact * Fraction(twentieths, 20)) == found:
            text = f"{name} betalar {5 * twentieths} % av vad nyckeln ger"
            yield Pattern({i: found}, place - _ALONE / 3 + bits.of_choice(40), text, True)


def _roundest(apart: Fraction, rate: Rate) -> int:
    """The plainest amount that rounding may have made the difference of."""
    half = Fraction(int(rate.unit), 2) + (rate.high - rate.low) * max(rate.parts)
    low, high = sorted((abs(apart) - half, abs(apart) + half))
    return round(bits.plainest(max(low, Fraction(0)), high))


def _rest(rate: Rate) -> Iterator[Pattern]:
    """One member pays what the others' amounts, rounded more coarsely, leave of the sum."""
    column, n = rate.column, len(rate.expected)
    whole = {*column.totals_ore, *rate.setting.stated_ore}
    for i in rate.beside if column.sum_ore in whole else ():
        others = gcd(*(amount for k, amount in enumerate(column.amounts_ore) if k != i))
        coarse = max((step for step in _COARSE if others % step == 0), default=0)
        apart = abs(column.amounts_ore[i] - rate.expected[i])
        if coarse > int(Unit.KRONA) and apart <= n * coarse:
            told_of = column.sum_ore in rate.setting.stated_ore
            cost = (_TOLD if told_of else _UNTOLD) + bits.of_choice(n) + 2 * bits.of_choice(1 + apart // coarse)
            text = f"{rate.setting.names[i]} betalar vad de andras avrundade belopp lämnar"
            yield Pattern({i: column.amounts_ore[i]}, cost, text, True)


#: What amounts are rounded to, in öre.
_COARSE: Final = tuple(step * 10**zeros for zeros in range(2, 8) for step in (1, 5))


def _frozen(rate: Rate) -> Iterator[Pattern]:
    """Some pay what another column says that they paid."""
    for other in rate.setting.others:
        same = {i: other.amounts_ore[i] for i in rate.beside if other.amounts_ore[i] == rate.column.amounts_ore[i]}
        if len(same) > 1 or (same and rate.setting.prior("frozen") == _TOLD):
            names = ", ".join(rate.setting.names[i] for i in same)
            cost = rate.setting.prior("frozen") + len(same) * bits.of_choice(len(rate.expected))
            yield Pattern(same, cost, f"oförändrat belopp för {names}")


def _nothing(rate: Rate) -> Iterator[Pattern]:
    """Some take no part and pay nothing."""
    out = {i: 0 for i in rate.beside if rate.column.amounts_ore[i] == 0}
    if out:
        names = ", ".join(rate.setting.names[i] for i in out)
        cost = _UNTOLD + len(out) * bits.of_choice(len(rate.expected)) / 2
        yield Pattern(out, cost, f"inget belopp för {names}")


PATTERNS: Final[tuple[Callable[[Rate], Iterator[Pattern]], ...]] = (
    _floor,
    _cap,
    _rebate,
    _marginal,
    _own,
    _rest,
    _frozen,
    _nothing,
)


@dataclass(frozen=True)
class Account:
    """How a column came about, and what it costs to say so. ``rule`` holds what it gives each member."""

    rule: Rule
    bits: float
    faults: frozenset[int]
    host: int | None = None


def accounts(column: Charged, keys: Sequence[Key], setting: Setting) -> list[Account]:
    """The accounts of a column by these keys that have patterns, cheapest first; one for each set of patterns."""
    if len(column.amounts_ore) < 3:
        return []
    found: dict[str, Account] = {}
    for key in {key.weights: key for key in keys}.values():
        if by_blocks := _by_blocks(column, key, setting):
            found[by_blocks.rule.structure] = by_blocks
        for rate in _rates(column, key, setting):
            account = _cheapest(rate)
            if account is not None:
                kept = found.setdefault(account.rule.structure, account)
                if account.bits < kept.bits:
                    found[account.rule.structure] = account
    return sorted(found.values(), key=lambda account: account.bits)


def _rates(column: Charged, key: Key, setting: Setting) -> Iterator[Rate]:
    """The bases that most members share by one key and any rounding; and those that the annex states."""
    parts = np.array([key.weights], dtype=float) / key.whole
    amounts = np.array([column.amounts_ore], dtype=float)
    stated = [float(total) for total in (*column.totals_ore, *setting.stated_ore)]
    found: dict[tuple[int, ...], tuple[int, bool, Unit, Mode]] = {}
    for unit in units_of(column.amounts_ore):
        for mode in MODES:
            low, high = (each[0] for each in bounds(parts, amounts, unit, mode))
            points = np.concatenate([low, stated])
            points = points[np.isfinite(points) & (points > 0)]
            inside = (low <= points[:, None] * (1 + 1e-13)) & (points[:, None] * (1 + 1e-13) < high)
            for point, row in zip(points.tolist(), inside, strict=True):
                rows = tuple(np.flatnonzero(row).tolist())
                if len(rows) > 1 or (rows and point in stated):
                    found.setdefault(rows, (len(rows), point in stated, unit, mode))
    order = sorted(found.items(), key=lambda item: item[1][:2], reverse=True)
    for rows, (_, _, unit, mode) in order[:_RATES]:
        if rate := _rate(column, key, setting, unit, mode, rows):
            yield rate


def _rate(column: Charged, key: Key, setting: Setting, unit: Unit, mode: Mode, rows: Sequence[int]) -> Rate | None:
    below = {Mode.HALF_UP: Fraction(-1, 2), Mode.FLOOR: Fraction(0), Mode.UP: Fraction(-1)}[mode] * int(unit)
    kept = [(Fraction(key.weights[i], key.whole), column.amounts_ore[i]) for i in rows if key.weights[i]]
    if not kept:
        return None
    low = max((amount + below) / part for part, amount in kept)
    high = min((amount + below + int(unit)) / part for part, amount in kept)
    if low >= high:
        return None
    stated = [Fraction(total) for total in (*column.totals_ore, *setting.stated_ore) if low <= total < high]
    base = stated[0] if stated else min(_bases(low, high, key), key=lambda each: each[0])[1]
    if mode is Mode.UP and base == low:
        base = (low + high) / 2
    rounding = 2.0 * MODES.index(mode) + (0 if unit == max(units_of(column.amounts_ore)) else 2)
    cost = key.rank + rounding + (1.0 if stated else _of_base(low, high, key))
    return Rate(column, setting, key, unit, mode, low, high, base, cost)


def _of_base(low: Fraction, high: Fraction, key: Key) -> float:
    """A base's cost, or that of an amount per head, whichever is the plainer."""
    return min(cost for cost, _ in _bases(low, high, key))


def _bases(low: Fraction, high: Fraction, key: Key) -> list[tuple[float, Fraction]]:
    """The plainest base, and the one of the plainest amount per head, each with its cost."""
    base = bits.plainest(low, high)
    head = bits.plainest(low / key.whole, high / key.whole)
    return [(bits.of_number(base), base), *([(bits.of_number(head), head * key.whole)] if head >= _ORE_A_HEAD else [])]


def _cheapest(rate: Rate) -> Account | None:
    """The account by this rate with the patterns that save the most; ``None`` where none does."""
    if not rate.beside:
        return None
    chosen: tuple[Pattern, ...] = ()
    least = rate.cost_of(rate.expected)
    offered = [pattern for operator in PATTERNS for pattern in operator(rate)]
    for _ in range(_PATTERNS):
        ways = [(*chosen, pattern) for pattern in offered if _goes_with(pattern, chosen)]
        priced = [(rate.cost_of(_given(rate, way)) + sum(each.bits for each in way), k) for k, way in enumerate(ways)]
        cost, k = min(priced, default=(least, 0))
        if cost >= least:
            break
        least, chosen = cost, ways[k]
    if not chosen:
        return None
    spent = sum(pattern.bits for pattern in chosen)
    found = account_of(rate, _given(rate, chosen), spent, " och ".join(pattern.text for pattern in chosen))
    return replace(found, host=next((i for each in chosen if each.alone for i in each.amounts), None))


def _by_blocks(column: Charged, key: Key, setting: Setting) -> Account | None:
    """The account in which each section of the table shares a sum of its own."""
    if len(setting.blocks) < 2 or sum(len(rows) for rows, _ in setting.blocks) != len(column.amounts_ore):
        return None
    given, cost, rate = [0] * len(column.amounts_ore), _UNTOLD, None
    for rows, totals in setting.blocks:
        weights = tuple(key.weights[i] for i in rows)
        if not sum(weights):
            return None
        part = Charged(column.letter, tuple(column.amounts_ore[i] for i in rows), totals)
        of_part = replace(key, weights=weights, whole=sum(weights), people=())
        rates = _rates(part, of_part, Setting([setting.names[i] for i in rows]))
        rate = min(rates, key=lambda each: each.cost_of(each.expected), default=None)
        if rate is None:
            return None
        cost += rate.cost
        for i, amount in zip(rows, rate.expected, strict=True):
            given[i] = amount
    assert rate is not None
    whole = Rate(column, setting, key, rate.unit, rate.mode, rate.low, rate.high, rate.base, cost)
    return account_of(whole, given, 0.0, "varje avsnitt delar sin egen summa")


def _goes_with(pattern: Pattern, chosen: Sequence[Pattern]) -> bool:
    """Whether a pattern speaks of nobody of whom another does, and at most one of a member alone."""
    alone = pattern.alone and any(each.alone for each in chosen)
    return not alone and not any(pattern.amounts.keys() & each.amounts.keys() for each in chosen)


def _given(rate: Rate, patterns: Sequence[Pattern]) -> tuple[int, ...]:
    given = dict(enumerate(rate.expected))
    for pattern in patterns:
        given |= pattern.amounts
    return tuple(given.values())


def account_of(rate: Rate, given: Sequence[int], spent: float, structure: str) -> Account:
    """The account that gives the members these amounts by a rate and patterns that cost so many bits."""
    column, unit, whole = rate.column, int(rate.unit), sum(given)
    half = Fraction(unit * len(given), 2)
    base = Interval(max(Fraction(0), whole - half) / 100, (whole + half) / 100)
    parts = tuple(Fraction(amount, whole or 1) for amount in given)
    hits = tuple(found == right for found, right in zip(column.amounts_ore, given, strict=True))
    key = replace(rate.key, people=(), lacking=0)
    rounding = Rounding(None, Mode.HALF_UP, False, rate.unit, rate.mode)
    stated = any(Fraction(total, 100) in base for total in column.totals_ore)
    used, none = Fraction(whole), Fraction(0)
    rule = Rule(key, rounding, base, used, stated, tuple(given), hits, parts, none, 0.0, structure, spent)
    faults = frozenset(i for i, hit in enumerate(hits) if not hit)
    return Account(rule, rate.cost_of(given) + spent, faults)
