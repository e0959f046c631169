"""When a municipality's ledgers speak: a bill outside that time is neither paid nor missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: Ledgers that leave less than this between them are one: a month may have no posting.
_GAP: Final = dt.timedelta(days=62)


@dataclass(frozen=True)
class Coverage:
    """The first and last day of each unbroken time, in order."""

    spans: tuple[tuple[dt.date, dt.date], ...]

    @property
    def last(self) -> dt.date:
        return self.spans[-1][1]

    def __contains__(self, day: dt.date) -> bool:
        return any(first <= day <= last for first, last in self.spans)

    def __str__(self) -> str:
        return " och ".join(f"{first} till {last}" for first, last in self.spans)


def coverage(dates: Iterable[tuple[str, str]]) -> Coverage:
    """What ledgers with these first and last canonical dates speak of: whole months, together where they meet."""
    spans: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted((first_day(first), last_day(last)) for first, last in dates):
        if spans and first - spans[-1][1] < _GAP:
            spans[-1] = spans[-1][0], max(spans[-1][1], last)
        else:
            spans.append((first, last))
    return Coverage(tuple(spans))


def first_day(written: str) -> dt.date:
    """The first day of the month (or year) that a canonical date lies in."""
    return dt.date(int(written[:4]), int(written[5:7] or 1), 1)


def last_day(written: str) -> dt.date:
    """The last day of the month (or year) that a canonical date lies in."""
    year, month = int(written[:4]), int(written[5:7] or 12)
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
