"""From an id or a path to a checked :class:`~analys.agreement.model.Agreement`."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from analys import catalog
from analys.agreement.model import Agreement
from analys.errors import AnalysError, Fault, InputError

FILE_NAME: Final = "avtal.toml"


def bundled() -> list[str]:
    """The ids of the agreements under ``data/raw``."""
    return sorted(file.parent.name for file in catalog.RAW.glob(f"*/{FILE_NAME}"))


def locate(id_or_path: str | Path) -> Path:
    """The TOML file of a bundled id, an agreement folder or a file. Raises :class:`AnalysError` when there is none."""
    path = Path(id_or_path)
    for candidate in (path, path / FILE_NAME, catalog.RAW / path / FILE_NAME):
        if candidate.is_file():
            return candidate
    raise AnalysError(
        f"{str(id_or_path)!r} is no agreement: neither a TOML file, nor a folder with {FILE_NAME}, "
        f"nor one of {', '.join(bundled())}"
    )


def load(id_or_path: str | Path) -> Agreement:
    """Read an agreement. Raises :class:`InputError` with every fault of the file."""
    file = locate(id_or_path)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        agreement = Agreement.model_validate(data)
    except ValidationError as error:
        raise InputError(
            Fault(str(file), ".".join(map(str, e["loc"])), e["msg"], repr(e["input"]), "mend the term")
            for e in error.errors()
        ) from error
    except (OSError, ValueError) as error:
        raise AnalysError(f"{file}: cannot be read: {error}") from error
    agreement._file = file
    return agreement
