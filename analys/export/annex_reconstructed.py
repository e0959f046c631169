"""The annex of an agreement whose annexes and statements are known: from the documents' figures to the savings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from analys import burden, population, reconstruct, reproduce, savings, tables
from analys.agreement import UNKNOWN, Version
from analys.agreement.costs import BuiltCost
from analys.agreement.keys import PopulationKey
from analys.agreement.model import RefundRule
from analys.evidence import Interval, Underlag
from analys.export.annex_sheets import (
    PER_HEAD,
    REVIEW,
    SAVING,
    SHARING,
    Inputs,
    Lines,
    Sharing,
    bounds,
    high,
    low,
    share,
)
from analys.export.case import Case
from analys.export.cells import Book, Column, Formula, Grid, Value, as_name
from analys.export.wording import cited, underlag
from analys.figures.sources import annex_source, official_population, price_index
from analys.reconstruct import Amount, Statement, View, outward
from analys.reproduce import AmountColumn
from analys.tables import rows

_DOCUMENTED = underlag(Underlag.DOKUMENTERAD)
_COMPUTED = underlag(Underlag.BERAKNAD)
_ESTIMATED = underlag(Underlag.SKATTAD)
_EXACT = ("exakt_lagst", "exakt_hogst")


@dataclass(frozen=True)
class Block:
    """What one source makes of one year: where its rows lie in ``Fördelning``, and the engine's amounts."""

    year: int
    label: str
    lines: Lines
    amounts: Sequence[Amount]
    statement: Statement | None = None

    @property
    def underlag(self) -> list[str]:
        return [underlag(amount.underlag) for amount in self.amounts]


@dataclass
class Sheets:
    """The sheets as they are filled, and where their blocks lie."""

    book: Book
    case: Case
    inputs: Inputs
    sharing: Grid
    blocks: list[Block] = field(default_factory=list)
    columns: dict[tuple[str, str], Lines] = field(default_factory=dict)
    statements: dict[str, tuple[str, str]] = field(default_factory=dict)
    populations: dict[tuple[str, int], str] = field(default_factory=dict)


def write(book: Book, case: Case) -> list[tuple[str, Formula, Formula, str]]:
    """Fill the sheets; returns the figures that the first sheet shows: label, low, high, what they rest on."""
    own = case.name
    sheets = Sheets(book, case, Inputs(book, own), Grid(book, "Fördelning", SHARING, own))
    _settings(sheets)
    _annexes(sheets)
    _chart(sheets)
    _estimates(sheets)
    per_head = _per_head(sheets)
    saving, shown = _savings(sheets)
    review = _review(sheets)
    for grid in (sheets.inputs.grid, sheets.sharing, per_head, saving, review):
        grid.finish()
    return _at_a_glance(sheets) + shown


# --- inputs and sharing ------------------------------------------------------------------------------------------------


def _settings(sheets: Sheets) -> None:
    case, inputs = sheets.case, sheets.inputs
    if case.end:
        decided = next(d for d in case.agreement.decisions if d.takes_effect == case.end)
        source = cited(case.agreement_id, [decided.citation.document])
        inputs.add("Avtalets sista dag", "Besparing", case.end, "datum", _DOCUMENTED, source, name="slutdatum")
    inputs.add(
        "Tecken: 1 besparing med plus, -1 minskad kostnad med minus",
        "Besparing",
        case.sign.factor,
        "",
        "val",
        "Ändra till 1 eller -1",
        name="tecken",
    )
    index = {row.ar: row.varde for row in rows(tables.read(tables.PRISINDEX)) if row.serie == burden.CPI}
    for year in reconstruct.YEARS:
        inputs.add("KPI, årsmedeltal", str(year), index[year], "index", _DOCUMENTED, price_index(), name=f"kpi_{year}")


