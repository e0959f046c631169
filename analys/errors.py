"""Errors that a user can act on.

A :class:`Fault` says what is wrong with one place of one file: where, what was expected, what was found and what
to do. :class:`InputError` carries *all* the faults of a job, so that one run tells everything there is to mend.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: What a system says of a file that cannot be read or written, in the words of a reader.
_SYSTEM: Final = {
    errno.EACCES: "ingen rättighet till den",
    errno.EPERM: "ingen rättighet till den",
    errno.EEXIST: "något annat med det namnet",
    errno.EFBIG: "en fil som blir större än den får",
    errno.EISDIR: "en mapp",
    errno.ELOOP: "en länk till sig själv",
    errno.ENAMETOOLONG: "ett för långt namn",
    errno.ENOENT: "ingen sådan mapp eller fil",
    errno.ENOSPC: "en full disk",
    errno.EDQUOT: "en full kvot",
    errno.ENOTDIR: "en fil i en mapps ställe",
    errno.EROFS: "en disk som inte går att skriva på",
    errno.EBUSY: "en fil som ett annat program använder",
}


def told(error: Exception) -> str:
    """What the system, or a library, says is wrong with a file: without the file's name, which a message has already."""
    number = getattr(error, "errno", None)
    return _SYSTEM.get(number or 0) or getattr(error, "strerror", None) or str(error)


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

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """From another process with its faults, not with its words."""
        return type(self), (self.faults,)
