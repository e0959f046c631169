"""Word documents (docx), by python-docx: tables with what is merged in them, and paragraphs, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analys.documents.files import Kind
from analys.documents.model import Cell, Document, Grid, Line
from analys.documents.sheets import check_extent
from analys.masking import mask


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
            place = f"stycke {number}"
            lines += [Line(mask(text.strip()), place) for text in block.text.splitlines() if text.strip()]
    for section in document.sections:
        for paragraph in [*section.header.paragraphs, *section.footer.paragraphs]:
            if paragraph.text.strip():
                lines.append(Line(mask(paragraph.text.strip()), "sidhuvud eller sidfot"))
    yield Document(path.name, Kind.DOCX, why, tuple(grids), tuple(lines), bool(document.inline_shapes))


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
