"""Population in JSON: json-stat as PxWebApi answers, PxWebApi 1's own JSON, and Kolada's lists of key figures.

json-stat2: https://json-stat.org/full/ ("value" is an array or an object of positions, "status" explains a null);
json-stat 1 has the same in a bundle, with the order of its dimensions among them: {"dataset": {"dimension": {"id", ...}}}.
PxWebApi 1: {"columns": [{"code", "text", "type"}], "data": [{"key", "values"}]}, type "c" being the measures.
Kolada: {"values": [{"kpi", "municipality", "period", "values": [{"gender", "value", "status"}]}], "next_url"}.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, Final, NoReturn

from analys.documents.files import unusable
from analys.documents.text import Encoding, read_text
from analys.finder.dates import parse_period
from analys.intake.population.cubes import MAX_CELLS, Cell, Cube, Dimension, guess_role
from analys.intake.population.headings import MEN, WOMEN, Role
from analys.intake.population.observations import Observation
from analys.masking import printable

#: Kolada's key figure "Invånare totalt, antal".
KOLADA_POPULATION: Final = "N01951"
_LONGEST_NUMBER: Final = 300
#: SDMX's status of a value that nothing is to be said of; others are "e" (estimated), "p" (provisional) ...
_NORMAL: Final = "A"
_GENDERS: Final = {"T": "", "K": WOMEN, "M": MEN}


def load(path: Path) -> tuple[dict[str, Any], Encoding]:
    """The file's JSON object. Raises :class:`InputError` with the line of what is no JSON."""
    text, encoding = read_text(path, max_line=None)
    try:
        content = json.loads(
            text, parse_constant=_refuse_constant, parse_int=_whole_number, object_pairs_hook=_without_repeats
        )
    except json.JSONDecodeError as error:
        place = f"rad {error.lineno}, tecken {error.colno}"
        raise unusable(
            path, "JSON", "något annat", "filen är avkapad eller ändrad: hämta den på nytt", place
        ) from error
    except (ValueError, RecursionError) as error:
        raise unusable(path, "JSON som är en tabell", _said(error)[:100], "hämta filen på nytt") from error
    if not isinstance(content, dict):
        raise unusable(path, "ett JSON-objekt", "en lista eller ett ensamt värde", "be om json-stat2, csv eller xlsx")
    return content, encoding


def _whole_number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ShapeError(f"ett tal med {len(digits)} siffror")
    return int(digits)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        repeated = next(key for at, (key, _) in enumerate(pairs) if any(key == other for other, _ in pairs[:at]))
        raise ShapeError(f"nyckeln {repeated[:60]!r} två gånger i ett objekt")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ShapeError(f"{name}, som inte är ett tal")


class ShapeError(ValueError):
    """What a file holds instead of what its format says, in Swedish."""


#: What reading a file of another shape ends in.
_NOT_OF_THE_SHAPE: Final = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError)


def _said(error: Exception) -> str:
    """What was found instead, in words; never Python's own."""
    if isinstance(error, ShapeError):
        return str(error)
    if isinstance(error, KeyError):
        return f"inget fält {str(error.args[0])[:60]!r}"
    if isinstance(error, RecursionError):
        return "listor i listor, för djupt för en tabell"
    return "ett fält med något annat än det formatet säger"


def is_jsonstat(content: dict[str, Any]) -> bool:
    """Whether it is a json-stat2 dataset, perhaps without its figures."""
    return {"id", "size", "dimension"} <= content.keys()


def unbundled(content: dict[str, Any]) -> dict[str, Any]:
    """A bundle of json-stat 1 as the json-stat2 dataset that it holds; anything else as it is."""
    dataset = content.get("dataset")
    if not isinstance(dataset, dict) or not isinstance(dataset.get("dimension"), dict):
        return content
    dimensions = dataset["dimension"]
    return dataset | {key: dimensions[key] for key in ("id", "size", "role") if key in dimensions}


def is_pxweb_metadata(content: dict[str, Any]) -> bool:
    """Whether it is PxWebApi 1's description of a table."""
    return isinstance(content.get("variables"), list) and "title" in content


def is_pxweb(content: dict[str, Any]) -> bool:
    """Whether it is an answer of PxWebApi 1 in its own JSON."""
    return isinstance(content.get("columns"), list) and isinstance(content.get("data"), list)


