"""Do the totals of amounts hold: those of the columns, and those that the text states?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any, Final

from analys.allocation import Unit
from analys.audit import edits
from analys.audit.amounts import times_of
from analys.audit.edits import THOUSAND, VAT
from analys.audit.finding import Code, Finding, Severity
from analys.audit.members import Membership
from analys.audit.money import kronor, told
from analys.audit.population import lone_change, slips_of
from analys.audit.rest import carries_all
from analys.audit.rule import ROUND_ORE, Charged, Rule
from analys.audit.spec import units_of
from analys.audit.sums import range_short, subsets
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.swedish import format_kr

#: So many unlike amounts are whole parts of their sum by no chance.
_UNLIKE: Final = 4


def total_finding(
    annex: Annex,
    column: Column,
    charge: Charged,
    rule: Rule | None,
    membership: Membership,
    surplus: Sequence[int],
    faulty: dict[int, int],
    others: Sequence[Charged] = (),
) -> Finding | None:
    """The printed total against the amounts. It may be their sum, or the total that the rule shared out.

    ``surplus``: the amounts of rows too many. ``faulty``: index of a member -> its right amount in öre, where another
    finding says that the printed one is wrong. ``others``: the other columns, of which a total may have been made.
    """
    figure = annex.total(column)
    if figure is None:
        return None
    total, step = int(figure.value * 100), int(figure.step * 100)
    low, high = rule.absent_bounds_ore if rule and rule.trusted and rule.absent_ore and membership.missing else (0, 0)
    # Where totals tell that somebody is missing they count that member; otherwise they may.
    counted = low if membership.by_totals else 0
    optional = [*surplus] if counted or not low else [*surplus, low]
    sums = sorted(
        (each + counted for each in _sums(charge, optional, faulty)),
        key=lambda each: max(each - total, total - each - (high - low)),
    )
    right = charge.sum_ore + (rule.absent_ore if rule and low else 0) if not faulty else sums[0]
    open_ore = sum(rule.open_ore(i) + int(rule.blur_ore) for i in faulty) if rule else 0
    half = step // 2 if step > 100 else 0
    if sums[0] - max(open_ore, half) <= total <= sums[0] + max(high - low + open_ore, half):
        return None  # the sum itself, as far as the right amounts are known, or the sum written in tkr
    if rule and any(_is_rest_of(charge, rule, i, total - counted, right) for i, right in faulty.items()):
        return None
    if not (faulty or surplus or membership.missing) and rule and _is_exact(charge, rule):
        return _wrong_total(annex, column, charge, rule, figure, right, [right])
    explained = (
        rule is not None
        and rule.trusted
        and any(
            rule.allows(each - more - sum(rows), step)
            for each in (total, *charge.totals_ore)
            for more in _extra(charge, faulty)
            for rows in subsets(surplus)
        )
        and abs(total - sums[0]) <= _rounding_loss(annex, rule, total) + open_ore + high - low + step
    )
    if membership.missing and (explained or (not low and total > sums[-1])):
        return None
    slack = max(int(rule.rounding.unit) if rule else 0, 100) * len(charge.amounts_ore)
    explained = explained or any(_made_of_total(charge, other, total, slack) for other in others)
    left = 0 if _is_slip(rule, total, sums[0]) else _left(rule, charge, total)
    if explained or abs(total - sums[0]) <= max(_may_be_rounding(rule, charge, faulty, slack), left):
        return _finding(annex, column, figure, right, Code.TOTAL_AMOUNT, Severity.UPPLYSNING, _ROUNDED, {})
    return _wrong_total(annex, column, charge, rule, figure, right, [right, *sums])


def slip_behind(annex: Annex, column: Column, charge: Charged, rule: Rule | None) -> Finding | None:
    """The only amount whose slip of the hand a total tells of, where no rule tells what that amount should be: none was
    found, or the member is alone on its step."""
    steps = bool(rule and rule.structure.startswith("trappa"))
    if not charge.totals_ore or (rule is not None and rule.trusted and not steps):
        return None
    gap = charge.totals_ore[0] - charge.sum_ore
    slips = {
        i: edit
        for i, amount in enumerate(charge.amounts_ore)
        if amount + gap > 0
        and (edit := edits.explained(amount, amount + gap, 0))
        and not (steps and charge.amounts_ore.count(amount) > 1)
    }
    if len(slips) != 1 or edits.explained(charge.totals_ore[0], charge.sum_ore, 0):
        return None
    (i, edit), member = *slips.items(), annex.members[next(iter(slips))]
    figure, right = member.figures[column.letter], charge.amounts_ore[i] + gap
    message = (
        f"{member.municipality.name}: {column.heading} {told(charge.amounts_ore[i])} (cell {figure.cell}) går inte ihop "
        f"med summan, som ger {told(right)}{edit.text}."
    )
    effect = {each.municipality.code: 0 for each in annex.members}
    effect[member.municipality.code] = round(kronor(-gap))
    return Finding(
        edit.code, Severity.FEL, message, member.municipality.code, member.municipality.name, column.heading,
        annex.sheet, figure.cell, kronor(right), figure.value, edit.explanation, effect, "kolumnens summa",
    )  # fmt: skip


def _is_exact(charge: Charged, rule: Rule) -> bool:
    """Whether all amounts, four unlike ones or more, are just their parts of their own sum: then nothing was rounded, and
    they were made of that sum."""
    is_many = len(set(charge.amounts_ore)) >= _UNLIKE
    return is_many and all(
        charge.sum_ore * part == amount for amount, part in zip(charge.amounts_ore, rule.parts, strict=True)
    )


def _is_rest_of(charge: Charged, rule: Rule, i: int, total: int, expected: int) -> bool:
    """Whether the total is right because the wrong amount is a slip of what the others leave of it: the rule's amount and
    what was left over."""
    amount = charge.amounts_ore[i]
    own = total - (charge.sum_ore - amount)
    return abs(own - expected) <= rule.likely_rest_ore and lone_change(own // 100, amount // 100) is not None


def _made_of_total(charge: Charged, other: Charged, total: int, slack: int) -> bool:
    """Whether a total is another column's, times what the amounts of the two differ by (the VAT, a longer period)."""
    times = times_of(other, charge)
    near = abs(total - charge.sum_ore) <= slack
    return near and times is not None and any(abs(total - times * each) < 100 for each in other.totals_ore)


