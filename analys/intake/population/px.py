"""PC-Axis files (``.px``), after SCB's "PX file format specification, AXIS-VERSION 2013".

Own parser, because no kept library reads all of it: pyaxis drops ``CODES`` (so the municipality codes are lost),
knows neither ``KEYS`` nor ``TLIST`` and splits on ``DATA=`` wherever it stands; pxrd has not been kept since 2022.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import prod
from pathlib import Path
from typing import Final

from analys.documents.files import unusable
from analys.documents.letters import repaired
from analys.documents.text import Encoding, detect_encoding
from analys.intake.population.cubes import Cell, Cube, Dimension, guess_role, placed, size_of
from analys.intake.population.headings import Role

_KEYWORD: Final = re.compile(
    r'\s*+([A-Z][A-Z0-9_-]*+)\s*+(?:\[([^\]\n]{1,20})\]\s*+)?(?:\(\s*+("[^"]*"(?:\s*+,\s*+"[^"]*")*+)\s*+\)\s*+)?=\s*+'
)
_TLIST: Final = re.compile(r'TLIST\(\s*([AHQMW])1?\s*(?:,\s*"(\w{4,8})"\s*-\s*"(\w{4,8})"\s*)?\)\s*,?\s*')
_QUOTED: Final = re.compile(r'"([^"]*)"')
#: A text, a bare value, or what ends either.
_VALUE: Final = re.compile(r'"([^"]*)"\s*|([^",;]+)|(;|,\s*)')
_PIECE: Final = re.compile(r'\s*"[^"]*"\s*;')
_CELL: Final = re.compile(r'"[^"]*"|[^\s,;"]+')
#: How the periods of a year end, by the kind of a list of times.
_PERIODS: Final[Mapping[str, Sequence[str]]] = {
    "A": ("",),
    "H": "12",
    "Q": "1234",
    "M": [f"{month:02}" for month in range(1, 13)],
    "W": [f"{week:02}" for week in range(1, 54)],
}
_MOST_YEARS: Final = 300
_LEFT_OUT: Final = "filen utelämnar talet, vilket PC-Axis menar som noll: ingen region är tom"
_CUT: Final = "filen bryts av före talet"


@dataclass
class _Metadata:
    """What stands before ``DATA=``: values by keyword and key, in the file's main language."""

    values: dict[tuple[str, tuple[str, ...]], list[str]] = field(default_factory=dict)
    #: Where the data begin, as an offset in the text.
    start: int = 0

    def get(self, word: str, *keys: str) -> list[str]:
        return self.values.get((word, keys), [])

    def text(self, word: str) -> str:
        return " ".join(self.get(word)).strip()


def read_cube(path: Path) -> tuple[Cube, Encoding]:
    """The file's cube in its main language, and how its text was decoded.

    Raises :class:`InputError` with the line where the format breaks. Cells missing at the end of a file that was cut
    off have a problem each; rows that ``KEYS`` leaves out are zero, as the format says.
    """
    text, encoding = _decode(path)
    metadata = _parse(path, text)
    names = metadata.get("STUB") + metadata.get("HEADING")
    if not names:
        raise unusable(path, "nyckelordet STUB eller HEADING", "inget av dem", "spara tabellen på nytt som px")
    dimensions = tuple(_dimension(path, metadata, name) for name in names)
    size = size_of(path, dimensions)
    is_keyed = any(word == "KEYS" for word, _ in metadata.values)
    cells = (_keyed if is_keyed else _unkeyed)(path, text, metadata, dimensions, size)
    title = metadata.text("TITLE") or metadata.text("DESCRIPTION")
    contents, source, unit = (metadata.text(word) for word in ("CONTENTS", "SOURCE", "UNITS"))
    return Cube(title, contents, source, dimensions, cells, unit), encoding


def _decode(path: Path) -> tuple[str, Encoding]:
    """The bytes decide between UTF-8, Windows and DOS; what the file says of itself decides when they do not."""
    content = path.read_bytes()
    encoding = detect_encoding(path, max_line=None)
    stated = re.search(rb'CODEPAGE\s*=\s*"([\w-]{1,20})"', content[:20_000])
    charset = re.search(rb'CHARSET\s*=\s*"ANSI"', content[:20_000])
    name = stated[1].decode("ascii") if stated else "windows-1252" if charset else ""
    try:
        same_family = bool(name) and "åäö".encode(name) == "åäö".encode(encoding.name)
    except (LookupError, UnicodeError):
        name, same_family = "", False
    if same_family:
        why = f"{encoding.why}, som filen säger ({name})"
        encoding = Encoding(encoding.name if "utf" in encoding.name else codecs.lookup(name).name, why)
    elif name and not encoding.is_ascii:
        encoding = Encoding(encoding.name, f"{encoding.why}, fast filen säger {name}")
    text, told = repaired(content.decode(encoding.name, errors="replace").rstrip("\x1a\0"))  # the end of a file in DOS
    if told:
        encoding = replace(encoding, why=f"{encoding.why}; {told}")
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _parse(path: Path, text: str) -> _Metadata:
    metadata, position = _Metadata(), 0
    while True:
        while piece := _PIECE.match(text, position):  # a note whose pieces have a semicolon each
            position = piece.end()
        match = _KEYWORD.match(text, position)
        if match is None:
            found = repr(text[position : position + 30].strip()) if text[position:].strip() else "filens slut"
            raise _broken(path, _line(text, position), 'ett nyckelord som VALUES("region")= eller DATA=', found)
        word, language, keys = match.groups()
        position = match.end()
        if word == "DATA":
            metadata.start = position
            return metadata
        values, position = _values(path, text, position)
        if language is None or language == metadata.text("LANGUAGE"):
            metadata.values.setdefault((word, tuple(_QUOTED.findall(keys or ""))), values)


