"""Key values from a table beside the agreement: csv or xlsx, one column of members and one of figures."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from analys.agreement.fields import exact
from analys.errors import Fault, InputError
from analys.register import Region, find
from analys.swedish import is_missing

#: Headings of the column that says whose row it is.
MEMBER_HEADINGS: Final = ("kommun", "kommunkod", "medlem", "region", "regionkod")

Rows = list[tuple[str, list[object]]]


@cache
def read_values(file: Path, column: str) -> dict[str, Fraction]:
    """Municipality code -> figure. Raises :class:`InputError` listing every cell that is no figure or comes twice.

    The header row is the first that holds both a member heading and ``column``. Rows whose member cell is empty or no
    municipality (totals, notes) are left out, and so are municipalities without a figure.
    """
    rows = _rows(file)
    wanted = column.strip().casefold()
    for at, (_, cells) in enumerate(rows):
        headings = [str(cell or "").strip().casefold() for cell in cells]
        member = next((headings.index(name) for name in MEMBER_HEADINGS if name in headings), None)
        if member is not None and wanted in headings:
            return _collect(file, rows[at + 1 :], member, headings.index(wanted))
    found = next((", ".join(str(cell) for cell in cells if cell is not None) for _, cells in rows if any(cells)), "")
    raise InputError(
        [
            Fault(
                str(file),
                "rubrikraden",
                f"kolumnerna {MEMBER_HEADINGS[0]!r} och {column!r}",
                repr(found) if found else "inga rader",
                "skriv kolumnens namn (kolumn) som filen gör",
            )
        ]
    )


def _collect(file: Path, rows: Rows, member: int, column: int) -> dict[str, Fraction]:
    values: dict[str, Fraction] = {}
    faults = []
    for place, cells in rows:
        region = _region(cells[member] if member < len(cells) else None)
        if region is None:
            continue
        cell = cells[column] if column < len(cells) else None
        if is_missing(cell):
            continue  # whoever needs the figure says that it is missing
        fault = None
        try:
            figure = exact(cell)
        except ValueError as error:
            fault = Fault(str(file), place, f"{error} för {region.name}", repr(cell), "rätta talet")
        else:
            if figure < 0:
                fault = Fault(str(file), place, f"noll eller mer för {region.name}", repr(cell), "rätta talet")
            elif region.code in values:
                fault = Fault(str(file), place, "varje kommun en gång", region.name, "ta bort en av dess rader")
            values[region.code] = figure
        faults += [fault] if fault else []
    if faults:
        raise InputError(faults)
    return values


def _region(cell: object) -> Region | None:
    region = None if is_missing(cell) else find(str(cell))
    return region if region and region.is_municipality else None


def _rows(file: Path) -> Rows:
    workbook = file.suffix.lower() == ".xlsx"
    try:
        return list(_xlsx(file) if workbook else _csv(file))
    except (OSError, ValueError, KeyError, BadZipFile, csv.Error) as error:
        expected = "en arbetsbok (xlsx)" if workbook else "text i UTF-8 med komma eller semikolon mellan kolumnerna"
        raise InputError([Fault(str(file), "", expected, str(error), "spara filen på nytt")]) from error


def _xlsx(file: Path) -> Iterator[tuple[str, list[object]]]:
    from openpyxl import load_workbook

    workbook = load_workbook(file, read_only=True, data_only=True)
    for sheet in workbook:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield f"blad {sheet.title}, rad {number}", list(cells)
    workbook.close()


def _csv(file: Path) -> Iterator[tuple[str, list[object]]]:
    text = file.read_text(encoding="utf-8-sig")
    delimiter = ";" if text.count(";") >= text.count(",") else ","  # decimal commas are fewer than their columns
    for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), 1):
        yield f"rad {number}", list(cells)
