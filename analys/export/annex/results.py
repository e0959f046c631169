"""What each inhabitant carries and what is saved: the sheets ``Per invånare`` and ``Besparing``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from analys import burden, population, savings
from analys.account import Amount, Origin, total
from analys.agreement import UNKNOWN
from analys.agreement.model import RefundRule
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag
from analys.export import answers
from analys.export.annex.blocks import Block, Sheets, Shown, population_cell
from analys.export.annex.cells import KR, Column, Formula, Grid
from analys.export.annex.formulas import bounds, high, low
from analys.export.annex.sharing import replacement, stated_cells
from analys.export.annex.sheets import PER_HEAD, SAVING
from analys.export.wording import COMPUTED, underlag
from analys.tables import rows

#: A figure of the first sheet: what it is, its two ends, and what it rests on.
Figure = tuple[str, Formula, Formula, str]


def per_head(sheets: Sheets) -> Grid:
    """Twelve months' cost per inhabitant, by year and source; years without a population yet are left out."""
    prices = burden.latest_prices(sheets.case.agreement_id)
    columns = [Column(c.key, c.heading.format(price_year=prices), c.width, c.shown) for c in PER_HEAD]
    grid = Grid(sheets.book, "Per invånare", columns, sheets.case.name)
    drawn: tuple[int, int, int] | None = None
    for block in sheets.blocks:
        group = [amount for amount in block.amounts if amount.payer.code]
        if block.year > population.latest_year() or not group or not sheets.account.is_whole(group):
            continue
        first = grid.row + 1
        span = (first, first + len(group) - 1)
        if not block.estimated:
            drawn = (block.year, *span)
        for place, amount in enumerate(group):
            grid.add(_rates(sheets, grid, block, amount, group, first + place, span, prices))
    if drawn:
        year, first, last = drawn
        alt = (
            f"Liggande staplar: kronor per invånare {year} för {last - first + 1} kommuner. Talen står i kolumnen Kr per "
            "invånare, lägst."
        )
        grid.bar_chart(
            f"Kr per invånare {year}, tolv månader", "kr per invånare", "lagst", [(str(year), first, last)], alt
        )
    return grid


def _rates(
    sheets: Sheets,
    grid: Grid,
    block: Block,
    amount: Amount,
    group: Sequence[Amount],
    row: int,
    span: tuple[int, int],
    prices: int,
) -> list[Any]:
    """One member's rates: own, in fixed prices, the flat one, and the difference."""
    payer, year = amount.payer, block.year
    persons = {a.payer.key: population.year_end(a.payer.code, year) for a in group}
    cell = population_cell(sheets, payer.code, payer.name, year)
    inhabitants, everyone = grid.at(row, "folkmangd"), f"SUM({grid.span(*span, 'folkmangd')})"
    own = amount.kronor / persons[payer.key]
    flat = total(group) / sum(persons.values())
    rates = [f"({end})/{inhabitants}" for end in block.of(payer.key)]
    flats = [f"({'+'.join(block.of(a.payer.key)[end] for a in group)})/{everyone}" for end in (0, 1)]
    differences = [f"{rate}-{even}" for rate, even in zip(rates, flats, strict=True)]
    deviation = burden.deviation(own, flat)
    return [
        year,
        block.label,
        payer.code,
        payer.name,
        Formula(cell, persons[payer.key]),
        *bounds(own, rates, decimals=9),
        *_fixed(own, rates, year, prices),
        *bounds(flat, flats, decimals=9),
        *bounds(deviation, (f"{which}({','.join(differences)})" for which in ("MIN", "MAX")), decimals=9),
        COMPUTED if amount.underlag is Underlag.DOKUMENTERAD else underlag(amount.underlag),
    ]


def _fixed(own: Interval, rates: Sequence[str], year: int, prices: int) -> Sequence[Formula | None]:
    """The rate in fixed prices; nothing where no index covers both years."""
    try:
        factor = burden.price_factor(year, prices)
    except AnalysError:
        return (None, None)
    shown = [rate if year == prices else f"{rate}*kpi_{prices}/kpi_{year}" for rate in rates]
    return bounds(own * factor, shown, decimals=9)


def savings_sheet(sheets: Sheets) -> tuple[Grid, list[Figure]]:
    """What is saved by the proposed end, by source of the yearly amount; a sentence where that cannot be reckoned."""
    case = sheets.case
    grid = Grid(sheets.book, "Besparing", SAVING, case.name)
    shown: list[Figure] = []
    if case.end is None:
        _say(grid, "Inget beslut eller förslag i underlaget anger när avtalet upphör.")
        return grid, shown
    try:
        ending = savings.termination(case.agreement, case.end)
        frame = answers.savings_by_member(case.agreement_id, case.end)
    except AnalysError as error:
        _say(grid, f"Besparingen kan inte räknas: {error}")
        return grid, shown
    months = Formula(_months(sheets), ending.months)
    series = []
    for according_to in frame["enligt"].unique():
        of_one = frame[frame["enligt"] == according_to]
        first = grid.row + 1
        for row in rows(of_one):
            shown += _saving(sheets, grid, row, months, certain=ending.certain)
        if len(of_one) > 1:
            series.append((f"Enligt {according_to}", first, grid.row))
    if series:
        names = " och ".join(name.lower() for name, _, _ in series)
        full = case.end.year + 1
        alt = f"Liggande staplar per kommun för helåret {full}, {names}. Talen står i kolumnen Helåret, högst."
        grid.bar_chart(f"{case.sign.noun.capitalize()} helåret {full}", "kr", "helar_hogst", series, alt)
    return grid, shown


