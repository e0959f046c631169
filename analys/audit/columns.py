"""Every numeric column and printed total is answered for: explained, contradicted by a finding, or not audited.

A relation is one function in ``RELATIONS``: what a column may be made of the others (a sum, a difference, a multiple, a
figure per head), row by row. Where most rows hold and a few do not, those few are findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import permutations
from typing import Any, Final

from analys.audit.case import Case
from analys.audit.contradictions import following_shares
from analys.audit.finding import Code, Finding, Severity
from analys.audit.rule import said
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.swedish import format_number

#: So many rows of each hundred must hold before the others are wrong, and so many rows there must be.
_MOSTLY: Final = 70
_ROWS: Final = 3
#: More columns than this are not tried against each other three at a time.
_MANY: Final = 12
_NUMERIC: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT, Kind.PER_HEAD, Kind.OTHER)


class Status(StrEnum):
    """Whether a column has an explanation, a finding, or neither."""

    EXPLAINED = "förklarad"
    CONTRADICTED = "motsagd"
    UNSEEN = "inte granskad"


@dataclass(frozen=True)
class Answer:
    """What the audit has to say of one column, or of one printed total (``is_total``)."""

    column: Column
    cell: str
    status: Status
    why: str
    is_total: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "column": self.column.heading,
            "cell": self.cell,
            "kind": "summa" if self.is_total else str(self.column.kind),
            "status": str(self.status),
            "relation": self.why,
        }


@dataclass(frozen=True)
class Related:
    """How a column follows from others: the exact figure of each row, and how much rounding leaves open."""

    text: str
    expected: tuple[Fraction, ...]
    slack: tuple[Fraction, ...]

    def hits(self, figures: Sequence[Figure]) -> tuple[bool, ...]:
        rows = zip(figures, self.expected, self.slack, strict=True)
        return tuple(abs(Fraction(f.value) - right) <= slack for f, right, slack in rows)


def _half(figure: Figure) -> Fraction:
    """What rounding leaves open of a figure: half its last digit; of whole kronor shown with two zeros no more."""
    return Fraction(figure.step) / 2


def _per_head(annex: Annex, column: Column) -> Iterator[Related]:
    """An amount for each inhabitant, or for each of something else that is counted."""
    if column.kind not in (Kind.PER_HEAD, Kind.AMOUNT, Kind.OTHER):
        return
    figures = annex.values(column)
    for amount in annex.of_kind(Kind.AMOUNT):
        for by in (*annex.of_kind(Kind.POPULATION), *annex.volumes):
            people = [Fraction(figure.value) for figure in annex.values(by)]
            if column in (amount, by) or min(people) <= 0:
                continue
            expected = tuple(
                Fraction(each.value) / count for each, count in zip(annex.values(amount), people, strict=True)
            )
            slack = tuple(
                2 * _half(own) + _half(each) / count
                for own, each, count in zip(figures, annex.values(amount), people, strict=True)
            )
            yield Related(f"{amount.heading} / {by.heading}", expected, slack)


def _sums(annex: Annex, column: Column) -> Iterator[Related]:
    """The sum of two columns or more of the same kind that stand together, or the difference of two."""
    alike = [other for other in _whole(annex) if other.kind is column.kind and other != column]
    runs = [alike[i:j] for i in range(len(alike)) for j in range(i + 2, len(alike) + 1)]
    for run in runs if len(alike) <= _MANY else []:
        yield _combined(annex, column, [(each, 1) for each in run], " + ".join(each.heading for each in run))
    for first, second in permutations(alike, 2) if len(alike) <= _MANY else ():
        yield _combined(annex, column, [(first, 1), (second, -1)], f"{first.heading} − {second.heading}")
    if column.kind is Kind.OTHER:
        for kind in (Kind.AMOUNT, Kind.POPULATION, Kind.SHARE):
            for first, second in permutations(annex.of_kind(kind), 2):
                yield _combined(annex, column, [(first, 1), (second, -1)], f"{first.heading} − {second.heading}")


def _combined(annex: Annex, column: Column, terms: Sequence[tuple[Column, int]], text: str) -> Related:
    rows = [annex.values(each) for each, _ in terms]
    signs = [sign for _, sign in terms]
    expected = tuple(
        sum((sign * Fraction(f.value) for sign, f in zip(signs, row, strict=True)), Fraction(0))
        for row in zip(*rows, strict=True)
    )
    slack = tuple(
        _half(own) + sum(map(_half, row), Fraction(0))
        for own, row in zip(annex.values(column), zip(*rows, strict=True), strict=True)
    )
    return Related(text, expected, slack)


def _change(annex: Annex, column: Column) -> Iterator[Related]:
    """A change in per cent from one column to another, written as per cent or as a part of one."""
    if column.kind not in (Kind.OTHER, Kind.SHARE, Kind.AMOUNT):
        return
    for kind in (Kind.AMOUNT, Kind.POPULATION):
        for first, second in permutations(annex.of_kind(kind), 2):
            before = [Fraction(f.value) for f in annex.values(first)]
            if column in (first, second) or min(before) <= 0:
                continue
            after = [Fraction(f.value) for f in annex.values(second)]
            for scale in (1, 100):
                expected = tuple(scale * (b - a) / a for a, b in zip(before, after, strict=True))
                slack = tuple(_half(figure) for figure in annex.values(column))
                yield Related(f"förändring från {first.heading} till {second.heading}", expected, slack)


def _multiple(annex: Annex, column: Column) -> Iterator[Related]:
    """Another column of amounts, so many times: with VAT, half, a quarter, or by an index that all rows share."""
    if column.kind is not Kind.AMOUNT:
        return
    figures = annex.values(column)
    for other in annex.of_kind(Kind.AMOUNT):
        if other == column:
            continue
        pairs = sorted(
            (Fraction(b.value), Fraction(a.value)) for a, b in zip(figures, annex.values(other), strict=True)
        )
        middle = [a / b for b, a in pairs if b > 0]
        if not middle:
            continue
        times = sorted(middle)[len(middle) // 2].limit_denominator(24)
        expected = tuple(times * Fraction(b.value) for b in annex.values(other))
        slack = tuple(_half(a) + abs(times) * _half(b) for a, b in zip(figures, annex.values(other), strict=True))
        yield Related(f"{format_number(times, 3)} gånger {other.heading}", expected, slack)


RELATIONS: Final = (_per_head, _sums, _multiple, _change)


def _whole(annex: Annex) -> tuple[Column, ...]:
    """The columns with a figure for every member."""
    return tuple(column for column in annex.columns if column.kind in _NUMERIC and annex.is_whole(column))


def best_relation(annex: Annex, column: Column) -> tuple[Related, tuple[bool, ...]] | None:
    """The relation that the most rows hold of, if all do, or most of three rows or more."""
    figures = annex.values(column)
    alike = len({figure.value for figure in figures}) < 2 and column.kind is not Kind.PER_HEAD
    if len(figures) < 2 or alike:
        return None
    found = [(relation, relation.hits(figures)) for operator in RELATIONS for relation in operator(annex, column)]
    best = max(found, key=lambda each: sum(each[1]), default=None)
    enough = best and (all(best[1]) or (100 * sum(best[1]) >= _MOSTLY * len(figures) and sum(best[1]) >= _ROWS))
    return best if enough else None


def relation_findings(annex: Annex) -> list[Finding]:
    """The cells of columns per head, of changes and of sums that do not follow as the column's other cells do."""
    findings = []
    for column in annex.columns:
        if column.kind not in (Kind.PER_HEAD, Kind.OTHER) or not annex.is_whole(column):
            continue
        best = best_relation(annex, column)
        for i, hit in enumerate(best[1] if best else ()):
            if best and not hit:
                findings.append(_beside(annex, column, i, best[0]))
    return findings


