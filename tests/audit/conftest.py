"""A clean annex of Östergötland's municipalities, exact shares rounded half up, in which to break one thing."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from analys.audit import Audit, Finding, Severity, audit_file
from analys.population import table as populations
from analys.register import municipalities

Rows = list[list[object]]
TOTAL = 763_900


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


@pytest.fixture
def rows() -> Rows:
    """Heading row, thirteen members in code order (Ödeshög first, Mjölby last), and the totals."""
    members = municipalities("05")
    people = [populations()[member.code, 2017] for member in members]
    lines: Rows = [["Kommun", "Folkmängd 2017", "Andel", "Kostnad 2018"]]
    for member, figure in zip(members, people, strict=True):
        share = half_up(Fraction(figure * 10_000, sum(people)))
        amount = half_up(Fraction(TOTAL * figure, sum(people)))
        lines.append([member.name, figure, f"{share // 100},{share % 100:02}%", amount])
    lines.append(["Total", sum(people), "100,00%", sum(int(str(line[3])) for line in lines[1:])])
    return lines


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., Audit]:
    """Writes rows to a workbook or csv file and audits it."""

    def run(rows: Rows, name: str = "bilaga.xlsx", **options: object) -> Audit:
        path = tmp_path / name
        if path.suffix == ".csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter=";").writerows(rows)
        else:
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
        return audit_file(path, **options)

    return run


def serious(audit: Audit) -> list[Finding]:
    """The findings that are no notes."""
    return [finding for finding in audit.findings if finding.severity is not Severity.UPPLYSNING]
