"""The notebooks of an agreement of one's own: those that the tool ships, with one cell that says which agreement.

A cell whose facts the account does not hold becomes one line that says which fact is lacking, so that every notebook
runs from its first cell to its last.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analys import savings
from analys.account import Account, account, contradicted_ranges, implied_totals, reproduced
from analys.errors import AnalysError
from analys.files import write_atomically
from analys.register import Region, resolve_municipality
from analys.start import templates

#: The cell that says which agreement and whose view, as the shipped notebooks write it.
_WHICH: Final = re.compile(r'^avtal, kommun = ".*?", ".*?"', re.MULTILINE)
_LOADED: Final = re.compile(r'load\(".*?"\)')
_END: Final = re.compile(r"^slut = .*$", re.MULTILINE)


@dataclass(frozen=True)
class Fact:
    """What a cell needs: the words in it that tell, whether an account holds it, and what is said where it does not."""

    words: str
    holds: Callable[[Account, Region | None], bool]
    lacking: str


def _saves(own: Account, member: Region | None) -> bool:
    end = own.end(member)
    try:
        return end is not None and bool(savings.termination(own.agreement, end))
    except AnalysError:
        return False


def _of(own: Account) -> str:
    return str(own.agreement.file)


FACTS: Final = (
    Fact(
        r"\bbilaga\b|\bfolkmangder\b|population_effects",
        lambda own, _: bool(reproduced.stale_annexes(_of(own))),
        "Ingen bilaga har en annan folkmängd än SCB:s för den dag som avtalet anger.",
    ),
    Fact(
        r"\b(slut|besparing|visas|lasningar|dagar|talare|grupper)\b",
        _saves,
        "Inget beslut eller förslag anger när avtalet upphör, eller så gäller inget avtal då.",
    ),
    Fact(
        r"reproduced\.(rules|figures)|who_pays\.charged|frames\.rules",
        lambda own, _: bool(reproduced.columns(own.folder)),
        "Mappen har ingen bilaga med belopp vars regel är känd.",
    ),
    Fact(
        r"contradicted_ranges",
        lambda own, _: not contradicted_ranges(_of(own)).empty,
        "Ingen kommun uppger ett belopp per år som en bilaga kan prövas mot.",
    ),
    Fact(
        r"incompatible_totals|\btotaler\b|digit_questions",
        lambda own, _: bool(implied_totals(_of(own))["oforenlig"].any()),
        "Inga uppgifter om betalningar motsäger varandra.",
    ),
    Fact(
        r"stated_amounts",
        lambda own, _: bool(own.folder.statements),
        "Mappen har inga uppgifter om betalningar eller kostnader (uppgifter.csv).",
    ),
)


def write(agreement: str, folder: Path, member: str | None = None, end: dt.date | None = None) -> list[Path]:
    """Write the notebooks of an agreement, named by id or path, into ``folder``; returns the files, none executed.

    ``member``: whose view; otherwise the first that proposes to leave or states what it pays. ``end``: another last day
    than the proposed one. Raises :class:`AnalysError` for an agreement that cannot be read, or whose folder has no
    amounts, and for a municipality that is no member.
    """
    own = account(agreement)
    whose = _whose(own, member)
    lacking = [fact for fact in FACTS if not fact.holds(own, whose)]
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for template in templates():
        notebook = json.loads(template.read_text(encoding="utf-8"))
        if any(_WHICH.search(_source(cell)) or _LOADED.search(_source(cell)) for cell in notebook["cells"]):
            notebook["cells"] = list(_cells(notebook["cells"], agreement, whose.name, end, lacking))
            text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
            write_atomically(folder / template.name, text.encode())
            written.append(folder / template.name)
    return written


def _whose(own: Account, member: str | None) -> Region:
    payers = {payer.code: payer for payer in own.payers() if payer.code}
    if not payers:
        raise AnalysError(f"{own.agreement.id}: ingen handling anger något belopp, så det finns inget att visa")
    if member is not None:
        region = resolve_municipality(member)
        if region.code not in payers:
            names = ", ".join(payer.name for payer in payers.values())
            raise AnalysError(f"{region.name} är inte medlem i {own.agreement.id}; medlemmarna är {names}")
        return region
    return own.speakers[0] if own.speakers else resolve_municipality(next(iter(payers)))


def _cells(
    cells: list[dict[str, Any]], agreement: str, member: str, end: dt.date | None, lacking: list[Fact]
) -> Iterator[dict[str, Any]]:
    """The cells for this agreement. The one that says which it is always stays, whatever else it shows."""
    for cell in cells:
        if cell["cell_type"] != "code":
            yield cell
            continue
        source = _source(cell)
        says_which = bool(_WHICH.search(source) or _LOADED.search(source))
        missing = next((fact for fact in lacking if re.search(fact.words, source)), None)
        if missing and not says_which:
            told: dict[str, Any] = {"cell_type": "markdown", "source": f"*{missing.lacking}*"}
            yield told | {name: cell[name] for name in ("id", "metadata") if name in cell}
            continue
        yield {**cell, "source": _asked(source, agreement, member, end), "outputs": [], "execution_count": None}


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _asked(source: str, agreement: str, member: str, end: dt.date | None) -> str:
    which = f"avtal, kommun = {json.dumps(agreement, ensure_ascii=False)}, {json.dumps(member, ensure_ascii=False)}"
    source = _WHICH.sub(lambda _: which, source)
    source = _LOADED.sub(lambda _: f"load({json.dumps(agreement, ensure_ascii=False)})", source)
    if end is not None and _END.search(source):
        day = f"slut = dt.date({end.year}, {end.month}, {end.day})"
        source = "import datetime as dt\n\n" + _END.sub(lambda _: day, source)
    return source
