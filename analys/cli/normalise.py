"""``analys normalise``: the first part of the main job on its own."""

import click


@click.command("normalise")
def command() -> None:
    """Check the raw files against the register and write data/processed.

    Stops with every bad cell listed when a raw file cannot be read.
    """
    from analys import normalise
    from analys.catalog import shown

    for file in normalise.run():
        click.echo(f"skrev {shown(file)}")
