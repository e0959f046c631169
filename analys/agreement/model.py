"""An agreement's terms as data. Attributes are English; the TOML keys, their aliases, are Swedish (``docs/avtal.md``).

Each term carries its citation. A term that no document states is ``okand`` (:data:`UNKNOWN`), never a guess.
"""

from __future__ import annotations

import calendar
import datetime as dt
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from analys import project
from analys.agreement.costs import Cost, Index
from analys.agreement.fields import (
    UNKNOWN,
    Citation,
    Date,
    DateOrUnknown,
    Known,
    MonthDay,
    Municipality,
    Name,
    Prose,
    Slug,
    Span,
    Strict,
    Term,
    Unknown,
    known,
    or_unknown,
)
from analys.agreement.keys import Key, Total
from analys.agreement.limits import Limits
from analys.agreement.lines import Path as Place
from analys.agreement.lines import nearest
from analys.agreement.rounded import RoundingTerm
from analys.agreement.words import format_day, months
from analys.evidence import Underlag
from analys.swedish import format_date, listed


def shown(file: Path) -> str:
    """A path as messages show it: from the project's root or the working folder, where it lies under one of them."""
    here = project.current()
    for folder in (Path.cwd(), *([here.folder] if here else [])):
        if file.resolve().is_relative_to(folder):
            return file.resolve().relative_to(folder).as_posix()
    return str(file)


class Document(Strict):
    """A source document. ``date`` and ``registry_number`` (diarienummer) may be ``okand``.

    One that is named in the others but ``at_hand`` for nobody is registered too, so that nobody cites another in its
    place.
    """

    id: Name
    title: Name = Field(alias="titel")
    publisher: Name = Field(alias="utgivare")
    date: DateOrUnknown = Field(alias="datum")
    registry_number: Name = Field(alias="diarienummer")
    at_hand: bool = Field(True, alias="finns")
    note: Prose | None = Field(None, alias="anmarkning")


class Party(Strict):
    """Who is bound besides the members, and in what role (employer, host, payer)."""

    id: Name
    name: Name = Field(alias="namn")
    organisation_number: Name = Field(UNKNOWN, alias="organisationsnummer")
    role: Name = Field(alias="roll")


class MemberPeriod(Strict):
    """A member that joins or leaves within the version's validity; ``to_date`` is the last day."""

    municipality: Municipality = Field(alias="kommun")
    from_date: Date | None = Field(None, alias="fran")
    to_date: Date | None = Field(None, alias="till")
    condition: Prose | None = Field(None, alias="villkor")
    citation: Citation = Field(alias="kalla")

    @property
    def span(self) -> Span:
        return Span.of(self.from_date, self.to_date)


class Members(Term):
    """The municipalities that share the cost. ``minimum`` is the number under which the agreement falls."""

    municipalities: tuple[Municipality, ...] = Field(alias="kommuner", min_length=1)
    minimum: int | None = Field(None, alias="minst", ge=1)
    changes: tuple[MemberPeriod, ...] = Field((), alias="andringar")

    def needs_more_than(self, count: int) -> bool:
        """Whether the agreement falls with so few members."""
        return self.minimum is not None and count < self.minimum

    def told(self) -> str:
        least = f", minst {self.minimum}" if self.minimum else ""
        moves = ", med angivna in- och utträden" if self.changes else ""
        return f"{len(self.municipalities)} kommuner{least}{moves}"


class Timing(StrEnum):
    ADVANCE = "forskott"
    ARREARS = "efterskott"


class Invoice(Strict):
    """One agreed invoice: latest day, the months that it charges, and what the document calls them."""

    due: Date = Field(alias="senast")
    months: int = Field(alias="manader", ge=1)
    covers: Name = Field(alias="avser")


