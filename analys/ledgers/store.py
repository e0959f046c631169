"""A text ledger kept as parquet after the first reading, so that the next question needs not parse the text again.

The store holds the cells as text, without personal numbers and without the columns that nothing uses, and of the few
rows that are no whole rows also what the reader for small ledgers sees, to be reported again. It belongs to one state
of one file: another size, time of change or column map is another store. Personal numbers are masked by the functions
that mask them when a small ledger is read; a pattern only finds the few cells that may hold one.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import polars as pl

from analys.documents.separated import Row
from analys.files import workspace
from analys.intake.invoices import cells as cell_forms
from analys.intake.invoices.layouts import Layout, Match, Target
from analys.intake.invoices.tables import RowReader
from analys.ledgers.stream import Letters
from analys.ledgers.text import ROW, Progress, TextLedger, TextPart, answered
from analys.masking import MASK, MAY_HOLD, mask
from analys.swedish import fold

#: Raised when the columns of a store change: one that was written before is written anew.
_FORMAT: Final = 2
_ABOUT: Final = "reskontra.json"
#: JSON of the cells and the fault of a row that is no whole row; null for the others.
_LOOSE: Final = "_loose"
_WHOLE: Final = "_whole"
#: The supplier's organisation number as an integer, where the cell is one as nearly all write it: the rows lie in its
#: order, so that those of a few suppliers are read without the others.
_KEY: Final = "_key"
_PLAIN: Final = r"^(16)?[0-9]{6}-?[0-9]{4}\z"
#: A number that such a cell has only as its last ten digits: in 16NNNNNNNNNN there is one from 6 or 16 too.
_ALONE: Final = re.compile("(?!16)[0-57-9][0-9]{9}")
#: Rows that are read together or not at all.
_GROUP: Final = 4096
#: Suppliers' numbers of which the pattern can tell; in other forms a person's may have lost its zeros, or be in parts.
_USUAL: Final = r"^([0-9]{0,6}|[0-9]{6,8}-[0-9]{4}|(SE)?[0-9]{10,})\z"


def stored(path: Path, folder: Path, layout: Path | str | None, progress: Progress) -> StoredLedger:
    """The ledger's store in ``folder``, written on the first call. A run that is killed leaves no half store."""
    status = path.stat() if path.is_file() else None
    state = (_FORMAT, path.name, status and status.st_size, status and status.st_mtime_ns, str(layout))
    name = re.sub(r"[^a-z0-9]+", "-", fold(mask(path.stem)))[:60]
    target = folder / f"{name}-{hashlib.sha256(repr(state).encode()).hexdigest()[:12]}"
    about = _sound(target)
    if about is None:
        folder.mkdir(parents=True, exist_ok=True)
        ledger = TextLedger(path, layout)
        with workspace(folder) as temporary:
            written = temporary / "store"
            written.mkdir()
            _write(ledger, written, progress)
            shutil.rmtree(target, ignore_errors=True)
            written.rename(target)
        return StoredLedger(target, path, 0, json.loads((target / _ABOUT).read_bytes())["about"])
    return StoredLedger(target, path, path.stat().st_size, about)


def _sound(target: Path) -> dict[str, Any] | None:
    """What a store says of itself, where all of its bytes are those that were written; a damaged one is written anew."""
    try:
        whole = json.loads((target / _ABOUT).read_bytes())
        about, parts = whole["about"], whole["parts"]
        sound = whole["digest"] == _digest_of([about, parts]) and parts == _digests(target)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return about if sound else None


def _digests(folder: Path) -> dict[str, str]:
    """The digest of each part by its file name."""
    digests = {}
    for file in sorted(folder.glob("*.parquet")):
        with file.open("rb") as content:
            digests[file.name] = hashlib.file_digest(content, hashlib.blake2b).hexdigest()[:32]
    return digests


def _digest_of(value: object) -> str:
    return hashlib.blake2b(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:32]


