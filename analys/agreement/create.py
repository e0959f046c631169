"""A new agreement folder to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Final

from analys.agreement.fields import slug, titled
from analys.agreement.load import FILE_NAME
from analys.errors import AnalysError
from analys.files import filling
from analys.register import Region
from analys.swedish import fold

_TEMPLATE: Final = Path(__file__).with_name("mall.toml")


def create(name: str, parent: Path, year: int, members: Sequence[Region] = ()) -> Path:
    """Write a commented agreement for ``name`` into a new folder under ``parent`` and return the TOML file.

    Raises :class:`AnalysError` when the folder holds something, cannot be written, or the name has no letter or digit.
    """
    identity = identity_of(name)
    text = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        id=identity,
        namn=name,
        ar=year,
        medlemmar_okand='medlemmar = "okand"' if not members else "",
        medlemmar=_members(members),
    )
    with filling(parent / identity, FILE_NAME) as folder:
        (folder / FILE_NAME).write_bytes(text.encode())
    return parent / identity / FILE_NAME


def identity_of(name: str) -> str:
    """The id of an agreement called ``name``, and its folder's name. Raises :class:`AnalysError` where it gives none."""
    if '"' in name or "\\" in name:
        raise AnalysError(f"{name!r}: väntade ett namn utan citattecken och omvända snedstreck")
    try:
        return slug(fold(titled(name)).replace(" ", "-")[:64].rstrip("-"))
    except ValueError as error:
        raise AnalysError(f"{name!r}: väntade ett namn som ger {error}") from error


def _members(members: Sequence[Region]) -> str:
    names = ", ".join(f'"{member.name}"' for member in members) or '"Linköping", "Mjölby"'
    lines = [
        "[version.medlemmar]",
        f"kommuner = [{names}]",
        'kalla = { dokument = "avtal", stalle = "..." }',
    ]
    return "\n".join(lines if members else [f"# {line}" for line in lines]) + "\n"
