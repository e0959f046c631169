"""Web pages, by lxml: tables with what their cells span, and the text around them, in reading order."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any, Final

from analys.documents.files import Kind
from analys.documents.model import Cell, Document, Grid, Line
from analys.documents.sheets import check_extent
from analys.documents.text import read_text
from analys.masking import mask

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "head", "svg"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption"})
_BLOCKS: Final = _HEADINGS.union(
    ("p", "div", "li", "ul", "ol", "section", "article", "main", "header", "footer", "br", "hr", "dt", "dd", "dl"),
    ("blockquote", "pre", "body", "table", "tr", "td", "th"),
)
#: What stands for a grid among the blocks.
_GRID: Final = "grid"
#: What a browser makes of a larger span (HTML standard, 4.9.11).
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534


def read(path: Path, why: str) -> Iterator[Document]:
    """The document, as one item: the job of a confined process."""
    from lxml import html

    text, encoding = read_text(path, max_line=None)
    # Bytes, with the encoding that was found: a page may claim another, or none.
    tree = html.fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", remove_comments=True))
    for element in list(tree.iter(*_SILENT)):
        element.drop_tree()
    grids: dict[Any, Grid] = {}
    for table in tree.iter("table"):
        grid = _grid(path, table, f"tabell {len(grids) + 1}")
        # A table around tables only places them on the page, and one of a single row or column is a box around text.
        if len(grid.rows) > 1 and len(grid.rows[0]) > 1 and next(table.iterdescendants("table"), None) is None:
            grids[table] = grid
    lines = tuple(_lines(tree, grids))
    pictures = next(tree.iter("img"), None) is not None
    told = f"{why}; {encoding.name}: {encoding.why}"
    yield Document(path.name, Kind.HTML, told, tuple(grids.values()), lines, pictures)


def _lines(tree: Any, grids: Container[Any]) -> Iterator[Line]:
    """The text outside the grids, a line for each block."""
    number, above = 1, 0
    for tag, text in _blocks(tree, grids):
        above += tag == _GRID
        if line := _plain(text):
            yield Line(mask(line), f"textrad {number}", above=above, heads=tag in _HEADINGS)
            number += 1


def _blocks(tree: Any, grids: Container[Any]) -> Iterator[tuple[str, str]]:
    """(tag, text) of each block, of a grid its title and then its place: an end, or the next block's beginning, ends
    one."""
    from lxml import etree

    tag, parts = "body", list[str]()
    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        is_block, is_end = element.tag in _BLOCKS, event == "end"
        if is_block:
            yield tag, "".join(parts)
            tag, parts = "body" if is_end else element.tag, []
        if element in grids and not is_end:
            walker.skip_subtree()
            yield from (("caption", caption.text_content()) for caption in element.iterchildren("caption"))
            yield _GRID, ""
            tag = "body"
        elif isinstance(element.tag, str):
            parts.append((element.tail if is_end else element.text) or "")
    yield tag, "".join(parts)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _grid(path: Path, table: Any, name: str) -> Grid:
    """The cells where a browser would draw them: a cell that spans pushes the others aside."""
    placed: dict[tuple[int, int], str] = {}
    merged: list[tuple[int, int, int, int]] = []
    below: dict[int, int] = {}  # column -> rows that a cell above still covers
    height = width = 0
    for y, row in enumerate(table.iter("tr")):
        x = 0
        covered, below = below, {column: left - 1 for column, left in below.items() if left > 1}
        for cell in row.iterchildren("td", "th"):
            while x in covered:
                x += 1
            columns, rows = _span(cell, "colspan", _MOST_COLUMNS), _span(cell, "rowspan", _MOST_ROWS)
            placed[y, x] = _plain(cell.text_content())
            if columns > 1 or rows > 1:
                merged.append((y, x, y + rows - 1, x + columns - 1))
            if rows > 1:
                below.update(dict.fromkeys(range(x, x + columns), rows - 1))
            x += columns
        height, width = y + 1, max(width, x)
        check_extent(path, "", height, width)
    cells = tuple(
        tuple(Cell(mask(placed.get((y, x), "")) or None, f"{name}, rad {y + 1}, kolumn {x + 1}") for x in range(width))
        for y in range(height)
    )
    within = tuple((top, left, min(bottom, height - 1), min(right, width - 1)) for top, left, bottom, right in merged)
    return Grid(name, cells, merged=within)


def _span(cell: Any, of: str, most: int) -> int:
    written = (cell.get(of) or "1").strip()
    return max(1, min(int(written), most)) if written.isdigit() and len(written) < 8 else 1
