"""What is known and how it is shared: the sheets ``Underlag`` and ``Fördelning``."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from analys.account import Basis, Origin, reproduced
from analys.account import key as keys
from analys.account.annexed import YEAR, AmountColumn, columns
from analys.account.reproduced import Ruled
from analys.agreement import UNKNOWN
from analys.agreement.costs import BuiltCost
from analys.agreement.question import Figure
from analys.agreement.traced import formula
from analys.allocation.charge import Charge, Shared, charge
from analys.allocation.year import YearAllocation
from analys.export.annex.blocks import Block, Sheets
from analys.export.annex.cells import Formula, as_name
from analys.export.annex.shared_cost import Lines, Sharing, share
from analys.export.annex.sheets import EXACT_ENDS, SHOWN, SHOWN_ENDS
from analys.export.wording import COMPUTED, DOCUMENTED, ESTIMATED, cited, underlag
from analys.figures.sources import titled


def annexes(sheets: Sheets) -> None:
    """The annexes' costs and key figures, and each of their amount columns: by the rule where it is known."""
    costs: dict[tuple[str, int], str] = {}
    weights: dict[tuple[str, tuple[Fraction, ...]], tuple[list[str], list[Fraction]]] = {}
    for column in columns(sheets.account.folder):
        ruled = reproduced.tried(sheets.account.folder, column)
        lines = _by_rule(sheets, ruled, costs, weights) if isinstance(ruled, Ruled) else _as_printed(sheets, column)
        sheets.columns[column.annex.name, column.heading] = lines
    _yearly(sheets)


def _source(sheets: Sheets, column: AmountColumn) -> str:
    return cited(sheets.case.agreement_id, [column.version.document])


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


_AMOUNTS = (*EXACT_ENDS, *SHOWN_ENDS)


def _printed_sum(column: AmountColumn) -> Fraction:
    return sum((Fraction(figure.value) for figure in column.figures.values()), Fraction(0))


def _column_keys(sheets: Sheets, column: AmountColumn) -> list[str]:
    """The payers' keys in the order of the column's rows in the sheet."""
    ruled = reproduced.tried(sheets.account.folder, column)
    return list(ruled.charge.weights) if isinstance(ruled, Ruled) else [payer.key for payer in column.figures]


def _yearly(sheets: Sheets) -> None:
    """Twelve months' amounts of each year that an annex heads: the column that is nearest to a year."""
    placed = {
        (column.annex.label, f"{column.heading}, {figure.cell}"): column
        for column in columns(sheets.account.folder)
        for figure in column.figures.values()
    }
    for (year, label), amounts in sheets.account.sources(Basis.TWELVE_MONTHS).items():
        if amounts[0].origin is not Origin.ANNEX:
            continue
        column = placed[label, amounts[0].place]
        lines = sheets.columns[column.annex.name, column.heading]
        ends = sheets.ends(lines, _column_keys(sheets, column), SHOWN_ENDS)
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
