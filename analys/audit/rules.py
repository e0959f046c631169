"""Which rule made the amounts? Searched among keys, share roundings, amount roundings, bases and residuals.

For one member a rule says: amount = round(base x part). An amount therefore bounds the base to an interval, and the
bases that most members' intervals share are found by one sweep over the intervals' ends, for all rules at once in
floating point. The best rules are then judged exactly (:mod:`analys.allocation`), and only that is reported.

A divisor method (D'Hondt, Sainte-Laguë) *is* rounding of an unknown base, so it cannot be told from one; it is
reported as residual ``none`` with the base's interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from analys.allocation import Mode, Residual, Unit
from analys.audit.judge import carried, explained, judge
from analys.audit.rule import Charged, Key, Rule
from analys.audit.spec import FINER_DECIMALS, MODES, Choice, Spec, as_arrays, bounds, handed_out, specs_of, units_of

_SHORTLIST: Final = 4
#: Rounding to the nearest before rounding one way.
_COSTS: Final = {mode: 2 * i for i, mode in enumerate(MODES)}


def search(keys: Sequence[Key], columns: Sequence[Charged]) -> list[tuple[Rule, ...]]:
    """The best rules, best first; each holds one :class:`Rule` a column, with the same key and rounding for all.

    They are ranked by how many amounts they reproduce exactly, then by whether the base is a stated total, then by
    simplicity. Empty when there is nothing to explain.
    """
    if not columns:
        return []
    idle = columns[0].idle.intersection(*(column.idle for column in columns))
    keys = [key.without(idle) for key in keys]
    keys = [key for key in keys if sum(key.weights) > 0 and min(key.weights) >= 0 and key.whole > 0]
    if not keys:
        return []
    specs = [spec for key in keys for spec in specs_of(key)]
    choices = _choices(specs, columns)
    ranking = _ranked(choices, specs, columns)
    if ranking and not _may_be_finer(ranking[0], columns):
        return ranking
    finer = [spec for key in keys for spec in specs_of(key, FINER_DECIMALS)]
    choices += _sweep(finer, columns, len(specs)) if finer else []
    return _ranked(choices, [*specs, *finer], columns)


def _choices(specs: Sequence[Spec], columns: Sequence[Charged]) -> list[Choice]:
    """The rules with an unknown base and, where they do not explain all, those that hand out the whole of a total."""
    choices = _sweep(specs, columns)
    best = max(choices, key=lambda choice: (choice.reproduced, choice.stated))
    beside = best.reproduced < _count(columns)
    if beside or (best.stated < len(columns) and all(column.has_round_total for column in columns)):
        choices += _from_totals(specs, columns)
    return choices


def _count(columns: Sequence[Charged]) -> int:
    return sum(len(column.amounts_ore) for column in columns)


def _may_be_finer(rules: Sequence[Rule], columns: Sequence[Charged]) -> bool:
    """Whether shares may have had more decimals: more amounts lie beside the rule than a few slips of the hand make, or
    one just beside it, or the totals do."""
    beside = _count(columns) - sum(rule.reproduced for rule in rules)
    if not beside:
        return not all(rule.stated for rule in rules) and not all(c.adds_up for c in columns if c.totals_ore)
    return beside > max(1, _count(columns) // 8) or any(
        not hit and abs(amount - expected) <= rule.rounding.unit
        for rule, column in zip(rules, columns, strict=True)
        for amount, expected, hit in zip(column.amounts_ore, rule.expected_ore, rule.hits, strict=True)
    )


def _ranked(choices: Sequence[Choice], specs: Sequence[Spec], columns: Sequence[Charged]) -> list[tuple[Rule, ...]]:
    """The best few of the choices, judged exactly."""
    wanted, totals = _count(columns), sum(bool(column.totals_ore) for column in columns)
    choices = _plainest_second(_varied(sorted(choices, key=lambda choice: _order(choice, specs))))
    judged: list[tuple[tuple[int, int, int], tuple[Rule, ...]]] = []
    for choice in choices[: 5 * _SHORTLIST]:
        rules = judge(choice, specs, columns)
        if rules is None:
            continue
        judged.append((explained(rules, columns), rules))
        first = judged[0][0]
        # Nothing is better than all amounts, of the printed totals; where all are of another base, the second may be.
        enough = 1 if first == (wanted, totals, totals) else 2 if first[0] == wanted else _SHORTLIST
        if len(judged) == enough:
            break
    best = max((each for each, _ in judged), default=None)
    ties = [rules for each, rules in judged if each == best]
    if len(ties) > 1:
        ties.sort(key=lambda rules: carried(rules, columns), reverse=True)
    return [*ties, *(rules for each, rules in sorted(judged, key=lambda pair: pair[0], reverse=True) if each != best)]


def _varied(choices: Sequence[Choice]) -> list[Choice]:
    """Choices in order, but among equals the first of each way to round before the second of any."""
    ways: Counter[tuple[object, ...]] = Counter()
    ranks = []
    for choice in choices:
        way = (choice.reproduced, choice.stated, choice.unit, choice.mode, choice.residual)
        ranks.append((-choice.reproduced, -choice.stated, ways[way]))
        ways[way] += 1
    return [choice for _, choice in sorted(zip(ranks, choices, strict=True), key=lambda pair: pair[0])]


def _plainest_second(choices: Sequence[Choice]) -> list[Choice]:
    """The choices, with the first that hands out no rest among those judged where it gives as many amounts: totals that
    are the amounts' own sums speak for a rest by definition."""
    plain = [each for each in choices[1:] if each.residual is Residual.NONE]
    if not plain or plain[0].reproduced < choices[0].reproduced:
        return list(choices)
    return [choices[0], plain[0], *(each for each in choices[1:] if each is not plain[0])]


