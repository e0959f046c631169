"""Which amounts do not follow from the rule that the others follow from, and do the columns follow from each other?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from analys.allocation import Unit
from analys.audit import edits
from analys.audit.edits import THOUSAND, VAT
from analys.audit.finding import Code, Finding, Severity
from analys.audit.money import kronor, told
from analys.audit.periods import Parts, is_left_of_whole, parts_of_wholes
from analys.audit.rest import carriers, carries_all, mending
from analys.audit.rule import Charged, Rule
from analys.audit.spec import units_of
from analys.intake.annex import Annex, Column, Kind
from analys.rounding import round_exact
from analys.swedish import format_number


def amount_findings(
    annex: Annex,
    column: Column,
    charge: Charged,
    rule: Rule,
    others: Sequence[Charged] = (),
    parts: Sequence[Parts] = (),
) -> list[Finding]:
    """The amounts that a trusted rule does not reproduce, each with the slip that explains it, if one does.

    A difference that rounding can leave over is a note where the amounts add to the total (somebody made them add) or
    no total is printed. Amounts that are another column's times what the columns differ by (``others``) were made from
    those. A member whose amount is just what the others leave of the total carries the rest, and is no
    finding; nor is a part of a year that is what rounding the other ``parts`` leaves of the whole (the last of them).
    """
    if not rule.trusted:
        return []
    findings = []
    unit = int(rule.rounding.unit)
    mended_by = frozenset[int]() if _is_round_beside(charge, rule) else mending(charge, rule)
    off = [
        i
        for i, hit in enumerate(rule.hits)
        if not hit
        and not carries_all(charge, rule, i)
        and not any(made_from(charge, other, i, unit) for other in others)
        and not _taxed_later(charge, rule, i)
        and not is_left_of_whole(charge, rule, parts, i)
    ]
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
        near = apart[i] <= blur or _one_step_off(rule, charge.amounts_ore[i] - rule.expected_ore[i])
        adjusted = (near and i not in mended_by) or i in carried
        edit = _cause(annex, charge, rule, off, i)
        member, figure = annex.members[i], annex.members[i].figures[column.letter]
        name = member.municipality.name
        by = rule.structure if rule.agreed else "regeln som ger de andra beloppen"
        message = (
            f"{name}: {column.heading} {told(found)} (cell {figure.cell}) följer inte av {by}; den ger "
            f"{told(expected)}{edit.text}."
        )
        effect = {each.municipality.code: 0 for each in annex.members}
        effect[member.municipality.code] = round(kronor(found - expected))
        findings.append(
            Finding(
                edit.code,
                Severity.UPPLYSNING if adjusted else Severity.FEL,
                message,
                member.municipality.code,
                name,
                column.heading,
                annex.sheet,
                figure.cell,
                kronor(expected),
                kronor(found),
                edit.explanation,
                effect,
                f"regeln ger {rule.reproduced} av {len(rule.hits)} belopp",
            )
        )
    return findings


def _one_step_off(rule: Rule, apart_ore: int) -> bool:
    """Whether an amount lies just one step of its rounded share from the rule, by which the shares were made to add to
    one."""
    if rule.rounding.share_decimals is None:
        return False
    share, unit = Fraction(1, 10**rule.rounding.share_decimals), int(rule.rounding.unit)
    step = rule.used_ore * share
    adds = sum(rule.parts, rule.absent) + (share if apart_ore > 0 else -share) == 1
    return adds and step > unit and abs(abs(apart_ore) - step) <= max(Fraction(unit), step / 50)


def _is_round_beside(charge: Charged, rule: Rule) -> bool:
    """Whether the total is a round number, so what was shared out, but no base of the rule: then the rule is the right one
    but to a unit here and there."""
    return charge.has_round_total and not rule.stated


def _cause(annex: Annex, charge: Charged, rule: Rule, off: Sequence[int], i: int) -> edits.Edit:
    """What was done to a wrong amount; an exchange with another before one changed digit."""
    found, expected = charge.amounts_ore[i], rule.expected_ore[i]
    unit, spread = int(rule.rounding.unit), rule.spread_ore(i)
    # Two units are what rounding twice takes; a rest that nobody knows is rarely more than as much again.
    near = (2 if rule.stated else 4) * unit + spread
    edit = edits.explained(found, expected, unit + spread, 4 * near)
    if edit is None:
        # The member may have carried the rest before its amount went wrong.
        carries = rule.stated and rule.rest_is_small
        rights = [expected, int(expected + rule.rest_ore)] if carries else [expected]
        ways = ((near, 4 * near), (unit // 2, 3 * unit))
        named = (edits.explained(found, right, *way) for right in rights for way in ways)
        edit = next((each for each in named if each and each.code is not Code.AMOUNT), None)
    other = next(
        (j for j in off if j != i and rule.expected_ore[j] == found and charge.amounts_ore[j] == expected), None
    )
    if other is not None and (edit is None or edit.code is Code.AMOUNT):
        place = annex.members[other].municipality
        told_of = {"kommunkod": place.code, "kommun": place.name}
        return edits.Edit(Code.AMOUNT, told_of, f"; beloppet har bytt plats med {place.name}")
    return edit or edits.Edit(Code.AMOUNT, {}, "")


def column_findings(annex: Annex, charges: Mapping[str, Charged]) -> list[Finding]:
    """One column against the next: the periods, VAT and units that the headings state must show in the amounts."""
    findings = []
    # Columns that add up in most rows are told of row by row.
    told_by_row = {
        charge.letter
        for parts in parts_of_wholes(annex, charges)
        if parts.times == 1 and parts.mostly_hold
        for charge in (*parts.parts, parts.whole)
    }
    for first, second in pairwise(annex.of_kind(Kind.AMOUNT)):
        one, other = charges[first.letter], charges[second.letter]
        if told_by_row & {first.letter, second.letter}:
            continue
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
    times = times_of(other, charge)
    return sum(_is_times(charge, other, i, times, unit) for i in range(len(charge.amounts_ore))) if times else 0


def times_of(first: Charged, second: Charged) -> Fraction | None:
    """How many times the first column the second is, plainly."""
    found = ratios(first, second)
    return _plain(found[-1]) if found and found[-1] > 0 else None


def _plain(times: Fraction) -> Fraction:
    """The ratio itself is only as exact as the rounded amounts; the plain one near it is what was meant."""
    plain = times.limit_denominator(24)
    return plain if abs(plain / times - 1) < Fraction(1, 1000) else times


def _is_times(charge: Charged, other: Charged, i: int, times: Fraction, unit: int) -> bool:
    return 2 * abs(charge.amounts_ore[i] - times * other.amounts_ore[i]) <= unit


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
