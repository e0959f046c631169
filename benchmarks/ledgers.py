"""Sum a large ledger by municipality and year: seconds and memory against other engines, in one run.

    python -m benchmarks.ledgers [--rows 1000000] [--encoding latin-1] [--workbook-rows 50000] [--most-rows 40000000]

The generator makes postings in Swedish formats (1 234,56; three ways to write an organisation number; 200 000
suppliers, about 120 bytes a row). Every engine parses the amounts to öre and the dates to years and sums by
municipality and year; in the second table only for ten suppliers, by their organisation number however it is written.
All must give the same sums. Each runs in a process of its own; seconds are without imports, by the clock and of
processor time; memory is the most that was resident. The fast engines take turns, as the machine is not as fast from
one minute to the next: stated are the medians, and the median of what each takes of the fastest other one's time in the
same turn, by the clock and of processor time. ``wc -l`` is the floor: it only reads. ``--most-rows`` adds a ledger of
that size that only analys reads, for its memory. Generated files are removed.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from analys.register import municipalities

SUPPLIERS = 200_000
#: The engines that may be the fastest run so many times.
TURNS = 7
WANTED = [f"556{number:03}-{number:04}" for number in range(0, 20, 2)]
AMOUNT = r"-?(\d{1,12}|\d{1,3}([ \x{00a0}]\d{3}){1,3})([,.]\d{1,2})?"

GENERATE = """
COPY (
    WITH numbers AS (SELECT i, hash(i) AS a, hash(i, 1) AS b, hash(i, 2) AS c, hash(i, 3) AS d FROM range({rows}) t(i)),
    suppliers AS (SELECT *, (a % {suppliers})::BIGINT AS s FROM numbers)
    SELECT
        k.name || 's kommun' AS kopare,
        'F' || i AS faktura_nr,
        'Leverantören i Övre Åsbo ' || s || ' AB' AS leverantor,
        CASE d % 3 WHEN 0 THEN format('{{:06d}}-{{:04d}}', 556000 + s // 10000, s % 10000)
            WHEN 1 THEN format('{{:06d}}{{:04d}}', 556000 + s // 10000, s % 10000)
            ELSE format('16{{:06d}}{{:04d}}', 556000 + s // 10000, s % 10000) END AS leverantor_id,
        (40000 + c % 30000)::VARCHAR AS konto_nr,
        'Köp av tjänster' AS konto_text,
        CASE WHEN d % 20 = 0 THEN '-' ELSE '' END
            || replace(format('{{:,}}', (c >> 20) % 500000), ',', ' ') || ',' || format('{{:02d}}', (b >> 30) % 100)
            AS belopp,
        strftime(DATE '2016-01-01' + ((b >> 12) % 2900)::INT, '%Y-%m-%d') AS datum,
        k.code AS kommun_id
    FROM suppliers JOIN kommuner k ON k.n = b % 290
) TO '{path}' (HEADER, DELIMITER ';')
"""


def generate(path: Path, rows: int, encoding: str) -> None:
    """A ledger after the national specification, the same on every run."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET memory_limit = '1GB'; SET threads = 2")
    regions = municipalities()
    connection.execute(
        "CREATE TABLE kommuner AS SELECT unnest($1) AS code, unnest($2) AS name, unnest(range(290)) AS n",
        [[region.code for region in regions], [region.name for region in regions]],
    )
    target = path if encoding == "utf-8" else path.with_suffix(".utf8")
    connection.execute(GENERATE.format(rows=rows, suppliers=SUPPLIERS, path=target))
    if encoding != "utf-8":
        with target.open(encoding="utf-8", newline="") as source, path.open("w", encoding=encoding, newline="") as out:
            while block := source.read(1 << 24):
                out.write(block)
        target.unlink()


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


ENGINES = {
    "analys": by_analys,
    "DuckDB, hand-written SQL": by_duckdb,
    "polars, streaming": by_polars,
    "pandas, read_csv + cleaning": by_pandas,
    "pyarrow.csv": by_pyarrow,
    "analys, from its parquet": by_analys_stored,
}
OFTEN = ["analys", "DuckDB, hand-written SQL", "polars, streaming"]
STORED = "analys, from its parquet"
MEASURES = ["seconds", "processor"]
Run = dict[str, float]


def measure(name: str, path: Path, encoding: str, wanted: list[str]) -> Run:
    """Run one engine in a process of its own."""
    options = ["--engine", name, "--file", str(path), "--encoding", encoding, "--wanted", *wanted]
    command = [sys.executable, "-m", "benchmarks.ledgers", *options]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def one(name: str, path: Path, encoding: str, wanted: list[str]) -> None:
    run = ENGINES[name](path, encoding, wanted)
    before, start = time.process_time(), time.perf_counter()
    rows, groups, ore = run()
    seconds, processor = time.perf_counter() - start, time.process_time() - before
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answer = {"rows": rows, "groups": groups, "ore": ore, "seconds": seconds, "processor": processor, "MB": resident}
    print(json.dumps(answer))


def compare(path: Path, encoding: str, wanted: list[str]) -> None:
    start = time.perf_counter()
    subprocess.run(["wc", "-l", str(path)], check=True, capture_output=True)
    floor = time.perf_counter() - start
    turns = [{name: measure(name, path, encoding, wanted) for name in OFTEN} for _ in range(TURNS)]
    rare = [STORED] if wanted else [name for name in ENGINES if name not in OFTEN]
    once = {name: measure(name, path, encoding, wanted) for name in rare}
    what = f"{len(wanted)} suppliers" if wanted else "all postings"
    print(f"\n{path.stat().st_size / 1e6:.0f} MB, {encoding}, {what}; wc -l {floor:.2f} s")
    print(f"  {'':28} seconds (of the fastest other)  processor (of the least other)    most MB")
    for name in [*OFTEN, *once]:
        runs = [turn[name] if name in turn else once[name] for turn in turns]
        cells = [f"{median(run[of] for run in runs):8.2f}  ({_ratio(name, runs, turns, of):.2f})" for of in MEASURES]
        print(f"  {name:28} {cells[0]} {cells[1]:>28} {max(run['MB'] for run in runs):20}")
    if not wanted:
        ours = median(turn["analys"]["seconds"] for turn in turns)
        print(f"  pandas / analys: {once['pandas, read_csv + cleaning']['seconds'] / ours:.1f}")
    every = [run for turn in [*turns, once] for run in turn.values()]
    sums = {(run["rows"], run["groups"], run["ore"]) for run in every}
    print("  same sums from all" if len(sums) == 1 else f"  THE SUMS DIFFER: {sums}", flush=True)


def _ratio(name: str, runs: list[Run], turns: list[dict[str, Run]], of: str) -> float:
    """The median over the turns of what an engine takes of the fastest of the others (analys is not one of them)."""
    others = [[other[of] for engine, other in turn.items() if engine not in (name, "analys")] for turn in turns]
    return median(run[of] / min(times) for run, times in zip(runs, others, strict=True))


def workbooks(folder: Path, rows: int) -> None:
    """python-calamine, as the project reads workbooks, against openpyxl's fastest way, on the same sheet."""
    import openpyxl
    from python_calamine import load_workbook

    from analys.documents.spreadsheets import read_workbook
    from analys.intake.invoices import LIMITS

    path = folder / "ledger.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Reskontra")
    for number in range(rows):
        sheet.append(["KS", f"Leverantör {number}", "556000-0000", number, "64310 Köp", number / 100])
    book.save(path)
    start = time.perf_counter()
    fast = load_workbook(str(path)).get_sheet_by_name("Reskontra").to_python()
    bare = time.perf_counter()
    (guarded,) = read_workbook(path, LIMITS)
    middle = time.perf_counter()
    slow = [list(row) for row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True)]
    end = time.perf_counter()
    same = "same values" if fast == slow == guarded.rows else "THE VALUES DIFFER"
    print(f"\nExcel, {rows} rows: openpyxl {end - middle:.2f} s; calamine {bare - start:.2f} s, "
          f"{(end - middle) / (bare - start):.1f} times; as the project reads it, after its checks, "
          f"{middle - bare:.2f} s, {(end - middle) / (middle - bare):.1f} times; {same}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--encoding", choices=["utf-8", "latin-1", "both"], default="both")
    parser.add_argument("--workbook-rows", type=int, default=50_000)
    parser.add_argument("--most-rows", type=int, default=0)
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--wanted", nargs="*", default=[], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.engine:
        one(arguments.engine, arguments.file, arguments.encoding, arguments.wanted)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.csv"
        for encoding in ["utf-8", "latin-1"] if arguments.encoding == "both" else [arguments.encoding]:
            generate(path, arguments.rows, encoding)
            compare(path, encoding, [])
            compare(path, encoding, WANTED)
            shutil.rmtree(path.with_suffix(".store"))
        if arguments.most_rows:
            generate(path, arguments.most_rows, "utf-8")
            answer = measure("analys", path, "utf-8", [])
            print(f"\n{arguments.most_rows} rows: analys {answer['seconds']:.1f} s, {answer['MB']} MB")
        if arguments.workbook_rows:
            workbooks(Path(folder), arguments.workbook_rows)


if __name__ == "__main__":
    main()
