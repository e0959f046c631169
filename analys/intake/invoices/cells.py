"""One cell of a ledger to its canonical form. Each function raises ``ValueError`` with what it expected instead."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from stdnum.se import orgnr

from analys.finder.dates import stated
from analys.finder.marks import GROUPED, only_groups
from analys.intake.invoices.layouts import DAY, MONTH
from analys.masking import MASK, holds_personal, is_personal, mask
from analys.swedish import MISSING, MONTHS, parse_number, plain

#: What ledgers write where the supplier is unknown or hidden, besides what all Swedish tables write.
NOTHING: Final = MISSING | {"SAKNAS", "Saknas", "#N/A", "#SAKNAS!"}

#: What stands where a person's name or number is hidden: "[innehåller personuppgifter]", "Sekretess".
_HIDDEN: Final = re.compile(
    r"[\[(<{].*[\])>}]|\*+|x{3,}|.*(personuppgift|sekretess|maskera[dt]|anonym|\bgdpr\b).*"
    r"|.*skyddad (uppgift|identitet|person).*"
    r"|(dold|dolt|borttagen|privatperson|ej publik|uppgift(en)? (dold|saknas))",
    re.IGNORECASE,
)
_LONGEST_PLACEHOLDER: Final = 100
#: What a column of voided rows says of those that are not.
_NOT_VOIDED: Final = frozenset({"", "nej", "no", "n", "0", "0.0", "false", "falskt", "falsk", "ej", "aktiv"})
#: What a status or a text says of a row that does not count: "Makulerad", "Makulerad av AB", "Faktura utgår"; not
#: "Makulering av papper", which is bought, nor "Ej makulerad".
_SAYS_VOIDED: Final = re.compile(
    r"(faktura\w* |posten |raden )?(är )?"
    r"(makulera[dt]|annullera[dt]|återför[dt]|avför[dt]|utgår|utgått|ogiltigt?|cancell?ed|voided)"
    r"( (faktura|verifikat|post|av |den |per |\d|\().*)?[.!]?",
    re.IGNORECASE,
)
_LONGEST_STATUS: Final = 60
#: No posting of a Swedish municipality comes near; a larger figure is a damaged cell.
LARGEST_KR: Final = Decimal(10) ** 12
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100

_ORE: Final = Decimal("0.01")
#: What a float cell may be off from whole öre: adding in a spreadsheet gives 1234.5600000000002.
_FLOAT_DUST: Final = Decimal("0.000001")
_NUMERIC_DATE: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
#: The numbers that a spreadsheet gives the days of 1982 to 2064; no other form of a date has five digits.
DAY_NUMBERS: Final = range(30_000, 60_001)
_MONTHS: Final = {form: number for number, name in enumerate(MONTHS, 1) for form in (name, name[:3])}
_YEAR_FIRST: Final = re.compile(r"\d{4}(?=$|[./-]|\d{4}$)")
_TIME: Final = re.compile(r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_SPACES: Final = re.compile(r"\s+")
#: What stands between two numbers in one cell whose blanks are single.
_BETWEEN_NUMBERS: Final = re.compile(r" ?[/,;|&] ?| och | (?=\d{6}-?\d{4}\b)")
#: How exports keep a spreadsheet from taking a number for an amount: ="0012" and '0012.
_GUARD: Final = re.compile(r"=\"([^\"]*)\"|'(\d[\d -]*)")
#: Amounts in brackets are negative; a currency may stand first.
_IN_BRACKETS: Final = re.compile(r"\(([^()+-]+)\)")
_CURRENCY_FIRST: Final = re.compile(r"(?:kr|sek)\.?\s*(?=[\d+-])", re.IGNORECASE)
#: From here on whole amounts have as many digits as the numbers of companies and persons.
_AS_LONG_AS_NUMBERS: Final = 10**9
#: Six digits that are a month of 2001 to 2012 as well as a day of 2020: 200105.
_MONTH_OR_DAY: Final = re.compile(r"(20(0[1-9]|1[0-2]))(0[1-9]|1[0-2])")
#: Longer text in a cell for a number or a date is a damaged cell, not worth parsing.
_LONGEST_NUMBER: Final = 60


def text(cell: object, *, certain: bool = False) -> str:
    """A cell as plain text without personal numbers; a missing or starred-out value is empty."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    return _text(str(cell), certain)


# Ledgers repeat the same buyers, suppliers, accounts and days again and again.
@lru_cache(maxsize=1 << 16)
def _text(cell: str, certain: bool) -> str:
    written = unguarded(_SPACES.sub(" ", plain(cell).replace("\x00", "")))
    if written in NOTHING or (written and not written.strip("* ")):
        return ""
    return mask(written, certain=certain)


def is_hidden(cell: object) -> bool:
    """Whether a placeholder stands where a person's name or number would: it tells no two persons apart."""
    return isinstance(cell, str) and len(cell) <= _LONGEST_PLACEHOLDER and _is_placeholder(cell)


