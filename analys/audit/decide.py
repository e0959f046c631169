"""Which account of the amounts is the answer? The cheapest; and a fault is one only where every close rival says so."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from analys.audit import bits, edits, steps, structures
from analys.audit.case import Case
from analys.audit.cost import of_rule
from analys.audit.finding import Code, Finding, Severity
from analys.audit.money import told
from analys.audit.rule import Charged, Key, Rule
from analys.audit.structures import Account, Setting
from analys.intake.annex import Kind

#: What an account must save beside writing every amount down, as the evidence of a rule.
_ENOUGH: Final = 18.0


#: A surcharge is of so much at least, and of whole such sums: a hundred kronor.
_LEAST_ORE: Final = 10_000
_WITHOUT_VAT: Final = 0.8
#: And no less than one part in so many of what the key gives.
_SOME_TIMES: Final = 4


@dataclass(frozen=True)
class Verdict:
    """The rule of one column, and the rivals that are as good: what each gives, and whose amounts it calls wrong."""

    rule: Rule
    rivals: tuple[Account, ...] = ()
    host: int | None = None


def setting_of(case: Case, letter: str) -> Setting:
    """What the annex says around a column."""
    annex = case.annex
    stated = frozenset(int(each.value * 100) for each in annex.mentions if each.unit == "kr" and each.value >= 1000)
    others = [other for key, other in case.charges.items() if key != letter]
    sentences = [sentence for text in annex.texts for sentence in re.split(r"(?<=[.!?])\s+", text.text)]
    texts = (*sentences, *(column.heading for column in annex.columns))
    return Setting([each.municipality.name for each in annex.members], texts, stated, others, _blocks(case, letter))


def _blocks(case: Case, letter: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The annex's sections: the members' indices, with the section's totals of a column in öre. Where none has totals of
    its own, the parts into which lines of text divide the table."""
    index = {member.row: i for i, member in enumerate(case.annex.members)}
    found = [
        (
            tuple(index[member.row] for member in section.members if member.row in index),
            tuple(int(row.figures[letter].value * 100) for row in section.totals if letter in row.figures),
        )
        for section in case.annex.sections
    ]
    if found:
        return found
    lines = sorted(int(re.sub(r"\D", "", text.cell)) for text in case.annex.texts)
    parts: dict[int, list[int]] = {}
    for row, i in index.items():
        parts.setdefault(bisect(lines, row), []).append(i)
    return [(tuple(part), ()) for part in parts.values()]


def verdicts(case: Case, keys: Sequence[Key]) -> dict[str, Verdict]:
    """Column letter -> verdict, for the columns whose rule does not give every amount."""
    found = {}
    for letter, agreed in case.agreed.items():
        if verdict := _by_agreement(case, letter, agreed):
            found[letter] = verdict
    hosts: set[int] = set()
    for _ in range(2 if len(case.rules) > 1 else 1):
        for letter, rule in case.rules.items():
            if letter not in found and (verdict := _of_column(case, letter, rule, keys, frozenset(hosts))):
                found[letter] = verdict
                hosts |= {verdict.host} if verdict.host is not None else set()
    return found


def _of_column(case: Case, letter: str, rule: Rule, keys: Sequence[Key], hosts: frozenset[int]) -> Verdict | None:
    """The verdict on one column by what the annex says; ``hosts`` pay in their own way in another column."""
    charge = case.charges[letter]
    if all(rule.hits) or len(set(charge.amounts_ore)) < 2:
        return None
    plain = _as_account(rule, charge)
    slips = all(_is_slip(rule, charge, i) for i in plain.faults) and not plain.faults & hosts
    setting = replace(setting_of(case, letter), hosts=hosts)
    # What a member pays beside the key shows in every column that follows the same.
    others = [other for key, other in case.rules.items() if key != letter and other.key.weights == rule.key.weights]
    is_lone = len(plain.faults) == 1 and not any(other.hits[i] for other in others for i in plain.faults)
    # A key that was itself fitted to the amounts, and a member beside it, explain anything.
    own = _own_amount(plain, charge, setting) if rule.trusted and is_lone and not rule.key.free else None
    accounts = [own] if own else []
    # Slips of the hand are cheaper than any other pattern.
    if not (rule.trusted and len(plain.faults) < 2 and slips):
        accounts += structures.accounts(charge, keys, setting)
        accounts += [account for key in keys for account in steps.accounts(charge, key, setting)]
    return _judged(plain, sorted(accounts, key=lambda account: account.bits), charge)


