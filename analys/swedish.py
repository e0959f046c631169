"""Numbers, dates and names as Swedish documents write them: parse and format. Nothing else knows how.

Parsing is strict: what could mean two things ("1.234") is an error, never a guess. Money is ``Decimal`` throughout.
Formatting follows the Swedish writing rules (Myndigheternas skrivregler, chapter 9): no-break space between
thousands and before units and %, decimal comma, true minus (U+2212). Years are never grouped: print them with ``str``.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Rational
from typing import Final

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"

#: What Swedish tables write where there is no figure.
MISSING: Final = frozenset({"", ".", "..", "...", "-", "–", "—", "NULL", "null", "Missing", "saknas", "uppgift saknas"})

#: Units that may follow a number, and what one of them is worth in the base unit ("%" and "‰" as parts of one).
UNITS: Final = {
    "kr": Decimal(1),
    "kronor": Decimal(1),
    "sek": Decimal(1),
    "tkr": Decimal(1000),
    "mnkr": Decimal(1_000_000),
    "mkr": Decimal(1_000_000),
    "%": Decimal("0.01"),
    "procent": Decimal("0.01"),
    "‰": Decimal("0.001"),
    "promille": Decimal("0.001"),
}

#: The units that are parts of one.
PARTS: Final = frozenset({"%", "procent", "‰", "promille"})

#: The units that are money.
MONEY: Final = frozenset(UNITS) - PARTS

_SPACES: Final = "\u00a0\u202f\u2009\u2007\u2002\u2003\u2005\u2006\u2008\u200a"
_MINUSES: Final = "\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d"
_TO_PLAIN: Final = str.maketrans({**dict.fromkeys(_SPACES, " "), **dict.fromkeys(_MINUSES, "-"), "\ufeff": ""})
_NUMBER: Final = re.compile(
    r"""(?P<sign>[+-]\s?)?
        (?P<whole>\d{1,3}(?:\ \d{3})+|\d+)
        (?:(?P<mark>[.,:])(?P<part>\d+|-))?
        (?P<trail>-)?
        \s*(?P<unit>kronor|kr|sek|tkr|mnkr|mkr|procent|promille|%|‰)?\.?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Number:
    """A number as written: ``value`` in the unit that stood there, ``unit`` one of :data:`UNITS` or ``None``."""

    value: Decimal
    unit: str | None = None

    @property
    def scaled(self) -> Decimal:
        """The value in kronor, or as parts of one for a percentage; unchanged when no unit was written."""
        return self.value if self.unit is None else self.value * UNITS[self.unit]

    @property
    def decimals(self) -> int:
        """How many decimals were written: the precision that the document claims."""
        return max(0, -int(self.value.as_tuple().exponent))


def plain(text: str) -> str:
    """Special spaces become spaces and special minus signs hyphens; byte order marks and outer spaces go."""
    return text.translate(_TO_PLAIN).strip()


def is_missing(value: object) -> bool:
    """Whether a cell holds one of the marks that Swedish tables use for no figure (:data:`MISSING`)."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, str) and plain(value) in MISSING


def parse_number(value: object) -> Number:
    """Read ``"1 052 280 kr"``, ``"1,21%"``, ``"−47,5 tkr"``, ``0.0120`` or ``5453`` exactly.

    Raises ``ValueError`` with what is wrong for text that is no number, that groups digits otherwise than by three,
    or that could mean two things (``"1.234"`` is a thousand to some and a decimal to others).
    """
    if isinstance(value, bool):
        raise ValueError("ett tal, inte sant eller falskt")
    if isinstance(value, int):
        return Number(Decimal(value))
    if isinstance(value, Decimal | float):
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
        if not number.is_finite():
            raise ValueError("ett ändligt tal")
        return Number(number)
    if not isinstance(value, str):
        raise ValueError(f"ett tal, inte {type(value).__name__}")
    text = plain(value)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("ett tal i svensk form, som 1 234,50")
    whole, mark, part = match["whole"], match["mark"], match["part"]
    if mark == ":" and part != "-" and len(part or "") != 2:
        raise ValueError("två siffror ören efter kolonet")
    if mark == "." and part and len(part) == 3 and whole != "0":
        raise ValueError("ett entydigt tal: en punkt före tre siffror kan skilja tusental eller decimaler")
    if match["trail"] and (match["sign"] or part == "-"):
        raise ValueError("ett minustecken")
    digits = whole.replace(" ", "") + (f".{part}" if part and part != "-" else "")
    number = Decimal(digits)
    negative = bool(match["trail"]) or (match["sign"] or "").strip() == "-"
    unit = match["unit"].lower() if match["unit"] else None
    return Number(-number if negative else number, unit)


def parse_date(text: str) -> dt.date:
    """Read ``2018-11-18``, ``2018 -11- 18``, ``20181118``, ``181118``, ``30/9 2024`` or ``30 september 2024``."""
    compact = plain(text)
    digits = re.sub(r"(?<!\s)\s*-\s*", "-", compact)
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})|(\d{4})(\d{2})(\d{2})|(\d{2})(\d{2})(\d{2})", digits):
        year, month, day = (int(group) for group in match.groups() if group is not None)
        return dt.date(year if year > 99 else 2000 + year, month, day)
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})[ -](\d{4})", compact):
        day, month, year = (int(group) for group in match.groups())
        return dt.date(year, month, day)
    if (match := re.fullmatch(r"(\d{1,2}) ([a-zåäö]+) (\d{4})", compact.lower())) and match[2] in MONTHS:
        return dt.date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))
    raise ValueError("ett datum, som 2018-11-18 eller 30 september 2024")


MONTHS: Final = tuple(Locale("sv", "SE").months["format"]["wide"][month] for month in range(1, 13))


# Headings, words and names are the same again and again.
@lru_cache(maxsize=1 << 14)
def fold(name: str) -> str:
    """A name reduced to what spelling variants share: no case, no å ä ö, no punctuation ("Örebro" -> "orebro")."""
    decomposed = unicodedata.normalize("NFKD", plain(name).casefold())
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip()


def similar(written: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Those of ``known`` that a misspelt word may mean, the likeliest first; case and å ä ö make no difference."""
    import difflib  # here: nobody asks before something is misspelt

    by_folded = {fold(name): name for name in known}
    return [by_folded[near] for near in difflib.get_close_matches(fold(written), by_folded, most, cutoff=0.6)]


