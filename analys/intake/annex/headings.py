"""What a Swedish column heading in a cost-sharing annex means: kind, unit, reference date, period, VAT."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Final

from analys.intake.annex.model import Kind, Period
from analys.swedish import MONTHS, plain

_ORGANISATION_NUMBER: Final = re.compile(r"\borg\w*\.?\s?-?\s?(nr|nummer)|organisationsn")
_CODE: Final = re.compile(r"\b(kommun|region|läns)?kod\b|\b(kommun|region|läns)(nr|nummer)\b|\bknr\b")
_PER_HEAD: Final = re.compile(r"(per|/)\s*(inv|capita|person|huvud)")
_KRONOR: Final = re.compile(r"\b(?P<unit>tkr|mnkr|mkr|kr|kronor|sek)\b")
_UNIT: Final = re.compile(r"\(?\s*(i )?(tkr|mnkr|mkr|kr|kronor|sek|%|procent|‰|promille)\s*\)?")
_THOUSANDS: Final = re.compile(r"\b(tusen(tals?)?|1\s?000([- ]?tals?)?)\s*-?\s*(kr|kronor|sek)\b|\bkkr\b|\bksek\b")
_MILLIONS: Final = re.compile(r"\bmiljoner(\s+kronor|\s+kr)?\b|\bmsek\b")
_SHARE: Final = re.compile(r"andel|procent|promille|‰|\bproc\b|%|fördelningstal|\bkvot|fördelningsnyckel")
_POPULATION: Final = re.compile(
    r"folkmängd|\bfolkm\b|invånar|innevånar|befolkn|\binv\b\.?|folkbokför|\bantal personer|^antal$|folkmangd|invanar"
)
_AMOUNT: Final = re.compile(
    r"belopp|kostnad|avgift|bidrag|ersättning|betal|faktur|finansiering|debiter|pris\b|att erlägga|insats|tillskott"
    r"|\boverhead\b"
)
#: What one column has more or less than another, and what is written beside an amount, whatever else the heading says.
_BESIDE: Final = re.compile(
    r"skillnad|differens|\bdiff\b|förändring|\b(ökning|minskning)|regler|avvikelse|referens|nummer\b|\bnr\b|adress|mottagare"
)
#: A part of the inhabitants: an age band, a sex, those who came.
_PART_OF_PEOPLE: Final = re.compile(
    r"\d\s*+(-|till|t\.?o\.?m\.?)\s*+\d++\s*+(år|-åring)|(?<!\d)\d++\s*+år\s*+(och|eller|&|\+)?\s*+(äldre|över|uppåt|yngre)|\d\d\s?\+"
    r"|(över|under|minst|högst)\s\d+\s*år|\b(barn|elever|ungdom|äldre|kvinn|män\b|flick|pojk|utrikes|nyanländ|anställd|skol)"
)
#: Parts of an amount, and what it was at another time: their lengths say nothing of one another.
_PART: Final = re.compile(
    r"budget|utfall|prognos|\bplan\b|bokslut|prelimin|slutlig|beslutad|\bgrund(avgift|belopp)|\b(fast|fasta|rörlig|rörliga)\b|\blön|overhead"
    r"|tillägg|administr|tidigare|föregående|\bdel\b"
)
#: What may head a column of shares, if its figures are such.
_MAY_BE_SHARE: Final = re.compile(r"fördeln|nyckel|\bdel\b|\bvikt")
#: A day alone over a column is one that populations are of; other days are those of instalments.
_REFERENCE_DAY: Final = re.compile(
    r"((19|20)\d\d-)?(12-31|01-01|11-01)|(31/12|1/1|1/11)[ -](19|20)\d\d|(31 dec|1 jan|1 nov)[a-z]*\.? (19|20)\d\d"
)
_SUM: Final = re.compile(r"\bsumma\b|\btotalt?\b")
_NAME: Final = re.compile(r"kommun|medlem|\bpart(er)?\b|namn|deltagare|huvudman|\bregion\b")

_VAT: Final = re.compile(r"\b(?P<side>inkl|exkl?|med|utan|inklusive|exklusive)\b\.?\s*(moms|mervärdesskatt)")
_FOOTNOTE: Final = re.compile(r"(?<=\d{4})\d\)|(?<!\s)\s*+(?<![/(.,\d-])\d\)\s*$|(?<![¹²³⁴⁵*])[¹²³⁴⁵*]++\s*$")
_YEAR: Final = re.compile(r"(?<![\d-])(?:19|20)\d\d(?![\d-])")
_MONTH_NAMES: Final = {month[:3]: number for number, month in enumerate(MONTHS, start=1)}
_MONTH_WORDS: Final = "|".join([*MONTHS, "sept", *_MONTH_NAMES])
#: What may head a column of money, if its figures are such.
_MAY_BE_AMOUNT: Final = re.compile(
    r"\bper (halv)?år|halvår|helår|kvartal|\b(kv|q|t)\.? ?[1-4]\b|tertial|budget|utfall|prognos|\bplan\b|bokslut"
    r"|\bdel\b|andel|fördeln"
    rf"|\b({_MONTH_WORDS})\b\.?\s*-\s*({_MONTH_WORDS})\b"
)
_ONLY_TIME: Final = re.compile(
    r"(år\s*)?(19|20)\d\d([/-](19|20)?\d\d)?|helår|halvår|år|kvartal( [1-4])?|tertial( [1-3])?"
)
#: A longer text is a sentence and no heading; so much of one is looked at.
LONGEST: Final = 80
_LOOKED_AT: Final = 300


def _months_between(first: str, last: str) -> Fraction:
    """The part of a year from a month's first day to another's last."""
    return Fraction((_MONTH_NAMES[last[:3]] - _MONTH_NAMES[first[:3]]) % 12 + 1, 12)


#: Lengths in years, most specific first: "1,5 år" must not be read as "5 år", nor "halvår" as "år".
_LENGTHS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Fraction]], ...]] = (
    (re.compile(r"(?<!\d)(\d++(?:[.,]\d++)?)\s*+[- ]?år\b"), lambda m: Fraction(m[1].replace(",", "."))),
    (re.compile(r"(?<!\d)(\d++)\s*+mån"), lambda m: Fraction(int(m[1]), 12)),
    (re.compile(r"halvår|halvt? år|½\s*år"), lambda m: Fraction(1, 2)),
    (re.compile(rf"\b({_MONTH_WORDS})\b\.?\s*-\s*({_MONTH_WORDS})\b"), lambda m: _months_between(m[1], m[2])),
    (re.compile(r"kvartal|\b(kv|q)\.? ?[1-4]\b"), lambda m: Fraction(1, 4)),
    (re.compile(r"tertial|\bt\.? ?[1-3]\b"), lambda m: Fraction(1, 3)),
    (re.compile(r"(per|/)\s*mån|månads|månad\b"), lambda m: Fraction(1, 12)),
    (re.compile(r"(per|/)\s*år\b|årlig|års|helår|\bår\b"), lambda m: Fraction(1)),
)


def _lower(text: str) -> str:
    """What is looked at of a text: a heading is short, and patterns take the square of a long one's length."""
    return plain(text[:_LOOKED_AT]).lower()


