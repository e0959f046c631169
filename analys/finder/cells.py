"""What one cell says: its text on one line, an exact number, a year, nothing at all, or a municipality."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from analys.documents.model import Cell, Value
from analys.register import Region, find
from analys.swedish import parse_number, plain

#: A cell as it is compared: text on one line, an exact number, or ``None`` for an empty one.
Content = str | Decimal | None

#: What a row of totals begins with.
TOTAL: Final = re.compile(
    r"^\W*(total|(del|under)summ?a|summ?a|sum\b|s:a|samtliga|hela länet|länet|alla kommuner|tillsammans)", re.I
)
#: The row of the country stands beside the members to compare with; no member's figure is part of it.
COUNTRY: Final = re.compile(r"^\W*(hela )?(riket|sverige|landet)\b", re.I)
#: A longer text is a sentence: no name, no figure and no heading.
LONGEST_NAME: Final = 200
_FOOTNOTE: Final = re.compile(r"(?<!\s)\s*((?<![\d(])\d\)|[¹²³⁴]|\*){1,9}$")
#: How tables write that there is nothing to pay or to count, which is not the same as an unknown figure ("..").
_NOTHING: Final = re.compile(r"[-—]+|[-—] ?(kr|tkr|%)")
#: What may follow a figure without being a part of it: a footnote's mark, whom it counts, how often it is paid.
_MARK: Final = re.compile(
    r"(?<=[\dkr%‰.-])\s?([*†¹²³⁴⁵]+|(?<=\s)\d\)|(?<=\d\s)(inv(ånare)?|pers(oner)?|st)\.?|(?<=kr)( ?/ ?| per )(år|halvår))$",
    re.I,
)
#: What a municipality's name may have after it: "Hammarö kommun (värd)", "Mjölby, värdkommun", "Motala k:n".
_AFTER_NAME: Final = re.compile(r"(?<!\s)\s*(\([^)]{0,200}\)|,.{0,200}|\bk:?n\.?)$")
_YEAR: Final = re.compile(r"(19|20)\d\d( ?(kr|tkr|mnkr|%))?")
#: A figure that only its column can tell the meaning of: its points or commas may group thousands or mark decimals.
_OPEN: Final = re.compile(
    r"[+-]? ?\d{1,4}( \d{3})*([.,]\d{3})+([.,]\d+)?(:-|,-)?( ?(%|procent|‰|promille|kr|kronor|tkr|mnkr)\.?)?", re.I
)
#: A spreadsheet's numbers have so many digits; what a float holds beyond them came of adding binary fractions.
_SPREADSHEET_DIGITS: Final = 15


def content(cell: Cell) -> Content:
    """What a cell holds; a formula that was never calculated is the formula."""
    return f"={cell.formula}" if cell.value is None and cell.formula else content_of(cell.value)


def content_of(value: Value) -> Content:
    """A value as text on one line or as an exact number; ``None`` when it is empty."""
    if value is None:
        return None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _exact(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    return plain(" ".join(str(value).split())) or None


def _exact(value: float | Decimal) -> Content:
    number = Decimal(f"{value:.{_SPREADSHEET_DIGITS}g}") if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return str(number)
    return Decimal(int(number)) if number == number.to_integral_value() and number.adjusted() < 300 else number


def shown(cell: Content) -> str:
    """The content as text; "" for an empty cell."""
    return "" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else cell


def without_footnote(text: str) -> str:
    """A name without the mark of a footnote after it. A text that is too long for a name stays as it is: patterns that
    look for its end from each of its signs would take the square of its length."""
    return text if len(text) > LONGEST_NAME else _FOOTNOTE.sub("", text)


def unmarked(text: str) -> str:
    """A figure without the mark of a footnote after it ("1 234 kr*", "1 234 1)")."""
    return text if len(text) > LONGEST_NAME else _MARK.sub("", text)


def is_number(cell: Content) -> bool:
    """Whether a cell holds a number, also one that only its column can tell the meaning of ("1.234"), or that a formula
    would give."""
    return isinstance(cell, Decimal) or (cell is not None and _is_number(cell))


@lru_cache(maxsize=1 << 14)
def _is_number(text: str) -> bool:
    if len(text) > LONGEST_NAME:
        return text.startswith("=") or text.isdigit()
    return text.startswith("=") or parses(text) or _OPEN.fullmatch(unmarked(text)) is not None


def parses(text: str) -> bool:
    """Whether a text is a number that stands for itself."""
    try:
        parse_number(unmarked(text))
    except ValueError:
        return False
    return True


def is_nothing(cell: Content) -> bool:
    """Whether a cell says that there is nothing ("–"), in words that no figure has."""
    return isinstance(cell, str) and _NOTHING.fullmatch(cell) is not None


def is_figure(cell: Content) -> bool:
    """Whether a cell holds a number, or says that there is none to pay or to count."""
    return is_number(cell) or is_nothing(cell)


def is_year(cell: Content) -> bool:
    """Whether a cell is a year as headings have it, bare or with a unit ("2021 tkr")."""
    return _YEAR.fullmatch(unmarked(shown(cell))) is not None


@lru_cache(maxsize=1 << 14)
def named(text: str) -> Region | None:
    """The region that a name means, without a footnote's mark and what else may stand after it."""
    if len(text) > LONGEST_NAME:
        return None
    name = without_footnote(text)
    short = _AFTER_NAME.sub("", name)
    # What digits are left of may be an amount in kronor and öre, or a year.
    return find(name) or (None if short.isdigit() else find(short))


def municipality(cell: Content) -> Region | None:
    """The municipality that a text names; bare digits name none, they may be a figure."""
    if not isinstance(cell, str) or without_footnote(cell).isdigit():
        return None
    region = named(cell)
    return region if region and region.is_municipality else None


def coded(cell: Content) -> Region | None:
    """The municipality whose code, perhaps without its leading zero, a cell holds."""
    digits = shown(cell)
    region = find(digits) if digits.isdigit() else None
    return region if region and region.is_municipality else None
