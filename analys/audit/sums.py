"""Does it add up? Columns against their totals, shares against populations, one period's column against another's."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from analys.allocation import Mode
from analys.audit import population, volumes
from analys.audit.finding import Code, Finding, Severity
from analys.audit.inputs import Inputs, vectors
from analys.audit.members import Membership
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.rounding import round_exact
from analys.swedish import format_number, format_percent

_T = TypeVar("_T")
#: Shares with more decimals than this are not rounded but what a spreadsheet reckoned with.
_UNROUNDED = 10
_NOTHING = Decimal("1e-9")
_PER_CENT = Decimal("0.01")
_FOUR_DIGITS = 1000
#: How many ways of rounding are tried on each base.
_MODES = 3
#: Bits by which the shares that a base gives must exceed what chance gives, before the others are held against it.
_EVIDENCE = 5


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
    figures = _as_reckoned(annex.values(column))
    steps = np.array([10 ** _decimals(figure) for figure in figures], dtype=np.int64)
    printed = np.array([round(figure.value * int(step)) for figure, step in zip(figures, steps, strict=True)])
    # A spreadsheet's own, unrounded share is right to its tenth decimal, give or take one.
    slack = np.array([figure.decimals > _UNROUNDED for figure in figures], dtype=np.int64)
    best: tuple[int, tuple[int, ...], int, Mode] | None = None
    bases = _bases(annex, column, inputs, membership)
    for weights, whole in bases:
        scaled = np.array(weights, dtype=np.int64) * steps
        for mode, rounded in (
            (Mode.HALF_UP, (2 * scaled + whole) // (2 * whole)),
            (Mode.FLOOR, scaled // whole),
            (Mode.UP, -(-scaled // whole)),
        ):
            hits = int((np.abs(rounded - printed) <= slack).sum())
            if best is None or hits > best[0]:
                best = (hits, weights, whole, mode)
        if best and best[0] == len(figures):
            break
    # Of two, one share that is right to four digits is no chance.
    needed = 1 if len(figures) == 2 and max(printed) >= _FOUR_DIGITS else max(1, 0.6 * len(figures))
    if best is None or best[0] < needed:
        return None
    # A share of few digits is hit by chance once in as many bases as it has steps: so many were tried.
    tried = math.log2(len(bases) * _MODES)
    if best[0] < len(figures) and best[0] * -math.log2(step_of(figures)) - tried < _EVIDENCE:
        return None
    _, weights, whole, mode = best
    as_written = tuple(_rounded(w, whole, _decimals(figure), mode) for w, figure in zip(weights, figures, strict=True))
    same = tuple(
        _same(e, figure) or _rounded_twice(w, whole, figure)
        for e, w, figure in zip(as_written, weights, figures, strict=True)
    )
    # A workbook's numbers have lost their last zeros: a wrong share should have as many decimals as most.
    usual = Counter(map(_decimals, figures)).most_common(1)[0][0]
    expected = tuple(
        right if hit else _rounded(w, whole, max(usual, _decimals(figure)), mode)
        for right, hit, w, figure in zip(as_written, same, weights, figures, strict=True)
    )
    return Derived(weights, whole, mode, expected, same)


def _bases(
    annex: Annex, column: Column, inputs: Sequence[Inputs], membership: Membership
) -> list[tuple[tuple[int, ...], int]]:
    """Populations with what they may be parts of: their sum, the printed total, the county's population."""
    codes = [member.municipality.code for member in annex.members]
    bases: dict[tuple[tuple[int, ...], int], None] = {}
    for stated in inputs:
        lacking = sum(people or 0 for people in membership.people_at(stated.date))
        total = annex.own_total(stated.column)
        county = population.at(codes[0][:2], stated.date) if stated.date else None
        subsets = vectors(stated)
        # A figure mistyped after the shares were made leaves the others parts of the right sum: all sums go with all.
        wholes = {sum(weights) + lacking for weights in subsets} | {int(total) if total else 0, county or 0}
        bases |= dict.fromkeys((weights, whole) for weights in subsets for whole in wholes)
    if not inputs:
        for row in population.table_of(codes).tolist():
            bases[tuple(row), sum(row)] = None
    for key in volumes.keys(annex):
        bases[key.weights, key.whole] = None
    bases[(1,) * len(codes), len(codes) + len(membership.missing)] = None
    # Beside parties that are no municipality these share what is left.
    part = 1 - sum(map(Fraction, annex.beside(column)), Fraction(0)).limit_denominator(10_000)
    if 0 < part < 1:
        scaled = [(tuple(part.numerator * w for w in weights), part.denominator * whole) for weights, whole in bases]
        bases |= dict.fromkeys(scaled)
    return [base for base in bases if base[1] > 0]


