"""The findings that hang on the rows that count, and on the rule: shares, amounts, and the totals of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from analys.audit import amounts, periods, rest, rules, sums, totals
from analys.audit.case import Case
from analys.audit.finding import Finding, Severity
from analys.audit.inputs import Inputs
from analys.audit.rule import Charged, Rule
from analys.intake.annex import Column, Figure, Kind
from analys.rounding import round_exact
from analys.swedish import quantize


def findings(case: Case) -> Iterator[Finding]:
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
