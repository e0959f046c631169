"""Files that the project writes: each takes the old one's place in one step, whole or not at all.

What a killed run left behind is removed by the next one that writes into the folder. A leftover's name says which
process of which machine made it, so that nothing of a job that is still running is touched.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from analys.errors import Fault, InputError, told

_UNFINISHED: Final = re.compile(r"\.analys-(?P<machine>[0-9a-z-]+)-(?P<process>\d+)-.*")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MACHINE: Final = re.sub(r"[^0-9a-z]+", "", socket.gethostname().lower()) or "x"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path to write to; on leaving without error it takes ``path``'s place in one step.

    A run that is killed or fails leaves the old ``path`` whole. A link is written through, and a device such as
    ``/dev/null`` is written to. Raises :class:`InputError` for a folder in the file's place, a missing folder or a full
    disk, naming the file.
    """
    target = _target(path)
    if _is_device(target):
        yield target
        return
    with workspace(target.parent, why=path) as folder:
        temporary = folder / target.name[:100]
        try:
            yield temporary
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.replace(target)
        except OSError as error:
            if error.filename not in (None, str(temporary), str(target)):
                raise
            _refuse(path, "en fil att skriva", error)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file, or leave the old one as it was. Raises as :func:`replacing` does."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def workspace(folder: Path, why: Path | None = None) -> Iterator[Path]:
    """A hidden folder in ``folder`` for files on their way, removed on leaving; ``why`` is what a message names.

    Raises :class:`InputError` where ``folder`` is missing or cannot be written in, or the disk is full on the way.
    """
    remove_leftovers(folder)
    try:
        made = Path(tempfile.mkdtemp(prefix=f".analys-{_MACHINE}-{os.getpid()}-", dir=folder))
    except OSError as error:
        _refuse(why or folder, "en mapp att skriva i", error)
    try:
        yield made
    except InputError as error:  # of a file that never comes out of it: named as it would have been
        raise InputError(_where_it_goes(fault, made) for fault in error.faults) from error
    except OSError as error:
        if error.errno not in _FULL:
            raise
        _refuse(why or folder, "plats för det som skrivs", error)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _where_it_goes(fault: Fault, made: Path) -> Fault:
    file = Path(fault.file)
    return replace(fault, file=str(made.parent / file.name)) if file.is_relative_to(made) else fault


@contextmanager
def filling(folder: Path, last: str) -> Iterator[Path]:
    """A hidden folder to fill: on leaving without error all in it moves to ``folder``, which is new or empty; the entry
    called ``last`` comes last, and says that the others are there.

    Raises :class:`InputError` where ``folder`` holds something, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder)
        is_empty = not any(folder.iterdir())
    except (OSError, ValueError) as error:
        _refuse(folder, "en ny eller tom mapp", error)
    if not is_empty:
        raise InputError([Fault(str(folder), "", "en ny eller tom mapp", "något i den", "välj ett annat namn")])
    with workspace(folder) as made:
        yield made
        for entry in sorted(made.iterdir(), key=lambda entry: entry.name == last):
            entry.rename(folder / entry.name)


def remove_leftovers(folder: Path) -> None:
    """Remove what runs of this machine that were killed left on its way in ``folder``."""
    try:
        entries = list(folder.iterdir())
    except OSError:  # whoever writes there is told why it cannot
        return
    for entry in entries:
        left = _UNFINISHED.fullmatch(entry.name)
        if left and left["machine"] == _MACHINE and not _runs(int(left["process"])):
            shutil.rmtree(entry, ignore_errors=True)


def _runs(process: int) -> bool:
    if os.name == "nt":  # a signal would end the process there instead of asking for it
        return process == os.getpid() or _opens(process)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _opens(process: int) -> bool:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    query_limited_information = 0x1000
    handle = kernel.OpenProcess(query_limited_information, False, process)
    if handle:
        kernel.CloseHandle(handle)
    return bool(handle)


def _target(path: Path) -> Path:
    try:
        target = path.resolve() if path.is_symlink() else path
        if target.is_dir():
            raise InputError([Fault(str(path), "", "en fil att skriva", "en mapp", "välj ett annat namn")])
    except (OSError, RuntimeError, ValueError) as error:  # a name that no file can have, a link to itself
        _refuse(path, "en fil att skriva", error)
    return target


def _is_device(target: Path) -> bool:
    return target.exists() and not target.is_file()


def _refuse(path: Path, expected: str, error: Exception) -> NoReturn:
    action = "kontrollera att mappen finns och går att skriva i, att disken inte är full och att filen inte är öppen"
    raise InputError([Fault(str(path), "", expected, told(error), action)]) from error
