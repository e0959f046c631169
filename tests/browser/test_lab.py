"""A real JupyterLab in a real browser: every notebook opens, runs all its cells, and shows its figures and the panel."""

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest

from analys.project import VARIABLE, required
from tests.browser.needs import HERE, browser, need_browser

need_browser()
if importlib.util.find_spec("jupyterlab") is None:
    pytest.skip(
        "JupyterLab is not in this environment: make .venv-lab/ready, then .venv-lab/bin/pytest tests/browser",
        allow_module_level=True,
    )

PATHS = required().notebook_files()
START_SECONDS, LIMIT_SECONDS = 90, 900


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab over copies of the notebooks, with settings of its own: its address and token."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    folder.mkdir()
    for path in PATHS:
        shutil.copy(path, folder)
    address, token = f"http://127.0.0.1:{free_port()}", secrets.token_hex(16)
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR")
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.root_dir={folder}",
        f"--ServerApp.port={address.rpartition(':')[2]}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=None", "--LabApp.check_for_updates_class="
        "jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            env=os.environ | {name: str(home / name) for name in places} | {VARIABLE: str(required().folder)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(f"{address}/api?token={token}", server, home / "log")
        yield address, token
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address, server, log):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)


@pytest.fixture(scope="module")
def seen(lab):
    command = ["node", str(HERE / "lab.mjs"), browser(), *lab, *(path.name for path in PATHS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_opens_runs_and_shows_what_the_committed_one_shows(path, seen):
    cells = seen["notebooks"][path.name]["cells"]
    committed = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell["count"] for cell in cells] == list(range(1, len(committed) + 1))
    for cell, before in zip(cells, committed, strict=True):
        assert cell["errors"] == [], cell["source"]
        outputs = str(before.outputs)
        assert cell["pictures"] >= outputs.count("'image/png'"), cell["source"]
        # A live field shows its table when a file has been dropped on it, which has a test of its own.
        waits = any("widget-view" in kind for kind in cell["types"]) and "dropped" in seen["notebooks"][path.name]
        assert cell["tables"] >= ("<table" in outputs) or waits, cell["source"]


def test_the_panel_is_alive_and_its_chart_follows_a_choice(seen):
    moved = [notebook["moved"] for notebook in seen["notebooks"].values() if "moved" in notebook]
    assert len(moved) == 1
    assert moved[0]["followed"]
    assert moved[0]["alt"]


def test_a_file_that_is_dropped_is_audited_with_its_cells_marked(seen):
    (dropped,) = [notebook["dropped"] for notebook in seen["notebooks"].values() if "dropped" in notebook]
    assert any(text.startswith("110000") for text in dropped["marked"])
    assert dropped["seconds"] < 10


def test_jupyterlab_asks_no_other_host(seen):
    assert seen["requests"] == []
