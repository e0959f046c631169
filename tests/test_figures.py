"""Figures are tested on their objects: what is drawn, in which colours, with which words; never on pixels."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from analys.export import publish
from analys.figures import chart, totals, who_pays
from analys.figures.chart import ACCENT, CONTRAST, INK, MARK, MUTED, PAPER, Chart
from analys.swedish import NBSP


@pytest.fixture(scope="module")
def charts():
    return list(publish.charts())


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
    one = who_pays.who_paid(publish.AGREEMENT)
    with pytest.raises(ValueError, match="needs an alt text"):
        Chart("x", "t", " ", one.figure, one.data)


def test_bars_are_sorted_and_the_highlighted_one_is_marked():
    one = who_pays.who_paid(publish.AGREEMENT, highlight="Mjölby")
    (axes,) = one.figure.axes
    widths = [patch.get_width() for patch in axes.patches]
    assert widths == sorted(widths, reverse=True)
    assert [round(width * 1000) for width in widths[:2]] == [268938, 226916]
    names = [label.get_text() for label in axes.get_yticklabels()]
    colours = [patch.get_facecolor() for patch in axes.patches]
    assert to_rgb(colours[names.index("Mjölby")]) == to_rgb(ACCENT)
    assert {to_rgb(colour) for name, colour in zip(names, colours, strict=True) if name != "Mjölby"} == {to_rgb(MARK)}


def test_estimates_are_hatched_and_open_and_documented_bars_solid():
    one = totals.total_by_year(publish.AGREEMENT)
    (axes,) = one.figure.axes
    hatched = [patch for patch in axes.patches if patch.get_hatch()]
    solid = [patch for patch in axes.patches if not patch.get_hatch()]
    assert len(hatched) == 6
    assert len(solid) == 3
    assert {to_rgb(patch.get_facecolor()) for patch in hatched} == {to_rgb(PAPER)}


def test_the_two_totals_of_2023_do_not_touch():
    one = totals.incompatible_totals(publish.AGREEMENT)
    (axes,) = one.figure.axes
    first, second = sorted((patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches[:2])
    assert first[1] < second[0]
    assert f"152{NBSP}tkr" in one.alt


def test_the_same_figure_gives_the_same_bytes():
    first, second = (who_pays.who_paid(publish.AGREEMENT) for _ in range(2))
    assert first.svg() == second.svg()
    assert first.png() == second.png()


def test_titles_are_broken_into_lines_rather_than_cut():
    figure, _ = chart.canvas("ord " * 40, "under", "källa", height_cm=8)
    assert figure.texts[0].get_text().count("\n") >= 2
