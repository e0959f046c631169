"""Figures that several files give: one a region, date and breakdown in the table that they make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analys.intake.result import ReadResult, Reported
from analys.masking import printable

_NO_KEY: Final = ("region", "folkmangd", "kalla")


def without_repeats(results: Sequence[ReadResult], files: Sequence[str]) -> list[ReadResult]:
    """The results with every region, date and breakdown in one of them, ``files`` being their names.

    The same figure again is reported in the later file; of figures that contradict each other all are reported.
    """
    places: dict[tuple[object, ...], list[tuple[int, int, int]]] = {}
    for number, result in enumerate(results):
        keys = result.frame.drop(columns=list(_NO_KEY)).itertuples(index=False, name=None)
        for at, (key, people) in enumerate(zip(keys, result.frame["folkmangd"], strict=True)):
            places.setdefault(key, []).append((number, at, int(people)))
    reasons: list[dict[int, str]] = [{} for _ in results]
    for found in places.values():
        if len(found) > 1:
            _judge(found, results, files, reasons)
    return [_without(result, file, dropped) for result, file, dropped in zip(results, files, reasons, strict=True)]


def _judge(
    found: Sequence[tuple[int, int, int]],
    results: Sequence[ReadResult],
    files: Sequence[str],
    reasons: list[dict[int, str]],
) -> None:
    """Write down why the places of one key drop out, all but the first or, where they differ, all of them."""
    where = [f"{files[number]}, rad {results[number].places[at][1]}" for number, at, _ in found]
    if len({people for _, _, people in found}) == 1:
        for number, at, _ in found[1:]:
            reasons[number][at] = f"samma tal som {where[0]}"
        return
    values = ", ".join(f"{people} ({place})" for (_, _, people), place in list(zip(found, where, strict=True))[:5])
    for number, at, _ in found:
        row = results[number].frame.iloc[at]
        reasons[number][at] = f"{row['region']} {row['referensdatum']} har flera tal: {values}"


def _without(result: ReadResult, file: str, dropped: dict[int, str]) -> ReadResult:
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
