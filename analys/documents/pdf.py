"""PDF files, by pdfplumber: the cells that lines are drawn around, the tables that only stand in columns, and the text.

A page that shows a picture of text has no words; which pages those are is told, and :mod:`analys.documents.scan` reads
them where it is installed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analys.documents.columns import Piece
from analys.documents.files import unusable
from analys.documents.model import Box, Certainty
from analys.documents.pages import Page, Table, lines_within, text_within, within, without_rulings

MAX_PAGES: Final = 500
#: A page of more letters is no page that somebody reads: a newspaper's has 30 000.
MAX_LETTERS: Final = 50_000
#: Headings stand so near the table under them, in parts of the height of letters.
_NEAR: Final = 1.2
#: A picture over so much of the page is a scan of it: what text there is was read from the picture by a machine.
_SCANNED: Final = 0.7
#: Words that are only numbers of glyphs, for a font that does not say its letters; of so many the page is unreadable.
_NO_LETTER, _UNREADABLE = "(cid:", 0.05


@dataclass(frozen=True)
class Unread:
    """A page that shows text as a picture, or in a font that hides its letters."""

    number: int


def read(path: Path) -> Iterator[Page | Unread]:
    """Page after page: the job of a confined process."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        opened = pdfplumber.open(path)
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            action = "ta bort lösenordet: skriv ut den till en ny PDF"
            raise unusable(path, "en PDF utan lösenord", "ett lösenord", action) from error
        raise
    with opened as document:
        if len(document.pages) > MAX_PAGES:
            action = "spara sidorna med tabellen som en egen fil"
            raise unusable(path, f"högst {MAX_PAGES} sidor", str(len(document.pages)), action)
        for page in document.pages:
            _check_letters(path, page)
            turn = _turn(page)
            upright = _turned(page, turn) if turn else page
            yield _page(upright, turn)
            upright.close()
            page.close()


def _check_letters(path: Path, page: Any) -> None:
    """Refuse a page of too many letters before anything is made of each."""
    from pdfminer.pdfdevice import PDFDevice
    from pdfminer.pdfinterp import PDFPageInterpreter

    class Letters(PDFDevice):
        count = 0

        def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
            self.count += sum(len(part) for part in seq if isinstance(part, bytes))
            if self.count > MAX_LETTERS:
                action = "spara sidorna med tabellen som en egen fil"
                raise unusable(path, f"högst {MAX_LETTERS} tecken på en sida", "fler", action)

    resources = page.pdf.rsrcmgr
    PDFPageInterpreter(resources, Letters(resources)).process_page(page.page_obj)


def _turn(page: Any) -> int:
    """How far a page must be turned clockwise for most of its letters to stand upright, in degrees."""
    angles = Counter(_angle(letter["matrix"]) for letter in page.chars)
    return angles.most_common(1)[0][0] if angles else 0


def _angle(matrix: Sequence[float]) -> int:
    """Which way a text runs, in whole quarters counterclockwise."""
    return round(math.degrees(math.atan2(matrix[1], matrix[0])) / 90) * 90 % 360


def _turned(page: Any, turn: int) -> Any:
    from pdfplumber.page import Page as PlumberPage

    turned = page.page_obj
    turned.rotate = (page.rotation + turn) % 360
    turned.attrs = {**turned.attrs, "Rotate": turned.rotate}
    return PlumberPage(page.pdf, turned, page.page_number)


def _page(page: Any, turn: int) -> Page | Unread:
    area = float(page.width) * float(page.height)
    pictured = max((_area(image) for image in page.images), default=0.0) / area if area else 0.0
    words = _words(page)
    hidden = sum(_NO_LETTER in word.text for word in words)
    if (not words and pictured > _UNREADABLE) or hidden > _UNREADABLE * len(words):
        return Unread(page.page_number)
    drawn = _joined([found.cells for found in page.find_tables()], words)
    ruled = [table for cells in drawn if (table := _ruled(_headed(cells, words), words, page.page_number))]
    inside = {id(word) for table in ruled for word in within(words, table.box)}
    others, lines = without_rulings([word for word in words if id(word) not in inside], page.page_number)
    tables = sorted([*ruled, *others], key=lambda table: (table.box.top, table.box.left))
    certainty = Certainty.RECOGNISED if pictured > _SCANNED else Certainty.READ
    return Page(page.page_number, tables, lines, certainty, turn)


