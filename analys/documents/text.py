"""Text of unknown encoding: which encoding it is and why, in one pass over the file and in bounded memory.

UTF-8 proves itself: hardly any other text happens to be valid. Of the single-byte code pages that Swedish systems
write, the bytes of å ä ö Å Ä Ö é tell windows-1252, the DOS pages 437/850 and Mac Roman apart. What was decided is
stated in the answer; when the lines of a file disagree, the majority decides and the odd lines are named.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from analys.documents.files import MIB, unmarked_wide, unusable
from analys.documents.letters import repaired

#: Byte order mark -> encoding that also removes it. UTF-32 first: its mark begins like that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LETTERS: Final = "åäöÅÄÖé"
#: Single-byte code pages, the likeliest first. 437 and 850 write the Swedish letters alike.
_CODE_PAGES: Final = {
    "cp1252": "windows-1252 (latin-1)",
    "cp850": "DOS (teckentabell 850 eller 437)",
    "mac_roman": "Mac Roman",
}
_LETTER_BYTES: Final = {name: _LETTERS.encode(name) for name in _CODE_PAGES}
_UNDEFINED_IN_1252: Final = b"\x81\x8d\x8f\x90\x9d"

#: A line longer than this is no row of a table.
MAX_LINE: Final = MIB
_ODD_LINES_KEPT: Final = 10_000
#: From the first letter beyond ASCII on, this much tells the encoding of a file that is not looked at as a whole.
_ENOUGH: Final = 2 * MIB


@dataclass(frozen=True)
class Encoding:
    """The encoding that a text was read with, and why. ``odd_lines`` (from 1) are in another (the first 10 000)."""

    name: str
    why: str
    odd_lines: tuple[int, ...] = ()
    is_ascii: bool = False


def detect_encoding(path: Path, *, max_line: int | None = MAX_LINE, first: int | None = None) -> Encoding:
    """The file's encoding, from all of its bytes, streamed; with ``first`` from the whole lines of so many bytes
    at most, and of few after the first letter beyond ASCII.

    Raises :class:`InputError` for a line of more than ``max_line`` bytes and for NUL bytes in text that is not UTF-16
    or UTF-32. ``None`` is for formats without lines (json, px): the file is then looked at in one piece.
    """
    with path.open("rb") as file:
        start = file.read(8)
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if marked in {"utf-16", "utf-32"}:
        return _checked_wide(path, marked, first, f"filen börjar med byteordningsmärket för {marked.upper()}")
    if unmarked := unmarked_wide(start):
        return _checked_wide(path, unmarked, first, "varannan byte är noll: UTF-16 utan byteordningsmärke")
    survey = _Survey()
    for number, block in _blocks(path, max_line, first) if max_line else [(1, path.read_bytes())]:
        if b"\0" in block:
            place = f"rad {number + _line_ends(block[: block.index(0)])}"
            raise unusable(path, "text", "en NUL-byte", "hämta filen på nytt: den är skadad eller ingen text", place)
        survey.add(number, block)
    return survey.verdict(marked=marked is not None)


def read_text(path: Path, *, max_line: int | None = MAX_LINE) -> tuple[str, Encoding]:
    """The whole text and its encoding, line ends as they are. For files whose size :func:`detect` has bounded.

    Letters that a wrong code page has damaged are restored where each can be, which ``why`` tells. Bytes of
    ``odd_lines`` that are not valid become U+FFFD: the caller reports those rows.
    """
    encoding = detect_encoding(path, max_line=max_line)
    text, told = repaired(path.read_bytes().decode(encoding.name, errors="replace"))
    return text, replace(encoding, why=f"{encoding.why}; {told}") if told else encoding


def _pieces(file: IO[bytes], first: int | None) -> Iterator[bytes]:
    left = sys.maxsize if first is None else first
    while piece := file.read(min(MIB, left)):
        yield piece
        if first is not None and not piece.isascii():
            left = min(left, _ENOUGH)
        left -= len(piece)


def _blocks(path: Path, max_line: int, first: int | None) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines, each with the number of its first line."""
    number, rest = 1, b""
    with path.open("rb") as file:
        for block in _pieces(file, first):
            block = rest + block
            # A carriage return at the very end may be the first half of a line end.
            cut = max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1
            rest = block[cut:]
            if len(rest) > max_line:
                raise _long_line(path, number + _line_ends(block[:cut]), max_line)
            if cut:
                for offset, line in enumerate(block[:cut].splitlines() if cut > max_line else ()):
                    if len(line) > max_line:
                        raise _long_line(path, number + offset, max_line)
                yield number, block[:cut]
                number += _line_ends(block[:cut])
        cut_off = bool(file.read(1))
    if rest and not cut_off:
        yield number, rest


