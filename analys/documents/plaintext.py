"""Text: a table of separated columns, or a text in which tables stand, with tabs, bars, or blanks between columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from analys.documents import columns
from analys.documents.columns import Piece
from analys.documents.files import Kind
from analys.documents.model import Cell, Certainty, Document, Grid, Line
from analys.documents.separated import DELIMITERS, SEPARATION, records, splits
from analys.documents.sheets import check_extent, rectangle
from analys.documents.text import read_text
from analys.masking import mask

#: So large a share of a file's lines must be split alike for the whole of it to be one table. A comma stands in any
#: sentence, and in decimals.
_WHOLE: Final = {";": 0.5, "\t": 0.5, "|": 0.5, ",": 0.6}
#: The line beneath the headings of a table in Markdown.
_RULE: Final = re.compile(r"\s*:?-+:?\s*")
_PIECE: Final = re.compile(r"[^ \t]+(?: [^ \t]+)*")
_FEWEST_LINES: Final = 2


def read(path: Path, why: str) -> Document:
    """The document. Raises :class:`InputError` for lines that no table has, and for more cells than one has."""
    content, encoding = read_text(path)
    content = content.removeprefix("\ufeff")
    told = f"{encoding.name}: {encoding.why}"
    lines = content.replace("\f", "\n").splitlines()
    if lines and (said := SEPARATION.fullmatch(lines[0])):
        return _as_table(path, ["", *lines[1:]], said[1], told)
    mark = _delimiter(lines)
    if mark is not None:
        return _as_table(path, lines, mark, told)
    grids, rest = _within_text(path, lines)
    return Document(path.name, Kind.TEXT, f"{why}; {told}", tuple(grids), tuple(rest))


def _as_table(path: Path, lines: Sequence[str], mark: str, told: str) -> Document:
    rows = _tidied([[str(cell) for cell in row.cells] for row in records(lines, mark)], mark)
    cells = rectangle(path, "", [[value or None for value in row] for row in rows])
    why = f"text med {DELIMITERS.get(mark, repr(mark))} mellan kolumnerna; {told}"
    return Document(path.name, Kind.TEXT, why, (Grid("", cells),))


def _delimiter(lines: Sequence[str]) -> str | None:
    """The mark that makes one table of the whole file, where one does."""
    return next((split.mark for split in splits(lines) if split.share >= _WHOLE[split.mark]), None)


def _tidied(rows: list[list[str]], mark: str) -> list[list[str]]:
    """Fields without the outer bars of Markdown and the line beneath its headings."""
    if mark != "|":
        return rows
    if all(not row[0].strip() and not row[-1].strip() for row in rows if len(row) > 2):
        rows = [row[1:-1] if len(row) > 2 else row for row in rows]
    return [[field.strip() for field in row] for row in rows if not all(map(_RULE.fullmatch, row))]


def _within_text(path: Path, lines: Sequence[str]) -> tuple[list[Grid], list[Line]]:
    """The tables of a text, and the lines around them."""
    taken: dict[int, Grid] = {}
    inside: set[int] = set()
    for first, end, mark in _separated_blocks(lines):
        rows = _tidied([line.split(mark) for line in lines[first:end]], mark)
        if any(_FIGURES.search(field) for row in rows for field in row):
            taken[first] = _separated(path, rows, first, end)
            inside.update(range(first, end))
    pieces = [() if at in inside else _pieces(line) for at, line in enumerate(lines)]
    for found in columns.find(pieces):
        if not inside.intersection(range(found.first, found.end)):
            taken[found.first] = _aligned(path, found)
            inside.update(range(found.first, found.end))
    rest = [
        Line(mask(line.strip()), f"rad {at + 1}") for at, line in enumerate(lines) if at not in inside and line.strip()
    ]
    return [grid for _, grid in sorted(taken.items())], rest


_FIGURES: Final = re.compile(r"\d")


def _separated_blocks(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(first, end, mark) of lines in a row that the same mark splits."""
    for mark in "\t|;":
        first = 0
        while first < len(lines):
            end = first
            while end < len(lines) and mark in lines[end].strip(" "):
                end += 1
            if end - first >= _FEWEST_LINES:
                yield first, end, mark
            first = end + 1


def _separated(path: Path, rows: Sequence[Sequence[str]], first: int, end: int) -> Grid:
    name = f"rad {first + 1}–{end}"
    # Rows that a tidied table lacks are the rule beneath its headings: the others keep the number of their line.
    numbers = range(first + 1, end + 1)
    skip = len(numbers) - len(rows)
    cells = rectangle(
        path,
        "",
        [[field.strip() or None for field in row] for row in rows],
        lambda y, x: f"rad {numbers[y + skip] if y and skip else numbers[y]}, kolumn {x + 1}",
    )
    return Grid(name, cells)


def _pieces(line: str) -> tuple[Piece, ...]:
    line = line.expandtabs()
    if len(line) > 1000:  # no line of columns
        return (Piece(line, 0, len(line)),)
    return tuple(Piece(match[0], match.start(), match.end()) for match in _PIECE.finditer(line))


def _aligned(path: Path, found: columns.Found) -> Grid:
    check_extent(path, "", len(found.rows), len(found.rows[0]))
    rows = tuple(
        tuple(
            Cell(mask(piece.text) if piece else None, f"rad {number + 1}, kolumn {x + 1}")
            for x, piece in enumerate(row)
        )
        for number, row in zip(found.numbers, found.rows, strict=True)
    )
    merged = tuple((y, left, y, right) for y, left, right in found.spans)
    return Grid(f"rad {found.first + 1}–{found.end}", rows, Certainty.READ, merged)
