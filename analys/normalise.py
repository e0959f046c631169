"""From ``data/raw`` to ``data/processed``: read, check, normalise. The same raw bytes give the same processed bytes.

Every agreement is a folder under ``data/raw`` with an ``avtal.toml``; what else the folder holds (annexes, stated
amounts, organisation numbers) is picked up from there, so that a new agreement is new data and never new code.
A cell that cannot be read stops the job with an :class:`InputError` that lists *all* bad cells.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analys import catalog, register, tables
from analys.agreement.load import bundled
from analys.errors import AnalysError, Fault, InputError
from analys.intake import annex, statements
from analys.intake.annex import Annex, Kind
from analys.swedish import parse_number, to_decimal
from analys.tables import Table


class RawCsv:
    """A raw CSV file as text, whose columns are parsed cell by cell while every cell that cannot be is noted."""

    def __init__(self, name: str) -> None:
        resource = catalog.resource(name)
        self.name = name
        self.file = f"data/raw/{resource.path}"
        text = pd.read_csv(resource.file, dtype="str", keep_default_na=False, encoding="utf-8")
        self.text = catalog.correct(text, name)
        self.faults: list[Fault] = []

    def parse(self, column: str, read: Callable[[str], Any], expected: str) -> list[Any]:
        """The column with ``read`` applied to each cell; ``ValueError`` or :class:`AnalysError` marks a bad cell."""
        values = []
        for row, cell in enumerate(self.text[column], start=2):
            try:
                values.append(read(cell))
            except (ValueError, AnalysError) as error:
                place, action = f"row {row}, column {column}", f"correct it in data/raw/rattelser.toml ({error})"
                self.faults.append(Fault(self.file, place, expected, repr(cell), action))
                values.append(None)
        return values

    def stop_if_faulty(self) -> None:
        """Raise :class:`InputError` with every bad cell that has been noted."""
        if self.faults:
            raise InputError(self.faults)

    def table(self, columns: dict[str, Any], table: Table) -> pd.DataFrame:
        """The processed frame of parsed columns, or :class:`InputError` with every bad cell of the file."""
        self.stop_if_faulty()
        frame = pd.DataFrame({column.name: pd.Series(columns[column.name]) for column in table.columns})
        typed = {column.name: column.kind.parse(frame[column.name].astype("str")) for column in table.columns}
        return pd.DataFrame(typed)


def _whole(text: str) -> int:
    number = parse_number(text).scaled
    if number != number.to_integral_value() or number < 0:
        raise ValueError("not a whole, non-negative number")
    return int(number)


def _decimal(text: str) -> Decimal:
    return parse_number(text).value


def _code(text: str) -> str:
    return register.resolve(text).code


def _month_end(text: str) -> dt.date:
    match = re.fullmatch(r"(\d{4})M(\d{2})", text)
    if match is None:
        raise ValueError("not a month as SCB writes it")
    return (pd.Period(year=int(match[1]), month=int(match[2]), freq="M").end_time).date()


def population() -> pd.DataFrame:
    """SCB's figures at year ends for all regions, and at month ends where a document refers to one."""
    raw = RawCsv("folkmangd")
    yearly = raw.table(
        {
            "regionkod": raw.parse("regionkod", _code, "a region code"),
            "region": raw.text["region"],
            "referensdatum": raw.parse("ar", lambda text: dt.date(_whole(text), 12, 31), "a year"),
            "folkmangd": raw.parse("folkmangd", _whole, "a number of persons"),
            "kalla": [raw.name] * len(raw.text),
        },
        tables.FOLKMANGD,
    )
    raw = RawCsv("folkmangd-norrkoping-manad")
    monthly = raw.table(
        {
            "regionkod": raw.parse("regionkod", _code, "a region code"),
            "region": raw.text["region"],
            "referensdatum": raw.parse("manad", _month_end, "a month such as 2016M06"),
            "folkmangd": raw.parse("folkmangd", _whole, "a number of persons"),
            "kalla": [raw.name] * len(raw.text),
        },
        tables.FOLKMANGD,
    )
    key = list(tables.FOLKMANGD.key)
    both = monthly.merge(yearly, on=key, suffixes=("", "_ar"))
    differ = both[both["folkmangd"] != both["folkmangd_ar"]]
    if not differ.empty:
        action = "find out which of SCB's figures is right"
        raise InputError(
            Fault(
                raw.file,
                f"{row.regionkod}, {row.referensdatum:%Y-%m-%d}",
                str(row.folkmangd_ar),
                str(row.folkmangd),
                action,
            )
            for row in differ.itertuples()
        )
    new = monthly[~monthly.set_index(key).index.isin(yearly.set_index(key).index)]
    return pd.concat([yearly, new], ignore_index=True).sort_values(key, ignore_index=True)


