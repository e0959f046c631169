"""What pages become: words and rulings of a PDF, or the boxes of a scan, as tables and lines with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analys.documents import columns
from analys.documents.columns import Piece, stacked, together
from analys.documents.model import Box, Cell, Certainty, Grid, Line
from analys.documents.sheets import check_extent
from analys.masking import mask

#: Words nearer to each other than this belong to one text, in parts of the height of their letters. A blank within a
#: number takes a quarter, a blank in a line that is stretched to the margin up to a half.
_GAP: Final = 0.6
#: Words whose middles differ by less than this stand on one line, in parts of their height.
_SAME_LINE: Final = 0.5
#: Lines further apart than this have a blank line between them, in parts of their height.
_BLANK_LINE: Final = 2.2
#: So many lines of a page's head or foot may stand between the two halves of a table that goes on.
_MARGIN_LINES: Final = 3
#: The columns of a table that goes on stand where they stood, within points.
_SHIFT: Final = 12.0

#: How a number goes on after a blank.
_THOUSANDS: Final = re.compile(r"\d{3}(?!\d)")
#: Letters that a picture's dots make of digits.
_DIGITS: Final = str.maketrans("OoQDlI|iSsBZ", "000011115582")
_NEARLY_A_FIGURE: Final = re.compile(
    r"(?P<whole>[\dOoQDlI|iSsBZ][\dOoQDlI|iSsBZ ]*)(?:,\s?(?P<part>[\dOoQDlI|SsBZ]+))?(?P<unit>\s?(?:%|kr|tkr|mnkr))?"
)


@dataclass
class Table:
    """A table of one page; ``merged`` as in :class:`Grid`."""

    rows: list[list[Piece | None]]
    merged: list[tuple[int, int, int, int]]
    box: Box


@dataclass
class Page:
    """A page's tables from above, and its lines of text outside them; ``turn`` as in :class:`Box`."""

    number: int
    tables: list[Table]
    lines: list[Piece]
    certainty: Certainty
    turn: int = 0

    def box(self, piece: Piece) -> Box | None:
        return replace(piece.box, turn=self.turn) if piece.box else None


def without_rulings(words: Sequence[Piece], number: int) -> tuple[list[Table], list[Piece]]:
    """The tables and the lines of words that no ruling tells the places of."""
    lines = _lines(words)
    pieces = [_pieces(line) for line in lines]
    found = columns.find(pieces)
    tables = []
    for table in found:
        merged = [(y, left, y, right) for y, left, right in table.spans]
        boxes = [piece.box for row in table.rows for piece in row if piece and piece.box]
        tables.append(Table([list(row) for row in table.rows], merged, Box.around(boxes)))
    inside = {at for table in found for at in range(table.first, table.end)}
    texts = [together(line) for at, line in enumerate(pieces) if at not in inside and line]
    return tables, texts


def _lines(words: Sequence[Piece]) -> list[list[Piece]]:
    """Words by line from above, with an empty line where a blank one is."""
    lines: list[list[Piece]] = []
    for word in sorted(words, key=lambda word: word.middle):
        last = lines[-1][-1] if lines else None
        if last and word.middle - last.middle < _SAME_LINE * min(word.height, last.height):
            lines[-1].append(word)
        else:
            lines.append([word])
    spaced: list[list[Piece]] = []
    for line in lines:
        if (
            spaced
            and spaced[-1]
            and line[0].middle - spaced[-1][0].middle > _BLANK_LINE * max(word.height for word in spaced[-1])
        ):
            spaced.append([])
        spaced.append(sorted(line, key=lambda word: word.left))
    return spaced


def _pieces(line: Sequence[Piece]) -> list[Piece]:
    """A line's words, joined where no column can be between them."""
    pieces: list[list[Piece]] = []
    for word in line:
        if pieces and word.left - pieces[-1][-1].right < _GAP * word.height and _is_one(pieces[-1][-1], word):
            pieces[-1].append(word)
        else:
            pieces.append([word])
    return [together(part) for parts in pieces for part in _without_dash(parts)]


def _is_one(before: Piece, after: Piece) -> bool:
    """Whether two words that stand close can be parts of one text: digits go on after a blank in groups of three."""
    return not (before.text[-1:].isdigit() and after.text[:1].isdigit()) or _THOUSANDS.match(after.text) is not None


def _without_dash(words: list[Piece]) -> list[list[Piece]]:
    """A figure and the dash after it as two: no figure ends so, but the next column may hold no more than a dash."""
    if len(words) > 1 and words[-1].text in columns.DASHES and together(words[:-1]).is_figure:
        return [words[:-1], words[-1:]]
    return [words]