def _annexes(sheets: Sheets) -> None:
    """The annexes' costs and populations, and each of their amount columns by the rule that was found."""
    agreement = sheets.case.agreement
    yearly: dict[str, str] = {}
    keys: dict[str, list[str]] = {}
    for column in reproduce.amount_columns(agreement):
        version, source = column.version, f"bilaga {column.version.id}"
        cited_annex = annex_source(sheets.case.agreement_id, source)
        if version.id not in yearly:
            yearly[version.id] = _yearly_cost(sheets, version, column, cited_annex)
            keys[version.id] = [
                sheets.inputs.add(
                    f"Folkmängd, {source}",
                    version.name,
                    persons,
                    "personer",
                    _DOCUMENTED,
                    cited_annex,
                    place=(member.code, member.name),
                )
                for member, persons in zip(column.members, column.populations, strict=True)
            ]
        whole = _yearly_ore(column)
        months = column.base_ore / whole * 12
        cost = yearly[version.id] if months == 12 else f"{yearly[version.id]}*{months}/12"
        parts = column.shares
        sharing = Sharing(
            f"{source}: {column.heading}",
            column.year,
            cost,
            column.base_ore / 100,
            [(member.code, member.name) for member in column.members],
            keys[version.id],
            [Fraction(persons) for persons in column.populations],
            parts,
            column.by_rule(),
            column.rounding,
            None,
            _COMPUTED,
            f"regeln i {version.name}",
        )
        sheets.columns[version.id, column.heading] = share(sheets.sharing, sharing)
    _annexed_blocks(sheets)


def _yearly_ore(column: AmountColumn) -> Fraction:
    cost = column.version.cost
    yearly = cost.yearly(column.year) if cost != UNKNOWN else None
    assert yearly is not None  # a column has a base only where its cost is known
    return yearly


def _yearly_cost(sheets: Sheets, version: Version, column: AmountColumn, source: str) -> str:
    """The yearly cost as an input, or built up from its inputs; returns the name of its cell."""
    name, cost, add = f"arskostnad_{as_name(version.id)}", version.cost, sheets.inputs.add
    kronor = _yearly_ore(column) / 100
    if isinstance(cost, BuiltCost):
        pay = add("Månadslön", version.name, Fraction(cost.monthly_pay_ore, 100), "kr", _DOCUMENTED, source)
        extra = add("Påslag för sociala avgifter m.m.", version.name, cost.contributions, "andel", _DOCUMENTED, source)
        months = add("Månader per år", version.name, cost.months, "månader", _DOCUMENTED, source)
        formula = f"ROUND({pay}*(1+{extra})*{months},2)"
        if cost.overhead_ore:
            overhead = add("Overhead", version.name, Fraction(cost.overhead_ore, 100), "kr", _DOCUMENTED, source)
            formula += f"+{overhead}"
        add("Kostnad per år", version.name, Formula(formula, kronor), "kr", _COMPUTED, source, name=name)
    else:
        rests_on = underlag(cost.underlag) if cost != UNKNOWN else _ESTIMATED
        add("Kostnad per år", version.name, kronor, "kr", rests_on, source, name=name)
    return name


def _annexed_blocks(sheets: Sheets) -> None:
    """The invoice years that one annex column covers whole: their rows are those of the column."""
    agreement = sheets.case.agreement
    amounts = reconstruct.amounts(sheets.case.agreement_id, View.INVOICE)
    for charge in reconstruct.charges(agreement):
        lines = sheets.columns.get((charge.version.id, charge.column))
        same_year = [other for other in reconstruct.charges(agreement) if other.due.year == charge.due.year]
        if lines is None or len(same_year) > 1:
            continue
        own = [amount for amount in amounts if amount.year == charge.due.year]
        sheets.blocks.append(Block(charge.due.year, f"bilaga {charge.version.id}", lines, own))


def _chart(sheets: Sheets) -> None:
    """The amounts of the last annex that covers an invoice year."""
    block = sheets.blocks[-1]
    grid, lines, year = sheets.sharing, block.lines, block.year
    largest = max(block.amounts, key=lambda amount: amount.kronor.low)
    alt = (
        f"Liggande staplar: belopp {year} för {len(block.amounts)} kommuner enligt {block.label}; störst är "
        f"{largest.municipality.name}. Talen står i kolumnen Belopp, lägst, kr."
    )
    grid.bar_chart(f"Belopp {year}, kr", "kr", "lagst", [(block.label, lines.first, lines.last)], alt)


def _population(sheets: Sheets, code: str, name: str, year: int) -> str:
    """The address of an official population, added to the inputs when it is first asked for."""
    if (code, year) not in sheets.populations:
        sheets.populations[code, year] = sheets.inputs.add(
            "Folkmängd, SCB",
            f"{year}-12-31",
            population.year_end(code, year),
            "personer",
            _DOCUMENTED,
            official_population(),
            place=(code, name),
        )
    return sheets.populations[code, year]


