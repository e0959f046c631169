"""What documents state of payments and costs, held against each other and against the annexes.

A stated "64 tkr" is the interval [63 500, 64 500) kr. Divided by the payer's share it bounds the year's total; payments
of one year that bound totals which do not meet cannot both be true. The audit never says which of them is wrong.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from analys.agreement import Agreement, Version
from analys.allocation.key import Question, is_tariff, weigh
from analys.audit.finding import Code, Finding, Severity
from analys.audit.single import Audit
from analys.errors import AnalysError, Fault, InputError
from analys.evidence import Interval, common
from analys.intake.annex import Kind
from analys.register import regions
from analys.swedish import Number, format_kr, parse_number

FILE: Final = "uppgifter.csv"
COLUMNS: Final = (
    "id", "kommunkod", "kommun", "typ", "period_fran", "period_till", "angivet", "dokument", "stalle", "citat"
)  # fmt: skip
PAYMENT: Final = "betalning"
PAYMENT_PER_YEAR: Final = "betalning per år"
COST_PER_YEAR: Final = "kostnad per år"


@dataclass(frozen=True)
class Statement:
    """One stated amount or range. ``low`` and ``high`` are as written; ``code`` is ``None`` for the service as a whole."""

    id: str
    code: str | None
    name: str
    kind: str
    from_date: dt.date
    to_date: dt.date
    text: str
    low: Number
    high: Number
    document: str
    place: str

    @property
    def interval(self) -> Interval:
        """What the statement allows, its ends as rounded as they are written."""
        return Interval.of_rounded(self.low).span(Interval.of_rounded(self.high))

    @property
    def is_range(self) -> bool:
        return self.low != self.high

    @property
    def source(self) -> str:
        return f"{self.document}, {self.place}"


def read(folder: Path) -> tuple[Statement, ...]:
    """The statements of an agreement's folder; none when it has no such file. Raises :class:`InputError`."""
    file = folder / FILE
    if not file.is_file():
        return ()
    found, faults = [], []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
            header = ", ".join(reader.fieldnames or ())
            raise InputError([Fault(FILE, "row 1", f"the columns {', '.join(missing)}", header, "add the columns")])
        for row in reader:
            try:
                found.append(_statement(row))
            except ValueError as error:
                place = f"row {reader.line_num}"
                faults.append(Fault(FILE, place, str(error), f"{row['id']}: {row['angivet']!r}", "correct the row"))
    if faults:
        raise InputError(faults)
    return tuple(found)


def _statement(row: dict[str, str]) -> Statement:
    low, high = _ends(row["angivet"])
    dates = (dt.date.fromisoformat(row["period_fran"]), dt.date.fromisoformat(row["period_till"]))
    code = row["kommunkod"] or None
    if code is not None and code not in regions():
        raise ValueError(f"a municipality's code, not {code!r}")
    return Statement(
        row["id"], code, row["kommun"], row["typ"], *dates, row["angivet"], low, high, row["dokument"], row["stalle"]
    )


def _ends(text: str) -> tuple[Number, Number]:
    """ "376 tkr" is one number, "47 tkr–64 tkr" two; a range's first number takes the unit of the second."""
    parts = re.split(r"\s*–\s*|\s+till\s+", text)
    if len(parts) > 2:
        raise ValueError("an amount or a range")
    numbers = [parse_number(part) for part in parts]
    if len(numbers) == 2 and numbers[0].unit is None:
        numbers[0] = replace(numbers[0], unit=numbers[1].unit)
    if numbers[0].scaled > numbers[-1].scaled:
        raise ValueError("a range from low to high")
    return numbers[0], numbers[-1]


def in_force(agreement: Agreement, day: dt.date) -> Version | None:
    """The version that governs a day: of those that cover it, the one that began last."""
    covering = [
        version
        for version in agreement.versions
        if version.validity.from_date <= day and (version.validity.to_date is None or day <= version.validity.to_date)
    ]
    return max(covering, key=lambda version: version.validity.from_date, default=None)


def share(agreement: Agreement, code: str, year: int) -> Fraction | None:
    """A member's exact share of a year's cost by the terms in force; ``None`` when a term or a figure is not known."""
    version = in_force(agreement, dt.date(year, 12, 31)) or in_force(agreement, dt.date(year, 1, 1))
    if version is None or isinstance(version.members, str) or isinstance(version.key, str):
        return None
    if is_tariff(version.key):
        return None
    try:
        weights = weigh(version.key, Question(agreement, year, version.members.municipalities))
    except AnalysError:
        return None
    return weights.get(code)


@dataclass(frozen=True)
class Implied:
    """The year's total that one stated payment implies."""

    year: int
    statement: Statement
    share: Fraction
    total: Interval


def implied_totals(agreement: Agreement, statements: Iterable[Statement]) -> tuple[Implied, ...]:
    """Each stated payment of a whole calendar year with the total that it implies; the same payment stated twice once."""
    seen: dict[tuple[int, str, Interval], Implied] = {}
    for statement in statements:
        year = statement.from_date.year
        whole_year = (statement.from_date, statement.to_date) == (dt.date(year, 1, 1), dt.date(year, 12, 31))
        if statement.kind != PAYMENT or statement.code is None or not whole_year:
            continue
        part = share(agreement, statement.code, year)
        if part:
            implied = Implied(year, statement, part, statement.interval / part)
            seen.setdefault((year, statement.code, statement.interval), implied)
    return tuple(seen.values())


