"""What is known and how it is shared: the sheets ``Underlag`` and ``Fördelning``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from analys import burden, tables
from analys.account import Amount, Basis, Origin, reproduced, total
from analys.account import key as keys
from analys.account.annexed import YEAR, AmountColumn, columns
from analys.account.key import Key
from analys.account.reproduced import Ruled
from analys.account.stated import Stated
from analys.agreement import UNKNOWN
from analys.agreement.costs import BuiltCost
from analys.agreement.question import Figure, Weights
from analys.agreement.traced import formula
from analys.allocation.charge import Charge, Shared, charge
from analys.allocation.year import YearAllocation
from analys.export.annex.blocks import Block, Ends, Sheets, Shown, population_cell, year_end
from analys.export.annex.cells import KR, Formula, Value, as_name
from analys.export.annex.formulas import bounds
from analys.export.annex.shared_cost import Lines, Sharing, share
from analys.export.annex.sheets import EXACT_ENDS, SHOWN
from analys.export.wording import COMPUTED, DOCUMENTED, ESTIMATED, cited, underlag
from analys.figures.sources import price_index, titled
from analys.tables import rows


def settings(sheets: Sheets) -> None:
    """What a reader may change: the last day, the sign, what replaces the service, and the price index."""
    case, inputs = sheets.case, sheets.inputs
    if case.end:
        source = cited(case.agreement_id, [case.dated.citation.document])
        inputs.add("Avtalets sista dag", "Besparing", case.end, "datum", DOCUMENTED, source, name="slutdatum")
        what = "Egen kostnad per år för det som ersätter tjänsten"
        inputs.add(
            what, "Besparing, netto", replacement(sheets), "kr", "val", "Kommunens eget belopp", name="ersattning"
        )
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
    for year in sorted({*sheets.account.years, burden.latest_prices(case.agreement_id)} & set(index)):
        inputs.add("KPI, årsmedeltal", str(year), index[year], "index", DOCUMENTED, price_index(), name=f"kpi_{year}")


def replacement(sheets: Sheets) -> int:
    """What the municipality says that its own replacement of the service costs a year, in kronor."""
    return sheets.case.local.replacement_kr or 0


def annexes(sheets: Sheets) -> None:
    """The annexes' costs and key figures, and each of their amount columns: by the rule where it is known."""
    costs: dict[tuple[str, int], str] = {}
    weights: dict[tuple[str, tuple[Fraction, ...]], tuple[list[str], list[Fraction]]] = {}
    for column in columns(sheets.account.folder):
        ruled = reproduced.tried(sheets.account.folder, column)
        lines = _by_rule(sheets, ruled, costs, weights) if isinstance(ruled, Ruled) else _as_printed(sheets, column)
        sheets.columns[column.annex.name, column.heading] = lines
    _charged(sheets)
    _yearly(sheets)


def _source(sheets: Sheets, column: AmountColumn) -> str:
    return f"{cited(sheets.case.agreement_id, [column.version.document])}, {column.annex.label}"


def _by_rule(
    sheets: Sheets,
    ruled: Ruled,
    costs: dict[tuple[str, int], str],
    weights: dict[tuple[str, tuple[Fraction, ...]], tuple[list[str], list[Fraction]]],
) -> Lines:
    column, own = ruled.column, ruled.charge
    if not own.is_proportional:
        return _as_values(sheets, f"{column.annex.label}: {column.heading}", column.first_year, ruled.shared, COMPUTED)
    at = (ruled.version.id, column.first_year)
    if at not in costs:
        costs[at] = _yearly_cost(sheets, ruled)
    figures = (column.annex.name, tuple(own.weights.values()))
    if figures not in weights:
        source = _source(sheets, column)
        weights[figures] = _weights(sheets, own, column.annex.label, ruled.version.name, source)
    sharing = Sharing(
        f"{column.annex.label}: {column.heading}",
        column.first_year,
        costs[at] if column.months == YEAR else f"{costs[at]}*{column.months}/{YEAR}",
        ruled.base_ore / 100,
        [(payer.code, payer.name) for payer in (keys.payer(sheets.account.agreement, key) for key in own.weights)],
        *weights[figures],
        list(ruled.shared.parts.values()),
        list(ruled.shared.amounts_ore.values()),
        ruled.rounding,
        ruled.host,
        COMPUTED,
        f"regeln i {ruled.version.name}",
    )
    return share(sheets.sharing, sharing)


