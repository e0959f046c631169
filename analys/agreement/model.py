"""An agreement's terms as data. Attributes are English; the TOML keys, their aliases, are Swedish (``docs/avtal.md``).

Each term carries its citation. A term that no document states is the string ``okand`` (:data:`UNKNOWN`), never a guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PrivateAttr, Tag

from analys.allocation.rounding import Mode, Residual, Rounding, Unit
from analys.evidence import Underlag
from analys.register import Region, resolve_municipality
from analys.swedish import parse_number

#: What a term is when no document states it.
UNKNOWN: Final = "okand"


class Strict(BaseModel):
    """A table of the file: an unknown key is a fault, and what has been read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


T = TypeVar("T")
Unknown = Literal["okand"]
Known = Annotated[
    Annotated[T, Tag("term")] | Annotated[Unknown, Tag("okand")],
    Discriminator(lambda value: "okand" if isinstance(value, str) else "term"),
]


def _exact(value: object) -> Fraction:
    if isinstance(value, str) and (match := re.fullmatch(r"\s*(\d+)\s*/\s*([1-9]\d*)\s*", value)):
        return Fraction(int(match[1]), int(match[2]))
    return value if isinstance(value, Fraction) else Fraction(parse_number(value).scaled)


def _ore(value: object) -> int:
    amount = parse_number(value).scaled * 100
    if amount != int(amount):
        raise ValueError("an amount in whole öre")
    return int(amount)


def _municipality(value: object) -> Region:
    return value if isinstance(value, Region) else resolve_municipality(str(value))


def _month_day(value: object) -> tuple[int, int]:
    if isinstance(value, str) and (match := re.fullmatch(r"(\d{2})-(\d{2})", value)):
        month, day = int(match[1]), int(match[2])
        dt.date(2000, month, day)
        return month, day
    raise ValueError('a day of the year as "MM-DD", such as "12-31"')


#: A part of one: ``"48 %"``, ``"1/4"`` or ``0.48``.
Part = Annotated[Fraction, BeforeValidator(_exact)]
#: Kronor in the file, öre in the program.
Ore = Annotated[int, BeforeValidator(_ore)]
Municipality = Annotated[Region, BeforeValidator(_municipality)]
#: A day of any year, as (month, day).
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day)]


def _swedish(names: dict[str, Any]) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        if isinstance(value, str) and value in names:
            return names[value]
        raise ValueError("one of " + ", ".join(names))

    return read


UNITS: Final = {
    "ore": Unit.ORE, "krona": Unit.KRONA, "tio": Unit.TEN, "hundra": Unit.HUNDRED, "tkr": Unit.TKR,
}  # fmt: skip
MODES: Final = {
    "halv_upp": Mode.HALF_UP, "halv_jamn": Mode.HALF_EVEN, "nedat": Mode.FLOOR, "uppat": Mode.UP,
}  # fmt: skip
RESIDUALS: Final = {
    "ingen": Residual.NONE,
    "storsta_rest": Residual.LARGEST_REMAINDER,
    "storsta_medlem": Residual.LARGEST_MEMBER,
    "vard": Residual.HOST,
    "divisor": Residual.DIVISOR,
}


class Citation(Strict):
    """Where a term stands: ``document`` is an id of the agreement's documents, ``place`` a clause or heading."""

    document: str = Field(alias="dokument")
    place: str = Field(alias="stalle")
    quote: str | None = Field(None, alias="citat")


class Document(Strict):
    """A source document. ``date`` and ``registry_number`` (diarienummer) may be ``okand``."""

    id: str
    title: str = Field(alias="titel")
    publisher: str = Field(alias="utgivare")
    date: dt.date | Unknown = Field(alias="datum")
    registry_number: str = Field(alias="diarienummer")


class Party(Strict):
    """Who is bound besides the members, and in what role (employer, host, payer)."""

    id: str
    name: str = Field(alias="namn")
    organisation_number: str = Field(UNKNOWN, alias="organisationsnummer")
    role: str = Field(alias="roll")


class Term(Strict):
    """What every term says about itself: where it stands, what it rests on, and what a reader should know."""

    citation: Citation = Field(alias="kalla")
    underlag: Underlag = Underlag.DOKUMENTERAD
    note: str | None = Field(None, alias="anmarkning")