def read_pxweb(path: Path, content: dict[str, Any]) -> Cube:
    """The answer as a cube of what its rows name; a cell's row is its row in "data", from 1. Raises
    :class:`InputError`."""
    try:
        columns = [_column(column) for column in content["columns"]]
        rows = [([str(key) for key in row["key"]], list(row["values"])) for row in content["data"]]
        measures = [column for column in columns if column[2] == "c"] or columns[len(rows[0][0]) :]
        axes = [column for column in columns if column not in measures]
        for at, (key, values) in enumerate(rows, start=1):
            if len(key) != len(axes) or len(values) != len(measures):
                raise ShapeError(f"{len(key)} nycklar och {len(values)} värden på rad {at} i data, inte som i columns")
    except _NOT_OF_THE_SHAPE as error:
        found = _said(error)
        raise unusable(path, "ett svar från PxWebApi 1", found, "hämta filen på nytt, som json-stat2") from error
    dimensions = []
    for at, (name, label, kind) in enumerate(axes):
        codes = tuple(dict.fromkeys(key[at] for key, _ in rows))
        role = Role.PERIOD if kind == "t" else guess_role(name, label, codes, codes)
        dimensions.append(Dimension(name, label, codes, codes, role))
    codes, texts = tuple(code for code, _, _ in measures), tuple(text for _, text, _ in measures)
    dimensions.append(Dimension("ContentsCode", "contents", codes, texts, Role.CONTENTS))
    if (size := prod(map(len, dimensions))) > MAX_CELLS:
        raise unusable(path, f"högst {MAX_CELLS} celler", str(size), "välj färre värden och hämta tabellen på nytt")
    places = [{code: at for at, code in enumerate(dimension.codes)} for dimension in dimensions]
    cells: list[Cell | None] = [None] * size
    for number, (key, values) in enumerate(rows, start=1):
        start = 0
        for place, code in zip(places, key, strict=False):
            start = start * len(place) + place[code]
        start *= len(measures)
        if any(cells[start : start + len(values)]):
            raise unusable(
                path, "varje nyckel en gång", f"{', '.join(key)[:80]} igen på rad {number}", "hämta filen på nytt"
            )
        cells[start : start + len(values)] = [Cell(value, number) for value in values]
    return Cube("", "", "", tuple(dimensions), cells.__getitem__)


def _column(column: dict[str, Any]) -> tuple[str, str, Any]:
    """Code, text and type of a column; where an answer leaves out what is no more than a label, the code serves."""
    code = str(column["code"])
    return code, str(column.get("text", code)), column.get("type")


def is_kolada(content: dict[str, Any]) -> bool:
    """Whether it is an answer from Kolada's API."""
    values = content.get("values")
    return isinstance(values, list) and any(isinstance(entry, dict) and "municipality" in entry for entry in values)


def read_jsonstat(path: Path, content: dict[str, Any]) -> Cube:
    """The dataset as a cube; a cell's row is its place in "value", from 1. Raises :class:`InputError`."""
    if content.get("value") is None:
        action = "hämta tabellens data: lägg till valda regioner och år i frågan"
        raise unusable(path, "en json-stat2-tabell med tal", "metadata utan tal", action)
    try:
        names = [str(name) for name in content["id"]]
        roles = {str(name): role for role, of in dict(content.get("role") or {}).items() for name in of}
        dimensions = tuple(_dimension(content["dimension"][name], name, roles.get(name, "")) for name in names)
        sizes = [int(size) for size in content["size"]]
        if sizes != [len(dimension) for dimension in dimensions]:
            raise ShapeError(f"storlekarna {sizes}, men kategorierna {[len(dimension) for dimension in dimensions]}")
        size = prod(sizes)
        if size > MAX_CELLS:
            raise ShapeError(f"{size} celler, fler än {MAX_CELLS}")
        cells = _cells(content["value"], content.get("status"), size)
    except _NOT_OF_THE_SHAPE as error:
        found = _said(error)
        raise unusable(path, "en json-stat2-tabell", found, "hämta filen på nytt") from error
    label, source = str(content.get("label") or ""), str(content.get("source") or "")
    return Cube(label, "", source, dimensions, cells.__getitem__)


def _dimension(content: dict[str, Any], name: str, role: str) -> Dimension:
    index, labels = content["category"].get("index"), dict(content["category"].get("label") or {})
    if index is None:
        codes = list(labels)
    elif isinstance(index, dict):
        codes = sorted(index, key=lambda code: int(index[code]))
    else:
        codes = list(index)
    codes = [str(code) for code in codes]
    texts = tuple(str(labels.get(code, code)) for code in codes)
    label = str(content.get("label") or name)
    known = {"time": Role.PERIOD, "geo": Role.CODE, "metric": Role.CONTENTS}
    units = dict(content["category"].get("unit") or {})
    told = tuple(_unit(units.get(code)) for code in codes)
    return Dimension(name, label, tuple(codes), texts, known.get(role) or guess_role(name, label, codes, texts), told)


