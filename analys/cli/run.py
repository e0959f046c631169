"""``analys run``: the main job."""

import click


@click.command("run")
def command() -> None:
    """Gör allt: kontrollera och normalisera råfilerna, kör anteckningsböckerna, skriv exporterna.

    Samma råfiler ger samma filer. Behöver inget nät. Anteckningsböckerna kräver tillägget [lab].

    \b
    Exempel:
      analys run
      analys --project min-mapp run
    """
    from analys import pipeline

    pipeline.run(click.echo)
