"""``analys test``: everything that `make test` checks, also where there is no make."""

import subprocess
import sys
from typing import Final

import click

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
    """Check everything: lint, format, types, unit tests, rebuilt files, and every notebook against its outputs."""
    from analys.project import required

    failed = []
    for name, check in CHECKS.items():
        click.echo(f"== {name}")
        if subprocess.run([sys.executable, "-m", *check], cwd=required().folder, check=False).returncode:
            failed.append(name)
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
        sys.exit(1)
