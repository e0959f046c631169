"""``analys reconcile AGREEMENT LEDGER...``"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    import pandas as pd

    from analys.intake.result import Reported


@click.command("reconcile")
@click.argument("agreement", metavar="AVTAL")
@click.argument("ledgers", metavar="RESKONTRA...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--member",
    metavar="KOMMUN",
    help="Kommunen vars reskontror det är, där raderna inte säger det; går före filens namn.",
)
@click.option("--layout", metavar="KARTA", help="En kolumnkarta: en medföljande vid namn, eller en TOML-fil.")
@click.option("--json", "as_json", is_flag=True, help="Ett JSON-objekt i stället för en tabell.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Skriv också raderna till den här CSV-filen.")
def command(
    agreement: str,
    ledgers: tuple[Path, ...],
    member: str | None,
    layout: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Stäm av avtalets betalningar i reskontror mot vad avtalet säger skulle ha fakturerats, och när.

    \b
    Exempel:
      analys reconcile ostergotland reskontra-2018.csv --member Mjölby
      analys reconcile mitt-avtal *.csv *.xlsx -o avstamning.csv

    \b
    Utgångskoder: 0 allt är betalt enligt avtal, 1 något avviker, saknas, är oväntat eller kan inte prövas, eller rader
    kunde inte användas, 2 en fil eller avtalet kunde inte användas.
    """
    import analys.agreement as agreements
    from analys import csvtext, reconcile
    from analys.cli.output import deliver, keep_apart, say
    from analys.ledgers.delivery import read_all
    from analys.register import resolve_municipality

    keep_apart(output, ledgers)
    terms = agreements.load(agreement)
    code = resolve_municipality(member).code if member else ""
    with _progress(len(ledgers)) as done:
        delivery = read_all(ledgers, reconcile.wanted(terms), layout=layout, member=code, done=done)
    for note in delivery.notes:
        say(note)
    for row in delivery.reported:
        place = f"blad {row.sheet}, rad {row.row}" if row.sheet else f"rad {row.row}"
        say(f"{row.file}, {place}: {row.reason}")
    answer = reconcile.reconcile(terms, delivery.frame, delivery.dates)
    if output:
        deliver(csvtext.from_frame(answer), output)
    if as_json:
        _print_json(terms.id, answer, delivery.reported)
    else:
        _print_table(answer)
    sys.exit(1 if delivery.reported or reconcile.has_findings(answer) else 0)


@contextmanager
def _progress(files: int) -> Iterator[Callable[[Path], None]]:
    """A bar on standard error, when that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Läser reskontror", total=files)
        yield lambda _: bar.advance(task)


def _print_json(agreement: str, answer: pd.DataFrame, reported: list[Reported]) -> None:
    from analys.cli.output import deliver, to_json

    rows = answer.to_dict("records")
    deliver(to_json({"agreement": agreement, "rows": rows, "reported": [asdict(row) for row in reported]}))


#: A narrower terminal, or a pipe, gets a paragraph for each row: nine columns would break every word.
_TABLE_WIDTH: Final = 150
_PARAGRAPH_WIDTH: Final = 80


def _print_table(answer: pd.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table

    from analys.cli.output import deliver
    from analys.reconcile import readable

    console = Console(markup=False)
    if not sys.stdout.isatty() or console.width < _TABLE_WIDTH:
        deliver("\n\n".join([*map(_paragraph, readable(answer).to_dict("records")), _summary(answer)]))
        return
    table = Table("Kommun", "Avser", "Senast", "Förväntat", "Betalt", "Skillnad", "Utfall", "Förklaring", "Varför")
    for row in readable(answer).itertuples(index=False):
        table.add_row(*map(_written, row))
    console.print(table)


def _written(cell: object) -> str:
    from analys.swedish import format_kr

    return format_kr(cell, 2) if isinstance(cell, Decimal) else str(cell or "")


def _paragraph(row: Mapping[Hashable, object]) -> str:
    """A row in lines of at most 80 signs: whose and what, what came of it, the amounts, and why."""
    due = f", senast {row['senast']}" if row["senast"] else ""
    amounts = {"förväntat": "forvantat_kr", "betalt": "betalt_kr", "skillnad": "skillnad_kr"}
    told = [f"{name} {_written(row[column])}" for name, column in amounts.items() if row[column] is not None]
    lines = [f"{row['kommun']}: {row['avser']}{due}", f"  {row['utfall']}", f"  {', '.join(told)}"]
    for heading, column in (("Förklaring", "forklaring"), ("Varför", "varfor")):
        lines += [f"  {heading}: {row[column]}"] if row[column] else []
    return "\n".join(fill(line, _PARAGRAPH_WIDTH, subsequent_indent="    ") for line in lines if line.strip())


def _summary(answer: pd.DataFrame) -> str:
    """How many rows came out how."""
    from analys.reconcile import readable

    counts = readable(answer)["utfall"].value_counts(sort=False)
    return f"{len(answer)} rader: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