@dataclass
class _Traced:
    """The numbers that weights follow from, as inputs: see :class:`analys.agreement.question.Cells`."""

    sheets: Sheets
    label: str
    about: str
    source: str
    kept: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def figure(self, figure: Figure, payer: str) -> str:
        """The address of a looked-up value."""
        who = keys.payer(self.sheets.account.agreement, payer)
        at = (figure.name, figure.reference, payer)
        if at not in self.kept:
            unit = "personer" if figure.inhabitants else ""
            self.kept[at] = self.sheets.inputs.add(
                f"{figure.name}, {self.label}",
                self.about,
                figure.values[payer],
                unit,
                DOCUMENTED,
                self.source,
                place=(who.code, who.name),
            )
        return self.kept[at]

    def agreed(self, name: str, value: Fraction, unit: str) -> str:
        """The address of a number that the agreement states."""
        at = (name, unit, str(value))
        if at not in self.kept:
            shown = unit if unit in SHOWN else ""
            self.kept[at] = self.sheets.inputs.add(
                f"{name}, {self.label}", self.about, value, shown, DOCUMENTED, self.source
            )
        return self.kept[at]


def _weights(sheets: Sheets, own: Charge, label: str, about: str, source: str) -> tuple[list[str], list[Fraction]]:
    """The formulas and values of a charge's key figures: populations as they are, where these are all that counts;
    otherwise what the key makes of its inputs, and where fees or limits are in it the parts themselves."""
    cells, weights = _Traced(sheets, label, about, source), own.weights
    counted = [figure for figure in own.question.figures if figure.inhabitants]
    if len(counted) == 1 and keys.proportions(counted[0].values) == keys.proportions(weights):
        values = [counted[0].values[key] for key in weights]
        return [cells.figure(counted[0], key) for key in weights], values
    if not own.settled and own.period.version.limits is None:
        traced = charge(
            sheets.account.agreement, own.period, own.total_ore, carry_forward=own.question.carry_forward, cells=cells
        ).weights
        return [formula(traced[key]) for key in weights], list(weights.values())
    placed = [(keys.payer(sheets.account.agreement, key), weight) for key, weight in weights.items()]
    named = [
        sheets.inputs.add(f"Nyckeltal, {label}", about, weight, "", COMPUTED, source, place=(payer.code, payer.name))
        for payer, weight in placed
    ]
    return named, list(weights.values())


def _yearly_cost(sheets: Sheets, ruled: Ruled) -> str:
    """The yearly cost as an input, or built up from its inputs; returns the name of its cell."""
    version, year, cost, add = ruled.version, ruled.column.first_year, ruled.version.cost, sheets.inputs.add
    name, source = f"arskostnad_{as_name(version.id)}", _source(sheets, ruled.column)
    if year != version.valid_from.year:
        name += f"_{year}"
    kronor = ruled.base_ore / 100 * YEAR / ruled.column.months
    if isinstance(cost, BuiltCost) and version.index is None:
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
        add("Kostnad per år", f"{version.name}, {year}", kronor, "kr", rests_on, source, name=name)
    return name


def _as_printed(sheets: Sheets, column: AmountColumn) -> Lines:
    """A column whose rule is not known: the amounts themselves are the inputs."""
    grid = sheets.sharing
    lines = Lines(grid.row + 1, grid.row + len(column.figures))
    label = f"{column.annex.label}: {column.heading}"
    for payer, figure in column.figures.items():
        about, value = f"{column.annex.label}, {figure.cell}", figure.value
        cell = sheets.inputs.add(
            column.heading, about, value, "kr", DOCUMENTED, _source(sheets, column), place=(payer.code, payer.name)
        )
        amounts = [Formula(cell, value)] * 4
        grid.add(
            [label, column.first_year, payer.code, payer.name, None, None, *amounts, DOCUMENTED, column.annex.label]
        )
    sums = [Formula(f"SUM({grid.span(lines.first, lines.last, key)})", _printed_sum(column)) for key in _AMOUNTS]
    grid.add([label, column.first_year, None, "Summa", None, None, *sums, DOCUMENTED, column.annex.label], bold=True)
    return lines


