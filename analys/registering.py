"""Writing into a project's register: what has been put into ``data/raw``, or fetched.

A document that somebody lays in an agreement's folder is registered as it is found, with what nobody has said marked
``okand``: whoever knows more writes it into the register. Afterwards a change of it is a fault (:func:`catalog.verify`).
What the analyst writes down from the documents, :data:`TRANSCRIPTS`, changes as the work goes on: its entry follows it.
The terms (``avtal.toml``) are checked line by line whenever they are read, and are not registered.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from analys import masking, project
from analys.errors import AnalysError
from analys.files import write_atomically
from analys.project import Project
from analys.swedish import fold

TRANSCRIPTS: Final = frozenset({"uppgifter.csv", "antaganden.csv", "organisationsnummer.csv", "rutkarta.csv"})
_OWN: Final = "egenAvskrift"
_NOT_REGISTERED: Final = frozenset({"avtal.toml", "README.md"})


def content(of: Project) -> dict[str, Any]:
    """The register as JSON. Raises :class:`AnalysError` when it cannot be read or has no resources."""
    try:
        package = json.loads(of.register.read_text(encoding="utf-8"))
        package["resources"] = list(package["resources"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnalysError(f"{of.shown(of.register)}: registret kan inte läsas: {error}") from error
    return dict(package)


def write(of: Project, package: dict[str, Any]) -> None:
    """Write the register, and read anew what was kept of the old one."""
    write_atomically(of.register, (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode())
    project.forget()


def seal(data: bytes) -> dict[str, Any]:
    """What an entry says of its file's content."""
    return {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}


def register_new(of: Project) -> list[Path]:
    """Register the files of ``data/raw`` that the register lacks, and transcripts that have changed; returns them."""
    package = content(of)
    by_path = {entry.get("path"): entry for entry in package["resources"]}
    names = {entry.get("name") for entry in package["resources"]}
    found = []
    for file in _files(of):
        path = file.relative_to(of.raw).as_posix()
        entry, state = by_path.get(path), seal(file.read_bytes())
        if entry is None:
            entry = _entry(file, path, names) | state
            names.add(entry["name"])
            package["resources"].append(entry)
        elif entry.get(_OWN) and entry["hash"] != state["hash"]:
            entry.update(state)
        else:
            continue
        found.append(file)
    if found:
        write(of, package)
    return found


def _files(of: Project) -> Iterator[Path]:
    """The files that a register is for: those in folders of ``data/raw``, but what is hidden or not registered."""
    for file in sorted(of.raw.glob("*/**/*")):
        parts = file.relative_to(of.raw).parts
        if file.is_file() and file.name not in _NOT_REGISTERED and not any(part.startswith(".") for part in parts):
            yield file


def _entry(file: Path, path: str, taken: set[Any]) -> dict[str, Any]:
    """``<folder>-<stem>`` names it: ``mitt-avtal/bilaga-2024.xlsx`` is the annex of version 2024 of mitt-avtal."""
    folder, _, inner = path.partition("/")
    stem = fold(inner.removesuffix(file.suffix)).replace(" ", "-")
    suffix = file.suffix.removeprefix(".").lower()
    names = [f"{folder}-{stem}", f"{folder}-{suffix}-{stem}", *(f"{folder}-{suffix}-{stem}-{n}" for n in range(2, 100))]
    own = {_OWN: True} if file.name in TRANSCRIPTS else {}
    return {
        "name": next(name for name in names if name not in taken),
        "path": path,
        "title": masking.file_name(file),
        "documentDate": "okand",
        "registryNumber": "okand",
        "retrieved": dt.date.today().isoformat(),
        "sources": [{"title": f"{folder}, {masking.file_name(file)}"}],
        "licenses": [{"name": "okand", "title": "Inte angivet"}],
        **own,
    }
