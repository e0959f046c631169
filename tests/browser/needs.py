"""What the browser checks need. Without it they are left out, and the reason says how to get it."""

import os
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser():
    """The browser's file: that of the variable CHROMIUM, or the first one installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def missing():
    """What is not installed and how to get it, or an empty text."""
    wanted = {
        "chromium (Debian: apt-get install chromium)": browser(),
        "node 20 or later (Debian: apt-get install nodejs npm)": shutil.which("node"),
        "axe-core and playwright-core (npm ci --prefix tests/browser)": (HERE / "node_modules" / "axe-core").is_dir(),
    }
    return "; ".join(name for name, found in wanted.items() if not found)


def need_browser():
    """Leave out the module that asks, with one line that says why, where something is missing."""
    if lacking := missing():
        pytest.skip(f"browser checks left out: install {lacking}", allow_module_level=True)
