"""Python values as TOML text: the little of it that an agreement is written in."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def value(item: Any) -> str:
    """One value: text, a number, a day, a list, or a table on one line."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int | Decimal):
        return f"{item:f}" if isinstance(item, Decimal) else str(item)
    if isinstance(item, dt.date):
        return item.isoformat()
    if isinstance(item, str):
        return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(item, Mapping):
        return "{ " + ", ".join(f"{key(name)} = {value(inner)}" for name, inner in item.items()) + " }"
    if isinstance(item, Sequence):
        return "[" + ", ".join(map(value, item)) + "]"
    raise TypeError(f"{type(item).__name__} has no form in an agreement")


def key(name: Any) -> str:
    """A key, in quotes where it has other letters than those of a bare one."""
    text = str(name)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def table(header: str, items: Mapping[str, Any]) -> str:
    """A table with its header, a line a key, and a blank line after."""
    lines = [header, *(f"{key(name)} = {value(item)}" for name, item in items.items())]
    return "\n".join(line for line in lines if line) + "\n"
