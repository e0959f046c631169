"""What the documents print beside what the formulas give: the sheet ``Granskning``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from analys.account import Origin, reproduced
from analys.audit import Severity
from analys.errors import AnalysError
from analys.export import answers
from analys.export.annex.blocks import Sheets, population_cell, year_end
from analys.export.annex.cells import KR, PERCENT, Formula, Grid, Stated
from analys.export.annex.shared_cost import Lines
from analys.export.annex.sheets import REVIEW
from analys.export.case import Case
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
    stated: Decimal | Fraction | int,
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
        named = {heading: lines for (of, heading), lines in sheets.columns.items() if of == row.version}
        lines = named.get(row.kolumn) or next(iter(named.values()))
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
    """The sums that the annexes print, and those that the documents state beside the terms' amounts."""
    for ruled in reproduced.columns(sheets.account.folder):
        column = ruled.column
        if column.printed_total is None:
            continue
        lines = sheets.columns[column.annex.name, column.heading]
        whole = Fraction(sum(ruled.shared.amounts_ore.values()), 100)
        place = ["Bilagans tryckta summa mot beloppens", f"{column.annex.label}: {column.heading}", "Summa", None]
        _compare(grid, place, column.printed_total.value, sheets.sharing.ref(lines.total, "lagst"), whole, KR)
    for year in sheets.account.shared:
        block = next((b for b in sheets.blocks if (b.year, b.origin) == (year.year, Origin.TERMS)), None)
        if block and year.stated_ore is not None:
            charged = "+".join(block.ends[amount.payer.key][0] for amount in block.amounts)
            place = ["Handlingens summa mot beloppens", str(year.year), "Summa", None]
            _compare(grid, place, Fraction(year.stated_ore, 100), charged, Fraction(year.charged_ore, 100), KR)


def _stale(sheets: Sheets, grid: Grid) -> None:
    """The annexes' populations beside SCB's of the day that they state."""
    for attached in sheets.account.folder.annexes:
        try:
            frame = answers.stale_population(sheets.case.agreement_id, attached.name)
        except AnalysError:  # no population of a stated day
            continue
        day = answers.stale_day(sheets.case.agreement_id, attached.name)
        year = year_end(day)
        for row in rows(frame):
            place = ["Bilagans folkmängd mot SCB", f"{attached.label}, {day}", row.kommun, None]
            if year is not None:
                cell = population_cell(sheets, row.kommunkod, row.kommun, year)
                _compare(grid, place, row.folkmangd_bilaga, cell, row.folkmangd_scb, KR)


def _incompatible(sheets: Sheets, grid: Grid) -> None:
    frame = answers.implied_totals(sheets.case.agreement_id)
    for year in sorted(frame.loc[frame["oforenlig"], "ar"].unique()):
        of_year = frame[frame["ar"] == year]
        lower, *_, upper = rows(of_year)
        row = grid.row + 1
        ends = [
            Formula(_total(sheets, year, lower.enligt, "hogst"), lower.hogst_kr),
            Formula(_total(sheets, year, upper.enligt, "lagst"), upper.lagst_kr),
        ]
        difference = f"{grid.at(row, 'formel')}-{grid.at(row, 'dokument')}"
        verdict = "oförenliga: båda uppgifterna kan inte stämma, om alla delar efter en nyckel"
        grid.add(
            [
                f"Totalkostnad {year}: högst enligt {lower.enligt}, lägst enligt {upper.enligt}",
                f"{year}",
                "Summa",
                None,
                *ends,
                Formula(difference, upper.lagst_kr - lower.hogst_kr),
                Formula(f'IF({grid.at(row, "skillnad")}>=0,"{verdict}","kan båda stämma")', verdict),
            ]
        )


def _total(sheets: Sheets, year: int, label: str, end: str) -> str:
    """The address of the total that a statement implies, or its value where it heads no year."""
    block = next((b for b in sheets.blocks if (b.year, b.label) == (year, label) and b.total), None)
    if block and block.total:
        return sheets.sharing.ref(block.total, end)
    frame = answers.implied_totals(sheets.case.agreement_id)
    (row,) = rows(frame[(frame["ar"] == year) & (frame["enligt"] == label)])
    return str(getattr(row, f"{end}_kr"))
