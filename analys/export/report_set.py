"""A report in every format that is asked for, written whole or not at all."""

from __future__ import annotations

import functools
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Final, NoReturn

from analys.catalog import EXPORTS
from analys.errors import AnalysError
from analys.export.wording import Sign

#: Reports are written by so many processes: drawing is what takes the time.
AT_A_TIME: Final = 2
REPORTS: Final = EXPORTS / "rapporter"
#: The folders of this process that hold files on their way.
_unfinished: set[str] = set()


class Format(StrEnum):
    """The files of a report, by their suffix."""

    DOCX = "docx"
    XLSX = "xlsx"
    HTML = "html"
    PDF = "pdf"


def write(
    agreement_id: str,
    member: str | None,
    formats: Iterable[Format],
    folder: Path = REPORTS,
    *,
    sign: Sign = Sign.SAVING,
    template: Path | None = None,
) -> list[Path]:
    """Write the report of a member, or of the group (``None``), into ``folder``; returns the files.

    The files are written beside their place and moved there when all of them are done, so that a stop or a fault on
    the way leaves what was there before. Raises :class:`AnalysError` where the folder cannot be written to.
    """
    try:
        return _write(agreement_id, member, set(formats), folder, sign, template)
    except OSError as error:
        raise AnalysError(
            f"{error.filename or folder}: the report could not be written there ({error.strerror or error}) - "
            "choose another folder (-o), or close the file where it is open"
        ) from error


def _write(
    agreement_id: str, member: str | None, formats: set[Format], folder: Path, sign: Sign, template: Path | None
) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rapport-", dir=folder) as name:
        _unfinished.add(name)
        try:
            done = list(_files(agreement_id, member, formats, Path(name), sign, template))
            return [file.replace(folder / file.name) for file in done]
        finally:
            _unfinished.discard(name)


def end_cleanly() -> None:
    """Let a process that is told to end (SIGTERM) clean up, as one that is interrupted does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _work() -> None:
    """Prepare a process that writes for another: it ends at once when that one says so, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other one is interrupted too, and tells this one
    signal.signal(signal.SIGTERM, lambda *_: _end_at_once())
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _end_at_once()


def _end_at_once() -> NoReturn:
    """Not by an exception: a pool would take it for its task's, and go on with the next."""
    for name in _unfinished:
        shutil.rmtree(name, ignore_errors=True)
    os._exit(143)


def write_all(
    agreement_id: str,
    whom: Sequence[str | None],
    formats: Iterable[Format],
    folder: Path = REPORTS,
    *,
    sign: Sign = Sign.SAVING,
    template: Path | None = None,
) -> Iterator[tuple[str | None, list[Path]]]:
    """As :func:`write` for several, :data:`AT_A_TIME` at a time; yields each with its files, in the order asked for."""
    write_one = functools.partial(
        write, agreement_id, formats=tuple(formats), folder=folder, sign=sign, template=template
    )
    if len(whom) <= AT_A_TIME:
        yield from ((each, write_one(each)) for each in whom)
        return
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(AT_A_TIME, multiprocessing.get_context("spawn"), _work) as processes:
        try:
            yield from zip(whom, processes.map(write_one, whom), strict=True)
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            processes.shutdown(wait=True, cancel_futures=True)
            raise


def _files(
    agreement_id: str, member: str | None, formats: set[Format], folder: Path, sign: Sign, template: Path | None
) -> Iterator[Path]:
    from analys.export.report import file_name, report

    stem = file_name(agreement_id, member)
    if formats & {Format.DOCX, Format.PDF}:
        from analys.export import memo, pdf

        document = memo.write(report(agreement_id, member, sign), folder / f"{stem}.docx", template or memo.TEMPLATE)
        if Format.DOCX in formats:
            yield document
        if Format.PDF in formats:
            yield pdf.convert(document, folder)
    if Format.XLSX in formats:
        from analys.export import annex_workbook

        yield annex_workbook.write(agreement_id, member, folder / f"{stem}.xlsx", sign)
    if Format.HTML in formats:
        from analys.export import page

        yield page.write(report(agreement_id, member, sign), folder / f"{stem}.html")