def _values(path: Path, text: str, position: int) -> tuple[list[str], int]:
    """The values up to the semicolon; strings without a comma between them are one text over several lines."""
    values: list[str] = []
    if times := _TLIST.match(text, position):
        values, position = [times[0]], times.end()
    goes_on = False
    while match := _VALUE.match(text, position):
        quoted, bare, mark = match.groups()
        position = match.end()
        if mark == ";":
            return values, position
        if bare or (quoted is not None and not goes_on):
            values.append(bare.strip() if bare else quoted)
        elif quoted is not None:
            values[-1] += quoted
        goes_on = quoted is not None
    missing = (
        ("ett avslutande citattecken", "inget") if text[position:] else ("ett semikolon efter värdena", "filens slut")
    )
    raise _broken(path, _line(text, position), *missing)


def _dimension(path: Path, metadata: _Metadata, name: str) -> Dimension:
    labels, codes = metadata.get("VALUES", name), metadata.get("CODES", name)
    times = metadata.get("TIMEVAL", name)
    if times and (match := _TLIST.match(times[0])):
        times = times[1:] or _interval(match)
        labels = labels or times
        codes = times if len(times) == len(labels) else codes
    labels = labels or codes
    codes = codes or labels
    if not labels or len(codes) != len(labels):
        found = f"{len(labels)} värden och {len(codes)} koder"
        raise unusable(path, f'VALUES("{name}") och lika många koder', found, "spara tabellen på nytt som px")
    role = guess_role(name, name, codes, labels)
    if times:
        role = Role.PERIOD
    elif name in metadata.get("CONTVARIABLE"):
        role = Role.CONTENTS
    units = tuple(" ".join(metadata.get("UNITS", label)) for label in labels) if role is Role.CONTENTS else ()
    return Dimension(name, name, tuple(codes), tuple(labels), role, units)


def _interval(match: re.Match[str]) -> list[str]:
    """The periods of ``TLIST(M1,"2023M11"-"2024M02")``."""
    kind, first, last = match.groups("")
    start, end = first[:4], last[:4]
    if not (start + end).isdigit():
        return []
    mark = first[4:5] if first[4:5].isalpha() else kind.removeprefix("A")
    years = range(int(start), min(int(end), int(start) + _MOST_YEARS) + 1)
    periods = [f"{year}{mark}{ending}" for year in years for ending in _PERIODS[kind]]
    return [period for period in periods if first <= period <= last]


def _lines(text: str, metadata: _Metadata) -> Iterator[tuple[int, list[str]]]:
    """The lines of data that hold anything: number and cells."""
    first = _line(text, metadata.start)
    for number, line in enumerate(text[metadata.start :].split("\n"), start=first):
        if cells := _CELL.findall(line):
            yield number, [cell.strip('"') for cell in cells]


def _unkeyed(
    path: Path, text: str, metadata: _Metadata, dimensions: Sequence[Dimension], size: int
) -> Sequence[Cell | None]:
    found = (Cell(cell, line) for line, cells in _lines(text, metadata) for cell in cells)
    cells = list(islice(found, size + 1))
    expected = f"{size} celler, som dimensionerna säger"
    if len(cells) > size:
        raise _broken(path, cells[-1].row, expected, "fler")
    if text.rstrip().endswith(";"):
        if len(cells) < size:  # one is missing, and nobody can tell where: every figure may have moved
            raise _broken(path, _line(text, len(text.rstrip())), expected, str(len(cells)))
    elif cells and not text[-1].isspace():
        cells[-1] = Cell(None, cells[-1].row, _CUT)  # a number that was cut off is a smaller number
    last = cells[-1].row if cells else _line(text, metadata.start)
    return cells + [Cell(None, last, _CUT)] * (size - len(cells))


def _keyed(
    path: Path, text: str, metadata: _Metadata, dimensions: Sequence[Dimension], size: int
) -> Sequence[Cell | None]:
    """``"0581","2023",140927 ...``: one line for each combination of the stub, those with only zeros left out."""
    if not text.rstrip().endswith(";"):
        raise _broken(path, _line(text, len(text)), "ett semikolon efter data", "filens slut")
    stub = dimensions[: len(metadata.get("STUB"))]
    width = size // prod(map(len, stub))
    rows = []
    for line, cells in _lines(text, metadata):
        if len(cells) != len(stub) + width:
            expected, found = f"{len(stub)} nycklar och {width} celler", f"{len(cells)} av båda"
            raise unusable(path, expected, found, "spara tabellen på nytt", f"rad {line}")
        rows.append((line, cells[: len(stub)], cells[len(stub) :]))
    by_labels = [metadata.get("KEYS", dimension.name) == ["VALUES"] for dimension in stub]
    keys = [each.labels if by_label else each.codes for each, by_label in zip(stub, by_labels, strict=True)]
    return placed(path, keys, rows, [Cell(0, _line(text, metadata.start), _LEFT_OUT)] * size)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _broken(path: Path, line: int, expected: str, found: str) -> Exception:
    return unusable(path, expected, found, "filen är skadad eller avkapad: hämta den på nytt", f"rad {line}")
