"""PC-Axis files (``.px``), after SCB's "PX file format specification, AXIS-VERSION 2013".

Own parser, because no kept library reads all of it: pyaxis drops ``CODES`` (so the municipality codes are lost),
knows neither ``KEYS`` nor ``TLIST`` and splits on ``DATA=`` wherever it stands; pxrd has not been kept since 2022.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Final

from analys.documents.files import unusable
from analys.documents.letters import repaired
from analys.documents.text import Encoding, detect_encoding
from analys.intake.population.cubes import MAX_CELLS, Cell, Cube, Dimension, guess_role
from analys.intake.population.headings import Role

_KEYWORD: Final = re.compile(
    r'\s*([A-Z][A-Z0-9_-]*)\s*(?:\[([^\]\n]{1,20})\])?\s*(?:\(\s*("[^"]*"(?:\s*,\s*"[^"]*")*)\s*\))?\s*=\s*'
)
_TLIST: Final = re.compile(r'TLIST\(\s*([AHQMW])1?\s*(?:,\s*"(\w{4,8})"\s*-\s*"(\w{4,8})"\s*)?\)\s*,?\s*')
_QUOTED: Final = re.compile(r'"([^"]*)"\s*')
_PIECE: Final = re.compile(r'\s*"[^"]*"\s*;')
_BARE: Final = re.compile(r'[^",;]+')
_CELL: Final = re.compile(r'"[^"]*"|[^\s,;"]+')
_PERIODS_A_YEAR: Final = {"A": 1, "H": 2, "Q": 4, "M": 12, "W": 53}
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
    size = prod(map(len, dimensions))
    if size > MAX_CELLS:
        raise unusable(path, f"högst {MAX_CELLS} celler", str(size), "välj färre värden och spara tabellen på nytt")
    cells = (_keyed if any(word == "KEYS" for word, _ in metadata.values) else _unkeyed)(
        path, text, metadata, dimensions
    )
    title = metadata.text("TITLE") or metadata.text("DESCRIPTION")
    contents, source, unit = (metadata.text(word) for word in ("CONTENTS", "SOURCE", "UNITS"))
    return Cube(title, contents, source, dimensions, cells.__getitem__, unit), encoding


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
            raise _broken(path, text, position, 'ett nyckelord som VALUES("region")= eller DATA=', found)
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
    joined = False
    if match := _TLIST.match(text, position):
        values.append(match[0])
        position = match.end()
    while position < len(text):
        if match := _QUOTED.match(text, position):
            if joined:
                values[-1] += match[1]
            else:
                values.append(match[1])
            joined = True
        elif text[position] == ";":
            return values, position + 1
        elif text[position] == ",":
            joined = False
            match = re.compile(r",\s*").match(text, position)
        elif match := _BARE.match(text, position):
            values.append(match[0].strip())
            joined = False
        if match is None:
            raise _broken(path, text, position, "ett avslutande citattecken", "inget")
        position = match.end()
    raise _broken(path, text, position, "ett semikolon efter värdena", "filens slut")


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
    kind, first, last = match.groups()
    if not first or not (first[:4] + last[:4]).isdigit():
        return []
    if kind == "A":
        return [str(year) for year in range(int(first[:4]), min(int(last[:4]), int(first[:4]) + 300) + 1)]
    mark = first[4] if len(first) > 4 and first[4].isalpha() else kind
    width = 1 if kind in "HQ" else 2
    years = range(int(first[:4]), min(int(last[:4]), int(first[:4]) + 300) + 1)
    periods = [f"{year}{mark}{number:0{width}}" for year in years for number in range(1, _PERIODS_A_YEAR[kind] + 1)]
    return [period for period in periods if first <= period <= last]


def _unkeyed(path: Path, text: str, metadata: _Metadata, dimensions: tuple[Dimension, ...]) -> list[Cell]:
    size = prod(map(len, dimensions))
    cells: list[Cell] = []
    line, counted = text.count("\n", 0, metadata.start) + 1, metadata.start
    for match in _CELL.finditer(text, metadata.start):
        if len(cells) == size:
            raise _broken(path, text, match.start(), f"{size} celler, som dimensionerna säger", "fler")
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        cells.append(Cell(match[0].strip('"'), line))
    if text.rstrip().endswith(";"):
        if len(cells) < size:  # one is missing, and nobody can tell where: every figure may have moved
            raise _broken(path, text, len(text.rstrip()), f"{size} celler, som dimensionerna säger", str(len(cells)))
    elif cells and not text[-1].isspace():
        cells[-1] = Cell(None, line, _CUT)  # a number that was cut off is a smaller number
    return cells + [Cell(None, line, _CUT)] * (size - len(cells))


def _keyed(path: Path, text: str, metadata: _Metadata, dimensions: tuple[Dimension, ...]) -> list[Cell]:
    """``"0581","2023",140927 ...``: one line for each combination of the stub, those with only zeros left out."""
    first_line = text.count("\n", 0, metadata.start) + 1
    if not text.rstrip().endswith(";"):
        raise _broken(path, text, len(text), "ett semikolon efter data", "filens slut")
    stub = dimensions[: len(metadata.get("STUB"))]
    width = prod(map(len, dimensions[len(stub) :]))
    places = []
    for dimension in stub:
        keys = dimension.labels if metadata.get("KEYS", dimension.name) == ["VALUES"] else dimension.codes
        places.append({key: at for at, key in enumerate(keys)})
    cells = [Cell(0, first_line, _LEFT_OUT)] * prod(map(len, dimensions))
    for line, content in enumerate(text[metadata.start :].split("\n"), start=first_line):
        tokens = [token.strip('"') for token in _CELL.findall(content)]
        if not tokens:
            continue
        if len(tokens) != len(stub) + width:
            found = f"{len(tokens)} av båda"
            raise unusable(
                path, f"{len(stub)} nycklar och {width} celler", found, "spara tabellen på nytt", f"rad {line}"
            )
        at = 0
        for place, key in zip(places, tokens[: len(stub)], strict=True):
            if key not in place:
                raise unusable(
                    path, "nycklar som CODES eller VALUES nämner", repr(key), "spara tabellen på nytt", f"rad {line}"
                )
            at = at * len(place) + place[key]
        cells[at * width : (at + 1) * width] = [Cell(token, line) for token in tokens[len(stub) :]]
    return cells


def _broken(path: Path, text: str, position: int, expected: str, found: str) -> Exception:
    line = text.count("\n", 0, position) + 1
    return unusable(path, expected, found, "filen är skadad eller avkapad: hämta den på nytt", f"rad {line}")
