"""The processed tables: which there are, what each column holds, and the doors that they pass on the way in and out.

Declared once, used three times: to check a frame (pandera), to write and read its CSV file with exact types, and to
print the codebook. Money and index figures are ``Decimal``, never float; codes are text; dates are ``datetime64``.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd

from analys import catalog, csvtext, project
from analys.errors import Fault, InputError
from analys.files import write_atomically

# pandera looks into Spark where it is installed; its warning has nothing to do with these tables, or with a notebook.
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
import pandera.pandas as pa  # noqa: E402

_MUNICIPALITY: Final = pa.Check.str_matches(r"^\d{4}$")
_REGION: Final = pa.Check.str_matches(r"^(\d{2}|\d{4})$")
_FILLED: Final = pa.Check.str_length(min_value=1)
_NOT_NEGATIVE: Final = pa.Check(lambda column: column.map(lambda value: value >= 0), error="not negative")


def _is_decimal(column: pd.Series) -> pd.Series:
    return column.map(lambda value: isinstance(value, Decimal) and value.is_finite())


@dataclass(frozen=True)
class Kind:
    """How a column's values lie in a frame and in a CSV file. ``in_words`` is what an error calls it."""

    in_words: str
    dtype: Any
    parse: Callable[[pd.Series], pd.Series]
    check: pa.Check | None = None
    nullable: bool = False


def _decimals(column: pd.Series) -> pd.Series:
    return column.map(Decimal).astype(object)


TEXT: Final = Kind("text", "str", lambda column: column)
INTEGER: Final = Kind("a whole number", "int64", lambda column: column.astype("int64"))
OPTIONAL_INTEGER: Final = Kind(
    "a whole number, or nothing", "Int64", lambda column: column.replace("", None).astype("Int64"), nullable=True
)
DATE: Final = Kind(
    "a date", "datetime64[us]", lambda column: pd.to_datetime(column, format="%Y-%m-%d").astype("datetime64[us]")
)
EXACT: Final = Kind(
    "an exact decimal number", "object", _decimals, pa.Check(_is_decimal, error="an exact decimal number")
)