def payment_findings(implied: Sequence[Implied], statements: Sequence[Statement]) -> list[Finding]:
    """The years whose stated payments cannot share one total."""
    findings = []
    for year in sorted({each.year for each in implied}):
        of_year = [each for each in implied if each.year == year]
        if len(of_year) < 2 or common(each.total for each in of_year) is not None:
            continue
        told = [
            f"{each.statement.name} {each.statement.text} ger {format_kr(each.total.low)}–{format_kr(each.total.high)}"
            for each in of_year
        ]
        message = (
            f"De angivna betalningarna för {year} kan inte gälla samma totalkostnad: {'; '.join(told)}. "
            "Handlingarna visar inte vilken uppgift som är fel."
        )
        explanation = {
            "year": year,
            "implied_kr": {each.statement.code: [round(each.total.low), round(each.total.high)] for each in of_year},
            "one_digit": [candidate.as_json() for candidate in digit_candidates(of_year)],
        }
        sources = dict.fromkeys(s.source for s in statements for each in of_year if _same(s, each.statement))
        findings.append(
            Finding(
                Code.PAYMENTS_DISAGREE,
                Severity.OFORENLIGT,
                message,
                found="; ".join(f"{each.statement.name} {each.statement.text}" for each in of_year),
                explanation=explanation,
                evidence="; ".join(sources),
            )
        )
    return findings


def _same(first: Statement, second: Statement) -> bool:
    kept = [(s.code, s.kind, s.from_date, s.to_date, s.interval) for s in (first, second)]
    return kept[0] == kept[1]


@dataclass(frozen=True)
class Candidate:
    """A stated payment with one digit changed, after which all of the year's payments can share one total."""

    year: int
    statement: Statement
    text: str
    total: Interval

    def as_json(self) -> dict[str, Any]:
        bounds = [round(self.total.low), round(self.total.high)]
        return {
            "kommunkod": self.statement.code,
            "found": self.statement.text,
            "would_be": self.text,
            "total_kr": bounds,
        }


def digit_candidates(implied: Sequence[Implied]) -> list[Candidate]:
    """Which single changed digit would make one year's payments meet. A question to ask, never a verdict."""
    candidates = []
    for each in implied:
        others = [other.total for other in implied if other is not each]
        for text in _one_digit_off(each.statement.text):
            total = Interval.of_rounded(parse_number(text)) / each.share
            shared = common([total, *others])
            if shared is not None:
                candidates.append(Candidate(each.year, each.statement, text, shared))
    return candidates


def _one_digit_off(text: str) -> Iterator[str]:
    for i, old in enumerate(text):
        if old.isdigit():
            for new in "0123456789":
                leading = new == "0" and not any(c.isdigit() for c in text[:i])
                if new != old and not leading:
                    yield text[:i] + new + text[i + 1 :]


def range_findings(statements: Sequence[Statement], audits: Sequence[Audit]) -> list[Finding]:
    """Ranges that documents state against the amounts that the annexes charge; each range once, with all its sources."""
    findings = []
    seen: set[tuple[str | None, Interval]] = set()
    for statement in statements:
        key = (statement.code, statement.interval)
        if statement.kind not in (PAYMENT_PER_YEAR, COST_PER_YEAR) or key in seen:
            continue
        seen.add(key)
        sources = [s.source for s in statements if (s.code, s.interval) == key]
        for audit in audits:
            findings += _outside(statement, audit, sources)
    return findings


def _outside(statement: Statement, audit: Audit, sources: Sequence[str]) -> Iterator[Finding]:
    annex = audit.annex
    for column in annex.of_kind(Kind.AMOUNT):
        # A charge for more than a year is no yearly amount; one for less is what the member paid that year.
        if (column.period.years or 1) > 1 or not _in_period(statement, column.period.year):
            continue
        if statement.code is None:
            figures = [figure for figure in [annex.total(column)] if figure and column.period.years == 1]
        else:
            figures = [m.figures[column.letter] for m in annex.members if m.municipality.code == statement.code]
        for figure in figures:
            if figure.value in statement.interval or _closed(statement, figure.value):
                continue
            who = f"{statement.name} " if statement.code else ""
            message = (
                f"{who}{column.heading}: bilagan {annex.file} anger {format_kr(figure.value)} (cell {figure.cell}), "
                f"men {sources[0].split(', ')[0]} säger {statement.text} per år."
            )
            yield Finding(
                Code.RANGE,
                Severity.OFORENLIGT,
                message,
                statement.code,
                statement.name or None,
                column.heading,
                annex.sheet,
                figure.cell,
                statement.text,
                figure.value,
                {"file": annex.file, "bounds_kr": [statement.interval.low, statement.interval.high]},
                evidence="; ".join(sources),
            )


def _closed(statement: Statement, value: Any) -> bool:
    return bool(value == statement.interval.high and statement.high.unit in (None, "kr", "kronor"))


def _in_period(statement: Statement, year: int | None) -> bool:
    return year is None or statement.from_date.year <= year <= statement.to_date.year
