"""Figures that several files give: one a region, date and breakdown in the table that they make together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from analys.intake.result import ReadResult, Reported
from analys.masking import printable

_NO_KEY: Final = ("region", "folkmangd", "kalla")


def without_repeats(results: Sequence[ReadResult], files: Sequence[str]) -> list[ReadResult]:
    """The results with every region, date and breakdown in one of them, ``files`` being their names.

    The same figure again is reported in the later file; of figures that contradict each other all are reported.
    """
    rows = pd.concat([result.frame.assign(file=at, at=range(len(result.frame))) for at, result in enumerate(results)])
    keys = [column for column in results[0].frame if column not in _NO_KEY]
    dropped: list[dict[int, str]] = [{} for _ in results]
    for _, group in rows[rows.duplicated(keys, keep=False)].groupby(keys, sort=False):
        found = list(zip(group["file"], group["at"], group["folkmangd"], strict=True))
        figures = [(people, f"{files[file]}, rad {results[file].places[at][1]}") for file, at, people in found]
        region, date = group.iloc[0][["region", "referensdatum"]]
        for (file, at, _), reason in zip(found, against_repeats(f"{region} {date}", figures), strict=True):
            if reason:
                dropped[file][at] = reason
    return [_without(result, file, drop) for result, file, drop in zip(results, files, dropped, strict=True)]


def against_repeats(whose: str, figures: Sequence[tuple[int, str]]) -> list[str]:
    """Why each of the figures (people, place) of one region and date is not kept; ``""`` for the first of figures that
    agree."""
    if len({people for people, _ in figures}) > 1:
        return [f"{whose} har flera tal: {listed(figures)}"] * len(figures)
    return ["", *[f"samma tal som {figures[0][1]}"] * (len(figures) - 1)]


def listed(figures: Sequence[tuple[int, str]]) -> str:
    """The first figures, each with its place."""
    return ", ".join(f"{people} ({place})" for people, place in figures[:5])


def _without(result: ReadResult, file: str, dropped: Mapping[int, str]) -> ReadResult:
    if not dropped:
        return result
    more = [Reported(printable(file), *result.places[at], printable(reason)) for at, reason in dropped.items()]
    kept = [at for at in range(len(result.frame)) if at not in dropped]
    return replace(
        result,
        frame=result.frame.iloc[kept].reset_index(drop=True),
        reported=tuple(sorted([*result.reported, *more], key=lambda entry: (entry.sheet, entry.row))),
        places=[result.places[at] for at in kept],
    )