def _beside(annex: Annex, column: Column, i: int, relation: Related) -> Finding:
    member, figure = annex.members[i], annex.members[i].figures[column.letter]
    right = _as_written(relation.expected[i], figure)
    name = member.municipality.name
    message = (
        f"{name}: {column.heading} {format_number(figure.value, figure.decimals)} (cell {figure.cell}) är inte "
        f"{relation.text}, som ger {format_number(right, figure.decimals)}."
    )
    return Finding(
        Code.AMOUNT,
        Severity.FEL,
        message,
        member.municipality.code,
        name,
        column.heading,
        annex.sheet,
        figure.cell,
        right,
        figure.value,
        effect_kr={each.municipality.code: 0 for each in annex.members},
        evidence=f"kolumnens andra {len(annex.members) - 1} rader",
    )


def _as_written(exact: Fraction, figure: Figure) -> Decimal:
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(figure.step)


def answers(case: Case, whole: Annex, findings: Sequence[Finding]) -> tuple[Answer, ...]:
    """One answer a numeric column of ``whole``, and one a printed total, in the table's order."""
    found = []
    for column in (each for each in whole.columns if each.kind in _NUMERIC):
        if not any(column.letter in member.figures for member in whole.members):
            continue
        found.append(_answer(case, column, findings))
        total = whole.total(column)
        if total is not None:
            found.append(_of_total(case, column, total, findings))
    return tuple(found)


def _serious(findings: Sequence[Finding], column: Column) -> list[Finding]:
    return [f for f in findings if f.column == column.heading and f.severity is not Severity.UPPLYSNING]


