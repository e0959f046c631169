"""Invoices and supplier ledgers: any of the known formats in, the canonical table out, every unused row reported."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from analys.documents import separated
from analys.documents.files import MIB, Kind, Limits, detect, unusable
from analys.documents.separated import Row
from analys.documents.spreadsheets import WORKBOOKS, Sheet, read_workbook
from analys.documents.text import read_text
from analys.errors import InputError
from analys.intake.invoices import layouts, readings, records, sie, tables, ubl
from analys.intake.invoices.deliveries import without_copies
from analys.intake.invoices.layouts import Layout, Match, Target
from analys.intake.invoices.tables import COLUMNS, Collector, Heading
from analys.intake.result import ReadResult
from analys.masking import mask

__all__ = ["COLUMNS", "LIMITS", "read", "without_copies"]

#: For reading in memory. Larger ledgers are read in a stream by :mod:`analys.ledgers`.
LIMITS: Final = Limits(bytes=256 * MIB, cells=30_000_000)


def read(path: Path | str, *, layout: Path | str | None = None, member: str = "") -> ReadResult:
    """Read a ledger or an invoice of any known format, told by its content.

    The frame has :data:`COLUMNS`: text (empty where unknown), ``belopp_kr`` signed ``Decimal`` with two decimals,
    excluding VAT where the source tells it apart; ``datum`` is ``YYYY-MM-DD``, or ``YYYY-MM`` or ``YYYY`` where the
    source says no more; personal identity numbers are masked. ``layout`` names a bundled column map or a file with
    one; without it the map is found by the headings. ``member`` is the code of the municipality that paid, where a
    ledger's rows do not say it; it goes before the file's name. Rows of a table are counted below its heading row,
    blank rows are none; an invoice's rows are its lines and charges, a SIE file's its transactions.

    Raises :class:`InputError` for a file that cannot be used at all: damaged, no ledger, or with columns that no
    column map knows.
    """
    path = Path(path)
    detected = detect(path, LIMITS.bytes)
    maps = layouts.tried(layout, member)
    match detected.kind:
        case Kind.XML:
            return ubl.read(path, detected.why)
        case Kind.SIE:
            return sie.read(path, detected.why)
        case kind if kind in WORKBOOKS:
            return _read_workbook(path, maps, detected.why)
        case Kind.TEXT:
            return _read_text(path, maps)
        case Kind.JSON:
            return _read_json(path, maps)
        case _:
            raise unusable(
                path,
                "en reskontra (xlsx, csv, json, SIE 4) eller en faktura (UBL)",
                str(detected.kind),
                "exportera den så",
            )


def _read_text(path: Path, maps: Sequence[Layout]) -> ReadResult:
    content, encoding = read_text(path)
    lines = list(io.StringIO(content.removeprefix("\ufeff"), newline=""))
    delimiter, heading = tables.choose_delimiter(lines, maps)
    heading = _fitting(heading, maps, path)
    tables.check_titles(separated.records(lines[: heading.row - 1], delimiter), str(path), "rad")
    below = separated.records(lines, delimiter, len(heading.match.headings))
    odd = frozenset(encoding.odd_lines)
    rows = (_checked(row, odd, encoding.name) for row in below if row.number > heading.row)
    shown = {"\t": "tabb"}.get(delimiter, repr(delimiter))
    why = [encoding.why, f"{shown} mellan kolumnerna", f"{_why(heading.match.layout)} på rad {heading.row}"]
    return _taken(path, heading, rows, why)


def _read_json(path: Path, maps: Sequence[Layout]) -> ReadResult:
    rows, why = records.rows(path)
    heading = _fitting(tables.find_heading(rows[:1], maps), maps, path)
    match, note = readings.settled(heading.match, (row.cells for row in rows[1:]))
    return _taken(path, Heading(0, match, note), rows[1:], [why, _why(match.layout)])


def _fitting(heading: Heading | None, maps: Sequence[Layout], path: Path) -> Heading:
    """The heading row, if its columns are all known."""
    if heading is None:
        raise _no_heading(path, maps)
    if not heading.match.fits:
        raise layouts.UnmappedError(layouts.faults(heading.match, str(path), f"rad {heading.row}"), heading.match)
    return heading


def _taken(path: Path, heading: Heading, rows: Iterable[Row], why: Sequence[str]) -> ReadResult:
    collector = Collector(str(path))
    tables.take_rows(rows, heading.match, collector, path)
    told = filter(None, [*why, heading.note, *_named(heading.match, path)])
    return collector.result(heading.match.layout.namn, "; ".join(told))


def _checked(row: Row, odd: frozenset[int], encoding: str) -> Row:
    """A row in another encoding than the rest of its file cannot be trusted to say what it says."""
    if odd.isdisjoint(range(row.number, row.number + row.lines)):
        return row
    return Row(row.number, row.cells, f"väntade text i {encoding} som i resten, fann en annan teckenkodning")


def _read_workbook(path: Path, maps: Sequence[Layout], seen: str) -> ReadResult:
    collector = Collector(str(path))
    tables_found: list[tuple[Sheet, list[Row], Heading]] = []
    others: list[tuple[str, Heading]] = []
    for sheet in read_workbook(path, LIMITS):
        name = mask(sheet.name)
        rows = [Row(number, cells) for number, cells in enumerate(sheet.rows, 1)]
        heading = tables.find_heading(rows[: tables.HEADING_ROWS], maps)
        if heading and "" in heading.match.headings:
            rows = tables.without_empty_columns(rows, heading)
            heading = tables.find_heading(rows[: tables.HEADING_ROWS], maps)
        if heading and heading.match.fits:
            tables_found.append((sheet, rows, heading))
        elif heading:
            others.append((name, heading))
    ledgers = [other for other in others if Target.BELOPP in other[1].match.targets]
    if ledgers or (others and not tables_found):
        faults = [
            fault
            for sheet, heading in ledgers or others
            for fault in layouts.faults(heading.match, str(path), f"blad {sheet}, rad {heading.row}")
        ]
        raise layouts.UnmappedError(faults, (ledgers or others)[0][1].match)
    if not tables_found:
        raise _no_heading(path, maps)
    why = [seen]
    postings = [heading.match.tells_postings_apart for _, _, heading in tables_found]
    for (sheet, rows, heading), tells_apart in zip(tables_found, postings, strict=True):
        name = mask(sheet.name)
        if any(postings) and not tells_apart:
            collector.report(name, heading.row, "väntade datum eller fakturanummer som i de andra bladen, fann summor: "
                             "bladet läses inte")  # fmt: skip
            continue
        tables.check_titles(rows[: heading.row - 1], str(path), f"blad {name}, rad")
        below = rows[heading.row :]
        match, note = readings.settled(heading.match, (row.cells for row in below), sheet.day_zero)
        tables.take_rows(below, match, collector, path, sheet.name)
        why.append(f"{_why(match.layout)} i bladet {name} rad {heading.row}{f' ({note})' if note else ''}")
    for name, heading in others:
        collector.report(name, heading.row, "väntade en reskontra, fann en tabell utan belopp: bladet läses inte")
    first = tables_found[postings.index(True) if any(postings) else 0][2].match
    return collector.result(first.layout.namn, "; ".join([*why, *_named(first, path)]))


def _named(match: Match, path: Path) -> list[str]:
    """What the rows have from the file's name, in words."""
    reader = tables.RowReader(match, path, "")
    return [f"filens namn säger när: {reader.period}"] if reader.period else []


def _why(layout: Layout) -> str:
    return f"rubrikerna i kolumnkartan {layout.id!r}"


def _no_heading(path: Path, maps: Sequence[Layout]) -> InputError:
    named = [f"med rubrikerna i kolumnkartan {layout.id!r}: {', '.join(layout.kolumner)}" for layout in maps]
    usual = "för en reskontra, som Leverantör, Organisationsnummer, Fakturanummer, Datum, Belopp"
    return unusable(
        path,
        f"en rubrikrad {named[0] if len(named) == 1 else usual}",
        f"ingen bland de första {tables.HEADING_ROWS} raderna",
        "kontrollera att det är en reskontra; lägg i så fall till en rubrikrad eller skriv en kolumnkarta",
    )