def _long_line(path: Path, number: int, max_line: int) -> Exception:
    return unusable(
        path,
        f"rader på högst {max_line // 1024} KiB",
        "en längre rad",
        "exportera filen på nytt: radsluten är borta, eller så är den ingen tabell",
        f"rad {number}",
    )


def _line_ends(block: bytes) -> int:
    return block.count(b"\n") + (block.count(b"\r") - block.count(b"\r\n") if b"\r" in block else 0)


class _Survey:
    """What the bytes of a text say about its encoding."""

    def __init__(self) -> None:
        self.utf8_count, self.utf8_lines = 0, list[int]()
        self.other_count, self.other_lines = 0, list[int]()
        self.votes = dict.fromkeys(_CODE_PAGES, 0)
        self.undefined_in_1252 = False

    def add(self, number: int, block: bytes) -> None:
        if block.isascii():
            return
        whole = _is_utf8(block)
        if whole and len(self.utf8_lines) >= _ODD_LINES_KEPT:
            self.utf8_count += _line_ends(block)
            return
        for offset, line in enumerate(block.splitlines()):
            if line.isascii():
                continue
            if whole or _is_utf8(line):
                self.utf8_count += 1
                self.utf8_lines.append(number + offset)
                continue
            self.other_count += 1
            if len(self.other_lines) < _ODD_LINES_KEPT:
                self.other_lines.append(number + offset)
            for name, letters in _LETTER_BYTES.items():
                self.votes[name] += len(line) - len(line.translate(None, letters))
            self.undefined_in_1252 |= len(line) != len(line.translate(None, _UNDEFINED_IN_1252))

    def verdict(self, *, marked: bool) -> Encoding:
        unicode = "utf-8-sig" if marked else "utf-8"
        if not self.other_count:
            if marked:
                return Encoding(unicode, "filen börjar med byteordningsmärket för UTF-8")
            found = "varje bytesekvens är giltig UTF-8" if self.utf8_count else "alla tecken är ASCII"
            return Encoding(unicode, found, is_ascii=not self.utf8_count)
        name, why = self._code_page()
        if marked or self.utf8_count >= self.other_count:
            return Encoding(unicode, f"de flesta rader är giltig UTF-8, andra inte ({why})", tuple(self.other_lines))
        if self.utf8_count:
            odd = tuple(self.utf8_lines[:_ODD_LINES_KEPT])
            return Encoding(name, f"de flesta rader är inte giltig UTF-8 ({why}), andra är det", odd)
        return Encoding(name, f"texten är inte giltig UTF-8; {why}")

    def _code_page(self) -> tuple[str, str]:
        name = max(_CODE_PAGES, key=lambda page: self.votes[page])
        label = _CODE_PAGES[name]
        why = f"å, ä och ö är skrivna som i {label}" if self.votes[name] else f"inget avgör; läst som {label}"
        # latin-1 differs from windows-1252 in control characters only, but gives every byte a meaning.
        return ("latin-1" if name == "cp1252" and self.undefined_in_1252 else name), why


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _checked_wide(path: Path, name: str, first: int | None, why: str) -> Encoding:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            for piece in _pieces(file, first):
                decoder.decode(piece)
            if not file.read(1):
                decoder.decode(b"", final=True)
    except UnicodeError as error:
        expected = f"{name} som filen börjar med"
        raise unusable(path, expected, "andra eller avklippta byte", "hämta filen på nytt") from error
    return Encoding(name, why)
