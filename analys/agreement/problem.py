"""A fault of an agreement file before its line is looked up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from analys.agreement.lines import Path
from analys.swedish import similar


class Problem(NamedTuple):
    """What stands at ``path``, what was expected there (Swedish), and what to do."""

    path: Path
    expected: str
    found: str
    action: str


def meant(written: object, names: Iterable[str], otherwise: str) -> str:
    """What to do about a name that is none: write the one that it resembles, or else ``otherwise`` (Swedish)."""
    near = similar(str(written), names)
    return f"skriv {near[0]}, om det är det som menas" if near else otherwise
