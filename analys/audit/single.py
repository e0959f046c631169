"""The audit of one annex: inputs, sums, rule, and the kronor that each fault costs each member."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from analys.audit import (
    checks,
    contradictions,
    cost,
    decide,
    inputs,
    keys,
    members,
    organisations,
    per_head,
    rows,
    sums,
)
from analys.audit.case import Case
from analys.audit.columns import Answer, answers, closing, relation_findings
from analys.audit.effects import with_effect
from analys.audit.finding import Code, Finding, Severity, plain_value
from analys.audit.inputs import Inputs
from analys.audit.members import Membership
from analys.audit.rule import Charged, Rule
from analys.intake.annex import Annex, Kind
from analys.intake.annex.proof import Checked, Review
from analys.register import Region
from analys.swedish import quantize

_OF_AMOUNTS: Final = (Code.AMOUNT, Code.UNIT, Code.VAT)


@dataclass(frozen=True)
class Audit:
    """What the audit of an annex found. ``rules``: column letter -> the inferred rule;
    ``columns``: what the audit has to say of each column; ``case``: what the checks shared; ``reviewed``: which figures
    of a page or a picture are proven."""

    annex: Annex
    inputs: tuple[Inputs, ...]
    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    columns: tuple[Answer, ...] = ()
    case: Case | None = None
    reviewed: Review | None = None

    @property
    def verdict(self) -> str:
        """The line that closes the annex: "Inga fynd." only where every column and total is answered for."""
        has_rule = any(rule.is_worth_telling for rule in self.rules.values())
        return closing(self.columns, has_rule, bool(self.findings))

    @property
    def bits(self) -> float:
        """What the whole account costs: the cheapest is the answer."""
        assert self.case is not None
        return cost.of_account(self.case, self.findings)

    @property
    def right(self) -> dict[str, Fraction]:
        """Cell -> what it should hold, for the members' shares and amounts that are wrong."""
        wrong = (f for f in self.findings if f.kommunkod and f.cell and f.severity is Severity.FEL)
        return {str(f.cell): Fraction(str(f.expected)) for f in wrong if f.code in (Code.SHARE, *_OF_AMOUNTS)}

    def as_json(self, file: str) -> dict[str, Any]:
        """The published object for one file."""
        return {
            "file": file,
            "readable": True,
            "findings": [finding.as_json() for finding in self.findings],
            "rule": rule_as_json(tuple(self.rules.values()), self._main),
            "totals": self._totals(),
            "place": self.annex.place,
            "columns": [answer.as_json() for answer in self.columns],
            "verdict": self.verdict,
            "to_confirm": [each.as_json() for each in self.to_confirm],
            "mended": [asdict(each) for each in (self.reviewed.mended if self.reviewed else ())],
        }

    @property
    def to_confirm(self) -> list[Checked]:
        """The figures of a page or a picture that nothing proves: neither a relation in the table nor the found rule."""
        proven: set[str] = set()
        counted = self.case.annex if self.case else self.annex  # without the rows that are one too many
        for column in counted.of_kind(Kind.AMOUNT):
            rule = self.rules.get(column.letter)
            if rule is not None and rule.is_worth_telling:
                by_row = zip(counted.values(column), rule.hits, strict=True)
                proven |= {figure.cell for figure, hit in by_row if hit}
        left = self.reviewed.to_confirm if self.reviewed else ()
        return [each for each in left if each.figure.cell not in proven]

    @property
    def _main(self) -> int:
        """The column whose base is *the* base: the one that covers a year, otherwise the first."""
        columns = [column for column in self.annex.of_kind(Kind.AMOUNT) if column.letter in self.rules]
        return next((i for i, column in enumerate(columns) if column.period.years == 1), 0)

    def _totals(self) -> dict[str, Any]:
        totals = {}
        for kind in (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT):
            for column in self.annex.of_kind(kind):
                printed = self.annex.total(column)
                totals[column.heading if column.heading not in totals else column.cell] = {
                    "cell": printed.cell if printed else None,
                    "printed": plain_value(printed.value) if printed else None,
                    "sum": plain_value(sum(figure.value for figure in self.annex.values(column))),
                }
        return totals


