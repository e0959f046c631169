"""What each inhabitant carries and what is saved: the sheets ``Per invånare`` and ``Besparing``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from analys import burden, population, savings
from analys.agreement import UNKNOWN
from analys.agreement.model import RefundRule
from analys.evidence import Interval, Underlag
from analys.export import answers
from analys.export.annex.blocks import Block, Sheets, population_cell
from analys.export.annex.cells import Column, Formula, Grid
from analys.export.annex.formulas import bounds, high, low
from analys.export.annex.shared_cost import Lines
from analys.export.annex.sheets import EXACT_ENDS, PER_HEAD, SAVING
from analys.export.case import Case
from analys.export.wording import COMPUTED, DOCUMENTED, ESTIMATED, underlag
from analys.reconstruct import Amount
from analys.tables import rows


def per_head(sheets: Sheets) -> Grid:
    columns = [Column(c.key, c.heading.format(price_year=burden.PRICE_YEAR), c.width, c.shown) for c in PER_HEAD]
    grid = Grid(sheets.book, "Per invånare", columns, sheets.case.name)
    starts: dict[str, tuple[int, int]] = {}
    for block in sheets.blocks:
        first = grid.row + 1
        span = (first, first + len(block.amounts) - 1)
        starts[block.label if block.statement is None else ""] = span
        for place, amount in enumerate(block.amounts):
            grid.add(_rates(sheets, grid, block, place, amount, span))
    first, last = next(reversed([span for label, span in starts.items() if label]))
    year = next(reversed([block.year for block in sheets.blocks if block.statement is None]))
    alt = (
        f"Liggande staplar: kronor per invånare {year} för {last - first + 1} kommuner. Talen står i kolumnen Kr per "
        "invånare, lägst."
    )
    grid.bar_chart(f"Kr per invånare {year}", "kr per invånare", "lagst", [(str(year), first, last)], alt)
    return grid


def _rates(sheets: Sheets, grid: Grid, block: Block, place: int, amount: Amount, span: tuple[int, int]) -> list[Any]:
    """One member's rates: own, in fixed prices, the flat one, and the difference."""
    row, at = span[0] + place, sheets.sharing.ref
    member, year = amount.municipality, block.year
    persons = {a.municipality.code: population.year_end(a.municipality.code, year) for a in block.amounts}
    cell = population_cell(sheets, member.code, member.name, year)
    source = block.lines.first + place
    # An annexed amount is the rounded one that was charged; an estimate is divided before it is rounded.
    kept = ("lagst", "hogst") if block.statement is None else EXACT_ENDS
    paid = [at(source, key) for key in kept]
    inhabitants, everyone = grid.at(row, "folkmangd"), f"SUM({grid.span(*span, 'folkmangd')})"
    totals = [f"SUM({paid_by_all})" for paid_by_all in (_range(sheets.sharing, block.lines, key) for key in kept)]
    factor = f"kpi_{burden.PRICE_YEAR}/kpi_{year}"
    own = amount.kronor / persons[member.code]
    flat = sum((a.kronor for a in block.amounts), Interval.point(0)) / sum(persons.values())
    rates = [f"{kronor}/{inhabitants}" for kronor in paid]
    flats = [f"{total}/{everyone}" for total in totals]
    differences = [f"{rate}-{even}" for rate, even in zip(rates, flats, strict=True)]
    ends = sorted((own.low - flat.low, own.high - flat.high))
    return [
        year,
        block.label,
        member.code,
        member.name,
        Formula(cell, persons[member.code]),
        *bounds(own, rates, decimals=9),
        *bounds(own * burden.price_factor(year), (f"{rate}*{factor}" for rate in rates), decimals=9),
        *bounds(flat, flats, decimals=9),
        *bounds(Interval(*ends), (f"{which}({','.join(differences)})" for which in ("MIN", "MAX")), decimals=9),
        COMPUTED if amount.underlag is Underlag.DOKUMENTERAD else underlag(amount.underlag),
    ]


def _range(grid: Grid, lines: Lines, key: str) -> str:
    return f"{grid.ref(lines.first, key)}:{grid.at(lines.last, key)}"


