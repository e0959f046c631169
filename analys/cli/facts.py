"""What documents say, for ``analys read --as documents`` and ``analys check --documents``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analys.cli.output import deliver, say
from analys.errors import AnalysError
from analys.masking import shown_path

if TYPE_CHECKING:
    from analys.documents.model import Document
    from analys.facts import Fact
    from analys.facts.citations import Verified


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
        name, unproven = shown_path(file), _to_confirm(document)
        if as_json:
            about = {"file": name, "format": document.kind, "why": document.why, "to_confirm": unproven}
            deliver(json.dumps({**about, "facts": [fact.as_json() for fact in facts]}, ensure_ascii=False))
            continue
        say(f"{name}: läst som {document.kind}: {document.why}")
        say(f"{name}: {_counted(facts)}")
        for each in unproven:
            say(f"{name}: att bekräfta mot sidan: {each['column']}: {each['text']} ({each['cell']})")
    rows = [{"fil": shown_path(file.name)} | fact.as_json() for file, _, facts in found for fact in facts]
    if rows and (output or not as_json):
        deliver(csvtext.from_rows(rows), output)
    doubtful = any(fact.doubtful for _, _, facts in found for fact in facts)
    return 2 if len(found) < len(files) else 1 if doubtful else 0


def _to_confirm(document: Document) -> list[dict[str, str]]:
    """The figures of a document's annexes that were read from a page or a picture and that no relation proves."""
    from analys.errors import InputError
    from analys.intake.annex import annexes
    from analys.intake.annex.proof import review

    try:
        found = annexes(document)
    except InputError:  # no annex stands in it
        return []
    return [checked.as_json() for annex in found for checked in review(annex).to_confirm]


def _counted(facts: Sequence[Fact]) -> str:
    counts = Counter(fact.kind for fact in facts)
    return ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "inga uppgifter funna"


def verified(agreement: Path, folder: Path) -> list[Verified]:
    """Every quotation of an agreement's folder, looked up in the documents; files that cannot be opened are said."""
    from analys.facts.citations import citations, open_folder, verify

    opened = open_folder(folder)
    for fault in opened.faults:
        say(fault)
    return [verify(citation, opened) for citation in citations(agreement)]


def in_words(answers: Sequence[Verified]) -> list[str]:
    """How many quotations occur, and a line for each that does not."""
    from analys.facts.citations import Answer

    missing = [each for each in answers if each.answer is not Answer.FOUND]
    counted = f"{len(answers)} citat: {len(answers) - len(missing)} finns i dokumenten, {len(missing)} gör det inte"
    return [counted, *map(_missing, missing)]


def _missing(each: Verified) -> str:
    from textwrap import shorten

    from analys.facts.citations import Answer

    what = {
        Answer.MISSING: f"{each.file} innehåller inte ”{shorten(each.missing, 90, placeholder='…')}”",
        Answer.ELSEWHERE: f"citatet står i {each.file} ({each.place}), inte i {each.citation.document}",
        Answer.NO_FILE: "mappen har inga dokument",
    }[each.answer]
    return f"{each.citation.file}, {each.citation.place}: {what}"
