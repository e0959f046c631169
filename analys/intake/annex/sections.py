"""An annex's parts, where totals stand among the members: a county's municipalities, a page's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from analys.intake.annex.model import Column, Member, Section, TotalRow, in_column
from analys.intake.annex.rows import Row

_END: Final = sys.maxsize


@dataclass(frozen=True)
class _Rows:
    """Members and other parties that a total may count."""

    members: Sequence[Member]
    others: Sequence[Member]

    def within(self, span: range) -> _Rows:
        return _Rows(*([row for row in rows if row.row in span] for rows in (self.members, self.others)))

    def distance(self, total: TotalRow, column: Column) -> Decimal:
        """How far a total is from the rows' sum, with or without other parties' figures."""
        own, beside = (
            sum((figure.value for figure in in_column(rows, column)), Decimal(0))
            for rows in (self.members, self.others)
        )
        printed = total.figures[column.letter].value
        return min(abs(printed - own), abs(printed - own - beside))


def sections(
    members: Sequence[Member],
    others: Sequence[Member],
    totals: Sequence[TotalRow],
    titles: Sequence[Row],
    added: Column | None,
) -> tuple[Section, ...]:
    """The table's parts: each ends with its totals. Of those under the last member, a total is the last part's where it
    is nearer to that part's sum in the column ``added`` than to the whole's."""
    among = [total.row for total in totals if members[0].row < total.row < members[-1].row]
    if not among:
        return ()
    starts = {members[0].row, *(min(member.row for member in members if member.row > row) for row in among)}
    whole = _Rows(members, others)
    parts = []
    for start, end in pairwise([*sorted(starts), _END]):
        part = whole.within(range(start, end))
        ending = [total for total in totals if total.row in range(part.members[-1].row, end)]
        if end == _END:
            ending = [total for total in ending if _is_of_last(total, part, whole, added)]
        title = next((row.name for row in reversed(titles) if row.index + 1 < start), "")
        parts.append(Section(title, tuple(part.members), tuple(part.others), tuple(ending)))
    return tuple(parts)


def _is_of_last(total: TotalRow, last: _Rows, whole: _Rows, added: Column | None) -> bool:
    if total.is_called_a_part or added is None or added.letter not in total.figures:
        return total.is_called_a_part
    return last.distance(total, added) < whole.distance(total, added)
