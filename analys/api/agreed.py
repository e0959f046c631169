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
from analys.agreement import UNKNOWN
from analys.agreement import Agreement as Terms
from analys.allocation.year import YearAllocation
from analys.api import page
from analys.errors import AnalysError
from analys.register import Region, resolve_municipality
from analys.scenario import Comparison, compare
from analys.scenario import Scenario as Asked
from analys.scenario.asked import default_years, index_of, key_of
from analys.swedish import format_number, parse_number

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
            {"version": version.id, "kommunkod": region.code, "kommun": region.name}
            for version in self.terms.versions
            if version.members != UNKNOWN
            for region in version.members.municipalities
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

    def allocate(self, year: int, total: Kronor | None = None) -> Allocation:
        """Share the cost of a year; ``total`` (kronor, or text such as "1,3 mnkr") where no document states it.

        Raises :class:`AnalysError` when a needed term is unknown or a figure missing, and says which and where.
        """
        if not isinstance(year, int):
            raise AnalysError(f"year: väntade ett år som 2024, fann {year!r}")
        return Allocation(self.source, account(self.source).allocation(year, _ore(total)), _ore(total))

    def scenario(
        self,
        *,
        end: dt.date | str | None = None,
        leave: str | Sequence[str] = (),
        leave_date: dt.date | str | None = None,
        stranded: float | Fraction = 1,
        key: str | None = None,
        index: str | None = None,
        years: Iterable[int] = (),
        total: Kronor | None = None,
    ) -> Scenario:
        """What if it ends, members leave, or the key or the index is another?

        Who leaves does so on ``leave_date``, the first day of the last year with a cost unless it is said. ``stranded``
        is the part of the leavers' cost that does not fall away, from 0 to 1. Raises :class:`AnalysError` as
        :meth:`allocate` does, and where nothing changes.
        """
        leaving = _regions(leave)
        if not (end or leaving or key or index):
            raise AnalysError("säg vad som ändras: end, leave, key eller index")
        last = _day(end)
        first = _day(leave_date) or (self._last_year() if leaving else None)
        asked = Asked(
            last, leaving, first, Fraction(stranded), key_of(key) if key else None, index_of(index) if index else None
        )
        compared = list(years) or (
            [first.year] if first and not leave_date else default_years(self.terms, last or first)
        )
        ore = _ore(total)
        totals = {} if ore is None else dict.fromkeys(compared, ore)
        return Scenario(compare(self.terms, asked, compared, totals))

    def _last_year(self) -> dt.date:
        years = default_years(self.terms, None)
        if not years:
            raise AnalysError("inget dokument anger kostnaden för något år; ange leave_date, years och total")
        return dt.date(years[-1], 1, 1)

    def report(
        self,
        member: str | None = None,
        folder: str | Path = "rapporter",
        formats: Sequence[str] = ("docx", "xlsx", "html"),
    ) -> list[Path]:
        """Write the council's documents for a member, or for the whole group; returns the files.

        Raises :class:`AnalysError` for a municipality that is no member, or a folder that cannot be written to.
        """
        from analys.export.report_set import Format, write

        known = [str(each) for each in Format]
        if unknown := [each for each in formats if each not in known]:
            raise AnalysError(f"formats: väntade några av {', '.join(known)}, fann {', '.join(unknown)}")
        return write(self.source, member, [Format(each) for each in formats], Path(folder))

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
        rows = [
            page.Row(
                (
                    page.Cell(version.id),
                    page.Cell(f"{version.valid_from}–{version.valid_to or 'tills vidare'}"),
                    page.Cell(
                        "okänt"
                        if version.members == UNKNOWN
                        else ", ".join(region.name for region in version.members.municipalities)
                    ),
                )
            )
            for version in self.terms.versions
        ]
        return page.shown(
            self.terms.name, [self.terms.purpose], [page.Table("Versioner", ("Version", "Gäller", "Medlemmar"), rows)]
        )


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

    def plot(self, highlight: str | None = None) -> Chart:
        """The amounts as bars, as a report shows them; ``highlight`` is a member's name."""
        from analys.figures.who_pays import allocated

        return allocated(self.source, self.result.year, self.total_ore, highlight)

    def __repr__(self) -> str:
        rows = [f"  {row.name}: {_kr(row.amount_ore)} kr" for row in self.result.rows]
        rest = [f"  rest: {_kr(self.result.residual_ore)} kr"] if self.result.residual_ore else []
        return "\n".join([f"{self._title} ({self.result.underlag})", *rows, *rest])

    @property
    def _title(self) -> str:
        return f"{self.result.agreement.name} {self.result.year}: {_kr(self.result.total_ore)} kr"

    def _repr_html_(self) -> str:
        rows = [
            page.Row(
                (
                    page.Cell(row.name),
                    page.Cell(f"{format_number(row.share * 100, 2)}\u00a0%"),
                    page.Cell(_kr(row.amount_ore)),
                    page.Cell("" if row.per_head is None else format_number(row.per_head, 2)),
                )
            )
            for row in self.result.rows
        ]
        if self.result.residual_ore:
            rest = page.Cell(_kr(self.result.residual_ore))
            rows.append(page.Row((page.Cell("Rest som avrundningen lämnar"), page.Cell(""), rest, page.Cell(""))))
        total = (page.Cell("Summa"), page.Cell(""), page.Cell(_kr(self.result.total_ore)), page.Cell(""))
        rows.append(page.Row(total, "total"))
        table = page.Table("Fördelning", ("Betalare", "Andel", "Kronor", "Kronor per invånare"), rows, {1, 2, 3})
        return page.shown(self._title, [f"Underlag: {self.result.underlag}"], [table], self.result.assumptions)


