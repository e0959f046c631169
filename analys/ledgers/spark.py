"""Sums of a ledger by Apache Spark, for more than one machine: the same expressions, the same answer.

The driver only cuts a text ledger into blocks; the workers read them and hand their cells to Spark. So the file must
lie where all of them can read it, and they need this package. A stored ledger is read by Spark alone.

Which machines, how many processors and how much memory is said to Spark by its own means (``spark-submit``,
``conf/spark-defaults.conf``, ``PYSPARK_SUBMIT_ARGS``); else it uses this machine.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import polars as pl

from analys.documents.separated import Row
from analys.errors import AnalysError
from analys.ledgers.store import StoredLedger
from analys.ledgers.stream import Letters, Span, block_at
from analys.ledgers.summing import Summer
from analys.ledgers.text import ROW, Part, Progress, TextLedger, TextPart, answered

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_BEFORE, _WHOLE = "_before", "_whole"
_GET_SPARK: Final = "installera programmet med tillägget [spark] (README, Installera)"
_GET_JAVA: Final = (
    "installera Java 17 eller senare (Debian: apt-get install openjdk-17-jre-headless), eller sätt JAVA_HOME"
)


def add_up(summer: Summer, progress: Progress) -> None:
    """Sum a ledger with Spark. Raises :class:`AnalysError` where Spark or Java is missing."""
    spark = session()
    if isinstance(summer.ledger, StoredLedger):
        source: _Stored | _Text = _Stored(spark, summer)
    else:
        source = _Text(spark, summer.ledger, summer, progress)
    judged = summer.judged(nw.from_native(source.table), source.whole, *source.place)
    groups = pl.DataFrame(summer.sums(judged).to_native().toArrow())
    summer.add(groups)
    if (left := summer.left(groups)) is not None:
        doubtful = judged.filter(left).select(*source.place, *source.cells).sort(*source.order).to_native()
        summer.read_rows(source.rows(record.asDict() for record in doubtful.toLocalIterator()))
    if isinstance(source, _Stored):
        progress(source.ledger.size)


def session() -> SparkSession:
    """The running session, or a new one as Spark's own configuration says."""
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    try:
        import pyarrow  # noqa: F401
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise AnalysError(f"engine spark: väntade pyspark och pyarrow, fann {error}: {_GET_SPARK}") from error
    if "SPARK_REMOTE" not in os.environ and not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise AnalysError(f"engine spark: väntade Java, fann inget: {_GET_JAVA}")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder
    settings = {"spark.ui.enabled": "false", "spark.log.level": "ERROR"}
    settings["spark.ui.showConsoleProgress"] = str(sys.stderr.isatty()).lower()
    try:
        spark: SparkSession = builder.appName("analys").config(map=settings).getOrCreate()
    except PySparkException as error:
        raise AnalysError(f"engine spark: väntade att Spark startar, fann {error}: {_GET_JAVA}") from error
    return spark


class _Stored:
    """A stored ledger as a table of Spark."""

    def __init__(self, spark: SparkSession, summer: Summer) -> None:
        assert isinstance(summer.ledger, StoredLedger)
        self.ledger = summer.ledger
        self.table: DataFrame = spark.read.parquet(*map(str, self.ledger.files))
        self.whole = self.ledger.whole()
        self.place = [name for name in self.table.columns if name not in summer.payer]
        self.cells, self.order = summer.payer, [ROW]

    def rows(self, records: Iterable[dict[str, Any]]) -> Iterator[Row]:
        return map(self.ledger.row, records)


class _Text:
    """A text ledger as a table of Spark: of the cells that the sums need, and where their row stands."""

    cells: Final[list[str]] = []
    place: Final = [_BEFORE, ROW]
    order: Final = [_BEFORE, ROW]

    def __init__(self, spark: SparkSession, ledger: TextLedger, summer: Summer, progress: Progress) -> None:
        self.ledger = ledger
        self.whole = nw.col(_WHOLE)
        self.spans = dict[int, Span]()
        for part in ledger.parts(Letters.KEPT):
            self.spans[part.block.span.before] = part.block.span
            progress(part.read)
        path, shape, cells = ledger.path.resolve(), ledger.shape, summer.cells
        letters = Letters.DECODED if summer.needs_letters else Letters.KEPT

        def read(batches: Iterable[Any]) -> Iterator[Any]:
            import pyarrow as pa

            types = {_BEFORE: pa.int64(), ROW: pa.int64(), _WHOLE: pa.bool_(), **dict.fromkeys(cells, pa.string())}
            for batch in batches:
                for span in batch.to_pylist():
                    part = TextPart(path, shape, block_at(path, shape, Span(**span), letters))
                    table = _cells(part, cells).to_arrow(compat_level=pl.CompatLevel.oldest())
                    yield from table.cast(pa.schema(types)).to_batches()

        rows = spark.sparkContext.parallelize([asdict(span) for span in self.spans.values()], len(self.spans))
        places = spark.createDataFrame(rows, ", ".join(f"{field.name} long" for field in fields(Span)))
        columns = ", ".join(f"{name} string" for name in cells)
        self.table: DataFrame = places.mapInArrow(read, f"{_BEFORE} long, {ROW} long, {_WHOLE} boolean, {columns}")

    def rows(self, records: Iterable[dict[str, Any]]) -> Iterator[Row]:
        for before, together in groupby(records, lambda record: record[_BEFORE]):
            block = block_at(self.ledger.path, self.ledger.shape, self.spans[before])
            part = TextPart(self.ledger.path, self.ledger.shape, block)
            yield from part.rows([record[ROW] for record in together])


def _cells(part: TextPart, cells: list[str]) -> pl.DataFrame:
    def ask(part: Part) -> pl.DataFrame:
        table = nw.from_native(part.table()).with_columns(part.whole().alias(_WHOLE))
        found: pl.DataFrame = table.select(ROW, _WHOLE, *cells).to_native().collect()
        return found

    _, found = answered(part, ask)
    return found.select(pl.lit(part.block.span.before).alias(_BEFORE), pl.all())
