"""Excel workbooks (xlsx, xlsm) in one pass over their parts: values, formulas, formats, what is merged and hidden.

Read here and by no library, for none gives all of that at once, and because reading cell by cell into a sparse table
needs no guards: a cell far away, or a long text that thousands share, costs what one cell costs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analys.documents.files import Kind, damaged, unusable
from analys.documents.model import Cell, Document, Grid, Value
from analys.documents.package import SAVE, WHOLE, Package
from analys.documents.sheets import MAX_CELLS, MAX_TEXT, cell_name, check_extent, masked, shown, whole
from analys.errors import Fault, InputError
from analys.masking import mask

#: What the day numbers of a workbook count from: of most, and of those that began on an old Mac.
_DAY_ZERO: Final = dt.datetime(1899, 12, 30)
_DAY_ZERO_1904: Final = dt.datetime(1904, 1, 1)
_PLACE: Final = re.compile(r"\s*\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})\s*")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_PICTURE: Final = ("xl/media/", "xl/drawings/")
#: Formats that Excel has built in (ECMA-376, part 1, 18.8.30), as far as they say something of the number.
_BUILT_IN: Final = {
    0: "", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 49: "@",
}  # fmt: skip
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]{0,255}\]', re.IGNORECASE)
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: So many faults tell what is wrong with a workbook; more of them tell nothing more.
_FAULTS_TOLD: Final = 100


@dataclass
class _Raw:
    """A cell as its element has it."""

    kind: str
    style: int
    formula: str | None = None
    shared: str | None = None
    text: str | None = None


@dataclass
class _SheetParts:
    cells: dict[tuple[int, int], _Raw] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def read(path: Path, why: str) -> Document:
    """The worksheets in order, hidden ones too. Formulas give the values that Excel stored; links are not followed.

    Raises :class:`InputError` for a workbook that is damaged, encrypted or hostile, and for formulas without values.
    """
    with Package(path) as package:
        top = package.related("")
        book = next((part for kind, part in top.values() if kind == "officeDocument"), "xl/workbook.xml")
        sheets, from_1904 = _book(package, book)
        relations = package.related(book)
        texts = _shared_texts(package, relations)
        formats = _formats(package, relations)
        pictures = any(name.startswith(_PICTURE) for name in package.names)
        reader = _Reader(path, texts, formats, _DAY_ZERO_1904 if from_1904 else _DAY_ZERO)
        grids = []
        for name, state, relation in sheets:
            kind, part = relations.get(relation, ("", ""))
            if kind == "worksheet" and part not in package:
                raise unusable(path, f"bladet {name}", "ingen sådan del i filen", "spara arbetsboken på nytt i Excel")
            if kind == "worksheet":
                grids.append(reader.grid(name, _sheet(package, part), hidden=state not in ("", "visible")))
    if reader.faults:
        raise InputError(reader.faults)
    return Document(path.name, Kind.XLSX, why, tuple(grids), (), pictures)


def _book(package: Package, part: str) -> tuple[list[tuple[str, str, str]], bool]:
    """(name, state, relation) of each sheet, and whether days count from 1904."""
    sheets: list[tuple[str, str, str]] = []
    dates = {"date1904": "0"}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), attributes.get("state", ""), relation))
        elif tag == "workbookPr":
            dates.update(attributes)

    package.parse(part, start, _ignore, _ignore)
    return sheets, dates["date1904"] in ("1", "true")


def _shared_texts(package: Package, relations: dict[str, tuple[str, str]]) -> list[str]:
    """The texts that cells refer to by number, without the pronunciation that Japanese ones carry."""
    texts: list[str] = []
    parts: list[str] = []
    inside = {"t": 0, "rPh": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        if tag in inside:
            inside[tag] += 1
        elif tag == "si":
            parts.clear()

    def end(tag: str) -> None:
        if tag in inside:
            inside[tag] -= 1
        elif tag == "si":
            texts.append(mask(_unescaped("".join(parts))))

    def characters(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            parts.append(text)

    for part in (part for kind, part in relations.values() if kind == "sharedStrings" and part in package):
        package.parse(part, start, end, characters)
    return texts


def _formats(package: Package, relations: dict[str, tuple[str, str]]) -> list[str]:
    """The number format of each style that cells refer to by number."""
    own: dict[int, str] = dict(_BUILT_IN)
    used: list[int] = []
    within: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        within.append(tag)
        if tag == "numFmt":
            own[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag == "xf" and within[-2:-1] == ["cellXfs"]:
            used.append(int(attributes.get("numFmtId", "0")))

    def end(_: str) -> None:
        within.pop()

    for part in (part for kind, part in relations.values() if kind == "styles" and part in package):
        package.parse(part, start, end, _ignore)
    return [own.get(number, "").replace("General", "") for number in used]


def _sheet(package: Package, part: str) -> _SheetParts:
    """The cells that hold something, by (row, column) from 0."""
    sheet = _SheetParts()
    at = [-1, -1]
    raw: _Raw | None = None
    inside = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal raw, inside
        match tag:
            case "row":
                at[:] = [int(attributes.get("r", at[0] + 2)) - 1, -1]
                if attributes.get("hidden") in ("1", "true"):
                    sheet.hidden_rows.add(at[0])
            case "c":
                at[:] = _placed(package, part, attributes["r"]) if "r" in attributes else (max(at[0], 0), at[1] + 1)
                raw = _Raw(attributes.get("t", "n"), int(attributes.get("s", "0")))
            case "f" if raw:
                raw.formula, inside = "", "f"
                raw.shared = attributes.get("si") if attributes.get("t") == "shared" else None
            case "v" | "t" if raw:
                raw.text, inside = raw.text or "", "v"
            case "rPh":
                inside = "rPh"
            case "mergeCell":
                first, _, last = attributes.get("ref", "").partition(":")
                sheet.merged.append((*_placed(package, part, first), *_placed(package, part, last or first)))
            case "col" if attributes.get("hidden") in ("1", "true"):
                sheet.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"])))

    def end(tag: str) -> None:
        nonlocal raw, inside
        if tag == "c" and raw:
            if raw.text or raw.formula is not None:
                sheet.cells[at[0], at[1]] = raw
                if len(sheet.cells) > MAX_CELLS:
                    check_extent(package.path, "", len(sheet.cells), 1)
            raw = None
        elif tag in ("f", "v", "t", "rPh"):
            inside = ""

    def characters(text: str) -> None:
        if raw and inside == "v":
            raw.text = (raw.text or "") + text
        elif raw and inside == "f":
            raw.formula = (raw.formula or "") + text

    package.parse(part, start, end, characters)
    return sheet


def _placed(package: Package, part: str, place: str) -> tuple[int, int]:
    match = _PLACE.fullmatch(place)
    row, column = (int(match[2]), _column(match[1])) if match else (_LAST_ROW + 1, 0)
    if row > _LAST_ROW or column >= _LAST_COLUMN:
        found = f"en cell på platsen {mask(place)[:40]!r}"
        raise unusable(package.path, "celler som finns i ett blad (A1 till XFD1048576)", found,
                       "spara arbetsboken på nytt i Excel", part[:100])  # fmt: skip
    return row - 1, column


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


@dataclass
class _Reader:
    """Turns raw cells into grids, and gathers the formulas that were never calculated."""

    path: Path
    texts: list[str]
    formats: list[str]
    day_zero: dt.datetime
    faults: list[Fault] = field(default_factory=list)

    def grid(self, name: str, sheet: _SheetParts, *, hidden: bool) -> Grid:
        height = max((row for row, _ in sheet.cells), default=-1) + 1
        width = max((column for _, column in sheet.cells), default=-1) + 1
        check_extent(self.path, name, height, width)
        formulas = _formulas(self.path, sheet)
        rows = tuple(
            tuple(self._cell(name, (y, x), sheet.cells.get((y, x)), formulas) for x in range(width))
            for y in range(height)
        )
        merged = tuple(
            (top, left, min(bottom, height - 1), min(right, width - 1))
            for top, left, bottom, right in sheet.merged
            if top < height and left < width
        )
        columns = frozenset(x for first, end in sheet.hidden_columns for x in range(first, min(end, width)))
        hidden_rows = frozenset(row for row in sheet.hidden_rows if row < height)
        return Grid(mask(name), rows, merged=merged, hidden=hidden, hidden_rows=hidden_rows, hidden_columns=columns)

    def _cell(self, sheet: str, at: tuple[int, int], raw: _Raw | None, formulas: dict[tuple[int, int], str]) -> Cell:
        place = cell_name(*at)
        if raw is None:
            return Cell(None, place)
        formula, number_format = formulas.get(at, ""), self.formats[raw.style] if raw.style < len(self.formats) else ""
        value = self._value(raw, number_format)
        if value is None and formula and raw.kind != "str" and len(self.faults) < _FAULTS_TOLD:
            found = f"formeln ={mask(formula)[:100]} utan sparat värde"
            action = "öppna arbetsboken i Excel, låt den räkna om och spara den"
            self.faults.append(
                Fault(mask(self.path.name), f"blad {mask(sheet)}, cell {place}", "ett värde", found, action)
            )
        value = value if raw.kind == "s" else masked(value)  # texts that cells share are masked already
        return Cell(value, place, shown(value, number_format), number_format, mask(formula))

    def _value(self, raw: _Raw, number_format: str) -> Value:
        text = raw.text
        if text is None or text == "":
            return None
        match raw.kind:
            case "s":
                index = int(text) if text.strip().isdigit() else len(self.texts)
                if index >= len(self.texts):
                    raise damaged(self.path, WHOLE, f"en cell hänvisar till text {text[:20]}, som inte finns", SAVE)
                return self.texts[index]
            case "b":
                return text.strip() in ("1", "true")
            case "n":
                return self._number(text.strip(), number_format)
            case "d":
                with suppress(ValueError):
                    return dt.datetime.fromisoformat(text.strip())
        return _unescaped(text)

    def _number(self, text: str, number_format: str) -> Value:
        try:
            number = int(text) if text.lstrip("+-").isdigit() and len(text) < 16 else whole(float(text))
        except (ValueError, OverflowError):
            return text
        codes = _QUOTED.sub("", number_format[:255].partition(";")[0]).lower()
        if not isinstance(number, int | float) or not set("ymdhs") & set(codes) or "general" in codes:
            return number
        with suppress(OverflowError, ValueError):
            if "[" in codes:
                return dt.timedelta(days=float(number))
            moment = self.day_zero + dt.timedelta(seconds=round(float(number) * 86_400))
            if not set("ymd") & set(codes.replace("mm:", "").replace(":mm", "")):
                return moment.time()
            return moment if float(number) % 1 else moment.date()
        return number


def _formulas(path: Path, sheet: _SheetParts) -> dict[tuple[int, int], str]:
    """Each cell's formula; those that share the formula of the first get it with its references moved."""
    first = {raw.shared: (at, raw.formula) for at, raw in reversed(sheet.cells.items()) if raw.shared and raw.formula}
    written = {at: raw for at, raw in sheet.cells.items() if raw.formula is not None}
    length = sum(len(raw.formula or first.get(raw.shared or "", ("", ""))[1]) for raw in written.values())
    if length > MAX_TEXT:
        expected = f"formler på tillsammans högst {MAX_TEXT // 1_000_000} miljoner tecken"
        raise unusable(path, expected, f"{length // 1_000_000} miljoner", "spara arbetsboken utan formler, som csv")
    movers = {shared: _mover(formula, at) for shared, (at, formula) in first.items()}
    return {
        at: _unescaped(raw.formula) if raw.formula else movers[raw.shared](at) if raw.shared in movers else ""
        for at, raw in written.items()
    }


def _mover(formula: str, origin: tuple[int, int]) -> Callable[[tuple[int, int]], str]:
    """What gives a shared formula as it stands in another cell."""
    # Imported here: most workbooks have no shared formulas, and the library takes longer to import than they to read.
    from openpyxl.formula.translate import Translator

    plain = _unescaped(formula)
    try:
        translator = Translator(f"={plain}", cell_name(*origin))
    except Exception:  # the library raises anything at all on what is no formula
        return lambda _: plain

    def moved(at: tuple[int, int]) -> str:
        try:
            translated: str = translator.translate_formula(cell_name(*at))
        except Exception:
            return plain
        return translated.removeprefix("=")

    return moved


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(escaped: re.Match[str]) -> str:
    character = chr(int(escaped[1], 16))
    return "\ufffd" if "\ud800" <= character <= "\udfff" else character


def _ignore(*_: object) -> None:
    pass
