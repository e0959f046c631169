"""What the verbs print: JSON in which money keeps its two decimals, and tables for a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import click

from analys.files import write_atomically
from analys.masking import harmless, mask
from analys.swedish import quantize

#: In click's context: whether CSV is written for a Swedish Excel.
EXCEL: Final = "analys.excel"


def keep_apart(output: Path | None, files: Iterable[Path]) -> None:
    """Refuse to write the answer over one of the files that it is made of."""
    if output and any(_are_one(output, file) for file in files):
        raise click.UsageError(f"{output} är en av filerna som läses; välj ett annat namn")


def _are_one(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:  # one of them is not there, or no file can have its name
        return False


def say(text: str) -> None:
    """Tell something on standard error: nothing that a terminal would act on, and no personal number."""
    click.echo(mask(harmless(text)), err=True)


def show(text: str) -> None:
    """Print words for a reader on standard output: nothing that a terminal would act on, and no personal number."""
    click.echo(mask(harmless(text)))


def deliver(data: str, output: Path | None = None) -> None:
    """Hand over data (CSV, JSON) unchanged but for marks that a terminal acts on: to a file, whole or not at all, or
    to standard output, which ``-`` means too. With ``--excel`` CSV is written as a Swedish Excel opens it.

    Raises :class:`InputError` where the file cannot be written.
    """
    stdout = output is None or str(output) == "-"
    text = harmless(data) if stdout else data
    context = click.get_current_context(silent=True)
    if context and context.meta.get(EXCEL) and not text.startswith(("{", "[")):
        from analys.csvtext import for_excel

        text = for_excel(text)
    if output is None or stdout:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        write_atomically(output, text.encode("utf-8"))


def kronor(ore: int) -> Decimal:
    """Öre as kronor with two decimals."""
    return Decimal(ore).scaleb(-2)


def two_decimals(value: Fraction | None) -> Decimal | None:
    """Rounded half up to two decimals; nothing stays nothing."""
    return None if value is None else quantize(value, 2)


def to_json(value: Any) -> str:
    """JSON with Swedish letters as they are and ``Decimal`` written digit for digit (``9244.00``, never ``9244.0``)."""
    marked = json.dumps(value, ensure_ascii=False, indent=2, default=lambda item: f"\0{item}")
    return re.sub(r'"\\u0000([^"]*)"', r"\1", marked)


def to_table(headings: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Aligned columns: the first ``left`` to the left, the others, figures, to the right; a line under the headings."""
    widths = [max(len(row[n]) for row in [headings, *rows]) for n in range(len(headings))]
    lines = [
        "  ".join(
            cell.ljust(width) if n < left else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [headings, ["─" * width for width in widths], *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)
