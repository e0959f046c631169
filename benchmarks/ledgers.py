"""Sum a large ledger by municipality and year: seconds and memory against other engines, in one run.

    python -m benchmarks.ledgers [--scale 1]

The generator makes postings in Swedish formats (1 234,56; three ways to write an organisation number; 200 000
suppliers, about 120 bytes a row). Every engine parses the amounts to öre and the dates to years and sums by
municipality and year; then again for ten suppliers only, by their organisation number however it is written. All must
give the same sums. Each runs in a process of its own; seconds are without imports; memory is the most that was
resident. The fast engines take turns, as the machine is not as fast from one minute to the next: stated is the median
of what analys takes of the fastest other one's time in the same turn. Engines that are not installed are left out.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from analys.register import Region, municipalities
from benchmarks.table import Row, Run, main, ratio

if TYPE_CHECKING:
    import polars as pl

SUPPLIERS = 200_000
WANTED = [f"556{number:03}-{number:04}" for number in range(0, 20, 2)]
AMOUNT = r"-?(\d{1,12}|\d{1,3}([ \x{00a0}]\d{3}){1,3})([,.]\d{1,2})?"

#: Postings made at a time.
BLOCK = 500_000


def generate(path: Path, rows: int, encoding: str) -> None:
    """A ledger after the national specification, the same on every run."""
    import numpy as np
    import polars as pl

    random = np.random.default_rng(2016)
    regions = municipalities()
    with path.open("wb") as out:
        for start in range(0, rows, BLOCK):
            count = min(BLOCK, rows - start)
            drawn = pl.DataFrame(
                {
                    "i": np.arange(start, start + count),
                    "s": random.integers(0, SUPPLIERS, count),
                    "k": random.integers(0, len(regions), count),
                    "way": random.integers(0, 3, count),
                    "konto": random.integers(40_000, 70_000, count),
                    "kr": random.integers(0, 500_000, count),
                    "ore": random.integers(0, 100, count),
                    "credit": random.integers(0, 20, count) == 0,
                    "day": random.integers(0, 2900, count),
                }
            )
            out.write(_postings(drawn, regions).write_csv(separator=";", include_header=start == 0).encode(encoding))


def _postings(drawn: pl.DataFrame, regions: Sequence[Region]) -> pl.DataFrame:
    """Drawn numbers as postings in Swedish formats."""
    import polars as pl

    def digits(column: pl.Expr, width: int) -> pl.Expr:
        return column.cast(pl.String).str.zfill(width)

    names = pl.Series([f"{region.name}s kommun" for region in regions])
    codes = pl.Series([region.code for region in regions])
    first, last = digits(556_000 + pl.col("s") // 10_000, 6), digits(pl.col("s") % 10_000, 4)
    number = pl.when(pl.col("way") == 0).then(first + "-" + last)
    thousands = pl.col("kr") // 1000
    kronor = pl.when(thousands > 0).then(thousands.cast(pl.String) + " " + digits(pl.col("kr") % 1000, 3))
    return drawn.select(
        kopare=names.gather(drawn["k"]),
        faktura_nr="F" + pl.col("i").cast(pl.String),
        leverantor="Leverantören i Övre Åsbo " + pl.col("s").cast(pl.String) + " AB",
        leverantor_id=number.when(pl.col("way") == 1).then(first + last).otherwise("16" + first + last),
        konto_nr=pl.col("konto").cast(pl.String),
        konto_text=pl.lit("Köp av tjänster"),
        belopp=pl.when(pl.col("credit")).then(pl.lit("-")).otherwise(pl.lit(""))
        + kronor.otherwise(pl.col("kr").cast(pl.String))
        + ","
        + digits(pl.col("ore"), 2),
        datum=(pl.lit(dt.date(2016, 1, 1)) + pl.duration(days=pl.col("day"))).dt.strftime("%Y-%m-%d"),
        kommun_id=codes.gather(drawn["k"]),
    )


# -- the engines: each gives (rows, groups, sum in öre) and is timed after its imports ------------------------------

Sums = tuple[int, int, int]


def by_analys(path: Path, encoding: str, wanted: list[str]) -> Callable[[], Sums]:
    from analys import ledgers

    def run() -> Sums:
        answer = ledgers.totals([path], suppliers=wanted)
        return answer.rows_out, len(answer.postings), sum(answer.ore.values())

    return run


def by_analys_stored(path: Path, encoding: str, wanted: list[str]) -> Callable[[], Sums]:
    from analys import ledgers

    store = path.with_suffix(".store")
    if not store.exists():
        ledgers.totals([path], store=store)

    def run() -> Sums:
        answer = ledgers.totals([path], suppliers=wanted, store=store)
        return answer.rows_out, len(answer.postings), sum(answer.ore.values())

    return run


def by_duckdb(path: Path, encoding: str, wanted: list[str]) -> Callable[[], Sums]:
    import duckdb

    cleaned = "replace(replace(replace(replace(belopp, ' ', ''), chr(160), ''), chr(8722), '-'), ',', '.')"
    numbers = ", ".join(f"'{number.replace('-', '')}'" for number in wanted)
    theirs = f"right(replace(replace(leverantor_id, '-', ''), ' ', ''), 10) IN ({numbers})" if wanted else "true"
    query = f"""
        SELECT sum(n), count(*), sum(kr) * 100 FROM (
            SELECT kommun_id, year(datum::DATE) AS ar, count(*) AS n,
                sum(CASE WHEN regexp_full_match(belopp, '{AMOUNT}') THEN {cleaned}::DECIMAL(18, 2) END) AS kr
            FROM read_csv('{path}', delim = ';', header = true, all_varchar = true, quote = '"',
                encoding = '{encoding}')
            WHERE {theirs}
            GROUP BY ALL)
    """

    def run() -> Sums:
        connection = duckdb.connect()
        connection.execute("SET memory_limit = '300MB'; SET threads = 2; SET preserve_insertion_order = false")
        row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0]), int(row[1]), int(row[2])

    return run


def by_polars(path: Path, encoding: str, wanted: list[str]) -> Callable[[], Sums]:
    import polars as pl

    def run() -> Sums:
        amount = pl.col("belopp")
        cleaned = amount.str.replace_all("[ \u00a0]", "").str.replace("\u2212", "-", literal=True)
        kronor = pl.when(amount.str.contains(f"^{AMOUNT}$")).then(cleaned.str.replace(",", ".", literal=True))
        # polars reads UTF-8 only; what this question needs is ASCII, so the letters may be lost.
        lossy: Any = "utf8" if encoding == "utf-8" else "utf8-lossy"
        table = pl.scan_csv(path, separator=";", infer_schema=False, encoding=lossy)
        if wanted:
            numbers = [number.replace("-", "") for number in wanted]
            table = table.filter(pl.col("leverantor_id").str.replace_all("[- ]", "").str.tail(10).is_in(numbers))
        answer = (
            table.select(
                "kommun_id", ar=pl.col("datum").str.to_date("%Y-%m-%d").dt.year(), kr=kronor.cast(pl.Decimal(18, 2))
            )
            .group_by("kommun_id", "ar")
            .agg(pl.len(), pl.col("kr").sum())
            .collect(engine="streaming")
        )
        return int(answer["len"].sum()), len(answer), int(answer["kr"].sum() * 100)

    return run


def by_pandas(path: Path, encoding: str, wanted: list[str]) -> Callable[[], Sums]:
    import pandas as pd

    def run() -> Sums:
        columns = ["kommun_id", "datum", "belopp", *(["leverantor_id"] if wanted else [])]
        frame = pd.read_csv(path, sep=";", dtype=str, usecols=columns, encoding=encoding)
        if wanted:
            numbers = frame["leverantor_id"].str.replace("[- ]", "", regex=True).str[-10:]
            frame = frame[numbers.isin([number.replace("-", "") for number in wanted])].copy()
        cleaned = frame["belopp"].str.replace("[ \u00a0]", "", regex=True).str.replace("\u2212", "-")
        frame["ore"] = cleaned.str.replace(",", "").astype("int64")  # every amount here has two decimals
        frame["ar"] = pd.to_datetime(frame["datum"], format="%Y-%m-%d").dt.year
        answer = frame.groupby(["kommun_id", "ar"])["ore"].agg(["size", "sum"])
        return int(answer["size"].sum()), len(answer), int(answer["sum"].sum())

    return run


def by_pyarrow(path: Path, encoding: str, wanted: list[str]) -> Callable[[], Sums]:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    def run() -> Sums:
        columns = ["kommun_id", "datum", "belopp", *(["leverantor_id"] if wanted else [])]
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(encoding=encoding),
            parse_options=csv.ParseOptions(delimiter=";"),
            convert_options=csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.string())
            ),
        )
        if wanted:
            numbers = pc.utf8_slice_codeunits(pc.replace_substring_regex(table["leverantor_id"], "[- ]", ""), -10)
            table = table.filter(pc.is_in(numbers, pa.array([number.replace("-", "") for number in wanted])))
        cleaned = pc.replace_substring_regex(table["belopp"], "[ \u00a0\u202f,]", "")
        ore = pc.cast(pc.replace_substring(cleaned, "\u2212", "-"), pa.int64())
        year = pc.year(pc.cast(table["datum"], pa.date32()))
        sums = pa.table({"kommun": table["kommun_id"], "ar": year, "ore": ore}).group_by(["kommun", "ar"])
        answer = sums.aggregate([("ore", "sum"), ("ore", "count")])
        return pc.sum(answer["ore_count"]).as_py(), len(answer), pc.sum(answer["ore_sum"]).as_py()

    return run


@dataclass(frozen=True)
class Engine:
    """One way to sum a ledger: ``of`` is its package, ``fast`` whether it may be the fastest and takes turns."""

    make: Callable[[Path, str, list[str]], Callable[[], Sums]]
    of: str
    fast: bool = False


ENGINES = {
    "analys": Engine(by_analys, "polars", fast=True),
    "DuckDB": Engine(by_duckdb, "duckdb", fast=True),
    "polars": Engine(by_polars, "polars", fast=True),
    "pandas": Engine(by_pandas, "pandas"),
    "pyarrow.csv": Engine(by_pyarrow, "pyarrow"),
    "analys, andra läsningen": Engine(by_analys_stored, "polars"),
}
STORED = "analys, andra läsningen"
Measured = dict[str, float]


def measure(name: str, path: Path, encoding: str, wanted: list[str]) -> Measured:
    """Run one engine in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ledgers", "--engine", name, str(path), encoding, *wanted]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def one(name: str, path: str, encoding: str, *wanted: str) -> None:
    """What one engine gives and takes, printed for the process that asked."""
    run = ENGINES[name].make(Path(path), encoding, list(wanted))
    start = time.perf_counter()
    rows, groups, ore = run()
    seconds = time.perf_counter() - start
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"rows": rows, "groups": groups, "ore": ore, "seconds": seconds, "MB": resident}))


