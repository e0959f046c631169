"""The public names: each has an example that runs, and answers show themselves."""

from __future__ import annotations

import doctest
import importlib
import pydoc
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import analys
from analys.agreement.load import locate
from analys.errors import AnalysError, InputError

ROOT = Path(analys.__file__).parent.parent
ANNEX = locate("ostergotland").parent / "bilaga-2018.xlsx"


@pytest.mark.parametrize("name", [name for name in analys.__all__ if name.islower()])
def test_every_public_name_has_an_example_that_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    module = importlib.import_module(analys._PUBLIC[name])
    function = getattr(module, name)
    finder = doctest.DocTestFinder(recurse=False)
    tests = [test for test in finder.find(function, name, module=module) if test.examples]
    assert tests, f"{name} has no example"
    for test in tests:
        assert doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test).failed == 0


def test_a_room_and_a_function_may_bear_one_name() -> None:
    import analys.audit.finding as finding

    assert finding.Severity.FEL == "fel"
    assert len(analys.audit(ANNEX).findings) == 2
    with pytest.raises(AttributeError, match=r"analys har inget .granska.; det finns .*audit"):
        _ = analys.granska


def test_asking_for_help_imports_neither_pandas_nor_pydantic() -> None:
    code = "import sys, analys; print([m for m in ('pandas', 'pydantic') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"


def test_findings_are_a_frame_of_numbers() -> None:
    findings = analys.audit(ANNEX).findings
    assert list(findings["cell"]) == ["B11", "C18"]
    assert findings["effekt_kr"].sum() == -8410
    assert (findings["vantat"][0], findings["funnet"][0]) == (140927, 133749)


def test_the_annex_is_a_frame_that_multiplies() -> None:
    table = analys.audit(ANNEX).table
    assert table["Kostnad per kommun 2018"].sum() == 763945
    assert (table["Folkmängd 2017"] * 2).iloc[0] == 10906


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_what_a_notebook_shows_is_self_contained_and_marks_the_cells() -> None:
    html = analys.audit(ANNEX)._repr_html_()
    page = _Page()
    page.feed(html)
    assert not [tag for tag, attrs in page.tags if tag in {"script", "link", "img"} or "src" in attrs]
    marked = [attrs for tag, attrs in page.tags if tag == "td" and "marked" in (attrs.get("class") or "")]
    assert len(marked) == 2
    assert all(attrs.get("scope") == "col" for tag, attrs in page.tags if tag == "th")
    assert "prefers-color-scheme: dark" in html


def test_text_from_a_file_is_text_on_the_page() -> None:
    frame = pd.DataFrame({"Kommun": ["Mora", "Orsa"], "Andel <b>1</b>": ["50 %", "50 %"], "Belopp 2023": [1, 1]})
    assert "<b>1</b>" not in analys.audit(frame)._repr_html_()


def test_a_page_of_its_own_is_written_whole(tmp_path: Path) -> None:
    file = analys.audit(ANNEX).to_html(tmp_path / "granskning.html")
    assert file.read_text(encoding="utf-8").startswith('<!doctype html><html lang="sv">')


@pytest.mark.parametrize("source", [5, None, ["a"]])
def test_a_wrong_argument_is_a_sentence(source: object) -> None:
    with pytest.raises(AnalysError, match="väntade en fil eller en DataFrame, fann"):
        analys.audit(source)  # type: ignore[arg-type]


def test_reading_says_what_was_left_out(tmp_path: Path) -> None:
    file = tmp_path / "folkmangd.csv"
    file.write_text("Kommun;Folkmängd 2023\nMora;20 000\nMorra;5\n", encoding="utf-8")
    frame = analys.read(file)
    assert len(frame) == 1
    assert [row for row, _ in frame.attrs["rapporterade"]] == [3]
    assert frame.attrs["kalla"] == "folkmangd.csv"


def test_reading_what_is_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        analys.read(tmp_path / "saknas.csv")
    with pytest.raises(AnalysError, match="kind: väntade"):
        analys.read(ANNEX, kind="fakturor")  # type: ignore[arg-type]


def test_an_agreement_shares_a_year_in_numbers_that_plot() -> None:
    shared = analys.agreement("ostergotland").allocate(2018)
    frame = shared.to_frame()
    assert frame["belopp_ore"].sum() == 76394500
    assert (frame["belopp_kr"] * 2).iloc[0] == 18488
    assert "Rest som avrundningen lämnar" in shared._repr_html_()
    assert repr(shared).splitlines()[1] == "  Boxholm: 9\u00a0244 kr"
    assert shared.plot("Mjölby").alt