def _decimals(figure: Figure) -> int:
    return min(figure.decimals, _UNROUNDED)


def _rounded(weight: int, whole: int, decimals: int, mode: Mode) -> Fraction:
    step = 10**decimals
    return Fraction(round_exact(Fraction(weight * step, whole), mode), step)


def _same(expected: Fraction, figure: Figure) -> bool:
    if figure.decimals > _UNROUNDED:
        return abs(expected - Fraction(figure.value)) < Fraction(1, 10 ** (_UNROUNDED - 1))
    return expected == figure.value


def _rounded_twice(weight: int, whole: int, figure: Figure) -> bool:
    """Whether a workbook's share was rounded to a decimal more than its format shows."""
    if figure.source is None or figure.decimals > _UNROUNDED:
        return False
    finer = _rounded(weight, whole, figure.decimals + 1, Mode.HALF_UP)
    step = 10**figure.decimals
    return Fraction(round_exact(finer * step, Mode.HALF_UP), step) == figure.value


def likely_rounding(figures: Sequence[Figure]) -> Decimal:
    """Four standard deviations of a sum of rounded shares: what lies within may be rounding."""
    return 4 * deviation(figures)


def step_of(figures: Sequence[Figure]) -> Decimal:
    """What a column's shares are written to: the finest that two of its figures are, for a number has lost its last
    zeros, and one may have a digit too many."""
    finest = sorted(max(figure.step, Decimal((0, (1,), _exponent(figure)))) for figure in figures if figure.value)
    return finest[min(1, len(finest) - 1)] if finest else Decimal(1)