def _estimates(sheets: Sheets) -> None:
    case = sheets.case
    amounts = reconstruct.amounts(case.agreement_id, View.INVOICE)
    covered = {block.year for block in sheets.blocks}
    for year in (year for year in reconstruct.YEARS if year not in covered):
        for statement in reconstruct.statements(case.agreement, year):
            own = [a for a in amounts if a.year == year and a.according_to == statement.label]
            lines = _estimate(sheets, statement, own)
            sheets.blocks.append(Block(year, statement.label, lines, own, statement))


def _stated(sheets: Sheets, statement: Statement) -> tuple[str, str]:
    """The addresses of a statement's two ends."""
    if statement.label not in sheets.statements:
        source = cited(sheets.case.agreement_id, [statement.documents])
        place = (statement.member.code, statement.member.name)
        what = "Betalning per år" if statement.is_range else f"Betalning {statement.year}"
        ends = {"lägst": statement.kronor.low, "högst (själv inte med)": statement.kronor.high}
        first, last = (
            sheets.inputs.add(f"{what}, {end}", statement.label, value, "kr", _DOCUMENTED, source, place=place)
            for end, value in ends.items()
        )
        sheets.statements[statement.label] = (first, last)
    return sheets.statements[statement.label]


def _estimate(sheets: Sheets, statement: Statement, amounts: Sequence[Amount]) -> Lines:
    """What one member's statement implies for all: its amount times their populations, divided by its own."""
    grid, year = sheets.sharing, statement.year
    stated = _stated(sheets, statement)
    keys = reconstruct.key(sheets.case.agreement, year)
    cells = [_population(sheets, member.code, member.name, year - 1) for member in keys]
    first = grid.row + 1
    lines = Lines(first, first + len(keys) - 1)
    own = grid.at(first + list(keys).index(statement.member), "nyckel")
    whole, everyone = f"SUM({grid.span(lines.first, lines.last, 'nyckel')})", sum(keys.values())
    for row, (amount, cell) in enumerate(zip(amounts, cells, strict=True), start=first):
        member = amount.municipality
        key = grid.at(row, "nyckel")
        exact = [
            Formula(f"{end}*{key}/{own}", value)
            for end, value in zip(stated, (amount.kronor.low, amount.kronor.high), strict=True)
        ]
        ends = bounds(amount.kronor, (grid.at(row, key) for key in _EXACT))
        share_of = Formula(f"{key}/{whole}", Fraction(keys[member], everyone))
        values: list[Value] = [
            f"{year} enligt {statement.label}",
            year,
            member.code,
            member.name,
            Formula(cell, keys[member]),
            share_of,
        ]
        grid.add([*values, *exact, *ends, underlag(amount.underlag), statement.label])
    sums = [
        Formula(f"SUM({grid.span(lines.first, lines.last, key)})", value)
        for key, value in (
            ("nyckel", everyone),
            ("andel", 1),
            ("exakt_lagst", statement.total.low),
            ("exakt_hogst", statement.total.high),
        )
    ]
    totals = bounds(statement.total, (grid.at(lines.total, key) for key in _EXACT))
    grid.add(
        [f"{year} enligt {statement.label}", year, None, "Summa", *sums, *totals, _ESTIMATED, statement.label],
        bold=True,
    )
    return lines


# --- what each inhabitant carries --------------------------------------------------------------------------------------


def _per_head(sheets: Sheets) -> Grid:
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
    cell = _population(sheets, member.code, member.name, year)
    source = block.lines.first + place
    # An annexed amount is the rounded one that was charged; an estimate is divided before it is rounded.
    kept = ("lagst", "hogst") if block.statement is None else _EXACT
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
        _COMPUTED if amount.underlag is Underlag.DOKUMENTERAD else underlag(amount.underlag),
    ]


def _range(grid: Grid, lines: Lines, key: str) -> str:
    return f"{grid.ref(lines.first, key)}:{grid.at(lines.last, key)}"


# --- what is saved -----------------------------------------------------------------------------------------------------


def _savings(sheets: Sheets) -> tuple[Grid, list[tuple[str, Formula, Formula, str]]]:
    case = sheets.case
    grid = Grid(sheets.book, "Besparing", SAVING, case.name)
    shown: list[tuple[str, Formula, Formula, str]] = []
    if case.end is None:
        grid.add(["Inget beslut eller förslag i underlaget anger när avtalet upphör.", *[None] * (len(SAVING) - 1)])
        return grid, shown
    frame = savings.savings_by_municipality(case.agreement_id, case.end)
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
            rests_on = _COMPUTED if row.underlag == Underlag.DOKUMENTERAD else _ESTIMATED
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


