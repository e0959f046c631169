"""Tables without lines, found from how their texts stand under each other: of a page, a scan, or pasted text.

One way for all of them: each line is a row of pieces with a left and a right edge. Rows with figures that follow each
other are a table's body; where most of its rows have ink are the columns, and the rows of headings above belong to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from analys.documents.model import Box

#: A piece that is a figure or stands for none, whole: "1 234,50 kr", "(12)", "1,21%", "–".
_FIGURE: Final = re.compile(
    r"[(<+\u2212\u2013-]?\s?\d[\d\s.,:'\u00a0\u202f\u2009]*+(?:[%‰]|kr|tkr|mnkr|mkr|kronor|inv|st|procent)?[-*.)]*|[-\u2013\u2014\u2212]{1,2}|\.{1,3}",
    re.IGNORECASE,
)
#: A line that was broken within a date, and within a word; "kommun- och" goes on after its hyphen.
_BROKEN_DATE: Final = re.compile(r"(?<=\d)-\n(?=\d)")
_BROKEN_WORD: Final = re.compile(r"(?<=[a-zåäö])-\n(?=(?!och\b|eller\b|samt\b)[a-zåäö])")
#: What stands where there is no figure.
DASHES: Final = frozenset("-\u2013\u2014\u2212")
_YEAR: Final = re.compile(r"\(?(19|20)\d\d[,.]?( ?(kr|tkr|mnkr|%))?\)?")
#: Of a body's rows, so many must have ink for a column to be one (as a share).
_COMMON: Final = 0.25
#: A table that lies between rows of text goes on over so many of them: a section's name, a wrapped name.
_BETWEEN: Final = 1
_HEADING_ROWS: Final = 5
#: Texts whose left edges differ by less begin under each other, in parts of the height of letters.
_ALIGNED: Final = 0.5
#: A blank, in parts of the height of letters, and how much wider than one the gap between two headings is.
_BLANK, _WIDER = 0.28, 1.4


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that stands by itself in its line. ``left`` and ``right`` in whatever unit the line is measured in;
    ``words`` are what it was joined of, where their own places are known."""

    text: str
    left: float
    right: float
    box: Box | None = None
    words: tuple[Piece, ...] = ()

    @property
    def is_figure(self) -> bool:
        return len(self.text) < 40 and _FIGURE.fullmatch(self.text) is not None

    @property
    def height(self) -> float:
        return self.box.bottom - self.box.top if self.box else 0.0

    @property
    def middle(self) -> float:
        return (self.box.top + self.box.bottom) / 2 if self.box else 0.0


def together(pieces: Sequence[Piece]) -> Piece:
    """Texts of a line, or of a cell, as one."""
    boxes = [piece.box for piece in pieces if piece.box]
    left, right = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    box = Box.around(boxes) if boxes else None
    return Piece(" ".join(piece.text for piece in pieces), left, right, box, tuple(pieces))


def stacked(lines: Sequence[Piece]) -> Piece:
    """The lines of one cell as one text; a word or a date that was broken at a hyphen is whole again."""
    whole = together(lines)
    return replace(
        whole,
        text=_BROKEN_WORD.sub("", _BROKEN_DATE.sub("-", "\n".join(line.text for line in lines))).replace("\n", " "),
    )


Line = Sequence[Piece]


@dataclass(frozen=True)
class Found:
    """A table of the lines ``first`` up to ``end``. ``rows`` holds a piece or nothing for each column; ``numbers`` are
    the lines that the rows come from, ``spans`` the (row, first column, last column) of what reaches over several."""

    first: int
    end: int
    rows: tuple[tuple[Piece | None, ...], ...]
    numbers: tuple[int, ...]
    spans: tuple[tuple[int, int, int], ...]


def find(lines: Sequence[Line]) -> list[Found]:
    """The tables in lines of pieces, from above; an empty line is a line without pieces."""
    tables: list[Found] = []
    at = 0
    while (body := _next_body(lines, at)) is not None:
        first = _with_headings(lines, body[0], tables[-1].end if tables else 0)
        found = _table(lines, first, body)
        if len(found.rows[0]) > 1:
            tables.append(found)
        at = body[1]
    return tables


