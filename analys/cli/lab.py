"""``analys lab``: JupyterLab over the notebooks, where it is installed."""

import importlib.util
import subprocess
import sys

import click

from analys.errors import AnalysError


@click.command("lab")
def command() -> None:
    """Open JupyterLab over the notebooks.

    JupyterLab is in an environment of its own (see README), because it makes every other start slower.
    """
    from analys.project import required

    if importlib.util.find_spec("jupyterlab") is None:
        raise AnalysError(
            "JupyterLab is not in this environment: use `make lab`, or install locks/lab.txt (see README)"
        )
    sys.exit(subprocess.run([sys.executable, "-m", "jupyterlab", str(required().notebooks)], check=False).returncode)
