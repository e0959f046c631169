"""A folder copied under another id, to another place, gives the same report."""

import shutil

import pytest

from analys import project
from analys.account import account
from analys.export.blocks import Figure, Table
from analys.export.report import report


@pytest.fixture(scope="module", params=["ostergotland", "exempel-energiradgivning"])
def moved(request, tmp_path_factory):
    """A bundled agreement's id, and its folder copied to another place under another id."""
    folder = tmp_path_factory.mktemp("annan plats") / "mappen"
    shutil.copytree(project.required().raw / request.param, folder)
    file = folder / "avtal.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'id = "{request.param}"', 'id = "ett-annat"', 1), encoding="utf-8")
    return request.param, str(folder)


def test_another_id_in_another_place_gives_the_same_report(moved):
    bundled, _ = moved
    for member in [region.name for region in account(bundled).speakers[:1]] + [None]:
        here, there = (list(report(each, member).blocks()) for each in moved)
        assert [_told(block).replace(bundled, "ett-annat") for block in here] == [_told(block) for block in there]
        assert sum(isinstance(block, Figure) for block in here) > 4
        assert sum(isinstance(block, Table) for block in here) > 5


def _told(block):
    """A block as text; a chart by its name, since it is drawn from the tables that are compared above."""
    return f"Figur {block.name} ({block.underlag})" if isinstance(block, Figure) else repr(block)
