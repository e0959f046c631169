"""The web page's text: structure, names and bytes. What it is like to use is tried in ``tests/browser``."""

import itertools
import re
from html.parser import HTMLParser

import pytest

from analys.export import blocks, page, report
from analys.export.blocks import Figure, Table
from analys.figures.chart import SOURCE_ID, TITLE_ID
from tests.test_figures import contrast

VOID = {"meta", "link", "br", "img", "input", "hr"}

AGREEMENT, HIGHLIGHT = "ostergotland", "Norrköping"


class Reader(HTMLParser):
    """Every element as (name, attributes, text), and a check that each is closed in its own turn."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ""])
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data):
        for place in self.open:
            self.elements[place][2] += data

    def all(self, *tags):
        return [(attrs, text.strip()) for tag, attrs, text in self.elements if tag in tags]


@pytest.fixture(scope="module", params=[HIGHLIGHT, None], ids=["member", "group"])
def content(request):
    return report.report(AGREEMENT, request.param)


@pytest.fixture(scope="module")
def text(content):
    return page.render(content)


@pytest.fixture(scope="module")
def html(text):
    return Reader(text)


def test_the_page_is_swedish_and_has_a_title_of_its_own(html, content):
    assert html.all("html")[0][0]["lang"] == "sv"
    assert html.all("title")[0][1] == f"{content.title} – {content.whom}"


def test_one_h1_and_no_heading_skips_a_level(html):
    levels = [int(tag[1]) for tag, _, _ in html.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_each_landmark_is_there_once(html):
    assert [len(html.all(name)) for name in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    assert html.all("nav")[0][0]["aria-label"]


def test_ids_are_unique_and_every_reference_has_its_target(html):
    ids = [attrs["id"] for _, attrs, _ in html.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs, _ in html.elements:
        names = [attrs.get("aria-labelledby"), attrs.get("aria-describedby")]
        names += [value[1:] for key in ("href", "xlink:href") if (value := attrs.get(key, "")).startswith("#")]
        names += re.findall(r"url\(#([^)]+)\)", " ".join(value or "" for value in attrs.values()))
        assert set(filter(None, names)) <= set(ids)


def test_the_table_of_contents_links_to_every_section(html):
    linked = [attrs["href"][1:] for attrs, _ in html.all("a") if attrs["href"].startswith("#avsnitt")]
    sections = [attrs["aria-labelledby"] for attrs, _ in html.all("section")]
    assert [*linked, "avsnitt-kallor"] == sections


def test_the_page_opens_with_three_values_and_one_chart(html, content):
    (answer,) = content.answer
    numbers, chart = answer.blocks
    assert [name for _, name in html.all("dt")] == [each.label for each in numbers.entries]
    assert len(numbers.entries) == 3
    assert html.all("title")[1][1] == chart.chart.title
    assert html.all("section")[0][0]["aria-labelledby"] == "avsnitt-svaret-i-korthet"


def test_every_note_leads_to_its_source(html, content):
    ids = {attrs["id"]: text for attrs, text in html.all("li") if attrs.get("id", "").startswith("kalla-")}
    assert list(ids.values()) == list(content.sources)
    noted = {attrs["href"][1:] for attrs, _ in html.all("a") if attrs["href"].startswith("#kalla-")}
    assert noted == set(ids)


def test_tables_have_captions_and_scopes(html, content):
    figures = sum(isinstance(block, Figure) for block in content.blocks())
    tables = sum(isinstance(block, Table) for block in content.blocks())
    assert len(html.all("table")) == len(html.all("caption")) == figures + tables
    assert all(attrs.get("scope") in ("col", "row") for attrs, _ in html.all("th"))
    assert all(name for _, name in html.all("caption"))


def test_every_chart_is_named_described_and_stands_with_its_table(html, content):
    figures = [block for block in content.blocks() if isinstance(block, Figure)]
    charts = [attrs for attrs, _ in html.all("svg")]
    assert len(charts) == len(figures) > 3
    names, texts = [text for _, text in html.all("title")][1:], [text for _, text in html.all("desc")]
    assert sorted(names) == sorted(block.chart.title for block in figures)
    assert sorted(texts) == sorted(block.chart.alt for block in figures)
    assert {attrs["role"] for attrs in charts} == {"img"}
    assert len(html.all("details")) == len(figures)


def test_the_title_and_the_source_of_a_chart_stand_once(html):
    drawn = [attributes.get("id", "") for attributes, _ in html.all("g")]
    assert not [name for name in drawn if name.endswith((SOURCE_ID, TITLE_ID))]
    sources = [text for attributes, text in html.all("span") if attributes.get("class") == "source"]
    assert len(sources) >= len(html.all("svg"))
    assert all(re.match(r"Källa:\W*\[\d", source) for source in sources)


def test_no_number_of_a_charts_table_is_lost(html, content):
    rows = sum(len(block.chart.data) for block in content.blocks() if isinstance(block, Figure))
    rows += sum(len(block.rows) for block in content.blocks() if isinstance(block, Table))
    assert len(html.all("tr")) == rows + len(html.all("table"))


def test_the_page_asks_nothing_of_anybody(text, html):
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|href)=\"(?!#|data:,)[^\"]*\"", text)
    assert "@import" not in text
    for attrs, _ in html.all("script", "link", "img", "iframe", "object", "form"):
        assert set(attrs) <= {"rel", "href"}


def test_text_is_escaped():
    block = Table("t", "a <b> & c", ("<i>",), (("<script>alert(1)</script>",),), "k")
    shown = page.render(
        blocks.Report("x", None, "x", "<h1>", "&", (blocks.Section("Rubrik", (block, blocks.Text("<p>"))),))
    )
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<h1>&lt;h1&gt;</h1>" in shown


def test_the_same_report_gives_the_same_bytes_whenever_it_is_made(content, text, tmp_path):
    again = report.report.__wrapped__(AGREEMENT, content.member)
    assert page.write(again, tmp_path / "again.html").read_bytes() == text.encode()


def palettes():
    """The light palette and the dark one, as the style sheet gives them."""
    blocks = re.findall(r":root \{([^}]*--paper[^}]*)\}", page.part("page.css"))
    return [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in blocks]


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark", "print"])
def test_colours_keep_their_contrast_in_the_light_in_the_dark_and_on_paper(palette):
    paper = palette["paper"]
    for name in ("ink", "muted", "accent", "contrast"):
        assert contrast(palette[name], paper) >= 4.5, name
    assert contrast(palette["mark"], paper) >= 3
    assert contrast(palette["ink"], palette["own"]) >= 4.5
    assert contrast(palette["ink"], palette["blank"]) >= 4.5
    assert abs(contrast(palette["accent"], paper) - contrast(palette["mark"], paper)) > 1, "told apart in greyscale"