def savings_sheet(sheets: Sheets) -> tuple[Grid, list[tuple[str, Formula, Formula, str]]]:
    case = sheets.case
    grid = Grid(sheets.book, "Besparing", SAVING, case.name)
    shown: list[tuple[str, Formula, Formula, str]] = []
    if case.end is None:
        grid.add(["Inget beslut eller förslag i underlaget anger när avtalet upphör.", *[None] * (len(SAVING) - 1)])
        return grid, shown
    frame = answers.savings_by_member(case.agreement_id, case.end)
    months = Formula(_months(case, case.end), savings.termination(case.agreement, case.end).months)
    series = []
    for according_to in frame["enligt"].unique():
        of_one = frame[frame["enligt"] == according_to]
        first = grid.row + 1
        for row in rows(of_one):
            yearly = _yearly(sheets, row.kommunkod, according_to)
            at = grid.row + 1
            part = [f"{end}*{grid.at(at, 'manader')}/12" for end in yearly]
            pairs = [
                _with_sign(case, part, (row.innevarande_ar_lagst_kr, row.innevarande_ar_hogst_kr)),
                _with_sign(case, yearly, (row.helar_lagst_kr, row.helar_hogst_kr)),
            ]
            rests_on = COMPUTED if row.underlag == Underlag.DOKUMENTERAD else ESTIMATED
            grid.add(
                [
                    row.enligt,
                    row.kommunkod,
                    row.kommun,
                    Formula("YEAR(slutdatum)", row.ar),
                    months,
                    *pairs[0],
                    Formula("YEAR(slutdatum)+1", row.helar),
                    *pairs[1],
                    rests_on,
                ]
            )
            if row.kommun == case.name:
                for label, stem in ((f"{row.ar}, {row.manader} månader", "del"), (f"{row.helar}, helår", "helar")):
                    ends = [
                        Formula(grid.ref(at, f"{stem}_{end}"), value.value)
                        for end, value in zip(("lagst", "hogst"), pairs[stem == "helar"], strict=True)
                    ]
                    what = f"{case.sign.noun.capitalize()} {label} (enligt {row.enligt}), kr"
                    shown.append((what, ends[0], ends[1], rests_on))
        if len(of_one) > 1:
            series.append((f"Enligt {according_to}", first, grid.row))
    names = " och ".join(name.lower() for name, _, _ in series)
    alt = f"Liggande staplar per kommun för helåret {case.end.year + 1}, {names}. Talen står i kolumnen Helåret, högst."
    grid.bar_chart(f"{case.sign.noun.capitalize()} helåret {case.end.year + 1}", "kr", "helar_hogst", series, alt)
    return grid, shown


def _yearly(sheets: Sheets, code: str, according_to: str) -> tuple[str, str]:
    """The addresses of the yearly amount's exact ends: in ``Fördelning``, or a stated range in ``Underlag``."""
    for block in reversed(sheets.blocks):
        if block.label == according_to and not (block.statement and block.statement.is_range):
            codes = [amount.municipality.code for amount in block.amounts]
            row = block.lines.first + codes.index(code)
            return sheets.sharing.ref(row, "exakt_lagst"), sheets.sharing.ref(row, "exakt_hogst")
    return sheets.statements[according_to]


def _with_sign(case: Case, ends: Iterable[str], values: tuple[Decimal, Decimal]) -> tuple[Formula, Formula]:
    first, last = ends
    down, up = low(first), high(last)
    signed = sorted(value * case.sign.factor for value in values)
    return (
        Formula(f"MIN(tecken*{down},tecken*({up}))", signed[0]),
        Formula(f"MAX(tecken*{down},tecken*({up}))", signed[1]),
    )


def _months(case: Case, end: dt.date) -> str:
    """The months of the last year that are no longer paid for, by the refund clause then in force."""
    version = max((v for v in case.agreement.versions if v.in_force(end)), key=lambda v: v.valid_from)
    left = "12-MONTH(slutdatum)"
    if version.refund != UNKNOWN and version.refund.rule is RefundRule.NONE and version.billing != UNKNOWN:
        yearly = version.billing.yearly_by
        due = [f"DATE(YEAR(slutdatum),{yearly[0]},{yearly[1]})"] if yearly else []
        due += [f"DATE({i.due.year},{i.due.month},{i.due.day})" for i in version.billing.invoices]
        if due:
            return f"IF(MIN({','.join(due)})<=slutdatum,0,{left})"
    return left


def at_a_glance(sheets: Sheets) -> list[tuple[str, Formula, Formula, str]]:
    """The member's amounts (or the group's sums) of every year, linked to the sheet that they come from."""
    shown = []
    for block in sheets.blocks:
        codes = [amount.municipality.code for amount in block.amounts]
        member = sheets.case.member
        if member is not None and member.code not in codes:
            continue
        row = block.lines.total if member is None else block.lines.first + codes.index(member.code)
        grid = sheets.sharing
        ends = [sheets.book.values["Fördelning", grid.at(row, key).replace("$", "")] for key in ("lagst", "hogst")]
        if member is None:
            rests_on = ESTIMATED if block.statement else DOCUMENTED
        else:
            rests_on = block.underlag[codes.index(member.code)]
        what = f"Betalat {block.year} (enligt {block.label}), kr"
        shown.append(
            (what, Formula(grid.ref(row, "lagst"), ends[0]), Formula(grid.ref(row, "hogst"), ends[1]), rests_on)
        )
    return shown
