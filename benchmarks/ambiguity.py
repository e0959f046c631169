"""Which injected faults of a made annex cannot be told apart from others? Told from the truth, before any audit.

Of members without a row only totals tell: any other municipalities, no more of them, with the same population together
explain those just as well. Where all rows are of one county, only that county's are held against each other.

The amounts of a column are held against every rule with the true key: each way of rounding the shares and the amounts,
each base that is a whole number of units (or the printed total, less any fees), shares that were rescaled after they
were rounded, largest remainders, and each member as the one who carries what is left over. Such a rule *explains* the
column by the rows that it does not give, and by the total where that is neither the rule's base nor the sum of its
amounts, or of those printed. A fault that is missing from an explanation of no more faults than were injected cannot be
told apart, and nor can a row or total of such an explanation be called falsely accused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
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

    @property
    def ways(self) -> list[list[Fraction]]:
        """The ways, and those of which the parts do not add to one rescaled: parts of what the parts add to."""
        sums = [sum(parts, Fraction(0)) for parts in self.parts]
        pairs = [(parts, whole) for parts, whole in zip(self.parts, sums, strict=True) if whole not in (0, 1)]
        return self.parts + [[part / whole for part in parts] for parts, whole in pairs]

    def faults(self) -> frozenset[Place]:
        """What is truly wrong in the column."""
        rows = {c for c, made, printed in zip(self.codes, self.made, self.printed, strict=True) if made != printed}
        return frozenset(rows | ({None} if self.total_is_wrong else set()))


def nameless(missing: Sequence[str], present: Sequence[str], people: Mapping[str, int]) -> bool:
    """Whether others than the missing ones, no more of them, lack a row and have the same population together."""
    counties = {code[:2] for code in (*missing, *present)}
    absent = [c for c in people if c not in present and (len(counties) > 1 or c[:2] in counties)]
    wanted, truth = sum(people[code] for code in missing), set(missing)
    owners: dict[int, list[str]] = {}
    for code in absent:
        owners.setdefault(people[code], []).append(code)
    for size in range(len(missing)):
        for some in combinations(absent, size):
            last = owners.get(wanted - sum(people[code] for code in some), ())
            if any(code not in some and {*some, code} != truth for code in last):
                return True
    return False


def confusable(charge: Charge) -> frozenset[Place]:
    """The places of the column that some explanations of no more faults than the true one call wrong, and others not."""
    truth = charge.faults()
    if not truth:
        return frozenset()
    explanations = {truth, *(found for found in _explanations(charge, len(truth)) if len(found) <= len(truth))}
    return frozenset().union(*explanations) - frozenset.intersection(*explanations)


def _explanations(charge: Charge, most: int) -> Iterator[frozenset[Place]]:
    """What each rule with at most so many faults calls wrong in the column."""
    for parts in charge.ways:
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
    # Whoever added what is printed made no fault of the total's own.
    as_printed: set[Fraction | int] = {sum(charge.printed)} if off else set()
    yield off, {sum(amounts), base + charge.fee * len(amounts), *as_printed}
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
        stated = None if charge.total is None else charge.total - charge.fee * len(parts)
        if stated is not None and first * charge.step <= stated <= last * charge.step:
            bases.add(Fraction(stated))
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
