"""The parts of an Office package (xlsx), unpacked within bounds: whatever a part claims, no more is ever held."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.parsers import expat

from analys.documents.files import damaged, unusable
from analys.masking import printable

MAX_PARTS: Final = 10_000
#: All parts that are read, unpacked. A workbook of so much text is no annex.
MAX_UNPACKED: Final = 40_000_000
WHOLE: Final = "en hel arbetsbok"
SAVE: Final = "öppna den i Excel och spara den på nytt"
_BROKEN: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError)


class Package:
    """The parts by their name, which is found whatever its case."""

    def __init__(self, path: Path) -> None:
        self.path, self._left = path, MAX_UNPACKED
        try:
            self._archive = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise damaged(path, WHOLE, error) from error
        entries = self._archive.infolist()
        if any(entry.header_offset < 0 for entry in entries):
            raise damaged(path, WHOLE, "byte saknas i den")
        if len(entries) > MAX_PARTS:
            raise unusable(path, f"högst {MAX_PARTS} delar i arbetsboken", str(len(entries)), SAVE)
        self.names = [_normal(entry.filename) for entry in entries]
        if twice := [name for name, count in Counter(self.names).items() if count > 1]:
            raise unusable(path, "delar med egna namn", "två delar med samma namn", SAVE, printable(twice[0])[:100])
        self._entries = dict(zip(self.names, entries, strict=True))

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._entries

    def read(self, name: str) -> bytes:
        """A part's content; nothing for one that is not there."""
        entry = self._entries.get(_normal(name))
        if entry is None:
            return b""
        if entry.flag_bits & 1:
            raise unusable(self.path, "en fil utan lösenord", "en krypterad del", "ta bort lösenordet", name[:100])
        try:
            with self._archive.open(entry) as part:
                content = part.read(min(entry.file_size, self._left) + 1)
        except _BROKEN as error:
            raise damaged(self.path, WHOLE, error) from error
        self._left -= len(content)
        if self._left < 0:
            found = "mer: en zip-bomb, eller långt mer än en tabell"
            action = "spara bladet med tabellen som en egen fil"
            raise unusable(self.path, f"högst {MAX_UNPACKED // 1_000_000} MB uppackat", found, action, name[:100])
        return content

    def parse(self, name: str, start: Callable[..., None], end: Callable[..., None], text: Callable[..., None]) -> None:
        """Call back for each element of an XML part, with names without their namespace."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: start(tag[tag.rfind(":") + 1 :], attributes)
        parser.EndElementHandler = lambda tag: end(tag[tag.rfind(":") + 1 :])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = lambda *_: self._refuse_entities(name)
        try:
            parser.Parse(self.read(name), True)
        except (expat.ExpatError, LookupError, ValueError, OverflowError) as error:
            raise damaged(self.path, WHOLE, f"{name}: {error}", SAVE) from error

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """Id -> (kind, part) of what a part refers to within the package."""
        folder, file = posixpath.split(name)
        relations: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
                relations[attributes.get("Id", "")] = (kind, target.lstrip("/"))

        relation_part = posixpath.join(folder, "_rels", f"{file}.rels")
        if relation_part in self:
            self.parse(relation_part, start, _nothing, _nothing)
        return relations

    def _refuse_entities(self, name: str) -> None:
        raise unusable(self.path, "en arbetsbok utan XML-entiteter", "en dokumenttyp eller entitet", SAVE, name[:100])


def _normal(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").casefold()


def _nothing(*_: object) -> None:
    pass