_AMOUNTS = ("exakt_lagst", "exakt_hogst", "lagst", "hogst")


def _printed_sum(column: AmountColumn) -> Fraction:
    return sum((Fraction(figure.value) for figure in column.figures.values()), Fraction(0))


def _ends(sheets: Sheets, lines: Lines, payers: Sequence[str], columns: tuple[str, str]) -> Ends:
    low, high = columns
    grid = sheets.sharing
    return {key: (grid.ref(row, low), grid.ref(row, high)) for row, key in enumerate(payers, start=lines.first)}


def _column_keys(sheets: Sheets, column: AmountColumn) -> list[str]:
    """The payers' keys in the order of the column's rows in the sheet."""
    ruled = reproduced.tried(sheets.account.folder, column)
    return list(ruled.charge.weights) if isinstance(ruled, Ruled) else [payer.key for payer in column.figures]


def _charged(sheets: Sheets) -> None:
    """What each invoice of an annex charges, for the first sheet."""
    amounts = {(a.payer.key, a.year): a for a in sheets.account.of(Basis.INVOICE) if a.origin is Origin.ANNEX}
    due = [invoice.due.year for invoice in sheets.account.invoices()]
    for invoice in sheets.account.invoices():
        year, column = invoice.due.year, invoice.column
        if due.count(year) > 1:
            continue
        lines = sheets.columns[column.annex.name, column.heading]
        for key, ends in _ends(sheets, lines, _column_keys(sheets, column), ("lagst", "hogst")).items():
            if (key, year) in amounts:
                months = "" if column.months == YEAR else f", {column.months} månader"
                what = f"Debiteras {year} enligt {column.annex.label}, efter fakturaår{months}"
                sheets.shown.append(Shown(what, ends, amounts[key, year]))


def _yearly(sheets: Sheets) -> None:
    """Twelve months' amounts of each year that an annex heads: the column that is nearest to a year."""
    for (year, label), amounts in sheets.account.sources(Basis.TWELVE_MONTHS).items():
        if amounts[0].origin is not Origin.ANNEX:
            continue
        place = amounts[0].place
        column = next(
            each
            for each in columns(sheets.account.folder)
            if each.annex.label == label
            and any(place == f"{each.heading}, {figure.cell}" for figure in each.figures.values())
        )
        lines = sheets.columns[column.annex.name, column.heading]
        ends = _ends(sheets, lines, _column_keys(sheets, column), ("lagst", "hogst"))
        scale = Fraction(YEAR, column.months)
        own = [amount for amount in amounts if amount.payer.key in ends]
        sheets.blocks.append(Block(year, label, Origin.ANNEX, own, ends, scale, lines.total))


def terms(sheets: Sheets) -> None:
    """The years that the terms head: each period's cost and weights as inputs, and its sharing."""
    headed = sheets.account.sources(Basis.TWELVE_MONTHS)
    for year in sheets.account.shared:
        found = [
            amounts for (of, _), amounts in headed.items() if of == year.year and amounts[0].origin is Origin.TERMS
        ]
        if not found:
            continue
        ends: dict[str, list[str]] = {}
        lines = None
        for place in range(len(year.periods)):
            lines = _period(sheets, year, place)
            for row, key in enumerate(year.periods[place].charge.weights, start=lines.first):
                ends.setdefault(key, []).append(sheets.sharing.ref(row, "lagst"))
        added = {key: ("+".join(cells), "+".join(cells)) for key, cells in ends.items()}
        scale = 1 / sum((shared.period.part for shared in year.periods), Fraction(0))
        total = lines.total if lines and len(year.periods) == 1 else None
        amounts = found[0]
        sheets.blocks.append(Block(year.year, amounts[0].according_to, Origin.TERMS, amounts, added, scale, total))