def _as_reckoned(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The shares without the last zeros that all of them have: they were rounded before they were written."""
    finest = step_of(figures)
    return tuple(
        replace(figure, step=finest) if figure.step < finest and figure.value % finest == 0 else figure
        for figure in figures
    )


def _exponent(figure: Figure) -> int:
    """The place of a figure's last digit that is not zero."""
    return int(figure.value.normalize().as_tuple().exponent)


def deviation(figures: Sequence[Figure]) -> Decimal:
    """The standard deviation of a sum of rounded shares. Equal shares were all rounded alike."""
    step = step_of(figures)
    alike = Counter(figure.value for figure in figures).values()
    return (step**2 * sum(count**2 for count in alike) / 12).sqrt()


def share_findings(annex: Annex, column: Column, derived: Derived) -> list[Finding]:
    """The shares that do not follow from the populations that the others follow from.

    Shares that were adjusted by one step so that they add to exactly one are no fault.
    """
    figures = annex.values(column)
    total = annex.total(column)
    adjusted = sum(figure.value for figure in figures) == 1 and (total is None or total.value == 1)
    basis = f"de andra {sum(derived.hits)} andelarna följer av folkmängden"
    return [
        share_finding(annex, column, i, expected, basis)
        for i, (figure, expected) in enumerate(zip(figures, derived.expected, strict=True))
        if not derived.hits[i] and not (adjusted and abs(expected - Fraction(figure.value)) <= Fraction(figure.step))
    ]


def share_finding(annex: Annex, column: Column, i: int, expected: Fraction, basis: str) -> Finding:
    """Member ``i``'s share is not the expected one."""
    member, figure = annex.members[i], annex.members[i].figures[column.letter]
    right = Decimal(expected.numerator) / Decimal(expected.denominator)
    written = max(_decimals(figure), min(_UNROUNDED, -int(right.as_tuple().exponent)))
    name, decimals = member.municipality.name, max(2, written - 2)
    message = (
        f"{name}: andelen {format_percent(figure.value, decimals)} (cell {figure.cell}) stämmer inte; "
        f"den borde vara {format_percent(right, decimals)}."
    )
    return Finding(
        Code.SHARE,
        Severity.FEL,
        message,
        member.municipality.code,
        name,
        column.heading,
        annex.sheet,
        figure.cell,
        right,
        figure.value,
        evidence=basis,
    )


def subsets(some: Sequence[_T]) -> list[tuple[_T, ...]]:
    """None of the items, each, each two, and so on: what a total may have counted beside the rows that count."""
    few = some[:4]
    return [chosen for size in range(len(few) + 1) for chosen in combinations(few, size)]


def range_short(
    annex: Annex, figures: Sequence[int] | Sequence[Decimal], total: int | Decimal
) -> tuple[str, dict[str, Any]] | None:
    """The end of the sentence, and the data, where a total is the sum of all rows but the last, or the first: its range
    is a row short."""
    apart = Decimal(sum(figures)) - total
    for i in (-1, 0):
        if figures[i] and abs(apart - figures[i]) <= _NOTHING:
            name = annex.members[i].municipality.name
            return f"; den räknar inte med {name}", {"left_out": name}
    return None


def total_population(annex: Annex, stated: Inputs, membership: Membership, surplus: Sequence[int]) -> Finding | None:
    """The printed sum against the figures, as printed or with wrong ones corrected; ``surplus``: rows too many."""
    total = annex.total(stated.column)
    if total is None:
        return None
    absent = membership.people_at(stated.date)
    lacking, unnamed = sum(people or 0 for people in absent), None in absent
    counted = [sum(chosen) for chosen in subsets(surplus)]
    by_totals = membership.by_totals and bool(membership.missing)
    more = [lacking + each for each in counted] if by_totals else [lacking, *counted]
    sums = [sum(weights) + each for weights in vectors(stated) for each in more]
    if int(total.value) in sums or (unnamed and int(total.value) > sums[0]):
        return None
    note, explanation = range_short(annex, stated.found, int(total.value)) or ("", {})
    expected = Decimal(sums[0])
    return _total_finding(annex, stated.column, total, Code.TOTAL_POPULATION, expected, Severity.FEL, note, explanation)


def total_share(
    annex: Annex,
    column: Column,
    derived: Derived | None,
    membership: Membership,
    surplus: Sequence[Decimal],
    faulty: dict[int, Decimal],
) -> Finding | None:
    """The printed sum of the shares. It may say one, or the sum as printed; a rounding difference is a note.

    ``surplus``: the shares of rows too many. ``faulty``: index of a member -> its right share, where another finding
    already says that the printed one is wrong.
    """
    total = annex.total(column)
    if total is None:
        return None
    figures = annex.values(column)
    # A whole written as "1" is rounded no more than one written as "100 %".
    half = min(total.step, _PER_CENT) / 2
    own = sum((figure.value for figure in figures), Decimal(0))
    sums = [own + sum(chosen, Decimal(0)) for chosen in subsets(surplus)]
    for size in range(1, min(len(faulty), 3) + 1):
        changes = [[faulty[i] - figures[i].value for i in rows] for rows in combinations(faulty, size)]
        sums += [own + sum(change, Decimal(0)) for change in changes]
    # A spreadsheet's own shares add to the total but for its last decimals.
    if any(abs(total.value - each) <= _NOTHING for each in sums):
        return None
    if any(abs(total.value - each) <= half for each in sums):
        note = "; skillnaden är mindre än summans egen avrundning"
        return _total_finding(annex, column, total, Code.TOTAL_SHARE, own, Severity.UPPLYSNING, note)
    rounding = step_of(figures) * len(figures)
    if membership.missing and total.value > min(sums):
        counted = [
            Fraction(1),
            *([Fraction(own) + 1 - Fraction(sum(derived.weights), derived.whole)] if derived else []),
        ]
        twice = [Fraction(sum(chosen, Decimal(0))) for chosen in subsets(surplus)]
        near = likely_rounding(figures) + total.step
        if any(abs(Fraction(total.value) - each - more) <= near for each in counted for more in twice):
            return None
    exact = Fraction(sum(derived.weights), derived.whole) if derived is not None else Fraction(1)
    exacts = [each + Fraction(sum(chosen, Decimal(0))) for each in (exact, Fraction(1)) for chosen in subsets(surplus)]
    says_exact = any(abs(each - Fraction(total.value)) <= Fraction(half) for each in exacts)
    if says_exact and any(abs(each - total.value) <= rounding for each in sums):
        # Two standard deviations: what rounding seldom comes to is no explanation, only a possible one.
        comes = "kommer" if abs(own - total.value) <= 2 * deviation(figures) else "kan komma"
        note = f"; skillnaden {comes} av att andelarna är avrundade"
        return _total_finding(annex, column, total, Code.TOTAL_SHARE, own, Severity.UPPLYSNING, note)
    # Shares of all that add to one, under a total that does not count them all.
    is_whole = abs(own - 1) <= max(likely_rounding(figures), _NOTHING)
    short = range_short(annex, [figure.value for figure in figures], total.value) if is_whole else None
    note, explanation = short or ("", {})
    return _total_finding(annex, column, total, Code.TOTAL_SHARE, own, Severity.FEL, note, explanation)


def not_whole(
    annex: Annex, column: Column, derived: Derived | None, membership: Membership, wrong: Sequence[Finding]
) -> Finding | None:
    """Shares that are no part of anything known, and do not add to one, with those of other parties or without."""
    figures = annex.values(column)
    own = sum((figure.value for figure in figures), Decimal(0))
    right = own + sum((Decimal(str(f.expected)) - Decimal(str(f.found)) for f in wrong), Decimal(0))
    beside = sum(annex.beside(column), Decimal(0))
    # Shares that a spreadsheet did not round add to one but for their last decimals.
    rounding = max(likely_rounding(figures), step_of(figures) * len(figures) / 2, _NOTHING)
    of_known = derived is not None and abs(Fraction(right) - Fraction(sum(derived.weights), derived.whole)) <= rounding
    whole = any(abs(total - 1) <= rounding for total in (own, right, own + beside, right + beside))
    if of_known or whole or (membership.missing and right < 1) or len(figures) < 2:
        return None
    decimals = max(2, min(_decimals(figures[0]), 4) - 2)
    message = f"Andelarna i {column.heading} (cell {column.cell}) blir {format_percent(own, decimals)}, inte 100 %."
    return Finding(
        Code.TOTAL_SHARE,
        Severity.FEL,
        message,
        column=column.heading,
        sheet=annex.sheet,
        cell=column.cell,
        expected=Decimal(1),
        found=own,
        evidence="kolumnens rader",
    )


def _total_finding(
    annex: Annex,
    column: Column,
    total: Figure,
    code: Code,
    expected: Decimal,
    severity: Severity,
    note: str,
    explanation: Mapping[str, Any] = MappingProxyType({}),
) -> Finding:
    if code is Code.TOTAL_SHARE:
        decimals = max(2, _decimals(total) - 2)
        shown, right, slip = format_percent(total.value, decimals), format_percent(expected, decimals), None
    else:
        shown, right = format_number(total.value), format_number(expected)
        slip = population.lone_change(int(expected), int(total.value))
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
        explanation=explanation or ({"slip": slip} if slip else {}),
        evidence="kolumnens rader",
    )