# --- what is reviewed --------------------------------------------------------------------------------------------------


def _review(sheets: Sheets) -> Grid:
    grid = Grid(sheets.book, "Granskning", REVIEW, sheets.case.name)
    _printed(sheets, grid)
    _printed_totals(sheets, grid)
    _stale(sheets, grid)
    _incompatible(sheets, grid)
    return grid


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
            stated,
            Formula(formula, value),
            Formula(f"ROUND({grid.at(row, 'dokument')}-{grid.at(row, 'formel')},6)", difference),
            Formula(f'IF({grid.at(row, "skillnad")}=0,"stämmer","avviker")', verdict),
        ]
    )
    for key in ("dokument", "formel", "skillnad"):
        grid.sheet[grid.at(row, key).replace("$", "")].number_format = shown


def _printed(sheets: Sheets, grid: Grid) -> None:
    for row in rows(reproduce.figures(sheets.case.agreement_id)):
        version = {heading: lines for (of, heading), lines in sheets.columns.items() if of == row.version}
        lines = version.get(row.kolumn) or next(iter(version.values()))
        at = lines.first + _place(sheets, lines, row.kommunkod)
        place = [f"Bilagans {row.storhet} mot regeln", f"bilaga {row.version}: {row.kolumn}", row.kommun, row.cell]
        if row.storhet == "andel":
            decimals = -row.tryckt.as_tuple().exponent
            formula = f"ROUND({sheets.sharing.ref(at, 'andel')},{decimals})"
            _compare(grid, place, row.tryckt, formula, row.enligt_regel, "0.00%")
        else:
            _compare(grid, place, row.tryckt, sheets.sharing.ref(at, "lagst"), row.enligt_regel, "#,##0")


def _place(sheets: Sheets, lines: Lines, code: str) -> int:
    codes = [sheets.sharing.sheet.cell(row, 3).value for row in range(lines.first, lines.last + 1)]
    return codes.index(code)


def _printed_totals(sheets: Sheets, grid: Grid) -> None:
    for row in rows(reproduce.rules(sheets.case.agreement_id)):
        if row.tryckt_summa_kr is None:
            continue
        lines = sheets.columns[row.version, row.kolumn]
        ruled = sum(Fraction(value) for value in _ruled(sheets, row.version, row.kolumn))
        place = ["Bilagans tryckta summa mot beloppens", f"bilaga {row.version}: {row.kolumn}", "Summa", None]
        _compare(grid, place, row.tryckt_summa_kr, sheets.sharing.ref(lines.total, "lagst"), ruled, "#,##0")


def _ruled(sheets: Sheets, version: str, heading: str) -> list[Decimal]:
    columns = reproduce.amount_columns(sheets.case.agreement)
    (column,) = [c for c in columns if c.version.id == version and c.heading == heading]
    return [Decimal(ore) / 100 for ore in column.by_rule()]


def _stale(sheets: Sheets, grid: Grid) -> None:
    for version in sheets.case.agreement.versions:
        key = version.key
        if not isinstance(key, PopulationKey) or key.reference_day == UNKNOWN or key.reference_day != (12, 31):
            continue
        columns = [c for c in reproduce.amount_columns(sheets.case.agreement) if c.version.id == version.id]
        for column in columns[:1]:
            year = column.year - key.years_back
            for member, persons in zip(column.members, column.populations, strict=True):
                official = population.year_end(member.code, year)
                place = ["Bilagans folkmängd mot SCB", f"{version.name}, {year}-12-31", member.name, None]
                cell = _population(sheets, member.code, member.name, year)
                _compare(grid, place, persons, cell, official, "#,##0")


def _incompatible(sheets: Sheets, grid: Grid) -> None:
    frame = reconstruct.totals_by_year(sheets.case.agreement_id, View.INVOICE)
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


def _at_a_glance(sheets: Sheets) -> list[tuple[str, Formula, Formula, str]]:
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
            rests_on = _ESTIMATED if block.statement else _DOCUMENTED
        else:
            rests_on = block.underlag[codes.index(member.code)]
        what = f"Betalat {block.year} (enligt {block.label}), kr"
        shown.append(
            (what, Formula(grid.ref(row, "lagst"), ends[0]), Formula(grid.ref(row, "hogst"), ends[1]), rests_on)
        )
    return shown
