"""Notebooks of one's own: the shipped ones for any agreement, each from its first cell to its last."""

import datetime as dt
import json

import pytest

from analys.cli import cli
from analys.errors import AnalysError
from analys.export import notebook_set
from tests.account import folders


def cells(file, kind="code"):
    notebook = json.loads(file.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def run(file):
    """Run the cells as a kernel would, without one: what they show is thrown away."""
    names = {}
    for source in cells(file):
        exec(compile(source, file.name, "exec"), names)
    return names


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The notebooks of a folder outside every project, whose members disagree and of whom one leaves."""
    place = tmp_path_factory.mktemp("eget")
    folder = folders.write(place / "avtalet")
    return notebook_set.write(str(folder), place / "bocker")


def test_there_is_one_for_each_question_but_none_without_its_facts(made):
    assert [file.name[:2] for file in made] == ["01", "02", "03", "04", "05"]


def test_one_cell_says_which_agreement_and_whose_view(made):
    for file in made:
        (which,) = [source for source in cells(file) if "avtal, kommun =" in source]
        assert '/avtalet", "Lund"' in which
        assert "ostergotland" not in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", range(5))
def test_every_cell_runs(made, number, capsys):
    assert run(made[number])["kommun"] == "Lund"


def test_what_is_lacking_is_said_in_a_line(made):
    said = {text for file in made for text in cells(file, "markdown") if text.startswith("*Ingen bilaga")}
    assert said == {
        "*Ingen bilaga har en annan folkmängd än SCB:s för den dag som avtalet anger.*",
        "*Ingen bilaga anger andelar.*",
    }


def test_the_notebooks_are_written_without_answers(made):
    for file in made:
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None


def test_another_member_another_day_and_ledgers(tmp_path):
    ledger = tmp_path / "reskontra.csv"
    ledger.write_text("", encoding="utf-8")
    day = dt.date(2025, 3, 31)
    files = notebook_set.write("ostergotland", tmp_path / "ut", "Ydre", day, [ledger])
    text = "\n".join(source for file in files for source in cells(file))
    assert 'avtal, kommun = "ostergotland", "Ydre"' in text
    assert "slut = dt.date(2025, 3, 31)" in text
    assert f'[Path("{ledger}")]' in text
    assert [file.name[:2] for file in files] == ["01", "02", "03", "04", "05", "07"]


def test_who_is_no_member_is_told(tmp_path):
    with pytest.raises(AnalysError, match="Kiruna är inte medlem i ostergotland"):
        notebook_set.write("ostergotland", tmp_path, "Kiruna")


def test_the_verb_writes_them_where_it_is_told(tmp_path):
    from click.testing import CliRunner

    folder = folders.write(tmp_path / "avtalet")
    result = CliRunner().invoke(cli, ["notebooks", str(folder), "-o", str(tmp_path / "ut"), "--member", "Höör"])
    assert result.exit_code == 0, result.output
    assert sorted(file.name for file in (tmp_path / "ut").iterdir())[0].startswith("01")
    assert '"Höör"' in "\n".join(cells(tmp_path / "ut" / "04_besparing.ipynb"))
