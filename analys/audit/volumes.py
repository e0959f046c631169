"""The keys that an annex prints beside populations and shares: what is counted of something else, and mixtures with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from analys.audit.inputs import Inputs, vectors
from analys.audit.rule import Key
from analys.intake.annex import Annex

#: Of more pairs of columns no mixture is tried.
_MOST_PAIRS: Final = 6


def keys(annex: Annex) -> list[Key]:
    """The columns of something else that is counted (cases, places, pupils), each with its sum and its printed total."""
    found = []
    for column in annex.volumes:
        figures, total = annex.values(column), annex.total(column)
        step = min((figure.step for figure in figures), default=Decimal(1))
        weights = tuple(int(figure.value / min(step, Decimal(1))) for figure in figures)
        if min(weights) >= 0 and len(set(weights)) > 1:
            stated = int(total.value / min(step, Decimal(1))) if total and total.value > 0 else 0
            wholes = dict.fromkeys((sum(weights), stated or sum(weights)))
            found += [Key(column.heading, weights, whole, 2, counts_absent=False) for whole in wholes]
    return found


def mixed(annex: Annex, inputs: Sequence[Inputs]) -> Iterator[Key]:
    """Part by one printed column, the rest by another, or equal: every whole per cent, plain ones first."""
    volumes = [(key.name, key.weights) for key in {key.weights: key for key in keys(annex)}.values()]
    people = [("folkmängd", vectors(stated)[-1]) for stated in inputs[:1]]
    equal = [("lika", (1,) * len(annex.members))]
    pairs = [(a, b) for a in volumes for b in (*people, *equal)] + list(combinations(volumes, 2))
    for (one, first), (other, second) in pairs[:_MOST_PAIRS]:
        for percent in range(1, 100):
            whole = 100 * sum(first) * sum(second)
            weights = tuple(
                percent * a * sum(second) + (100 - percent) * b * sum(first) for a, b in zip(first, second, strict=True)
            )
            plain = percent % 5 == 0
            name = f"mixed {percent}/{100 - percent} {one}/{other}"
            yield Key(name, weights, whole, 5 if plain else 6, False, is_plain=plain)
