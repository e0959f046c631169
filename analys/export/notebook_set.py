"""The notebooks of an agreement of one's own: those that the tool ships, with one cell that says which agreement.

A cell whose facts the account does not hold becomes one line that says which fact is lacking, so that every notebook
runs from its first cell to its last.
"""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analys import savings
from analys.account import Account, Origin, account, contradicted_ranges, implied_totals, reproduced
from analys.errors import AnalysError
from analys.files import write_atomically
from analys.intake.annex import Kind
from analys.register import Region, resolve_municipality
from analys.start import templates

#: The cell that says which agreement and whose view, as the shipped notebooks write it.
_WHICH: Final = re.compile(r'^avtal, kommun = ".*?", ".*?"', re.MULTILINE)
_LOADED: Final = re.compile(r'load\(".*?"\)')
_END: Final = re.compile(r"^slut = .*$", re.MULTILINE)
_LEDGERS: Final = "reconcile.example()"


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
        r"stale_annexes|stale_population",
        lambda own, _: bool(reproduced.stale_annexes(_of(own))),
        "Ingen bilaga har en annan folkmängd än SCB:s för den dag som avtalet anger.",
    ),
    Fact(
        r"\bslut\b|saving_by|savings_by",
        _saves,
        "Inget beslut eller förslag anger när avtalet upphör, eller så gäller inget avtal då.",
    ),
    Fact(
        r"reproduced\.(rules|figures)|frames\.rules",
        lambda own, _: bool(reproduced.columns(own.folder)),
        "Mappen har ingen bilaga med belopp vars regel är känd.",
    ),
    Fact(r"who_pays\.charged", lambda own, _: bool(own.years_of(Origin.ANNEX)), "Mappen har ingen bilaga med belopp."),
    Fact(
        r"share_by_year",
        lambda own, _: any(each.annex.of_kind(Kind.SHARE) for each in own.folder.annexes),
        "Ingen bilaga anger andelar.",
    ),
    Fact(
        r"\.speakers",
        lambda own, _: bool(own.speakers),
        "Ingen kommun har uppgett vad den betalar eller föreslagit att lämna.",
    ),
    Fact(
        r"contradicted_ranges",
        lambda own, _: not contradicted_ranges(_of(own)).empty,
        "Ingen kommun uppger ett belopp per år som en bilaga kan prövas mot.",
    ),
    Fact(
        r"incompatible_totals|\bimplied_totals|digit_questions",
        lambda own, _: bool(implied_totals(_of(own))["oforenlig"].any()),
        "Inga uppgifter om betalningar motsäger varandra.",
    ),
    Fact(
        r"stated_amounts",
        lambda own, _: bool(own.folder.statements),
        "Mappen har inga uppgifter om betalningar eller kostnader (uppgifter.csv).",
    ),
)


@dataclass(frozen=True)
class Asked:
    """What the notebooks are of: an agreement by id or path, whose view, another last day, and whose ledgers."""

    agreement: str
    member: str
    end: dt.date | None
    ledgers: tuple[Path, ...]


def write(
    agreement: str,
    folder: Path,
    member: str | None = None,
    end: dt.date | None = None,
    ledgers: Sequence[Path] = (),
) -> list[Path]:
    """Write the notebooks of an agreement, named by id or path, into ``folder``; returns the files, none executed.

    ``member``: whose view; otherwise the first that proposes to leave or states what it pays. ``end``: another last day
    than the proposed one. ``ledgers``: what the agreement is reconciled with; without them that notebook is left out.
    Raises :class:`AnalysError` for an agreement that cannot be read, or whose folder has no amounts, and for a
    municipality that is no member.
    """
    own = account(agreement)
    whose = _whose(own, member)
    asked = Asked(agreement, whose.name, end, tuple(ledgers))
    lacking = [fact for fact in FACTS if not fact.holds(own, whose)]
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for template in templates():
        notebook = json.loads(template.read_text(encoding="utf-8"))
        sources = [_source(cell) for cell in notebook["cells"]]
        of_ledgers = any(_LEDGERS in source for source in sources)
        if not any(_says_which(source) for source in sources) or (of_ledgers and not ledgers):
            continue
        notebook["cells"] = list(_cells(notebook["cells"], asked, lacking))
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


def _says_which(source: str) -> bool:
    return bool(_WHICH.search(source) or _LOADED.search(source))


def _cells(cells: list[dict[str, Any]], asked: Asked, lacking: list[Fact]) -> Iterator[dict[str, Any]]:
    """The cells for this agreement. The one that says which it is always stays; what follows from a cell that is left
    out is left out for the same reason."""
    unknown: dict[str, Fact] = {}
    for cell in cells:
        source = _source(cell)
        if cell["cell_type"] != "code" or _says_which(source):
            fresh: dict[str, Any] = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
            yield {**cell, "source": _asked(source, asked), **fresh}
            continue
        made, used = _names(source)
        missing = next((fact for fact in lacking if re.search(fact.words, source)), None)
        missing = missing or next((unknown[name] for name in sorted(used) if name in unknown), None)
        if missing is None:
            yield {**cell, "outputs": [], "execution_count": None}
            continue
        unknown |= dict.fromkeys(made, missing)
        told: dict[str, Any] = {"cell_type": "markdown", "source": f"*{missing.lacking}*"}
        yield told | {name: cell[name] for name in ("id", "metadata") if name in cell}


def _names(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell makes, and those that it uses."""
    named = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    made = {node.id for node in named if isinstance(node.ctx, ast.Store)}
    return made, {node.id for node in named} - made


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _asked(source: str, asked: Asked) -> str:
    """The cell that says which agreement, with this one in it."""
    named, whose = (json.dumps(text, ensure_ascii=False) for text in (asked.agreement, asked.member))
    source = _WHICH.sub(lambda _: f"avtal, kommun = {named}, {whose}", source)
    source = _LOADED.sub(lambda _: f"load({named})", source)
    if asked.ledgers and _LEDGERS in source:
        files = ", ".join(f"Path({json.dumps(str(file), ensure_ascii=False)})" for file in asked.ledgers)
        source = "from pathlib import Path\n\n" + source.replace(_LEDGERS, f"[{files}]")
    if asked.end is not None and _END.search(source):
        day = f"slut = dt.date({asked.end.year}, {asked.end.month}, {asked.end.day})"
        source = "import datetime as dt\n\n" + _END.sub(lambda _: day, source)
    return source