def _period(sheets: Sheets, year: YearAllocation, place: int) -> Lines:
    shared, agreement = year.periods[place], year.agreement
    label = str(year.year) if len(year.periods) == 1 else f"{shared.period.first} till {shared.period.last}"
    source, rests_on = titled(agreement), underlag(year.underlag)
    cost = sheets.inputs.add("Kostnad att fördela", label, Fraction(shared.total_ore, 100), "kr", rests_on, source)
    payers = [keys.payer(agreement, key) for key in shared.charge.weights]
    if not shared.charge.is_proportional:
        return _as_values(sheets, label, year.year, shared, rests_on)
    sharing = Sharing(
        f"{label} enligt villkoren",
        year.year,
        cost,
        Fraction(shared.total_ore, 100),
        [(payer.code, payer.name) for payer in payers],
        *_weights(sheets, shared.charge, label, shared.period.version.name, source),
        list(shared.parts.values()),
        list(shared.amounts_ore.values()),
        shared.charge.rule,
        shared.charge.problem(shared.total_ore).host,
        rests_on,
        shared.period.version.name,
    )
    return share(sheets.sharing, sharing)


def _as_values(sheets: Sheets, label: str, year: int, shared: Shared, rests_on: str) -> Lines:
    """Tariffs make the total themselves, divisor methods search for it, and limits may leave some of it over: none of
    these is one cell's formula."""
    grid = sheets.sharing
    lines = Lines(grid.row + 1, grid.row + len(shared.amounts_ore))
    for key, ore in shared.amounts_ore.items():
        payer, amount = keys.payer(sheets.account.agreement, key), Fraction(ore, 100)
        weight, part = shared.charge.weights[key], shared.parts[key]
        told, name = f"{label} (värden, ingen formel)", shared.period.version.name
        grid.add([told, year, payer.code, payer.name, weight, part, *[amount] * 4, rests_on, name])
    summed = Fraction(sum(shared.amounts_ore.values()), 100)
    sums = [Formula(f"SUM({grid.span(lines.first, lines.last, key)})", summed) for key in _AMOUNTS]
    grid.add([label, year, None, "Summa", None, None, *sums, rests_on, shared.period.version.name], bold=True)
    return lines


# --- what statements imply ------------------------------------------------------------------------------------------------


def estimates(sheets: Sheets) -> None:
    """The years that statements head: what each implies for everybody, and for a range that stands beside them."""
    for (year, label), amounts in sheets.account.sources(Basis.TWELVE_MONTHS).items():
        origin = amounts[0].origin
        if origin not in (Origin.PAYMENT, Origin.TOTAL, Origin.RANGE):
            continue
        stated = next(each for each in sheets.account.stated(year, origin) if each.label == label)
        key = keys.agreed(sheets.account.agreement, year)
        cells = stated_cells(sheets, stated)
        if key is None or stated.total is None:
            sheets.blocks.append(Block(year, label, origin, amounts, {a.payer.key: cells for a in amounts}))
            continue
        lines = _estimate(sheets, stated, key, amounts, cells)
        ends = _ends(sheets, lines, [amount.payer.key for amount in amounts], EXACT_ENDS)
        sheets.blocks.append(Block(year, label, origin, amounts, ends, total=lines.total))


def stated_cells(sheets: Sheets, stated: Stated) -> tuple[str, str]:
    """The addresses of a statement's two ends."""
    if stated.label not in sheets.statements:
        source = cited(sheets.case.agreement_id, stated.documents)
        place = (stated.payer.code, stated.payer.name) if stated.payer else ("", "")
        what = {Origin.RANGE: "Betalning per år", Origin.TOTAL: f"Kostnad {stated.year}"}.get(
            stated.origin, f"Betalning {stated.year}"
        )
        ends = {"lägst": stated.kronor.low, "högst (själv inte med)": stated.kronor.high}
        first, last = (
            sheets.inputs.add(f"{what}, {end}", stated.label, value, "kr", DOCUMENTED, source, place=place)
            for end, value in ends.items()
        )
        sheets.statements[stated.label] = (first, last)
    return sheets.statements[stated.label]


def _key_cells(sheets: Sheets, key: Key, amounts: list[Amount]) -> tuple[list[str], list[Fraction]]:
    """The addresses and values of the key figures: official populations where they are the parts, else the parts."""
    of = year_end(key.reference)
    parts = key.parts or Weights()
    if of is not None and keys.proportions(key.figures) == parts:
        named = [(amount.payer.code, amount.payer.name) for amount in amounts]
        cells = [population_cell(sheets, code, name, of) for code, name in named]
        return cells, [key.figures[amount.payer.key] for amount in amounts]
    source, year = titled(sheets.account.agreement), amounts[0].year
    cells = []
    for amount in amounts:
        payer, part = amount.payer, parts[amount.payer.key]
        place = (payer.code, payer.name)
        cells.append(sheets.inputs.add("Andel enligt nyckeln", str(year), part, "andel", COMPUTED, source, place=place))
    return cells, [parts[amount.payer.key] for amount in amounts]


