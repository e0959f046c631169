"""What a public function may be given: a wrong argument is one Swedish sentence, never an error from within."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral
from pathlib import Path
from typing import Any, Final, Generic, ParamSpec, TypeVar

import pandas as pd

from analys.errors import AnalysError
from analys.swedish import parse_date, parse_number, similar

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def named(function: Callable[P, R]) -> Callable[P, R]:
    """The function, which raises :class:`AnalysError` for an argument that it has no name for, or that is missing."""
    signature = inspect.signature(function)
    names = [name for name in signature.parameters if name != "self"]

    @functools.wraps(function)
    def call(*arguments: P.args, **given: P.kwargs) -> R:
        try:
            signature.bind(*arguments, **given)
        except TypeError as error:
            needed = [name for name in names if signature.parameters[name].default is inspect.Parameter.empty]
            unknown = [name for name in given if name not in names]
            near = [f"menade du {meant}?" for name in unknown for meant in similar(name, names)]
            told = (
                f"{', '.join(unknown)} finns inte" if unknown else f"ange {', '.join(needed) or 'argumenten vid namn'}"
            )
            hint = "; ".join([told, *near, f"det som kan anges är {', '.join(names)}"])
            raise AnalysError(f"{function.__name__}: {hint}") from error
        return function(*arguments, **given)

    return call


@dataclass(frozen=True)
class Wanted(Generic[T]):
    """A kind of argument: ``told`` in words, and ``read``, which raises ``ValueError`` or ``TypeError`` for another."""

    told: str
    read: Callable[[Any], T]

    def __call__(self, name: str, value: object) -> T:
        """What the argument ``name`` means. Raises :class:`AnalysError` when it is not of the kind."""
        try:
            return self.read(value)
        except (TypeError, ValueError) as error:
            found = repr(value) if isinstance(value, str | int | float | dt.date) else type(value).__name__
            raise AnalysError(f"{name}: väntade {self.told}, fann {found}") from error

    def unless_none(self, name: str, value: object) -> T | None:
        """As a call, where the argument may be left out."""
        return None if value is None else self(name, value)


def one_of(named: Mapping[str, T]) -> Wanted[T]:
    """One of the names, and what it stands for."""

    def read(value: Any) -> T:
        if value not in named:
            raise ValueError(value)
        return named[value]

    return Wanted(f"något av {', '.join(named)}", read)


def _path(value: Any) -> Path:
    return Path(value)


def _source(value: Any) -> Path | pd.DataFrame:
    return value if isinstance(value, pd.DataFrame) else Path(value)


def _year(value: Any) -> int:
    year = int(value) if isinstance(value, Integral) else 0
    if not 1900 <= year <= 2200:
        raise ValueError(value)
    return year


def _several(read: Callable[[Any], T], alone: type) -> Callable[[Any], list[T]]:
    """One value, or several in whatever holds them."""
    return lambda value: [read(each) for each in ([value] if isinstance(value, alone) else value)]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else parse_date(_text(value))


def _ore(value: Any) -> int:
    amount = parse_number(int(value) if isinstance(value, Integral) else value).scaled * 100
    if amount < 0 or amount != int(amount):
        raise ValueError(value)
    return int(amount)


def _part(value: Any) -> Fraction:
    part = value if isinstance(value, Fraction) else Fraction(parse_number(value).scaled)
    if not 0 <= part <= 1:
        raise ValueError(value)
    return part


FILE: Final = Wanted("sökvägen till en fil", _path)
FILE_OR_FRAME: Final = Wanted("en fil eller en DataFrame", _source)
AGREEMENT: Final = Wanted("ett avtals id eller sökväg", _path)
FOLDER: Final = Wanted("sökvägen till en mapp", _path)
MUNICIPALITY: Final = Wanted("en kommuns namn eller kod", _text)
MUNICIPALITIES: Final = Wanted("en kommun, eller flera i en lista", _several(_text, str))
FORMATS: Final = Wanted("ett format som docx, eller flera i en lista", _several(_text, str))
TERMS: Final = Wanted("villkoret som text", _text)
YEAR: Final = Wanted("ett år som 2024, utan citattecken", _year)
YEARS: Final = Wanted("ett år som 2024, eller flera i en lista", _several(_year, Integral))
DAY: Final = Wanted("en dag som 2024-09-30", _day)
KRONOR: Final = Wanted("ett belopp i kronor och hela ören", _ore)
PART: Final = Wanted('en del från 0 till 1, som 0.5 eller "50 %"', _part)
