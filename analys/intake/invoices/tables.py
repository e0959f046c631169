"""Ledgers in rows and columns: find the heading row, lay a column map on it, take each row or report it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analys.documents.separated import DELIMITERS, Row, records
from analys.errors import Fault, InputError
from analys.intake.invoices import cells, readings
from analys.intake.invoices.layouts import Layout, Match, Target, best, faults, lay
from analys.intake.invoices.payer import municipality_code, municipality_in_name, municipality_of_buyer, period_in_name
from analys.intake.result import ReadResult, Reported
from analys.masking import file_name, mask, printable, shown
from analys.swedish import fold, plain

#: The canonical columns of every invoice table; all text ("" is unknown), but ``belopp_kr`` is exact ``Decimal``.
COLUMNS: Final = (
    "kommunkod", "kopare", "leverantor_id", "leverantor", "faktura_nr", "datum", "konto_nr", "belopp_kr", "valuta",
    "text", "kalla",
)  # fmt: skip

#: The columns of amounts, the one that is taken first where there are several.
AMOUNTS: Final = (Target.BELOPP, Target.BELOPP_INKL_MOMS, Target.DEBET)

#: The columns that say who paid.
PAYER: Final = (Target.KOMMUN, Target.KOPARE_ID, Target.KOPARE, Target.KOPARE_TEXT)

#: The columns whose cells may say that their row does not count.
SAYS_VOIDED: Final = (Target.STATUS, Target.TEXT)

#: The columns in which a hidden person shows that a row is a posting.
_PARTY: Final = (Target.LEVERANTOR, Target.LEVERANTOR_ID, Target.FAKTURA_NR)

#: What no date is: where one stands there and not in its own column, the columns have shifted.
_NEVER_DATES: Final = (Target.LEVERANTOR, Target.LEVERANTOR_ID, Target.KONTO)

#: What stands in a row that adds up the others, with whose rows those are where the ledger tells its postings apart:
#: "Summa Bok AB"; "Summa AB" is a company's own name.
_TOTAL: Final = re.compile(r"(summa|delsumma|slutsumma|totalsumma|total|totalt|sum|summa totalt|totalt summa)")
_TOTAL_OF: Final = re.compile(r"((del|slut|total)?summa|totalt?)( for)? (?!(ab|hb|kb|aktiebolag|ek for)\b).+")
_LONGEST_LABEL: Final = 100
#: A heading row stands among the first rows, after at most some lines of title.
HEADING_ROWS: Final = 30
#: What a title says where amounts are no kronor: "belopp i tkr", "(mnkr)", but not "fakturor över 100 tkr".
_OTHER_UNIT: Final = re.compile(
    r"(?:\bi |\(|^|belopp:? )"
    r"(tkr|kkr|ksek|tusen kronor|tusental kronor|tusentals kronor|mkr|mnkr|msek|miljoner kronor|eur|euro|usd|nok|dkk)\b",
    re.IGNORECASE,
)
#: So many names of columns in a row below the heading row make it one of headings.
_HEADINGS_AGAIN: Final = 3
#: How a workbook's formula looks whose value was never stored.
_UNCALCULATED: Final = "en tom cell, eller en formel som aldrig har räknats"


class Collector:
    """The rows taken and the rows reported of one file: their sum is always the number of rows that came in."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.reported: list[Reported] = []
        self._columns: dict[str, list[Any]] = {column: [] for column in COLUMNS}
        self._places: list[tuple[str, int]] = []

    def take(self, sheet: str, row: int, **cells_by_column: Any) -> None:
        self._places.append((mask(sheet), row))
        for column, values in self._columns.items():
            cell = cells_by_column.get(column, "")
            # Most cells stand in many rows; one copy of each is enough.
            values.append(sys.intern(cell) if type(cell) is str else cell)

    def report(self, sheet: str, row: int, reason: str) -> None:
        self.reported.append(Reported(self.file, mask(sheet), row, mask(reason)))

    @property
    def rows_in(self) -> int:
        return len(self._places) + len(self.reported)

    def frame(self) -> pd.DataFrame:
        """The taken rows with :data:`COLUMNS`."""
        types = dict.fromkeys(COLUMNS, "str") | {"belopp_kr": "object"}
        return pd.DataFrame({name: pd.Series(values, dtype=types[name]) for name, values in self._columns.items()})

    def result(self, name: str, why: str) -> ReadResult:
        """All of it, for a file that was taken for ``name``."""
        return ReadResult(name, why, self.rows_in, self.frame(), tuple(self.reported), tuple(self._places))


@dataclass(frozen=True)
class Heading:
    """Where the heading row was found and what its columns hold; ``note`` says what its columns decided."""

    row: int
    match: Match
    note: str = ""


