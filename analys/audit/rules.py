"""Which rule made the amounts? Searched among keys, share roundings, amount roundings, bases and residuals.

For one member a rule says: amount = round(base x part). An amount therefore bounds the base to an interval, and the
bases that most members' intervals share are found by one sweep over the intervals' ends, for all rules at once in
floating point. The best rules are then judged exactly (:mod:`analys.allocation`), and only that is reported.

A divisor method (D'Hondt, Sainte-Laguë) *is* rounding of an unknown base, so it cannot be told from one; it is
reported as residual ``none`` with the base's interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from analys.allocation import Mode, Residual, Rounding, Unit, implied_base, split_by_shares
from analys.audit.rest import carriers
from analys.audit.rule import Charged, Key, Rule
from analys.evidence import Interval
from analys.rounding import round_exact

#: Decimals of a share as a part of one: whole per cent to four decimals of a per cent.
SHARE_DECIMALS: Final = (2, 3, 4, 5, 6)
_MODES: Final = (Mode.HALF_UP, Mode.FLOOR, Mode.UP)
#: Where the exact amount may lie beside the rounded one, in units.
_OFFSETS: Final = {Mode.HALF_UP: (-0.5, 0.5), Mode.FLOOR: (0.0, 1.0), Mode.UP: (-1.0, 0.0)}
_SHORTLIST: Final = 4
#: So many bases that reproduce equally many amounts are looked at.
_TIES: Final = 4


@dataclass(frozen=True)
class _Spec:
    """A key with one rounding of its shares, as integers: ``weights`` parts of ``whole``."""

    key: Key
    decimals: int | None
    mode: Mode
    weights: tuple[int, ...]
    whole: int

    @property
    def cost(self) -> float:
        return self.key.rank * 10 + (0 if self.decimals is None else 3) + (self.mode is not Mode.HALF_UP)

    @property
    def parts(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(weight, self.whole) for weight in self.weights)

    @property
    def most_lost(self) -> float:
        """What rounding may have added to or taken from each share."""
        return self.key.most_lost if self.decimals is None else 10.0**-self.decimals

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
class _Choice:
    """A rule's coordinates in the search, with what it explains: amounts reproduced, stated totals explained."""

    spec: int
    unit: Unit
    mode: Mode
    residual: Residual
    reproduced: int
    stated: int
    host: int | None = None
    total_ore: int | None = None


def search(keys: Sequence[Key], columns: Sequence[Charged]) -> list[tuple[Rule, ...]]:
    """The best rules, best first; each holds one :class:`Rule` a column, with the same key and rounding for all.

    They are ranked by how many amounts they reproduce exactly, then by whether the base is a stated total, then by
    simplicity. Empty when there is nothing to explain.
    """
    keys = [key for key in keys if sum(key.weights) > 0 and min(key.weights) >= 0 and key.whole > 0]
    if not keys or not columns:
        return []
    specs = [spec for key in keys for spec in _specs(key)]
    choices = _sweep(specs, columns)
    wanted = sum(len(column.amounts_ore) for column in columns)
    if not any(choice.reproduced == wanted and choice.stated == len(columns) for choice in choices):
        choices += _from_totals(specs, columns)
    choices.sort(key=lambda choice: _order(choice, specs))
    judged: list[tuple[Rule, ...]] = []
    for choice in choices[: 5 * _SHORTLIST]:
        if rules := _judge(choice, specs, columns):
            judged.append(rules)
        if len(judged) == _SHORTLIST:
            break
        if len(judged) > 1 and sum(rule.reproduced for rule in judged[0]) == wanted:
            break  # one reproduces all, and there is a runner-up to show beside it
    judged.sort(key=_reproduced_and_stated, reverse=True)
    ties = [rules for rules in judged if _reproduced_and_stated(rules) == _reproduced_and_stated(judged[0])]
    if len(ties) > 1:
        ties.sort(key=lambda rules: _carried(rules, columns), reverse=True)
    return ties + judged[len(ties) :]


def _reproduced_and_stated(rules: Sequence[Rule]) -> tuple[int, int]:
    """What puts a rule before another: the amounts that it reproduces, then the totals that are its base."""
    return sum(rule.reproduced for rule in rules), sum(rule.stated for rule in rules)


def _carried(rules: Sequence[Rule], columns: Sequence[Charged]) -> int:
    """What decides between equals: how many of the other amounts carry what rounding leaves over."""
    return sum(len(carriers(column, rule)) for rule, column in zip(rules, columns, strict=True))


