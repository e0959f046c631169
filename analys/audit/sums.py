"""Does it add up? Columns against their totals, shares against populations, one period's column against another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations

from analys.allocation import Mode
from analys.audit import population
from analys.audit.finding import Code, Finding, Severity
from analys.audit.inputs import Inputs
from analys.audit.keys import vectors
from analys.audit.members import Membership
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.rounding import round_exact
from analys.swedish import format_number, format_percent

_MODES = (Mode.HALF_UP, Mode.FLOOR, Mode.UP)
#: Shares with more decimals than this are not rounded but what a spreadsheet reckoned with.
_UNROUNDED = 10


@dataclass(frozen=True)
class Derived:
    """How a column of shares follows from populations: the figures used, what they are parts of, and the rounding."""

    weights: tuple[int, ...]
    whole: int
    mode: Mode
    expected: tuple[Fraction, ...]
    hits: tuple[bool, ...]


def shares(annex: Annex, inputs: Sequence[Inputs], membership: Membership) -> list[tuple[Column, Derived | None]]:
    """For each column of shares the populations that most of them follow from; ``None`` when they follow from none."""
    return [(column, _derived(annex, column, inputs, membership)) for column in annex.of_kind(Kind.SHARE)]


def _derived(annex: Annex, column: Column, inputs: Sequence[Inputs], membership: Membership) -> Derived | None:
    figures = annex.values(column)
    best: Derived | None = None
    for weights, whole in _bases(annex, inputs, membership):
        for mode in _MODES:
            expected = tuple(
                _rounded(weight, whole, figure, mode) for weight, figure in zip(weights, figures, strict=True)
            )
            hits = tuple(_same(e, figure) for e, figure in zip(expected, figures, strict=True))
            if best is None or sum(hits) > sum(best.hits):
                best = Derived(weights, whole, mode, expected, hits)
                if all(hits):
                    return best
    if best is None or sum(best.hits) < max(1, 0.6 * len(figures)) or (len(figures) == 1 and not all(best.hits)):
        return None
    return best


def _bases(annex: Annex, inputs: Sequence[Inputs], membership: Membership) -> list[tuple[tuple[int, ...], int]]:
    """Populations with what they may be parts of: their sum, the printed total, the county's population."""
    codes = [member.municipality.code for member in annex.members]
    bases: dict[tuple[tuple[int, ...], int], None] = {}
    for stated in inputs:
        total = annex.total(stated.column)
        county = population.at(codes[0][:2], stated.date) if stated.date else None
        for weights in vectors(stated):
            kept = sum(weight for i, weight in enumerate(weights) if i not in membership.surplus)
            lacking = sum(people or 0 for _, people in membership.missing)
            wholes = [kept + lacking, sum(weights), int(total.value) if total else 0, county or 0]
            for whole in wholes:
                if whole > 0:
                    bases[weights, whole] = None
        # A figure mistyped after the shares were made leaves the others parts of the right sum.
        for weights, other in combinations(vectors(stated), 2):
            bases[weights, sum(other)] = bases[other, sum(weights)] = None
    if not inputs:
        for row in population.table_of(codes).tolist():
            bases[tuple(row), sum(row)] = None
        bases[(1,) * len(codes), len(codes)] = None
    return [base for base in bases if base[1] > 0]


def _decimals(figure: Figure) -> int:
    return min(figure.decimals, _UNROUNDED)


def _rounded(weight: int, whole: int, figure: Figure, mode: Mode) -> Fraction:
    step = 10 ** _decimals(figure)
    return Fraction(round_exact(Fraction(weight * step, whole), mode), step)


def _same(expected: Fraction, figure: Figure) -> bool:
    if figure.decimals > _UNROUNDED:
        return abs(expected - Fraction(figure.value)) < Fraction(1, 10 ** (_UNROUNDED - 1))
    return expected == figure.value


def share_findings(annex: Annex, column: Column, derived: Derived, membership: Membership) -> list[Finding]:
    """The shares that do not follow from the populations that the others follow from.

    Shares that were adjusted by one step so that they add to exactly one are no fault.
    """
    figures = annex.values(column)
    adjusted = sum(figure.value for figure in figures) == 1
    findings = []
    for i, (member, figure, expected) in enumerate(zip(annex.members, figures, derived.expected, strict=True)):
        off = abs(expected - Fraction(figure.value))
        if derived.hits[i] or i in membership.surplus or (adjusted and off <= Fraction(figure.step)):
            continue
        name, decimals = member.municipality.name, max(2, _decimals(figure) - 2)
        exact = Decimal(expected.numerator) / Decimal(expected.denominator)
        message = (
            f"{name}: andelen {format_percent(figure.value, decimals)} (cell {figure.cell}) följer inte av folkmängden, "
            f"som ger {format_percent(exact, decimals)}."
        )
        findings.append(
            Finding(
                Code.SHARE,
                Severity.FEL,
                message,
                member.municipality.code,
                name,
                column.heading,
                annex.sheet,
                figure.cell,
                exact,
                figure.value,
                evidence=f"de andra {sum(derived.hits)} andelarna följer av folkmängden",
            )
        )
    return findings


