"""What every figure is: a title that is the message, its source, and a text for those who cannot see it.

Drawn on :class:`matplotlib.figure.Figure` without pyplot: no global state, nothing to close, and a kernel that starts
a fifth of a second sooner.
"""

from __future__ import annotations

import functools
import io
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analys.figures.sources import grouped
from analys.files import write_atomically
from analys.swedish import fold

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

#: Dark ink on white: text at least 4.5:1, marks at least 3:1 (WCAG 2.1). Told apart in greyscale by lightness too.
INK: Final = "#1a1a1a"
MUTED: Final = "#595959"
GRID: Final = "#d9d9d9"
MARK: Final = "#7b8794"  # the other municipalities
ACCENT: Final = "#00497a"  # the municipality, or the series, that the title speaks of
CONTRAST: Final = "#b3400e"  # what contradicts it
PAPER: Final = "#ffffff"

#: The font that ships with matplotlib, by a name of its own: the system's of the same name has other glyphs, and which
#: of them is found depends on a cache in the user's home.
FONT: Final = "DejaVu Sans (matplotlib)"
for _file in sorted(Path(mpl.get_data_path(), "fonts", "ttf").glob("DejaVuSans*.ttf")):
    _shipped = font_manager.ttfFontProperty(font_manager.get_font(_file))
    if _shipped.name == "DejaVu Sans":
        font_manager.fontManager.ttflist.append(replace(_shipped, name=FONT))

_STYLE: Final[dict[Any, Any]] = {
    "font.family": FONT,
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "hatch.color": PAPER,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "analys",
    "svg.fonttype": "path",
}
#: The text width of a Swedish A4 memo is 16 cm.
WIDTH_INCHES: Final = 16 / 2.54
PIXELS_PER_INCH: Final = 200
_SCREEN: Final = 110
#: How a source line begins.
SOURCE_PREFIX: Final = "Källa: "
#: Inches that a line of each text takes, and all of them where title, subtitle and source have two lines each.
_TITLE_LINE, _SUBTITLE_LINE, _SOURCE_LINE = 0.215, 0.165, 0.175
_USUAL: Final = 2 * (_TITLE_LINE + _SUBTITLE_LINE + _SOURCE_LINE) + 0.24
#: The source line's and the title's ids in the svg.
SOURCE_ID: Final = "kalla"
TITLE_ID: Final = "rubrik"
_WHITE: Final = (255, 255, 255)
#: Pixels left under the last mark of a picture without its source line.
_FOOT: Final = 8
#: Points; half of it is still readable, for whoever sees the picture at half its size.
_SOURCE_SIZE: Final = 9


