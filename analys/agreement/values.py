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
                "header row",
                f"columns {MEMBER_HEADINGS[0]!r} and {column!r}",
                repr(found) if found else "no rows",
                "name the column (kolumn) as the file does",
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
            fault = Fault(str(file), place, f"{error} for {region.name}", repr(cell), "correct the figure")
        else:
            if figure < 0:
                fault = Fault(str(file), place, f"zero or more for {region.name}", repr(cell), "correct the figure")
            elif region.code in values:
                fault = Fault(str(file), place, "each municipality once", region.name, "remove one of its rows")
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
        expected = "an xlsx workbook" if workbook else "comma- or semicolon-separated text in UTF-8"
        raise InputError([Fault(str(file), "", expected, str(error), "save the file anew")]) from error


def _xlsx(file: Path) -> Iterator[tuple[str, list[object]]]:
    from openpyxl import load_workbook

    workbook = load_workbook(file, read_only=True, data_only=True)
    for sheet in workbook:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield f"sheet {sheet.title}, row {number}", list(cells)
    workbook.close()


def _csv(file: Path) -> Iterator[tuple[str, list[object]]]:
    text = file.read_text(encoding="utf-8-sig")
    delimiter = ";" if text.count(";") >= text.count(",") else ","  # decimal commas are fewer than their columns
    for number, cells in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), 1):
        yield f"row {number}", list(cells)
