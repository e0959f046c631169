"""An analyst's folder: where the raw files, the processed tables, the notebooks and the exports of it lie.

A project is a folder with ``data/raw/datapackage.json``. It is found from the working folder upwards, or named by
``--project`` (:func:`using`). Most verbs need none: :func:`current` is then ``None``. Nothing is written outside a
project but what ``-o`` names.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from analys.errors import AnalysError

#: The environment names the project, so that kernels and processes that are started find the same one.
VARIABLE: Final = "ANALYS_PROJECT"
_REGISTER: Final = Path("data", "raw", "datapackage.json")
_TERMS: Final = "avtal.toml"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Project:
    """The folders and the registers of a project; ``folder`` is absolute."""

    folder: Path

    @property
    def raw(self) -> Path:
        """What documents and statistics say, never edited; a folder for each agreement."""
        return self.folder / "data" / "raw"

    @property
    def processed(self) -> Path:
        return self.folder / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        return self.folder / "notebooks"

    @property
    def exports(self) -> Path:
        return self.folder / "exports"

    @property
    def reports(self) -> Path:
        return self.exports / "rapporter"

    @property
    def register(self) -> Path:
        """The raw register, a Frictionless Data Package."""
        return self.folder / _REGISTER

    @property
    def corrections(self) -> Path:
        """The corrections ledger; a project may do without."""
        return self.raw / "rattelser.toml"

    def agreements(self) -> list[str]:
        """The ids of the project's agreements: the folders of ``data/raw`` with an ``avtal.toml``."""
        return sorted(file.parent.name for file in self.raw.glob(f"*/{_TERMS}"))

    def notebook_files(self) -> list[Path]:
        """The notebooks, in reading order; those of one agreement may have a folder of their own."""
        return sorted(file for file in self.notebooks.rglob("*.ipynb") if file.parent.name != ".ipynb_checkpoints")

    def shown(self, path: Path) -> str:
        """A path as messages write it: from the project's folder where it lies in it."""
        return path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else str(path)


def find(folder: Path) -> Project | None:
    """The project that a folder is, or lies in."""
    absolute = folder.absolute()
    for candidate in (absolute, *absolute.parents):
        if (candidate / _REGISTER).is_file():
            return Project(candidate)
    return None


def current() -> Project | None:
    """The project that is named, or that the working folder lies in; ``None`` outside projects."""
    named = os.environ.get(VARIABLE)
    if named:
        return Project(Path(named))
    try:
        return _found(os.getcwd())  # noqa: PTH109 - a name to look up by, thousands of times
    except OSError:  # the working folder has been removed
        return None


@functools.lru_cache(maxsize=64)
def _found(folder: str) -> Project | None:
    return find(Path(folder))


def required() -> Project:
    """As :func:`current`; raises :class:`AnalysError` that says how to get a project when there is none."""
    found = current()
    if found is None:
        raise AnalysError(
            "Det här görs i en projektmapp, och arbetsmappen ligger inte i någon (ingen mapp uppåt har "
            f"{_REGISTER.as_posix()}). Gå till mappen, ange den med --project MAPP, eller gör en med `analys start MAPP`."
        )
    return found


@contextmanager
def using(folder: Path) -> Iterator[Project]:
    """Make the project of ``folder`` the current one. Raises :class:`AnalysError` when the folder is none."""
    chosen = find(folder)
    if chosen is None or chosen.folder != folder.absolute():
        raise AnalysError(
            f"--project {folder}: väntade en projektmapp (med {_REGISTER.as_posix()}), fann ingen; "
            "gör en med `analys start MAPP`"
        )
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(chosen.folder)
    try:
        yield chosen
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


_caches: list[dict[Any, Any]] = []


def per_project(function: Callable[P, R]) -> Callable[P, R]:
    """As :func:`functools.cache`, kept apart by the current project."""
    kept: dict[tuple[Hashable, ...], R] = {}
    _caches.append(kept)

    @functools.wraps(function)
    def cached(*arguments: P.args, **named: P.kwargs) -> R:
        key = (current(), *arguments, *named.items())
        if key not in kept:
            kept[key] = function(*arguments, **named)
        return kept[key]

    return cached


def forget() -> None:
    """Read anew what is kept of projects, after something was written into one."""
    _found.cache_clear()
    for kept in _caches:
        kept.clear()
