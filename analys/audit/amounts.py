"""Which amounts do not follow from the rule that the others follow from, and do the columns' totals hold?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any, Final

from analys.allocation import Unit
from analys.audit.finding import Code, Finding, Severity
from analys.audit.inputs import slips_of
from analys.audit.judge import has_round_total
from analys.audit.members import Membership
from analys.audit.population import lone_change
from analys.audit.rest import carriers, carries_all, mending
from analys.audit.rule import ROUND_ORE, Charged, Rule
from analys.audit.spec import units_of
from analys.audit.sums import subsets
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.rounding import round_exact
from analys.swedish import format_kr, format_number

VAT: Final = Fraction(5, 4)
THOUSAND: Final = 1000


def kronor(ore: int | Fraction) -> Decimal:
    """Öre as kronor, exactly for whole öre."""
    exact = Fraction(ore)
    return Decimal(exact.numerator) / Decimal(exact.denominator) / 100


def _told(ore: int | Fraction) -> str:
    """Öre as text in kronor, with decimals where they are not whole."""
    return format_kr(kronor(ore), 0 if ore % 100 == 0 else 2)


def amount_findings(
    annex: Annex, column: Column, charge: Charged, rule: Rule, others: Sequence[Charged] = ()
) -> list[Finding]:
    """The amounts that a trusted rule does not reproduce, each with the slip that explains it, if one does.

    A difference that rounding can leave over is a note where the amounts add to the total (somebody made them add) or
    no total is printed. Amounts that are another column's times what the columns differ by (``others``) were made from
    those. A member whose amount is just what the others leave of the total carries the rest, and is no
    finding.
    """
    if not rule.trusted:
        return []
    findings = []
    unit = int(rule.rounding.unit)
    off = [
        i
        for i, hit in enumerate(rule.hits)
        if not hit
        and not carries_all(charge, rule, i)
        and not any(made_from(charge, other, i, unit) for other in others)
        and not _taxed_later(charge, rule, i)
    ]
    mended_by = frozenset[int]() if _is_round_beside(charge, rule) else mending(charge, rule)
    carried = carriers(charge, rule) - mended_by
    # Where the amounts that the rule gives add to the printed total, it is known exactly, and not but roughly.
    mended = charge.sum_ore - sum(charge.amounts_ore[i] - rule.expected_ore[i] for i in off)
    adds = charge.adds(mended) and not _is_round_beside(charge, rule)
    blur = Fraction(0) if adds else rule.blur_ore
    apart = {i: abs(charge.amounts_ore[i] - rule.expected_ore[i]) for i in off}
    # Otherwise nothing tells whether an amount a unit off is wrong, or took a part of the rest.
    blur = blur if adds else max(blur, Fraction(unit))
    for i in off:
        found, expected = charge.amounts_ore[i], rule.expected_ore[i]
        adjusted = (apart[i] <= blur and i not in mended_by) or i in carried or _one_step_off(rule, apart[i])
        code, explanation, because = _cause(annex, charge, rule, off, i)
        member, figure = annex.members[i], annex.members[i].figures[column.letter]
        name = member.municipality.name
        message = (
            f"{name}: {column.heading} {_told(found)} (cell {figure.cell}) följer inte av regeln som ger "
            f"de andra beloppen; den ger {_told(expected)}{because}."
        )
        effect = {each.municipality.code: 0 for each in annex.members}
        effect[member.municipality.code] = round(kronor(found - expected))
        findings.append(
            Finding(
                code,
                Severity.UPPLYSNING if adjusted else Severity.FEL,
                message,
                member.municipality.code,
                name,
                column.heading,
                annex.sheet,
                figure.cell,
                kronor(expected),
                kronor(found),
                explanation,
                effect,
                f"regeln ger {rule.reproduced} av {len(rule.hits)} belopp",
            )
        )
    return findings


def _one_step_off(rule: Rule, apart_ore: int) -> bool:
    """Whether an amount lies just one step of its rounded share from the rule, as where shares were made to add to one."""
    decimals, unit = rule.rounding.share_decimals, int(rule.rounding.unit)
    step = rule.used_ore / 10**decimals if decimals is not None else 0
    return step > unit and abs(apart_ore - step) <= max(unit, step / 50)


def _is_round_beside(charge: Charged, rule: Rule) -> bool:
    """Whether the total is a round number, so what was shared out, but no base of the rule: then the rule is the right one
    but to a unit here and there."""
    return has_round_total(charge) and not rule.stated


def _cause(annex: Annex, charge: Charged, rule: Rule, off: Sequence[int], i: int) -> tuple[Code, dict[str, Any], str]:
    found, expected = charge.amounts_ore[i], rule.expected_ore[i]
    unit, spread = int(rule.rounding.unit), rule.spread_ore(i)
    # Two units are what rounding twice takes; a rest that nobody knows is rarely more than as much again.
    near = (2 if rule.stated else 4) * unit + spread
    slip = lone_change(expected // 100, found // 100) if expected % 100 == found % 100 else None
    # An amount that one changed digit explains has VAT only where VAT explains it to the unit.
    taxed = unit + spread if slip else near
    # The member may have carried the rest before its amount went wrong.
    carries = rule.stated and rule.rest_is_small and not slip
    rights = [expected, int(expected + rule.rest_ore)] if carries else [expected]
    for right in rights:
        for factor, side in ((VAT, "inkl"), (1 / VAT, "exkl")):
            beside, apart = abs(found - right * factor), abs(found - right)
            if (beside <= VAT * taxed and apart > 4 * near) or (2 * beside <= unit and apart > 3 * unit):
                text = "; beloppet är 1,25 gånger större, som med moms" if side == "inkl" else "; beloppet är utan moms"
                return Code.VAT, {"factor": 1.25 if side == "inkl" else 0.8}, text
        if found and right:
            if abs(found * THOUSAND - right) <= max(50_000, unit + spread):
                return Code.UNIT, {"factor": 0.001}, "; beloppet är skrivet i tkr"
            if abs(found - right * THOUSAND) <= (max(unit, 1) + spread) * THOUSAND:
                return Code.UNIT, {"factor": 1000}, "; beloppet är tusen gånger för stort"
    for j in off:
        if j != i and rule.expected_ore[j] == found and charge.amounts_ore[j] == expected:
            other = annex.members[j].municipality
            text = f"; beloppet har bytt plats med {other.name}"
            return Code.AMOUNT, {"kommunkod": other.code, "kommun": other.name}, text
    return Code.AMOUNT, ({"slip": slip} if slip else {}), ""


def total_finding(
    annex: Annex,
    column: Column,
    charge: Charged,
    rule: Rule | None,
    membership: Membership,
    surplus: Sequence[int],
    faulty: dict[int, int],
) -> Finding | None:
    """The printed total against the amounts. It may be their sum, or the total that the rule shared out.

    ``surplus``: the amounts of rows too many. ``faulty``: index of a member -> its right amount in öre, where another
    finding says that the printed one is wrong.
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
    if explained or abs(total - sums[0]) <= max(
        _may_be_rounding(rule, charge, faulty, slack), _left(rule, charge, total)
    ):
        return _finding(annex, column, figure, right, Code.TOTAL_AMOUNT, Severity.UPPLYSNING, _ROUNDED, {})
    return _wrong_total(annex, column, charge, rule, figure, right, [right, *sums])


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
    slack = max(int(rule.rounding.unit) if rule else 0, 100) * len(charge.amounts_ore)
    taxed = max(slack, ceil(VAT * _rounding_loss(annex, rule, total))) if rule and rule.trusted else slack
    for factor, text in ((VAT, "; den är 1,25 gånger större, som med moms"), (1 / VAT, "; den är utan moms")):
        of_base = rule is not None and rule.trusted and rule.allows(total / factor, 100)
        if of_base or any(abs(total - each * factor) <= taxed for each in (*sums[:4], charge.sum_ore)):
            explanation: dict[str, Any] = {"factor": float(factor)}
            return _finding(annex, column, figure, right, Code.VAT, Severity.FEL, text, explanation)
    if any(_in_thousands(total, each, taxed) for each in (*sums[:4], charge.sum_ore)):
        text = "; den är skriven i en annan enhet (tkr)"
        explanation = {"factor": 0.001 if total < right else 1000}
        return _finding(annex, column, figure, right, Code.UNIT, Severity.FEL, text, explanation)
    bases = [100 * each for each in slips_of(total // 100)] if rule and rule.trusted and total % 100 == 0 else []
    bases = [each for each in bases if rule and rule.allows(each) and abs(each - right) <= rule.slack_ore]
    for each in (*sums, *bases):
        if slip := lone_change(each // 100, total // 100):
            return _finding(annex, column, figure, each, Code.TOTAL_AMOUNT, Severity.FEL, "", {"slip": slip})
    return _finding(annex, column, figure, right, Code.TOTAL_AMOUNT, Severity.FEL, "", {})


def _left(rule: Rule | None, charge: Charged, total: int) -> int:
    """How far from the amounts' sum a total may lie that is no sum of such amounts, or a round one: it is a base."""
    unit = int(rule.rounding.unit) if rule else int(Unit.KRONA)
    is_base = total % unit != 0 or (total % ROUND_ORE == 0 != charge.sum_ore % ROUND_ORE)
    return unit * len(charge.amounts_ore) if is_base else 0


def _in_thousands(total: int, right: int, slack: int) -> bool:
    """Whether one is the other in thousands of kronor."""
    return abs(total * THOUSAND - right) <= 50_000 + slack or abs(total - right * THOUSAND) <= THOUSAND * slack


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
        f"Summan {_told(Fraction(figure.value) * 100)} för {column.heading} (cell {figure.cell}) är inte beloppens summa, "
        f"{_told(right)}{note}."
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


def column_findings(annex: Annex, charges: Mapping[str, Charged]) -> list[Finding]:
    """One column against the next: the periods, VAT and units that the headings state must show in the amounts."""
    findings = []
    for first, second in pairwise(annex.of_kind(Kind.AMOUNT)):
        one, other = charges[first.letter], charges[second.letter]
        wanted, found = _wanted(first, second), ratios(one, other)
        if wanted is not None and _mostly(one, other, wanted):
            continue  # a few members' amounts are wrong, not the columns
        # A thousandth is what columns that were rounded, and made to add, each by itself may differ by.
        apart = wanted is not None and found and all(abs(each / wanted - 1) > Fraction(1, 1000) for each in found)
        if wanted is not None and apart:
            findings.append(_between(annex, first, second, found[-1], wanted))
    return findings


def _mostly(first: Charged, second: Charged, times: Fraction) -> bool:
    """Whether half of the members or more pay ``times`` as much in the second column, as far as both are rounded."""
    pairs = [(a, b) for a, b in zip(first.amounts_ore, second.amounts_ore, strict=True) if a > 0]
    unit, other = (max(Unit.KRONA, *units_of(charge.amounts_ore)) for charge in (first, second))
    fit = sum(abs(b - times * a) <= max(Fraction(other), times * unit) for a, b in pairs)
    return 2 * fit >= len(pairs) > 0


def _wanted(first: Column, second: Column) -> Fraction | None:
    """How many times the first column the second should be by their headings, where they say."""
    same_year = first.period.year == second.period.year or None in (first.period.year, second.period.year)
    taxed = first.vat is not None and second.vat is not None
    if first.period.years is not None and second.period.years is not None and same_year:
        wanted = second.period.years / first.period.years
    elif taxed and same_year:
        wanted = Fraction(1)
    else:
        return None
    if taxed and first.vat != second.vat:
        wanted *= VAT if second.vat else 1 / VAT
    return wanted


def ratios(first: Charged, second: Charged) -> tuple[Fraction, ...]:
    """How many times the first column the second is, in two ways that wrong amounts hardly move: the median over the
    larger half of the members, and the sums of all who are near it. Empty when the first column is zero."""
    pairs = sorted(zip(first.amounts_ore, second.amounts_ore, strict=True), reverse=True)
    larger = sorted(Fraction(b, a) for a, b in pairs[: (len(pairs) + 1) // 2] if a > 0)
    if not larger:
        return ()
    middle = larger[len(larger) // 2]
    near = [(a, b) for a, b in pairs if a > 0 and abs(Fraction(b, a) - middle) * 20 < middle]
    return (middle, Fraction(sum(b for _, b in near), sum(a for a, _ in near))) if near else (middle,)


def _taxed_later(charge: Charged, rule: Rule, i: int) -> bool:
    """Whether member ``i``'s amount was rounded without VAT and again with it, in a column whose total has none."""
    unit, mode = int(rule.rounding.unit), rule.rounding.mode
    for total in charge.totals_ore:
        if abs(total * VAT - rule.used_ore) <= VAT * (rule.slack_ore + unit):
            net = unit * round_exact(total * rule.parts[i] / unit, mode)
            if charge.amounts_ore[i] == unit * round_exact(net * VAT / unit, mode):
                return True
    return False


def _without(charge: Charged, i: int) -> Charged:
    """The column without one member."""
    return replace(charge, amounts_ore=(*charge.amounts_ore[:i], *charge.amounts_ore[i + 1 :]))


def made_from(charge: Charged, other: Charged, i: int, unit: int) -> bool:
    """Whether member ``i``'s amount is the other column's, times what the columns differ by for the rest, and rounded."""
    found = ratios(_without(other, i), _without(charge, i))
    return bool(found) and found[-1] > 0 and _is_times(charge, other, i, _plain(found[-1]), unit)


def made_alike(charge: Charged, other: Charged, unit: int) -> int:
    """How many amounts are the other column's, times what the columns differ by, and rounded."""
    found = ratios(other, charge)
    if not found or found[-1] <= 0:
        return 0
    return sum(_is_times(charge, other, i, _plain(found[-1]), unit) for i in range(len(charge.amounts_ore)))


def _plain(times: Fraction) -> Fraction:
    """The ratio itself is only as exact as the rounded amounts; the plain one near it is what was meant."""
    plain = times.limit_denominator(24)
    return plain if abs(plain / times - 1) < Fraction(1, 1000) else times


def _is_times(charge: Charged, other: Charged, i: int, times: Fraction, unit: int) -> bool:
    return abs(charge.amounts_ore[i] - times * other.amounts_ore[i]) < unit


def _between(annex: Annex, first: Column, second: Column, found: Fraction, wanted: Fraction) -> Finding:
    code, because = Code.PERIOD, ""
    for factor, kind, text in (
        (VAT, Code.VAT, "; skillnaden är momsen"),
        (1 / VAT, Code.VAT, "; skillnaden är momsen"),
        (Fraction(THOUSAND), Code.UNIT, "; den ena kolumnen är i tkr"),
        (Fraction(1, THOUSAND), Code.UNIT, "; den ena kolumnen är i tkr"),
    ):
        if abs(found / wanted / factor - 1) < Fraction(1, 100):
            code, because = kind, text
    if first.vat != second.vat and code is Code.PERIOD and abs(found - 1) < Fraction(1, 100):
        code, because = Code.VAT, "; kolumnerna är lika, fast bara den ena ska ha moms"
    message = (
        f"{second.heading} är {format_number(found, 3)} gånger {first.heading}, men rubrikerna säger "
        f"{format_number(wanted, 3)} gånger{because}."
    )
    return Finding(
        code,
        Severity.FEL,
        message,
        column=second.heading,
        sheet=annex.sheet,
        cell=second.cell,
        expected=wanted,
        found=Fraction(round(found * 1000), 1000),
        explanation={"columns": [first.heading, second.heading]},
        evidence="kolumnernas belopp",
    )


def mention_findings(
    annex: Annex, charges: Iterable[tuple[Column, Charged]], rules: Mapping[str, Rule]
) -> list[Finding]:
    """Totals that the text states against those of the table: the same sum of money must not be two."""
    findings = []
    pairs = list(charges)
    for mention in annex.mentions:
        if mention.unit != "kr" or mention.value < 1000:
            continue
        stated = int(mention.value * 100)
        slack = 5_000_000 if "mnkr" in mention.text or "mkr" in mention.text else 50_000 if "tkr" in mention.text else 0
        accepted = [t for _, charge in pairs for t in (charge.sum_ore, *charge.totals_ore)]
        rounding = int(Unit.KRONA) * len(annex.members)
        if any(abs(stated - total) <= max(slack, rounding) for total in accepted):
            continue
        known = [(rules[column.letter], charge) for column, charge in pairs if column.letter in rules]
        if any(rule.allows(stated, 100) or _rounds_to(rule, charge, stated) for rule, charge in known):
            continue
        for column, charge in pairs:
            total = charge.totals_ore[0] if charge.totals_ore else charge.sum_ore
            if finding := _mentioned(annex, column, mention.cell, mention.text, stated, total, slack):
                findings.append(finding)
                break
    return findings


def _rounds_to(rule: Rule, charge: Charged, stated: int) -> bool:
    """Whether a stated total is within what rounding leaves of what the amounts of a rule add to."""
    return rule.trusted and all(rule.hits) and abs(stated - charge.sum_ore) <= rule.slack_ore


def _mentioned(
    annex: Annex, column: Column, cell: str, text: str, stated: int, total: int, slack: int
) -> Finding | None:
    if total <= 0:
        return None
    ratio = Fraction(stated, total)
    if abs(ratio * THOUSAND - 1) < Fraction(1, 500) or abs(ratio / THOUSAND - 1) < Fraction(1, 500):
        code, because = Code.UNIT, ", tusen gånger skillnad: fel enhet (kr eller tkr)"
    elif abs(stated - total * VAT) <= 100 + slack or abs(stated * VAT - total) <= 100 + slack:
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