def without_footnote(heading: str) -> str:
    """A heading without the mark of a footnote after it: "Folkmängd 20171)" is "Folkmängd 2017"."""
    return _FOOTNOTE.sub("", heading[:_LOOKED_AT]).strip() + heading[_LOOKED_AT:]


def stated_period(text: str) -> Period:
    """The length and the calendar year that an amount's heading states. A bare year is a period of one year.

    No length for a part of an amount, or for what it was at another time: a budget is not as long as an outcome is large.
    """
    lower = _FOOTNOTE.sub("", _lower(text))
    year = next((int(found) for found in _YEAR.findall(lower)), None)
    if _PART.search(lower):
        return Period(None, year)
    without_years = _YEAR.sub("", lower)
    for pattern, length in _LENGTHS:
        if match := pattern.search(without_years):
            return Period(length(match), year)
    return Period(Fraction(1) if year else None, year)


def stated_vat(text: str) -> bool | None:
    """True for "inkl. moms", False for "exkl. moms" or "utan moms", ``None`` when the text says nothing of it."""
    match = _VAT.search(_lower(text))
    return None if match is None else match["side"] in ("inkl", "inklusive", "med")


def is_unit(heading: str) -> bool:
    """Whether a heading is a unit and nothing more: it leaves open what the figures are."""
    return _UNIT.fullmatch(_lower(heading)) is not None


def stated_unit(text: str) -> str | None:
    """``kr`` or ``tkr`` (or ``mnkr``) when the text says so."""
    lower = _lower(text)
    if _THOUSANDS.search(lower):
        return "tkr"
    if _MILLIONS.search(lower):
        return "mnkr"
    match = _KRONOR.search(lower)
    if match is None:
        return None
    return {"kronor": "kr", "sek": "kr", "mkr": "mnkr"}.get(match["unit"], match["unit"])


@lru_cache(maxsize=4096)
def kind_of(heading: str) -> Kind:
    """What the heading alone says that the column holds."""
    text = _FOOTNOTE.sub("", _lower(heading))
    if _ORGANISATION_NUMBER.search(text):
        return Kind.ORGANISATION_NUMBER
    if _CODE.search(text):
        return Kind.CODE
    if is_beside(text):
        return Kind.OTHER
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
        return Kind.OTHER if _PART_OF_PEOPLE.search(text) else Kind.POPULATION
    if amount:
        return Kind.AMOUNT
    if _NAME.search(text):
        return Kind.NAME
    if _REFERENCE_DAY.fullmatch(text):
        return Kind.POPULATION
    return Kind.AMOUNT if _SUM.search(text) else Kind.OTHER


def is_beside(heading: str) -> bool:
    """Whether a column holds what stands beside the amounts: differences, references, numbers."""
    return bool(_BESIDE.search(_lower(heading)))


def is_per_mille(heading: str) -> bool:
    """Whether a heading says that shares are in thousandths."""
    return bool(re.search(r"‰|promille", _lower(heading)))


def may_be_amount(heading: str) -> bool:
    """Whether figures that look like money may be so under this heading ("Helår", "Kommunens del")."""
    return bool(_MAY_BE_AMOUNT.search(_lower(heading)))


def is_only_time(heading: str) -> bool:
    """Whether a heading says only which year, or part of a year, its figures are of."""
    return bool(_ONLY_TIME.fullmatch(without_footnote(_lower(heading))))


def tells_alone(heading: str) -> bool:
    """Whether a heading says what its figures are without one above it; a bare year or unit leaves that open."""
    return kind_of(heading) not in (Kind.OTHER, Kind.NAME) and not is_unit(heading)


def is_per_cent(heading: str) -> bool:
    """Whether a heading says that shares are in hundredths."""
    return bool(re.search(r"%|procent", _lower(heading)))


def may_be_share(heading: str) -> bool:
    """Whether figures that add to a whole may be shares under this heading ("Fördelning", "Nyckel")."""
    return bool(_MAY_BE_SHARE.search(_lower(heading)))
