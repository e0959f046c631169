"""The registers: which files there are, where each comes from, and that nobody has changed them.

A register is a Frictionless Data Package (v1): ``data/raw/datapackage.json`` of the project, and the one of
:mod:`analys.reference`. Beyond the standard's ``path``, ``bytes``, ``hash``, ``schema``, ``sources`` and ``licenses``
each resource says ``documentDate``, ``registryNumber`` and ``retrieved``.
``data/raw/rattelser.toml`` is the corrections ledger: raw files are never edited, a correction is an entry with a
reason, and an entry that matches nothing is an error, because then it no longer says something true.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from analys import project, reference
from analys.errors import AnalysError, Fault, InputError

if TYPE_CHECKING:
    import pandas as pd


class Source(BaseModel):
    """Who published what: the citation of a raw file."""

    model_config = ConfigDict(extra="allow")
    title: str
    path: str | None = None


class Resource(BaseModel):
    """One file with its provenance. ``hash`` is ``sha256:`` and 64 hex digits; ``bytes`` the file's size.

    ``temporal`` is what time the figures cover (``start``, ``end``), where the register says it.
    """

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
    temporal: dict[str, str] | None = None
    _folder: Path = PrivateAttr(default=Path())

    @property
    def file(self) -> Path:
        """Where the file lies."""
        return self._folder / self.path

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


@project.per_project
def package() -> Package:
    """The reference data, and what the current project's register adds to them or has instead of them."""
    shipped, here = _register(reference.folder() / "datapackage.json"), project.current()
    if here is None:
        return shipped
    own = _register(here.register)
    names = {entry.name for entry in own.resources}
    entries = [entry for entry in shipped.resources if entry.name not in names]
    return own.model_copy(update={"resources": entries + own.resources})


def _register(file: Path) -> Package:
    """A register as it stands. Raises :class:`AnalysError` when it is missing or not valid."""
    try:
        found = Package.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AnalysError(f"{shown(file)}: registret kan inte läsas: {error}") from error
    for entry in found.resources:
        entry._folder = file.parent
    return found


def shown(file: Path) -> str:
    """A path as messages write it: from the project's folder where it lies in it."""
    here = project.current()
    return here.shown(file) if here else str(file)


def resource(name: str) -> Resource:
    """The entry for one file, by name: the project's own, or the reference data's."""
    for entry in package().resources:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in package().resources)
    raise AnalysError(f"registret över råfiler har ingen fil med namnet {name!r}; där finns: {known}")


def verify(resources: list[Resource] | None = None) -> None:
    """Check every file against its registered size and hash; raise :class:`InputError` listing all that differ."""
    faults = []
    for entry in package().resources if resources is None else resources:
        file = shown(entry.file)
        if not entry.file.is_file():
            faults.append(
                Fault(file, "", "den registrerade råfilen", "ingen fil", "återställ den ur versionshanteringen")
            )
            continue
        content = entry.file.read_bytes()
        found = f"sha256:{hashlib.sha256(content).hexdigest()}"
        if found != entry.hash or len(content) != entry.bytes:
            faults.append(
                Fault(
                    file,
                    "",
                    f"{entry.bytes} byte med {entry.hash}",
                    f"{len(content)} byte med {found}",
                    "återställ filen (råfiler ändras aldrig), eller registrera den nya leveransen i datapackage.json",
                )
            )
    if faults:
        raise InputError(faults)


@project.per_project
def corrections() -> tuple[Correction, ...]:
    """The current project's ledger. Raises :class:`AnalysError` when it is not valid."""
    here = project.current()
    if here is None or not here.corrections.is_file():
        return ()
    try:
        entries = tomllib.loads(here.corrections.read_text(encoding="utf-8")).get("correction", [])
        return tuple(Correction.model_validate(entry) for entry in entries)
    except (OSError, ValueError) as error:
        raise AnalysError(f"{shown(here.corrections)}: rättelserna kan inte läsas: {error}") from error


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
        condition = " och ".join(f"{column} = {value!r}" for column, value in entry.where.items())
        unknown = [column for column in (*entry.where, entry.column) if column not in frame.columns]
        hits = frame.index[:0]
        if not unknown:
            hits = frame.index[(frame[list(entry.where)] == list(entry.where.values())).all(axis=1)]
            hits = hits[frame.loc[hits, entry.column] == entry.original]
        if unknown or hits.empty:
            faults.append(
                Fault(
                    "data/raw/rattelser.toml",
                    f"rättelsen {entry.id!r}",
                    f"rader i {name} med {condition} och {entry.column} = {entry.original!r}",
                    f"ingen kolumn {', '.join(unknown)}" if unknown else "ingen sådan rad",
                    "ta bort rättelsen, eller ändra den till vad råfilen säger nu",
                )
            )
        corrected.loc[hits, entry.column] = entry.corrected
    if faults:
        raise InputError(faults)
    return corrected
