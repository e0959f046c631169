"""The audit of one annex: inputs, sums, rule, and the kronor that each fault costs each member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from analys.audit import (
    amounts,
    contradictions,
    decide,
    gaps,
    inputs,
    keys,
    members,
    missing,
    organisations,
    per_head,
    periods,
    rest,
    rules,
    sums,
    totals,
)
from analys.audit.case import Case
from analys.audit.columns import Answer, answers, closing, relation_findings
from analys.audit.effects import with_effect
from analys.audit.finding import Code, Finding, Severity, plain_value
from analys.audit.inputs import Inputs
from analys.audit.members import Membership
from analys.audit.rule import Charged, Rule
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.intake.annex.proof import Review
from analys.register import Region
from analys.rounding import round_exact
from analys.swedish import quantize

_OF_AMOUNTS: Final = (Code.AMOUNT, Code.UNIT, Code.VAT)


@dataclass(frozen=True)
class Audit:
    """What the audit of an annex found. ``rules``: column letter -> the inferred rule; ``ranking``: the runners-up;
    ``columns``: what the audit has to say of each column; ``case``: what the checks shared; ``reviewed``: which figures
    of a page or a picture are proven."""

    annex: Annex
    inputs: tuple[Inputs, ...]
    findings: tuple[Finding, ...]
    rules: Mapping[str, Rule]
    ranking: tuple[tuple[Rule, ...], ...]
    columns: tuple[Answer, ...] = ()
    case: Case | None = None
    reviewed: Review | None = None

    @property
    def verdict(self) -> str:
        """The line that closes the annex: "Inga fynd." only where every column and total is answered for."""
        has_rule = any(rule.is_worth_telling for rule in self.rules.values())
        return closing(self.columns, has_rule, bool(self.findings))

    @property
    def weight(self) -> float:
        """How much has gone wrong if this account is true: its faults, those totals that no slip of the hand explains
        twice, and a little for each other amount that the rule does not give, more where it gives too few to be believed.
        """
        serious = [finding for finding in self.findings if finding.severity is not Severity.UPPLYSNING]
        told = Counter(finding.column for finding in serious if finding.code in _OF_AMOUNTS and finding.kommunkod)
        unexplained = sum(
            max(0, len(rule.hits) - rule.reproduced - told[column.heading]) / (20 if rule.trusted else 5)
            for column in self.annex.of_kind(Kind.AMOUNT)
            if (rule := self.rules.get(column.letter))
        )
        # Shares that follow from no population, in an annex that states populations, are a riddle of their own.
        riddle = bool(self.inputs) and any(rule.key.name == "shares" for rule in self.rules.values())
        return sum(_weight(finding) for finding in serious) + unexplained + riddle / 2

    @property
    def order(self) -> tuple[int, float]:
        """What puts one rule before another that gives as many amounts: that it is sure of them, then the faults."""
        return sum(not rule.trusted for rule in self.rules.values()), self.weight

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
            "to_confirm": [
                {"cell": each.figure.cell, "text": each.figure.text, "column": each.column.heading}
                for each in (self.reviewed.to_confirm if self.reviewed else ())
            ],
            "mended": [asdict(each) for each in (self.reviewed.mended if self.reviewed else ())],
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


def _weight(finding: Finding) -> float:
    if finding.code is Code.MEMBER_MISSING and finding.kommunkod is None:
        return 2  # two at least, or one that nothing names
    if (
        finding.kommunkod is None
        and finding.code.startswith("total")
        and not {"slip", "left_out"} & {*finding.explanation}
    ):
        return 2.4
    return 1


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
    # What stands in single cells is wrong whichever rows count.
    sure = sum(finding.code.startswith(_SURE) for finding in plain.findings if finding.severity is Severity.FEL)
    best, least, stated = plain, plain.weight, inputs.check(annex, cost_year)
    # Totals may count a row twice that is there twice.
    ways = [gaps.gaps(annex, stated, rows, plain.right) for rows in dict.fromkeys((membership.repeated, ()))]
    twice = {annex.members[i].municipality for i in membership.repeated}
    for change in (change for way in ways for change in missing.changes(way)):
        if any(annex.members[i].municipality in twice for i in change.membership.extra):
            continue  # a row that is there twice is told of already
        if sure + change.faults + change.doubt <= least:
            whole = (*membership.findings, *change.membership.findings)
            changed = replace(change.membership, repeated=membership.repeated, findings=whole, by_totals=True)
            account = _account(annex, changed, cost_year)
            weight = account.weight + change.doubt
            # One row before the plain account: what mends a total to the last person is no coincidence.
            if weight < least or (change.faults == 1 and best is plain and weight == least):
                best, least = account, weight
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


#: The codes of faults in single cells, and of rows that are there twice.
_SURE: Final = ("population-", "orgnr-", "member-duplicate")


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
    for i, found in enumerate(_equals(ranking) or [()]):
        by_letter = dict(zip(charges, found, strict=bool(found)))
        case = Case(core, stated, membership, surplus, charges, by_letter, shares, agreed)
        findings = tuple(with_effect(case, finding) for finding in (*apart, *_by_rule(case)))
        ranked = (found, *ranking[:i], *ranking[i + 1 :]) if found else ()
        account = Audit(annex, stated, findings, case.rules, ranked, case=case)
        if best is None or account.order < best.order:
            best = account
        if len(best.findings) == len(apart):
            break
    assert best is not None
    return _with_patterns(case, best, stated, apart)


def _with_patterns(case: Case, plain: Audit, stated: tuple[Inputs, ...], apart: Sequence[Finding]) -> Audit:
    """The audit by rules with patterns (a floor, a rebate, steps) for the columns where such make the cheaper account."""
    case = plain.case or case
    verdicts = decide.verdicts(case, keys.plain_keys(case.annex, stated, case.membership, list(plain.rules.values())))
    if not verdicts:
        return plain
    case = replace(case, rules={**plain.rules, **{letter: verdict.rule for letter, verdict in verdicts.items()}})
    rivals = {letter: verdict.rivals for letter, verdict in verdicts.items()}
    found = [*decide.with_rivals(case, [*apart, *_by_rule(case)], rivals), *decide.host_notes(case, verdicts)]
    findings = tuple(with_effect(case, finding) for finding in found)
    return replace(plain, findings=findings, rules=case.rules, case=case)


def _equals(ranking: Sequence[tuple[Rule, ...]]) -> list[tuple[Rule, ...]]:
    """The rules that give as many amounts as the first, and are known as sharply."""
    known = [(sum(rule.reproduced for rule in rules), -sum(rule.blur_ore for rule in rules)) for rules in ranking]
    return [rules for rules, each in zip(ranking, known, strict=True) if each[0] == known[0][0] and each >= known[0]]


def _by_rule(case: Case) -> Iterator[Finding]:
    """The findings that hang on the rows that count, and on the rule."""
    yield from (found for each in case.inputs if (found := _total_population(case, each)))
    yield from _shares(case)
    yield from _amounts(case)
    yield from amounts.column_findings(case.annex, case.charges)
    pairs = [(column, case.charges[column.letter]) for column in case.annex.of_kind(Kind.AMOUNT)]
    yield from totals.mention_findings(case.annex, pairs, case.rules)


def _total_population(case: Case, stated: Inputs) -> Finding | None:
    surplus = [int(value) for value in case.beside(stated.column)]
    return sums.total_population(case.annex, stated, case.membership, surplus)


def _shares(case: Case) -> list[Finding]:
    """Shares against populations; shares that no population gives against the amounts that follow from them."""
    findings = []
    for column, derived in case.shares:
        wrong = sums.share_findings(case.annex, column, derived) if derived else _given_shares(case, column)
        cells = [figure.cell for figure in case.annex.values(column)]
        faulty = {cells.index(str(f.cell)): Decimal(str(f.expected)) for f in wrong}
        total = sums.total_share(case.annex, column, derived, case.membership, case.beside(column), faulty)
        told = total is not None and total.severity is not Severity.UPPLYSNING
        whole = None if told else sums.not_whole(case.annex, column, derived, case.membership, wrong)
        findings += [*wrong, *([whole] if whole else [total] if total else [])]
    return findings


def _given_shares(case: Case, column: Column) -> list[Finding]:
    """Given shares that their amounts do not follow, though the other amounts follow theirs.

    The shares are wrong, not the amounts, when the shares do not add to one but would with what the amounts say. Where a
    member is missing nothing tells what they should add to: then when all columns of amounts, two or more, say so.
    """
    figures = case.annex.values(column)
    lacking = sum((figure.value for figure in figures), Decimal(0)) - 1
    rounding = sums.likely_rounding(figures)
    if abs(lacking) <= rounding:
        return []
    for letter, rule in case.rules.items():
        if rule.key.name != "shares" or not rule.trusted:
            continue
        charge = case.charges[letter]
        is_open = bool(case.membership.missing)
        right = _off_in_all(case, figures) if is_open else _only_share(figures, charge, rule, -lacking)
        if not right and not is_open:
            off = [i for i, hit in enumerate(rule.hits) if not hit and not rest.carries_all(charge, rule, i)]
            right = {i: _nearest(Fraction(charge.amounts_ore[i]) / rule.used_ore, figures[i].step) for i in off}
            right = {i: share for i, share in right.items() if share != figures[i].value}
            if abs(lacking + sum((share - figures[i].value for i, share in right.items()), Decimal(0))) > rounding:
                continue
        basis = "beloppen och de andra andelarna"
        return [sums.share_finding(case.annex, column, i, Fraction(share), basis) for i, share in right.items()]
    return []


def _with_right_shares(case: Case, wrong: Sequence[Finding]) -> Mapping[str, Rule]:
    """The rules by the given shares when these findings have put them right, where those give no fewer amounts."""
    right = {finding.kommunkod: Fraction(str(finding.expected)) for finding in wrong}
    key = next(rule.key for rule in case.rules.values())
    codes = [member.municipality.code for member in case.annex.members]
    weights = tuple(
        int(right.get(c, w) * key.whole) if c in right else w for c, w in zip(codes, key.weights, strict=True)
    )
    ranking = rules.search([replace(key, weights=weights)], list(case.charges.values()))
    given = sum(rule.reproduced for rule in case.rules.values())
    if not ranking or sum(rule.reproduced for rule in ranking[0]) < given:
        return case.rules
    return dict(zip(case.charges, ranking[0], strict=True))


def _off_in_all(case: Case, figures: Sequence[Figure]) -> dict[int, Decimal]:
    """The shares, as the first amounts have them, whose members' amounts are beside the rule in all of several columns."""
    rules = list(case.rules.values())
    off = [{i for i, hit in enumerate(rule.hits) if not hit} for rule in rules]
    charge = case.charges[next(iter(case.rules))]
    return {
        i: _nearest(Fraction(charge.amounts_ore[i]) / rules[0].used_ore, figures[i].step)
        for i in (set.intersection(*off) if len(off) > 1 else ())
    }


