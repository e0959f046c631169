"""How an annex looks on paper: real shapes as rows of data, and one writer for all of them."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import openpyxl

from benchmarks.kinds import world
from benchmarks.kinds.table import Column, Table, plain, rounded

Cell = object
Rows = list[list[Cell]]


@dataclass(frozen=True)
class Layout:
    """One shape. ``codes``: where a column of codes stands ("", "first", "last"), ``code_as`` how a code is written.

    ``names``: how members are written, ``{}`` the name. ``head``: the heading over the names; "" for none.
    ``two_rows``: years or groups in a merged row over the headings. ``numbers``: how figures are written ("typed",
    "space", "nbsp", "point", "ore", "kr"). ``share``: "percent", "fraction", "number" (per cent without a sign), "mille".
    ``tkr``: amounts in thousands. ``left``, ``above``: empty columns and rows.
    ``extras``: what stands beside the table's own: two earlier "years", the "change" from last year, a "region" with an
    amount of its own, "dashes" for a member that pays nothing. ``broken``: headings over several lines.
    ``titles``, ``footnotes``: lines of text. ``total``: the word in the total's row; "" for none. ``encoding``: of a csv
    file, "" for a workbook. ``amounts_first``: amounts before keys. ``parts``: a table a kind of column.
    """

    name: str
    codes: str = ""
    code_as: str = "text"
    names: str = "{}"
    head: str = "Kommun"
    two_rows: bool = False
    numbers: str = "typed"
    share: str = "percent"
    tkr: bool = False
    left: int = 0
    above: int = 0
    titles: int = 1
    footnotes: int = 0
    total: str = "Summa"
    encoding: str = ""
    amounts_first: bool = False
    parts: bool = False
    blank_between: int = 0
    extras: str = ""
    broken: bool = False


LAYOUTS = (
    Layout("plain"),
    Layout("csv, semicolons, utf-8", encoding="utf-8-sig", numbers="nbsp"),
    Layout("csv, dos letters", encoding="cp850", numbers="space"),
    Layout("csv, latin-1, amounts with points", numbers="point", encoding="latin-1"),
    Layout("code column first", codes="first"),
    Layout("numbers as codes, no heading over names, no title", codes="first", code_as="number", head="", titles=0),
    Layout("code column last", codes="last", names="{} kommun", head="Part"),
    Layout("code and name in one cell", names="{code} {}"),
    Layout("two-row heading, years merged", two_rows=True),
    Layout("three years over columns, merged, codes", two_rows=True, extras="years", codes="first"),
    Layout("three years in headings", extras="years"),
    Layout("change from last year", extras="change"),
    Layout("offset, with codes", left=2, above=3, codes="first", code_as="number"),
    Layout("names in the genitive", names="{s} kommun", head="Medlem"),
    Layout("names in capitals", names="{upper}", head="Medlemskommuner"),
    Layout("footnote marks after names, broken headings", names="{} 1)", broken=True, footnotes=1),
    Layout("share in per mille", share="mille"),
    Layout("share as bare per cent", share="number"),
    Layout("share as a fraction", share="fraction"),
    Layout("amounts in thousands", tkr=True),
    Layout("amounts with kr", numbers="kr"),
    Layout("amounts with ore", numbers="ore"),
    Layout("amounts first", amounts_first=True),
    Layout("footnotes and many titles", titles=4, footnotes=3, blank_between=1, total="Totalt samtliga"),
    Layout("totals without a word", total=" "),
    Layout("a party that is no municipality", extras="region"),
    Layout("two tables on a sheet", parts=True),
    Layout("no totals, dashes for one who pays nothing", total="", extras="dashes"),
)

TITLES = (
    "Bilaga 1 Kostnadsfördelning",
    "Gemensam verksamhet",
    "Upprättad av kansliet",
    "Beslutad av samverkansnämnden",
)
FOOTNOTES = ("Fakturering sker halvårsvis i förskott.", "Moms tillkommer.", "Källa: avtalet")


def write(rng: random.Random, table: Table, layout: Layout, folder: Path, name: str) -> Path:
    """The table as a file in a folder."""
    rows, merged = _rows(table, layout)
    if layout.encoding:
        path = folder / f"{name}.csv"
        with path.open("w", encoding=layout.encoding, newline="", errors="replace") as file:
            csv.writer(file, delimiter=";").writerows([["" if cell is None else cell for cell in row] for row in rows])
        return path
    path = folder / f"{name}.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = rng.choice(["Bilaga", "Blad1", "Sheet", "Kostnadsfördelning"])
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(start_row=area[0], start_column=area[1], end_row=area[0], end_column=area[2])
    book.save(path)
    return path


def _rows(table: Table, layout: Layout) -> tuple[Rows, list[tuple[int, int, int]]]:
    columns = [*table.columns[:-1], *_earlier(table, layout), *table.columns[-1:]]
    columns.sort(key=lambda c: c.kind != "amount" if layout.amounts_first else 0)
    keys = [c for c in columns if c.kind in ("population", "volume")]
    groups = [g for g in (keys, [c for c in columns if c not in keys]) if g] if layout.parts else [columns]
    rows: Rows = [[] for _ in range(layout.above)]
    rows += [[title] for title in TITLES[: layout.titles]]
    merged = []
    for group in groups:
        rows += [[]] * (1 if layout.titles or layout.parts else 0)
        if layout.two_rows:
            over, areas = _years(group, layout, len(rows) + 1)
            rows.append(over)
            merged += areas
        rows.append([*_fixed(layout, layout.head, "Kommunkod"), *(_heading(c, layout) for c in group), *_last(layout)])
        rows += _body(table, group, layout)
        rows += _total(table, group, layout)
    rows.append([])
    rows += [[note] for note in (*table.notes, *FOOTNOTES[: layout.footnotes])]
    return [[None] * layout.left + row if row else row for row in rows], [
        (row, first + layout.left, last + layout.left) for row, first, last in merged
    ]


def _earlier(table: Table, layout: Layout) -> list[Column]:
    """The years before, as the same rule gave them of smaller costs, and what has changed since."""
    if layout.extras not in ("years", "change") or table.family == "frozen" or table.amount.year is None:
        return []
    columns = []
    for back, part in ((2, 91), (1, 96))[layout.extras == "change" :]:
        values = [rounded(each * part / 100, table.amount.step, table.mode) for each in table.exact]
        year = table.amount.year - back
        heading = table.amount.heading.replace(str(table.amount.year), str(year))
        total = None if table.amount.total is None else sum(values, Fraction(0))
        columns.append(Column("amount", heading, values, table.amount.step, total, year=year))
    if layout.extras == "change":
        more = [now - before for now, before in zip(table.amount.values, columns[0].values, strict=True)]
        total = None if table.amount.total is None else sum(more, Fraction(0))
        columns.append(Column("amount", f"Förändring {table.amount.year}", more, table.amount.step, total))
    return columns


def _fixed(layout: Layout, name: Cell, code: Cell) -> list[Cell]:
    return [code, name] if layout.codes == "first" else [name]


def _last(layout: Layout, code: Cell = "Kommunkod") -> list[Cell]:
    return [code] if layout.codes == "last" else []


def _body(table: Table, group: list[Column], layout: Layout) -> Iterator[list[Cell]]:
    section = ""
    for i, code in enumerate(table.codes):
        if table.section_of and table.section_of[i] != section:
            section = table.section_of[i]
            yield [section]
        written: Cell = int(code) if layout.code_as == "number" else code
        figures = [_written(c, c.values[i], layout) for c in group]
        yield [*_fixed(layout, _name(code, layout), written), *figures, *_last(layout, written)]
        last = i + 1 == len(table.codes) or (table.section_of and table.section_of[i + 1] != section)
        if section and last and layout.total:
            yield [*_fixed(layout, f"Summa {section.lower()}", None), *_sums(table, group, layout, section)]

    if layout.extras == "dashes":
        nobody = next(code for code in world.NAMES if code not in table.codes)
        yield [*_fixed(layout, _name(nobody, layout), nobody), *("-" for _ in group)]


def _sums(table: Table, group: list[Column], layout: Layout, section: str) -> Iterator[Cell]:
    mine = [i for i, each in enumerate(table.section_of) if each == section]
    for column in group:
        yield (
            None
            if column.total is None
            else _written(column, sum((column.values[i] for i in mine), Fraction(0)), layout)
        )


def _total(table: Table, group: list[Column], layout: Layout) -> Rows:
    if not layout.total or all(column.total is None for column in group):
        return []
    rows: Rows = [[]] * layout.blank_between
    totals = {c.heading: c.total for c in group}
    if layout.extras == "region":
        own = {c.heading: rounded(c.total / 4, c.step, "half_up") for c in group if c.kind == "amount" and c.total}
        rows.append([*_fixed(layout, "Region Norr", None), *(_optional(c, own.get(c.heading), layout) for c in group)])
        totals |= {heading: (totals[heading] or 0) + amount for heading, amount in own.items()}
    figures = [_optional(c, totals[c.heading], layout) for c in group]
    return [*rows, [*_fixed(layout, layout.total.strip() or None, None), *figures]]


def _optional(column: Column, value: Fraction | None, layout: Layout) -> Cell:
    return None if value is None else _written(column, value, layout)


def _name(code: str, layout: Layout) -> str:
    name = world.NAMES[code]
    genitive = name if name[-1] in "sxz" else name + "s"
    return layout.names.format(name, code=code, s=genitive, upper=name.upper())


def _heading(column: Column, layout: Layout) -> str:
    unit = {"amount": " (tkr)" if layout.tkr else "", "share": _SHARE[layout.share][2]}.get(column.kind, "")
    heading = column.heading
    if layout.two_rows and column.year:
        heading = "Kr" if not layout.tkr else "Belopp"
    heading = (heading.replace(" (kr)", "").removesuffix(" kr") if layout.tkr else heading) + unit
    return heading.replace(" ", "\n", 1) if layout.broken else heading


def _years(group: list[Column], layout: Layout, row: int) -> tuple[list[Cell], list[tuple[int, int, int]]]:
    """The row over the headings: the year over each amount, merged over neighbours of the same year."""
    start = len(_fixed(layout, None, None))
    over: list[Cell] = [None] * start
    areas: list[tuple[int, int, int]] = []
    year: int | None = None
    for place, column in enumerate(group, start + 1):
        same = column.year is not None and column.year == year
        over.append(None if same else column.year)
        if same:
            areas[-1] = (row, areas[-1][1], place)
        elif column.year:
            areas.append((row, place, place))
        year = column.year
    return over, [area for area in areas if area[1] < area[2]]


#: How a share is written: what it is multiplied with, the sign after it, and what the heading says.
_SHARE = {
    "percent": (100, " %", ""),
    "fraction": (1, "", ""),
    "number": (100, "", " (%)"),
    "mille": (1000, "", " (‰)"),
}


def _written(column: Column, value: Fraction, layout: Layout) -> Cell:
    factor, sign = Fraction(1), ""
    if column.kind == "share":
        times, sign, _ = _SHARE[layout.share]
        factor = Fraction(times)
    elif column.kind == "amount" and layout.tkr:
        factor = Fraction(1, 1000)
    figure = plain(value * factor)
    if not sign and layout.numbers == "typed" and not layout.encoding:
        return float(figure) if not isinstance(figure, int) else figure
    step, decimals = column.step * factor, 2 if layout.numbers == "ore" and column.kind == "amount" else 0
    while (step * 10**decimals).denominator != 1:
        decimals += 1
    while (value * factor * 10**decimals).denominator != 1:
        decimals += 1
    between = {"space": " ", "nbsp": "\u00a0", "kr": "\u00a0", "ore": "\u00a0", "point": "."}.get(layout.numbers, "")
    text = f"{figure:,.{decimals}f}".replace(",", "\0").replace(".", ",").replace("\0", between)
    return text + sign + (" kr" if layout.numbers == "kr" and column.kind == "amount" and not layout.tkr else "")
