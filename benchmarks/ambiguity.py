"""Which injected faults of a made annex cannot be told apart from others? Told from the truth, before any audit.

The amounts of a column are held against every rule with the true key: each way of rounding the shares and the amounts,
each base that is a whole number of units (or the printed total), largest remainders, and each member as the one who
carries what is left over. Such a rule *explains* the column by the rows that it does not give, and by the total where
that is neither the rule's base nor the sum of its amounts. A fault that is missing from an explanation of no more faults
than were injected cannot be told apart, and nor can a row or total of such an explanation be called falsely accused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm

#: A row's municipality code, or ``None`` for the column's total.
Place = str | None


@dataclass(frozen=True)
class Charge:
    """One column of amounts in kronor: what it was made of, and what is printed.

    ``parts``: each way that the members' exact parts may have been rounded, one list a way. ``made`` are the amounts
    before any fault in this column, ``printed`` those in the sheet (a row that is gone keeps the made one). Bases are
    whole multiples of ``step``; of the base each member takes its part, beside a ``fee``.
    """

    heading: str
    codes: list[str]
    parts: list[list[Fraction]]
    fee: int
    step: Fraction
    unit: int
    made: list[int]
    printed: list[int]
    total: int | None
    total_is_wrong: bool

    def faults(self) -> frozenset[Place]:
        """What is truly wrong in the column."""
        rows = {c for c, made, printed in zip(self.codes, self.made, self.printed, strict=True) if made != printed}
        return frozenset(rows | ({None} if self.total_is_wrong else set()))


def confusable(charge: Charge) -> frozenset[Place]:
    """The places of the column that some explanations of no more faults than the true one call wrong, and others not."""
    truth = charge.faults()
    if not truth:
        return frozenset()
    explanations = {truth, *(found for found in _explanations(charge, len(truth)) if len(found) <= len(truth))}
    return frozenset().union(*explanations) - frozenset.intersection(*explanations)


def _explanations(charge: Charge, most: int) -> Iterator[frozenset[Place]]:
    """What each rule with at most so many faults calls wrong in the column."""
    for parts in charge.parts:
        whole = lcm(*(part.denominator for part in parts), charge.step.denominator)
        weights = [int(part * whole) for part in parts]
        fee, unit = charge.fee * whole, charge.unit * whole
        for base in _bases(charge, parts):
            if not charge.fee:
                amounts = _largest_remainder(int(base), weights, charge.unit)
                wrong = {c for c, a, p in zip(charge.codes, amounts, charge.printed, strict=True) if a != p}
                yield frozenset(wrong | ({None} if charge.total not in (None, base, sum(amounts)) else set()))
            for mode in ("half_up", "half_even", "floor", "up"):
                amounts = [charge.unit * _rounded(int(base * weight) + fee, unit, mode) for weight in weights]
                for wrong, totals in _with_rest(base, amounts, charge, most):
                    yield frozenset(
                        {charge.codes[i] for i in wrong} | ({None} if charge.total not in (None, *totals) else set())
                    )


def _with_rest(
    base: Fraction, amounts: list[int], charge: Charge, most: int
) -> Iterator[tuple[set[int], set[Fraction | int]]]:
    """(rows that are wrong, totals that are right) when nobody carries the rest, and when each member does."""
    rest = base - sum(amounts)
    off = {i for i, (amount, figure) in enumerate(zip(amounts, charge.printed, strict=True)) if amount != figure}
    if len(off) > most + 1:
        return
    yield off, {sum(amounts)} if charge.fee else {sum(amounts), base}
    if rest and not charge.fee:
        for host, amount in enumerate(amounts):
            yield (off - {host} if amount + rest == charge.printed[host] else off | {host}), {base}


def _bases(charge: Charge, parts: Sequence[Fraction]) -> list[Fraction]:
    """The bases by which the largest rows that are right may have been made: whole steps, and the printed total."""
    right = [i for i, made in enumerate(charge.made) if made == charge.printed[i] and parts[i]]
    bases: set[Fraction] = set()
    # Two of them, since one may carry what is left over.
    for largest in sorted(right, key=lambda i: parts[i])[-2:]:
        amount, one = charge.printed[largest] - charge.fee, parts[largest] * charge.step
        first, last = (amount - charge.unit) / one, (amount + charge.unit) / one
        bases |= {charge.step * times for times in range(ceil(first), floor(last) + 1)}
        if charge.total is not None and first * charge.step <= charge.total <= last * charge.step:
            bases.add(Fraction(charge.total))
    return sorted(bases)


def _largest_remainder(base: int, weights: Sequence[int], unit: int) -> list[int]:
    """The base's whole units handed out: the whole part of each quota, and one more to the largest remainders."""
    quotas = [divmod(base * weight, sum(weights) * unit) for weight in weights]
    left = base // unit - sum(units for units, _ in quotas)
    first = sorted(range(len(weights)), key=lambda i: (-quotas[i][1], i))[:left]
    return [unit * (units + (i in first)) for i, (units, _) in enumerate(quotas)]


def _rounded(numerator: int, denominator: int, mode: str) -> int:
    below, rest = divmod(numerator, denominator)
    if mode == "floor":
        return below
    if mode == "up":
        return below + (rest > 0)
    if mode == "half_even" and 2 * rest == denominator:
        return below + below % 2
    return below + (2 * rest >= denominator)
