"""``analys reconcile AGREEMENT LEDGER...``"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

    from analys.intake.result import Reported


@click.command("reconcile")
@click.argument("agreement")
@click.argument("ledgers", metavar="LEDGER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--member", help="The municipality whose ledgers these are, where the files do not say it.")
@click.option("--layout", help="A column map: a bundled one by name, or a TOML file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Also write the rows to this CSV file.")
def command(
    agreement: str,
    ledgers: tuple[Path, ...],
    member: str | None,
    layout: str | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Match the agreement's payments in LEDGERs with what it says should have been billed, and when.

    Exit code 0: everything was paid as agreed; 1: something differs, is missing or unexpected, or rows could not be
    used; 2: a file or the agreement could not be used.
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
    for row in delivery.reported:
        place = f"sheet {row.sheet!r}, row {row.row}" if row.sheet else f"row {row.row}"
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
        task = bar.add_task("Reading ledgers", total=files)
        yield lambda _: bar.advance(task)


def _print_json(agreement: str, answer: pd.DataFrame, reported: list[Reported]) -> None:
    from analys.cli.output import deliver, to_json

    rows = answer.to_dict("records")
    deliver(to_json({"agreement": agreement, "rows": rows, "reported": [asdict(row) for row in reported]}))


def _print_table(answer: pd.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table

    from analys.reconcile import readable
    from analys.swedish import format_kr

    table = Table("Kommun", "Avser", "Senast", "Förväntat", "Betalt", "Skillnad", "Utfall", "Förklaring", "Varför")
    for row in readable(answer).itertuples(index=False):
        table.add_row(*(format_kr(cell, 2) if isinstance(cell, Decimal) else cell or "" for cell in row))
    Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)
