"""``analys run``: the main job."""

import click


@click.command("run")
@click.option("--all", "everything", is_flag=True, help="Gör om allt, också det som inget har ändrats av.")
def command(everything: bool) -> None:
    """Gör allt: kontrollera och normalisera råfilerna, kör anteckningsböckerna, skriv exporterna.

    Samma råfiler ger samma filer. Bara det görs om vars innehåll har ändrats: programmet, data, anteckningsboken eller en
    fil som den läser. Behöver inget nät. Anteckningsböckerna kräver tillägget [lab].

    \b
    Exempel:
      analys run
      analys run --all
      analys --project min-mapp run
    """
    from analys import pipeline

    pipeline.run(click.echo, everything=everything)
