"""What is known and how it is shared: the sheets ``Underlag`` and ``Fördelning`` of a reconstructed agreement."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from analys import burden, reconstruct, tables
from analys.agreement import UNKNOWN, Version
from analys.agreement.costs import BuiltCost
from analys.export import answers
from analys.export.annex.blocks import Block, Sheets, population_cell
from analys.export.annex.cells import Formula, Value, as_name
from analys.export.annex.formulas import bounds
from analys.export.annex.shared_cost import Lines, Sharing, share
from analys.export.annex.sheets import EXACT_ENDS
from analys.export.wording import COMPUTED, DOCUMENTED, ESTIMATED, cited, underlag
from analys.figures.sources import annex_source, price_index
from analys.reconstruct import Amount, Statement
from analys.reproduce import AmountColumn
from analys.tables import rows


def settings(sheets: Sheets) -> None:
    case, inputs = sheets.case, sheets.inputs
    if case.end:
        source = cited(case.agreement_id, [case.dated.citation.document])
        inputs.add("Avtalets sista dag", "Besparing", case.end, "datum", DOCUMENTED, source, name="slutdatum")
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
        inputs.add("KPI, årsmedeltal", str(year), index[year], "index", DOCUMENTED, price_index(), name=f"kpi_{year}")


def annexes(sheets: Sheets) -> None:
    """The annexes' costs and populations, and each of their amount columns by the rule that was found."""
    yearly: dict[str, str] = {}
    keys: dict[str, list[str]] = {}
    for column in answers.amount_columns(sheets.case.agreement_id):
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
                    DOCUMENTED,
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
            COMPUTED,
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
        pay = add("Månadslön", version.name, Fraction(cost.monthly_pay_ore, 100), "kr", DOCUMENTED, source)
        extra = add("Påslag för sociala avgifter m.m.", version.name, cost.contributions, "andel", DOCUMENTED, source)
        months = add("Månader per år", version.name, cost.months, "månader", DOCUMENTED, source)
        formula = f"ROUND({pay}*(1+{extra})*{months},2)"
        if cost.overhead_ore:
            overhead = add("Overhead", version.name, Fraction(cost.overhead_ore, 100), "kr", DOCUMENTED, source)
            formula += f"+{overhead}"
        add("Kostnad per år", version.name, Formula(formula, kronor), "kr", COMPUTED, source, name=name)
    else:
        rests_on = underlag(cost.underlag) if cost != UNKNOWN else ESTIMATED
        add("Kostnad per år", version.name, kronor, "kr", rests_on, source, name=name)
    return name


def _annexed_blocks(sheets: Sheets) -> None:
    """The invoice years that one annex column covers whole: their rows are those of the column."""
    agreement = sheets.case.agreement
    amounts = answers.amounts(sheets.case.agreement_id)
    for charge in reconstruct.charges(agreement):
        lines = sheets.columns.get((charge.version.id, charge.column))
        same_year = [other for other in reconstruct.charges(agreement) if other.due.year == charge.due.year]
        if lines is None or len(same_year) > 1:
            continue
        own = [amount for amount in amounts if amount.year == charge.due.year]
        sheets.blocks.append(Block(charge.due.year, f"bilaga {charge.version.id}", lines, own))


def chart(sheets: Sheets) -> None:
    """The amounts of the last annex that covers an invoice year."""
    block = sheets.blocks[-1]
    grid, lines, year = sheets.sharing, block.lines, block.year
    largest = max(block.amounts, key=lambda amount: amount.kronor.low)
    alt = (
        f"Liggande staplar: belopp {year} för {len(block.amounts)} kommuner enligt {block.label}; störst är "
        f"{largest.municipality.name}. Talen står i kolumnen Belopp, lägst, kr."
    )
    grid.bar_chart(f"Belopp {year}, kr", "kr", "lagst", [(block.label, lines.first, lines.last)], alt)


def estimates(sheets: Sheets) -> None:
    case = sheets.case
    amounts = answers.amounts(case.agreement_id)
    covered = {block.year for block in sheets.blocks}
    for year in (year for year in reconstruct.YEARS if year not in covered):
        for statement in answers.statements(case.agreement_id, year):
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
            sheets.inputs.add(f"{what}, {end}", statement.label, value, "kr", DOCUMENTED, source, place=place)
            for end, value in ends.items()
        )
        sheets.statements[statement.label] = (first, last)
    return sheets.statements[statement.label]


def _estimate(sheets: Sheets, statement: Statement, amounts: Sequence[Amount]) -> Lines:
    """What one member's statement implies for all: its amount times their populations, divided by its own."""
    grid, year = sheets.sharing, statement.year
    stated = _stated(sheets, statement)
    keys = reconstruct.key(sheets.case.agreement, year)
    cells = [population_cell(sheets, member.code, member.name, year - 1) for member in keys]
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
        ends = bounds(amount.kronor, (grid.at(row, key) for key in EXACT_ENDS))
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
    totals = bounds(statement.total, (grid.at(lines.total, key) for key in EXACT_ENDS))
    grid.add(
        [f"{year} enligt {statement.label}", year, None, "Summa", *sums, *totals, ESTIMATED, statement.label],
        bold=True,
    )
    return lines
