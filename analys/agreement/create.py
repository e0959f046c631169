"""A new agreement folder to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Final

from analys.agreement.fields import slug, titled
from analys.agreement.load import FILE_NAME
from analys.errors import AnalysError, told
from analys.files import write_atomically
from analys.register import Region
from analys.swedish import fold

_TEMPLATE: Final = Path(__file__).with_name("mall.toml")


def create(name: str, parent: Path, year: int, members: Sequence[Region] = ()) -> Path:
    """Write a commented agreement for ``name`` into a new folder under ``parent`` and return the TOML file.

    Raises :class:`AnalysError` when the folder exists, cannot be written, or the name has no letter or digit.
    """
    identity, folder = new_folder(name, parent)
    text = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        id=identity,
        namn=name,
        ar=year,
        medlemmar_okand='medlemmar = "okand"' if not members else "",
        medlemmar=_members(members),
    )
    file = folder / FILE_NAME
    write_atomically(file, text.encode())
    return file


def new_folder(name: str, parent: Path) -> tuple[str, Path]:
    """Make a folder for an agreement called ``name``; returns its id and the folder. Raises as :func:`create` does."""
    try:
        identity = slug(fold(titled(name)).replace(" ", "-")[:64].rstrip("-"))
    except ValueError as error:
        raise AnalysError(f"{name!r}: väntade ett namn som ger {error}") from error
    if '"' in name or "\\" in name:
        raise AnalysError(f"{name!r}: väntade ett namn utan citattecken och omvända snedstreck")
    folder = parent / identity
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise AnalysError(f"{folder} finns redan; välj ett annat namn eller ta bort den") from None
    except OSError as error:
        raise AnalysError(f"{folder} kan inte skapas: {told(error)}") from error
    return identity, folder


def _members(members: Sequence[Region]) -> str:
    names = ", ".join(f'"{member.name}"' for member in members) or '"Linköping", "Mjölby"'
    lines = [
        "[version.medlemmar]",
        f"kommuner = [{names}]",
        'kalla = { dokument = "avtal", stalle = "..." }',
    ]
    return "\n".join(lines if members else [f"# {line}" for line in lines]) + "\n"