def find_heading(rows: Sequence[Row], layouts: Sequence[Layout]) -> Heading | None:
    """The first of ``rows`` that fits a layout; else the row that comes nearest; ``None`` when no two columns fit."""
    nearest: Heading | None = None
    for row in rows:
        headings = _headings(row)
        if len([heading for heading in headings if heading]) < 2:
            continue
        below = (other.cells for other in rows if other.number > row.number)
        heading = Heading(row.number, readings.with_one_amount(best(headings, layouts), below))
        if heading.match.fits:
            return heading
        if _mapped(heading) >= 2 and (nearest is None or _mapped(heading) > _mapped(nearest)):
            nearest = heading
    return nearest


def without_empty_columns(rows: Sequence[Row], heading: Heading) -> list[Row]:
    """The rows without the columns that hold nothing from the heading row on: many sheets begin in column B."""
    width = max(len(row.cells) for row in rows)
    filled = {
        column
        for row in rows[heading.row - 1 :]
        for column, cell in enumerate(row.cells)
        if cell is not None and str(cell).strip()
    }
    kept = [column for column in range(width) if column in filled]
    return [replace(row, cells=[row.cells[column] for column in kept if column < len(row.cells)]) for row in rows]


def check_titles(rows: Iterable[Row], file: str, place: str) -> None:
    """Raise :class:`InputError` where a title says that the amounts are no kronor, as no cell below does."""
    for row in rows:
        for cell in row.cells:
            if isinstance(cell, str) and (unit := _OTHER_UNIT.search(plain(cell))):
                found, mend = (
                    f"{unit[1]!r} i titeln {shown(cell)}",
                    "skriv beloppen i kronor, utan den titeln",
                )
                raise InputError([Fault(file, f"{place} {row.number}", "belopp i kronor", found, mend)])


def _mapped(heading: Heading) -> int:
    return len(heading.match.targets) - len(heading.match.unmapped)


