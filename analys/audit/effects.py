"""The kronor that a fault costs each member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from analys.allocation import Residual
from analys.audit.case import Case
from analys.audit.finding import Code, Finding
from analys.audit.rule import Rule
from analys.swedish import quantize


def with_effect(case: Case, finding: Finding) -> Finding:
    """What a fault costs each member: nothing, unless the finding itself or its kind tells otherwise."""
    if finding.effect_kr:
        return finding
    effect = {member.municipality.code: 0 for member in case.annex.members}
    if case.rules and finding.kommunkod is not None:
        # The dearest column's: what is charged for the longest time.
        dearest_first = sorted(case.rules.items(), key=lambda item: item[1].base.middle, reverse=True)
        letter, rule = dearest_first[0]
        if finding.code is Code.MEMBER_MISSING and rule.trusted and len(case.membership.missing) == 1:
            effect[finding.kommunkod] = -int(quantize(Fraction(rule.absent_ore, 100), 0))
        elif finding.code.startswith("population") and isinstance(finding.expected, int):
            # Of several years, the one whose amounts were made of the wrong figure.
            made = (_of_population(case, *each, finding) for each in dearest_first)
            effect |= next(filter(None, made), {})
        elif finding.code is Code.SHARE:
            effect |= _of_share(case, letter, rule, finding)
    return replace(finding, effect_kr=effect)


def _of_population(case: Case, letter: str, rule: Rule, finding: Finding) -> dict[str, int]:
    """What amounts made of a wrong population are, less exact parts of the same sum by the right figure.

    Two figures that have changed places are put right together. Amounts that were not made of the wrong figure cost
    nothing, and an amount that is wrong for another reason, or carries what was left over, counts as it should have been.
    """
    stated = next((each for each in case.inputs if finding.cell in each.cells), None)
    row = stated.cells.index(str(finding.cell)) if stated else 0
    people = _people(case, rule, row)
    if stated is None or not people or people[row] != stated.found[row]:
        return {}
    pair = {row} | {i for i, figure in enumerate(stated.found) if figure == finding.expected}
    mended = pair if finding.code is Code.POPULATION_SWAPPED else {row}
    right = [stated.corrected[i] if i in mended else figure for i, figure in enumerate(people)]
    charge, n = case.charges[letter], len(people)
    charged = [a if hit else e for a, e, hit in zip(charge.amounts_ore, rule.expected_ore, rule.hits, strict=True)]
    total = next((each for each in charge.totals_ore if abs(each - sum(charged)) <= rule.slack_ore), sum(charged))

    def exact(figures: Sequence[int]) -> list[Fraction]:
        equal, shared = rule.key.equal, total - n * rule.key.fee_ore
        parts = [equal / n + (1 - equal) * Fraction(figure, sum(figures)) for figure in figures]
        return [rule.key.fee_ore + shared * part for part in parts]

    were: Sequence[int | Fraction] = exact(people) if rule.rounding.residual is Residual.HOST else charged
    return {
        member.municipality.code: int(quantize(Fraction(paid - due) / 100, 0))
        for member, paid, due in zip(case.annex.members, were, exact(right), strict=True)
    }


def _people(case: Case, rule: Rule, row: int) -> tuple[int, ...]:
    """The populations that the amounts were made of, directly or by shares; empty when they were made of none."""
    if rule.key.name != "shares":
        return rule.key.people
    derived = [each for _, each in case.shares if each and each.hits[row]]
    return derived[0].weights if derived else ()


def _of_share(case: Case, letter: str, rule: Rule, finding: Finding) -> dict[str, int]:
    """What the member's amount, if it follows from the wrong share, is more than by the right one."""
    i = next(i for i, each in enumerate(case.annex.members) if each.municipality.code == finding.kommunkod)
    wrong, right = (Fraction(str(share)) for share in (finding.found, finding.expected))
    amount, unit = case.charges[letter].amounts_ore[i], int(rule.rounding.unit)
    if abs(rule.used_ore * wrong - amount) > unit or abs(rule.used_ore * right - amount) <= unit:
        return {}
    return {str(finding.kommunkod): int(quantize((amount - rule.used_ore * right) / 100, 0))}
