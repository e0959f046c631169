"""From files to a folder: ``avtal.toml``, ``uppgifter.csv`` and the annexes, as proposals to confirm."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import analys.agreement as agreements
from analys import documents
from analys.agreement.create import identity_of
from analys.agreement.fields import Span
from analys.agreement.load import FILE_NAME
from analys.allocation.year import allocate_year
from analys.documents.model import Document
from analys.draft import annex as annexes
from analys.draft import decisions, toml
from analys.draft.annex import Implied
from analys.draft.decisions import Sourced
from analys.errors import AnalysError, InputError
from analys.facts import find
from analys.facts.patterns import whole_year
from analys.files import filling
from analys.intake import annex
from analys.intake.statements import COLUMNS
from analys.intake.statements import FILE as STATEMENTS
from analys.masking import mask, shown_path
from analys.swedish import fold

#: The terms of a version, in the order of the commented template; what nothing states is "okand".
_TERMS: Final = ("kostnad", "nyckel", "avrundning", "fakturering", "uppsagning", "aterbetalning", "vakans", "moms")
_HEAD: Final = """\
# {name}
#
# Utkast ur handlingarna, att bekräfta. Det som en handling säger står med citat. underlag = "beraknad" är slutet ur talen.
# Det som inget dokument anger är "okand". Kontrollera med: analys check {id}
"""


@dataclass(frozen=True)
class Drafted:
    """The agreement's file, how many of each annex's amounts its terms give, and what somebody must decide."""

    file: Path
    reproduced: tuple[tuple[str, int, int], ...]
    questions: tuple[str, ...]


def draft(name: str, parent: Path, files: Sequence[Path]) -> Drafted:
    """Write a folder for ``name`` under ``parent`` from what ``files`` say.

    Raises :class:`AnalysError` for a folder that exists, and :class:`InputError` for files that cannot be read.
    """
    opened = [(file, documents.open(file)) for file in files]
    found, texts, questions = _annexes(opened)
    names = _names(opened, found)
    facts = [fact for file, document in texts for fact in _facts(names[file], document)]
    terms, differing = decisions.terms(facts)
    identity = identity_of(name)
    folder = parent / identity
    sources = [_document(names[file], file, document) for file, document in texts]
    sources += [
        _document(each.document, each.file, None)
        for each in found
        if names[each.file] != each.document or each.file not in dict(texts)
    ]
    stated = {name: term for name, term in terms.items() if name != "giltighet" or _covers(term, found)}
    first = {"dokument": names[opened[0][0]], "stalle": "..."}
    versions = [_version(each, facts, stated, first) for each in found] or [_version(None, facts, stated, first)]
    text = _HEAD.format(name=name, id=identity) + "\n" + toml.table(
        "", {"id": identity, "namn": name, "andamal": name}
    )  # fmt: skip
    text = "\n".join(
        [text, *sources, *versions, *(toml.table("[[beslut]]", row) for row in decisions.proposals(facts))]
    )
    with filling(folder, FILE_NAME) as made:
        for each in found:
            shutil.copyfile(each.file, made / f"{each.document}{each.file.suffix.lower()}")
        if rows := decisions.statements(facts):
            (made / STATEMENTS).write_bytes(_csv(rows).encode())
        (made / FILE_NAME).write_bytes(text.encode())
    return Drafted(folder / FILE_NAME, tuple(_reproduced(folder, found)), (*questions, *differing))


def _annexes(opened: Sequence[tuple[Path, Document]]) -> tuple[list[Implied], list[tuple[Path, Document]], list[str]]:
    """The annexes by year, the files with running text, and what was left out of either."""
    found: dict[int, Implied] = {}
    texts: list[tuple[Path, Document]] = []
    questions: list[str] = []
    for file, document in opened:
        read: Sequence[annex.Annex] = ()
        if document.lines:
            texts.append((file, document))
        try:
            read = annex.read_all(file)
        except InputError as error:
            if not document.lines:
                raise
            questions += [] if not document.grids else [str(error)]
        for each in read:
            try:
                one = annexes.implied(file, each)
            except AnalysError as error:
                questions.append(str(error))
                continue
            if found.setdefault(one.year, one) is not one:
                questions.append(f"{file.name}: en bilaga till för {one.year}; den första gäller, jämför dem")
    return [found[year] for year in sorted(found)], texts, questions


def _names(opened: Sequence[tuple[Path, Document]], found: Sequence[Implied]) -> dict[Path, str]:
    """File -> the document's id: that of the first annex that stands in it, else by the file's own name."""
    own = {file: fold(mask(file.stem)).replace(" ", "-") or "handling" for file, _ in opened}
    return own | {each.file: each.document for each in reversed(found)}


def _facts(identity: str, document: Document) -> list[Sourced]:
    own = decisions.own_municipality("\n".join(line.text for line in document.lines))
    return [Sourced(fact, identity, own) for fact in find(document)]


def _document(identity: str, file: Path, document: Document | None) -> str:
    title = document.lines[0].text if document and document.lines else shown_path(file.stem)
    return toml.table("[[dokument]]", {
        "id": identity, "titel": title[:200], "utgivare": "okand", "datum": "okand", "diarienummer": "okand",
    })  # fmt: skip


def _covers(validity: dict[str, Any], found: Sequence[Implied]) -> bool:
    """Whether the agreement's own days are those of the version: they hold the whole year of its annex; of several
    annexes none tells when it gave way."""
    days = Span.of(validity["fran"], validity.get("till"))
    return len(found) < 2 and all(days.holds(day) for each in found for day in whole_year(each.year))


def _version(
    found: Implied | None, facts: Sequence[Sourced], terms: dict[str, dict[str, Any]], first: dict[str, str]
) -> str:
    """One version: the annex's terms and, beside them, those that the documents agree on; ``first`` is the place of what
    nothing states."""
    told: dict[str, Any] = {**terms, **(decisions.confirmed(found, annexes.terms(found), facts) if found else {})}
    source = {"dokument": found.document, "stalle": found.amounts.heading} if found else first
    identity = str(found.year) if found else "1"
    unknown = {term: "okand" for term in ("medlemmar", *_TERMS) if not isinstance(told.get(term), dict)}
    about: dict[str, Any] = {"id": identity, "namn": f"Villkor {identity}", "dokument": source["dokument"]}
    head = toml.table("[[version]]", about | unknown)
    validity: dict[str, Any] = told.get("giltighet") or {
        "fran": dt.date(found.year if found else dt.date.today().year, 1, 1),
        "underlag": "beraknad",
        "kalla": source,
        "anmarkning": "Ingen handling anger första dagen: bilagan är för hela året."
        if found
        else "Första dagen är okänd.",
    }
    tables = [toml.table("[version.giltighet]", validity)]
    tables += [
        toml.table(f"[version.{term}]", told[term])
        for term in ("medlemmar", *_TERMS)
        if isinstance(told.get(term), dict)
    ]
    return "\n".join([head, *tables])


def _csv(rows: Sequence[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _reproduced(folder: Path, found: Sequence[Implied]) -> list[tuple[str, int, int]]:
    """How many of each annex's amounts the drafted terms give."""
    counted = []
    agreement = agreements.load(folder)
    for each in found:
        printed = {m.municipality.code: m.figures[each.amounts.letter].value for m in each.annex.members}
        try:
            rows = allocate_year(agreement, each.year).rows
        except AnalysError:
            counted.append((each.document, 0, len(printed)))
            continue
        same = sum(printed.get(row.code) * 100 == row.amount_ore for row in rows if row.code in printed)  # type: ignore[operator]
        counted.append((each.document, same, len(printed)))
    return counted
