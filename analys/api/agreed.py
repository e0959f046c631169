"""``analys.agreement``: an agreement to ask in a notebook; each answer is a frame, a page and a chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import analys.agreement as agreements
from analys.account import account, amounts_by_municipality_year
from analys.agreement import Agreement as Terms
from analys.agreement.fields import known
from analys.allocation.year import YearAllocation
from analys.api import arguments, page
from analys.errors import AnalysError
from analys.register import resolve_municipality
from analys.scenario import Comparison, compare
from analys.scenario import Scenario as Asked
from analys.scenario.asked import default_years, index_of, key_of
from analys.swedish import format_number, format_ore, format_percent

if TYPE_CHECKING:
    from analys.figures.chart import Chart

Kronor = int | Decimal | str


@dataclass(frozen=True, repr=False)
class Agreement:
    """One agreement; ``terms`` are what its file says, ``source`` is the id or path that it was asked by."""

    source: str
    terms: Terms

    @property
    def members(self) -> pd.DataFrame:
        """One row a member of each version, in the document's order: ``version``, ``kommunkod``, ``kommun``."""
        rows = [
            (version.id, region.code, region.name)
            for version in self.terms.versions
            for region in getattr(known(version.members), "municipalities", ())
        ]
        return pd.DataFrame(rows, columns=["version", "kommunkod", "kommun"])

    @property
    def amounts(self) -> pd.DataFrame:
        """All that is known of who shall pay and has paid: the account of amounts, one row an amount and source."""
        return amounts_by_municipality_year(self.source)

    @property
    def annexes(self) -> list[Path]:
        """The files of the folder that hold its annexes, in the order of their names."""
        from analys.audit.folder import read_folder

        return list(dict.fromkeys(file for file, _ in read_folder(self.terms)[0]))

    @arguments.named
    def allocate(self, year: int, total: Kronor | None = None) -> Allocation:
        """Share the cost of a year; ``total`` (kronor, or text such as "1,3 mnkr") where no document states it.

        Raises :class:`AnalysError` when a needed term is unknown or a figure missing, and says which and where.
        """
        ore = arguments.KRONOR.unless_none("total", total)
        return Allocation(self.source, account(self.source).allocation(arguments.YEAR("year", year), ore), ore)

    @arguments.named
    def scenario(
        self,
        *,
        end: dt.date | str | None = None,
        leave: str | Sequence[str] = (),
        leave_date: dt.date | str | None = None,
        stranded: float | Fraction | str = 0,
        key: str | None = None,
        index: str | None = None,
        years: int | Iterable[int] = (),
        total: Kronor | None = None,
    ) -> Scenario:
        """What if it ends, members leave, or the key or the index is another?

        Who leaves does so on ``leave_date``, the first day of the last year with a cost unless it is said. ``stranded``
        is the part of the leavers' cost that does not fall away, from 0 (the default, as in ``analys scenario``) to 1.
        Raises :class:`AnalysError` as :meth:`allocate` does, and where nothing changes.
        """
        last = arguments.DAY.unless_none("end", end)
        first = arguments.DAY.unless_none("leave_date", leave_date)
        leaving = tuple(map(resolve_municipality, arguments.MUNICIPALITIES("leave", leave)))
        new_key, new_index = arguments.TERMS.unless_none("key", key), arguments.TERMS.unless_none("index", index)
        if not (last or leaving or new_key or new_index):
            raise AnalysError("säg vad som ändras: end, leave, key eller index")
        compared = arguments.YEARS("years", years) or default_years(self.terms, last or first)
        if not compared:
            raise AnalysError("inget dokument anger kostnaden för något år; ange years och total")
        if leaving and first is None:
            first = dt.date(compared[-1], 1, 1)
        asked = Asked(
            last,
            leaving,
            first,
            arguments.PART("stranded", stranded),
            key_of(new_key) if new_key else None,
            index_of(new_index) if new_index else None,
        )
        ore = arguments.KRONOR.unless_none("total", total)
        totals = {} if ore is None else dict.fromkeys(compared, ore)
        return Scenario(compare(self.terms, asked, compared, totals))

    @arguments.named
    def report(
        self,
        member: str | None = None,
        folder: str | Path = "rapporter",
        formats: str | Sequence[str] = ("docx", "xlsx", "html"),
    ) -> list[Path]:
        """Write the council's documents for a member, or for the whole group; returns the files.

        Raises :class:`AnalysError` for a municipality that is no member, or a folder that cannot be written to.
        """
        from analys.export.report_set import Format, write

        whom = arguments.MUNICIPALITY.unless_none("member", member)
        asked = arguments.FORMATS("formats", formats)
        if unknown := set(asked) - set(Format):
            raise AnalysError(f"formats: väntade några av {', '.join(Format)}, fann {', '.join(sorted(unknown))}")
        return write(self.source, whom, [Format(each) for each in asked], arguments.FOLDER("folder", folder))

    def audit(self) -> pd.DataFrame:
        """Every finding of the agreement's documents, alone and against each other, one row each."""
        from analys.audit.documents import audit_agreement

        rows = [
            {"fil": Path(each.file).name, **finding.as_json()}
            for each in audit_agreement(self.source)
            for finding in each.findings
        ]
        return pd.DataFrame(rows, columns=["fil", "code", "severity", "kommun", "cell", "message"])

    def __repr__(self) -> str:
        versions = ", ".join(version.id for version in self.terms.versions)
        members = self.members["kommun"].nunique()
        return f"{self.terms.name} ({self.terms.id}): {members} kommuner, version {versions}"

    def _repr_html_(self) -> str:
        names = self.members.groupby("version")["kommun"].agg(", ".join)
        rows = [
            page.row(
                version.id,
                f"{version.valid_from}–{version.valid_to or 'tills vidare'}",
                names.get(version.id, "okända"),
            )
            for version in self.terms.versions
        ]
        table = page.Table("Versioner", ("Version", "Gäller", "Medlemmar"), rows)
        return page.shown(self.terms.name, [self.terms.purpose], [table])