def _headings(row: Row) -> list[str]:
    headings = ["" if cell is None else str(cell).strip() for cell in row.cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def choose_delimiter(lines: Sequence[str], layouts: Sequence[Layout]) -> tuple[str, Heading | None]:
    """The delimiter under which a heading row fits a layout, or comes nearest to fitting one.

    The first :data:`readings.SAMPLE` lines decide what the heading's layout leaves open.
    """
    found = [
        (delimiter, find_heading(list(islice(records(lines[: HEADING_ROWS * 2], delimiter), HEADING_ROWS)), layouts))
        for delimiter in DELIMITERS
    ]
    delimiter, heading = max(found, key=lambda pair: (pair[1].match.fits, _mapped(pair[1])) if pair[1] else (False, 0))
    if heading is None:
        return delimiter, None
    below = records(lines[: readings.SAMPLE], delimiter, len(heading.match.headings))
    match, note = readings.settled(heading.match, (row.cells for row in below if row.number > heading.row))
    return delimiter, replace(heading, match=match, note=note)


def take_rows(rows: Iterable[Row], match: Match, collector: Collector, path: Path, sheet: str = "") -> None:
    """Take or report every row below the heading row. Blank rows are no rows."""
    reader = RowReader(match, path, sheet)
    for row in rows:
        if row.is_blank:
            continue
        taken, reasons = reader.read(row)
        if reasons:
            collector.report(sheet, row.number, "; ".join(reasons))
            if reader.is_heading(row):
                reader = reader.below(row, path, sheet)
        else:
            collector.take(sheet, row.number, **taken)


def check_order(reader: RowReader, row: Row, path: Path) -> None:
    """Raise :class:`InputError` where a heading row comes again with its columns in another order.

    For readers that do not read the rows in their order: they cannot tell which rows stand below it.
    """
    if reader.is_heading(row) and reader.below(row, path, "") is not reader:
        expected, found = "samma kolumnordning i hela filen", "en andra rubrikrad med annan ordning"
        raise InputError([Fault(str(path), f"rad {row.number}", expected, found, "dela filen där")])


class RowReader:
    """Reads rows under one heading row. ``columns`` are those of each target, in file order."""

    def __init__(self, match: Match, path: Path, sheet: str) -> None:
        self.match, self.is_sheet = match, bool(sheet)
        self.place = f"{file_name(path)}, blad {mask(printable(sheet))}" if sheet else file_name(path)
        self.columns: dict[Target, list[int]] = {}
        for column, target in enumerate(match.targets):
            if target is not None:
                self.columns.setdefault(target, []).append(column)
        self.telling = [column for target in SAYS_VOIDED for column in self.columns.get(target, ())]
        self.period = "" if {Target.DATUM, Target.AR} & self.columns.keys() else period_in_name(path.stem)
        self.municipality = match.layout.kommun or municipality_in_name(path.stem)
        self.amount_column = Target.BELOPP if Target.BELOPP in self.columns else Target.BELOPP_INKL_MOMS
        self.holds_vat = self.amount_column is Target.BELOPP_INKL_MOMS or match.layout.belopp_ar == "brutto"
        given = self.columns.keys()
        numbered = {Target.FAKTURA_NR, Target.VERIFIKATION} & given
        self.tells_apart = bool(numbered and {Target.DATUM, Target.AR} & given)
        self.currency_of = lru_cache(cells.currency)
        layout = match.layout
        self.amount_of = partial(cells.amount, grouping=layout.tusental)
        self.date_of = partial(
            cells.date, first=layout.forst_i_datum, last=layout.sist_i_datum, day_zero=layout.dagnummer_fran
        )

    def read(self, row: Row) -> tuple[dict[str, Any], list[str]]:
        """The row's canonical cells, and the reasons why it cannot be used (none: it can)."""
        width = len(self.match.headings)
        if row.fault:
            return {}, [row.fault]
        if len(row.cells) < width or any(cell not in ("", None) for cell in row.cells[width:]):
            filled = len(row.cells)
            return {}, [
                f"väntade {width} celler som i rubrikraden, fann {filled}: förskjutna kolumner eller en avkapad rad"
            ]
        reasons: list[str] = []
        if any(cells.is_voided(row.cells[column]) for column in self.columns.get(Target.MAKULERAD, ())):
            return {}, [f"{self._heading_of(Target.MAKULERAD)}: raden är makulerad och räknas inte"]
        if said := [column for column in self.telling if cells.says_voided(cells.text(row.cells[column]))]:
            return {}, [f"{self.match.headings[said[0]]}: raden är {shown(row.cells[said[0]])} och räknas inte"]
        number, note = cells.supplier_number(self._first(row, Target.LEVERANTOR_ID))
        account, account_text = cells.account(self._first(row, Target.KONTO))
        taken: dict[str, Any] = {
            "leverantor_id": number or cells.text(self._first(row, Target.LEVERANTOR_NR)),
            "leverantor": cells.party(self._first(row, Target.LEVERANTOR)),
            "faktura_nr": cells.invoice_number(self._first(row, Target.FAKTURA_NR))
            or cells.invoice_number(self._first(row, Target.VERIFIKATION)),
            "konto_nr": account,
            "kopare": self._buyer(row),
            "text": "; ".join(
                part
                for part in [account_text, *(cells.text(row.cells[i]) for i in self.columns.get(Target.TEXT, ())), note]
                if part
            ),
            "kalla": cells.text(self._first(row, Target.KALLA)) or f"{self.place}, rad {row.number}",
        }
        taken["belopp_kr"] = self._amount(row, reasons)
        taken["datum"] = self._date(row, reasons)
        taken["valuta"] = self._read(row, Target.VALUTA, self.currency_of, reasons) or "SEK"
        taken["kommunkod"] = self.payer(row, reasons)
        if reasons and self.is_heading(row):
            reasons = ["väntade en post, fann en rubrikrad igen"]
        if not reasons and self._is_total(row, taken):
            reasons.append("väntade en post, fann varken datum eller nummer: en summarad")
        return taken, reasons

    def _is_total(self, row: Row, taken: dict[str, Any]) -> bool:
        """Whether a row without a date of its own and without an invoice number adds up others, by its words or because
        it has no supplier either."""
        if (taken["datum"] and Target.DATUM in self.columns) or any(map(str.isdigit, taken["faktura_nr"])):
            return False
        if not any(taken[name] for name in ("leverantor_id", "leverantor", "faktura_nr")):
            return not any(cells.is_hidden(self._first(row, target)) for target in _PARTY)
        texts = [fold(cell) for cell in row.cells if isinstance(cell, str) and len(cell) < _LONGEST_LABEL]
        known = (_TOTAL, _TOTAL_OF) if self.tells_apart else (_TOTAL,)
        return any(pattern.fullmatch(text) for text in texts for pattern in known)

    def _first(self, row: Row, target: Target) -> object:
        """The target's first cell that says something."""
        columns = self.columns.get(target, ())
        for column in columns[:-1]:
            if cells.text(row.cells[column]):
                return row.cells[column]
        return row.cells[columns[-1]] if columns else None

    def _read(self, row: Row, target: Target, parse: Callable[[Any], Any], reasons: list[str]) -> Any:
        if target not in self.columns:
            return ""
        cell = self._first(row, target)
        try:
            return parse(cell)
        except (ValueError, OverflowError) as error:
            found = _UNCALCULATED if self.is_sheet and cell in ("", None) else shown(cell)
            reasons.append(f"{self._heading_of(target)}: väntade {error}, fann {found}")
            return ""

    def is_heading(self, row: Row) -> bool:
        """Whether the row is one of headings: where its amount should stand stands the name of a column, as do others'
        beside it."""
        if row.fault or len(row.cells) < len(self.match.headings):
            return False
        known = self.match.layout.headings
        amount = next((cell for target in AMOUNTS if (cell := self._first(row, target))), None)
        return (
            isinstance(amount, str)
            and fold(amount) in known
            and sum(isinstance(cell, str) and fold(cell) in known for cell in row.cells) >= _HEADINGS_AGAIN
        )

    def below(self, row: Row, path: Path, sheet: str) -> RowReader:
        """The reader for the rows below a heading row that comes again, maybe with its columns in another order.

        Raises :class:`InputError` for columns that the map of the first does not know.
        """
        again = lay(self.match.layout, _headings(row))
        if not again.fits:
            place = f"blad {mask(sheet)}, rad {row.number}" if sheet else f"rad {row.number}"
            raise InputError(faults(again, str(path), f"{place}, en andra rubrikrad"))
        return self if again.targets == self.match.targets else RowReader(again, path, sheet)

    def _amount(self, row: Row, reasons: list[str]) -> Any:
        """The amount without VAT, or debit less credit where these stand in columns of their own."""
        if Target.DEBET not in self.columns:
            amount = self._read(row, self.amount_column, self.amount_of, reasons)
            if not self.holds_vat or reasons or not cells.text(self._first(row, Target.MOMS)):
                return amount
            vat = self._read(row, Target.MOMS, self.amount_of, reasons)
            return "" if reasons else amount - vat
        sides = [
            self._read(row, side, self.amount_of, reasons) if cells.text(self._first(row, side)) else None
            for side in (Target.DEBET, Target.KREDIT)
        ]
        if not reasons and (sides == [None, None] or all(sides)):
            found = "inget" if sides == [None, None] else "båda"
            reasons.append(f"väntade ett belopp i antingen {self._heading_of(Target.DEBET)} eller "
                           f"{self._heading_of(Target.KREDIT)}, fann {found}")  # fmt: skip
        return "" if reasons else (sides[0] or Decimal(0)) - (sides[1] or Decimal(0))

    def _heading_of(self, target: Target) -> str:
        return self.match.headings[self.columns[target][0]]

    def _date(self, row: Row, reasons: list[str]) -> str:
        if Target.AR in self.columns:
            return self._year_and_month(row, reasons)
        if Target.DATUM not in self.columns:
            return self.period
        if not cells.text(self._first(row, Target.DATUM)):
            if shifted := [cell for of in _NEVER_DATES if cells.is_date(cell := self._first(row, of))]:
                due, found = self._heading_of(Target.DATUM), shown(shifted[0])
                reasons.append(f"väntade ett datum i {due}, fann {found} i en annan kolumn: förskjutna kolumner")
            return ""
        date: str = self._read(row, Target.DATUM, self.date_of, reasons)
        return date

    def _year_and_month(self, row: Row, reasons: list[str]) -> str:
        """The month of a year that stands in a column of its own; a whole date beside it must be of that year."""
        written = cells.text(self._first(row, Target.DATUM))
        if not cells.text(self._first(row, Target.AR)):
            return self._read(row, Target.DATUM, self.date_of, reasons) if written else ""
        year: str = self._read(row, Target.AR, self.date_of, reasons)
        if reasons or not written:
            return year
        if re.fullmatch(r"\d{1,2}|[^\W\d]+", written):
            month: Any = self._read(row, Target.DATUM, lambda _: cells.month_number(written), reasons)
            return "" if reasons else f"{year[:4]}-{month:02}"
        date: str = self._read(row, Target.DATUM, self.date_of, reasons)
        if date and not date.startswith(year):
            reasons.append(f"{self._heading_of(Target.DATUM)}: väntade ett datum i {year}, fann {date}")
        return date

    def _buyer(self, row: Row) -> str:
        return next(
            (
                written
                for target in (Target.KOPARE_TEXT, Target.KOPARE, Target.KOPARE_ID)
                if (written := cells.text(self._first(row, target)))
            ),
            "",
        )

    def payer(self, row: Row, reasons: list[str]) -> str:
        """The paying municipality's code: its own column, else the buyer, else the file's name; empty when unknown."""
        cell = self._first(row, Target.KOMMUN)
        if written := cells.text(cell):
            code, fault = municipality_code(written)
            if fault:
                heading = self.match.headings[self.columns[Target.KOMMUN][0]]
                reasons.append(f"{heading}: väntade en kommuns kod eller namn; {fault}")
            return code
        number = cells.text(self._first(row, Target.KOPARE_ID)) or cells.text(self._first(row, Target.KOPARE))
        return municipality_of_buyer(number, self._buyer(row)) or self.municipality