def compare(path: Path, encoding: str, wanted: list[str], turns: int) -> Iterator[Row]:
    """What analys takes of the fastest other engine's time in the same turn, and of the slow ones'."""
    here = {name: engine for name, engine in ENGINES.items() if importlib.util.find_spec(engine.of)}
    fast = [name for name, engine in here.items() if engine.fast]
    taken = [{name: measure(name, path, encoding, wanted) for name in fast} for _ in range(turns)]
    once = {name: measure(name, path, encoding, wanted) for name in here if name not in fast}
    sums = {(run["rows"], run["groups"], run["ore"]) for turn in (*taken, once) for run in turn.values()}
    same = "samma summor av alla" if len(sums) == 1 else f"SUMMORNA SKILJER: {sums}"
    most = max(turn["analys"]["MB"] for turn in taken)
    what = f"reskontra, {encoding}, {f'{len(wanted)} leverantörer' if wanted else 'alla poster'}"
    others = ", ".join(name for name in fast if name != "analys")
    pairs = [turn["analys"]["seconds"] / _fastest(turn) for turn in taken]
    note = f"{path.stat().st_size / 1e6:.0f} MB; {same}; högst {most:.0f} MB minne"
    yield Row(f"{what}: analys / snabbaste av {others}", "<= 1,0", ratio(pairs), note)
    ours = median(turn["analys"]["seconds"] for turn in taken)
    if wanted:
        yield Row(f"{what}: andra läsningen / den första", "<= 0,3", ratio([once[STORED]["seconds"] / ours]))
    for name in ("pandas", "pyarrow.csv"):
        if name in once:
            yield Row(f"{what}: analys / {name}", "", ratio([ours / once[name]["seconds"]]))


