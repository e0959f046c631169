"""A text file of any size as blocks of whole records: bounded memory, whatever the file holds.

The encoding is detected on the first blocks; from then on every block is checked against it, and the lines that are in
another are set aside. A block is cut where a record ends, so it can be read again by its place in the file alone.
"""

from __future__ import annotations

import codecs
import io
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import cycle
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from analys.documents.files import MIB, unusable
from analys.documents.separated import LONGEST_RECORD, parse_record
from analys.documents.text import MAX_LINE, Encoding, detect_encoding
from analys.ledgers.lines import (
    QUOTE,
    Text,
    counts,
    is_utf8,
    last_line_end,
    lines_back,
    loosely_quoted,
    pieces,
)

#: Read at a time: with larger ones the memory grows, with smaller ones the time that each takes whatever its size.
BLOCK = 14 * MIB
#: Of short lines a block has fewer bytes: its cells take more memory than its text.
MAX_LINES: Final = 150_000
#: A thread works on each of so many blocks; the engine's own threads share the processors.
WORKERS: Final = 4
_SAMPLE: Final = 32 * MIB
_HEAD: Final = MIB
#: å ä ö Å Ä Ö é of UTF-8, as they show in a file of another encoding.
_UTF8_LETTERS: Final = re.compile(rb"\xc3[\xa4\xa5\xb6\x84\x85\x96\xa9]")
#: Stands for a line end within a record; as it, it is white space that no number or date has.
_INNER_LINE_END: Final = b"\x0b"

_Aside = dict[int, tuple[bytes, str]]
_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Shape:
    """How a ledger's text is written; ``heading`` are the names that its columns get here, ``heading_row`` is the line
    of its own names, ``width`` how many they are."""

    encoding: Encoding
    delimiter: str
    heading: tuple[str, ...]
    heading_row: int
    width: int
    last_may_be_empty: bool

    @property
    def content_encoding(self) -> str:
        """What a block's bytes are in before they are decoded: UTF-8, or the one-byte encoding of the file."""
        name = self.encoding.name
        return "utf-8" if name.startswith("utf-8") or self.unit > 1 else name

    @property
    def unit(self) -> int:
        """How many bytes of the file make a character at least."""
        return {"utf-16": 2, "utf-32": 4}.get(self.encoding.name[:6], 1)

    @property
    def other_encoding(self) -> str:
        """Why a line is reported that is in another encoding than the rest."""
        return f"väntade text i {self.encoding.name} som i resten, fann en annan teckenkodning"


class Letters(Enum):
    """What becomes of letters in a one-byte encoding. Decoding takes as long as parsing."""

    DECODED = auto()
    #: Each is DEL: enough where only figures and codes are asked for.
    OVERWRITTEN = auto()
    KEPT = auto()


@dataclass(frozen=True)
class Span:
    """Where a block lies in its file, in bytes, and how many lines of the file come before it."""

    offset: int
    size: int
    before: int


@dataclass(frozen=True)
class Block:
    """Lines in ``encoding`` under the heading of the shape, which is line 0; line i of the block is line ``before`` + i
    of the file. Each is a record: a record of several lines stands on its first, the others are empty.

    So are the lines set ``aside``: what they hold, and what is wrong with it ("" when the reader for small ledgers has
    to say). In the encoding ``ascii`` other letters have been overwritten, those of ``aside`` too.
    """

    span: Span
    text: Text
    encoding: str
    aside: Mapping[int, tuple[bytes, str]]


def encoding_of(path: Path) -> Encoding:
    """The encoding by the first part of a file that may be too large to look at as a whole."""
    found = detect_encoding(path, first=_SAMPLE)
    if path.stat().st_size <= _SAMPLE:
        return found
    return Encoding(found.name, f"{found.why} (i den första delen)", found.odd_lines)


def first_lines(path: Path, encoding: Encoding) -> list[str]:
    """The lines that the file begins with, whole ones, with ``\\n`` at the end."""
    with path.open(encoding=encoding.name, errors="replace") as file:
        lines = list(io.StringIO(file.read(_HEAD)))
        return lines[:-1] if file.read(1) else lines