class Billing(Term):
    """When the members are charged: named invoices, or yearly by a day; ``settlement_day`` is for budget and actual."""

    invoices: tuple[Invoice, ...] = Field((), alias="fakturor")
    yearly_by: MonthDay | None = Field(None, alias="arligen_senast")
    instalments: tuple[MonthDay, ...] = Field((), alias="delbetalningar")
    timing: Annotated[Timing | Unknown, BeforeValidator(or_unknown(Timing))] = Field(UNKNOWN, alias="betalning")
    settlement_day: MonthDay | None = Field(None, alias="avrakning")

    @property
    def days(self) -> tuple[tuple[int, int], ...]:
        """The days of every year on which a year's amounts are charged, in the file's order."""
        return self.instalments or ((self.yearly_by,) if self.yearly_by else ())

    def told(self) -> str:
        when = {Timing.ADVANCE: " i förskott", Timing.ARREARS: " i efterskott", UNKNOWN: ""}[self.timing]
        if self.invoices:
            each = [f"{format_date(invoice.due)} för {months(invoice.months)}" for invoice in self.invoices]
            return f"faktura senast {listed(each)}{when}"
        days = listed([format_day(*day) for day in self.days])
        return f"faktura varje år senast {days}{when}" if days else f"faktura{when}, utan angivna dagar"


class Notice(Term):
    months: int = Field(alias="manader", ge=0, le=120)

    def told(self) -> str:
        return months(self.months)

    def last_day(self, end: dt.date) -> dt.date:
        """The last day to give notice for an end on ``end``: it leaves whole months before the day after the end."""
        free = end + dt.timedelta(days=1)
        year, month = divmod(free.year * 12 + free.month - 1 - self.months, 12)
        day = min(free.day, calendar.monthrange(year, month + 1)[1])
        return dt.date(year, month + 1, day) - dt.timedelta(days=1)


class RefundRule(StrEnum):
    NONE = "ingen"
    FROM_NEXT_MONTH = "fran_manaden_efter"


class Refund(Term):
    """What comes back of paid money after notice: nothing, or from the first day of the month after the end."""

    rule: RefundRule = Field(alias="regel")

    def told(self) -> str:
        nothing = self.rule is RefundRule.NONE
        return "ingen" if nothing else "pengar tillbaka från första dagen i månaden efter upphörandet"


class Vacancy(Term):
    """Whether a vacant post is paid back; only vacancies of more than ``longer_than_months`` count."""

    refunded: bool = Field(alias="aterbetalas")
    longer_than_months: int = Field(0, alias="langre_an_manader", ge=0)

    def told(self) -> str:
        if not self.refunded:
            return "ingen återbetalning vid vakans"
        longer = f" längre än {months(self.longer_than_months)}" if self.longer_than_months else ""
        return f"återbetalning vid vakans{longer}"


class VatRule(StrEnum):
    OUTSIDE = "utanfor"
    EXCLUDED = "exklusive"
    INCLUDED = "inklusive"


class Vat(Term):
    rule: VatRule = Field(alias="regel")

    def told(self) -> str:
        words = {
            VatRule.OUTSIDE: "utanför momsen",
            VatRule.EXCLUDED: "belopp exklusive moms",
            VatRule.INCLUDED: "belopp inklusive moms",
        }
        return words[self.rule]


class Overlap(Term):
    """A stated exception: in this period another version is in force too. ``governs`` is the version that counts."""

    version: str
    from_date: Date = Field(alias="fran")
    to_date: Date = Field(alias="till")
    governs: str = Field(alias="galler")

    @property
    def span(self) -> Span:
        return Span(self.from_date, self.to_date)

    def told(self) -> str:
        return f"{self.governs} gäller {format_date(self.from_date)} till {format_date(self.to_date)}"


class Validity(Term):
    """First and last day in force, both included; no ``to_date``: until further notice (tills vidare)."""

    from_date: Date = Field(alias="fran", ge=dt.date(1900, 1, 1))
    to_date: Date | None = Field(None, alias="till")
    signed: DateOrUnknown = Field(UNKNOWN, alias="undertecknat")

    @property
    def span(self) -> Span:
        return Span.of(self.from_date, self.to_date)

    def told(self) -> str:
        until = f"till {format_date(self.to_date)}" if self.to_date else "tills vidare"
        return f"från {format_date(self.from_date)} {until}"


