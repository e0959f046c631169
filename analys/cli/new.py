"""``analys new``: a commented agreement folder to fill in."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("new")
@click.argument("name")
@click.option("--members", metavar="NAMES", help="The members, separated by commas.")
@click.option("--county", metavar="CODE", help="All municipalities of a county, by its name or two-digit code.")
@click.option("--year", type=click.IntRange(1900, 2200), help="The first year in force.  [default: this year]")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the agreement's folder is made.  [default: the project's data/raw, or else the working folder]",
)
@click.option(
    "--from",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FIL...",
    help="Skriv utkastet ur dessa handlingar: bilagor, avtal och beslut (xlsx, docx, pdf, text ...).",
)
@click.argument("more", nargs=-1, metavar="", type=click.Path(path_type=Path))
def command(
    name: str,
    members: str | None,
    county: str | None,
    year: int | None,
    folder: Path | None,
    sources: tuple[Path, ...],
    more: tuple[Path, ...],
) -> None:
    """Write a commented agreement folder to fill in.

    NAME is the agreement's name, or a path that ends with it; the folder is called the same in small letters without
    å, ä and ö. Every term is there, unknown (okand) until a document states it. Nothing is overwritten.

    \b
    Examples:
      analys new "Räddningstjänsten Östra Exempel" --county 05
      analys new "Integrationssamordnare" --from bilaga-2018.xlsx avtal.pdf beslut.docx
      analys new overformyndare --members "Alvesta, Ljungby, Växjö" --folder avtal

    \b
    Exit codes: 0 written, 2 the folder exists already, or a name is no municipality.
    """
    if more and not sources:
        raise click.UsageError(f"oväntat: {more[0]}; handlingar anges med --from")
    if sources:
        _draft(Path(name), _place(Path(name), folder), [*sources, *more])
        return
    import datetime as dt

    from analys.agreement.create import create
    from analys.catalog import shown
    from analys.cli.output import show
    from analys.errors import AnalysError
    from analys.register import municipalities, resolve, resolve_municipality

    regions = [resolve_municipality(part) for part in (members or "").split(",") if part.strip()]
    if county:
        code = resolve(county).code
        if len(code) != 2 or code == "00":
            raise AnalysError(f"{county!r} är inget län")
        regions += [region for region in municipalities(code) if region not in regions]
    path = Path(name)
    file = create(path.name, _place(path, folder), year or dt.date.today().year, list(dict.fromkeys(regions)))
    show(f"Skrev {shown(file)}")
    show(f"Fyll i den, sedan: analys check {_called(file)}")


def _place(path: Path, folder: Path | None) -> Path:
    """Where the agreement's folder is made: a name alone goes where the project's verbs look for it."""
    from analys import project

    here = project.current()
    if folder is None and here and path.parent == Path():
        return here.raw
    return (folder or Path()) / path.parent


def _called(file: Path) -> str:
    """What the verbs call the agreement: its id within the project, or else its folder."""
    from analys import project

    here = project.current()
    return file.parent.name if here and file.is_relative_to(here.raw) else str(file.parent)


def _draft(path: Path, folder: Path, files: list[Path]) -> None:
    from analys.catalog import shown
    from analys.cli.output import show
    from analys.draft import draft

    drafted = draft(path.name, folder, files)
    show(f"Skrev {shown(drafted.file)}")
    for annex, same, printed in drafted.reproduced:
        show(f"{annex}: villkoren ger {same} av {printed} belopp")
    for question in drafted.questions:
        show(f"Att avgöra: {question}")
    show(f"Bekräfta eller rätta det, och kör: analys check {_called(drafted.file)}")