def _own_amount(plain: Account, charge: Charged, setting: Setting) -> Account | None:
    """One amount that a slip of the hand may have made, or what its member pays beside the key (a plain sum more, which
    the total and the texts then count; a fifth less for the one with most inhabitants): told beside each other."""
    (i,) = plain.faults
    rule, n, found = plain.rule, len(charge.amounts_ore), charge.amounts_ore[i]
    expected = rule.expected_ore[i]
    apart, open_ore = found - expected, rule.open_ore(i)
    edit = edits.explained(found, expected, int(rule.rounding.unit))
    more = round(bits.plainest(Fraction(apart - open_ore), Fraction(apart + open_ore)))
    if edit is None:
        return None
    if edit.code is Code.AMOUNT and more % _LEAST_ORE == 0 and more * _SOME_TIMES > expected:
        text = f"{setting.names[i]} betalar {told(more)} mer än nyckeln ger"
        price = setting.prior("own", bits.FAULT, i) + bits.of_choice(n) + bits.of_number(more)
    elif (
        edit.explanation.get("factor") == _WITHOUT_VAT
        and rule.key.people
        and rule.key.people[i] == max(rule.key.people)
    ):
        text = "20 % lägre för den största"
        price = setting.prior("rebate", bits.FAULT) + bits.of_choice(20)
    else:
        return None
    fault = bits.of_amount_fault(found, n, True) + _of_printed(rule, charge, setting, 0)
    price += _of_printed(rule, charge, setting, apart)
    given = (*rule.expected_ore[:i], found, *rule.expected_ore[i + 1 :])
    other = replace(rule, expected_ore=given, hits=(True,) * n, structure=text, sure=True)
    return Account(other, plain.bits - fault + price, frozenset(), i)


def _of_printed(rule: Rule, charge: Charged, setting: Setting, more: int) -> float:
    """What the printed total and the stated sums cost beside a rule whose members together pay so much more."""
    unit, whole = int(rule.rounding.unit), sum(rule.expected_ore) + rule.absent_ore + more
    texts = setting.of_texts(whole, unit * len(charge.amounts_ore))
    if not charge.totals_ore or whole in charge.totals_ore:
        return texts
    if any(rule.allows(total - more) for total in charge.totals_ore):
        return texts + bits.of_any(2 * len(charge.amounts_ore))
    # Whoever adds the amounts as they stand makes no fault of the total's own.
    return texts + (bits.COMMON if charge.adds_up else bits.of_amount_fault(charge.totals_ore[0], 1, False))


def _by_agreement(case: Case, letter: str, agreed: Rule) -> Verdict | None:
    """The agreement's rule, where it gives the amounts no worse than the inferred one, or nothing else explains them.

    An annex that was made by the agreement of a wrong population or share has its own finding, and follows its own rule.
    """
    charge, plain = case.charges[letter], case.rules.get(letter)
    if plain is not None and plain.trusted and all(plain.hits) and all(agreed.hits):
        # Both give all: the inferred rule tells more, its base and what populations it was reckoned from.
        return Verdict(replace(plain, structure=agreed.structure))
    cost = _as_account(agreed, charge).bits
    if plain is None or not plain.trusted or cost <= _as_account(plain, charge).bits:
        return Verdict(agreed)
    wrong_inputs = any(stated.corrected != stated.found for stated in case.inputs)
    beside = sum(abs(a - b) * 100 > b for a, b in zip(charge.amounts_ore, agreed.expected_ore, strict=True))
    return Verdict(agreed) if 2 * beside > len(charge.amounts_ore) and not wrong_inputs else None


