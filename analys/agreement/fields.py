"""The words that the terms are written in: exact numbers, money, days, municipalities, citations, the unknown."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from analys.evidence import Underlag
from analys.register import Region, UnknownRegionError, resolve_municipality
from analys.swedish import fold, parse_number

#: What a term is when no document states it.
UNKNOWN: Final = "okand"

#: Numbers have at most so many digits before the decimal mark, and begin at most so far behind it.
_DIGITS: Final = 20

_NUMBER: Final = "ett tal på svenska, som 1 234,50"

#: Amounts stay under this, so that all arithmetic on them is exact; it is far above any municipal cost.
MOST_ORE: Final = 10**15


class Strict(BaseModel):
    """A table of the file: an unknown key is a fault, and what has been read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


T = TypeVar("T")
Unknown = Literal["okand"]
#: A term, or ``okand``.
Known = Annotated[
    Annotated[T, Tag("term")] | Annotated[Unknown, Tag("okand")],
    Discriminator(lambda value: "okand" if isinstance(value, str) else "term"),
]


def known(term: T | Unknown | None) -> T | None:
    """The term, or ``None`` where there is none or no document states it."""
    return None if isinstance(term, str) else term


def exact(value: object) -> Fraction:
    """A number as it is written in the file, or a fraction such as "1/4"; of a size that amounts and parts can have.

    Raises ``ValueError`` with what was expected, in Swedish.
    """
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d{1,12})\s*/\s*([1-9]\d{0,11})\s*", value)):
        return Fraction(int(match[1]), int(match[2]))
    try:
        number = parse_number(value).scaled
    except ValueError as error:
        ambiguous = isinstance(value, str) and re.fullmatch(r"\s*[1-9]\d{0,2}\.\d{3}\s*(kr)?\s*", value)
        expected = "ett entydigt tal (punkt före tre siffror kan betyda två saker)" if ambiguous else _NUMBER
        raise ValueError(expected) from error
    if number and not -_DIGITS <= number.adjusted() <= _DIGITS:  # before 1e999999999 becomes a whole number
        raise ValueError("ett tal av vanlig storlek")
    return Fraction(number)


def _not_negative(value: object) -> Fraction:
    number = exact(value)
    if not 0 <= number < MOST_ORE:
        raise ValueError("ett tal som är noll eller mer och inte större än någon kostnad")
    return number


def _part(value: object) -> Fraction:
    number = exact(value)
    if not 0 <= number <= 1:
        raise ValueError("en del av ett, som 30 %, 1/4 eller 0.3")
    return number


def _change(value: object) -> Fraction:
    number = exact(value)
    if not -1 < number <= 1:
        raise ValueError("en årlig ändring mellan −100 % och 100 %, som 2,5 %")
    return number


def ore(value: object) -> int:
    """Kronor as they are written, in öre."""
    amount = exact(value) * 100
    if amount.denominator != 1 or not 0 <= amount < MOST_ORE:
        raise ValueError("ett belopp i hela ören, noll eller mer och under 10 000 000 mnkr")
    return int(amount)


def _date(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ValueError("ett datum utan citattecken, som 2018-11-18")


def or_unknown(read: Callable[[object], Any]) -> Callable[[object], Any]:
    """A validator that lets ``okand`` through."""
    return lambda value: value if value == UNKNOWN else read(value)


def _near(error: UnknownRegionError) -> str:
    """The names that an unknown one resembles, as a question."""
    names = " eller ".join(f"{region.name} ({region.code})" for region in error.candidates)
    return f"; menas {names}?" if names else ""


def municipality(value: object) -> Region:
    """The municipality of exactly this name or code: an agreement that spells one otherwise is to be mended."""
    if isinstance(value, Region):
        return value
    try:
        region = resolve_municipality(str(value))
    except UnknownRegionError as error:
        raise ValueError(f"en kommun enligt SCB{_near(error)}") from error
    if str(value) not in (region.name, region.code):
        raise ValueError(f"en kommuns namn eller kod; menas {region.name} ({region.code})?")
    return region


def month_day(value: object) -> tuple[int, int]:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d{2})-(\d{2})", value)):
        month, day = int(match[1]), int(match[2])
        try:
            dt.date(2001, month, day)
        except ValueError:
            pass
        else:
            return month, day
    raise ValueError('en dag varje år som "MM-DD", till exempel "12-31"')