class MemberPeriod(Strict):
    """A member that joins or leaves within the version's validity; ``to_date`` is the last day."""

    municipality: Municipality = Field(alias="kommun")
    from_date: dt.date | None = Field(None, alias="fran")
    to_date: dt.date | None = Field(None, alias="till")
    condition: str | None = Field(None, alias="villkor")
    citation: Citation = Field(alias="kalla")


class Members(Term):
    """The municipalities that share the cost. ``minimum`` is the number under which the agreement falls."""

    municipalities: tuple[Municipality, ...] = Field(alias="kommuner", min_length=1)
    minimum: int | None = Field(None, alias="minst", ge=1)
    changes: tuple[MemberPeriod, ...] = Field((), alias="andringar")


class FixedCost(Term):
    """A yearly amount. ``amounts`` by year where they differ; a year that is not there is unknown."""

    type: Literal["fast"] = Field(alias="typ")
    amount_ore: Ore | None = Field(None, alias="belopp_kr")
    amounts_ore: dict[int, Ore] = Field(default_factory=dict, alias="belopp_per_ar_kr")
    stated_ore: dict[int, Ore] = Field(default_factory=dict, alias="angiven_summa_kr")


class BuiltCost(Term):
    """Monthly pay x (1 + employer's contributions) x months + overhead."""

    type: Literal["uppbyggd"] = Field(alias="typ")
    monthly_pay_ore: Ore = Field(alias="manadslon_kr")
    contributions: Part = Field(alias="paslag")
    months: int = Field(12, alias="manader", ge=1)
    overhead_ore: Ore = Field(0, alias="overhead_kr")
    stated_ore: dict[int, Ore] = Field(default_factory=dict, alias="angiven_summa_kr")

    @property
    def yearly_ore(self) -> Fraction:
        return self.monthly_pay_ore * (1 + self.contributions) * self.months + self.overhead_ore


class ColumnFile(Strict):
    """Key values from a table beside the agreement: csv or xlsx, a column of members and one of values."""

    file: str = Field(alias="fil")
    column: str = Field(alias="kolumn")


class PopulationKey(Term):
    """Registered population on ``reference_day`` of the year that lies ``years_back``.

    "12-31" and 1 mean 31 December of the year before. ``values`` by year are the figures that the agreement itself
    prints; they go before the statistics.
    """

    type: Literal["folkmangd"] = Field(alias="typ")
    reference_day: MonthDay | Unknown = Field(UNKNOWN, alias="referensdag")
    years_back: int = Field(1, alias="ar_bakat", ge=0)
    values: dict[int, ColumnFile] = Field(default_factory=dict, alias="varden")


class EqualKey(Term):
    type: Literal["lika"] = Field(alias="typ")


class FixedKey(Term):
    """Fixed shares, which must make one."""

    type: Literal["andelar"] = Field(alias="typ")
    parts: dict[str, Part] = Field(alias="andelar")


class RoundingTerm(Term):
    """How shares and amounts are rounded."""

    share_decimals: int | None = Field(None, alias="andel_decimaler", ge=0, le=12)
    rescaled: bool = Field(False, alias="andel_uppraknad")
    unit: Annotated[Unit, BeforeValidator(_swedish(UNITS))] = Field(Unit.KRONA, alias="enhet")
    mode: Annotated[Mode, BeforeValidator(_swedish(MODES))] = Field(Mode.HALF_UP, alias="regel")
    residual: Annotated[Residual, BeforeValidator(_swedish(RESIDUALS))] = Field(Residual.NONE, alias="rest")
    host: Municipality | None = Field(None, alias="vard")

    @property
    def rule(self) -> Rounding:
        return Rounding(self.share_decimals, Mode.HALF_UP, self.rescaled, self.unit, self.mode, self.residual)


class Timing(StrEnum):
    ADVANCE = "forskott"
    ARREARS = "efterskott"


class Invoice(Strict):
    """One agreed invoice: latest day, the months that it charges, and what the document calls them."""

    due: dt.date = Field(alias="senast")
    months: int = Field(alias="manader", ge=1)
    covers: str = Field(alias="avser")


class Billing(Term):
    """When the members are charged: named invoices, or yearly by a day; ``settlement_day`` is for budget and actual."""

    invoices: tuple[Invoice, ...] = Field((), alias="fakturor")
    yearly_by: MonthDay | None = Field(None, alias="arligen_senast")
    instalments: tuple[MonthDay, ...] = Field((), alias="delbetalningar")
    timing: Timing | Unknown = Field(UNKNOWN, alias="betalning")
    settlement_day: MonthDay | None = Field(None, alias="avrakning")


