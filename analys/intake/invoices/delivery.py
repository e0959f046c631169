"""Several files as one ledger, without the postings that were delivered twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from analys.intake import invoices
from analys.intake.invoices.tables import COLUMNS
from analys.intake.result import ReadResult, Reported

_SAME = [column for column in COLUMNS if column != "kalla"]


def read_all(
    paths: Sequence[Path], *, layout: Path | str | None = None, done: Callable[[Path], None] = lambda _: None
) -> tuple[pd.DataFrame, list[Reported], list[ReadResult]]:
    """One canonical table of all files, every unused row, and each file's own result. ``done`` is told of each file.

    A posting with an invoice number that stands in two files alike in every cell is one posting delivered twice
    (yearly files overlap): the later copy is reported. Alike postings within one file are kept; an invoice may have
    them. Raises :class:`InputError` for the first file that cannot be used.
    """
    results = []
    for path in paths:
        results.append(invoices.read(path, layout=layout))
        done(path)
    frames = [
        result.frame.assign(_file=str(path), _copy=result.frame.groupby(_SAME).cumcount())
        for path, result in zip(paths, results, strict=True)
    ]
    together = pd.concat(frames, ignore_index=True)
    again = together.duplicated([*_SAME, "_copy"]) & (together["faktura_nr"] != "")
    first = together.drop_duplicates([*_SAME, "_copy"]).set_index([*_SAME, "_copy"])["kalla"]
    reported = [row for result in results for row in result.reported]
    for row in together[again].itertuples(index=False):
        original = first.loc[(*row[: len(COLUMNS) - 1], row[-1])]
        number = re.search(r"(\d+)$", str(row.kalla))
        reason = f"expected a new posting, found one delivered twice: the same as {original}"
        reported.append(Reported(str(row[-2]), "", int(number[1]) if number else 0, reason))
    return together.loc[~again, list(COLUMNS)].reset_index(drop=True), reported, results
