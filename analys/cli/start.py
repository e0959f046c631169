"""``analys start MAPP``: a project folder of one's own."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("start")
@click.argument("folder", metavar="MAPP", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Gör en projektmapp: mappar, ett register, anteckningsböcker och en beskrivning av hur man gör.

    MAPP ska inte finnas, eller vara tom.

    \b
    Exempel:
      analys start samfinansiering
      cd samfinansiering
      analys new "Överförmyndarnämnden" --members "Alvesta, Ljungby, Växjö"

    \b
    Utgångskoder: 0 gjord, 2 mappen finns redan och är inte tom.
    """
    from analys.cli.output import show
    from analys.start import start

    made = start(folder)
    show(f"Gjorde projektmappen {folder}. Läs {folder / 'README.md'}.")
    show(f'Sedan: gå till mappen (cd "{made.folder}") och kör analys new "Avtalets namn".')