def _only_share(figures: Sequence[Figure], charge: Charged, rule: Rule, left: Decimal) -> dict[int, Decimal]:
    """The one share that must take all that the shares lack of one for its amount to follow, if just one must."""
    unit = int(rule.rounding.unit)
    right = {}
    for i, figure in enumerate(figures):
        share, amount = figure.value + left, charge.amounts_ore[i]
        close = max(Fraction(unit), rule.used_ore * Fraction(figure.step) / 2)
        own_fits = abs(rule.used_ore * Fraction(figure.value) - amount) <= 2 * unit
        if share >= 0 and not own_fits and abs(rule.used_ore * Fraction(share) - amount) <= close:
            right[i] = share
    return right if len(right) == 1 else {}


def _nearest(share: Fraction, step: Decimal) -> Decimal:
    return quantize(share, max(0, -int(step.as_tuple().exponent)))


def _holds(case: Case, letter: str) -> bool:
    """Whether a column's amounts all follow from its rule, but for one that carries the rest: others may have been made
    from them."""
    if letter not in case.rules:
        return False
    rule, charge = case.rules[letter], case.charges[letter]
    off = {i for i, hit in enumerate(rule.hits) if not hit}
    return off <= rest.carriers(charge, rule) or all(rest.carries_all(charge, rule, i) for i in off)


