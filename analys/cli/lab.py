"""``analys lab``: JupyterLab over the notebooks, where it is installed."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from analys.errors import AnalysError


@click.command("lab")
def command() -> None:
    """Öppna projektets anteckningsböcker i JupyterLab.

    JupyterLab hör till tillägget [lab]. Startsidan har en ruta som öppnar "Granska en bilaga", där man släpper en fil.

    \b
    Exempel:
      analys lab
    """
    from analys.project import required

    if importlib.util.find_spec("jupyterlab") is None:
        raise AnalysError(
            "JupyterLab är inte installerat här: installera programmet med tillägget [lab] (README, Installera); "
            "i verktygets eget projekt: `make lab`"
        )
    notebooks = required().notebooks
    with tempfile.TemporaryDirectory() as folder:
        # What jupyter_app_launcher reads is YAML, which JSON is.
        tiles = json.dumps([_tile(notebook.name) for notebook in notebooks.glob("*_granska_en_bilaga.ipynb")])
        (Path(folder) / "jp_app_launcher.yaml").write_text(tiles, encoding="utf-8")
        command = [sys.executable, "-m", "jupyterlab", str(notebooks)]
        done = subprocess.run(command, env=os.environ | {"JUPYTER_APP_LAUNCHER_PATH": folder}, check=False)
    sys.exit(done.returncode)


def _tile(notebook: str) -> dict[str, object]:
    """A tile of the launcher that opens the notebook as it is, with its own kernel."""
    opened = {"label": "Öppna anteckningsboken", "id": "docmanager:open", "args": {"path": notebook}}
    return {
        "id": "analys-granska",
        "title": "Granska en bilaga",
        "description": "Släpp en fil och se fynden",
        "type": "jupyterlab-commands",
        "catalog": "Samfinansiering",
        "source": [opened],
    }
