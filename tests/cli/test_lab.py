"""``analys lab``: the launcher has a tile for the notebook that audits a dropped file."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from analys.cli import cli, lab
from analys.start import start


def test_the_launcher_has_a_tile_that_opens_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(tmp_path / "projekt")
    tiles: list[dict[str, Any]] = []

    def run(command: list[str], *, env: dict[str, str], check: bool) -> SimpleNamespace:
        folder = Path(env["JUPYTER_APP_LAUNCHER_PATH"])
        tiles.extend(json.loads((folder / "jp_app_launcher.yaml").read_text(encoding="utf-8")))
        assert command[-1] == str(made.notebooks)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(lab.subprocess, "run", run)
    assert CliRunner().invoke(cli, ["--project", str(made.folder), "lab"]).exit_code == 0
    (tile,) = tiles
    assert tile["title"] == "Granska en bilaga"
    (opened,) = tile["source"]
    assert (made.notebooks / opened["args"]["path"]).is_file()
