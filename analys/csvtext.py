"""Tables as CSV text that a spreadsheet program may open: no text in them is taken for a formula.

A program that opens a CSV file calculates cells that begin with ``=``, ``+``, ``-`` or ``@``. Such text gets an
apostrophe before it, and text that begins with apostrophes before such a mark gets one more, so that taking one away
gives every cell back. Numbers with a sign stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

_ACTS: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"''*[=+\-@\t\r]")
_DECIMAL: Final = re.compile(r"-?\d+\.\d+")
_NUMBER: Final = re.compile(r"[+-]?\d[\d\s.,]*")


def guard(cell: Any) -> Any:
    """``cell``, with an apostrophe before text that a spreadsheet program would calculate."""
    if isinstance(cell, str) and _ACTS.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def unguard(cell: str) -> str:
    """The text that :func:`guard` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def from_frame(frame: pd.DataFrame) -> str:
    """The frame without its index; dates as ``2024-12-31``, nothing as an empty cell."""
    texts = frame.select_dtypes(include=["object", "string"]).columns
    safe = frame.assign(**{name: frame[name].map(guard, na_action="ignore") for name in texts})
    return str(safe.rename(columns=guard).to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d"))


def for_excel(text: str) -> str:
    """The CSV text as a Swedish Excel opens it in columns: a byte order mark, semicolons, and commas in numbers."""
    buffer = io.StringIO()
    rows = csv.reader(io.StringIO(text))
    csv.writer(buffer, delimiter=";", lineterminator="\n").writerows(
        [cell.replace(".", ",") if _DECIMAL.fullmatch(cell) else cell for cell in row] for row in rows
    )
    return f"\ufeff{buffer.getvalue()}"


def from_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys, which are the headings. There must be one row at least."""
    return from_frame(pd.DataFrame(rows, columns=list(rows[0]), dtype=object))