@lru_cache(maxsize=1 << 14)
def _is_placeholder(cell: str) -> bool:
    return _HIDDEN.fullmatch(plain(cell)) is not None


def party(cell: object) -> str:
    """A supplier's name; nothing where it is hidden."""
    return "" if is_hidden(cell) else text(cell)


def is_voided(cell: object) -> bool:
    """Whether a cell of a column of voided rows says that its row is ("Ja", "x", a date)."""
    return text(cell).casefold() not in _NOT_VOIDED


@lru_cache(maxsize=1 << 14)
def says_voided(written: str) -> bool:
    """Whether a status or a text (as :func:`text` gives it) says that its row does not count."""
    return len(written) <= _LONGEST_STATUS and _SAYS_VOIDED.fullmatch(written) is not None


def unguarded(written: str) -> str:
    """The text without what an export put around it to have it kept as text (``="0012"``)."""
    guarded = _GUARD.fullmatch(written)
    return written if guarded is None else guarded[1] or guarded[2] or ""


def amount(cell: object, *, grouping: str = "") -> Decimal:
    """Kronor with exactly two decimals. A float may be off by less than a millionth, more decimals are refused.

    ``grouping`` is the mark that groups thousands where a cell alone does not tell ("1.234"); "1.234,56" does.
    """
    if isinstance(cell, str) and len(cell) > _LONGEST_NUMBER:
        raise ValueError("ett belopp")
    number = parse_number(_written_amount(cell, grouping) if isinstance(cell, str) else cell)
    if number.unit not in (None, "kr", "kronor", "sek"):
        raise ValueError(f"ett belopp i kronor, inte i {number.unit}")
    if abs(number.value) >= _AS_LONG_AS_NUMBERS and _is_party_number(str(cell)):
        raise ValueError("ett belopp, inte ett organisations- eller personnummer: förskjutna kolumner")
    return kronor(number.value, _FLOAT_DUST if isinstance(cell, float) else Decimal(0))


def _is_party_number(written: str) -> bool:
    """Whether a whole amount has the form of a company's or person's number, and its check digit holds."""
    digits = plain(written).removesuffix(".0")
    if not re.fullmatch(r"\d{10}|\d{12}", digits) or not orgnr.is_valid(digits[-10:]):
        return False
    number = _one_number(digits)
    return number == MASK or "-" in number


def _written_amount(cell: str, grouping: str) -> str:
    """The amount as Swedish tables write it: "(1.234,50)" is "-1234,50"."""
    written = unguarded(plain(cell))
    if bracketed := _IN_BRACKETS.fullmatch(written):
        written = f"-{bracketed[1].strip()}"
    return _without_groups(_CURRENCY_FIRST.sub("", written, count=1), grouping)


def _without_groups(written: str, grouping: str) -> str:
    for mark, pattern in GROUPED.items():
        if only_groups(written, mark) or (mark == grouping and pattern.fullmatch(written)):
            return written.replace(mark, "")
    return written


def kronor(value: Decimal, allowed: Decimal = Decimal(0)) -> Decimal:
    """The amount with exactly two decimals; more may be off by what is ``allowed``."""
    if abs(value) > LARGEST_KR:
        raise ValueError(f"ett belopp under {LARGEST_KR:.0e} kr")
    rounded = value.quantize(_ORE)
    if abs(value - rounded) > allowed:
        raise ValueError("ett belopp med högst två decimaler")
    return rounded + 0  # no minus zero


def date(cell: object, *, first: str = "", last: str = "", day_zero: dt.date | None = None) -> str:
    """``2023-05-31``, or ``2023-05`` or ``2023`` where the ledger says no more (``202305``); never an invented day.

    ``first`` says whether the day or the month stands first in 05/06/2023, ``last`` which of them 200105 ends in,
    ``day_zero`` what whole numbers of :data:`DAY_NUMBERS` count from; without them these are no dates.
    """
    if day_zero and isinstance(cell, int | float) and int(cell) in DAY_NUMBERS:
        cell = day_zero + dt.timedelta(days=int(cell))
    if isinstance(cell, dt.datetime | dt.date):
        day = cell.date() if isinstance(cell, dt.datetime) else cell
    else:
        return _date(text(cell), first, last)
    year(day.year)
    return day.isoformat()


@lru_cache(maxsize=1 << 14)
def _date(written: str, first: str, last: str) -> str:
    if either := _MONTH_OR_DAY.fullmatch(written):
        if last == DAY:
            return f"2020-{either[2]}-{either[3]}"
        if last != MONTH:
            raise ValueError("ett datum som 2023-05-31 (kolumnen visar inte om dag eller månad står sist)")
    if re.fullmatch(r"\d{6}", written):
        is_month = FIRST_YEAR <= int(written[:4]) <= LAST_YEAR and "01" <= written[4:] <= "12"
        written = f"{written[:4]}-{written[4:]}" if is_month else f"20{written}"
    parts = _parts(_TIME.sub("", written), first)  # a time after the date says nothing about a posting
    year(parts[0])
    return "-".join(f"{part:02}" for part in parts)


