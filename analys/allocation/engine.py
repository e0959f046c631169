"""The same rule as :mod:`analys.allocation.split` for many groups at once, in 64-bit integers, exact to the öre.

Groups of members lie one after another in flat arrays with offsets; groups of one size are worked as a matrix, in
blocks that stay in the processor's cache. Products that would not fit in 64 bits need no wider type: a quotient is
estimated in floating point, where it is at most one off, and its remainder, computed modulo 2^64, puts it right.
Groups that are too large even for that, and divisor methods, go through the exact scalar rule.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from analys.allocation.split import Split, split, split_by_shares, whole_weights
from analys.rounding import Mode, Residual, Rounding

Ints = npt.NDArray[np.int64]

#: Quotients below this are at most one off when estimated in floating point.
_MAX_QUOTIENT: Final = 2**50
#: Denominators (times the members of a group) below this leave room for remainders and for ranking them.
_MAX_DENOMINATOR: Final = 2**60
#: Elements of a block: several arrays of this size fit in a core's cache together.
_BLOCK: Final = 32_768
#: Blocks from which threads take less time than they cost.
_MANY: Final = 4

_ROUND: Final[dict[Mode, Callable[[Ints, Ints, Ints], npt.NDArray[np.bool_]]]] = {
    Mode.HALF_UP: lambda quotient, rest, divisor: 2 * rest >= divisor,
    Mode.HALF_EVEN: lambda quotient, rest, divisor: 2 * rest + (quotient & 1) > divisor,
    Mode.UP: lambda quotient, rest, divisor: rest > 0,
}


class Problem(NamedTuple):
    """One total to share: exact weights of any size, in the members' order; ``host`` is a place among them.

    ``whole`` is what the weights are parts of, where that is another than their sum.
    """

    total_ore: int
    weights: Sequence[Fraction]
    rule: Rounding
    host: int | None = None
    whole: Fraction | None = None


class Allocation(NamedTuple):
    """Amounts in öre by member (flat, in the order given), and what they leave of each group's total."""

    amounts: Ints
    residuals: Ints


def allocate(
    totals: npt.ArrayLike, weights: npt.ArrayLike, offsets: npt.ArrayLike, rule: Rounding, hosts: npt.ArrayLike = ()
) -> Allocation:
    """Share each group's total by its members' weights.

    ``totals``: öre, one a group. ``weights``: whole numbers of zero or more, one a member; group ``g`` has those from
    ``offsets[g]`` to ``offsets[g + 1]``. ``hosts``: where the rule names a host, its place within each group.
    Raises ``ValueError`` for an empty group, a negative weight or a group of zeros.
    """
    total, weight, offset = (np.asarray(values, dtype=np.int64) for values in (totals, weights, offsets))
    host = np.asarray(hosts, dtype=np.int64)
    _check(total, weight, offset, host, rule)
    sizes = np.diff(offset)
    amounts = np.empty_like(weight)

    def share_block(chosen: Ints) -> None:
        size = int(sizes[chosen[0]])
        if chosen[-1] - chosen[0] == len(chosen) - 1:  # neighbours: a view, not a copy
            at: slice | Ints = slice(offset[chosen[0]], offset[chosen[-1]] + size)
            rows = weight[at].reshape(-1, size)
        else:
            at = offset[chosen][:, None] + np.arange(size)
            rows = weight[at]
        shared = _share(total[chosen], rows, rule, host[chosen] if len(host) else None)
        amounts[at] = shared.ravel() if isinstance(at, slice) else shared

    blocks = list(_blocks(sizes))
    if len(blocks) < _MANY:
        for chosen in blocks:
            share_block(chosen)
    else:  # numpy works outside the interpreter's lock
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            list(threads.map(share_block, blocks))
    return Allocation(amounts, total - np.add.reduceat(amounts, offset[:-1]) if len(total) else total)


