"""Every numeric column and printed total is answered for: explained, contradicted by a finding, or not audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from analys.audit.case import Case
from analys.audit.contradictions import TOTALS
from analys.audit.finding import Code, Finding, Severity
from analys.audit.relations import Related, Relations
from analys.audit.rule import said
from analys.intake.annex import Annex, Column, Figure, Kind
from analys.swedish import format_number, format_percent

_NUMERIC: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT, Kind.PER_HEAD, Kind.OTHER)
#: The part of the whole by which shares may differ from it and still be unrounded: what a spreadsheet's floats leave.
_FLOATS: Final = Fraction(1, 10**9)
_NOT_WHOLE: Final = "alla rader har inte en siffra"


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


# -- the cells that do not follow as their column does -----------------------------------------------------------------


def relation_findings(annex: Annex) -> list[Finding]:
    """The cells of columns per head, of changes and of sums that do not follow as the column's other cells do."""
    relations, findings = Relations(annex), list[Finding]()
    for column in (*annex.of_kind(Kind.PER_HEAD), *annex.volumes):
        best = relations.best(column) if column.letter in relations.numbers else None
        if best is not None:
            findings += [_beside(annex, column, int(i), best) for i in (~best.hits).nonzero()[0]]
    return findings


def _beside(annex: Annex, column: Column, i: int, relation: Related) -> Finding:
    member = annex.members[i]
    name, figure = member.municipality.name, member.figures[column.letter]
    exact = relation.expected[i]
    right = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(figure.step)
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


# -- one answer a column and a total -----------------------------------------------------------------------------------


def answers(case: Case, whole: Annex, findings: Sequence[Finding]) -> tuple[Answer, ...]:
    """One answer a numeric column of ``whole``, and one a printed total, in the table's order."""
    relations = Relations(case.annex)
    answered = [_Column(case, relations, column, _serious(findings, column)) for column in _with_figures(whole)]
    return tuple(answer for each in answered for answer in each.answers(whole))


def _with_figures(annex: Annex) -> Iterator[Column]:
    held = {letter for member in annex.members for letter in member.figures}
    return (column for column in annex.columns if column.kind in _NUMERIC and column.letter in held)


def _serious(findings: Sequence[Finding], column: Column) -> list[Finding]:
    return [f for f in findings if f.column == column.heading and f.severity is not Severity.UPPLYSNING]


@dataclass(frozen=True)
class _Column:
    """A column that is answered for, with the serious findings in it."""

    case: Case
    relations: Relations
    column: Column
    findings: Sequence[Finding]

    def answers(self, whole: Annex) -> Iterator[Answer]:
        yield self._of_rows()
        total = whole.total(self.column)
        if total is not None:
            yield Answer(self.column, total.cell, *self._of_total(total), is_total=True)
        yield from self._of_sections(whole)

    @property
    def is_whole(self) -> bool:
        return self.column.letter in self.relations.numbers

    def _of_rows(self) -> Answer:
        """What is wrong in the column, else what explains it."""
        own = [f for f in self.findings if not f.code.startswith("total") or f.cell == self.column.cell]
        status, why = Status.CONTRADICTED, f"{len(own)} fynd"
        if not own:
            why = self._relation() if self.is_whole else ""
            status = Status.EXPLAINED if why else Status.UNSEEN
        return Answer(self.column, self.column.cell, status, why or self._unseen())

    def _relation(self) -> str:
        """The first relation that explains the column; "" where none does."""
        return next(filter(None, (way(self) for way in _WAYS.get(self.column.kind, _ANY))), "")

    def _unseen(self) -> str:
        """Why the column was not audited."""
        return _UNSEEN.get(self.column.kind, _UNRELATED) if self.is_whole else _NOT_WHOLE

    def _of_total(self, total: Figure) -> tuple[Status, str]:
        if any(finding.cell == total.cell for finding in self.findings):
            return Status.CONTRADICTED, "summan har ett fynd"
        if not self.is_whole:
            return Status.UNSEEN, _NOT_WHOLE
        numbers = self.relations.numbers[self.column.letter]
        own, slack = numbers.values.sum(), Fraction(total.step) / 2 + numbers.half.sum()
        beside = (0, sum(self.case.beside(self.column)), sum(self.case.annex.beside(self.column)))
        if any(abs(Fraction(total.value) - own - Fraction(each)) <= slack for each in beside):
            return Status.EXPLAINED, "radernas summa"
        best = self.relations.best(self.column)
        if best and self.relations.holds_of_total(self.column, best):
            return Status.EXPLAINED, f"{best.text}, av summorna"
        return _OTHER_TOTALS[self.column.kind]

    def _of_sections(self, whole: Annex) -> Iterator[Answer]:
        """The totals that are a section's own; one that its rows do not add to has a finding."""
        wrong = {finding.cell for finding in self.findings}
        for section in whole.sections if self.column.kind in TOTALS else ():
            summed = Status.EXPLAINED, f"radernas summa i {section.label or 'avsnittet'}"
            for total in (
                row.figures[self.column.letter] for row in section.totals if self.column.letter in row.figures
            ):
                told = (Status.CONTRADICTED, "summan har ett fynd") if total.cell in wrong else summed
                yield Answer(self.column, total.cell, *told, is_total=True)