def _parts(written: str, first: str) -> tuple[int, ...]:
    """Year, month and day, as far as they are said."""
    match = _NUMERIC_DATE.fullmatch(written)
    if match and not first:
        raise ValueError("ett datum som 2023-05-31 (kolumnen visar inte om dag eller månad står först)")
    if match:
        day, month = (3, 1) if first == MONTH else (1, 3)
        written = f"{match[4]}-{match[month]}-{match[day]}"
    if years := _YEAR_FIRST.match(written):
        year(int(years[0]))
    found = stated(written)
    if found is None:
        raise ValueError("ett datum som 2023-05-31, 20230531 eller 202305")
    return found


def is_date(cell: object) -> bool:
    """Whether it can only be a day."""
    if isinstance(cell, dt.date):
        return True
    return isinstance(cell, str) and re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", _TIME.sub("", plain(cell))) is not None


def month_number(written: str) -> int:
    """The month of ``3``, ``03``, ``mars`` or ``mar``. Raises ``ValueError``."""
    number = int(written) if re.fullmatch(r"\d{1,2}", written) else _MONTHS.get(written.lower(), 0)
    if not 1 <= number <= 12:
        raise ValueError("en månad från 1 till 12")
    return number


def is_numeric_date(written: str) -> bool:
    """Whether it has the form of day and month, or of month and day, before the year."""
    return _NUMERIC_DATE.fullmatch(_TIME.sub("", plain(written))) is not None


def year(year: int) -> int:
    """The year, if postings can be of it. Raises ``ValueError``."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"ett datum från {FIRST_YEAR} till {LAST_YEAR}")
    return year


def account(cell: object) -> tuple[str, str]:
    """Account number and account text, also when one cell holds both (``"46310 Köp av verksamhet"``)."""
    return _account(text(cell))


@lru_cache(maxsize=1 << 14)
def _account(written: str) -> tuple[str, str]:
    if match := re.fullmatch(r"(\d{2,10})(?:\s*[-–:]\s*|\s+)(\D.*)", written):
        return match[1], match[2]
    return written, ""


def invoice_number(cell: object) -> str:
    """An invoice number as written. It often begins as a date does, so only a certain personal number is masked."""
    return "" if is_hidden(cell) else text(cell, certain=True)


def supplier_number(cell: object) -> tuple[str, str]:
    """The supplier's number and a note on it for the text column.

    An organisation number in any form becomes ``NNNNNN-NNNN``, a person's number the mask, another number (a
    ledger's own, a foreign one) stays as written. Of two numbers in one cell the one valid organisation number is
    taken; when that does not decide, or no number stands there at all ("[innehåller personuppgifter]"), the number is
    unknown and the note keeps what did.
    """
    return _supplier_number(
        "" if cell is None else str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
    )


@lru_cache(maxsize=1 << 16)
def _supplier_number(cell: str) -> tuple[str, str]:
    # A column of numbers that went through a program as floats ends in ".0".
    written = re.sub(r"(?<=^\d{10})\.0$", "", unguarded(plain(cell)))
    if written == MASK:
        return MASK, ""
    if written in NOTHING or "*" in written:
        return "", ""
    parts = [part for part in _BETWEEN_NUMBERS.split(_SPACES.sub(" ", written)) if part not in NOTHING]
    numbers = list(dict.fromkeys(_one_number(part) for part in parts))
    if len(numbers) == 1 and (numbers[0] == MASK or any(map(str.isdigit, numbers[0]))):
        return numbers[0], ""
    valid = [number for number in numbers if orgnr.is_valid(number)]
    if len(valid) == 1 and MASK not in numbers:
        return valid[0], ""
    return "", f"leverantörsnummer i källan: {' och '.join(numbers)}" if numbers else ""


def _one_number(written: str) -> str:
    if is_personal(written):
        return MASK
    digits = re.sub(r"^SE(?=\d{10}(01)?$)", "", re.sub(r"[\s-]", "", written.upper()))
    if len(digits) == 12:
        digits = digits[2:] if digits.startswith("16") else digits.removesuffix("01")
    if len(digits) == 10 and digits.isdigit() and digits[2] >= "2" and orgnr.is_valid(digits):
        return f"{digits[:6]}-{digits[6:]}"
    return MASK if holds_personal(written) else mask(written)


def is_swedish_number(written: str) -> bool:
    """Whether it is an organisation number whose check digit holds, or a person's."""
    number = supplier_number(written)[0]
    return number == MASK or orgnr.is_valid(number)


def currency(cell: object) -> str:
    """An ISO code. A ledger is kept in kronor, so a row in another currency cannot say its amount in kronor."""
    written = text(cell).upper().rstrip(".")
    written = "SEK" if written in ("", "KR", "KRONOR") else written
    if written != "SEK":
        raise ValueError("SEK: beloppet i kronor är inte känt")
    return written
