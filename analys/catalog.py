"""The raw register: which raw files there are, where each comes from, and that nobody has changed them.

``data/raw/datapackage.json`` is a Frictionless Data Package (v1). Beyond the standard's ``path``, ``bytes``, ``hash``,
``schema``, ``sources`` and ``licenses`` each resource says ``documentDate``, ``registryNumber`` and ``retrieved``.
``data/raw/rattelser.toml`` is the corrections ledger: raw files are never edited, a correction is an entry with a
reason, and an entry that matches nothing is an error, because then it no longer says something true.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from analys.errors import AnalysError, Fault, InputError

if TYPE_CHECKING:
    import pandas as pd

ROOT: Final = Path(__file__).resolve().parent.parent
RAW: Final = ROOT / "data" / "raw"
PROCESSED: Final = ROOT / "data" / "processed"
EXPORTS: Final = ROOT / "exports"
NOTEBOOKS: Final = ROOT / "notebooks"

REGISTER: Final = RAW / "datapackage.json"
CORRECTIONS: Final = RAW / "rattelser.toml"


class Source(BaseModel):
    """Who published what: the citation of a raw file."""

    model_config = ConfigDict(extra="allow")
    title: str
    path: str | None = None


class Resource(BaseModel):
    """One raw file with its provenance. ``hash`` is ``sha256:`` and 64 hex digits; ``bytes`` the file's size."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)
    name: str
    path: str
    title: str
    description: str = ""
    bytes: int
    hash: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    sources: list[Source] = Field(min_length=1)
    licenses: list[dict[str, str]] = Field(min_length=1)
    document_date: str = Field(alias="documentDate")
    registry_number: str = Field(alias="registryNumber")
    retrieved: str

    @property
    def file(self) -> Path:
        """Where the raw file lies."""
        return RAW / self.path

    @property
    def citation(self) -> str:
        """The Swedish source line of figures and tables that rest on this file."""
        return "; ".join(source.title for source in self.sources)


class Package(BaseModel):
    """The register as a whole."""

    model_config = ConfigDict(extra="allow")
    name: str
    title: str
    resources: list[Resource]


class Correction(BaseModel):
    """An entry of the ledger: in the rows of ``resource`` where ``where`` holds, ``column`` is ``to``, not ``from``."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    id: str
    resource: str
    where: dict[str, str]
    column: str
    original: str = Field(alias="from")
    corrected: str = Field(alias="to")
    reason: str
    source: str


@cache
def package() -> Package:
    """The register, read once. Raises :class:`AnalysError` when it is missing or not valid."""
    try:
        return Package.model_validate_json(REGISTER.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AnalysError(f"{REGISTER.relative_to(ROOT)}: the raw register cannot be read: {error}") from error


def resource(name: str) -> Resource:
    """The register's entry for one raw file, by name."""
    for entry in package().resources:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in package().resources)
    raise AnalysError(f"{REGISTER.relative_to(ROOT)}: no resource named {name!r}; there are: {known}")


def verify(resources: list[Resource] | None = None) -> None:
    """Check every raw file against its registered size and hash; raise :class:`InputError` listing all that differ."""
    faults = []
    for entry in package().resources if resources is None else resources:
        file = f"data/raw/{entry.path}"
        if not entry.file.is_file():
            faults.append(Fault(file, "", "the registered raw file", "no file", "restore it from version control"))
            continue
        content = entry.file.read_bytes()
        found = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if found != entry.hash or len(content) != entry.bytes:
            faults.append(
                Fault(
                    file,
                    "",
                    f"{entry.bytes} bytes with {entry.hash}",
                    f"{len(content)} bytes with {found}",
                    "raw files are never edited: restore the file, or register a new delivery in datapackage.json",
                )
            )
    if faults:
        raise InputError(faults)


@cache
def corrections() -> tuple[Correction, ...]:
    """The ledger's entries. Raises :class:`AnalysError` when the ledger is not valid."""
    try:
        entries = tomllib.loads(CORRECTIONS.read_text(encoding="utf-8")).get("correction", [])
        return tuple(Correction.model_validate(entry) for entry in entries)
    except (OSError, ValueError) as error:
        raise AnalysError(f"{CORRECTIONS.relative_to(ROOT)}: the ledger cannot be read: {error}") from error


def correct(frame: pd.DataFrame, name: str, ledger: tuple[Correction, ...] | None = None) -> pd.DataFrame:
    """Apply the ledger's entries for resource ``name`` to its text table.

    Returns a new frame of the same shape. Raises :class:`InputError` when an entry matches no row, or a row whose
    value is not the one that the entry says it corrects.
    """
    corrected = frame.copy()
    faults = []
    for entry in corrections() if ledger is None else ledger:
        if entry.resource != name:
            continue
        condition = " and ".join(f"{column} = {value!r}" for column, value in entry.where.items())
        unknown = [column for column in (*entry.where, entry.column) if column not in frame.columns]
        hits = frame.index[:0]
        if not unknown:
            hits = frame.index[(frame[list(entry.where)] == list(entry.where.values())).all(axis=1)]
            hits = hits[frame.loc[hits, entry.column] == entry.original]
        if unknown or hits.empty:
            faults.append(
                Fault(
                    "data/raw/rattelser.toml",
                    f"correction {entry.id!r}",
                    f"rows of {name} with {condition} and {entry.column} = {entry.original!r}",
                    f"no column {', '.join(unknown)}" if unknown else "no such row",
                    "remove the entry, or change it to what the raw file says now",
                )
            )
        corrected.loc[hits, entry.column] = entry.corrected
    if faults:
        raise InputError(faults)
    return corrected
