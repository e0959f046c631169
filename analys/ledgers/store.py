"""A text ledger kept as parquet after the first reading, so that the next question needs not parse the text again.

The store holds the cells as text, without personal numbers and without the columns that nothing uses, and beside them
the few rows that are no whole rows, to be reported again. It belongs to one state of one file: another size, time of
change or column map is another store. A personal number is masked here by its form alone, without its check digit, so
an invoice number that looks like one is masked too.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import narwhals as nw
import polars as pl

from analys.intake.invoices.layouts import Layout, Match, Target
from analys.intake.invoices.masking import MASK, mask
from analys.intake.invoices.tables import Row, RowReader
from analys.ledgers.text import ROW, Progress, TextLedger, TextPart

_ABOUT: Final = "reskontra.json"
_LOOSE: Final = "losa-rader.jsonl"
_WHOLE: Final = "_whole"
_DATE: Final = r"\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
_PERSONAL: Final = rf"(?i)(SE)?\b(16|18|19|20)?{_DATE} ?[-+\u2013\u2212]? ?(\d{{4}}|[A-Z]\d{{3}})(01)?\b"
_NEVER_PERSONAL: Final = frozenset({Target.BELOPP, Target.DATUM, Target.VALUTA, Target.KONTO, Target.KOMMUN})


def stored(path: Path, folder: Path, layout: Path | str | None, progress: Progress) -> StoredLedger:
    """The ledger's store in ``folder``, written on the first call. A run that is killed leaves no half store."""
    status = path.stat() if path.is_file() else None
    state = (path.name, status and status.st_size, status and status.st_mtime_ns, str(layout))
    target = folder / f"{path.stem}-{hashlib.sha256(repr(state).encode()).hexdigest()[:12]}"
    if not (target / _ABOUT).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        ledger = TextLedger(path, layout)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as temporary:
            written = Path(temporary) / "store"
            written.mkdir()
            _write(ledger, written, progress)
            shutil.rmtree(target, ignore_errors=True)
            written.rename(target)
    return StoredLedger(target, path)


def _write(ledger: TextLedger, folder: Path, progress: Progress) -> None:
    with (folder / _LOOSE).open("w", encoding="utf-8") as loose:
        for number, part in enumerate(ledger.parts()):
            try:
                rows = _write_part(ledger, part, folder / f"{number:06}.parquet")
            except pl.exceptions.ComputeError:  # not UTF-8 throughout
                rows = _write_part(ledger, part.mended(), folder / f"{number:06}.parquet")
            for row in rows:
                loose.write(json.dumps([row.number, [mask(str(cell)) for cell in row.cells], row.fault]) + "\n")
            progress(part.read)
    match = ledger.match
    about = {
        "layout": match.layout.model_dump(mode="json"),
        "headings": match.headings,
        "targets": match.targets,
        "sample": [[mask(str(cell)) for cell in row.cells] for row in ledger.sample[:1000]],
    }
    (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")


def _write_part(ledger: TextLedger, part: TextPart, path: Path) -> list[Row]:
    """Write a part's whole rows; its other rows come back."""
    used = {
        f"c{column}": target for column, target in enumerate(ledger.match.targets) if target is not Target.ANVANDS_EJ
    }
    masked = [
        nw.col(name).str.replace_all(_PERSONAL, MASK) for name, target in used.items() if target not in _NEVER_PERSONAL
    ]
    table = nw.from_native(part.table()).with_columns(part.whole().alias(_WHOLE), *masked)
    cells = part.collect(table.select(ROW, _WHOLE, *used).to_native())
    if cells is None:
        pl.DataFrame(schema={ROW: pl.Int64(), **dict.fromkeys(used, pl.String())}).write_parquet(path)
        return list(part.all_rows())
    line = (pl.col(ROW).cast(pl.Int64) + part.block.first_line).alias(ROW)
    cells.filter(pl.col(_WHOLE)).select(line, *used).write_parquet(path)
    rest = cells.filter(~pl.col(_WHOLE).fill_null(False))[ROW].sort().to_list()
    return [*part.loose_rows(), *part.rows(rest)]


class StoredLedger:
    """A store, with what :class:`~analys.ledgers.text.TextLedger` has for the questions that are asked of it."""

    def __init__(self, folder: Path, path: Path) -> None:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        targets = tuple(Target(target) for target in about["targets"])
        self.folder, self.path = folder, path
        self.match = Match(Layout.model_validate(about["layout"]), tuple(about["headings"]), targets)
        self.reader = RowReader(self.match, path, "")
        self.width = len(targets)
        self.sample = [Row(0, cells) for cells in about["sample"]]

    def columns(self, *targets: Target) -> list[str]:
        """The names of the targets' columns."""
        return [f"c{i}" for target in targets for i in self.reader.columns.get(target, ())]

    def parts(self) -> Iterator[StoredPart]:
        """One for each parquet file; the first has the rows that were no whole rows."""
        paths = sorted(self.folder.glob("*.parquet"))
        yield from (StoredPart(self, path, first=path is paths[0]) for path in paths)


@dataclass(frozen=True)
class StoredPart:
    """One parquet file. :data:`ROW` is the line in the ledger."""

    ledger: StoredLedger
    path: Path
    first: bool
    read: int = 0

    def table(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path)

    def whole(self) -> nw.Expr:
        return nw.lit(True)

    def collect(self, query: pl.LazyFrame) -> pl.DataFrame:
        return query.collect()

    def mended(self) -> StoredPart:
        return self

    def rows(self, at: Sequence[int]) -> Iterator[Row]:
        for record in self.table().filter(pl.col(ROW).is_in(list(at))).collect().iter_rows(named=True):
            yield Row(record[ROW], [record.get(f"c{i}") or "" for i in range(self.ledger.width)])

    def loose_rows(self) -> Iterator[Row]:
        if self.first:
            with (self.ledger.folder / _LOOSE).open(encoding="utf-8") as loose:
                yield from (Row(number, cells, fault) for number, cells, fault in map(json.loads, loose))

    def all_rows(self) -> Iterator[Row]:
        lines = self.table().select(ROW).collect()[ROW].to_list()
        yield from self.loose_rows()
        yield from self.rows(lines)