def rule_as_json(rules: Sequence[Rule], main: int = 0) -> dict[str, Any] | None:
    """One rule over its columns; the base is the main column's, rounded outwards to whole öre inside the interval.

    ``share_decimals`` counts decimals of a per cent, ``None`` for exact shares. No rule where none gives two amounts.
    """
    reproduced, of = sum(each.reproduced for each in rules), sum(len(each.hits) for each in rules)
    if not any(rule.is_worth_telling for rule in rules) or (reproduced < 2 and of > 1):
        return None
    rule = rules[main]
    decimals = rule.rounding.share_decimals
    return {
        "key": rule.key.name,
        "share_decimals": None if decimals is None else decimals - 2,
        "share_rounding": None if decimals is None else str(rule.rounding.share_mode),
        "amount_rounding": str(rule.rounding.mode),
        "amount_unit_kr": plain_value(Decimal(int(rule.rounding.unit)) / 100),
        "base_kr": base_as_json(rule),
        "bases_kr": [base_as_json(each) for each in rules],
        "base_stated": rule.stated,
        "residual": str(rule.rounding.residual),
        "reproduced": reproduced,
        "of": of,
        "structure": "; ".join(dict.fromkeys(each.structure for each in rules if each.structure)) or None,
    }


def base_as_json(rule: Rule) -> list[float]:
    """The interval of the base in kronor with two decimals, with the key's fees added back."""
    fees = Fraction(rule.key.fees_ore, 100)
    return [float(quantize(bound + fees, 2)) for bound in (rule.base.low, rule.base.high)]


def audit(
    annex: Annex,
    *,
    agreed: Collection[Region] | None = None,
    cost_year: int | None = None,
    rules_of: Mapping[str, Rule] | None = None,
) -> Audit:
    """Audit one annex: ``agreed`` are the agreement's members, where there is one to hold it against, ``rules_of`` what
    its rule gives in each column, by letter."""
    apart = agreed is not None and not {member.municipality for member in annex.members} & set(agreed)
    found = _audit(annex, None if apart else agreed, cost_year, {} if apart else rules_of or {})
    assert found.case is not None
    disjoint = (members.disjoint_finding(annex),) if apart else ()
    core, own = found.case.annex, [*disjoint, *found.findings]
    own += per_head.amount_findings(core, own)
    told = {finding.column for finding in own if finding.severity is not Severity.UPPLYSNING}
    own += [each for each in contradictions.against_shares(core, found.rules) if each.column not in told]
    known = {finding.cell for finding in own}
    own += [each for each in contradictions.section_totals(annex) if each.cell not in known]
    right = per_head.explained(core, own)
    findings = (*own, *(finding for finding in relation_findings(core) if finding.cell not in right))
    return replace(found, findings=findings, columns=answers(found.case, annex, findings))


def _audit(
    annex: Annex, agreed: Collection[Region] | None, cost_year: int | None, rules_of: Mapping[str, Rule]
) -> Audit:
    membership = members.check(annex, agreed)
    plain = _account(annex, membership, cost_year, rules_of)
    if agreed is not None or membership.extra or membership.missing:
        return plain
    if not annex.totals:
        return _with_whole_county(annex, membership, cost_year, plain)
    if all(finding.severity is Severity.UPPLYSNING for finding in plain.findings):
        return plain
    best, stated = plain, inputs.check(annex, cost_year)
    twice = {annex.members[i].municipality for i in membership.repeated}
    # Totals may count a row twice that is there twice.
    for counted in dict.fromkeys((membership.repeated, ())):
        for change in rows.changes(annex, stated, counted, plain.right):
            if any(annex.members[i].municipality in twice for i in change.extra):
                continue  # a row that is there twice is told of already
            findings = (*membership.findings, *change.findings)
            changed = replace(change, repeated=membership.repeated, findings=findings, by_totals=True)
            account = _account(annex, changed, cost_year)
            best = min(best, account, key=lambda each: each.bits)
    return best


def _with_whole_county(annex: Annex, membership: Membership, cost_year: int | None, plain: Audit) -> Audit:
    """The account with all of a county, and nobody else, where no total counts the rows but more columns then add up.

    Shares that add to one are those of the rows, whatever else fits.
    """
    for column in annex.of_kind(Kind.SHARE):
        printed = annex.values(column)
        if abs(sum((share.value for share in printed), Decimal(-1))) <= sums.likely_rounding(printed):
            return plain
    for changed in members.by_county(annex, membership.repeated):
        whole = replace(changed, repeated=membership.repeated, findings=(*membership.findings, *changed.findings))
        account = _account(annex, whole, cost_year)
        if _columns_that_add_up(account, whole) > _columns_that_add_up(plain, membership):
            return account
    return plain


