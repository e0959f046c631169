"""From an id or a path to a checked :class:`~analys.agreement.model.Agreement`, or to every fault with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from analys import project
from analys.agreement.checks import problems
from analys.agreement.fields import UNKNOWN
from analys.agreement.form import validate
from analys.agreement.lines import Path as Place
from analys.agreement.lines import lines, nearest, walk
from analys.agreement.model import Agreement, shown
from analys.agreement.problem import Problem
from analys.errors import AnalysError, Fault, InputError, told
from analys.swedish import similar

FILE_NAME: Final = "avtal.toml"

#: A hundred times the longest bundled agreement.
_MOST_BYTES: Final = 2_000_000


def bundled() -> list[str]:
    """The ids of the current project's agreements; none outside projects."""
    here = project.current()
    return here.agreements() if here else []


def locate(id_or_path: str | Path) -> Path:
    """The TOML file of a bundled id, an agreement folder or a file. Raises :class:`AnalysError` when there is none."""
    path, here = Path(id_or_path), project.current()
    for candidate in (path, path / FILE_NAME, *([here.raw / path / FILE_NAME] if here else [])):
        if candidate.is_file():
            return candidate
    known = f"eller något av projektets avtal ({', '.join(bundled()) or 'där finns inga'})"
    nowhere = "eller i ett projekt: arbetsmappen ligger inte i något projekt (--project MAPP)"
    beside = [folder.parent.name for folder in Path().glob(f"*/{FILE_NAME}")]
    near = "".join(f"; menade du {name}?" for name in similar(str(id_or_path), [*bundled(), *beside]))
    raise AnalysError(
        f"{str(id_or_path)!r} är inget avtal: varken en TOML-fil, en mapp med {FILE_NAME} "
        f"{known if here else nowhere}{near}"
    )


def load(id_or_path: str | Path) -> Agreement:
    """Read and check an agreement. Raises :class:`InputError` with every fault of the file, each with its line."""
    return _load(*edition(id_or_path))


def edition(id_or_path: str | Path) -> tuple[Path, int]:
    """The agreement's file and the state of its folder: what follows from them holds as long as both are the same."""
    file = locate(id_or_path)
    beside = ((each.name, each.stat()) for each in sorted(file.parent.iterdir()) if each.is_file())
    return file, hash(tuple((name, state.st_size, state.st_mtime_ns) for name, state in beside))


@lru_cache(maxsize=64)
def _load(file: Path, _: int) -> Agreement:
    """An agreement does not change once read: the same file at the same time is checked only once."""
    data, at = _read(file)
    found, usable = validate(data)
    if usable is not None:
        usable._file, usable._lines = file, at
        found += problems(usable, data)
    if found:
        raise InputError(_faults(file, at, found, data))
    assert usable is not None
    return usable


def unknown_terms(id_or_path: str | Path) -> list[tuple[str, str]]:
    """``(file:line, path)`` of each ``okand`` in the file: what no document has told yet."""
    file = locate(id_or_path)
    data, at = _read(file)
    return [(f"{shown(file)}:{at.get(path, 1)}", _dotted(path, data)) for path, value in walk(data) if value == UNKNOWN]


#: What the template (``mall.toml``) says where a document's own words are to stand.
PLACEHOLDERS: Final = frozenset({"...", "paragraf eller rubrik", "Avtalets rubrik", "Vad avtalet betalar för"})


def left_from_template(id_or_path: str | Path) -> list[Fault]:
    """What is still the template's text: a citation that names no place, a title that is none."""
    file = locate(id_or_path)
    data, at = _read(file)
    left = [(path, value) for path, value in walk(data) if isinstance(value, str) and value in PLACEHOLDERS]
    problems = [
        Problem(path, "dokumentets egna ord", f"mallens text {text!r}", "skriv det som gäller") for path, text in left
    ]
    return list(_faults(file, at, problems, data))


def _read(file: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError([Fault(shown(file), "", "ett avtal", f"över {_MOST_BYTES} byte", "ange en annan fil")])
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([Fault(shown(file), "", "text i UTF-8", str(error), "spara filen som UTF-8")]) from error
    except OSError as error:
        raise AnalysError(f"{shown(file)}: kan inte läsas: {told(error)}") from error
    try:
        return tomllib.loads(text, parse_float=Decimal), lines(text)
    except (ValueError, RecursionError) as error:
        raise InputError([_syntax(file, text, str(error))]) from error


def _syntax(file: Path, text: str, message: str) -> Fault:
    """What is no TOML; most often a term that has been filled in without removing its ``okand``."""
    found = re.search(r"line (\d+)", message)
    number = int(found[1]) if found else 1
    place = f"{shown(file)}:{number}"
    table = re.match(r"\s*\[version\.(\w+)", [*text.splitlines(), ""][number - 1])
    above = [n for n, line in enumerate(text.splitlines()[:number], 1) if table and line.startswith(f"{table[1]} =")]
    if table and above:
        both = f"{table[1]} på rad {above[-1]} och den här tabellen"
        return Fault(place, "", "varje villkor en gång", both, f"ta bort rad {above[-1]}")
    return Fault(place, "", "TOML", message, "rätta raden")


def _dotted(path: Place, data: dict[str, Any]) -> str:
    """``version[2018].nyckel.typ``: tables in arrays are named by their id, where they have one."""
    text = ""
    node: Any = data
    for step in path:
        node = node[step] if (isinstance(node, dict) and step in node) or isinstance(step, int) else None
        if isinstance(step, int):
            text += f"[{node.get('id', step + 1) if isinstance(node, dict) else step + 1}]"
        else:
            text += f".{step}" if text else step
    return text


def _faults(file: Path, at: dict[Place, int], found: list[Problem], data: dict[str, Any]) -> Iterator[Fault]:
    """The problems with their lines, in the order of the file."""
    for problem in sorted(dict.fromkeys(found), key=lambda problem: nearest(at, problem.path)):
        place = f"{shown(file)}:{nearest(at, problem.path)}"
        yield Fault(place, _dotted(problem.path, data), problem.expected, problem.found, problem.action)