def quantize(value: Decimal | Fraction | float, decimals: int) -> Decimal:
    """Round half away from zero to ``decimals`` decimals, exactly, as Swedish tables do for display."""
    exact = Fraction(value) if isinstance(value, Decimal | Rational) else Fraction(repr(float(value)))
    steps = int(abs(exact) * 10**decimals + Fraction(1, 2))
    # Built from text: arithmetic would round to the decimal context's 28 digits.
    return Decimal(f"{'-' if exact < 0 and steps else ''}{steps}E-{decimals}")


def to_decimal(value: Fraction) -> Decimal:
    """The fraction as an exact decimal number; ``ValueError`` when it has none (a third)."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(number) != value:
        raise ValueError(f"{value} har ingen exakt decimalform; avrunda först")
    return number


def format_number(value: Decimal | Fraction | int | float, decimals: int = 0, *, sign: bool = False) -> str:
    """``1052280`` -> ``"1 052 280"`` with no-break spaces; ``sign=True`` writes a plus before positive values."""
    number = quantize(value, decimals)
    pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
    # Babel keeps the ASCII hyphen in a given pattern, though CLDR has U+2212 for Swedish.
    text: str = format_decimal(number, format=pattern, locale="sv_SE", decimal_quantization=False)
    return f"+{text}" if sign and number > 0 else text.replace("-", MINUS)


def format_ore(ore: int, *, sign: bool = False) -> str:
    """Whole öre in kronor, without decimals where they are zero and without unit: ``"9 244"``, ``"0,50"``."""
    return format_number(Fraction(ore, 100), 2 if ore % 100 else 0, sign=sign)


def format_kr(value: Decimal | Fraction | int, decimals: int = 0, *, sign: bool = False) -> str:
    """``Decimal("763945")`` -> ``"763 945 kr"``."""
    return f"{format_number(value, decimals, sign=sign)}{NBSP}kr"


def format_tkr(value: Decimal | Fraction | int, decimals: int = 0, *, sign: bool = False) -> str:
    """Kronor shown in thousands: ``376000`` -> ``"376 tkr"``."""
    thousands = value / Decimal(1000) if isinstance(value, Decimal) else Fraction(value) / 1000
    return f"{format_number(thousands, decimals, sign=sign)}{NBSP}tkr"


def format_tkr_range(low: Decimal, high: Decimal, decimals: int = 0) -> str:
    """Two amounts in kronor as ``"784–1 088 tkr"``, or one where both are shown alike."""
    first, last = format_number(low / 1000, decimals), format_tkr(high, decimals)
    return last if last == f"{first}{NBSP}tkr" else f"{first}–{last}"


def format_percent(value: Decimal | Fraction | float, decimals: int = 2, *, sign: bool = False) -> str:
    """Parts of one shown as per cent: ``0.0121`` -> ``"1,21 %"``."""
    hundredfold = value * 100 if isinstance(value, Decimal | Fraction) else Decimal(repr(float(value))) * 100
    return f"{format_number(hundredfold, decimals, sign=sign)}{NBSP}%"


def format_date(date: dt.date) -> str:
    """``2024-09-30`` -> ``"30 september 2024"``."""
    text: str = babel_date(date, format=f"d'{NBSP}'MMMM y", locale="sv_SE")
    return text


def genitive(name: str) -> str:
    """``"Norrköping"`` -> ``"Norrköpings"``; names that end in s, x or z stay as they are."""
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def listed(words: list[str]) -> str:
    """ "a", "a och b", "a, b och c"."""
    return " och ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
