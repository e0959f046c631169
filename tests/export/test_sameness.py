"""A folder copied under another id, to another place, gives the same report, files and notebooks."""

import io
import json
import shutil
import zipfile

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from analys import project
from analys.account import account
from analys.export import notebook_set
from analys.export.blocks import Figure, Table
from analys.export.report import report
from analys.export.report_set import Format, write

CASES = {"ostergotland": "ett-annatavta", "exempel-energiradgivning": "ett-annat-avtal-av-samma"}


def copied(bundled, place):
    """The agreement's folder in another place under another id."""
    folder = place / "annan plats" / CASES[bundled]
    shutil.copytree(project.required().raw / bundled, folder)
    file = folder / "avtal.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'id = "{bundled}"', f'id = "{CASES[bundled]}"', 1), encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("bundled", CASES)
def test_another_id_in_another_place_gives_the_same_report(bundled, tmp_path):
    moved = (bundled, copied(bundled, tmp_path))
    for member in [region.name for region in account(bundled).speakers[:1]] + [None]:
        here, there = (list(report(each, member).blocks()) for each in moved)
        assert [_told(block).replace(bundled, CASES[bundled]) for block in here] == [_told(block) for block in there]
        assert sum(isinstance(block, Figure) for block in here) > 4
        assert sum(isinstance(block, Table) for block in here) > 5


def _told(block):
    """A block as text; a chart by its name, since it is drawn from the tables that are compared above."""
    return f"Figur {block.name} ({block.underlag})" if isinstance(block, Figure) else repr(block)


def test_another_id_in_another_place_gives_the_same_files_to_the_byte(tmp_path):
    bundled = "exempel-energiradgivning"
    moved = (bundled, copied(bundled, tmp_path))
    member = account(bundled).speakers[0].name
    here, there = (
        {file.suffix: file for file in write(each, member, [Format.DOCX, Format.XLSX, Format.HTML], tmp_path / str(n))}
        for n, each in enumerate(moved)
    )
    assert set(here) == set(there) == {".docx", ".xlsx", ".html"}
    for suffix, file in here.items():
        assert CASES[bundled] in there[suffix].name
        assert _parts(file.read_bytes(), bundled) == _parts(there[suffix].read_bytes(), bundled)


def _parts(data, bundled):
    """A file's bytes by part of its package, the first case's id as the other's."""
    parts = {"": data}
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    return {name: part.replace(bundled.encode(), CASES[bundled].encode()) for name, part in parts.items()}


@pytest.fixture
def shell():
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_the_notebooks_of_the_whole_third_case_show_the_same_in_another_place(tmp_path, shell):
    """nbval holds the first case's committed notebooks; the third's are run here, each cell's tables compared."""
    bundled = "exempel-energiradgivning"
    moved = (bundled, copied(bundled, tmp_path))
    here, there = (notebook_set.write(each, tmp_path / str(n)) for n, each in enumerate(moved))
    assert [file.name[:2] for file in here] == [file.name[:2] for file in there] == ["01", "02", "03", "04", "05"]
    for first, second in zip(here, there, strict=True):
        shown, elsewhere = (
            [text.replace(bundled, CASES[bundled]) for text in _outputs(file, shell)] for file in (first, second)
        )
        assert shown == elsewhere
        assert sum("<table" in text for text in shown) >= 3


def _outputs(file, shell):
    """What a notebook's cells show, run in this process: tables and texts; charts are drawn from the tables."""
    shell.reset()
    shown = []
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            with capture_output() as captured:
                result = shell.run_cell("".join(cell["source"]))
            result.raise_error()
            kinds = [output.data for output in captured.outputs] + [shell.display_formatter.format(result.result)[0]]
            shown += [data.get("text/html", data["text/plain"]) for data in kinds]
    return shown