@dataclass(frozen=True, repr=False)
class Scenario:
    """What if: who gains and who loses, by year. ``comparison`` has the exact öre."""

    comparison: Comparison

    def to_frame(self) -> pd.DataFrame:
        """One row a member and year: ``fore_kr``, ``efter_kr``, ``skillnad_kr`` as numbers, and ``skillnad_ore``, exact."""
        changes = self.comparison.changes
        return pd.DataFrame(
            {
                "ar": [change.year for change in changes],
                "kommunkod": [change.code for change in changes],
                "kommun": [change.name for change in changes],
                "fore_kr": [change.before_ore / 100 for change in changes],
                "efter_kr": [change.after_ore / 100 for change in changes],
                "skillnad_kr": [change.difference_ore / 100 for change in changes],
                "skillnad_ore": [change.difference_ore for change in changes],
                "utfall": [change.outcome for change in changes],
            }
        )

    def __repr__(self) -> str:
        name = self.comparison.agreement.name
        rows = [
            f"  {c.year} {c.name}: {_kr(c.difference_ore, sign=True)} kr ({c.outcome})" for c in self.comparison.changes
        ]
        return "\n".join([f"{name} ({self.comparison.underlag})", *rows])

    def _repr_html_(self) -> str:
        tables = [self._table(year.year) for year in self.comparison.totals]
        lines = [f"Underlag: {self.comparison.underlag}"]
        return page.shown(
            f"{self.comparison.agreement.name}: vad händer om", lines, tables, self.comparison.assumptions
        )

    def _table(self, year: int) -> page.Table:
        rows = [
            page.Row(
                tuple(
                    page.Cell(text)
                    for text in (
                        change.name,
                        _kr(change.before_ore),
                        _kr(change.after_ore),
                        _kr(change.difference_ore, sign=True),
                        change.outcome,
                    )
                )
            )
            for change in self.comparison.changes
            if change.year == year
        ]
        return page.Table(str(year), ("Betalare", "Före, kr", "Efter, kr", "Skillnad, kr", "Utfall"), rows, {1, 2, 3})


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
    if not isinstance(source, str | Path):
        raise AnalysError(f"väntade ett avtals id eller sökväg, fann {type(source).__name__}")
    return Agreement(str(source), agreements.load(source))


def _ore(total: Kronor | None) -> int | None:
    """Kronor as öre. Raises :class:`AnalysError` for what is no amount in whole öre."""
    if total is None:
        return None
    try:
        ore = parse_number(total).scaled * 100
    except ValueError as error:
        raise AnalysError(f"total: väntade {error}, fann {total!r}") from error
    if ore != int(ore) or ore < 0:
        raise AnalysError(f"total: väntade ett belopp i kronor och hela ören, fann {total!r}")
    return int(ore)


def _regions(names: str | Sequence[str]) -> tuple[Region, ...]:
    return tuple(resolve_municipality(name) for name in ([names] if isinstance(names, str) else names))


def _day(day: dt.date | str | None) -> dt.date | None:
    if day is None or isinstance(day, dt.date):
        return day
    try:
        return dt.date.fromisoformat(day)
    except (TypeError, ValueError):
        raise AnalysError(f"väntade en dag som 2024-09-30, fann {day!r}") from None


def _kr(ore: int, *, sign: bool = False) -> str:
    """Öre as kronor: without decimals where they are zero."""
    return format_number(Fraction(ore, 100), 0 if ore % 100 == 0 else 2, sign=sign)
