"""Who carries what rounding leaves over? An amount beside the rule is no fault when the rule's rest explains it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from analys.audit.rule import Charged, Rule


def carries_all(charge: Charged, rule: Rule, i: int) -> bool:
    """Whether the member's amount is just what the rule's amounts for all the others leave of the stated total."""
    return rule.stated and rule.rest_is_small and charge.amounts_ore[i] == rule.expected_ore[i] + rule.rest_ore


def carriers(charge: Charged, rule: Rule) -> frozenset[int]:
    """The members whose amounts beside the rule may be what rounding left over: one by itself, or those a unit off.

    With them all amounts add to a base that the rule allows, the other wrong ones mended; where a total is printed that
    the mended amounts add to, or that is a base itself, they must add to just that.
    """
    apart = {i: charge.amounts_ore[i] - rule.expected_ore[i] for i, hit in enumerate(rule.hits) if not hit}
    if not apart:
        return frozenset()
    mended = charge.sum_ore - sum(apart.values())
    unit = int(rule.rounding.unit)
    if charge.adds_up:
        # Whoever printed a base, or a round number, made the amounts add to it.
        if charge.has_round_total or any(rule.allows(total) for total in charge.totals_ore):
            return frozenset(i for i, each in apart.items() if abs(each) <= rule.slack_ore)
        charge = replace(charge, totals_ore=())  # whatever the amounts are was added
    small = {i: each for i, each in apart.items() if abs(each) <= unit}
    alone = [
        i
        for i, each in apart.items()
        if abs(each) <= rule.likely_rest_ore and _adds(charge, rule, mended + each, mended)
    ]
    found = frozenset({max(alone, key=lambda i: rule.parts[i])} if alone else ())
    together = mended + sum(small.values())
    untold = not charge.totals_ore and rule.is_near_base(together + rule.absent_ore)
    if small and (untold or _adds(charge, rule, together, mended)):
        found |= small.keys()
    return found


def mending(charge: Charged, rule: Rule) -> frozenset[int]:
    """The fewest members, two at most, by whose amounts alone the column misses its printed total: with the rule's
    amounts for them it adds to just that."""
    apart = {i: charge.amounts_ore[i] - rule.expected_ore[i] for i, hit in enumerate(rule.hits) if not hit}
    if charge.adds_up:
        return frozenset()
    for size in (1, 2):
        for members in combinations(apart, size):
            if charge.adds(charge.sum_ore - sum(apart[i] for i in members)):
                return frozenset(members)
    return frozenset()


def _adds(charge: Charged, rule: Rule, total_ore: int, mended_ore: int) -> bool:
    if charge.adds(total_ore):
        return rule.is_near_base(total_ore + charge.beside_ore)
    if any(total == mended_ore + charge.beside_ore or rule.allows(total) for total in charge.totals_ore):
        return False
    return rule.allows(total_ore + rule.absent_ore)
