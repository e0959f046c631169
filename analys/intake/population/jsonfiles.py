"""Population in JSON: json-stat as PxWebApi answers, PxWebApi 1's own JSON, and Kolada's lists of key figures.

json-stat2: https://json-stat.org/full/ ("value" is an array or an object of positions, "status" explains a null);
json-stat 1 has the same in a bundle, with the order of its dimensions among them: {"dataset": {"dimension": {"id", ...}}}.
PxWebApi 1: {"columns": [{"code", "text", "type"}], "data": [{"key", "values"}]}, type "c" being the measures.
Kolada: {"values": [{"kpi", "municipality", "period", "values": [{"gender", "value", "status"}]}], "next_url"}.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from analys.documents.files import unusable
from analys.documents.text import read_text
from analys.finder.dates import parse_period
from analys.intake.population.cubes import Cell, Cube, Dimension, guess_role, placed, size_of
from analys.intake.population.headings import MEN, WOMEN, Role
from analys.intake.population.observations import Observation
from analys.masking import printable

#: Kolada's key figure "Invånare totalt, antal".
KOLADA_POPULATION: Final = "N01951"
_LONGEST_NUMBER: Final = 300
#: SDMX's status of a value that nothing is to be said of; others are "e" (estimated), "p" (provisional) ...
_NORMAL: Final = "A"
_GENDERS: Final = {"T": "", "K": WOMEN, "M": MEN}
#: What json-stat says a dimension is.
_ROLES: Final = {"time": Role.PERIOD, "geo": Role.CODE, "metric": Role.CONTENTS}
#: What json-stat 1 has among its dimensions, and json-stat2 beside them.
_ORDER: Final = ("id", "size", "role")
#: How Kolada begins the four digits of a county and of the country; its groups of municipalities begin with G.
_NO_MUNICIPALITY, _GROUP = "00", "G"


def load(path: Path) -> dict[str, Any]:
    """The file's JSON object. Raises :class:`InputError` with the line of what is no JSON."""
    text, _ = read_text(path, max_line=None)
    try:
        content = json.loads(
            text, parse_constant=_refuse_constant, parse_int=_whole_number, object_pairs_hook=_without_repeats
        )
    except json.JSONDecodeError as error:
        place = f"rad {error.lineno}, tecken {error.colno}"
        raise unusable(
            path, "JSON", "något annat", "filen är avkapad eller ändrad: hämta den på nytt", place
        ) from error
    except ShapeError as error:
        raise unusable(path, "JSON som är en tabell", str(error)[:100], "hämta filen på nytt") from error
    except RecursionError as error:
        found = "listor i listor, för djupt för en tabell"
        raise unusable(path, "JSON som är en tabell", found, "hämta filen på nytt") from error
    if not isinstance(content, dict):
        raise unusable(path, "ett JSON-objekt", "en lista eller ett ensamt värde", "be om json-stat2, csv eller xlsx")
    return content


class ShapeError(ValueError):
    """What a file holds instead of what its format says, in Swedish."""


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


class _Form(BaseModel):
    """What a format says of an object; fields that are not named here are left out."""

    model_config = ConfigDict(coerce_numbers_to_str=True, frozen=True)


#: A text that may be left out or null; and so for names of categories.
_Text = Annotated[str, BeforeValidator(lambda text: str(text or ""))]
_OrNothing = BeforeValidator(lambda mapping: mapping or {})


class _Category(_Form):
    index: dict[str, int] | list[str] | None = None
    label: Annotated[dict[str, str], _OrNothing] = {}
    unit: Annotated[dict[str, Any], _OrNothing] = {}

    @property
    def codes(self) -> tuple[str, ...]:
        if isinstance(self.index, dict):
            return tuple(sorted(self.index, key=self.index.__getitem__))
        return tuple(self.label if self.index is None else self.index)


class _Axis(_Form):
    category: _Category
    label: _Text = ""

    def dimension(self, name: str, role: str) -> Dimension:
        codes, label = self.category.codes, self.label or name
        texts = tuple(self.category.label.get(code, code) for code in codes)
        units = tuple(_unit(self.category.unit.get(code)) for code in codes)
        return Dimension(name, label, codes, texts, _ROLES.get(role) or guess_role(name, label, codes, texts), units)


class _Dataset(_Form):
    """json-stat2."""

    id: list[str]
    size: list[int]
    dimension: dict[str, _Axis]
    role: Annotated[dict[str, list[str]], _OrNothing] = {}
    label: _Text = ""
    source: _Text = ""
    value: dict[str, Any] | list[Any]
    status: str | dict[str, Any] | list[Any] | None = None


