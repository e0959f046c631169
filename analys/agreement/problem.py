"""A fault of an agreement file before its line is looked up."""

from __future__ import annotations

from typing import NamedTuple

from analys.agreement.lines import Path


class Problem(NamedTuple):
    """What stands at ``path``, what was expected there (Swedish), and what to do."""

    path: Path
    expected: str
    found: str
    action: str