def _columns_that_add_up(account: Audit, membership: Membership) -> int:
    """How many columns, and totals that the text states, follow from the populations of all who take part."""
    core = members.without(account.annex, membership.surplus)
    lacking = {
        sum(each.corrected): sum(people or 0 for people in membership.people_at(each.date))
        for each in inputs.check(core)
    }
    shares = [derived for _, derived in sums.shares(core, account.inputs, membership) if derived]
    stated = [int(mention.value * 100) for mention in account.annex.mentions if mention.unit == "kr"]
    return (
        sum(derived.whole == sum(derived.weights) + lacking.get(sum(derived.weights), 0) for derived in shares)
        + sum(all(rule.hits) and bool(rule.key.people) and not rule.key.free for rule in account.rules.values())
        + any(rule.allows(total) for rule in account.rules.values() for total in stated)
    )


def _account(
    annex: Annex, membership: Membership, cost_year: int | None, rules_of: Mapping[str, Rule] | None = None
) -> Audit:
    """The audit when these rows count, and these municipalities have no row."""
    surplus = [annex.members[i] for i in membership.countable]
    core = members.without(annex, membership.surplus)
    stated = inputs.check(core, cost_year)
    charges = {charge.letter: charge for charge in keys.charged(core)}
    ranking = keys.infer(core, stated, membership, list(charges.values()))
    apart = [finding for each in stated for finding in each.findings]
    apart += [*membership.findings, *organisations.check(annex)]
    shares = sums.shares(core, stated, membership)
    agreed = {letter: rule for letter, rule in (rules_of or {}).items() if not membership.surplus}
    best: Audit | None = None
    for found in _equals(ranking) or [()]:
        by_letter = {c: _with_idle(core, charges[c], rule) for c, rule in zip(charges, found, strict=bool(found))}
        case = Case(core, stated, membership, surplus, charges, by_letter, shares, agreed)
        findings = tuple(with_effect(case, finding) for finding in (*apart, *checks.findings(case)))
        account = Audit(annex, stated, findings, case.rules, case=case)
        if best is None or account.bits < best.bits:
            best = account
        if len(best.findings) == len(apart):
            break
    assert best is not None
    return _with_patterns(case, best, stated, apart)


def _with_idle(annex: Annex, charge: Charged, rule: Rule) -> Rule:
    """The rule, which tells who takes no part by a dash instead of an amount."""
    names = ", ".join(annex.members[i].municipality.name for i in sorted(charge.idle))
    return replace(rule, structure=f"inget belopp för {names}", sure=rule.trusted) if names else rule


def _with_patterns(case: Case, plain: Audit, stated: tuple[Inputs, ...], apart: Sequence[Finding]) -> Audit:
    """The audit by rules with patterns (a floor, a rebate, steps) for the columns where such make the cheaper account."""
    case = plain.case or case
    verdicts = decide.verdicts(case, keys.plain_keys(case.annex, stated, case.membership, list(plain.rules.values())))
    if not verdicts:
        return plain
    case = replace(case, rules={**plain.rules, **{letter: verdict.rule for letter, verdict in verdicts.items()}})
    rivals = {letter: verdict.rivals for letter, verdict in verdicts.items()}
    found = [*decide.with_rivals(case, [*apart, *checks.findings(case)], rivals), *decide.host_notes(case, verdicts)]
    findings = tuple(with_effect(case, finding) for finding in found)
    return replace(plain, findings=findings, rules=case.rules, case=case)


def _equals(ranking: Sequence[tuple[Rule, ...]]) -> list[tuple[Rule, ...]]:
    """The rules that give as many amounts as the first, and are known as sharply."""
    known = [(sum(rule.reproduced for rule in rules), -sum(rule.blur_ore for rule in rules)) for rules in ranking]
    return [rules for rules, each in zip(ranking, known, strict=True) if each[0] == known[0][0] and each >= known[0]]
