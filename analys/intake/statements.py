"""The payments and costs that an agreement's documents state in words: ``uppgifter.csv`` in the agreement's folder.

One row a statement and document. A stated amount is the interval of all that rounds to it: "376 tkr" is
[375 500, 376 500) kr. Two ends with an en dash are a range. ``precision_kr`` says what the amount is rounded to where its
unit does not tell ("1 mnkr" as the upper end of a rough range).
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from analys.errors import AnalysError, Fault, InputError
from analys.evidence import Interval
from analys.register import resolve_municipality
from analys.swedish import MONEY, UNITS, parse_number

FILE: Final = "uppgifter.csv"
COLUMNS: Final = (
    "id", "kommunkod", "kommun", "typ", "period_fran", "period_till",
    "angivet", "precision_kr", "dokument", "stalle", "citat",
)  # fmt: skip

#: What a statement is of (``typ``).
PAYMENT: Final = "betalning"
PAYMENT_PER_YEAR: Final = "betalning per år"
COST_PER_YEAR: Final = "kostnad per år"


@dataclass(frozen=True)
class Statement:
    """One stated amount or range, in kronor. ``code`` is empty for the service as a whole."""

    id: str
    code: str
    name: str
    kind: str
    from_date: dt.date
    to_date: dt.date
    text: str
    precision: int
    interval: Interval
    document: str
    place: str
    quote: str

    @property
    def is_range(self) -> bool:
        return "–" in self.text

    @property
    def source(self) -> str:
        return f"{self.document}, {self.place}"


def precision_of(text: str) -> int:
    """What an amount is rounded to as far as its unit tells: 1 000 kr for "64 tkr", 100 kr for "47,5 tkr", else 1 kr."""
    last = parse_number(text.split("–")[-1])
    step = UNITS.get(last.unit or "", Decimal(1)) / 10**last.decimals
    return max(1, int(step))


def stated_interval(text: str, precision_kr: int) -> Interval:
    """What a stated amount, or a stated range with an en dash, stands for in kronor.

    ``"376 tkr"`` to the thousand is [375 500, 376 500), ``"47–64 tkr"`` [46 500, 64 500). A range's first number takes
    the unit of its second. Raises ``ValueError`` for an amount without a unit, or a range from high to low.
    """
    numbers = [parse_number(part) for part in text.split("–")]
    if numbers[-1].unit not in MONEY:
        raise ValueError("ett belopp med sin enhet: kr, tkr eller mnkr")
    kronor = [number.value * UNITS[number.unit or numbers[-1].unit] for number in numbers]
    if len(kronor) > 2 or kronor[0] > kronor[-1]:
        raise ValueError("ett belopp, eller ett spann från lågt till högt")
    intervals = [Interval.of_rounded(amount, precision_kr) for amount in kronor]
    return intervals[0].span(intervals[-1])


def read(file: Path) -> tuple[Statement, ...]:
    """The statements of a file; none when it is not there. Raises :class:`InputError` with every bad cell."""
    if not file.is_file():
        return ()
    found: list[Statement] = []
    faults: list[Fault] = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        header = reader.fieldnames or ()
        if missing := [name for name in COLUMNS if name not in header]:
            columns = f"kolumnerna {', '.join(missing)}"
            raise InputError([Fault(file.name, "rad 1", columns, ", ".join(header) or "inget", "lägg till kolumnerna")])
        for row in reader:
            cells = _Cells(file.name, reader.line_num, row)
            statement = cells.statement()
            faults += cells.faults
            if not cells.faults:
                found.append(statement)
    if faults:
        raise InputError(faults)
    return tuple(found)


class _Cells:
    """One row, read cell by cell so that all its faults are told at once."""

    def __init__(self, file: str, row: int, cells: dict[str, str]) -> None:
        self.file, self.row, self.cells = file, row, cells
        self.faults: list[Fault] = []

    def _fault(self, column: str, expected: str) -> None:
        place = f"rad {self.row}, kolumn {column}"
        self.faults.append(Fault(self.file, place, expected, repr(self.cells[column]), "rätta cellen"))

    def _date(self, column: str) -> dt.date:
        try:
            return dt.date.fromisoformat(self.cells[column] or "")
        except ValueError:
            self._fault(column, "ett datum som 2023-01-01")
            return dt.date.min

    def _code(self) -> str:
        try:
            return resolve_municipality(self.cells["kommunkod"]).code if self.cells["kommunkod"] else ""
        except AnalysError as error:
            self._fault("kommunkod", f"en kommuns kod, eller inget ({error})")
            return ""

    def _amount(self) -> tuple[int, Interval]:
        text, stated = self.cells["angivet"] or "", self.cells["precision_kr"] or ""
        try:
            precision = int(stated) if stated else precision_of(text)
        except ValueError:
            self._fault("precision_kr", "hela kronor, eller inget")
            return 1, Interval.point(0)
        try:
            return precision, stated_interval(text, precision)
        except ValueError as error:
            self._fault("angivet", str(error))
            return 1, Interval.point(0)

    def statement(self) -> Statement:
        text = {name: self.cells[name] or "" for name in COLUMNS}
        precision, interval = self._amount()
        return Statement(
            text["id"],
            self._code(),
            text["kommun"],
            text["typ"],
            self._date("period_fran"),
            self._date("period_till"),
            text["angivet"],
            precision,
            interval,
            text["dokument"],
            text["stalle"],
            text["citat"],
        )
