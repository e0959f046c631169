"""Reference dates as statistics write them: a period's population is that of its last day.

SCB's yearly figure refers to 31 December, its monthly and quarterly figures to the end of the month or quarter
(SCB, "Befolkningsstatistik", documentation of BE0101, chapter 1).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from analys.swedish import fold, plain

#: SCB's series for today's municipalities begin here; anything older in a file is a slip.
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2100

_MONTHS: Final = {
    name: number
    for names in (
        "januari februari mars april maj juni juli augusti september oktober november december",
        "january february march april may june july august september october november december",
        "jan feb mar apr maj jun jul aug sep okt nov dec",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"oct": 10, "sept": 9}
MONTHS_PATTERN: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR: Final = r"(?P<year>19\d\d|2[01]\d\d)"
#: A year may be followed by the digit of a footnote, as in "31 december 20231)".
_YEAR_END: Final = r"(?:\d?\)?(?!\d))"

#: Month and day of a yearly figure.
LAST_DAY: Final = (12, 31)

#: What a cell that holds nothing but a period looks like, after folding.
_EXACT: Final = (
    re.compile(rf"{_YEAR} ?m ?(?P<month>\d\d?)"),
    re.compile(rf"{_YEAR} (?P<month>\d\d)"),
    re.compile(rf"{_YEAR} ?[kq] ?(?P<quarter>[1-4])"),
    re.compile(rf"(?:kvartal|quarter|kv|[kq]) ?(?P<quarter>[1-4]) {_YEAR}"),
    re.compile(rf"(?:manad|month) ?(?P<month>\d\d?) {_YEAR}"),
    re.compile(rf"{_YEAR} ?h ?(?P<half>[12])"),
    re.compile(rf"{_YEAR} ?[wv] ?(?P<week>\d\d?)"),
    re.compile(rf"{_YEAR} (?P<month>\d\d?) (?P<day>\d\d?)(?: 00 00 00)?"),
    re.compile(rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)"),
    re.compile(rf"(?:den )?(?P<day>\d\d?) (?P<name>{MONTHS_PATTERN}) {_YEAR}"),
    re.compile(rf"(?P<name>{MONTHS_PATTERN}) {_YEAR}"),
)
#: In digits alone: "31/12 2023", "1.11.2023", "31-12-2023".
_NUMERIC: Final = re.compile(
    rf"(?<![\d./-])(?P<day>\d\d?)(?P<mark>[./-])(?P<month>\d\d?)(?:(?P=mark)|(?P<gap>[ -])){_YEAR}{_YEAR_END}"
)
_DATE_IN_TEXT: Final = re.compile(rf"\b(?P<day>\d\d?) (?P<name>{MONTHS_PATTERN}) {_YEAR}{_YEAR_END}")
_ISO_IN_TEXT: Final = re.compile(rf"\b{_YEAR} (?P<month>[01]\d) (?P<day>[0-3]\d)\b")
_MONTH_IN_TEXT: Final = re.compile(rf"\b(?P<name>{MONTHS_PATTERN}) {_YEAR}{_YEAR_END}")
_COMPACT_IN_TEXT: Final = re.compile(rf"(?<!\d){_YEAR}(?P<month>0\d|1[0-2])(?P<day>[0-3]\d)(?!\d)")
#: "31/12-19", and "2017 (1/1)" whose day stands apart from its year.
_SHORT_YEAR: Final = re.compile(r"(?<![\d./-])(?P<day>\d\d?)/(?P<month>\d\d?) ?- ?(?P<year>\d\d)(?!\d)")
_DAY_APART: Final = re.compile(r"(?<![\d.,/])(?P<day>\d\d?)/(?P<month>\d\d?)(?![\d/])")
#: "2019/2020" is the turn of the year: the last day of the first.
_TURN_OF_YEAR: Final = re.compile(rf"(?<![\d-]){_YEAR} ?/ ?(?P<next>(?:19|20)?\d\d)(?![\d/-])")
_CENTURY: Final = 2000
_CODED_IN_TEXT: Final = re.compile(rf"\b{_YEAR}(?:m(?P<month>\d\d)|[kq](?P<quarter>[1-4])|h(?P<half>[12]))\b")
_QUARTER_IN_TEXT: Final = (
    re.compile(rf"\b(?:kvartal|quarter|kv|q) ?(?P<quarter>[1-4]) (?:ar )?{_YEAR}{_YEAR_END}"),
    re.compile(rf"\b{_YEAR} (?:kvartal|quarter|kv|q) ?(?P<quarter>[1-4])\b"),
)
#: A text that speaks of a part of the year in other words does not mean its end.
_PART_OF_YEAR: Final = re.compile(r"\b(?:kvartal\w*|quarters?|halvar\w*|half years?)\b")
#: "31 december 2015-2024" names no single day.
_SPAN_OF_YEARS: Final = re.compile(rf"\b\d\d? (?:{MONTHS_PATTERN}) {_YEAR}\s*[-–—]\s*(?:19|2[01])\d\d\b")
_YEAR_IN_TEXT: Final = re.compile(rf"(?<!\d){_YEAR}{_YEAR_END}")
_DAY_IN_YEAR: Final = re.compile(rf"\b(?P<day>\d\d?) (?P<name>{MONTHS_PATTERN})\b(?! \d)")


def parse_period(value: object, day: tuple[int, int] = LAST_DAY) -> dt.date | None:
    """The reference date when ``value`` is a period and nothing else: 2024, "2024M06", "31 dec 2024", a date cell.

    ``day`` (month, day) is the one that a plain year means.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    value = _whole(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}\.0", value):  # a year that was once a floating point number
        value = value[:4]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return _parse_text(str(value)[:60], day)


