"""Text whose columns a mark separates: which mark it is, and the records, each with what is wrong with it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

#: What separates columns, with what a message calls it; of two that fit alike the first is taken.
DELIMITERS: Final = {";": "semikolon", "\t": "tabb", "|": "lodstreck", ",": "komma"}
#: A quoted cell may run over this many lines; a quotation mark that stays open longer was never closed.
LONGEST_RECORD: Final = 10
#: What a line says that only tells a spreadsheet the delimiter.
SEPARATION: Final = re.compile(r"sep=(.)", re.IGNORECASE)
_NEVER_CLOSED: Final = "väntade hela celler, fann ett citattecken som aldrig stängs"
#: So many lines are looked at to tell what separates columns.
_SAMPLE: Final = 2_000
#: What parts the columns of a text whose commas are decimals.
_OTHER_MARKS: Final = re.compile(r"  |[\t|]")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Row:
    """One row of a sheet or one record of a text; ``number`` as a spreadsheet or editor shows it.

    ``lines``: how many lines of text the record runs over.
    """

    number: int
    cells: Sequence[object]
    fault: str = ""
    lines: int = 1

    @property
    def is_blank(self) -> bool:
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


@dataclass(frozen=True)
class Split:
    """How a mark splits a text: how many more ``cells`` than lines it gives in those lines that are split alike, and
    in what ``share`` of all lines it parts columns, not a sentence, decimals or a row of Markdown."""

    mark: str
    cells: int
    share: float


def splits(lines: Sequence[str]) -> list[Split]:
    """How each mark splits the lines, the best first: the one that gives the most cells in lines that are alike, so
    that decimal commas do not count, and sentences split into any number of parts."""
    written = [line for line in lines[:_SAMPLE] if line.strip()]
    return sorted((_split(written, mark) for mark in DELIMITERS), key=lambda split: -split.cells)


def _split(written: Sequence[str], mark: str) -> Split:
    rows = [[str(cell) for cell in row.cells] for row in records(written, mark)]
    widths = Counter(map(len, rows))
    width = max(widths, key=lambda width: (width - 1) * widths[width], default=1)
    parted = sum(len(row) == width > 1 and _is_parted(row, mark) for row in rows)
    return Split(mark, (width - 1) * widths[width], parted / max(len(written), 1))


def _is_parted(fields: Sequence[str], mark: str) -> bool:
    if mark == "|":
        return bool(fields[0].strip() or fields[-1].strip())
    return mark != "," or not any(field.startswith(" ") or _OTHER_MARKS.search(field) for field in fields)


def records(lines: Sequence[str], delimiter: str, width: int | None = None) -> Iterator[Row]:
    """The records of a text. A quotation mark that is never closed spoils its own line and not those after it; where
    it leaves the line its ``width`` cells it is a part of one of them."""
    at = 0
    while at < len(lines):
        row = _record(lines, at, delimiter, width)
        yield row
        at += row.lines


def _record(lines: Sequence[str], at: int, delimiter: str, width: int | None) -> Row:
    record, span = lines[at], 1
    while record.count('"') % 2 and span < LONGEST_RECORD and at + span < len(lines):
        record = f"{record}{lines[at + span]}" if record.endswith(("\n", "\r")) else f"{record}\n{lines[at + span]}"
        span += 1
    row = parse_record(record, at + 1, delimiter)
    is_torn = bool(row.fault) or width not in (None, len(row.cells))
    if record.count('"') % 2 == 0 and not (span > 1 and is_torn):
        return replace(row, lines=span)
    row = parse_record(lines[at], at + 1, delimiter, quoted=False)
    return row if len(row.cells) == width else Row(row.number, row.cells, _NEVER_CLOSED)


def parse_record(record: str, number: int, delimiter: str, *, quoted: bool = True) -> Row:
    """The cells of one record, or the reason why it has none.

    A quotation mark on one line may seem to be closed by one on the next, and two records be taken for one: when what
    would be one cell has swallowed the ends of lines that are whole records themselves, and when the parts of two cut
    lines only together have the cells of one.
    """
    try:
        parsed = list(
            csv.reader(
                io.StringIO(record, newline=""),
                delimiter=delimiter,
                quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            )
        )
        may_be_several = len(parsed) == 1 and quoted
        lines = _LINE_END.split(record.rstrip("\r\n")) if may_be_several else []
        if len(lines) > 1 and _has_swallowed(lines, parsed[0], delimiter):
            parsed = list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    except csv.Error as error:
        return Row(number, (record[:50],), f"väntade en rad som kan delas i celler: {error}")
    if len(parsed) > 1:
        return Row(number, (record[:50],), "väntade en post, fann flera: ett citattecken på två av raderna")
    return Row(number, parsed[0] if parsed else [])


def _has_swallowed(lines: Sequence[str], found: Sequence[str], delimiter: str) -> bool:
    """Whether the lines of one record are several: each has as many delimiters as all of it, or a closing quotation
    mark does not end its cell."""
    if len(found) > 1 and all(line.count(delimiter) == len(found) - 1 for line in lines):
        return True
    try:
        list(csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False
