"""What the documents print beside what the formulas give: the sheet ``Granskning``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from analys.account import Origin, reproduced
from analys.audit import Severity
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.export import answers
from analys.export.annex.blocks import Sheets, population_cell, year_end
from analys.export.annex.cells import KR, PERCENT, Formula, Grid, Stated
from analys.export.annex.shared_cost import Lines
from analys.export.annex.sheets import REVIEW
from analys.export.case import Case
from analys.tables import rows

_SEVERITIES: Final = {Severity.FEL: "fel", Severity.OFORENLIGT: "oförenligt", Severity.UPPLYSNING: "upplysning"}


def review_sheet(sheets: Sheets) -> tuple[Grid, int]:
    """The sheet, and the last of the rows that are printed: what each figure of the annexes is held against comes after."""
    grid = Grid(sheets.book, "Granskning", REVIEW, sheets.case.name)
    audited(grid, sheets.case)
    for lacking in sheets.account.lacking:
        grid.add(["Saknas", None, None, None, None, None, None, lacking])
    _incompatible(sheets, grid)
    _printed_totals(sheets, grid)
    _stale(sheets, grid)
    told = grid.row
    _printed(sheets, grid)
    return grid, told


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
        if year.stated_ore is None:
            continue
        for block in (each for each in sheets.blocks if (each.year, each.origin) == (year.year, Origin.TERMS)):
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
        (below, most), (above, least) = _total(sheets, lower, "hogst"), _total(sheets, upper, "lagst")
        difference = f"{grid.at(row, 'formel')}-{grid.at(row, 'dokument')}"
        verdict = "oförenliga: båda uppgifterna kan inte stämma, om alla delar efter en nyckel"
        grid.add(
            [
                f"Totalkostnad {year}: högst enligt {lower.enligt}, lägst enligt {upper.enligt}",
                f"{year}",
                "Summa",
                None,
                Formula(below, most, KR),
                Formula(above, least, KR),
                Formula(difference, least - most, KR),
                Formula(f'IF({grid.at(row, "skillnad")}>=0,"{verdict}","kan båda stämma")', verdict),
            ]
        )


def _total(sheets: Sheets, row: Any, end: str) -> tuple[str, Decimal]:
    """The total that a statement implies, in whole kronor: its cell, or its value where it heads no year."""
    low, high = Interval(Fraction(row.lagst_kr), Fraction(row.hogst_kr)).outward(0)
    value = high if end == "hogst" else low
    block = sheets.block(row.ar, row.enligt)
    return sheets.sharing.ref(block.total, end) if block and block.total else str(value), value
