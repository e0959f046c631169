"""The JSON form of a ledger: a list of objects, as the national specification and catalogues of open data have it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analys.documents.files import unusable
from analys.documents.separated import Row
from analys.documents.text import read_text

_EXPECTED = 'en reskontra som en lista av poster: [{"kopare": ..., "belopp": ...}, ...]'


def rows(path: Path) -> tuple[list[Row], str]:
    """A heading row of all the objects' keys, then a row for each object, counted from 1; and what gave it away.

    Raises :class:`InputError` for what is no JSON, and for JSON without such a list.
    """
    text, encoding = read_text(path, max_line=None)
    try:
        content = json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        place = f"rad {error.lineno}, tecken {error.colno}"
        raise unusable(path, "hel JSON", "något annat", "hämta filen på nytt", place) from error
    except (ValueError, RecursionError) as error:
        what = "listor i listor eller tal som är för långa"
        raise unusable(path, "hel JSON", what, "hämta filen på nytt") from error
    objects = next(_lists(content, 0), None)
    if objects is None:
        raise unusable(path, _EXPECTED, "JSON utan en sådan lista", "läs statistik med analys read --as population")
    keys = list(dict.fromkeys(key for each in objects for key in each))
    found = [Row(number, [_cell(each.get(key)) for key in keys]) for number, each in enumerate(objects, 1)]
    return [Row(0, keys), *found], f"JSON med en lista av {len(objects)} poster; {encoding.why}"


def _lists(content: Any, depth: int) -> Iterator[list[dict[str, Any]]]:
    """The lists of objects in it, the outermost first; three levels deep as the answers of catalogues are."""
    if isinstance(content, list) and content and all(isinstance(each, dict) for each in content):
        yield content
    elif isinstance(content, dict) and depth < 3:
        for value in content.values():
            yield from _lists(value, depth + 1)


def _cell(value: Any) -> object:
    return value if value is None or isinstance(value, int | str) else json.dumps(value, ensure_ascii=False)
