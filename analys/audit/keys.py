"""The keys that an annex's amounts may follow: its populations as printed and as they should be, its shares, equal
parts, the populations of other years, and mixes of a fixed and a per-head part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

import numpy as np

from analys.audit import population, rules, sums, volumes
from analys.audit.inputs import Inputs, vectors
from analys.audit.members import Membership
from analys.audit.rule import EQUAL, Charged, Key, Rule
from analys.audit.spec import units_of
from analys.intake.annex import Annex, Kind
from analys.swedish import quantize

_DIGIT: Final = re.compile(r"\d")
_SHARES_OF_ONE: Final = 12
_AFTER_OTHERS: Final = 8
#: Shares that were rounded add to one but for so many standard deviations.
_DEVIATIONS: Final = 3
#: So many more amounts must rules give that are sought for each column apart.
_SOME: Final = 2


def charged(annex: Annex) -> list[Charged]:
    """The amount columns in öre, each with its printed total."""
    columns = []
    for column in annex.of_kind(Kind.AMOUNT):
        total, own = annex.total(column), annex.own_total(column)
        amounts = tuple(int(quantize(figure.value * 100, 0)) for figure in annex.values(column))
        totals = (own, total.value) if total is not None and own is not None else ()
        in_ore = tuple(dict.fromkeys(int(quantize(each * 100, 0)) for each in totals))
        dashes = (
            i for i, figure in enumerate(annex.values(column)) if figure.value == 0 and not _DIGIT.search(figure.text)
        )
        columns.append(Charged(column.letter, amounts, in_ore, idle=frozenset(dashes)))
    return columns


def infer(
    annex: Annex, inputs: Sequence[Inputs], membership: Membership, columns: Sequence[Charged]
) -> list[tuple[Rule, ...]]:
    """Rankings of rules, best first, each with one rule a column; the plainest keys are tried first."""
    if not columns:
        return []
    together = _inferred(annex, inputs, membership, columns)
    wanted = sum(len(column.amounts_ore) for column in columns)
    if len(columns) == 1 or (
        together and wanted - _reproduced(together[0]) < _SOME and not _near(together[0], columns)
    ):
        return together
    # Columns with and without tax, or in kronor and in thousands, are not rounded alike.
    apart = [_inferred(annex, inputs, membership, [column]) for column in columns]
    if not all(apart):
        return together
    best = tuple(ranking[0][0] for ranking in apart)
    gain = _reproduced(best) - (_reproduced(together[0]) if together else 0)
    # Of one key, each column may have been rounded in its own way: then all amounts follow, and no fewer would do.
    rounded_apart = gain > 0 and _reproduced(best) == wanted and len({rule.key.weights for rule in best}) == 1
    return [best, *together] if not together or gain >= _SOME or rounded_apart else together


def _inferred(
    annex: Annex, inputs: Sequence[Inputs], membership: Membership, columns: Sequence[Charged]
) -> list[tuple[Rule, ...]]:
    """Rankings of rules that are the same for all of the columns."""
    wanted = sum(len(column.amounts_ore) for column in columns)
    keys = printed_keys(annex, inputs, membership)
    if inputs:
        ranking = rules.search(keys, columns)
        if _settled(ranking, columns) and not (membership.missing and ranking[0][0].key.name == "shares"):
            return ranking
    keys += official_keys(annex, inputs, membership)
    ranking = rules.search(keys, columns)
    of_shares = bool(membership.missing and ranking) and ranking[0][0].key.name == "shares"
    if (_settled(ranking, columns) and not of_shares) or len(annex.members) < 4:
        return ranking
    of_columns = list(volumes.mixed(annex, inputs)) if annex.volumes else []
    mixed = rules.search([*mixed_keys(annex, inputs, membership, columns[0]), *of_columns], columns)
    # A mix has one more number to choose, which explains one amount by itself.
    plain = _reproduced(ranking[0]) if ranking else 0
    gain = _reproduced(mixed[0]) - plain if mixed else 0
    whole = gain > 0 and plain + gain == wanted and all(rule.trusted for rule in mixed[0])
    return mixed + ranking if gain > 1 or whole or (of_shares and mixed and gain >= 0) else ranking


def _near(rules: tuple[Rule, ...], columns: Sequence[Charged]) -> bool:
    """Whether amounts lie so near the rules that another rounding may give them."""
    return any(
        not hit and abs(found - right) <= len(rule.hits) * int(rule.rounding.unit)
        for rule, column in zip(rules, columns, strict=True)
        for found, right, hit in zip(column.amounts_ore, rule.expected_ore, rule.hits, strict=True)
    )


def _reproduced(found: tuple[Rule, ...]) -> int:
    return sum(rule.reproduced for rule in found)


def _settled(ranking: list[tuple[Rule, ...]], columns: Sequence[Charged]) -> bool:
    """All reproduced and the totals explained, or all but what a few slips may have changed by a rule known sharply."""
    if not ranking:
        return False
    wanted, count = sum(len(column.amounts_ore) for column in columns), _reproduced(ranking[0])
    sharp = all(rule.trusted and not rule.blur_ore for rule in ranking[0])
    explained = all(
        not column.totals_ore or any(total == column.sum_ore or rule.allows(total) for total in column.totals_ore)
        for rule, column in zip(ranking[0], columns, strict=True)
    )
    few = wanted >= 6 and wanted - count <= max(1, wanted // 12)
    return (count == wanted and (explained or sharp)) or (few and sharp)


def printed_keys(annex: Annex, inputs: Sequence[Inputs], membership: Membership) -> list[Key]:
    """The keys that stand in the annex itself; what populations are parts of may count those who have no row."""
    keys = []
    for stated in inputs:
        lacking = sum(people or 0 for people in membership.people_at(stated.date))
        total = annex.own_total(stated.column)
        for rank, weights in enumerate(vectors(stated)):
            # A total beside which a known population has no row may be wrong: then it is no whole.
            told = [int(total)] if total and not lacking else []
            # Where no total tells that somebody is missing, the amounts may have been made without them.
            own = [] if membership.by_totals else [sum(weights)]
            wholes = dict.fromkeys((sum(weights) + lacking, *told, *own))
            name = "population" if rank == 0 else "population corrected"
            keys += [
                Key(name, weights, whole, int(rank > 0), lacking=len(membership.missing), people=weights)
                for whole in wholes
            ]
    for column in annex.of_kind(Kind.SHARE):
        step = 10**_SHARES_OF_ONE
        weights = tuple(round(figure.value * step) for figure in annex.values(column))
        finest = float(sums.step_of(annex.values(column)))
        lost = finest / 2
        together = min(len(weights) * finest / 2, _DEVIATIONS * float(sums.deviation(annex.values(column))))
        absent, total = len(membership.missing), annex.own_total(column)
        # Rounded shares add to about one; with those of members without a row, to what the total says.
        ones = [step, *([round(total * step)] if absent and total and abs(total - 1) < Decimal("0.01") else [])]
        # What somebody without a row would have paid, other keys tell better than what rounded shares leave of one.
        rank = _AFTER_OTHERS if absent else 2
        keys += [
            Key("shares", weights, w, rank, False, 0, bool(absent), lost, together, absent) for w in dict.fromkeys(ones)
        ]
    keys += volumes.keys(annex)
    everyone = len(annex.members) + len(membership.missing)
    keys.append(Key(EQUAL, (1,) * len(annex.members), everyone, 3, lacking=len(membership.missing)))
    return keys


def plain_keys(annex: Annex, inputs: Sequence[Inputs], membership: Membership, rules: Sequence[Rule]) -> list[Key]:
    """The keys for rules with patterns: those printed, the same for everybody, and where no populations are printed those
    that the column's plain rules found."""
    found = [rule.key for rule in rules if not rule.key.free]
    keys = [*printed_keys(annex, inputs, membership), *found]
    return list({(key.weights, key.whole): key for key in reversed(keys) if sum(key.weights) > 0}.values())[::-1]


