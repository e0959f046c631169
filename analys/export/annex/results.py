"""What each inhabitant carries and what is saved: the sheets ``Per invånare`` and ``Besparing``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from analys import burden, population, savings
from analys.account import Amount, Origin, total
from analys.agreement import UNKNOWN
from analys.agreement.model import RefundRule
from analys.errors import AnalysError
from analys.evidence import Interval, Underlag
from analys.export import answers
from analys.export.annex.blocks import Block, Sheets, population_cell
from analys.export.annex.cells import Formula, Grid
from analys.export.annex.estimates import stated_cells
from analys.export.annex.formulas import RATE, WHOLE, Outward
from analys.export.annex.settings import replacement
from analys.export.annex.sheets import PER_HEAD, SAVING, SHOWN_ENDS
from analys.export.blocks import Measure
from analys.export.case import Case
from analys.export.headlines import headlines
from analys.export.wording import COMPUTED, underlag
from analys.tables import rows


@dataclass(frozen=True)
class Figure:
    """A headline value of the first sheet: whose figure it follows from, its name, its ends in the sheets or else its
    words, and what it rests on."""

    by: str
    label: str
    ends: tuple[Formula, Formula] | None
    value: str
    underlag: str


def per_head(sheets: Sheets) -> Grid:
    """Twelve months' cost per inhabitant, by year and source; years without a population yet are left out."""
    prices = burden.latest_prices(sheets.case.agreement_id)
    columns = [replace(column, heading=column.heading.format(price_year=prices)) for column in PER_HEAD]
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
            f"Liggande staplar: avvikelse från jämn fördelning {year}, kronor per invånare, för {last - first + 1} "
            "kommuner. Talen står i kolumnen Avvikelse, lägst."
        )
        title = f"Avvikelse från jämn fördelning {year}, tolv månader"
        grid.bar_chart(title, "kr per invånare", "avvikelse_lagst", [(str(year), first, last)], alt)
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
    flats = [f"({end})/{everyone}" for end in block.added(group)]
    differences = [f"{rate}-{even}" for rate, even in zip(rates, flats, strict=True)]
    deviation = burden.deviation(own, flat)
    if sheets.case.member and payer.code == sheets.case.member.code and year == sheets.case.charged_year:
        shown = RATE.bounds(own, (grid.ref(row, "lagst"), grid.ref(row, "hogst")))
        sheets.places[Measure.PER_HEAD, block.label] = shown
    return [
        year,
        block.label,
        payer.code,
        payer.name,
        Formula(cell, persons[payer.key]),
        *RATE.bounds(own, rates),
        *_fixed(own, rates, year, prices),
        *RATE.bounds(flat, flats),
        *RATE.bounds(deviation, (f"{which}({','.join(differences)})" for which in ("MIN", "MAX"))),
        COMPUTED if amount.underlag is Underlag.DOKUMENTERAD else underlag(amount.underlag),
    ]


def _fixed(own: Interval, rates: Sequence[str], year: int, prices: int) -> Sequence[Formula | None]:
    """The rate in fixed prices; nothing where no index covers both years."""
    try:
        factor = burden.price_factor(year, prices)
    except AnalysError:
        return (None, None)
    shown = [rate if year == prices else f"{rate}*kpi_{prices}/kpi_{year}" for rate in rates]
    return RATE.bounds(own * factor, shown)


def savings_sheet(sheets: Sheets) -> Grid:
    """What is saved by the proposed end, by source of the yearly amount; a sentence where that cannot be reckoned."""
    case = sheets.case
    grid = Grid(sheets.book, "Besparing", SAVING, case.name)
    if case.end is None:
        _say(grid, "Inget beslut eller förslag i underlaget anger när avtalet upphör.")
        return grid
    try:
        ending = savings.termination(case.agreement, case.end)
        frame = answers.savings_by_member(case.agreement_id, case.end)
    except AnalysError as error:
        _say(grid, f"Besparingen kan inte räknas: {error}")
        return grid
    series = []
    for according_to, of_one in frame.groupby("enligt", sort=False):
        first = grid.row + 1
        for row in rows(of_one):
            _saving(sheets, grid, ending, row, _yearly(sheets, row))
        if len(of_one) > 1:
            series.append((f"Enligt {according_to}", first, grid.row))
    for row in rows(savings.whole_group(frame)):
        block = sheets.block(row.prisniva, row.enligt)
        if block:
            summed = row._replace(kommunkod=None, kommun="Summa", **_whole(block, ending))
            _saving(sheets, grid, ending, summed, block.added(block.amounts), bold=True)
    if series:
        names = " och ".join(name.lower() for name, _, _ in series)
        full = case.end.year + 1
        alt = f"Liggande staplar per kommun för helåret {full}, {names}. Talen står i kolumnen Helåret, högst."
        grid.bar_chart(f"{case.sign.noun.capitalize()} helåret {full}", "kr", "helar_hogst", series, alt)
    return grid