def _say(grid: Grid, sentence: str) -> None:
    grid.add([sentence, *[None] * (len(SAVING) - 1)])


def _saving(sheets: Sheets, grid: Grid, row: Any, months: Formula, *, certain: bool) -> list[Figure]:
    """One payer's row; returns the figures that the first sheet shows of the member's own."""
    case = sheets.case
    yearly, at = _yearly(sheets, row), grid.row + 1
    part = [f"({end})*{grid.at(at, 'manader')}/12" for end in yearly]
    if not certain:  # no document says whether what has been invoiced comes back
        part[0] = "0"
    estimated = row.underlag == Underlag.SKATTAD
    part_values = (row.innevarande_ar_lagst_kr, row.innevarande_ar_hogst_kr)
    pairs = [
        _with_sign(case.sign.factor, part, part_values, KR if estimated else None),
        _with_sign(case.sign.factor, yearly, (row.helar_lagst_kr, row.helar_hogst_kr), KR if estimated else None),
    ]
    own = row.kommun == case.name
    net: Sequence[Formula | None] = (None, None)
    if own:
        less = replacement(sheets)
        net = _with_sign(
            case.sign.factor,
            [f"({end})-ersattning" for end in yearly],
            (row.helar_lagst_kr - less, row.helar_hogst_kr - less),
        )
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
            *net,
            underlag(row.underlag),
        ]
    )
    if not own:
        return []
    figures: list[Figure] = []
    labels = ((f"{row.ar}, {row.manader} månader", "del"), (f"{row.helar}, helår", "helar"))
    for (label, stem), pair in zip(labels, pairs, strict=True):
        first, last = (
            Formula(grid.ref(at, f"{stem}_{end}"), pair[n].value) for n, end in enumerate(("lagst", "hogst"))
        )
        what = f"{case.sign.noun.capitalize()} {label} (enligt {row.enligt}), kr"
        figures.append((what, first, last, underlag(row.underlag)))
    return figures


def _yearly(sheets: Sheets, row: Any) -> tuple[str, str]:
    """The formulas of the yearly amount's exact ends: in ``Fördelning``, or a stated range in ``Underlag``."""
    for block in sheets.blocks:
        keys = {amount.payer.code: amount.payer.key for amount in block.amounts}
        if (block.year, block.label) == (row.prisniva, row.enligt) and row.kommunkod in keys:
            return block.of(keys[row.kommunkod])
    ranges = sheets.account.stated(row.prisniva, Origin.RANGE)
    return stated_cells(sheets, next(each for each in ranges if each.label == row.enligt))


def _with_sign(
    sign: int, ends: Iterable[str], values: tuple[Decimal, Decimal], shown: str | None = None
) -> tuple[Formula, Formula]:
    first, last = ends
    down, up = low(first), high(last)
    signed = sorted(value * sign for value in values)
    return (
        Formula(f"MIN(tecken*{down},tecken*({up}))", signed[0], shown),
        Formula(f"MAX(tecken*{down},tecken*({up}))", signed[1], shown),
    )


def _months(sheets: Sheets) -> str:
    """The months of the last year that are no longer paid for, by the refund clause then in force."""
    case = sheets.case
    assert case.end
    version = savings.in_force(case.agreement, case.end)
    left = "12-MONTH(slutdatum)"
    if version.refund == UNKNOWN or version.refund.rule is not RefundRule.NONE or version.billing == UNKNOWN:
        return left
    yearly = version.billing.yearly_by
    due = [f"DATE(YEAR(slutdatum),{yearly[0]},{yearly[1]})"] if yearly else []
    due += [f"DATE({i.due.year},{i.due.month},{i.due.day})" for i in version.billing.invoices]
    return f"IF(MIN({','.join(due)})<=slutdatum,0,{left})" if due else left


def at_a_glance(sheets: Sheets) -> list[Figure]:
    """The member's amounts (or the group's sums) of every year, linked to the sheet that they come from.

    What an annex charges stands by the year of its invoice; other years by their twelve months.
    """
    charged = {shown.amount.year for shown in sheets.shown}
    figures = [_linked(sheets, shown.what, [shown.ends], [shown.amount]) for shown in _own(sheets)]
    for block in sheets.blocks:
        if block.year in charged:
            continue
        own = [a for a in block.amounts if sheets.case.member is None or a.payer.code == sheets.case.member.code]
        if own and (sheets.case.member or sheets.account.is_whole(block.amounts)):
            what = f"Tolv månader {block.year} enligt {block.label}"
            figures.append(_linked(sheets, what, [block.of(amount.payer.key) for amount in own], own))
    return figures + ([] if sheets.case.member else _sums(sheets))


def _own(sheets: Sheets) -> list[Shown]:
    member = sheets.case.member
    return [shown for shown in sheets.shown if member and shown.amount.payer.code == member.code]


def _sums(sheets: Sheets) -> list[Figure]:
    """The group's sum of each invoice."""
    by_what: dict[str, list[Shown]] = {}
    for shown in sheets.shown:
        by_what.setdefault(shown.what, []).append(shown)
    return [
        _linked(sheets, what, [shown.ends for shown in each], [shown.amount for shown in each])
        for what, each in by_what.items()
    ]


def _linked(sheets: Sheets, what: str, ends: list[tuple[str, str]], amounts: list[Amount]) -> Figure:
    whole = total(amounts)
    down, up = ("+".join(pair[end] for pair in ends) for end in (0, 1))
    rests_on = max((amount.underlag for amount in amounts), key=list(Underlag).index)
    shown = KR if rests_on is Underlag.SKATTAD else None
    first, last = bounds(whole, (down, up), shown=shown)
    return (f"{what}, kr", first, last, underlag(rests_on))