def official_keys(annex: Annex, inputs: Sequence[Inputs], membership: Membership) -> list[Key]:
    """SCB's populations of every known year end, beside those already tried, with those of members without a row."""
    codes = [member.municipality.code for member in annex.members]
    tried = {stated.found for stated in inputs} | {stated.corrected for stated in inputs}
    keys = []
    gone = [region.code for region, _ in membership.missing if region]
    everybody = population.table_of([*codes, *gone]).tolist()
    for year, figures in zip(population.years(), everybody, strict=True):
        row = tuple(figures[: len(codes)])
        if row not in tried:
            keys.append(
                Key(f"population {year}-12-31", row, sum(figures), 4, lacking=len(membership.missing), people=row)
            )
    return keys


def mixed_keys(annex: Annex, inputs: Sequence[Inputs], membership: Membership, column: Charged) -> list[Key]:
    """Part equal or a fee each, the rest by population: the mixes whose line goes through most pairs of amounts.

    Each two members draw a line, amount against population; its height at no inhabitants is a fee. The true one is
    drawn by every pair without a wrong figure, and the median is near it however they round.
    """
    candidates = [
        ("", weights, [people or 0 for people in membership.people_at(stated.date)])
        for stated in inputs
        for weights in dict.fromkeys(vectors(stated))
    ]
    if not candidates:
        codes = [member.municipality.code for member in annex.members]
        rows = zip(population.years(), population.table_of(codes).tolist(), strict=True)
        known = [people or 0 for _, people in membership.missing]
        candidates = [(f" {year}-12-31", tuple(row), known) for year, row in rows]
    keys: dict[tuple[tuple[int, ...], int, int], Key] = {}
    for date, weights, lacking in candidates:
        for key in (*_part_equal(date, weights, lacking, column), *_with_fee(date, weights, lacking, column)):
            keys.setdefault((key.weights, key.whole, key.fee_ore), key)
    return list(keys.values())


