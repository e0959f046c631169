"""From ``data/raw`` to ``data/processed``: read, check, normalise. The same raw bytes give the same processed bytes.

Every agreement is a folder under ``data/raw`` with an ``avtal.toml``; what else the folder holds (annexes, stated
amounts, organisation numbers) is picked up from there, so that a new agreement is new data and never new code.
A cell that cannot be read stops the job with an :class:`InputError` that lists *all* bad cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analys import catalog, project, register, registering, tables
from analys.errors import Fault, InputError
from analys.intake import annex, statements
from analys.intake import population as intake
from analys.intake.annex import Annex, Kind
from analys.intake.result import Reported
from analys.swedish import to_decimal
from analys.tables import Table

#: Where a project's own statistics of population lie, in whatever format: what ``analys fetch`` keeps, and others.
STATISTICS: Final = "statistik"
#: The answers that ``analys fetch`` keeps among them; what is missing in one is told when it is fetched.
ANSWERS: Final = "statistik/scb/"


def fetched_population() -> pd.DataFrame:
    """The figures of the project's own files of population. Where two of them differ, the one retrieved last."""
    own = project.required().raw / STATISTICS
    registered = [entry for entry in catalog.package().resources if entry.file.is_relative_to(own)]
    files = [entry for entry in registered if entry.file.is_file()]  # a lost one is told by catalog.verify
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in sorted(files, key=lambda entry: entry.retrieved):
        read = intake.read(entry.file)
        if read.reported and not entry.path.startswith(ANSWERS):
            raise InputError(_unused(row, entry) for row in read.reported)
        for row in tables.rows(read.frame):
            rows[row.regionkod, row.referensdatum] = {
                "regionkod": row.regionkod,
                "region": register.regions()[row.regionkod].name,
                "referensdatum": row.referensdatum,
                "folkmangd": row.folkmangd,
                "kalla": entry.name,
            }
    return _typed(list(rows.values()), tables.FOLKMANGD)


def _unused(row: Reported, entry: catalog.Resource) -> Fault:
    action = f"se `analys read {catalog.shown(entry.file)} --as population`, och ta bort eller rätta raden"
    return Fault(catalog.shown(entry.file), f"rad {row.row}", "en användbar uppgift om folkmängd", row.reason, action)


def stated_amounts(agreement: str) -> pd.DataFrame:
    """As :func:`stated_in`, of an agreement's registered file."""
    return stated_in(catalog.resource(f"{agreement}-uppgifter").file, agreement)


def stated_in(file: Path, agreement: str) -> pd.DataFrame:
    """The payments and costs that an agreement's documents state in words (``uppgifter.csv``), as exact intervals."""
    rows = [
        {
            "avtal": agreement,
            "id": statement.id,
            "kommunkod": statement.code,
            "kommun": statement.name,
            "typ": statement.kind,
            "period_fran": statement.from_date,
            "period_till": statement.to_date,
            "angivet": statement.text,
            "precision_kr": statement.precision,
            "lagst_kr": to_decimal(statement.interval.low),
            "hogst_kr": to_decimal(statement.interval.high),
            "dokument": statement.document,
            "stalle": statement.place,
            "citat": statement.quote,
        }
        for statement in statements.read(file)
    ]
    return _typed(rows, tables.UPPGIFTER)


def organisation_numbers(agreement: str) -> pd.DataFrame:
    """The organisation numbers that an agreement's documents state, after the corrections ledger."""
    name = f"{agreement}-organisationsnummer"
    text = pd.read_csv(catalog.resource(name).file, dtype="str", keep_default_na=False, encoding="utf-8")
    rows = catalog.correct(text, name).assign(avtal=agreement)
    return _typed(rows.to_dict("records"), tables.ORGANISATIONSNUMMER)


#: The kinds of column that an annex's tidy tables keep, and what their cells hold.
_QUANTITIES: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT)


def _annexes() -> Iterator[tuple[str, str, catalog.Resource, Annex]]:
    """Every annex registered as ``<agreement>-bilaga-<version>``, with its agreement, version and resource."""
    for agreement in project.required().agreements():
        for resource in catalog.package().resources:
            if resource.name.startswith(f"{agreement}-bilaga-"):
                version = resource.name.removeprefix(f"{agreement}-bilaga-")
                yield agreement, version, resource, annex.read(resource.file)


def _of_column(column: annex.Column) -> dict[str, Any]:
    years = column.period.years or (1 if column.period.year else None)
    return {
        "kolumn": column.heading,
        "storhet": column.kind.value,
        "manader": int(years * 12) if years and column.kind is Kind.AMOUNT else "",
        "ar": column.period.year or "",
    }


def annex_figures() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every figure of every annex, one row a member and column, and every printed total, each with its cell."""
    figures, totals = [], []
    for agreement, version, resource, read in _annexes():
        place = {"avtal": agreement, "version": version, "kalla": resource.name}
        for column in read.columns:
            if column.kind not in _QUANTITIES:
                continue
            described = place | _of_column(column)
            for member in read.members:
                who = {"kommunkod": member.municipality.code, "kommun": member.municipality.name}
                figures.append(described | who | _of_figure(member.figures[column.letter]))
            if total := read.total(column):
                totals.append(described | _of_figure(total))
    return _typed(figures, tables.BILAGOR), _typed(totals, tables.BILAGESUMMOR)


def _of_figure(figure: annex.Figure) -> dict[str, Any]:
    return {"varde": figure.value, "precision": figure.step, "angivet": figure.text, "cell": figure.cell}


def _typed(rows: Sequence[Mapping[Any, Any]], table: Table) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=[column.name for column in table.columns]).astype("str")
    typed = pd.DataFrame({column.name: column.kind.parse(frame[column.name]) for column in table.columns})
    return typed.sort_values(list(table.key), ignore_index=True)


def _each(part: Callable[[str], pd.DataFrame], kind: str, table: Table) -> pd.DataFrame:
    """``part`` for every agreement that has a raw resource of that kind, in one frame."""
    names = {resource.name for resource in catalog.package().resources}
    frames = [part(agreement) for agreement in project.required().agreements() if f"{agreement}-{kind}" in names]
    return pd.concat([tables.empty(table), *frames], ignore_index=True).sort_values(list(table.key), ignore_index=True)


def build() -> dict[Table, pd.DataFrame]:
    """Every processed table of the project, from raw files whose hashes are the registered ones."""
    catalog.verify()
    figures, totals = annex_figures()
    return {
        tables.BILAGOR: figures,
        tables.BILAGESUMMOR: totals,
        tables.UPPGIFTER: _each(stated_amounts, "uppgifter", tables.UPPGIFTER),
        tables.ORGANISATIONSNUMMER: _each(organisation_numbers, "organisationsnummer", tables.ORGANISATIONSNUMMER),
    }


def run() -> list[Path]:
    """Register what is new in ``data/raw``, build and write every processed table; returns the tables' files."""
    registering.register_new(project.required())
    return [tables.write(frame, table) for table, frame in build().items()] + write_fetched()


def write_fetched() -> list[Path]:
    """Write the figures that the project has fetched, where there are any: they go before the reference data's."""
    fetched = fetched_population()
    if fetched.empty:
        tables.FOLKMANGD.file.unlink(missing_ok=True)
    written = [] if fetched.empty else [tables.write(fetched, tables.FOLKMANGD)]
    project.forget()
    return written
