"""Population by region and date, out of the files that statistics come in.

SCB's yearly workbooks and database exports (xlsx, separated text; long and wide), PC-Axis, json-stat2, Kolada's JSON,
and tables from elsewhere that name municipalities and have one column of population.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from analys.documents.files import MIB, Detected, Kind, Limits, detect, unusable
from analys.documents.spreadsheets import WORKBOOKS
from analys.intake.population import cubes, grids, jsonfiles, px
from analys.intake.population.observations import (
    BREAKDOWNS,
    COLUMNS,
    NOISE_FROM,
    Observation,
    Source,
    settle,
)
from analys.intake.population.several import without_repeats
from analys.intake.result import ReadResult
from analys.masking import file_name, printable

__all__ = ["BREAKDOWNS", "COLUMNS", "LIMITS", "NOISE_FROM", "read", "without_repeats"]

#: Ten years of SCB's population by sex, age and municipality fit; more is no table of population.
LIMITS: Final = Limits(bytes=64 * MIB, cells=4_000_000)


def read(path: Path, by: Sequence[str] = ()) -> ReadResult:
    """The canonical table (:data:`COLUMNS`; dates as ISO text, population as int64) and every row that is not in it.

    ``by`` keeps breakdowns, of :data:`BREAKDOWNS`, each as a column of its own. Raises :class:`InputError` when the
    file cannot be read at all, ``ValueError`` for a breakdown that is none.
    """
    if unknown := [dimension for dimension in by if dimension not in BREAKDOWNS]:
        raise ValueError(f"det finns ingen indelning {', '.join(unknown)}; de som finns är {', '.join(BREAKDOWNS)}")
    detected = detect(path, LIMITS.bytes)
    read_kind = {
        **dict.fromkeys(WORKBOOKS, _read_workbook),
        Kind.TEXT: _read_separated,
        Kind.PX: _read_px,
        Kind.JSON: _read_json,
    }
    if detected.kind not in read_kind:
        raise unusable(path, "en tabell över folkmängd", detected.kind, "be om den som xlsx, csv, px eller json-stat2")
    source, observations = read_kind[detected.kind](path, detected, by)
    return settle(source, observations, by)


_Read = tuple[Source, list[Observation]]


def _read_workbook(path: Path, detected: Detected, by: Sequence[str]) -> _Read:
    found = grids.read_grids(path, grids.read_sheets(path, LIMITS), by)
    return _source(path, detected.kind, detected.why, found.account, title=found.citation), found.observations


def _read_separated(path: Path, detected: Detected, by: Sequence[str]) -> _Read:
    grid, encoding, delimiter = grids.read_separated(path, LIMITS)
    found = grids.read_grids(path, [grid], by)
    why = f"{detected.why}; kolumner skilda av {delimiter}; {encoding.name}: {encoding.why}"
    source = _source(path, "text med skilda kolumner", why, found.account, title=found.citation)
    return replace(source, is_ascii=encoding.is_ascii), found.observations


def _read_px(path: Path, detected: Detected, by: Sequence[str]) -> _Read:
    cube, encoding = px.read_cube(path)
    return _read_cube(path, detected.kind, f"{detected.why}; {encoding.name}: {encoding.why}", cube)


def _read_json(path: Path, detected: Detected, by: Sequence[str]) -> _Read:
    loaded = jsonfiles.load(path)
    content = jsonfiles.unbundled(loaded)
    if jsonfiles.is_jsonstat(content):
        kind, where = ("json-stat2", "JSON") if content is loaded else ("json-stat 1", "JSON, i ett knippe,")
        why = f"{where} med id, size, dimension och value"
        return _read_cube(path, kind, why, jsonfiles.read_jsonstat(path, content))
    if jsonfiles.is_pxweb(content):
        why = "JSON med columns, och data av key och values"
        return _read_cube(path, "PxWebApi 1 JSON", why, jsonfiles.read_pxweb(path, content))
    if jsonfiles.is_kolada(content):
        observations, note = jsonfiles.read_kolada(path, content)
        why = "JSON med en lista av värden per kommun och period"
        title = f"nyckeltal {jsonfiles.KOLADA_POPULATION}"
        return _source(path, "Kolada", why, note, title=title, publisher="Kolada"), observations
    if jsonfiles.is_pxweb_metadata(content):
        found, action = "metadata utan tal (PxWebApi 1)", "hämta tabellens data med en fråga, som json-stat2"
        raise unusable(path, "json-stat2 eller Koladas JSON", found, action)
    found = f"JSON med {', '.join(map(str, list(content)[:8])) or 'inget i'}"
    raise unusable(path, "json-stat2 eller Koladas JSON", found[:200], "be om json-stat2, csv eller xlsx")


def _read_cube(path: Path, kind: str, why: str, cube: cubes.Cube) -> _Read:
    shape = " x ".join(f"{dimension.label[:40]} ({len(dimension)})" for dimension in cube.dimensions)
    title = cube.title or cube.contents
    source = _source(path, kind, why, f"dimensionerna {shape}", title=title, publisher=cube.source)
    return source, list(cubes.observations(path, cube))


def _source(path: Path, kind: str, why: str, account: str, *, title: str, publisher: str = "") -> Source:
    """``kalla``: who published what, then the file. Its text comes from the file, so it must not begin a formula."""
    parts = [" ".join(part.split())[:200] for part in (publisher, title) if part.strip()]
    citation = ", ".join([*parts, f"fil {file_name(path)}"]).lstrip("=+-@ \t")
    return Source(path, str(kind), printable(f"{why}; {account}"), printable(citation))
