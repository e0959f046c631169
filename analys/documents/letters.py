"""Letters that a wrong code page has damaged on the way: undone where every one of them can be, and told.

A text that was written in one code page and opened in another holds a sign or two in place of each å, ä and ö. Which
two code pages is told by the signs within words; a text with letters of its own as well was never damaged so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

_LETTERS: Final = "åäöÅÄÖé"
#: What was written, and as what it was opened; with what a message calls them.
_MISTAKES: Final = {
    ("utf-8", "cp1252"): "UTF-8 öppnad som windows-1252",
    ("utf-8", "latin-1"): "UTF-8 öppnad som latin-1",
    ("utf-8", "cp850"): "UTF-8 öppnad som DOS-text",
    ("utf-8", "mac_roman"): "UTF-8 öppnad som Mac-text",
    ("cp437", "cp1252"): "DOS-text (437/850) öppnad som windows-1252",
    ("cp437", "latin-1"): "DOS-text (437/850) öppnad som latin-1",
    ("mac_roman", "cp1252"): "Mac-text öppnad som windows-1252",
    ("cp1252", "cp437"): "windows-1252 öppnad som DOS-text (437)",
    ("cp1252", "cp850"): "windows-1252 öppnad som DOS-text (850)",
    ("cp1252", "mac_roman"): "windows-1252 öppnad som Mac-text",
}
LOST: Final = "\ufffd"


@dataclass(frozen=True)
class _Mistake:
    """``undo``: what stands for each letter -> the letter; ``letters`` finds them, ``within`` those within words."""

    told: str
    written: str
    opened: str
    undo: dict[str, str]
    letters: re.Pattern[str]
    within: re.Pattern[str]


@cache
def _mistakes() -> tuple[_Mistake, ...]:
    return tuple(_mistake(told, *pair) for pair, told in _MISTAKES.items())


def _mistake(told: str, written: str, opened: str) -> _Mistake:
    undo = {_opened(letter.encode(written), opened): letter for letter in _LETTERS}
    # Small letters stand after another one, large ones before; quotation marks and dashes stand at the ends of words.
    small = "|".join(re.escape(sign) for sign, letter in undo.items() if letter.islower())
    large = "|".join(re.escape(sign) for sign, letter in undo.items() if letter.isupper())
    within = re.compile(
        rf"(?<=[A-Za-z])(?:{small})(?=[A-Za-z])|(?<![^\W\d_])(?:{large})(?=[a-z])|(?<=[A-Z])(?:{large})(?=[A-Z])"
    )
    letters = re.compile("|".join(map(re.escape, sorted(undo, key=len, reverse=True))))
    return _Mistake(told, written, opened, undo, letters, within)


def _opened(content: bytes, page: str) -> str:
    """Text as a program shows it that gives the bytes without a letter in the code page to control characters."""
    return "".join(_sign(byte, page) for byte in content)


def _sign(byte: int, page: str) -> str:
    try:
        return bytes([byte]).decode(page)
    except UnicodeDecodeError:
        return chr(byte)


def repaired(text: str) -> tuple[str, str]:
    """The text with its letters restored, and what to tell of it: nothing where nothing was damaged."""
    lost = f"{text.count(LOST)} tecken är förstörda (\ufffd) och går inte att återskapa" if LOST in text else ""
    mistake = _mistake_of(text)
    if mistake is None:
        return text, lost
    restored = "".join(_restored(text, mistake))
    return restored, "; ".join(filter(None, (f"å, ä och ö återställda: {mistake.told}", lost)))


def damaged_by(text: str) -> str:
    """How a text's letters were damaged, in words; "" where they were not."""
    mistake = _mistake_of(text)
    return mistake.told if mistake else ""


def _mistake_of(text: str) -> _Mistake | None:
    """The mistake that most signs within words tell of, in a text that has hardly any letters of its own."""
    if text.isascii():
        return None
    count, at = max((len(mistake.within.findall(text)), -at) for at, mistake in enumerate(_mistakes()))
    likely = _mistakes()[-at]
    own = sum(map(likely.letters.sub("", text).count, _LETTERS)) if count else 0
    return likely if count and own * 10 <= count else None


def _restored(text: str, mistake: _Mistake) -> Iterator[str]:
    """Line by line: as a whole where the whole line can be turned back, otherwise the letters alone."""
    for line in text.splitlines(keepends=True):
        if not mistake.letters.search(line):
            yield line
            continue
        try:
            yield line.encode(mistake.opened).decode(mistake.written)
        except UnicodeError:
            yield mistake.letters.sub(lambda sign: mistake.undo[sign[0]], line)
