"""Figures are tested on their objects: what is drawn, in which colours, with which words; never on pixels."""

import io
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.text import Text
from PIL import Image

from analys.account import account
from analys.errors import AnalysError
from analys.export import publish
from analys.export.drawn import if_some_leave
from analys.figures import chart, multiples, tiles, totals, who_pays
from analys.figures.chart import ACCENT, CONTRAST, FONT, INK, MARK, MUTED, PAPER, Chart
from analys.swedish import NBSP

AGREEMENT, HIGHLIGHT = "ostergotland", "Norrköping"


@pytest.fixture(scope="module")
def charts():
    return list(publish.charts(AGREEMENT))


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [INK, MUTED, ACCENT, CONTRAST])
def test_text_has_contrast_for_small_print(colour):
    assert contrast(colour, PAPER) >= 4.5


@pytest.mark.parametrize("colour", [ACCENT, CONTRAST, MARK, MUTED])
def test_marks_have_contrast(colour):
    assert contrast(colour, PAPER) >= 3


def test_the_highlight_differs_from_the_others_in_greyscale_too():
    assert contrast(ACCENT, MARK) >= 1.9


def test_every_figure_has_alt_text_title_and_source(charts):
    assert len({one.name for one in charts}) == len(charts)
    for one in charts:
        texts = [text.get_text() for text in one.figure.texts]
        assert texts[0].replace("\n", " ") == one.title
        assert any(text.startswith("Källa: ") for text in texts), one.name
        assert one.alt.endswith(".")
        assert not one.data.empty


def test_no_text_is_cut_or_outside_the_page(charts):
    for one in charts:
        canvas = FigureCanvasAgg(one.figure)
        canvas.draw()
        drawn = one.figure.get_tightbbox(canvas.get_renderer())
        width, height = one.figure.get_size_inches()
        assert drawn.x0 >= 0, one.name
        assert drawn.y0 >= 0, one.name
        assert drawn.x1 <= width, one.name
        assert drawn.y1 <= height, one.name


def test_a_figure_without_alt_text_is_refused():
    one = who_pays.charged(AGREEMENT, 2018, HIGHLIGHT)
    with pytest.raises(ValueError, match="needs an alt text"):
        Chart("x", "t", " ", one.figure, one.data)


def test_bars_are_sorted_and_the_highlighted_one_is_marked():
    one = who_pays.charged(AGREEMENT, 2018, "Mjölby")
    (axes,) = one.figure.axes
    widths = [patch.get_width() for patch in axes.patches]
    assert widths == sorted(widths, reverse=True)
    assert [round(width * 1000) for width in widths[:2]] == [268938, 226916]
    names = [label.get_text() for label in axes.get_yticklabels()]
    colours = [patch.get_facecolor() for patch in axes.patches]
    assert to_rgb(colours[names.index("Mjölby")]) == to_rgb(ACCENT)
    assert {to_rgb(colour) for name, colour in zip(names, colours, strict=True) if name != "Mjölby"} == {to_rgb(MARK)}


def test_estimates_are_hatched_and_open_and_documented_bars_solid():
    one = totals.total_by_year(AGREEMENT)
    (axes,) = one.figure.axes
    hatched = [patch for patch in axes.patches if patch.get_hatch()]
    solid = [patch for patch in axes.patches if not patch.get_hatch()]
    assert len(hatched) == 6
    assert len(solid) == 3
    assert {to_rgb(patch.get_facecolor()) for patch in hatched} == {to_rgb(PAPER)}


