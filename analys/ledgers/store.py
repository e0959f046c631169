"""A text ledger kept as parquet after the first reading, so that the next question needs not parse the text again.

The store holds the cells as text, without personal numbers and without the columns that nothing uses, and of the few
rows that are no whole rows also what the reader for small ledgers sees, to be reported again. It belongs to one state
of one file: another size, time of change or column map is another store. A personal number is masked here by its form
alone, without its check digit, so an invoice number that looks like one is masked too.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import polars as pl

from analys.intake.invoices.layouts import Layout, Match, Target
from analys.intake.invoices.masking import MASK, mask
from analys.intake.invoices.tables import Row, RowReader
from analys.ledgers.stream import Letters
from analys.ledgers.text import ROW, Progress, TextLedger, TextPart, answered

_ABOUT: Final = "reskontra.json"
#: JSON of the cells and the fault of a row that is no whole row; null for the others.
_LOOSE: Final = "_loose"
_WHOLE: Final = "_whole"
# Of ASCII only: with Unicode's digits and word boundaries the search takes ten times as long.
_DATE: Final = r"[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])"
_EDGE: Final = r"(?-u:\b)"
_PERSONAL: Final = (
    rf"{_EDGE}([Ss][Ee])?(16|18|19|20)?{_DATE} ?[-+\u2013\u2212]? ?([0-9]{{4}}|[A-Za-z][0-9]{{3}})(01)?{_EDGE}"
)
_NEVER_PERSONAL: Final = frozenset({Target.BELOPP, Target.DATUM, Target.VALUTA, Target.KONTO, Target.KOMMUN})


def stored(path: Path, folder: Path, layout: Path | str | None, progress: Progress) -> StoredLedger:
    """The ledger's store in ``folder``, written on the first call. A run that is killed leaves no half store."""
    status = path.stat() if path.is_file() else None
    state = (path.name, status and status.st_size, status and status.st_mtime_ns, str(layout))
    target = folder / f"{path.stem}-{hashlib.sha256(repr(state).encode()).hexdigest()[:12]}"
    written_before = (target / _ABOUT).is_file()
    if not written_before:
        folder.mkdir(parents=True, exist_ok=True)
        ledger = TextLedger(path, layout)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as temporary:
            written = Path(temporary) / "store"
            written.mkdir()
            _write(ledger, written, progress)
            shutil.rmtree(target, ignore_errors=True)
            written.rename(target)
    return StoredLedger(target, path, path.stat().st_size if written_before else 0)


def _write(ledger: TextLedger, folder: Path, progress: Progress) -> None:
    # Small ones, one by one: all cells of a part take several times the memory of those that a sum needs.
    for number, part in enumerate(ledger.parts(share=2)):
        _, cells = answered(part, partial(_cells, ledger))
        cells.write_parquet(folder / f"{number:06}.parquet")
        progress(part.read)
    match = ledger.match
    about = {
        "layout": match.layout.model_dump(mode="json"),
        "headings": match.headings,
        "targets": match.targets,
        "sample": [[mask(str(cell)) for cell in row.cells] for row in ledger.sample[:1000]],
    }
    (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")


def _cells(ledger: TextLedger, part: TextPart) -> pl.DataFrame:
    """A part's rows as they are stored, by their line in the file. Blank rows are no rows."""
    used = {
        f"c{column}": target for column, target in enumerate(ledger.match.targets) if target is not Target.ANVANDS_EJ
    }
    masked = [
        nw.col(name).str.replace_all(_PERSONAL, MASK) for name, target in used.items() if target not in _NEVER_PERSONAL
    ]
    table = nw.from_native(part.table()).with_columns(part.whole().fill_null(False).alias(_WHOLE), *masked)
    cells = table.select(ROW, _WHOLE, *used).to_native().collect()
    rows = [row for row in part.rows(cells.filter(~pl.col(_WHOLE))[ROW].sort().to_list()) if not row.is_blank]
    seen = [json.dumps([[mask(str(cell)) for cell in row.cells], row.fault], ensure_ascii=False) for row in rows]
    loose = pl.DataFrame({ROW: [row.number for row in rows], _LOOSE: seen}, {ROW: pl.Int64, _LOOSE: pl.String})
    lines = cells.with_columns(pl.col(ROW).cast(pl.Int64) + part.block.span.before)
    return (
        lines.join(loose, on=ROW, how="left", maintain_order="left")
        .filter(pl.col(_WHOLE) | pl.col(_LOOSE).is_not_null())
        .drop(_WHOLE)
    )


class StoredLedger:
    """A store, with what :class:`~analys.ledgers.text.TextLedger` has for the questions that are asked of it.

    Its parts stand for ``size`` bytes of the ledger: all of them, or none where writing the store has told of them.
    """

    def __init__(self, folder: Path, path: Path, size: int) -> None:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        targets = tuple(Target(target) for target in about["targets"])
        self.folder, self.path, self.size = folder, path, size
        self.match = Match(Layout.model_validate(about["layout"]), tuple(about["headings"]), targets)
        self.reader = RowReader(self.match, path, "")
        self.width = len(targets)
        self.sample = [Row(0, cells) for cells in about["sample"]]

    def columns(self, *targets: Target) -> list[str]:
        """The names of the targets' columns."""
        return [f"c{i}" for target in targets for i in self.reader.columns.get(target, ())]

    @property
    def files(self) -> list[Path]:
        """The parquet files in the order of the ledger."""
        return sorted(self.folder.glob("*.parquet"))

    def parts(self, letters: Letters = Letters.DECODED) -> Iterator[StoredPart]:
        """One for each parquet file. All letters are decoded."""
        files = self.files
        ends = [self.size * number // len(files) for number in range(len(files) + 1)]
        return (StoredPart(self, path, end - start) for path, (start, end) in zip(files, pairwise(ends), strict=True))

    def whole(self) -> nw.Expr:
        """Whether a stored row has as many cells as the heading row, but for empty ones."""
        return nw.col(_LOOSE).is_null()

    def row(self, record: dict[str, Any]) -> Row:
        """A stored row as the reader for small ledgers sees it."""
        if record[_LOOSE]:
            return Row(record[ROW], *json.loads(record[_LOOSE]))
        return Row(record[ROW], [record.get(f"c{i}") or "" for i in range(self.width)])


@dataclass(frozen=True)
class StoredPart:
    """One parquet file. :data:`ROW` is the line in the ledger."""

    ledger: StoredLedger
    path: Path
    read: int

    def table(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path)

    def whole(self, *, surely: bool = True) -> nw.Expr:
        return self.ledger.whole()

    def has_long_lines(self) -> bool:
        return False

    def mended(self) -> StoredPart:
        return self

    def rows(self, at: Sequence[int]) -> Iterator[Row]:
        records = self.table().filter(pl.col(ROW).is_in(list(at))).collect()
        yield from map(self.ledger.row, records.iter_rows(named=True))
