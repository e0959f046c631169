"""The words that the terms are written in: exact numbers, money, days, municipalities, citations, the unknown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from analys.evidence import Underlag
from analys.register import Region, UnknownRegionError, resolve_municipality
from analys.swedish import parse_number

#: What a term is when no document states it.
UNKNOWN: Final = "okand"

#: Numbers have at most so many digits before the decimal mark, and begin at most so far behind it.
_DIGITS: Final = 20

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


def exact(value: object) -> Fraction:
    """A number as it is written in the file, or a fraction such as "1/4"; of a size that amounts and parts can have."""
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d{1,12})\s*/\s*([1-9]\d{0,11})\s*", value)):
        return Fraction(int(match[1]), int(match[2]))
    number = parse_number(value).scaled
    if number and not -_DIGITS <= number.adjusted() <= _DIGITS:  # before 1e999999999 becomes a whole number
        raise ValueError("a number of ordinary size")
    return Fraction(number)


def _not_negative(value: object) -> Fraction:
    number = exact(value)
    if not 0 <= number < MOST_ORE:
        raise ValueError("a number of zero or more, and no larger than any cost")
    return number


def _part(value: object) -> Fraction:
    number = exact(value)
    if not 0 <= number <= 1:
        raise ValueError("a part of one, such as 30 %, 1/4 or 0.3")
    return number


def _change(value: object) -> Fraction:
    number = exact(value)
    if not -1 < number <= 1:
        raise ValueError("a yearly change between −100 % and 100 %, such as 2,5 %")
    return number


def ore(value: object) -> int:
    """Kronor as they are written, in öre."""
    amount = exact(value) * 100
    if amount.denominator != 1 or not 0 <= amount < MOST_ORE:
        raise ValueError("an amount in whole öre, of zero or more and under 10 000 000 mnkr")
    return int(amount)


def _date(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ValueError("a date without quotes, such as 2018-11-18")


def or_unknown(read: Callable[[object], Any]) -> Callable[[object], Any]:
    """A validator that lets ``okand`` through."""
    return lambda value: value if value == UNKNOWN else read(value)


def municipality(value: object) -> Region:
    """The municipality of exactly this name or code: an agreement that spells one otherwise is to be mended."""
    if isinstance(value, Region):
        return value
    try:
        region = resolve_municipality(str(value))
    except UnknownRegionError as error:
        raise ValueError(f"a municipality: {error}") from error
    if str(value) not in (region.name, region.code):
        raise ValueError(f"a municipality's name or code; did you mean {region.name} ({region.code})?")
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
    raise ValueError('a day of every year as "MM-DD", such as "12-31"')


def choice(names: dict[str, Any]) -> Callable[[object], Any]:
    """A validator that reads one of the Swedish ``names`` as what it stands for."""

    def read(value: object) -> Any:
        if isinstance(value, str) and value in names:
            return names[value]
        raise ValueError("one of " + ", ".join(names))

    return read


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


class Citation(Strict):
    """Where a term stands: ``document`` is an id of the agreement's documents, ``place`` a clause or heading."""

    document: str = Field(alias="dokument")
    place: str = Field(alias="stalle")
    quote: str | None = Field(None, alias="citat")


class Term(Strict):
    """What every term says about itself: where it stands, what it rests on, and what a reader should know."""

    citation: Citation = Field(alias="kalla")
    underlag: Underlag = Underlag.DOKUMENTERAD
    note: str | None = Field(None, alias="anmarkning")
