"""A text file of any size as blocks of whole lines in UTF-8: bounded memory, whatever the file holds.

The encoding is detected on the first blocks; from then on every block is checked against it, and the lines that are in
another are taken out and reported. Blocks are read ahead by a thread while the engine works on the one before.
"""

from __future__ import annotations

import io
import queue
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analys.intake.files import MIB, unusable
from analys.intake.text import MAX_LINE, Encoding, detect_encoding

BLOCK: Final = 8 * MIB
_SAMPLE: Final = 4 * MIB
#: å ä ö Å Ä Ö é of UTF-8, as they show in a file of another encoding.
_UTF8_LETTERS: Final = re.compile(rb"\xc3[\xa4\xa5\xb6\x84\x85\x96\xa9]")
_C1: Final = bytes(range(0x80, 0xA0))


@dataclass(frozen=True)
class Block:
    """Whole lines in UTF-8. ``first_line`` counts from 1; ``odd`` are lines (number, text) in another encoding."""

    first_line: int
    content: bytes
    read: int
    odd: tuple[tuple[int, str], ...] = field(default=())


def encoding_of(path: Path) -> Encoding:
    """The encoding by the first part of a file that may be too large to look at as a whole."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if len(sample) < _SAMPLE:
        return detect_encoding(path)
    return _detect(path, sample[: sample.rfind(b"\n") + 1 or len(sample)])


def _detect(path: Path, sample: bytes) -> Encoding:
    """As :func:`detect_encoding`, on a part of the file."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / path.name
        part.write_bytes(sample)
        found = detect_encoding(part)
    return Encoding(found.name, f"{found.why} (in the first {_SAMPLE // MIB} MiB)", found.odd_lines)


def blocks(path: Path, encoding: Encoding, size: int = BLOCK) -> Iterator[Block]:
    """The blocks in order, read ahead by one. Raises :class:`InputError` for a line that is no row of a table."""
    ahead: queue.Queue[Block | BaseException | None] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def work() -> None:
        try:
            for block in _blocks(path, encoding, size):
                while not stopped.is_set():
                    try:
                        ahead.put(block, timeout=0.1)
                        break
                    except queue.Full:
                        continue
                if stopped.is_set():
                    return
            ahead.put(None)
        except BaseException as error:  # handed to the consumer, who raises it
            ahead.put(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        while (block := ahead.get()) is not None:
            if isinstance(block, BaseException):
                raise block
            yield block
    finally:
        stopped.set()


def _blocks(path: Path, encoding: Encoding, size: int) -> Iterator[Block]:
    number, rest = 1, b""
    for raw, read in _decoded(path, encoding, size):
        raw = rest + raw if rest else raw
        cut = raw.rfind(b"\n") + 1
        rest = raw[cut:]
        if len(rest) > MAX_LINE:
            raise unusable(
                path,
                f"rows of at most {MAX_LINE // 1024} KiB",
                "a longer line",
                "the line ends are lost, or it is no table: export it again",
                f"after line {number + raw.count(bytes([10]), 0, cut)}",
            )
        if cut:
            yield _whole(number, raw[:cut], read, encoding)
            number += raw.count(b"\n", 0, cut)
    if rest:
        yield _whole(number, rest, 0, encoding)


def _decoded(path: Path, encoding: Encoding, size: int) -> Iterator[tuple[bytes, int]]:
    """Bytes that are UTF-8 or, in a file of one-byte characters, as they stand; with how many were read."""
    wide = encoding.name.startswith("utf-16") or encoding.name.startswith("utf-32")
    with path.open("rb") as file:
        first = True
        if wide:
            import codecs

            decoder = codecs.getincrementaldecoder(encoding.name)()
        while raw := file.read(size):
            read = len(raw)
            if wide:
                raw = decoder.decode(raw).encode()
            if first:
                raw, first = raw.removeprefix(b"\xef\xbb\xbf"), False
            # A lone carriage return ends a line too (old Mac and one region's exports).
            if b"\r" in raw:
                raw = _plain_line_ends(raw, file, wide=wide)
            yield raw, read


def _plain_line_ends(raw: bytes, file: object, *, wide: bool) -> bytes:
    if raw.endswith(b"\r") and not wide:
        follower = file.read(1)  # type: ignore[attr-defined]
        raw += follower
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _whole(number: int, lines: bytes, read: int, encoding: Encoding) -> Block:
    """The lines in UTF-8. UTF-8 itself is left to the engine to check: :func:`checked` mends what it refuses."""
    if encoding.name.startswith("utf"):
        return Block(number, lines, read)
    if b"\xc3" in lines and _UTF8_LETTERS.search(lines):
        return _without_odd(number, lines, read, lambda line: line.isascii() or not _is_utf8(line), encoding.name)
    # windows-1252 is latin-1 but for 32 bytes, and Python decodes latin-1 many times faster.
    plain = encoding.name == "cp1252" and len(lines.translate(None, _C1)) == len(lines)
    return Block(number, lines.decode("latin-1" if plain else encoding.name, errors="replace").encode(), read)


def checked(block: Block) -> Block:
    """A block of a UTF-8 file without the lines that are not UTF-8."""
    return _without_odd(block.first_line, block.content, block.read, _is_utf8, "utf-8")


def _without_odd(number: int, lines: bytes, read: int, fits: Callable[[bytes], object], name: str) -> Block:
    """Takes out the lines that do not fit; an empty line stands in their place, so that numbers stay right."""
    kept, odd = [], []
    for offset, line in enumerate(io.BytesIO(lines)):
        if fits(line):
            kept.append(line.decode(name, errors="replace"))
        else:
            odd.append((number + offset, line.decode("latin-1")))
            kept.append("\n")
    return Block(number, "".join(kept).encode(), read, tuple(odd))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
