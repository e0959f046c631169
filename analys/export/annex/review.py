"""What the documents print beside what the formulas give: the sheet ``Granskning``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from analys import population
from analys.agreement import UNKNOWN
from analys.audit import Severity
from analys.errors import AnalysError
from analys.export import answers
from analys.export.annex.blocks import Block, Sheets, population_cell
from analys.export.annex.cells import KR, PERCENT, Formula, Grid, Stated
from analys.export.annex.shared_cost import Lines
from analys.export.annex.sheets import REVIEW
from analys.export.case import Case
from analys.reconstruct import outward
from analys.tables import rows

_SEVERITIES: Final = {Severity.FEL: "fel", Severity.OFORENLIGT: "oförenligt", Severity.UPPLYSNING: "upplysning"}


def review_sheet(sheets: Sheets) -> Grid:
    grid = Grid(sheets.book, "Granskning", REVIEW, sheets.case.name)
    _printed(sheets, grid)
    _printed_totals(sheets, grid)
    _stale(sheets, grid)
    _incompatible(sheets, grid)
    audited(grid, sheets.case)
    return grid


def audited(grid: Grid, case: Case) -> None:
    """What the audit of the agreement's folder found, a row each: how grave, where, and in a sentence what."""
    try:
        found = answers.findings(case.agreement_id)
    except AnalysError as error:
        grid.add(["Revision", "kunde inte göras", *[None] * 5, str(error)])
        return
    for about, finding in found:
        kind = _SEVERITIES[finding.severity]
        grid.add([f"Revision: {kind}", about, finding.kommun, finding.cell, None, None, None, finding.message])


def _compare(
    grid: Grid,
    place: Sequence[str | None],
    stated: Decimal | int,
    formula: str,
    value: Decimal | Fraction | int,
    shown: str,
) -> None:
    """One figure of a document beside the formulas' figure."""
    row = grid.row + 1
    difference = Fraction(stated) - Fraction(value)
    verdict = "stämmer" if difference == 0 else "avviker"
    grid.add(
        [
            *place,
            Stated(stated, shown),
            Formula(formula, value, shown),
            Formula(f"ROUND({grid.at(row, 'dokument')}-{grid.at(row, 'formel')},6)", difference, shown),
            Formula(f'IF({grid.at(row, "skillnad")}=0,"stämmer","avviker")', verdict),
        ]
    )


def _printed(sheets: Sheets, grid: Grid) -> None:
    for row in rows(answers.figures(sheets.case.agreement_id)):
        version = {heading: lines for (of, heading), lines in sheets.columns.items() if of == row.version}
        lines = version.get(row.kolumn) or next(iter(version.values()))
        at = lines.first + _place(sheets, lines, row.kommunkod)
        place = [f"Bilagans {row.storhet} mot regeln", f"bilaga {row.version}: {row.kolumn}", row.kommun, row.cell]
        if row.storhet == "andel":
            decimals = -row.tryckt.as_tuple().exponent
            formula = f"ROUND({sheets.sharing.ref(at, 'andel')},{decimals})"
            _compare(grid, place, row.tryckt, formula, row.enligt_regel, PERCENT)
        else:
            _compare(grid, place, row.tryckt, sheets.sharing.ref(at, "lagst"), row.enligt_regel, KR)


def _place(sheets: Sheets, lines: Lines, code: str) -> int:
    codes = [sheets.sharing.sheet.cell(row, 3).value for row in range(lines.first, lines.last + 1)]
    return codes.index(code)


def _printed_totals(sheets: Sheets, grid: Grid) -> None:
    for row in rows(answers.rules(sheets.case.agreement_id)):
        if row.tryckt_summa_kr is None:
            continue
        lines = sheets.columns[row.version, row.kolumn]
        ruled = sum(Fraction(value) for value in _ruled(sheets, row.version, row.kolumn))
        place = ["Bilagans tryckta summa mot beloppens", f"bilaga {row.version}: {row.kolumn}", "Summa", None]
        _compare(grid, place, row.tryckt_summa_kr, sheets.sharing.ref(lines.total, "lagst"), ruled, KR)


def _ruled(sheets: Sheets, version: str, heading: str) -> list[Decimal]:
    columns = answers.amount_columns(sheets.case.agreement_id)
    (column,) = [c for c in columns if c.version.id == version and c.heading == heading]
    return [Decimal(ore) / 100 for ore in column.by_rule()]


def _stale(sheets: Sheets, grid: Grid) -> None:
    for version in sheets.case.agreement.versions:
        columns = [c for c in answers.amount_columns(sheets.case.agreement_id) if c.version.id == version.id]
        for column in columns[:1]:
            needed = [] if version.key == UNKNOWN else version.key.needs(column.year)
            date = needed[0].date if len(needed) == 1 else None
            if date is None or (date.month, date.day) != (12, 31):
                continue
            year = date.year
            for member, persons in zip(column.members, column.populations, strict=True):
                official = population.year_end(member.code, year)
                place = ["Bilagans folkmängd mot SCB", f"{version.name}, {year}-12-31", member.name, None]
                cell = population_cell(sheets, member.code, member.name, year)
                _compare(grid, place, persons, cell, official, KR)


def _incompatible(sheets: Sheets, grid: Grid) -> None:
    frame = answers.totals_by_year(sheets.case.agreement_id)
    for year in sorted(frame.loc[frame["oforenlig"], "ar"].unique()):
        blocks = sorted((b for b in sheets.blocks if b.year == year and b.statement), key=_total_low)
        lower, upper = blocks[0], blocks[-1]
        assert lower.statement
        assert upper.statement
        row = grid.row + 1
        top, bottom = outward(lower.statement.total)[1], outward(upper.statement.total)[0]
        grid.add(
            [
                f"Totalkostnad {year}: högst enligt {lower.label}, lägst enligt {upper.label}",
                f"{year}",
                "Summa",
                None,
                Formula(sheets.sharing.ref(lower.lines.total, "hogst"), top),
                Formula(sheets.sharing.ref(upper.lines.total, "lagst"), bottom),
                Formula(f"{grid.at(row, 'formel')}-{grid.at(row, 'dokument')}", bottom - top),
                Formula(
                    f'IF({grid.at(row, "skillnad")}>=0,"oförenliga: båda uppgifterna kan inte stämma","kan båda stämma")',
                    "oförenliga: båda uppgifterna kan inte stämma",
                ),
            ]
        )


def _total_low(block: Block) -> Fraction:
    assert block.statement
    return block.statement.total.low