def _write(ledger: TextLedger, folder: Path, progress: Progress) -> None:
    # All cells of a part take several times the memory of those that a sum needs.
    for number, part in enumerate(ledger.parts(one_by_one=True)):
        _, cells = answered(part, partial(_cells, ledger))
        packed = io.BytesIO()  # polars says of a full disk what nobody can tell from a damaged file
        cells.write_parquet(packed, row_group_size=_GROUP)
        (folder / f"{number:06}.parquet").write_bytes(packed.getbuffer())
        progress(part.read)
    match = ledger.match
    about = {
        "layout": match.layout.model_dump(mode="json"),
        "headings": match.headings,
        "targets": match.targets,
        "sample": [_masked_row(row, match.targets, ledger.reader) for row in ledger.sample[:1000]],
    }
    parts = _digests(folder)
    # As it is read back: what is compared later has gone through JSON too.
    about = json.loads(json.dumps(about, ensure_ascii=False))
    whole = {"about": about, "parts": parts, "digest": _digest_of([about, parts])}
    (folder / _ABOUT).write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def _cells(ledger: TextLedger, part: TextPart) -> pl.DataFrame:
    """A part's rows as they are stored, by their line in the file. Blank rows are no rows."""
    targets, reader = ledger.match.targets, ledger.reader
    used = [f"c{column}" for column, target in enumerate(targets) if target is not Target.ANVANDS_EJ]
    table = nw.from_native(part.table()).with_columns(part.whole().fill_null(False).alias(_WHOLE))
    cells: pl.DataFrame = table.select(ROW, _WHOLE, *used).to_native().collect()
    cells = cells.with_columns(_masked_column(cells[name], targets[int(name[1:])], reader) for name in used)
    rows = [row for row in part.rows(cells.filter(~pl.col(_WHOLE))[ROW].sort().to_list()) if not row.is_blank]
    seen = [json.dumps([_masked_row(row, targets, reader), row.fault], ensure_ascii=False) for row in rows]
    loose = pl.DataFrame({ROW: [row.number for row in rows], _LOOSE: seen}, {ROW: pl.Int64, _LOOSE: pl.String})
    lines = cells.with_columns(pl.col(ROW).cast(pl.Int64) + part.block.span.before)
    kept = lines.join(loose, on=ROW, how="left", maintain_order="left")
    kept = kept.filter(pl.col(_WHOLE) | pl.col(_LOOSE).is_not_null()).drop(_WHOLE)
    suppliers = ledger.columns(Target.LEVERANTOR_ID)
    number = pl.col(suppliers[0]) if suppliers else pl.lit("")
    digits = number.str.replace("-", "", literal=True).str.tail(10)
    return kept.with_columns(pl.when(number.str.contains(_PLAIN)).then(digits).cast(pl.Int64).alias(_KEY)).sort(
        _KEY, ROW
    )


def _masked_column(cells: pl.Series, target: Target | None, reader: RowReader) -> pl.Series:
    doubtful = cells.str.contains(MAY_HOLD)
    if target is Target.LEVERANTOR_ID:
        doubtful |= ~cells.str.contains(_USUAL)
    found = {cell: _masked(cell, target, reader) for cell in cells.filter(doubtful).unique()}
    masks = {cell: masked for cell, masked in found.items() if masked != cell}
    return cells.replace(masks) if masks else cells


def _masked_row(row: Row, targets: Sequence[Target | None], reader: RowReader) -> list[str]:
    known = () if row.fault else targets[: len(row.cells)]
    return [_masked(str(cell), target, reader) for cell, target in zip_longest(row.cells, known)]


def _masked(cell: str, target: Target | None, reader: RowReader) -> str:
    """The cell as the reader for small ledgers sees it where that masks something in it; else as it is."""
    match target:
        case Target.LEVERANTOR_ID:
            number, note = cell_forms.supplier_number(cell.replace("*", " "))
            masked = number or note
        case Target.FAKTURA_NR | Target.VERIFIKATION:
            masked = cell_forms.invoice_number(cell)
        case Target.BELOPP:
            masked = cell if _can(reader.amount_of, cell) else mask(cell)
        case Target.DATUM:
            masked = cell if _can(reader.date_of, cell) else mask(cell)
        case _:
            masked = cell_forms.text(cell)
    return masked if MASK in masked else cell


def _can(read: Callable[[str], object], cell: str) -> bool:
    try:
        read(cell)
    except (ValueError, OverflowError):
        return False
    return True


class StoredLedger:
    """A store, with what :class:`~analys.ledgers.text.TextLedger` has for the questions that are asked of it.

    Its parts stand for ``size`` bytes of the ledger: all of them, or none where writing the store has told of them.
    """

    def __init__(self, folder: Path, path: Path, size: int, about: dict[str, Any]) -> None:
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

    near: pl.DataFrame | None = None

    def table(self) -> pl.LazyFrame:
        return pl.scan_parquet(self.path) if self.near is None else self.near.lazy()

    def of(self, numbers: Sequence[str]) -> StoredPart:
        """Only the rows that may be of these suppliers, where their numbers alone tell."""
        key, keys = pl.col(_KEY), [int(number) for number in numbers if _ALONE.fullmatch(number)]
        if not keys or len(keys) < len(numbers):
            return self
        theirs = key.is_between(min(keys), max(keys)) & key.is_in(keys)  # between: it passes over groups of rows
        return replace(self, near=self.table().filter(theirs | key.is_null()).collect())

    def whole(self, *, surely: bool = True) -> nw.Expr:
        return self.ledger.whole()

    def has_long_lines(self) -> bool:
        return False

    def mended(self) -> StoredPart:
        return self

    def rows(self, at: Sequence[int]) -> Iterator[Row]:
        records = self.table().filter(pl.col(ROW).is_in(list(at))).sort(ROW).collect()
        yield from map(self.ledger.row, records.iter_rows(named=True))
