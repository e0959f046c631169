"""An answer as a piece of a page: self-contained, for light and dark, with headings and captions that are read aloud."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template


@dataclass(frozen=True)
class Cell:
    """One cell of a shown table; ``notes`` are the numbers of the findings that speak of it, ``picture`` a cut-out of
    the page as PNG."""

    text: str
    style: str = ""
    notes: str = ""
    picture: bytes = b""

    @property
    def embedded(self) -> str:
        """The picture as an address that holds it."""
        return f"data:image/png;base64,{base64.b64encode(self.picture).decode()}"


@dataclass(frozen=True)
class Row:
    """One row; ``kind`` is ``"total"`` for sums, ``"own"`` for the municipality whose answer it is, else ``""``."""

    cells: tuple[Cell, ...]
    kind: str = ""


def row(*texts: str, kind: str = "") -> Row:
    """A row of plain cells."""
    return Row(tuple(Cell(text) for text in texts), kind)


@dataclass(frozen=True)
class Table:
    """A table with its caption; ``numbers`` are the columns of figures, counted from 0."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Row]
    numbers: Collection[int] = field(default_factory=frozenset)


def shown(title: str, lines: Sequence[str], tables: Sequence[Table], below: Sequence[str] = ()) -> str:
    """The piece of HTML."""
    return _template().render(title=title, lines=lines, tables=tables, below=below)


@cache
def _template() -> Template:
    folder = Path(__file__).parent
    return Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True).get_template("page.html")
