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
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FIL]...")
@click.option(
    "--agreement", metavar="AVTAL", help="Pröva filerna mot det här avtalet; utan filer: alla avtalets handlingar."
)
@click.option(
    "--year", type=click.IntRange(1990, 2100), metavar="ÅR", help="Året vars kostnad delas, när folkmängden saknar dag."
)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: ett objekt per bilaga, i den ordning de gavs.")
def command(files: tuple[Path, ...], agreement: str | None, year: int | None, as_json: bool) -> None:
    """Hitta felen i bilagor som fördelar en kostnad, och regeln bakom deras tal.

    FIL är en bilaga i xlsx, xls, ods, csv, docx, html, pdf eller text; inskannade sidor och bilder kräver tillägget
    [ocr]. En fil kan hålla flera bilagor.

    \b
    Exempel:
      analys audit bilaga.pdf
      analys audit bilaga.xlsx --year 2018 --json
      analys audit bilaga.docx --agreement mitt-avtal
      analys audit --agreement ostergotland

    \b
    Utgångskoder: 0 inget hittat, 1 fynd, 2 en fil gick inte att läsa (varför står på standard error).
    """
    if not files and agreement is None:
        raise click.UsageError("ange minst en fil, eller ett avtal med --agreement AVTAL")
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
    from analys.audit.documents import audit_agreement

    for audited in audit_agreement(agreement):
        result = audited.as_json(audited.file)
        for left_out in getattr(audited, "left_out", ()):
            say(f"{left_out.file}: inte granskad: {left_out.why}")
            result["readable"] &= not left_out.unreadable
        yield result, audited.findings