def _sources(case: Case, column: Column) -> list[Charged]:
    """The other columns that a column's amounts may have been made from: those that hold throughout, and explain as many
    of the amounts as the column's own rule does."""
    rule = case.rules.get(column.letter)
    if rule is None or all(rule.hits):
        return []
    charge, unit = case.charges[column.letter], int(rule.rounding.unit)
    others = (other for letter, other in case.charges.items() if letter != column.letter and _holds(case, letter))
    return [other for other in others if amounts.made_alike(charge, other, unit) >= rule.reproduced]


def _amounts(case: Case) -> list[Finding]:
    by_share = [f for column in case.annex.of_kind(Kind.SHARE) for f in _given_shares(case, column)]
    case = replace(case, rules=_with_right_shares(case, by_share)) if by_share else case
    told = {finding.kommunkod for finding in by_share}
    columns = case.annex.of_kind(Kind.AMOUNT)
    wrong = {column.letter: [f for f in _off_rule(case, column) if f.kommunkod not in told] for column in columns}
    cells = {f.cell for found in wrong.values() for f in found if f.cell and f.severity is Severity.FEL}
    for letter, finding in periods.row_findings(case.annex, case.charges, case.rules, cells):
        wrong[letter].append(finding)
    findings: list[Finding] = []
    for column in columns:
        total = _total_amount(case, column, wrong[column.letter])
        findings += [*wrong[column.letter], *([total] if total else [])]
    return findings