def _rounding_loss(annex: Annex, rule: Rule, total: int) -> Fraction:
    """What rounding may have lost of a total that was shared out: a hundredth at most by equal shares that are not
    printed, for nobody keeps to shares that lose more without showing them."""
    if rule.key.name != "equal" or annex.of_kind(Kind.SHARE):
        return rule.slack_ore
    return min(rule.slack_ore, Fraction(int(rule.rounding.unit) * len(rule.hits) + total // 100))


def _wrong_total(
    annex: Annex,
    column: Column,
    charge: Charged,
    rule: Rule | None,
    figure: Figure,
    right: int,
    sums: Sequence[int],
) -> Finding:
    """What went wrong with the total: VAT, its unit, or a slip of the hand in a sum or in the rule's base."""
    total = int(figure.value * 100)
    if left_out := range_short(annex, charge.amounts_ore, total):
        text, explanation = left_out
        return _finding(annex, column, figure, right, Code.TOTAL_AMOUNT, Severity.FEL, text, explanation)
    slack = max(int(rule.rounding.unit) if rule else 0, 100) * len(charge.amounts_ore)
    taxed = max(slack, ceil(VAT * _rounding_loss(annex, rule, total))) if rule and rule.trusted else slack
    for factor, text in ((VAT, "; den är 1,25 gånger större, som med moms"), (1 / VAT, "; den är utan moms")):
        of_base = rule is not None and rule.trusted and rule.allows(total / factor, 100)
        if of_base or any(abs(total - each * factor) <= taxed for each in (*sums[:4], charge.sum_ore)):
            explanation = {"factor": float(factor)}
            return _finding(annex, column, figure, right, Code.VAT, Severity.FEL, text, explanation)
    for factor, tax in ((Fraction(1), ""), (VAT, " och med moms"), (1 / VAT, " och utan moms")):
        if any(_in_thousands(total, each * factor, taxed) for each in (*sums[:4], charge.sum_ore)):
            text = f"; den är skriven i en annan enhet (tkr){tax}"
            explanation = {"factor": float((Fraction(1, THOUSAND) if total < right else THOUSAND) * factor)}
            return _finding(annex, column, figure, right, Code.UNIT, Severity.FEL, text, explanation)
    bases = [100 * each for each in slips_of(total // 100)] if rule and rule.trusted and total % 100 == 0 else []
    bases = [each for each in bases if rule and rule.allows(each) and abs(each - right) <= rule.slack_ore]
    for each in (*sums, *bases):
        if slip := lone_change(each // 100, total // 100):
            return _finding(annex, column, figure, each, Code.TOTAL_AMOUNT, Severity.FEL, "", {"slip": slip})
    return _finding(annex, column, figure, right, Code.TOTAL_AMOUNT, Severity.FEL, "", {})


def _is_slip(rule: Rule | None, total: int, right: int) -> bool:
    """Whether a total that is no base of a rule known sharply is the amounts' sum but for a slip of the hand."""
    if rule is None or not rule.trusted or rule.blur_ore:
        return False
    of_base = all(rule.hits) and any(rule.allows(100 * each) for each in slips_of(total // 100))
    return of_base or lone_change(right // 100, total // 100) is not None


def _left(rule: Rule | None, charge: Charged, total: int) -> int:
    """How far from the amounts' sum a total may lie that is no sum of such amounts, or a round one: it is a base."""
    unit = int(rule.rounding.unit) if rule else int(Unit.KRONA)
    is_round = total % ROUND_ORE == 0 and charge.sum_ore % ROUND_ORE != 0
    is_base = total % unit != 0 or is_round
    return unit * len(charge.amounts_ore) if is_base else 0


def _in_thousands(total: int, right: Fraction, slack: int) -> bool:
    """Whether one is the other in thousands of kronor."""
    return abs(total * THOUSAND - right) <= 50_000 + slack or abs(total - right * THOUSAND) <= THOUSAND * slack


#: How far from a stated total the rounding of shares and amounts may move what the amounts add to, as a part of it.
_ROUNDED_SHARES: Final = Fraction(1, 500)
_ROUNDED: Final = "; skillnaden kommer av att beloppen är avrundade"


def _may_be_rounding(rule: Rule | None, charge: Charged, faulty: dict[int, int], slack: int) -> int:
    """How far from the amounts' sum a total that is no base of the rule may lie without being called wrong.

    Not at all where a rule that is known sharply accounts for every amount, and by what rounding the amounts leaves where
    it is known but roughly; where none was found, by what rounding them, and shares to tenths of a per cent, may leave.
    """
    if rule is not None and rule.trusted and rule.blur_ore:
        return min(slack, int(2 * rule.blur_ore))
    if rule is not None and rule.trusted:
        off = [i for i, hit in enumerate(rule.hits) if not (hit or i in faulty or carries_all(charge, rule, i))]
        if all(abs(charge.amounts_ore[i] - rule.expected_ore[i]) <= rule.slack_ore for i in off):
            return 0
    return slack + len(charge.amounts_ore) * charge.sum_ore // 2000


def _extra(charge: Charged, faulty: dict[int, int]) -> list[int]:
    """What a total may have too much by counting amounts as printed, when they are wrong."""
    return [sum(some) for some in subsets([charge.amounts_ore[i] - right for i, right in faulty.items()])]


def _sums(charge: Charged, others: Sequence[int], faulty: dict[int, int]) -> list[int]:
    """What the amounts may add to: as printed or with wrong ones corrected, with or without others that it may count."""
    return [charge.sum_ore - more + sum(rows) for more in _extra(charge, faulty) for rows in subsets(others)]


def _finding(
    annex: Annex,
    column: Column,
    figure: Figure,
    right: int,
    code: Code,
    severity: Severity,
    note: str,
    explanation: dict[str, Any],
) -> Finding:
    message = (
        f"Summan {told(Fraction(figure.value) * 100)} för {column.heading} (cell {figure.cell}) är inte beloppens summa, "
        f"{told(right)}{note}."
    )
    return Finding(
        code,
        severity,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=figure.cell,
        expected=kronor(right),
        found=figure.value,
        explanation=explanation,
        effect_kr={member.municipality.code: 0 for member in annex.members},
        evidence="kolumnens rader",
    )


def mention_findings(
    annex: Annex, charges: Iterable[tuple[Column, Charged]], rules: Mapping[str, Rule]
) -> list[Finding]:
    """Totals that the text states against those of the table: the same sum of money must not be two."""
    findings = []
    pairs = list(charges)
    known = [rules[column.letter] for column, _ in pairs if column.letter in rules]
    accepted = [total for _, charge in pairs for total in (charge.sum_ore, *charge.totals_ore)]
    units = [int(max(Unit.KRONA, *units_of(charge.amounts_ore))) for _, charge in pairs]
    rounding = max(units, default=0) * len(annex.members)
    for mention in annex.mentions:
        if mention.unit != "kr" or mention.value < 1000:
            continue
        stated = int(mention.value * 100)
        slack = 5_000_000 if "mnkr" in mention.text or "mkr" in mention.text else 50_000 if "tkr" in mention.text else 0
        if any(abs(stated - total) <= max(slack, rounding) for total in accepted):
            continue
        if any(rule.allows(stated, 100) or _rounds_to(rule, stated) for rule in known):
            continue
        for column, charge in pairs:
            total = charge.totals_ore[0] if charge.totals_ore else charge.sum_ore
            if finding := _mentioned(annex, column, mention.cell, mention.text, stated, total):
                findings.append(finding)
                break
    return findings


def _rounds_to(rule: Rule, stated: int) -> bool:
    """Whether a stated total is within what rounding leaves of what the amounts of a rule, without slips, add to."""
    mended = sum(rule.expected_ore) + rule.absent_ore
    return rule.trusted and abs(stated - mended) <= rule.slack_ore


def _mentioned(annex: Annex, column: Column, cell: str, text: str, stated: int, total: int) -> Finding | None:
    if total <= 0:
        return None
    ratio = Fraction(stated, total)
    if any(abs(ratio * factor - 1) < _ROUNDED_SHARES for factor in (THOUSAND, Fraction(1, THOUSAND))):
        code, because = Code.UNIT, ", tusen gånger skillnad: fel enhet (kr eller tkr)"
    elif any(abs(ratio * factor - 1) < _ROUNDED_SHARES for factor in (VAT, 1 / VAT)):
        code, because = Code.VAT, ", 1,25 gånger skillnad: med och utan moms"
    elif lone_change(total // 100, stated // 100) or abs(ratio - 1) < Fraction(1, 100):
        code, because = Code.TOTAL_AMOUNT, ""
    else:
        return None
    message = f"Texten anger {text} (cell {cell}), tabellen {format_kr(kronor(total))} för {column.heading}{because}."
    return Finding(
        code,
        Severity.OFORENLIGT,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=cell,
        expected=kronor(total),
        found=kronor(stated),
        evidence="texten och tabellens summa",
    )
