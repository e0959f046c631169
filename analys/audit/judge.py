"""The best rules of a search, judged exactly: their bases, the amounts that they give, and what puts one before another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from analys.allocation import Mode, Residual, Rounding, implied_base, split_by_shares
from analys.audit import bits, edits
from analys.audit.rest import carriers
from analys.audit.rule import Charged, Rule
from analys.audit.spec import Choice, Spec, as_arrays, bounds, handed_out
from analys.evidence import Interval
from analys.rounding import round_exact

#: So many bases that reproduce equally many amounts are looked at.
_TIES: Final = 4


def explained(rules: Sequence[Rule], columns: Sequence[Charged]) -> tuple[int, int, int]:
    """What puts a rule before another: the amounts that it reproduces, the totals that it explains, and that are bases."""
    totals = sum(rule.explains(column) for rule, column in zip(rules, columns, strict=True))
    # What is handed out whole adds to the total by definition: evidence only where that was decided before it was shared.
    bases = (
        rule.stated and (rule.rounding.residual is Residual.NONE or column.has_round_total)
        for rule, column in zip(rules, columns, strict=True)
    )
    return sum(rule.reproduced for rule in rules), totals, sum(bases)


def carried(rules: Sequence[Rule], columns: Sequence[Charged]) -> int:
    """What decides between equals: how many of the other amounts carry what rounding leaves over."""
    return sum(len(carriers(column, rule)) for rule, column in zip(rules, columns, strict=True))


def judge(choice: Choice, specs: Sequence[Spec], columns: Sequence[Charged]) -> tuple[Rule, ...] | None:
    """The rule of each column, exactly; ``None`` when there is none for one of them."""
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
    whole = [sum(rule.evidence) if all(rule.hits) else 0 for rule in rules]
    return tuple(replace(rule, support=sum(whole) - own) for rule, own in zip(rules, whole, strict=True))


def _with_unknown_base(spec: Spec, rounding: Rounding, column: Charged) -> Rule | None:
    """Exactly: the bases that the most members share, and the expected amounts from the plainest of them."""
    parts, fee_of, fees = spec.parts, spec.key.fee_of, spec.key.fees_ore
    totals = [total - fees for total in column.totals_ore]
    rules: list[Rule] = []
    most = 0
    for hits in _sharing(spec, rounding, column, totals):
        if len(hits) < most or len(rules) == (_TIES if 2 * len(hits) > len(parts) else 1):
            break
        kept = [column.amounts_ore[i] - fee_of[i] for i in hits]
        if not kept or min(kept) < 0 or not any(parts[i] for i in hits):
            continue
        shared = [parts[i] for i in hits]
        base = implied_base(shared, kept, rounding) or _between_ore(shared, kept, rounding)
        if base is None:
            continue  # only floating point allows it
        most = len(hits)
        used, stated = _plainest(base, totals, column.sum_ore - fees, sum(parts, Fraction(0)))
        expected = tuple(
            fee + rounding.unit * round_exact(used * part / rounding.unit, rounding.mode)
            for fee, part in zip(fee_of, parts, strict=True)
        )
        rules.append(_rule(spec, rounding, base, used, stated, expected, column))
    if rules and rounding.mode is Mode.HALF_UP and not all(rules[0].hits):
        rules += _with_ties_to_even(spec, rounding, column, [*totals, *(rule.base.low * 100 for rule in rules)])
    if len(rules) < 2:
        return next(iter(rules), None)
    return max(rules, key=lambda rule: (*explained([rule], [column]), carried([rule], [column])))


def _with_ties_to_even(
    spec: Spec, rounding: Rounding, column: Charged, bases: Sequence[int | Fraction]
) -> Iterator[Rule]:
    """The rules that round to even from just these bases: only where a base makes halves does it matter."""
    even = replace(rounding, mode=Mode.HALF_EVEN)
    for base in dict.fromkeys(map(Fraction, bases)):
        exact = [base * part / rounding.unit for part in spec.parts]
        if any(2 * each.denominator == 4 for each in exact):
            expected = tuple(
                fee + rounding.unit * round_exact(each, Mode.HALF_EVEN)
                for fee, each in zip(spec.key.fee_of, exact, strict=True)
            )
            stated = base + spec.key.fees_ore in column.totals_ore
            yield _rule(spec, even, Interval.point(base / 100), base, stated, expected, column)


def _between_ore(parts: Sequence[Fraction], amounts_ore: Sequence[int], rounding: Rounding) -> Interval | None:
    """A base between two whole öre from which amounts are rounded up: what a divisor method may have used."""
    if rounding.mode is not Mode.UP:
        return None
    pairs = [(amount, part) for amount, part in zip(amounts_ore, parts, strict=True) if part]
    low = max((amount - int(rounding.unit)) / part for amount, part in pairs)
    high = min(amount / part for amount, part in pairs)
    return Interval.point((low + high) / 200) if low < high else None


def _sharing(spec: Spec, rounding: Rounding, column: Charged, totals: Sequence[int]) -> list[tuple[int, ...]]:
    """The members that share a base, the most first, a few of them; those that share a total before equals."""
    low, high = bounds(*as_arrays([spec], column), rounding.unit, rounding.mode)
    points = np.concatenate([low[0], np.array(totals, dtype=float)])
    points = points[np.isfinite(points) & (points >= 0)]
    covered = (low <= points[:, None] * (1 + 1e-13)) & (points[:, None] * (1 + 1e-13) < high)
    covered = covered[::-1]
    order = np.argsort(-covered.sum(axis=1), kind="stable")
    rows = (np.flatnonzero(covered[i]) for i in order[: 4 * _TIES])
    return list(dict.fromkeys(tuple(row.tolist()) for row in rows))


def _with_total(spec: Spec, rounding: Rounding, column: Charged, host: int | None) -> Rule | None:
    lost = abs(1 - sum(spec.parts, spec.absent))
    if not rounding.residual.is_proportional and lost > Fraction(spec.lost_together):
        return None  # shares that lack so much of one, or exceed it, were not made so by rounding
    best: Rule | None = None
    for total in handed_out(column, rounding.residual):
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
    spec: Spec,
    rounding: Rounding,
    base: Interval,
    used: Fraction,
    stated: bool,
    expected: tuple[int, ...],
    column: Charged,
) -> Rule:
    pairs = list(zip(expected, column.amounts_ore, strict=True))
    hits = tuple(right == amount for right, amount in pairs)
    unit = int(rounding.unit)
    slips = [
        max(0.0, bits.of_number(amount) - bits.of_amount_fault(amount, len(pairs), True))
        for right, amount in (pairs if 2 * sum(hits) >= len(hits) > sum(hits) else ())
        if right != amount and edits.explained(amount, right, unit)
    ]
    parts, absent = spec.parts, spec.absent
    return Rule(spec.key, rounding, base, used, stated, expected, hits, parts, absent, slips=sum(slips))


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