@dataclass(frozen=True, repr=False)
class Allocation:
    """A year's cost, shared. ``result`` has the exact öre, the invoices and the clauses."""

    source: str
    result: YearAllocation
    total_ore: int | None

    def to_frame(self) -> pd.DataFrame:
        """One row a payer: ``kommunkod``, ``kommun``, ``andel``, ``belopp_kr`` and ``kr_per_invanare`` as numbers, and
        ``belopp_ore``, exact."""
        frame = self.result.to_frame()
        ore = pd.Series([row.amount_ore for row in self.result.rows], dtype="int64")
        return frame.assign(belopp_kr=frame["belopp_kr"].astype("float64"), belopp_ore=ore)

    @arguments.named
    def plot(self, highlight: str | None = None) -> Chart:
        """The amounts as bars, as a report shows them; ``highlight`` is a member's name."""
        from analys.figures.who_pays import allocated

        name = arguments.MUNICIPALITY.unless_none("highlight", highlight)
        shown = name and resolve_municipality(name).name
        return allocated(self.source, self.result.year, self.total_ore, shown)

    def __repr__(self) -> str:
        rows = [f"  {row.name}: {format_ore(row.amount_ore)} kr" for row in self.result.rows]
        rest = [f"  rest: {format_ore(self.result.residual_ore)} kr"] if self.result.residual_ore else []
        return "\n".join([f"{self._title} ({self.result.underlag.in_words})", *rows, *rest])

    @property
    def _title(self) -> str:
        return f"{self.result.agreement.name} {self.result.year}: {format_ore(self.result.total_ore)} kr"

    def _repr_html_(self) -> str:
        rows = [
            page.row(
                row.name,
                format_percent(row.share),
                format_ore(row.amount_ore),
                "" if row.per_head is None else format_number(row.per_head, 2),
            )
            for row in self.result.rows
        ]
        if self.result.residual_ore:
            rows.append(page.row("Rest som avrundningen lämnar", "", format_ore(self.result.residual_ore), ""))
        rows.append(page.row("Summa", "", format_ore(self.result.total_ore), "", kind="total"))
        table = page.Table("Fördelning", ("Betalare", "Andel", "Kronor", "Kronor per invånare"), rows, {1, 2, 3})
        return page.shown(self._title, [f"Underlag: {self.result.underlag.in_words}"], [table], self.result.assumptions)


@dataclass(frozen=True, repr=False)
class Scenario:
    """What if: who gains and who loses, by year. ``comparison`` has the exact öre."""

    comparison: Comparison

    def to_frame(self) -> pd.DataFrame:
        """One row a member and year: ``fore_kr``, ``efter_kr``, ``skillnad_kr`` as numbers, and ``skillnad_ore``, exact."""
        frame = self.comparison.to_frame().astype({"fore_kr": float, "efter_kr": float, "skillnad_kr": float})
        columns = ["ar", "kommunkod", "kommun", "fore_kr", "efter_kr", "skillnad_kr", "utfall"]
        return frame[columns].assign(skillnad_ore=[change.difference_ore for change in self.comparison.changes])

    def __repr__(self) -> str:
        name = self.comparison.agreement.name
        rows = [
            f"  {change.year} {change.name}: {format_ore(change.difference_ore, sign=True)} kr ({change.outcome})"
            for change in self.comparison.changes
        ]
        return "\n".join([f"{name} ({self.comparison.underlag.in_words})", *rows])

    def _repr_html_(self) -> str:
        tables = [self._table(year.year) for year in self.comparison.totals]
        lines = [f"Underlag: {self.comparison.underlag.in_words}"]
        return page.shown(
            f"{self.comparison.agreement.name}: vad händer om", lines, tables, self.comparison.assumptions
        )

    def _table(self, year: int) -> page.Table:
        rows = [
            page.row(
                change.name,
                format_ore(change.before_ore),
                format_ore(change.after_ore),
                format_ore(change.difference_ore, sign=True),
                change.outcome,
            )
            for change in self.comparison.changes
            if change.year == year
        ]
        return page.Table(str(year), ("Betalare", "Före, kr", "Efter, kr", "Skillnad, kr", "Utfall"), rows, {1, 2, 3})


@arguments.named
def agreement(source: str | Path) -> Agreement:
    """An agreement by its id in the project, its folder or its file.

    Raises :class:`analys.errors.InputError` with every fault of the file, by line.

    >>> import analys
    >>> avtal = analys.agreement("ostergotland")
    >>> avtal.allocate(2018).to_frame()["belopp_kr"].sum()
    np.float64(763945.0)
    >>> len(avtal.scenario(leave="Ydre").to_frame())
    13
    """
    asked = arguments.AGREEMENT("source", source)
    return Agreement(str(asked), agreements.load(asked))
