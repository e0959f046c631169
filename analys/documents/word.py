"""Word documents (docx), by python-docx: tables with what is merged in them, and paragraphs, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analys.documents.files import Kind
from analys.documents.model import Cell, Document, Grid, Line
from analys.documents.sheets import check_extent
from analys.masking import mask

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_HEADING_STYLE: Final = re.compile(r"heading|title|caption|rubrik|titel|beskrivning", re.IGNORECASE)


def read(path: Path, why: str) -> Iterator[Document]:
    """The document, as one item: the job of a confined process."""
    import docx
    from docx.table import Table

    with path.open("rb") as file:
        document = docx.Document(file)
    grids: list[Grid] = []
    lines: list[Line] = []
    for number, block in enumerate(document.iter_inner_content(), 1):
        if isinstance(block, Table):
            grids += _grids(path, block._tbl, f"tabell {len(grids) + 1}")
        elif block.text.strip():
            texts = filter(None, map(str.strip, block.text.splitlines()))
            lines += [
                Line(mask(text), f"stycke {number}", above=len(grids), heads=_is_heading(block)) for text in texts
            ]
    for section in document.sections:
        for paragraph in [*section.header.paragraphs, *section.footer.paragraphs]:
            if paragraph.text.strip():
                lines.append(Line(mask(paragraph.text.strip()), "sidhuvud eller sidfot"))
    yield Document(path.name, Kind.DOCX, why, tuple(grids), tuple(lines), bool(document.inline_shapes))


def _is_heading(paragraph: Paragraph) -> bool:
    """Whether a paragraph heads what follows: by its style, or because all of it is bold."""
    style = (paragraph.style.name or "") if paragraph.style else ""
    runs = [run for run in paragraph.runs if run.text.strip()]
    return _HEADING_STYLE.match(style) is not None or (bool(runs) and all(run.bold for run in runs))


def _grids(path: Path, table: object, name: str) -> list[Grid]:
    """The table, and those that stand in its cells."""
    from docx.oxml.table import CT_Tbl
    from docx.table import _Cell

    assert isinstance(table, CT_Tbl)
    placed: dict[tuple[int, int], str] = {}
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    above: dict[int, tuple[int, int]] = {}
    inner: list[CT_Tbl] = []
    width = 0
    for y, row in enumerate(table.tr_lst):
        x = row.grid_before
        for cell in row.tc_lst:
            last = x + cell.grid_span - 1
            if cell.vMerge == "continue" and x in above:
                spans[above[x]] = (y, last)
            else:
                placed[y, x] = "\n".join(p.text for p in _Cell(cell, None).paragraphs).strip()  # type: ignore[arg-type]
                spans[y, x] = (y, last)
                above[x] = (y, x)
            inner += cell.tbl_lst
            x = last + 1
        width = max(width, x)
        check_extent(path, "", y + 1, width)
    rows = tuple(
        tuple(Cell(_value(placed.get((y, x))), f"{name}, rad {y + 1}, kolumn {x + 1}") for x in range(width))
        for y in range(len(table.tr_lst))
    )
    merged = tuple((*first, *last) for first, last in spans.items() if first != last)
    nested = [grid for at, found in enumerate(inner, 1) for grid in _grids(path, found, f"{name}, inre tabell {at}")]
    return [Grid(name, rows, merged=merged), *nested]


def _value(text: str | None) -> str | None:
    return mask(text) if text else None
