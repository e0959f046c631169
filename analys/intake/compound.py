"""The containers of old Office files (compound files, MS-CFB): one stream out of one, and a sound one around a stream.

Their sectors are chained by a table that a damaged file may chain in circles, in which the library that reads workbooks
would walk until the memory is full. So the stream is taken out by a library that is made for malicious files, and what is
handed on is a new container with nothing but that stream.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import olefile

_SECTOR: Final = 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_TABLES_IN_HEADER: Final = 109
_ROOT, _STREAM = 5, 2
#: What the library raises for damage of one kind or another.
_DAMAGED: Final = (OSError, IndexError, TypeError, OverflowError, struct.error)


def streams(path: Path, *names: str) -> list[str]:
    """Those of the names that are streams of the container. Raises ``ValueError`` when it is damaged."""
    try:
        with olefile.OleFileIO(path) as opened:
            return [name for name in names if opened.get_type(name) == olefile.STGTY_STREAM]
    except _DAMAGED as error:
        raise ValueError(str(error)) from error


def stream(path: Path, name: str) -> bytes:
    """The content of a stream. Raises ``ValueError`` when the container is damaged."""
    try:
        with olefile.OleFileIO(path) as opened:
            if opened.get_size(name) > path.stat().st_size:
                raise ValueError(f"a stream longer than the file: {name}")
            content: bytes = opened.openstream(name).read()
            return content
    except _DAMAGED as error:
        raise ValueError(str(error)) from error


def container(name: str, content: bytes) -> bytes:
    """A compound file of version 4 that holds one stream, of up to some 400 MB."""
    # A shorter stream would belong in a container within the container.
    content = content.ljust(_SECTOR, b"\0")
    sectors = -(-len(content) // _SECTOR)
    tables = -(-(sectors + 2) // (_SECTOR // 4 - 1))
    if tables > _TABLES_IN_HEADER:
        raise ValueError(f"a stream of {len(content)} bytes")
    # After the tables come the directory, one sector for streams that are too short for their own, and the stream.
    short, first = tables + 1, tables + 2
    chain = [*[_TABLE] * tables, _END, _END, *range(first + 1, first + sectors), _END]
    header = struct.pack(
        "<8s16x5H6x9I",
        olefile.MAGIC, 0x3E, 4, 0xFFFE, 12, 6,
        1, tables, tables, 0, _SECTOR, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack(f"<{_TABLES_IN_HEADER}I", *range(tables), *[_FREE] * (_TABLES_IN_HEADER - tables))
    directory = _entry("Root Entry", _ROOT, 1, short, 0) + _entry(name, _STREAM, _FREE, first, len(content))
    table = struct.pack(f"<{len(chain)}I", *chain)
    return b"".join(
        (
            header.ljust(_SECTOR, b"\0"),
            table.ljust(tables * _SECTOR, b"\xff"),
            directory.ljust(2 * _SECTOR, b"\0"),
            content.ljust(sectors * _SECTOR, b"\0"),
        )
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """An entry of the directory."""
    written = f"{name}\0".encode("utf-16-le")
    return struct.pack("<64sHBB3I36xIQ", written, len(written), kind, 1, _FREE, _FREE, child, start, size)
