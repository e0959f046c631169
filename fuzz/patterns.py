"""No pattern takes more than linear time: ``python -m fuzz.patterns [--length 100000] [--only analys.facts]``.

Each regular expression in the code's text is run on strings that are made to be hard for it: what its own parts match,
alone and in pairs, again and again. Time that grows with the square of the length is printed, with the string; it makes
minutes of a file of a few kilobytes.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LENGTH: Final = 100_000
#: Seconds of the processor for a string of :data:`LENGTH`: linear patterns take a hundredth of it.
SLOW: Final = 1.0
#: What documents are full of.
USUAL: Final = (
    " ",
    "\n",
    "1",
    "a",
    "1 ",
    "a ",
    " 1 kr",
    ".",
    "-",
    "(",
    ")",
    ",",
    "\t",
    "=",
    '"',
    "'",
    "|",
    "A1",
    "1-",
    "1.",
)
_PLACES: Final = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
_SAMPLES: Final = {
    kinds.CATEGORY_DIGIT: "1",
    kinds.CATEGORY_SPACE: " ",
    kinds.CATEGORY_WORD: "a",
    kinds.CATEGORY_NOT_DIGIT: "a",
    kinds.CATEGORY_NOT_SPACE: "a",
    kinds.CATEGORY_NOT_WORD: ".",
}


@dataclass(frozen=True)
class Place:
    """A pattern, where it stands, and whether it is held against a text's beginning alone."""

    module: str
    line: int
    pattern: re.Pattern[str]
    is_anchored: bool


def patterns(package: str) -> Iterator[Place]:
    """Every regular expression of the package's modules that can be told from their text and their names."""
    folder = ROOT / package.replace(".", "/")
    for file in sorted(folder.rglob("*.py")) or [folder.with_suffix(".py")]:
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(file.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        uses = defaultdict[str, set[str]](set)
        for use in ast.walk(tree):
            if isinstance(use, ast.Attribute):
                uses[ast.unparse(use.value)].add(use.attr)
        named = {
            node.value: ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.targets[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign)
        }
        for call in calls:
            if ast.unparse(call.func.value) == "re" and call.func.attr in _PLACES and call.args:
                used = uses[named.get(call, "")] & _PLACES if call.func.attr == "compile" else {call.func.attr}
                made = _compiled(call, vars(importlib.import_module(module)))
                if made is not None:
                    yield Place(module, call.lineno, made, bool(used) and used <= {"match", "fullmatch"})


def _compiled(call: ast.Call, names: dict[str, Any]) -> re.Pattern[str] | None:
    """The pattern of a call; nothing where it is made of names that only a function has, or of bytes."""
    arguments = [call.args[0], *(each.value for each in call.keywords if each.arg == "flags"), *call.args[1:2]]
    if ast.unparse(call.func) != "re.compile":
        arguments = arguments[:1]
    try:
        made = re.compile(*(eval(ast.unparse(each), names) for each in arguments))
    except (NameError, AttributeError, TypeError):
        return None
    return made if isinstance(made.pattern, str) else None


def parts(pattern: re.Pattern[str]) -> list[str]:
    """A short string for each part of the pattern that matches it."""
    found: dict[str, None] = {}

    def walk(tree: Any) -> str:
        whole = ""
        for kind, value in tree:
            piece = sample(kind, value)
            found[piece] = None
            whole += piece
        found[whole] = None
        return whole

    def sample(kind: Any, value: Any) -> str:
        if kind is kinds.LITERAL:
            return chr(value)
        if kind is kinds.NOT_LITERAL:
            return "b" if chr(value) == "a" else "a"
        if kind is kinds.ANY:
            return "a"
        if kind is kinds.IN:
            return one_of(value)
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            return walk(value[2]) * max(1, min(value[0], 4))
        if kind is kinds.BRANCH:
            return next(iter([walk(branch) for branch in value[1]]))
        if kind is kinds.SUBPATTERN:
            return walk(value[3])
        if kind is kinds.ATOMIC_GROUP:
            return walk(value)
        return ""

    def one_of(members: Any) -> str:
        if members[0][0] is kinds.NEGATE:
            return next((char for char in "a1 .-\n" if not re.match(pattern_of(members[1:]), char)), "\u0661")
        kind, value = members[0]
        return _SAMPLES.get(value, "a") if kind is kinds.CATEGORY else chr(value[0] if kind is kinds.RANGE else value)

    walk(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))
    return [piece for piece in found if piece]


def pattern_of(members: Any) -> str:
    """The class of these members, as it is written."""
    written = {kinds.CATEGORY_DIGIT: r"\d", kinds.CATEGORY_SPACE: r"\s", kinds.CATEGORY_WORD: r"\w"}
    opposite = {kinds.CATEGORY_NOT_DIGIT: r"\D", kinds.CATEGORY_NOT_SPACE: r"\S", kinds.CATEGORY_NOT_WORD: r"\W"}
    pieces = {
        kinds.LITERAL: lambda value: re.escape(chr(value)),
        kinds.RANGE: lambda value: f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}",
        kinds.CATEGORY: lambda value: (written | opposite)[value],
    }
    return f"[{''.join(pieces[kind](value) for kind, value in members)}]"


def hard(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Strings of ``length`` that may be hard for the pattern."""
    own = sorted(parts(pattern), key=len)[:8] + sorted(parts(pattern), key=len)[-4:]
    units = dict.fromkeys([*own, *(first + second for first, second in product(own[:6], repeat=2)), *USUAL])
    for unit in units:
        yield (unit * (length // len(unit) + 1))[:length]
        for begin in own[:4]:
            yield begin + (unit * (length // len(unit) + 1))[: length - 2] + "\0"


class _TooLongError(Exception):
    pass


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def end(*_: object) -> None:
        raise _TooLongError

    signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def slow_on(place: Place, length: int) -> str | None:
    """The beginning of a string of ``length`` on which the pattern takes longer than a linear one may."""
    limit = SLOW * length / LENGTH
    pattern = place.pattern
    for text in hard(pattern, length):
        started = time.process_time()
        try:
            with _at_most(limit):
                pattern.fullmatch(text)
                for _ in () if place.is_anchored else pattern.finditer(text):
                    pass
        except _TooLongError:
            return f"{text[:40]!r} ({time.process_time() - started:.1f} s and more)"
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each pattern that takes more than linear time."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--length", type=int, default=LENGTH)
    options.add_argument("--only", default="analys", help="a package or module")
    given = options.parse_args(arguments)
    tried = slow = 0
    for place in patterns(given.only):
        tried += 1
        if found := slow_on(place, given.length):
            slow += 1
            print(f"{place.module}:{place.line}: {place.pattern.pattern[:100]!r} on {found}", flush=True)
    print(f"{tried} patterns, {slow} of more than linear time")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
