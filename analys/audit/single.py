"""The audit of one annex: inputs, sums, rule, and the kronor that each fault costs each member."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from analys.allocation import Residual
from analys.audit import amounts, inputs, keys, members, organisations, sums
from analys.audit.finding import Code, Finding, Severity, plain_value
from analys.audit.inputs import Inputs
from analys.audit.members import Membership
from analys.audit.rules import Charged, Rule
from analys.intake.annex import Annex, Column, Kind
from analys.register import Region
from analys.swedish import quantize


@dataclass(frozen=True)
class Audit:
    """What the audit of an annex found. ``rules``: column letter -> the inferred rule; ``ranking``: the runners-up."""

    annex: Annex
    inputs: tuple[Inputs, ...]
    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    ranking: tuple[tuple[Rule, ...], ...]

    def as_json(self, file: str) -> dict[str, Any]:
        """The published object for one file."""
        return {
            "file": file,
            "readable": True,
            "findings": [finding.as_json() for finding in self.findings],
            "rule": rule_as_json(tuple(self.rules.values()), self._main),
            "totals": self._totals(),
        }

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

    ``share_decimals`` counts decimals of a per cent, ``None`` for exact shares.
    """
    if not rules:
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
        "reproduced": sum(each.reproduced for each in rules),
        "of": sum(len(each.hits) for each in rules),
    }


def base_as_json(rule: Rule) -> list[float]:
    """The interval of the base in kronor with two decimals, with the key's fees added back."""
    fees = Fraction(rule.key.fee_ore * len(rule.hits), 100)
    return [float(quantize(bound + fees, 2)) for bound in (rule.base.low, rule.base.high)]


def audit(annex: Annex, *, agreed: Collection[Region] | None = None, cost_year: int | None = None) -> Audit:
    """Audit one annex: ``agreed`` are the agreement's members, where there is one to hold it against."""
    stated = inputs.check(annex, cost_year)
    membership = members.check(annex, stated, agreed)
    charges = keys.charged(annex)
    ranking = keys.infer(annex, stated, charges)
    rules = {charge.letter: rule for charge, rule in zip(charges, ranking[0], strict=True)} if ranking else {}
    by_letter = {charge.letter: charge for charge in charges}
    columns = annex.of_kind(Kind.AMOUNT)
    if membership.whole and agreed is None and not any(annex.total(each.column) for each in stated):
        for column in columns:
            found = members.by_amounts(annex, rules[column.letter], by_letter[column.letter], membership.repeated)
            if found:
                membership = replace(found, findings=(*membership.findings, *found.findings))
                break
    findings = [finding for each in stated for finding in each.findings]
    findings += [f for each in stated if (f := sums.total_population(annex, each, membership))]
    findings += membership.findings
    share_findings, right_shares = _shares(annex, stated, membership, rules)
    amount_findings = _amounts(annex, columns, by_letter, rules, membership)
    findings += share_findings
    findings += [
        f for column, derived in right_shares if (f := _total_share(annex, column, derived, membership, share_findings))
    ]
    findings += amount_findings
    findings += _amount_totals(annex, columns, by_letter, rules, membership, amount_findings)
    findings += amounts.column_findings(annex, {k: rule for k, rule in rules.items() if rule.trusted})
    findings += amounts.mention_findings(annex, [(c, by_letter[c.letter]) for c in columns], rules)
    findings += organisations.check(annex)
    effects = [_with_effect(annex, stated, rules, by_letter, finding) for finding in findings]
    return Audit(annex, stated, tuple(effects), rules, tuple(ranking))


def _shares(
    annex: Annex, stated: Sequence[Inputs], membership: Membership, rules: Mapping[str, Rule]
) -> tuple[list[Finding], list[tuple[Column, sums.Derived | None]]]:
    derived = sums.shares(annex, stated, membership)
    findings = [
        finding
        for column, source in derived
        if source
        for finding in sums.share_findings(annex, column, source, membership)
    ]
    return findings, derived


def _total_share(
    annex: Annex, column: Column, derived: sums.Derived | None, membership: Membership, findings: Sequence[Finding]
) -> Finding | None:
    wrong = {f.cell: f.expected for f in findings if f.code is Code.SHARE and f.column == column.heading}
    faulty = {
        i: Decimal(str(wrong[figure.cell])) for i, figure in enumerate(annex.values(column)) if figure.cell in wrong
    }
    return sums.total_share(annex, column, derived, membership, faulty)


def _amounts(
    annex: Annex,
    columns: Sequence[Column],
    charges: Mapping[str, Charged],
    rules: Mapping[str, Rule],
    membership: Membership,
) -> list[Finding]:
    return [
        finding
        for column in columns
        if column.letter in rules
        for finding in amounts.amount_findings(annex, column, charges[column.letter], rules[column.letter], membership)
    ]


def _amount_totals(
    annex: Annex,
    columns: Sequence[Column],
    charges: Mapping[str, Charged],
    rules: Mapping[str, Rule],
    membership: Membership,
    found: Sequence[Finding],
) -> list[Finding]:
    wrong = {finding.cell for finding in found if finding.severity is Severity.FEL}
    findings = []
    for column in columns:
        rule = rules.get(column.letter)
        figures = annex.values(column)
        faulty = {i: rule.expected_ore[i] for i, figure in enumerate(figures) if rule and figure.cell in wrong}
        if finding := amounts.total_finding(annex, column, charges[column.letter], rule, membership, faulty):
            findings.append(finding)
    return findings


def _with_effect(
    annex: Annex, stated: Sequence[Inputs], rules: Mapping[str, Rule], charges: Mapping[str, Charged], finding: Finding
) -> Finding:
    """What a wrong population costs: the amounts as charged, less exact shares of the same total by the right figure."""
    if finding.effect_kr or finding.kommunkod is None:
        return finding
    zero = {member.municipality.code: 0 for member in annex.members}
    for each in stated:
        if finding.cell not in each.cells or not isinstance(finding.expected, int) or not rules:
            continue
        letter, rule = max(rules.items(), key=lambda item: item[1].base.middle)
        if not rule.key.name.startswith(("population", "shares")) or rule.rounding.residual is Residual.HOST:
            continue
        row = each.cells.index(finding.cell)
        right = [finding.expected if i == row else figure for i, figure in enumerate(each.found)]
        charge = charges[letter]
        total = charge.totals_ore[0] if charge.totals_ore else charge.sum_ore
        effect = dict(zero)
        for i, member in enumerate(annex.members):
            exact = Fraction(total * right[i], sum(right))
            effect[member.municipality.code] = int(quantize((charge.amounts_ore[i] - exact) / 100, 0))
        return replace(finding, effect_kr=effect)
    return replace(finding, effect_kr=zero)
