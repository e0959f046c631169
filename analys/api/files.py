"""Files and frames by one door: whatever a notebook hands over is a document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from analys import documents
from analys.api import arguments
from analys.documents.model import Cell, Document, Grid, Value
from analys.errors import Fault, InputError

if TYPE_CHECKING:
    from analys.intake.result import ReadResult

Kind = Literal["population", "invoices", "documents"]


def document_of(source: Path | pd.DataFrame) -> Document:
    """A file opened, or a frame as the one grid of a document."""
    return _of_frame(source) if isinstance(source, pd.DataFrame) else documents.open(source)


def _of_frame(frame: pd.DataFrame) -> Document:
    values = [list(map(str, frame.columns)), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()]
    rows = tuple(
        tuple(Cell(_plain(value), f"rad {y}, kolumn {x}") for x, value in enumerate(row, start=1))
        for y, row in enumerate(values, start=1)
    )
    return Document("tabellen", "DataFrame", "en DataFrame", (Grid("tabellen", rows),))


def _plain(value: object) -> Value:
    """A cell's value as a file would hold it: numpy's numbers as Python's."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float) and plain.is_integer():
        return int(plain)
    return plain  # type: ignore[return-value]


@arguments.named
def read(source: str | Path, kind: Kind | None = None) -> pd.DataFrame:
    """Read a file of population, invoices or running text as one table, whatever its format.

    Without ``kind`` the file decides: a ledger, a population file, else the facts that a document states. ``attrs`` of
    the frame hold ``kalla``, ``format``, ``varfor`` and ``rapporterade``: a list of (row, reason) that were not used.
    Raises :class:`analys.errors.InputError` with what is wrong and what to do.

    >>> import analys
    >>> sorted(analys.read("data/raw/exempel-reskontra/mjolby-2016-2018.csv").attrs)
    ['format', 'kalla', 'rapporterade', 'varfor']
    """
    path = arguments.FILE("source", source)
    if kind is not None:
        return arguments.one_of(_READERS)("kind", kind)(path)
    faults: list[Fault] = []
    for reader in _READERS.values():
        try:
            frame = reader(path)
        except InputError as error:
            faults += error.faults
            continue
        if not frame.empty:
            return frame
    raise InputError(faults[:1])


def _invoices(path: Path) -> pd.DataFrame:
    from analys.intake import invoices

    return _read(path, invoices.read(path))


def _population(path: Path) -> pd.DataFrame:
    from analys.intake import population

    return _read(path, population.read(path))


def _read(path: Path, result: ReadResult) -> pd.DataFrame:
    reported = [(row.row, row.reason) for row in result.reported]
    return _with_source(result.frame, path, result.format, result.why, reported)


def _facts(path: Path) -> pd.DataFrame:
    from analys.facts import find

    document = documents.open(path)
    return _with_source(
        pd.DataFrame([fact.as_json() for fact in find(document)]), path, document.kind, document.why, []
    )


_READERS = {"invoices": _invoices, "population": _population, "documents": _facts}


def _with_source(frame: pd.DataFrame, path: Path, form: str, why: str, reported: list[tuple[int, str]]) -> pd.DataFrame:
    frame.attrs |= {"kalla": path.name, "format": form, "varfor": why, "rapporterade": reported}
    return frame