def choice(names: dict[str, Any]) -> Callable[[object], Any]:
    """A validator that reads one of the Swedish ``names`` as what it stands for."""

    def read(value: object) -> Any:
        if isinstance(value, str) and value in names:
            return names[value]
        raise ValueError("något av " + ", ".join(names))

    return read


#: Names that some systems keep for devices, so that no file can have them.
_DEVICES: Final = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def slug(value: str) -> str:
    """An id that can name files and folders on every system. Raises ``ValueError`` with a proposal."""
    if re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", value) and len(value) <= 64 and value not in _DEVICES:
        return value
    proposal = fold(value).replace(" ", "-")[:64].rstrip("-")
    hint = f", till exempel {proposal}" if proposal and proposal not in _DEVICES else ""
    raise ValueError(f"en id av små bokstäver a–z, siffror och bindestreck, högst 64 tecken{hint}")


def printable(value: str) -> str:
    """Text of one line without characters that a terminal or a file name would take for commands."""
    return _without_controls(value, allowed="")


def prose(value: str) -> str:
    """As :func:`printable`, but of any number of lines."""
    return _without_controls(value, allowed="\n\r\t")


def _without_controls(value: str, allowed: str) -> str:
    """Categories Cc (control), Cf but for the soft hyphen and joiners (right-to-left marks), Cs, Co and line ends."""
    for place, mark in enumerate(value, 1):
        hidden = unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and mark not in _HARMLESS
        if hidden and mark not in allowed:
            raise ValueError(f"text utan styrtecken (U+{ord(mark):04X} på plats {place})")
    return value


def titled(value: str) -> str:
    """A name: printable, and not empty."""
    if not value.strip():
        raise ValueError("ett namn, inte tom text")
    return printable(value)


#: Soft hyphen, zero-width joiners and the byte order mark: seen in copied text, and harmless.
_HARMLESS: Final = frozenset("\u00ad\u200b\u200c\u200d\ufeff")

Slug = Annotated[str, AfterValidator(slug)]
Name = Annotated[str, AfterValidator(titled)]
Prose = Annotated[str, AfterValidator(prose)]
#: Zero or more, exactly: ``"48 %"``, ``"1/4"``, ``0.48`` or ``"31,25"``.
Exact = Annotated[Fraction, BeforeValidator(_not_negative)]
#: From zero to one.
Part = Annotated[Fraction, BeforeValidator(_part)]
#: A yearly change, up or down.
Change = Annotated[Fraction, BeforeValidator(_change)]
#: Kronor in the file, öre in the program.
Ore = Annotated[int, BeforeValidator(ore)]
Municipality = Annotated[Region, BeforeValidator(municipality)]
#: A day of every year, as (month, day).
MonthDay = Annotated[tuple[int, int], BeforeValidator(month_day)]
MonthDayOrUnknown = Annotated[tuple[int, int] | Unknown, BeforeValidator(or_unknown(month_day))]
Date = Annotated[dt.date, BeforeValidator(_date)]
DateOrUnknown = Annotated[dt.date | Unknown, BeforeValidator(or_unknown(_date))]


class Span(NamedTuple):
    """Days from ``first`` to ``last``, both included; an open end is the calendar's."""

    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, first: dt.date | None, last: dt.date | None) -> Span:
        return cls(first or dt.date.min, last or dt.date.max)

    @property
    def is_empty(self) -> bool:
        return self.first > self.last

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def common(self, other: Span) -> Span:
        """The days of both; empty where there are none."""
        return Span(max(self.first, other.first), min(self.last, other.last))

    def told(self) -> str:
        return f"från {self.first} {'och tills vidare' if self.last == dt.date.max else f'till {self.last}'}"


class Citation(Strict):
    """Where a term stands: ``document`` is an id of the agreement's documents, ``place`` a clause or heading."""

    document: str = Field(alias="dokument")
    place: Name = Field(alias="stalle")
    quote: Prose | None = Field(None, alias="citat")


class Term(Strict, ABC):
    """What every term says about itself: where it stands, what it rests on, and what a reader should know."""

    citation: Citation = Field(alias="kalla")
    underlag: Underlag = Underlag.DOKUMENTERAD
    note: Prose | None = Field(None, alias="anmarkning")

    @abstractmethod
    def told(self) -> str:
        """The term in few Swedish words, fit to stand in a sentence: "uppsägningstiden är *två månader*"."""
