"""What an agreement's own rule gives the members of an annex: the first account of its amounts to be tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analys.agreement import Agreement, Version
from analys.agreement.fields import Span
from analys.allocation import Mode, Rounding
from analys.allocation.year import allocate_year
from analys.audit.keys import charged
from analys.audit.rule import Charged, Key, Rule
from analys.audit.shares import of_year
from analys.audit.spec import units_of
from analys.errors import AnalysError
from analys.evidence import Interval
from analys.intake.annex import Annex, Kind
from analys.register import Region


@dataclass(frozen=True)
class Agreed:
    """The rule of each column, by its letter, as the agreement has it; and why the others could not be reckoned."""

    rules: Mapping[str, Rule]
    left_out: Mapping[str, str]


def rules(agreement: Agreement, annex: Annex, cost_year: int | None) -> Agreed:
    """The agreement's amounts for each column of a whole year: of its own cost, else of the total that the annex prints."""
    found: dict[str, Rule] = {}
    left_out: dict[str, str] = {}
    charges = {charge.letter: charge for charge in charged(annex)}
    for column in annex.of_kind(Kind.AMOUNT):
        year = column.period.year or cost_year
        if year is None or column.period.years not in (None, 1):
            left_out[column.letter] = (
                "kolumnens år är inte känt" if year is None else "kolumnen gäller inte ett helt år"
            )
            continue
        try:
            found[column.letter] = _rule(agreement, annex, charges[column.letter], year)
        except AnalysError as error:
            left_out[column.letter] = str(error).splitlines()[0]
    return Agreed(found, left_out)


def _rule(agreement: Agreement, annex: Annex, charge: Charged, year: int) -> Rule:
    codes = [member.municipality.code for member in annex.members]
    ways = [_amounts(agreement, codes, year, total) for total in (None, *charge.totals_ore, charge.sum_ore)]
    known = [way for way in ways if isinstance(way, tuple)]
    if not known:
        raise next(way for way in ways if isinstance(way, AnalysError))
    given = max(known, key=lambda way: sum(a == b for a, b in zip(way, charge.amounts_ore, strict=True)))
    return _as_rule(charge, given, f"avtalets regel för {year} ({agreement.name})")


def _amounts(agreement: Agreement, codes: list[str], year: int, total: int | None) -> tuple[int, ...] | AnalysError:
    try:
        rows = {row.code: row.amount_ore for row in allocate_year(agreement, year, total).rows}
    except AnalysError as error:
        return error
    return tuple(rows.get(code, 0) for code in codes)


def _as_rule(charge: Charged, given: tuple[int, ...], text: str) -> Rule:
    unit, whole = max(units_of(given)), sum(given)
    half = Fraction(int(unit) * len(given), 2)
    base = Interval(max(Fraction(0), whole - half) / 100, (whole + half) / 100)
    parts = tuple(Fraction(amount, whole or 1) for amount in given)
    hits = tuple(found == right for found, right in zip(charge.amounts_ore, given, strict=True))
    key = Key("agreement", given, whole or 1)
    rounding = Rounding(None, Mode.HALF_UP, False, unit, Mode.HALF_UP)
    return Rule(key, rounding, base, Fraction(whole), False, given, hits, parts, Fraction(0), 0.0, text, 0.0, True)


def members(agreement: Agreement, annex: Annex, cost_year: int | None) -> Sequence[Region] | None:
    """The members of the version that an annex belongs to, and of its year where that is known."""
    version, year = version_of(agreement, annex, cost_year), _year(annex, cost_year)
    if version is None or isinstance(version.members, str):
        return None
    if year is None:
        return version.members.municipalities
    whole = Span(dt.date(year, 1, 1), dt.date(year, 12, 31))
    away = {change.municipality for change in version.members.changes if change.span.common(whole).is_empty}
    return [member for member in version.members.municipalities if member not in away]


def _year(annex: Annex, cost_year: int | None) -> int | None:
    """The year that an annex is for: as asked, or the first that its amounts say."""
    years = [column.period.year for column in annex.of_kind(Kind.AMOUNT) if column.period.year]
    return cost_year or (years[0] if years else None)


def version_of(agreement: Agreement, annex: Annex, cost_year: int | None = None) -> Version | None:
    """The version that an annex belongs to: in force in its year, or named by its file; otherwise the last."""
    year = _year(annex, cost_year)
    if year is not None:
        return of_year(agreement, year)
    named = [version for version in agreement.versions if version.id in annex.file]
    return named[0] if named else agreement.versions[-1]
