"""Pages that are pictures, by rapidocr (the extra ``ocr``): its boxes of text, set straight, as tables and lines.

Its models come with it, so nothing is fetched. What it reads is ``tolkad``: a number counts first when a relation proves
it (:mod:`analys.intake.annex.proof`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

from analys.documents.columns import Piece
from analys.documents.confined import Bounds
from analys.documents.files import MIB, unusable
from analys.documents.model import Box, Certainty
from analys.documents.pages import Page, Table, without_rulings

Quad = Sequence[tuple[float, float]]

INSTALL: Final = "installera programmet med tillägget [ocr], som tolkar bilder (README, Installera)"
#: A page is looked at in so many dots an inch: more reads no better and takes longer.
_DOTS: Final = 200
_POINTS: Final = 72
#: A page's longest side in dots: a picture that says nothing of its size is taken for an A4 page.
_LONGEST: Final = 2339
A4: Final = 842.0
_MOST_DOTS: Final = 100_000_000
MAX_PAGES: Final = 30
_PAGE_SECONDS: Final = 25
#: Boxes of text have so much of their height above and below the letters.
_MARGIN: Final = 0.15
_SETTINGS: Final = {
    "Global.log_level": "critical",
    "Global.use_cls": False,  # no page stands on its head
    "Global.max_side_len": 2 * _LONGEST,
    "Global.return_word_box": True,
    # Where text stands is found in fewer dots, at half the cost; what it says is read in all of them.
    "Det.limit_type": "max",
    "Det.limit_side_len": 1600,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
}


def bounds(pages: int) -> Bounds:
    """What reading so many pages may take. The address space is far larger than what is used of it."""
    return Bounds(4096 * MIB, 20 + _PAGE_SECONDS * pages)


def is_installed() -> bool:
    return find_spec("rapidocr") is not None


def read(path: Path, numbers: Sequence[int]) -> Iterator[Page]:
    """Pages of a PDF; of a picture the only one: the job of a confined process."""
    from rapidocr import RapidOCR

    recognise: Any = RapidOCR(params=_SETTINGS)
    for number, picture, points in _pictures(path, numbers):
        words = [word for line in recognise(picture).word_results or () for word in line if word[0].strip()]
        yield _page(number, [(text, quad) for text, _, quad in words], points / max(picture.shape[:2]))


def _pictures(path: Path, numbers: Sequence[int]) -> Iterator[tuple[int, Any, float]]:
    """(number, dots, longest side in points) of each page."""
    import numpy as np
    from PIL import Image, ImageOps

    if numbers:
        import pypdfium2

        document = pypdfium2.PdfDocument(path)
        for number in numbers:
            page = document[number - 1]
            longest = max(page.get_size())
            scale = min(_DOTS / _POINTS, 2 * _LONGEST / longest)
            yield number, page.render(scale=scale).to_numpy(), longest
        return
    with Image.open(path) as image:
        if image.width * image.height > _MOST_DOTS:
            found = f"{image.width} x {image.height} punkter"
            raise unusable(path, f"en bild på högst {_MOST_DOTS // 1_000_000} miljoner punkter", found, "minska bilden")
        upright = ImageOps.exif_transpose(image).convert("RGB")
        scale = min(1.0, 1.2 * _LONGEST / max(upright.size))
        if scale < 1:
            upright = upright.resize((round(upright.width * scale), round(upright.height * scale)))
    yield 1, np.asarray(upright)[:, :, ::-1], A4


def _page(number: int, found: Sequence[tuple[str, Quad]], scale: float) -> Page:
    quads = [[(x * scale, y * scale) for x, y in quad] for _, quad in found]
    angle = _angle(quads)
    boxes = [_upright(quad, -angle, number) for quad in quads]
    words = [Piece(text, box.left, box.right, box) for (text, _), box in zip(found, boxes, strict=True)]
    tables, lines = without_rulings(words, number)
    turned = [
        Table([[_turned(piece, angle) for piece in row] for row in table.rows], table.merged, table.box)
        for table in tables
    ]
    return Page(number, turned, [_shown(line, angle) for line in lines], Certainty.RECOGNISED)


def _angle(corners: Sequence[Quad]) -> float:
    """How far the page is turned, in radians: as most of its long texts are."""
    sides = [(quad[1][0] - quad[0][0], quad[1][1] - quad[0][1]) for quad in corners]
    heights = [math.dist(quad[0], quad[3]) for quad in corners]
    angles = [math.atan2(y, x) for (x, y), height in zip(sides, heights, strict=True) if x > 2 * height]
    return median(angles) if angles else 0.0


def _upright(quad: Quad, angle: float, page: int) -> Box:
    """The box around a text once the page is turned back."""
    cosine, sine = math.cos(angle), math.sin(angle)
    turned = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in quad]
    # The middles of its sides: corners of a turned text reach into its neighbours.
    left, right = (turned[0][0] + turned[3][0]) / 2, (turned[1][0] + turned[2][0]) / 2
    top, bottom = (turned[0][1] + turned[1][1]) / 2, (turned[2][1] + turned[3][1]) / 2
    margin = _MARGIN * (bottom - top)
    return Box(page, left, top + margin, right, bottom - margin)


def _turned(piece: Piece | None, angle: float) -> Piece | None:
    return None if piece is None else _shown(piece, angle)


def _shown(piece: Piece, angle: float) -> Piece:
    """A piece whose box is where the page shows it."""
    assert piece.box is not None
    box = piece.box
    quad = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    cosine, sine = math.cos(angle), math.sin(angle)
    shown = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in quad]
    xs, ys = [x for x, _ in shown], [y for _, y in shown]
    return replace(piece, box=Box(box.page, min(xs), min(ys), max(xs), max(ys)))
