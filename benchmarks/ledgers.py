"""Sum a large ledger by municipality and year: seconds and memory against other engines, in one run.

    python -m benchmarks.ledgers [--rows 1000000] [--encoding latin-1] [--workbook-rows 50000]

The generator makes postings in Swedish formats (1 234,56; three ways to write an organisation number; 200 000
suppliers, about 120 bytes a row). Every engine parses the amounts to öre and the dates to years and sums by
municipality and year; all must give the same sums. Each runs in a process of its own; seconds are without imports (by
the clock, and of processor time, which a busy machine disturbs less), memory is the most that was resident. ``wc -l``
is the floor: it only reads. Generated files are removed.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analys.register import municipalities

SUPPLIERS = 200_000
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


def by_analys(path: Path, encoding: str) -> Callable[[], tuple[int, int, int]]:
    from analys import ledgers

    def run() -> tuple[int, int, int]:
        answer = ledgers.totals([path])
        return answer.rows_out, len(answer.postings), sum(answer.ore.values())

    return run


def by_analys_one_supplier(path: Path, encoding: str) -> Callable[[], tuple[int, int, int]]:
    from analys import ledgers

    def run() -> tuple[int, int, int]:
        answer = ledgers.totals([path], suppliers=["556000-0042"])
        return answer.rows_out, len(answer.postings), sum(answer.ore.values())

    return run


def by_duckdb(path: Path, encoding: str) -> Callable[[], tuple[int, int, int]]:
    import duckdb

    cleaned = "replace(replace(replace(replace(belopp, ' ', ''), chr(160), ''), chr(8722), '-'), ',', '.')"
    query = f"""
        SELECT sum(n), count(*), sum(kr) * 100 FROM (
            SELECT kommun_id, year(datum::DATE) AS ar, count(*) AS n,
                sum(CASE WHEN regexp_full_match(belopp, '{AMOUNT}') THEN {cleaned}::DECIMAL(18, 2) END) AS kr
            FROM read_csv('{path}', delim = ';', header = true, all_varchar = true, quote = '"',
                encoding = '{encoding}')
            GROUP BY ALL)
    """

    def run() -> tuple[int, int, int]:
        connection = duckdb.connect()
        connection.execute("SET memory_limit = '300MB'; SET threads = 2; SET preserve_insertion_order = false")
        row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0]), int(row[1]), int(row[2])

    return run


def by_polars(path: Path, encoding: str) -> Callable[[], tuple[int, int, int]]:
    import polars as pl

    def run() -> tuple[int, int, int]:
        source: Any = path
        if encoding != "utf-8":  # polars reads UTF-8 only
            source = path.read_bytes().decode(encoding).encode()
        amount = pl.col("belopp")
        cleaned = amount.str.replace_all("[ \u00a0]", "").str.replace("\u2212", "-", literal=True)
        kronor = pl.when(amount.str.contains(f"^{AMOUNT}$")).then(cleaned.str.replace(",", ".", literal=True))
        answer = (
            pl.scan_csv(source, separator=";", infer_schema=False)
            .select(
                "kommun_id", ar=pl.col("datum").str.to_date("%Y-%m-%d").dt.year(), kr=kronor.cast(pl.Decimal(18, 2))
            )
            .group_by("kommun_id", "ar")
            .agg(pl.len(), pl.col("kr").sum())
            .collect(engine="streaming")
        )
        return int(answer["len"].sum()), len(answer), int(answer["kr"].sum() * 100)

    return run


def by_pandas(path: Path, encoding: str) -> Callable[[], tuple[int, int, int]]:
    import pandas as pd

    def run() -> tuple[int, int, int]:
        columns = ["kommun_id", "datum", "belopp"]
        frame = pd.read_csv(path, sep=";", dtype=str, usecols=columns, encoding=encoding)
        cleaned = frame["belopp"].str.replace("[ \u00a0]", "", regex=True).str.replace("\u2212", "-")
        frame["ore"] = cleaned.str.replace(",", "").astype("int64")  # every amount here has two decimals
        frame["ar"] = pd.to_datetime(frame["datum"], format="%Y-%m-%d").dt.year
        answer = frame.groupby(["kommun_id", "ar"])["ore"].agg(["size", "sum"])
        return int(answer["size"].sum()), len(answer), int(answer["sum"].sum())

    return run


def by_pyarrow(path: Path, encoding: str) -> Callable[[], tuple[int, int, int]]:
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    def run() -> tuple[int, int, int]:
        columns = ["kommun_id", "datum", "belopp"]
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(encoding=encoding),
            parse_options=csv.ParseOptions(delimiter=";"),
            convert_options=csv.ConvertOptions(
                include_columns=columns, column_types=dict.fromkeys(columns, pa.string())
            ),
        )
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
    "analys, one supplier": by_analys_one_supplier,
}


def measure(name: str, path: Path, encoding: str) -> dict[str, Any]:
    """Run one engine in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.ledgers",
        "--engine",
        name,
        "--file",
        str(path),
        "--encoding",
        encoding,
    ]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def one(name: str, path: Path, encoding: str) -> None:
    run = ENGINES[name](path, encoding)
    before, start = time.process_time(), time.perf_counter()
    rows, groups, ore = run()
    seconds, processor = time.perf_counter() - start, time.process_time() - before
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    answer = {"rows": rows, "groups": groups, "ore": ore, "seconds": seconds, "processor": processor, "MB": resident}
    print(json.dumps(answer))


