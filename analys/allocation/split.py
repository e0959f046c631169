"""The rule for one group of members, exact and slow: what the vectorised engine must agree with to the öre."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from analys.rounding import Exact, Mode, Residual, Rounding, round_exact


class Split(NamedTuple):
    """Amounts in the members' order and what they leave of the total: ``sum(amounts_ore) + residual_ore == total``."""

    amounts_ore: tuple[int, ...]
    residual_ore: int


def shares(
    weights: Sequence[Exact], decimals: int | None = None, mode: Mode = Mode.HALF_UP, *, rescaled: bool = False
) -> tuple[Fraction, ...]:
    """Each member's part of one: exact, or rounded to ``decimals``; ``rescaled`` divides rounded ones by their sum.

    Raises ``ValueError`` for no weights, a negative weight, or weights that are all zero (also after rounding, when
    they are to be rescaled).

    >>> shares([5453, 444865], 4)
    (Fraction(121, 10000), Fraction(9879, 10000))
    """
    exact = _parts(weights)
    if decimals is None:
        return exact
    step = 10**decimals
    rounded = tuple(Fraction(round_exact(share * step, mode), step) for share in exact)
    return _parts(rounded) if rescaled else rounded


def split(total_ore: int, weights: Sequence[Exact], rounding: Rounding, host: int | None = None) -> Split:
    """Share ``total_ore`` by ``weights``; ``host`` is the index of the member that carries the residual.

    A negative total (a refund) is the mirror image of the positive one. Of members that tie for a unit or for being the
    largest, the first in order gets it, so callers put the members in code order. Raises ``ValueError`` as
    :func:`shares` does, and when the rule names a host and ``host`` does not.
    """
    return split_by_shares(
        total_ore,
        shares(weights, rounding.share_decimals, rounding.share_mode, rescaled=rounding.rescaled),
        rounding,
        host,
        largest=_largest(weights),
    )


def split_by_shares(
    total_ore: int, parts: Sequence[Fraction], rounding: Rounding, host: int | None = None, largest: int | None = None
) -> Split:
    """As :func:`split`, for shares that are given: the rounding of shares has been done. ``largest`` breaks the tie of
    shares that rounding has made equal."""
    if total_ore < 0:
        mirrored = split_by_shares(-total_ore, parts, rounding, host, largest)
        return Split(tuple(-amount for amount in mirrored.amounts_ore), -mirrored.residual_ore)
    if rounding.residual.is_proportional:
        units = _largest_remainder if rounding.residual is Residual.LARGEST_REMAINDER else _divisor
        amounts = [unit * rounding.unit for unit in units(total_ore // rounding.unit, _parts(parts), rounding.mode)]
    else:
        amounts = [
            rounding.unit * round_exact(total_ore * Fraction(part) / rounding.unit, rounding.mode) for part in parts
        ]
    residual = total_ore - sum(amounts)
    if rounding.residual is Residual.LARGEST_MEMBER:
        host = _largest(parts) if largest is None else largest
    elif rounding.residual is not Residual.HOST:
        return Split(tuple(amounts), residual)
    if host is None:
        raise ValueError("the residual goes to the host, but no host is named")
    amounts[host] += residual
    return Split(tuple(amounts), 0)


def whole_weights(weights: Sequence[Exact]) -> list[int]:
    """The smallest whole numbers in the same proportions, but for a common factor."""
    exact = [Fraction(weight) for weight in weights]
    common = lcm(*(weight.denominator for weight in exact))
    return [weight.numerator * (common // weight.denominator) for weight in exact]


def _parts(weights: Sequence[Exact]) -> tuple[Fraction, ...]:
    whole = whole_weights(weights)
    total = sum(whole)
    if not whole:
        raise ValueError("there is no member to share the cost")
    if min(whole) < 0:
        raise ValueError("a key value is negative")
    if total == 0:
        raise ValueError("the key values are all zero")
    return tuple(Fraction(weight, total) for weight in whole)


def _largest(weights: Sequence[Exact]) -> int:
    return max(range(len(weights)), key=lambda i: (weights[i], -i))


def _largest_remainder(units: int, parts: Sequence[Fraction], _: Mode) -> list[int]:
    """Floors, then one unit each to the largest remainders. Which way amounts round does not matter: rounding them half
    up and mending the difference where it is least wrong ends in the same amounts."""
    quotas = [units * part for part in parts]
    counts = [quota.numerator // quota.denominator for quota in quotas]
    order = sorted(range(len(parts)), key=lambda i: (counts[i] - quotas[i], i))
    for i in order[: units - sum(counts)]:
        counts[i] += 1
    return counts


#: Where between two whole numbers a divisor method rounds up.
_SIGNPOST = {
    Mode.HALF_UP: Fraction(1, 2),
    Mode.HALF_EVEN: Fraction(1, 2),
    Mode.FLOOR: Fraction(1),
    Mode.UP: Fraction(0),
}


def _divisor(units: int, parts: Sequence[Fraction], mode: Mode) -> list[int]:
    """The whole numbers that one divisor rounds the parts to (Balinski and Young, Fair Representation, 1982).

    Adams' method (``up``) gives every member with a share at least one unit; with fewer units than such members, the
    largest get one each.
    """
    post = _SIGNPOST[mode]
    counts = [round_exact(units * part, mode) for part in parts]
    payers = [i for i, part in enumerate(parts) if part > 0]
    while (missing := units - sum(counts)) > 0:
        counts[min(payers, key=lambda i: ((counts[i] + post) / parts[i], -parts[i], i))] += 1
    for _ in range(-missing):
        holders = [i for i in payers if counts[i] > 0]
        counts[max(holders, key=lambda i: ((counts[i] - 1 + post) / parts[i], -parts[i], i))] -= 1
    return counts
