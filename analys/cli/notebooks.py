"""``analys notebooks``: the notebooks of an agreement of one's own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from analys.cli.scenario import parse_date


@click.command("notebooks")
@click.argument("agreement", metavar="AVTAL")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Var anteckningsböckerna läggs.  [utan -o: notebooks/ID i projektet]",
)
@click.option("--member", metavar="KOMMUN", help="Kommunen som visas; annars den första som uppger något.")
@click.option("--end", callback=parse_date, metavar="DATUM", help="En annan sista dag än den som har föreslagits.")
@click.option(
    "--ledger",
    "ledgers",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FIL",
    help="En reskontra som avtalet stäms av mot; får anges flera gånger. Utan den skrivs ingen avstämning.",
)
def command(
    agreement: str, folder: Path | None, member: str | None, end: dt.date | None, ledgers: tuple[Path, ...]
) -> None:
    """Skriv verktygets anteckningsböcker för ett eget avtal.

    AVTAL är namnet på ett av projektets avtal, eller en sökväg till en avtalsmapp eller TOML-fil. En cell säger vilket
    avtal, vilken kommun och vilken sista dag. Där underlaget saknar något står en rad om vad. Öppna dem med
    `analys lab`; i projektet kör `analys run` dem.

    \b
    Exempel:
      analys notebooks ostergotland --member Linköping
      analys notebooks mitt-avtal -o mina-bocker --end 2026-12-31

    \b
    Utgångskoder: 0 skrivna, 2 avtalet går inte att använda.
    """
    import analys.agreement as agreements
    from analys import project
    from analys.catalog import shown
    from analys.cli.output import show
    from analys.export import notebook_set

    terms = agreements.load(agreement)
    target = folder or project.required().notebooks / terms.id
    named = str(terms.file.parent.resolve()) if Path(agreement).exists() else agreement
    for file in notebook_set.write(named, target, member, end, [ledger.resolve() for ledger in ledgers]):
        show(shown(file))
