"""Whether a quotation occurs in a document: word for word, but for what typesetting changes.

Blanks, line breaks, hyphens at a line's end, quotation marks, dashes and emphasis do not count. ``[...]`` stands for words
left out: the parts on its two sides must follow each other. A line of a quotation is a point of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analys.documents.model import Document

_LEFT_OUT: Final = re.compile(r"\[(?:\.\.\.|…)\]|\n")
_SAME: Final = str.maketrans({
    **dict.fromkeys("“”„‟»«″", '"'), **dict.fromkeys("‘’‚′`´", "'"), **dict.fromkeys("‐‑‒–—−", "-"), "\u00ad": "", "*": "",
    "…": "...",
})  # fmt: skip


@dataclass(frozen=True)
class Quoted:
    """Where a quotation was found; ``place`` is "" when it was not, and ``missing`` its first part that is not
    there, after ``matched`` characters that are."""

    file: str
    place: str
    missing: str
    matched: int = 0


def occurs(quotation: str, document: Document) -> Quoted:
    """Look for ``quotation`` in the lines and cells of a document."""
    text, places = _whole(document)
    at, place, matched = 0, "", 0
    for part in filter(None, map(_normal, _LEFT_OUT.split(quotation))):
        found = text.find(part, at)
        if found < 0:
            return Quoted(document.file, "", part, matched)
        place = place or _place(places, found)
        at, matched = found + len(part), matched + len(part)
    return Quoted(document.file, place, "", matched)


def _whole(document: Document) -> tuple[str, list[tuple[int, str]]]:
    """All that a document says as one text, and at which of its characters each place begins."""
    pieces = [(line.text, line.place) for line in document.lines]
    for grid in document.grids:
        for row in grid.rows:
            pieces += [(cell.text or str(cell.value), cell.place) for cell in row if cell.value not in (None, "")]
    places: list[tuple[int, str]] = []
    parts: list[str] = []
    length = 0
    for piece, place in pieces:
        normal = _normal(piece)
        places.append((length, place))
        parts.append(normal)
        length += len(normal) + 1
    return " ".join(parts), places


def _place(places: Sequence[tuple[int, str]], at: int) -> str:
    return [place for start, place in places if start <= at][-1]


def _normal(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate(_SAME)).strip().casefold()
