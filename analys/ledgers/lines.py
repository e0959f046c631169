"""Lines in a text of bytes, many megabytes at a time: in pieces that stay in the processor's cache."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, Final

import numpy as np

from analys.documents.files import MIB

_LINE_END, QUOTE = b'\n"'
#: Bytes that most texts have none of: where they are missing, cells need no closer look. The last two begin a no-break
#: space.
ODD: Final = b'\r"\0\xc3\xc2\xa0'
_IN_CACHE: Final = MIB // 4

_Characters = np.ndarray[tuple[int], np.dtype[Any]]


@dataclass(frozen=True)
class Text:
    """Lines, and what one pass over them tells: the memory is slower than the counting."""

    content: bytes

    @cached_property
    def _survey(self) -> tuple[list[int], set[int]]:
        """How many line ends each piece has, and which of the odd bytes stand nowhere."""
        ends, missing = [], [*ODD]
        for number, piece in enumerate(pieces(self.content)):
            ends.append(int(np.count_nonzero(piece == _LINE_END)))
            start = number * _IN_CACHE
            missing = [byte for byte in missing if self.content.find(byte, start, start + _IN_CACHE) < 0]
        return ends, set(missing)

    @property
    def line_ends(self) -> int:
        return sum(self._survey[0])

    def may_hold(self, some: bytes) -> bool:
        """Whether one of these bytes may stand in it."""
        return not self._survey[1].issuperset(some)

    def lines(self, at: Iterable[int]) -> Iterator[bytes]:
        """Some of the lines, from 0, in order: for a few quicker than to split all of it."""
        parts = list(pieces(self.content))
        passed = [0, *accumulate(self._survey[0])]

        @lru_cache(maxsize=1)
        def ends(piece: int) -> _Characters:
            return np.flatnonzero(parts[piece] == _LINE_END)

        for line in at:
            piece = bisect_left(passed, line) - 1  # where the line before ends
            start = piece * _IN_CACHE + int(ends(piece)[line - passed[piece] - 1]) + 1 if line else 0
            end = self.content.find(b"\n", start)
            yield self.content[start : end if end >= 0 else None]


def count(text: bytes, byte: int) -> int:
    """As ``text.count(byte)``, several times faster."""
    return sum(int(np.count_nonzero(piece == byte)) for piece in pieces(text))


def pieces(text: bytes | memoryview) -> Iterator[_Characters]:
    """The text in pieces that stay in the processor's cache."""
    characters = np.frombuffer(text, np.uint8)
    return (characters[at : at + _IN_CACHE] for at in range(0, len(characters), _IN_CACHE))


def last_line_end(text: bytes, end: int) -> int:
    found = text.rfind(b"\n", 0, end) + 1
    # A carriage return at the very end may be the first half of a line end.
    return max(found, text.rfind(b"\r", found, end - 1) + 1)


def lines_back(text: bytes, end: int, lines: int) -> int:
    """Where the last ``lines`` lines before ``end`` begin."""
    for _ in range(lines):
        end -= 2 if text.endswith(b"\r\n", 0, end) else 1
        end = max(text.rfind(b"\n", 0, end), text.rfind(b"\r", 0, end)) + 1
    return end


def counts(content: bytes, byte: int, *, outside_quotes: bool = False) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How often a byte stands on each line; the heading is line 0, and what follows the last line end a line too.

    ``outside_quotes``: of quotation marks each line has an even number.
    """
    characters = np.frombuffer(content, np.uint8)
    found = [_counts(characters[start:end], byte, outside_quotes) for start, end in _whole_lines(content)]
    return np.concatenate([*(lines[:-1] for lines in found[:-1]), found[-1]])


def _counts(characters: _Characters, byte: int, outside_quotes: bool) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    ends = np.flatnonzero(characters == _LINE_END)
    places = np.flatnonzero(characters == byte)
    if outside_quotes:
        quotes = np.flatnonzero(characters == QUOTE)
        places = places[np.searchsorted(quotes, places) % 2 == 0]
    before = np.append(np.searchsorted(places, ends), len(places))
    return np.diff(before, prepend=0)


def loosely_quoted(content: bytes, delimiter: int) -> list[int]:
    """The lines with a quotation mark that does not stand at an end of a cell, where each reader of csv has rules of its
    own. On each line is an even number of them."""
    characters = np.frombuffer(content, np.uint8)
    at_an_end = np.isin(np.arange(256), [delimiter, _LINE_END, QUOTE])
    found, passed = list[int](), 0
    for start, end in _whole_lines(content):
        quotes = start + np.flatnonzero(characters[start:end] == QUOTE)
        opening, closing = quotes[::2], quotes[1::2]
        before, after = characters[opening - 1], characters.take(closing + 1, mode="clip")
        loose = np.concatenate([opening[~at_an_end[before]], closing[~at_an_end[after]]])
        ends = np.flatnonzero(characters[start:end] == _LINE_END)
        found += np.unique(passed + np.searchsorted(ends, loose - start)).tolist()
        passed += len(ends)
    return found


def _whole_lines(content: bytes) -> Iterator[tuple[int, int]]:
    """Where parts of the text begin and end that are whole lines, a little larger than :func:`pieces`; at least one."""
    end = -1
    while end < len(content):
        start = max(end, 0)
        end = content.find(b"\n", start + _IN_CACHE) + 1 or len(content)
        yield start, end


def is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
