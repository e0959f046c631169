"""A document's lines as sentences under their headings, each with the place where it begins."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from analys.documents.model import Line

#: A heading is at most so many characters.
_LONGEST_HEADING: Final = 90
#: A broken line is at least this part of a full one: the word that had no place is rarely longer than the rest.
_NEARLY: Final = 0.75
#: Where a sentence ends: not after an abbreviation, a number of a list or the short form of a word.
_END: Final = re.compile(r"(?<=[.!?])\s+(?=[\"”(]?[A-ZÅÄÖ0-9])")
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(.])(?:org|nr|dnr|diarienr|bl|t|ex|kl|ca|resp|inkl|exkl|f|s|k|jfr|tel|tfn|alt|\d{1,2})\.$", re.IGNORECASE
)
_NUMBERED: Final = re.compile(r"^\s*(?:\d{1,2}[.)]|[-•*–])\s+")
_EMPHASIS: Final = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}")


@dataclass(frozen=True)
class Sentence:
    """One sentence: ``heading`` is what stands above it ("" where nothing does), ``place`` where it begins."""

    text: str
    place: str
    heading: str

    @property
    def stalle(self) -> str:
        """The place with its heading, as a register of quotations gives it."""
        return f"{self.heading} ({self.place})" if self.heading else self.place


def sentences(lines: Sequence[Line]) -> Iterator[Sentence]:
    """The sentences of all paragraphs, in reading order; a heading is a sentence too."""
    heading = ""
    for paragraph in _paragraphs(lines):
        text = " ".join(line.text for line in paragraph)
        if _is_heading(text):
            heading = text.strip(" :*#")
            yield Sentence(heading, paragraph[0].place, "")
            continue
        yield from _of_paragraph(paragraph, text, heading)


def _of_paragraph(paragraph: Sequence[Line], text: str, heading: str) -> Iterator[Sentence]:
    """The sentences of a paragraph, each with the line that it begins in."""
    lengths = accumulate((len(line.text) + 1 for line in paragraph[:-1]), initial=0)
    starts, at = list(lengths), 0
    for part in split(text):
        at = text.index(part, at)
        yield Sentence(part, paragraph[bisect_right(starts, at) - 1].place, heading)
        at += len(part)


def clean(text: str) -> str:
    """A line without the marks of a list or of emphasis."""
    return _EMPHASIS.sub("", _NUMBERED.sub("", text.strip())).strip()


def split(text: str) -> list[str]:
    """The sentences of a paragraph."""
    parts: list[str] = []
    for part in filter(None, map(str.strip, _END.split(text))):
        if parts and _ABBREVIATED.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


def _is_heading(text: str) -> bool:
    if len(text) > _LONGEST_HEADING or text[:1].islower() or text.endswith((".", ",", ";")):
        return False
    return text.startswith("§") or not text[-1:].isdigit()  # what ends with a date or a number is an entry of a list


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that belong together: one that ends in the middle of a sentence goes on in the next."""
    full = _full_line(lines)
    paragraph: list[Line] = []
    for line in lines:
        text = clean(line.text)
        if not text:
            continue
        if paragraph and (_NUMBERED.match(line.text) or not _goes_on(paragraph[-1].text, text, full)):
            yield paragraph
            paragraph = []
        paragraph.append(Line(text, line.place, line.box))
    if paragraph:
        yield paragraph


def _full_line(lines: Sequence[Line]) -> int:
    """How long a line is that was broken because the page ended there: nearly as long as the longest tenth."""
    lengths = sorted(len(line.text) for line in lines)
    return int(lengths[len(lengths) * 9 // 10] * _NEARLY) if lengths else 0


def _goes_on(before: str, after: str, full: int) -> bool:
    is_broken = after[:1].islower() or len(before) >= full
    return is_broken and not before.endswith((".", "!", "?", ":"))