def _unit(unit: Any) -> str:
    """ "antal personer", or "1000 antal personer" where the figures are to be multiplied."""
    if not isinstance(unit, dict):
        return ""
    power = min(int(unit.get("multiplier") or 0), 9)
    return (f"{10**power} " if power else "") + str(unit.get("base") or unit.get("label") or "")


def _cells(values: Any, status: Any, size: int) -> list[Cell]:
    """One cell a position; those that the file leaves out have a problem each."""
    if isinstance(values, list) and len(values) < size:  # one is missing, and nobody can tell where
        raise ShapeError(f"{len(values)} värden, men dimensioner för {size}")
    found = dict(values.items()) if isinstance(values, dict) else {str(at): value for at, value in enumerate(values)}
    if unknown := [at for at in found if not (at.isdigit() and int(at) < size)]:
        raise ShapeError(f"{len(unknown)} värden utöver de {size} som dimensionerna säger")
    if isinstance(status, str):
        marks = dict.fromkeys(found, status)
    else:
        marks = {
            str(at): mark for at, mark in (status.items() if isinstance(status, dict) else enumerate(status or []))
        }
    cells = []
    for at in range(size):
        value, mark = found.get(str(at)), marks.get(str(at))
        problem = "" if str(at) in found else "filen har inget värde på platsen"
        if value is None and mark is not None:
            problem = f"ingen folkmängd: status {mark!r}"
        note = f"status {str(mark)[:20]} i källan" if value is not None and mark not in (None, "", _NORMAL) else ""
        cells.append(Cell(value, at + 1, problem, printable(note)))
    return cells


def read_kolada(path: Path, content: dict[str, Any]) -> tuple[list[Observation], str]:
    """Each value of the answer as an observation (row: its number in the answer), and what to say of its key figure.

    Raises :class:`InputError` when the population is not among its key figures.
    """
    entries = content["values"]
    figures = list(dict.fromkeys(str(entry.get("kpi")) for entry in entries if isinstance(entry, dict)))
    if KOLADA_POPULATION not in figures:
        found = ", ".join(figure[:20] for figure in figures[:5])
        raise unusable(path, f"nyckeltal {KOLADA_POPULATION}, invånare totalt", found, "välj det nyckeltalet")
    note = f"nyckeltal {KOLADA_POPULATION}"
    if content.get("next_url") or content.get("next_page") or content.get("next"):
        note += "; en sida av flera: läs även de följande"
    return list(_kolada_values(entries)), note


def _kolada_values(entries: list[Any]) -> Iterator[Observation]:
    row = 0
    for entry in entries:
        if not isinstance(entry, dict):
            row += 1
            yield Observation("", row, "", "", None, None, problem="ingen post från Kolada")
            continue
        values = entry.get("values")
        for item in values if isinstance(values, list) and values else [entry]:
            row += 1
            yield _kolada_value(row, entry, item if isinstance(item, dict) else {})


def _kolada_value(row: int, entry: dict[str, Any], item: dict[str, Any]) -> Observation:
    gender = _GENDERS.get(str(item.get("gender") or "T"))
    code, problem = _kolada_region(str(entry.get("municipality")))
    value, status = item.get("value"), item.get("status")
    if str(entry.get("kpi")) != KOLADA_POPULATION:
        problem = f"ett annat nyckeltal: {entry.get('kpi')}"
    elif gender is None:
        problem = f"okänt kön {item.get('gender')!r}"
    elif item.get("isdeleted"):
        problem = "borttaget av Kolada"
    elif value is None:
        problem = f"ingen folkmängd: {status or 'null'}"
    return Observation(
        sheet="",
        row=row,
        code=code,
        name="",
        date=parse_period(entry.get("period")),
        value=value,
        breakdown=(("kon", gender),) if gender else (),
        problem=problem,
    )


def _kolada_region(code: str) -> tuple[str, str]:
    """Kolada writes regions "0005" and the country "0000"; groups begin with G."""
    if code.startswith("G"):
        return "", f"en grupp av kommuner ({code})"
    return (code[2:], "") if len(code) == 4 and code.startswith("00") else (code, "")
