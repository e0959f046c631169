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

_DATE: Final = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
_SEPARATED: Final = re.compile(
    rf"(?<![\dA-Za-z])(?:SE)?(?:1[689]|20)?({_DATE})\s?[-+\u2010-\u2013\u2212]\s?(\d{{4}}|[A-Z]\d{{3}})(?:01)?(?!\d)"
)
_COMPACT: Final = re.compile(rf"(?<!\d)(?:SE)?(?:(?:1[689]|20)({_DATE}\s?\d{{4}})|({_DATE}\s?\d{{4}}))(?:01)?(?!\d)")
#: The birth date of a number whose last digits the publisher has hidden.
_HALF_HIDDEN: Final = re.compile(
    rf"(?<!\d)(?:1[689]|20)?{_DATE}\s?[-+\u2010-\u2013\u2212]\s?(?:X{{4}}|x{{4}}|\*{{4}})(?![\w*])"
)
#: Within a longer word or number; two days with a hyphen between them are a period.
_WITHIN: Final = re.compile(rf"({_DATE})\s?[-+\u2010-\u2013\u2212]\s?(?!{_DATE}(?!\d))(\d{{4}})")
_WITHIN_DIGITS: Final = re.compile(rf"(?=({_DATE}\d{{4}}))")
_SUPPLIER: Final = re.compile(rf"(?:SE)?(?:16|18|19|20)?{_DATE}(?:\d{{4}}|[A-Z]\d{{3}})(?:01)?")
_LONGEST_SHOWN: Final = 40
#: Categories of characters that a terminal acts on instead of showing them: control, format, lone surrogates.
_UNSHOWN: Final = frozenset({"Cc", "Cf", "Cs"})
_POSSIBLE: Final = re.compile(r"\d{6}")


def mask(text: str, *, certain: bool = False) -> str:
    """``text`` with every personal identity number in it masked.

    Ten or twelve digits without a separator are masked only when the check digit holds too: other numbers may begin
    as a date does. With ``certain``, and within longer words, that goes for numbers with a separator as well.
    """
    if not _POSSIBLE.search(text):
        return text
    masked = _COMPACT.sub(_mask_when_valid, _SEPARATED.sub(_mask_when_valid if certain else MASK, text))
    return _HALF_HIDDEN.sub(MASK, _WITHIN.sub(_mask_when_valid, masked))


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
    digits = re.sub(r"\D", "", "".join(group for group in match.groups() if group))
    return MASK if _checks(digits) else match[0]


def _checks(digits: str) -> bool:
    """Whether the check digit is right."""
    from stdnum import luhn  # with it come seventy modules, for a number that most files do not have

    return bool(luhn.is_valid(digits))


def is_personal(supplier_number: str) -> bool:
    """Whether a supplier's number can only be a person's, with or without hyphen, century or VAT form.

    The check digit does not matter: a mistyped personal number is a personal number still. A spreadsheet that took
    the number for an amount has lost its leading zeros; then the check digit decides.
    """
    compact = re.sub(r"[\s+\-\u2010-\u2013\u2212]", "", supplier_number).upper()
    if _SUPPLIER.fullmatch(compact):
        return True
    padded = compact.zfill(10)
    return compact.isdigit() and 7 <= len(compact) < 10 and bool(_SUPPLIER.fullmatch(padded)) and _checks(padded)


def holds_personal(supplier_number: str) -> bool:
    """Whether a supplier's number that is no organisation number has a person's in it, with more before or after.

    With a separator its form decides, as no company's number has it; within a run of digits its check digit too, which
    takes one in forty of the thirteen-digit numbers that some ledgers use for suppliers: an unknown number costs less.
    """
    compact = re.sub(r"\s", "", supplier_number)
    digits = (match[1] for match in _WITHIN_DIGITS.finditer(compact))
    return any(map(_checks, digits)) or re.search(rf"{_DATE}[-+\u2010-\u2013\u2212]\d{{4}}", compact) is not None