def _estimate(sheets: Sheets, stated: Stated, key: Key, amounts: list[Amount], ends: tuple[str, str]) -> Lines:
    """What one statement implies for all: its amount times their key figures, divided by its own, or by all of them."""
    grid = sheets.sharing
    lines = Lines(grid.row + 1, grid.row + len(amounts))
    weights: list[Fraction] = []
    if key.parts is None:
        for amount in amounts:
            _values(sheets, stated, amount)
    else:
        cells, values = _key_cells(sheets, key, amounts)
        weights = values
        payers = [amount.payer for amount in amounts]
        whole = f"SUM({grid.span(lines.first, lines.last, 'nyckel')})"
        own = grid.at(lines.first + payers.index(stated.payer), "nyckel") if stated.payer else whole
        for place, amount in enumerate(amounts):
            at = grid.at(lines.first + place, "nyckel")
            exact = [
                Formula(f"{end}*{at}/{own}", value, KR)
                for end, value in zip(ends, (amount.kronor.low, amount.kronor.high), strict=True)
            ]
            part = Formula(f"{at}/{whole}", values[place] / sum(values))
            _row(sheets, stated, amount, [Formula(cells[place], values[place]), part, *exact])
    _sum(sheets, stated, lines, amounts, weights)
    return lines


def _row(sheets: Sheets, stated: Stated, amount: Amount, shared: list[Value]) -> None:
    grid, row = sheets.sharing, sheets.sharing.row + 1
    rounded = bounds(amount.kronor, (grid.at(row, key) for key in EXACT_ENDS), shown=KR)
    payer, label = amount.payer, f"{stated.year} enligt {stated.label}"
    grid.add([label, stated.year, payer.code, payer.name, *shared, *rounded, underlag(amount.underlag), stated.label])


def _values(sheets: Sheets, stated: Stated, amount: Amount) -> None:
    """A row whose parts depend on the cost, so that no formula of one cell gives them."""
    _row(sheets, stated, amount, [None, None, amount.kronor.low, amount.kronor.high])


def _sum(sheets: Sheets, stated: Stated, lines: Lines, amounts: list[Amount], weights: list[Fraction]) -> None:
    grid, whole = sheets.sharing, stated.total or total(amounts)

    def summed(column: str, value: Fraction, shown: str | None = None) -> Formula:
        return Formula(f"SUM({grid.span(lines.first, lines.last, column)})", value, shown)

    shares = [summed("nyckel", sum(weights, Fraction(0))), summed("andel", Fraction(1))] if weights else [None, None]
    exact = [
        summed(column, sum((getattr(each.kronor, end) for each in amounts), Fraction(0)), KR)
        for column, end in zip(EXACT_ENDS, ("low", "high"), strict=True)
    ]
    totals = bounds(whole, (grid.at(lines.total, key) for key in EXACT_ENDS), shown=KR)
    label = f"{stated.year} enligt {stated.label}"
    grid.add([label, stated.year, None, "Summa", *shares, *exact, *totals, ESTIMATED, stated.label], bold=True)


def chart(sheets: Sheets) -> None:
    """The amounts of the last year whose amounts an annex or the terms give."""
    known = [block for block in sheets.blocks if not block.estimated and block.total and len(block.amounts) > 1]
    if not known:
        return
    block = known[-1]
    assert block.total
    grid, first = sheets.sharing, block.total - len(block.ends)
    largest = max(block.amounts, key=lambda amount: amount.kronor.low)
    alt = (
        f"Liggande staplar: belopp {block.year} för {len(block.amounts)} betalare enligt {block.label}; störst är "
        f"{largest.payer.name}. Talen står i kolumnen Belopp, lägst, kr."
    )
    grid.bar_chart(f"Belopp {block.year}, kr", "kr", "lagst", [(block.label, first, block.total - 1)], alt)