def join_periods(cells: Sequence[tuple[str, object]], day: tuple[int, int] = LAST_DAY) -> dt.date | None:
    """What the period cells of a row, each with its heading, say together: a year in one and its month or quarter in
    another. ``None`` when one says nothing intelligible, or they contradict each other."""
    texts = [(heading, _whole(value)) for heading, value in cells]
    years = {str(text) for _, text in texts if re.fullmatch(_YEAR, str(text))}
    parts = [(heading, text) for heading, text in texts if str(text) not in years]
    if len(years) != 1 or not parts:
        dates = {parse_period(text, day) for _, text in texts}
    else:
        (year,) = years
        dates = {
            parse_period(text) or parse_period(f"{text} {year}") or parse_period(f"{heading} {text} {year}")
            for heading, text in parts
        }
        dates |= {None for date in dates if date and str(date.year) != year}
    return dates.pop() if len(dates) == 1 else None


def _whole(value: object) -> object:
    is_whole = isinstance(value, float | Decimal) and value == value // 1
    return int(value) if is_whole else value  # type: ignore[call-overload]


@lru_cache(maxsize=10_000)
def _parse_text(text: str, day: tuple[int, int]) -> dt.date | None:
    if match := _NUMERIC.fullmatch(plain(text)):
        return _numeric(match)
    if re.fullmatch(_YEAR, fold(text)):
        return _date(int(fold(text)), *day)
    match = _exact(text)
    return _end_of(match) if match else None


def _exact(text: str) -> re.Match[str] | None:
    folded = fold(text)
    return next((match for pattern in _EXACT if (match := pattern.fullmatch(folded))), None)


def stated(text: str) -> tuple[int, ...] | None:
    """Year, month and day, as far as a text says them and nothing else; ``None`` for what says another part of a year,
    and for days that do not exist."""
    if year := re.fullmatch(_YEAR, text):
        return (int(year[0]),)
    match = _NUMERIC.fullmatch(plain(text)) or _exact(text)
    if match is None or match.groupdict().keys() & {"week", "quarter", "half"}:
        return None
    date = _end_of(match)
    parts = (date.year, date.month, date.day) if date else ()
    return parts[: 3 if "day" in match.groupdict() else 2] or None


