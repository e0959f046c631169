"""``analys fetch``: how old the statistics are, and newer ones from their publisher's database, the raw answer kept."""

from __future__ import annotations

import click


@click.group("fetch", invoke_without_command=True, subcommand_metavar="[population ...]")
@click.pass_context
def command(context: click.Context) -> None:
    """Visa hur gamla referensdata är, eller hämta nyare statistik till projektmappen.

    \b
    Exempel:
      analys fetch
      analys fetch population --year 2025 --county 05
    """
    if context.invoked_subcommand is None:
        from analys.cli.output import show

        show(_ages())


def _ages() -> str:
    """The reference data and the project's own statistics: what they cover, and when they were retrieved."""
    from analys import catalog, project, reference
    from analys.cli.output import to_table

    here = project.current()
    shipped = reference.folder()
    own = here.raw / "statistik" if here else shipped
    rows = [
        [
            entry.title,
            (entry.temporal or {}).get("end", ""),
            entry.retrieved[:10],
            "paketet" if entry.file.is_relative_to(shipped) else "projektet",
        ]
        for entry in catalog.package().resources
        if entry.file.is_relative_to(shipped) or entry.file.is_relative_to(own)
    ]
    return to_table(["Uppgift", "Till och med", "Hämtad", "Finns i"], rows, left=4)


@command.command("population", options_metavar="[FLAGGOR]")
@click.option("--year", metavar="ÅR", type=int, required=True, help="Folkmängden den 31 december det här året.")
@click.option("--county", metavar="LÄN", help="Bara länets kommuner, till exempel 05.")
@click.option("--url", "base", metavar="ADRESS", help="En annan adress till PxWebApi 2 än SCB:s.")
def population(year: int, county: str | None, base: str | None) -> None:
    """Hämta kommunernas folkmängd från SCB till projektmappen, och skriv den som CSV på standard ut.

    Talen används sedan före dem som följer med paketet.

    \b
    Utgångskoder: 0 allt väl, 1 tal saknas eller skiljer sig från ett tidigare svar eller från paketets tal,
    2 inget användbart svar.
    """
    from analys import csvtext, fetch
    from analys.catalog import shown
    from analys.cli.output import deliver, say
    from analys.cli.read import describe

    fetched = fetch.population(year, county, base=base or fetch.SCB)
    say(f"svaret sparat som {shown(fetched.path)}")
    for line in describe(fetched.path, fetched.result):
        say(line)
    if fetched.missing:
        say(f"saknas i svaret: {', '.join(fetched.missing)}")
    if fetched.differs_from:
        say(f"det skiljer sig från det tidigare svaret {shown(fetched.differs_from)}; båda är sparade")
    if fetched.corrected:
        say(f"andra tal än dem som följer med paketet: {', '.join(fetched.corrected)}; de hämtade används")
    deliver(csvtext.from_frame(fetched.result.frame))
    found = fetched.missing or fetched.result.reported or fetched.differs_from or fetched.corrected
    raise SystemExit(1 if found else 0)
