"""An amount, the inhabitants and the amount per inhabitant stand side by side: two of them tell when the third is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil

from analys.audit import edits
from analys.audit.finding import Code, Finding, Severity
from analys.audit.money import kronor, told
from analys.intake.annex import Annex, Column, Kind


@dataclass(frozen=True)
class Heads:
    """A column per head with the amounts and the counts that most of it follows from; all in kronor."""

    annex: Annex
    column: Column
    amount: Column
    people: tuple[Fraction, ...]

    def implied(self, i: int) -> Fraction:
        """The amount that a figure per head says."""
        return Fraction(self.annex.values(self.column)[i].value) * self.people[i]

    def slack(self, i: int) -> Fraction:
        """How much of the amount the rounding of both leaves open."""
        figure, amount = self.annex.values(self.column)[i], self.annex.values(self.amount)[i]
        return Fraction(figure.step) * self.people[i] + Fraction(amount.step) / 2

    def paid(self, i: int) -> Fraction:
        return Fraction(self.annex.values(self.amount)[i].value)

    def holds(self, i: int, amount: Fraction) -> bool:
        return abs(self.implied(i) - amount) <= self.slack(i)

    @cached_property
    def beside(self) -> list[int]:
        return [i for i in range(len(self.people)) if not self.holds(i, self.paid(i))]


def columns(annex: Annex) -> Iterator[Heads]:
    """Each column per head with what the most of its rows follow from, one row at least."""
    for column in annex.of_kind(Kind.PER_HEAD):
        if not annex.is_whole(column):
            continue
        ways = [
            Heads(annex, column, amount, tuple(Fraction(figure.value) for figure in annex.values(by)))
            for amount in annex.of_kind(Kind.AMOUNT)
            for by in (*annex.of_kind(Kind.POPULATION), *annex.volumes)
        ]
        best = min(ways, key=lambda way: len(way.beside), default=None)
        if best is not None and 2 * len(best.beside) <= len(best.people) + 1 and len(best.beside) < len(best.people):
            yield best


def amount_findings(annex: Annex, told_of: Sequence[Finding]) -> list[Finding]:
    """The amounts that are a slip of the hand, or an exchange, from what they are per head, and of which nothing tells."""
    cells = {finding.cell for finding in told_of if finding.severity is not Severity.UPPLYSNING}
    return [
        _finding(heads, i, *right)
        for heads in columns(annex)
        for i in heads.beside
        if annex.values(heads.amount)[i].cell not in cells and (right := _right(heads, i)) is not None
    ]


def explained(annex: Annex, findings: Sequence[Finding]) -> set[str]:
    """The cells per head that are right, beside an amount or a population that a finding says is wrong."""
    wrong = {finding.cell for finding in findings if finding.severity is not Severity.UPPLYSNING}
    rows = {i for i, member in enumerate(annex.members) if any(f.cell in wrong for f in member.figures.values())}
    return {annex.values(heads.column)[i].cell for heads in columns(annex) for i in heads.beside if i in rows}


def _right(heads: Heads, i: int) -> tuple[Fraction, edits.Edit] | None:
    """The amount that was meant, in kronor, and how it went wrong."""
    paid, implied = heads.paid(i), heads.implied(i)
    for j in heads.beside:
        if j != i and heads.holds(i, heads.paid(j)) and heads.holds(j, paid):
            other = heads.annex.members[j].municipality
            text = f"; beloppet har bytt plats med {other.name}"
            return heads.paid(j), edits.Edit(Code.AMOUNT, {"kommunkod": other.code, "kommun": other.name}, text)
    slack = ceil(100 * heads.slack(i))
    edit = edits.explained(int(100 * paid), round(100 * implied), slack)
    if edit is None or edit.code is Code.AMOUNT:
        return None
    factor = Fraction(str(edit.explanation["factor"]))
    exact = paid / factor
    others = {heads.paid(k) for k in range(len(heads.people)) if k not in heads.beside}
    nearest = min(
        (each for each in (exact, *others) if heads.holds(i, each)), key=lambda each: abs(each - exact), default=None
    )
    return (nearest if nearest is not None else Fraction(round(implied)), edit)


def _finding(heads: Heads, i: int, right: Fraction, edit: edits.Edit) -> Finding:
    member, figure = heads.annex.members[i], heads.annex.members[i].figures[heads.amount.letter]
    name = member.municipality.name
    message = (
        f"{name}: {heads.amount.heading} {told(round(100 * heads.paid(i)))} (cell {figure.cell}) går inte ihop med "
        f"{heads.column.heading}, som ger {told(round(100 * right))}{edit.text}."
    )
    effect = {each.municipality.code: 0 for each in heads.annex.members}
    effect[member.municipality.code] = round(heads.paid(i) - right)
    expected: Decimal = kronor(round(100 * right))
    return Finding(
        edit.code, Severity.FEL, message, member.municipality.code, name, heads.amount.heading, heads.annex.sheet,
        figure.cell, expected, figure.value, edit.explanation, effect, "beloppet per invånare",
    )  # fmt: skip