def _area(image: dict[str, Any]) -> float:
    return float(image["width"]) * float(image["height"])


def _words(page: Any) -> list[Piece]:
    return [
        Piece(
            word["text"],
            word["x0"],
            word["x1"],
            Box(page.page_number, word["x0"], word["top"], word["x1"], word["bottom"]),
        )
        for word in page.extract_words(x_tolerance_ratio=0.15)
        if word["text"].strip()
    ]


#: A drawn cell: left, top, right, bottom.
Cell = tuple[float, float, float, float]


def _around(cells: Sequence[Cell]) -> Cell:
    lefts, tops, rights, bottoms = zip(*cells, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _joined(tables: Sequence[Sequence[Cell]], words: Sequence[Piece]) -> list[list[Cell]]:
    """The drawn tables, those as one that have the same columns and no more between them than a line without rulings:
    a section's name."""
    joined: list[list[Cell]] = []
    for cells in sorted(tables, key=lambda cells: _around(cells)[1]):
        (left, top, right, _), above = _around(cells), joined[-1] if joined else []
        bottom = _around(above)[3] if above else 0.0
        between = Box(0, left, bottom, right, top)
        if _columns(above) == _columns(cells) and 0 < len(lines_within(words, between)) < 2:
            above += [(left, bottom, right, top), *cells]
        else:
            joined.append(list(cells))
    return joined


def _headed(cells: list[Cell], words: Sequence[Piece]) -> list[Cell]:
    """The drawn cells, those of the first row as high as the headings that stand right above them without a line around:
    each over one column. A caption begins over the first column or reaches over several."""
    first, top, last, _ = _around(cells)
    reach = _NEAR * max((word.height for word in words), default=0.0)
    above = [word for word in words if top - reach < word.middle < top and first <= word.left and word.right <= last]
    columns = {(left, right) for left, y, right, _ in cells if y == top}
    under = {column for column in columns for word in above if column[0] - 1 < word.left and word.right < column[1] + 1}
    one_each = all(any(left - 1 < word.left and word.right < right + 1 for left, right in columns) for word in above)
    if not one_each or not any(left > first for left, _ in under):
        return cells
    heads = min(word.box.top for word in above if word.box)
    return [(left, heads if y == top else y, right, bottom) for left, y, right, bottom in cells]


def _columns(cells: Sequence[Cell]) -> set[int]:
    """The edges of the cells of a table, to a point."""
    return {round(edge) for left, _, right, _ in cells for edge in (left, right)}


def _ruled(cells: Sequence[Cell], words: Sequence[Piece], number: int) -> Table | None:
    """A table of drawn cells; none where the lines do not part its texts: a frame, stripes, lines under headings."""
    box = Box(number, *_around(cells))
    lefts = sorted({round(cell[0], 1) for cell in cells})
    tops = sorted({round(cell[1], 1) for cell in cells})
    rows: list[list[Piece | None]] = [[None] * len(lefts) for _ in tops]
    merged: list[tuple[int, int, int, int]] = []
    taken = 0
    for left, top, right, bottom in cells:
        cell = Box(number, left, top, right, bottom)
        y, x = tops.index(round(top, 1)), lefts.index(round(left, 1))
        rows[y][x] = text_within(words, cell)
        taken += len(within(words, cell))
        last = (sum(each < bottom - 1 for each in tops) - 1, sum(each < right - 1 for each in lefts) - 1)
        if last != (y, x):
            merged.append((y, x, *last))
    if len(rows) < 2 or len(lefts) < 2 or taken < len(within(words, box)) or _holds_rows(rows, words):
        return None
    return Table(rows, merged, box)


def _holds_rows(rows: Sequence[Sequence[Piece | None]], words: Sequence[Piece]) -> bool:
    """Whether cells hold rows of their own: lines are drawn between the columns only."""
    for row in rows:
        stacked = [
            piece for piece in row if piece and piece.box and _figures_under_each_other(within(words, piece.box))
        ]
        if len(stacked) > 1 or (stacked and len(stacked) == sum(piece is not None for piece in row)):
            return True
    return False


def _figures_under_each_other(words: Sequence[Piece]) -> bool:
    figures = {round(word.box.top) for word in words if word.box and word.is_figure and word.text[:1].isdigit()}
    return len(figures) > 2
