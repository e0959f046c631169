"""The keys that an annex's amounts may follow: its populations as printed and as they should be, its shares, equal
parts, the populations of other years, and mixes of a fixed and a per-head part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analys.audit import population, rules
from analys.audit.inputs import Inputs, vectors
from analys.audit.members import Membership
from analys.audit.rules import Charged, Key, Rule
from analys.intake.annex import Annex, Kind

_SHARES_OF_ONE: Final = 12


def charged(annex: Annex) -> list[Charged]:
    """The amount columns in öre, each with its printed total."""
    columns = []
    for column in annex.of_kind(Kind.AMOUNT):
        total = annex.total(column)
        amounts = tuple(int(round(figure.value * 100)) for figure in annex.values(column))
        columns.append(Charged(column.letter, amounts, (int(round(total.value * 100)),) if total else ()))
    return columns


def infer(
    annex: Annex, inputs: Sequence[Inputs], membership: Membership, columns: Sequence[Charged]
) -> list[tuple[Rule, ...]]:
    """Rankings of rules, best first, each with one rule a column; the plainest keys are tried first."""
    if not columns:
        return []
    wanted = sum(len(column.amounts_ore) for column in columns)
    keys = printed_keys(annex, inputs, membership)
    ranking = rules.search(keys, columns)
    if _settled(ranking, wanted):
        return ranking
    keys += official_keys(annex, inputs)
    ranking = rules.search(keys, columns)
    if _settled(ranking, wanted) or len(annex.members) < 4:
        return ranking
    mixed = rules.search(mixed_keys(annex, inputs, columns[0]), columns)
    # A mix has one more number to choose, which explains one amount by itself.
    if mixed and _reproduced(mixed[0]) > (_reproduced(ranking[0]) + 1 if ranking else 0):
        ranking = mixed + ranking
    return ranking


def _reproduced(found: tuple[Rule, ...]) -> int:
    return sum(rule.reproduced for rule in found)


def _settled(ranking: list[tuple[Rule, ...]], wanted: int) -> bool:
    """All reproduced, or all but what a few slips may have changed."""
    if not ranking:
        return False
    count = _reproduced(ranking[0])
    return count == wanted or (wanted >= 6 and count >= 0.7 * wanted and all(rule.trusted for rule in ranking[0]))


def printed_keys(annex: Annex, inputs: Sequence[Inputs], membership: Membership) -> list[Key]:
    """The keys that stand in the annex itself; what populations are parts of may count those who have no row."""
    keys = []
    lacking = sum(people or 0 for _, people in membership.missing)
    for stated in inputs:
        total = annex.total(stated.column)
        for rank, weights in enumerate(vectors(stated)):
            wholes = dict.fromkeys((sum(weights) + lacking, sum(weights), *([int(total.value)] if total else [])))
            name = "population" if rank == 0 else "population corrected"
            keys += [Key(name, weights, whole, 0 if rank == 0 else 1) for whole in wholes]
    for column in annex.of_kind(Kind.SHARE):
        step = 10**_SHARES_OF_ONE
        weights = tuple(round(figure.value * step) for figure in annex.values(column))
        keys.append(Key("shares", weights, step, 2, rounds=False))
    everyone = len(annex.members) + len(membership.missing)
    keys.append(Key("equal", (1,) * len(annex.members), everyone, 3))
    return keys


def official_keys(annex: Annex, inputs: Sequence[Inputs]) -> list[Key]:
    """SCB's populations of every known year end, beside those already tried."""
    codes = [member.municipality.code for member in annex.members]
    tried = {stated.found for stated in inputs} | {stated.corrected for stated in inputs}
    keys = []
    for year, row in zip(population.years(), population.table_of(codes).tolist(), strict=True):
        if tuple(row) not in tried:
            keys.append(Key(f"population {year}-12-31", tuple(row), sum(row), 4))
    return keys


def mixed_keys(annex: Annex, inputs: Sequence[Inputs], column: Charged) -> list[Key]:
    """Part equal or a fee each, the rest by population: the mixes near the straight line through the amounts.

    The line is Theil and Sen's, the median of the slopes between all pairs, which a few wrong figures do not move.
    """
    n = len(annex.members)
    amounts = np.array(column.amounts_ore, dtype=float)
    keys: list[Key] = []
    candidates = [("", stated.corrected) for stated in inputs]
    if not candidates:
        codes = [member.municipality.code for member in annex.members]
        rows = zip(population.years(), population.table_of(codes).tolist(), strict=True)
        candidates = [(f" {year}-12-31", tuple(row)) for year, row in rows]
    for date, weights in candidates:
        people = np.array(weights, dtype=float)
        first, second = np.triu_indices(n, 1)
        gap = people[second] - people[first]
        apart = gap != 0
        if not apart.any():
            continue
        slope = float(np.median((amounts[second] - amounts[first])[apart] / gap[apart]))
        fee = float(np.median(amounts - slope * people))
        total, whole = n * fee + slope * people.sum(), sum(weights)
        if total <= 0 or not 0.005 < n * fee / total < 0.995:
            continue
        percent = 100 * n * fee / total
        near = {float(int(percent) + step) for step in range(-2, 4)} | {round(percent * 2) / 2}
        near |= {float(round(percent / 5) * 5 + step) for step in (-5, 0, 5)}
        for equal in sorted(near):
            if 0 < equal < 100:
                tenths = round(equal * 10)
                mixed = tuple(tenths * whole + (1000 - tenths) * n * weight for weight in weights)
                keys.append(Key(f"mixed {equal:g}/{100 - equal:g}{date}", mixed, 1000 * n * whole, 5))
        unit = int(max(rules.units_of(column.amounts_ore)))
        fees = {round(fee / step) * step for step in (100_000, 50_000, 10_000, 5_000, 1_000, 100)}
        fees |= {round((fee + half * unit) / 50_000) * 50_000 for half in (-1, -0.5, 0.5, 1)}
        for rounded in sorted(fees):
            if rounded > 0:
                keys.append(Key(f"fee {rounded / 100:g} + population{date}", weights, whole, 6, False, rounded))
    return list({(key.weights, key.whole, key.fee_ore): key for key in keys}.values())
