"""What an agreement's folder holds beside its terms, by the names of its files: annexes, stated amounts, a tile map.

``bilaga-<name>.<suffix>`` is an annex, of the version that is called so or that governs the year that it is called or
of; ``uppgifter.csv`` the payments and costs that documents state; ``antaganden.csv`` the assumptions; ``rutkarta.csv``
where each municipality lies on a map of tiles.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import analys.agreement as agreements
from analys.agreement import Agreement, Version
from analys.agreement.load import edition
from analys.agreement.model import shown
from analys.allocation.periods import governing
from analys.errors import AnalysError
from analys.intake import annex, statements
from analys.intake.annex import Annex, Kind
from analys.intake.statements import Statement

ANNEX: Final = "bilaga-"
ASSUMPTIONS: Final = "antaganden.csv"
TILES: Final = "rutkarta.csv"


@dataclass(frozen=True)
class Attached:
    """An annex by the name that its file has, and the version whose cost it shares."""

    name: str
    version: Version
    annex: Annex

    @property
    def label(self) -> str:
        return f"bilaga {self.name}"


@dataclass(frozen=True)
class Folder:
    """An agreement and the files beside it, each read once."""

    agreement: Agreement

    @property
    def path(self) -> Path:
        return self.agreement.file.parent

    @cached_property
    def annexes(self) -> tuple[Attached, ...]:
        """The annexes in order of name; of several files of one name the workbook.

        Raises :class:`AnalysError` for an annex of no version, :class:`InputError` for one that cannot be read.
        """
        found: dict[str, Path] = {}
        files = (file for file in self.path.glob(f"{ANNEX}*") if file.is_file())
        for file in sorted(files, key=lambda file: (file.suffix != ".xlsx", file.name)):
            found.setdefault(file.stem.removeprefix(ANNEX), file)
        return tuple(self._attached(name, found[name]) for name in sorted(found))

    def _attached(self, name: str, file: Path) -> Attached:
        read, versions = annex.read(file), self.agreement.versions
        years = [column.period.year for column in read.of_kind(Kind.AMOUNT) if column.period.year]
        if re.fullmatch(r"\d{4}", name):
            years.append(int(name))
        version = next((version for version in versions if version.id == name), None)
        for year in years:
            version = version or governing(self.agreement, dt.date(year, 12, 31))
        if version is None:
            ids = ", ".join(version.id for version in versions)
            raise AnalysError(
                f"{shown(file)}: väntade en bilaga till någon av versionerna {ids}, fann {file.name}; "
                f"döp om filen till {ANNEX}{versions[-1].id}{file.suffix}, eller ta bort den"
            )
        return Attached(name, version, read)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The amounts that documents state in words, by municipality, amount and document."""
        read = statements.read(self.path / statements.FILE)
        return tuple(sorted(read, key=lambda stated: (stated.code, stated.text, stated.document)))


def folder(id_or_path: str | Path) -> Folder:
    """The folder of a bundled id, or of a path to a folder or TOML file. Raises as loading the agreement does."""
    return _folder(*edition(id_or_path))


@lru_cache(maxsize=16)
def _folder(file: Path, _: int) -> Folder:
    return Folder(agreements.load(file))