def _order(choice: Choice, specs: Sequence[Spec]) -> tuple[float, ...]:
    simplicity = specs[choice.spec].cost + _COSTS[choice.mode] + 4 * (choice.residual is not Residual.NONE)
    return (-choice.reproduced, -choice.stated, simplicity, -int(choice.unit))


def _sweep(specs: Sequence[Spec], columns: Sequence[Charged], first: int = 0) -> list[Choice]:
    """Every spec, unit and mode with the most members that one base a column explains; specs are counted from
    ``first``."""
    choices = []
    shared = [unit for unit in Unit if all(unit in units_of(column.amounts_ore) for column in columns)]
    arrays = [as_arrays(specs, column) for column in columns]
    for unit in shared or [Unit.ORE]:
        for mode in MODES:
            covered = np.zeros(len(specs), dtype=int)
            stated = np.zeros(len(specs), dtype=int)
            for column, (parts, amounts) in zip(columns, arrays, strict=True):
                low, high = bounds(parts, amounts, unit, mode)
                most = _most(low, high)
                covered += most
                at_total = np.zeros(len(specs), dtype=bool)
                fees = np.array([spec.key.fees_ore for spec in specs], dtype=float)[:, None]
                for stated_total in column.totals_ore:
                    total = stated_total - fees
                    at_total |= ((low <= total) & (total < high)).sum(axis=1) == most
                stated += at_total
            choices += [
                Choice(first + int(i), unit, mode, Residual.NONE, int(covered[i]), int(stated[i]))
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


def _from_totals(specs: Sequence[Spec], columns: Sequence[Charged]) -> list[Choice]:
    """Rules that hand out the whole of a total: by largest remainder, or what is left over to one member."""
    choices: list[Choice] = []
    own = [i for i, spec in enumerate(specs) if not spec.key.fee_ore]
    specs = [specs[i] for i in own]
    if len(columns[0].amounts_ore) < 2 or not specs:
        return choices
    arrays = [as_arrays(specs, column) for column in columns]
    absent = np.array([float(spec.absent) for spec in specs])[:, None]
    limits = np.array([spec.lost_together for spec in specs])[:, None]
    shared = [unit for unit in Unit if all(unit in units_of(column.amounts_ore) for column in columns)] or [Unit.ORE]
    for unit in shared:
        for mode in MODES:
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
                        Choice(
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
    ``limits`` is the most that rounding has moved the sum of the shares.
    """
    rows, n, best = np.arange(len(parts)), parts.shape[1], np.zeros(len(parts), dtype=int)
    hosts = np.full(len(parts), -1)
    everyone = np.concatenate([parts, absent], axis=1)
    # No more may be left over than rounding the amounts, and the shares before them, leaves.
    lost = np.abs(1 - everyone.sum(axis=1))
    rounded = lost <= limits[:, 0] + 1e-9
    for total in handed_out(column, residual):
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


def _largest_remainder(parts: np.ndarray, units: int) -> np.ndarray:
    quotas = parts / parts.sum(axis=1, keepdims=True) * units
    counts = np.floor(quotas)
    order = np.argsort(counts - quotas, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(parts.shape[1])[None, :].repeat(len(parts), axis=0), axis=1)
    result: np.ndarray = counts + (rank < (units - counts.sum(axis=1))[:, None])
    return result