def compare(path: Path, encoding: str) -> None:
    start = time.perf_counter()
    subprocess.run(["wc", "-l", str(path)], check=True, capture_output=True)
    floor = time.perf_counter() - start
    results = {name: measure(name, path, encoding) for name in ENGINES}
    whole = {name: result for name, result in results.items() if name != "analys, one supplier"}
    sums = {(result["rows"], result["groups"], result["ore"]) for result in whole.values()}
    fastest = min(result["seconds"] for result in whole.values())
    print(f"\n{path.stat().st_size / 1e6:.0f} MB, {encoding}; wc -l {floor:.2f} s")
    least = min(result["processor"] for result in whole.values())
    for name, result in results.items():
        ratio = f"{result['seconds'] / fastest:5.2f} x fastest"
        busy = f"{result['processor']:7.2f} s processor ({result['processor'] / least:.2f})"
        print(f"  {name:30} {result['seconds']:7.2f} s  {result['MB']:6} MB  {ratio}  {busy}")
    print(f"  pandas / analys: {results['pandas, read_csv + cleaning']['seconds'] / results['analys']['seconds']:.1f}")
    print("  same sums from all" if len(sums) == 1 else f"  THE SUMS DIFFER: {sums}")


def workbooks(folder: Path, rows: int) -> None:
    """python-calamine, as the project reads workbooks, against openpyxl's fastest way, on the same sheet."""
    import openpyxl
    from python_calamine import load_workbook

    path = folder / "ledger.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Reskontra")
    for number in range(rows):
        sheet.append(["KS", f"Leverantör {number}", "556000-0000", number, "64310 Köp", number / 100])
    book.save(path)
    start = time.perf_counter()
    fast = load_workbook(str(path)).get_sheet_by_name("Reskontra").to_python()
    middle = time.perf_counter()
    slow = [list(row) for row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True)]
    end = time.perf_counter()
    same = "same values" if fast == slow else "THE VALUES DIFFER"
    print(f"\nExcel, {rows} rows: calamine {middle - start:.2f} s, openpyxl {end - middle:.2f} s, "
          f"{(end - middle) / (middle - start):.1f} times; {same}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--encoding", choices=["utf-8", "latin-1", "both"], default="both")
    parser.add_argument("--workbook-rows", type=int, default=50_000)
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.engine:
        one(arguments.engine, arguments.file, arguments.encoding)
        return
    with tempfile.TemporaryDirectory() as folder:
        for encoding in ["utf-8", "latin-1"] if arguments.encoding == "both" else [arguments.encoding]:
            path = Path(folder) / f"ledger-{encoding}.csv"
            generate(path, arguments.rows, encoding)
            compare(path, encoding)
            path.unlink()
        if arguments.workbook_rows:
            workbooks(Path(folder), arguments.workbook_rows)


if __name__ == "__main__":
    main()
