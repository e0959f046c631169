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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Final

from analys.errors import AnalysError, told
from analys.export.case import UNSAID, Local
from analys.export.wording import Sign
from analys.files import workspace

#: Reports are written by so many processes: drawing is what takes the time.
AT_A_TIME: Final = 2
_TRIES: Final = 5


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
    folder: Path,
    *,
    sign: Sign = Sign.SAVING,
    template: Path | None = None,
    local: Local = UNSAID,
) -> list[Path]:
    """Write the report of a member, or of the group (``None``), into ``folder``; returns the files.

    The files are written beside their place and moved there when all of them are done, so that a stop or a fault on
    the way leaves what was there before. Raises :class:`AnalysError` where the folder cannot be written to.
    """
    ((_, files),) = write_all(agreement_id, [member], formats, folder, sign=sign, template=template, local=local)
    return files


def write_all(
    agreement_id: str,
    whom: Sequence[str | None],
    formats: Iterable[Format],
    folder: Path,
    *,
    sign: Sign = Sign.SAVING,
    template: Path | None = None,
    local: Local = UNSAID,
) -> Iterator[tuple[str | None, list[Path]]]:
    """As :func:`write` for several, :data:`AT_A_TIME` at a time; yields each with its files, in the order asked for."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # One folder, of this process alone: whatever becomes of those that write into it, this one removes it.
        with workspace(folder) as unfinished:
            place = str(unfinished)
            write_one = functools.partial(
                _write, agreement_id, formats=set(formats), unfinished=place, sign=sign, template=template, local=local
            )
            for member, files in zip(whom, _done(write_one, whom, place), strict=True):
                yield member, [file.replace(folder / file.name) for file in files]
    except OSError as error:
        raise AnalysError(
            f"{error.filename or folder}: rapporten kunde inte skrivas där ({told(error)}); "
            "välj en annan mapp (-o), eller stäng filen där den är öppen"
        ) from error


def end_cleanly() -> None:
    """Let a process that is told to end (SIGTERM) clean up, as one that is interrupted does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _done(
    write_one: Callable[[str | None], list[Path]], whom: Sequence[str | None], unfinished: str
) -> Iterator[list[Path]]:
    if len(whom) <= AT_A_TIME:
        yield from map(write_one, whom)
        return
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(AT_A_TIME, multiprocessing.get_context("spawn"), _work, (unfinished,)) as processes:
        try:
            yield from processes.map(write_one, whom)
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            processes.shutdown(wait=True, cancel_futures=True)
            raise


def _work(unfinished: str) -> None:
    """Prepare a process that writes for another: it ends at once when that one says so, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other one is interrupted too, and tells this one
    # Not by an exception: a pool would take it for its task's, and go on with the next.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    threading.Thread(target=_end_with_parent, args=(unfinished,), daemon=True).start()


def _end_with_parent(unfinished: str) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        for _ in range(_TRIES):  # what is being written meanwhile keeps its folder from being removed
            shutil.rmtree(unfinished, ignore_errors=True)
        os._exit(143)


def _write(
    agreement_id: str,
    member: str | None,
    formats: set[Format],
    unfinished: str,
    sign: Sign,
    template: Path | None,
    local: Local,
) -> list[Path]:
    return list(_files(agreement_id, member, formats, Path(tempfile.mkdtemp(dir=unfinished)), sign, template, local))


def _files(
    agreement_id: str,
    member: str | None,
    formats: set[Format],
    folder: Path,
    sign: Sign,
    template: Path | None,
    local: Local,
) -> Iterator[Path]:
    from analys.export.report import file_name, report

    stem = file_name(agreement_id, member)
    if formats & {Format.DOCX, Format.PDF}:
        from analys.export import memo, pdf

        document = memo.write(
            report(agreement_id, member, sign, local), folder / f"{stem}.docx", template or memo.TEMPLATE
        )
        if Format.DOCX in formats:
            yield document
        if Format.PDF in formats:
            yield pdf.convert(document, folder)
    if Format.XLSX in formats:
        from analys.export import annex_workbook

        yield annex_workbook.write(agreement_id, member, folder / f"{stem}.xlsx", sign, local)
    if Format.HTML in formats:
        from analys.export import page

        yield page.write(report(agreement_id, member, sign, local), folder / f"{stem}.html")
