"""``analys new``: a commented agreement folder to fill in."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("new")
@click.argument("name", metavar="NAMN")
@click.option("--members", metavar="NAMN", help="Medlemmarna, åtskilda av komma.")
@click.option("--county", metavar="LÄN", help="Alla kommuner i ett län, med dess namn eller tvåsiffriga kod.")
@click.option(
    "--year", type=click.IntRange(1900, 2200), metavar="ÅR", help="Det första år som avtalet gäller.  [annars: i år]"
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Var avtalets mapp görs.  [annars: projektets data/raw, eller utan projekt arbetsmappen]",
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
    """Skriv en kommenterad avtalsmapp att fylla i, eller ett utkast ur handlingar.

    NAMN är avtalets namn, eller en sökväg som slutar med det; mappen heter likadant med små bokstäver utan å, ä och ö.
    Varje villkor finns där, som "okand" tills ett dokument anger det. Inget skrivs över.

    \b
    Exempel:
      analys new "Räddningstjänsten Östra Exempel" --county 05
      analys new "Integrationssamordnare" --from bilaga-2018.xlsx avtal.pdf beslut.docx
      analys new overformyndare --members "Alvesta, Ljungby, Växjö" --folder avtal

    \b
    Utgångskoder: 0 skrivet, 2 mappen finns redan, eller ett namn är ingen kommun.
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
