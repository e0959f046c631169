"""Errors that a user can act on.

A :class:`Fault` says what is wrong with one place of one file: where, what was expected, what was found and what
to do. :class:`InputError` carries *all* the faults of a job, so that one run tells everything there is to mend.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: What the operating system says in its own language, most often.
_IN_SWEDISH: Final = {
    errno.ENOENT: "den finns inte",
    errno.ENOTDIR: "en del av sökvägen är en fil",
    errno.EISDIR: "det är en mapp",
    errno.EACCES: "behörighet saknas",
    errno.EPERM: "behörighet saknas",
    errno.EROFS: "den ligger på en skrivskyddad disk",
    errno.ENOSPC: "disken är full",
    errno.EDQUOT: "disken är full",
    errno.ENAMETOOLONG: "namnet är för långt",
    errno.ELOOP: "länken leder till sig själv",
    errno.EBUSY: "den används av ett annat program",
}


def told(error: Exception) -> str:
    """What went wrong with a file, without its name, which the message has already."""
    number = getattr(error, "errno", None)
    return _IN_SWEDISH.get(number or 0) or getattr(error, "strerror", None) or str(error)


@dataclass(frozen=True)
class Fault:
    """One fault in one place. ``place`` is what a reader looks up: a sheet and cell, a row, or a line."""

    file: str
    place: str
    expected: str
    found: str
    action: str

    def __str__(self) -> str:
        from analys.masking import shown_path  # here: `analys --help` shows no fault

        file = shown_path(self.file)
        where = f"{file}, {self.place}" if self.place else file
        return f"{where}: väntade {self.expected}, fann {self.found}; {self.action}"


class AnalysError(Exception):
    """Input or request that cannot be used. The command line prints it without a trace back and exits with 2."""


class InputError(AnalysError):
    """Input with one or more faults, all of them listed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