@dataclass(frozen=True)
class Column:
    """One column: its kind, its meaning and unit (Swedish, for the codebook), and what its values must satisfy."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    checks: tuple[pa.Check, ...] = ()

    def schema(self) -> pa.Column:
        checks = [check for check in (self.kind.check, *self.checks) if check is not None]
        return pa.Column(self.kind.dtype, checks, nullable=self.kind.nullable, name=self.name)


@dataclass(frozen=True, eq=False)  # each is one constant; pandera's checks change their hash when they are used
class Table:
    """One row for each ``rows``, unique by ``key``: the project's ``data/processed/<name>.csv``.

    ``is_reference``: a file of the reference data by that name, or of the project's register where it has its own.
    """

    name: str
    rows: str
    source: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_reference: bool = False

    @property
    def file(self) -> Path:
        if self.is_reference:
            return catalog.resource(self.name).file
        return project.required().processed / f"{self.name}.csv"

    @functools.cached_property
    def schema(self) -> pa.DataFrameSchema:
        """Strict: these columns in this order, no others, no missing value, unique by the key."""
        return pa.DataFrameSchema(
            {column.name: column.schema() for column in self.columns},
            strict=True,
            ordered=True,
            unique=list(self.key),
            name=self.name,
        )


def _code(meaning: str = "Kommunkod, fyra siffror") -> Column:
    return Column("kommunkod", TEXT, meaning, checks=(_MUNICIPALITY,))


_NAME: Final = Column("kommun", TEXT, "Kommunens namn", checks=(_FILLED,))
_SOURCE: Final = Column("kalla", TEXT, "Råfilens namn i datapackage.json", checks=(_FILLED,))

FOLKMANGD: Final = Table(
    "folkmangd",
    "region och referensdatum",
    "SCB",
    (
        Column("regionkod", TEXT, "00 riket, två siffror län, fyra siffror kommun", checks=(_REGION,)),
        Column("region", TEXT, "Regionens namn", checks=(_FILLED,)),
        Column("referensdatum", DATE, "Dagen som folkmängden avser"),
        Column("folkmangd", INTEGER, "Folkbokförd befolkning", "personer", (pa.Check.ge(0),)),
        _SOURCE,
    ),
    ("regionkod", "referensdatum"),
)

PRISINDEX: Final = Table(
    "prisindex",
    "serie och år",
    "SCB, SKL",
    (
        Column("serie", TEXT, "Serie och basår", checks=(_FILLED,)),
        Column("ar", INTEGER, "År", checks=(pa.Check.in_range(1900, 2100),)),
        Column("varde", EXACT, "Årsmedeltal (KPI) eller årsförändring (PKV)", "index eller procent"),
        Column("utgava", TEXT, "Utgåva", checks=(_FILLED,)),
        Column("kalla", TEXT, "Källan", checks=(_FILLED,)),
    ),
    ("serie", "ar"),
    is_reference=True,
)

_ANNEX: Final = (
    Column("avtal", TEXT, "Avtalets id", checks=(_FILLED,)),
    Column("version", TEXT, "Avtalsversionen som bilagan hör till", checks=(_FILLED,)),
)
_FIGURE: Final = (
    Column("kolumn", TEXT, "Rubriken i bilagan", checks=(_FILLED,)),
    Column("storhet", TEXT, "Vad kolumnen anger", checks=(pa.Check.isin(["folkmangd", "andel", "belopp"]),)),
    Column("manader", OPTIONAL_INTEGER, "Antal månader som beloppet avser; tomt för annat än belopp", "månader"),
    Column("ar", OPTIONAL_INTEGER, "Året som rubriken anger; tomt där den inte anger något"),
    Column("varde", EXACT, "Talet: personer, del av ett eller kronor", "enligt storhet"),
    Column("precision", EXACT, "Vad den sista skrivna siffran är värd", "enligt storhet"),
    Column("angivet", TEXT, "Talet som bilagan skriver det", checks=(_FILLED,)),
    Column("cell", TEXT, "Cellen i råfilen, eller tabellen, raden och kolumnen i ett dokument", checks=(_FILLED,)),
    _SOURCE,
)

BILAGOR: Final = Table(
    "bilagor",
    "kommun och kolumn i varje bilaga",
    "avtalens bilagor",
    (*_ANNEX, _code(), _NAME, *_FIGURE),
    ("avtal", "version", "kommunkod", "kolumn"),
)

BILAGESUMMOR: Final = Table(
    "bilagesummor",
    "tryckt summa i varje bilaga",
    "avtalens bilagor",
    (*_ANNEX, *_FIGURE),
    ("avtal", "version", "kolumn"),
)

UPPGIFTER: Final = Table(
    "uppgifter",
    "betalning eller kostnad som ett dokument anger",
    "beslut, skrivelser och avtal",
    (
        Column("avtal", TEXT, "Avtalets id", checks=(_FILLED,)),
        Column("id", TEXT, "Uppgiftens namn", checks=(_FILLED,)),
        Column("kommunkod", TEXT, "Kommunkod; tom när uppgiften gäller hela tjänsten"),
        Column("kommun", TEXT, "Kommunens namn; tomt när uppgiften gäller hela tjänsten"),
        Column("typ", TEXT, "Vad uppgiften avser", checks=(_FILLED,)),
        Column("period_fran", DATE, "Periodens första dag"),
        Column("period_till", DATE, "Periodens sista dag"),
        Column("angivet", TEXT, "Beloppet som dokumentet skriver det", checks=(_FILLED,)),
        Column(
            "precision_kr", INTEGER, "Hur noga beloppet är angivet: 1000 för hela tusental, 1 för hela kronor", "kr"
        ),
        Column("lagst_kr", EXACT, "Lägsta belopp som avrundas till det angivna", "kr", (_NOT_NEGATIVE,)),
        Column("hogst_kr", EXACT, "Övre gräns, själv inte med; lika med lagst_kr när beloppet är exakt", "kr"),
        Column("dokument", TEXT, "Dokumentets id i avtalet", checks=(_FILLED,)),
        Column("stalle", TEXT, "Sida, rubrik eller cell i dokumentet", checks=(_FILLED,)),
        Column("citat", TEXT, "Ordalydelsen"),
    ),
    ("avtal", "id"),
)

ORGANISATIONSNUMMER: Final = Table(
    "organisationsnummer",
    "organisationsnummer i varje dokument, rättat enligt rattelser.toml",
    "avtal, beslut och skrivelser",
    (
        Column("avtal", TEXT, "Avtalets id", checks=(_FILLED,)),
        Column("dokument", TEXT, "Dokumentets id i avtalet", checks=(_FILLED,)),
        Column("stalle", TEXT, "Sida eller rubrik", checks=(_FILLED,)),
        Column("part", TEXT, "Parten", checks=(_FILLED,)),
        Column("organisationsnummer", TEXT, "NNNNNN-NNNN", checks=(pa.Check.str_matches(r"^\d{6}-\d{4}$"),)),
    ),
    ("avtal", "dokument", "stalle", "part"),
)

TABLES: Final = (FOLKMANGD, PRISINDEX, BILAGOR, BILAGESUMMOR, UPPGIFTER, ORGANISATIONSNUMMER)


def check(frame: pd.DataFrame, table: Table, file: str | None = None) -> pd.DataFrame:
    """Hold a frame against its declaration; raise :class:`InputError` listing every row that breaks it."""
    try:
        return table.schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise InputError(_faults(error, table, file or catalog.shown(table.file))) from error


def _faults(error: pa.errors.SchemaErrors, table: Table, file: str) -> list[Fault]:
    faults = []
    for case in error.failure_cases.to_dict("records"):
        row, column = case.get("index"), case.get("column")
        place = f"rad {int(row) + 2}, kolumn {column}" if pd.notna(row) else f"kolumn {column}"
        faults.append(
            Fault(
                file,
                place,
                str(case["check"]),
                repr(case["failure_case"]),
                "rätta i data/raw/rattelser.toml och kör `analys normalise` igen",
            )
        )
    return faults


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The frame's rows with their columns as attributes. The table knows their types, the checker does not."""
    yield from frame.itertuples(index=False)


