"""What is redone after an edit of each kind of input, and nothing else; never what was made of something else."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from analys import freshness, pipeline, project
from analys.errors import AnalysError
from analys.freshness import Made, own
from analys.project import Project
from analys.start import start

INPUTS = {
    "a raw file": "data/raw/x/bilaga.csv",
    "an agreement": "data/raw/x/avtal.toml",
    "a processed table": "data/processed/bilagor.csv",
    "a lock": "locks/base.txt",
    "a module": "program/audit/rules.py",
    "the style": "program/figures/chart.py",
    "what the step wrote": "exports/a.csv",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name in INPUTS.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(freshness, "_PROGRAM", tmp_path / "program")
    return Project(tmp_path)


def made(here):
    """The exports, as a later run finds them."""
    again = Made(here)
    return again.is_current("exporter", again.inputs())


def keep(here):
    before = Made(here)
    before.keep("exporter", before.inputs(), [here.folder / "exports/a.csv"])


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("edit", ["write", "remove", "rename"])
def test_an_edit_of_any_input_makes_a_step_due(here, kind, edit):
    assert not made(here)
    keep(here)
    assert made(here)
    file = here.folder / INPUTS[kind]
    {
        "write": lambda: file.write_text("y" * len(INPUTS[kind]), encoding="utf-8"),
        "remove": file.unlink,
        "rename": lambda: file.rename(file.with_name("annan.txt")),
    }[edit]()
    assert not made(here)


def test_a_new_file_among_the_data_makes_a_step_due(here):
    keep(here)
    (here.raw / "ny.csv").write_text("", encoding="utf-8")
    assert not made(here)


def test_a_new_version_of_a_library_makes_a_step_due(here, monkeypatch, tmp_path):
    keep(here)
    (tmp_path / "site/nytt-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert not made(here)


def test_the_same_contents_with_another_time_are_the_same(here):
    keep(here)
    for name in INPUTS.values():
        (here.folder / name).touch()
    assert made(here)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"exporter": 1}', '{"exporter": {"": 1, "x": 2}}'])
def test_a_damaged_memory_is_no_memory(here, content):
    keep(here)
    (here.folder / ".analys/gjort.json").write_text(content, encoding="utf-8")
    assert not made(here)


def test_the_files_that_a_notebook_depends_on_are_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(freshness, "_TEMPORARY", Path("/nowhere"))
    opened = [str(tmp_path / "tal.csv"), json.__file__, nbformat.__file__, str(tmp_path / ".dold/x"), str(tmp_path)]
    assert own(opened) == [tmp_path / "tal.csv"]


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A project with two notebooks, of which the first reads a file elsewhere; gives what a run executes."""
    monkeypatch.setattr(freshness, "_is_hidden", lambda file: file.name.startswith("."))
    monkeypatch.setattr(freshness, "_TEMPORARY", Path("/nowhere"))
    started = start(tmp_path / "projekt")
    shutil.rmtree(started.notebooks)
    started.notebooks.mkdir()
    (tmp_path / "tal.txt").write_text("1", encoding="utf-8")
    for name, source in (
        ("01", f"print(open({str(tmp_path / 'tal.txt')!r}).read())"),
        ("02", "import hjalp; hjalp.ett"),
    ):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        nbformat.write(notebook, started.notebooks / f"{name}.ipynb")
    (started.notebooks / "hjalp.py").write_text("ett = 1\n", encoding="utf-8")

    def run():
        told = []
        with project.using(started.folder):
            pipeline.run(told.append)
        return [line.split()[2] for line in told if "] körd " in line]

    return started, run


def test_only_the_notebooks_that_depend_on_an_edit_are_executed_again(job, tmp_path):
    here, run = job
    assert sorted(run()) == ["01.ipynb", "02.ipynb"]
    assert run() == []
    (tmp_path / "tal.txt").write_text("2", encoding="utf-8")
    assert run() == ["01.ipynb"]
    assert '"2\\n"' in (here.notebooks / "01.ipynb").read_text(encoding="utf-8")
    second = here.notebooks / "02.ipynb"
    second.write_text(second.read_text(encoding="utf-8").replace("hjalp.ett", "hjalp.ett + 6"), encoding="utf-8")
    assert run() == ["02.ipynb"]
    assert '"7"' in second.read_text(encoding="utf-8")
    (here.notebooks / "hjalp.py").write_text("ett = 2\n", encoding="utf-8")
    assert "02.ipynb" in run()
    assert '"8"' in second.read_text(encoding="utf-8")
    (here.raw / "nytt.csv").write_text("Kommun;Belopp\n", encoding="utf-8")
    assert sorted(run()) == ["01.ipynb", "02.ipynb"]


def test_a_notebook_that_fails_is_due_until_it_does_not(job):
    here, run = job
    (here.notebooks / "hjalp.py").write_text("ett = 1 / 0\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(AnalysError, match=r"02\.ipynb"):
            run()
    (here.notebooks / "hjalp.py").write_text("ett = 1\n", encoding="utf-8")
    assert "02.ipynb" in run()
