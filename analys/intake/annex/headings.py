"""What a Swedish column heading in a cost-sharing annex means: kind, unit, reference date, period, VAT."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Final

from analys.intake.annex.model import Kind, Period
from analys.swedish import MONTHS, parse_date, plain

_ORGANISATION_NUMBER: Final = re.compile(r"\borg\w*\.?\s?-?\s?(nr|nummer)|organisationsn")
_CODE: Final = re.compile(r"\b(kommun|region|läns)?kod\b|\b(kommun|region|läns)(nr|nummer)\b|\bknr\b")
_PER_HEAD: Final = re.compile(r"(per|/)\s*(inv|capita|person|huvud)")
_KRONOR: Final = re.compile(r"\b(?P<unit>tkr|mnkr|mkr|kr|kronor|sek)\b")
_THOUSANDS: Final = re.compile(r"\btusental(s)?\s+kronor\b|\b1\s?000[- ]tal(s)?\s+kronor\b|\bkkr\b")
_SHARE: Final = re.compile(r"andel|procent|%|fördelningstal|\bkvot|fördelningsnyckel")
_POPULATION: Final = re.compile(
    r"folkmängd|invånar|befolkning|\binv\b\.?|folkbokför|\bantal personer|folkmangd|invanar"
)
_AMOUNT: Final = re.compile(
    r"belopp|kostnad|avgift|bidrag|ersättning|betal|faktur|finansiering|debiter|pris\b|att erlägga|insats|tillskott"
)
_SUM: Final = re.compile(r"\bsumma\b|\btotalt?\b")
_NAME: Final = re.compile(r"kommun|medlem|\bpart(er)?\b|namn|deltagare|huvudman|\bregion\b")

_VAT: Final = re.compile(r"\b(?P<side>inkl|exkl|med|utan|inklusive|exklusive)\b\.?\s*(moms|mervärdesskatt)")
_FOOTNOTE: Final = re.compile(r"(?<=\d{4})\d\)|\s*\b\d\)\s*$|[¹²³⁴⁵*]+\s*$")
_YEAR: Final = re.compile(r"(?<![\d-])(?:19|20)\d\d(?![\d-])")
_MONTH_NAMES: Final = {month[:3]: number for number, month in enumerate(MONTHS, start=1)}
_WRITTEN_DATE: Final = re.compile(rf"(\d{{1,2}})\s*({'|'.join(_MONTH_NAMES)})[a-z]*\.?\s*((?:19|20)\d\d)")
_DIGIT_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}|(?<!\d)(?:19|20)\d{6}(?!\d)|\d{1,2}/\d{1,2}[ -]\d{4}")

#: Lengths in years, most specific first: "1,5 år" must not be read as "5 år", nor "halvår" as "år".
_LENGTHS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Fraction]], ...]] = (
    (re.compile(r"(\d+(?:[.,]\d+)?)\s*[- ]?år\b"), lambda m: Fraction(m[1].replace(",", "."))),
    (re.compile(r"(\d+)\s*mån"), lambda m: Fraction(int(m[1]), 12)),
    (re.compile(r"halvår|halvt? år|½\s*år"), lambda m: Fraction(1, 2)),
    (re.compile(r"kvartal"), lambda m: Fraction(1, 4)),
    (re.compile(r"(per|/)\s*mån|månads|månad\b"), lambda m: Fraction(1, 12)),
    (re.compile(r"(per|/)\s*år\b|årlig|års|helår|\bår\b"), lambda m: Fraction(1)),
)


def stated_date(text: str) -> dt.date | None:
    """The date that a text states, or 31 December of a bare year; ``None`` when it states none, or no real date."""
    lower = _FOOTNOTE.sub("", plain(text).lower())
    if match := _WRITTEN_DATE.search(lower):
        day, month, year = int(match[1]), _MONTH_NAMES[match[2]], int(match[3])
        return dt.date(year, month, day) if 1 <= day <= 31 and _exists(year, month, day) else None
    if match := _DIGIT_DATE.search(lower):
        try:
            return parse_date(match[0])
        except ValueError:
            return None
    years = _YEAR.findall(lower)
    return dt.date(int(years[-1]), 12, 31) if years else None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def stated_period(text: str) -> Period:
    """The length and the calendar year that an amount's heading states. A bare year is a period of one year."""
    lower = _FOOTNOTE.sub("", plain(text).lower())
    year = next((int(found) for found in _YEAR.findall(lower)), None)
    without_years = _YEAR.sub("", lower)
    for pattern, length in _LENGTHS:
        if match := pattern.search(without_years):
            return Period(length(match), year)
    return Period(Fraction(1) if year else None, year)


def stated_vat(text: str) -> bool | None:
    """True for "inkl. moms", False for "exkl. moms" or "utan moms", ``None`` when the text says nothing of it."""
    match = _VAT.search(plain(text).lower())
    return None if match is None else match["side"] in ("inkl", "inklusive", "med")


def stated_unit(text: str) -> str | None:
    """``kr`` or ``tkr`` (or ``mnkr``) when the text says so."""
    lower = plain(text).lower()
    if _THOUSANDS.search(lower):
        return "tkr"
    match = _KRONOR.search(lower)
    if match is None:
        return None
    return {"kronor": "kr", "sek": "kr", "mkr": "mnkr"}.get(match["unit"], match["unit"])


@lru_cache(maxsize=4096)
def kind_of(heading: str) -> Kind:
    """What the heading alone says that the column holds."""
    text = _FOOTNOTE.sub("", plain(heading).lower())
    if _ORGANISATION_NUMBER.search(text):
        return Kind.ORGANISATION_NUMBER
    if _CODE.search(text):
        return Kind.CODE
    if _PER_HEAD.search(text):
        return Kind.PER_HEAD
    if stated_unit(text):
        return Kind.AMOUNT
    if _SHARE.search(text):
        return Kind.SHARE
    population, amount = _POPULATION.search(text), _AMOUNT.search(text)
    if population and amount:  # "Kostnad utifrån folkmängd", "Folkmängd, underlag för avgift": the first word tells
        return Kind.POPULATION if population.start() < amount.start() else Kind.AMOUNT
    if population:
        return Kind.POPULATION
    if amount:
        return Kind.AMOUNT
    if _NAME.search(text):
        return Kind.NAME
    return Kind.AMOUNT if _SUM.search(text) else Kind.OTHER
