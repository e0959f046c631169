"""What ships with the package: regions, populations, price indices and organisation numbers, each with its source.

A Frictionless Data Package like a project's raw register. A project's own register goes before it, name by name; figures
that a project has fetched (``analys fetch``) go before those here.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def folder() -> Path:
    """Where the files lie."""
    return Path(str(files(__name__)))