def _order(choice: _Choice, specs: Sequence[_Spec]) -> tuple[float, ...]:
    residual = list(Residual).index(choice.residual)
    simplicity = specs[choice.spec].cost + 2 * _MODES.index(choice.mode) + 4 * (residual > 0)
    return (-choice.reproduced, -choice.stated, simplicity, -int(choice.unit))


def _specs(key: Key) -> list[_Spec]:
    specs = [_Spec(key, None, Mode.HALF_UP, key.weights, key.whole)]
    if key.rounds:
        weights = np.array(key.weights, dtype=np.int64)
        for decimals in SHARE_DECIMALS:
            step = 10**decimals
            for mode, half in ((Mode.HALF_UP, key.whole), (Mode.FLOOR, 0)):
                rounded = (2 * step * weights + half) // (2 * key.whole)
                if rounded.any():
                    specs.append(_Spec(key, decimals, mode, tuple(rounded.tolist()), step))
    return specs


def units_of(amounts_ore: Sequence[int]) -> list[Unit]:
    """The units that most of the amounts are whole multiples of, krona first if they are in kronor."""
    enough = 0.6 * len(amounts_ore)
    fitting = [unit for unit in Unit if sum(amount % unit == 0 for amount in amounts_ore) >= enough]
    return [unit for unit in fitting if unit is not Unit.ORE] or [Unit.ORE]


def _arrays(specs: Sequence[_Spec], column: Charged) -> tuple[np.ndarray, np.ndarray]:
    """Parts (specs, members), and the amounts less the key's fee (specs, members), in öre."""
    parts = np.array([spec.weights for spec in specs], dtype=float)
    parts /= np.array([spec.whole for spec in specs], dtype=float)[:, None]
    fees = np.array([spec.key.fee_ore for spec in specs], dtype=float)
    return parts, np.array(column.amounts_ore, dtype=float)[None, :] - fees[:, None]


def _bounds(parts: np.ndarray, amounts: np.ndarray, unit: Unit, mode: Mode) -> tuple[np.ndarray, np.ndarray]:
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


def _sweep(specs: Sequence[_Spec], columns: Sequence[Charged]) -> list[_Choice]:
    """Every spec, unit and mode with the most members that one base a column explains."""
    choices = []
    shared = [unit for unit in Unit if all(unit in units_of(column.amounts_ore) for column in columns)]
    arrays = [_arrays(specs, column) for column in columns]
    for unit in shared or [Unit.ORE]:
        for mode in _MODES:
            covered = np.zeros(len(specs), dtype=int)
            stated = np.zeros(len(specs), dtype=int)
            for column, (parts, amounts) in zip(columns, arrays, strict=True):
                low, high = _bounds(parts, amounts, unit, mode)
                most = _most(low, high)
                covered += most
                at_total = np.zeros(len(specs), dtype=bool)
                fees = np.array([spec.key.fees_ore for spec in specs], dtype=float)[:, None]
                for stated_total in column.totals_ore:
                    total = stated_total - fees
                    at_total |= ((low <= total) & (total < high)).sum(axis=1) == most
                stated += at_total
            choices += [
                _Choice(int(i), unit, mode, Residual.NONE, int(covered[i]), int(stated[i]))
                for i in np.flatnonzero(covered >= covered.max() - 1)
            ]
    return choices