def total_population(annex: Annex, stated: Inputs, membership: Membership) -> Finding | None:
    """The printed sum against the figures, as printed or with contradicted ones corrected."""
    total = annex.total(stated.column)
    if total is None:
        return None
    lacking = sum(people or 0 for _, people in membership.missing)
    sums = [_kept(weights, membership) + lacking for weights in vectors(stated)]
    sums += [sum(weights) for weights in vectors(stated)]
    if membership.extra:
        repeated = Membership(membership.repeated)
        sums += [_kept(weights, repeated) for weights in vectors(stated)]
    if int(total.value) in sums:
        return None
    return _total_finding(annex, stated.column, total, Code.TOTAL_POPULATION, Decimal(sums[0]), Severity.FEL, "")


def _kept(weights: Sequence[int], membership: Membership) -> int:
    return sum(weight for i, weight in enumerate(weights) if i not in membership.surplus)


def total_share(
    annex: Annex, column: Column, derived: Derived | None, membership: Membership, faulty: dict[int, Decimal]
) -> Finding | None:
    """The printed sum of the shares. It may say one, or the sum as printed; a rounding difference is a note.

    ``faulty``: index of a member -> its right share, where another finding already says that the printed one is wrong.
    """
    total = annex.total(column)
    if total is None:
        return None
    values = [figure.value for figure in annex.values(column)]
    half = total.step / 2
    sums = [sum(values), _sum_without(values, membership.surplus), _sum_without(values, membership.repeated)]
    for subset in chain.from_iterable(combinations(faulty, k) for k in range(1, min(len(faulty), 3) + 1)):
        changed = [faulty[i] if i in subset else value for i, value in enumerate(values)]
        sums += [sum(changed), _sum_without(changed, membership.surplus)]
    if total.value in sums:
        return None
    if any(abs(total.value - each) <= half for each in sums):
        note = "; skillnaden är mindre än summans egen avrundning"
        return _total_finding(annex, column, total, Code.TOTAL_SHARE, sums[0], Severity.UPPLYSNING, note)
    rounding = sum((figure.step for figure in annex.values(column)), Decimal(0))
    nearest = min(sums, key=lambda each: abs(each - total.value))
    whole = abs(total.value - 1) <= half
    if whole and (abs(nearest - 1) <= rounding or membership.missing):
        if membership.missing:
            return None
        note = "; skillnaden kommer av att andelarna är avrundade"
        return _total_finding(annex, column, total, Code.TOTAL_SHARE, sums[0], Severity.UPPLYSNING, note)
    if derived is not None:
        exact = Fraction(sum(w for i, w in enumerate(derived.weights) if i not in membership.surplus), derived.whole)
        if abs(exact - Fraction(total.value)) <= Fraction(half) and abs(nearest - total.value) <= rounding:
            note = "; skillnaden kommer av att andelarna är avrundade"
            return _total_finding(annex, column, total, Code.TOTAL_SHARE, sums[0], Severity.UPPLYSNING, note)
    return _total_finding(annex, column, total, Code.TOTAL_SHARE, sums[0], Severity.FEL, "")


def _sum_without(values: Sequence[Decimal], rows: Sequence[int]) -> Decimal:
    return sum((value for i, value in enumerate(values) if i not in rows), Decimal(0))


def _total_finding(
    annex: Annex, column: Column, total: Figure, code: Code, expected: Decimal, severity: Severity, note: str
) -> Finding:
    if code is Code.TOTAL_SHARE:
        decimals = max(2, _decimals(total) - 2)
        shown, right = format_percent(total.value, decimals), format_percent(expected, decimals)
    else:
        shown, right = format_number(total.value), format_number(expected)
    message = f"Summan {shown} för {column.heading} (cell {total.cell}) är inte radernas summa, {right}{note}."
    return Finding(
        code,
        severity,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=total.cell,
        expected=expected,
        found=total.value,
        evidence="kolumnens rader",
    )
