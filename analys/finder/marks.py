"""Whether points and commas group thousands or mark decimals: a column decides, for a cell alone often cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from analys.finder.cells import Content, parses, unmarked
from analys.swedish import parse_number

_UNIT: Final = r"(:-|,-|-)?( ?(%|procent|‰|promille|kr|kronor|tkr|mnkr|mkr|sek)\.?)?"
#: How far shares may add up beside one, of rounding and of a figure or two that are wrong.
ABOUT_ONE: Final = (Decimal("0.9"), Decimal("1.1"))


class Marks(StrEnum):
    """How a column's figures are written."""

    SWEDISH = "decimalkomma"
    POINT_GROUPS = "punkt mellan tusental"
    COMMA_GROUPS = "komma mellan tusental"
    POINT_DECIMALS = "decimalpunkt"


class Size(StrEnum):
    """What figures can be: people and kronor have no three decimals, thousands of kronor may, parts of one have."""

    WHOLE = "hela tal"
    KRONOR = "kronor"
    THOUSANDS = "tusentals kronor"
    PARTS = "delar av ett"
    OTHER = "annat"


@dataclass(frozen=True)
class Written:
    """A column's cells, those of the members and those of totals, and what its figures can be."""

    size: Size
    members: Sequence[Content]
    totals: Sequence[Content] = ()

    def texts(self, *, totals: bool = True) -> list[str]:
        cells = [*self.members, *self.totals] if totals else self.members
        return [unmarked(cell) for cell in cells if isinstance(cell, str) and any(map(str.isdigit, cell))]

    @cached_property
    def evidence(self) -> dict[Marks, bool | None]:
        """For points and for commas whether they group thousands; ``None`` where both readings are possible."""
        return {marks: self._groups(mark, other) for marks, mark, other in _GROUPINGS}

    def _groups(self, mark: str, other: str) -> bool | None:
        pattern = GROUPED[mark]
        texts = self.texts(totals=not any(map(pattern.fullmatch, self.texts(totals=False))))
        grouped = [text for text in texts if pattern.fullmatch(text)]
        rest = [text for text in texts if text not in grouped]
        several = any(text.count(mark) > 1 for text in grouped)
        against = re.compile(r"\d[.,]\d" if self.size is Size.WHOLE else rf"\d{re.escape(mark)}\d")
        if not grouped or any(map(against.search, rest)):
            return False
        if several or (self.size is not Size.PARTS and any(other in text for text in grouped)):
            return True
        if self.size in (Size.WHOLE, Size.KRONOR) and not any("tkr" in text.lower() for text in grouped):
            # People have no decimals and kronor no three; a thousand without its mark shows that none is grouped.
            return not any(_UNGROUPED.match(text) for text in rest)
        return {Size.PARTS: False, Size.OTHER: None}.get(self.size, bool(rest) or None)

    @property
    def has_decimal_points(self) -> bool:
        """Whether points mark decimals before which only the column tells them from thousands ("35.567")."""
        texts = self.texts(totals=False)
        if not any(_POINTED.fullmatch(text) for text in texts):
            return False
        if self.size in (Size.KRONOR, Size.THOUSANDS):
            return any(map(_DECIMAL_POINT.fullmatch, texts)) and not any("," in text for text in texts)
        if self.size is not Size.PARTS:
            return False
        with_commas = [text.replace(".", ",") for text in texts]
        parts = [parse_number(text).value for text in with_commas if parses(text)]
        total, (low, high) = sum(parts), ABOUT_ONE
        return max(parts, default=0) <= 1 or any(low < total / whole < high for whole in (1, 100, 1000))


_UNGROUPED: Final = re.compile(r"[+-]?\d( ?\d){3}")
_GROUPINGS: Final = ((Marks.POINT_GROUPS, ".", ","), (Marks.COMMA_GROUPS, ",", "."))
#: Figures whose thousands a mark groups; the second group are the decimals after the other mark.
GROUPED: Final = {
    mark: re.compile(rf"[+-]? ?[1-9]\d{{0,2}}({re.escape(mark)}\d{{3}})+({re.escape(other)}\d+)?{_UNIT}", re.I)
    for _, mark, other in _GROUPINGS
}
#: Thousands and more, or three decimals: "35.567".
_POINTED: Final = re.compile(rf"\d{{1,4}}( \d{{3}})*\.\d{{3}}{_UNIT}", re.I)
#: A figure whose point cannot group thousands: other than three digits follow, or blanks group them.
_DECIMAL_POINT: Final = re.compile(r"(\d+\.\d\d?|\d{1,3}( \d{3})+\.\d+)( ?(kr|kronor|tkr))?")

#: Which figures are written anew, and what becomes of their signs.
_REWRITES: Final[Mapping[Marks, tuple[re.Pattern[str], Mapping[int, int | None]]]] = {
    Marks.POINT_GROUPS: (GROUPED["."], str.maketrans("", "", ".")),
    Marks.COMMA_GROUPS: (GROUPED[","], str.maketrans(".", ",", ",")),
    Marks.POINT_DECIMALS: (_POINTED, str.maketrans(".", ",")),
}


def decide(columns: Mapping[int, Written]) -> dict[int, Marks]:
    """How each column's figures are written; what a column leaves open, another of the same table tells."""
    decided = dict.fromkeys(columns, Marks.SWEDISH)
    for marks, _, _ in reversed(_GROUPINGS):
        told = {index: column.evidence[marks] for index, column in columns.items()}
        sure = any(told.values())
        decided |= {index: marks for index, groups in told.items() if groups or (groups is None and sure)}
    open_columns = {index: column for index, column in columns.items() if decided[index] is Marks.SWEDISH}
    return decided | {i: Marks.POINT_DECIMALS for i, column in open_columns.items() if column.has_decimal_points}


def only_groups(text: str, mark: str) -> bool:
    """Whether a mark can only group thousands: it makes two groups, or decimals follow another mark."""
    match = GROUPED[mark].fullmatch(text)
    return match is not None and (text.count(mark) > 1 or match[2] is not None)


def rewritten(cell: Content, marks: Marks) -> Content:
    """A figure as Swedish tables write it: no mark between thousands, a comma before decimals."""
    if not isinstance(cell, str) or marks not in _REWRITES:
        return cell
    pattern, signs = _REWRITES[marks]
    return cell.translate(signs) if pattern.fullmatch(unmarked(cell)) else cell
