"""What an agreement's folder holds beside its terms, by the names of its files: annexes, stated amounts, a tile map.

``bilaga-<version>.<suffix>`` is the annex of a version; ``uppgifter.csv`` the payments and costs that documents state;
``antaganden.csv`` the assumptions; ``rutkarta.csv`` where each municipality lies on a map of tiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from analys import agreement as agreements
from analys.agreement import Agreement
from analys.agreement.load import locate
from analys.errors import AnalysError
from analys.intake import annex, statements
from analys.intake.annex import Annex
from analys.intake.statements import Statement

ANNEX: Final = "bilaga-"
ASSUMPTIONS: Final = "antaganden.csv"
TILES: Final = "rutkarta.csv"

#: The state of a folder: its agreement's file, and name, size and time of change of every file beside it.
Edition = tuple[Path, tuple[tuple[str, int, int], ...]]


def edition(id_or_path: str | Path) -> Edition:
    """What follows from an agreement's folder holds for as long as its edition is the same."""
    file = locate(id_or_path)
    beside = ((each.name, each.stat()) for each in sorted(file.parent.iterdir()) if each.is_file())
    return file, tuple((name, state.st_size, state.st_mtime_ns) for name, state in beside)


@dataclass(frozen=True)
class Folder:
    """An agreement and the files beside it, each read once."""

    agreement: Agreement

    @property
    def path(self) -> Path:
        return self.agreement.file.parent

    @cached_property
    def annexes(self) -> dict[str, Annex]:
        """The annexes by version, in the versions' order.

        Raises :class:`AnalysError` for an annex of no version, :class:`InputError` for one that cannot be read.
        """
        found: dict[str, Path] = {}
        for file in sorted(self.path.glob(f"{ANNEX}*"), key=lambda file: (file.suffix != ".xlsx", file.name)):
            found.setdefault(file.stem.removeprefix(ANNEX), file)
        ids = [version.id for version in self.agreement.versions]
        if strangers := [file.name for version, file in found.items() if version not in ids]:
            raise AnalysError(
                f"{self.path}: {', '.join(strangers)} hör inte till någon version; avtalet har {', '.join(ids)} - "
                f"döp om filen till {ANNEX}{ids[-1]}{Path(strangers[0]).suffix}, eller ta bort den"
            )
        return {version: annex.read(found[version]) for version in ids if version in found}

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The amounts that documents state in words, by municipality, amount and document."""
        read = statements.read(self.path / statements.FILE)
        return tuple(sorted(read, key=lambda stated: (stated.code, stated.text, stated.document)))


def folder(id_or_path: str | Path) -> Folder:
    """The folder of a bundled id, or of a path to a folder or TOML file. Raises as loading the agreement does."""
    return _folder(edition(id_or_path))


@lru_cache(maxsize=16)
def _folder(state: Edition) -> Folder:
    return Folder(agreements.load(state[0]))