def _most(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """How many of each row's half-open intervals share a point, at most."""
    ends = np.concatenate([high, low], axis=1)
    # Stable, with the upper ends first: an interval that ends where another begins does not meet it.
    order = np.argsort(ends, axis=1, kind="stable")
    steps = np.where(order < low.shape[1], -1, 1)
    result: np.ndarray = np.cumsum(steps, axis=1).max(axis=1)
    return result


def _from_totals(specs: Sequence[_Spec], columns: Sequence[Charged]) -> list[_Choice]:
    """Rules that hand out the whole of a total: by largest remainder, or what is left over to one member."""
    choices: list[_Choice] = []
    own = [i for i, spec in enumerate(specs) if not spec.key.fee_ore]
    specs = [specs[i] for i in own]
    if len(columns[0].amounts_ore) < 2 or not specs:
        return choices
    arrays = [_arrays(specs, column) for column in columns]
    absent = np.array([float(spec.absent) for spec in specs])[:, None]
    limits = np.array([spec.most_lost for spec in specs])[:, None]
    shared = [unit for unit in Unit if all(unit in units_of(column.amounts_ore) for column in columns)] or [Unit.ORE]
    for unit in shared:
        for mode in _MODES:
            for residual in (Residual.LARGEST_REMAINDER, Residual.LARGEST_MEMBER, Residual.HOST):
                if residual is Residual.LARGEST_REMAINDER and mode is not Mode.HALF_UP:
                    continue  # this method rounds one way only
                found = [
                    _reproduced(*array, absent, limits, c, unit, mode, residual)
                    for c, array in zip(columns, arrays, strict=True)
                ]
                covered = sum(hits for hits, _ in found)
                hosts = [host for _, host in found]
                agree = np.all(np.array(hosts) == hosts[0], axis=0)
                reached = np.where(agree, covered, 0)
                for i in np.flatnonzero((reached > 0) & (reached >= reached.max() - 1)):
                    host = int(hosts[0][i])
                    choices.append(
                        _Choice(
                            own[i],
                            unit,
                            mode,
                            residual,
                            int(np.asarray(covered)[i]),
                            sum(column.sum_ore in column.totals_ore for column in columns),
                            host if residual is Residual.HOST else None,
                        )
                    )
    return choices


def _reproduced(
    parts: np.ndarray,
    amounts: np.ndarray,
    absent: np.ndarray,
    limits: np.ndarray,
    column: Charged,
    unit: Unit,
    mode: Mode,
    residual: Residual,
) -> tuple[np.ndarray, np.ndarray]:
    """How many amounts each spec reproduces from the column's best total, and the member that carries the rest.

    ``absent``, one a spec, is the part of somebody without a row, whose amount the total counts all the same;
    ``limits`` is the most that rounding has moved a share.
    """
    rows, n, best = np.arange(len(parts)), parts.shape[1], np.zeros(len(parts), dtype=int)
    hosts = np.full(len(parts), -1)
    everyone = np.concatenate([parts, absent], axis=1)
    # No more may be left over than rounding the amounts, and the shares before them, leaves.
    lost = np.abs(1 - everyone.sum(axis=1))
    rounded = lost <= n * limits[:, 0] + 1e-9
    for total in _handed_out(column, residual):
        if residual is Residual.LARGEST_REMAINDER:
            expected = _largest_remainder(everyone, total // unit) * unit
        else:
            exact = everyone * total / unit
            expected = {Mode.HALF_UP: np.floor(exact + 0.5), Mode.FLOOR: np.floor(exact), Mode.UP: np.ceil(exact)}[mode]
            expected *= unit
            rest = total - expected.sum(axis=1)
            rest = np.where((np.abs(rest) <= unit * n + lost * total + 1) & rounded, rest, 0)
            if residual is Residual.LARGEST_MEMBER:
                expected[rows, everyone.argmax(axis=1)] += rest
            else:
                carrier = np.abs(expected[:, :n] - amounts).argmax(axis=1)
                expected[rows, carrier] += rest
                hits = (np.abs(expected[:, :n] - amounts) < 0.5).sum(axis=1)
                hosts = np.where(hits > best, carrier, hosts)
        best = np.maximum(best, (np.abs(expected[:, :n] - amounts) < 0.5).sum(axis=1))
    return (best if residual.is_proportional else np.where(rounded, best, 0)), hosts


def _handed_out(column: Charged, residual: Residual) -> tuple[int, ...]:
    """The totals that may have been handed out: those stated, and the amounts' own sum, which a wrong total hides.

    Where any member may carry the rest, the own sum would let that member's amount be anything: then only without a
    stated total.
    """
    if residual is Residual.HOST and column.totals_ore:
        return column.totals_ore
    return tuple(dict.fromkeys((*column.totals_ore, column.sum_ore)))


def _largest_remainder(parts: np.ndarray, units: int) -> np.ndarray:
    quotas = parts / parts.sum(axis=1, keepdims=True) * units
    counts = np.floor(quotas)
    order = np.argsort(counts - quotas, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(parts.shape[1])[None, :].repeat(len(parts), axis=0), axis=1)
    result: np.ndarray = counts + (rank < (units - counts.sum(axis=1))[:, None])
    return result


def _judge(choice: _Choice, specs: Sequence[_Spec], columns: Sequence[Charged]) -> tuple[Rule, ...] | None:
    spec = specs[choice.spec]
    rounding = Rounding(spec.decimals, spec.mode, False, choice.unit, choice.mode, choice.residual)
    rules = []
    for column in columns:
        rule = (
            _with_unknown_base(spec, rounding, column)
            if choice.residual is Residual.NONE
            else _with_total(spec, rounding, column, choice.host)
        )
        if rule is None:
            return None
        rules.append(rule)
    return tuple(rules)


def _with_unknown_base(spec: _Spec, rounding: Rounding, column: Charged) -> Rule | None:
    """Exactly: the bases that the most members share, and the expected amounts from the plainest of them."""
    parts, fee, fees = spec.parts, spec.key.fee_ore, spec.key.fees_ore
    totals = [total - fees for total in column.totals_ore]
    rules: list[Rule] = []
    most = 0
    for hits in _sharing(spec, rounding, column, totals):
        if len(hits) < most or len(rules) == (_TIES if 2 * len(hits) > len(parts) else 1):
            break
        kept = [column.amounts_ore[i] - fee for i in hits]
        if not kept or min(kept) < 0 or not any(parts[i] for i in hits):
            continue
        shared = [parts[i] for i in hits]
        base = implied_base(shared, kept, rounding) or _between_ore(shared, kept, rounding)
        if base is None:
            continue  # only floating point allows it
        most = len(hits)
        used, stated = _plainest(base, totals, column.sum_ore - fees, sum(parts, Fraction(0)))
        expected = tuple(
            fee + rounding.unit * round_exact(used * part / rounding.unit, rounding.mode) for part in parts
        )
        rules.append(_rule(spec, rounding, base, used, stated, expected, column))
    if len(rules) < 2:
        return next(iter(rules), None)
    return max(rules, key=lambda rule: (*_reproduced_and_stated([rule]), _carried([rule], [column])))


def _between_ore(parts: Sequence[Fraction], amounts_ore: Sequence[int], rounding: Rounding) -> Interval | None:
    """A base between two whole öre from which amounts are rounded up: what a divisor method may have used."""
    if rounding.mode is not Mode.UP:
        return None
    pairs = [(amount, part) for amount, part in zip(amounts_ore, parts, strict=True) if part]
    low = max((amount - int(rounding.unit)) / part for amount, part in pairs)
    high = min(amount / part for amount, part in pairs)
    return Interval.point((low + high) / 200) if low < high else None


def _sharing(spec: _Spec, rounding: Rounding, column: Charged, totals: Sequence[int]) -> list[tuple[int, ...]]:
    """The members that share a base, the most first, a few of them; those that share a total before equals."""
    low, high = _bounds(*_arrays([spec], column), rounding.unit, rounding.mode)
    points = np.concatenate([low[0], np.array(totals, dtype=float)])
    points = points[np.isfinite(points)]
    covered = (low <= points[:, None] * (1 + 1e-13)) & (points[:, None] * (1 + 1e-13) < high)
    order = np.argsort(covered[::-1].sum(axis=1), kind="stable")[::-1]
    rows = (np.flatnonzero(covered[::-1][i]) for i in order[: 4 * _TIES])
    return list(dict.fromkeys(tuple(row.tolist()) for row in rows))


def _with_total(spec: _Spec, rounding: Rounding, column: Charged, host: int | None) -> Rule | None:
    lost = abs(1 - sum(spec.parts, spec.absent))
    if not rounding.residual.is_proportional and lost > len(spec.parts) * Fraction(spec.most_lost):
        return None  # shares that lack so much of one, or exceed it, were not made so by rounding
    best: Rule | None = None
    for total in _handed_out(column, rounding.residual):
        if total < 0:
            continue
        parts = (*spec.parts, spec.absent) if spec.absent else spec.parts
        weights = (*spec.key.weights, spec.key.whole - sum(spec.key.weights)) if spec.absent else spec.key.weights
        largest = max(range(len(weights)), key=lambda i: (weights[i], -i))
        split = split_by_shares(total, parts, rounding, host, largest=largest)
        expected = split.amounts_ore[: len(spec.parts)]
        base = Interval.point(Fraction(total, 100))
        rule = _rule(spec, rounding, base, Fraction(total), total in column.totals_ore, expected, column)
        if best is None or rule.reproduced > best.reproduced:
            best = rule
    return best


def _rule(
    spec: _Spec,
    rounding: Rounding,
    base: Interval,
    used: Fraction,
    stated: bool,
    expected: tuple[int, ...],
    column: Charged,
) -> Rule:
    hits = tuple(right == amount for right, amount in zip(expected, column.amounts_ore, strict=True))
    return Rule(spec.key, rounding, base, used, stated, expected, hits, spec.parts, spec.absent)


def _plainest(base: Interval, totals_ore: Sequence[int], sum_ore: int, whole: Fraction) -> tuple[Fraction, bool]:
    """The base in öre to reckon with: a stated total (also one that rescaled shares were parts of), a round one, or
    what the amounts add to."""
    for total in totals_ore:
        if Fraction(total, 100) in base:
            return Fraction(total), True
        if whole and Fraction(total, 100) / whole in base:
            return Fraction(total) / whole, True
    own = Fraction(sum_ore, 100)
    for step in (100_000, 10_000, 1_000, 100, 10, 1):
        if step < 1_000 and own in base:
            return own * 100, False
        multiple = -(-base.low // step) * step
        if Fraction(multiple) in base:
            return Fraction(multiple * 100), False
    return base.middle * 100, False
