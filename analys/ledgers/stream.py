"""A text file of any size as blocks of whole records: bounded memory, whatever the file holds.

The encoding is detected on the first blocks; from then on every block is checked against it, and the lines that are in
another are set aside. A block is cut where a record ends, so it can be read again by its place in the file alone.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from analys.intake.files import MIB, unusable
from analys.intake.invoices.tables import LONGEST_RECORD, parse_record
from analys.intake.text import MAX_LINE, Encoding, detect_encoding

#: Read at a time. Larger ones need more memory and take no less time.
BLOCK = 8 * MIB
#: A thread works on each of so many blocks; the engine's own threads share the processors.
WORKERS: Final = 2
_SAMPLE: Final = 4 * MIB
_HEAD: Final = MIB
#: å ä ö Å Ä Ö é of UTF-8, as they show in a file of another encoding.
_UTF8_LETTERS: Final = re.compile(rb"\xc3[\xa4\xa5\xb6\x84\x85\x96\xa9]")
_LINE_END, _QUOTE = 10, 34
#: Stands for a line end within a record; as it, it is white space that no number or date has.
_INNER_LINE_END: Final = b"\x0b"

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Shape:
    """How a ledger's text is written. ``width`` is the number of its columns."""

    encoding: Encoding
    delimiter: str
    width: int

    @property
    def is_utf8(self) -> bool:
        return self.encoding.name.startswith("utf-8")

    @property
    def is_wide(self) -> bool:
        return self.encoding.name.startswith(("utf-16", "utf-32"))

    @property
    def other_encoding(self) -> str:
        """Why a line is reported that is in another encoding than the rest."""
        return f"expected text in {self.encoding.name} as in the rest, found another encoding"


@dataclass(frozen=True)
class Span:
    """Where a block lies in its file, in bytes, and the number of its first line."""

    offset: int
    size: int
    first_line: int


@dataclass(frozen=True)
class Block:
    """Whole lines in ``encoding``, each a record: a record of several lines stands on its first, the others are empty.

    So are the lines set ``aside`` by their place in the block: their text, and what is wrong with it ("" when the
    reader for small ledgers has to say).
    """

    span: Span
    content: bytes
    encoding: str
    aside: Mapping[int, tuple[str, str]]


def encoding_of(path: Path) -> Encoding:
    """The encoding by the first part of a file that may be too large to look at as a whole."""
    found = detect_encoding(path, first=_SAMPLE)
    if path.stat().st_size <= _SAMPLE:
        return found
    return Encoding(found.name, f"{found.why} (in the first {_SAMPLE // MIB} MiB)", found.odd_lines)


def first_lines(path: Path, encoding: Encoding) -> list[str]:
    """The lines that the file begins with, whole ones, with ``\\n`` at the end."""
    with path.open(encoding=encoding.name, errors="replace") as file:
        lines = list(io.StringIO(file.read(_HEAD)))
        return lines[:-1] if file.read(1) else lines


def blocks(path: Path, shape: Shape, *, decoded: bool = True) -> Iterator[Block]:
    """The blocks in order. Raises :class:`InputError` for a line that is no row of a table.

    Where only figures and codes are needed, letters of a one-byte encoding need not be ``decoded``.
    """
    offset, number, rest = 0, 1, b""
    for piece in _pieces(path, shape):
        text = rest + piece
        # A carriage return at the very end may be the first half of a line end.
        end = max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1
        if len(text) - end > MAX_LINE:
            raise _long_line(path, number + _line_ends(_plain(text[:end])))
        records = _records(_plain(text[:end]), shape, last=False)
        end = _lines_back(text, end, records.left_open)
        rest = text[end:]
        if end:
            span = Span(offset, _bytes_in_file(text[:end], shape), number)
            yield _block(records, span, shape, decoded=decoded)
            offset, number = offset + span.size, number + _line_ends(records.content)
    if rest:
        span = Span(offset, _bytes_in_file(rest, shape), number)
        yield _block(_records(_plain(rest), shape), span, shape, decoded=decoded)


def block_at(path: Path, shape: Shape, span: Span, *, decoded: bool = True) -> Block:
    """One block, read again."""
    with path.open("rb") as file:
        file.seek(span.offset)
        raw = file.read(span.size)
    if shape.is_wide:
        raw = raw.decode(_codec(path, shape)).encode()
    return _block(_records(_plain(raw), shape), span, shape, decoded=decoded)


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


def _pieces(path: Path, shape: Shape) -> Iterator[bytes]:
    """Bytes in UTF-8 or, in a file of one-byte characters, as they stand."""
    with path.open("rb") as file:
        if not shape.is_wide:
            while raw := file.read(BLOCK):
                yield raw
            return
        decoder = codecs.getincrementaldecoder(_codec(path, shape))(errors="replace")
        while raw := file.read(BLOCK):
            yield decoder.decode(raw).encode()


def _codec(path: Path, shape: Shape) -> str:
    """UTF-16 or UTF-32 with the byte order that the file's mark says: the blocks in the middle have no mark."""
    with path.open("rb") as file:
        start = file.read(4)
    big = start.startswith(codecs.BOM_UTF16_BE) or start == codecs.BOM_UTF32_BE
    return f"{shape.encoding.name}-{'be' if big else 'le'}"


def _bytes_in_file(text: bytes, shape: Shape) -> int:
    unit = 2 if "16" in shape.encoding.name else 4
    return len(text.decode().encode(f"utf-{8 * unit}-le")) if shape.is_wide else len(text)