def _answer(case: Case, column: Column, findings: Sequence[Finding]) -> Answer:
    wrong = [f for f in _serious(findings, column) if not f.code.startswith("total") or f.cell == column.cell]
    if wrong:
        return Answer(column, column.cell, Status.CONTRADICTED, f"{len(wrong)} fynd")
    why = _relation(case, column)
    return Answer(column, column.cell, Status.EXPLAINED if why else Status.UNSEEN, why or _unseen(case, column))


def _of_total(case: Case, column: Column, total: Figure, findings: Sequence[Finding]) -> Answer:
    if any(f.cell == total.cell for f in _serious(findings, column)):
        return Answer(column, total.cell, Status.CONTRADICTED, "summan har ett fynd", True)
    if not case.annex.is_whole(column):
        return Answer(column, total.cell, Status.UNSEEN, "alla rader har inte en siffra", True)
    figures = case.annex.values(column)
    own = sum((figure.value for figure in figures), Decimal(0))
    counted = {own, own + sum(case.beside(column)), own + sum(case.annex.beside(column))}
    slack = (total.step + sum((figure.step for figure in figures), Decimal(0))) / 2
    if any(abs(total.value - each) <= slack for each in counted):
        return Answer(column, total.cell, Status.EXPLAINED, "radernas summa", True)
    if column.kind in (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT):
        return Answer(column, total.cell, Status.EXPLAINED, "det hela som fördelades", True)
    if column.kind is Kind.PER_HEAD:
        return Answer(column, total.cell, Status.UNSEEN, "ett snitt eller en summa av belopp per invånare", True)
    return Answer(column, total.cell, Status.UNSEEN, "inte radernas summa", True)


def _relation(case: Case, column: Column) -> str:
    """The relation that explains a column; "" where none does."""
    annex = case.annex
    if not annex.is_whole(column):
        return ""
    if column.kind is Kind.POPULATION and (told := _of_statistics(case, column)):
        return told
    if column.kind is Kind.SHARE and (told := _of_shares(case, column)):
        return told
    rule = case.rules.get(column.letter)
    if rule is not None and rule.is_worth_telling:
        return f"regeln: {rule.structure or said(rule.key.name)}"
    if any(rule.key.name == column.heading and rule.trusted for rule in case.rules.values()):
        return "nyckeln som beloppen följer"
    best = best_relation(annex, column)
    if best and all(best[1]):
        return best[0].text
    shares = annex.of_kind(Kind.SHARE) if column.kind is Kind.AMOUNT else ()
    followed = (each for each in shares if following_shares(annex, column, each) == len(annex.members))
    return next((f"andelarna i {each.heading}" for each in followed), "")


def _of_statistics(case: Case, column: Column) -> str:
    stated = next((each for each in case.inputs if each.column == column), None)
    if stated is None:
        return ""
    known = sum(right == found for right, found in zip(stated.expected, stated.found, strict=True))
    if known and known == len(stated.found):
        return f"SCB:s folkmängd {stated.date}"
    notes = [f for f in stated.findings if "between" in f.explanation]
    if notes:
        return "mellan SCB:s folkmängd vid två årsskiften"
    return "SCB:s folkmängd, avrundad" if stated.rounded_to > 1 else ""


def _of_shares(case: Case, column: Column) -> str:
    for each, derived in case.shares:
        if each == column and derived and all(derived.hits):
            return "delar av folkmängden eller en annan kolumn"
    if any(rule.key.name == "shares" and rule.trusted for rule in case.rules.values()):
        return "andelarna som beloppen följer"
    figures = case.annex.values(column)
    for amount in case.annex.of_kind(Kind.AMOUNT):
        values = [Fraction(figure.value) for figure in case.annex.values(amount)]
        whole = sum(values)
        pairs = zip(figures, values, strict=True)
        if whole > 0 and all(abs(Fraction(f.value) - value / whole) <= Fraction(f.step) for f, value in pairs):
            return f"delar av {amount.heading}"
    return ""


def _unseen(case: Case, column: Column) -> str:
    """Why a column was not audited."""
    if not case.annex.is_whole(column):
        return "alla rader har inte en siffra"
    if column.kind is Kind.POPULATION:
        return "SCB:s tal för kolumnens datum eller ålder finns inte här"
    if column.kind is Kind.AMOUNT:
        return "ingen regel funnen"
    return "ingen relation till de andra kolumnerna funnen"


def closing(found: Sequence[Answer], has_rule: bool, has_findings: bool) -> str:
    """The line that closes an annex: "Inga fynd" only where everything is answered for."""
    unseen = sum(answer.status is Status.UNSEEN for answer in found)
    if not unseen:
        return "" if has_findings else "Inga fynd."
    head = "" if has_rule else "Ingen regel funnen; "
    told = f"{unseen} av {len(found)} kolumner och summor inte granskade."
    return f"{head}{told}" if head else told[0].upper() + told[1:]