def _lines(weights: tuple[int, ...], column: Charged) -> tuple[np.ndarray, np.ndarray]:
    """The fee in öre, and the öre for each inhabitant, that each two members' amounts would make; steadiest pairs (the
    widest apart) first."""
    people, amounts = np.array(weights, dtype=float), np.array(column.amounts_ore, dtype=float)
    first, second = np.triu_indices(len(weights), 1)
    gap = people[second] - people[first]
    first, second, gap = first[gap != 0], second[gap != 0], gap[gap != 0]
    order = np.argsort(-np.abs(gap), kind="stable")
    slope = (amounts[second] - amounts[first]) / np.where(gap == 0, 1, gap)
    fees: np.ndarray = (amounts[first] - slope * people[first])[order]
    return fees, slope[order]


def _commonest(values: np.ndarray, step: float) -> list[int]:
    """The multiples of ``step`` that most of the values round to, and the one nearest the median."""
    if not len(values):
        return []
    found, counts = np.unique(np.round(values[: max(10, len(values) // 2)] / step).astype(np.int64), return_counts=True)
    best = found[np.argsort(-counts, kind="stable")[:2]].tolist()
    return list(dict.fromkeys([*best, round(float(np.median(values)) / step)]))


def _part_equal(date: str, weights: tuple[int, ...], lacking: Sequence[int], column: Charged) -> Iterator[Key]:
    n, whole = len(weights) + len(lacking), sum(weights) + sum(lacking)
    fees, rates = _lines(weights, column)
    wholes = n * fees + whole * rates  # what each line would have shared out
    if not (wholes > 0).any():
        return
    percents = (100 * n * fees)[wholes > 0] / wholes[wholes > 0]
    near = {tenths * 10 + more for tenths in _commonest(percents, 1) for more in (-10, 0, 10)}
    near |= {5 * half for half in _commonest(percents, 0.5)} | {50 * five for five in _commonest(percents, 5)}
    for tenths in sorted(near):
        if 5 <= tenths <= 995:
            mixed = tuple(tenths * whole + (1000 - tenths) * n * weight for weight in weights)
            name = f"mixed {tenths / 10:g}/{100 - tenths / 10:g}{date}"
            plain = tenths % 50 == 0
            yield Key(
                name,
                mixed,
                1000 * n * whole,
                5 if plain else 6,
                lacking=len(lacking),
                is_plain=plain,
                people=weights,
                equal=Fraction(tenths, 1000),
            )


def _with_fee(date: str, weights: tuple[int, ...], lacking: Sequence[int], column: Charged) -> Iterator[Key]:
    fees, _ = _lines(weights, column)
    unit = int(max(units_of(column.amounts_ore)))
    found = {step * times for step in (100_000, 50_000, 10_000, 1_000, 100) for times in _commonest(fees, step)}
    if unit > 100 and len(fees):
        middle = round(float(np.median(fees)) / 50_000)
        found |= {50_000 * (middle + more) for more in range(-2, 3)}
    for fee in sorted(found):
        if fee > 0:
            name, whole = f"fee {fee / 100:g} + population{date}", sum(weights) + sum(lacking)
            plain = fee % 10_000 == 0
            rank, missing = 6 if plain else 7, len(lacking)
            yield Key(name, weights, whole, rank, False, fee, lacking=missing, is_plain=plain, people=weights)