def test_a_scenario_says_who_gains() -> None:
    own = analys.agreement("ostergotland")
    frame = own.scenario(leave="Ydre").to_frame()
    others = frame["kommun"] != "Ydre"
    assert frame.loc[others, "skillnad_ore"].abs().max() <= 10000  # nothing is stranded unless it is said
    answer = own.scenario(leave="Ydre", stranded=1)
    frame = answer.to_frame()
    assert frame["skillnad_ore"].sum() == pytest.approx(0, abs=10000)
    assert frame.loc[frame["kommun"] == "Ydre", "efter_kr"].item() == 0
    assert "vad händer om" in answer._repr_html_()


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda own: own.allocate("i år"), "year: väntade ett år"),
        (lambda own: own.allocate(2018, "mycket"), "total: väntade"),
        (lambda own: own.scenario(), "säg vad som ändras"),
        (lambda own: own.scenario(end="snart"), "väntade en dag som 2024-09-30, fann 'snart'"),
        (lambda own: own.scenario(leave="Yder"), "menade du"),
        (lambda own: own.report("Mjölby", formats=["doc"]), "formats: väntade"),
        (lambda own: analys.agreement(7), "väntade ett avtals id"),
    ],
)
def test_a_wrong_question_is_a_sentence(ask, sentence: str) -> None:
    with pytest.raises(AnalysError, match=sentence):
        ask(analys.agreement("ostergotland"))


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: analys.audit(), "audit: ange source; det som kan anges är source, agreement, year"),
        (
            lambda: analys.audit(ANNEX, yaer=2018),
            r"audit: yaer finns inte; menade du year\?; det som kan anges är source",
        ),
        (lambda: analys.audit(ANNEX, 7), "agreement: väntade ett avtals id eller sökväg, fann 7"),
        (lambda: analys.read(), "read: ange source"),
        (lambda: analys.agreement("östergötland"), r"menade du ostergotland\?"),
        (lambda: analys.agreement("ostergotland").allocate(), "allocate: ange year"),
        (lambda: analys.agreement("ostergotland").allocate(2018, total=-1), "total: väntade ett belopp i kronor"),
        (lambda: analys.agreement("ostergotland").allocate(18), "year: väntade ett år som 2024"),
        (lambda: analys.agreement("ostergotland").allocate(2018).plot("Mjölbi"), "menade du Mjölby"),
        (lambda: analys.agreement("ostergotland").scenario(leve="Ydre"), r"leve finns inte; menade du leave\?"),
        (
            lambda: analys.agreement("ostergotland").scenario(leave=5),
            "leave: väntade en kommun, eller flera i en lista",
        ),
        (
            lambda: analys.agreement("ostergotland").scenario(leave="Ydre", stranded="mycket"),
            "stranded: väntade en del",
        ),
        (lambda: analys.agreement("ostergotland").scenario(leave="Ydre", years="i år"), "years: väntade ett år"),
        (lambda: analys.agreement("ostergotland").scenario("Ydre"), "scenario: ange argumenten vid namn"),
        (lambda: analys.agreement("ostergotland").report("Mjölby", format="docx"), r"menade du formats\?"),
        (lambda: analys.agreement("ostergotland").report("Mjölby", folder=3), "folder: väntade sökvägen till en mapp"),
        (lambda: analys.agreement("ostergotland").report("Mjölby", formats="doc"), "formats: väntade några av docx"),
    ],
)
def test_a_wrong_name_or_kind_of_argument_is_one_sentence(ask, sentence: str) -> None:
    with pytest.raises(AnalysError, match=sentence) as told:
        ask()
    assert len(str(told.value).splitlines()) == 1


def test_numbers_of_a_frame_are_taken_as_arguments() -> None:
    years = pd.Series([2018])
    shared = analys.agreement("ostergotland").allocate(years.max(), total=pd.Series([764_030]).sum())
    assert shared.result.total_ore == 76_403_000
    left = analys.agreement("ostergotland").scenario(leave="Ydre", years=years.max(), stranded="50 %")
    assert set(left.to_frame()["ar"]) == {2018}


@pytest.mark.parametrize("name", analys.__all__)
def test_help_is_of_the_function_also_after_a_call(name: str) -> None:
    public = getattr(analys, name)
    before = pydoc.render_doc(public, renderer=pydoc.plaintext)
    with pytest.raises(AnalysError):
        public()
    assert pydoc.render_doc(getattr(analys, name), renderer=pydoc.plaintext) == before
    assert f"analys.{name}(source" in before
    assert ">>> import analys" in before


def test_a_year_written_as_text_is_a_sentence() -> None:
    with pytest.raises(AnalysError, match="year: väntade ett år som 2024, utan citattecken, fann '2024'"):
        analys.audit(pd.DataFrame({"Kommun": ["Mora"], "Belopp": [1]}), year="2024")  # type: ignore[arg-type]
