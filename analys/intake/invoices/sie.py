"""SIE 4: the vouchers of a Swedish bookkeeping file (SIE-gruppen, SIE filformat utgåva 4B, 2008-09-30).

The standard prescribes code page 437. A voucher must balance: when it does not, or is cut short, none of its rows
can be trusted and all of them are reported. ``#RTRANS`` and ``#BTRANS`` tell of added and struck rows; what was
added stands in a ``#TRANS`` too, so both are reported and neither is counted twice.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from analys.documents.files import unusable
from analys.documents.text import Encoding, read_text
from analys.intake.invoices import cells
from analys.intake.invoices.payer import municipality_of_buyer
from analys.intake.invoices.tables import Collector
from analys.intake.result import ReadResult
from analys.masking import file_name, shown

NAME: Final = "SIE 4"
_CODE_PAGE: Final = "cp437"
#: A field may lack its closing mark: it then takes the rest of the line, so that no line is scanned twice.
_FIELD: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|\{(?:[^}"]|"(?:[^"\\]|\\.)*"?)*\}?|[^\s"{}]+|\}')
_AMOUNT: Final = re.compile(r"-?\d{1,13}(\.\d{1,2})?")
#: An amount whose thousands a blank groups: no SIE file may have that, and where it is not quoted it is two fields.
_GROUPED: Final = re.compile(r"-?\d{1,3}( \d{3})+([.,]\d{1,2})?")
_TRANSACTIONS: Final = {
    "#TRANS": "",
    "#RTRANS": "en tillagd rad (#RTRANS), som #TRANS efter den upprepar",
    "#BTRANS": "en struken rad (#BTRANS), som inte hör till verifikationen",
}
#: Dimension numbers that the standard reserves, so that a file need not name them.
_RESERVED_DIMENSIONS: Final = {
    "1": "Kostnadsställe", "2": "Kostnadsbärare", "6": "Projekt", "7": "Anställd", "8": "Kund", "9": "Leverantör",
    "10": "Faktura",
}  # fmt: skip
#: Of these, the ones that say who sent an invoice, and its number.
_SUPPLIER: Final = "9"
_INVOICE: Final = "10"


@dataclass
class _Book:
    """What the file says of itself before the vouchers."""

    company: str = ""
    number: str = ""
    currency: str = "SEK"
    accounts: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, str] = field(default_factory=lambda: dict(_RESERVED_DIMENSIONS))
    objects: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class _Voucher:
    """A voucher's head, its rows so far and the first thing that is wrong with it."""

    line: int
    name: str
    date: str
    text: str
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    fault: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes a voucher the same as another: number, date and all rows, but for the lines they stand on."""
        posted = [(row.get("konto_nr"), row.get("belopp_kr"), row.get("text")) for _, row in self.rows]
        return self.name, self.date, *posted


def read(path: Path, why: str) -> ReadResult:
    """Every ``#TRANS`` of every balanced voucher is a row; ``faktura_nr`` is the voucher's series and number, or
    the line that it begins on where it has no number.

    ``text`` is the row's text or the voucher's, then its objects by dimension in brackets. Raises
    :class:`InputError` for a file without vouchers.
    """
    content, encoding = read_text(path)
    if encoding.name in ("cp850", "cp437"):
        encoding = Encoding(_CODE_PAGE, "teckentabell 437, som standarden föreskriver", encoding.odd_lines)
        content = path.read_bytes().decode(_CODE_PAGE)
    reader = _Reader(path, encoding)
    for number, line in enumerate(io.StringIO(content, newline=""), 1):
        reader.line(number, _fields(line))
    collector = reader.finish()
    return collector.result(NAME, f"{why}; {encoding.why}")


def _date(written: str) -> str:
    try:
        return cells.date(written)
    except ValueError as error:
        raise ValueError(f"{error}, fann {shown(written)},") from error


def _fields(line: str) -> list[str]:
    return [
        re.sub(r"\\(.)", r"\1", part.removeprefix('"').removesuffix('"')) if part.startswith('"') else part
        for part in _FIELD.findall(line.strip())
    ]


class _Reader:
    def __init__(self, path: Path, encoding: Encoding) -> None:
        self.path = path
        self.odd = frozenset(encoding.odd_lines)
        self.book = _Book()
        self.collector = Collector(str(path))
        self.voucher: _Voucher | None = None
        self.vouchers = 0
        #: The vouchers read, and the line that each begins on.
        self.before: dict[tuple[object, ...], int] = {}
        self.kind = ""

    def line(self, number: int, fields: list[str]) -> None:
        match [field.upper() if at == 0 else field for at, field in enumerate(fields)]:
            case ["#VER", *rest]:
                self._close(number, "väntade dess slutparentes, fann nästa verifikation")
                self._open(number, rest)
            case [label, *rest] if label in _TRANSACTIONS:
                self._transaction(number, label, rest)
            case ["}"]:
                self._close(number, "")
            case ["#SIETYP", kind, *_]:
                self.kind = kind
            case ["#FNAMN", name, *_]:
                self.book.company = cells.text(name)
            case ["#ORGNR", number_, *_]:
                self.book.number = number_
            case ["#VALUTA", currency, *_]:
                self.book.currency = currency
            case ["#KONTO", account, name, *_]:
                self.book.accounts[account] = cells.text(name)
            case ["#DIM" | "#UNDERDIM", dimension, name, *_]:
                self.book.dimensions[dimension] = cells.text(name)
            case ["#OBJEKT", dimension, code, name, *_]:
                self.book.objects[dimension, code] = cells.text(name)
            case [label, *_] if self.voucher and label != "{":
                self.collector.report("", number, f"väntade en rad i verifikationen (#TRANS), fann {shown(label)}")

    def finish(self) -> Collector:
        self._close(0, "väntade dess slutparentes, fann filens slut")
        if not self.vouchers and not self.collector.rows_in:
            found = f"typ {self.kind}, som bara har saldon" if self.kind in ("1", "2", "3") else "inga"
            raise unusable(self.path, "SIE typ 4 med verifikationer (#VER)", found, "exportera transaktionerna (SIE 4)")
        return self.collector

    def _open(self, number: int, rest: Sequence[str]) -> None:
        series, voucher, date, text, *_ = [*rest, "", "", "", ""]
        self.vouchers += 1
        name = cells.invoice_number(f"{series} {voucher}" if voucher else f"{series} rad {number}")
        self.voucher = _Voucher(number, name, date, cells.text(text))
        try:
            self.voucher.date = _date(date)
        except ValueError as error:
            self.voucher.fault = f"väntade {error} i #VER på rad {number}"

    def _transaction(self, number: int, label: str, rest: Sequence[str]) -> None:
        if _TRANSACTIONS[label]:
            self.collector.report("", number, _TRANSACTIONS[label])
            return
        if self.voucher is None:
            self.collector.report("", number, "väntade en verifikation (#VER) omkring raden, fann ingen")
            return
        row: dict[str, Any] = {}
        try:
            if number in self.odd:
                raise ValueError("text i samma teckenkodning som resten")
            row = self._row(number, rest, self.voucher)
        except ValueError as error:
            self.voucher.fault = self.voucher.fault or f"väntade {error} på rad {number}"
        self.voucher.rows.append((number, row))

    def _row(self, number: int, rest: Sequence[str], voucher: _Voucher) -> dict[str, Any]:
        account, objects, amount, date, text, *_ = [*rest, "", "", "", "", ""]
        if not (objects.startswith("{") and objects.endswith("}")):
            raise ValueError(f"en objektlista i klammer efter kontot, fann {shown(objects)}")
        if _GROUPED.fullmatch(f"{amount} {date}") or _GROUPED.fullmatch(amount):
            found = amount if " " in amount else f"{amount} {date}"
            raise ValueError(f"ett belopp utan blanksteg mellan tusental, som 1000.00, fann {shown(found)}")
        if not _AMOUNT.fullmatch(amount):
            raise ValueError(f"ett belopp som -1234.50, fann {shown(amount)}")
        described = cells.text(text) or voucher.text or self.book.accounts.get(account, "")
        listed = _fields(objects[1:-1])
        pairs = list(zip(listed[::2], listed[1::2], strict=False))
        dimensions = "; ".join(self._object(*pair) for pair in pairs)
        supplier = next((code for dimension, code in pairs if dimension == _SUPPLIER), "")
        invoice = next((code for dimension, code in pairs if dimension == _INVOICE), "")
        return {
            "leverantor_id": cells.supplier_number(supplier)[0],
            "leverantor": self.book.objects.get((_SUPPLIER, supplier), ""),
            "kommunkod": municipality_of_buyer(self.book.number, self.book.company),
            "kopare": self.book.company,
            "faktura_nr": cells.invoice_number(invoice) or voucher.name,
            "datum": _date(date) if date else voucher.date,
            "konto_nr": cells.text(account),
            "belopp_kr": cells.kronor(Decimal(amount)),
            "valuta": cells.currency(self.book.currency),
            "text": f"{described} [{dimensions}]".strip() if dimensions else described,
            "kalla": f"{file_name(self.path)}, rad {number}",
        }

    def _object(self, dimension: str, code: str) -> str:
        name = self.book.objects.get((dimension, code), "")
        title = self.book.dimensions.get(dimension, f"dimension {dimension}")
        return cells.text(f"{title} {code} {name}")

    def _close(self, number: int, fault: str) -> None:
        voucher, self.voucher = self.voucher, None
        if voucher is None:
            return
        total = sum((row["belopp_kr"] for _, row in voucher.rows if row), Decimal(0))
        again = self.before.setdefault(voucher.identity, voucher.line)
        fault = fault or ("" if again == voucher.line else f"väntade den en gång, fann den även på rad {again}")
        reason = (
            voucher.fault or fault or (f"väntade rader som summerar till noll, fann summan {total}" if total else "")
        )
        for line, row in voucher.rows:
            if reason:
                self.collector.report("", line, f"verifikation {voucher.name}: {reason}")
            else:
                self.collector.take("", line, **row)
