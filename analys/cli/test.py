"""``analys test``: everything that `make test` checks, also where there is no make."""

import subprocess
import sys
from typing import Final

import click

from analys.errors import AnalysError

#: Each check by name. nbval compares every committed output; loadscope keeps a notebook's cells in one process.
CHECKS: Final = {
    "lint": ["ruff", "check"],
    "format": ["ruff", "format", "--check", "--quiet"],
    "types": ["mypy"],
    "tests and notebooks": [
        "pytest", "tests", "notebooks", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=120",
        "--numprocesses=2", "--dist=loadscope",
    ],
}  # fmt: skip


@click.command("test")
def command() -> None:
    """Kontrollera verktyget självt: stil, typer, tester, återskapade filer, och varje anteckningsbok mot sina utdata.

    Hör till verktygets eget projekt. I andra projekt säger `analys normalise` vad som är fel i råfilerna.

    \b
    Exempel:
      analys test
    """
    from analys.project import required

    here = required()
    if not (here.folder / "tests").is_dir():
        raise AnalysError("`analys test` prövar verktyget självt och hör till dess eget projekt; här finns inga tester")
    failed = []
    for name, check in CHECKS.items():
        click.echo(f"== {name}")
        if subprocess.run([sys.executable, "-m", *check], cwd=here.folder, check=False).returncode:
            failed.append(name)
    if failed:
        click.echo(f"inte godkända: {', '.join(failed)}", err=True)
        sys.exit(1)
