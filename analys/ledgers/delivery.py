"""Several files as one ledger, without the postings that were delivered twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from analys.intake import invoices
from analys.intake.files import MIB, Kind, detect
from analys.intake.invoices.tables import COLUMNS
from analys.intake.result import Reported
from analys.ledgers.select import Wanted, select
from analys.ledgers.text import LARGEST

#: Text files above this are not read whole; the wanted postings are selected in a stream.
WHOLE: Final = 16 * MIB

_SAME: Final = [column for column in COLUMNS if column != "kalla"]

Dates = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Delivery:
    """One canonical table, every row that is not in it, and by municipality code the first and last date of all rows
    (also of those that were not wanted)."""

    frame: pd.DataFrame
    reported: list[Reported]
    dates: Dates


def read_all(
    paths: Sequence[Path],
    wanted: Wanted,
    *,
    layout: Path | str | None = None,
    member: str = "",
    done: Callable[[Path], None] = lambda _: None,
) -> Delivery:
    """The postings of all files; of text files above :data:`WHOLE` only the ``wanted`` ones. ``member`` is the code of
    the municipality whose rows these are where they do not say it themselves; ``done`` is told of each file.

    A posting with an invoice number that stands in two files alike in every cell is one posting delivered twice
    (yearly files overlap): the later copy is reported. Alike postings within one file are kept; an invoice may have
    them. Raises :class:`InputError` for the first file that cannot be used.
    """
    frames, reported, dates = [], list[Reported](), Dates()
    for path in paths:
        frame, unused, span = _read(path, wanted, layout)
        frame["kommunkod"] = frame["kommunkod"].where(frame["kommunkod"] != "", member)
        frames.append(frame.assign(_file=str(path), _copy=frame.groupby(_SAME).cumcount()))
        reported += unused
        for code, (first, last) in span.items():
            low, high = dates.get(code or member, (first, last))
            dates[code or member] = (min(low, first), max(high, last))
        done(path)
    together = pd.concat(frames, ignore_index=True)
    again = together.duplicated([*_SAME, "_copy"]) & (together["faktura_nr"] != "")
    reported += _delivered_twice(together, again)
    return Delivery(together.loc[~again, list(COLUMNS)].reset_index(drop=True), reported, dates)


def dates_of(frame: pd.DataFrame) -> Dates:
    """The first and last date of a canonical table by municipality code."""
    dated = frame[frame["datum"] != ""]
    return {str(code): (min(days), max(days)) for code, days in dated.groupby("kommunkod")["datum"]}


def _read(path: Path, wanted: Wanted, layout: Path | str | None) -> tuple[pd.DataFrame, Sequence[Reported], Dates]:
    if detect(path, LARGEST).kind is Kind.TEXT and path.stat().st_size > WHOLE:
        selection = select(path, wanted, layout=layout)
        return selection.collector.frame(), selection.collector.reported, selection.dates
    result = invoices.read(path, layout=layout)
    return result.frame, result.reported, dates_of(result.frame)


def _delivered_twice(together: pd.DataFrame, again: pd.Series) -> list[Reported]:
    if not again.any():
        return []
    first = together.drop_duplicates([*_SAME, "_copy"]).set_index([*_SAME, "_copy"])["kalla"]
    reported = []
    for row in together[again].to_dict("records"):
        original = first.loc[tuple(row[column] for column in (*_SAME, "_copy"))]
        number = re.search(r"(\d+)$", str(row["kalla"]))
        reason = f"expected a new posting, found one delivered twice: the same as {original}"
        reported.append(Reported(str(row["_file"]), "", int(number[1]) if number else 0, reason))
    return reported