def blocks(
    path: Path, shape: Shape, letters: Letters = Letters.DECODED, *, one_by_one: bool = False
) -> Iterator[Block]:
    """The blocks in order, of :data:`BLOCK` bytes, or half of that where each is done with when the next is asked for.

    Raises :class:`InputError` for a line that is no row of a table.
    """
    heading = _heading(shape)
    decoded = letters is Letters.DECODED and shape.content_encoding != "utf-8"
    usual = size = BLOCK // 2 if one_by_one or decoded else BLOCK
    # Each is filled again when its block is done with: fresh memory costs more than reading.
    buffers = cycle([io.BytesIO() for _ in range(2 if one_by_one else WORKERS + 2)])
    codec = _codec(path, shape)
    offset = before = 0
    more = True
    with path.open("rb", buffering=0) as file:
        while more:
            buffer = next(buffers)
            file.seek(offset)
            more = _fill(buffer, heading, file, size, codec)
            encoding = shape.content_encoding
            if encoding != "utf-8" and letters is Letters.OVERWRITTEN and _without_letters(buffer):
                encoding = "ascii"
            text, left = _whole_lines(buffer, more)
            if left > MAX_LINE:
                raise _long_line(path, before + _plain(text, heading, offset).line_ends)
            cut = _cut(text, heading, offset, shape, last=not more, most=MAX_LINES)
            more = more or cut.is_part
            span = Span(offset, cut.size, before)
            offset, before = offset + cut.size, before + cut.lines
            # Where lines are short, or a record runs over many, the next block is of another size.
            size = min(usual, max(2 * cut.size, MIB)) if cut.size else size + usual
            # A buffer is written over in its place only while nothing else holds its bytes.
            del text
            if cut.size:
                block = _block(cut.records, span, shape, encoding, letters)
                del cut
                block = _held(buffer, block)
                yield block


@dataclass(frozen=True)
class _Cut:
    """What of a text becomes a block: its records, the bytes and lines that they have in the file, and whether that is
    but a part of the text."""

    records: _Records
    size: int
    lines: int
    is_part: bool