def price_index() -> pd.DataFrame:
    """CPI annual means and the PKV edition at hand; one row a series and year."""
    raw = RawCsv("prisindex")
    return raw.table(
        {
            "serie": raw.text["serie"],
            "ar": raw.parse("ar", _whole, "a year"),
            "varde": raw.parse("varde", _decimal, "an index figure"),
            "utgava": raw.text["utgava"],
            "kalla": [raw.name] * len(raw.text),
        },
        tables.PRISINDEX,
    )


def stated_amounts(agreement: str) -> pd.DataFrame:
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
        for statement in statements.read(catalog.resource(f"{agreement}-uppgifter").file)
    ]
    return _typed(rows, tables.UPPGIFTER)


def organisation_numbers(agreement: str) -> pd.DataFrame:
    """The organisation numbers that an agreement's documents state, after the corrections ledger."""
    raw = RawCsv(f"{agreement}-organisationsnummer")
    columns = {column: raw.text[column] for column in raw.text.columns}
    return raw.table({"avtal": [agreement] * len(raw.text), **columns}, tables.ORGANISATIONSNUMMER)


#: The kinds of column that an annex's tidy tables keep, and what their cells hold.
_QUANTITIES: Final = (Kind.POPULATION, Kind.SHARE, Kind.AMOUNT)


def _annexes() -> Iterator[tuple[str, str, catalog.Resource, Annex]]:
    """Every annex registered as ``<agreement>-bilaga-<version>``, with its agreement, version and resource."""
    for agreement in bundled():
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


def _typed(rows: list[dict[str, Any]], table: Table) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[column.name for column in table.columns]).astype("str")
    typed = pd.DataFrame({column.name: column.kind.parse(frame[column.name]) for column in table.columns})
    return typed.sort_values(list(table.key), ignore_index=True)


def _each(part: Callable[[str], pd.DataFrame], kind: str, table: Table) -> pd.DataFrame:
    """``part`` for every agreement that has a raw resource of that kind, in one frame."""
    names = {resource.name for resource in catalog.package().resources}
    frames = [part(agreement) for agreement in bundled() if f"{agreement}-{kind}" in names]
    return pd.concat(frames, ignore_index=True).sort_values(list(table.key), ignore_index=True)


def build() -> dict[Table, pd.DataFrame]:
    """Every processed table, from raw files whose hashes are the registered ones."""
    catalog.verify()
    figures, totals = annex_figures()
    return {
        tables.FOLKMANGD: population(),
        tables.PRISINDEX: price_index(),
        tables.BILAGOR: figures,
        tables.BILAGESUMMOR: totals,
        tables.UPPGIFTER: _each(stated_amounts, "uppgifter", tables.UPPGIFTER),
        tables.ORGANISATIONSNUMMER: _each(organisation_numbers, "organisationsnummer", tables.ORGANISATIONSNUMMER),
    }


def run() -> list[Path]:
    """Build and write every processed table; returns the files."""
    return [tables.write(frame, table) for table, frame in build().items()]
