"""Few Swedish words for a term, fit to stand in a sentence; each term words itself (``told``)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from analys.agreement.fields import UNKNOWN
from analys.swedish import format_date, format_kr, format_number, format_percent


def told(term: Any) -> str:
    """A term in a few words; "ingen" where there is no such term, "ingen känd uppgift" where no document states it."""
    if term is None:
        return "ingen"
    return "ingen känd uppgift" if term == UNKNOWN else str(term.told())


def format_day(month: int, day: int) -> str:
    """(12, 31) -> "31 december"."""
    return format_date(dt.date(2000, month, day)).removesuffix(" 2000")


def months(count: int) -> str:
    return f"{count} {'månad' if count == 1 else 'månader'}"


def kr(ore: int | Fraction) -> str:
    """Öre as kronor, with öre only where there are any."""
    kronor = Fraction(ore, 100)
    return format_kr(kronor, 0 if kronor.denominator == 1 else 2)


def percent(part: Fraction) -> str:
    """A part of one with as many decimals of a percentage as it needs, at most four."""
    decimals = next((n for n in range(4) if (part * 100 * 10**n).denominator == 1), 4)
    return format_percent(part, decimals)


def number(value: Fraction) -> str:
    """A number with as many decimals as it needs, at most four."""
    decimals = next((n for n in range(4) if (value * 10**n).denominator == 1), 4)
    return format_number(value, decimals)