class Version(Strict):
    """The terms that are in force together. Every term but the validity may be ``okand``."""

    id: Name
    name: Name = Field(alias="namn")
    document: str = Field(alias="dokument")
    validity: Validity = Field(alias="giltighet")
    overlaps: tuple[Overlap, ...] = Field((), alias="overlappar")
    members: Known[Members] = Field(alias="medlemmar")
    cost: Known[Cost] = Field(alias="kostnad")
    index: Known[Index] | None = None
    key: Known[Key] = Field(alias="nyckel")
    limits: Known[Limits] | None = Field(None, alias="granser")
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

    @property
    def is_tariff(self) -> bool:
        """Whether the key makes the total by itself; a key that may do either does with a cost of ``taxa``."""
        key, cost = known(self.key), known(self.cost)
        return (key is not None and key.total is Total.MADE) or (cost is not None and cost.is_tariff)

    def in_force(self, day: dt.date) -> bool:
        return self.validity.span.holds(day)


class Topic(StrEnum):
    """What a quoted passage is about: the heading of a memo that it belongs under."""

    BACKGROUND = "bakgrund"
    ECONOMY = "ekonomi"
    COST = "kostnad"
    AMENDMENT = "avtalsandring"
    EMPLOYER = "arbetsgivare"
    AFFECTED = "berors"
    EQUALITY = "jamstalldhet"
    CHILDREN = "barn"
    CONSULTATION = "samrad"
    CO_DETERMINATION = "mbl"


class Excerpt(Strict):
    """A passage of a document, word for word; without ``municipality`` it speaks for all members.

    ``text`` says it in the memo's own words, where the quotation would be too long or stands badly alone.
    """

    topic: Topic = Field(alias="om")
    text: Prose | None = None
    municipality: Municipality | None = Field(None, alias="kommun")
    citation: Citation = Field(alias="kalla")


class Remark(Strict):
    """What a reader of the documents should notice or ask: neither a contradiction nor a fault."""

    kind: Literal["anmarkning", "fraga"] = Field(alias="slag")
    text: Prose
    municipality: Municipality | None = Field(None, alias="kommun")
    citation: Citation = Field(alias="kalla")


class Decision(Strict):
    """What a member has decided or proposed about the agreement, with its condition."""

    municipality: Municipality = Field(alias="kommun")
    kind: Literal["intrade", "uppsagning"] = Field(alias="typ")
    status: Literal["forslag", "beslut"]
    date: DateOrUnknown = Field(alias="datum")
    takes_effect: DateOrUnknown = Field(alias="verkan")
    condition: Prose | None = Field(None, alias="villkor")
    citation: Citation = Field(alias="kalla")

    @property
    def last_day(self) -> dt.date | None:
        """The day that it takes effect, where the decision says one."""
        return known(self.takes_effect)


class Agreement(Strict):
    """One agreement: what it pays for, its documents, parties, versions in time order, and the members' decisions."""

    id: Slug
    name: Name = Field(alias="namn")
    purpose: Prose = Field(alias="andamal")
    subject: Prose | None = Field(None, alias="avser")
    underlag: Underlag = Underlag.DOKUMENTERAD
    note: Prose | None = Field(None, alias="anmarkning")
    documents: tuple[Document, ...] = Field(alias="dokument")
    parties: tuple[Party, ...] = Field((), alias="part")
    versions: tuple[Version, ...] = Field(alias="version", min_length=1)
    decisions: tuple[Decision, ...] = Field((), alias="beslut")
    excerpts: tuple[Excerpt, ...] = Field((), alias="utdrag")
    remarks: tuple[Remark, ...] = Field((), alias="iakttagelse")
    _file: Path = PrivateAttr(default=Path())
    _lines: dict[Place, int] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> Path:
        """The TOML file; key-value files are named from its folder."""
        return self._file

    def place(self, *path: str | int) -> str:
        """``file:line`` of what ``path`` leads to, or of the nearest table around it."""
        return f"{shown(self._file)}:{nearest(self._lines, path)}"

    def place_of(self, version: Version, term: str) -> str:
        """``file:line`` of a version's term; the version may be a changed copy of the agreement's own."""
        return self.place("version", [own.id for own in self.versions].index(version.id), term)

    def document(self, document_id: str) -> Document:
        return next(document for document in self.documents if document.id == document_id)

    def version(self, version_id: str) -> Version:
        return next(version for version in self.versions if version.id == version_id)