def _cut(text: bytes, heading: bytes, offset: int, shape: Shape, *, last: bool, most: int) -> _Cut:
    """As many whole records as have at most so many lines; more if these are not even one."""
    whole = text
    plain = _plain(text, heading, offset)
    while plain.line_ends > most:
        text = text[: last_line_end(text, (len(heading) + len(text)) // 2)]
        plain = _plain(text, heading, offset)
    is_part = len(text) < len(whole)
    records = _records(plain, shape, last=last and not is_part)
    if records.left_open:
        text = text[: lines_back(text, len(text), records.left_open)]
    if is_part and len(text) == len(heading):
        return _cut(whole, heading, offset, shape, last=last, most=sys.maxsize)
    lines = plain.line_ends - 1 - records.left_open
    return _Cut(records, _bytes_in_file(text, len(heading), shape), lines, len(text) < len(whole))


def _held(buffer: io.BytesIO, block: Block) -> Block:
    """The block with its text in the buffer, if it is not: fresh memory costs more than copying."""
    if block.text.content is buffer.getvalue():
        return block
    buffer.seek(0)
    buffer.write(block.text.content)
    buffer.truncate()
    return replace(block, text=Text(buffer.getvalue()))


def block_at(path: Path, shape: Shape, span: Span, letters: Letters = Letters.DECODED) -> Block:
    """One block, read again."""
    with path.open("rb") as file:
        file.seek(span.offset)
        raw = file.read(span.size)
    if shape.unit > 1:
        raw = raw.decode(_codec(path, shape), errors="replace").encode()
    heading = _heading(shape)
    records = _records(_plain(heading + raw, heading, span.offset), shape)
    return _block(records, span, shape, shape.content_encoding, letters)


def in_order(work: Callable[[_Item], _Answer], items: Iterable[_Item]) -> Iterator[_Answer]:
    """``map(work, items)`` by threads, as few items ahead of the answers as keeps them busy."""
    with ThreadPoolExecutor(WORKERS) as pool:
        ahead: deque[Future[_Answer]] = deque()
        for item in items:
            ahead.append(pool.submit(work, item))
            if len(ahead) > WORKERS:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _heading(shape: Shape) -> bytes:
    """The line of the names that the columns get here."""
    return shape.delimiter.join(shape.heading).encode() + b"\n"


def _fill(buffer: io.BytesIO, heading: bytes, file: io.FileIO, size: int, codec: str) -> bool:
    """Read so many bytes into a buffer, after the heading, in UTF-8 or in the file's one-byte encoding; whether there
    may be more."""
    buffer.seek(0)
    buffer.write(heading)
    if codec:
        read = file.read(size) or b""
        buffer.write(read.decode(codec, errors="replace").encode())
        buffer.truncate()
        return len(read) == size
    buffer.seek(size - 1, io.SEEK_CUR)
    buffer.write(b"\0")  # now it has room
    with buffer.getbuffer() as view, view[len(heading) :] as room:
        count = file.readinto(room[:size]) or 0
    buffer.truncate(len(heading) + count)
    return count == size


def _codec(path: Path, shape: Shape) -> str:
    """UTF-16 or UTF-32 with the byte order that the encoding or the file's mark says, as the blocks in the middle have
    no mark; nothing for other encodings."""
    if shape.unit == 1:
        return ""
    if shape.encoding.name.endswith(("-le", "-be")):
        return shape.encoding.name
    with path.open("rb") as file:
        start = file.read(4)
    big = start.startswith(codecs.BOM_UTF16_BE) or start == codecs.BOM_UTF32_BE
    return f"{shape.encoding.name}-{'be' if big else 'le'}"


def _bytes_in_file(text: bytes, start: int, shape: Shape) -> int:
    return len(text) - start if shape.unit == 1 else len(text[start:].decode().encode(f"{shape.encoding.name[:6]}-le"))


def _without_letters(buffer: io.BytesIO) -> bool:
    """Write DEL over the letters of a one-byte encoding, for an engine that reads UTF-8, and spaces over no-break
    spaces; not where there may be letters of UTF-8, which are reported."""
    if b"\xc3" in buffer.getvalue():
        return False
    spaces = b"\xa0" in buffer.getvalue()
    with buffer.getbuffer() as text:
        _overwrite(text, spaces=spaces)
    return True


def _overwrite(text: memoryview, *, spaces: bool) -> None:
    for piece in pieces(text):
        if spaces:
            piece[piece == 0xA0] = ord(" ")
        piece |= -(piece >> 7)
        piece &= 0x7F


def _whole_lines(buffer: io.BytesIO, more: bool) -> tuple[bytes, int]:
    """What is in a buffer up to its last line end, if ``more`` is to come, and how much follows.

    A buffer gives its bytes without copying them, and is filled again in the same place, while nothing else holds them.
    """
    text = buffer.getvalue()
    end = last_line_end(text, len(text)) if more else len(text)
    left = len(text) - end
    del text
    buffer.truncate(end)
    return buffer.getvalue(), left


def _plain(text: bytes, heading: bytes, offset: int) -> Text:
    """The text with plain line ends; without the mark of its encoding."""
    if offset == 0 and text.startswith(codecs.BOM_UTF8, len(heading)):
        text = heading + text[len(heading) + len(codecs.BOM_UTF8) :]
    if (plain := Text(text)).may_hold(b"\r"):
        # A lone carriage return ends a line too (old Mac and one region's exports).
        return Text(text.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    return plain


def _long_line(path: Path, number: int) -> Exception:
    return unusable(
        path,
        f"rader på högst {MAX_LINE // 1024} KiB",
        "en längre rad",
        "radsluten är borta, eller så är det ingen tabell: exportera filen på nytt",
        f"rad {number}",
    )


# -- quotation marks: a record may run over lines ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Records:
    """Lines with a record on each, those with a quotation mark that is never closed set aside by their place, and how
    many more lines belong to a record that the next block may close."""

    text: Text
    aside: _Aside
    left_open: int = 0


def _records(text: Text, shape: Shape, *, last: bool = True) -> _Records:
    """The same records as :func:`analys.documents.separated.records` finds."""
    content = text.content
    odd = np.flatnonzero(counts(content, QUOTE) % 2).tolist() if text.may_hold(b'"') else []
    if not odd:
        return _Records(text, {})
    encoding = shape.content_encoding
    lines, aside, at = content.split(b"\n"), _Aside(), 0
    while at < len(odd):
        first = odd[at]
        closing = odd[at + 1] if at + 1 < len(odd) else None
        if closing is None and not last and len(lines) - 1 - first < LONGEST_RECORD:
            return _Records(Text(b"\n".join([*lines[:first], b""])), aside, len(lines) - 1 - first)
        if closing is not None and closing - first < LONGEST_RECORD:
            record = b"\n".join(lines[first : closing + 1])
            if len(parse_record(record.decode(encoding, errors="replace"), 0, shape.delimiter).cells) == shape.width:
                lines[first] = record.replace(b"\n", _INNER_LINE_END)
                lines[first + 1 : closing + 1] = [b""] * (closing - first)
                at += 2
                continue
        aside[first] = (lines[first], "")
        lines[first] = b""
        at += 1
    return _Records(Text(_joined(lines, content)), aside)


# -- what a block of lines becomes -------------------------------------------------------------------------------------


def _block(records: _Records, span: Span, shape: Shape, encoding: str, letters: Letters) -> Block:
    text, aside = records.text, records.aside
    if text.may_hold(b"\0"):
        with_nul = np.flatnonzero(counts(text.content, 0)).tolist()
        # Of two or four bytes each, it is a character as others are.
        text = _set_aside(text, aside, with_nul, "väntade text, fann a NUL byte" if shape.unit == 1 else "")
    if text.may_hold(b'"') and (loose := loosely_quoted(text.content, ord(shape.delimiter))):
        text = _set_aside(text, aside, loose)
    if encoding not in ("utf-8", "ascii"):
        if text.may_hold(b"\xc3") and _UTF8_LETTERS.search(text.content):
            in_utf8 = _where(text, lambda line: not line.isascii() and is_utf8(line))
            text = _set_aside(text, aside, in_utf8, shape.other_encoding)
        if letters is Letters.DECODED and not text.content.isascii():
            text = Text(_decoded(text.content, encoding))
            aside = {at: (_decoded(line, encoding), fault) for at, (line, fault) in aside.items()}
            encoding = "utf-8"
    no_break_space = "\u00a0".encode(encoding, errors="ignore")
    if no_break_space and text.may_hold(no_break_space[:1]):
        text = Text(text.content.replace(no_break_space, b" "))
    return Block(span, text, encoding, aside)


def _decoded(content: bytes, encoding: str) -> bytes:
    """From a one-byte encoding to UTF-8. windows-1252 is latin-1 but for 32 bytes, which Python decodes many times
    faster."""
    plain = encoding == "cp1252" and not any(((piece & 0xE0) == 0x80).any() for piece in pieces(content))
    decoded = io.BytesIO()
    for piece in pieces(content):
        decoded.write(piece.tobytes().decode("latin-1" if plain else encoding, errors="replace").encode())
    return decoded.getvalue()


def checked(block: Block) -> Block:
    """A block without the lines that an engine refuses: those that are not UTF-8; where all are, without any."""
    text, aside = block.text, dict(block.aside)
    if block.encoding == "utf-8" and not is_utf8(text.content):
        found: Iterable[int] = _where(text, lambda line: not is_utf8(line))
    else:
        found = range(1, text.line_ends + 1)
    return replace(block, text=_set_aside(text, aside, found), aside=aside)


def _where(text: Text, is_odd: Callable[[bytes], object]) -> list[int]:
    return [at for at, line in enumerate(text.content.split(b"\n")) if is_odd(line)]


def _set_aside(text: Text, aside: _Aside, found: Iterable[int], fault: str = "") -> Text:
    lines = text.content.split(b"\n")
    for at in found:
        if lines[at]:
            aside[at] = (lines[at], fault)
            lines[at] = b""
    return Text(_joined(lines, text.content))


def _joined(lines: list[bytes], before: bytes) -> bytes:
    """The lines, the last one too with an end: without, an empty one would be none."""
    return b"\n".join(lines if before.endswith(b"\n") else [*lines, b""])
