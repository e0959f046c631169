"""``analys fetch``: statistics from their publisher's database, the raw answer kept."""

from __future__ import annotations

import click


@click.group("fetch")
def command() -> None:
    """Get statistics from the publisher's database and keep the raw answer in the register."""


@command.command("population")
@click.option("--year", type=int, required=True, help="The population on 31 December of this year.")
@click.option("--county", help="Only the municipalities of this county, such as 05.")
@click.option("--url", "base", help="Another address of PxWebApi 2 than SCB's.")
def population(year: int, county: str | None, base: str | None) -> None:
    """The municipalities' population from SCB, as CSV on standard output.

    Exit code: 0 all well, 1 figures missing or different from an earlier answer, 2 no usable answer.
    """
    from analys import csvtext, fetch
    from analys.cli.output import deliver, say
    from analys.cli.read import describe

    fetched = fetch.population(year, county, base=base or fetch.SCB)
    say(f"kept the answer as {fetched.path}")
    for line in describe(fetched.path, fetched.result):
        say(line)
    if fetched.missing:
        say(f"not in the answer: {', '.join(fetched.missing)}")
    if fetched.differs_from:
        say(f"it differs from the earlier answer {fetched.differs_from}; both are kept")
    deliver(csvtext.from_frame(fetched.result.frame))
    raise SystemExit(1 if fetched.missing or fetched.result.reported or fetched.differs_from else 0)
