"""``analys normalise``: the first part of the main job on its own."""

import click


@click.command("normalise")
def command() -> None:
    """Kontrollera råfilerna mot registret och skriv data/processed.

    Nya råfiler registreras. Är något fel listas alla fel, och inget skrivs.

    \b
    Exempel:
      analys normalise
    """
    from analys import normalise
    from analys.catalog import shown

    for file in normalise.run():
        click.echo(f"skrev {shown(file)}")
