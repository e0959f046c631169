"""On which line of a TOML file each key and element stands, which ``tomllib`` does not tell.

Only for text that ``tomllib`` has accepted: it is taken apart here, not checked again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: Keys of tables and places in arrays, from the outermost in: ``("version", 0, "nyckel", "typ")``.
Path = tuple[str | int, ...]

_TOKEN: Final = re.compile(
    r'''"""(?:[^\\]|\\.)*?(?:"{3,5}|\Z)|\'\'\'.*?(?:\'{3,5}|\Z)'''  # strings of several lines
    r"""|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'? """.strip()
    + r"|#[^\n]*|\n|[\[\]{},=.]|[^\s\[\]{},=.\"'#]+",
    re.DOTALL,
)


def lines(text: str) -> dict[Path, int]:
    """The line, counted from 1, of each table header, key and array element by its path."""
    return _Reader(text).found


def nearest(found: Mapping[Path, int], path: Path) -> int:
    """The line of what ``path`` leads to, or of the nearest table around it."""
    around = (path[:length] for length in range(len(path), 0, -1))
    return next((found[each] for each in around if each in found), 1)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in a file's tables and arrays, each with its path."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key), inner
        yield from walk(inner, (*path, key))


class _Reader:
    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}
        self.tokens = list(_tokens(text))
        self.at = 0
        table: Path = ()
        while self.at < len(self.tokens):
            token, line = self.tokens[self.at]
            if token == "\n":
                self.at += 1
            elif token == "[":
                table = self._header(line)
            else:
                self._pair(table)

    def _peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "\n"

    def _header(self, line: int) -> Path:
        self.at += 1
        array = self._peek() == "["
        self.at += array
        keys = self._keys()
        self.at += 1 + array
        path: Path = ()
        for key in keys[:-1]:
            path = self._last((*path, key))
        path = (*path, keys[-1])
        if array:
            self.arrays[path] = self.arrays.get(path, -1) + 1
            self.found.setdefault(path, line)
            path = (*path, self.arrays[path])
        self.found[path] = line
        return path

    def _last(self, path: Path) -> Path:
        """A path through an array of tables goes through its last table."""
        return (*path, self.arrays[path]) if path in self.arrays else path

    def _keys(self) -> list[str]:
        """A dotted key, up to and without what follows it."""
        keys = []
        while (token := self._peek()) not in ("=", "]"):
            if token != ".":
                keys.append(next(iter(tomllib.loads(f"{token}=0"))))
            self.at += 1
        return keys

    def _pair(self, table: Path) -> None:
        line = self.tokens[self.at][1]
        path = table
        for key in self._keys():
            path = (*path, key)
            self.found.setdefault(path, line)
        self.at += 1
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._peek()
        if opening == "[":
            self._elements(path, "]")
        elif opening == "{":
            self._elements(path, "}")
        else:
            while self._peek() not in ("\n", ",", "]", "}"):
                self.at += 1

    def _elements(self, path: Path, closing: str) -> None:
        self.at += 1
        index = 0
        while (token := self._peek()) != closing:
            if token in (",", "\n"):
                self.at += 1
            elif closing == "}":
                self._pair(path)
            else:
                self.found[(*path, index)] = self.tokens[self.at][1]
                self._value((*path, index))
                index += 1
        self.at += 1


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _TOKEN.finditer(text.replace("\r\n", "\n")):
        token = match[0]
        if not token.startswith("#"):
            yield token, line
        line += token.count("\n")
