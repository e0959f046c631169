"""Whether the quotations of an agreement's folder occur in the documents that they are said to be from."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from analys import documents
from analys.agreement.lines import lines
from analys.agreement.load import FILE_NAME
from analys.documents.model import Document
from analys.errors import AnalysError, Fault, InputError
from analys.facts.quotation import occurs
from analys.intake.statements import FILE as STATEMENTS
from analys.swedish import fold


class Answer(StrEnum):
    """What became of a quotation."""

    FOUND = "finns"
    ELSEWHERE = "finns i en annan fil"
    MISSING = "finns inte"
    NO_FILE = "ingen fil"


@dataclass(frozen=True)
class Citation:
    """A quotation in an agreement's folder: where it stands, and of which document it is said to be."""

    file: str
    place: str
    document: str
    text: str


@dataclass(frozen=True)
class Verified:
    """A quotation with the answer, the file and the place in it; ``missing`` is the first part that is not there."""

    citation: Citation
    answer: Answer
    file: str = ""
    place: str = ""
    missing: str = ""

    def as_json(self) -> dict[str, str]:
        """As published."""
        return {
            "plats": f"{self.citation.file}, {self.citation.place}",
            "dokument": self.citation.document,
            "citat": self.citation.text,
            "utfall": self.answer.value,
            "fil": self.file,
            "stalle_i_filen": self.place,
            "saknad_del": self.missing,
        }


def citations(folder: Path) -> list[Citation]:
    """Every quotation of ``avtal.toml`` and ``uppgifter.csv`` in an agreement's folder, in the files' order.

    Raises :class:`InputError` where ``avtal.toml`` cannot be read.
    """
    file = folder / FILE_NAME
    try:
        text = file.read_text(encoding="utf-8")
        terms = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise InputError([Fault(str(file), "", "ett läsbart avtal", str(error), "rätta filen")]) from error
    places = lines(text)
    found = [
        Citation(
            FILE_NAME,
            f"rad {places.get((*path, 'citat'), places.get(path, 1))}",
            table.get("dokument", ""),
            table["citat"],
        )
        for path, table in _tables(terms)
        if isinstance(table.get("citat"), str) and table["citat"].strip()
    ]
    statements = folder / STATEMENTS
    if statements.is_file():
        with statements.open(encoding="utf-8-sig", newline="") as rows:
            reader = csv.DictReader(rows)
            found += [
                Citation(STATEMENTS, f"rad {reader.line_num}", row.get("dokument") or "", row["citat"])
                for row in reader
                if row.get("citat")
            ]
    return found


def _tables(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Every table in a TOML file, with its path."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield path, value
    for key, item in inner:
        yield from _tables(item, (*path, key))


@dataclass(frozen=True)
class Opened:
    """A folder's documents by file name, and what could not be opened, as messages."""

    documents: dict[str, Document]
    faults: tuple[str, ...]


def open_folder(folder: Path) -> Opened:
    """Open every file in a folder. Raises :class:`InputError` where there is no folder."""
    if not folder.is_dir():
        raise InputError([Fault(str(folder), "", "en mapp med dokument", "ingen", "kontrollera sökvägen")])
    found, faults = {}, []
    for file in sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith(".")):
        try:
            found[file.name] = documents.open(file)
        except AnalysError as error:
            faults.append(str(error))
    return Opened(found, tuple(faults))


def verify(citation: Citation, opened: Opened) -> Verified:
    """Look a quotation up: first in the files that bear its document's name, then in all others."""
    named = _named(citation.document, list(opened.documents))
    of_its_own = [occurs(citation.text, opened.documents[name]) for name in named]
    if hit := next((quoted for quoted in of_its_own if quoted.place), None):
        return Verified(citation, Answer.FOUND, hit.file, hit.place)
    others = [occurs(citation.text, document) for name, document in opened.documents.items() if name not in named]
    if hit := next((quoted for quoted in others if quoted.place), None):
        return Verified(citation, Answer.ELSEWHERE if named else Answer.FOUND, hit.file, hit.place)
    if not opened.documents:
        return Verified(citation, Answer.NO_FILE)
    nearest = max(of_its_own or others, key=lambda quoted: quoted.matched)
    return Verified(citation, Answer.MISSING, nearest.file, missing=nearest.missing)


#: Words of a document's id must all stand in a file's name; what both may say of a year counts as a word.
_WORDS: Final = re.compile(r"[a-z]+|\d{4}")


def _named(document: str, names: Sequence[str]) -> list[str]:
    """The files that bear a document's id: all of its words stand in the file's name."""
    words = set(_WORDS.findall(fold(document)))
    return [name for name in names if words and words <= set(_WORDS.findall(fold(Path(name).stem)))]