def _is_slip(rule: Rule, charge: Charged, i: int) -> bool:
    found, right, unit = charge.amounts_ore[i], rule.expected_ore[i], int(rule.rounding.unit)
    return abs(found - right) <= 2 * unit or not structures.is_open(found, right, unit)


def _judged(plain: Account, accounts: Sequence[Account], charge: Charged) -> Verdict | None:
    written = sum(bits.of_number(amount) for amount in charge.amounts_ore)
    if not accounts or accounts[0].bits > plain.bits + bits.CLOSE:
        return None
    best = accounts[0] if accounts[0].bits < plain.bits else plain
    if written - best.bits < _ENOUGH and plain.rule.trusted is False:
        return None
    if written - best.bits >= _ENOUGH and best.rule.structure:
        best = replace(best, rule=replace(best.rule, sure=True))
    near = [each for each in (plain, *accounts) if each.bits <= best.bits + bits.CLOSE]
    rivals = [each for each in near if each.rule.expected_ore != best.rule.expected_ore]
    return Verdict(best.rule, tuple(rivals), best.host)


def _as_account(rule: Rule, charge: Charged) -> Account:
    """A rule of the plain search, at its price: key, rounding, base, and a fault for each amount beside it."""
    unit = int(rule.rounding.unit)
    faults = frozenset(i for i, hit in enumerate(rule.hits) if not hit)
    cost = of_rule(rule, charge)
    cost += edits.of_faults(charge, rule.expected_ore, faults, unit)
    cost += edits.of_total(charge, rule.expected_ore, unit)
    return Account(rule, cost, faults)


def host_notes(case: Case, found: Mapping[str, Verdict]) -> list[Finding]:
    """The members who pay in their own way, where no text of the annex says that somebody does: a rule, or a fault."""
    notes = []
    for letter, verdict in found.items():
        if verdict.host is None or setting_of(case, letter).tells("own", verdict.host):
            continue
        column = next(each for each in case.annex.of_kind(Kind.AMOUNT) if each.letter == letter)
        member = case.annex.members[verdict.host]
        figure = member.figures[letter]
        message = (
            f"{verdict.rule.structure}: {column.heading} {told(case.charges[letter].amounts_ore[verdict.host])} (cell "
            f"{figure.cell}). Inget i bilagan säger varför; antingen har kommunen en egen regel, eller är beloppet fel."
        )
        notes.append(
            Finding(
                Code.AMOUNT,
                Severity.UPPLYSNING,
                message,
                member.municipality.code,
                member.municipality.name,
                column.heading,
                case.annex.sheet,
                figure.cell,
                None,
                figure.value,
                effect_kr={each.municipality.code: 0 for each in case.annex.members},
                evidence="kolumnens andra belopp",
            )
        )
    return notes


_OF_AMOUNTS: Final = (Code.AMOUNT, Code.UNIT, Code.VAT)


def with_rivals(case: Case, findings: Sequence[Finding], rivals: Mapping[str, Sequence[Account]]) -> list[Finding]:
    """The findings, where those that a rival account of the column does not share are notes that tell the rival."""
    letters = {column.heading: column.letter for column in case.annex.of_kind(Kind.AMOUNT)}
    index = {member.municipality.code: i for i, member in enumerate(case.annex.members)}
    weighed = []
    for finding in findings:
        others = rivals.get(letters.get(finding.column or "", ""), ()) if finding.code in _OF_AMOUNTS else ()
        without = [each for each in others if index.get(finding.kommunkod or "") not in each.faults]
        if without and finding.severity is Severity.FEL:
            other = without[0].rule.structure or "en annan avrundning"
            message = f"{finding.message.rstrip('.')}; eller så är det rätt och regeln har: {other}."
            finding = replace(finding, severity=Severity.UPPLYSNING, message=message)
        weighed.append(finding)
    return weighed
