"""A fee by size: amounts that rise in steps with the key. The cheapest steps, and the amounts that are beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from analys.allocation import Mode, Unit
from analys.audit import bits, edits
from analys.audit.money import told
from analys.audit.rule import Charged, Key
from analys.audit.spec import units_of
from analys.audit.structures import Account, Rate, Setting, account_of

#: More steps than this are no tariff.
_MOST: Final = 12
#: In a group of no more it is common that a member is alone on its step.
_FEW: Final = 7


def accounts(column: Charged, key: Key, setting: Setting) -> list[Account]:
    """The cheapest steps by the key's weights; those without a step beside which an amount is called wrong; and those
    where such an amount stands on the next step, between whose members it lies."""
    levels = sorted(set(column.amounts_ore))
    best = _account(column, key, setting, levels)
    if best is None:
        return []
    given = best.rule.expected_ore
    others = [
        _account(column, key, setting, [level for level in levels if level != step])
        for step in {given[i] for i in best.faults}
    ]
    order = sorted(range(len(given)), key=lambda i: key.weights[i])
    for i in best.faults:
        at = order.index(i)
        beside = {given[order[k]] for k in (at - 1, at + 1) if 0 <= k < len(order)} - {given[i]}
        others += [_priced(column, key, setting, [*given[:i], step, *given[i + 1 :]]) for step in beside]
    return [best, *(other for other in others if other is not None)]


def _account(column: Charged, key: Key, setting: Setting, levels: Sequence[int]) -> Account | None:
    amounts, n = column.amounts_ore, len(column.amounts_ore)
    if n < 3 or not 1 < len(levels) <= max(2, min(_MOST, 2 * n // 3)) or len(set(key.weights)) < 2:
        return None
    return _priced(column, key, setting, _cheapest(_rate(column, key, setting, max(units_of(amounts))), levels))


def _rate(column: Charged, key: Key, setting: Setting, unit: Unit) -> Rate:
    return Rate(column, setting, key, unit, Mode.HALF_UP, Fraction(0), Fraction(0), Fraction(0), float(key.rank))


def _priced(column: Charged, key: Key, setting: Setting, given: Sequence[int]) -> Account | None:
    """The account that gives the members these steps; none of a single one."""
    steps = sorted(set(given))
    if len(steps) < 2:
        return None
    rate = _rate(column, key, setting, max(each for each in Unit if all(step % each == 0 for step in steps)))
    cost = setting.prior("rebate") + bits.of_places(len(given) - 1, len(steps) - 1)
    cost += sum(_of_step(rate, level) for level in steps) + sum(map(_steep, steps, steps[1:]))
    text = f"trappa i {len(steps)} steg, {', '.join(told(step) for step in steps)}"
    # A step is a sum of money as it stands: nothing was rounded to it, and nothing is left over.
    exact = Unit.ORE if any(step % Unit.KRONA for step in steps) else Unit.KRONA
    return account_of(replace(rate, unit=exact), given, cost, text)


#: That a lone step is one digit from another is no sign of a slip where steps are round.
_ROUND: Final = 5.0
#: A step that but one member is on is rarer than others.
_LONE: Final = 4.0


def _of_fault(found: int, level: int, members: int, unit: int) -> float:
    edit = edits.explained(found, level, unit) if found != level else None
    return edits.of_fault(found, level, members, unit) + _ROUND * bool(edit and edit.explanation.get("slip") == "digit")


def _steep(below: int, level: int) -> float:
    """A step to more than four times the one below is the dearer the higher."""
    return max(0.0, 2 * (bits.of_any(level) - bits.of_any(4 * below)))


def _of_step(rate: Rate, level: int) -> float:
    amounts = rate.column.amounts_ore
    lone = _LONE if amounts.count(level) == 1 and len(amounts) > _FEW else 0.0
    return rate.number(level) + lone


def _cheapest(rate: Rate, levels: Sequence[int]) -> list[int]:
    """For each member its step's amount: by the members in order of size, the cheapest way to each level."""
    unit, n = int(rate.unit), len(rate.column.amounts_ore)
    begin = [_of_step(rate, level) + bits.of_choice(n) for level in levels]
    ways: list[tuple[float, tuple[int, ...]]] = []
    for position, i in enumerate(rate.by_weight):
        found, new = rate.column.amounts_ore[i], []
        alike = position and rate.key.weights[i] == rate.key.weights[rate.by_weight[position - 1]]
        for k, level in enumerate(levels):
            off = _of_fault(found, level, n, unit)
            stay = [(ways[k][0], ways[k][1])] if ways else []
            below = ways[:k] if ways and not alike else []
            rise = [(cost + begin[k] + _steep(path[-1], level), path) for cost, path in below]
            cost, path = min([*stay, *rise]) if ways else (begin[k], ())
            new.append((cost + off, (*path, level)))
        ways = new
    best = min(ways)[1]
    given = [0] * n
    for i, level in zip(rate.by_weight, best, strict=True):
        given[i] = level
    return given
