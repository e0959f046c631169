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


class Strict(BaseModel):
    """A table of the file: an unknown key is a fault, and what has been read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


T = TypeVar("T")
Unknown = Literal["okand"]
#: A term, or ``okand``.
Known = Annotated[
    Annotated[T, Tag("term")] | Annotated[Unknown, Tag("okand")],
    Discriminator(lambda value: "okand" if isinstance(value, str) else "term"),
]


def _exact(value: object) -> Fraction:
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+)\s*/\s*([1-9]\d*)\s*", value)):
        return Fraction(int(match[1]), int(match[2]))
    return value if isinstance(value, Fraction) else Fraction(parse_number(value).scaled)


def _not_negative(value: object) -> Fraction:
    number = _exact(value)
    if number < 0:
        raise ValueError("a number of zero or more")
    return number


def _ore(value: object) -> int:
    amount = _exact(value) * 100
    if amount.denominator != 1:
        raise ValueError("an amount in whole öre")
    return int(amount)


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


def _month_day(value: object) -> tuple[int, int]:
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
#: Any sign: a yearly change, for example.
Signed = Annotated[Fraction, BeforeValidator(_exact)]
#: Kronor in the file, öre in the program.
Ore = Annotated[int, BeforeValidator(_ore)]
Municipality = Annotated[Region, BeforeValidator(municipality)]
#: A day of every year, as (month, day).
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day)]


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
