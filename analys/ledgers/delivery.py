"""Several files as one ledger, without the postings that were delivered twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from analys.documents.files import MIB, Kind, detect
from analys.intake import invoices
from analys.intake.result import ReadResult, Reported
from analys.ledgers.select import Wanted, select
from analys.ledgers.text import LARGEST, damage

#: Text files above this are not read whole; the wanted postings are selected in a stream.
WHOLE: Final = 16 * MIB

#: The first and last date of one ledger, by municipality code, and those of several.
Span = dict[str, tuple[str, str]]
Dates = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Delivery:
    """One canonical table, every row that is not in it, and the dates of all rows (also of those not wanted). ``notes``
    tell of files as a whole what a reader of the answer must know."""

    frame: pd.DataFrame
    reported: list[Reported]
    dates: Dates
    notes: tuple[str, ...] = ()


def read_all(
    paths: Sequence[Path],
    wanted: Wanted,
    *,
    layout: Path | str | None = None,
    member: str = "",
    done: Callable[[Path], None] = lambda _: None,
) -> Delivery:
    """The postings of all files; of text files above :data:`WHOLE` only the ``wanted`` ones. ``member`` is the code of
    the municipality whose rows these are where they do not say it themselves, whatever the file's name says; ``done`` is
    told of each file.

    Of a posting that several files deliver the first one is taken (:func:`analys.intake.invoices.without_copies`).
    Raises :class:`InputError` for the first file that cannot be used.
    """
    results, dates = [], Dates()
    for path in paths:
        result, span = _read(path, wanted, layout, member)
        frame = result.frame
        frame["kommunkod"] = frame["kommunkod"].where(frame["kommunkod"] != "", member)
        results.append(result)
        for code, days in span.items():
            dates.setdefault(code or member, []).append(days)
        done(path)
    results = invoices.without_copies(results, [str(path) for path in paths])
    together = pd.concat([result.frame for result in results], ignore_index=True)
    notes = tuple(filter(None, map(damage, filter(_is_large, paths))))
    return Delivery(together, [row for result in results for row in result.reported], dates, notes)


def unused(delivery: Delivery) -> pd.DataFrame:
    """The rows that could not be used: fil, blad, rad, skal."""
    rows = [(Path(row.file).name, row.sheet, row.row, row.reason) for row in delivery.reported]
    return pd.DataFrame(rows, columns=["fil", "blad", "rad", "skal"])


def dates_of(frame: pd.DataFrame) -> Dates:
    """The first and last date of one ledger's canonical table, by municipality code."""
    return {code: [days] for code, days in _span(frame).items()}


def _span(frame: pd.DataFrame) -> Span:
    dated = frame[frame["datum"] != ""]
    return {str(code): (min(days), max(days)) for code, days in dated.groupby("kommunkod")["datum"]}


def _is_large(path: Path) -> bool:
    """Whether a ledger is a text that is not read whole."""
    return detect(path, LARGEST).kind is Kind.TEXT and path.stat().st_size > WHOLE


def _read(path: Path, wanted: Wanted, layout: Path | str | None, member: str) -> tuple[ReadResult, Span]:
    if _is_large(path):
        selection = select(path, wanted, layout=layout, member=member)
        return selection.collector.result("textreskontra", "bara de sökta posterna"), selection.dates
    result = invoices.read(path, layout=layout, member=member)
    return result, _span(result.frame)