def find_period(text: str, day: tuple[int, int] = LAST_DAY) -> dt.date | None:
    """The reference date that a heading or title mentions: the first full date, else month, else the only year.

    ``day`` (month, day) is the one that a year means when the text names none.
    """
    written = _without_superscripts(text[:1000])
    if match := _NUMERIC.search(written):
        return _numeric(match)
    if match := _SHORT_YEAR.search(written):
        return _date(_CENTURY + int(match["year"]), int(match["month"]), int(match["day"]))
    if _SPAN_OF_YEARS.search(written.casefold()):
        return None
    folded = fold(written)
    for pattern in (_DATE_IN_TEXT, _ISO_IN_TEXT, _COMPACT_IN_TEXT, _CODED_IN_TEXT, _MONTH_IN_TEXT, *_QUARTER_IN_TEXT):
        if match := pattern.search(folded):
            return _end_of(match)
    return None if _PART_OF_YEAR.search(folded) else _of_year(written, folded, day)


def _of_year(written: str, folded: str, day: tuple[int, int]) -> dt.date | None:
    """The day of the only year that a text names, or of the first of two that meet."""
    turn = _TURN_OF_YEAR.search(written)
    if turn and (int(turn["year"]) + 1) % 100 == int(turn["next"]) % 100:
        return _date(int(turn["year"]), *LAST_DAY)
    years = {match["year"] for match in _YEAR_IN_TEXT.finditer(folded)}
    if len(years) != 1:
        return None
    year = int(years.pop())
    if apart := _DAY_APART.search(written):
        return _date(year, int(apart["month"]), int(apart["day"]))
    return _date(year, *(day_in_year(written) or day))


def is_reference_day(date: dt.date) -> bool:
    """Whether population is stated for such a day: the end of a month, 1 January, or 1 November (the day of the
    equalisation system). Other days in a file's name are those of a download."""
    return (date + dt.timedelta(1)).day == 1 or (date.month, date.day) in ((1, 1), (11, 1))


def _numeric(match: re.Match[str]) -> dt.date | None:
    """The date, unless it could be another: with a slash or a hyphen some write the month first (05/06/2023)."""
    day, month, year = int(match["day"]), int(match["month"]), int(match["year"])
    if match["mark"] != "." and not match["gap"] and day <= 12 and month <= 12 and day != month:
        return None
    return _date(year, month, day)


def day_in_year(text: str) -> tuple[int, int] | None:
    """Month and day when a text names a day without its year, as in "Folkmängd den 1 november efter region och år"."""
    match = _DAY_IN_YEAR.search(fold(text[:1000]))
    return (_MONTHS[match["name"]], int(match["day"])) if match else None


def _without_superscripts(text: str) -> str:
    return re.sub("[\u00b9\u00b2\u00b3\u2070-\u2079]+", "", plain(text))


def _end_of(match: re.Match[str]) -> dt.date | None:
    """The last day of what the named groups say."""
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    year = int(parts["year"])
    if "week" in parts:
        try:
            return dt.date.fromisocalendar(year, int(parts["week"]), 7)
        except ValueError:
            return None
    month = next((last(parts[part]) for part, last in _LAST_MONTH.items() if part in parts), 12)
    return _date(year, month, int(parts["day"]) if "day" in parts else None)


#: What names a part of a year, and its last month.
_LAST_MONTH: Final[dict[str, Callable[[str], int]]] = {
    "quarter": lambda quarter: int(quarter) * 3,
    "half": lambda half: int(half) * 6,
    "name": _MONTHS.__getitem__,
    "month": int,
}


def _date(year: int, month: int, day: int | None) -> dt.date | None:
    try:
        return dt.date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None
