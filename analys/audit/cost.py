"""What an account of a whole annex costs in bits: its change of rows, the rule of each column, and every fault it tells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from fractions import Fraction

from analys.allocation import Residual
from analys.audit import bits
from analys.audit.case import Case
from analys.audit.finding import Code, Finding, Severity
from analys.audit.rule import Charged, Rule
from analys.audit.spec import MODES, units_of

#: A key's number that was fitted to the amounts: a whole per cent, or one in a hundred of such.
_PLAIN, _ANY = bits.of_choice(100), bits.of_choice(10_000)
#: Ways to round beside the likeliest, each half as likely as the one before; a rest that is handed out.
_WAY, _REST = 2.0, bits.of_choice(8)
#: Codes that a change of rows has paid for.
_OF_ROWS = (Code.MEMBER_MISSING, Code.MEMBER_EXTRA)
#: Shares are counted in ten-thousandths.
_SHARES = (Code.SHARE, Code.TOTAL_SHARE)


def of_rule(rule: Rule, charge: Charged, texts_ore: Collection[int] = ()) -> float:
    """A rule without its faults: the key, how shares and amounts were rounded, the numbers fitted, and the base, which
    costs little where the column's total or a text of the annex (``texts_ore``) states it."""
    rounding = rule.rounding
    mode = MODES.index(rounding.mode) if rounding.mode in MODES else 1
    coarse = rounding.unit == max(units_of(charge.amounts_ore))
    cost = rule.key.rank + _WAY * (mode + (not coarse) + (rounding.share_decimals is not None))
    cost += _REST * (rounding.residual is not Residual.NONE)
    cost += (_PLAIN if rule.key.is_plain else _ANY) * rule.key.free
    base = bits.plainest(rule.base.low * 100, rule.base.high * 100)
    stated = rule.stated or any(rule.allows(each, 100) for each in texts_ore)
    return cost + (1.0 if stated else bits.of_number(base))


def of_account(case: Case, findings: Sequence[Finding]) -> float:
    """The whole account of an annex; what no rule gives is written out."""
    serious = [finding for finding in findings if finding.severity is not Severity.UPPLYSNING]
    told = {finding.cell for finding in serious}
    texts = [int(each.value * 100) for each in case.annex.mentions if each.unit == "kr" and each.value >= 1000]
    cost = case.membership.bits + _of_findings(case, serious)
    for letter, charge in case.charges.items():
        rule = case.rules.get(letter)
        if rule is None or not rule.trusted:
            cost += sum(bits.of_any(amount // 100) for amount in charge.amounts_ore)
            continue
        cost += of_rule(rule, charge, texts) + _of_printed(rule, texts)
        apart = {
            member.figures[letter].cell: abs(found - right) // int(rule.rounding.unit)
            for member, found, right in zip(case.annex.members, charge.amounts_ore, rule.expected_ore, strict=True)
            if found != right
        }
        cost += sum(of_rest(units, len(rule.hits)) for cell, units in apart.items() if cell not in told)
    for column, derived in case.shares:
        figures = case.annex.values(column) if derived is None else ()
        cost += sum(bits.of_any(Fraction(figure.value / figure.step)) for figure in figures)
    return cost


def _of_printed(rule: Rule, texts_ore: Collection[int]) -> float:
    """What was handed out, where a printed total states the base: its own figure, and with rows that it does not count
    what those are given too."""
    if not rule.stated or any(rule.allows(each, 100) for each in texts_ore):
        return 0.0
    whole = rule.parts_together if rule.gives_another_whole else Fraction(1)
    return bits.of_number(bits.plainest(rule.base.low * 100 * whole, rule.base.high * 100 * whole))


def of_rest(units: int, members: int) -> float:
    """An amount so many units beside its rule that is no fault: whose, and how many, either way."""
    return bits.of_choice(members) + 2 * bits.of_choice(1 + units)


def _of_findings(case: Case, serious: Sequence[Finding]) -> float:
    """Each fault; totals whose ranges are all the same row short are one."""
    short = {str(finding.explanation["left_out"]) for finding in serious if "left_out" in finding.explanation}
    rest = [f for f in serious if "left_out" not in f.explanation and f.code not in _OF_ROWS]
    return len(short) * (bits.FAULT + bits.of_choice(2)) + sum(_of_fault(case, finding) for finding in rest)


def _of_fault(case: Case, finding: Finding) -> float:
    whose = bits.of_choice(len(case.annex.members)) if finding.kommunkod else 0.0
    if {"slip", "factor", "kommunkod", "date"} & {*finding.explanation}:
        return bits.FAULT + whose + bits.COMMON
    found = finding.found if isinstance(finding.found, int | Decimal | Fraction) else 0
    return bits.FAULT + whose + bits.of_any(Fraction(found) * (10_000 if finding.code in _SHARES else 1))
