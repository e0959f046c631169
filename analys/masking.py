"""Personal identity numbers are masked wherever text from a file, or a file's name, is kept or shown: one door.

A sole trader's organisation number *is* a personal identity number. It is told from a company's by its third and
fourth digits: they are a month, while every other organisation number has 20 or more there (Skatteverket, SKV 709).
Coordination numbers add 60 to the day. The whole number is masked, the birth date too.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

#: What stands in a masked number's place.
MASK: Final = "******-****"

_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])"
_DATE: Final = rf"[0-9]{{2}}{_MONTH}{_DAY}"
_DASHES: Final = r"\-+~\u2010-\u2015\u2212\ufe58\ufe63\uff0b\uff0d"
#: Blanks, and marks that nobody sees.
_UNSEEN: Final = r"\s\u00ad\u200b-\u200f\u2060\ufeff\ufffd"
_DASH: Final = rf"[{_UNSEEN}]{{0,3}}[{_DASHES}]{{1,2}}[{_UNSEEN}]{{0,3}}"
#: Neither a decimal mark nor what stands between the cells of a row.
_MARKS: Final = r"(?:[^\w.,;|]|_){0,3}"
_SERIAL: Final = r"[0-9]{4}"
#: A number as it is written, whether its check digit holds or not.
_WRITTEN: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?:SE)?(?:1[689]|20)?{_DATE}{_DASH}(?:{_SERIAL}|[A-Z][0-9]{{3}})(?:01)?(?![0-9])"
)
#: Digits that are one only when the check digit holds too.
_CHECKED: Final = (
    re.compile(rf"(?<![0-9])(?:SE)?(?:1[689]|20)?({_DATE}){_MARKS}({_SERIAL})(?:01)?(?![0-9])"),
    # The date in three parts.
    re.compile(
        rf"(?<![0-9-])(?:1[689]|20)?([0-9]{{2}})[-. ]({_MONTH})[-. ]({_DAY})"
        rf"(?:{_DASH}|[{_UNSEEN}]{{1,3}})({_SERIAL})(?![0-9-])"
    ),
    # Within a longer word or number; two days with a hyphen between them are a period.
    re.compile(rf"({_DATE}){_DASH}(?!{_DATE}(?![0-9]))({_SERIAL})"),
)
#: The birth date of a number whose last digits the publisher has hidden.
_HALF_HIDDEN: Final = re.compile(
    rf"(?<![0-9])(?:1[689]|20)?{_DATE}(?:{_DASH})?(?:X{{4}}|x{{4}}|N{{4}}|n{{4}}|\*{{4}}|#{{4}})(?![\w*#])"
)
_WITHIN_DIGITS: Final = re.compile(rf"(?=({_DATE}{_SERIAL}))")
_SUPPLIER: Final = re.compile(rf"(?:SE)?(?:16|18|19|20)?{_DATE}(?:{_SERIAL}|[A-Z][0-9]{{3}})(?:01)?")
_BETWEEN: Final = re.compile(f"[{_UNSEEN}{_DASHES}]")
#: What all text that :func:`mask` changes matches, in the syntax that patterns of Rust (polars) have too.
MAY_HOLD: Final = (
    rf"[0-9]{{2}}[-. ]?{_MONTH}[-. ]?{_DAY}[^0-9A-Za-z]{{0,8}}(?:{_SERIAL}|[A-Z][0-9]{{3}}|[XxNn*#]{{4}})"
    r"|[^\x00-\x7f\D]"
)
_OTHER_DIGIT: Final = re.compile(r"[^\D0-9]")
_POSSIBLE: Final = re.compile(rf"[0-9]{{2}}[-. ]?{_MONTH}[-. ]?{_DAY}")
_LONGEST_SHOWN: Final = 40
#: Categories of characters that a terminal acts on instead of showing them: control, format, lone surrogates.
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs"})


def mask(text: str, *, certain: bool = False) -> str:
    """``text`` with every personal identity number in it masked.

    Ten or twelve digits without a hyphen are masked only when the check digit holds too: other numbers may begin
    as a date does. With ``certain``, and within longer words, that goes for numbers with a hyphen as well.
    """
    plain = _in_ascii(text)
    if not _POSSIBLE.search(plain):
        return text
    masked = plain if certain else _WRITTEN.sub(MASK, plain)
    for pattern in _CHECKED:
        masked = pattern.sub(_mask_when_valid, masked)
    masked = _HALF_HIDDEN.sub(MASK, masked)
    return text if masked == plain else masked


def _in_ascii(text: str) -> str:
    """``text`` with the digits of other scripts as 0-9."""
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def printable(text: str) -> str:
    """Text from a file on one line, fit for a terminal and for UTF-8: control characters, marks that turn the direction
    of writing and lone surrogates become U+FFFD."""
    return "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text)


def harmless(text: str) -> str:
    """As :func:`printable`, for text of several lines whose blanks and tabs are to stay as they are."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(c) in _UNSHOWN and c not in "\n\t\u00ad" else c for c in text)


def shown_path(path: Path | str) -> str:
    """A file as messages name it: on one line, in characters that UTF-8 has, without personal numbers."""
    return mask(printable(str(path)))


def file_name(path: Path) -> str:
    """A file's name, without its folders, as ``kalla`` gives it."""
    return shown_path(path.name)


def shown(cell: object) -> str:
    """A cell as a message shows it: masked, then cut, so that no part of a number is left."""
    written = "" if cell is None else mask(str(cell))
    if not written.strip():
        return "inget"
    return repr(written if len(written) <= _LONGEST_SHOWN else f"{written[:_LONGEST_SHOWN]}…")


def _mask_when_valid(match: re.Match[str]) -> str:
    return MASK if _checks("".join(match.groups())) else match[0]


def _checks(digits: str) -> bool:
    """Whether the check digit is right."""
    from stdnum import luhn  # with it come seventy modules, for a number that most files do not have

    return bool(luhn.is_valid(digits))


def is_personal(supplier_number: str) -> bool:
    """Whether a supplier's number can only be a person's, with or without hyphen, century or VAT form.

    The check digit does not matter: a mistyped personal number is a personal number still. A spreadsheet that took
    the number for an amount has lost its leading zeros; then the check digit decides.
    """
    compact = _BETWEEN.sub("", _in_ascii(supplier_number)).upper()
    if _SUPPLIER.fullmatch(compact):
        return True
    padded = compact.zfill(10)
    return compact.isdigit() and 7 <= len(compact) < 10 and bool(_SUPPLIER.fullmatch(padded)) and _checks(padded)


def holds_personal(supplier_number: str) -> bool:
    """Whether a supplier's number that is no organisation number has a person's in it, with more before or after.

    With a hyphen its form decides, as no company's number has it; within a run of digits its check digit too, which
    takes one in forty of the thirteen-digit numbers that some ledgers use for suppliers: an unknown number costs less.
    """
    compact = re.sub(r"\s", "", _in_ascii(supplier_number))
    digits = (match[1] for match in _WITHIN_DIGITS.finditer(compact))
    return any(map(_checks, digits)) or re.search(f"{_DATE}{_DASH}{_SERIAL}", compact) is not None