class _Column(_Form):
    code: str
    text: str | None = None
    type: Any = None


class _Row(_Form):
    key: list[str]
    values: list[Any]


class _Answer(_Form):
    """PxWebApi 1."""

    columns: list[_Column]
    data: list[_Row]


def _said(error: ValueError) -> str:
    """What was found instead, in words; never those of Python or of a library."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        if first["type"] == "missing":
            return f"inget fält {str(first['loc'][-1])[:60]!r}"
        return "ett fält med något annat än det formatet säger"
    return str(error)


def is_jsonstat(content: Mapping[str, Any]) -> bool:
    """Whether it is a json-stat2 dataset, perhaps without its figures."""
    return {"id", "size", "dimension"} <= content.keys()


def unbundled(content: dict[str, Any]) -> dict[str, Any]:
    """A bundle of json-stat 1 as the json-stat2 dataset that it holds; anything else as it is."""
    dataset = content.get("dataset")
    if not isinstance(dataset, dict) or not isinstance(dataset.get("dimension"), dict):
        return content
    axes = dataset["dimension"]
    order = {key: axes[key] for key in _ORDER if key in axes}
    return dataset | order | {"dimension": {name: axis for name, axis in axes.items() if name not in order}}


def is_pxweb_metadata(content: Mapping[str, Any]) -> bool:
    """Whether it is PxWebApi 1's description of a table."""
    return isinstance(content.get("variables"), list) and "title" in content


def is_pxweb(content: Mapping[str, Any]) -> bool:
    """Whether it is an answer of PxWebApi 1 in its own JSON."""
    return isinstance(content.get("columns"), list) and isinstance(content.get("data"), list)


def is_kolada(content: Mapping[str, Any]) -> bool:
    """Whether it is an answer from Kolada's API."""
    values = content.get("values")
    return isinstance(values, list) and any("municipality" in _fields(entry) for entry in values)


def read_pxweb(path: Path, content: Mapping[str, Any]) -> Cube:
    """The answer as a cube of what its rows name; a cell's row is its row in "data", from 1. Raises
    :class:`InputError`."""
    try:
        answer = _Answer.model_validate(content)
        keys = next((len(row.key) for row in answer.data), len(answer.columns))
        measures = [column for column in answer.columns if column.type == "c"] or answer.columns[keys:]
        axes = [column for column in answer.columns if column not in measures]
        for number, row in enumerate(answer.data, start=1):
            if (len(row.key), len(row.values)) != (len(axes), len(measures)):
                told = f"{len(row.key)} nycklar och {len(row.values)} värden"
                raise ShapeError(f"{told} på rad {number} i data, inte som i columns")
    except ValueError as error:
        raise unusable(path, "ett svar från PxWebApi 1", _said(error), "hämta filen på nytt, som json-stat2") from error
    dimensions = [
        _axis_of(column, tuple(dict.fromkeys(row.key[at] for row in answer.data))) for at, column in enumerate(axes)
    ]
    codes, texts = (tuple(each) for each in ([c.code for c in measures], [c.text or c.code for c in measures]))
    contents = Dimension("ContentsCode", "contents", codes, texts, Role.CONTENTS)
    size = size_of(path, [*dimensions, contents])
    rows = ((number, row.key, row.values) for number, row in enumerate(answer.data, start=1))
    cells = placed(path, [dimension.codes for dimension in dimensions], rows, [None] * size)
    return Cube("", "", "", [*dimensions, contents], cells)


def _axis_of(column: _Column, codes: tuple[str, ...]) -> Dimension:
    """A dimension without labels of its categories; where an answer leaves out its own, the code serves."""
    label = column.code if column.text is None else column.text
    role = Role.PERIOD if column.type == "t" else guess_role(column.code, label, codes, codes)
    return Dimension(column.code, label, codes, codes, role)


def read_jsonstat(path: Path, content: Mapping[str, Any]) -> Cube:
    """The dataset as a cube; a cell's row is its place in "value", from 1. Raises :class:`InputError`."""
    if content.get("value") is None:
        action = "hämta tabellens data: lägg till valda regioner och år i frågan"
        raise unusable(path, "en json-stat2-tabell med tal", "metadata utan tal", action)
    try:
        dataset = _Dataset.model_validate(content)
        if missing := [name for name in dataset.id if name not in dataset.dimension]:
            raise ShapeError(f"inget fält {missing[0][:60]!r}")
        roles = {name: role for role, names in dataset.role.items() for name in names}
        dimensions = [dataset.dimension[name].dimension(name, roles.get(name, "")) for name in dataset.id]
        sizes = [len(dimension) for dimension in dimensions]
        if dataset.size != sizes:
            raise ShapeError(f"storlekarna {dataset.size}, men kategorierna {sizes}")
        cells = _cells(dataset, size_of(path, dimensions))
    except ValueError as error:
        raise unusable(path, "en json-stat2-tabell", _said(error), "hämta filen på nytt") from error
    return Cube(dataset.label, "", dataset.source, dimensions, cells)


