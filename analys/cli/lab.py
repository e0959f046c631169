"""``analys lab``: JupyterLab over the notebooks, where it is installed."""

import importlib.util
import subprocess
import sys

import click

from analys.errors import AnalysError


@click.command("lab")
def command() -> None:
    """Öppna projektets anteckningsböcker i JupyterLab.

    JupyterLab hör till tillägget [lab].

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
    sys.exit(subprocess.run([sys.executable, "-m", "jupyterlab", str(required().notebooks)], check=False).returncode)
