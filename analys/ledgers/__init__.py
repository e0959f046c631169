"""Ledgers of any size: read in a stream, filtered before the costly parsing, summed by municipality and year.

Memory stays bounded: the file goes through in blocks, polars works on two while the next is read. The cells are
parsed by expressions (:mod:`analys.ledgers.expressions`); what they do not know goes through the reader for small
ledgers, row by row, so that both give the same sums. Rows in = rows out + rows reported here too. Cells that a sum does
not need are not looked at: a supplier's name in UTF-8 that cannot be is reported, one that is only misspelt is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from analys.ledgers.store import stored
from analys.ledgers.summing import Summer, Totals
from analys.ledgers.text import Progress, TextLedger

__all__ = ["Engine", "Totals", "totals"]


class Engine(StrEnum):
    """What evaluates the expressions. The answers are the same."""

    POLARS = "polars"
    SPARK = "spark"


def totals(
    paths: Iterable[Path],
    *,
    layout: Path | str | None = None,
    suppliers: Sequence[str] = (),
    store: Path | None = None,
    engine: Engine = Engine.POLARS,
    progress: Progress = lambda _: None,
) -> Totals:
    """Sum ledgers by municipality and year; with ``suppliers`` (organisation numbers) only their postings.

    The filter goes before the parsing: rows of other suppliers are neither parsed nor counted, nor reported. With a
    folder ``store`` each ledger is kept there as parquet (:mod:`analys.ledgers.store`), and read from there while it
    has not changed.
    ``progress`` is told of the bytes read. Raises :class:`InputError` as :func:`analys.intake.invoices.read` does, and
    :class:`AnalysError` where Spark is asked for and missing.
    """
    answer = Totals()
    if engine is Engine.SPARK:
        from analys.ledgers.spark import add_up
    else:
        from analys.ledgers.summing import add_up
    for path in paths:
        ledger = stored(Path(path), store, layout, progress) if store else TextLedger(Path(path), layout)
        add_up(Summer(ledger, suppliers, answer), progress)
    return answer
