"""``analys ledgers LEDGER...``"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click


@click.command("ledgers")
@click.argument("files", metavar="LEDGER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--supplier", "suppliers", multiple=True, help="Only this organisation number; may be repeated.")
@click.option("--layout", help="A column map: a bundled one by name, or a TOML file.")
@click.option(
    "--engine",
    type=click.Choice(["polars", "spark"]),
    default="polars",
    help="Spark needs the extra [spark] and Java 17.",
)
@click.option("--store", type=click.Path(path_type=Path), help="Keep the ledgers as parquet in this folder.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of CSV.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the CSV here, not on standard output.")
def command(
    files: tuple[Path, ...],
    suppliers: tuple[str, ...],
    layout: str | None,
    engine: str,
    store: Path | None,
    as_json: bool,
    output: Path | None,
) -> None:
    """Sum text LEDGERs of any size by municipality and year, in a stream.

    Exit code: 0 all rows used, 1 some rows reported (the first thousand are listed), 2 a file that cannot be used.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
    from stdnum.se import orgnr

    from analys import csvtext, ledgers
    from analys.cli.output import deliver, say, to_json

    if wrong := [number for number in suppliers if not orgnr.is_valid(number)]:
        raise click.UsageError(f"--supplier: {', '.join(wrong)} is no organisation number (its check digit fails)")
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
    for row in answer.reported:
        say(f"{row.file}, row {row.row}: {row.reason}")
    summary = f"{answer.rows_in} rows in, {answer.rows_out} out, {answer.rows_reported} reported"
    say(summary)
    sys.exit(1 if answer.rows_reported else 0)
