"""The picture in docs/architecture.md is the code's: a room imports only rooms that are named before it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from analys.project import required

ROOT = required().folder
PACKAGE = ROOT / "analys"


def _picture() -> list[str]:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    floors = re.search(r"```text\n(.+?)```", text, re.DOTALL)[1].splitlines()
    lines: list[list[str]] = []
    for line in floors:  # from the top; a line without a number goes on with the floor above it
        if line[0].isdigit():
            lines.insert(0, [])
        lines[0] += line[22:].split()
    return [room for line in lines for room in line]


def _imports() -> Iterator[tuple[str, str, str]]:
    """Room, imported module, place: of imports within functions and for types too."""
    for file in sorted(PACKAGE.rglob("*.py")):
        room = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [name.name for name in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "analys":
                names = [f"analys.{name.name}" for name in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module]
            else:
                continue
            place = f"{file.relative_to(ROOT)}:{node.lineno}"
            yield from ((room, name, place) for name in names if name.startswith("analys."))


def _room_of(module: str) -> str:
    return module.split(".")[1]


def test_the_picture_names_every_room_once():
    there = {path.stem for path in PACKAGE.glob("*.py")} | {path.parent.name for path in PACKAGE.glob("*/*.py")}
    assert sorted(_picture()) == sorted(there - {"__init__"})


def test_a_room_imports_only_rooms_named_before_it():
    order = {room: place for place, room in enumerate(_picture())}
    upwards = [
        f"{place}: {room} imports {module}"
        for room, module, place in _imports()
        if room in order and _room_of(module) in order and order[_room_of(module)] > order[room]
    ]
    assert upwards == []
