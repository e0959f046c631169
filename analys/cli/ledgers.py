"""``analys ledgers LEDGER...``"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click


@click.command("ledgers")
@click.argument("files", metavar="RESKONTRA...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--supplier",
    "suppliers",
    multiple=True,
    metavar="NUMMER",
    help="Bara det här organisationsnumret; får anges flera gånger.",
)
@click.option("--layout", metavar="KARTA", help="En kolumnkarta: en medföljande vid namn, eller en TOML-fil.")
@click.option(
    "--engine",
    type=click.Choice(["polars", "spark"]),
    default="polars",
    help="Spark kräver tillägget [spark] och Java 17.",
)
@click.option("--store", type=click.Path(path_type=Path), metavar="MAPP", help="Spara reskontrorna som parquet här.")
@click.option("--json", "as_json", is_flag=True, help="Ett JSON-objekt i stället för CSV.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FIL", help="Skriv CSV-filen hit.")
def command(
    files: tuple[Path, ...],
    suppliers: tuple[str, ...],
    layout: str | None,
    engine: str,
    store: Path | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Summera reskontror i text, av valfri storlek, per kommun och år.

    \b
    Exempel:
      analys ledgers reskontra-2023.csv
      analys ledgers *.csv --supplier 202100-2270 -o summor.csv
      analys ledgers *.csv --store parquet --json

    \b
    Utgångskoder: 0 alla rader används, 1 några rader redovisas (de första tusen listas), 2 en fil går inte att använda.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
    from stdnum.se import orgnr

    from analys import csvtext, ledgers
    from analys.cli.output import deliver, keep_apart, say, to_json
    from analys.ledgers.text import damage

    keep_apart(output, files)
    if wrong := [number for number in suppliers if not orgnr.is_valid(number)]:
        raise click.UsageError(
            f"--supplier: {', '.join(wrong)} är inget organisationsnummer (kontrollsiffran stämmer inte)"
        )
    size = sum(file.stat().st_size for file in files if file.is_file())
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=size)
        answer = ledgers.totals(
            files,
            layout=layout,
            suppliers=[orgnr.compact(number) for number in suppliers],
            store=store,
            engine=ledgers.Engine(engine),
            progress=lambda read: bar.advance(task, read),
        )
    frame = answer.frame()
    if output or not as_json:
        deliver(csvtext.from_frame(frame), output)
    if as_json:
        counts = {"rows_in": answer.rows_in, "rows_out": answer.rows_out, "rows_reported": answer.rows_reported}
        reported = [asdict(row) for row in answer.reported]
        deliver(to_json({**counts, "rows": frame.to_dict("records"), "reported": reported}))
    for note in filter(None, map(damage, files)):
        say(note)
    for row in answer.reported:
        say(f"{row.file}, rad {row.row}: {row.reason}")
    say(f"{answer.rows_in} rader in, {answer.rows_out} ut, {answer.rows_reported} redovisade")
    sys.exit(1 if answer.rows_reported else 0)
