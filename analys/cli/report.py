"""``analys report``: what leaves for the council."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from analys.export.case import Local
    from analys.export.report_set import Format

_FORMATS = ("docx", "xlsx", "html", "pdf")


def _formats(_: click.Context, __: click.Parameter, text: str) -> list[str]:
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [part for part in asked if part not in _FORMATS]
    if unknown or not asked:
        raise click.BadParameter(f"väntade några av {', '.join(_FORMATS)}, fann {text!r}")
    return asked


@click.command("report")
@click.argument("agreement", metavar="AVTAL")
@click.option("--member", metavar="KOMMUN", help="Kommunen som rapporten gäller; annars hela gruppen.")
@click.option("--all", "everybody", is_flag=True, help="En rapport för varje medlem och en för hela gruppen.")
@click.option(
    "--format",
    "formats",
    default="docx,xlsx,html",
    show_default=True,
    callback=_formats,
    metavar="LISTA",
    help="Några av docx, xlsx, html och pdf.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    help="Var filerna läggs.  [utan -o: projektets exports/rapporter]",
)
@click.option(
    "--sign",
    type=click.Choice(["besparing", "kostnad"]),
    default="besparing",
    show_default=True,
    help="Skriv en besparing med plus (besparing), eller som ändrad kostnad med minus (kostnad).",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kommunens egen Wordmall.",
)
@click.option(
    "--replacement", type=click.IntRange(0), metavar="KR", help="Egen kostnad per år för det som ersätter tjänsten."
)
@click.option(
    "--net-cost", type=click.IntRange(1), metavar="KR", help="Kommunens nettokostnad, som besparingen ställs mot."
)
@click.option(
    "--prices",
    type=click.Choice(["kpi", "pkv", "avtal"]),
    default="kpi",
    show_default=True,
    help="Index för fasta priser; avtal: avtalets egna indextal (LCI, OPI). År som indexet saknar sägs.",
)
def command(
    agreement: str,
    member: str | None,
    everybody: bool,
    formats: list[str],
    folder: Path | None,
    sign: str,
    template: Path | None,
    replacement: int | None,
    net_cost: int | None,
    prices: str,
) -> None:
    """Skriv beslutsunderlaget: en tjänsteskrivelse i Word, en Excelbilaga med levande formler, en webbsida, en PDF.

    AVTAL är namnet på ett av projektets avtal, eller en sökväg till en avtalsmapp eller TOML-fil, var den än ligger. Det
    som underlaget bär är ifyllt; det som en människa måste skriva är märkt [Att skriva: ...]. PDF kräver LibreOffice. En
    rapports filer kommer samtidigt, när alla är klara: ett avbrott lämnar inget halvskrivet.

    \b
    Exempel:
      analys report ostergotland --member Norrköping
      analys report ostergotland --all --format docx,xlsx -o rapporter
      analys report ostergotland --member Mjölby --sign kostnad --template mall.docx
      analys report ostergotland --member Norrköping --replacement 150000

    \b
    Utgångskoder: 0 skrivna, 1 allt utom PDF (LibreOffice är inte installerat), 2 avtalet eller frågan går inte att
    använda.
    """
    import analys.agreement as agreements
    from analys import project
    from analys.cli.output import say
    from analys.errors import AnalysError
    from analys.export import pdf, report_set
    from analys.export.case import Local
    from analys.export.report import file_name, members

    if member and everybody:
        raise click.UsageError("--member och --all utesluter varandra")
    wanted = [report_set.Format(name) for name in _FORMATS if name in formats]
    no_pdf = report_set.Format.PDF in wanted and pdf.program() is None
    if no_pdf:
        wanted.remove(report_set.Format.PDF)
        say(pdf.MISSING)
        if not wanted:
            raise AnalysError("inget skrevs: PDF var det enda format som begärdes")
    if folder and (str(folder) == "-" or (folder.exists() and not folder.is_dir())):
        raise click.UsageError(f"-o {folder}: en rapport är flera filer och behöver en mapp; ange en mapp")
    terms = agreements.load(agreement)
    whom = [region.name for region in members(terms)] + [None] if everybody else [member]
    for each in whom:
        file_name(agreement, each)  # a municipality that is no member is refused before anything is written
    report_set.end_cleanly()
    local = Local(replacement, net_cost, prices)
    _write(agreement, whom, wanted, folder or project.required().reports, sign, template, local)
    if no_pdf:
        click.get_current_context().exit(1)


def _write(
    agreement: str,
    whom: list[str | None],
    wanted: list[Format],
    folder: Path,
    sign: str,
    template: Path | None,
    local: Local,
) -> None:
    from analys.cli.output import say, show
    from analys.export import report_set
    from analys.export.wording import Sign

    done = report_set.write_all(agreement, whom, wanted, folder, sign=Sign(sign), template=template, local=local)
    for number, (each, files) in enumerate(done, start=1):
        names = ", ".join(file.name for file in files)
        say(f"[{number}/{len(whom)}] {each or 'hela gruppen'}: {names}")
    count = len(whom) * len(wanted)
    show(f"{count} {'fil' if count == 1 else 'filer'} i {folder}")
