"""``analys report``: what leaves for the council."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from analys.export.report_set import Format

_FORMATS = ("docx", "xlsx", "html", "pdf")


def _formats(_: click.Context, __: click.Parameter, text: str) -> list[str]:
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [part for part in asked if part not in _FORMATS]
    if unknown or not asked:
        raise click.BadParameter(f"väntade some of {', '.join(_FORMATS)}, fann {text!r}")
    return asked


@click.command("report")
@click.argument("agreement")
@click.option("--member", metavar="NAME", help="The municipality that the report is for; otherwise the whole group.")
@click.option("--all", "everybody", is_flag=True, help="One report for each member and one for the whole group.")
@click.option(
    "--format",
    "formats",
    default="docx,xlsx,html",
    show_default=True,
    callback=_formats,
    metavar="LIST",
    help="Some of docx, xlsx, html and pdf.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files go.  [default: exports/rapporter]",
)
@click.option(
    "--sign",
    type=click.Choice(["besparing", "kostnad"]),
    default="besparing",
    show_default=True,
    help="Write a saving as plus (besparing), or as a change of cost with minus (kostnad).",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The municipality's own Word template.",
)
def command(
    agreement: str,
    member: str | None,
    everybody: bool,
    formats: list[str],
    folder: Path | None,
    sign: str,
    template: Path | None,
) -> None:
    """Write the council's documents: a Word memo, an Excel annex with live formulas, a web page, a PDF.

    AGREEMENT is the id of a bundled agreement, or a path to an agreement folder or TOML file. What the data support is
    filled in; what a human must write is marked [Att skriva: ...]. PDF needs LibreOffice. A report's files appear
    together when all of them are done: a stop leaves nothing half-written.

    \b
    Examples:
      analys report ostergotland --member Norrköping
      analys report ostergotland --all --format docx,xlsx -o rapporter
      analys report ostergotland --member Mjölby --sign kostnad --template mall.docx

    \b
    Exit codes: 0 fine, 1 all but the PDF (LibreOffice is not installed), 2 unusable agreement or request.
    """
    import analys.agreement as agreements
    from analys import project
    from analys.cli.output import say
    from analys.errors import AnalysError
    from analys.export import pdf, report_set
    from analys.export.report import file_name, members

    if member and everybody:
        raise click.UsageError("--member and --all exclude each other")
    wanted = [report_set.Format(name) for name in _FORMATS if name in formats]
    no_pdf = report_set.Format.PDF in wanted and pdf.program() is None
    if no_pdf:
        wanted.remove(report_set.Format.PDF)
        say(pdf.MISSING)
        if not wanted:
            raise AnalysError("nothing was written: PDF was the only format asked for")
    terms = agreements.load(agreement)
    whom = [region.name for region in members(terms)] + [None] if everybody else [member]
    for each in whom:
        file_name(agreement, each)  # a municipality that is no member is refused before anything is written
    report_set.end_cleanly()
    _write(agreement, whom, wanted, folder or project.required().reports, sign, template)
    if no_pdf:
        click.get_current_context().exit(1)


def _write(
    agreement: str, whom: list[str | None], wanted: list[Format], folder: Path, sign: str, template: Path | None
) -> None:
    from analys.cli.output import say, show
    from analys.export import report_set
    from analys.export.wording import Sign

    done = report_set.write_all(agreement, whom, wanted, folder, sign=Sign(sign), template=template)
    for number, (each, files) in enumerate(done, start=1):
        names = ", ".join(file.name for file in files)
        say(f"[{number}/{len(whom)}] {each or 'hela gruppen'}: {names}")
    show(f"{len(whom) * len(wanted)} files in {folder}")