def write(frame: pd.DataFrame, table: Table) -> Path:
    """Check a frame at the door and write it to ``data/processed``."""
    check(frame, table)
    table.file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(table.file, csvtext.from_frame(frame).encode())
    return table.file


def empty(table: Table) -> pd.DataFrame:
    """The table without rows, its columns of their types."""
    return pd.DataFrame({column.name: column.kind.parse(pd.Series([], dtype="str")) for column in table.columns})


@project.per_project
def read(table: Table) -> pd.DataFrame:
    """The table with exact types, checked at the door. Read once; copy-on-write keeps callers apart.

    Outside projects nothing is processed: such a table has no rows.
    """
    if not table.is_reference and project.current() is None:
        return empty(table)
    file = catalog.shown(table.file)
    if not table.file.is_file():
        raise InputError([Fault(file, "", "en bearbetad tabell", "ingen fil", "kör `analys normalise` först")])
    text = pd.read_csv(table.file, dtype="str", keep_default_na=False).map(csvtext.unguard)
    missing = [column.name for column in table.columns if column.name not in text.columns]
    if missing:
        columns = ", ".join(text.columns)
        fault = Fault(file, "rubrikraden", f"en kolumn {missing[0]}", columns, "kör `analys normalise` igen")
        raise InputError([fault])
    typed = {column.name: column.kind.parse(text[column.name]) for column in table.columns}
    return check(pd.DataFrame(typed), table)
