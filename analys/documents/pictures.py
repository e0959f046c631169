"""What a page shows where a cell stands: a cut-out to look at when a number is to be confirmed."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from analys.documents.confined import Bounds, confined
from analys.documents.files import MIB, Kind, detect
from analys.documents.model import Box
from analys.documents.scan import A4

_DOTS: Final = 130
_POINTS: Final = 72
#: So much of the page is shown around a cell, in points, so that its row and its neighbours are seen.
_BESIDE, _ABOVE = 60.0, 8.0
_BOUNDS: Final = Bounds(1200 * MIB, 30)


def cut_out(path: Path | str, boxes: Sequence[Box]) -> list[bytes]:
    """A PNG of each box with what stands around it, in the order given.

    Raises :class:`analys.errors.InputError` where the file is no PDF and no picture, or cannot be drawn.
    """
    path = Path(path)
    return list(confined(draw, path, list(boxes), bounds=_BOUNDS)) if boxes else []


def draw(path: Path, boxes: Sequence[Box]) -> Iterator[bytes]:
    """The pictures, one after the other: the job of a confined process."""
    pages: dict[tuple[int, int], tuple[Any, float]] = {}
    is_picture = detect(path, path.stat().st_size).kind is Kind.PICTURE
    for box in boxes:
        shown = box.page, box.turn
        if shown not in pages:
            pages[shown] = _picture(path) if is_picture else _page(path, *shown)
        page, scale = pages[shown]
        left, top = max(0.0, box.left - _BESIDE) * scale, max(0.0, box.top - _ABOVE) * scale
        right, bottom = (box.right + _BESIDE) * scale, (box.bottom + _ABOVE) * scale
        edges = (left, top, min(right, page.width), min(bottom, page.height))
        content = io.BytesIO()
        page.crop(tuple(map(round, edges))).save(content, "PNG", optimize=True)
        yield content.getvalue()


def _page(path: Path, number: int, turn: int) -> tuple[Any, float]:
    import pypdfium2

    scale = _DOTS / _POINTS
    return pypdfium2.PdfDocument(path)[number - 1].render(scale=scale, rotation=turn).to_pil().convert("L"), scale


def _picture(path: Path) -> tuple[Any, float]:
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        shown = ImageOps.exif_transpose(image).convert("L")
    longest = _DOTS / _POINTS * A4
    shown.thumbnail((longest, longest))
    return shown, max(shown.size) / A4
