"""The form of an agreement file: what pydantic finds, told to somebody who writes TOML, and what can be used without it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from analys.agreement.fields import UNKNOWN, Strict
from analys.agreement.lines import Path as Place
from analys.agreement.model import Agreement
from analys.agreement.problem import Problem, meant

_Context = dict[str, Any]


def _names(context: _Context) -> str:
    """One of several words; of a term that may be unknown, the term or that word."""
    words = context["expected"].replace(" or ", ", ").replace("'", "")
    return f'en tabell med villkoret, eller "{UNKNOWN}"' if words == UNKNOWN else f"något av {words}"


def _tags(context: _Context) -> str:
    tags = _named_tags(context)
    return f"typ, något av {', '.join(tags)}" if tags else "en tabell med typ"


def _named_tags(context: _Context) -> list[str]:
    return [tag for tag in str(context.get("expected_tags", "")).replace("'", "").split(", ") if tag]


#: What pydantic's faults are to somebody who writes TOML.
_EXPECTED: Final[dict[str, Callable[[_Context], str]]] = {
    "value_error": lambda context: str(context["error"]),
    "greater_than_equal": lambda context: f"{context['ge']} eller mer",
    "less_than_equal": lambda context: f"{context['le']} eller mindre",
    "literal_error": _names,
    "enum": _names,
    "union_tag_invalid": _tags,
    "union_tag_not_found": _tags,
    "tuple_type": lambda _: "en lista",
    "string_type": lambda _: "text inom citattecken",
    "bool_type": lambda _: "true eller false",
    "dict_type": lambda _: "en tabell",
    "model_type": lambda _: "en tabell",
    "too_short": lambda _: "minst en",
    "int_type": lambda _: "ett heltal",
    "int_parsing": lambda _: "ett heltal",
    "int_from_float": lambda _: "ett heltal",
}

#: Rounds of leaving out what is faulty, until the rest can be checked.
_ATTEMPTS: Final = 4


def validate(data: dict[str, Any]) -> tuple[list[Problem], Agreement | None]:
    """The faults of form, and the agreement without the faulty parts, so that one run checks the rest too."""
    found: list[Problem] = []
    rest = copy.deepcopy(data)
    for attempt in range(_ATTEMPTS):
        try:
            return found, Agreement.model_validate(rest)
        except ValidationError as error:
            details = [detail for detail in error.errors(include_url=False) if not _follows_from_others(detail)]
        if attempt == 0:
            found = [_problem(data, detail) for detail in details]
        cuts = [(_place(rest, detail), detail["type"] == "extra_forbidden") for detail in details]
        for path, is_key in sorted(cuts, key=lambda cut: not cut[1]):  # keys first, while the tables around them stand
            _cut(rest, path, is_key=is_key)
    return found, None


def _follows_from_others(detail: ErrorDetails) -> bool:
    """A list whose every element is faulty counts as empty; the elements' own faults say enough."""
    return detail["type"] == "too_short" and len(detail["input"]) > 0


def _cut(data: dict[str, Any], path: Place, *, is_key: bool) -> None:
    """Remove an unknown key; make a faulty term of a version unknown."""
    node: Any = data
    if is_key:
        for step in path[:-1]:
            node = node[step]
        del node[path[-1]]
    elif path[:1] == ("version",) and len(path) > 2:
        data["version"][path[1]][path[2]] = UNKNOWN


def _place(data: Any, detail: ErrorDetails) -> Place:
    """Pydantic's location without what is not in the file: the tags of unions, of which one can be a key's namesake."""
    path: Place = ()
    node, untagged = data, True
    for n, step in enumerate(detail["loc"], 1):
        if isinstance(node, dict) and untagged and node.get("typ") == step and n < len(detail["loc"]):
            untagged = False
        elif isinstance(node, dict) and str(step) in node:
            path, node, untagged = (*path, str(step)), node[str(step)], True
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            path, node, untagged = (*path, step), node[step], True
    return (*path, detail["loc"][-1]) if detail["type"] == "missing" else path


def _problem(data: dict[str, Any], detail: ErrorDetails) -> Problem:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    path = _place(data, detail)
    name = str(path[-1]) if path else ""
    if kind == "missing":
        return Problem(
            path, f"nyckelordet {name}", "inget", f'skriv det, eller "{UNKNOWN}" om inget dokument anger villkoret'
        )
    if kind == "extra_forbidden":
        return Problem(path, "ett nyckelord i språket", repr(name), meant(name, vocabulary(), "ta bort det"))
    action = "rätta värdet"
    if kind.startswith("union_tag"):
        path = (*path, "typ")
        value = value.get("typ", "ingen") if isinstance(value, dict) else value
        action = meant(value, _named_tags(context), action)
    expected = _EXPECTED[kind](context) if kind in _EXPECTED else detail["msg"]
    return Problem(path, expected, _brief(value), action)


def _brief(value: object) -> str:
    if isinstance(value, dict):
        return "en tabell"
    if isinstance(value, list):
        return f"en lista med {len(value)}"
    if isinstance(value, int) and abs(value) > 10**30:  # Python writes no whole number of over 4300 digits
        return f"ett tal på {value.bit_length()} bitar"
    text = str(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@cache
def vocabulary() -> tuple[str, ...]:
    """Every key of the language."""
    models, names = [Strict], set()
    while models:
        model = models.pop()
        models += model.__subclasses__()
        names |= {field.alias or name for name, field in model.model_fields.items()}
    return tuple(sorted(names))