def _whole(block: Block, ending: savings.Termination) -> dict[str, Fraction]:
    """All payers' saving by one source, from their exact amounts."""
    yearly = total(block.amounts)
    part = savings.saved(yearly, ending.part)
    return {
        "innevarande_ar_lagst_kr": part.low,
        "innevarande_ar_hogst_kr": part.high,
        "helar_lagst_kr": yearly.low,
        "helar_hogst_kr": yearly.high,
    }


def _say(grid: Grid, sentence: str) -> None:
    grid.add([sentence, *[None] * (len(SAVING) - 1)])


def _saving(
    sheets: Sheets, grid: Grid, ending: savings.Termination, row: Any, yearly: tuple[str, str], *, bold: bool = False
) -> None:
    """One payer's row, or that of all together."""
    case, at = sheets.case, grid.row + 1
    part = [f"({end})*{grid.at(at, 'manader')}/12" for end in yearly]
    if not ending.certain:  # no document says whether what has been invoiced comes back
        part[0] = "0"
    block = sheets.block(row.prisniva, row.enligt)
    by = block.precision if block else WHOLE
    less, instead = replacement(sheets), [f"({end})-ersattning" for end in yearly]
    of_part = _with_sign(case, by, part, (row.innevarande_ar_lagst_kr, row.innevarande_ar_hogst_kr))
    of_year = _with_sign(case, by, yearly, (row.helar_lagst_kr, row.helar_hogst_kr))
    net = _with_sign(case, by, instead, (row.helar_lagst_kr - less, row.helar_hogst_kr - less))
    own, mine = row.kommun == case.name, row.kommun == (case.name or "Summa")
    grid.add(
        [
            row.enligt,
            row.kommunkod,
            row.kommun,
            Formula("YEAR(slutdatum)", row.ar),
            Formula(_months(sheets), ending.months),
            *of_part,
            Formula("YEAR(slutdatum)+1", row.helar),
            *of_year,
            *(net if own else (None, None)),
            underlag(row.underlag),
        ],
        bold=bold,
    )
    if mine:
        for measure, stem, ends in (
            (Measure.PART_YEAR, "del", of_part), (Measure.FULL_YEAR, "helar", of_year), (Measure.NET, "netto", net)
        ):  # fmt: skip
            first, last = (
                replace(end, text=grid.ref(at, f"{stem}_{which}"))
                for end, which in zip(ends, ("lagst", "hogst"), strict=True)
            )
            sheets.places[measure, row.enligt] = first, last


def _yearly(sheets: Sheets, row: Any) -> tuple[str, str]:
    """The formulas of the yearly amount's exact ends: in ``Fördelning``, or a stated range in ``Underlag``.

    Raises :class:`AnalysError` where the account has no such amount.
    """
    block = sheets.block(row.prisniva, row.enligt)
    keys = {amount.payer.code: amount.payer.key for amount in block.amounts} if block else {}
    if block and row.kommunkod in keys:
        return block.of(keys[row.kommunkod])
    for stated in sheets.account.stated(row.prisniva, Origin.RANGE):
        if stated.label == row.enligt:
            return stated_cells(sheets, stated)
    raise AnalysError(f"{row.enligt} ({row.prisniva}): underlaget anger inget belopp för {row.kommun}")


def _with_sign(case: Case, by: Outward, ends: Iterable[str], values: tuple[Any, Any]) -> tuple[Formula, Formula]:
    """Two ends with the report's sign, which a reader may switch, and rounded away from each other."""
    exact = Interval(Fraction(values[0]), Fraction(values[1]))
    smaller, larger = sorted(value * case.sign.factor for value in exact.outward(by.decimals))
    both = ",".join(f"tecken*({end.text})" for end in by.bounds(exact, ends))
    return Formula(f"MIN({both})", smaller, by.shown), Formula(f"MAX({both})", larger, by.shown)


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
    """The report's headline values by their own names, a row for each of whom they follow from, linked to the sheet that
    reckons them; one that no sheet reckons stands as it is worded."""
    for block in sheets.blocks:
        _place_yearly(sheets, block)
    return [
        Figure(by, each.label, sheets.places.get((each.measure, by)), each.value, each.underlag)
        for each in headlines(sheets.case)
        for by in each.by
    ]


def _place_yearly(sheets: Sheets, block: Block) -> None:
    """A source's twelve months, of the member or of all, under the headlines that may tell of it."""
    member, amounts = sheets.case.member, block.amounts
    if member:
        amounts = [amount for amount in amounts if amount.payer.code == member.code]
    if not amounts or not (member or sheets.account.is_whole(amounts)):
        return
    low, high = block.precision.bounds(total(amounts), block.added(amounts))
    texts = block.rounded.get(amounts[0].payer.key) if member else None
    if block.total and not member:
        first, last = SHOWN_ENDS
        texts = sheets.sharing.ref(block.total, first), sheets.sharing.ref(block.total, last)
    ends = (replace(low, text=texts[0]), replace(high, text=texts[1])) if texts else (low, high)
    if block.year == sheets.account.years[-1]:
        sheets.places[Measure.LAST_YEAR, block.label] = ends
    if block.year == sheets.case.charged_year:
        sheets.places[Measure.TWELVE_MONTHS, block.label] = ends