def _plain(text: bytes) -> bytes:
    """With plain line ends: a lone carriage return is one too (old Mac and one region's exports)."""
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _line_ends(text: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == _LINE_END))


def _lines_back(text: bytes, end: int, lines: int) -> int:
    """Where the last ``lines`` lines before ``end`` begin."""
    for _ in range(lines):
        end -= 2 if text.endswith(b"\r\n", 0, end) else 1
        end = max(text.rfind(b"\n", 0, end), text.rfind(b"\r", 0, end)) + 1
    return end


def _long_line(path: Path, number: int) -> Exception:
    return unusable(
        path,
        f"rows of at most {MAX_LINE // 1024} KiB",
        "a longer line",
        "the line ends are lost, or it is no table: export it again",
        f"line {number}",
    )


# -- quotation marks: a record may run over lines ----------------------------------------------------------------------


def counts(content: bytes, byte: int, *, outside_quotes: bool = False) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How often a byte stands on each line; what follows the last line end is a line too."""
    characters = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(characters == _LINE_END)
    places = np.flatnonzero(characters == byte)
    if outside_quotes:
        quotes = np.flatnonzero(characters == _QUOTE)
        places = places[np.searchsorted(quotes, places) % 2 == 0]
    before = np.append(np.searchsorted(places, ends), len(places))
    return np.diff(before, prepend=0)


@dataclass(frozen=True)
class _Records:
    """Lines with a record on each, those with a quotation mark that is never closed set aside by their place, and how
    many more lines belong to a record that the next block may close."""

    content: bytes
    aside: dict[int, tuple[str, str]]
    left_open: int = 0


def _records(content: bytes, shape: Shape, *, last: bool = True) -> _Records:
    """The same records as :func:`analys.intake.invoices.tables.records` finds."""
    odd = np.flatnonzero(counts(content, _QUOTE) % 2).tolist() if b'"' in content else []
    if not odd:
        return _Records(content, {})
    encoding = _content_encoding(shape)
    lines, aside, at = content.split(b"\n"), dict[int, tuple[str, str]](), 0
    while at < len(odd):
        first = odd[at]
        closing = odd[at + 1] if at + 1 < len(odd) else None
        if closing is None and not last and len(lines) - 1 - first < LONGEST_RECORD:
            return _Records(b"\n".join([*lines[:first], b""]), aside, len(lines) - 1 - first)
        if closing is not None and closing - first < LONGEST_RECORD:
            record = b"\n".join(lines[first : closing + 1])
            if len(parse_record(record.decode(encoding, errors="replace"), 0, shape.delimiter).cells) == shape.width:
                lines[first] = record.replace(b"\n", _INNER_LINE_END)
                lines[first + 1 : closing + 1] = [b""] * (closing - first)
                at += 2
                continue
        aside[first] = (lines[first].decode(encoding, errors="replace"), "")
        lines[first] = b""
        at += 1
    return _Records(b"\n".join(lines), aside)


# -- what a block of lines becomes -------------------------------------------------------------------------------------


def _content_encoding(shape: Shape) -> str:
    return "utf-8" if shape.is_utf8 or shape.is_wide else shape.encoding.name


def _block(records: _Records, span: Span, shape: Shape, *, decoded: bool) -> Block:
    content, aside, encoding = records.content, records.aside, _content_encoding(shape)
    if span.offset == 0:
        content = content.removeprefix(codecs.BOM_UTF8)
    if b"\0" in content:
        content = _set_aside(content, aside, encoding, lambda line: b"\0" in line, "expected text, found a NUL byte")
    if encoding != "utf-8":
        if b"\xc3" in content and _UTF8_LETTERS.search(content):
            content = _set_aside(content, aside, encoding, _is_letters_in_utf8, shape.other_encoding)
        if decoded and not content.isascii():
            content = _decoded(content, encoding)
            encoding = "utf-8"
    no_break_space = "\u00a0".encode(encoding)
    if no_break_space[:1] in content:
        content = content.replace(no_break_space, b" ")
    return Block(span, content, encoding, aside)


def _decoded(content: bytes, encoding: str) -> bytes:
    """In UTF-8. windows-1252 is latin-1 but for 32 bytes, and Python decodes latin-1 many times faster."""
    plain = encoding == "cp1252" and not ((np.frombuffer(content, np.uint8) & 0xE0) == 0x80).any()
    return content.decode("latin-1" if plain else encoding, errors="replace").encode()


def checked(block: Block, shape: Shape) -> Block:
    """A block in UTF-8 without the lines that are not."""
    aside = dict(block.aside)
    content = _set_aside(block.content, aside, "latin-1", lambda line: not _is_utf8(line), shape.other_encoding)
    return Block(block.span, content, block.encoding, aside)


def _set_aside(
    content: bytes,
    aside: dict[int, tuple[str, str]],
    encoding: str,
    is_odd: Callable[[bytes], object],
    fault: str,
) -> bytes:  # fmt: skip
    lines = content.split(b"\n")
    for at, line in enumerate(lines):
        if is_odd(line):
            aside[at] = (line.decode(encoding, errors="replace"), fault)
            lines[at] = b""
    return b"\n".join(lines)


def _is_letters_in_utf8(line: bytes) -> bool:
    return not line.isascii() and _is_utf8(line)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