# -- what explains a column: each way gives the relation's words, or "" -------------------------------------------------


def _statistics(each: _Column) -> str:
    stated = next((own for own in each.case.inputs if own.column == each.column), None)
    if stated is None:
        return ""
    if stated.found and stated.expected == stated.found:
        return f"SCB:s folkmängd {stated.date}"
    if any("between" in finding.explanation for finding in stated.findings):
        return "mellan SCB:s folkmängd vid två årsskiften"
    return "SCB:s folkmängd, avrundad" if stated.rounded_to > 1 else ""


def _shares(each: _Column) -> str:
    """What the shares are of, and what they add to where that is not the whole: rounding, or findings tell why."""
    derived = dict(each.case.shares).get(each.column)
    told = "delar av folkmängden eller en annan kolumn" if derived and all(derived.hits) else ""
    if not told and any(rule.key.name == "shares" and rule.trusted for rule in each.case.rules.values()):
        told = "andelarna som beloppen följer"
    told = told or _related(each)
    numbers = each.relations.numbers[each.column.letter]
    apart = abs(numbers.values.sum() - 1)
    if not told or not _FLOATS < apart <= numbers.half.sum():
        return told
    digits = max(figure.decimals for figure in each.case.annex.values(each.column))
    return f"{told}; avrundade blir de {format_percent(numbers.values.sum(), max(0, digits - 2))}"


def _rule(each: _Column) -> str:
    rule = each.case.rules.get(each.column.letter)
    return f"regeln: {rule.structure or said(rule.key.name)}" if rule and rule.is_worth_telling else ""


def _key(each: _Column) -> str:
    keys = {rule.key.name for rule in each.case.rules.values() if rule.trusted}
    return "nyckeln som beloppen följer" if each.column.heading in keys else ""


def _related(each: _Column) -> str:
    best = each.relations.best(each.column)
    return best.text if best and best.is_whole else ""


_Way = Callable[[_Column], str]
_ANY: Final[tuple[_Way, ...]] = (_rule, _key, _related)
#: The ways of the kinds that have some of their own.
_WAYS: Final[Mapping[Kind, tuple[_Way, ...]]] = {Kind.POPULATION: (_statistics, *_ANY), Kind.SHARE: (_shares, *_ANY)}
_UNRELATED: Final = "ingen relation till de andra kolumnerna funnen"
_UNSEEN: Final = {
    Kind.POPULATION: "SCB:s tal för kolumnens datum eller ålder finns inte här",
    Kind.AMOUNT: "ingen regel funnen",
}
#: What a printed total is that the rows do not add to, and that no finding tells of.
_SHARED_OUT: Final = (Status.EXPLAINED, "det hela som fördelades")
_OTHER_TOTALS: Final = {
    Kind.POPULATION: _SHARED_OUT,
    Kind.SHARE: _SHARED_OUT,
    Kind.AMOUNT: _SHARED_OUT,
    Kind.PER_HEAD: (Status.UNSEEN, "ett snitt eller en summa av belopp per invånare"),
    Kind.OTHER: (Status.UNSEEN, "inte radernas summa"),
}


def closing(found: Sequence[Answer], has_rule: bool, has_findings: bool) -> str:
    """The line that closes an annex: "Inga fynd" only where everything is answered for."""
    unseen = sum(answer.status is Status.UNSEEN for answer in found)
    told = f"{unseen} av {len(found)} kolumner och summor inte granskade."
    if unseen:
        return told if has_rule else f"Ingen regel funnen; {told}"
    return "" if has_findings else "Inga fynd."
