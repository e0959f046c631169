"""Web pages, by lxml: tables with what their cells span, and the text around them, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from analys.documents.files import Kind
from analys.documents.model import Cell, Document, Grid, Line
from analys.documents.sheets import check_extent
from analys.documents.text import read_text
from analys.masking import mask

_SILENT: Final = frozenset({"script", "style", "template", "noscript", "head", "svg"})
_BLOCKS: Final = frozenset(
    ("p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "main", "header")
).union(("footer", "br", "hr", "dt", "dd", "dl", "blockquote", "pre", "caption", "body"))
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
    grids: list[Grid] = []
    for table in tree.iter("table"):
        grid = _grid(path, table, f"tabell {len(grids) + 1}")
        # A table around tables only places them on the page.
        if len(grid.rows) > 1 and len(grid.rows[0]) > 1 and next(table.iterdescendants("table"), None) is None:
            grids.append(grid)
    lines = tuple(Line(mask(written), f"textrad {at}") for at, written in enumerate(_lines(tree), 1))
    pictures = next(tree.iter("img"), None) is not None
    yield Document(path.name, Kind.HTML, f"{why}; {encoding.name}: {encoding.why}", tuple(grids), lines, pictures)


def _lines(tree: Any) -> Iterator[str]:
    """The text outside tables, a line for each block."""
    parts: list[str] = []
    for event, element in _walk(tree):
        if element.tag in _BLOCKS or element.tag == "table":
            if line := _plain("".join(parts)):
                yield line
            parts.clear()
        parts.append(
            (element.text if event == "start" and element.tag != "table" else element.tail if event == "end" else "")
            or ""
        )
    if line := _plain("".join(parts)):
        yield line


def _walk(tree: Any) -> Iterator[tuple[str, Any]]:
    """Each element at its start and end, what is within tables left out."""
    from lxml import etree

    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        if event == "start" and element.tag == "table":
            walker.skip_subtree()
        if isinstance(element.tag, str):
            yield event, element


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
