"""A report in every format that is asked for, written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

from analys.catalog import EXPORTS
from analys.export.wording import Sign

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
