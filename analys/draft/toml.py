"""Python values as TOML text: the little of it that an agreement is written in."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import singledispatch
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


@singledispatch
def value(item: Any) -> str:
    """One value: text, a number, a day, a list, or a table on one line. Raises ``TypeError`` for anything else."""
    raise TypeError(f"{type(item).__name__} has no form in an agreement")


@value.register
def _(item: bool) -> str:
    return str(item).lower()


@value.register
def _(item: int) -> str:
    return str(item)


@value.register
def _(item: Decimal) -> str:
    return f"{item:f}"


@value.register
def _(item: dt.date) -> str:
    return item.isoformat()


@value.register
def _(item: str) -> str:
    return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")


@value.register
def _(item: Mapping) -> str:  # type: ignore[type-arg]
    return "{ " + ", ".join(f"{key(name)} = {value(inner)}" for name, inner in item.items()) + " }"


@value.register
def _(item: Sequence) -> str:  # type: ignore[type-arg]
    return "[" + ", ".join(map(value, item)) + "]"


def key(name: Any) -> str:
    """A key, in quotes where it has other letters than those of a bare one."""
    text = str(name)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def table(header: str, items: Mapping[str, Any]) -> str:
    """A table with its header, a line a key, and a blank line after."""
    lines = [header, *(f"{key(name)} = {value(item)}" for name, item in items.items())]
    return "\n".join(line for line in lines if line) + "\n"