def _fastest(turn: dict[str, Measured]) -> float:
    return min(run["seconds"] for name, run in turn.items() if name != "analys")


def workbooks(folder: Path, count: int) -> Row:
    """Excel as the project reads it, after its checks, against openpyxl's fastest way, on the same sheet."""
    import openpyxl

    from analys.documents.spreadsheets import read_workbook
    from analys.intake.invoices import LIMITS

    path = folder / "ledger.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Reskontra")
    for number in range(count):
        sheet.append(["KS", f"Leverantör {number}", "556000-0000", number, "64310 Köp", number / 100])
    book.save(path)
    start = time.perf_counter()
    (guarded,) = read_workbook(path, LIMITS)
    middle = time.perf_counter()
    slow = [list(row) for row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True)]
    end = time.perf_counter()
    same = "samma värden" if slow == guarded.rows else "VÄRDENA SKILJER"
    times = (end - middle) / (middle - start)
    return Row(
        "xlsx: openpyxl / projektets läsning", ">= 15", f"{times:.1f}".replace(".", ","), f"{count} rader; {same}"
    )


#: Postings in the published size, rows of the workbook, turns of the fast engines.
ROWS, WORKBOOK_ROWS, TURNS = 10_000_000, 50_000, 7


def rows(run: Run) -> Iterator[Row]:
    """Ledgers in two encodings, all postings and ten suppliers; a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.csv"
        for encoding in ("utf-8", "latin-1")[: run.of(2)]:
            generate(path, run.of(ROWS, 20_000), encoding)
            for wanted in ([], WANTED):
                yield from compare(path, encoding, wanted, run.of(TURNS))
            shutil.rmtree(path.with_suffix(".store"))
        yield workbooks(Path(folder), run.of(WORKBOOK_ROWS, 500))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--engine"]:
        one(*sys.argv[2:])
    else:
        main(rows, __doc__)
