"""The cells of a ledger as column expressions, written once in Narwhals for every engine.

They know the plain forms that nearly all rows have. A row in any other form is not judged here: it goes, alone,
through the code that reads a small ledger, so that a large file and a small one can never give different answers.
What is accepted here :mod:`analys.intake.invoices.cells` accepts too, with the same values. No-break spaces have become
spaces before (:mod:`analys.ledgers.stream`).
"""

from __future__ import annotations

import re
from typing import Final

import narwhals as nw

# \\z, not $: for Spark, $ also stands before a last line end.
# Longer amounts may be the number of a company or person, and six digits a month or a day.
_AMOUNT: Final = r"^-?([0-9]{1,9}|[0-9]{1,3}( [0-9]{3}){1,3})([,.][0-9]{1,2})?\z"
_KRONOR: Final = nw.Decimal(18, 2)
_YEAR: Final = "(19[7-9][0-9]|20[0-9][0-9])"
_LEAP_YEAR: Final = "(19(7[26]|8[048]|9[26])|20([02468][048]|[13579][26]))"


def _day_of_1970_to_2099(mark: str) -> str:
    """The pattern of a day that exists, with ``mark`` between year, month and day."""
    any_year = (
        f"(0[13578]|1[02]){mark}(0[1-9]|[12][0-9]|3[01])|(0[469]|11){mark}(0[1-9]|[12][0-9]|30)"
        f"|02{mark}(0[1-9]|1[0-9]|2[0-8])"
    )
    return f"{_YEAR}{mark}({any_year})|{_LEAP_YEAR}{mark}02{mark}29"


_MONTH: Final = f"({_YEAR}-|19[7-9][0-9]|20(00|1[3-9]|[2-9][0-9]))(0[1-9]|1[0-2])"
_DATE: Final = rf"^({_day_of_1970_to_2099('-')}|{_day_of_1970_to_2099('')}|{_MONTH})\z"


def written(number: str) -> str:
    """The pattern of an organisation number, however it is written: with hyphens and spaces anywhere, in other text."""
    return "[- ]*".join(re.escape(digit) for digit in number if digit not in "- ")


def plain_amount(cell: nw.Expr) -> nw.Expr:
    """Whether the cell is an amount in a plain Swedish form, with at most nine digits before the decimals, in groups
    twelve."""
    return cell.str.contains(_AMOUNT)


def kronor(cell: nw.Expr) -> nw.Expr:
    """The amount as an exact decimal with two places; null where :func:`plain_amount` does not hold."""
    number = cell
    for written, meant in ((" ", ""), (",", ".")):
        number = number.str.replace_all(written, meant, literal=True)
    return nw.when(plain_amount(cell)).then(number).cast(_KRONOR)


def plain_date(cell: nw.Expr) -> nw.Expr:
    """Whether the cell is a day (``2023-05-31``, ``20230531``) or a month (``2023-05``, ``202305``) of 1970-2099.

    ``200105`` is none: it can be a day of 2020 too.
    """
    return cell.str.contains(_DATE)


def year(cell: nw.Expr) -> nw.Expr:
    """The year of a plain date, as text."""
    return cell.str.slice(0, 4)


def has_digit(cell: nw.Expr) -> nw.Expr:
    """Whether the cell is certainly no sign for nothing (``NULL``, ``saknas``, ``***``)."""
    return cell.str.contains("[0-9]")
