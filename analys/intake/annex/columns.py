"""What a column holds, told by its heading and, where that leaves it open, by its cells: kind, unit, dotted thousands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from analys.intake.annex import headings
from analys.intake.annex.grid import Value
from analys.intake.annex.model import Kind
from analys.intake.annex.places import DOTTED, POINTED, parses, text_of, unmarked, with_comma
from analys.swedish import PARTS, Number, parse_number

#: How far shares may add up beside one, of rounding and of a figure or two that are wrong.
_ABOUT_ONE: Final = (Decimal("0.9"), Decimal("1.1"))
#: A figure whose point cannot group thousands: other than three digits follow, or blanks group them.
_DECIMAL_POINT: Final = re.compile(r"(\d+\.\d\d?|\d{1,3}( \d{3})+\.\d+)( ?(kr|kronor|tkr))?")

#: What no jointly financed service costs an inhabitant, in kronor.
_MOST_PER_HEAD: Final = 10_000


def kind_of(heading: str, values: Sequence[Value]) -> Kind:
    """What a column holds. A unit written in its cells goes before the heading, and so does the size of its figures."""
    kind, numbers = headings.kind_of(heading), numbers_of(values)
    unit = written_unit(numbers)
    if headings.is_beside(heading):
        return kind
    if unit in PARTS and kind in (Kind.AMOUNT, Kind.POPULATION, Kind.OTHER, Kind.NAME):
        return Kind.SHARE
    if unit is not None and unit not in PARTS and kind in (Kind.SHARE, Kind.OTHER, Kind.NAME):
        return Kind.AMOUNT
    if unit is None and numbers and 2 * len(numbers) > len(values):
        return _by_size(kind, heading, [number.value for number in numbers])
    return kind


def _by_size(kind: Kind, heading: str, values: Sequence[Decimal]) -> Kind:
    """The kind of a column of bare numbers: shares add to one or a hundred, and few figures of money or people do."""
    low, high = _ABOUT_ONE
    of_one, of_hundred = low < sum(values) < high, 100 * low < sum(values) < 100 * high
    most = 1000 if headings.is_per_mille(heading) else 100
    if kind is Kind.SHARE and 2 * sum(value > most for value in values) > len(values):
        return Kind.AMOUNT
    if kind is Kind.PER_HEAD and 2 * sum(value > _MOST_PER_HEAD for value in values) > len(values):
        return Kind.AMOUNT  # "Kostnad fördelad per invånare"
    if kind is Kind.AMOUNT and headings.stated_unit(heading) is None and min(values) >= 0:
        return Kind.SHARE if of_one or (of_hundred and headings.may_be_share(heading)) else kind
    if kind in (Kind.OTHER, Kind.NAME):
        # No amount is less than a krona: parts of one are shares, though one that is wrong makes them add to less.
        of_one = of_one or (all(0 <= value <= 1 for value in values) and any(values))
        if headings.may_be_share(heading) and (of_one or of_hundred):
            return Kind.SHARE
        return Kind.AMOUNT if headings.may_be_amount(heading) else Kind.OTHER
    return kind


def numbers_of(values: Sequence[Value]) -> list[Number]:
    """The cells that hold a number."""
    return [parse_number(unmarked(value)) for value in values if parses(value)]


def written_unit(numbers: Sequence[Number]) -> str | None:
    """The unit that most of a column's cells hold themselves."""
    units = Counter(number.unit for number in numbers)
    return units.most_common(1)[0][0] if units else None


def share_unit(heading: str, values: Sequence[Decimal], written: str | None) -> str:
    """Whether bare numbers are per mille, per cent or parts of one: by their sum; the heading settles what that leaves
    open."""
    if written in PARTS:
        return written
    total, (low, high) = sum(values), _ABOUT_ONE
    if headings.is_per_mille(heading) and total > 110:
        return "‰"
    if total > 2:
        return "%"
    per_cent = "%" in heading or "procent" in heading.lower()
    # Of three or more, one that is wrong moves the sum, and per cent would add to a hundred.
    about_one = low < total < high or (len(values) > 2 and 2 * total > 1)
    return "%" if per_cent and not about_one else "andel"


def pointed_columns(columns: Mapping[int, tuple[str, Sequence[Value]]]) -> set[int]:
    """The columns, of index -> (heading, the members' cells), in which points mark decimals ("35.567"): shares that read
    so add to a whole, amounts beside others that have one or two digits after the point, or blanks between thousands."""
    return {index for index, (heading, values) in columns.items() if _points_mark_decimals(heading, values)}


def _points_mark_decimals(heading: str, values: Sequence[Value]) -> bool:
    texts = [text_of(unmarked(value)) for value in values]
    kind = headings.kind_of(heading)
    if kind not in (Kind.SHARE, Kind.AMOUNT) or not any(POINTED.fullmatch(text) for text in texts):
        return False
    if kind is Kind.AMOUNT:
        return any(map(_DECIMAL_POINT.fullmatch, texts)) and not any("," in text for text in texts)
    parts = [number.value for number in numbers_of([with_comma(text) for text in texts])]
    total = sum(parts)
    return max(parts) <= 1 or any(low < total / whole < high for whole in (1, 100, 1000) for low, high in (_ABOUT_ONE,))


def dotted_columns(columns: Mapping[int, tuple[str, Sequence[Value], Sequence[Value]]]) -> set[int]:
    """The columns, of index -> (heading, the members' cells, the totals' cells), in which points group the thousands.

    Figures of people have no decimals and kronor no three of them. Thousands of kronor may have three: for them the
    column itself must tell, or another column of the table.
    """
    told = {index: _dotted_thousands(*column) for index, column in columns.items()}
    sure = {index for index, dotted in told.items() if dotted}
    return sure | {index for index, dotted in told.items() if sure and dotted is None}


def _dotted_thousands(heading: str, members: Sequence[Value], totals: Sequence[Value]) -> bool | None:
    """Whether points group the thousands in one column; ``None`` when they may as well mark decimals."""
    texts, of_totals = ([text_of(unmarked(value)) for value in values] for values in (members, totals))
    texts = texts if any(map(DOTTED.fullmatch, texts)) else texts + of_totals
    dotted = [text for text in texts if DOTTED.fullmatch(text)]
    rest = [text for text in texts if text not in dotted and re.search(r"\d", text)]
    kind = headings.kind_of(heading)
    if kind not in (Kind.POPULATION, Kind.AMOUNT) or not dotted or any(re.search(r"\d\.\d", text) for text in rest):
        return False
    if kind is Kind.POPULATION or any("," in text or text.count(".") > 1 for text in dotted):
        return True
    if headings.stated_unit(heading) in (None, "kr") and not any("tkr" in text for text in dotted):
        return not any(re.match(r"-?\d( ?\d){3}", text) for text in rest)
    return True if rest else None