def _off_rule(case: Case, column: Column) -> list[Finding]:
    charge, rule = case.charges[column.letter], case.rules.get(column.letter)
    if rule is None:
        return []
    rows = _of_rows(charge, rule) if case.membership.missing else charge
    parts = tuple(periods.parts_of_wholes(case.annex, case.charges))
    return amounts.amount_findings(case.annex, column, rows, rule, _sources(case, column), parts)


def _total_amount(case: Case, column: Column, wrong: Sequence[Finding]) -> Finding | None:
    charge, rule = case.charges[column.letter], case.rules.get(column.letter)
    right = {f.cell: int(Decimal(str(f.expected)) * 100) for f in wrong if f.severity is Severity.FEL}
    figures = case.annex.values(column)
    faulty = {i: right[figure.cell] for i, figure in enumerate(figures) if figure.cell in right}
    surplus = [int(value * 100) for value in case.beside(column)]
    beside = [other for letter, other in case.charges.items() if letter != column.letter]
    faulty = {**_by_wrong_shares(case, rule), **faulty}
    found = totals.total_finding(case.annex, column, charge, rule, case.membership, surplus, faulty, beside)
    slip = totals.slip_behind(case.annex, column, charge, rule) if found and not (faulty or surplus) else None
    return slip or found


def _by_wrong_shares(case: Case, rule: Rule | None) -> dict[int, int]:
    """Index of a member -> its right amount, where the printed one follows a share that no population gives."""
    right: dict[int, int] = {}
    for column, derived in case.shares:
        if rule and derived and rule.key.name == "shares" and rule.trusted:
            cells = [figure.cell for figure in case.annex.values(column)]
            unit = int(rule.rounding.unit)
            for finding in sums.share_findings(case.annex, column, derived):
                i = cells.index(str(finding.cell))
                if rule.hits[i]:
                    exact = rule.used_ore * Fraction(str(finding.expected)) / unit
                    right[i] = unit * round_exact(exact, rule.rounding.mode)
    return right


def _of_rows(charge: Charged, rule: Rule | None) -> Charged:
    """The column when its total counts those who have no row too: where the rule tells not exactly what they would pay,
    the total says nothing of what the rows were to add to."""
    low, high = rule.absent_bounds_ore if rule and rule.trusted and rule.absent_ore else (0, 1)
    return replace(charge, beside_ore=low) if low == high else replace(charge, totals_ore=())
