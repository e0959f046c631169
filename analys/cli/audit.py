"""``analys audit``: does the annex hold, and do an agreement's documents hold against each other?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analys.cli.output import deliver, say
from analys.errors import AnalysError
from analys.masking import shown_path

if TYPE_CHECKING:
    from analys.audit.finding import Finding


@click.command("audit")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option(
    "--agreement", metavar="ID", help="Hold the files against this agreement; without files: all its documents."
)
@click.option("--year", type=click.IntRange(1990, 2100), help="The year whose cost is shared, for undated populations.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one object an annex, in the order given.")
def command(files: tuple[Path, ...], agreement: str | None, year: int | None, as_json: bool) -> None:
    """Find the faults in cost-sharing annexes, and infer the rule behind their numbers.

    Exit code 0: nothing found, 1: findings, 2: a file could not be read (why, on standard error).
    """
    if not files and agreement is None:
        raise click.UsageError("name at least one file, or an agreement with --agreement ID")
    results = _documents(agreement) if not files and agreement else _annexes(files, agreement, year)
    found = unreadable = False
    for result, findings in results:
        unreadable |= not result["readable"]
        found |= bool(findings)
        if as_json:
            deliver(json.dumps(result, ensure_ascii=False))
        elif result["readable"]:
            from analys.audit.report import show

            show(result, findings)
    sys.exit(2 if unreadable else 1 if found else 0)


Result = tuple[dict[str, Any], "tuple[Finding, ...]"]


def _annexes(files: Iterable[Path], agreement: str | None, year: int | None) -> Iterable[Result]:
    from analys.audit import audit_all

    terms = None
    if agreement is not None:
        from analys.agreement import load

        terms = load(agreement)
    for file in files:
        try:
            audits = audit_all(file, terms=terms, cost_year=year)
        except AnalysError as error:
            say(str(error))
            unread = {"file": shown_path(file), "readable": False, "findings": [], "rule": None, "totals": {}}
            yield {**unread, "error": str(error)}, ()
        else:
            for audited in audits:
                result = audited.as_json(shown_path(file))
                yield {**result, "several": len(audits) > 1}, audited.findings


def _documents(agreement: str) -> Iterable[Result]:
    from analys.audit import audit_agreement

    for audited in audit_agreement(agreement):
        result = audited.as_json(audited.file)
        for left_out in getattr(audited, "left_out", ()):
            say(f"{left_out.file}: inte granskad: {left_out.why}")
            result["readable"] &= not left_out.unreadable
        yield result, audited.findings