def _is_body(line: Line) -> bool:
    """Whether a row has a figure beside another text; years alone stand over columns."""
    return len(line) > 1 and any(piece.is_figure and not _YEAR.fullmatch(piece.text) for piece in line)


def _next_body(lines: Sequence[Line], at: int) -> tuple[int, int] | None:
    """The next rows of figures that follow each other, at least two of them, as (first, end)."""
    while at < len(lines):
        if not _is_body(lines[at]):
            at += 1
            continue
        first, last, rows, gap = at, at, 0, 0
        while at < len(lines) and gap <= _BETWEEN:
            if _is_body(lines[at]):
                last, rows, gap = at, rows + 1, 0
            else:
                gap += 1
            at += 1
        if rows > 1:
            return first, last + 1
        at = last + 1
    return None


def _with_headings(lines: Sequence[Line], first: int, above: int) -> int:
    """Where the rows of headings begin that stand over a body."""
    body, top = lines[first], first
    for at in range(first - 1, max(above, first - _HEADING_ROWS) - 1, -1):
        line = lines[at]
        # A blank line may part the headings from the body, but not one row of them from another.
        if not line and top < first:
            break
        if len(line) > 1 or (line and not any(lines[at + 1 : top]) and line[0].left > body[0].right):
            top = at
        elif line and not (at == first - 1 and _heads_section(lines, at)):
            break
    return top


def _heads_section(lines: Sequence[Line], at: int) -> bool:
    """Whether a lone text between headings and figures names the first of the table's parts, as a county does: it
    begins where they begin."""
    if at < 1 or len(lines[at]) != 1:
        return False
    above, body = lines[at - 1], lines[at + 1]
    begins = (
        bool(above)
        and max(abs(lines[at][0].left - line[0].left) for line in (above, body)) < _ALIGNED * lines[at][0].height
    )
    return begins and len(above) > 1 and not _is_body(above)


@dataclass(frozen=True)
class _Row:
    """A line's pieces by column, and the (first, last) columns of those that reach over several."""

    number: int
    cells: tuple[Piece | None, ...]
    spans: tuple[tuple[int, int], ...]


def _table(lines: Sequence[Line], first: int, body: tuple[int, int]) -> Found:
    figures = list(filter(_is_body, lines[body[0] : body[1]]))
    columns = _columns([[piece for piece in line if piece.text not in DASHES] for line in figures])
    if any(len(line) > len(columns) for line in figures):
        columns = _columns(figures)  # dashes alone make a column; else they stand beside its figures
    rows = [_placed(number, lines[number], columns) for number in range(first, body[1]) if lines[number]]
    end = body[0] - _heads_section(lines, body[0] - 1)
    heads = sum(row.number < end for row in rows)
    if heads > 1 and not any(row.spans for row in rows[:heads]):
        rows[:heads] = [_as_one(rows[:heads])]
    spans = tuple((y, *span) for y, row in enumerate(rows) for span in row.spans)
    return Found(first, body[1], tuple(row.cells for row in rows), tuple(row.number for row in rows), spans)


def _as_one(rows: Sequence[_Row]) -> _Row:
    """Several rows of headings as one: each column's texts from above."""
    columns = ([piece for piece in column if piece] for column in zip(*(row.cells for row in rows), strict=True))
    return _Row(rows[0].number, tuple(stacked(column) if column else None for column in columns), ())


