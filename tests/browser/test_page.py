"""The web page as its readers meet it, in a real browser: with a screen reader's rules, a keyboard, paper, no scripts."""

import json
import subprocess

import pytest

from analys.export import page
from analys.export.report import report
from tests.browser.needs import HERE, browser, need_browser

need_browser()

LIMIT_SECONDS = 300
AGREEMENT, HIGHLIGHT = "ostergotland", "Norrköping"


@pytest.fixture(scope="module", params=[HIGHLIGHT, None], ids=["member", "group"])
def visit(request, tmp_path_factory):
    file = page.write(report(AGREEMENT, request.param), tmp_path_factory.mktemp("page") / "report.html")
    command = ["node", str(HERE / "visit.mjs"), browser(), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_axe_finds_no_violation_of_wcag_a_and_aa_at_any_width_or_theme(visit):
    assert set(visit["views"]) == {"phone light", "phone dark", "desktop light", "desktop dark"}
    for name, view in visit["views"].items():
        assert view["violations"] == [], name
        assert {"color-contrast", "document-title", "html-has-lang", "svg-img-alt"} <= set(view["passes"]), name


def test_the_page_does_not_scroll_sideways_at_320_pixels(visit):
    assert {view["overflow"] for view in visit["views"].values()} == {0}


def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit):
    keyboard = visit["keyboard"]
    assert keyboard["all"] > 40
    assert sorted(keyboard["reached"]) == list(range(keyboard["all"]))
    assert keyboard["reached"] == sorted(keyboard["reached"]), "the order of the focus is that of the text"
    assert keyboard["unseen"] == []


def test_a_table_is_sorted_with_the_keyboard_and_keeps_the_focus(visit):
    before, falling, rising = visit["sorting"]
    assert [state["sort"] for state in visit["sorting"]] == [None, "descending", "ascending"]
    assert all(state["focused"] for state in visit["sorting"])

    def lows(state):
        return [float(cell.split("–")[0].replace("\u00a0", "").replace(",", ".")) for cell in state["cells"]]

    assert lows(falling) == sorted(lows(before), reverse=True)
    assert lows(rising) == sorted(lows(before))
    rows = [sorted(zip(state["names"], state["cells"], strict=True)) for state in visit["sorting"]]
    assert rows[0] == rows[1] == rows[2], "the rows stay whole"


def test_print_is_on_white_without_navigation_and_with_every_table(visit):
    assert visit["print"] == {"hidden": 0, "navigation": "none", "background": "rgb(255, 255, 255)"}


def test_the_text_is_the_same_with_scripts_off(visit):
    assert visit["text"]["none"] == visit["text"]["scripts"]
    assert len(visit["text"]["none"]) > 5000


def test_nothing_is_asked_of_another_host_and_the_console_is_silent(visit):
    assert visit["requests"] == []
    assert visit["console"] == []
