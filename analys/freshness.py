"""What the main job has made of what: a step is left out when its inputs and its files are the same, byte for byte.

Contents decide, never times. The inputs of every step are the program with the libraries that are installed, and the
project's ``data``; a notebook's are also the other files beside it, and each file elsewhere that it opened.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import analys
from analys.files import write_atomically
from analys.project import Project

_FOLDER: Final = ".analys"
_PROGRAM: Final = Path(analys.__file__).parent
#: Under these nothing is a notebook's own: the program, its libraries, the system, and what is there for a moment.
_NOT_OWN: Final = tuple(
    Path(folder).resolve()
    for folder in (_PROGRAM, sys.prefix, sys.base_prefix, "/proc", "/dev", "/sys", "/etc", "/usr")
)
_TEMPORARY: Final = Path(tempfile.gettempdir()).resolve()


class Made:
    """The memory of a project's main job, kept in a folder of its own that version control ignores."""

    def __init__(self, here: Project, *, anew: bool = False) -> None:
        self._here = here
        self._file = here.folder / _FOLDER / "gjort.json"
        self._steps: dict[str, dict[str, str | None]] = {} if anew else _kept(self._file)
        self._program = _digest([_PROGRAM, here.folder / "locks"], sys.version, *_libraries())

    def inputs(self, *more: Path) -> str:
        """The digest of everything that any step is made of, and of ``more``."""
        return _digest([self._here.folder / "data", *more], self._program)

    def is_current(self, step: str, inputs: str) -> bool:
        """Whether a step was made of the same inputs, and what it wrote and read is as it was then."""
        kept = dict(self._steps.get(step, {}))
        return kept.pop("", None) == inputs and all(_hash(self._path(name)) == was for name, was in kept.items())

    def keep(self, step: str, inputs: str, files: Iterable[Path]) -> None:
        """Remember a step as it is now; ``files`` are what it wrote, and what it read beside its inputs."""
        self._steps[step] = {"": inputs, **{self._here.shown(file): _hash(file) for file in files}}
        self._file.parent.mkdir(exist_ok=True)
        write_atomically(self._file.parent / ".gitignore", b"*\n")
        write_atomically(self._file, json.dumps(self._steps, indent=1, ensure_ascii=False).encode())

    def files(self, step: str) -> list[Path]:
        """What a step wrote, and read beside its inputs."""
        return [self._path(name) for name in self._steps.get(step, {}) if name]

    def _path(self, name: str) -> Path:
        return self._here.folder / name


def _kept(file: Path) -> dict[str, dict[str, str | None]]:
    """The memory; none yet, or a damaged one, is an empty one."""
    try:
        return {step: dict(files) for step, files in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def own(opened: Iterable[str]) -> list[Path]:
    """Of the files that a notebook opened those that it depends on: not the program's, nor hidden or temporary ones.

    One that it looked for and did not find counts: the notebook would say something else if it were there.
    """
    found = sorted({Path(name).resolve() for name in opened})
    apart = (*_NOT_OWN, _TEMPORARY)
    return [file for file in found if not any(map(file.is_relative_to, apart)) and not _is_hidden(file)]


def _is_hidden(file: Path) -> bool:
    return any(part.startswith(".") for part in file.parts) or file.is_dir()


def _libraries() -> list[str]:
    """What is installed, with versions: the names of the folders that say so."""
    return sorted(found.name for folder in sys.path for found in Path(folder or ".").glob("*.dist-info"))


def _digest(folders: Iterable[Path], *words: str) -> str:
    """One digest of words, and of every file in the folders by path and content."""
    whole = hashlib.sha256("\0".join(words).encode())
    for folder in folders:
        for file in sorted([folder] if folder.is_file() else folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith("."):
                whole.update(f"\0{file.relative_to(folder.parent).as_posix()}\0{_hash(file)}".encode())
    return whole.hexdigest()


def _hash(file: Path) -> str | None:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return None