def _columns(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """The (left, right) of each column: where enough rows have ink, and pieces that stand beside all of that."""
    need = max(1, int(len(rows) * _COMMON))
    columns = _covered([piece for row in rows for piece in row], need)
    beside = [piece for row in rows for piece in row if not any(_overlap(piece, column) > 0 for column in columns)]
    columns = sorted([*columns, *_covered(beside, 1)])
    return [part for column in columns for part in _divided(column, rows, columns)]


def _covered(pieces: Sequence[Piece], need: int) -> list[tuple[float, float]]:
    """Where at least ``need`` pieces lie over each other."""
    edges = sorted([(piece.left, 1) for piece in pieces] + [(piece.right, -1) for piece in pieces])
    covered: list[tuple[float, float]] = []
    depth, start = 0, 0.0
    for x, change in edges:
        if depth < need <= depth + change:
            start = x
        elif depth >= need > depth + change and x > start:
            covered.append((start, x))
        depth += change
    return covered


def _divided(
    column: tuple[float, float], rows: Sequence[Line], columns: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """A column in which rows have two pieces is two: they are parted where most of those rows have their gap."""
    gaps: list[tuple[float, float]] = []
    for row in rows:
        inside = [piece for piece in row if _best(piece, columns) == column]
        gaps += [(left.right, right.left) for left, right in pairwise(inside)]
    if len(gaps) < max(2, len(rows) * _COMMON):
        return [column]
    edges = Counter[float]()
    for left, right in gaps:
        edges[(left + right) / 2] += sum(a <= (left + right) / 2 <= b for a, b in gaps)
    part = edges.most_common(1)[0][0]
    return [(column[0], part), (part, column[1])] if column[0] < part < column[1] else [column]


def _overlap(piece: Piece, column: tuple[float, float]) -> float:
    return min(piece.right, column[1]) - max(piece.left, column[0])


def _best(piece: Piece, columns: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return max(columns, key=lambda column: _overlap(piece, column))


def _placed(number: int, line: Line, columns: Sequence[tuple[float, float]]) -> _Row:
    cells: list[list[Piece]] = [[] for _ in columns]
    spans: list[tuple[int, int]] = []
    parts = [part for whole in line for part in _parts(whole, columns)]
    if len(parts) == len(columns) and all(len(_under(part, columns)) < 2 for part in parts):
        # One for each: a heading or a dash may stand beside its figures, which are aligned to the other side.
        return _Row(number, tuple(parts), ())
    for piece in parts:
        over = _under(piece, columns)
        if len(over) > 1 and not piece.is_figure:
            spans.append((over[0], over[-1]))
        cells[over[0] if len(over) > 1 else columns.index(_best(piece, columns))].append(piece)
    return _Row(number, tuple(together(cell) if cell else None for cell in cells), tuple(spans))


def _under(piece: Piece, columns: Sequence[tuple[float, float]]) -> list[int]:
    """Which columns a text covers at least half of."""
    return [x for x, column in enumerate(columns) if 2 * _overlap(piece, column) >= column[1] - column[0]]


def _parts(piece: Piece, columns: Sequence[tuple[float, float]]) -> list[Piece]:
    """The texts of several columns that were taken for one, each where its part of the text stands: figures by the
    column of each word, headings where the gap between words is wider than a blank or an edge of a column, and where
    the first word comes again ("Andel 2023 Andel 2024")."""
    over = [columns[x] for x in _under(piece, columns)]
    words = piece.words if len(piece.words) > 1 else _spread(piece)
    if len(over) < 2 or len(words) < 2 or not (piece.is_figure or piece.words):
        return [piece]
    blank = min([_BLANK * piece.height, *(after.left - before.right for before, after in pairwise(words))])
    groups = [[words[0]]]
    for before, after in pairwise(words):
        if piece.is_figure:
            apart = _best(before, columns) != _best(after, columns)
        else:
            is_wide = after.left - before.right > _WIDER * blank
            apart = is_wide or after.text == words[0].text or _ends_column(before, after, over, piece.height)
        if apart:
            groups.append([])
        groups[-1].append(after)
    return list(map(together, groups))


def _ends_column(before: Piece, after: Piece, over: Sequence[tuple[float, float]], height: float) -> bool:
    """Whether a blank parts two headings: the word before it ends with its column, or the one after begins with it."""
    ends = [before.right - right for _, right in over[:-1]]
    begins = [after.left - left for left, _ in over[1:]]
    return min(map(abs, ends + begins)) < height / 3


def _spread(piece: Piece) -> tuple[Piece, ...]:
    """The words of a text whose own places are not known, as if all letters were alike."""
    width, at, words = (piece.right - piece.left) / len(piece.text), piece.left, list[Piece]()
    for word in piece.text.split(" "):
        words.append(Piece(word, at, at + width * len(word), piece.box))
        at += width * (len(word) + 1)
    return tuple(words)
