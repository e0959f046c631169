"""A report in every format that is asked for, written whole or not at all."""

from __future__ import annotations

import functools
import multiprocessing
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Final

from analys.catalog import EXPORTS
from analys.export.wording import Sign

#: Reports are written by so many processes: drawing is what takes the time.
AT_A_TIME: Final = 2
REPORTS: Final = EXPORTS / "rapporter"


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
    the way leaves what was there before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rapport-", dir=folder) as name:
        done = list(_files(agreement_id, member, set(formats), Path(name), sign, template))
        return [file.replace(folder / file.name) for file in done]


def end_cleanly() -> None:
    """Let a process that is told to end (SIGTERM) clean up, as one that is interrupted does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


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
    with ProcessPoolExecutor(AT_A_TIME, multiprocessing.get_context("spawn"), end_cleanly) as processes:
        try:
            yield from zip(whom, processes.map(write_one, whom), strict=True)
        except BaseException:
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
