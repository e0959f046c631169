"""``analys read``: any file of population or invoices as one canonical table, every unused row reported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analys.cli.output import say
from analys.errors import AnalysError, InputError

if TYPE_CHECKING:
    from analys.intake.result import ReadResult, Reported


@click.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FIL...")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["population", "invoices", "documents"]),
    required=True,
    help="Vad filerna innehåller: folkmängd, fakturor eller handlingar.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Skriv CSV-filen hit, inte till standard ut.")
@click.option("--json", "as_json", is_flag=True, help="Skriv vad som lästes som JSON, ett objekt per fil.")
@click.option(
    "--by", multiple=True, metavar="DELNING", help="Behåll en indelning av folkmängden: kon, alder eller civilstand."
)
@click.option(
    "--layout", metavar="KARTA", help="Kolumnkartan för fakturor: en medföljande vid namn, eller en TOML-fil."
)
def command(
    files: tuple[Path, ...], kind: str, output: Path | None, as_json: bool, by: tuple[str, ...], layout: str | None
) -> None:
    """Läs filer, vilket format de än har, och skriv en tabell som CSV.

    \b
    Exempel:
      analys read folkmangd.px --as population
      analys read reskontra.xlsx faktura.xml --as invoices -o fakturor.csv
      analys read avtal.pdf beslut.docx --as documents --json

    \b
    Utgångskoder: 0 alla rader används, 1 några rader redovisas som oanvända, 2 en fil kan inte läsas.
    """
    import pandas as pd

    from analys import csvtext
    from analys.cli.output import deliver, keep_apart

    keep_apart(output, files)
    if by and kind != "population":
        raise click.UsageError("--by gäller folkmängd")
    if layout and kind != "invoices":
        raise click.UsageError("--layout gäller fakturor")
    if kind == "documents":
        from analys.cli.facts import read_documents

        raise SystemExit(read_documents(files, output, as_json=as_json))
    results = _read_all(files, kind, by, layout)
    for file, result in results:
        if as_json:
            deliver(json.dumps(_summary(file, result), ensure_ascii=False))
        else:
            say("\n".join(describe(file, result)))
    if results:
        table = pd.concat([result.frame for _, result in results], ignore_index=True)
        if output or not as_json:
            deliver(csvtext.from_frame(table), output)
    if len(results) < len(files):
        raise SystemExit(2)
    raise SystemExit(1 if any(result.reported for _, result in results) else 0)


def _read_all(
    files: tuple[Path, ...], kind: str, by: tuple[str, ...], layout: str | None
) -> list[tuple[Path, ReadResult]]:
    """The files that can be read; the others are said. What several files deliver is taken from the first."""
    used: list[Path] = []
    results: list[ReadResult] = []
    for file in files:
        try:
            results.append(_read(file, kind, by, layout))
            used.append(file)
        except InputError as error:
            say(str(error))
            if other := _reads_as_the_other(file, kind):
                say(f"{file}: den kan läsas med --as {other}")
    names = [str(file) for file in used]
    if kind == "invoices":
        from analys.intake import invoices

        results = invoices.without_copies(results, names)
    elif len(results) > 1:
        from analys.intake import population

        results = population.without_repeats(results, names)
    return list(zip(used, results, strict=True))


def _read(file: Path, kind: str, by: tuple[str, ...], layout: str | None) -> ReadResult:
    if kind == "invoices":
        from analys.intake import invoices

        result: ReadResult = invoices.read(file, layout=layout)
        return result
    from analys.intake import population

    try:
        return population.read(file, by)
    except ValueError as error:
        raise AnalysError(f"--by: {error}") from error


def _reads_as_the_other(file: Path, kind: str) -> str:
    """The other kind of file, where this one is of it."""
    other = "population" if kind == "invoices" else "invoices"
    try:
        return "" if _read(file, other, (), None).frame.empty else other
    except AnalysError:
        return ""


def _summary(file: Path, result: ReadResult) -> dict[str, object]:

    from analys.masking import shown_path

    return {
        "file": shown_path(file),
        "format": result.format,
        "why": result.why,
        "rows_in": result.rows_in,
        "rows_out": len(result.frame),
        "reported": [asdict(entry) for entry in result.reported],
    }


def describe(file: Path, result: ReadResult) -> Iterator[str]:
    """What was read and every row that was not, one line a reason and sheet."""
    yield f"{file}: läses som {result.format}: {result.why}"
    yield f"{file}: {result.rows_in} rader in, {len(result.frame)} ut, {len(result.reported)} redovisade"

    def place(entry: Reported) -> tuple[str, str]:
        return entry.sheet, entry.reason

    for (sheet, reason), entries in groupby(sorted(result.reported, key=place), key=place):
        where = f"blad {sheet}, " if sheet else ""
        yield f"  {where}rad {_ranges(entry.row for entry in entries)}: {reason}"


def _ranges(rows: Iterable[int]) -> str:
    """``1, 2, 3, 7`` -> ``"1-3, 7"``."""
    known = set(rows)
    starts = sorted(known - {row + 1 for row in known})
    ends = sorted(known - {row - 1 for row in known})
    return ", ".join(f"{start}" if start == end else f"{start}-{end}" for start, end in zip(starts, ends, strict=True))
