"""The annex of an agreement that only its terms are known of: each year's cost, shared by the weights of its key."""

from __future__ import annotations

from fractions import Fraction

from analys.allocation.charge import Shared
from analys.allocation.year import YearAllocation
from analys.export.allocated import sources, years_shared
from analys.export.annex.cells import KR_ORE, PERSONS, YEAR, Book, Column, Formula, Grid
from analys.export.annex.review import audited
from analys.export.annex.shared_cost import Sharing, share
from analys.export.annex.sheets import REVIEW, SAVING, SHARING, Inputs
from analys.export.case import Case
from analys.export.wording import underlag
from analys.swedish import quantize

_PER_HEAD = (
    Column("ar", "År", 7, YEAR),
    Column("kommun", "Kommun", 22),
    Column("folkmangd", "Invånare", 12, PERSONS),
    Column("belopp", "Belopp, kr", 14, KR_ORE),
    Column("lagst", "Kr per invånare", 12, KR_ORE),
    Column("underlag", "Underlag", 15),
)


def write(book: Book, case: Case) -> list[tuple[str, Formula, Formula, str]]:
    """Fill the sheets; returns the figures that the first sheet shows: label, low, high, what they rest on."""
    inputs, grid = Inputs(book, case.name), Grid(book, "Fördelning", SHARING, case.name)
    per_head = Grid(book, "Per invånare", _PER_HEAD, case.name)
    shown: list[tuple[str, Formula, Formula, str]] = []
    years = years_shared(case)
    for year in years:
        cells = [_share(inputs, grid, case, year, place) for place in range(len(year.periods))]
        shown += _rates(inputs, per_head, case, year, cells)
    saving, review = Grid(book, "Besparing", SAVING), Grid(book, "Granskning", REVIEW)
    saving.add(["Underlaget anger inte vad kommunerna har betalat.", *[None] * (len(SAVING) - 1)])
    _review(review, years, grid)
    audited(review, case)
    for sheet in (inputs.grid, grid, per_head, saving, review):
        sheet.finish()
    return shown


def _share(inputs: Inputs, grid: Grid, case: Case, year: YearAllocation, place: int) -> dict[str, str]:
    """One period's cost and weights as inputs, and its sharing; returns each payer's amount's address."""
    shared = year.periods[place]
    label = str(year.year) if len(year.periods) == 1 else f"{shared.period.first} till {shared.period.last}"
    source, rests_on = sources(case), underlag(year.underlag)
    names = {row.payer: row.name for row in year.rows}
    cost = inputs.add("Kostnad att fördela", label, Fraction(shared.total_ore, 100), "kr", rests_on, source)
    weights = shared.charge.weights
    cells = [
        inputs.add("Nyckeltal", label, weight, "", rests_on, source, place=(payer, names[payer]))
        for payer, weight in weights.items()
    ]
    first = grid.row + 1
    if _has_formula(shared):
        share(
            grid,
            Sharing(
                label,
                year.year,
                cost,
                Fraction(shared.total_ore, 100),
                [(payer, names[payer]) for payer in weights],
                cells,
                list(weights.values()),
                [shared.parts[payer] for payer in weights],
                [shared.amounts_ore[payer] for payer in weights],
                shared.charge.rule,
                shared.charge.problem(shared.total_ore).host,
                rests_on,
                shared.period.version.name,
            ),
        )
    else:
        _as_values(grid, year, shared, label, names)
    return {payer: grid.ref(first + n, "lagst") for n, payer in enumerate(weights)}


def _has_formula(shared: Shared) -> bool:
    """Tariffs make the total themselves, and divisor methods search for it: neither is one cell's formula."""
    return shared.charge.is_proportional


def _as_values(grid: Grid, year: YearAllocation, shared: Shared, label: str, names: dict[str, str]) -> None:
    for payer, ore in shared.amounts_ore.items():
        amount = Fraction(ore, 100)
        grid.add(
            [
                f"{label} (värden, ingen formel)",
                year.year,
                payer,
                names[payer],
                shared.charge.weights[payer],
                shared.parts[payer],
                amount,
                amount,
                amount,
                amount,
                underlag(year.underlag),
                shared.period.version.name,
            ]
        )


def _rates(
    inputs: Inputs, grid: Grid, case: Case, year: YearAllocation, cells: list[dict[str, str]]
) -> list[tuple[str, Formula, Formula, str]]:
    shown = []
    rests_on = underlag(year.underlag)
    for row in year.rows:
        amount = Formula(
            "+".join(each[row.payer] for each in cells if row.payer in each), Fraction(row.amount_ore, 100)
        )
        if row.name == case.name or (case.member is None and row.code == ""):
            shown.append((f"{row.name} {year.year}, kr", amount, amount, rests_on))
        if row.inhabitants is None or row.per_head is None:
            continue
        persons = inputs.add(
            "Invånare",
            str(year.year),
            row.inhabitants,
            "personer",
            "dokumenterad",
            sources(case),
            place=(row.code, row.name),
        )
        at = grid.row + 1
        rate = Formula(f"ROUND({grid.at(at, 'belopp')}/{grid.at(at, 'folkmangd')},2)", quantize(row.per_head, 2))
        grid.add([year.year, row.name, Formula(persons, row.inhabitants), amount, rate, rests_on])
    return shown


def _review(review: Grid, years: list[YearAllocation], grid: Grid) -> None:
    """The documents' own totals, where they print one, beside what was charged."""
    for year in years:
        if year.stated_ore is None:
            continue
        charged = (
            f'SUMIFS({grid.sheet.title}!$I:$I,{grid.sheet.title}!$B:$B,{year.year},{grid.sheet.title}!$D:$D,"<>Summa")'
        )
        row = review.row + 1
        difference = Fraction(year.stated_ore - year.charged_ore, 100)
        verdict = "stämmer" if difference == 0 else "avviker"
        review.add(
            [
                "Handlingens summa mot beloppens",
                str(year.year),
                "Summa",
                None,
                Fraction(year.stated_ore, 100),
                Formula(charged, Fraction(year.charged_ore, 100)),
                Formula(f"ROUND({review.at(row, 'dokument')}-{review.at(row, 'formel')},2)", difference),
                Formula(f'IF({review.at(row, "skillnad")}=0,"stämmer","avviker")', verdict),
            ]
        )
