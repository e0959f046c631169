"""``analys run``: the main job."""

import click


@click.command("run")
def command() -> None:
    """Normalise the raw data, execute the notebooks two at a time and write the exports.

    The same raw data give the same files. Needs no network.
    """
    from analys import pipeline

    pipeline.run(click.echo)
