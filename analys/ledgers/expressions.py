"""The cells of a ledger as column expressions, written once in Narwhals for every engine.

They know the plain forms that nearly all rows have. A row in any other form is not judged here: it goes, alone,
through the code that reads a small ledger, so that a large file and a small one can never give different answers.
What is accepted here :mod:`analys.intake.invoices.cells` accepts too, with the same values.
"""

from __future__ import annotations

from typing import Final

import narwhals as nw

_SPACES: Final = "[ \u00a0\u202f]"
_AMOUNT: Final = rf"^[-\u2212]?(\d{{1,12}}|\d{{1,3}}({_SPACES}\d{{3}}){{1,3}})([,.]\d{{1,2}})?$"
_DAY: Final = (
    r"^((19[7-9]\d|20\d\d)-?((0[13578]|1[02])-?(0[1-9]|[12]\d|3[01])|(0[469]|11)-?(0[1-9]|[12]\d|30)"
    r"|02-?(0[1-9]|1\d|2[0-8]))|(19(7[26]|8[048]|9[26])|20([02468][048]|[13579][26]))-?02-?29)$"
)
_ORGANISATION: Final = r"^(16)?\d\d[2-9]\d{3}-?\d{4}$"


def plain_amount(cell: nw.Expr) -> nw.Expr:
    """Whether the cell is an amount in a plain Swedish form, with at most twelve digits before the decimals."""
    return cell.str.contains(_AMOUNT)


def ore(cell: nw.Expr) -> nw.Expr:
    """The amount in öre as a whole number; null where :func:`plain_amount` does not hold."""
    digits = cell.str.replace_all("[^0-9\u2212-]", "").str.replace_all("\u2212", "-", literal=True)
    factor = (
        nw.when(cell.str.contains(r"[,.]\d\d$")).then(nw.lit(1))
        .when(cell.str.contains(r"[,.]\d$")).then(nw.lit(10))
        .otherwise(nw.lit(100))
    )  # fmt: skip
    return nw.when(plain_amount(cell)).then(digits).otherwise(nw.lit("0")).cast(nw.Int64) * factor


def plain_day(cell: nw.Expr) -> nw.Expr:
    """Whether the cell is a day of 1970-2099 as ``2023-05-31`` or ``20230531``."""
    return cell.str.contains(_DAY)


def year(cell: nw.Expr) -> nw.Expr:
    """The year of a plain day, as text."""
    return cell.str.slice(0, 4)


def plain_organisation(cell: nw.Expr) -> nw.Expr:
    """Whether the cell is ten digits, or twelve with 16, that can be no person's number."""
    return cell.str.contains(_ORGANISATION)


def organisation_number(cell: nw.Expr) -> nw.Expr:
    """``NNNNNN-NNNN`` of a plain organisation number whose check digit holds; other numbers as written."""
    digits = cell.str.replace_all("-", "", literal=True).str.tail(10)
    number = nw.when(plain_organisation(cell)).then(digits).otherwise(nw.lit("0")).cast(nw.Int64)
    hyphened = nw.concat_str([digits.str.slice(0, 6), digits.str.slice(6, 4)], separator="-")
    return nw.when(_check_digit_holds(number)).then(hyphened).otherwise(cell)


def _check_digit_holds(number: nw.Expr) -> nw.Expr:
    """Luhn's formula on ten digits."""
    total = nw.lit(0)
    for place in range(10):
        digit = (number // 10**place) % 10
        doubled = digit * (1 + place % 2)
        total = total + doubled // 10 + doubled % 10
    return total % 10 == 0


def mentions(cell: nw.Expr, words: list[str]) -> nw.Expr:
    """Whether the cell holds all of the words, in capitals or not (``å`` and its like count as any letter)."""
    folded = cell.str.to_lowercase()
    found = nw.lit(True)
    for word in words:
        found = found & folded.str.contains("".join(letter if letter.isascii() else "." for letter in word))
    return found