def within(words: Sequence[Piece], box: Box) -> list[Piece]:
    """The words whose middle lies in a box."""
    return [
        word
        for word in words
        if box.left <= (word.left + word.right) / 2 <= box.right and box.top <= word.middle <= box.bottom
    ]


def lines_within(words: Sequence[Piece], box: Box) -> list[Piece]:
    """The lines of text in a box, from above."""
    return [together(line) for line in _lines(within(words, box)) if line]


def text_within(words: Sequence[Piece], box: Box) -> Piece | None:
    """The words of a ruled cell as one text, its lines after each other."""
    lines = lines_within(words, box)
    return replace(stacked(lines), box=box) if lines else None


def grids(path: Path, pages: Sequence[Page]) -> tuple[list[Grid], list[Line]]:
    """The tables of all pages, those that go on over several as one, and the lines with their places."""
    made: list[Grid] = []
    lines: list[Line] = []
    before: Page | None = None
    for page in pages:
        for number, table in enumerate(page.tables, 1):
            cells = _cells(path, page, number, table)
            if number == 1 and before and _continues(before, page):
                made[-1] = _continued(made[-1], cells, table, page)
            else:
                name = f"sida {page.number}, tabell {number}"
                made.append(Grid(name, cells, page.certainty, tuple(table.merged)))
        before = page
        lines += [
            Line(mask(line.text), f"sida {page.number}, rad {at}", page.box(line))
            for at, line in enumerate(page.lines, 1)
        ]
    return made, lines


def _continues(before: Page, page: Page) -> bool:
    """Whether a page's first table goes on with the last of the page before."""
    if not before.tables or before.number != page.number - 1:
        return False
    upper, lower = before.tables[-1], page.tables[0]
    same = len(upper.rows[0]) == len(lower.rows[0])
    near = abs(upper.box.left - lower.box.left) < _SHIFT and abs(upper.box.right - lower.box.right) < _SHIFT
    between = [line for line in before.lines if line.box and line.box.top >= upper.box.bottom]
    between += [line for line in page.lines if line.box and line.box.bottom <= lower.box.top]
    return same and near and len(between) <= _MARGIN_LINES


def _continued(grid: Grid, cells: tuple[tuple[Cell, ...], ...], table: Table, page: Page) -> Grid:
    """A table with the rows of the next page, without the headings that the page repeats."""
    heading = [cell.value for cell in grid.rows[0]]
    skip = next((at for at, row in enumerate(cells) if [cell.value for cell in row] != heading), len(cells))
    start = len(grid.rows) - skip
    merged = [(top + start, left, bottom + start, right) for top, left, bottom, right in table.merged if top >= skip]
    return replace(
        grid,
        name=f"{grid.name} till sida {page.number}" if " till " not in grid.name else grid.name,
        rows=grid.rows + cells[skip:],
        merged=(*grid.merged, *merged),
    )


def _cells(path: Path, page: Page, number: int, table: Table) -> tuple[tuple[Cell, ...], ...]:
    check_extent(path, "", len(table.rows), len(table.rows[0]))
    return tuple(
        tuple(
            _cell(piece, f"sida {page.number}, tabell {number}, rad {y}, kolumn {x}", page)
            for x, piece in enumerate(row, 1)
        )
        for y, row in enumerate(table.rows, 1)
    )


def _cell(piece: Piece | None, place: str, page: Page) -> Cell:
    """A piece as a cell; a figure of a picture is written as figures are, and ``text`` keeps what was read."""
    if piece is None:
        return Cell(None, place)
    text = legible(piece.text) if page.certainty is Certainty.RECOGNISED else piece.text
    return Cell(mask(text), place, mask(piece.text) if text != piece.text else "", box=page.box(piece))


def legible(text: str) -> str:
    """A figure with digits in place of the letters that look like them, and its thousands parted; other text as it is.

    ``"l 234O"`` -> ``"12 340"``, ``"1234 563"`` -> ``"1 234 563"``.
    """
    match = _NEARLY_A_FIGURE.fullmatch(text.strip())
    digits = sum(map(str.isdigit, text))
    if not match or 2 * digits < len(match["whole"].replace(" ", "")):
        return text
    whole = match["whole"].translate(_DIGITS).replace(" ", "")
    grouped = f"{int(whole):,}".replace(",", " ") if " " in match["whole"] and whole[:1] != "0" else whole
    part = f",{match['part'].translate(_DIGITS).replace(' ', '')}" if match["part"] else ""
    blank = " " if match["unit"] and match["whole"].endswith(" ") and not part else ""
    return f"{grouped}{part}{blank}{match['unit'] or ''}"