class Notice(Term):
    months: int = Field(alias="manader", ge=0)


class RefundRule(StrEnum):
    NONE = "ingen"
    FROM_NEXT_MONTH = "fran_manaden_efter"


class Refund(Term):
    """What comes back of paid money after notice: nothing, or from the first day of the month after the end."""

    rule: RefundRule = Field(alias="regel")


class Vacancy(Term):
    """Whether a vacant post is paid back; only vacancies of more than ``longer_than_months`` count."""

    refunded: bool = Field(alias="aterbetalas")
    longer_than_months: int = Field(0, alias="langre_an_manader", ge=0)


class VatRule(StrEnum):
    OUTSIDE = "utanfor"
    EXCLUDED = "exklusive"
    INCLUDED = "inklusive"


class Vat(Term):
    rule: VatRule = Field(alias="regel")


class Overlap(Term):
    """A stated exception: in this period another version is in force too. ``governs`` is the version that counts."""

    version: str
    from_date: dt.date = Field(alias="fran")
    to_date: dt.date = Field(alias="till")
    governs: str = Field(alias="galler")


Cost = Annotated[FixedCost | BuiltCost, Discriminator("type")]
Key = Annotated[PopulationKey | EqualKey | FixedKey, Discriminator("type")]


class Validity(Term):
    """First and last day in force, both included; no ``to_date``: until further notice (tills vidare)."""

    from_date: dt.date = Field(alias="fran")
    to_date: dt.date | None = Field(None, alias="till")
    signed: dt.date | Unknown = Field(UNKNOWN, alias="undertecknat")


class Version(Strict):
    """The terms that are in force together. Every term but the validity may be ``okand``."""

    id: str
    name: str = Field(alias="namn")
    document: str = Field(alias="dokument")
    validity: Validity = Field(alias="giltighet")
    overlaps: tuple[Overlap, ...] = Field((), alias="overlappar")
    members: Known[Members] = Field(alias="medlemmar")
    cost: Known[Cost] = Field(alias="kostnad")
    key: Known[Key] = Field(alias="nyckel")
    rounding: Known[RoundingTerm] = Field(alias="avrundning")
    billing: Known[Billing] = Field(alias="fakturering")
    notice: Known[Notice] = Field(alias="uppsagning")
    refund: Known[Refund] = Field(alias="aterbetalning")
    vacancy: Known[Vacancy] = Field(alias="vakans")
    vat: Known[Vat] = Field(alias="moms")

    @property
    def valid_from(self) -> dt.date:
        return self.validity.from_date

    @property
    def valid_to(self) -> dt.date | None:
        """The last day in force; ``None``: until further notice."""
        return self.validity.to_date

    def in_force(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Decision(Strict):
    """What a member has decided or proposed about the agreement, with its condition."""

    municipality: Municipality = Field(alias="kommun")
    kind: Literal["intrade", "uppsagning"] = Field(alias="typ")
    status: Literal["forslag", "beslut"]
    date: dt.date | Unknown = Field(alias="datum")
    takes_effect: dt.date | Unknown = Field(alias="verkan")
    condition: str | None = Field(None, alias="villkor")
    citation: Citation = Field(alias="kalla")


class Agreement(Strict):
    """One agreement: what it pays for, its documents, parties, versions in time order, and the members' decisions."""

    id: str
    name: str = Field(alias="namn")
    purpose: str = Field(alias="andamal")
    underlag: Underlag = Underlag.DOKUMENTERAD
    note: str | None = Field(None, alias="anmarkning")
    documents: tuple[Document, ...] = Field(alias="dokument")
    parties: tuple[Party, ...] = Field((), alias="part")
    versions: tuple[Version, ...] = Field(alias="version", min_length=1)
    decisions: tuple[Decision, ...] = Field((), alias="beslut")
    _file: Path = PrivateAttr(default=Path())

    @property
    def file(self) -> Path:
        """The TOML file; key-value files are named from its folder."""
        return self._file

    def document(self, document_id: str) -> Document:
        return next(document for document in self.documents if document.id == document_id)

    def version(self, version_id: str) -> Version:
        return next(version for version in self.versions if version.id == version_id)