@dataclass(frozen=True)
class Chart:
    """A finished figure. ``alt`` says in Swedish what it shows; ``data`` is the table that it draws.

    It is drawn once for each kind of file, however many files it goes into. Not by ``savefig``, which lays every text
    out twice.
    """

    name: str
    title: str
    alt: str
    figure: Figure
    data: pd.DataFrame

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError(f"the figure {self.name!r} needs an alt text")
        _settle(self.figure)

    def _text(self, name: str) -> Text:
        return next(text for text in self.figure.texts if text.get_gid() == name)

    @property
    def source(self) -> str:
        """The sources, one after the other; the line that is drawn groups them."""
        return str(self._text(SOURCE_ID).get_label())

    def _drawn(self, pixels_per_inch: int) -> NDArray[np.uint8]:
        usual = self.figure.dpi
        self.figure.set_dpi(pixels_per_inch)
        canvas = FigureCanvasAgg(self.figure)
        with mpl.rc_context(_STYLE):
            canvas.draw()  # type: ignore[no-untyped-call]
        self.figure.set_dpi(usual)
        return np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]

    @functools.cached_property
    def _picture(self) -> Image.Image:
        """In 256 colours, which nobody can tell from all of them: a third of the bytes. The paper stays white."""
        pixels = np.ascontiguousarray(self._drawn(PIXELS_PER_INCH)[:, :, :3])
        picture = Image.fromarray(pixels).quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        palette = np.array(picture.getpalette(), dtype=np.uint8).reshape(-1, 3)
        palette[np.asarray(picture)[0, 0]] = _WHITE
        picture.putpalette(palette.tobytes())
        return picture

    @functools.cached_property
    def png(self) -> bytes:
        """The picture with its source line: the same bytes on every run."""
        return self._png(self._picture)

    @property
    def bare_part(self) -> tuple[float, float]:
        """Where the part between the title and the source line begins and ends, from 0 at the picture's top to 1."""
        height = self.figure.get_figheight() * PIXELS_PER_INCH
        title, source = (self._text(name).get_window_extent(dpi=PIXELS_PER_INCH) for name in (TITLE_ID, SOURCE_ID))
        return 1 - float(title.y0) / height, 1 - float(source.y1) / height

    @functools.cached_property
    def png_bare(self) -> bytes:
        """The picture for a page that has its title and its source line as text."""
        width, height = self._picture.size
        first, last = (int(part * height) for part in self.bare_part)
        above = np.asarray(self._picture)[: last - 1]
        inked = np.flatnonzero((above != above[0, 0]).any(axis=1))
        return self._png(self._picture.crop((0, first + 1, width, inked[-1] + _FOOT)))

    def _png(self, picture: Image.Image) -> bytes:
        buffer, information = io.BytesIO(), PngInfo()
        information.add_text("Title", self.title)
        information.add_text("Description", self.alt)
        picture.save(buffer, "png", dpi=(PIXELS_PER_INCH, PIXELS_PER_INCH), pnginfo=information)
        return buffer.getvalue()

    @functools.cached_property
    def svg(self) -> bytes:
        """The picture for the web, with title and description in it: the same bytes on every run."""
        buffer, usual = io.BytesIO(), self.figure.dpi
        with mpl.rc_context(_STYLE):
            FigureCanvasSVG(self.figure).print_svg(  # type: ignore[no-untyped-call]
                buffer, metadata={"Date": None, "Creator": None, "Title": self.title, "Description": self.alt}
            )
        self.figure.set_dpi(usual)
        return buffer.getvalue()

    def save(self, folder: Path) -> list[Path]:
        """Write ``<name>.png``, ``<name>.svg`` and the alt text ``<name>.txt``; returns the three files."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {"png": self.png, "svg": self.svg, "txt": f"{self.alt}\n".encode()}
        for suffix, data in content.items():
            write_atomically(folder / f"{self.name}.{suffix}", data)
        return [folder / f"{self.name}.{suffix}" for suffix in content]

    def png_for_screen(self) -> bytes:
        """The picture for a notebook, small enough to lie in it."""
        buffer = io.BytesIO()
        metadata = {"Software": None, "Title": self.title, "Description": self.alt}
        settings: dict[str, Any] = {"metadata": metadata, "origin": "upper"}
        with mpl.rc_context(_STYLE):
            imsave(buffer, self._drawn(_SCREEN), format="png", dpi=_SCREEN, **settings)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """In a notebook: the picture, with the alt text as the plain text that nbval compares."""
        return {"image/png": self.png_for_screen(), "text/plain": f"{self.title}\n{self.alt}"}


def canvas(
    title: str, subtitle: str, source: str, *, height_cm: float, columns: int = 1, rows: int = 1, **grid: Any
) -> tuple[Figure, list[Axes]]:
    """A figure of the memo's text width with its message, what-where-when-unit line and source line in place.

    Returns the figure and its axes, row by row. Long texts are broken into lines here, so that none is cut; the figure
    grows with those over the usual number, so that the drawing keeps its size.
    """
    with mpl.rc_context(_STYLE):
        title_lines, subtitle_lines, source_lines = (
            _wrap(title, 61),
            _wrap(subtitle, 92),
            _wrap(f"{SOURCE_PREFIX}{grouped(source)}", 86),
        )
        head = _TITLE_LINE * len(title_lines) + _SUBTITLE_LINE * len(subtitle_lines) + 0.14
        foot = _SOURCE_LINE * len(source_lines) + 0.1
        height = height_cm / 2.54 - _USUAL + head + foot
        figure = Figure(figsize=(WIDTH_INCHES, height))
        head, foot = head / height, foot / height
        top = 1 - 0.06 / height
        message: dict[str, Any] = {"fontsize": 11.5, "fontweight": "bold", "gid": TITLE_ID}
        figure.text(0.012, top, "\n".join(title_lines), va="top", linespacing=1.25, **message)
        under = top - _TITLE_LINE * len(title_lines) / height
        figure.text(0.012, under, "\n".join(subtitle_lines), fontsize=8.5, color=MUTED, va="top", linespacing=1.25)
        line = "\n".join(source_lines)
        below: dict[str, Any] = {"fontsize": _SOURCE_SIZE, "color": MUTED, "gid": SOURCE_ID}
        figure.text(0.012, 0.04 / height, line, va="bottom", linespacing=1.25, label=source, **below)
        area = (0.005, foot, 0.99, 1 - head - foot)
        figure.set_layout_engine(ConstrainedLayoutEngine(rect=area, w_pad=0.06, h_pad=0.05))
        axes = figure.subplots(rows, columns, squeeze=False, **grid)
        return figure, list(axes.flat)


def _settle(figure: Figure) -> None:
    """Lay the figure out once and for all. The solver's last digits differ from run to run, and would reach the file."""
    engine = figure.get_layout_engine()
    assert engine is not None
    for text in figure.findobj(Text):  # also what was written on the axes outside of the style
        text.set_fontfamily(FONT)
    with mpl.rc_context(_STYLE):
        engine.execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(bound, 4) for bound in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))


def slug(name: str) -> str:
    """A municipality's name as part of a file name: ``"Upplands Väsby"`` -> ``"upplands-vasby"``."""
    return fold(name).replace(" ", "-")


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