def _unit(unit: Any) -> str:
    """ "antal personer", or "1000 antal personer" where the figures are to be multiplied."""
    told = _fields(unit)
    power = min(int(told.get("multiplier") or 0), 9)
    return (f"{10**power} " if power else "") + str(told.get("base") or told.get("label") or "")


def _cells(dataset: _Dataset, size: int) -> list[Cell | None]:
    """One cell a position; those that the file leaves out have a problem each. Raises :class:`ShapeError` where there
    are more or fewer values than the dimensions say."""
    values = _by_position(dataset.value)
    if isinstance(dataset.value, list) and len(values) < size:  # one is missing, and nobody can tell where
        raise ShapeError(f"{len(values)} värden, men dimensioner för {size}")
    if unknown := values.keys() - set(map(str, range(size))):
        raise ShapeError(f"{len(unknown)} värden utöver de {size} som dimensionerna säger")
    status = dataset.status
    marks = dict.fromkeys(values, status) if isinstance(status, str) else _by_position(status or {})
    return [_cell(at, values, marks.get(str(at))) for at in range(size)]


def _by_position(given: dict[str, Any] | list[Any]) -> dict[str, Any]:
    return given if isinstance(given, dict) else {str(at): value for at, value in enumerate(given)}


def _cell(at: int, values: Mapping[str, Any], mark: Any) -> Cell:
    value = values.get(str(at))
    if value is not None:
        note = "" if mark in (None, "", _NORMAL) else f"status {str(mark)[:20]} i källan"
        return Cell(value, at + 1, note=printable(note))
    left_out = "" if str(at) in values else "filen har inget värde på platsen"
    return Cell(None, at + 1, left_out if mark is None else f"ingen folkmängd: status {mark!r}")


def _fields(entry: Any) -> dict[str, Any]:
    """An object's fields; what is no object has none."""
    return entry if isinstance(entry, dict) else {}


def read_kolada(path: Path, content: Mapping[str, Any]) -> tuple[list[Observation], str]:
    """Each value of the answer as an observation (row: its number in the answer), and what to say of its key figure.

    Raises :class:`InputError` when the population is not among its key figures.
    """
    entries = content["values"]
    figures = list(dict.fromkeys(str(entry.get("kpi")) for entry in entries if isinstance(entry, dict)))
    if KOLADA_POPULATION not in figures:
        found = ", ".join(figure[:20] for figure in figures[:5])
        raise unusable(path, f"nyckeltal {KOLADA_POPULATION}, invånare totalt", found, "välj det nyckeltalet")
    is_one_of_several = content.get("next_url") or content.get("next_page") or content.get("next")
    note = f"nyckeltal {KOLADA_POPULATION}" + ("; en sida av flera: läs även de följande" if is_one_of_several else "")
    values = enumerate(_kolada_values(entries), start=1)
    return [_kolada_observation(row, entry, value) for row, (entry, value) in values], note


def _kolada_values(entries: list[Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each value beside its entry; older answers have one value in the entry itself."""
    for entry in map(_fields, entries):
        values = entry.get("values")
        several = values if isinstance(values, list) else []
        yield from ((entry, _fields(value)) for value in several or [entry])


def _kolada_observation(row: int, entry: Mapping[str, Any], value: Mapping[str, Any]) -> Observation:
    gender = _GENDERS.get(str(value.get("gender") or "T"))
    code, kpi, people = str(entry.get("municipality")), str(entry.get("kpi")), value.get("value")
    problems = (
        (not entry, "ingen post från Kolada"),
        (kpi != KOLADA_POPULATION, f"ett annat nyckeltal: {kpi}"),
        (gender is None, f"okänt kön {value.get('gender')!r}"),
        (value.get("isdeleted"), "borttaget av Kolada"),
        (people is None, f"ingen folkmängd: {value.get('status') or 'null'}"),
        (code.startswith(_GROUP), f"en grupp av kommuner ({code})"),
    )
    return Observation(
        sheet="",
        row=row,
        code=code.removeprefix(_NO_MUNICIPALITY) if len(code) == 4 else code,
        name="",
        date=parse_period(entry.get("period")),
        value=people,
        breakdown=(("kon", gender),) if gender else (),
        problem=next((said for holds, said in problems if holds), ""),
    )
