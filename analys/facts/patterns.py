"""What numbers, dates, amounts and parties look like in the running text of a Swedish document.

Every pattern is bounded, so that its time grows with the text and no faster.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analys.evidence import Interval
from analys.intake.statements import precision_of, stated_interval
from analys.swedish import MONTHS, parse_date, plain

NUMBER_WORDS: Final = {
    word: number
    for number, words in enumerate(
        ("noll", "en ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "tretton",
         "fjorton", "femton", "sexton", "sjutton", "arton", "nitton", "tjugo")
    )
    for word in words.split()
}  # fmt: skip
COUNT: Final = rf"(?:\d{{1,2}}|{'|'.join(NUMBER_WORDS)})"
MONTH: Final = "|".join(MONTHS)

ORGANISATION_NUMBER: Final = re.compile(r"(?<![\d-])(?:16)?\d{6}\s?[-–‑]\s?\d{4}(?![\d-])")
REGISTRY_NUMBER: Final = re.compile(
    r"(?<![\w/])[A-ZÅÄÖ]{2,6}[ /-]?\d{4}[:/]\d{1,6}(?!\d)|(?<![\d-])\d{3,4}-\d{2,6}-(?:19|20)?\d{2}(?![\d-])"
)
#: A registry number of another form counts where it is called one.
CALLED_REGISTRY_NUMBER: Final = re.compile(
    r"(?:diarie(?:nummer|\.?\s?nr)|diari\.?\s?nr|dnr)\.?:?\s{0,3}(\d[\d/:.-]{3,20}\d)", re.I
)
DATE: Final = re.compile(
    rf"""(?<![\d-])(?:\d{{4}}\s?-\s?\d{{2}}\s?-\s?\d{{2}} | \d{{1,2}}/\d{{1,2}}[ -]\d{{4}}
        | \d{{1,2}}\s(?:{MONTH})\s\d{{4}})(?![\d-])""",
    re.IGNORECASE | re.VERBOSE,
)
#: The short form that stands only in a period of validity: 160901-180131.
SHORT_PERIOD: Final = re.compile(r"(?<!\d)(\d{6})\s?[-–]\s?(\d{6})(?!\d)")
SHORT_DATE: Final = re.compile(r"(?<!\d)(\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)")
YEARS: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[-–]\s?((?:19|20)\d{2})(?!\d)")
YEAR: Final = re.compile(r"(?<![\d-])((?:19|20)\d{2})(?![\d-])")
_FIGURE: Final = r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3}){1,4}(?:,\d{1,2})?|\d{1,9}(?:,\d{1,2})?"
_UNIT: Final = r"kronor|kr|sek|tkr|mnkr|mkr|miljoner kronor|miljon kronor"
AMOUNT: Final = re.compile(
    rf"(?<![\d,.:/-])(?:(?P<low>{_FIGURE})\s?(?P<unit>{_UNIT})?\s?(?P<to>-|–|till|och)\s?)?(?P<high>{_FIGURE})\s?(?P<of>{_UNIT})(?!\w)",
    re.I,
)
PERCENT: Final = re.compile(
    r"""\b([A-ZÅÄÖ][a-zåäöé]+(?:[\ -][A-ZÅÄÖ][a-zåäö]+)?)(?:s\ kommun|\ kommun)?:?
        \s{1,3}(?:med\ |(?:står|svarar)\ för\ |betalar\ )?(\d{1,2}(?:,\d{1,4})?)\s?(?:%|procent)""",
    re.VERBOSE,
)
_WORD: Final = r"[A-ZÅÄÖ][\wåäöÅÄÖé]{1,30}"
#: What a sentence of parties opens with, written with a capital as a name is.
OPENING: Final = r"(?:Mellan|Avtal|Avtalet|Parterna|Undertecknade|Ombud|Medlemmarna|Kommunerna|För|Av|Dels)\s+"
PARTY: Final = re.compile(
    rf"\b(?!{OPENING})"
    rf"(?:{_WORD}(?: {_WORD}){{0,2}} (?:kommun|stad)|Länsstyrelsen(?: i)?(?: {_WORD}){{0,2}}|Region(?: {_WORD}){{1,2}}"
    rf"|(?:{_WORD} ){{0,3}}{_WORD}(?: AB| kommunalförbund)|{_WORD}s?förbundet(?: {_WORD}){{0,2}})"
)


#: Sentences that state a term. What stands between two words is bounded: they belong together.
SHARED_BY_POPULATION: Final = re.compile(
    r"""(?:delar|del(?:a)?s|fördela|delfinansiera|finansiering|betala|kostnad)\w{0,30}\b .{0,160}
        \b(?:utifrån|efter|i\ förhållande\ till|enligt|per)\s+(?:antal(?:et)?\s+)?(?:befolkning|folkmängd|invånar)""",
    re.IGNORECASE | re.VERBOSE,
)
SIGNED_CHANGES: Final = re.compile(
    r"""skriftlig\w{0,30} .{0,60} undertecknad\w{0,30} .{0,40} (?:ändring|tillägg) | ändring\w{0,30} .{0,60} skriftlig""",
    re.IGNORECASE | re.VERBOSE,
)
TERMINATES: Final = re.compile(r"^(?!om\b).{0,400}(?:\bsägs upp från|\bfrånträder avtalet|\bsäger upp avtal)", re.I)
IN_FORCE: Final = re.compile(
    r"\b(?:avtal|tjänst|överenskommelse)\w*\b.{0,60}\b(?:gäller|löper|löpa|sträcker sig|perioden)", re.I
)


@dataclass(frozen=True)
class Amount:
    """An amount in running text: as ``uppgifter.csv`` writes it, the interval it stands for, and where it stands."""

    text: str
    kronor: Interval
    precision: int
    start: int
    end: int


def count(word: str) -> int:
    """ "två" or "2" -> 2."""
    return int(word) if word.isdigit() else NUMBER_WORDS[word.lower()]


def amounts(text: str) -> Iterator[Amount]:
    """Every amount with a unit, ranges as one."""
    for match in AMOUNT.finditer(text):
        unit = _unit(match["of"])
        low_unit = _unit(match["unit"]) if match["unit"] else ""
        is_range = match["low"] is not None and (
            match["to"] in "-–" or "mellan" in text[max(0, match.start() - 10) : match.start()]
        )
        low = (
            f"{plain(match['low'])}{' ' + low_unit if low_unit not in ('', unit) else _unit_of_low(match['low'], unit)}"
            if is_range
            else ""
        )
        written = f"{low}–{plain(match['high'])} {unit}" if is_range else f"{plain(match['high'])} {unit}"
        start = match.start() if is_range else match.start("high")
        try:
            # Where the two ends have units of their own, the finer tells what both are rounded to.
            ends = written.split("–")
            precision = min(precision_of(end) for end in ends if end[-1].isalpha())
            yield Amount(written, stated_interval(written, precision), precision, start, match.end())
        except ValueError:  # a range from high to low: two numbers that only stand beside each other
            continue


def _unit(written: str) -> str:
    lowered = written.lower()
    return {"kronor": "kr", "sek": "kr", "mkr": "mnkr"}.get(lowered, "mnkr" if "miljon" in lowered else lowered)


def _unit_of_low(figure: str, unit: str) -> str:
    """ "700 000-1 mkr": the first number is in kronor already, where it is written out."""
    return " kr" if unit == "mnkr" and len(re.sub(r"\D", "", figure)) > 3 else ""


def dates(text: str) -> Iterator[tuple[dt.date, int]]:
    """Every date that is written out, with where it begins."""
    for match in DATE.finditer(text):
        try:
            yield parse_date(match[0]), match.start()
        except ValueError:
            continue


def period(text: str) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day that a sentence names: a short period, from and to, or one year; ``None`` where open."""
    if match := SHORT_PERIOD.search(text):
        return _date(match[1]), _date(match[2])
    if match := YEARS.search(text):
        return whole_year(int(match[1]))[0], whole_year(int(match[2]))[1]
    first = _bound(text, r"(?:från och med|fr\.?\s?o\.?\s?m\.?|från)", last=False)
    last = _bound(text, r"(?:till och med|t\.?\s?o\.?\s?m\.?|fram till(?:s)?|längst till)", last=True)
    return first, last


def whole_year(year: int) -> tuple[dt.date, dt.date]:
    """Its first and last day."""
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _bound(text: str, words: str, *, last: bool) -> dt.date | None:
    """The day after some words: a date, or the first or last day of a month that is named."""
    match = re.search(rf"{words}\s+(?:den\s+)?(.{{4,20}})", text, re.I)
    if match is None:
        return None
    if (date := DATE.match(match[1])) and (found := _date(date[0])):
        return found
    if short := SHORT_DATE.match(match[1]):
        return _date(short[1])
    if month := re.match(rf"({MONTH})\s(\d{{4}})", match[1], re.I):
        year, number = int(month[2]), MONTHS.index(month[1].lower()) + 1
        return dt.date(year, number, calendar.monthrange(year, number)[1] if last else 1)
    return None


def _date(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
