"""What every reader of rows hands back: the table, and each row that it could not use, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from analys.masking import mask


@dataclass(frozen=True)
class Reported:
    """A row of the source that is not in the table. ``row`` counts from 1 as a spreadsheet or an editor shows it."""

    file: str
    sheet: str
    row: int
    reason: str

    def __post_init__(self) -> None:
        for name in ("file", "sheet", "reason"):
            object.__setattr__(self, name, mask(getattr(self, name)))


@dataclass(frozen=True)
class ReadResult:
    """``frame`` holds the canonical columns; ``rows_in == len(frame) + len(reported)``, always.

    ``format`` names what the file was taken for and ``why`` what gave it away. ``places``, where the reader says them,
    are the sheet and row of each row of ``frame``.
    """

    format: str
    why: str
    rows_in: int
    frame: pd.DataFrame
    reported: Sequence[Reported] = field(default_factory=tuple)
    places: Sequence[tuple[str, int]] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        object.__setattr__(self, "why", mask(self.why))
