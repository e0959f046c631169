"""Lines of keys and elements, against a document with every form that TOML has."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from analys.agreement.lines import Path, lines
from analys.agreement.load import bundled, locate

DOCUMENT = '''\
# a comment with = and [brackets]
title = "a # in a string" # and a comment
"quoted key" = 1
a.b."c.d" = { x = 1, y = [2, { z = 3 }] }
date = 2018-11-18
stamp = 2018-11-18 10:00:00
ratio = 0.5
text = """
[not a table]
key = "no"
"""
raw = \'\'\'
# nor a comment\'\'\'
list = [
    "one", # first
    "two",

    { three = 3 },
]
[table]
key = 1
[[rows]]
n = 1
[[rows.inner]]
m = 1
[[rows.inner]]
m = 2
[[rows]]
n = 2
[rows.sub]
k = 1
'''


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from paths(inner, (*path, key))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("a", "b", "c.d", "y", 1, "z"), 4),
        (("ratio",), 7),
        (("text",), 8),
        (("raw",), 12),
        (("list", 0), 15),
        (("list", 2, "three"), 18),
        (("table", "key"), 21),
        (("rows", 0, "inner", 1, "m"), 27),
        (("rows", 1, "n"), 29),
        (("rows", 1, "sub", "k"), 31),
    ],
)
def test_the_line_of_a_path(path: Path, line: int) -> None:
    assert lines(DOCUMENT)[path] == line
    assert lines(DOCUMENT.replace("\n", "\r\n"))[path] == line


def test_every_path_of_a_document_has_a_line() -> None:
    assert set(paths(tomllib.loads(DOCUMENT))) <= set(lines(DOCUMENT))


@pytest.mark.parametrize("name", bundled())
def test_every_path_of_the_bundled_agreements_has_a_line(name: str) -> None:
    text = locate(name).read_text(encoding="utf-8")
    assert set(paths(tomllib.loads(text))) <= set(lines(text))