def test_the_two_totals_of_2023_do_not_touch():
    one = totals.incompatible_totals(AGREEMENT, 2023)
    (axes,) = one.figure.axes
    first, second = sorted((patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches[:2])
    assert first[1] < second[0]
    assert f"152{NBSP}tkr" in one.alt


def test_the_same_figure_gives_the_same_bytes():
    first, second = (who_pays.charged(AGREEMENT, 2018, HIGHLIGHT) for _ in range(2))
    assert first.svg == second.svg
    assert first.png == second.png


def test_a_picture_keeps_its_colours_and_its_paper_white():
    pixels = np.asarray(
        Image.open(io.BytesIO(who_pays.charged(AGREEMENT, 2018, HIGHLIGHT).png)).convert("RGB")
    ).reshape(-1, 3)
    assert (pixels[0] == 255).all()
    for colour in (ACCENT, MARK, MUTED, INK):
        distance = abs(pixels.astype(int) - [round(part * 255) for part in to_rgb(colour)]).max(axis=1)
        assert (distance <= 1).sum() > 100, colour


def test_titles_are_broken_into_lines_rather_than_cut():
    figure, _ = chart.canvas("ord " * 40, "under", "källa", height_cm=8)
    assert figure.texts[0].get_text().count("\n") >= 2


def test_the_rest_are_drawn_open_with_a_bar_for_each_statement():
    (axes,) = if_some_leave(AGREEMENT, publish.stated_question(account(AGREEMENT)), "Ydre").figure.axes
    assert len(axes.patches) == 22
    assert {patch.get_hatch() for patch in axes.patches} == {"////"}
    assert {to_rgb(patch.get_facecolor()) for patch in axes.patches} == {to_rgb(PAPER)}
    assert {to_rgb(patch.get_edgecolor()) for patch in axes.patches} == {to_rgb(ACCENT), to_rgb(CONTRAST)}
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "Linköping"
    assert not {"Norrköping", "Mjölby"} & set(names)


def test_small_multiples_hold_every_municipality_with_its_documented_points_solid():
    one = multiples.shares_by_municipality(AGREEMENT, "Kinda")
    panels = [axes for axes in one.figure.axes if axes.get_title(loc="left")]
    assert len(panels) == 13
    spans = {round(max(axes.get_ylim()) / min(axes.get_ylim()), 6) for axes in panels}
    assert len(spans) == 1, "slopes compare"
    for axes in panels:
        points = [line for line in axes.lines if line.get_marker() == "o"]
        solid = [line for line in points if to_rgb(line.get_markerfacecolor()) != to_rgb(PAPER)]
        assert (len(solid), len(points) - len(solid)) == (3, 8)


def test_the_tile_map_says_each_deviation_in_words_too():
    one = tiles.deviation(AGREEMENT, 2018, "Motala")
    (axes,) = one.figure.axes
    places = {(round(patch.get_x(), 2), round(patch.get_y(), 2)) for patch in axes.patches}
    assert len(places) == len(axes.patches) == 13
    words = [text.get_text() for text in axes.texts]
    assert words.count("mindre") == 1
    assert words.count("mer") == 12
    for patch in axes.patches:
        assert contrast(to_hex(patch.get_facecolor()), INK) >= 4.5
    wide = [patch for patch in axes.patches if patch.get_linewidth() > 2]
    assert len(wide) == 1


def test_the_tile_map_wants_a_documented_year_and_a_place_for_everybody():
    with pytest.raises(AnalysError, match="kostnaden 2023 är bara känd som intervall; välj ett år med kända belopp"):
        tiles.deviation(AGREEMENT, 2023)
    with pytest.raises(AnalysError, match=r"rutkarta\.csv: väntade en rad för varje kommun, fann ingen för 0114, 0180"):
        tiles.layout(AGREEMENT, ["0180", "0581", "0114"])
    assert not tiles.has_layout("stockholm")


@pytest.mark.parametrize(("weight", "file"), [("normal", "DejaVuSans.ttf"), ("bold", "DejaVuSans-Bold.ttf")])
def test_the_font_is_the_one_that_ships_with_matplotlib(weight, file):
    """The system may have another of the same name, and a cache in the user's home decides which of them is found."""
    found = Path(findfont(FontProperties(family=FONT, weight=weight), fallback_to_default=False))
    assert found == Path(mpl.get_data_path(), "fonts", "ttf", file)


def test_every_text_of_a_figure_is_in_that_font(charts):
    for drawn in charts:
        families = {tuple(text.get_fontfamily()) for text in drawn.figure.findobj(Text)}
        assert families == {(FONT,)}, drawn.name
