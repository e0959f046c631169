"""What the readers of grids share: places as a spreadsheet shows them, values as they are shown, and the bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from analys.documents.files import unusable
from analys.documents.model import Cell, Value
from analys.masking import mask
from analys.swedish import format_number, format_percent

#: A sheet of more cells than this, empty ones between the others counted, is no table that somebody reads.
MAX_CELLS: Final = 250_000
#: All texts of a document: a book of three thousand pages.
MAX_TEXT: Final = 10_000_000
#: Formats whose text is told by the number alone: "0", "0.00", "#,##0", "# ##0.0", with a per cent sign or without.
_PLAIN_FORMAT: Final = re.compile(r"(?P<group>#[, \u00a0]##)?0(?:\.(?P<decimals>0{1,15}))?(?P<percent>\s?%)?")


def column_letter(index: int) -> str:
    """0 -> "A", 26 -> "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """(10, 1) -> "B11"."""
    return f"{column_letter(column)}{row + 1}"


def masked(value: Value) -> Value:
    """A cell's value without personal identity numbers, whether written as text or stored as a number."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**8:
        return value if mask(str(value)) == str(value) else mask(str(value))
    return value


def whole(value: Value) -> Value:
    """A workbook stores every number as a float: what has no decimals is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def shown(value: Value, number_format: str) -> str:
    """A number as its format shows it, in Swedish; nothing where the format is another than a plain one."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    plain = _PLAIN_FORMAT.fullmatch(number_format)
    if not plain:
        return ""
    decimals = len(plain["decimals"] or "")
    if plain["percent"]:
        return format_percent(value, decimals)
    text = format_number(value, decimals)
    return text if plain["group"] else text.replace("\u00a0", "")


def rectangle(
    path: Path, name: str, rows: Iterable[Sequence[Value]], place: Callable[[int, int], str] = cell_name
) -> tuple[tuple[Cell, ...], ...]:
    """Rows of values as equally long rows of cells."""
    kept = [list(row) for row in rows]
    width = max(map(len, kept), default=0)
    check_extent(path, name, len(kept), width)
    blanks: list[Value] = [None] * width
    return tuple(
        tuple(Cell(masked(value), place(y, x)) for x, value in enumerate([*row, *blanks[len(row) :]]))
        for y, row in enumerate(kept)
    )


def check_extent(path: Path, name: str, rows: int, columns: int, most: int = MAX_CELLS) -> None:
    """Refuse cells so far apart that what lies between them would fill the memory."""
    if rows * columns > most:
        place = f"blad {mask(name)}" if name else ""
        found = f"celler ända till {cell_name(rows - 1, columns - 1)}"
        action = "ta bort lösa celler långt från tabellen, eller spara tabellen som en egen fil"
        raise unusable(path, f"ett blad på högst {most} celler", found, action, place)
