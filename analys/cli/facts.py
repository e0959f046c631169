"""What documents say, for ``analys read --as documents`` and ``analys check --documents``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analys.cli.output import deliver, say, show
from analys.errors import AnalysError
from analys.masking import shown_path

if TYPE_CHECKING:
    from analys.documents.model import Document
    from analys.facts import Fact


def read_documents(files: Sequence[Path], output: Path | None, *, as_json: bool) -> int:
    """Print or write the facts of every file; returns the exit code: 1 where one is doubtful, 2 where a file is."""
    from analys import csvtext, documents
    from analys.facts import find

    found: list[tuple[Path, Document, list[Fact]]] = []
    for file in files:
        try:
            document = documents.open(file)
        except AnalysError as error:
            say(str(error))
        else:
            found.append((file, document, find(document)))
    for file, document, facts in found:
        if as_json:
            about = {"file": shown_path(file), "format": document.kind, "why": document.why}
            deliver(json.dumps({**about, "facts": [fact.as_json() for fact in facts]}, ensure_ascii=False))
        else:
            say(f"{shown_path(file)}: läst som {document.kind}: {document.why}")
            say(f"{shown_path(file)}: {_counted(facts)}")
    rows = [{"fil": shown_path(file.name)} | fact.as_json() for file, _, facts in found for fact in facts]
    if rows and (output or not as_json):
        deliver(csvtext.from_rows(rows), output)
    doubtful = any(fact.doubtful for _, _, facts in found for fact in facts)
    return 2 if len(found) < len(files) else 1 if doubtful else 0


def _counted(facts: Sequence[Fact]) -> str:
    counts = Counter(fact.kind for fact in facts)
    return ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "inga uppgifter funna"


def check_documents(agreement: Path, folder: Path, *, as_json: bool) -> int:
    """Print which quotations of an agreement's folder occur in the documents; returns 1 where any does not."""
    from analys.facts.citations import Answer, citations, open_folder, verify

    opened = open_folder(folder)
    for fault in opened.faults:
        say(fault)
    verified = [verify(citation, opened) for citation in citations(agreement)]
    missing = [each for each in verified if each.answer is not Answer.FOUND]
    if as_json:
        deliver(
            json.dumps(
                {"agreement": agreement.name, "citations": [each.as_json() for each in verified]}, ensure_ascii=False
            )
        )
        return 1 if missing else 0
    show(f"{len(verified)} citat: {len(verified) - len(missing)} finns i dokumenten, {len(missing)} gör det inte")
    for each in missing:
        place = f"{each.citation.file}, {each.citation.place}"
        what = {
            Answer.MISSING: f"{each.file} innehåller inte ”{_short(each.missing)}”",
            Answer.ELSEWHERE: f"citatet står i {each.file} ({each.place}), inte i {each.citation.document}",
            Answer.NO_FILE: f"ingen fil i mappen hör till {each.citation.document or 'citatet'}",
        }[each.answer]
        show(f"{place}: {what}")
    return 1 if missing else 0


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:90]}…"
