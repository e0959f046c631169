"""The panel's controls ask, its chart and table follow, and its button writes what is shown. No browser is needed."""

import datetime as dt

import docx
import pytest

from analys import leaving, panel
from analys.export import what_if
from analys.export.blocks import typeset
from analys.panel import Panel

AGREEMENT, END = "ostergotland", dt.date(2024, 9, 30)
STATED = ("Norrköping", "Mjölby")
HIGHLIGHT = STATED[0]


@pytest.fixture
def shown(tmp_path):
    return Panel(AGREEMENT, END, STATED, HIGHLIGHT, tmp_path / "scenario")


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """A panel for the tests that move no control."""
    return Panel(AGREEMENT, END, STATED, HIGHLIGHT, tmp_path_factory.mktemp("panel"))


def test_the_panel_opens_with_an_answer(opened):
    assert "58\u00a0% mer" in opened.chart.title
    assert len(opened.table.text) == 26
    assert opened.chart.alt in opened._picture.value
    assert not opened.write.disabled


def test_every_control_has_a_name(opened):
    assert all(control.description for control in (*opened._controls, opened.write))


@pytest.mark.parametrize(
    ("control", "value"),
    [("stranded", 50), ("key", "lika för alla"), ("price_year", 2018), ("end", "2025-09-30"), ("leaving", ())],
)
def test_chart_and_table_follow_every_control(shown, control, value):
    chart, table = shown._picture.value, shown._figures.value
    if control == "leaving":
        shown.key.value = "lika för alla"
    getattr(shown, control).value = value
    assert shown._picture.value != chart
    assert shown._figures.value != table
    assert shown.answer.question == shown.question


def test_the_day_is_written_as_swedes_write_it(opened):
    assert opened.end.value == "2024-09-30"
    opened.end.value = "30 september 2024"
    assert opened.question.end == END


def test_all_members_may_leave(shown):
    shown.leaving.value = leaving.members(AGREEMENT)
    assert shown.chart.title.startswith("Upphör avtalet slipper de 13 kommunerna tillsammans")


@pytest.mark.parametrize(
    ("control", "value", "told"),
    [
        ("leaving", (), "Välj minst en kommun som lämnar, eller en annan nyckel."),
        ("end", "", "Skriv sista dagen som 2024-09-30; &#x27;&#x27; är ingen dag."),
        ("end", "2024-02-30", "Skriv sista dagen som 2024-09-30; &#x27;2024-02-30&#x27; är ingen dag."),
        ("end", "2010-01-01", "2010"),
    ],
)
def test_what_cannot_be_asked_is_told_in_place_of_an_answer(shown, control, value, told):
    getattr(shown, control).value = value
    assert 'role="alert"' in shown._status.value
    assert told in shown._status.value
    assert shown._picture.value == shown._figures.value == ""
    assert shown.write.disabled


def test_the_button_writes_the_report_of_what_is_shown(shown):
    shown.leaving.value = leaving.members(AGREEMENT)[:1]
    shown.write.click()
    files = sorted(shown.folder.iterdir())
    assert [file.name for file in files] == ["ostergotland-scenario.docx", "ostergotland-scenario.html"]
    assert all(file.name in shown._status.value for file in files)
    text = files[1].read_text(encoding="utf-8")
    assert shown.chart.title in text
    words = " ".join(paragraph.text for paragraph in docx.Document(str(files[0])).paragraphs)
    assert typeset(shown.answer.assumptions[-1]) in words


def test_the_same_scenario_gives_the_same_report(opened, tmp_path):
    once, again = (what_if.write(AGREEMENT, opened.answer, tmp_path / name) for name in "ab")
    assert [file.read_bytes() for file in once] == [file.read_bytes() for file in again]


@pytest.fixture
def displayed(monkeypatch):
    items = []
    monkeypatch.setattr(panel, "display", lambda *shown: items.extend(shown))
    return items


def test_outside_a_front_end_the_first_answer_stands_still(displayed, opened, monkeypatch):
    monkeypatch.setattr(panel, "Panel", None)  # widgets would leave their state in the notebook
    panel.show(AGREEMENT, END, STATED, HIGHLIGHT)
    chart, table = displayed
    assert (chart.title, chart.alt) == (opened.chart.title, opened.chart.alt)
    assert table.text.equals(opened.table.text)


def test_in_a_front_end_the_panel_is_alive(displayed, monkeypatch):
    monkeypatch.setattr(panel, "interactive", lambda: True)
    panel.show(AGREEMENT, END, STATED)
    (box,) = displayed
    assert [type(control).__name__ for control in box.children[0].children] == [
        "Text", "SelectMultiple", "IntSlider", "Dropdown", "Dropdown", "Button",
    ]  # fmt: skip
