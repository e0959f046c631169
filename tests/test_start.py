"""A project of one's own: found from the working folder, begun, registered into, and nothing written elsewhere."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analys import catalog, normalise, notebooks, project, registering
from analys.errors import AnalysError, InputError
from analys.start import start


@pytest.fixture
def made(tmp_path):
    made = start(tmp_path / "Överförmyndare å ä")
    with project.using(made.folder):
        yield made


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "analys", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_project_is_found_from_the_working_folder_upwards(made, monkeypatch):
    monkeypatch.delenv(project.VARIABLE)
    monkeypatch.chdir(made.notebooks)
    assert project.current() == made
    monkeypatch.chdir(made.folder.parent)
    assert project.current() is None
    with pytest.raises(AnalysError, match="analys start MAPP"):
        project.required()


def test_what_is_kept_of_a_project_is_not_answered_for_another(made):
    assert catalog.package().title == "Rådata: Överförmyndare å ä"
    with pytest.raises(AnalysError, match="ingen fil med namnet 'ostergotland-uppgifter'"):
        catalog.resource("ostergotland-uppgifter")


def test_a_new_project_is_whole(made):
    assert (made.folder / ".gitignore").read_text(encoding="utf-8").startswith(".venv/")
    assert (made.folder / "README.md").read_text(encoding="utf-8").startswith("# Överförmyndare å ä\n")
    notebooks = [nbformat.read(file, as_version=4) for file in sorted(made.notebooks.iterdir())]
    assert notebooks
    cells = [cell for notebook in notebooks for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert all(file.stat().st_size for file in normalise.run())


@pytest.mark.parametrize("inside", ["a file", "a folder in its place"])
def test_nothing_is_overwritten(tmp_path, inside):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "y").write_text("", encoding="utf-8")
    with pytest.raises(AnalysError, match="väntade en ny eller tom mapp"):
        start(tmp_path / "x" if inside == "a file" else tmp_path / "x" / "y")


def test_an_agreement_is_written_into_the_project_and_found_by_its_id(made):
    told = run(made.notebooks, "new", "Räddning Öst", "--members", "Boxholm, Ydre", "--project", str(made.folder))
    assert (told.returncode, told.stderr) == (0, "")
    assert made.agreements() == ["raddning-ost"]
    assert run(made.folder, "check", "raddning-ost").returncode == 1  # what no document has told yet


def test_what_is_laid_in_the_raw_folder_is_registered_and_then_guarded(made):
    here = project.Project(project.find(made.folder).folder)
    folder = here.raw / "raddning"
    folder.mkdir()
    (folder / "avtal.toml").write_text("", encoding="utf-8")
    (folder / "bilaga-2024.csv").write_text("a", encoding="utf-8")
    (folder / "bilaga-2024.txt").write_text("a", encoding="utf-8")
    (folder / "uppgifter.csv").write_text("a", encoding="utf-8")
    registering.register_new(here)
    entries = {entry["path"]: entry["name"] for entry in json.loads(here.register.read_text("utf-8"))["resources"]}
    assert entries == {
        "raddning/bilaga-2024.csv": "raddning-bilaga-2024",
        "raddning/bilaga-2024.txt": "raddning-txt-bilaga-2024",
        "raddning/uppgifter.csv": "raddning-uppgifter",
    }
    assert registering.register_new(here) == []
    (folder / "uppgifter.csv").write_text("b", encoding="utf-8")
    (folder / "bilaga-2024.csv").write_text("b", encoding="utf-8")
    assert registering.register_new(here) == [folder / "uppgifter.csv"]
    with pytest.raises(InputError, match=r"^data/raw/raddning/bilaga-2024.csv: väntade 1 byte med .*, fann 1 byte med"):
        catalog.verify()


def test_a_copy_of_an_agreement_gives_the_same_tables_in_another_project(made):
    here = project.find(made.folder)
    with project.using(made.folder):
        pass
    source = Path(__file__).parents[1]
    shutil.copytree(source / "data" / "raw" / "ostergotland", here.raw / "ostergotland")
    shutil.copy(source / "data" / "raw" / "rattelser.toml", here.corrections)
    project.forget()
    for file in normalise.run():
        of_all = (source / file.relative_to(here.folder)).read_text(encoding="utf-8").splitlines()
        own = [line for line in of_all[1:] if line.startswith("ostergotland,")]
        assert file.read_text(encoding="utf-8").splitlines() == [of_all[0], *own], file.name


def test_no_project_is_needed_to_audit_a_file(tmp_path):
    source = Path(__file__).parents[1]
    shutil.copy(source / "data" / "raw" / "ostergotland" / "bilaga-2018.xlsx", tmp_path)
    told = run(tmp_path, "audit", "bilaga-2018.xlsx")
    assert (told.returncode, told.stderr) == (1, "")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bilaga-2018.xlsx"]


def test_a_report_without_a_project_asks_where_to(tmp_path):
    source = Path(__file__).parents[1]
    told = run(tmp_path, "report", str(source / "data" / "raw" / "exempel-blandad-nyckel"))
    assert told.returncode == 2
    assert "--project MAPP" in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_notebooks_of_a_project_run_for_every_agreement_and_say_what_one_lacks(made):
    here = project.Project(made.folder)
    shutil.copytree(
        Path(__file__).parents[1] / "data" / "raw" / "exempel-blandad-nyckel", here.raw / "exempel-blandad-nyckel"
    )
    assert run(made.folder, "new", "Tomt avtal", "--members", "Boxholm").returncode == 0
    normalise.run()
    asyncio.run(notebooks.execute_all(here.notebook_files(), lambda *_: None))
    written = "".join(file.read_text(encoding="utf-8") for file in here.notebook_files())
    assert "### Exempel: gemensam överförmyndarnämnd" in written
    assert "### Tomt avtal" in written
    assert '"output_type": "error"' not in written
    assert '"name": "stderr"' not in written


def test_a_cell_that_fails_is_told_without_a_trace_back(made):
    file = made.notebook_files()[0]
    notebook = nbformat.read(file, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("x = 1\nx / 0"))
    nbformat.write(notebook, file)
    with pytest.raises(AnalysError, match=r"ZeroDivisionError: division by zero. Öppna .*\n  x = 1$") as caught:
        asyncio.run(notebooks.execute_all([file], lambda *_: None))
    assert "Traceback" not in str(caught.value)