def _blocks(sizes: Ints) -> Iterator[Ints]:
    """Groups of one size that are worked together."""
    for size in np.unique(sizes):
        groups = np.flatnonzero(sizes == size)
        block = max(1, _BLOCK // int(size))
        yield from (groups[start : start + block] for start in range(0, len(groups), block))


def solve(problems: Sequence[Problem]) -> list[Split]:
    """Any number of problems of any rules at once: those of one rule go through :func:`allocate` together.

    Weights become whole numbers by their common denominator; where those leave 64 bits, the scalar rule is used.
    """
    answers: list[Split | None] = [None] * len(problems)
    by_rule: dict[Rounding, list[tuple[int, list[int]]]] = {}
    for n, problem in enumerate(problems):
        if problem.whole is not None and sum(problem.weights) != problem.whole:
            parts = [weight / problem.whole for weight in problem.weights]
            answers[n] = split_by_shares(problem.total_ore, parts, problem.rule, problem.host)
            continue
        whole = whole_weights(problem.weights)
        if sum(whole) < _MAX_DENOMINATOR and abs(problem.total_ore) < 2**62:
            by_rule.setdefault(problem.rule, []).append((n, whole))
        else:
            answers[n] = split(problem.total_ore, problem.weights, problem.rule, problem.host)
    for rule, chosen in by_rule.items():
        offsets = [0, *accumulate(len(whole) for _, whole in chosen)]
        amounts, residuals = allocate(
            [problems[n].total_ore for n, _ in chosen],
            [weight for _, whole in chosen for weight in whole],
            offsets,
            rule,
            [problems[n].host or 0 for n, _ in chosen],
        )
        for g, (n, _) in enumerate(chosen):
            answers[n] = Split(tuple(amounts[offsets[g] : offsets[g + 1]].tolist()), int(residuals[g]))
    return [answer for answer in answers if answer is not None]


def _check(total: Ints, weight: Ints, offset: Ints, host: Ints, rule: Rounding) -> None:
    if len(offset) != len(total) + 1 or offset[0] != 0 or offset[-1] != len(weight):
        raise ValueError(f"{len(total)} totals and {len(weight)} weights do not fit the offsets")
    if (np.diff(offset) < 1).any():
        raise ValueError("there is no member to share the cost")
    if len(weight) and weight.min() < 0:
        raise ValueError("a key value is negative")
    if len(total) and (np.add.reduceat(weight, offset[:-1]) == 0).any():
        raise ValueError("the key values are all zero")
    if rule.residual is Residual.HOST and len(host) != len(total):
        raise ValueError("the residual goes to the host, but no host is named")


def _share(total: Ints, weight: Ints, rule: Rounding, host: Ints | None) -> Ints:
    """Amounts of groups of one size, as a matrix with a row a group."""
    size = weight.shape[1]
    divisor = weight.sum(axis=1)
    charge = np.abs(total)
    scale = 1 if rule.share_decimals is None else 10**rule.share_decimals
    fits = (
        rule.residual is not Residual.DIVISOR
        and scale * int(rule.unit) * size < _MAX_DENOMINATOR
        and int(charge.max()) < _MAX_QUOTIENT
        and float(weight.sum(axis=1, dtype=np.float64).max()) * int(rule.unit) * size < _MAX_DENOMINATOR
    )
    if not fits:
        return _scalar(total, weight, rule, host)
    part = weight
    if rule.share_decimals is not None:
        part = _round(*_divide(np.full_like(charge, scale), weight, divisor), divisor, rule.share_mode)
        divisor = part.sum(axis=1)
        if not (rule.rescaled or rule.residual.is_proportional):
            divisor = np.full_like(divisor, scale)
        elif not divisor.all():
            raise ValueError("the key values are all zero")
    if rule.residual is Residual.LARGEST_REMAINDER:
        amounts = _largest_remainder(charge // rule.unit, part, divisor) * rule.unit
    else:
        amounts = _round(*_divide(charge, part, divisor * rule.unit), divisor * rule.unit, rule.mode) * rule.unit
        if rule.residual is not Residual.NONE:
            carrier = weight.argmax(axis=1) if rule.residual is Residual.LARGEST_MEMBER or host is None else host
            amounts[np.arange(len(amounts)), carrier] += charge - amounts.sum(axis=1)
    if (total < 0).any():
        amounts *= np.sign(total)[:, None]
    return amounts


def _divide(total: Ints, part: Ints, divisor: Ints) -> tuple[Ints, Ints]:
    """``total * part // divisor`` and its remainder, a row a group."""
    quotient = (part * (total / divisor)[:, None]).astype(np.int64)
    rest = part * total[:, None]  # modulo 2^64, as the next line is: the difference is small and exact
    rest -= quotient * divisor[:, None]
    low = rest >> 63  # -1 where the estimate was one too high
    quotient += low
    rest += low & divisor[:, None]
    high = rest >= divisor[:, None]
    if high.any():
        quotient += high
        rest -= high * divisor[:, None]
    return quotient, rest


def _round(quotient: Ints, rest: Ints, divisor: Ints, mode: Mode) -> Ints:
    if mode is not Mode.FLOOR:
        quotient += _ROUND[mode](quotient, rest, divisor[:, None])
    return quotient


def _largest_remainder(units: Ints, part: Ints, divisor: Ints) -> Ints:
    """Floors, then one unit each to the largest remainders; of equal ones to the first."""
    size = part.shape[1]
    counts, rank = _divide(units, part, divisor)
    missing = units - counts.sum(axis=1)
    rank *= size
    rank += np.arange(size - 1, -1, -1)
    ordered = np.sort(rank, axis=1)
    last = ordered[np.arange(len(rank)), np.minimum(size - missing, size - 1)] + (missing == 0)
    counts += rank >= last[:, None]
    return counts


def _scalar(total: Ints, weight: Ints, rule: Rounding, host: Ints | None) -> Ints:
    shared = [
        split(int(charge), [int(value) for value in row], rule, None if host is None else int(host[i])).amounts_ore
        for i, (charge, row) in enumerate(zip(total, weight, strict=True))
    ]
    return np.array(shared, dtype=np.int64)
